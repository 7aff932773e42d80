//! Reads a rule back as a sentence, so that whoever answers for it need not read CEL.
//!
//! The words are data: a file of each language, to which an installation adds its own texts and the names of its fields.
//! What has no words stands as it is written in the rule.
//!
//! ```
//! use clientela_rules::sentence::Sentences;
//! use clientela_rules::{Environment, FieldType, RecordType, Type};
//! use std::sync::Arc;
//! let vehicle = Arc::new(
//!     RecordType::new("vehicle")
//!         .with(FieldType::new("make", Type::Text))
//!         .with(FieldType::new("first_registration", Type::Date.or_null())),
//! );
//! let customer = Arc::new(RecordType::new("customer").with_list("fleet", vehicle));
//! let environment = Environment::new()
//!     .variable("customer", Type::Record(customer))
//!     .variable("today", Type::Date);
//! let rule = "customer.fleet.exists(v, v.make == 'R' && v.first_registration < today - years(3))";
//! assert_eq!(
//!     Sentences::english().tell(rule, &environment)?,
//!     "the customer has at least one vehicle whose make is \"R\" and whose first registration is before 3 years ago"
//! );
//! assert_eq!(
//!     Sentences::italian().tell(rule, &environment)?,
//!     "il cliente ha almeno un veicolo con marca uguale a «R» e con prima immatricolazione prima di 3 anni fa"
//! );
//! # Ok::<(), clientela_rules::RuleErrors>(())
//! ```

mod conditions;
mod values;
mod words;

pub use self::words::WordsError;

use self::conditions::Teller;
use self::words::Words;
use crate::engine::checked;
use crate::environment::Environment;
use crate::error::RuleErrors;

/// The words of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentences {
    words: Words,
}

impl Sentences {
    /// English.
    #[must_use]
    pub fn english() -> Self {
        Self::embedded(include_str!("english.txt"))
    }

    /// Italian.
    #[must_use]
    pub fn italian() -> Self {
        Self::embedded(include_str!("italian.txt"))
    }

    fn embedded(file: &str) -> Self {
        let mut words = Words::default();
        // The embedded files are read by a test; a line that is none would be left out.
        let _ = words.add(file);
        Self { words }
    }

    /// The same with the lines of another file, `key = text`: other wordings, and the names of fields as
    /// `label RECORD.FIELD = text`.
    ///
    /// # Errors
    /// `sentence.words`, with the line that is none.
    pub fn with_words(mut self, file: &str) -> Result<Self, WordsError> {
        self.words.add(file)?;
        Ok(self)
    }

    /// The same with a name for a field, such as `vehicle.make`.
    #[must_use]
    pub fn with_label(mut self, field: &str, label: &str) -> Self {
        self.words.set(&format!("label {field}"), label);
        self
    }

    /// A rule as a sentence, without a capital and a full stop.
    ///
    /// # Errors
    /// `rule.invalid`, when it is none.
    pub fn tell(&self, source: &str, environment: &Environment) -> Result<String, RuleErrors> {
        let program = checked(source, environment)?;
        Ok(Teller::new(&self.words, source).sentence(&program.root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_words() {
        let keys = |file: &str| -> Vec<String> {
            assert_eq!(Words::default().add(file), Ok(()));
            let own = |line: &&str| {
                !line.starts_with('#')
                    && !line.is_empty()
                    && !["one ", "many ", "label ", "owner ", "of_owner"]
                        .iter()
                        .any(|start| line.starts_with(start))
            };
            file.lines()
                .filter(own)
                .filter_map(|line| line.split_once(" = "))
                .map(|(key, _)| key.to_owned())
                .collect()
        };
        assert_eq!(
            keys(include_str!("english.txt")).iter().filter(|key| *key != "owner").collect::<Vec<_>>(),
            keys(include_str!("italian.txt")).iter().collect::<Vec<_>>()
        );
    }
}
