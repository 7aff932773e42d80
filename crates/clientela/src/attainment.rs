//! What has been reached of a quota plan, as far as the session may see targets and credits.

use crate::command::of_plan;
use crate::error::Result;
use crate::session::Session;
use chrono::NaiveDate;
use clientela_core::organisation::Unit;
use clientela_core::performance::{self, Attainment, QuotaPlan, QuotaTarget};
use clientela_core::sales::Credit;
use clientela_model::{Comparison, Field, Predicate, Record};

impl Session {
    /// What has been reached of a plan by a day (today when not given), for every unit and position that may be seen;
    /// nodes from the top down. A total never counts a credit that may not be seen.
    ///
    /// # Errors
    /// `record.not_found` for the plan.
    pub fn attainment(&self, plan: &str, day: Option<NaiveDate>) -> Result<Vec<Attainment>> {
        let day = day.unwrap_or_else(|| self.today());
        self.look(|view| {
            let plan = view.resolve::<QuotaPlan>(plan)?.record;
            let within = Predicate::equals("measure", plan.measure.to_value())
                .and(Predicate::Compare("day".into(), Comparison::AtLeast, plan.first_day.to_value()))
                .and(Predicate::Compare("day".into(), Comparison::AtMost, plan.last_day.min(day).to_value()));
            let read = |done| view.reader.tell("tables", done, 3);
            let targets: Vec<QuotaTarget> = plain(view.all_of(&of_plan(&plan))?);
            read(1);
            let credits: Vec<Credit> = plain(view.all_of(&within)?);
            read(2);
            let units: Vec<Unit> = plain(view.all_of(&Predicate::Everything)?);
            read(3);
            Ok(performance::attainment(&plan, &targets, &credits, &units, day)?)
        })
    }
}

fn plain<R: Record>(stored: Vec<clientela_store::Stored<R>>) -> Vec<R> {
    stored.into_iter().map(|stored| stored.record).collect()
}
