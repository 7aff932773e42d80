//! The value of an added field as one of its own type, for whoever asks for it by the field's name.

use super::records::{CustomField, CustomType, CustomValue};
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::money::parse_decimal;
use clientela_model::{Money, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::borrow::Cow;

/// A stored value in the parts it may lie in, for values that are no records.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CustomParts<'a> {
    /// Text, or the word of a choice.
    pub text: Option<&'a str>,
    /// Number.
    pub number: Option<Decimal>,
    /// Day.
    pub date: Option<NaiveDate>,
    /// Yes or no.
    pub flag: Option<bool>,
    /// Amount.
    pub amount: Option<Money>,
    /// The value of a confidential field, as it is written.
    pub confidential: Option<&'a str>,
}

impl CustomValue {
    /// The parts the value may lie in.
    #[must_use]
    pub fn parts(&self) -> CustomParts<'_> {
        CustomParts {
            text: self.text.as_deref(),
            number: self.number,
            date: self.date,
            flag: self.flag,
            amount: self.amount,
            confidential: self.confidential.as_deref(),
        }
    }
}

impl CustomField {
    /// The value in its field's type; null when it is empty, may not be read, or is a word the field no longer has.
    #[must_use]
    pub fn typed(&self, parts: &CustomParts<'_>) -> Value {
        let value = if self.confidential {
            parts.confidential.and_then(|written| self.parsed(written))
        } else {
            match self.ty {
                CustomType::Text => parts.text.map(text),
                CustomType::Choice => parts.text.and_then(|word| self.word(word)),
                CustomType::Number => parts.number.map(Value::Decimal),
                CustomType::Integer => parts.number.and_then(|number| number.to_i64()).map(Value::Integer),
                CustomType::Date => parts.date.map(Value::Date),
                CustomType::Boolean => parts.flag.map(Value::Bool),
                CustomType::Money => parts.amount.map(Value::Money),
            }
        };
        value.unwrap_or(Value::Null)
    }

    /// What is written of a confidential value, read again.
    fn parsed(&self, written: &str) -> Option<Value> {
        Some(match self.ty {
            CustomType::Text => text(written),
            CustomType::Choice => self.word(written)?,
            CustomType::Number => Value::Decimal(parse_decimal(written).ok()?),
            CustomType::Integer => Value::Integer(written.parse().ok()?),
            CustomType::Date => Value::Date(written.parse().ok()?),
            CustomType::Boolean => Value::Bool(written.parse().ok()?),
            CustomType::Money => {
                let (amount, currency) = written.split_once(' ')?;
                Value::Money(Money::parse(amount, Currency::parse(currency).ok()?).ok()?)
            }
        })
    }

    fn word(&self, word: &str) -> Option<Value> {
        self.words().any(|known| known == word).then(|| text(word))
    }
}

fn text(text: &str) -> Value {
    Value::Text(Cow::Owned(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::{NewCustomField, define_field, set_value};
    use super::*;
    use crate::ids::{CustomFieldId, CustomValueId, CustomerId};
    use clientela_model::{ClosedList, EntityId};
    use serde_json::{Value as Json, json};
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }

    /// Whatever is set comes back in the field's type, hidden or not.
    #[test]
    fn what_is_set_is_read_in_its_type() {
        let euro = json!({"amount": "12.50", "currency": "EUR"});
        let money = serde_json::from_value::<Money>(euro.clone()).unwrap();
        let rows: [(CustomType, Json, Value); 7] = [
            (CustomType::Text, json!("by rail"), text("by rail")),
            (CustomType::Choice, json!("gold"), text("gold")),
            (CustomType::Number, json!("2.50"), Value::Decimal("2.50".parse().unwrap())),
            (CustomType::Integer, json!(7), Value::Integer(7)),
            (CustomType::Date, json!("2026-03-04"), Value::Date("2026-03-04".parse().unwrap())),
            (CustomType::Boolean, json!(true), Value::Bool(true)),
            (CustomType::Money, euro, Value::Money(money)),
        ];
        for (ty, given, expected) in rows {
            for confidential in [false, true] {
                let new = NewCustomField {
                    name: Some("added".into()),
                    ty: Some(ty.word().to_owned()),
                    confidential,
                    choices: if ty == CustomType::Choice {
                        vec!["gold".into(), "silver".into()]
                    } else {
                        vec![]
                    },
                    ..NewCustomField::default()
                };
                let field = define_field(&new, id::<CustomFieldId>(1), None).unwrap();
                let set =
                    set_value(&field, &given, id::<CustomValueId>(2), id::<CustomerId>(3), None).unwrap();
                assert_eq!(field.typed(&set.parts()), expected, "{ty} {confidential}");
                assert_eq!(field.typed(&CustomParts::default()), Value::Null);
                let fewer = CustomField { choices: Some("silver".into()), ..field };
                let left = if ty == CustomType::Choice { Value::Null } else { expected.clone() };
                assert_eq!(fewer.typed(&set.parts()), left);
            }
        }
        let field = define_field(
            &NewCustomField {
                name: Some("n".into()),
                ty: Some("integer".into()),
                ..NewCustomField::default()
            },
            id::<CustomFieldId>(1),
            None,
        );
        let field = field.unwrap();
        for wrong in [json!(1.5), json!("1.0"), json!("many"), json!("99999999999999999999")] {
            assert!(
                set_value(&field, &wrong, id::<CustomValueId>(2), id::<CustomerId>(3), None).is_err(),
                "{wrong}"
            );
        }
    }
}
