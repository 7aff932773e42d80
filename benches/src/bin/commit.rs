//! One durable command against its rows written by hand.
//!
//! The library advances an opportunity by a stage: rights, rules and the method are checked, the state row and the journal
//! written, the answer kept. The peer writes the very same rows - taken from a rehearsal on a copy of the store - through
//! rusqlite, with statements prepared before and nothing read or checked. Both in turns, each on its own copy, on the same
//! settings of SQLite, every commit flushed to the disk.
//!
//! `cargo run --release -p clientela-benches --bin commit -- --commits 600 --customers 10000`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela::{Command, Crm, Session};
use clientela_benches::arguments::{self, Arguments};
use clientela_benches::bare::{self, Durability, Rows};
use clientela_benches::measure::{Ratio, Series, Spent, readable, timed};
use clientela_benches::network::{self, Extent, SELLER};
use clientela_benches::{Failure, Result};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use uuid::Uuid;

/// The most one command may cost in terms of its bare rows.
const TARGET: &str = "1.50";

/// What is advanced: to a stage anybody may enter, or to one with an entry rule over the customer and its fleet.
const PASSAGES: [(&str, &str); 2] =
    [("advance one stage", "needs"), ("advance, with an entry rule", "negotiation")];

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let commits: usize = arguments.option("commits", 600)?;
    let customers: usize = arguments.option("customers", 10_000)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;

    let original = network::fresh("commit")?;
    network::make(&original, Extent { customers, vehicles: 2, contacts: 1 })?;
    let crm = Crm::open(&original)?;
    let seller = crm.session(SELLER, None)?;
    for number in 0..commits * PASSAGES.len() {
        seller.run(&Command::from_json(&format!(
            r#"{{"command": "opportunity.open", "customer": "K-{:07}", "title": "Fleet renewal",
                "method": "with-configurator", "currency": "EUR", "number": "O-{number}", "vehicles": 3}}"#,
            1 + number % customers
        ))?)?;
    }
    crm.close()?;
    let copy = |name: &str| -> Result<_> {
        let path = original.with_file_name(name);
        std::fs::copy(&original, &path)?;
        Ok(path)
    };
    let (rehearsal, library, peer) =
        (copy("rehearsal.clientela")?, copy("library.clientela")?, copy("peer.clientela")?);

    println!(
        "{commits} commits of each kind, {customers} customers with fleet and contact; times of one commit"
    );
    println!("flush of 4 KiB alone: {}", flush_alone(&original, commits)?);
    let commands = (0..PASSAGES.len()).flat_map(|kind| (0..commits).map(move |number| (kind, number)));
    let commands = commands
        .map(|(kind, number)| {
            let to = PASSAGES[kind].1;
            let command = format!(
                r#"{{"command": "opportunity.advance", "opportunity": "O-{}", "to": "{to}", "note": "wants three tractors"}}"#,
                kind * commits + number
            );
            Ok(Command::from_json(&command)?)
        })
        .collect::<Result<Vec<Command>>>()?;

    let written = rehearse(&rehearsal, &commands)?;
    let crm = Crm::open(&library)?;
    let seller = crm.session(SELLER, None)?;
    let connection = bare::open(&peer, Durability::EachCommit)?;
    for (at, (name, _)) in PASSAGES.iter().enumerate() {
        let range = at * commits..(at + 1) * commits;
        let pairs: Vec<_> = commands.iter().zip(&written).skip(range.start).take(range.len()).collect();
        let (ours, theirs) = in_turns(&seller, &connection, &pairs)?;
        print(name, &ours, &theirs);
    }
    drop(connection);
    crm.close()?;
    compare(&library, &peer)
}

/// Runs the commands on a copy and collects the rows each of them wrote.
fn rehearse(path: &Path, commands: &[Command]) -> Result<Vec<Written>> {
    let crm = Crm::open(path)?;
    let seller = crm.session(SELLER, None)?;
    let mut ids = Vec::with_capacity(commands.len());
    for command in commands {
        let id = seller.new_command_id();
        seller.execute(id, command)?;
        ids.push(id);
    }
    crm.close()?;
    let connection = bare::open_to_read(path)?;
    ids.into_iter().map(|id| Written::by(&connection, id)).collect()
}

/// The rows of one command.
struct Written {
    inserted: Vec<Rows>,
    update: String,
    updated: Vec<Value>,
}

impl Written {
    fn by(connection: &Connection, command: Uuid) -> Result<Self> {
        let id = [Value::Blob(command.as_bytes().to_vec())];
        let (first, last): (i64, i64) = connection.query_row(
            "SELECT first_seq, last_seq FROM _command WHERE id = ?1",
            [command.as_bytes().as_slice()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let commits = [Value::Integer(first), Value::Integer(last)];
        let inserted = vec![
            bare::rows(connection, "passage", "WHERE _version BETWEEN ?1 AND ?2", &commits)?,
            bare::rows(connection, "_change", "WHERE seq BETWEEN ?1 AND ?2", &commits)?,
            bare::rows(connection, "_commit", "WHERE seq BETWEEN ?1 AND ?2", &commits)?,
            bare::rows(connection, "_command", "WHERE id = ?1", &id)?,
        ];
        if inserted.iter().any(Rows::is_empty) {
            return Err("the rehearsal did not write what it should".into());
        }
        // The columns the journal says were changed, and nothing else.
        let mut changed = connection.prepare_cached(
            "SELECT DISTINCT c.field_name FROM _change AS g JOIN _catalogue AS c ON c.entity = g.entity AND c.field = g.field
             WHERE g.seq BETWEEN ?1 AND ?2 AND g.field > 0 AND c.entity_name = 'opportunity'",
        )?;
        let mut columns: Vec<String> =
            changed.query_map([first, last], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        columns.push("_version".to_owned());
        let state = bare::rows(connection, "opportunity", "WHERE _version BETWEEN ?1 AND ?2", &commits)?;
        let cell = |name: &str| -> Result<Value> {
            let at = state.columns.iter().position(|column| column == name);
            at.and_then(|at| state.values.get(at))
                .cloned()
                .ok_or_else(|| format!("there is no column {name}").into())
        };
        let mut updated = columns.iter().map(|name| cell(name)).collect::<Result<Vec<Value>>>()?;
        updated.push(cell("id")?);
        let set: Vec<String> = columns.iter().map(|name| format!("\"{name}\" = ?")).collect();
        Ok(Self {
            inserted,
            update: format!("UPDATE \"opportunity\" SET {} WHERE \"id\" = ?", set.join(", ")),
            updated,
        })
    }

    fn write(&self, connection: &Connection) -> Result<()> {
        bare::run(&mut connection.prepare_cached("BEGIN IMMEDIATE")?, &[])?;
        bare::run(&mut connection.prepare_cached(&self.update)?, &self.updated)?;
        for rows in &self.inserted {
            let mut statement = connection.prepare_cached(&rows.insert(1))?;
            for row in rows.values.chunks(rows.columns.len()) {
                bare::run(&mut statement, row)?;
            }
        }
        bare::run(&mut connection.prepare_cached("COMMIT")?, &[])
    }
}

/// Ours and the peer's, the one first in every second pair.
fn in_turns(
    session: &Session,
    connection: &Connection,
    pairs: &[(&Command, &Written)],
) -> Result<(Series, Series)> {
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    for (number, (command, written)) in pairs.iter().enumerate() {
        let library = || -> Result<Spent> {
            let (done, spent) = timed(|| session.execute(session.new_command_id(), *command));
            done.map_err(Failure::from)?;
            Ok(spent)
        };
        let peer = || -> Result<Spent> {
            let (done, spent) = timed(|| written.write(connection));
            done?;
            Ok(spent)
        };
        if number % 2 == 0 {
            ours.add(library()?);
            theirs.add(peer()?);
        } else {
            theirs.add(peer()?);
            ours.add(library()?);
        }
    }
    Ok((ours, theirs))
}

fn print(name: &str, ours: &Series, theirs: &Series) {
    println!("{name}");
    println!("  {:<12} {:>12} {:>12} {:>12}", "", "wall median", "wall 9/10", "cpu median");
    for (who, series) in [("clientela", ours), ("rusqlite", theirs)] {
        let (median, decile) = (series.median(), series.ninth_decile());
        println!(
            "  {who:<12} {:>12} {:>12} {:>12}",
            readable(median.wall),
            readable(decile.wall),
            readable(median.cpu)
        );
    }
    let (ours, theirs) = (ours.median(), theirs.median());
    println!(
        "  {:<12} {:>12} {:>12} {:>12}   target: wall at most {TARGET}",
        "ratio",
        Ratio::of(ours.wall, theirs.wall),
        "",
        Ratio::of(ours.cpu, theirs.cpu)
    );
}

/// What the disk takes by itself: the floor of every durable commit.
fn flush_alone(beside: &Path, times: usize) -> Result<String> {
    let mut file = File::create(beside.with_file_name("flush"))?;
    let mut series = Series::default();
    for _ in 0..times {
        let (done, spent) = timed(|| file.write_all(&[0; 4096]).and_then(|()| file.sync_data()));
        done?;
        series.add(spent);
    }
    Ok(readable(series.median().wall))
}

/// Both did the same work: the same stages, and as many rows in every table.
fn compare(library: &Path, peer: &Path) -> Result<()> {
    let (ours, theirs) = (bare::open_to_read(library)?, bare::open_to_read(peer)?);
    for sql in [
        "SELECT COUNT(*) FROM passage",
        "SELECT COUNT(*) FROM _change",
        "SELECT COUNT(*) FROM _commit",
        "SELECT COUNT(*) FROM _command",
        "SELECT COUNT(*) FROM opportunity JOIN stage ON stage.id = opportunity.stage WHERE stage.code = 'needs'",
        "SELECT COUNT(*) FROM opportunity JOIN stage ON stage.id = opportunity.stage WHERE stage.code = 'negotiation'",
    ] {
        let count = |connection: &Connection| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        if count(&ours)? != count(&theirs)? {
            return Err(format!("the two stores differ: {sql}").into());
        }
    }
    Ok(())
}
