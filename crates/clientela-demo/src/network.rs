//! The network stored: founded, staffed, its old customers imported, and its history lived through command by command.

use crate::catalogue;
use crate::error::{DemoError, Result};
use crate::history::Historian;
use crate::world::customers::{self, Customer};
use crate::world::deals::Story;
use crate::world::staff::{Post, Staff, ZONES};
use crate::world::tables;
use chrono::{Datelike, Months, NaiveDate, NaiveTime};
use clientela::command::{Command, CreatePosition, CreateUnit, CreateUser, DefineNumberSeries};
use clientela::core::organisation::{Function, NumberedDocument, UnitKind};
use clientela::import::{ImportOptions, ImportSource, ImportTarget};
use clientela::model::ClosedList;
use clientela::model::identifier::Country;
use clientela::{Crm, CrmOptions, FixedClock, Founding, SeededRandom, Session, Watch};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Moments of the history between two words on it.
const SAY_EVERY: usize = 10_000;
/// Years of history.
const YEARS: u32 = 2;

/// A network to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Dealers, 1 to 12.
    pub dealers: usize,
    /// Customers; opportunities and activities follow from them.
    pub customers: usize,
    /// The same seed and day make the same network.
    pub seed: u64,
    /// The day the history ends before.
    pub today: NaiveDate,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Customers taken over by import.
    pub imported: u64,
    /// Commands of the history.
    pub commands: u64,
}

/// Login of the administrator.
pub const ADMINISTRATOR: &str = "admin";

impl Network {
    /// A network of six dealers and two thousand customers: about thirty seconds on two busy cores.
    #[must_use]
    pub const fn new(today: NaiveDate) -> Self {
        Self { dealers: 6, customers: 5_000, seed: 2_026, today }
    }

    /// The first day of the history.
    #[must_use]
    pub fn start(&self) -> NaiveDate {
        self.today.checked_sub_months(Months::new(12 * YEARS)).unwrap_or(self.today)
    }

    /// Makes the network in a new store at this path; says each step.
    ///
    /// # Errors
    /// What the library or the system refuses.
    pub fn create(&self, path: &Path, say: &mut dyn FnMut(&str)) -> Result<Made> {
        self.create_watched(path, &Arc::new(Watch::default()), say)
    }

    /// Makes the network as [`create`](Self::create) does, followed by a watch that may stop it. What was made until then is
    /// left for the caller to remove.
    ///
    /// # Errors
    /// As [`create`](Self::create), and `store.cancelled`.
    pub fn create_watched(&self, path: &Path, watch: &Arc<Watch>, say: &mut dyn FnMut(&str)) -> Result<Made> {
        let start = self.start();
        let clock =
            Arc::new(FixedClock::new(start.and_time(NaiveTime::MIN).and_utc() + chrono::Duration::hours(6)));
        let options = CrmOptions::new(path)
            .create()
            .clock(clock.clone())
            .random(Arc::new(SeededRandom::new(self.seed)));
        let crm = Crm::open_with(options)?.watched(Arc::clone(watch));
        crm.found(&Founding {
            unit_code: "HQ".to_owned(),
            unit_name: "Orsa Trucks".to_owned(),
            country: Some(Country::parse("IT")?),
            login: ADMINISTRATOR.to_owned(),
            user_name: "Ada Bianchi".to_owned(),
        })?;
        let session = crm.session(ADMINISTRATOR, None)?;
        let staff = Staff::draw(self.seed, self.dealers);
        organise(&session, &staff, start)?;
        let sellers: usize = staff.dealers.iter().map(|dealer| dealer.sellers.len()).sum();
        say(&format!("headquarters, branch, 2 zones, {} dealers, {sellers} sellers", staff.dealers.len()));
        catalogue::define(&session, start, self.today)?;
        say("catalogue, price lists, taxes, two sales methods");
        let drawn = customers::draw(self.seed, self.customers, &staff, start, self.today);
        let imported = take_over(&session, &drawn, &staff, say)?;
        let year_start = NaiveDate::from_ymd_opt(self.today.year(), 1, 2).unwrap_or(start);
        let story = Story::draw(self.seed, &drawn, staff.dealers.len(), (start, self.today), year_start);
        let total = story.events.len();
        // An import is a stretch of its own, so this one begins after it.
        let bulk = crm.bulk()?;
        let mut historian =
            Historian::new(bulk.crm(), &clock, &staff, &drawn, &story, year_start, self.today);
        let commands = historian.live(&mut |done| {
            watch.tell("history", done as u64, total as u64);
            if done.is_multiple_of(SAY_EVERY) {
                say(&format!("history: {done} of {total} moments"));
            }
        })?;
        say(&format!(
            "history: {commands} commands, {} opportunities, {} activities",
            story.deals.len(),
            story.talks.len()
        ));
        bulk.finish()?;
        crm.close()?;
        Ok(Made { imported, commands })
    }
}

fn organise(session: &Session, staff: &Staff, start: NaiveDate) -> Result<()> {
    let country = Some(Country::parse("IT")?);
    let unit = |parent: &str, kind, code: &str, name: &str| {
        session.run(&Command::UnitCreate(CreateUnit {
            parent: parent.to_owned(),
            kind,
            code: code.to_owned(),
            name: name.to_owned(),
            country,
            valid_from: Some(start),
            valid_to: None,
            time_zone: None,
            street: None,
            postal_code: None,
            locality: None,
            vat_number: None,
        }))
    };
    unit("HQ", UnitKind::Branch, "IT", "Orsa Italia")?;
    for (code, name) in ZONES {
        unit("IT", UnitKind::Zone, code, name)?;
    }
    for dealer in &staff.dealers {
        let site = dealer.site;
        unit(dealer.zone, UnitKind::Dealer, site.code, site.name)?;
        let short = site.code.trim_start_matches("D-");
        for (document, letter) in [
            (NumberedDocument::Customer, "C"),
            (NumberedDocument::Opportunity, "O"),
            (NumberedDocument::Offer, "Q"),
        ] {
            session.run(&Command::NumberSeriesDefine(DefineNumberSeries {
                unit: site.code.to_owned(),
                document,
                prefix: format!("{letter}-{short}-"),
                next: 1_001,
            }))?;
        }
    }
    let of_dealers =
        staff.dealers.iter().flat_map(|dealer| std::iter::once(&dealer.principal).chain(&dealer.sellers));
    for post in staff.above.iter().chain(of_dealers) {
        take_post(session, post, start)?;
    }
    Ok(())
}

fn take_post(session: &Session, post: &Post, start: NaiveDate) -> Result<()> {
    session.run(&Command::PositionCreate(CreatePosition {
        unit: post.unit.clone(),
        function: Function::parse(post.function)?,
        title: post.title.clone(),
        reports_to: post.reports_to.clone(),
        profile: post.profile.to_owned(),
    }))?;
    session.run(&Command::UserCreate(CreateUser {
        login: post.login.clone(),
        name: post.name.clone(),
        position: post.title.clone(),
        from: start,
        substitute: false,
    }))?;
    Ok(())
}

/// Takes over what the system before held: tables through the importer.
fn take_over(session: &Session, drawn: &[Customer], staff: &Staff, say: &mut dyn FnMut(&str)) -> Result<u64> {
    let mut customers = 0;
    for (target, table) in [
        (ImportTarget::Customer, tables::customers(drawn, staff)),
        (ImportTarget::Vehicle, tables::vehicles(drawn)),
        (ImportTarget::Contact, tables::contacts(drawn)),
        (ImportTarget::Consent, tables::consents(drawn)),
    ] {
        let plan = session.plan_import(ImportSource::Csv(table.into()), ImportOptions::new(target))?;
        let report = plan.commit(&mut |_| ControlFlow::Continue(()))?;
        if let Some(row) = report.rejected.first() {
            let problem =
                format!("{target} of line {} was not taken: {} ({})", row.line, row.message, row.code);
            return Err(DemoError::Missing(problem));
        }
        if target == ImportTarget::Customer {
            customers = report.added;
        }
        say(&format!("taken over from the system before: {} rows of {target}", report.added));
    }
    Ok(customers)
}
