//! Tests the table of a state machine's documentation against the machine.

use clientela_model::ClosedList;

/// Every cell of the first table in the module documentation (`//! | state | event | …`) is what `transition` says;
/// a dash is a passage that is not possible. Every state and every event must stand in the table.
pub(crate) fn check<S: ClosedList + std::fmt::Debug, E: ClosedList>(
    source: &str,
    states: &[S],
    events: &[E],
    transition: impl Fn(S, E) -> Option<S>,
) {
    let rows: Vec<Vec<&str>> = source
        .lines()
        .skip_while(|line| !line.starts_with("//! | state |"))
        .take_while(|line| line.starts_with("//! |"))
        .filter_map(|line| line.strip_prefix("//! |"))
        .map(|line| line.trim_end_matches('|').split('|').map(str::trim).collect())
        .collect();
    let (head, body) = (&rows[0], &rows[2..]);
    assert_eq!((body.len(), head.len() - 1), (states.len(), events.len()), "rows and columns");
    for row in body {
        let state = S::parse(row[0]).unwrap();
        for (name, cell) in head.iter().zip(row).skip(1) {
            let event = E::parse(name).unwrap();
            let expected = (*cell != "–").then(|| S::parse(cell).unwrap());
            assert_eq!(transition(state, event), expected, "{} {}", state.word(), event.word());
        }
    }
}
