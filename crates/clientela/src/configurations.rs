//! Products that were configured lately, read into clauses once: a choice is answered without reading the catalogue again.

use crate::error::{CrmError, Result};
use crate::view::{View, not_found};
use clientela_core::catalogue::configuration::{Choices, Compiled, MarketFacts, RuleSaid};
use clientela_core::catalogue::{
    CatalogueDocument, CatalogueError, CatalogueProduct, CatalogueText, CatalogueVersion, Product,
    version_holding,
};
use clientela_core::ids::CatalogueVersionId;
use clientela_model::{EntityId, Predicate, Record, Value};
use std::sync::{Arc, Mutex, PoisonError};

/// Products kept at once.
const KEPT_MAX: usize = 32;

/// A product of a version, shared by whoever configures it; each in his turn.
pub(crate) type Shared = Arc<Mutex<Compiled>>;

/// Compiled products by version and code, the latest last. Versions never change, so nothing grows stale.
#[derive(Debug, Default)]
pub(crate) struct ConfigurationCache {
    kept: Mutex<Vec<(CatalogueVersionId, String, Shared)>>,
}

impl ConfigurationCache {
    /// The product of a version the view may see.
    pub(crate) fn compiled(
        &self,
        view: &View<'_>,
        version: &CatalogueVersion,
        product: &str,
    ) -> Result<Shared> {
        let known = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let place = kept.iter().position(|(id, code, _)| *id == version.id && code == product);
            place.map(|place| {
                let entry = kept.remove(place);
                let shared = Arc::clone(&entry.2);
                kept.push(entry);
                shared
            })
        };
        if let Some(shared) = known {
            return Ok(shared);
        }
        let document = document(view, version)?;
        let configuration = document.product(product)?.configuration.clone();
        let compiled = Compiled::new(configuration).map_err(|found| CatalogueError::Invalid { found })?;
        let shared: Shared = Arc::new(Mutex::new(compiled));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((version.id, product.to_owned(), Arc::clone(&shared)));
        Ok(shared)
    }
}

impl ConfigurationCache {
    /// The rules of a version by which options of a product do not go together there and then; none when they do. Codes that are no
    /// options of it are passed over: an item may have others.
    pub(crate) fn broken(
        &self,
        view: &View<'_>,
        version: &CatalogueVersion,
        product: &str,
        options: &[&str],
        facts: &MarketFacts,
    ) -> Result<Vec<RuleSaid>> {
        let shared = self.compiled(view, version, product)?;
        let mut compiled = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let known = options.iter().filter_map(|code| compiled.product().sold_as(code));
        let choices =
            Choices { chosen: known.map(|option| option.code.clone()).collect(), ..Choices::default() };
        if choices.chosen.is_empty() {
            return Ok(Vec::new());
        }
        let availability = compiled.availability(facts);
        let configured = compiled.configure(&availability, &choices)?;
        Ok(configured.conflict.map(|conflict| conflict.rules).unwrap_or_default())
    }
}

/// The document of a version.
pub(crate) fn document(view: &View<'_>, version: &CatalogueVersion) -> Result<CatalogueDocument> {
    let of_version = Predicate::equals("catalogue", Value::Id(version.id.uuid()));
    let text = view.first_of::<CatalogueText>(&of_version)?;
    let text = text.ok_or_else(|| not_found(CatalogueVersion::ENTITY, &version.code))?;
    serde_json::from_str(&text.record.document)
        .map_err(|_| CrmError::Internal { what: "stored catalogues are JSON" }.into())
}

/// The version that is named, or the one that has the product and holds in the market on the day.
pub(crate) fn version(
    view: &View<'_>,
    named: Option<&str>,
    product: &str,
    facts: &MarketFacts,
) -> Result<CatalogueVersion> {
    if let Some(named) = named {
        return Ok(view.resolve::<CatalogueVersion>(named)?.record);
    }
    let id = view.resolve::<Product>(product)?.record.id;
    let of_product = Predicate::equals("product", Value::Id(id.uuid()));
    let listed = view.all_of::<CatalogueProduct>(&of_product)?;
    let mut versions = Vec::with_capacity(listed.len());
    for entry in listed {
        versions.push(view.get::<CatalogueVersion>(entry.record.catalogue)?.record);
    }
    version_holding(versions, facts.market, facts.date)
        .ok_or_else(|| not_found(CatalogueVersion::ENTITY, product))
}
