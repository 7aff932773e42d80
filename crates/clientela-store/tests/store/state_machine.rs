//! Any sequence of commands, against a model that is a map.

use crate::support::*;
use clientela_model::{Coded, Predicate, Record, Value};
use clientela_store::{FixedClock, Order, Store, StoreError, Written};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What may happen.
#[derive(Debug, Clone)]
enum Step {
    /// A command with these writes, then its end.
    Command(Vec<Write>, End),
    /// The last command that was carried out, again.
    Repeat,
    /// Its id for another command.
    Reuse,
    /// The clock moves by so many milliseconds, perhaps back.
    Clock(i64),
    /// The store is closed and opened.
    Reopen,
    /// The store is dropped without closing and opened.
    Drop,
}

#[derive(Debug, Clone)]
enum Write {
    Create(u64),
    CreateAddress(u64, u64),
    /// Changes some fields of a party, from the present version.
    Update(u64, u8, i64),
    /// Changes an address, perhaps moves it.
    UpdateAddress(u64, u64),
    /// From a version that is not the present one.
    Stale(u64),
    Upsert(u64, i64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Kept,
    Error,
    Panic,
}

fn write_step() -> impl Strategy<Value = Write> {
    prop_oneof![
        3 => (0_u64..6).prop_map(Write::Create),
        2 => (0_u64..6, 0_u64..6).prop_map(|(number, of)| Write::CreateAddress(number, of)),
        5 => (0_u64..6, any::<u8>(), 0_i64..3).prop_map(|(number, mask, value)| Write::Update(number, mask, value)),
        2 => (0_u64..6, 0_u64..6).prop_map(|(number, of)| Write::UpdateAddress(number, of)),
        1 => (0_u64..6).prop_map(Write::Stale),
        1 => (0_u64..6, 0_i64..3).prop_map(|(number, value)| Write::Upsert(number, value)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![6 => Just(End::Kept), 1 => Just(End::Error), 1 => Just(End::Panic)];
    prop_oneof![
        12 => (prop::collection::vec(write_step(), 0..6), end).prop_map(|(writes, end)| Step::Command(writes, end)),
        2 => Just(Step::Repeat),
        1 => Just(Step::Reuse),
        4 => (-3_i64..6).prop_map(Step::Clock),
        1 => Just(Step::Reopen),
        1 => Just(Step::Drop),
    ]
}

/// Records by entity number and id, as values.
type State = BTreeMap<(u16, uuid::Uuid), Vec<Value>>;

/// A party with the fields of the mask set from a number.
fn changed(party: &Party, mask: u8, number: i64) -> Party {
    let mut party = party.clone();
    let set = |bit: u8| mask & (1 << bit) != 0;
    if set(0) {
        party.name = format!("name {number}");
    }
    if set(1) {
        party.email = (number > 0).then(|| format!("{number}@example.com"));
    }
    if set(2) {
        party.turnover = (number > 0).then(|| euro(number));
    }
    if set(3) {
        party.employees = (number > 0).then_some(number);
    }
    if set(4) {
        party.active = number == 0;
    }
    if set(5) {
        party.founded = (number > 0).then(|| day("2020-01-01"));
    }
    party
}

/// Does one write in the store and in the model, and compares what they say.
fn apply(writer: &mut clientela_store::Writer<'_>, state: &mut State, write: &Write) {
    let key = |entity: &clientela_model::Entity, id: uuid::Uuid| (entity.number, id);
    let put = |state: &mut State, entity: &clientela_model::Entity, values: Vec<Value>| {
        let Value::Id(id) = values[0] else { panic!("no id") };
        state.insert(key(entity, id), values);
    };
    use clientela_model::EntityId as _;
    match write {
        Write::Create(number) => {
            let record = party(*number, "new");
            let there = state.contains_key(&key(Party::ENTITY, record.id.uuid()));
            match writer.create(&record) {
                Ok(_) => {
                    assert!(!there);
                    put(state, Party::ENTITY, record.to_values());
                }
                Err(error) => assert!(there && error.code() == "record.exists", "{error}"),
            }
        }
        Write::CreateAddress(number, of) => {
            let record = address(*number, *of);
            let there = state.contains_key(&key(Address::ENTITY, record.id.uuid()));
            match writer.create(&record) {
                Ok(_) => {
                    assert!(!there);
                    put(state, Address::ENTITY, record.to_values());
                }
                Err(error) => assert!(there && error.code() == "record.exists", "{error}"),
            }
        }
        Write::Update(number, mask, value) => {
            let Some(stored) = writer.get::<Party>(id(*number)).unwrap() else { return };
            let record = changed(&stored.record, *mask, *value);
            let version = writer.update(&record, stored.version).unwrap();
            assert!(version >= stored.version && (record != stored.record || version == stored.version));
            put(state, Party::ENTITY, record.to_values());
        }
        Write::UpdateAddress(number, of) => {
            let Some(stored) = writer.get::<Address>(id(*number)).unwrap() else { return };
            let record = Address { party: id(*of), town: format!("town {of}"), ..stored.record.clone() };
            writer.update(&record, stored.version).unwrap();
            put(state, Address::ENTITY, record.to_values());
        }
        Write::Stale(number) => {
            let Some(stored) = writer.get::<Party>(id(*number)).unwrap() else { return };
            let error = writer.update(&changed(&stored.record, 1, 9), stored.version - 1).unwrap_err();
            assert_eq!(error.code(), "record.changed_meanwhile");
        }
        Write::Upsert(number, value) => {
            let record = changed(&party(*number, "new"), 0x0f, *value);
            writer.upsert(&record).unwrap();
            put(state, Party::ENTITY, record.to_values());
        }
    }
}

fn state_of(store: &Store, version: Option<i64>) -> State {
    let mut state = State::new();
    store
        .read(|reader| -> Result<(), StoreError> {
            for entity in [Party::ENTITY, Address::ENTITY] {
                let mut take = |values: Vec<Value>| {
                    let Value::Id(id) = values[0] else { panic!("no id") };
                    state.insert((entity.number, id), values);
                };
                match version {
                    None => {
                        let rows =
                            reader.select(entity, &[], &Predicate::Everything, &Order::by_id(), None, 0)?;
                        rows.into_iter().for_each(|(values, _)| take(values));
                    }
                    Some(version) => {
                        reader.scan_at(entity, version, &Predicate::Everything, &mut |_, values, _| {
                            take(values.to_vec());
                            ControlFlow::Continue(())
                        })?;
                    }
                }
            }
            Ok(())
        })
        .unwrap();
    state
}

struct Machine {
    folder: Folder,
    clock: Arc<FixedClock>,
    store: Store,
    state: State,
    commands: u64,
    last_kept: Option<u64>,
    /// After each command kept: the store's version, its time, and the state.
    past: Vec<(i64, chrono::DateTime<chrono::Utc>, State)>,
}

impl Machine {
    fn new() -> Self {
        let (folder, clock) = (Folder::new(), clock());
        let store = Store::open(options(&folder.store(), &clock)).unwrap();
        Self { folder, clock, store, state: State::new(), commands: 0, last_kept: None, past: Vec::new() }
    }

    fn meta(&self, number: u64) -> clientela_store::CommandMeta<'static> {
        let time = clientela_store::Clock::now(&*self.clock);
        clientela_store::CommandMeta { time, ..command(number, 0) }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Command(writes, end) => self.command(writes, *end),
            Step::Repeat => {
                let Some(number) = self.last_kept else { return };
                let before = self.store.info().unwrap().version;
                let again =
                    self.store.write(&self.meta(number), |_| -> Result<(), StoreError> { panic!("runs") });
                assert_eq!(again.unwrap(), Written::Repeated(number.to_be_bytes().to_vec()));
                assert_eq!(self.store.info().unwrap().version, before);
            }
            Step::Reuse => {
                let Some(number) = self.last_kept else { return };
                let meta = clientela_store::CommandMeta { fingerprint: [255; 32], ..self.meta(number) };
                let error = self.store.write(&meta, |_| Ok::<_, StoreError>(())).unwrap_err();
                assert_eq!(error.code(), "command.reused");
            }
            Step::Clock(by) => self.clock.advance(chrono::Duration::milliseconds(*by)),
            Step::Reopen => {
                self.store.close().unwrap();
                self.store = Store::open(options(&self.folder.store(), &self.clock)).unwrap();
            }
            Step::Drop => {
                self.store = in_memory();
                self.store = Store::open(options(&self.folder.store(), &self.clock)).unwrap();
            }
        }
        assert_eq!(state_of(&self.store, None), self.state);
    }

    fn command(&mut self, writes: &[Write], end: End) {
        self.commands += 1;
        let (number, meta) = (self.commands, self.meta(self.commands));
        let mut state = self.state.clone();
        let result = catch_unwind(AssertUnwindSafe(|| {
            self.store.write(&meta, |writer| {
                writes.iter().for_each(|write| apply(writer, &mut state, write));
                writer.answer(number.to_be_bytes().to_vec());
                match end {
                    End::Kept => Ok(()),
                    End::Error => Err(StoreError::Cancelled),
                    End::Panic => std::panic::panic_any("asked for"),
                }
            })
        }));
        match (end, result) {
            (End::Kept, Ok(Ok(Written::Done(())))) => {
                self.state = state;
                self.last_kept = Some(number);
                let version = self.store.info().unwrap().version;
                let time =
                    self.store.read(|reader| reader.commit(version)).unwrap().map(|commit| commit.time);
                self.past.push((version, time.unwrap_or(meta.time), self.state.clone()));
            }
            (End::Error, Ok(Err(StoreError::Cancelled))) => {}
            (End::Panic, Err(cause)) if cause.downcast_ref::<&str>() == Some(&"asked for") => {}
            (_, Ok(other)) => panic!("{end:?}: {other:?}"),
            (_, Err(cause)) => std::panic::resume_unwind(cause),
        }
    }

    fn finish(&self) {
        assert_in_order(&self.store);
        let last = self.store.info().unwrap().version;
        assert_eq!(state_of(&self.store, Some(last)), self.state, "state is the fold of the journal");
        for (index, (version, time, state)) in self.past.iter().enumerate() {
            assert_eq!(&state_of(&self.store, Some(*version)), state, "as of commit {version}");
            let until = self.past.iter().rposition(|(_, other, _)| other <= time).unwrap_or(index);
            if *version > 0 {
                assert_eq!(
                    self.store.read(|r| r.version_at(*time)).unwrap(),
                    self.past[until].0,
                    "as of {time}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn state_is_the_fold_of_the_journal_after_any_commands(steps in prop::collection::vec(step(), 1..30)) {
        let mut machine = Machine::new();
        steps.iter().for_each(|step| machine.step(step));
        machine.finish();
    }
}
