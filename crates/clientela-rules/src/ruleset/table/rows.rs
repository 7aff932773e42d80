//! The rows of a table as they are written: lists of cells, or CSV.

use super::Column;
use crate::error::Problem;
use crate::ruleset::compile::Compiler;
use crate::ruleset::limits::ROWS_MAX;
use crate::ruleset::report::Fields;
use crate::ruleset::yaml::{Node, Scalar};
use crate::syntax::Span;

/// One row as written.
pub(super) struct Line {
    pub(super) span: Span,
    pub(super) cells: Vec<Scalar>,
    pub(super) output: Scalar,
    pub(super) reason: Option<Scalar>,
}

/// All rows.
pub(super) fn lines(
    compiler: &mut Compiler<'_, '_>,
    fields: &Fields<'_>,
    columns: &[Column],
) -> Option<Vec<Line>> {
    match (fields.get("rows"), fields.get("csv")) {
        (Some(_), None) => {
            let nodes = fields.list("rows", &mut compiler.report);
            let read: Vec<Option<Line>> =
                nodes.iter().map(|node| listed(compiler, node, columns.len())).collect();
            read.into_iter().collect()
        }
        (None, Some(_)) => {
            let scalar = fields.scalar("csv", &mut compiler.report)?;
            separated(compiler, scalar, columns)
        }
        (_, both) => {
            let at = both.map_or(fields.span, |node| node.span);
            compiler.report.error(
                Problem::new("rule_set.missing_key", at, "a table has rows, or csv, and not both")
                    .hint("give rows: as lists of cells, or csv: as text"),
            )
        }
    }
}

fn listed(compiler: &mut Compiler<'_, '_>, node: &Node, columns: usize) -> Option<Line> {
    let cells: Option<Vec<Scalar>> = node
        .list()
        .filter(|cells| (columns + 1..=columns + 2).contains(&cells.len()))
        .and_then(|cells| cells.iter().map(|cell| cell.scalar().cloned()).collect());
    let Some(mut cells) = cells else {
        let message = format!("a row is a list of {columns} cells, an output, and a reason if there is one");
        return compiler.report.error(
            Problem::new("rule_set.value", node.span, message)
                .hint("put quotes around each cell, such as [\">= 50\", \"-\", \"'gold'\"]"),
        );
    };
    for cell in cells.iter_mut().filter(|cell| cell.is_null()) {
        cell.text.clear();
    }
    let mut rest = cells.split_off(columns).into_iter();
    let output = rest.next()?;
    let reason = rest.next().filter(|reason| !reason.text.is_empty());
    Some(Line { span: node.span, cells, output, reason })
}

/// Rows of CSV: the first line names the columns, then `output`, then `reason` if there is one.
fn separated(compiler: &mut Compiler<'_, '_>, scalar: &Scalar, columns: &[Column]) -> Option<Vec<Line>> {
    let document = compiler.report.document;
    let mut expected: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    expected.push("output");
    let span_of = |start: usize, end: usize| Span {
        start: scalar.place(document, start) as u32,
        end: scalar.place(document, end) as u32,
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(scalar.text.as_bytes());
    let mut lines = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let Ok(record) = record else {
            let problem = Problem::new("rule_set.syntax", scalar.span, "the table is not CSV");
            return compiler
                .report
                .error(problem.hint("commas between cells, double quotes around a cell with commas"));
        };
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let length = scalar.text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
        let span = span_of(start, start + length);
        let mut cells: Vec<Scalar> = record
            .iter()
            .map(|text| Scalar { text: text.to_owned(), span, style: granit_parser::ScalarStyle::Plain })
            .collect();
        let names: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
        let named = names == expected || names.split_last() == Some((&"reason", &expected[..]));
        if index == 0 && !named {
            let message = "the first line does not name the columns";
            let hint = format!("it is {},reason; reason may be left out", expected.join(","));
            return compiler.report.error(Problem::new("rule_set.value", span, message).hint(hint));
        }
        if index == 0 {
            continue;
        }
        if index > ROWS_MAX || !(columns.len() + 1..=columns.len() + 2).contains(&cells.len()) {
            let message = format!("this line has {} cells", cells.len());
            let hint = format!(
                "{} cells, an output, and a reason if there is one; no blank stands before a quote",
                columns.len()
            );
            return compiler.report.error(Problem::new("rule_set.value", span, message).hint(hint));
        }
        let mut rest = cells.split_off(columns.len()).into_iter();
        let output = rest.next()?;
        let reason = rest.next().filter(|reason| !reason.text.is_empty());
        lines.push(Line { span, cells, output, reason });
    }
    Some(lines)
}
