//! How long data of persons is kept: rules that are data, and what they say of a person on a day.
//!
//! A rule names a kind of person, what its period starts with and how long it is (GDPR, article 5 paragraph 1 letter e), and on which
//! duty or interest it rests. A rule speaks of a person only once its period has begun. A person goes when **every** rule that speaks of
//! him has run out: who stopped asking three years ago and has a contract whose papers are kept for ten stays for the ten. What is
//! open keeps him too, whatever the rules say.
//!
//! | start | of | the day |
//! | --- | --- | --- |
//! | `last_activity` | customers, contacts, leads | the last thing that happened with the person |
//! | `contract_end` | customers | the last day of the last contract on a vehicle, or the last day of a completed order |
//! | `refusal` | customers, contacts, leads | the last no (of the rule's purpose, if it has one) that nothing said later took back |
//! | `lead_closed` | leads | the day it was found not worth going on |
//! | `contact_left` | contacts | the day the person left the customer |

use crate::ids::RetentionRuleId;
use crate::party::{CustomerStatus, Purpose};
use chrono::{Months, NaiveDate};
use clientela_model::{ClosedList, Record, ValueError, Why};
use serde::{Deserialize, Serialize};

/// The longest period of a rule.
pub const MONTHS_MAX: u32 = 1_200;

/// Of whom a rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum RetentionSubject {
    /// Parties with all dealers' business with them.
    Customer,
    /// Leads that never became customers.
    Lead,
    /// Single persons at customers that stay.
    Contact,
}

/// What the period of a rule starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum RetentionStart {
    /// The last thing that happened with the person.
    LastActivity,
    /// The end of the last contract.
    ContractEnd,
    /// The last no.
    Refusal,
    /// The lead was found not worth going on.
    LeadClosed,
    /// The person left the customer.
    ContactLeft,
}

/// A rule on how long data of persons is kept.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 134, name = "retention_rule", access = public, key = code)]
pub struct RetentionRule {
    /// Id.
    #[field(number = 1)]
    pub id: RetentionRuleId,
    /// Code, such as PROSPECTS.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Of whom.
    #[field(number = 3)]
    pub subject: RetentionSubject,
    /// Only customers all of whose dealers say this of them.
    #[field(number = 4)]
    pub status: Option<CustomerStatus>,
    /// What the period starts with.
    #[field(number = 5)]
    pub start: RetentionStart,
    /// For a refusal: of which purpose; of any when empty.
    #[field(number = 6)]
    pub purpose: Option<Purpose>,
    /// How long, in months.
    #[field(number = 7)]
    pub months: u32,
    /// The duty or interest it rests on, such as "art. 2220 c.c.".
    #[field(number = 8)]
    pub legal_reason: String,
    /// First day it holds.
    #[field(number = 9, group = "validity")]
    pub valid_from: NaiveDate,
    /// Last day it holds; until further notice when empty.
    #[field(number = 10, group = "validity")]
    pub valid_to: Option<NaiveDate>,
}

/// A rule as a person gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRetentionRule {
    /// Code.
    pub code: String,
    /// Of whom.
    pub subject: RetentionSubject,
    /// Only customers of this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<CustomerStatus>,
    /// What the period starts with.
    pub start: RetentionStart,
    /// For a refusal: of which purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// How long, in months, 1 to [`MONTHS_MAX`].
    pub months: u32,
    /// The duty or interest it rests on.
    pub legal_reason: String,
    /// First day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day; until it is closed when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

/// Checks a rule.
///
/// # Errors
/// In this order: `retention.months`, `retention.start`, `retention.legal_reason`, `retention.ends_before_it_begins`.
pub fn define(
    new: &NewRetentionRule,
    id: RetentionRuleId,
    today: NaiveDate,
) -> Result<RetentionRule, ValueError> {
    let refused = |code, what, problem, expected, field: &str| {
        Err(ValueError::new(code, what, problem, expected).at(field))
    };
    if !(1..=MONTHS_MAX).contains(&new.months) {
        return refused("retention.months", "period", "is not possible", "1 to 1200 months", "months");
    }
    let of_customers = new.subject == RetentionSubject::Customer;
    let fits = match new.start {
        RetentionStart::LastActivity | RetentionStart::Refusal => true,
        RetentionStart::ContractEnd => of_customers,
        RetentionStart::LeadClosed => new.subject == RetentionSubject::Lead,
        RetentionStart::ContactLeft => new.subject == RetentionSubject::Contact,
    };
    let only_refusals = new.purpose.is_none() || new.start == RetentionStart::Refusal;
    if !fits || !only_refusals || (new.status.is_some() && !of_customers) {
        let (problem, right) = (
            "does not fit the other fields",
            "contract_end and a status for customers, lead_closed for leads, contact_left for contacts, a purpose for refusals",
        );
        return refused("retention.start", "start", problem, right, "start");
    }
    if new.legal_reason.trim().is_empty() {
        let (problem, right) = ("is missing", "the duty or interest the period rests on");
        return refused("retention.legal_reason", "legal reason", problem, right, "legal_reason");
    }
    let valid_from = new.from.unwrap_or(today);
    if new.to.is_some_and(|last| last < valid_from) {
        let (problem, right) = ("is before the first", "a day not before the first");
        return refused("retention.ends_before_it_begins", "last day", problem, right, "to");
    }
    Ok(RetentionRule {
        id,
        code: new.code.clone(),
        subject: new.subject,
        status: new.status,
        start: new.start,
        purpose: new.purpose,
        months: new.months,
        legal_reason: new.legal_reason.trim().to_owned(),
        valid_from,
        valid_to: new.to,
    })
}

/// Why somebody stays although his period is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum HoldBack {
    /// A legal hold is in force.
    LegalHold,
    /// An opportunity is open or put aside.
    OpenOpportunity,
    /// An offer is not decided.
    OpenOffer,
    /// An order is not delivered, invoiced and paid.
    OpenOrder,
    /// A contract on a vehicle is in force.
    ContractInForce,
    /// An activity is planned.
    PlannedActivity,
    /// A lead is being worked on.
    OpenLead,
    /// A consent is in force.
    ConsentInForce,
    /// Another rule keeps him longer.
    LongerRule,
}

/// What is known of a person that rules ask for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RetentionFacts {
    /// Day of the last thing that happened.
    pub last_activity: Option<NaiveDate>,
    /// Last day of the last contract.
    pub contract_end: Option<NaiveDate>,
    /// For each purpose the day of a no that stands.
    pub refusals: Vec<(Purpose, NaiveDate)>,
    /// Day a lead was found not worth going on.
    pub lead_closed: Option<NaiveDate>,
    /// Day a contact left.
    pub contact_left: Option<NaiveDate>,
    /// What the dealers say of a customer.
    pub statuses: Vec<CustomerStatus>,
    /// What is open.
    pub held_back: Vec<HoldBack>,
}

/// What the rules say of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct RetentionDecision<'r> {
    /// The rule that decides: the one that runs out last.
    pub rule: &'r RetentionRule,
    /// The day its period began.
    pub since: NaiveDate,
    /// The first day on which it is over.
    pub due: NaiveDate,
    /// Why he stays all the same; he goes when this is empty.
    pub held_back: Vec<HoldBack>,
    /// How it came about.
    pub why: Why,
}

impl RetentionRule {
    /// The day its period began for a person; none when it does not speak of him.
    #[must_use]
    pub fn since(&self, facts: &RetentionFacts) -> Option<NaiveDate> {
        if let Some(status) = self.status
            && (facts.statuses.is_empty() || facts.statuses.iter().any(|said| *said != status))
        {
            return None;
        }
        match self.start {
            RetentionStart::LastActivity => facts.last_activity,
            RetentionStart::ContractEnd => facts.contract_end,
            RetentionStart::LeadClosed => facts.lead_closed,
            RetentionStart::ContactLeft => facts.contact_left,
            RetentionStart::Refusal => {
                let meant =
                    facts.refusals.iter().filter(|(of, _)| self.purpose.is_none_or(|purpose| purpose == *of));
                meant.map(|(_, day)| *day).max()
            }
        }
    }

    /// The first day on which a period that began so is over.
    #[must_use]
    pub fn due(&self, since: NaiveDate) -> NaiveDate {
        since.checked_add_months(Months::new(self.months)).unwrap_or(NaiveDate::MAX)
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// The rules that speak of a kind of person.
#[must_use]
pub fn of_subject(rules: &[RetentionRule], subject: RetentionSubject) -> Vec<&RetentionRule> {
    rules.iter().filter(|rule| rule.subject == subject).collect()
}

/// What the rules say of a person on a day; none while no period is over. `rules` are those of his kind that hold.
#[must_use]
pub fn decide<'r>(
    rules: &[&'r RetentionRule],
    facts: &RetentionFacts,
    today: NaiveDate,
) -> Option<RetentionDecision<'r>> {
    let mut speaking: Vec<(NaiveDate, NaiveDate, &RetentionRule)> = rules
        .iter()
        .copied()
        .filter(|rule| rule.holds_on(today))
        .filter_map(|rule| rule.since(facts).map(|since| (rule.due(since), since, rule)))
        .collect();
    speaking.sort_by_key(|(due, since, rule)| (*due, *since, rule.id));
    if speaking.first().is_none_or(|(due, ..)| *due > today) {
        return None;
    }
    let (due, since, rule) = *speaking.last()?;
    let mut held_back = facts.held_back.clone();
    if due > today {
        held_back.push(HoldBack::LongerRule);
    }
    held_back.sort_unstable();
    held_back.dedup();
    let told = |reason, (due, since, rule): &(NaiveDate, NaiveDate, &RetentionRule)| {
        let why = Why::new(reason).fact("rule", &rule.code).fact("start", rule.start).fact("since", since);
        why.fact("months", rule.months).fact("due", due).fact("legal_reason", &rule.legal_reason)
    };
    let why = Why::new(if held_back.is_empty() { "retention.over" } else { "retention.held_back" });
    let why = speaking.iter().fold(why.fact("day", today), |why, one| {
        why.because(told(if one.0 <= today { "retention.rule_over" } else { "retention.rule_lasts" }, one))
    });
    let why = held_back
        .iter()
        .fold(why, |why, held| why.because(Why::new("retention.kept_by").fact("reason", *held)));
    Some(RetentionDecision { rule, since, due, held_back, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(code: &str, start: RetentionStart, months: u32) -> RetentionRule {
        let subject = match start {
            RetentionStart::LeadClosed => RetentionSubject::Lead,
            _ => RetentionSubject::Customer,
        };
        let new = NewRetentionRule {
            code: code.into(),
            subject,
            status: None,
            start,
            purpose: None,
            months,
            legal_reason: "interest".into(),
            from: Some(day("2020-01-01")),
            to: None,
        };
        define(&new, RetentionRuleId::from_uuid(Uuid::from_u128(u128::from(months))), day("2026-01-01"))
            .unwrap()
    }

    #[test]
    fn a_person_goes_when_every_rule_that_speaks_of_him_has_run_out_and_nothing_is_open() {
        let rules = [
            rule("PROSPECTS", RetentionStart::LastActivity, 36),
            rule("CONTRACTS", RetentionStart::ContractEnd, 120),
        ];
        let facts = |active: &str, ended: Option<&str>, held: &[HoldBack]| RetentionFacts {
            last_activity: Some(day(active)),
            contract_end: ended.map(day),
            held_back: held.to_vec(),
            ..RetentionFacts::default()
        };
        for (facts, expected) in [
            (facts("2023-03-04", None, &[]), Some(("PROSPECTS", "2026-03-04", vec![]))),
            (facts("2023-03-05", None, &[]), None),
            (
                facts("2022-01-01", Some("2021-12-31"), &[]),
                Some(("CONTRACTS", "2031-12-31", vec![HoldBack::LongerRule])),
            ),
            (facts("2012-01-01", Some("2016-01-01"), &[]), Some(("CONTRACTS", "2026-01-01", vec![]))),
            (
                facts("2020-02-29", None, &[HoldBack::OpenOrder]),
                Some(("PROSPECTS", "2023-02-28", vec![HoldBack::OpenOrder])),
            ),
        ] {
            let found = decide(&of_subject(&rules, RetentionSubject::Customer), &facts, day("2026-03-04"));
            let found = found.map(|found| (found.rule.code.clone(), found.due, found.held_back));
            let expected = expected.map(|(code, due, held)| (code.to_owned(), day(due), held));
            assert_eq!(found, expected, "{facts:?}");
        }
    }

    #[test]
    fn rules_fit_whom_they_speak_of() {
        let fine = NewRetentionRule {
            code: "A".into(),
            subject: RetentionSubject::Lead,
            status: None,
            start: RetentionStart::LeadClosed,
            purpose: None,
            months: 6,
            legal_reason: "interest".into(),
            from: None,
            to: None,
        };
        let id = RetentionRuleId::from_uuid(Uuid::nil());
        let today = day("2026-03-04");
        assert!(define(&fine, id, today).is_ok());
        for (wrong, code) in [
            (NewRetentionRule { months: 0, ..fine.clone() }, "retention.months"),
            (NewRetentionRule { start: RetentionStart::ContractEnd, ..fine.clone() }, "retention.start"),
            (NewRetentionRule { purpose: Some(Purpose::Marketing), ..fine.clone() }, "retention.start"),
            (NewRetentionRule { start: RetentionStart::ContactLeft, ..fine.clone() }, "retention.start"),
            (NewRetentionRule { subject: RetentionSubject::Contact, ..fine.clone() }, "retention.start"),
            (NewRetentionRule { legal_reason: " ".into(), ..fine.clone() }, "retention.legal_reason"),
            (
                NewRetentionRule { to: Some(day("2026-03-03")), ..fine.clone() },
                "retention.ends_before_it_begins",
            ),
        ] {
            assert_eq!(clientela_model::Coded::code(&define(&wrong, id, today).unwrap_err()), code);
        }
    }
}
