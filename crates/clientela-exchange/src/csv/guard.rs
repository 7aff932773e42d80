//! Cells a spreadsheet would take for a formula, made harmless and read back.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is computed by spreadsheets, and whoever types a name can
//! so make a reader's program do things (CWE-1236). The usual remedy, an apostrophe before it, is put on in writing and taken off in
//! reading. Cells that begin with apostrophes before such a sign get one more, so that every text comes back as it was.
//! What is a number, a day or a telephone number computes to nothing but a number and is left alone.

use std::borrow::Cow;

/// Whether a spreadsheet would compute the cell, apostrophes at its beginning aside.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn is_figure(cell: &str) -> bool {
    let figure = |letter: char| {
        letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.' | ',' | ' ' | '(' | ')' | '/')
    };
    cell.chars().all(figure)
}

/// The cell as it is written: harmless to a spreadsheet.
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) && !is_figure(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The text a written cell stands for.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) && !is_figure(rest) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_guarded_and_figures_are_not() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-Rossi", "'-Rossi"),
            ("+39 011 123 456", "+39 011 123 456"),
            ("-5", "-5"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("'=x", "''=x"),
            ("Rossi", "Rossi"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), written);
            assert_eq!(unguarded(written), cell);
        }
    }

    proptest! {
        /// Every text comes back, and nothing that is written is computed.
        #[test]
        fn every_text_comes_back(cell in "['=+@\\-a1 ;\\t\\r\"]{0,6}|\\PC{0,8}") {
            let written = guarded(&cell);
            prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r']) || is_figure(&written));
            prop_assert_eq!(unguarded(&written), cell.as_str());
        }
    }
}
