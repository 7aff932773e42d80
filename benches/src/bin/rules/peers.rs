//! The same rules in polars and DuckDB, in a process of their own.

use clientela_benches::Result;
use clientela_benches::measure::Spent;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What the peers found and what they took.
#[derive(Deserialize)]
pub(crate) struct Peers {
    pub(crate) versions: BTreeMap<String, String>,
    /// Customers for whom a rule holds, by its name.
    pub(crate) counts: BTreeMap<String, u64>,
    /// All rules, by the way they were run.
    pub(crate) ways: BTreeMap<String, Seconds>,
    /// Each rule by itself: by its name, then by the peer's.
    pub(crate) rules: BTreeMap<String, BTreeMap<String, Seconds>>,
}

/// A time as Python counts it.
#[derive(Deserialize, Clone, Copy)]
pub(crate) struct Seconds {
    cpu: f64,
    wall: f64,
}

impl Seconds {
    pub(crate) fn spent(self) -> Spent {
        let time = |seconds| Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Spent { cpu: time(self.cpu), wall: time(self.wall) }
    }
}

impl Peers {
    /// The way of polars that takes the least processor time: with children in tables of their own, or in lists.
    pub(crate) fn best_polars(&self, in_lists: bool) -> Option<(&str, Spent)> {
        let of_kind = |way: &str| way.starts_with("polars") && way.contains(", lists") == in_lists;
        let ways = self.ways.iter().filter(|(way, _)| of_kind(way));
        ways.map(|(way, seconds)| (way.as_str(), seconds.spent())).min_by_key(|(_, spent)| spent.cpu)
    }
}

/// Runs them over the tables in the folder; none where their environment is not made.
pub(crate) fn run(python: &str, tables: &Path, rounds: usize) -> Result<Option<Peers>> {
    if !Path::new(python).exists() {
        println!("polars and DuckDB are left out: they need `cargo xtask python` before");
        return Ok(None);
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/rules_peers.py");
    let times = tables.join("peers.json");
    let mut command = Command::new(python);
    command.arg(script).arg("--tables").arg(tables).arg("--times").arg(&times);
    let status = command.args(["--rounds", &rounds.to_string()]).status()?;
    if !status.success() {
        return Err(format!("the peers ended with {status}").into());
    }
    Ok(Some(serde_json::from_str(&fs::read_to_string(times)?)?))
}
