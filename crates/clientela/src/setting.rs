//! The installation's own figures, as they are set, or as the core takes them for granted.

use crate::error::{CrmError, Result};
use crate::view::View;
use clientela_core::claims::ClaimPolicy;
use clientela_core::fleet::ReplacementPolicy;
use clientela_core::leads::scoring::ScoringPolicy;
use clientela_core::party::classification::ClassificationPolicy;
use clientela_core::party::completeness::CompletenessPolicy;
use clientela_core::party::leaving::WinBackPolicy;
use clientela_core::party::matching::MatchPolicy;
use clientela_core::pyramid::TierPolicy;
use clientela_core::sales::waterfall::TradeInPolicy;
use clientela_core::setting::{self, Setting};
use clientela_model::{Predicate, Value};
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A setting and the check its document passes.
type Known = (&'static str, fn(&str) -> Result<()>);

/// Makes, as they are called in fleets, that are ours.
pub(crate) const OUR_MAKES: &str = "fleet.our_makes";
/// When vehicles are replaced.
pub(crate) const REPLACEMENT: &str = "fleet.replacement";
/// The tiers of the pyramid.
pub(crate) const TIERS: &str = "pyramid.tiers";
/// What a record's parts weigh.
pub(crate) const COMPLETENESS: &str = "customer.completeness";
/// Which rule sets classify customers.
pub(crate) const CLASSIFICATION: &str = "customer.classification";
/// What winning a customer back costs and how likely it is.
pub(crate) const WIN_BACK: &str = "customer.win_back";

/// How long a dealer's claim protects.
pub(crate) const CLAIM_PROTECTION: &str = "claim.protection";
/// How duplicates are found.
pub(crate) const DUPLICATES: &str = "customer.duplicates";
/// Questionnaire, rule set and grades of leads.
pub(crate) const SCORING: &str = "lead.scoring";

/// Where a vehicle taken in payment is a reduction of the price.
pub(crate) const TRADE_IN: &str = "offer.trade_in";

const KNOWN: &[Known] = &[
    (OUR_MAKES, |document| read::<Vec<String>>(document).map(|_| ())),
    (REPLACEMENT, |document| read::<ReplacementPolicy>(document).map(|_| ())),
    (TIERS, |document| Ok(read::<TierPolicy>(document)?.check()?)),
    (COMPLETENESS, |document| Ok(read::<CompletenessPolicy>(document)?.check()?)),
    (CLASSIFICATION, |document| read::<ClassificationPolicy>(document).map(|_| ())),
    (WIN_BACK, |document| Ok(read::<WinBackPolicy>(document)?.check()?)),
    (CLAIM_PROTECTION, |document| Ok(read::<ClaimPolicy>(document)?.check().map(|_| ())?)),
    (DUPLICATES, |document| Ok(read::<MatchPolicy>(document)?.check()?)),
    (TRADE_IN, |document| read::<TradeInPolicy>(document).map(|_| ())),
    (SCORING, |document| Ok(read::<ScoringPolicy>(document)?.check()?)),
];

fn read<T: DeserializeOwned>(document: &str) -> Result<T> {
    Ok(setting::read(document)?)
}

/// Refuses a name that nothing reads, and a document that is not of its form.
pub(crate) fn check(name: &str, document: &str) -> Result<()> {
    let known = KNOWN.iter().find(|(known, _)| *known == name).ok_or_else(|| CrmError::UnknownName {
        what: "setting",
        name: name.chars().take(64).collect(),
        hint: KNOWN.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", "),
    })?;
    (known.1)(document)
}

/// The setting of that name, or what is taken for granted.
pub(crate) fn of<T: DeserializeOwned + Default>(view: &View<'_>, name: &'static str) -> Result<T> {
    let named = Predicate::equals("name", Value::Text(Cow::Borrowed(name)));
    let found = view.first_of::<Setting>(&named)?;
    Ok(found.map(|stored| stored.record.read()).transpose()?.unwrap_or_default())
}
