//! Time: of the wall, and of the processor in this process.

use std::fmt;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// What a stretch of work took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// By the clock on the wall.
    pub wall: Duration,
    /// Of the processor, in all threads of this process, in the program and in the system for it.
    pub cpu: Duration,
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.wall += other.wall;
        self.cpu += other.cpu;
    }
}

/// Does the work and says what it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Spent) {
    let (cpu, wall) = (processor(), Instant::now());
    let done = work();
    let wall = wall.elapsed();
    (done, Spent { wall, cpu: processor().saturating_sub(cpu) })
}

/// Does the work once to warm up, then so many rounds; gives what it last made and what the rounds took.
///
/// # Errors
/// What the work says.
pub fn measured<T>(rounds: usize, mut work: impl FnMut() -> crate::Result<T>) -> crate::Result<(T, Series)> {
    let mut series = Series::default();
    let mut answer = work()?;
    for _ in 0..rounds {
        let (found, spent) = timed(&mut work);
        series.add(spent);
        answer = found?;
    }
    Ok((answer, series))
}

/// Processor time of this process so far; zero where the system does not tell.
#[cfg(unix)]
fn processor() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(spent.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(spent.tv_nsec).unwrap_or(0))
}

#[cfg(not(unix))]
fn processor() -> Duration {
    Duration::ZERO
}

/// Repeated measurements of one thing.
#[derive(Debug, Clone, Default)]
pub struct Series(Vec<Spent>);

impl Series {
    /// One more.
    pub fn add(&mut self, spent: Spent) {
        self.0.push(spent);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The middle one of wall and of processor time, each by itself; zero when there are none.
    #[must_use]
    pub fn median(&self) -> Spent {
        Spent { wall: self.middle(|spent| spent.wall), cpu: self.middle(|spent| spent.cpu) }
    }

    /// Nine in ten took no longer.
    #[must_use]
    pub fn ninth_decile(&self) -> Spent {
        let at = |of: fn(&Spent) -> Duration| {
            self.sorted(of).get(self.len() * 9 / 10).copied().unwrap_or_default()
        };
        Spent { wall: at(|spent| spent.wall), cpu: at(|spent| spent.cpu) }
    }

    fn middle(&self, of: fn(&Spent) -> Duration) -> Duration {
        self.sorted(of).get(self.len() / 2).copied().unwrap_or_default()
    }

    fn sorted(&self, of: fn(&Spent) -> Duration) -> Vec<Duration> {
        let mut all: Vec<Duration> = self.0.iter().map(of).collect();
        all.sort_unstable();
        all
    }
}

/// One figure over another, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    hundredths: Option<u128>,
}

impl Ratio {
    /// The first over the second; none when the second is nothing.
    #[must_use]
    pub fn of(first: Duration, second: Duration) -> Self {
        let (first, second) = (first.as_nanos() * 100, second.as_nanos());
        Self { hundredths: (first + second / 2).checked_div(second) }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hundredths {
            Some(hundredths) => f.pad(&format!("{}.{:02}", hundredths / 100, hundredths % 100)),
            None => f.pad("-"),
        }
    }
}

/// Things done in a time, as so many per second.
#[must_use]
pub fn per_second(count: usize, time: Duration) -> u128 {
    (count as u128 * 1_000_000_000).checked_div(time.as_nanos()).unwrap_or(0)
}

/// The most memory this process has had so far, in MiB; none where the system does not tell.
#[must_use]
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib / 1024)
}

/// A time in the unit people compare it in.
#[must_use]
pub fn readable(time: Duration) -> String {
    let nanos = time.as_nanos();
    let (unit, divisor) = match nanos {
        0..10_000_000 => ("us", 1_000),
        10_000_000..10_000_000_000 => ("ms", 1_000_000),
        _ => ("s", 1_000_000_000),
    };
    format!("{}.{} {unit}", nanos / divisor, nanos % divisor * 10 / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_rounded_to_hundredths() {
        let ms = Duration::from_millis;
        for (first, second, expected) in [(ms(3), ms(2), "1.50"), (ms(2), ms(3), "0.67"), (ms(1), ms(0), "-")]
        {
            assert_eq!(Ratio::of(first, second).to_string(), expected);
        }
    }

    #[test]
    fn the_median_is_the_middle_one() {
        let mut series = Series::default();
        for wall in [9, 1, 5] {
            series.add(Spent { wall: Duration::from_secs(wall), cpu: Duration::from_secs(10 - wall) });
        }
        assert_eq!(series.median(), Spent { wall: Duration::from_secs(5), cpu: Duration::from_secs(5) });
        assert_eq!(series.ninth_decile().wall, Duration::from_secs(9));
    }

    #[test]
    fn times_are_shown_in_their_unit() {
        for (nanos, expected) in
            [(1_500, "1.5 us"), (12_340_000, "12.3 ms"), (15_060_000_000, "15.0 s"), (0, "0.0 us")]
        {
            assert_eq!(readable(Duration::from_nanos(nanos)), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn sleeping_takes_time_by_the_clock() {
        let ((), spent) = timed(|| std::thread::sleep(Duration::from_millis(20)));
        // Nothing is said of the processor: other threads of the process may have taken it meanwhile.
        assert!(spent.wall >= Duration::from_millis(20), "{spent:?}");
    }
}
