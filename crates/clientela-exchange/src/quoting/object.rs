//! How the contract's objects are declared, and the two shapes JSON has that Rust has not: an object kept as it is,
//! and a list with at least one element.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Declares an object of the contract: `required` members must be there, `optional` ones may be absent (but not `null`).
/// Members are written in the order of the declaration; members the contract does not know are refused.
macro_rules! contract_object {
    ($(#[$meta:meta])* pub struct $name:ident { $($members:tt)* }) => {
        contract_object! { @members [$(#[$meta])*] $name {} {} {} $($members)* }
    };
    (@members $metas:tt $name:ident {$($fields:tt)*} {$($parameters:tt)*} {$($values:tt)*}
     $(#[$doc:meta])* required $member:ident : $type:ty, $($rest:tt)*) => {
        contract_object! { @members $metas $name
            {$($fields)* $(#[$doc])* pub $member: $type,}
            {$($parameters)* $member: $type,}
            {$($values)* $member,}
            $($rest)*
        }
    };
    (@members $metas:tt $name:ident {$($fields:tt)*} {$($parameters:tt)*} {$($values:tt)*}
     $(#[$doc:meta])* optional $member:ident : $type:ty, $($rest:tt)*) => {
        contract_object! { @members $metas $name
            {$($fields)*
             $(#[$doc])*
             #[serde(
                default,
                skip_serializing_if = "Option::is_none",
                deserialize_with = "crate::quoting::object::present"
             )]
             pub $member: Option<$type>,}
            {$($parameters)*}
            {$($values)* $member: None,}
            $($rest)*
        }
    };
    (@members [$($metas:tt)*] $name:ident {$($fields:tt)*} {$($parameters:tt)*} {$($values:tt)*}) => {
        $($metas)*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($fields)*
        }

        impl $name {
            /// One with the members the contract requires, in its order; the optional ones are absent.
            #[must_use]
            #[allow(clippy::too_many_arguments, reason = "the contract requires that many")]
            pub fn new($($parameters)*) -> Self {
                Self { $($values)* }
            }
        }
    };
}
pub(super) use contract_object;

/// Reads a member that may be absent but, when it is there, must be a value: the schema knows no `null`.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A JSON object kept as it came, blanks aside: members this version does not know are handed on unharmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonObject(String);

impl JsonObject {
    /// The object of these members.
    #[must_use]
    pub fn of_numbers(members: &[(&'static str, i64)]) -> Self {
        // The names are the contract's own and need no escapes.
        let members: Vec<String> =
            members.iter().map(|(name, number)| format!("\"{name}\":{number}")).collect();
        Self(format!("{{{}}}", members.join(",")))
    }

    /// Reads an object.
    ///
    /// # Errors
    /// `quoting.object` when it is not a JSON object.
    pub fn parse(json: &str) -> Result<Self, clientela_model::ValueError> {
        serde_json::from_str(json).map_err(|_| {
            clientela_model::ValueError::new(
                "quoting.object",
                "extension",
                "is not an object",
                "a JSON object",
            )
        })
    }

    /// The object as JSON without blanks.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('{') {
            Ok(Self(without_blanks(raw.get())))
        } else {
            Err(D::Error::custom("extension is not an object; expected a JSON object"))
        }
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        RawValue::from_string(self.0.clone()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

fn without_blanks(json: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    json.chars()
        .filter(|letter| {
            let keep = inside || !matches!(letter, ' ' | '\t' | '\n' | '\r');
            if *letter == '"' && !escaped {
                inside = !inside;
            }
            escaped = *letter == '\\' && !escaped;
            keep
        })
        .collect()
}

/// A list with at least one element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NonEmpty<T>(Vec<T>);

impl<T> NonEmpty<T> {
    /// The list of a first element and the rest.
    #[must_use]
    pub fn new(first: T, rest: impl IntoIterator<Item = T>) -> Self {
        Self(std::iter::once(first).chain(rest).collect())
    }

    /// The elements.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for NonEmpty<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let elements = Vec::deserialize(deserializer)?;
        if elements.is_empty() {
            Err(D::Error::custom("list is empty; expected at least one element"))
        } else {
            Ok(Self(elements))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_keeps_its_digits_order_and_blanks_in_text() {
        let object = JsonObject::parse("{ \"b\" : 1.10, \"a b\": [ \"x \\\" y\\\\\" , 1e400 ] }").unwrap();
        assert_eq!(object.as_json(), "{\"b\":1.10,\"a b\":[\"x \\\" y\\\\\",1e400]}");
        assert_eq!(serde_json::to_string(&object).unwrap(), object.as_json());
        for bad in ["[]", "1", "null", "\"{}\"", "{"] {
            assert!(JsonObject::parse(bad).is_err(), "{bad}");
        }
    }
}
