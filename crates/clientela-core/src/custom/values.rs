//! Defining added fields and setting their values.

use super::records::{ADDED_TO, CustomField, CustomType, CustomValue};
use crate::findings::{Check, Findings};
use crate::ids::{CustomFieldId, CustomValueId, CustomerId};
use clientela_model::money::parse_decimal;
use clientela_model::{ClosedList, Money, ValueError};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The longest name of a field.
pub const NAME_MAX: usize = 40;
/// The most words of a choice.
pub const CHOICES_MAX: usize = 200;

/// A field as a person defines it. Needed are `name` and `type`; a choice needs `choices`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewCustomField {
    /// Of which entity: customer, contact, vehicle, opportunity or lead; customer when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// Name: small letters, digits and underscores, beginning with a letter.
    pub name: Option<String>,
    /// Its type: a word of [`CustomType`].
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// Name for people; the name when not given.
    pub label: Option<String>,
    /// Whether it can tell something about a person.
    pub personal: bool,
    /// Whether only those who may read confidential fields read it.
    pub confidential: bool,
    /// The words of a choice.
    pub choices: Vec<String>,
}

/// Defines a field, or changes label and words of the one that is there: words that are in use stay.
///
/// # Errors
/// [`Findings`]: `field.missing`, `word.unknown`, `text.*`, `custom_field.entity`, `custom_field.name`, `custom_field.name_taken` for a name of a column,
/// `custom_field.changed` for another type or mark than the field has, `custom_field.choices`.
pub fn define_field(
    new: &NewCustomField,
    id: CustomFieldId,
    known: Option<&CustomField>,
) -> Result<CustomField, Findings> {
    let mut check = Check::new("custom_field");
    let name = check.needed_line("name", new.name.as_deref());
    let entity = new.entity.as_deref().map_or(ADDED_TO[0], str::trim);
    if !ADDED_TO.contains(&entity) {
        let expected = format!("one of {}", ADDED_TO.join(", "));
        let problem = "takes no added fields";
        check.refuse("entity", ValueError::new("custom_field.entity", "entity", problem, expected));
    }
    if let Some(name) = &name {
        check.keep("name", good_name(name, entity));
    }
    let ty: Option<CustomType> = check.needed_word("type", new.ty.as_deref());
    let label = check.line("label", new.label.as_deref());
    if let Some(known) = known
        && (ty.is_some_and(|ty| ty != known.ty)
            || (new.personal, new.confidential) != (known.personal, known.confidential))
    {
        let expected = "the type and marks it has, or another name";
        let problem = "cannot be changed once the field is there";
        check.refuse("type", ValueError::new("custom_field.changed", "type", problem, expected));
    }
    let choices: Vec<String> =
        new.choices.iter().filter_map(|word| check.line("choices", Some(word))).collect();
    if (ty == Some(CustomType::Choice)) == choices.is_empty() || choices.len() > CHOICES_MAX {
        let expected = format!("1 to {CHOICES_MAX} words for a choice, none for another type");
        let problem = "are not those of a field of this type";
        check.refuse("choices", ValueError::new("custom_field.choices", "words", problem, expected));
    }
    let (name, ty) = check.finish(name.zip(ty))?;
    Ok(CustomField {
        id: known.map_or(id, |known| known.id),
        entity: entity.to_owned(),
        label: label.unwrap_or_else(|| name.clone()),
        name,
        ty,
        personal: new.personal,
        confidential: new.confidential,
        choices: (!choices.is_empty()).then(|| choices.join("\n")),
        retired: false,
    })
}

/// Sets the value of a field at a customer, given as JSON in the way of its type: text, a number or its text, a day as text,
/// true or false, a word, or amount with currency; null empties it. `known` is the record that is there.
///
/// # Errors
/// `custom_field.retired`, `custom_value.type`, `custom_value.choice`, `text.*`.
pub fn set_value(
    field: &CustomField,
    value: &Json,
    id: CustomValueId,
    customer: CustomerId,
    known: Option<&CustomValue>,
) -> Result<CustomValue, Findings> {
    let mut check = Check::new("custom_value");
    if field.retired {
        let problem = "takes no values any more";
        check.refuse("field", ValueError::new("custom_field.retired", "field", problem, "a field in use"));
    }
    let id = known.map_or(id, |known| known.id);
    let mut set = CustomValue {
        id,
        customer,
        name: field.name.clone(),
        text: None,
        number: None,
        date: None,
        flag: None,
        amount: None,
        confidential: None,
    };
    if !value.is_null() {
        match (field.ty, value) {
            (CustomType::Text, Json::String(text)) => set.text = check.line("value", Some(text)),
            (CustomType::Choice, Json::String(text)) => set.text = check.keep("value", word(field, text)),
            (CustomType::Number, Json::String(text)) => set.number = check.keep("value", self::number(text)),
            (CustomType::Number, Json::Number(number)) => {
                set.number = check.keep("value", self::number(&number.to_string()));
            }
            (CustomType::Integer, Json::String(text)) => {
                set.number = check.keep("value", self::whole(text));
            }
            (CustomType::Integer, Json::Number(number)) => {
                set.number = check.keep("value", self::whole(&number.to_string()));
            }
            (CustomType::Date, Json::String(text)) => {
                set.date = check.keep("value", text.trim().parse().map_err(|_| wrong_type(field.ty)));
            }
            (CustomType::Boolean, Json::Bool(flag)) => set.flag = Some(*flag),
            (CustomType::Money, Json::Object(_)) => {
                let read = serde_json::from_value::<Money>(value.clone());
                set.amount = check.keep("value", read.map_err(|_| wrong_type(field.ty)));
            }
            (ty, _) => check.refuse("value", wrong_type(ty)),
        }
    }
    if field.confidential {
        set = hidden(set);
    }
    check.finish(Some(set))
}

/// The value moved to the column that only those see who read confidential fields.
fn hidden(set: CustomValue) -> CustomValue {
    let CustomValue { id, customer, name, text, number, date, flag, amount, .. } = set;
    let written = text
        .or_else(|| number.map(|number| number.to_string()))
        .or_else(|| date.map(|date| date.to_string()))
        .or_else(|| flag.map(|flag| flag.to_string()))
        .or_else(|| amount.map(|amount| amount.to_string()));
    CustomValue {
        id,
        customer,
        name,
        text: None,
        number: None,
        date: None,
        flag: None,
        amount: None,
        confidential: written,
    }
}

impl CustomValue {
    /// The value as text; none when it is empty or may not be read.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        hidden(self.clone()).confidential.or_else(|| self.confidential.clone())
    }
}

fn good_name(name: &str, entity: &str) -> Result<(), ValueError> {
    let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    let starts = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    if !starts || !name.chars().all(letters) || name.len() > NAME_MAX {
        let expected =
            format!("small letters, digits and underscores, at most {NAME_MAX}, beginning with a letter");
        return Err(ValueError::new("custom_field.name", "name", "is not a name for a field", expected));
    }
    if crate::entity(entity).is_some_and(|declared| declared.column(name).is_some()) {
        let expected = format!("a name that no column of the {entity} has");
        return Err(ValueError::new("custom_field.name_taken", "name", "is that of a column", expected));
    }
    Ok(())
}

fn word(field: &CustomField, text: &str) -> Result<String, ValueError> {
    let found = field.words().find(|word| *word == text.trim()).map(str::to_owned);
    found.ok_or_else(|| {
        let expected = format!("one of {}", field.words().collect::<Vec<_>>().join(", "));
        ValueError::new("custom_value.choice", "value", "is not a word of the field", expected)
    })
}

fn number(text: &str) -> Result<rust_decimal::Decimal, ValueError> {
    parse_decimal(text).map_err(|_| wrong_type(CustomType::Number))
}

fn whole(text: &str) -> Result<rust_decimal::Decimal, ValueError> {
    let number = parse_decimal(text).map_err(|_| wrong_type(CustomType::Integer))?;
    if i64::try_from(number.mantissa()).is_ok() && number.scale() == 0 {
        return Ok(number);
    }
    Err(wrong_type(CustomType::Integer))
}

fn wrong_type(ty: CustomType) -> ValueError {
    let expected = match ty {
        CustomType::Text => "a text",
        CustomType::Number => "a number, or a text of one",
        CustomType::Integer => "a whole number, or a text of one",
        CustomType::Date => "a day such as 2026-03-04",
        CustomType::Boolean => "true or false",
        CustomType::Choice => "a word of the field's list",
        CustomType::Money => "an amount with its currency",
    };
    ValueError::new("custom_value.type", "value", format!("is not of the type {}", ty.word()), expected)
}
