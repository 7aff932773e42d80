//! The customers in columns: read once, brought up to date from the journal, asked.
//!
//! Reading them is compared with SQLite stepping through the same rows; bringing them up to date after some changes with
//! reading all of them again; asking a rule of all of them with asking it customer by customer.
//!
//! `cargo run --release -p clientela-benches --bin mirror -- --customers 100000 --changes 1000 --rounds 3`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela::{Command, Crm, RuleRun, RuleSubject, Session};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments, workshop};
use clientela_benches::bare;
use clientela_benches::measure::{Ratio, Series, Spent, per_second, readable, timed};
use clientela_benches::network::{self, Extent, SELLER};
use std::path::Path;

const TABLES: [&str; 6] = ["customer", "vehicle", "contact", "consent", "activity", "opportunity"];
const RULES: [&str; 3] = [
    "customer.status == 'customer' && customer.region in ['PC', 'PR']",
    "customer.fleet.exists(v, v.make == 'Iveco' && v.mileage_km > 500000)",
    "customer.status != 'lost' && customer.since < today - years(3) && customer.fleet.filter(v, v.euro_class >= 6).size() > 1 \
     && customer.contacts.exists(c, c.role == 'fleet_manager')",
];
/// Customers asked one by one.
const ONE_BY_ONE: usize = 2_000;

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let customers: usize = arguments.option("customers", 100_000)?;
    let changes: usize = arguments.option("changes", 1_000)?;
    let rounds: usize = arguments.option("rounds", 3)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;
    let path = workshop().join(format!("mirror-{customers}/network.clientela"));
    if !path.exists() {
        println!("making {customers} customers once…");
        let path = network::fresh(&format!("mirror-{customers}"))?;
        network::make(&path, Extent { customers, vehicles: 2, contacts: 1 })?;
    }
    let crm = Crm::open(&path)?;
    let seller = crm.session(SELLER, None)?;
    let (mut reading, mut stepping, mut updating) = (Series::default(), Series::default(), Series::default());
    let mut changed = 0;
    for round in 0..rounds.max(1) {
        crm.drop_mirror();
        reading.add(spent(|| crm.refresh_mirror())?.1);
        stepping.add(step_through(&path)?);
        change(&seller, customers, changes, round)?;
        updating.add(spent(|| crm.refresh_mirror())?.1);
        changed += changes;
    }
    let info = crm.mirror_info().ok_or("there are columns")?;
    println!("{customers} customers, {} records that belong to them, {rounds} rounds", info.children);
    println!("  {:<40} {:>12} {:>12}", "", "wall median", "cpu median");
    let updated = format!("brought up to date, {changes} changes");
    for (name, series) in
        [("read into columns", &reading), ("SQLite, every cell looked at", &stepping), (&updated, &updating)]
    {
        let median = series.median();
        println!("  {name:<40} {:>12} {:>12}", readable(median.wall), readable(median.cpu));
    }
    let cpu = |series: &Series| series.median().cpu;
    println!("  read into columns over SQLite, cpu: {}", Ratio::of(cpu(&reading), cpu(&stepping)));
    let times = cpu(&reading).as_nanos().checked_div(cpu(&updating).as_nanos().max(1)).unwrap_or(0);
    println!("  brought up to date in 1/{times} of reading all again, cpu (wanted: 1/100)");
    println!(
        "  {} bytes a customer, {} MiB in all, {} segments, {} dead rows after {changed} changes",
        info.bytes_per_customer,
        info.bytes / (1 << 20),
        info.segments,
        info.dead
    );
    ask(&seller, customers)?;
    crm.close()?;
    Ok(())
}

fn spent<T>(work: impl FnOnce() -> clientela::Result<T>) -> Result<(T, Spent)> {
    let (done, spent) = timed(work);
    Ok((done?, spent))
}

/// Changes customers far apart, each by a command of its own.
fn change(seller: &Session, customers: usize, changes: usize, round: usize) -> Result<()> {
    for number in 0..changes.min(customers) {
        let number = 1 + (number * (customers / changes.min(customers).max(1)) + round) % customers;
        seller.run(&Command::from_json(&format!(
            r#"{{"command": "customer.change", "customer": "K-{number:07}", "change": {{"source": "round {round}"}}}}"#
        ))?)?;
    }
    Ok(())
}

/// Asks each rule of all customers, and of some one by one.
fn ask(seller: &Session, customers: usize) -> Result<()> {
    for text in RULES {
        let rule = seller.rule(text, RuleSubject::Customer)?;
        rule.select(seller, RuleRun::default())?;
        let (selection, all) = spent(|| rule.select(seller, RuleRun::default()))?;
        let some = customers.min(ONE_BY_ONE);
        let one = spent(|| {
            (1..=some).try_for_each(|number| rule.holds(seller, &format!("K-{number:07}")).map(|_| ()))
        })?;
        println!(
            "  {} of {} for whom: {text}\n    {} for all, {} customers/s; customer by customer {} customers/s",
            selection.ids.len(),
            selection.asked,
            readable(all.wall),
            per_second(selection.asked, all.wall),
            per_second(some, one.1.wall)
        );
    }
    Ok(())
}

/// What the engine takes by itself: all cells of all rows of the same tables looked at and none kept.
fn step_through(path: &Path) -> Result<Spent> {
    let connection = bare::open_to_read(path)?;
    let (done, spent) = timed(|| -> Result<usize> {
        let mut bytes = 0;
        for table in TABLES {
            let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY \"id\""))?;
            let columns = statement.column_count();
            let mut found = statement.query([])?;
            while let Some(row) = found.next()? {
                for at in 0..columns {
                    bytes += row.get_ref(at)?.as_bytes_or_null().ok().flatten().map_or(8, <[u8]>::len);
                }
            }
        }
        Ok(bytes)
    });
    if done? == 0 {
        return Err("SQLite found nothing".into());
    }
    Ok(spent)
}
