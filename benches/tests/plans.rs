//! Which indexes a seller's questions use: his own records are found by owner, one customer never is.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use clientela_benches::{bare, network};
use std::fmt::Write as _;

#[test]
fn one_customer_is_not_looked_for_among_all_of_its_owner() {
    let folder = std::env::temp_dir().join(format!("clientela-plans-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("network.clientela");
    network::found(&path).unwrap().close().unwrap();
    let connection = bare::open_to_read(&path).unwrap();
    let many: Vec<String> = (0..500).map(|number| format!("'K-{number}'")).collect();
    let many = many.join(", ");
    let many = format!("t0.number COLLATE NOCASE IN ({many}) AND t0.number IN ({many})");
    // As the store asks: the condition, and the condition a seller's rights demand.
    for (condition, index) in [
        (many.as_str(), "relationship__by_number"),
        ("t0.number = 'K-1' COLLATE NOCASE AND t0.number = 'K-1'", "relationship__by_number"),
        ("t0.vat_number = 'IT1' COLLATE NOCASE AND t0.vat_number = 'IT1'", "party__by_vat_number"),
        ("t0.email = 'a@b.example' COLLATE NOCASE AND t0.email = 'a@b.example'", "party__by_email"),
        ("t0.phone = '+39021234' COLLATE NOCASE AND t0.phone = '+39021234'", "party__by_phone"),
        ("TRUE", "relationship__by_owner"),
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM customer AS t0 WHERE {condition} AND t0.owner = x'00' ORDER BY t0.id LIMIT 50"
        );
        let mut statement = connection.prepare(&sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut plan = String::new();
        while let Some(row) = rows.next().unwrap() {
            writeln!(plan, "{}", row.get::<_, String>(3).unwrap()).unwrap();
        }
        assert!(plan.contains(&format!("USING INDEX {index} (")), "{condition}\n{plan}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
