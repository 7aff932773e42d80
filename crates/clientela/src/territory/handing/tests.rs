//! Runs in pieces of 20: what changes between two of them, and what breaks one off.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::*;
use crate::{Crm, Founding, Question};
use clientela_core::organisation::Position;
use clientela_core::party::Relationship;
use clientela_model::Predicate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

struct World {
    session: Session,
    folder: PathBuf,
}

impl World {
    /// Sixty customers of one position, and a version that gives them to two others, who have room for 25 and 45.
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("clientela-handing-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let crm = Crm::create(folder.join("network.clientela")).unwrap();
        let founding = Founding {
            unit_code: "HQ".into(),
            unit_name: "HQ".into(),
            country: None,
            login: "admin".into(),
            user_name: "Ada Bianchi".into(),
        };
        crm.found(&founding).unwrap();
        let world = Self { session: crm.session("admin", None).unwrap(), folder };
        let grants = json!([{"entity": "*", "verb": "read", "scope": "mine"}]);
        world.run(&json!({"command": "profile.define", "name": "plain", "grants": grants}));
        for (title, capacity) in [("A", None), ("B", Some(25)), ("C", Some(45))] {
            world.run(&json!({"command": "position.create", "unit": "HQ", "function": "seller", "title": title, "profile": "plain"}));
            world.run(&json!({"command": "user.create", "login": format!("u-{title}"), "name": title, "position": title, "from": "2020-01-01"}));
            if let Some(capacity) = capacity {
                world.run(
                    &json!({"command": "position.capacity.set", "position": title, "capacity": capacity}),
                );
            }
        }
        for number in 0..60 {
            world.customer(&format!("C-{number}"), "A");
        }
        let rules = json!([
            {"name": "trucks", "rule": "customer.fleet.exists(v, v.make == 'Orsa')", "score": 50, "positions": ["A"]},
            {"name": "all", "rule": "true", "score": 10, "positions": ["B", "C"]},
        ]);
        world.run(&json!({"command": "territory_model.define", "name": "sales", "seed": 7, "rules": rules}));
        world.run(&json!({"command": "territory_model.activate", "model": "sales/1"}));
        world
    }

    fn run(&self, command: &Value) -> Receipt {
        let read = Command::from_json(&command.to_string()).unwrap();
        self.session.run(&read).unwrap_or_else(|error| panic!("{command}\n{error:?}"))
    }

    fn customer(&self, number: &str, owner: &str) {
        self.run(&json!({"command": "customer.create", "owner": owner,
            "customer": {"kind": "company", "name": number, "country": "IT", "number": number}}));
    }

    fn ask(&self, question: &Value) -> Value {
        self.session.answer(&Question::from_json(&question.to_string()).unwrap()).unwrap()
    }

    fn owners(&self) -> BTreeMap<String, String> {
        let all = self.session.list::<Relationship>(&Predicate::Everything, 1_000, 0).unwrap();
        let title = |record: &Relationship| self.session.get::<Position>(record.owner).unwrap().record.title;
        all.iter().map(|one| (one.record.number.clone().unwrap(), title(&one.record))).collect()
    }

    fn loads(&self) -> BTreeMap<String, usize> {
        let mut loads = BTreeMap::new();
        self.owners().into_values().for_each(|owner| *loads.entry(owner).or_insert(0) += 1);
        loads
    }

    /// A run that was begun, with nothing done of it.
    fn begun(&self) -> (Command, AssignmentRun, Handing) {
        self.begun_with(&json!({"command": "assignment.apply", "model": "sales"}))
    }

    fn begun_with(&self, command: &Value) -> (Command, AssignmentRun, Handing) {
        let command = Command::from_json(&command.to_string()).unwrap();
        let work = Work::of(&command).unwrap();
        let (settled, handing) = Handing::first(&self.session, work).unwrap();
        let again = Handing::planned(&self.session, &settled).unwrap();
        assert_eq!(
            handing.plan.to_bytes().unwrap(),
            again.plan.to_bytes().unwrap(),
            "the same state, the same plan"
        );
        let id = AssignmentRunId::from_uuid(self.session.new_command_id());
        let of = (id, fingerprint(&command).unwrap());
        let (run, handing) = self.session.start(of, &settled, handing).unwrap();
        (command, run, handing)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn loads(lines: &[(&str, usize)]) -> BTreeMap<String, usize> {
    lines.iter().map(|(title, count)| ((*title).to_owned(), *count)).collect()
}

#[test]
fn a_run_is_done_in_pieces_and_told() {
    let world = World::new("pieces");
    let id = world.session.new_command_id();
    let command = Command::from_json(r#"{"command": "assignment.apply", "model": "sales"}"#).unwrap();
    let done = world.session.execute(id, &command).unwrap();
    assert_eq!(
        (done.why.value("moved"), done.why.value("changed_meanwhile")),
        (Some("60"), None),
        "{}",
        done.why
    );
    assert_eq!(world.loads().values().sum::<usize>(), 60);
    assert!(world.loads()["B"] <= 25 && world.loads()["C"] <= 45, "{:?}", world.loads());
    let runs = world.ask(&json!({"question": "assignment.runs", "state": "finished"}));
    assert_eq!(
        (&runs[0]["id"], &runs[0]["planned"], &runs[0]["handed"], &runs[0]["round"]),
        (&json!(id), &json!(60), &json!(60), &json!(1)),
        "{runs}"
    );
    // Asked again it is the same answer, and nothing is done.
    let version = world.session.look(|view| Ok(view.reader.version()?)).unwrap();
    assert_eq!(world.session.execute(id, &command).unwrap(), done);
    assert_eq!(world.session.look(|view| Ok(view.reader.version()?)).unwrap(), version);
    let other = Command::from_json(r#"{"command": "assignment.apply", "model": "sales/1"}"#).unwrap();
    assert_eq!(world.session.execute(id, &other).unwrap_err().code(), "command.reused");
}

#[test]
fn what_was_broken_off_is_gone_on_with_and_who_changed_is_decided_again() {
    let world = World::new("broken");
    let (command, run, mut handing) = world.begun();
    let planned = handing.plan.moves.clone();
    let customer = |at: usize| planned[at].customer.uuid().to_string();
    world.session.piece(&run, &mut handing).unwrap();
    assert_eq!(world.loads()["A"], 40, "twenty are handed over");
    // Between two pieces: one gets a vehicle that makes him the other's, one is given away by hand, and one is entered who
    // takes a place that was meant for another.
    world.run(&json!({"command": "vehicle.add", "customer": customer(30), "vehicle": {"make": "Orsa"}}));
    world.run(&json!({"command": "customer.change", "customer": customer(31), "owner": "C", "change": {}}));
    world.customer("C-new", "B");
    drop(handing);
    // Another program with the id of the command, or whoever sees the run.
    let resumed = world.run(&json!({"command": "assignment.resume", "run": run.id}));
    let told = resumed.why.to_string();
    assert!(told.contains("assignment.resumed"), "{told}");
    let loads = world.loads();
    assert!(loads["B"] <= 25 && loads["C"] <= 45, "nobody has more than he has room for: {loads:?}");
    let owner = |id: &str| {
        let stored = world.session.find::<Relationship>(id).unwrap().record;
        world.session.get::<Position>(stored.owner).unwrap().record.title
    };
    assert_eq!(owner(&customer(30)), "A", "the rule that holds now decides");
    assert_eq!(loads.values().sum::<usize>(), 61);
    assert_eq!(loads.get("A"), Some(&1), "all others went: {loads:?}");
    // The command that began it has the answer of the run, and does nothing.
    let done = world.session.execute(run.id.uuid(), &command).unwrap();
    assert_eq!(done.why.value("moved"), resumed.why.value("moved"));
    let runs = world.ask(&json!({"question": "assignment.runs"}));
    assert_eq!((&runs[0]["state"], runs.as_array().map(Vec::len)), (&json!("finished"), Some(1)), "{runs}");
}

#[test]
fn whom_a_run_means_is_kept_by_ids_and_never_in_words() {
    let world = World::new("words");
    let (condition, key) = ("customer.name != 'C-7' && customer.name != 'Carla Verdi'", "C-8");
    let mut customers: Vec<String> = (0..60).map(|number| format!("C-{number}")).collect();
    customers.retain(|number| number != key);
    let (command, run, mut handing) = world
        .begun_with(&json!({"command": "assignment.apply", "model": "sales",
        "among": {"condition": condition, "customers": customers}}));
    assert_eq!(handing.plan.moves.len(), 58);
    world.session.piece(&run, &mut handing).unwrap();
    drop(handing);
    let has = |text: &str| {
        let files = std::fs::read_dir(&world.folder)
            .unwrap()
            .map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| memchr::memmem::find(&bytes, text.as_bytes()).is_some())
    };
    assert!(has("sales/1") && !has("Carla Verdi"), "the condition is nowhere in the store");
    world.run(&json!({"command": "position.capacity.set", "position": "B", "capacity": 24}));
    world.run(&json!({"command": "assignment.resume", "run": run.id}));
    let owners = world.owners();
    let with_a: Vec<&str> =
        owners.iter().filter(|(_, owner)| *owner == "A").map(|(number, _)| number.as_str()).collect();
    assert_eq!(with_a, ["C-7", "C-8"], "planned again, it is over the same customers");
    let done = world.session.execute(run.id.uuid(), &command).unwrap();
    assert_eq!(done.why.value("moved"), Some("58"), "{}", done.why);
}

#[test]
fn what_all_go_by_is_planned_again() {
    let world = World::new("anew");
    let (command, run, mut handing) = world.begun();
    world.session.piece(&run, &mut handing).unwrap();
    world.run(&json!({"command": "position.capacity.set", "position": "B", "capacity": 3}));
    drop(handing);
    let done = world.session.execute(run.id.uuid(), &command).unwrap();
    // What is left is decided with what there is room for now.
    assert_eq!(world.loads()["C"], 45, "{} {:?}", done.why, world.loads());
    assert_eq!(world.loads().values().sum::<usize>(), 60);
    assert_eq!(world.ask(&json!({"question": "assignment.runs"}))[0]["round"], json!(2));
}

#[test]
fn customers_go_on_changing_while_a_run_holds_no_lock() {
    let world = World::new("between");
    let (_, run, mut handing) = world.begun();
    let last = handing.plan.moves.len();
    while handing.done < last {
        world.session.piece(&run, &mut handing).unwrap();
        world.customer(&format!("C-between-{}", handing.done), "A");
    }
    assert_eq!(world.loads(), loads(&[("A", 3), ("B", world.loads()["B"]), ("C", world.loads()["C"])]));
}
