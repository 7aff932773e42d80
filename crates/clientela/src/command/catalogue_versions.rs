//! Commands on versions of a catalogue.

use super::{Key, Outcome};
use crate::configurations::document;
use crate::door::Door;
use crate::error::{CrmError, Result};
use clientela_core::catalogue::{
    self as decision, Attribute, AttributeKind, AttributeValue, CatalogueDocument, CatalogueProduct,
    CatalogueText, CatalogueVersion, ConfigurationRuleRow, MaterialLine, Product, ProductEntry, ProductLine,
    ProductOptionRow, name_of,
};
use clientela_core::ids::{CatalogueVersionId, ProductId};
use clientela_model::{Predicate, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;

/// Imports a version of a catalogue as a draft. It is checked first: what can never be configured or chosen refuses it. Products
/// that are not known yet are entered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCatalogue {
    /// The whole version.
    pub document: CatalogueDocument,
}

/// Names a version of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueRef {
    /// Catalogue and version, such as trucks/3.
    pub catalogue: Key,
}

pub(super) fn import(door: &mut Door<'_, '_>, command: &ImportCatalogue) -> Result<Outcome> {
    let document = &command.document;
    door.unused::<CatalogueVersion>("code", &document.code())?;
    document.check()?;
    let text =
        serde_json::to_string(document).map_err(|_| CrmError::Internal { what: "catalogues are JSON" })?;
    let version = decision::draft(document, digest(&text), door.new_id());
    door.create(&version)?;
    door.create(&CatalogueText { id: door.new_id(), catalogue: version.id, document: text })?;
    let products = products(door, document)?;
    let keep = Keep { version: version.id, products };
    keep.heads(door, document)?;
    for product in &document.products {
        keep.product(door, product)?;
    }
    let why = Why::new("catalogue.imported")
        .fact("products", document.products.len())
        .fact(
            "options",
            document.products.iter().map(|product| product.configuration.options.len()).sum::<usize>(),
        )
        .fact(
            "rules",
            document.products.iter().map(|product| product.configuration.rules.len()).sum::<usize>(),
        );
    Ok(Outcome::of(&version, Some(&version.code), why))
}

pub(super) fn publish(door: &mut Door<'_, '_>, command: &CatalogueRef) -> Result<Outcome> {
    let stored = door.to_change::<CatalogueVersion>(&command.catalogue)?;
    let (version, mut why) = decision::publish(&stored.record)?;
    door.update(&version, stored.version)?;
    let document = document(&door.view(), &version)?;
    for entry in &document.products {
        let Some(known) = named(door, &entry.code)? else { continue };
        let product = decision::product_of(entry, &document, Some(&known.record), known.record.id);
        if product != known.record {
            door.update_derived(&product, known.version)?;
            why = why.because(Why::new("catalogue.product_changed").fact("product", &product.code));
        }
    }
    Ok(Outcome::of(&version, Some(&version.code), why))
}

fn digest(text: &str) -> String {
    crate::digest::hex(&Sha256::digest(text.as_bytes()))
}

/// The products of a document by their codes; those that are new are entered. What a draft says of others waits until it is published.
fn products(door: &mut Door<'_, '_>, document: &CatalogueDocument) -> Result<HashMap<String, ProductId>> {
    let mut known: HashMap<String, ProductId> = HashMap::new();
    for entry in &document.products {
        let id = match named(door, &entry.code)? {
            Some(stored) => stored.record.id,
            None => {
                let product = decision::product_of(entry, document, None, door.new_id());
                door.create(&product)?;
                product.id
            }
        };
        known.insert(entry.code.clone(), id);
    }
    Ok(known)
}

fn named(door: &Door<'_, '_>, code: &str) -> Result<Option<Stored<Product>>> {
    door.first_of::<Product>(&Predicate::equals("code", Value::Text(Cow::Owned(code.to_owned()))))
}

/// Writes what a version holds as rows.
struct Keep {
    version: CatalogueVersionId,
    products: HashMap<String, ProductId>,
}

impl Keep {
    fn id(&self, code: &str) -> Result<ProductId> {
        let known = self.products.get(code).copied();
        known.ok_or_else(|| CrmError::Internal { what: "parts are products of the document" }.into())
    }

    fn heads(&self, door: &mut Door<'_, '_>, document: &CatalogueDocument) -> Result<()> {
        for line in &document.lines {
            door.create(&ProductLine {
                id: door.new_id(),
                catalogue: self.version,
                code: line.code.clone(),
                name: name_of(&line.name, &line.code),
                parent: line.parent.clone(),
            })?;
        }
        for attribute in &document.attributes {
            door.create(&Attribute {
                id: door.new_id(),
                catalogue: self.version,
                code: attribute.code.clone(),
                name: name_of(&attribute.name, &attribute.code),
                kind: attribute.kind,
                unit: attribute.unit.clone(),
            })?;
        }
        let numbers = |code: &String| {
            document.attributes.iter().any(|known| known.code == *code && known.kind == AttributeKind::Number)
        };
        for product in &document.products {
            for (attribute, value) in document.attributes_of(product) {
                door.create(&AttributeValue {
                    id: door.new_id(),
                    catalogue: self.version,
                    product: self.id(&product.code)?,
                    number: numbers(&attribute).then(|| value.parse().ok()).flatten(),
                    attribute,
                    text: value,
                })?;
            }
        }
        Ok(())
    }

    fn product(&self, door: &mut Door<'_, '_>, entry: &ProductEntry) -> Result<()> {
        let product = self.id(&entry.code)?;
        let markets: Vec<String> = entry.markets.iter().map(ToString::to_string).collect();
        door.create(&CatalogueProduct {
            id: door.new_id(),
            catalogue: self.version,
            product,
            line: entry.line.clone(),
            model: entry.model.as_ref().map(|code| self.id(code)).transpose()?,
            unit: entry.unit.clone(),
            term_months: entry.term_months,
            mileage: entry.mileage,
            markets: listed(&markets, " "),
            valid_from: entry.valid_from,
            valid_to: entry.valid_to,
        })?;
        for option in &entry.configuration.options {
            door.create(&ProductOptionRow {
                id: door.new_id(),
                catalogue: self.version,
                product,
                code: option.code.clone(),
                name: name_of(&option.name, &option.code),
                option_group: option.group.clone(),
                price: option.price,
                popularity: option.popularity.map(u16::from),
                package: !option.includes.is_empty(),
                item: option.item.clone(),
            })?;
        }
        for rule in &entry.configuration.rules {
            door.create(&ConfigurationRuleRow {
                id: door.new_id(),
                catalogue: self.version,
                product,
                code: rule.code.clone(),
                kind: rule.kind,
                options: rule.options.join(", "),
                targets: listed(&rule.targets, ", "),
                condition: rule.condition.clone(),
            })?;
        }
        for material in &entry.materials {
            door.create(&MaterialLine {
                id: door.new_id(),
                catalogue: self.version,
                product,
                part: self.id(&material.product)?,
                quantity: material.quantity,
                options: listed(&material.options, ", "),
            })?;
        }
        Ok(())
    }
}

fn listed(codes: &[String], between: &str) -> Option<String> {
    (!codes.is_empty()).then(|| codes.join(between))
}
