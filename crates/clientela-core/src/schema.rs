//! Every declared entity: what a store keeps, a table shows and the data dictionary lists.

use crate::{catalogue, marketing, organisation, party, performance, rules, sales};
use clientela_model::{Entity, Record};

/// Version of the declarations below; raised by every change of them.
pub const SCHEMA_VERSION: u32 = 2;

/// All entities, parts after what they are part of, views last.
pub const ENTITIES: &[&Entity] = &[
    organisation::Unit::ENTITY,
    organisation::NumberSeries::ENTITY,
    organisation::Position::ENTITY,
    organisation::User::ENTITY,
    organisation::Holding::ENTITY,
    organisation::Profile::ENTITY,
    organisation::Grant::ENTITY,
    party::Party::ENTITY,
    party::Vehicle::ENTITY,
    party::Relationship::ENTITY,
    party::Contact::ENTITY,
    party::Consent::ENTITY,
    party::Activity::ENTITY,
    catalogue::Product::ENTITY,
    catalogue::PriceList::ENTITY,
    catalogue::Price::ENTITY,
    catalogue::TaxRate::ENTITY,
    sales::SalesMethod::ENTITY,
    sales::Stage::ENTITY,
    sales::StageAction::ENTITY,
    sales::AssessmentQuestion::ENTITY,
    sales::Opportunity::ENTITY,
    sales::Passage::ENTITY,
    sales::Affair::ENTITY,
    sales::Attachment::ENTITY,
    sales::Credit::ENTITY,
    sales::OpportunityMember::ENTITY,
    sales::OpportunityProduct::ENTITY,
    sales::OpportunityCompetitor::ENTITY,
    sales::DecisionMaker::ENTITY,
    sales::AssessmentAnswer::ENTITY,
    sales::ForecastAdjustment::ENTITY,
    sales::ForecastSnapshot::ENTITY,
    sales::ForecastLine::ENTITY,
    sales::Offer::ENTITY,
    sales::OfferRevision::ENTITY,
    sales::OfferItem::ENTITY,
    sales::PriceStep::ENTITY,
    performance::QuotaPlan::ENTITY,
    performance::QuotaTarget::ENTITY,
    marketing::Campaign::ENTITY,
    marketing::CampaignMember::ENTITY,
    rules::RuleSet::ENTITY,
    party::Customer::ENTITY,
];

/// The entity of that name.
#[must_use]
pub fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().copied().find(|entity| entity.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::{Access, ColumnType, Facet};
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
