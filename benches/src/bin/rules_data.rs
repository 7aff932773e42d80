//! Writes the tables of a market as Arrow files under `target/benches/market-<customers>`, for programs in other languages.
//!
//! `cargo run --release -p clientela-benches --bin rules_data -- --customers 1000000`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments};
use clientela_benches::market::{Market, SEED, files};

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let customers: usize = arguments.option("customers", 1_000_000)?;
    let seed: u64 = arguments.option("seed", SEED)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;

    let market = Market::make(customers, seed)?;
    let folder = files::folder(customers);
    files::write(&market, &folder)?;
    println!("{customers} customers in {}", folder.display());
    for (name, children) in market.children() {
        println!("  {name:<10} {:>10}", children.rows.num_rows());
    }
    Ok(())
}
