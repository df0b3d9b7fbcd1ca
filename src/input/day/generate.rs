//! Making a day of any size without a file.

use super::DayVm;
use crate::base::units::{SimTime, Span};

/// The day of `count` machines and this seed: exponential gaps with the mean that
/// spreads them over 24 hours, exponential lifetimes with a mean of half a day and at
/// least a second, 1 to 16 processors, 2 to 8 GiB of memory for each.
///
/// Numbers come from splitmix64 (Steele, Lea, Flood 2014), in the order gap, processors,
/// memory, lifetime; times are rounded to the millisecond. With seed 42 these are the
/// days that other simulators were measured on.
pub fn generate(count: u32, seed: u64) -> Vec<DayVm> {
    let mut numbers = SplitMix(seed);
    let mut now = 0.0;
    (0..count)
        .map(|number| {
            now += numbers.exponential(DAY_SECONDS / f64::from(count));
            let vcpus = numbers.pick(&[(0.25, 1), (0.55, 2), (0.80, 4), (0.95, 8), (1.0, 16)]);
            let gib_each = numbers.pick(&[(0.3, 2), (0.8, 4), (1.0, 8)]);
            let lifetime = f64::max(1.0, numbers.exponential(DAY_SECONDS / 2.0));
            DayVm {
                number,
                arrives: SimTime::from_ns(milliseconds(now) * 1_000_000),
                lifetime: Span::from_ns(milliseconds(lifetime) * 1_000_000),
                vcpus,
                mib: vcpus * gib_each * 1_024,
            }
        })
        .collect()
}

const DAY_SECONDS: f64 = 86_400.0;

struct SplitMix(u64);

impl SplitMix {
    /// 53 bits in [0, 1).
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.uniform())
    }

    /// The first value whose cumulated share is above a uniform number.
    fn pick(&mut self, values: &[(f64, u32)]) -> u32 {
        let u = self.uniform();
        let last = values.len() - 1;
        values.iter().position(|(share, _)| u < *share).map_or(values[last].1, |at| values[at].1)
    }
}

/// Seconds rounded to milliseconds as a decimal notation of three digits rounds them:
/// by the exact value, half to even.
fn milliseconds(seconds: f64) -> u64 {
    let scaled = seconds * 1_000.0;
    // The product is off by 2^-52 of itself at most, far less than this.
    if (scaled - scaled.floor() - 0.5).abs() > 1e-6 {
        return (scaled + 0.5) as u64;
    }
    let written = format!("{seconds:.3}").replace('.', "");
    written.parse().expect("a number written with three decimals is digits and a point")
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use std::path::Path;

    /// The files lie beside the project and are not part of it.
    fn agrees_with(name: &str, count: u32) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/workloads/day").join(name);
        if !path.exists() {
            eprintln!("skipped: {} is not here", path.display());
            return;
        }
        let (found, made) = (read(&path).unwrap(), generate(count, 42));
        assert_eq!(found.len(), made.len());
        let different = found.iter().zip(&made).position(|(found, made)| found != made);
        assert_eq!(different.map(|at| (found[at], made[at])), None);
    }

    #[test]
    fn the_days_of_other_simulators_are_made_exactly() {
        agrees_with("day-1000.csv", 1_000);
        agrees_with("day-3000.csv", 3_000);
        agrees_with("day-10000.csv", 10_000);
        agrees_with("day-100000.csv.gz", 100_000);
    }

    #[test]
    fn the_first_machine_is_as_published() {
        let first = generate(1_000, 42)[0];
        let expected = DayVm {
            number: 0,
            arrives: SimTime::from_ns(116_909_000_000),
            lifetime: Span::from_ns(18_225_443_000_000),
            vcpus: 1,
            mib: 2_048,
        };
        assert_eq!(first, expected);
    }

    #[test]
    fn halves_are_rounded_by_their_exact_value() {
        // 0.0005 is stored a little above, 1.0005 a little below; 0.5 ms × 2^k is exact.
        assert_eq!((milliseconds(0.0005), milliseconds(1.0005)), (1, 1_000));
        assert_eq!((milliseconds(0.0625), milliseconds(0.1875)), (62, 188));
    }
}
