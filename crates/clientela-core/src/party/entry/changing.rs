//! Changing what was entered: what is named is laid over what a person would give of the record, and that is entered again, so that
//! a changed record passes the checks of a new one.

use crate::findings::Check;
use clientela_model::Record;
use serde::{Deserialize, Deserializer};

/// Being named at all is what tells `null` from a field left out.
///
/// # Errors
/// What the value itself is refused with.
pub fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// Changes a field that is never empty, if it is named and acceptable.
pub(super) fn needed<T>(
    check: &mut Check,
    field: &mut T,
    text: Option<&str>,
    read: impl FnOnce(&mut Check, Option<&str>) -> Option<T>,
) {
    if text.is_some()
        && let Some(value) = read(check, text)
    {
        *field = value;
    }
}

/// Changes or empties a field, if it is named.
pub(super) fn optional<T>(
    check: &mut Check,
    field: &mut Option<T>,
    named: &Option<Option<String>>,
    read: impl FnOnce(&mut Check, Option<&str>) -> Option<T>,
) {
    if let Some(text) = named {
        *field = read(check, text.as_deref());
    }
}

/// Names of the columns in which two states of a record differ, in the order of the declaration.
#[must_use]
pub fn differing<R: Record>(before: &R, after: &R) -> Vec<&'static str> {
    let columns = R::ENTITY.columns.iter().map(|column| column.name);
    columns
        .zip(before.to_values().iter().zip(&after.to_values()))
        .filter(|(_, (before, after))| before != after)
        .map(|(column, _)| column)
        .collect()
}

/// Declares what is to change of a record that is entered as the named structure, field by field.
///
/// A field that is not named (`None`) stays as it is; one named without a value (`Some(None)`, in JSON `null`) is emptied, and
/// refused where the record cannot be without it.
macro_rules! change_of {
    ($(#[$doc:meta])* $change:ident of $new:ident { $($(#[$of_field:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$doc])*
        ///
        /// A field that is not named (`None`) stays as it is; one named without a value (`Some(None)`, in JSON `null`) is
        /// emptied, and refused where the record cannot be without it.
        #[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $change {$(
            $(#[$of_field])*
            #[serde(
                deserialize_with = "crate::party::entry::changing::named",
                skip_serializing_if = "Option::is_none"
            )]
            pub $field: Option<Option<$ty>>,
        )*}

        impl $change {
            /// Lays what is named over what a person would give of the record.
            fn over(&self, given: $new) -> $new {
                let mut changed = given;
                $(if let Some(value) = &self.$field {
                    changed.$field.clone_from(value);
                })*
                changed
            }
        }
    };
}

pub(crate) use change_of;
