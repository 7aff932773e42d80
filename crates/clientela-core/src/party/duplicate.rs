//! A customer that is entered a second time: by the same dealer, or by another of the network.
//!
//! Dealers share the party, never each other's relationship. What is found by the VAT number is therefore answered so:
//!
//! | known to | seen by the actor | answer |
//! | --- | --- | --- |
//! | nobody | – | enter party and relationship |
//! | the same dealer | yes | `customer.duplicate`, with the customer |
//! | the same dealer | no | `customer.duplicate_at_dealer`, without a word on whose it is |
//! | other dealers only | – | enter a relationship with the party that is there, silently |
//!
//! "Silently" is meant: that another dealer has business with the party is his affair, and the receipt is that of a new
//! customer. The party itself is the network's and seen by whoever has business with it, so what was typed and gave way to
//! what the network knows is named, by the column.

use super::entry::EnteredCustomer;
use super::party::Party;
use super::relationship::Relationship;
use crate::ids::{CustomerId, PartyId, UnitId};
use clientela_model::{Coded, EntityId, ErrorKind, Record, Value, Why};
use uuid::Uuid;

/// A party found by the number that was entered, with all its relationships, whoever may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownParty {
    /// The party.
    pub party: PartyId,
    /// Its relationships.
    pub relationships: Vec<KnownRelationship>,
}

/// A relationship of a party that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownRelationship {
    /// The customer.
    pub customer: CustomerId,
    /// The dealer it belongs to; for an outlet's customer the dealer above
    /// (see [`dealer_of`](crate::organisation::tree::dealer_of)).
    pub dealer: UnitId,
    /// Whether the actor may read it.
    pub visible: bool,
}

/// The party that is known already.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The party.
    pub party: PartyId,
    /// The same dealer's customer, only when the actor may see it.
    pub customer: Option<CustomerId>,
    /// Whether the same dealer has it as a customer.
    pub same_dealer: bool,
    /// What was found, without anything the actor may not see.
    pub why: Why,
}

/// A customer that is there already.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DuplicateError {
    /// The dealer has it, and the actor may see it.
    #[error("a customer with this VAT number is there already; use that one")]
    Customer {
        /// The customer.
        customer: CustomerId,
        /// What was found.
        why: Why,
    },
    /// The dealer has it, and the actor may not see it.
    #[error("a customer with this VAT number is there already at this dealer; ask the manager")]
    AtDealer {
        /// What was found.
        why: Why,
    },
}

impl Coded for DuplicateError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Exists
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Customer { .. } => "customer.duplicate",
            Self::AtDealer { .. } => "customer.duplicate_at_dealer",
        }
    }
    fn field(&self) -> Option<String> {
        Some("vat_number".to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::Customer { customer, .. } => Some(customer.uuid()),
            Self::AtDealer { .. } => None,
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::Customer { why, .. } | Self::AtDealer { why } => Some(why),
        }
    }
}

/// Whether what was found is a duplicate for this dealer; none when nothing was found.
///
/// Offline work can leave several parties with one number. Then the one with a relationship of the same dealer is
/// meant, one the actor sees before one he does not, else the one entered first.
#[must_use]
pub fn find_duplicate(dealer: UnitId, known: &[KnownParty]) -> Option<Duplicate> {
    let of_dealer = known
        .iter()
        .flat_map(|found| found.relationships.iter().map(move |relationship| (found.party, relationship)))
        .filter(|(_, relationship)| relationship.dealer == dealer)
        .min_by_key(|(_, relationship)| (!relationship.visible, relationship.customer));
    if let Some((party, relationship)) = of_dealer {
        let customer = relationship.visible.then_some(relationship.customer);
        let mut why = Why::new("customer.known_at_dealer").fact("by", "vat_number");
        if let Some(customer) = customer {
            why = why.fact("customer", customer);
        }
        return Some(Duplicate { party, customer, same_dealer: true, why });
    }
    known.iter().map(|found| found.party).min().map(|party| Duplicate {
        party,
        customer: None,
        same_dealer: false,
        why: Why::new("customer.party_known"),
    })
}

impl Duplicate {
    /// The party to reuse.
    ///
    /// # Errors
    /// `customer.duplicate`, `customer.duplicate_at_dealer` when the same dealer has it.
    pub fn into_party(self) -> Result<(PartyId, Why), DuplicateError> {
        match (self.same_dealer, self.customer) {
            (false, _) => Ok((self.party, self.why)),
            (true, Some(customer)) => Err(DuplicateError::Customer { customer, why: self.why }),
            (true, None) => Err(DuplicateError::AtDealer { why: self.why }),
        }
    }
}

/// A new relationship with a party that is known already.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinedCustomer {
    /// The known party; what it lacked is filled from what was entered, nothing it had is changed.
    pub party: Party,
    /// The dealer's relationship with it.
    pub relationship: Relationship,
    /// Names of the party's columns that were filled, in the order of its declaration.
    pub filled: Vec<&'static str>,
    /// As for a new customer; with the columns whose content stayed that of the network instead of what was entered. Never
    /// content, and never who knows the party.
    pub why: Why,
}

/// Gives the entered customer the party that is known already.
///
/// Fields that are valid only together (the address) are filled together or not at all, so that no address is ever
/// put together from two.
#[must_use]
pub fn join_party(entered: EnteredCustomer, known: &Party) -> JoinedCustomer {
    let columns = Party::ENTITY.columns;
    let (mut values, given) = (known.to_values(), entered.party.to_values());
    let group_is_empty = |group: &str| {
        // A country is always given, so it says nothing on whether there is an address.
        columns
            .iter()
            .zip(&known.to_values())
            .all(|(column, value)| column.group != Some(group) || !column.nullable || value.is_null())
    };
    let (mut filled, mut kept) = (Vec::new(), Why::new("customer.party_kept"));
    // The id is the party's own.
    for (column, (value, given)) in columns.iter().zip(values.iter_mut().zip(given)).skip(1) {
        let free = match column.group {
            Some(group) => group_is_empty(group) && same_country(known, &entered.party, group),
            None => true,
        };
        if column.nullable && value.is_null() && free && given != Value::Null {
            *value = given;
            filled.push(column.name);
        } else if given != Value::Null && given != *value {
            kept = kept.fact("column", column.name);
        }
    }
    // The values come from two checked records, so they are read back; were they not, the known party stays as it is.
    let (party, filled) = match Party::from_values(values) {
        Ok(party) => (party, filled),
        Err(_) => (known.clone(), Vec::new()),
    };
    let relationship = Relationship { party: known.id, ..entered.relationship };
    let why = if kept.facts.is_empty() { entered.why } else { entered.why.because(kept) };
    JoinedCustomer { party, relationship, filled, why }
}

/// An address is filled only within one country.
fn same_country(known: &Party, entered: &Party, group: &str) -> bool {
    group != "address" || known.country == entered.country
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(number: u128) -> CustomerId {
        CustomerId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn the_table_above_is_the_answer() {
        let unit = |number| UnitId::from_uuid(Uuid::from_u128(number));
        let party = |number| PartyId::from_uuid(Uuid::from_u128(number));
        let (ours, theirs) = (unit(1), unit(2));
        let known = |number, relationships: &[(u128, UnitId, bool)]| KnownParty {
            party: party(number),
            relationships: relationships
                .iter()
                .map(|(id, dealer, visible)| KnownRelationship {
                    customer: customer(*id),
                    dealer: *dealer,
                    visible: *visible,
                })
                .collect(),
        };
        type Case = (&'static str, Vec<KnownParty>, Option<Result<u128, &'static str>>);
        let cases: Vec<Case> = vec![
            ("nobody", vec![], None),
            ("without relationship", vec![known(7, &[])], Some(Ok(7))),
            ("same dealer, seen", vec![known(7, &[(1, ours, true)])], Some(Err("customer.duplicate"))),
            (
                "same dealer, not seen",
                vec![known(7, &[(1, ours, false)])],
                Some(Err("customer.duplicate_at_dealer")),
            ),
            (
                "other dealer, seen or not",
                vec![known(7, &[(1, theirs, true), (2, theirs, false)])],
                Some(Ok(7)),
            ),
            (
                "two parties, ours is meant",
                vec![known(3, &[(1, theirs, true)]), known(7, &[(2, ours, false), (3, ours, true)])],
                Some(Err("customer.duplicate")),
            ),
            ("two parties, the first entered", vec![known(9, &[]), known(8, &[])], Some(Ok(8))),
        ];
        for (name, found, expected) in cases {
            let duplicate = find_duplicate(ours, &found);
            let result = duplicate.map(|duplicate| {
                duplicate.into_party().map(|(party, _)| party.uuid().as_u128()).map_err(|error| {
                    let told = format!("{error} {:?}", error.why());
                    let hidden = error.code() == "customer.duplicate_at_dealer";
                    assert_eq!(hidden, error.entity().is_none(), "{name}");
                    assert!(!hidden || !told.contains(&customer(1).to_string()), "{name}: {told}");
                    error.code()
                })
            });
            assert_eq!(result, expected, "{name}");
        }
    }
}
