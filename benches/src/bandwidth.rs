//! How fast this machine reads memory: what no engine that looks at every row can beat.

use crate::Result;
use crate::measure::{Spent, timed};
use std::hint::black_box;
use std::thread;
use std::time::Duration;

/// Bytes of the array each thread reads: more than any cache holds.
const ARRAY: usize = 256 << 20;

/// Bytes in a second of processor time of each of so many threads, the best of the passes. Every thread reads an array of its own.
///
/// # Errors
/// When the system does not tell processor time, or a thread fails.
pub fn reading(threads: usize, passes: usize) -> Result<u64> {
    let arrays: Vec<Vec<u64>> = (0..threads).map(|place| vec![place as u64 + 1; ARRAY / 8]).collect();
    let best = (0..passes.max(1)).map(|_| pass(&arrays)).min().unwrap_or_default();
    let bytes = (ARRAY * threads * threads) as u128 * 1_000_000_000;
    let rate = bytes.checked_div(best.as_nanos()).ok_or("the system does not tell processor time")?;
    Ok(u64::try_from(rate)?)
}

/// Processor time of all threads together for one pass.
fn pass(arrays: &[Vec<u64>]) -> Duration {
    let ((), Spent { cpu, .. }) = timed(|| {
        thread::scope(|scope| {
            for array in arrays {
                scope.spawn(|| black_box(sum(array)));
            }
        });
    });
    cpu
}

/// In several sums, so that adding up does not wait for itself.
fn sum(array: &[u64]) -> u64 {
    let mut sums = [0_u64; 16];
    for part in array.as_chunks::<16>().0 {
        for (sum, value) in sums.iter_mut().zip(part) {
            *sum = sum.wrapping_add(*value);
        }
    }
    sums.iter().fold(0, |all, sum| all.wrapping_add(*sum))
}

/// The time it takes to read so many bytes at this rate.
#[must_use]
pub fn time(bytes: u64, rate: u64) -> Duration {
    let nanos = (u128::from(bytes) * 1_000_000_000).checked_div(u128::from(rate)).unwrap_or(0);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_read() {
        assert_eq!(sum(&(0..160).collect::<Vec<u64>>()), 159 * 80);
        assert_eq!(time(20_000_000_000, 10_000_000_000), Duration::from_secs(2));
        assert_eq!(time(1, 0), Duration::ZERO);
    }
}
