//! What differs between two versions of an offer, or between an offer and what was ordered of it: line by line, in money.

use crate::sales::waterfall::{ItemInput, OfferInput, Priced, StepChange, StepInput};
use clientela_model::{ClosedList, Money, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum DifferenceKind {
    /// The line is new.
    Added,
    /// The line is gone.
    Removed,
    /// Something of the line is another.
    Changed,
    /// An option of the line is new.
    OptionAdded,
    /// An option of the line is gone.
    OptionRemoved,
    /// A step of the price is new.
    StepAdded,
    /// A step of the price is gone.
    StepRemoved,
    /// A settlement differs.
    Settlement,
    /// A total differs.
    Total,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What kind.
    pub kind: DifferenceKind,
    /// Place of the line; empty for the whole.
    pub line: Option<String>,
    /// What stands on the line: its label, or its code.
    pub subject: String,
    /// Which field: quantity, unit_list, unit_net, tax_percent, term_months, mileage, line_net, net, tax, gross, payable.
    pub field: Option<String>,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
    /// What that changes of the line's net amount or of the total; empty where it does not by itself.
    pub amount: Option<Money>,
}

/// All that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferDifference {
    /// The differences, line by line, then settlements and totals.
    pub entries: Vec<Difference>,
    /// What the net total changes by.
    pub net: Money,
    /// What is to be paid changes by.
    pub payable: Money,
    /// In short.
    pub why: Why,
}

/// Compares two contents and their prices. They are of one currency; else amounts are told and not subtracted.
#[must_use]
pub fn difference(before: (&OfferInput, &Priced), after: (&OfferInput, &Priced)) -> OfferDifference {
    let mut entries = Vec::new();
    let old: BTreeMap<&str, usize> = by_line(before.0);
    let new: BTreeMap<&str, usize> = by_line(after.0);
    let mut lines: Vec<&str> = old.keys().chain(new.keys()).copied().collect();
    lines.sort_unstable_by(|left, right| crate::sales::waterfall::line_order(left, right));
    lines.dedup();
    for line in lines {
        let item = |side: (&'_ OfferInput, &'_ Priced), index: Option<&usize>| {
            let index = *index?;
            Some((side.0.items.get(index)?.clone(), side.1.items.get(index)?.clone()))
        };
        match (item(before, old.get(line)), item(after, new.get(line))) {
            (Some((item, priced)), None) => {
                let amount = Money::new(-priced.line_net.amount(), priced.line_net.currency());
                entries.push(whole(DifferenceKind::Removed, &item, Some(amount)));
            }
            (None, Some((item, priced))) => {
                entries.push(whole(DifferenceKind::Added, &item, Some(priced.line_net)));
            }
            (Some(old), Some(new)) => of_line(&mut entries, (&old.0, &old.1), (&new.0, &new.1)),
            (None, None) => {}
        }
    }
    settlements(&mut entries, before.0, after.0);
    for (field, old, new) in [
        ("net", before.1.net, after.1.net),
        ("tax", before.1.tax, after.1.tax),
        ("gross", before.1.gross, after.1.gross),
        ("payable", before.1.payable, after.1.payable),
    ] {
        if old != new {
            entries.push(Difference {
                kind: DifferenceKind::Total,
                line: None,
                subject: field.to_owned(),
                field: Some(field.to_owned()),
                before: Some(old.to_string()),
                after: Some(new.to_string()),
                amount: new.checked_sub(old).ok(),
            });
        }
    }
    let change = |old: Money, new: Money| new.checked_sub(old).unwrap_or(new);
    let (net, payable) = (change(before.1.net, after.1.net), change(before.1.payable, after.1.payable));
    let why = Why::new("offer.difference")
        .fact("differences", entries.len())
        .fact("net", net)
        .fact("payable", payable);
    OfferDifference { entries, net, payable, why }
}

fn by_line(input: &OfferInput) -> BTreeMap<&str, usize> {
    input.items.iter().enumerate().map(|(index, item)| (item.line.as_str(), index)).collect()
}

fn subject(item: &ItemInput) -> String {
    item.label.as_ref().unwrap_or(&item.code).into()
}

fn whole(kind: DifferenceKind, item: &ItemInput, amount: Option<Money>) -> Difference {
    let quantity = Some(item.quantity.normalize().to_string());
    let (before, after) = if kind == DifferenceKind::Removed { (quantity, None) } else { (None, quantity) };
    Difference {
        kind,
        line: Some(item.line.clone().into()),
        subject: subject(item),
        field: Some("quantity".to_owned()),
        before,
        after,
        amount,
    }
}

type Side<'a> = (&'a ItemInput, &'a crate::sales::waterfall::PricedItem);

fn of_line(entries: &mut Vec<Difference>, (old, old_priced): Side<'_>, (new, new_priced): Side<'_>) {
    let number = |number: Decimal| number.normalize().to_string();
    let months = |term: Option<u16>| term.map(|months| months.to_string()).unwrap_or_default();
    let kilometres = |a_year: Option<u32>| a_year.map(|mileage| mileage.to_string()).unwrap_or_default();
    let mut changed = |field: &str, before: String, after: String, amount: Option<Money>| {
        if before != after {
            entries.push(Difference {
                kind: DifferenceKind::Changed,
                line: Some(new.line.clone().into()),
                subject: subject(new),
                field: Some(field.to_owned()),
                before: Some(before),
                after: Some(after),
                amount,
            });
        }
    };
    changed("code", old.code.clone().into(), new.code.clone().into(), None);
    changed("quantity", number(old.quantity), number(new.quantity), None);
    changed("unit_list", old.unit_list.to_string(), new.unit_list.to_string(), None);
    changed("tax_percent", number(old.tax_percent), number(new.tax_percent), None);
    changed("term_months", months(old.term_months), months(new.term_months), None);
    changed("mileage", kilometres(old.mileage), kilometres(new.mileage), None);
    changed("unit_net", old_priced.unit_net.to_string(), new_priced.unit_net.to_string(), None);
    let amount = new_priced.line_net.checked_sub(old_priced.line_net).ok();
    changed("line_net", old_priced.line_net.to_string(), new_priced.line_net.to_string(), amount);
    let part = |kind, subject: String, before, after| Difference {
        kind,
        line: Some(new.line.clone().into()),
        subject,
        field: None,
        before,
        after,
        amount: None,
    };
    for option in &old.options {
        if !new.options.iter().any(|other| other.code == option.code && other.quantity == option.quantity) {
            let name = option.label.as_ref().unwrap_or(&option.code).into();
            entries.push(part(DifferenceKind::OptionRemoved, name, Some(option.unit_list.to_string()), None));
        }
    }
    for option in &new.options {
        if !old.options.iter().any(|other| other.code == option.code && other.quantity == option.quantity) {
            let name = option.label.as_ref().unwrap_or(&option.code).into();
            entries.push(part(DifferenceKind::OptionAdded, name, None, Some(option.unit_list.to_string())));
        }
    }
    let mut left: Vec<&StepInput> = new.steps.iter().collect();
    for step in &old.steps {
        match left.iter().position(|other| same(other, step)) {
            Some(place) => {
                left.remove(place);
            }
            None => entries.push(part(DifferenceKind::StepRemoved, name_of(step), Some(size_of(step)), None)),
        }
    }
    for step in left {
        entries.push(part(DifferenceKind::StepAdded, name_of(step), None, Some(size_of(step))));
    }
}

fn same(left: &StepInput, right: &StepInput) -> bool {
    (left.kind, &left.code, left.change, left.authority)
        == (right.kind, &right.code, right.change, right.authority)
}

fn name_of(step: &StepInput) -> String {
    step.label.as_ref().unwrap_or(&step.code).into()
}

fn size_of(step: &StepInput) -> String {
    match step.change {
        StepChange::Percent { percent, .. } => format!("{} %", percent.normalize()),
        StepChange::Amount(amount) => amount.to_string(),
    }
}

fn settlements(entries: &mut Vec<Difference>, before: &OfferInput, after: &OfferInput) {
    let mut told = |subject: &str, before: Option<Money>, after: Option<Money>| {
        let nothing = |money: Option<Money>| money.map_or(Decimal::ZERO, Money::amount);
        let currency = before.or(after).map(Money::currency);
        entries.push(Difference {
            kind: DifferenceKind::Settlement,
            line: None,
            subject: subject.to_owned(),
            field: Some("amount".to_owned()),
            before: before.map(|money| money.to_string()),
            after: after.map(|money| money.to_string()),
            amount: currency.map(|currency| Money::new(nothing(before) - nothing(after), currency)),
        });
    };
    for old in &before.settlements {
        let new = after.settlements.iter().find(|new| (new.kind, &new.code) == (old.kind, &old.code));
        if new.is_none_or(|new| new.amount != old.amount) {
            told(old.label.as_deref().unwrap_or(&old.code), Some(old.amount), new.map(|new| new.amount));
        }
    }
    for new in &after.settlements {
        if !before.settlements.iter().any(|old| (old.kind, &old.code) == (new.kind, &new.code)) {
            told(new.label.as_deref().unwrap_or(&new.code), None, Some(new.amount));
        }
    }
}
