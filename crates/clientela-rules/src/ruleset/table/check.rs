//! What is told of a table when it is saved: overlaps, gaps, rows that are never reached, and what could not be checked.

use super::Column;
use super::grid::{Axis, Cell, Found, Grid};
use crate::error::Problem;
use crate::ruleset::compile::Compiler;
use crate::ruleset::model::Policy;
use crate::syntax::Span;

/// Overlaps told of one table; beyond, the first say enough.
const OVERLAPS_MAX: usize = 10;

pub(super) fn check(
    compiler: &mut Compiler<'_, '_>,
    columns: &[Column],
    cells: &[Vec<Cell>],
    policy: Policy,
    otherwise: bool,
    places: &[Span],
    whole: Span,
) {
    let axes: Vec<Axis> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let of_column = cells.iter().filter_map(move |row| row.get(index));
            Axis::new(&column.name, &column.ty, of_column)
        })
        .collect();
    let unchecked: Vec<String> =
        axes.iter().filter(|axis| !axis.is_checked()).map(|axis| axis.name.clone()).collect();
    let mut grid = Grid::new(axes, cells);
    let head = Span { start: whole.start, end: whole.start + 1 };
    if policy == Policy::Unique {
        overlaps(compiler, &grid, places);
    }
    if policy == Policy::First {
        for (row, place) in places.iter().enumerate().skip(1) {
            if grid.is_covered(row) {
                let message = format!("row {} is never reached: the rows above leave it nothing", row + 1);
                compiler.unreachable(*place, &message);
            }
        }
    }
    let collects = matches!(policy, Policy::Collect(_) | Policy::Every);
    let mut open = false;
    if !otherwise && !collects {
        match grid.gap(true) {
            Found::Example(example) => compiler.report.warn(
                Problem::new("rule_set.gap", head, format!("no row applies when {example}"))
                    .hint("add a row, or say what holds otherwise"),
            ),
            Found::TooMany => open = true,
            Found::Nothing => open = grid.gap(false) != Found::Nothing,
        }
    }
    not_checked(compiler, &grid, policy, open, &unchecked, places, head);
}

fn overlaps(compiler: &mut Compiler<'_, '_>, grid: &Grid, places: &[Span]) {
    let mut told = 0;
    for two in 1..places.len() {
        for one in 0..two {
            if let (Found::Example(example), Some(place)) = (grid.overlap(one, two), places.get(two)) {
                let message = format!("rows {} and {} both apply when {example}", one + 1, two + 1);
                compiler.report.error::<()>(
                    Problem::new("rule_set.overlap", *place, message)
                        .hint("make them differ, or use the hit policy first"),
                );
                told += 1;
                if told == OVERLAPS_MAX {
                    return;
                }
            }
        }
    }
}

fn not_checked(
    compiler: &mut Compiler<'_, '_>,
    grid: &Grid,
    policy: Policy,
    open: bool,
    unchecked: &[String],
    places: &[Span],
    head: Span,
) {
    let unknown = grid.unknown_rows();
    let may_overlap = policy == Policy::Unique
        && unknown.iter().any(|row| {
            (0..places.len()).any(|other| other != *row && grid.overlap(*row, other) != Found::Nothing)
        });
    if !open && !may_overlap {
        return;
    }
    let what = match (open, may_overlap) {
        (true, true) => "gaps and overlaps",
        (true, false) => "gaps",
        _ => "overlaps",
    };
    let mut why = Vec::new();
    if !unknown.is_empty() {
        let rows: Vec<String> = unknown.iter().take(10).map(|row| (row + 1).to_string()).collect();
        why.push(format!(
            "cells of row {} are conditions of their own or depend on the record",
            rows.join(", ")
        ));
    }
    if !unchecked.is_empty() {
        why.push(format!("the values of {} cannot be listed", unchecked.join(", ")));
    }
    if why.is_empty() {
        why.push("there are too many combinations".to_owned());
    }
    let message = format!("not checked for {what}: {}", why.join("; "));
    compiler.report.warn(Problem::new("rule_set.not_checked", head, message));
}
