//! A small network to test on: headquarters, two dealers, a manager and sellers, a catalogue, a plan.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use chrono::{DateTime, Utc};
use clientela::{Command, Crm, CrmOptions, FixedClock, Founding, SeededRandom, Session};
use std::path::PathBuf;
use std::sync::Arc;

/// The network, in a folder of its own that goes with it.
#[allow(dead_code, reason = "each test file uses what it needs")]
pub(crate) struct Network {
    pub(crate) crm: Crm,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) folder: PathBuf,
}

/// The moment everything happens at.
pub(crate) fn moment() -> DateTime<Utc> {
    "2026-03-04T09:00:00Z".parse().unwrap()
}

const SETTING_UP: &str = include_str!("../../../../../tests/scenarios/network.json");

impl Network {
    /// Founded and set up.
    #[allow(dead_code, reason = "each test file uses what it needs")]
    pub(crate) fn new() -> Self {
        let network = Self::founded();
        let admin = network.session("admin");
        let commands: Vec<Command> = serde_json::from_str(SETTING_UP).unwrap();
        for command in &commands {
            admin.run(command).unwrap_or_else(|error| panic!("{command:?}\n{error:?}"));
        }
        network
    }

    /// Only founded: one unit and one administrator.
    pub(crate) fn founded() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("clientela-test-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Arc::new(FixedClock::new(moment()));
        let options = CrmOptions::new(folder.join("network.clientela"))
            .create()
            .clock(Arc::clone(&clock) as Arc<dyn clientela::Clock>)
            .random(Arc::new(SeededRandom::new(7)));
        let crm = Crm::open_with(options).unwrap();
        let founding = Founding {
            unit_code: "HQ".into(),
            unit_name: "Headquarters".into(),
            country: Some("IT".parse().unwrap()),
            login: "admin".into(),
            user_name: "Ada Bianchi".into(),
        };
        crm.found(&founding).unwrap();
        Self { crm, clock, folder }
    }

    /// What the clock shows.
    #[allow(dead_code, reason = "each test file uses what it needs")]
    pub(crate) fn clock_now(&self) -> DateTime<Utc> {
        clientela::Clock::now(&*self.clock)
    }

    fn session(&self, login: &str) -> Session {
        self.crm.session(login, None).unwrap()
    }

    /// A seller of the first dealer.
    #[allow(dead_code, reason = "each test file uses what it needs")]
    pub(crate) fn seller(&self) -> Session {
        self.session("u-rossi")
    }

    /// The manager of the first dealer.
    #[allow(dead_code, reason = "each test file uses what it needs")]
    pub(crate) fn manager(&self) -> Session {
        self.session("u-verdi")
    }

    /// A seller of the other dealer.
    #[allow(dead_code, reason = "each test file uses what it needs")]
    pub(crate) fn rival(&self) -> Session {
        self.session("u-neri")
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.crm.close();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
