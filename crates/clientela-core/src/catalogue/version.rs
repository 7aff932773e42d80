//! Versions of a catalogue and what they hold, as records.
//!
//! The document is what was imported and never changes; lines, options, rules and parts stand beside it as rows of tables, written
//! with it.

use super::configuration::ConfigurationRuleKind;
use super::document::{AttributeKind, CatalogueDocument, CatalogueError, ProductEntry};
use super::pricing::{CatalogueError as PricingError, check_on_sale};
use super::product::Product;
use crate::ids::{
    AttributeId, AttributeValueId, CatalogueDocumentId, CatalogueProductId, CatalogueVersionId,
    ConfigurationRuleId, MaterialLineId, ProductId, ProductLineId, ProductOptionId,
};
use chrono::NaiveDate;
use clientela_model::identifier::Country;
use clientela_model::{ClosedList, Money, Record, Why};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Where a version of a catalogue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CatalogueState {
    /// Imported, and asked only by whoever names it.
    Draft,
    /// It holds on its days.
    Published,
}

/// One version of a catalogue. It never changes: a change is a new version.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 160, name = "catalogue_version", access = public, key = code)]
pub struct CatalogueVersion {
    /// Id.
    #[field(number = 1)]
    pub id: CatalogueVersionId,
    /// Catalogue and version, such as trucks/3.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Catalogue; versions of one share it.
    #[field(number = 3, indexed)]
    pub catalogue: String,
    /// Version, counted from 1.
    #[field(number = 4, merge = fact)]
    pub version: u32,
    /// Name.
    #[field(number = 5, merge = fact)]
    pub name: Option<String>,
    /// First day it holds.
    #[field(number = 6, merge = fact)]
    pub valid_from: NaiveDate,
    /// Last day it holds; until further notice when empty.
    #[field(number = 7, merge = fact)]
    pub valid_to: Option<NaiveDate>,
    /// Markets it is for, as codes of countries with blanks between; all when empty.
    #[field(number = 8, merge = fact)]
    pub markets: Option<String>,
    /// SHA-256 of the document, in hexadecimal digits.
    #[field(number = 9, merge = fact)]
    pub digest: String,
    /// Where it stands.
    #[field(number = 10, merge = central)]
    pub state: CatalogueState,
    /// Last day it holds, where it was taken back before the days of its document were over.
    #[field(number = 11, merge = central)]
    pub retired_to: Option<NaiveDate>,
}

impl CatalogueVersion {
    /// Whether it is published and holds on a day, wherever.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        let until = |last: Option<NaiveDate>| last.is_none_or(|last| day <= last);
        self.state == CatalogueState::Published
            && self.valid_from <= day
            && until(self.valid_to)
            && until(self.retired_to)
    }

    fn is_for(&self, market: Option<Country>) -> bool {
        is_listed(self.markets.as_deref(), market)
    }
}

/// Whether a market is one of those listed, with blanks between; all are when nothing is listed, and none is asked for.
fn is_listed(markets: Option<&str>, market: Option<Country>) -> bool {
    let (Some(markets), Some(market)) = (markets, market) else { return true };
    let market = market.to_string();
    markets.split(' ').any(|code| code == market)
}

/// The document of a version.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 161, name = "catalogue_document", access = public, part_of(catalogue_version, catalogue))]
pub struct CatalogueText {
    /// Id.
    #[field(number = 1)]
    pub id: CatalogueDocumentId,
    /// The version.
    #[field(number = 2)]
    pub catalogue: CatalogueVersionId,
    /// The document, in JSON.
    #[field(number = 3, merge = fact)]
    pub document: String,
}

/// A product line.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 162, name = "product_line", access = public, part_of(catalogue_version, catalogue))]
pub struct ProductLine {
    /// Id.
    #[field(number = 1)]
    pub id: ProductLineId,
    /// The version.
    #[field(number = 2)]
    pub catalogue: CatalogueVersionId,
    /// Code.
    #[field(number = 3, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 4, merge = fact)]
    pub name: String,
    /// Code of the line it is part of.
    #[field(number = 5, merge = fact)]
    pub parent: Option<String>,
}

/// An attribute of products.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 163, name = "attribute", access = public, part_of(catalogue_version, catalogue))]
pub struct Attribute {
    /// Id.
    #[field(number = 1)]
    pub id: AttributeId,
    /// The version.
    #[field(number = 2)]
    pub catalogue: CatalogueVersionId,
    /// Code.
    #[field(number = 3, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 4, merge = fact)]
    pub name: String,
    /// Kind of its values.
    #[field(number = 5, merge = fact)]
    pub kind: AttributeKind,
    /// Unit of a number.
    #[field(number = 6, merge = fact)]
    pub unit: Option<String>,
}

/// A product in a version: a model, a variant, or a product of its own.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 164, name = "catalogue_product", access = public, part_of(catalogue_version, catalogue))]
pub struct CatalogueProduct {
    /// Id.
    #[field(number = 1)]
    pub id: CatalogueProductId,
    /// The version.
    #[field(number = 2)]
    pub catalogue: CatalogueVersionId,
    /// The product.
    #[field(number = 3, indexed)]
    pub product: ProductId,
    /// Code of its line.
    #[field(number = 4, merge = fact)]
    pub line: Option<String>,
    /// The model it is a variant of.
    #[field(number = 5, merge = fact)]
    pub model: Option<ProductId>,
    /// Unit of measure, as UN/ECE recommendation 20.
    #[field(number = 6, merge = fact)]
    pub unit: Option<String>,
    /// Of a service: how many months it lasts.
    #[field(number = 7, merge = fact)]
    pub term_months: Option<u16>,
    /// Of a service: how many kilometres a year it covers.
    #[field(number = 8, merge = fact)]
    pub mileage: Option<u32>,
    /// Markets it is sold in, as codes of countries with blanks between; all when empty.
    #[field(number = 9, merge = fact)]
    pub markets: Option<String>,
    /// First day it is sold.
    #[field(number = 10, merge = fact)]
    pub valid_from: Option<NaiveDate>,
    /// Last day it is sold.
    #[field(number = 11, merge = fact)]
    pub valid_to: Option<NaiveDate>,
}

/// The value of an attribute of a product.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 165, name = "attribute_value", access = public, part_of(catalogue_version, catalogue))]
pub struct AttributeValue {
    /// Id.
    #[field(number = 1)]
    pub id: AttributeValueId,
    /// The version.
    #[field(number = 2)]
    pub catalogue: CatalogueVersionId,
    /// The product.
    #[field(number = 3, indexed)]
    pub product: ProductId,
    /// Code of the attribute.
    #[field(number = 4, merge = fact)]
    pub attribute: String,
    /// The value as text.
    #[field(number = 5, merge = fact)]
    pub text: String,
    /// The value as number, where it is one.
    #[field(number = 6, merge = fact)]
    pub number: Option<Decimal>,
}

/// An option of a product.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 166, name = "product_option", access = public, part_of(catalogue_version, catalogue))]
pub struct ProductOptionRow {
    /// Id.
    #[field(number = 1)]
    pub id: ProductOptionId,
    /// The version.
    #[field(number = 2)]
    pub catalogue: CatalogueVersionId,
    /// The product.
    #[field(number = 3, indexed)]
    pub product: ProductId,
    /// Code.
    #[field(number = 4, merge = fact)]
    pub code: String,
    /// Name.
    #[field(number = 5, merge = fact)]
    pub name: String,
    /// Code of its group.
    #[field(number = 6, merge = fact)]
    pub option_group: Option<String>,
    /// Price of one.
    #[field(number = 7, merge = fact)]
    pub price: Option<Money>,
    /// How many of a hundred vehicles are sold with it.
    #[field(number = 8, merge = fact)]
    pub popularity: Option<u16>,
    /// Whether it is a package.
    #[field(number = 9, merge = fact)]
    pub package: bool,
    /// Code of the product it is priced and delivered as.
    #[field(number = 10, merge = fact)]
    pub item: Option<String>,
}

/// A rule of a product's configuration.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 167, name = "configuration_rule", access = public, part_of(catalogue_version, catalogue))]
pub struct ConfigurationRuleRow {
    /// Id.
    #[field(number = 1)]
    pub id: ConfigurationRuleId,
    /// The version.
    #[field(number = 2)]
    pub catalogue: CatalogueVersionId,
    /// The product.
    #[field(number = 3, indexed)]
    pub product: ProductId,
    /// Code.
    #[field(number = 4, merge = fact)]
    pub code: String,
    /// What it demands.
    #[field(number = 5, merge = fact)]
    pub kind: ConfigurationRuleKind,
    /// Codes of the options it is about, with commas between.
    #[field(number = 6, merge = fact)]
    pub options: String,
    /// Codes of its other side.
    #[field(number = 7, merge = fact)]
    pub targets: Option<String>,
    /// Its condition.
    #[field(number = 8, merge = fact)]
    pub condition: Option<String>,
}

/// A line of a bill of material.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 168, name = "material_line", access = public, part_of(catalogue_version, catalogue))]
pub struct MaterialLine {
    /// Id.
    #[field(number = 1)]
    pub id: MaterialLineId,
    /// The version.
    #[field(number = 2)]
    pub catalogue: CatalogueVersionId,
    /// The product it is a line of.
    #[field(number = 3, indexed)]
    pub product: ProductId,
    /// The part.
    #[field(number = 4, indexed)]
    pub part: ProductId,
    /// How many of it go into one.
    #[field(number = 5, merge = fact)]
    pub quantity: Decimal,
    /// Codes of the options with any of which it is needed, with commas between; always when empty.
    #[field(number = 6, merge = fact)]
    pub options: Option<String>,
}

/// Publishes a draft.
///
/// # Errors
/// `catalogue.published`.
pub fn publish(version: &CatalogueVersion) -> Result<(CatalogueVersion, Why), CatalogueError> {
    match version.state {
        CatalogueState::Published => Err(CatalogueError::Published),
        CatalogueState::Draft => {
            let why = Why::new("catalogue.published")
                .fact("catalogue", &version.code)
                .fact("from", version.valid_from);
            Ok((CatalogueVersion { state: CatalogueState::Published, ..version.clone() }, why))
        }
    }
}

/// The version that holds in a market on a day, of those given: of the published ones whose days and market it is, the highest
/// of its catalogue; of several catalogues the one that began last.
#[must_use]
pub fn version_holding(
    versions: impl IntoIterator<Item = CatalogueVersion>,
    market: Option<Country>,
    day: NaiveDate,
) -> Option<CatalogueVersion> {
    versions.into_iter().filter(|version| version.holds_on(day) && version.is_for(market)).max_by(
        |one, other| {
            let key = |version: &CatalogueVersion| (version.valid_from, version.version);
            if one.catalogue == other.catalogue {
                one.version.cmp(&other.version)
            } else {
                key(one).cmp(&key(other)).then_with(|| one.code.cmp(&other.code))
            }
        },
    )
}

/// Whether a product may be sold in a market on a day. By its own days; and where catalogues that hold on the day list it, by one of
/// them that holds in the market: by the days and markets it gives the product. What a newer version lists no longer is not sold.
///
/// `versions` are all there are, `listed` the product's entries in them.
///
/// # Errors
/// `product.not_on_sale`.
pub fn check_listed(
    product: &Product,
    versions: &[CatalogueVersion],
    listed: &[CatalogueProduct],
    market: Option<Country>,
    day: NaiveDate,
) -> Result<(), PricingError> {
    check_on_sale(product, day)?;
    let in_force = versions
        .iter()
        .filter(|version| version.holds_on(day) && listed.iter().any(|entry| entry.catalogue == version.id));
    let catalogues: BTreeSet<&str> = in_force.map(|version| version.catalogue.as_str()).collect();
    let sells = |catalogue: &&str| {
        let of_catalogue = versions.iter().filter(|version| version.catalogue == **catalogue).cloned();
        let holding = version_holding(of_catalogue, market, day);
        let entry = holding.and_then(|holding| listed.iter().find(|entry| entry.catalogue == holding.id));
        entry.is_some_and(|entry| {
            entry.valid_from.is_none_or(|first| first <= day)
                && entry.valid_to.is_none_or(|last| day <= last)
                && is_listed(entry.markets.as_deref(), market)
        })
    };
    if catalogues.is_empty() || catalogues.iter().any(sells) {
        return Ok(());
    }
    Err(PricingError::NotOnSale { code: product.code.clone(), day })
}

/// The product of an entry: as it was known, with the name, line and tax category the entry gives. Its days take in those of the entry;
/// which of them hold where, the entries of the versions say.
#[must_use]
pub fn product_of(
    entry: &ProductEntry,
    document: &CatalogueDocument,
    known: Option<&Product>,
    id: ProductId,
) -> Product {
    let line = entry.line.as_ref().map(|code| {
        let line = document.lines.iter().find(|line| line.code == *code);
        line.map_or_else(|| code.clone(), |line| name_of(&line.name, code))
    });
    let Some(known) = known else {
        return Product {
            id,
            code: entry.code.clone(),
            name: name_of(&entry.name, &entry.code),
            kind: entry.kind,
            line,
            tax_category: entry.tax_category.clone().unwrap_or_else(|| "S".to_owned()),
            valid_from: entry.valid_from,
            valid_to: entry.valid_to,
        };
    };
    let named = (!entry.name.is_empty()).then(|| name_of(&entry.name, &entry.code));
    let widest =
        |known: Option<NaiveDate>, told: Option<NaiveDate>, pick: fn(NaiveDate, NaiveDate) -> NaiveDate| {
            known.zip(told).map(|(known, told)| pick(known, told))
        };
    Product {
        name: named.unwrap_or_else(|| known.name.clone()),
        line: line.or_else(|| known.line.clone()),
        tax_category: entry.tax_category.clone().unwrap_or_else(|| known.tax_category.clone()),
        valid_from: widest(known.valid_from, entry.valid_from, NaiveDate::min),
        valid_to: widest(known.valid_to, entry.valid_to, NaiveDate::max),
        ..known.clone()
    }
}

/// A name in English, or in the first language there is, or the code.
#[must_use]
pub fn name_of(names: &std::collections::BTreeMap<String, String>, code: &str) -> String {
    names.get("en").or_else(|| names.values().next()).cloned().unwrap_or_else(|| code.to_owned())
}

/// The record of a document's version, as a draft.
#[must_use]
pub fn draft(document: &CatalogueDocument, digest: String, id: CatalogueVersionId) -> CatalogueVersion {
    let markets: Vec<String> = document.markets.iter().map(ToString::to_string).collect();
    CatalogueVersion {
        id,
        code: document.code(),
        catalogue: document.catalogue.clone(),
        version: document.version,
        name: (!document.name.is_empty()).then(|| name_of(&document.name, &document.catalogue)),
        valid_from: document.valid_from,
        valid_to: document.valid_to,
        markets: (!markets.is_empty()).then(|| markets.join(" ")),
        digest,
        state: CatalogueState::Draft,
        retired_to: None,
    }
}
