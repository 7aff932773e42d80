//! The values of a rule's variables.

use crate::datum::Datum;
use crate::environment::Environment;
use crate::error::FactError;

/// Where a rule finds its variables.
///
/// Values should be of the types declared in the [`Environment`]; one of another type makes the rule unknown.
pub trait Facts {
    /// The value of a variable. None, other than null, leaves all unknown that asks for it, even whether it is null.
    fn variable(&self, name: &str) -> Option<Datum>;

    /// The value of a variable in place, if it lies ready: what makes one record fast.
    fn peek(&self, _name: &str) -> Option<&Datum> {
        None
    }
}

/// Variables with values, each checked when it is set.
///
/// ```
/// use clientela_rules::{Bindings, Environment, Facts, Type};
/// let environment = Environment::new().variable("limit", Type::Decimal);
/// let facts = Bindings::new(&environment).with("limit", 10_i64)?;
/// assert_eq!(facts.variable("limit").map(|limit| limit.to_string()).as_deref(), Some("10"));
/// assert!(Bindings::new(&environment).with("limit", "ten").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Bindings<'e> {
    environment: &'e Environment,
    values: Vec<(String, Datum)>,
}

impl<'e> Bindings<'e> {
    /// No values yet.
    #[must_use]
    pub const fn new(environment: &'e Environment) -> Self {
        Self { environment, values: Vec::new() }
    }

    /// The same with one more value.
    ///
    /// # Errors
    /// `fact.unknown`, `fact.type`, `fact.word`.
    pub fn with(mut self, name: &str, value: impl Into<Datum>) -> Result<Self, FactError> {
        self.set(name, value)?;
        Ok(self)
    }

    /// Sets a value, for one the next customer of many.
    ///
    /// # Errors
    /// `fact.unknown`, `fact.type`, `fact.word`.
    pub fn set(&mut self, name: &str, value: impl Into<Datum>) -> Result<(), FactError> {
        let ty = self.environment.get(name).ok_or_else(|| FactError::Unknown {
            owner: "the environment".to_owned(),
            name: name.to_owned(),
        })?;
        let value = value.into().fit(ty, &|| name.to_owned())?;
        match self.values.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.values.push((name.to_owned(), value)),
        }
        Ok(())
    }
}

impl Facts for Bindings<'_> {
    fn variable(&self, name: &str) -> Option<Datum> {
        self.peek(name).cloned()
    }

    fn peek(&self, name: &str) -> Option<&Datum> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}
