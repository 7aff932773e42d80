//! Added fields: what rules may speak of in this store, and the fields as columns beside those of the customer.

use crate::error::Result;
use crate::view::View;
use clientela_columns::{Children, Column, DecimalBuilder, FlagBuilder, Records, TextBuilder, WholeBuilder};
use clientela_core::custom::{AddedValue, CustomField, CustomParts, CustomType};
use clientela_core::rules_environment::{ADDED, Vocabulary, added_name};
use clientela_model::{Money, Predicate, Value};
use clientela_rules::Path;
use clientela_rules::plan::row::{date_of, days_of};
use clientela_store::{Order, Reader};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;

/// What rules may speak of in the store as it is: fields are added seldom and are few, so they are read whenever a rule is.
pub(crate) fn vocabulary(reader: &Reader<'_>) -> Result<Vocabulary> {
    let fields = reader.find::<CustomField>(&Predicate::Everything, &Order::by_id(), None, 0)?;
    Ok(Vocabulary::with_added(fields.into_iter().map(|stored| stored.record).collect()))
}

/// The customers with the added fields a rule reads as columns, made from the entries that may be seen.
pub(crate) fn with_added(records: &Arc<Records>, vocabulary: &Vocabulary, reads: &[Path]) -> Arc<Records> {
    let wanted: Vec<&CustomField> = vocabulary
        .added_to("customer")
        .filter(|field| is_read(reads, "customer", &added_name(field)))
        .collect();
    let Some(children) = records.child(ADDED).filter(|_| !wanted.is_empty()) else {
        return Arc::clone(records);
    };
    let entries = Entries::of(children);
    let places = entries.places(children, &wanted);
    let start = (**records).clone();
    let all = wanted.into_iter().zip(places).fold(start, |records, (field, places)| {
        let values = places.into_iter().map(|place| place.map_or(Value::Null, |at| entries.typed(field, at)));
        with_column(records, field, values)
    });
    Arc::new(all)
}

/// The records of another subject, or of a list, with the added fields a rule reads of it as columns, made from values that were
/// read.
pub(crate) fn with_values<V: AddedValue>(
    records: Records,
    ids: &[u128],
    vocabulary: &Vocabulary,
    (subject, reads): (&str, &[Path]),
    values: &[V],
) -> Records {
    let wanted = vocabulary.added_to(V::OF).filter(|field| is_read(reads, subject, &added_name(field)));
    wanted.fold(records, |records, field| {
        let of_field = values.iter().filter(|value| value.name() == field.name);
        let of_field: HashMap<u128, &V> = of_field.map(|value| (value.of().as_u128(), value)).collect();
        let told =
            ids.iter().map(|id| of_field.get(id).map_or(Value::Null, |value| field.typed(&value.parts())));
        with_column(records, field, told)
    })
}

/// The values of the fields added to records that satisfy a condition, where a rule reads any.
pub(crate) fn values_read<V: AddedValue>(
    view: &View<'_>,
    vocabulary: &Vocabulary,
    reads: &[Path],
    of: &Predicate,
) -> Result<Vec<V>> {
    if !vocabulary.added_to(V::OF).any(|field| is_read(reads, V::OF, &added_name(field))) {
        return Ok(Vec::new());
    }
    let satisfying = Box::new(of.clone());
    view.records(&match of {
        Predicate::Everything => Predicate::Everything,
        _ => Predicate::Refers { column: V::OF.into(), entity: V::OF, satisfying },
    })
}

/// Whether a rule reads a field of its subject, or the subject as a whole.
pub(super) fn is_read(reads: &[Path], subject: &str, name: &str) -> bool {
    reads.iter().any(|path| {
        let rest = path.text.strip_prefix(subject);
        rest.is_some_and(|rest| {
            let field = rest.strip_prefix('.').and_then(|rest| rest.strip_prefix(name));
            rest.is_empty() || field.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    })
}

/// The columns of the entries.
struct Entries {
    name: Arc<Column>,
    text: Arc<Column>,
    number: Arc<Column>,
    date: Arc<Column>,
    flag: Arc<Column>,
    amount: Arc<Column>,
    currency: Arc<Column>,
    confidential: Arc<Column>,
}

impl Entries {
    fn of(children: &Children) -> Self {
        let column = |name: &str| {
            children.records().column(name).map_or_else(|| Arc::new(Column::MISSING), Arc::clone)
        };
        Self {
            name: column("name"),
            text: column("text"),
            number: column("number"),
            date: column("date"),
            flag: column("flag"),
            amount: column("amount.amount"),
            currency: column("amount.currency"),
            confidential: column("confidential"),
        }
    }

    /// For each field, the entry of each customer.
    fn places(&self, children: &Children, fields: &[&CustomField]) -> Vec<Vec<Option<usize>>> {
        let by_name: HashMap<&str, usize> =
            fields.iter().enumerate().map(|(at, field)| (field.name.as_str(), at)).collect();
        let mut places = vec![vec![None; children.parents()]; fields.len()];
        for parent in 0..children.parents() {
            for entry in children.of(parent) {
                if children.visible().is_some_and(|visible| !visible.get(entry)) {
                    continue;
                }
                let field = self.name.text_at(entry).and_then(|name| by_name.get(name));
                let slot = field.and_then(|at| places.get_mut(*at)).and_then(|column| column.get_mut(parent));
                if let Some(slot) = slot {
                    *slot = Some(entry);
                }
            }
        }
        places
    }

    fn typed(&self, field: &CustomField, at: usize) -> Value {
        let amount =
            || Some(Money::new(self.amount.decimal_at(at)?, self.currency.text_at(at)?.parse().ok()?));
        field.typed(&CustomParts {
            text: self.text.text_at(at),
            number: self.number.decimal_at(at),
            date: self.date.whole_at(at).and_then(date_of),
            flag: self.flag.flag_at(at),
            amount: amount(),
            confidential: self.confidential.text_at(at),
        })
    }
}

/// The records with a field's values as a column, or as two for amounts.
fn with_column(records: Records, field: &CustomField, values: impl Iterator<Item = Value>) -> Records {
    let name = added_name(field);
    match field.ty {
        CustomType::Text | CustomType::Choice => {
            let mut builder = TextBuilder::default();
            values.for_each(|value| match &value {
                Value::Text(text) => builder.push(Some(&**text)),
                _ => builder.push(None),
            });
            records.with(name, builder.finish(None))
        }
        CustomType::Number => {
            let mut builder = DecimalBuilder::default();
            values.for_each(|value| match value {
                Value::Decimal(number) => builder.push(digits(number)),
                _ => builder.push(None),
            });
            records.with(name, builder.finish(None))
        }
        CustomType::Integer | CustomType::Date => {
            let mut builder = WholeBuilder::default();
            values.for_each(|value| match value {
                Value::Integer(number) => builder.push(Some(number)),
                Value::Date(day) => builder.push(Some(days_of(day))),
                _ => builder.push(None),
            });
            records.with(name, builder.finish(None))
        }
        CustomType::Boolean => {
            let mut builder = FlagBuilder::default();
            values.for_each(|value| match value {
                Value::Bool(flag) => builder.push(Some(flag)),
                _ => builder.push(None),
            });
            records.with(name, builder.finish(None))
        }
        CustomType::Money => {
            let (mut amounts, mut currencies) = (DecimalBuilder::default(), TextBuilder::default());
            values.for_each(|value| match value {
                Value::Money(money) => {
                    amounts.push(digits(money.amount()));
                    currencies.push(Some(money.currency().code()));
                }
                _ => {
                    amounts.push(None);
                    currencies.push(None);
                }
            });
            let amounts = records.with(format!("{name}.amount"), amounts.finish(None));
            amounts.with(format!("{name}.currency"), currencies.finish(None))
        }
    }
}

/// Digits and scale, as the store keeps decimals: those that fit 64 bits.
fn digits(number: Decimal) -> Option<(i64, u32)> {
    i64::try_from(number.mantissa()).ok().map(|digits| (digits, number.scale()))
}
