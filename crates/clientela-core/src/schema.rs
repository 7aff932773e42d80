//! Every declared entity: what a store keeps, a table shows and the data dictionary lists.

use clientela_model::{Column, ColumnType, Entity, Facet, Figure, Merge, Record, Summary};

/// Version of the declarations below; raised by every change of them.
pub const SCHEMA_VERSION: u32 = 6;

/// The list of all record types: parts after what they are part of, views last. Hands it to a macro, after what is to go with it.
///
/// ```
/// macro_rules! count {
///     ([$start:expr] $($record:path,)*) => { $start $(+ { let _ = <$record as clientela_model::Record>::ENTITY; 1 })* };
/// }
/// assert_eq!(clientela_core::every_record!(count, 0_usize), clientela_core::ENTITIES.len());
/// ```
#[macro_export]
macro_rules! every_record {
    ($with:ident $(, $($given:tt)*)?) => {
        $with! {
            [$($($given)*)?]
            $crate::organisation::Unit,
            $crate::organisation::NumberSeries,
            $crate::organisation::Position,
            $crate::organisation::User,
            $crate::organisation::Holding,
            $crate::organisation::Profile,
            $crate::organisation::Grant,
            $crate::calendar::WorkingCalendar,
            $crate::calendar::CalendarDay,
            $crate::time::Appointment,
            $crate::time::Absence,
            $crate::planning::ActionPlanTemplate,
            $crate::planning::ActionPlanLine,
            $crate::planning::VisitFrequency,
            $crate::party::Party,
            $crate::party::Vehicle,
            $crate::party::Relationship,
            $crate::party::Contact,
            $crate::party::QuotingCustomer,
            $crate::party::Consent,
            $crate::party::Activity,
            $crate::party::Address,
            $crate::party::ContactPoint,
            $crate::party::PartyIdentifier,
            $crate::party::GroupMembership,
            $crate::party::merging::CustomerMerge,
            $crate::custom::CustomField,
            $crate::custom::CustomValue,
            $crate::custom::ContactCustomValue,
            $crate::custom::VehicleCustomValue,
            $crate::custom::OpportunityCustomValue,
            $crate::custom::LeadCustomValue,
            $crate::fleet::VehicleRole,
            $crate::fleet::VehicleReading,
            $crate::fleet::VehicleContract,
            $crate::fleet::ParkLine,
            $crate::setting::Setting,
            $crate::catalogue::Product,
            $crate::catalogue::PriceList,
            $crate::catalogue::Price,
            $crate::catalogue::TaxRate,
            $crate::catalogue::DiscountSchedule,
            $crate::catalogue::ScheduleTier,
            $crate::catalogue::ExchangeRate,
            $crate::catalogue::PriceRule,
            $crate::catalogue::TaxExemption,
            $crate::sales::approval::ApprovalPolicy,
            $crate::sales::approval::ApprovalLevel,
            $crate::catalogue::CatalogueVersion,
            $crate::catalogue::CatalogueText,
            $crate::catalogue::ProductLine,
            $crate::catalogue::Attribute,
            $crate::catalogue::CatalogueProduct,
            $crate::catalogue::AttributeValue,
            $crate::catalogue::ProductOptionRow,
            $crate::catalogue::ConfigurationRuleRow,
            $crate::catalogue::MaterialLine,
            $crate::sales::SalesMethod,
            $crate::sales::Stage,
            $crate::sales::StageAction,
            $crate::sales::AssessmentQuestion,
            $crate::sales::Opportunity,
            $crate::sales::Passage,
            $crate::sales::Affair,
            $crate::sales::Attachment,
            $crate::sales::Credit,
            $crate::sales::OpportunityMember,
            $crate::sales::OpportunityProduct,
            $crate::sales::OpportunityCompetitor,
            $crate::sales::DecisionMaker,
            $crate::sales::AssessmentAnswer,
            $crate::sales::ForecastAdjustment,
            $crate::sales::ForecastSnapshot,
            $crate::sales::ForecastLine,
            $crate::sales::Offer,
            $crate::sales::OfferRevision,
            $crate::sales::OfferItem,
            $crate::sales::PriceStep,
            $crate::sales::offer::IssueCounter,
            $crate::sales::kept_financing::OfferFinancing,
            $crate::sales::proposal_rule::ProposalRule,
            $crate::sales::approval::ApprovalRequest,
            $crate::sales::approval::ApprovalStep,
            $crate::sales::order::Order,
            $crate::sales::order::OrderLine,
            $crate::sales::order::OrderMilestone,
            $crate::performance::QuotaPlan,
            $crate::performance::QuotaMeasure,
            $crate::performance::QuotaTarget,
            $crate::performance::CreditRule,
            $crate::performance::CreditShare,
            $crate::performance::IncentiveStep,
            $crate::performance::MarketTotal,
            $crate::performance::Challenge,
            $crate::performance::ChallengeEntry,
            $crate::performance::ChallengePrize,
            $crate::marketing::Campaign,
            $crate::marketing::CampaignMember,
            $crate::rules::RuleSet,
            $crate::privacy::Wording,
            $crate::privacy::Erasure,
            $crate::privacy::LegalHold,
            $crate::privacy::RetentionRule,
            $crate::imports::ImportMapping,
            $crate::imports::ImportRun,
            $crate::leads::Lead,
            $crate::leads::LeadConsent,
            $crate::privacy::LeadErasure,
            $crate::leads::scoring::LeadAnswer,
            $crate::leads::scoring::LeadQuestionnaire,
            $crate::leads::scoring::LeadScoreModel,
            $crate::leads::scoring::LeadScoreCount,
            $crate::leads::LeadTerritory,
            $crate::organisation::CustomerShare,
            $crate::organisation::OpportunityShare,
            $crate::assignment::TerritoryModel,
            $crate::assignment::TerritoryRule,
            $crate::assignment::SellerSkill,
            $crate::assignment::SellerCapacity,
            $crate::assignment::AssignmentRun,
            $crate::claims::Claim,
            $crate::party::Customer,
        }
    };
}

macro_rules! entities {
    ([] $($record:path,)*) => {
        /// All entities, in the order of [`every_record`].
        pub const ENTITIES: &[&Entity] = &[$(<$record as Record>::ENTITY),*];
    };
}
every_record!(entities);

/// A column that is none of a table: what a figure is called.
const fn figure(name: &'static str, label: &'static str, doc: &'static str, ty: ColumnType) -> Column {
    Column {
        number: 0,
        name,
        label,
        doc,
        ty,
        nullable: true,
        personal: false,
        facet: Facet::Whole,
        merge: Merge::Central,
        group: None,
        indexed: false,
        listed: true,
        from: None,
    }
}

/// The figures by which lists can be sorted besides columns.
pub const SUMMARIES: &[Summary] = &[
    Summary {
        column: figure(
            "last_contact",
            "Last contact",
            "When an activity with the customer was done last, of those that are reported.",
            ColumnType::Instant,
        ),
        listed: "customer",
        from: "activity",
        by: "customer",
        figure: Figure::Latest("done_at"),
        only: ("state", &["reported"]),
    },
    Summary {
        column: figure(
            "value",
            "Value",
            "The amounts of the opportunities won with the customer, in one currency.",
            ColumnType::Integer,
        ),
        listed: "customer",
        from: "opportunity",
        by: "customer",
        figure: Figure::Sum("amount"),
        only: ("state", &["won"]),
    },
];

/// The figure of that name of an entity's records.
#[must_use]
pub fn summary(entity: &str, name: &str) -> Option<&'static Summary> {
    SUMMARIES.iter().find(|summary| summary.listed == entity && summary.column.name == name)
}

/// The entity of that name.
#[must_use]
pub fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().copied().find(|entity| entity.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::Access;
    use std::collections::HashSet;

    #[test]
    fn numbers_and_names_are_unique_and_references_exist() {
        let mut numbers = HashSet::new();
        let mut names = HashSet::new();
        for declared in ENTITIES {
            assert!(numbers.insert(declared.number), "{} has a number that is taken", declared.name);
            assert!(names.insert(declared.name), "{} is declared twice", declared.name);
            assert_eq!(declared.columns[0].name, "id", "{}", declared.name);
            for column in declared.columns {
                assert!(!column.doc.is_empty(), "{}.{} has no description", declared.name, column.name);
                let hideable = column.facet == Facet::Standard || column.nullable;
                assert!(hideable, "{}.{} is confidential, so it may be empty", declared.name, column.name);
                if let ColumnType::Id(target) = column.ty {
                    assert!(entity(target).is_some(), "{}.{} names {target}", declared.name, column.name);
                }
            }
            if let Some((root, column)) = declared.part_of {
                assert!(entity(root).is_some_and(|root| root.part_of.is_none()), "{}", declared.name);
                assert_eq!(declared.column(column).map(|column| column.ty), Some(ColumnType::Id(root)));
            }
            if let Some(view) = declared.view {
                // A view's column is asked for in the way its index is made: otherwise every question reads all rows.
                for column in declared.columns.iter().skip(1) {
                    let from = entity(column.from.unwrap_or(view.base)).expect(declared.name);
                    let source = from.column(column.name).expect(column.name);
                    let text = column.ty == ColumnType::Text;
                    assert!(!text || column.indexed == source.indexed, "{}.{}", declared.name, column.name);
                }
            }
            match declared.access {
                Access::Public => {}
                Access::Owned => {
                    assert!(declared.column("owner").is_some() && declared.column("unit").is_some())
                }
                Access::Through(column) => assert!(declared.column(column).is_some(), "{}", declared.name),
                Access::Via { entity: from, column } => {
                    let from = entity(from).expect(declared.name);
                    assert_eq!(
                        from.column(column).map(|column| column.ty),
                        Some(ColumnType::Id(declared.name))
                    );
                }
            }
        }
    }
}
