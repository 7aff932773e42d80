//! Which version of the catalogue an offer was made from, and what has changed since.

use super::offers::revision_of;
use crate::command::{Key, offer_content};
use crate::configurations::document;
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::configuration::{MarketFacts, RuleSaid};
use clientela_core::catalogue::moved::{CatalogueChange, changes};
use clientela_core::catalogue::{
    CatalogueDocument, CatalogueProduct, CatalogueVersion, ProductEntry, version_holding,
};
use clientela_core::ids::CatalogueVersionId;
use clientela_core::organisation::Unit;
use clientela_core::sales::Offer;
use clientela_core::sales::waterfall::{ItemInput, OfferInput, OptionInput};
use clientela_model::{EntityId, Predicate, Value, Why};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What has changed of the catalogue since an offer was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferCatalogueOf {
    /// The offer.
    pub offer: Key,
    /// The day to compare with; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// The lines of an offer with the catalogue they were made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferCatalogue {
    /// Whether another version holds for any of them.
    pub moved_on: bool,
    /// The lines whose product was in a catalogue.
    pub lines: Vec<OfferCatalogueLine>,
    /// Codes of items and options that are no product of ours: their costs are not known, and no margin.
    pub unknown: Vec<String>,
    /// Why.
    pub why: Why,
}

/// A line with the versions of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferCatalogueLine {
    /// Place on the offer.
    pub line: String,
    /// Code of the product.
    pub product: String,
    /// The version it was made from, such as trucks/1.
    pub made_from: String,
    /// The version that holds on the day; none when none has the product.
    pub now: Option<String>,
    /// What has changed of the product between the two.
    pub changes: Vec<CatalogueChange>,
    /// Codes of options of the line that are no longer there.
    pub options_gone: Vec<String>,
    /// Rules by which the options of the line no longer go together.
    pub broken: Vec<RuleSaid>,
}

pub(super) fn catalogue(session: &Session, question: &OfferCatalogueOf) -> Result<OfferCatalogue> {
    session.look(|view| {
        let offer = view.resolve::<Offer>(&question.offer)?.record;
        let revision = revision_of(&view, &offer, offer.revision)?;
        let content = offer_content(&view, &offer, &revision)?;
        let facts = MarketFacts {
            market: view.get::<Unit>(offer.unit)?.record.country,
            ..MarketFacts::on(question.day.unwrap_or_else(|| session.today()))
        };
        let mut shelf = Shelf { session, view: &view, facts, documents: HashMap::new() };
        let mut lines = Vec::new();
        for item in &content.items {
            if let Some(version) = item.origin.catalogue {
                lines.push(shelf.line(item, version)?);
            }
        }
        let moved_on = lines.iter().any(|line| line.now.as_ref() != Some(&line.made_from));
        let word = if moved_on { "catalogue.moved_on" } else { "catalogue.current" };
        let why = lines.iter().fold(Why::new(word).fact("offer", &offer.number), |why, line| {
            let now = line.now.as_deref().unwrap_or("-");
            let of_line = Why::new("catalogue.of_line").fact("line", &line.line);
            why.because(
                of_line
                    .fact("made_from", &line.made_from)
                    .fact("now", now)
                    .fact("changes", line.changes.len()),
            )
        });
        let unknown = unknown(&content);
        let why = why.fact("unknown", unknown.len());
        Ok(OfferCatalogue { moved_on, lines, unknown, why })
    })
}

/// Codes of what is offered that is neither a product of ours nor an option of a catalogue.
fn unknown(content: &OfferInput) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for item in content.items.iter().filter(|item| !item.is_adjustment()) {
        if item.product.is_none() {
            codes.push(item.code.clone().into());
        }
        let free = |option: &&OptionInput| option.product.is_none() && option.origin.catalogue.is_none();
        codes.extend(item.options.iter().filter(free).map(|option| option.code.clone().into()));
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Versions and their documents, each read once.
struct Shelf<'a> {
    session: &'a Session,
    view: &'a View<'a>,
    facts: MarketFacts,
    documents: HashMap<CatalogueVersionId, CatalogueDocument>,
}

impl Shelf<'_> {
    fn line(&mut self, item: &ItemInput, made_from: CatalogueVersionId) -> Result<OfferCatalogueLine> {
        let old = self.view.get::<CatalogueVersion>(made_from)?.record;
        let now = self.holding(item)?;
        let mut line = OfferCatalogueLine {
            line: item.line.clone().into(),
            product: item.code.clone().into(),
            made_from: old.code.clone(),
            now: now.as_ref().map(|version| version.code.clone()),
            changes: Vec::new(),
            options_gone: Vec::new(),
            broken: Vec::new(),
        };
        let before = self.entry(&old, &item.code)?;
        let after = match &now {
            Some(version) => self.entry(version, &item.code)?,
            None => None,
        };
        let Some(before) = before else { return Ok(line) };
        if now.as_ref().is_none_or(|version| version.id != old.id) {
            line.changes = changes(&before, after.as_ref());
        }
        let Some((version, after)) = now.zip(after) else { return Ok(line) };
        let codes: Vec<&str> = item.options.iter().map(|option| option.code.as_str()).collect();
        let sold = |entry: &ProductEntry, code: &str| entry.configuration.sold_as(code).is_some();
        let gone = codes.iter().filter(|code| sold(&before, code) && !sold(&after, code));
        line.options_gone = gone.map(|code| (*code).to_owned()).collect();
        let cache = &self.session.crm().configurations;
        line.broken = cache.broken(self.view, &version, &item.code, &codes, &self.facts)?;
        Ok(line)
    }

    /// The version that has the product and holds on the day.
    fn holding(&self, item: &ItemInput) -> Result<Option<CatalogueVersion>> {
        let Some(product) = item.product else { return Ok(None) };
        let of_product = Predicate::equals("product", Value::Id(product.uuid()));
        let mut versions = Vec::new();
        for entry in self.view.records::<CatalogueProduct>(&of_product)? {
            versions.push(self.view.get::<CatalogueVersion>(entry.catalogue)?.record);
        }
        Ok(version_holding(versions, self.facts.market, self.facts.date))
    }

    fn entry(&mut self, version: &CatalogueVersion, code: &str) -> Result<Option<ProductEntry>> {
        if !self.documents.contains_key(&version.id) {
            self.documents.insert(version.id, document(self.view, version)?);
        }
        let document = self.documents.get(&version.id);
        Ok(document.and_then(|document| document.products.iter().find(|entry| entry.code == code)).cloned())
    }
}
