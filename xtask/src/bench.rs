//! `cargo xtask bench [NAME]`: ratios against named peers, see `benches/README.md`; the names are those of [`NAMES`].

use crate::header;
use crate::library::{self, Profile};
use crate::process::{Done, Maybe, cc, copy, fresh, root, run, target};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// All of them, in the order they are run in. The table's store is the one polars reads.
pub(crate) const NAMES: &[&str] = &[
    "commit",
    "import",
    "table",
    "mirror",
    "deal",
    "polars",
    "rules",
    "pipeline",
    "configuration",
    "visibility",
    "assignment",
    "lead_scoring",
    "linkage",
    "cascade",
    "price",
    "what_if",
];

/// How often a deal is made.
const DEALS: usize = 21;
/// The most a deal may take from the start of the process to its end.
const DEAL_MAX: Duration = Duration::from_millis(50);
const STEPS: [&str; 5] = ["open", "customer", "price", "save", "close"];

/// Runs the ones named, or all.
pub(crate) fn run_command(names: &[String]) -> Done {
    for name in NAMES.iter().filter(|name| names.is_empty() || names.iter().any(|asked| asked == *name)) {
        println!("== {name}");
        match *name {
            "deal" => deal()?,
            "polars" => polars()?,
            "assignment" => beside_polars("assignment", "assignment-1000000")?,
            "lead_scoring" => beside_polars("lead_scoring", "lead_scoring-1000000")?,
            "linkage" => linkage()?,
            "configuration" => beside_python("configuration", "python-sat")?,
            "price" => beside_python("price", "zen-engine")?,
            program => bench(program, &[])?,
        }
    }
    Ok(())
}

fn bench(program: &str, arguments: &[&str]) -> Done {
    let cargo = ["run", "--quiet", "--release", "--package", "clientela-benches", "--bin", program, "--"];
    run("cargo", cargo.iter().chain(arguments))
}

/// Builds the program, prepares a store, makes the deal some times and prints the medians of its steps.
fn deal() -> Done {
    let work = fresh(target().join("benches/deal"))?;
    let program = build_deal(&work)?;
    let store = work.join("network.clientela");
    bench("prepare", &["--customers", "50000", "--store", &store.display().to_string()])?;
    let mut steps: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let mut whole = Vec::new();
    for _ in 0..DEALS {
        let mut deal = Command::new(&program);
        deal.arg(&store).args(["u-rossi", "K-0025000", "O-1"]);
        let start = Instant::now();
        let output = deal.output()?;
        whole.push(start.elapsed());
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        for line in String::from_utf8(output.stdout)?.lines() {
            let (name, micros) = line.split_once(' ').ok_or("a step without its time")?;
            steps.entry(name.to_owned()).or_default().push(Duration::from_micros(micros.parse()?));
        }
    }
    let whole = median(&mut whole);
    let mut rest = whole;
    println!("median of {DEALS}, 50,000 customers");
    for name in STEPS {
        let step = median(steps.get_mut(name).ok_or("a step is missing")?);
        rest = rest.saturating_sub(step);
        print_step(name, step, whole);
    }
    print_step("start and end", rest, whole);
    print_step("whole process", whole, whole);
    println!("  wanted: under {} ms", DEAL_MAX.as_millis());
    Ok(())
}

fn print_step(name: &str, step: Duration, whole: Duration) {
    let percent = (step.as_nanos() * 100).checked_div(whole.as_nanos()).unwrap_or(0);
    println!("  {name:<14} {:>6}.{:01} ms  {percent:>3} %", step.as_millis(), step.as_micros() % 1000 / 100);
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Compiles `benches/deal.c` against the shared library.
fn build_deal(work: &Path) -> Maybe<PathBuf> {
    let made = library::build(Profile::Release, &[])?;
    let (major, minor, _) = header::version()?;
    let number = if major == "0" { format!("0.{minor}") } else { major };
    copy(&made.shared, &work.join(format!("libclientela.so.{number}")))?;
    copy(&made.shared, &work.join("libclientela.so"))?;
    let program = work.join("deal");
    let include = format!("-I{}", root().join("include").display());
    let library = format!("-L{}", work.display());
    let found = format!("-Wl,-rpath,{}", work.display());
    let (source, to) = (root().join("benches/deal.c").display().to_string(), program.display().to_string());
    run(
        &cc(),
        [
            "-std=c99",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            &include,
            &source,
            "-o",
            &to,
            &library,
            "-lclientela",
            &found,
        ],
    )?;
    Ok(program)
}

/// The capsule, in the environment that `cargo xtask python` makes.
fn polars() -> Done {
    let python = target().join("venv/bin/python");
    let store = target().join("benches/table-1000000/network.clientela");
    if !python.exists() || !store.exists() {
        println!("left out: it needs `cargo xtask python` and `cargo xtask bench table` before it");
        return Ok(());
    }
    let script = root().join("benches/polars_capsule.py");
    run(&python.display().to_string(), [script, "--store".into(), store])
}

/// Records of one person, found by the library, then by Splink where it is installed, and duplicates on entry.
fn linkage() -> Done {
    let febrl = target().join("febrl");
    bench("linkage", &["--febrl", &febrl.display().to_string(), "--customers", "100000"])?;
    let python = target().join("venv/bin/python");
    if !python.exists() {
        println!("Splink left out: it needs `cargo xtask python` and `pip install splink` there");
        return Ok(());
    }
    let script = root().join("benches/python/linkage_peers.py");
    let made = target().join("benches/linkage/made-5000.csv");
    let sets = [
        vec![febrl.join("dataset3.csv")],
        vec![febrl.join("dataset4a.csv"), febrl.join("dataset4b.csv")],
        vec![made],
    ];
    for files in sets.iter().filter(|files| files.iter().all(|file| file.exists())) {
        println!("{}", files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", "));
        // Without Splink the script says so and ends with an error, which is none of ours.
        Command::new(&python).arg(&script).args(files).status()?;
    }
    Ok(())
}

/// A program that writes what it worked on, then the same work in Python, with a package where it is installed.
fn beside_python(name: &str, package: &str) -> Done {
    let folder = fresh(target().join("benches").join(name))?;
    bench(name, &[&folder.display().to_string()])?;
    let python = target().join("venv/bin/python");
    if !python.exists() {
        println!("python left out: it needs `cargo xtask python`, and `pip install {package}` there");
        return Ok(());
    }
    let script = root().join(format!("benches/python/{name}_peers.py"));
    // Without the package the script says so and ends with an error, which is none of ours.
    Command::new(python).arg(script).arg(&folder).status()?;
    Ok(())
}

/// The program, then the same in polars, in the environment that `cargo xtask python` makes.
fn beside_polars(name: &str, folder: &str) -> Done {
    bench(name, &[])?;
    let python = target().join("venv/bin/python");
    if !python.exists() {
        println!("polars left out: it needs `cargo xtask python`");
        return Ok(());
    }
    let script = root().join(format!("benches/python/{name}_peers.py"));
    run(&python.display().to_string(), [script, "--folder".into(), target().join("benches").join(folder)])
}
