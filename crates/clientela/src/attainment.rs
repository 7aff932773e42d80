//! What has been reached of a quota plan, as far as the session may see targets and what counts.

use crate::error::Result;
use crate::margins;
use crate::measures::{in_measures, targets};
use crate::question::AttainmentOf;
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::ExchangeRate;
use clientela_core::ids::OpportunityId;
use clientela_core::organisation::Unit;
use clientela_core::party::{Activity, ActivityKind, ActivityState};
use clientela_core::performance::{
    self, Attainment, Counted, MarketTotal, Measure, QuotaPlan, in_currency, margin_counted, market_share,
};
use clientela_core::sales::{Credit, Offer, Opportunity};
use clientela_model::identifier::{Currency, TimeZone};
use clientela_model::{Comparison, Field, Predicate};
use std::collections::HashSet;

impl Session {
    /// What has been reached of a plan by a day (today when not given), for every unit and position that may be seen;
    /// nodes from the top down, those beside each other by their codes and titles. A total never counts a credit that may not be
    /// seen; what was won in another currency counts at the rate of its day. Of a plan of several measures in all that may be
    /// told, one after the other: each line says which. The same as asking [`AttainmentOf`].
    ///
    /// # Errors
    /// `record.not_found` for the plan.
    pub fn attainment(&self, plan: &str, day: Option<NaiveDate>) -> Result<Vec<Attainment>> {
        self.ask(&AttainmentOf { plan: plan.into(), measure: None, day, version: None })
    }

    /// What has been reached of a plan in these of its measures, one after the other; each table is read once.
    pub(crate) fn reached(
        &self,
        view: &View<'_>,
        plans: &[QuotaPlan],
        day: NaiveDate,
    ) -> Result<Vec<Attainment>> {
        let Some(plan) = plans.first() else { return Ok(Vec::new()) };
        let steps = plans.len() as u64 + 2;
        let read = |done: u64| view.reader.tell("tables", done, steps);
        let units: Vec<Unit> = view.records(&Predicate::Everything)?;
        read(1);
        let targets = targets(view, plan, &units)?;
        read(2);
        let mut lines = Vec::new();
        for (done, plan) in (3..).zip(plans) {
            let days = (plan.first_day, plan.last_day.min(day));
            if plan.measure == Measure::MarketShare {
                // What is a share of the market is counted in vehicles.
                let of_units = QuotaPlan { measure: Measure::Units, ..plan.clone() };
                let counted = self.counted_of(view, &of_units, days)?;
                let totals: Vec<MarketTotal> = view.records(&Predicate::Everything)?;
                lines.extend(market_share(plan, &targets, &counted, &totals, &units, day));
            } else {
                let counted = self.counted_of(view, plan, days)?;
                lines.extend(performance::attainment(plan, &targets, &counted, &units, day)?);
            }
            read(done);
        }
        Ok(lines)
    }

    /// The plan in the measures named that this session may be told of: margins are for those who may see costs. Whoever names one
    /// is refused it; whoever asks for all is told the others.
    pub(crate) fn measures_of(
        &self,
        view: &View<'_>,
        plan: &QuotaPlan,
        only: Option<Measure>,
    ) -> Result<Vec<QuotaPlan>> {
        let mut plans = in_measures(view, plan, only)?;
        if plans.len() > 1 {
            plans.retain(|plan| plan.measure != Measure::Margin || margins::allow(view).is_ok());
        }
        Ok(plans)
    }

    /// What counts in a measure from one day to another, as far as it may be seen; see [`Counting::counted_in`].
    pub(crate) fn counted_in(
        &self,
        view: &View<'_>,
        measure: Measure,
        currency: Option<Currency>,
        days: (NaiveDate, NaiveDate),
    ) -> Result<Vec<Counted>> {
        Counting { view, zone: self.zone() }.counted_in(measure, currency, days, None)
    }

    /// What counts in the measure of a plan from one day to another, by its credit rule.
    pub(crate) fn counted_of(
        &self,
        view: &View<'_>,
        plan: &QuotaPlan,
        days: (NaiveDate, NaiveDate),
    ) -> Result<Vec<Counted>> {
        let counting = Counting { view, zone: self.zone() };
        counting.counted_in(plan.measure, plan.currency, days, plan.credit_rule.as_deref())
    }

    /// What counts in a measure from one day to another, as it happened.
    pub(crate) fn counted(
        &self,
        view: &View<'_>,
        measure: Measure,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<Counted>> {
        Counting { view, zone: self.zone() }.counted(measure, first, last)
    }
}

/// What counts, as a view sees it; days are those of a time zone.
pub(crate) struct Counting<'v, 's> {
    pub(crate) view: &'v View<'s>,
    pub(crate) zone: TimeZone,
}

impl Counting<'_, '_> {
    /// What counts in a measure from one day to another, by a credit rule or as it happened, money brought into a currency by the
    /// stored rate of its day. What no rate is known for comes as it is.
    pub(crate) fn counted_in(
        &self,
        measure: Measure,
        currency: Option<Currency>,
        (first, last): (NaiveDate, NaiveDate),
        rule: Option<&str>,
    ) -> Result<Vec<Counted>> {
        let counted = match rule {
            Some(rule) => self.by_rule(rule, measure, (first, last))?,
            None => self.counted(measure, first, last)?,
        };
        if counted.iter().all(|one| one.is_in(currency)) {
            return Ok(counted);
        }
        let rates = ExchangeRate::table(self.view.unseen(&Predicate::Everything)?);
        Ok(in_currency(counted, currency, &rates)?)
    }

    /// What counts in a measure from one day to another, as far as it may be seen.
    pub(crate) fn counted(
        &self,
        measure: Measure,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<Counted>> {
        let view = self.view;
        let within = |day: NaiveDate| (first..=last).contains(&day);
        match measure {
            Measure::Offers => {
                let offers: Vec<Offer> =
                    view.records(&Predicate::Not(Box::new(Predicate::Empty("issued_at".into()))))?;
                let issued =
                    |offer: &Offer| offer.issued_at.map(|at| self.zone.day_of(at)).filter(|day| within(*day));
                let one = |offer: &Offer| issued(offer).map(|day| Counted::of_offer(offer, day));
                Ok(offers.iter().filter_map(one).collect())
            }
            Measure::Visits => {
                let reported = Predicate::equals("kind", ActivityKind::Visit.to_value())
                    .and(Predicate::equals("state", ActivityState::Reported.to_value()));
                let visits: Vec<Activity> = view.records(&reported)?;
                let one = |visit: &Activity| {
                    let day = visit.done_at.map(|at| self.zone.day_of(at)).filter(|day| within(*day))?;
                    Some(Counted::of_visit(visit, day))
                };
                Ok(visits.iter().filter_map(one).collect())
            }
            Measure::Units | Measure::Revenue | Measure::NewCustomers | Measure::Wins => {
                Ok(credits(view, measure, first, last)?.iter().map(Counted::from).collect())
            }
            Measure::Margin => {
                margins::allow(view)?;
                let credits = credits(view, Measure::Revenue, first, last)?;
                let of: HashSet<OpportunityId> = credits.iter().map(|credit| credit.opportunity).collect();
                let mut won: Vec<Opportunity> = view.records(&Predicate::Everything)?;
                won.retain(|one| of.contains(&one.id));
                Ok(margin_counted(&credits, &margins::margins(view, &won)?)?)
            }
            // A share is not added up from what counts; see `attainment`.
            Measure::MarketShare => Ok(Vec::new()),
        }
    }
}

/// What wins were credited with from one day to another.
fn credits(view: &View<'_>, measure: Measure, first: NaiveDate, last: NaiveDate) -> Result<Vec<Credit>> {
    view.records(
        &Predicate::equals("measure", measure.to_value())
            .and(Predicate::Compare("day".into(), Comparison::AtLeast, first.to_value()))
            .and(Predicate::Compare("day".into(), Comparison::AtMost, last.to_value())),
    )
}
