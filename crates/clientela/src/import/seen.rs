//! What stood in a file before, in some twenty bytes a key: a file may have millions.

use std::hash::{BuildHasher, RandomState};

/// Keys that must stand in a file but once, by a hash of 96 bits whose seed nobody knows, and the lines they stood at.
#[derive(Debug)]
pub(super) struct Seen {
    seeds: [RandomState; 2],
    /// By the last bits of the hash, so that not all of it is copied at once where it grows.
    shards: Vec<Shard>,
}

const SHARDS: u64 = 64;

#[derive(Debug, Clone, Default)]
struct Shard {
    places: Vec<Place>,
    used: usize,
}

/// A key and its line; empty with the line 0.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    hash: u64,
    more: u32,
    line: u32,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            seeds: Default::default(),
            shards: vec![Shard::default(); usize::try_from(SHARDS).unwrap_or_default()],
        }
    }
}

impl Shard {
    /// Where a key is, or would be; none in a shard without places.
    fn find(&self, hash: u64, more: u32) -> Option<usize> {
        let many = u64::try_from(self.places.len()).ok().filter(|many| *many > 0)?;
        let mut at = usize::try_from((hash / SHARDS) % many).ok()?;
        loop {
            let place = *self.places.get(at)?;
            if place.line == 0 || (place.hash, place.more) == (hash, more) {
                return Some(at);
            }
            at = if at + 1 == self.places.len() { 0 } else { at + 1 };
        }
    }

    fn put(&mut self, put: Place) {
        let at = self.find(put.hash, put.more);
        if let Some(place) = at.and_then(|at| self.places.get_mut(at)) {
            let new = place.line == 0;
            *place = put;
            self.used += usize::from(new);
        }
    }

    /// Keeps a fifth of its places free.
    fn grow(&mut self) {
        if (self.used + 1) * 5 > self.places.len() * 4 {
            let many = (self.places.len() * 3 / 2).max(16);
            let before = std::mem::replace(&mut self.places, vec![Place::default(); many]);
            self.used = 0;
            before.into_iter().filter(|place| place.line > 0).for_each(|place| self.put(place));
        }
    }
}

impl Seen {
    fn hash(&self, field: &str, key: &str) -> (usize, u64, u32) {
        let [hash, more] = self.seeds.each_ref().map(|seed| seed.hash_one((field, key)));
        let shard = usize::try_from(hash % SHARDS).unwrap_or_default();
        (shard, hash, u32::try_from(more >> 32).unwrap_or_default())
    }

    /// The line at which the key stood.
    pub(super) fn line(&self, field: &str, key: &str) -> Option<u64> {
        let (shard, hash, more) = self.hash(field, key);
        let shard = self.shards.get(shard)?;
        let place = shard.places.get(shard.find(hash, more)?)?;
        (place.line > 0).then(|| u64::from(place.line))
    }

    /// Notes that it stands here.
    pub(super) fn note(&mut self, field: &str, key: &str, line: u64) {
        let (shard, hash, more) = self.hash(field, key);
        if let Some(shard) = self.shards.get_mut(shard) {
            shard.grow();
            shard.put(Place { hash, more, line: u32::try_from(line).unwrap_or(u32::MAX).max(1) });
        }
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

    #[test]
    fn many_keys_are_found_in_few_bytes() {
        let (mut seen, many) = (Seen::default(), 50_000_u64);
        for line in 1..=many {
            seen.note("number", &format!("C-{line}"), line);
            // Again with another line: the last counts.
            seen.note("number", &format!("C-{line}"), line + 1);
        }
        let places: usize = seen.shards.iter().map(|shard| shard.places.len()).sum();
        assert!(places < usize::try_from(many).unwrap() * 2, "{places}");
        for line in 1..=many {
            assert_eq!(seen.line("number", &format!("C-{line}")), Some(line + 1));
        }
        assert_eq!(seen.line("number", "C-0"), None);
    }
}
