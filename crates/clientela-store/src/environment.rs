//! Time and chance, passed in: nothing in the library reads a clock or draws a number by itself.

use chrono::{DateTime, Duration, Utc};
use std::hash::{BuildHasher, Hasher};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

/// What time it is.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// Where random bits come from.
pub trait Random: Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The computer's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from(std::time::SystemTime::now())
    }
}

/// The operating system's source of random bits.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_ok() {
            return;
        }
        // Only sandboxes without the system call come here; the standard library keys its hash maps from
        // what such a system has left.
        for chunk in bytes.chunks_mut(8) {
            let word = std::hash::RandomState::new().build_hasher().finish().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// A clock that stands still until it is set. For tests and for repeatable runs.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// Stands at this instant.
    #[must_use]
    pub const fn new(at: DateTime<Utc>) -> Self {
        Self(Mutex::new(at))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Moves it.
    pub fn advance(&self, by: Duration) {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *at = at.checked_add_signed(by).unwrap_or(*at);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that moves by the same step each time it is read. For tests and for repeatable runs.
#[derive(Debug)]
pub struct SteppingClock {
    at: Mutex<DateTime<Utc>>,
    step: Duration,
}

impl SteppingClock {
    /// Shows `start` first, then one step more each time.
    #[must_use]
    pub const fn new(start: DateTime<Utc>, step: Duration) -> Self {
        Self { at: Mutex::new(start), step }
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> DateTime<Utc> {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = *at;
        *at = now.checked_add_signed(self.step).unwrap_or(now);
        now
    }
}

/// Random bits that are the same for the same seed: splitmix64 (Steele, Lea and Flood, 2014). Not secret.
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

impl SeededRandom {
    /// The sequence of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        let state = self.0.fetch_add(GOLDEN_GAMMA, Ordering::Relaxed).wrapping_add(GOLDEN_GAMMA);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_gives_its_published_sequence() {
        // First outputs for seed 1234567, as printed by the reference implementation.
        let random = SeededRandom::new(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(expected, std::array::from_fn(|_| random.next()));
    }

    #[test]
    fn a_stepping_clock_steps_and_a_fixed_one_stands() {
        let start = DateTime::UNIX_EPOCH;
        let stepping = SteppingClock::new(start, Duration::seconds(2));
        assert_eq!((stepping.now(), stepping.now()), (start, start + Duration::seconds(2)));
        let fixed = FixedClock::new(start);
        fixed.advance(Duration::seconds(1));
        assert_eq!((fixed.now(), fixed.now()), (start + Duration::seconds(1), start + Duration::seconds(1)));
    }
}
