//! Which loops a condition speaks of.

use clientela_rules::plan::{Condition, Exact, Floating, Id, Place, Text, Whole};
use std::sync::Arc;

/// The deepest loop, counted from outside, whose entry a condition speaks of, its own loops left out.
pub(super) fn level_of(condition: &Condition) -> usize {
    let mut deepest = 0;
    visit(condition, usize::MAX, &mut deepest);
    deepest
}

pub(super) fn level_of_whole(whole: &Whole) -> usize {
    let mut deepest = 0;
    visit_whole(whole, usize::MAX, &mut deepest);
    deepest
}

pub(super) fn level_of_exact(exact: &Exact) -> usize {
    let mut deepest = 0;
    visit_exact(exact, usize::MAX, &mut deepest);
    deepest
}

fn meet(level: u8, bound: usize, deepest: &mut usize) {
    let level = usize::from(level);
    if level < bound {
        *deepest = (*deepest).max(level);
    }
}

fn visit(condition: &Condition, bound: usize, deepest: &mut usize) {
    match condition {
        Condition::Field(place) | Condition::Present(place) => meet(place.level, bound, deepest),
        Condition::Not(part) => visit(part, bound, deepest),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| visit(part, bound, deepest));
        }
        Condition::Choice(parts) => parts.iter().for_each(|part| visit(part, bound, deepest)),
        Condition::Same(parts) => parts.iter().for_each(|part| visit(part, bound, deepest)),
        Condition::Whole(_, one, two) => {
            visit_whole(one, bound, deepest);
            visit_whole(two, bound, deepest);
        }
        Condition::WholeIn(one, _) => visit_whole(one, bound, deepest),
        Condition::Decimal(_, one, two) => {
            visit_exact(one, bound, deepest);
            visit_exact(two, bound, deepest);
        }
        Condition::DecimalIn(one, _) => visit_exact(one, bound, deepest),
        Condition::Double(_, one, two) => {
            visit_floating(one, bound, deepest);
            visit_floating(two, bound, deepest);
        }
        Condition::Text(_, one, two) => {
            visit_text(one, bound, deepest);
            visit_text(two, bound, deepest);
        }
        Condition::TextIn(text, _) | Condition::TextLike(text, _) => visit_text(text, bound, deepest),
        Condition::Id(_, one, two) => {
            visit_id(one, bound, deepest);
            visit_id(two, bound, deepest);
        }
        Condition::IdIn(one, _) => visit_id(one, bound, deepest),
        Condition::Loop(_, list, body) => {
            meet(list.level, bound, deepest);
            visit(body, own(bound, list.depth), deepest);
        }
        _ => {}
    }
}

/// Inside a loop its own entries do not count.
fn own(bound: usize, depth: u8) -> usize {
    bound.min(usize::from(depth))
}

fn visit_whole(whole: &Whole, bound: usize, deepest: &mut usize) {
    match whole {
        Whole::Field(place) => meet(place.level, bound, deepest),
        Whole::Negate(part)
        | Whole::Shift(part, ..)
        | Whole::Part(_, part)
        | Whole::DayOf(part)
        | Whole::DayIn(part, _)
        | Whole::StartOf(part) => visit_whole(part, bound, deepest),
        Whole::Calculate(_, _, parts) => parts.iter().for_each(|part| visit_whole(part, bound, deepest)),
        Whole::Choice(condition, parts) => {
            visit(condition, bound, deepest);
            parts.iter().for_each(|part| visit_whole(part, bound, deepest));
        }
        Whole::Count(list, filter) => {
            meet(list.level, bound, deepest);
            filter.iter().for_each(|filter| visit(filter, own(bound, list.depth), deepest));
        }
        Whole::Fold(folded) => {
            meet(folded.list.level, bound, deepest);
            let inside = own(bound, folded.list.depth);
            folded.filter.iter().for_each(|filter| visit(filter, inside, deepest));
            visit_whole(&folded.value, inside, deepest);
        }
        Whole::Length(text) => visit_text(text, bound, deepest),
        _ => {}
    }
}

fn visit_exact(exact: &Exact, bound: usize, deepest: &mut usize) {
    match exact {
        Exact::Field(place) => meet(place.level, bound, deepest),
        Exact::Whole(whole) => visit_whole(whole, bound, deepest),
        Exact::Negate(part) => visit_exact(part, bound, deepest),
        Exact::Calculate(_, parts) => parts.iter().for_each(|part| visit_exact(part, bound, deepest)),
        Exact::Choice(condition, parts) => {
            visit(condition, bound, deepest);
            parts.iter().for_each(|part| visit_exact(part, bound, deepest));
        }
        Exact::Fold(folded) => {
            meet(folded.list.level, bound, deepest);
            let inside = own(bound, folded.list.depth);
            folded.filter.iter().for_each(|filter| visit(filter, inside, deepest));
            visit_exact(&folded.value, inside, deepest);
        }
        _ => {}
    }
}

fn visit_floating(floating: &Floating, bound: usize, deepest: &mut usize) {
    match floating {
        Floating::Field(place) => meet(place.level, bound, deepest),
        Floating::Whole(whole) => visit_whole(whole, bound, deepest),
        Floating::Negate(part) => visit_floating(part, bound, deepest),
        Floating::Calculate(_, parts) => parts.iter().for_each(|part| visit_floating(part, bound, deepest)),
        Floating::Choice(condition, parts) => {
            visit(condition, bound, deepest);
            parts.iter().for_each(|part| visit_floating(part, bound, deepest));
        }
        Floating::Fold(folded) => {
            meet(folded.list.level, bound, deepest);
            let inside = own(bound, folded.list.depth);
            folded.filter.iter().for_each(|filter| visit(filter, inside, deepest));
            visit_floating(&folded.value, inside, deepest);
        }
        _ => {}
    }
}

fn visit_text(text: &Text, bound: usize, deepest: &mut usize) {
    if let Text::Field(place) = text {
        meet(place.level, bound, deepest);
    }
}

fn visit_id(id: &Id, bound: usize, deepest: &mut usize) {
    if let Id::Field(place) = id {
        meet(place.level, bound, deepest);
    }
}

/// A condition on the entry of the inner of two loops, as one of a loop that stands alone; none if it speaks of the outer
/// loop's entry.
pub(super) fn lifted(condition: &Condition, here: u8) -> Option<Condition> {
    let place = |place: &Place| match place.level {
        level if level == here => None,
        level if level == here + 1 => Some(Place { level: here, ..*place }),
        _ => Some(*place),
    };
    let whole = |whole: &Whole| match whole {
        Whole::Field(field) => place(field).map(Whole::Field),
        Whole::Constant(_) => Some(whole.clone()),
        _ => None,
    };
    let exact = |exact: &Exact| match exact {
        Exact::Field(field) => place(field).map(Exact::Field),
        Exact::Constant(_) => Some(exact.clone()),
        _ => None,
    };
    let text = |text: &Text| match text {
        Text::Field(field) => place(field).map(Text::Field),
        Text::Constant(_) => Some(text.clone()),
    };
    let parts = |parts: &[Condition]| parts.iter().map(|part| lifted(part, here)).collect::<Option<Vec<_>>>();
    Some(match condition {
        Condition::Constant(_) => condition.clone(),
        Condition::Field(field) => Condition::Field(place(field)?),
        Condition::Present(field) => Condition::Present(place(field)?),
        Condition::Not(part) => Condition::Not(Box::new(lifted(part, here)?)),
        Condition::All(all) => Condition::All(parts(all)?),
        Condition::Any(any) => Condition::Any(parts(any)?),
        Condition::Whole(comparison, one, two) => Condition::Whole(*comparison, whole(one)?, whole(two)?),
        Condition::WholeIn(one, these) => Condition::WholeIn(whole(one)?, Arc::clone(these)),
        Condition::Decimal(comparison, one, two) => Condition::Decimal(*comparison, exact(one)?, exact(two)?),
        Condition::Text(comparison, one, two) => Condition::Text(*comparison, text(one)?, text(two)?),
        Condition::TextIn(one, these) => Condition::TextIn(text(one)?, Arc::clone(these)),
        Condition::TextLike(one, test) => Condition::TextLike(text(one)?, test.clone()),
        _ => return None,
    })
}
