//! What stood in a file before, in a few bytes a row: a file may have millions.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Keys that must stand in a file but once, by a hash of 128 bits whose seed nobody knows, and the lines they stood at.
#[derive(Debug, Default)]
pub(super) struct Seen {
    seeds: [RandomState; 2],
    lines: HashMap<[u64; 2], u32>,
}

impl Seen {
    fn hash(&self, field: &str, key: &str) -> [u64; 2] {
        self.seeds.each_ref().map(|seed| seed.hash_one((field, key)))
    }

    /// The line at which the key stood.
    pub(super) fn line(&self, field: &str, key: &str) -> Option<u64> {
        self.lines.get(&self.hash(field, key)).map(|line| u64::from(*line))
    }

    /// Notes that it stands here.
    pub(super) fn note(&mut self, field: &str, key: &str, line: u64) {
        self.lines.insert(self.hash(field, key), u32::try_from(line).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_their_field() {
        let mut seen = Seen::default();
        seen.note("number", "A-1", 2);
        assert_eq!(seen.line("number", "A-1"), Some(2));
        assert_eq!((seen.line("number", "A-2"), seen.line("vin", "A-1")), (None, None));
    }
}
