//! Rules that were compiled lately: what is asked again is not read again.

use super::subject::RuleSubject;
use clientela_model::Entity;
use clientela_rules::{CelEngine, Environment, Rule, RuleEngine, RuleErrors};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Rules kept at once.
const KEPT_MAX: usize = 256;

/// What a rule was checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Against {
    Subject(RuleSubject),
    /// The columns of the entity of that number.
    Columns(u16),
}

/// Compiled rules by their text and what they were checked against.
#[derive(Debug, Default)]
pub(crate) struct RuleCache {
    kept: Mutex<Kept>,
}

/// When a rule was last used, and the rule.
type Used = (u64, Arc<dyn Rule>);

#[derive(Debug, Default)]
struct Kept {
    rules: HashMap<Against, HashMap<String, Used>>,
    count: usize,
    clock: u64,
}

impl RuleCache {
    /// The rule on a subject.
    ///
    /// # Errors
    /// `rule.invalid`.
    pub(crate) fn compiled(&self, text: &str, about: RuleSubject) -> Result<Arc<dyn Rule>, RuleErrors> {
        self.get(text, Against::Subject(about), about.environment())
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
    ) -> Result<Arc<dyn Rule>, RuleErrors> {
        self.get(text, Against::Columns(entity.number), environment)
    }

    fn get(
        &self,
        text: &str,
        against: Against,
        environment: &Environment,
    ) -> Result<Arc<dyn Rule>, RuleErrors> {
        if let Some(rule) = self.lock().used(text, against) {
            return Ok(rule);
        }
        // Not under the lock: a long rule holds nobody up.
        let rule = CelEngine.compile(text, environment)?;
        self.lock().keep(text, against, Arc::clone(&rule));
        Ok(rule)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn used(&mut self, text: &str, against: Against) -> Option<Arc<dyn Rule>> {
        self.clock += 1;
        let (used, rule) = self.rules.get_mut(&against)?.get_mut(text)?;
        *used = self.clock;
        Some(Arc::clone(rule))
    }

    fn keep(&mut self, text: &str, against: Against, rule: Arc<dyn Rule>) {
        if self.count >= KEPT_MAX {
            self.forget();
        }
        let clock = self.clock;
        if self.rules.entry(against).or_default().insert(text.to_owned(), (clock, rule)).is_none() {
            self.count += 1;
        }
    }

    /// Forgets the half that was not used for longest.
    fn forget(&mut self) {
        let mut times: Vec<u64> =
            self.rules.values().flat_map(HashMap::values).map(|(used, _)| *used).collect();
        times.sort_unstable();
        let middle = times.get(times.len() / 2).copied().unwrap_or(0);
        self.rules.values_mut().for_each(|rules| rules.retain(|_, (used, _)| *used >= middle));
        self.count = self.rules.values().map(HashMap::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_compiled_once_and_few_are_kept() {
        let cache = RuleCache::default();
        let often = cache.compiled("customer.do_not_contact", RuleSubject::Customer).unwrap();
        for number in 0..1_000 {
            let text = format!("customer.name == 'N{number}'");
            cache.compiled(&text, RuleSubject::Customer).unwrap();
            let again = cache.compiled("customer.do_not_contact", RuleSubject::Customer).unwrap();
            assert!(Arc::ptr_eq(&often, &again), "what is used stays");
            assert!(cache.lock().count <= KEPT_MAX);
        }
        let other = cache.compiled("customer.do_not_contact", RuleSubject::Opportunity).unwrap();
        assert!(!Arc::ptr_eq(&often, &other), "another environment, another rule");
        assert!(cache.compiled("customer.nme == 'A'", RuleSubject::Customer).is_err());
    }
}
