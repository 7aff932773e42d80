//! A host that links a SQLite of its own keeps it, whichever of our libraries it links and in whichever order.

use super::{Bench, Linked};
use crate::process::{Done, Maybe, cc, output, run};

/// The host's copy of SQLite.
struct Host {
    name: &'static str,
    /// What the linker needs for it.
    link: Vec<String>,
    /// What it must answer when it is asked for its version.
    version: String,
}

/// All links of the libraries with the hosts' copies: shared and static, ours first and theirs first.
pub(super) fn beside(bench: &Bench) -> Done {
    for host in hosts(bench)? {
        for linked in Linked::BOTH {
            for ours_first in [true, false] {
                link_and_ask(bench, &host, linked, ours_first)?;
            }
        }
    }
    Ok(())
}

fn link_and_ask(bench: &Bench, host: &Host, linked: Linked, ours_first: bool) -> Done {
    let order = if ours_first { "ours-first" } else { "theirs-first" };
    let program =
        bench.made(&format!("sqlite-{}-{}-{order}", host.name, linked.name())).display().to_string();
    let mut arguments = vec![
        "-std=c99".to_owned(),
        // Exports the host's own symbols, as programs with plug-ins do: the hardest case for a shared library.
        "-rdynamic".to_owned(),
        Bench::include(),
        format!("-DHOST_SQLITE=\"{}\"", host.version),
        Bench::source("beside_sqlite.c"),
        "-o".to_owned(),
        program.clone(),
    ];
    let (ours, theirs) = (bench.link(linked), host.link.clone());
    let both = if ours_first { [ours, theirs] } else { [theirs, ours] };
    arguments.extend(both.into_iter().flatten());
    arguments.extend(["-lm", "-ldl", "-pthread"].map(str::to_owned));
    run(&cc(), arguments)?;
    let told = output(&program, [""; 0])?;
    println!("{} sqlite, our {} library, {order}: {}", host.name, linked.name(), told.trim());
    Ok(())
}

/// The copies of SQLite this machine has, and one made here that is always there.
fn hosts(bench: &Bench) -> Maybe<Vec<Host>> {
    let (object, archive) =
        (bench.made("fake_sqlite.o").display().to_string(), bench.made("libfake.a").display().to_string());
    run(&cc(), ["-std=c99", "-c", &Bench::source("fake_sqlite.c"), "-o", &object])?;
    run("ar", ["rcs", &archive, &object])?;
    let mut hosts = vec![Host { name: "made-up", link: vec![archive], version: "0.0.0-host".to_owned() }];
    let probe = bench.made("probe.c");
    std::fs::write(&probe, "#include <sqlite3.h>\nSQLITE_VERSION\n")?;
    let told = output(&cc(), ["-E", "-P", &probe.display().to_string()]).unwrap_or_default();
    let Some(version) =
        told.lines().last().map(|line| line.trim_matches('"').to_owned()).filter(|v| v.starts_with('3'))
    else {
        println!("the system has no sqlite3.h: only a made-up host was tried");
        return Ok(hosts);
    };
    hosts.push(Host { name: "shared", link: vec!["-lsqlite3".to_owned()], version: version.clone() });
    let archive = output(&cc(), ["-print-file-name=libsqlite3.a"])?.trim().to_owned();
    if archive.contains('/') {
        hosts.push(Host { name: "static", link: vec![archive], version });
    }
    Ok(hosts)
}
