//! Which customers may be one: what of them is compared, and by which rules.
//!
//! A customer's [`Facts`] become [`Feature`]s: texts in the one form in which they are compared. A [`MatchPolicy`], the document
//! of the setting `customer.duplicates`, says which features make a field, in which levels, which share a key, and from which
//! probability on two customers are shown. The weights are those of Fellegi and Sunter (see
//! [`clientela_analytics::linkage`]); what is assumed of them here is what a network of dealers starts from, and what was learnt
//! from its own customers can stand in its place.

mod features;
mod policy;

pub use features::{Facts, Feature, Features};
pub use policy::{
    FieldRule, LevelRule, MatchPolicy, MatchPolicyError, MatchTest, Reasons, Weights, comparison, passes,
    reasons, weights_of,
};
