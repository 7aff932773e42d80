//! What several tests ask: every entity by its type, the whole state, and how an error reads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, unused_macros, reason = "each test file uses what it needs")]

use clientela::core::ENTITIES;
use clientela::{Error, Session, TableQuery};
use std::path::Path;

/// Calls a function once for every declared record type; gives names and results.
macro_rules! every_record {
    ($function:ident($($argument:expr),*)) => {
        [
            (<clientela::core::organisation::Unit as clientela::model::Record>::ENTITY.name, $function::<clientela::core::organisation::Unit>($($argument),*)),
            (<clientela::core::organisation::NumberSeries as clientela::model::Record>::ENTITY.name, $function::<clientela::core::organisation::NumberSeries>($($argument),*)),
            (<clientela::core::organisation::Position as clientela::model::Record>::ENTITY.name, $function::<clientela::core::organisation::Position>($($argument),*)),
            (<clientela::core::organisation::User as clientela::model::Record>::ENTITY.name, $function::<clientela::core::organisation::User>($($argument),*)),
            (<clientela::core::organisation::Holding as clientela::model::Record>::ENTITY.name, $function::<clientela::core::organisation::Holding>($($argument),*)),
            (<clientela::core::organisation::Profile as clientela::model::Record>::ENTITY.name, $function::<clientela::core::organisation::Profile>($($argument),*)),
            (<clientela::core::organisation::Grant as clientela::model::Record>::ENTITY.name, $function::<clientela::core::organisation::Grant>($($argument),*)),
            (<clientela::core::party::Party as clientela::model::Record>::ENTITY.name, $function::<clientela::core::party::Party>($($argument),*)),
            (<clientela::core::party::Vehicle as clientela::model::Record>::ENTITY.name, $function::<clientela::core::party::Vehicle>($($argument),*)),
            (<clientela::core::party::Relationship as clientela::model::Record>::ENTITY.name, $function::<clientela::core::party::Relationship>($($argument),*)),
            (<clientela::core::party::Contact as clientela::model::Record>::ENTITY.name, $function::<clientela::core::party::Contact>($($argument),*)),
            (<clientela::core::party::Consent as clientela::model::Record>::ENTITY.name, $function::<clientela::core::party::Consent>($($argument),*)),
            (<clientela::core::party::Activity as clientela::model::Record>::ENTITY.name, $function::<clientela::core::party::Activity>($($argument),*)),
            (<clientela::core::catalogue::Product as clientela::model::Record>::ENTITY.name, $function::<clientela::core::catalogue::Product>($($argument),*)),
            (<clientela::core::catalogue::PriceList as clientela::model::Record>::ENTITY.name, $function::<clientela::core::catalogue::PriceList>($($argument),*)),
            (<clientela::core::catalogue::Price as clientela::model::Record>::ENTITY.name, $function::<clientela::core::catalogue::Price>($($argument),*)),
            (<clientela::core::catalogue::TaxRate as clientela::model::Record>::ENTITY.name, $function::<clientela::core::catalogue::TaxRate>($($argument),*)),
            (<clientela::core::sales::SalesMethod as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::SalesMethod>($($argument),*)),
            (<clientela::core::sales::Stage as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::Stage>($($argument),*)),
            (<clientela::core::sales::StageAction as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::StageAction>($($argument),*)),
            (<clientela::core::sales::AssessmentQuestion as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::AssessmentQuestion>($($argument),*)),
            (<clientela::core::sales::Opportunity as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::Opportunity>($($argument),*)),
            (<clientela::core::sales::Passage as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::Passage>($($argument),*)),
            (<clientela::core::sales::Affair as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::Affair>($($argument),*)),
            (<clientela::core::sales::Attachment as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::Attachment>($($argument),*)),
            (<clientela::core::sales::Credit as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::Credit>($($argument),*)),
            (<clientela::core::sales::OpportunityMember as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::OpportunityMember>($($argument),*)),
            (<clientela::core::sales::OpportunityProduct as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::OpportunityProduct>($($argument),*)),
            (<clientela::core::sales::OpportunityCompetitor as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::OpportunityCompetitor>($($argument),*)),
            (<clientela::core::sales::DecisionMaker as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::DecisionMaker>($($argument),*)),
            (<clientela::core::sales::AssessmentAnswer as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::AssessmentAnswer>($($argument),*)),
            (<clientela::core::sales::ForecastAdjustment as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::ForecastAdjustment>($($argument),*)),
            (<clientela::core::sales::ForecastSnapshot as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::ForecastSnapshot>($($argument),*)),
            (<clientela::core::sales::ForecastLine as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::ForecastLine>($($argument),*)),
            (<clientela::core::sales::Offer as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::Offer>($($argument),*)),
            (<clientela::core::sales::OfferRevision as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::OfferRevision>($($argument),*)),
            (<clientela::core::sales::OfferItem as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::OfferItem>($($argument),*)),
            (<clientela::core::sales::PriceStep as clientela::model::Record>::ENTITY.name, $function::<clientela::core::sales::PriceStep>($($argument),*)),
            (<clientela::core::performance::QuotaPlan as clientela::model::Record>::ENTITY.name, $function::<clientela::core::performance::QuotaPlan>($($argument),*)),
            (<clientela::core::performance::QuotaTarget as clientela::model::Record>::ENTITY.name, $function::<clientela::core::performance::QuotaTarget>($($argument),*)),
            (<clientela::core::marketing::Campaign as clientela::model::Record>::ENTITY.name, $function::<clientela::core::marketing::Campaign>($($argument),*)),
            (<clientela::core::marketing::CampaignMember as clientela::model::Record>::ENTITY.name, $function::<clientela::core::marketing::CampaignMember>($($argument),*)),
            (<clientela::core::rules::RuleSet as clientela::model::Record>::ENTITY.name, $function::<clientela::core::rules::RuleSet>($($argument),*)),
            (<clientela::core::party::Customer as clientela::model::Record>::ENTITY.name, $function::<clientela::core::party::Customer>($($argument),*)),
        ]
    };
}
#[allow(unused_imports, reason = "as above")]
pub(crate) use every_record;

/// Everything stored, as the session sees it, entity by entity.
pub(crate) fn state(session: &Session) -> Vec<(&'static str, Vec<arrow_array::RecordBatch>)> {
    let batches = |name: &str| session.table(&TableQuery::new(name)).unwrap().batches().to_vec();
    ENTITIES.iter().map(|entity| (entity.name, batches(entity.name))).collect()
}

/// Checks that an error is one a seller can read to the help desk: a listed code, one sentence in lower case, and none
/// of the texts that may not be repeated.
pub(crate) fn is_readable(error: &Error, personal: &[&str]) {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    let listed = std::fs::read_to_string(list).unwrap();
    assert!(listed.contains(&format!("| `{}` |", error.code())), "{} is not in docs/errors.md", error.code());
    let message = error.to_string();
    assert!(error.hint().is_some(), "{}: what would be right is not said: {message}", error.code());
    let sentences = std::iter::once(message.clone())
        .chain(error.issues().into_iter().map(|issue| issue.message))
        .chain(error.hint());
    for sentence in sentences {
        assert!(!sentence.is_empty() && sentence.chars().count() < 2_000, "{sentence:?}");
        assert!(!sentence.ends_with('.') && !sentence.contains('\n'), "one sentence: {sentence:?}");
        let machine = ["Some(", "None", "Err(", "Error", "panicked", "::", "{", "}"];
        assert!(machine.iter().all(|word| !sentence.contains(word)), "in words of the trade: {sentence:?}");
    }
    let first = message.chars().next().unwrap();
    assert!(!first.is_uppercase() || message.starts_with("VAT") || message.starts_with("VIN"), "{message:?}");
    let all = format!(
        "{message} {error:?} {:?} {:?} {:?} {:?}",
        error.field(),
        error.hint(),
        error.issues(),
        error.why()
    );
    for text in personal {
        assert!(!all.contains(text), "{} repeats {text:?}: {all}", error.code());
    }
}
