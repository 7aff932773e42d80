//! A version of a catalogue as one document: what is imported and exported.

use super::configuration::{Compiled, ConfigurableProduct, RuleSaid};
use super::product::ProductKind;
use chrono::NaiveDate;
use clientela_model::identifier::Country;
use clientela_model::{ClosedList, Coded, ErrorKind, Issue, ValueError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The most findings that are told.
const FINDINGS_MAX: usize = 100;

/// A whole version of a catalogue. Names and reasons are told by language, such as `{"en": "Engine", "it": "Motore"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueDocument {
    /// Code of the catalogue, such as `trucks`.
    pub catalogue: String,
    /// Version, counted from 1.
    pub version: u32,
    /// Name by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub name: BTreeMap<String, String>,
    /// First day it holds.
    pub valid_from: NaiveDate,
    /// Last day it holds; until further notice when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Markets it is for; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<Country>,
    /// Product lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineEntry>,
    /// Attributes products have values of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeEntry>,
    /// Products: models, variants, bodies, parts, services, accessories.
    #[serde(default)]
    pub products: Vec<ProductEntry>,
}

/// A product line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineEntry {
    /// Code.
    pub code: String,
    /// Name by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub name: BTreeMap<String, String>,
    /// The line it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// What kind of values an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum AttributeKind {
    /// Text.
    Text,
    /// An exact number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A day.
    Date,
    /// One of its words.
    Word,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeEntry {
    /// Code.
    pub code: String,
    /// Name by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub name: BTreeMap<String, String>,
    /// Kind of its values.
    pub kind: AttributeKind,
    /// Unit of a number, such as `kW`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Its words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// A product with all that belongs to it in this version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductEntry {
    /// Code, the same in the quoting tool.
    pub code: String,
    /// Name by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub name: BTreeMap<String, String>,
    /// What kind.
    pub kind: ProductKind,
    /// Code of its line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The model it is a variant of. It has the model's attributes, unless it has values of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Unit of measure, as UN/ECE recommendation 20; H87, a piece, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Category of tax, as UNCL 5305; as known before when not given, S for a new product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
    /// Of a service: how many months it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_months: Option<u16>,
    /// Of a service: how many kilometres a year it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mileage: Option<u32>,
    /// Markets it is sold in; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<Country>,
    /// First day it is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day it is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Values of attributes, written as texts: `"353"`, `"true"`, `"2026-02-01"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<MaterialEntry>,
    /// What can be chosen of it.
    #[serde(default, skip_serializing_if = "is_fixed")]
    pub configuration: ConfigurableProduct,
}

fn is_fixed(product: &ConfigurableProduct) -> bool {
    *product == ConfigurableProduct::default()
}

/// A part of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaterialEntry {
    /// Code of the part, a product of the document.
    pub product: String,
    /// How many of it go into one.
    pub quantity: Decimal,
    /// Options with any of which it is needed; always when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// A document that is no catalogue, or a step that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Findings in a document.
    #[error("the catalogue has {} findings, the first at {}: {}", found.len(), place(found), first(found))]
    Invalid {
        /// All of them, at most a hundred.
        found: Vec<ValueError>,
    },
    /// A product that is not in the version.
    #[error("the version has no such product; name a product of it")]
    NoProduct,
    /// It was published before.
    #[error("the version is published already; import a new version to change the catalogue")]
    Published,
    /// Options of an offer that do not go together.
    #[error("the options of line {line} do not go together ({rules}); leave one out or choose another")]
    Clash {
        /// The line.
        line: String,
        /// Codes of the rules they break.
        rules: String,
        /// The rules with their reasons.
        why: Why,
    },
}

impl CatalogueError {
    /// The options of a line that break these rules.
    #[must_use]
    pub fn clash(line: &str, broken: &[RuleSaid]) -> Self {
        let rules: Vec<&str> = broken.iter().map(|rule| rule.code.as_str()).collect();
        let why = Why::new("offer.clash").fact("line", line);
        let why = broken.iter().fold(why, |why, rule| why.because(rule.why()));
        Self::Clash { line: line.to_owned(), rules: rules.join(", "), why }
    }
}

fn place(found: &[ValueError]) -> &str {
    found.first().and_then(|error| error.field.as_deref()).unwrap_or("its top")
}

fn first(found: &[ValueError]) -> String {
    found.first().map(ToString::to_string).unwrap_or_default()
}

impl Coded for CatalogueError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid { .. } => ErrorKind::Validation,
            Self::NoProduct => ErrorKind::NotFound,
            Self::Published | Self::Clash { .. } => ErrorKind::Rule,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "catalogue.invalid",
            Self::NoProduct => "catalogue.no_product",
            Self::Published => "catalogue.published",
            Self::Clash { .. } => "offer.clash",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Invalid { found } => found.first().and_then(|error| error.field.clone()),
            Self::NoProduct => Some("product".to_owned()),
            Self::Published => Some("state".to_owned()),
            Self::Clash { .. } => Some("options".to_owned()),
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::Clash { why, .. } => Some(why),
            Self::Invalid { .. } | Self::NoProduct | Self::Published => None,
        }
    }
    fn issues(&self) -> Vec<Issue> {
        let Self::Invalid { found } = self else { return Vec::new() };
        let issue = |error: &ValueError| Issue {
            code: error.code.to_owned(),
            field: error.field.clone().unwrap_or_default(),
            message: error.to_string(),
        };
        found.iter().map(issue).collect()
    }
}

impl CatalogueDocument {
    /// Catalogue and version, such as `trucks/3`.
    #[must_use]
    pub fn code(&self) -> String {
        format!("{}/{}", self.catalogue, self.version)
    }

    /// A product of it.
    ///
    /// # Errors
    /// `catalogue.no_product`.
    pub fn product(&self, code: &str) -> Result<&ProductEntry, CatalogueError> {
        self.products.iter().find(|product| product.code == code).ok_or(CatalogueError::NoProduct)
    }

    /// Looks for everything that is wrong: codes that are missing, used twice or not known, values that are not of their
    /// attribute's kind, bills of material that contain themselves, products that can never be configured, options that can
    /// never be chosen.
    ///
    /// # Errors
    /// `catalogue.invalid` with all findings and their places.
    pub fn check(&self) -> Result<(), CatalogueError> {
        let mut check = Checking { document: self, products: HashMap::new(), found: Vec::new() };
        check.head();
        check.products();
        check.materials();
        check.configurations();
        let mut found = check.found;
        found.truncate(FINDINGS_MAX);
        if found.is_empty() { Ok(()) } else { Err(CatalogueError::Invalid { found }) }
    }

    /// The attributes of a product, those of its model included.
    #[must_use]
    pub fn attributes_of(&self, product: &ProductEntry) -> BTreeMap<String, String> {
        let model = product.model.as_ref().and_then(|code| self.product(code).ok());
        let mut attributes = model.map(|model| model.attributes.clone()).unwrap_or_default();
        attributes.extend(product.attributes.clone());
        attributes
    }
}

struct Checking<'d> {
    document: &'d CatalogueDocument,
    products: HashMap<&'d str, usize>,
    found: Vec<ValueError>,
}

impl Checking<'_> {
    fn refuse(&mut self, code: &'static str, what: &'static str, problem: &str, expected: &str, at: String) {
        self.found.push(ValueError::new(code, what, problem, expected).at(at));
    }

    fn unique(&mut self, codes: impl Iterator<Item = String>, list: &str) {
        let mut seen = HashSet::new();
        for (at, code) in codes.enumerate() {
            let fits = !code.trim().is_empty() && code.chars().count() <= 120;
            if !fits || !seen.insert(code) {
                let at = format!("{list}[{at}].code");
                self.refuse(
                    "catalogue.code_twice",
                    "code",
                    "is empty, too long or used twice",
                    "a code of its own",
                    at,
                );
            }
        }
    }

    fn head(&mut self) {
        let document = self.document;
        let name = document.catalogue.trim();
        if name.is_empty() || name.contains('/') || name.chars().count() > 100 {
            let expected = "1 to 100 characters without a slash";
            self.refuse("key.length", "catalogue", "is no code", expected, "catalogue".to_owned());
        }
        if document.version == 0 {
            self.refuse("catalogue.version", "version", "is 0", "1 or more", "version".to_owned());
        }
        if document.valid_to.is_some_and(|to| to < document.valid_from) {
            let at = "valid_to".to_owned();
            self.refuse("date_range.reversed", "last day", "is before the first", "a later day", at);
        }
        self.unique(document.lines.iter().map(|line| line.code.clone()), "lines");
        self.unique(document.attributes.iter().map(|attribute| attribute.code.clone()), "attributes");
        self.unique(document.products.iter().map(|product| product.code.clone()), "products");
        for (at, line) in document.lines.iter().enumerate() {
            let above = |code: &String| document.lines.iter().find(|other| other.code == *code);
            let mut parent = line.parent.as_ref();
            for _ in 0..=document.lines.len() {
                let Some(code) = parent else { break };
                parent = above(code).and_then(|line| line.parent.as_ref());
                if above(code).is_none() {
                    let at = format!("lines[{at}].parent");
                    self.refuse(
                        "catalogue.unknown_code",
                        "line",
                        "is not known",
                        "a line of the document",
                        at,
                    );
                    break;
                }
            }
            if parent.is_some() {
                let at = format!("lines[{at}].parent");
                self.refuse("catalogue.cycle", "line", "is part of itself", "a line above it", at);
            }
        }
    }

    fn products(&mut self) {
        let document = self.document;
        self.products =
            document.products.iter().enumerate().map(|(at, product)| (product.code.as_str(), at)).collect();
        for (at, product) in document.products.iter().enumerate() {
            let field = |name: &str| format!("products[{at}].{name}");
            if product.line.as_ref().is_some_and(|code| document.lines.iter().all(|line| line.code != *code))
            {
                self.refuse(
                    "catalogue.unknown_code",
                    "line",
                    "is not known",
                    "a line of the document",
                    field("line"),
                );
            }
            if let Some(model) = &product.model {
                let known = self.products.get(model.as_str()).and_then(|at| document.products.get(*at));
                if known.is_none_or(|model| model.model.is_some()) {
                    let expected = "a product of the document that is no variant itself";
                    self.refuse(
                        "catalogue.unknown_code",
                        "model",
                        "is not known or a variant",
                        expected,
                        field("model"),
                    );
                }
            }
            if product.valid_from.zip(product.valid_to).is_some_and(|(from, to)| to < from) {
                self.refuse(
                    "date_range.reversed",
                    "last day",
                    "is before the first",
                    "a later day",
                    field("valid_to"),
                );
            }
            for (code, value) in &product.attributes {
                let at = field(&format!("attributes.{code}"));
                match document.attributes.iter().find(|attribute| attribute.code == *code) {
                    None => {
                        let expected = "an attribute of the document";
                        self.refuse("catalogue.unknown_code", "attribute", "is not known", expected, at);
                    }
                    Some(attribute) if !attribute.takes(value) => {
                        let expected = attribute.kind.word();
                        self.refuse(
                            "catalogue.attribute_value",
                            "value",
                            "is not of the attribute's kind",
                            expected,
                            at,
                        );
                    }
                    Some(_) => {}
                }
            }
        }
    }

    fn materials(&mut self) {
        let document = self.document;
        for (at, product) in document.products.iter().enumerate() {
            for (place, material) in product.materials.iter().enumerate() {
                let field = |name: &str| format!("products[{at}].materials[{place}].{name}");
                if !self.products.contains_key(material.product.as_str()) {
                    let expected = "a product of the document";
                    self.refuse("catalogue.unknown_code", "part", "is not known", expected, field("product"));
                }
                if material.quantity <= Decimal::ZERO {
                    self.refuse(
                        "catalogue.quantity",
                        "quantity",
                        "is not above 0",
                        "more than 0",
                        field("quantity"),
                    );
                }
                let options = &product.configuration.options;
                for (number, code) in material.options.iter().enumerate() {
                    if options.iter().all(|option| option.code != *code) {
                        let at = field(&format!("options[{number}]"));
                        self.refuse(
                            "catalogue.unknown_code",
                            "option",
                            "is not known",
                            "an option of the product",
                            at,
                        );
                    }
                }
            }
        }
        // Products in the order of their parts: what is left over contains itself.
        let mut open: Vec<usize> = (0..document.products.len()).collect();
        let mut done: HashSet<&str> = HashSet::new();
        loop {
            let before = open.len();
            open.retain(|at| {
                let product = &document.products[*at];
                let parts = product.materials.iter().map(|material| material.product.as_str());
                let whole =
                    parts.clone().all(|part| done.contains(part) || !self.products.contains_key(part));
                if whole {
                    done.insert(&product.code);
                }
                !whole
            });
            if open.is_empty() || open.len() == before {
                break;
            }
        }
        if let Some(at) = open.first() {
            let at = format!("products[{at}].materials");
            self.refuse(
                "catalogue.cycle",
                "bill of material",
                "contains the product itself",
                "parts that do not",
                at,
            );
        }
    }

    fn configurations(&mut self) {
        for (at, product) in self.document.products.iter().enumerate() {
            let found = match Compiled::new(product.configuration.clone()) {
                Ok(mut compiled) => compiled.findings(),
                Err(found) => found,
            };
            let place = format!("products[{at}].configuration");
            self.found.extend(found.into_iter().map(|error| {
                // An outer path is put before an inner one.
                let inner = error.field.clone().unwrap_or_default();
                let mut error = error;
                error.field = Some(format!("{place}.{inner}"));
                error
            }));
        }
    }
}

impl AttributeEntry {
    /// Whether a text is a value of this attribute.
    #[must_use]
    pub fn takes(&self, value: &str) -> bool {
        match self.kind {
            AttributeKind::Text => !value.trim().is_empty(),
            AttributeKind::Number => value.parse::<Decimal>().is_ok(),
            AttributeKind::Flag => matches!(value, "true" | "false"),
            AttributeKind::Date => value.parse::<NaiveDate>().is_ok(),
            AttributeKind::Word => self.words.iter().any(|word| word == value),
        }
    }
}
