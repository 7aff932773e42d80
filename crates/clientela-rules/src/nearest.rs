//! The name somebody probably meant.

/// The candidate nearest to `name`, if it is near enough to be a slip of the pen: at most a third of its letters differ.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    candidates
        .into_iter()
        .map(|candidate| (distance(&letters, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(letters.len()).div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance: insert, delete, replace, or swap two neighbours (Damerau 1964), letter case aside.
fn distance(name: &[char], candidate: &str) -> usize {
    let other: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
    let width = other.len() + 1;
    let mut before_last: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (row, letter) in name.iter().enumerate() {
        let mut current = vec![row + 1; width];
        for column in 1..width {
            let replaced = last[column - 1] + usize::from(*letter != other[column - 1]);
            let mut best = replaced.min(last[column] + 1).min(current[column - 1] + 1);
            let swapped =
                row > 0 && column > 1 && *letter == other[column - 2] && name[row - 1] == other[column - 1];
            if swapped {
                best = best.min(before_last[column - 2] + 1);
            }
            current[column] = best;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[width - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let fields = ["score", "segment", "status", "last_contact"];
        for (name, expected) in [
            ("scoer", Some("score")),
            ("Segment", Some("segment")),
            ("lastcontact", Some("last_contact")),
            ("statu", Some("status")),
            ("weather", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, fields), expected, "{name}");
        }
    }
}
