//! Questions on catalogues: a version as a document, and configuring, completing, checking and exploding a product of one.

use crate::command::Key;
use crate::configurations::{document, version};
use crate::error::Result;
use crate::session::Session;
use chrono::NaiveDate;
use clientela_core::catalogue::configuration::{
    Availability, Check, Choices, Compiled, Completion, Configuration, MarketFacts, Objective,
};
use clientela_core::catalogue::{CatalogueDocument, Explosion, explode};
use clientela_model::Why;
use clientela_model::identifier::Country;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::PoisonError;

/// A version of a catalogue as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueToExport {
    /// Catalogue and version, such as trucks/3.
    pub catalogue: Key,
}

/// A product with choices, somewhere on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductToConfigure {
    /// Code of the product.
    pub product: Key,
    /// Catalogue and version; the one that holds when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<Key>,
    /// The choices.
    #[serde(default)]
    pub choices: Choices,
    /// The market; not asked for when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<Country>,
    /// The day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// What else conditions ask for, such as the plant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Options of which the full reason is wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explain: Vec<String>,
}

/// What follows from the choices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigurationAnswer {
    /// Catalogue and version that was asked.
    pub catalogue: String,
    /// What follows.
    #[serde(flatten)]
    pub configuration: Configuration,
    /// The reasons asked for, of the options that are forced or ruled out, by option.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, Why>,
}

/// A product of which the rest is to be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductToComplete {
    /// The product with the choices made.
    pub of: ProductToConfigure,
    /// What the rest is chosen for.
    pub objective: Objective,
}

/// A product whose choices are judged as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductToCheck {
    /// The product with the choices made.
    pub of: ProductToConfigure,
}

/// A product to be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductToExplode {
    /// Code of the product.
    pub product: Key,
    /// Catalogue and version; the one that holds when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<Key>,
    /// How many; one when not given.
    #[serde(default = "one")]
    pub quantity: Decimal,
    /// Options that are there: parts that belong to others are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

fn one() -> Decimal {
    Decimal::ONE
}

pub(super) fn export(session: &Session, question: &CatalogueToExport) -> Result<CatalogueDocument> {
    session.look(|view| document(&view, &version(&view, Some(&question.catalogue), "", &today(session))?))
}

pub(super) fn configure(session: &Session, question: &ProductToConfigure) -> Result<ConfigurationAnswer> {
    with(session, question, |catalogue, compiled, availability| {
        let configuration = compiled.configure(availability, &question.choices)?;
        let mut reasons = BTreeMap::new();
        for option in &question.explain {
            if let Some(why) = compiled.explain(availability, &question.choices, option)? {
                reasons.insert(option.clone(), why);
            }
        }
        Ok(ConfigurationAnswer { catalogue, configuration, reasons })
    })
}

pub(super) fn complete(session: &Session, question: &ProductToComplete) -> Result<Completion> {
    with(session, &question.of, |_, compiled, availability| {
        Ok(compiled.complete(availability, &question.of.choices, question.objective)?)
    })
}

pub(super) fn check(session: &Session, question: &ProductToCheck) -> Result<Check> {
    with(session, &question.of, |_, compiled, availability| {
        Ok(compiled.check(availability, &question.of.choices)?)
    })
}

pub(super) fn take_apart(session: &Session, question: &ProductToExplode) -> Result<Explosion> {
    session.look(|view| {
        let version = version(&view, question.catalogue.as_deref(), &question.product, &today(session))?;
        let document = document(&view, &version)?;
        Ok(explode(&document, &question.product, question.quantity, &question.options)?)
    })
}

fn today(session: &Session) -> MarketFacts {
    MarketFacts::on(session.today())
}

/// Asks the compiled product, alone: it learns while it answers.
fn with<T>(
    session: &Session,
    question: &ProductToConfigure,
    ask: impl FnOnce(String, &mut Compiled, &Availability) -> Result<T>,
) -> Result<T> {
    let facts = MarketFacts {
        market: question.market,
        date: question.date.unwrap_or_else(|| session.today()),
        attributes: question.attributes.clone(),
    };
    let (catalogue, shared) = session.look(|view| {
        let version = version(&view, question.catalogue.as_deref(), &question.product, &facts)?;
        let shared = session.crm.configurations.compiled(&view, &version, &question.product)?;
        Ok((version.code, shared))
    })?;
    let mut compiled = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let availability = compiled.availability(&facts);
    ask(catalogue, &mut compiled, &availability)
}
