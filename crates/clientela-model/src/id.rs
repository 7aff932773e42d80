//! Typed ids: UUID version 7 (RFC 9562, section 5.7), made by the client from a time and random bits it passes in.

use crate::error::ValueError;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// An id of one kind of record. A `PartyId` cannot be passed for an `OfferId`.
pub trait EntityId: Copy + Eq + Ord + std::hash::Hash + std::fmt::Debug + std::fmt::Display {
    /// The entity's name, as in the data dictionary.
    const ENTITY: &'static str;
    /// From the plain UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The plain UUID.
    fn uuid(self) -> Uuid;
}

/// A UUID version 7 of this instant: 48 bits of milliseconds since 1970, then the random bits given.
///
/// Sorts by time. The caller passes time and randomness, so that results can be repeated.
#[must_use]
pub fn uuid_v7(at: DateTime<Utc>, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// The moment a UUID of version 7 was made at; none for those of other versions, which do not say.
#[must_use]
pub fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let millis = i64::try_from(id.as_u128() >> 80).ok().filter(|_| id.get_version_num() == 7)?;
    DateTime::from_timestamp_millis(millis)
}

/// Reads the usual hyphenated form.
///
/// # Errors
/// `id.malformed` when the text is not a UUID.
pub fn parse_uuid(text: &str) -> Result<Uuid, ValueError> {
    Uuid::try_parse(text).map_err(|_| {
        ValueError::new(
            "id.malformed",
            "id",
            "is not a UUID",
            "36 characters such as 01890a5d-ac96-774b-bcce-b302099a8057",
        )
    })
}

/// Declares typed ids: `entity_ids! { /// A party. PartyId = "party"; }`.
#[macro_export]
macro_rules! entity_ids {
    ($($(#[$doc:meta])* $name:ident = $entity:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(::uuid::Uuid);

        impl $crate::EntityId for $name {
            const ENTITY: &'static str = $entity;
            fn from_uuid(uuid: ::uuid::Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> ::uuid::Uuid {
                self.0
            }
        }

        impl $name {
            /// A new id of this instant; time and random bits are the caller's.
            #[must_use]
            pub fn new(at: ::chrono::DateTime<::chrono::Utc>, random: [u8; 10]) -> Self {
                Self($crate::id::uuid_v7(at, random))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!($entity, " {}"), self.0.hyphenated())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ValueError;
            fn from_str(text: &str) -> Result<Self, $crate::ValueError> {
                $crate::id::parse_uuid(text).map(Self)
            }
        }

        impl $crate::Field for $name {
            const TYPE: $crate::ColumnType = $crate::ColumnType::Id($entity);
            fn to_value(&self) -> $crate::Value {
                $crate::Value::Id(self.0)
            }
            fn from_value(value: $crate::Value) -> Result<Self, $crate::ValueError> {
                value.into_id().map(Self)
            }
        }
    )*};
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro declares for other crates")]
mod tests {
    use super::*;
    use chrono::TimeZone;

    crate::entity_ids! {
        /// A thing.
        ThingId = "thing";
    }

    #[test]
    fn a_new_id_is_version_7_and_sorts_by_time() {
        let early = ThingId::new(Utc.timestamp_millis_opt(1_700_000_000_000).unwrap(), [0xff; 10]);
        let late = ThingId::new(Utc.timestamp_millis_opt(1_700_000_000_001).unwrap(), [0; 10]);
        assert_eq!(early.uuid().get_version_num(), 7);
        assert!(early < late);
        assert_eq!(early.to_string().parse::<ThingId>().unwrap(), early);
        assert_eq!("nonsense".parse::<ThingId>().unwrap_err().code, "id.malformed");
    }
}
