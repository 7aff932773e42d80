//! Makes a store of so many customers for the other programs: `prepare --store <file> --customers 50000`.
//!
//! The customer `K-0025000` has the opportunity `O-1`.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela::{Command, Crm};
use clientela_benches::arguments::{Arguments, workshop};
use clientela_benches::measure::{readable, timed};
use clientela_benches::network::{self, Extent, SELLER};
use std::path::PathBuf;

fn main() -> clientela_benches::Result<()> {
    let mut arguments = Arguments::read()?;
    let default = workshop().join("prepared/network.clientela").display().to_string();
    let path = PathBuf::from(arguments.option("store", default)?);
    let extent = Extent {
        customers: arguments.option("customers", 50_000)?,
        vehicles: arguments.option("vehicles", 2)?,
        contacts: arguments.option("contacts", 1)?,
    };
    arguments.finish()?;
    if path.exists() {
        println!("{} is there already", path.display());
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let (made, spent) = timed(|| network::make(&path, extent));
    made?;
    let crm = Crm::open(&path)?;
    crm.session(SELLER, None)?.run(&Command::from_json(
        r#"{"command": "opportunity.open", "customer": "K-0025000", "title": "Fleet renewal",
            "method": "with-configurator", "currency": "EUR", "number": "O-1", "vehicles": 3}"#,
    )?)?;
    crm.close()?;
    println!("{}: {} customers in {}", path.display(), extent.customers, readable(spent.wall));
    Ok(())
}
