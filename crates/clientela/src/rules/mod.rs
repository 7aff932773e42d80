//! Rules over stored records, checked when they are made: for one record with the reason, for all that may be seen, and
//! over any table.
//!
//! | to do | use |
//! | --- | --- |
//! | check a rule | [`Session::rule`], [`Session::check_rule`]; without a store [`StoreRule::new`] |
//! | ask it of one record | [`StoreRule::holds`], [`StoreRule::explain`] |
//! | find all records for which it holds | [`StoreRule::select`] |
//! | see how many each condition removes | [`StoreRule::funnel`] |
//! | ask it of a table that is in no store | [`over_table`], [`funnel_over_table`], [`explain_over_table`] |
//!
//! What a session may not see does not exist for its rules, and what it may not read is empty. What is unknown counts as no.

mod added;
mod cache;
mod list_values;
mod one;
mod one_by_one;
mod run;
mod select;
pub(crate) mod stage;
mod subject;
#[cfg(feature = "arrow")]
mod table;

pub(crate) use added::{values_read, vocabulary, with_values};
pub(crate) use cache::{CheckedRule, RuleCache};
pub use clientela_columns::{Funnel, FunnelStep};
pub use clientela_rules::ruleset::Decided;
pub use clientela_rules::{Datum, Outcome, Path, RuleError, RuleErrors, Verdict};
pub(crate) use list_values::ListValues;
pub(crate) use one::{added_to, reads_list, reveal};
pub use run::RuleRun;
pub use select::Selection;
pub(crate) use select::{Told, holding_for_customers, told_of_customers};
pub use subject::RuleSubject;
#[cfg(feature = "arrow")]
pub use table::{TableAnswer, explain_over_table, funnel_over_table, over_table, over_table_watched};

use crate::error::Result;
use crate::session::Session;
use clientela_core::rules_environment::Vocabulary;
use clientela_model::Why;
use clientela_rules::cost::{self, ListSizes};
use clientela_rules::{CelEngine, Environment, Rule, RuleEngine};
use std::borrow::Cow;
use std::sync::Arc;

/// Reads and checks a rule, and refuses one that would cost more than any may: every rule of the facade is made here.
fn compile(text: &str, environment: &Environment) -> std::result::Result<Arc<dyn Rule>, RuleErrors> {
    cost::affordable(CelEngine.compile(text, environment)?, &ListSizes::default())
}

/// A rule over the records of a store. It belongs to no session: each session asks it of what it sees.
#[derive(Debug, Clone)]
pub struct StoreRule {
    rule: Arc<dyn Rule>,
    vocabulary: Vocabulary,
    about: RuleSubject,
}

impl Session {
    /// Checks a rule.
    ///
    /// ```
    /// # use clientela::{Crm, Founding, RuleRun, RuleSubject};
    /// # let folder = std::env::temp_dir().join(format!("clientela-rule-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// # let crm = Crm::create(folder.join("network.clientela"))?;
    /// # crm.found(&Founding { unit_code: "HQ".into(), unit_name: "HQ".into(), country: None, login: "admin".into(),
    /// #     user_name: "Ada Bianchi".into() })?;
    /// # let session = crm.session("admin", None)?;
    /// let rule = session.rule("customer.fleet.exists(v, v.make == 'Orsa')", RuleSubject::Customer)?;
    /// let selection = rule.select(&session, RuleRun::default())?;
    /// assert_eq!(selection.ids.len(), 0);
    /// let wrong = session.rule("customer.flet.size() > 2", RuleSubject::Customer).unwrap_err();
    /// assert_eq!(wrong.code(), "rule.invalid");
    /// # crm.close()?;
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `rule.invalid` with all findings.
    pub fn rule(&self, text: &str, about: RuleSubject) -> Result<StoreRule> {
        let CheckedRule { rule, vocabulary } =
            self.look(|view| self.crm.rules.compiled(view.reader, text, about))?;
        Ok(StoreRule { rule, vocabulary, about })
    }

    /// What is wrong with a rule, for an editor: every finding with its place, the line with a caret beneath it, and what would
    /// be right. Nothing when the rule can be used.
    #[must_use]
    pub fn check_rule(&self, text: &str, about: RuleSubject) -> Vec<RuleError> {
        // Where the store cannot be read its added fields are not known; the rule itself is looked at all the same.
        let known = self.look(|view| vocabulary(view.reader));
        let known = known.unwrap_or_else(|_| Vocabulary::standard().clone());
        let checked = self.crm.rules.compiled_with(&known, text, about);
        checked.err().map(|errors| errors.errors().to_vec()).unwrap_or_default()
    }
}

impl StoreRule {
    /// Checks a rule without a store, for whoever asks it of one later. Which fields an installation adds is not known here, so
    /// any name behind `custom.` is taken for one; each store it is asked of checks it again, with its own.
    ///
    /// # Errors
    /// `rule.invalid` with all findings.
    pub fn new(text: &str, about: RuleSubject) -> Result<Self> {
        let vocabulary = Vocabulary::open().clone();
        Ok(Self { rule: compile(text, about.environment_in(&vocabulary))?, vocabulary, about })
    }

    /// The rule as the store of a session knows it.
    fn known_to(&self, session: &Session) -> Result<Cow<'_, Self>> {
        if self.vocabulary.is_open() {
            return Ok(Cow::Owned(session.rule(self.source(), self.about)?));
        }
        Ok(Cow::Borrowed(self))
    }

    /// The steps one decision takes at most where each list has fifty entries. No rule may take more than
    /// [`STEPS_MAX`](clientela_rules::limits::STEPS_MAX); of a record with so long lists that it would, it is unknown.
    #[must_use]
    pub fn estimated_steps(&self) -> u64 {
        cost::of(&*self.rule, &ListSizes::default())
    }

    /// The rule with what it was checked with.
    pub(crate) fn checked(&self) -> CheckedRule {
        CheckedRule { rule: Arc::clone(&self.rule), vocabulary: self.vocabulary.clone() }
    }

    /// The text it was made from.
    #[must_use]
    pub fn source(&self) -> &str {
        self.rule.source()
    }

    /// What it is about.
    #[must_use]
    pub const fn about(&self) -> RuleSubject {
        self.about
    }

    /// The type of its result, as messages name it.
    #[must_use]
    pub fn result_type(&self) -> String {
        self.rule.result_type().to_string()
    }

    /// The fields it reads, in alphabetical order.
    #[must_use]
    pub fn reads(&self) -> &[Path] {
        self.rule.reads()
    }

    /// Its conditions as they are written, where all of them must hold; else the whole rule.
    #[must_use]
    pub fn conjuncts(&self) -> Vec<String> {
        self.rule.conjuncts()
    }

    /// What it says of one record, named by its id or number. The reason shows neither personal nor confidential values.
    ///
    /// # Errors
    /// `record.not_found` for a record that may not be seen.
    pub fn holds(&self, session: &Session, key: &str) -> Result<Verdict> {
        let rule = self.known_to(session)?;
        session.look(|view| one::verdict(&view, &rule, key, session.asked_at(), false))
    }

    /// Why it holds for one record or not, with the values the session may see: `rule.true`, `rule.false` or
    /// `rule.unknown`, and beneath it the conditions that decided.
    ///
    /// # Errors
    /// `record.not_found` for a record that may not be seen.
    pub fn explain(&self, session: &Session, key: &str) -> Result<Why> {
        let rule = self.known_to(session)?;
        session.look(|view| Ok(one::verdict(&view, &rule, key, session.asked_at(), true)?.why))
    }

    /// All records that may be seen and for which it holds.
    ///
    /// # Errors
    /// `store.cancelled` when it was broken off, and what the store says.
    pub fn select(&self, session: &Session, run: RuleRun) -> Result<Selection> {
        select::select(session, &*self.known_to(session)?, run)
    }

    /// How many of the records that may be seen each condition removes, in the order they are written.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn funnel(&self, session: &Session, run: RuleRun) -> Result<Funnel> {
        select::funnel(session, &*self.known_to(session)?, run)
    }
}
