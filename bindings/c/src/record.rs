//! Records as a host reads them: field by field, as text.

use crate::rt::{CText, cstr};
use clientela::Record;
use clientela::model::EntityId;
use std::ffi::c_char;
use uuid::Uuid;

/// A record's fields in the one way values are written everywhere: exact decimals, ISO dates, amount and currency.
#[derive(Debug)]
pub(crate) struct Fields {
    pub(crate) id: Uuid,
    texts: Vec<(&'static str, Option<CText>)>,
}

impl Fields {
    /// The fields of a record.
    pub(crate) fn of<R: Record>(record: &R) -> Self {
        let texts = R::ENTITY.columns.iter().zip(record.to_values()).map(|(column, value)| {
            (column.name, (!value.is_null()).then(|| CText::new(&value.to_plain_text())))
        });
        Self { id: record.id().uuid(), texts: texts.collect() }
    }

    /// The text of the field of that name; NULL when it is empty or there is no such field.
    ///
    /// # Safety
    /// `field` is NULL or ends with a NUL, `len` is NULL or may be written to.
    pub(crate) unsafe fn give(&self, field: *const c_char, len: *mut usize) -> *const c_char {
        // SAFETY: the caller's promise is passed on.
        let Ok(name) = (unsafe { cstr(field, "field") }) else { return std::ptr::null() };
        let name = column(name);
        let found = self.texts.iter().find(|(column, _)| *column == name);
        match found.and_then(|(_, text)| text.as_ref()) {
            // SAFETY: the caller's promise is passed on.
            Some(text) => unsafe { text.give(len) },
            None => std::ptr::null(),
        }
    }
}

/// The column a host means: the words of an address may be written as a path.
fn column(name: &str) -> &str {
    match name.strip_prefix("address.").unwrap_or(name) {
        "town" => "locality",
        "vat" => "vat_number",
        name => name,
    }
}

/// A text that may not be there, as a result's field.
pub(crate) fn optional(text: Option<&str>) -> Option<CText> {
    text.map(CText::new)
}

/// The address of a text; NULL when it is not there.
pub(crate) fn address(text: Option<&CText>) -> *const c_char {
    text.map_or(std::ptr::null(), CText::as_ptr)
}

#[cfg(test)]
mod tests {
    use super::column;

    #[test]
    fn an_address_may_be_written_as_a_path() {
        for (written, meant) in [
            ("address.town", "locality"),
            ("address.postal_code", "postal_code"),
            ("town", "locality"),
            ("vat", "vat_number"),
            ("name", "name"),
        ] {
            assert_eq!(column(written), meant);
        }
    }
}
