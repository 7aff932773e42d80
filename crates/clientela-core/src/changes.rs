//! How changes name fields: what all of them share.

use serde::{Deserialize, Deserializer};

/// A named field, with or without a value: being named at all is what tells `null` from a field left out.
pub(crate) fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
