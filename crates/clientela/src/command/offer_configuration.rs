//! Whether what an offer says can be built.

use crate::command::offers;
use crate::door::Door;
use crate::error::Result;
use clientela_core::catalogue::configuration::MarketFacts;
use clientela_core::catalogue::{CatalogueError, CatalogueVersion};
use clientela_core::organisation::Unit;
use clientela_core::sales::{Offer, OfferRevision};

/// Refuses an offer whose options do not go together by the version of the catalogue it was made from. What the quoting tool configured
/// is the tool's to judge.
///
/// # Errors
/// `offer.clash` with the rules.
pub(super) fn check(door: &Door<'_, '_>, offer: &Offer, revision: &OfferRevision) -> Result<()> {
    if offer.dossier_fingerprint.is_some() {
        return Ok(());
    }
    let view = door.view();
    let content = offers::content(&view, offer, revision)?;
    let market = view.get::<Unit>(offer.unit)?.record.country;
    let facts = MarketFacts { market, ..MarketFacts::on(revision.price_date) };
    let configured = content.items.iter().filter(|item| !item.options.is_empty());
    for (item, version) in configured.filter_map(|item| Some((item, item.origin.catalogue?))) {
        let version = view.get::<CatalogueVersion>(version)?.record;
        let codes: Vec<&str> = item.options.iter().map(|option| option.code.as_str()).collect();
        let broken = door.pricing().configurations.broken(&view, &version, &item.code, &codes, &facts)?;
        if !broken.is_empty() {
            return Err(CatalogueError::clash(&item.line, &broken).into());
        }
    }
    Ok(())
}
