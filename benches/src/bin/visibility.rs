//! What somebody sees of a million customers: the first page of a list, by name.
//!
//! Forty teams of ten sellers at twenty dealers own the customers in turn. The library's page is compared with the engine sorting all
//! that the same right finds, which is what a list without an order of its own costs.
//!
//! `cargo run --release -p clientela-benches --bin visibility -- --customers 1000000 --rounds 21`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela::question::{Customers, ListOf};
use clientela::{Command, Crm, Predicate, Session};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments, workshop};
use clientela_benches::measure::{Series, readable, timed};
use clientela_benches::network::{self, ADMINISTRATOR, Extent, seat};
use clientela_core::organisation::ListView;
use clientela_core::party::Customer;
use clientela_core::party::entry::Seat;
use serde_json::json;

const DEALERS: usize = 20;
const TEAMS: usize = 2;
const SELLERS: usize = 10;
const PAGE: usize = 50;

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let customers: usize = arguments.option("customers", 1_000_000)?;
    let rounds: usize = arguments.option("rounds", 21)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;

    // Kept for the next run: making it takes longer than all measurements.
    let name = format!("visibility-{customers}");
    let path = workshop().join(format!("{name}/network.clientela"));
    if !path.exists() {
        println!("making {customers} customers once…");
        let path = network::fresh(&name)?;
        let crm = network::found(&path)?;
        let seats = organise(&crm)?;
        network::fill(crm, &path, Extent { customers, vehicles: 0, contacts: 0 }, &seats)?;
    }
    let crm = Crm::open(&path)?;
    println!(
        "{customers} customers, {} sellers, pages of {PAGE}, median of {rounds}",
        DEALERS * TEAMS * SELLERS
    );
    for (who, login, view) in [
        ("a seller's own", "seller-0-0-0", ListView::Mine),
        ("my team's, first page", "leader-0-0", ListView::Team),
        ("the dealer's", "principal-0", ListView::Dealer),
        ("all, as administrator", ADMINISTRATOR, ListView::All),
    ] {
        let session = crm.session(login, None)?;
        let first = ListOf::<Customers> { view, size: Some(PAGE), ..ListOf::default() };
        let (series, next) = measure(&session, &first, rounds)?;
        show(who, &series);
        if view == ListView::Team {
            let (series, _) = measure(&session, &ListOf { after: next, ..first }, rounds)?;
            show("my team's, second page", &series);
            let by_contact = ListOf::<Customers> {
                view,
                size: Some(PAGE),
                sort: Some("last_contact".into()),
                ..ListOf::default()
            };
            let (series, _) = measure(&session, &by_contact, rounds)?;
            show("my team's, by last contact", &series);
            let (found, spent) = timed(|| session.list::<Customer>(&Predicate::Everything, PAGE, 0));
            println!(
                "  {:<28} {:>12}   ({} rows, by id)",
                "a list without an order",
                readable(spent.wall),
                found?.len()
            );
            let (count, spent) = timed(|| session.count::<Customer>(&Predicate::Everything));
            println!("  {:<28} {:>12}   ({} customers)", "counting them", readable(spent.wall), count?);
        }
    }
    crm.close()?;
    println!("  wanted: my team's first page under 10 ms");
    Ok(())
}

/// Dealers with two teams each; who sells.
fn organise(crm: &Crm) -> Result<Vec<Seat>> {
    let administrator = crm.session(ADMINISTRATOR, None)?;
    let run = |command: serde_json::Value| administrator.run(&Command::from_json(&command.to_string())?);
    let position = |unit: &str, title: &str, profile: &str, above: Option<&str>| -> Result<()> {
        run(json!({"command": "position.create", "unit": unit, "function": "seller", "title": title,
            "profile": profile, "reports_to": above}))?;
        run(
            json!({"command": "user.create", "login": title, "name": title, "position": title, "from": "2020-01-01"}),
        )?;
        Ok(())
    };
    let mut seats = Vec::new();
    for dealer in 0..DEALERS {
        let unit = format!("V-{dealer}");
        run(
            json!({"command": "unit.create", "parent": "IT", "kind": "dealer", "code": unit, "name": unit, "country": "IT"}),
        )?;
        let principal = format!("principal-{dealer}");
        position(&unit, &principal, "manager", None)?;
        for team in 0..TEAMS {
            let leader = format!("leader-{dealer}-{team}");
            position(&unit, &leader, "sales_manager", Some(&principal))?;
            for number in 0..SELLERS {
                let seller = format!("seller-{dealer}-{team}-{number}");
                position(&unit, &seller, "seller", Some(&leader))?;
                seats.push(seat(&crm.session(&seller, None)?));
            }
        }
    }
    Ok(seats)
}

/// Asks for the page some times; gives where the next one begins.
fn measure(
    session: &Session,
    question: &ListOf<Customers>,
    rounds: usize,
) -> Result<(Series, Option<String>)> {
    let (mut series, mut next) = (Series::default(), None);
    for _ in 0..rounds.max(1) {
        let (page, spent) = timed(|| session.ask(question));
        let page = page?;
        if page.lines.len() != PAGE {
            return Err(format!("the page has {} lines instead of {PAGE}", page.lines.len()).into());
        }
        series.add(spent);
        next = page.next;
    }
    Ok((series, next))
}

fn show(who: &str, series: &Series) {
    let (median, slow) = (series.median(), series.ninth_decile());
    println!(
        "  {who:<28} {:>12}   nine in ten within {}, processor {}",
        readable(median.wall),
        readable(slow.wall),
        readable(median.cpu)
    );
}
