//! Whom a campaign reaches: for every customer that may be seen, in or out, and why.

use crate::customer::CustomerFacts;
use crate::error::Result;
use crate::mirror::Snapshot;
use crate::outreach::{Outreach, Statements};
use crate::rules::{CheckedRule, RuleCache, RuleRun, RuleSubject, Told, told_of_customers};
use crate::session::Session;
use crate::view::View;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::ids::{ConsentId, ContactId, CustomerId};
use clientela_core::marketing::{Campaign, Membership, RuleOutcome, target};
use clientela_core::party::Customer;
use clientela_model::{EntityId, ErrorKind, Predicate, Value, Why};
use clientela_rules::Reveal;
use clientela_store::Reader;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Customers whose statements are read at once.
const PAGE: usize = 1_000;

/// One customer's place in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetLine {
    /// The customer.
    pub customer: CustomerId,
    /// The consent that is used; none for those left out.
    pub consent: Option<ConsentId>,
    /// The contact who is reached; none for the customer itself.
    pub contact: Option<ContactId>,
    /// The address or number the consent allows; none for any of the channel.
    pub contact_point: Option<String>,
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
        self.target_with(campaign, RuleRun::default())
    }

    /// Whom a campaign would reach now, found on several threads.
    ///
    /// # Errors
    /// As [`target`](Self::target).
    pub fn target_with(&self, campaign: &str, run: RuleRun) -> Result<TargetPlan> {
        let at = self.now();
        self.look_in_columns(|view, snapshot| {
            let campaign = view.resolve::<Campaign>(campaign)?.record;
            let mut lines = Vec::new();
            let decider = Decider::new(&self.crm.rules, view.reader, &campaign, at, self.day_of(at))?;
            decider.decide_all(view, snapshot, run, Reasons::Named, |customer, membership| {
                let reason = membership.reason().to_owned();
                let (consent, contact) = (membership.consent(), membership.contact());
                let contact_point = membership.contact_point().map(str::to_owned);
                lines.push(TargetLine { customer, consent, contact, contact_point, reason });
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
            let decider = Decider::new(&self.crm.rules, view.reader, &campaign, at, self.day_of(at))?;
            let said = decider.outreach.statements(&view, &[&customer])?;
            let said = said.get(&customer.id.uuid()).cloned().unwrap_or_default();
            Ok(decider.decide(&view, customer, &said, Reveal { personal: true, confidential: false })?.why)
        })
    }
}

/// How much is said of those who are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reasons {
    /// Which reason decided.
    Named,
    /// The whole reason, as it is kept beside a member.
    Whole,
}

/// A campaign and its rule, compiled.
pub(crate) struct Decider<'a> {
    campaign: &'a Campaign,
    rule: CheckedRule,
    outreach: Outreach,
    today: NaiveDate,
}

impl<'a> Decider<'a> {
    pub(crate) fn new(
        rules: &RuleCache,
        reader: &Reader<'_>,
        campaign: &'a Campaign,
        at: DateTime<Utc>,
        today: NaiveDate,
    ) -> Result<Self> {
        let Campaign { purpose, channel, .. } = *campaign;
        let outreach = Outreach { purpose, channel, at, day: today };
        let rule = rules.compiled(reader, &campaign.rule, RuleSubject::Customer)?;
        Ok(Self { campaign, rule, outreach, today })
    }

    /// Decides for one customer; none when it may not be seen.
    pub(crate) fn decide_one(&self, view: &View<'_>, customer: CustomerId) -> Result<Option<Membership>> {
        let customer = match view.get::<Customer>(customer) {
            Ok(stored) => stored.record,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let said = self.outreach.statements(view, &[&customer])?;
        let said = said.get(&customer.id.uuid()).cloned().unwrap_or_default();
        self.decide(view, customer, &said, Reveal::NONE).map(Some)
    }

    /// Decides for every visible customer, by id. The rule is asked of all of them in columns; statements are read only of
    /// those for whom it holds. Of the others only the reason is told.
    pub(crate) fn decide_all(
        &self,
        view: &View<'_>,
        snapshot: &Snapshot,
        run: RuleRun,
        reasons: Reasons,
        mut each: impl FnMut(CustomerId, Membership) -> Result<()>,
    ) -> Result<()> {
        let told = told_of_customers(view, snapshot, &self.rule, self.today, run)?;
        let (mut done, total) = (0, told.len() as u64);
        let unsaid = Statements::default();
        for page in told.chunks(PAGE) {
            let holding: Vec<Value> =
                page.iter().filter(|(_, told)| *told == Told::Yes).map(|(id, _)| Value::Id(*id)).collect();
            let mut customers = customers(view, holding)?;
            let mut statements = self.outreach.statements(view, &customers.values().collect::<Vec<_>>())?;
            for (id, told) in page {
                let customer = customers.remove(id);
                let membership = match (told, customer) {
                    (Told::Yes, Some(customer)) => {
                        let said = statements.remove(id).unwrap_or_default();
                        match reasons {
                            Reasons::Whole => self.decide(view, customer, &said, Reveal::NONE)?,
                            Reasons::Named => {
                                self.said(RuleOutcome::Holds(Why::new("rule.true")), Some(&customer), &said)
                            }
                        }
                    }
                    (Told::Unknown, _) => {
                        self.said(RuleOutcome::Unknown(Why::new("rule.unknown")), None, &unsaid)
                    }
                    (Told::Yes | Told::No, _) => {
                        self.said(RuleOutcome::Fails(Why::new("rule.false")), None, &unsaid)
                    }
                };
                each(CustomerId::from_uuid(*id), membership)?;
            }
            done += page.len() as u64;
            view.reader.tell("customers", done, total);
        }
        Ok(())
    }

    /// Decides for one customer, with the whole reason.
    fn decide(
        &self,
        view: &View<'_>,
        customer: Customer,
        said: &Statements,
        reveal: Reveal,
    ) -> Result<Membership> {
        let facts = CustomerFacts::of(view, customer, self.rule.rule.reads())?;
        let outcome = self.rule.vocabulary.ask(&*self.rule.rule, &facts.as_core(), self.today, reveal);
        Ok(self.said(outcome, Some(&facts.customer), said))
    }

    fn said(&self, outcome: RuleOutcome, customer: Option<&Customer>, said: &Statements) -> Membership {
        let permission = self.outreach.permission(customer, said);
        target::decide(self.campaign, outcome, &permission, self.today)
    }
}

/// The customers of these ids, by their ids.
fn customers(view: &View<'_>, ids: Vec<Value>) -> Result<HashMap<Uuid, Customer>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = view.all_of::<Customer>(&Predicate::OneOf("id".into(), ids))?;
    Ok(found.into_iter().map(|stored| (stored.record.id.uuid(), stored.record)).collect())
}
