//! Whom a campaign reaches: for every customer that may be seen, in or out, and why.

use crate::customer::{list, parts};
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::ids::{ConsentId, CustomerId};
use clientela_core::marketing::{Campaign, Membership, target};
use clientela_core::party::{Consent, Customer, may_contact};
use clientela_core::rules_environment::{self as environment, CustomerFacts};
use clientela_model::{EntityId, ErrorKind, Predicate, Record, Why};
use clientela_rules::{CelEngine, Reveal, Rule, RuleEngine};
use clientela_store::Order;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Customers read at once.
const PAGE: usize = 1_000;

/// One customer's place in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetLine {
    /// The customer.
    pub customer: CustomerId,
    /// The consent that is used; none for those left out.
    pub consent: Option<ConsentId>,
    /// The reason that decided, such as `consent.missing`; `campaign.selected` for those in.
    pub reason: String,
}

/// Whom a campaign would reach now. Nothing is written before the campaign is activated.
#[derive(Debug, Clone)]
pub struct TargetPlan {
    session: Session,
    campaign: Campaign,
    at: DateTime<Utc>,
    lines: Vec<TargetLine>,
}

impl TargetPlan {
    /// The campaign.
    #[must_use]
    pub fn campaign(&self) -> &Campaign {
        &self.campaign
    }

    /// When it was decided.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Every customer that was looked at.
    #[must_use]
    pub fn lines(&self) -> &[TargetLine] {
        &self.lines
    }

    /// How many are in.
    #[must_use]
    pub fn size(&self) -> usize {
        self.lines.iter().filter(|line| line.consent.is_some()).count()
    }

    /// How many are in, and how many are out for which reason.
    #[must_use]
    pub fn reasons(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for line in &self.lines {
            *counts.entry(line.reason.as_str()).or_insert(0) += 1;
        }
        counts
    }

    /// Why one customer is in or out, with the values seen.
    ///
    /// # Errors
    /// `record.not_found` for a customer that may not be seen.
    pub fn explain(&self, customer: &str) -> Result<Why> {
        self.session.explain_target(&self.campaign.code, customer)
    }
}

impl Session {
    /// Whom a campaign would reach now, of the customers this session may see.
    ///
    /// # Errors
    /// `record.not_found` for the campaign.
    pub fn target(&self, campaign: &str) -> Result<TargetPlan> {
        let at = self.now();
        self.look(|view| {
            let campaign = view.resolve::<Campaign>(campaign)?.record;
            let mut lines = Vec::new();
            decide_all(&view, &campaign, at, self.day_of(at), |customer, membership| {
                let reason = membership.reason().to_owned();
                lines.push(TargetLine { customer, consent: membership.consent(), reason });
                Ok(())
            })?;
            Ok(TargetPlan { session: self.clone(), campaign, at, lines })
        })
    }

    /// Why one customer is on a campaign's list or not, with the values seen.
    ///
    /// # Errors
    /// `record.not_found` for the campaign or the customer.
    pub fn explain_target(&self, campaign: &str, customer: &str) -> Result<Why> {
        let at = self.now();
        self.look(|view| {
            let campaign = view.resolve::<Campaign>(campaign)?.record;
            let customer = view.resolve::<Customer>(customer)?.record;
            let decider = Decider::new(&campaign, at, self.day_of(at))?;
            Ok(decider.decide(&view, customer, Reveal { personal: true, confidential: false })?.why)
        })
    }
}

/// Decides for every visible customer, page by page.
pub(crate) fn decide_all(
    view: &View<'_>,
    campaign: &Campaign,
    at: DateTime<Utc>,
    today: NaiveDate,
    mut each: impl FnMut(CustomerId, Membership) -> Result<()>,
) -> Result<()> {
    let decider = Decider::new(campaign, at, today)?;
    let mut after: Option<Uuid> = None;
    let everybody = &Predicate::Everything;
    let total = if view.reader.is_heard() { view.count(Customer::ENTITY, everybody)? } else { 0 };
    let mut done = 0;
    loop {
        let next = after.map_or(Predicate::Everything, |id| {
            Predicate::Compare(
                "id".into(),
                clientela_model::Comparison::Greater,
                clientela_model::Value::Id(id),
            )
        });
        let page = view.page::<Customer>(&next, &Order::by_id(), Some(PAGE), 0)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.record.id.uuid());
        for stored in page {
            let id = stored.record.id;
            each(id, decider.decide(view, stored.record, Reveal::NONE)?)?;
            done += 1;
            view.reader.tell("customers", done, total);
        }
    }
}

/// Decides for one customer; none when it may not be seen.
pub(crate) fn decide_one(
    view: &View<'_>,
    campaign: &Campaign,
    at: DateTime<Utc>,
    today: NaiveDate,
    customer: CustomerId,
) -> Result<Option<Membership>> {
    let customer = match view.get::<Customer>(customer) {
        Ok(stored) => stored.record,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Decider::new(campaign, at, today)?.decide(view, customer, Reveal::NONE).map(Some)
}

/// A campaign's rule, compiled, and which lists it reads: no other list is fetched.
struct Decider<'a> {
    campaign: &'a Campaign,
    rule: Arc<dyn Rule>,
    at: DateTime<Utc>,
    today: NaiveDate,
}

impl<'a> Decider<'a> {
    fn new(campaign: &'a Campaign, at: DateTime<Utc>, today: NaiveDate) -> Result<Self> {
        Ok(Self { campaign, rule: CelEngine.compile(&campaign.rule, environment::of_customer())?, at, today })
    }

    fn decide(&self, view: &View<'_>, customer: Customer, reveal: Reveal) -> Result<Membership> {
        let (id, party) = (customer.id.uuid(), customer.party.uuid());
        let consents: Vec<Consent> = parts(view, "customer", id)?;
        let fleet = list(view, self.rule.reads(), "fleet", "party", party)?;
        let contacts = list(view, self.rule.reads(), "contacts", "customer", id)?;
        let activities = list(view, self.rule.reads(), "activities", "customer", id)?;
        let opportunities = list(view, self.rule.reads(), "opportunities", "customer", id)?;
        let facts = CustomerFacts {
            customer: &customer,
            fleet: &fleet,
            contacts: &contacts,
            consents: &consents,
            activities: &activities,
            opportunities: &opportunities,
        };
        let reveal =
            Reveal { confidential: reveal.confidential && view.reads_confidential(&customer), ..reveal };
        let outcome = environment::ask(&*self.rule, &facts, self.today, reveal);
        let Campaign { purpose, channel, .. } = self.campaign;
        let permission = may_contact(&consents, customer.do_not_contact, *purpose, *channel, self.at);
        Ok(target::decide(self.campaign, outcome, &permission, self.today))
    }
}
