//! What a product is made of, all the way down.

use super::document::{CatalogueDocument, CatalogueError, MaterialEntry};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most lines an explosion may have.
const LINES_MAX: usize = 100_000;

/// A part at its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartLine {
    /// How deep: 1 for a part of the product itself.
    pub level: u16,
    /// Code of the part.
    pub product: String,
    /// The product it goes into.
    pub parent: String,
    /// How many go into one of that.
    pub quantity: Decimal,
    /// How many in all at this place.
    pub total: Decimal,
}

/// A product taken apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explosion {
    /// All parts at their places, each followed by its own parts.
    pub lines: Vec<PartLine>,
    /// By part: how many in all.
    pub totals: BTreeMap<String, Decimal>,
}

/// Takes a product apart. Parts that belong to options are there if one of their options is.
///
/// # Errors
/// `catalogue.no_product`; `catalogue.invalid` when there are more than a hundred thousand lines or a total is beyond all numbers.
pub fn explode(
    document: &CatalogueDocument,
    product: &str,
    quantity: Decimal,
    options: &[String],
) -> Result<Explosion, CatalogueError> {
    let mut explosion = Explosion { lines: Vec::new(), totals: BTreeMap::new() };
    let products: BTreeMap<&str, &Vec<MaterialEntry>> =
        document.products.iter().map(|product| (product.code.as_str(), &product.materials)).collect();
    let root = document.product(product)?;
    // What is still to be taken apart, the next one last.
    let mut open: Vec<(u16, &str, &MaterialEntry, Decimal)> =
        root.materials.iter().rev().map(|part| (1, root.code.as_str(), part, quantity)).collect();
    while let Some((level, parent, part, of)) = open.pop() {
        if !(part.options.is_empty() || part.options.iter().any(|option| options.contains(option))) {
            continue;
        }
        let total = part.quantity.checked_mul(of).ok_or_else(too_large)?;
        let sum = explosion.totals.entry(part.product.clone()).or_default();
        *sum = sum.checked_add(total).ok_or_else(too_large)?;
        if explosion.lines.len() >= LINES_MAX {
            return Err(too_large());
        }
        explosion.lines.push(PartLine {
            level,
            product: part.product.clone(),
            parent: parent.to_owned(),
            quantity: part.quantity,
            total,
        });
        let below = products.get(part.product.as_str()).into_iter().flat_map(|parts| parts.iter().rev());
        open.extend(below.map(|next| (level.saturating_add(1), part.product.as_str(), next, total)));
    }
    Ok(explosion)
}

fn too_large() -> CatalogueError {
    let error = clientela_model::ValueError::new(
        "catalogue.too_many",
        "bill of material",
        "is too large to be taken apart",
        "at most 100000 lines",
    );
    CatalogueError::Invalid { found: vec![error.at("materials")] }
}
