//! Cells of a decision table: the unary tests of DMN, with the values of CEL.
//!
//! | cell | holds when the column's value |
//! | --- | --- |
//! | `-` or nothing | whatever it is, also when it is missing |
//! | `50`, `"A"`, `true`, `2026-01-31` | equals it |
//! | `>= 50`, `< 10`, `!= "A"` | compares so |
//! | `[10..20)`, `(0..1]`, `]0..1[` | lies between; round and turned brackets leave the end out |
//! | `"A", "B", > 3` | satisfies one of them |
//! | `not("A", "B")` | satisfies none of them |
//! | `null` | is missing |
//! | a condition, such as `score > limit && today < date('2027-01-01')` | the condition holds; the column goes by its name |
//!
//! Source: OMG Decision Model and Notation 1.5, section 8.3.3 and table 54 (unary tests).

use std::ops::Range;

/// A cell as written. Ranges are bytes of the cell.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CellText {
    pub(super) negated: bool,
    /// Empty for a cell that says nothing.
    pub(super) items: Vec<Item>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    Compare {
        sign: &'static str,
        operand: Range<usize>,
    },
    Interval {
        from: Range<usize>,
        from_included: bool,
        to: Range<usize>,
        to_included: bool,
    },
    /// A value to equal, or a condition of its own.
    Expression(Range<usize>),
}

const SIGNS: [(&str, &str); 7] =
    [(">=", ">="), ("<=", "<="), ("!=", "!="), ("==", "=="), (">", ">"), ("<", "<"), ("=", "==")];

/// Reads a cell; the byte at which it makes no sense otherwise.
pub(super) fn read(text: &str) -> Result<CellText, (usize, &'static str)> {
    let whole = trimmed(text, 0..text.len());
    let inner = text.get(whole.clone()).unwrap_or_default();
    if inner.is_empty() || inner == "-" {
        return Ok(CellText { negated: false, items: Vec::new() });
    }
    let negation = inner
        .strip_prefix("not(")
        .filter(|rest| closing(rest) == Some(rest.len() - 1))
        .map(|rest| whole.start + 4..whole.start + 4 + rest.len() - 1);
    let (negated, range) = negation.map_or((false, whole), |range| (true, range));
    let mut items = Vec::new();
    let mut at = range.start;
    loop {
        let end = item_end(text, at..range.end);
        items.push(item(text, trimmed(text, at..end))?);
        if end >= range.end {
            return Ok(CellText { negated, items });
        }
        at = end + 1;
    }
}

fn item(text: &str, range: Range<usize>) -> Result<Item, (usize, &'static str)> {
    let inner = text.get(range.clone()).unwrap_or_default();
    if inner.is_empty() {
        return Err((range.start, "a value is expected here"));
    }
    if let Some((sign, written)) =
        SIGNS.iter().find(|(sign, _)| inner.starts_with(sign)).map(|(sign, written)| (sign.len(), *written))
    {
        let operand = trimmed(text, range.start + sign..range.end);
        return if operand.is_empty() {
            Err((range.end, "a value is expected here"))
        } else {
            Ok(Item::Compare { sign: written, operand })
        };
    }
    if let Some(interval) = interval(text, range.clone()) {
        if interval_empty(&interval) {
            return Err((range.start, "an interval has two ends, such as [10..20)"));
        }
        return Ok(interval);
    }
    Ok(Item::Expression(range))
}

fn interval_empty(item: &Item) -> bool {
    matches!(item, Item::Interval { from, to, .. } if from.is_empty() || to.is_empty())
}

fn interval(text: &str, range: Range<usize>) -> Option<Item> {
    let inner = text.get(range.clone())?;
    let from_included = match inner.chars().next()? {
        '[' => true,
        '(' | ']' => false,
        _ => return None,
    };
    let to_included = match inner.chars().next_back()? {
        ']' => true,
        ')' | '[' => false,
        _ => return None,
    };
    let dots = range.start + dots(inner)?;
    let from = trimmed(text, range.start + 1..dots);
    let to = trimmed(text, dots + 2..range.end - 1);
    Some(Item::Interval { from, from_included, to, to_included })
}

/// Walks over a text outside of quotes.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote: Option<char> = None;
    let mut escaped = false;
    text.char_indices().filter(move |(_, c)| match quote {
        Some(open) => {
            if escaped {
                escaped = false;
            } else if *c == '\\' {
                escaped = true;
            } else if *c == open {
                quote = None;
            }
            false
        }
        None => {
            if matches!(c, '"' | '\'') {
                quote = Some(*c);
            }
            true
        }
    })
}

fn dots(text: &str) -> Option<usize> {
    let mut last: Option<usize> = None;
    for (at, c) in outside_quotes(text) {
        if c == '.' && last == Some(at.wrapping_sub(1)) {
            return Some(at - 1);
        }
        last = (c == '.').then_some(at);
    }
    None
}

/// Where the bracket that was opened before this text closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, c) in outside_quotes(text) {
        match c {
            // The brackets of an interval need not match: [1..2).
            '(' | '[' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The end of the item that begins here: a comma outside of quotes and brackets.
fn item_end(text: &str, range: Range<usize>) -> usize {
    let inner = text.get(range.clone()).unwrap_or_default();
    // The brackets of an interval need not match: its end is the bracket after the two dots.
    let first = inner.trim_start().chars().next();
    let may_be_interval = matches!(first, Some('[' | '(' | ']'));
    let mut depth = 0_i32;
    let mut passed = !may_be_interval;
    for (at, c) in outside_quotes(inner) {
        match c {
            ',' if depth <= 0 && passed => return range.start + at,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                passed = true;
            }
            _ => {}
        }
        if may_be_interval && passed && dots(inner.get(..at).unwrap_or_default()).is_some() {
            depth = 0;
        }
    }
    range.end
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (inner.len() - inner.trim_start().len());
    let length = inner.trim().len();
    start..start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items of a cell as text: sign and operand, or brackets and ends.
    fn spoken(text: &str) -> Result<String, (usize, &'static str)> {
        let cell = read(text)?;
        let of = |range: &Range<usize>| text[range.clone()].to_owned();
        let items: Vec<String> = cell
            .items
            .iter()
            .map(|item| match item {
                Item::Compare { sign, operand } => format!("{sign}|{}", of(operand)),
                Item::Interval { from, from_included, to, to_included } => {
                    format!(
                        "{}{}|{}{}",
                        if *from_included { '[' } else { '(' },
                        of(from),
                        of(to),
                        if *to_included { ']' } else { ')' }
                    )
                }
                Item::Expression(range) => of(range),
            })
            .collect();
        Ok(format!("{}{}", if cell.negated { "not " } else { "" }, items.join(" ; ")))
    }

    #[test]
    fn cells_read_as_the_table_says() {
        for (cell, expected) in [
            ("", ""),
            (" - ", ""),
            (">= 50", ">=|50"),
            ("=50", "==|50"),
            ("\"A\", \"B\"", "\"A\" ; \"B\""),
            ("'a,b' , 'c'", "'a,b' ; 'c'"),
            ("[10..20)", "[10|20)"),
            ("]10..20[, > 30", "(10|20) ; >|30"),
            ("(1.5..2.5]", "(1.5|2.5]"),
            ("[date('2026-01-01')..date('2026-02-01'))", "[date('2026-01-01')|date('2026-02-01'))"),
            ("not(\"A\", [1..2))", "not \"A\" ; [1|2)"),
            ("not(a) || b", "not(a) || b"),
            ("-5", "-5"),
            ("[1, 2].exists(x, x > score)", "[1, 2].exists(x, x > score)"),
            ("score in [1, 2]", "score in [1, 2]"),
            ("f(1, 2), 3", "f(1, 2) ; 3"),
        ] {
            assert_eq!(spoken(cell).as_deref(), Ok(expected), "{cell}");
        }
        for (cell, at) in [(">=", 2), ("1,,2", 2), ("1,", 2), ("[..2]", 0)] {
            assert_eq!(read(cell).map_err(|(at, _)| at), Err(at), "{cell}");
        }
    }
}
