//! What the program prints about the rules over columns.

use crate::Asked;
use crate::library::Library;
use crate::peers::Peers;
use clientela_benches::Result;
use clientela_benches::bandwidth;
use clientela_benches::market::{Market, Scope};
use clientela_benches::measure::{Ratio, Spent, readable};
use std::time::Duration;

pub(crate) fn market(market: &Market) {
    let children = market.children().map(|(name, rows)| format!("{} {name}", rows.rows.num_rows()));
    println!("{} customers, {}", market.customers.num_rows(), children.join(", "));
}

/// The least time in which the columns of all rules can be read and the marks written, on one core; prints how it comes about.
pub(crate) fn limit(market: &Market, asked: &[Asked], rates: [u64; 2]) -> Result<Duration> {
    let mut all = Scope::default();
    asked.iter().for_each(|asked| all.extend(&asked.scope));
    let marks = (market.customers.num_rows() * asked.len()).div_ceil(8) as u64;
    let bytes = all.bytes(market)? + marks;
    for (rate, threads) in rates.into_iter().zip(["1 thread ", "2 threads"]) {
        let tenths = rate / 100_000_000;
        println!("  memory is read at {}.{} GB/s by {threads}", tenths / 10, tenths % 10);
    }
    let [one, two] = rates.map(|rate| bandwidth::time(bytes, rate));
    println!(
        "  {} columns, {} MB in their natural encoding, marks included: at least {} on one core, {} on two",
        all.len(),
        bytes / 1_000_000,
        readable(one),
        readable(two)
    );
    Ok(one)
}

/// Every rule, then all of them. Fails when the library finds other customers than its peers.
pub(crate) fn columns(
    market: &Market,
    asked: &[Asked],
    limit: Duration,
    peers: Option<&Peers>,
    library: Option<&Library>,
) -> Result<()> {
    let mut apart = Vec::new();
    println!(
        "all customers, processor time, each rule by itself; the ratio is over the faster form of polars"
    );
    println!(
        "  {:<20} {:>10} {:>10} {:>12} {:>12} {:>12} {:>12} {:>8}",
        "rule", "columns", "customers", "library", "polars", "its lists", "duckdb", "ratio"
    );
    for (place, asked) in asked.iter().enumerate() {
        let name = &asked.rule.name;
        let peer = |who: &str| peers?.rules.get(name)?.get(who).map(|seconds| seconds.spent().cpu);
        let ours = library.and_then(|library| library.rules.get(place)).map(|spent| spent.cpu);
        let found = library.and_then(|library| library.counts.get(place)).copied();
        let counted = peers.and_then(|peers| peers.counts.get(name)).copied();
        if let (Some(found), Some(counted)) = (found, counted)
            && found != counted
        {
            apart.push(format!("{name}: library {found}, peers {counted}"));
        }
        let [polars, lists, duckdb] = ["polars", "polars, lists", "duckdb"].map(peer);
        println!(
            "  {name:<20} {:>7} MB {:>10} {:>12} {:>12} {:>12} {:>12} {:>8}",
            asked.scope.bytes(market)? / 1_000_000,
            found.or(counted).map_or_else(|| "-".to_owned(), |count| count.to_string()),
            time(ours),
            time(polars),
            time(lists),
            time(duckdb),
            ratio(ours, polars.min(lists))
        );
    }
    totals(limit, peers, library);
    if apart.is_empty() { Ok(()) } else { Err(format!("they disagree: {}", apart.join("; ")).into()) }
}

fn totals(limit: Duration, peers: Option<&Peers>, library: Option<&Library>) {
    println!("all customers, all rules");
    println!("  {:<32} {:>12} {:>12} {:>12}", "", "cpu median", "wall median", "x limit");
    let line = |name: &str, spent: Spent| {
        let over = Ratio::of(spent.cpu, limit).to_string();
        println!("  {name:<32} {:>12} {:>12} {over:>12}", readable(spent.cpu), readable(spent.wall));
    };
    if let Some(library) = library {
        line("library, one core", library.one_core);
        line("library, two cores", library.two_cores);
    }
    for (way, seconds) in peers.iter().flat_map(|peers| &peers.ways) {
        line(way, seconds.spent());
    }
    if let Some(peers) = peers {
        let versions: Vec<String> =
            peers.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        println!("  {}", versions.join(", "));
    }
    let Some(library) = library else {
        println!("  the library does not run rules over columns yet");
        return;
    };
    for (way, spent) in [false, true].into_iter().filter_map(|lists| peers?.best_polars(lists)) {
        println!("  library over {way}, processor time: {}", Ratio::of(library.one_core.cpu, spent.cpu));
        println!("  {way} over library, processor time: {}", Ratio::of(spent.cpu, library.one_core.cpu));
    }
    println!("  library over the limit of one core: {}", Ratio::of(library.one_core.cpu, limit));
    println!("  one core over two, wall: {}", Ratio::of(library.one_core.wall, library.two_cores.wall));
    println!(
        "  two cores over one, processor time: {}",
        Ratio::of(library.two_cores.cpu, library.one_core.cpu)
    );
}

fn time(time: Option<Duration>) -> String {
    time.map_or_else(|| "-".to_owned(), readable)
}

fn ratio(first: Option<Duration>, second: Option<Duration>) -> String {
    match (first, second) {
        (Some(first), Some(second)) => Ratio::of(first, second).to_string(),
        _ => "-".to_owned(),
    }
}
