//! What counts by a credit rule: the rule's conditions asked of each fact, and its shares given out.
//!
//! What decides is the same whoever asks: facts are read whole, shared out, and then told as far as the asking sees what belongs to
//! the position that got it. Reasons show conditions and not what they saw.

use crate::attainment::Counting;
use crate::customer::CustomerFacts;
use crate::error::Result;
use crate::rules::stage::conditions_alone;
use crate::rules::{added_to, vocabulary};
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::custom::OpportunityCustomValue;
use clientela_core::ids::{CreditRuleId, CustomerId, OpportunityId, PositionId, UnitId};
use clientela_core::organisation::{Position, Verb};
use clientela_core::party::{Activity, Relationship};
use clientela_core::performance::{
    Counted, CreditHolder, CreditPeople, CreditRule, CreditShare, Crediting, Measure, holding_credit_rule,
    share_out,
};
use clientela_core::rules_environment::{CreditFacts, Vocabulary};
use clientela_core::sales::order::Order;
use clientela_core::sales::{Credit, Offer, Opportunity, OpportunityMember};
use clientela_model::identifier::Currency;
use clientela_model::{EntityId, Predicate, Record, Value, Why};
use clientela_rules::{Datum, Outcome, Path, Reveal, Rule};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;
use uuid::Uuid;

/// What is of one fact: its id, its day, whether it is taken back, its currency.
type Fact = (Uuid, NaiveDate, bool, Option<Currency>);

impl Counting<'_, '_> {
    /// What counts in a measure from one day to another by the credit rule of that name, as far as it may be seen; what the rule
    /// refuses comes with why.
    pub(crate) fn by_rule(
        &self,
        name: &str,
        measure: Measure,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Counted>> {
        let view = self.view.whole();
        let whole = Counting { view: &view, zone: self.zone };
        let rules = Rules::read(whole.view, name)?;
        // A rule that says the day may bring a fact of any day into the period.
        let moves = rules.versions.iter().any(|version| version.day.is_some());
        let (from, to) = if moves { ever() } else { (first, last) };
        let mut facts: BTreeMap<Fact, Vec<Counted>> = BTreeMap::new();
        for one in whole.counted(measure, from, to)? {
            let fact = (one.of.1, one.day, one.amount.is_sign_negative(), one.currency);
            facts.entry(fact).or_default().push(one);
        }
        let mut known = Known::read(whole.view, &rules, measure)?;
        let mut counted = Vec::new();
        for ((_, day, ..), parts) in facts {
            match holding_credit_rule(&rules.versions, day) {
                Some(version) => counted.extend(known.credit(version, day, parts)?),
                None => counted.extend(parts),
            }
        }
        counted.retain(|one| (first..=last).contains(&one.day) && self.tells(one));
        Ok(counted)
    }

    /// Whether the asking sees what belongs to the position it counts for.
    fn tells(&self, one: &Counted) -> bool {
        let declared = match one.of.0 {
            "offer" => Offer::ENTITY,
            // A visit is seen by whoever sees its customer, who is looked after from a position.
            "activity" => Relationship::ENTITY,
            _ => Credit::ENTITY,
        };
        self.view.whole || self.view.can_of_owner(Verb::Read, declared, one.owner, one.unit).allowed
    }
}

/// The days a store keeps: those of the years 1 to 9999.
fn ever() -> (NaiveDate, NaiveDate) {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    (day(1, 1, 1), day(9999, 12, 31))
}

/// The versions of a credit rule, ready to run.
struct Rules {
    versions: Vec<CreditRule>,
    shares: HashMap<CreditRuleId, Vec<CreditShare>>,
    compiled: HashMap<CreditRuleId, Compiled>,
    vocabulary: Vocabulary,
}

/// What a version asks.
struct Compiled {
    condition: Option<Arc<dyn Rule>>,
    day: Option<Arc<dyn Rule>>,
}

impl Rules {
    fn read(view: &View<'_>, name: &str) -> Result<Self> {
        let versions: Vec<CreditRule> = view.records(&named(name))?;
        let mut shares: HashMap<CreditRuleId, Vec<CreditShare>> = HashMap::new();
        for version in &versions {
            let mut own: Vec<CreditShare> =
                view.records(&Predicate::equals("rule", Value::Id(version.id.uuid())))?;
            own.sort_by_key(|share| share.place);
            shares.insert(version.id, own);
        }
        let vocabulary = vocabulary(view.reader)?;
        let mut compiled = HashMap::new();
        for version in &versions {
            let condition = version.condition.as_deref().map(|text| view.rules.of_credit(&vocabulary, text));
            let day = version.day.as_deref().map(|text| view.rules.of_credit_day(&vocabulary, text));
            let made = Compiled { condition: condition.transpose()?, day: day.transpose()? };
            compiled.insert(version.id, made);
        }
        Ok(Self { versions, shares, compiled, vocabulary })
    }

    /// What all versions read.
    fn reads(&self) -> Vec<Path> {
        let rules = self.compiled.values().flat_map(|one| one.condition.iter().chain(&one.day));
        rules.flat_map(|rule| rule.reads().iter().cloned()).collect()
    }

    fn gives_to(&self, holder: CreditHolder) -> bool {
        self.shares.values().flatten().any(|share| share.holder == holder)
    }
}

/// The versions of a credit rule.
pub(crate) fn named(name: &str) -> Predicate {
    Predicate::equals("name", Value::Text(Cow::Owned(name.to_owned())))
}

/// What rules ask and shares go to, read once for many facts.
struct Known<'v, 's, 'r> {
    view: &'v View<'s>,
    rules: &'r Rules,
    reads: Vec<Path>,
    opportunities: HashMap<OpportunityId, Opportunity>,
    offers: HashMap<Uuid, Offer>,
    visits: HashMap<Uuid, Activity>,
    orders: HashMap<OpportunityId, Vec<Order>>,
    members: HashMap<OpportunityId, Vec<OpportunityMember>>,
    units: HashMap<PositionId, UnitId>,
    customers: HashMap<CustomerId, CustomerFacts>,
}

impl<'v, 's, 'r> Known<'v, 's, 'r> {
    fn read(view: &'v View<'s>, rules: &'r Rules, measure: Measure) -> Result<Self> {
        let reads = rules.reads();
        let speaks_of = |name: &str| reads.iter().any(|path| path.text.starts_with(name));
        Ok(Self {
            view,
            rules,
            opportunities: by(all(view, true)?, |one: &Opportunity| one.id),
            offers: by(all(view, measure == Measure::Offers)?, |one: &Offer| one.id.uuid()),
            visits: by(all(view, measure == Measure::Visits)?, |one: &Activity| one.id.uuid()),
            orders: grouped(all(view, speaks_of("orders"))?, |one: &Order| one.opportunity),
            members: grouped(all(view, rules.gives_to(CreditHolder::Member))?, |one: &OpportunityMember| {
                one.opportunity
            }),
            units: all(view, rules.gives_to(CreditHolder::Position))?
                .into_iter()
                .map(|one: Position| (one.id, one.unit))
                .collect(),
            customers: HashMap::new(),
            reads,
        })
    }

    /// What a fact counts by a version of the rule.
    fn credit(&mut self, version: &CreditRule, day: NaiveDate, parts: Vec<Counted>) -> Result<Vec<Counted>> {
        let Some(first) = parts.first() else { return Ok(parts) };
        let (of, opportunity) = (first.of, first.opportunity);
        self.know_customer(of.1, opportunity)?;
        let judged = self.judge(version, day, of.1, opportunity)?;
        let counts_on = match judged {
            Ok(counts_on) => counts_on,
            Err(why) => {
                let why = Why::new("credit.refused").fact("credit_rule", &version.code).because(why);
                let refused = |part| Counted { credited: Crediting::Refused(why.clone()), ..part };
                return Ok(parts.into_iter().map(refused).collect());
            }
        };
        let shares = self.rules.shares.get(&version.id).map_or(&[][..], Vec::as_slice);
        let people = self.people(of.1, opportunity);
        Ok(share_out(version, shares, &parts, &people, counts_on)?)
    }

    /// The day a fact counts on, or why it does not.
    fn judge(
        &self,
        version: &CreditRule,
        day: NaiveDate,
        of: Uuid,
        opportunity: Option<OpportunityId>,
    ) -> Result<std::result::Result<NaiveDate, Why>> {
        let Some(Compiled { condition, day: counts_on }) = self.rules.compiled.get(&version.id) else {
            return Ok(Ok(day));
        };
        let opportunity = opportunity.and_then(|id| self.opportunities.get(&id));
        let added: Vec<OpportunityCustomValue> = match opportunity {
            Some(one) if self.reads.iter().any(|path| path.text.starts_with("opportunity.custom")) => {
                added_to(self.view, one)?
            }
            _ => Vec::new(),
        };
        let facts = CreditFacts {
            opportunity: opportunity.map(|one| (one, added.as_slice())),
            customer: self.customer(of, opportunity.map(|one| one.id)).map(CustomerFacts::as_core),
            offer: self.offers.get(&of),
            activity: self.visits.get(&of),
            orders: opportunity.and_then(|one| self.orders.get(&one.id)).map_or(&[][..], Vec::as_slice),
        };
        let bindings = self.rules.vocabulary.credit_facts(&facts, day)?;
        if let Some(condition) = condition {
            let verdict = condition.evaluate(&bindings, Reveal::NONE);
            if !verdict.holds() {
                return Ok(Err(conditions_alone(verdict.why)));
            }
        }
        Ok(match counts_on.as_ref().map(|rule| (rule.decide(&bindings), rule.source())) {
            None => Ok(day),
            Some((Outcome::Value(Datum::Date(counts_on)), _)) => Ok(counts_on),
            Some((_, source)) => Err(Why::new("credit.no_day").fact("day", source)),
        })
    }

    fn people(&self, of: Uuid, opportunity: Option<OpportunityId>) -> CreditPeople<'_> {
        let own = self.offers.get(&of).map(|offer| (offer.owner, offer.unit));
        let own = own.or_else(|| self.visits.get(&of).map(|visit| (visit.owner, visit.unit)));
        let of_opportunity = opportunity.and_then(|id| self.opportunities.get(&id));
        CreditPeople {
            owner: own.or_else(|| of_opportunity.map(|one| (one.owner, one.unit))),
            customer_owner: self
                .customer(of, opportunity)
                .map(|facts| (facts.customer.owner, facts.customer.unit)),
            members: opportunity.and_then(|id| self.members.get(&id)).map_or(&[][..], Vec::as_slice),
            units: Some(&self.units),
        }
    }

    fn customer_of(&self, of: Uuid, opportunity: Option<OpportunityId>) -> Option<CustomerId> {
        let of_opportunity = opportunity.and_then(|id| self.opportunities.get(&id)).map(|one| one.customer);
        of_opportunity.or_else(|| self.visits.get(&of).map(|visit| visit.customer))
    }

    fn customer(&self, of: Uuid, opportunity: Option<OpportunityId>) -> Option<&CustomerFacts> {
        self.customers.get(&self.customer_of(of, opportunity)?)
    }

    /// Reads the customer of a fact, where something hangs on it.
    fn know_customer(&mut self, of: Uuid, opportunity: Option<OpportunityId>) -> Result<()> {
        let asked = self.reads.iter().any(|path| path.text.starts_with("customer"))
            || self.rules.gives_to(CreditHolder::CustomerOwner);
        let customer =
            self.customer_of(of, opportunity).filter(|id| asked && !self.customers.contains_key(id));
        if let Some(id) = customer
            && let Some(facts) = CustomerFacts::if_seen(self.view, id, &self.reads)?
        {
            self.customers.insert(id, facts);
        }
        Ok(())
    }
}

/// All records of a kind, if they are wanted.
fn all<R: Record>(view: &View<'_>, wanted: bool) -> Result<Vec<R>> {
    if wanted { view.records(&Predicate::Everything) } else { Ok(Vec::new()) }
}

fn by<R, K: Eq + Hash>(records: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, R> {
    records.into_iter().map(|record| (key(&record), record)).collect()
}

fn grouped<R, K: Eq + Hash>(records: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, Vec<R>> {
    let mut groups: HashMap<K, Vec<R>> = HashMap::new();
    for record in records {
        groups.entry(key(&record)).or_default().push(record);
    }
    groups
}
