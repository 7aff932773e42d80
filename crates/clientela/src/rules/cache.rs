//! Rules that were compiled lately: what is asked again is not read again.

use super::added::vocabulary;
use super::subject::RuleSubject;
use crate::error::Result;
use clientela_core::rules_environment::Vocabulary;
use clientela_model::Entity;
use clientela_rules::ruleset::{RuleSet, RuleSetErrors};
use clientela_rules::{Environment, Rule, RuleErrors, Type};
use clientela_store::Reader;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Rules kept at once.
const KEPT_MAX: usize = 256;

/// What a rule was checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Against {
    Subject(RuleSubject),
    /// The columns of the entity of that number.
    Columns(u16),
    /// What counts: a condition.
    Credit,
    /// What counts: the day it counts on.
    CreditDay,
}

/// Compiled rules by their text and what they were checked against.
#[derive(Debug, Default)]
pub(crate) struct RuleCache {
    kept: Mutex<Kept>,
    sets: Mutex<KeptSets>,
}

/// Rule sets kept at once.
const SETS_MAX: usize = 64;

/// Rule sets that were read lately, by the id of their version.
#[derive(Debug, Default)]
struct KeptSets {
    sets: HashMap<Uuid, KeptSet>,
    clock: u64,
}

/// A rule set with what it was read from and with.
#[derive(Debug)]
struct KeptSet {
    used: u64,
    document: String,
    vocabulary: Vocabulary,
    rules: Arc<RuleSet>,
}

/// When a rule was last used, the rule, and what it was checked with.
type Used = (u64, Arc<dyn Rule>, Vocabulary);

/// A rule with what it was checked with: facts for it are made with the same.
#[derive(Debug, Clone)]
pub(crate) struct CheckedRule {
    pub(crate) rule: Arc<dyn Rule>,
    pub(crate) vocabulary: Vocabulary,
}

#[derive(Debug, Default)]
struct Kept {
    rules: HashMap<Against, HashMap<String, Used>>,
    count: usize,
    clock: u64,
}

impl RuleCache {
    /// The rule on a subject, in the store as it is.
    ///
    /// # Errors
    /// `rule.invalid`, and what the store says.
    pub(crate) fn compiled(
        &self,
        reader: &Reader<'_>,
        text: &str,
        about: RuleSubject,
    ) -> Result<CheckedRule> {
        Ok(self.compiled_with(&vocabulary(reader)?, text, about)?)
    }

    /// The rule on a subject, with these added fields.
    ///
    /// # Errors
    /// `rule.invalid`.
    pub(crate) fn compiled_with(
        &self,
        vocabulary: &Vocabulary,
        text: &str,
        about: RuleSubject,
    ) -> std::result::Result<CheckedRule, RuleErrors> {
        let rule = self.get(text, Against::Subject(about), about.environment_in(vocabulary), vocabulary)?;
        Ok(CheckedRule { rule, vocabulary: vocabulary.clone() })
    }

    /// The condition of a credit rule.
    ///
    /// # Errors
    /// `rule.invalid`.
    pub(crate) fn of_credit(
        &self,
        vocabulary: &Vocabulary,
        text: &str,
    ) -> std::result::Result<Arc<dyn Rule>, RuleErrors> {
        self.get(text, Against::Credit, vocabulary.of_credit(), vocabulary)
    }

    /// The day of a credit rule.
    ///
    /// # Errors
    /// `rule.invalid`.
    pub(crate) fn of_credit_day(
        &self,
        vocabulary: &Vocabulary,
        text: &str,
    ) -> std::result::Result<Arc<dyn Rule>, RuleErrors> {
        let environment = Environment::clone(vocabulary.of_credit()).returning(Type::Date);
        self.get(text, Against::CreditDay, &environment, vocabulary)
    }

    /// The rule on the columns of an entity, which the environment names.
    ///
    /// # Errors
    /// `rule.invalid`.
    #[cfg(feature = "arrow")]
    pub(crate) fn compiled_on_columns(
        &self,
        text: &str,
        entity: &'static Entity,
        environment: &Environment,
        vocabulary: &Vocabulary,
    ) -> std::result::Result<Arc<dyn Rule>, RuleErrors> {
        self.get(text, Against::Columns(entity.number), environment, vocabulary)
    }

    /// A version of a rule set, read: not again while neither its document nor the added fields change.
    ///
    /// # Errors
    /// `rule_set.invalid` with all findings.
    pub(crate) fn rule_set(
        &self,
        version: Uuid,
        document: &str,
        vocabulary: &Vocabulary,
    ) -> std::result::Result<Arc<RuleSet>, RuleSetErrors> {
        let lock = || self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut kept = lock();
            kept.clock += 1;
            let now = kept.clock;
            if let Some(known) = kept.sets.get_mut(&version)
                && known.document == document
                && known.vocabulary.is(vocabulary)
            {
                known.used = now;
                return Ok(Arc::clone(&known.rules));
            }
        }
        // Not under the lock: a long document holds nobody up.
        let rules = Arc::new(RuleSet::read(document, &vocabulary.environments())?);
        let mut kept = lock();
        if kept.sets.len() >= SETS_MAX
            && let Some(oldest) = kept.sets.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| *id)
        {
            kept.sets.remove(&oldest);
        }
        let (used, document, vocabulary) = (kept.clock, document.to_owned(), vocabulary.clone());
        kept.sets.insert(version, KeptSet { used, document, vocabulary, rules: Arc::clone(&rules) });
        Ok(rules)
    }

    fn get(
        &self,
        text: &str,
        against: Against,
        environment: &Environment,
        vocabulary: &Vocabulary,
    ) -> std::result::Result<Arc<dyn Rule>, RuleErrors> {
        if let Some(rule) = self.lock().used(text, against, vocabulary) {
            return Ok(rule);
        }
        // Not under the lock: a long rule holds nobody up.
        let rule = super::compile(text, environment)?;
        self.lock().keep(text, against, Arc::clone(&rule), vocabulary.clone());
        Ok(rule)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn used(&mut self, text: &str, against: Against, vocabulary: &Vocabulary) -> Option<Arc<dyn Rule>> {
        self.clock += 1;
        let (used, rule, checked_with) = self.rules.get_mut(&against)?.get_mut(text)?;
        if !checked_with.is(vocabulary) {
            return None;
        }
        *used = self.clock;
        Some(Arc::clone(rule))
    }

    fn keep(&mut self, text: &str, against: Against, rule: Arc<dyn Rule>, vocabulary: Vocabulary) {
        if self.count >= KEPT_MAX {
            self.forget();
        }
        let clock = self.clock;
        if self.rules.entry(against).or_default().insert(text.to_owned(), (clock, rule, vocabulary)).is_none()
        {
            self.count += 1;
        }
    }

    /// Forgets the half that was not used for longest.
    fn forget(&mut self) {
        let mut times: Vec<u64> =
            self.rules.values().flat_map(HashMap::values).map(|(used, ..)| *used).collect();
        times.sort_unstable();
        let middle = times.get(times.len() / 2).copied().unwrap_or(0);
        self.rules.values_mut().for_each(|rules| rules.retain(|_, (used, ..)| *used >= middle));
        self.count = self.rules.values().map(HashMap::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_set_is_read_once_for_each_version() {
        let cache = RuleCache::default();
        let document = |value: &str| {
            format!(
                "name: size\nversion: 1\nenvironment: customer\nrule:\n  match:\n    - condition: customer.name == 'A'\n      value: {value}\n"
            )
        };
        let read = |number: u128, document: &str| {
            cache.rule_set(Uuid::from_u128(number), document, Vocabulary::standard()).unwrap()
        };
        let first = read(1, &document("large"));
        assert!(Arc::ptr_eq(&first, &read(1, &document("large"))), "asked again it is the same");
        assert!(!Arc::ptr_eq(&first, &read(1, &document("small"))), "another document is read");
        for number in 2..200 {
            read(number, &document("large"));
            assert!(cache.sets.lock().unwrap().sets.len() <= SETS_MAX);
        }
        assert!(cache.rule_set(Uuid::from_u128(1), "name: x", Vocabulary::standard()).is_err());
    }

    #[test]
    fn a_rule_is_compiled_once_and_few_are_kept() {
        let cache = RuleCache::default();
        let compiled = |text: &str, about| {
            cache.compiled_with(Vocabulary::standard(), text, about).map(|checked| checked.rule)
        };
        let often = compiled("customer.do_not_contact", RuleSubject::Customer).unwrap();
        for number in 0..1_000 {
            let text = format!("customer.name == 'N{number}'");
            compiled(&text, RuleSubject::Customer).unwrap();
            let again = compiled("customer.do_not_contact", RuleSubject::Customer).unwrap();
            assert!(Arc::ptr_eq(&often, &again), "what is used stays");
            assert!(cache.lock().count <= KEPT_MAX);
        }
        let other = compiled("customer.do_not_contact", RuleSubject::Opportunity).unwrap();
        assert!(!Arc::ptr_eq(&often, &other), "another environment, another rule");
        assert!(compiled("customer.nme == 'A'", RuleSubject::Customer).is_err());
    }
}
