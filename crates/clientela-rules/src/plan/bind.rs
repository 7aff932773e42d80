//! A plan for one run: what is known before the first row is put in, and what follows from it is computed once.

use super::lower::whole_of;
use super::row::shifted;
use super::{
    Bits, Condition, Exact, Expression, FieldKind, Floating, Folded, Id, Place, Plan, Quantifier, Text,
    Whole, row,
};
use crate::datum::Datum;
use rust_decimal::Decimal;
use std::sync::Arc;

/// What is known before the first row.
pub trait Known {
    /// The value of a field of the record, if it is the same for all rows, such as `today`.
    fn value(&self, field: usize) -> Option<Datum>;
    /// Whether a field starts from a variable nobody gave: then it cannot even be told whether it has a value.
    fn unbound(&self, field: usize) -> bool;
    /// Whether a field has a value in every row.
    fn always(&self, field: usize) -> bool;
    /// Whether every record has a list, be it empty.
    fn listed(&self, table: usize) -> bool;
}

impl Plan {
    /// What the rule asks, as a condition; a formula is none and is never known.
    #[must_use]
    pub fn condition(&self) -> Condition {
        match &self.root {
            Expression::Condition(condition) => condition.clone(),
            Expression::Interpreted(part) => Condition::Interpreted(part.clone()),
            _ => Condition::Constant(None),
        }
    }

    /// A condition of this plan with what is known put in.
    #[must_use]
    pub fn bound(&self, condition: &Condition, known: &dyn Known) -> Condition {
        Bind { plan: self, known }.condition(condition)
    }
}

struct Bind<'k> {
    plan: &'k Plan,
    known: &'k dyn Known,
}

impl Bind<'_> {
    fn value(&self, place: Place, kind: impl Fn(FieldKind) -> bool) -> Option<Datum> {
        let field = self.plan.fields.get(usize::from(place.field)).filter(|field| kind(field.kind))?;
        if field.table == 0 { self.known.value(place.field.into()) } else { None }
    }

    fn condition(&self, condition: &Condition) -> Condition {
        match condition {
            Condition::Field(place) => match self.value(*place, |kind| kind == FieldKind::Bool) {
                Some(Datum::Bool(yes)) => Condition::Constant(Some(yes)),
                Some(_) => Condition::Constant(None),
                None => condition.clone(),
            },
            Condition::Present(place) if self.known.unbound(place.field.into()) => Condition::Constant(None),
            Condition::Present(place) => match self.value(*place, |_| true) {
                Some(value) => Condition::Constant(Some(value != Datum::Null)),
                None if self.known.always(place.field.into()) => Condition::Constant(Some(true)),
                None => condition.clone(),
            },
            Condition::Not(part) => match self.condition(part) {
                Condition::Constant(value) => Condition::Constant(value.map(|yes| !yes)),
                part => Condition::Not(Box::new(part)),
            },
            Condition::All(parts) => self.joined(parts, false),
            Condition::Any(parts) => self.joined(parts, true),
            Condition::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                match self.condition(condition) {
                    Condition::Constant(Some(true)) => self.condition(yes),
                    Condition::Constant(Some(false)) => self.condition(no),
                    Condition::Constant(None) => Condition::Constant(None),
                    condition => match (self.condition(yes), self.condition(no)) {
                        (Condition::Constant(Some(true)), Condition::Constant(Some(false))) => condition,
                        (yes, no) => Condition::Choice(Box::new([condition, yes, no])),
                    },
                }
            }
            Condition::Same(parts) => {
                let [one, two] = &**parts;
                let (one, two) = (self.condition(one), self.condition(two));
                if one == two && self.certain(&one) {
                    return Condition::Constant(Some(true));
                }
                computed(Condition::Same(Box::new([one, two])))
            }
            Condition::Whole(comparison, one, two) => {
                computed(Condition::Whole(*comparison, self.whole(one), self.whole(two)))
            }
            Condition::WholeIn(one, these) => {
                computed(Condition::WholeIn(self.whole(one), Arc::clone(these)))
            }
            Condition::Decimal(comparison, one, two) => {
                computed(Condition::Decimal(*comparison, self.exact(one), self.exact(two)))
            }
            Condition::DecimalIn(one, these) => {
                computed(Condition::DecimalIn(self.exact(one), Arc::clone(these)))
            }
            Condition::Double(comparison, one, two) => {
                computed(Condition::Double(*comparison, self.floating(one), self.floating(two)))
            }
            Condition::Text(comparison, one, two) => {
                computed(Condition::Text(*comparison, self.text(one), self.text(two)))
            }
            Condition::TextIn(one, these) => computed(Condition::TextIn(self.text(one), Arc::clone(these))),
            Condition::TextLike(one, test) => computed(Condition::TextLike(self.text(one), test.clone())),
            Condition::Id(equal, one, two) => computed(Condition::Id(*equal, self.id(one), self.id(two))),
            Condition::IdIn(one, these) => computed(Condition::IdIn(self.id(one), Arc::clone(these))),
            Condition::Loop(quantifier, list, body) => match (quantifier, self.condition(body)) {
                // Of a list that is missing it is unknown, whatever is asked.
                (Quantifier::Every, Condition::Constant(Some(true)))
                    if self.known.listed(list.table.into()) =>
                {
                    Condition::Constant(Some(true))
                }
                (Quantifier::Some, Condition::Constant(Some(false)))
                    if self.known.listed(list.table.into()) =>
                {
                    Condition::Constant(Some(false))
                }
                (_, body) => Condition::Loop(*quantifier, *list, Box::new(body)),
            },
            Condition::Constant(_) | Condition::Interpreted(_) => condition.clone(),
        }
    }

    /// Whether a condition is never unknown.
    fn certain(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Constant(value) => value.is_some(),
            Condition::Present(_) => true,
            Condition::Field(place) => self.known.always(place.field.into()),
            Condition::Not(part) => self.certain(part),
            Condition::All(parts) | Condition::Any(parts) => parts.iter().all(|part| self.certain(part)),
            Condition::Choice(parts) => parts.iter().all(|part| self.certain(part)),
            Condition::Same(parts) => parts.iter().all(|part| self.certain(part)),
            Condition::Whole(comparison, one, two) => {
                let equality = comparison.equality().is_some();
                self.plain_whole(one, equality) && self.plain_whole(two, equality)
            }
            Condition::WholeIn(one, _) => self.plain_whole(one, true),
            Condition::Decimal(comparison, one, two) => {
                let equality = comparison.equality().is_some();
                self.plain_exact(one, equality) && self.plain_exact(two, equality)
            }
            Condition::DecimalIn(one, _) => self.plain_exact(one, true),
            Condition::Text(comparison, one, two) => {
                let equality = comparison.equality().is_some();
                equality || (self.plain_text(one) && self.plain_text(two))
            }
            Condition::TextLike(one, _) => self.plain_text(one),
            Condition::TextIn(..) | Condition::Id(..) | Condition::IdIn(..) => true,
            Condition::Loop(_, list, body) => self.known.listed(list.table.into()) && self.certain(body),
            Condition::Double(..) | Condition::Interpreted(_) => false,
        }
    }

    fn plain_whole(&self, whole: &Whole, equality: bool) -> bool {
        match whole {
            Whole::Constant(value) => value.is_some(),
            Whole::Field(place) => equality || self.known.always(place.field.into()),
            _ => false,
        }
    }

    fn plain_exact(&self, exact: &Exact, equality: bool) -> bool {
        match exact {
            Exact::Constant(value) => value.is_some(),
            Exact::Field(place) => equality || self.known.always(place.field.into()),
            Exact::Whole(whole) => self.plain_whole(whole, equality),
            _ => false,
        }
    }

    fn plain_text(&self, text: &Text) -> bool {
        match text {
            Text::Constant(_) => true,
            Text::Field(place) => self.known.always(place.field.into()),
        }
    }

    /// `&&` (`decisive` false) or `||` (`decisive` true).
    fn joined(&self, parts: &[Condition], decisive: bool) -> Condition {
        let mut left = Vec::with_capacity(parts.len());
        let mut unknown = false;
        for part in parts {
            match self.condition(part) {
                Condition::Constant(Some(yes)) if yes == decisive => {
                    return Condition::Constant(Some(decisive));
                }
                Condition::Constant(Some(_)) => {}
                Condition::Constant(None) => unknown = true,
                // A conjunction within a conjunction is one: its parts are then counted apart.
                Condition::All(parts) if !decisive => left.extend(parts),
                Condition::Any(parts) if decisive => left.extend(parts),
                part => left.push(part),
            }
        }
        if unknown {
            left.push(Condition::Constant(None));
        }
        match left.len() {
            0 => Condition::Constant(Some(!decisive)),
            1 => left.remove(0),
            _ if decisive => Condition::Any(left),
            _ => Condition::All(left),
        }
    }

    fn folded<V: Clone>(&self, folded: &Folded<V>, value: V) -> Box<Folded<V>> {
        let filter = folded.filter.as_ref().map(|filter| self.condition(filter));
        let filter = filter.filter(|filter| *filter != Condition::Constant(Some(true)));
        Box::new(Folded { fold: folded.fold, list: folded.list, filter, value })
    }

    fn whole(&self, whole: &Whole) -> Whole {
        let made = match whole {
            Whole::Field(place) => match self.value(*place, |kind| matches!(kind, FieldKind::Whole(_))) {
                Some(value) => return Whole::Constant(whole_of(&value)),
                None => return whole.clone(),
            },
            Whole::Negate(part) => Whole::Negate(Box::new(self.whole(part))),
            Whole::Calculate(kind, operator, parts) => {
                let [one, two] = &**parts;
                Whole::Calculate(*kind, *operator, Box::new([self.whole(one), self.whole(two)]))
            }
            Whole::Shift(part, months, days) => match self.whole(part) {
                Whole::Constant(date) => {
                    return Whole::Constant(date.and_then(|date| shifted(date, *months, *days)));
                }
                part => Whole::Shift(Box::new(part), *months, *days),
            },
            Whole::Part(part, date) => Whole::Part(*part, Box::new(self.whole(date))),
            Whole::DayOf(instant) => Whole::DayOf(Box::new(self.whole(instant))),
            Whole::DayIn(instant, zone) => Whole::DayIn(Box::new(self.whole(instant)), zone.clone()),
            Whole::StartOf(date) => Whole::StartOf(Box::new(self.whole(date))),
            Whole::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                match self.condition(condition) {
                    Condition::Constant(Some(true)) => return self.whole(yes),
                    Condition::Constant(Some(false)) => return self.whole(no),
                    condition => {
                        Whole::Choice(Box::new(condition), Box::new([self.whole(yes), self.whole(no)]))
                    }
                }
            }
            Whole::Count(list, filter) => {
                let filter = filter.as_ref().map(|filter| self.condition(filter));
                let filter = filter.filter(|filter| *filter != Condition::Constant(Some(true)));
                Whole::Count(*list, filter.map(Box::new))
            }
            Whole::Fold(folded) => Whole::Fold(self.folded(folded, self.whole(&folded.value))),
            Whole::Length(text) => Whole::Length(self.text(text)),
            Whole::Constant(_) => return whole.clone(),
        };
        let constants = match &made {
            Whole::Negate(part) => matches!(**part, Whole::Constant(_)),
            Whole::Calculate(_, _, parts) => parts.iter().all(|part| matches!(part, Whole::Constant(_))),
            Whole::Part(_, part) | Whole::DayOf(part) | Whole::DayIn(part, _) | Whole::StartOf(part) => {
                matches!(**part, Whole::Constant(_))
            }
            Whole::Length(text) => matches!(text, Text::Constant(_)),
            _ => false,
        };
        if constants { Whole::Constant(row::Run::new(&Nothing).whole(&made, 0)) } else { made }
    }

    fn exact(&self, exact: &Exact) -> Exact {
        let made = match exact {
            Exact::Field(place) => match self.value(*place, |kind| kind == FieldKind::Decimal) {
                Some(Datum::Decimal(number)) => return Exact::Constant(Some(number)),
                Some(Datum::Int(number)) => return Exact::Constant(Some(number.into())),
                Some(_) => return Exact::Constant(None),
                None => return exact.clone(),
            },
            Exact::Whole(whole) => match self.whole(whole) {
                Whole::Constant(value) => return Exact::Constant(value.map(Decimal::from)),
                whole => return Exact::Whole(Box::new(whole)),
            },
            Exact::Negate(part) => Exact::Negate(Box::new(self.exact(part))),
            Exact::Calculate(operator, parts) => {
                let [one, two] = &**parts;
                Exact::Calculate(*operator, Box::new([self.exact(one), self.exact(two)]))
            }
            Exact::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                match self.condition(condition) {
                    Condition::Constant(Some(true)) => return self.exact(yes),
                    Condition::Constant(Some(false)) => return self.exact(no),
                    condition => {
                        Exact::Choice(Box::new(condition), Box::new([self.exact(yes), self.exact(no)]))
                    }
                }
            }
            Exact::Fold(folded) => Exact::Fold(self.folded(folded, self.exact(&folded.value))),
            Exact::Constant(_) => return exact.clone(),
        };
        let constants = match &made {
            Exact::Negate(part) => matches!(**part, Exact::Constant(_)),
            Exact::Calculate(_, parts) => parts.iter().all(|part| matches!(part, Exact::Constant(_))),
            _ => false,
        };
        if constants { Exact::Constant(row::Run::new(&Nothing).exact(&made, 0)) } else { made }
    }

    fn floating(&self, floating: &Floating) -> Floating {
        let made = match floating {
            Floating::Field(place) => match self.value(*place, |kind| kind == FieldKind::Double) {
                Some(Datum::Double(number)) => return Floating::Constant(Some(Bits(number))),
                Some(_) => return Floating::Constant(None),
                None => return floating.clone(),
            },
            Floating::Whole(whole) => match self.whole(whole) {
                Whole::Constant(value) => {
                    return Floating::Constant(value.map(|number| Bits(row::double_of(number))));
                }
                whole => return Floating::Whole(Box::new(whole)),
            },
            Floating::Negate(part) => Floating::Negate(Box::new(self.floating(part))),
            Floating::Calculate(operator, parts) => {
                let [one, two] = &**parts;
                Floating::Calculate(*operator, Box::new([self.floating(one), self.floating(two)]))
            }
            Floating::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                match self.condition(condition) {
                    Condition::Constant(Some(true)) => return self.floating(yes),
                    Condition::Constant(Some(false)) => return self.floating(no),
                    condition => Floating::Choice(
                        Box::new(condition),
                        Box::new([self.floating(yes), self.floating(no)]),
                    ),
                }
            }
            Floating::Fold(folded) => Floating::Fold(self.folded(folded, self.floating(&folded.value))),
            Floating::Constant(_) => return floating.clone(),
        };
        let constants = match &made {
            Floating::Negate(part) => matches!(**part, Floating::Constant(_)),
            Floating::Calculate(_, parts) => parts.iter().all(|part| matches!(part, Floating::Constant(_))),
            _ => false,
        };
        if constants {
            Floating::Constant(row::Run::new(&Nothing).floating(&made, 0).map(Bits))
        } else {
            made
        }
    }

    fn text(&self, text: &Text) -> Text {
        match text {
            Text::Field(place) => match self.value(*place, |kind| kind == FieldKind::Text) {
                Some(Datum::Text(text)) => Text::Constant(text),
                // A text that is missing is left to the row.
                _ => text.clone(),
            },
            Text::Constant(_) => text.clone(),
        }
    }

    fn id(&self, id: &Id) -> Id {
        match id {
            Id::Field(place) => match self.value(*place, |kind| kind == FieldKind::Id) {
                Some(Datum::Id(id)) => Id::Constant(id.as_u128()),
                _ => id.clone(),
            },
            Id::Constant(_) => id.clone(),
        }
    }
}

/// A comparison of constants is computed.
fn computed(condition: Condition) -> Condition {
    let constants = match &condition {
        Condition::Same(parts) => parts.iter().all(|part| matches!(part, Condition::Constant(_))),
        Condition::Whole(_, one, two) => {
            matches!((one, two), (Whole::Constant(_), Whole::Constant(_)))
        }
        Condition::WholeIn(one, _) => matches!(one, Whole::Constant(_)),
        Condition::Decimal(_, one, two) => matches!((one, two), (Exact::Constant(_), Exact::Constant(_))),
        Condition::DecimalIn(one, _) => matches!(one, Exact::Constant(_)),
        Condition::Double(_, one, two) => {
            matches!((one, two), (Floating::Constant(_), Floating::Constant(_)))
        }
        Condition::Text(_, one, two) => matches!((one, two), (Text::Constant(_), Text::Constant(_))),
        Condition::TextIn(one, _) | Condition::TextLike(one, _) => matches!(one, Text::Constant(_)),
        Condition::Id(_, one, two) => matches!((one, two), (Id::Constant(_), Id::Constant(_))),
        Condition::IdIn(one, _) => matches!(one, Id::Constant(_)),
        _ => false,
    };
    if constants { Condition::Constant(row::Run::new(&Nothing).condition(&condition, 0)) } else { condition }
}

/// No record at all: what computes constants.
struct Nothing;

impl row::Source for Nothing {
    type Row = ();
    type Entries = std::iter::Empty<()>;

    fn record(&self) {}
    fn entries(&self, (): (), _: usize) -> Option<Self::Entries> {
        None
    }
    fn present(&self, (): (), _: usize) -> bool {
        false
    }
    fn flag(&self, (): (), _: usize) -> Option<bool> {
        None
    }
    fn whole(&self, (): (), _: usize) -> Option<i64> {
        None
    }
    fn decimal(&self, (): (), _: usize) -> Option<Decimal> {
        None
    }
    fn double(&self, (): (), _: usize) -> Option<f64> {
        None
    }
    fn text(&self, (): (), _: usize) -> Option<&str> {
        None
    }
    fn id(&self, (): (), _: usize) -> Option<u128> {
        None
    }
    fn interpret(&self, _: &super::Interpreted) -> Option<bool> {
        None
    }
}
