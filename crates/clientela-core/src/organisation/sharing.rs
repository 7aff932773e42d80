//! Shares: a customer or an opportunity shown to a position or a unit that has no part in it, for a time.
//!
//! A share widens on which records a right holds; what may be done with them stays the matter of the profile. Who reads
//! customers of his own reads a shared one too; who changes none of his own does not change a shared one either. It gives no
//! confidential fields, and nobody shares on what is only shared with him.

use crate::ids::{CustomerId, CustomerShareId, OpportunityId, OpportunityShareId, PositionId, UnitId};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::{ClosedList, Comparison, EntityId, Predicate, Record, Value, ValueError};
use uuid::Uuid;

use super::profile::Verb;

/// Shares that last given to one position or unit, at most: all that hold are in the condition of every question.
pub const SHARES_MAX: u64 = 1_000;

/// What a share lets the one do it is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ShareRight {
    /// See the record and its parts.
    Read,
    /// See and change them.
    Change,
}

impl ShareRight {
    /// Whether it reaches as far as the verb.
    #[must_use]
    pub const fn allows(self, verb: Verb) -> bool {
        match verb {
            Verb::Read => true,
            Verb::Create | Verb::Change => matches!(self, Self::Change),
            Verb::Administer => false,
        }
    }
}

/// What a share says besides whose record it is of: the same for every kind of record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareTerms {
    /// The position it is given to.
    pub position: Option<PositionId>,
    /// Whether the positions that report to it have it too.
    pub with_team: bool,
    /// The unit it is given to, with all units below it.
    pub unit: Option<UnitId>,
    /// How far it reaches.
    pub right: ShareRight,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; empty until it is ended.
    pub valid_to: Option<NaiveDate>,
}

impl ShareTerms {
    /// Checks the terms of a share that is to be given.
    ///
    /// # Errors
    /// `share.recipient`, `share.ends_before_it_begins`.
    pub fn check(&self) -> Result<(), ValueError> {
        if self.position.is_some() == self.unit.is_some() {
            let error = ValueError::new(
                "share.recipient",
                "recipient",
                "is not one position or one unit",
                "a position or a unit, one of the two",
            );
            return Err(error.at("position"));
        }
        if self.valid_to.is_some_and(|last| last < self.valid_from) {
            let error = ValueError::new(
                "share.ends_before_it_begins",
                "last day",
                "is before the first",
                "a day not before the first",
            );
            return Err(error.at("to"));
        }
        Ok(())
    }
}

/// A record that gives a share.
pub trait Share: Record {
    /// The entity whose records are shared.
    const SHARED: &'static str;

    /// The record that is shared.
    fn shared(&self) -> Uuid;

    /// What was agreed.
    fn terms(&self) -> ShareTerms;

    /// The same share, ended at a moment.
    #[must_use]
    fn ended_at(self, moment: DateTime<Utc>) -> Self;

    /// When it was ended before its last day.
    fn ended(&self) -> Option<DateTime<Utc>>;
}

macro_rules! share {
    ($(#[$doc:meta])* $share:ident, $id:ty, $number:tt, $name:tt, $of:ident, $entity:ident, $of_id:ty, $shared:tt) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Record)]
        #[record(number = $number, name = $name, access = through($of), part_of($entity, $of))]
        pub struct $share {
            /// Id.
            #[field(number = 1)]
            pub id: $id,
            /// The record that is shared.
            #[field(number = 2, indexed)]
            pub $of: $of_id,
            /// The position it is given to; empty when it is given to a unit.
            #[field(number = 3, indexed)]
            pub position: Option<PositionId>,
            /// Whether the positions that report to it have it too.
            #[field(number = 4)]
            pub with_team: bool,
            /// The unit it is given to, with all units below it; empty when it is given to a position.
            #[field(number = 5, indexed)]
            pub unit: Option<UnitId>,
            /// How far it reaches.
            #[field(number = 6)]
            pub right: ShareRight,
            /// First day.
            #[field(number = 7, group = "period")]
            pub valid_from: NaiveDate,
            /// Last day; empty until it is ended.
            #[field(number = 8, group = "period")]
            pub valid_to: Option<NaiveDate>,
            /// When it was ended before its last day.
            #[field(number = 9)]
            pub ended: Option<DateTime<Utc>>,
        }

        impl $share {
            /// A share of these terms.
            #[must_use]
            pub fn new(id: $id, $of: $of_id, terms: ShareTerms) -> Self {
                let ShareTerms { position, with_team, unit, right, valid_from, valid_to } = terms;
                Self { id, $of, position, with_team, unit, right, valid_from, valid_to, ended: None }
            }
        }

        impl Share for $share {
            const SHARED: &'static str = $shared;
            fn shared(&self) -> Uuid {
                self.$of.uuid()
            }
            fn terms(&self) -> ShareTerms {
                ShareTerms {
                    position: self.position,
                    with_team: self.with_team,
                    unit: self.unit,
                    right: self.right,
                    valid_from: self.valid_from,
                    valid_to: self.valid_to,
                }
            }
            fn ended_at(self, moment: DateTime<Utc>) -> Self {
                Self { ended: Some(moment), ..self }
            }
            fn ended(&self) -> Option<DateTime<Utc>> {
                self.ended
            }
        }
    };
}

share! {
    /// A customer shared with a position or a unit: the customer with its contacts, fleet, activities and other parts.
    CustomerShare, CustomerShareId, 133, "customer_share", customer, relationship, CustomerId, "relationship"
}

share! {
    /// An opportunity shared with a position or a unit: the opportunity with its parts and its offers.
    OpportunityShare, OpportunityShareId, 135, "opportunity_share", opportunity, opportunity, OpportunityId, "opportunity"
}

/// A record that is shared with the one who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Its entity.
    pub entity: &'static str,
    /// Its id.
    pub record: Uuid,
    /// How far the share reaches.
    pub right: ShareRight,
    /// The share.
    pub share: Uuid,
}

impl Shared {
    /// What a share gives the one it is given to.
    #[must_use]
    pub fn by<S: Share>(share: &S) -> Self {
        Self {
            entity: S::SHARED,
            record: share.shared(),
            right: share.terms().right,
            share: share.id().uuid(),
        }
    }
}

/// The condition that a share holds on a day for a position: given to it, to a team it is of, or to a unit it sits in or below.
/// `superiors` are the positions above it, `units` its unit and those above.
#[must_use]
pub fn given_to(
    position: PositionId,
    superiors: &[PositionId],
    units: &[UnitId],
    day: NaiveDate,
) -> Predicate {
    let of_team =
        Predicate::OneOf("position".into(), superiors.iter().map(|above| Value::Id(above.uuid())).collect())
            .and(Predicate::equals("with_team", Value::Bool(true)));
    let of_unit = Predicate::OneOf("unit".into(), units.iter().map(|unit| Value::Id(unit.uuid())).collect());
    let given = Predicate::equals("position", Value::Id(position.uuid())).or(of_unit).or(of_team);
    given.and(holding_on(day))
}

/// The condition that a share holds on a day.
#[must_use]
pub fn holding_on(day: NaiveDate) -> Predicate {
    Predicate::Compare("valid_from".into(), Comparison::AtMost, Value::Date(day)).and(lasting_on(day))
}

/// The condition that a share was not ended and its last day is not before this one.
#[must_use]
pub fn lasting_on(day: NaiveDate) -> Predicate {
    let lasts = Predicate::Compare("valid_to".into(), Comparison::AtLeast, Value::Date(day))
        .or(Predicate::Empty("valid_to".into()));
    Predicate::Empty("ended".into()).and(lasts)
}
