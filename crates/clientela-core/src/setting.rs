//! Figures an installation decides by, as documents under a name: thresholds, weights, tiers.
//!
//! What a name's document must look like is said by the type that reads it; [`Setting::read`] gives it, and what each
//! type takes for granted holds where nothing is set.

use crate::ids::SettingId;
use clientela_model::{Record, ValueError};
use serde::de::DeserializeOwned;

/// A document of figures under a name.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 144, name = "setting", access = public, key = name)]
pub struct Setting {
    /// Id.
    #[field(number = 1)]
    pub id: SettingId,
    /// Name, such as fleet.replacement.
    #[field(number = 2, merge = fact, indexed)]
    pub name: String,
    /// The document, in JSON.
    #[field(number = 3, merge = central)]
    pub document: String,
}

impl Setting {
    /// The document as what it is for.
    ///
    /// # Errors
    /// `setting.malformed` when it is not of that form.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ValueError> {
        read(&self.document)
    }
}

/// A document as what it is for.
///
/// # Errors
/// `setting.malformed`, with the place.
pub fn read<T: DeserializeOwned>(document: &str) -> Result<T, ValueError> {
    serde_json::from_str(document).map_err(|error| {
        let place =
            format!("a document of its form; it fails at line {}, column {}", error.line(), error.column());
        ValueError::new("setting.malformed", "setting", "is not of the form its name asks for", place)
            .at("document")
    })
}
