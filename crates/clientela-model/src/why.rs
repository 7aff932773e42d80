//! The reason of a decision, as data.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A figure a decision used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is, in the words of the data dictionary.
    pub name: Cow<'static, str>,
    /// Its value, written exactly (decimal point, ISO dates, currency after the amount).
    pub value: String,
}

/// A small tree of named reasons with the figures used. Part of every decision's result.
///
/// ```
/// use clientela_model::Why;
/// let why = Why::new("campaign.excluded")
///     .fact("campaign", "Spring service")
///     .because(Why::new("consent.missing").fact("purpose", "marketing"));
/// assert_eq!(why.to_string(), "campaign.excluded (campaign: Spring service)\n  consent.missing (purpose: marketing)");
/// assert!(why.mentions("consent.missing"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Stable dotted word of the reason.
    pub reason: Cow<'static, str>,
    /// The figures used, in the order they were used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// The reasons beneath this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Why>,
}

impl Why {
    /// A reason without figures.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), facts: Vec::new(), because: Vec::new() }
    }

    /// Adds a figure.
    #[must_use]
    pub fn fact(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        self.facts.push(Fact { name: name.into(), value: value.to_string() });
        self
    }

    /// Adds a reason beneath.
    #[must_use]
    pub fn because(mut self, why: Why) -> Self {
        self.because.push(why);
        self
    }

    /// Whether this reason or one beneath it has the given word.
    #[must_use]
    pub fn mentions(&self, reason: &str) -> bool {
        self.reason == reason || self.because.iter().any(|why| why.mentions(reason))
    }

    /// The value of the first figure with that name, here or beneath.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.facts
            .iter()
            .find(|fact| fact.name == name)
            .map(|fact| fact.value.as_str())
            .or_else(|| self.because.iter().find_map(|why| why.value(name)))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        if depth > 0 {
            write!(f, "\n{:indent$}", "", indent = depth * 2)?;
        }
        f.write_str(&self.reason)?;
        for (index, fact) in self.facts.iter().enumerate() {
            f.write_str(if index == 0 { " (" } else { ", " })?;
            write!(f, "{}: {}", fact.name, fact.value)?;
        }
        if !self.facts.is_empty() {
            f.write_str(")")?;
        }
        self.because.iter().try_for_each(|why| why.write(f, depth + 1))
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
