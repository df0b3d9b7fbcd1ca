//! Intervals for a probability.

use super::Moments;
use super::quantiles::{beta, two_sided};
use crate::study::analyses::Estimate;

/// How often something happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    /// How often; a fraction where a tie was shared or runs depend on each other.
    pub times: f64,
    /// Of how many.
    pub of: f64,
}

/// The share with the interval of Clopper and Pearson 1934: the probabilities at which so
/// many, or more, are as rare as α/2, and so many, or fewer. Never too narrow.
///
/// # Panics
/// If it happened more often than it could.
pub fn clopper_pearson(count: Count, level: f64) -> Estimate {
    let Count { times, of } = count;
    assert!(of > 0.0 && (0.0..=of).contains(&times), "{times} times of {of}");
    let tail = (1.0 - level) / 2.0;
    let low = if times > 0.0 { beta(tail, [times, of - times + 1.0]) } else { 0.0 };
    let high = if times < of { beta(1.0 - tail, [times + 1.0, of - times]) } else { 1.0 };
    Estimate { value: times / of, low, high }
}

/// The pooled share over groups of `size` runs that depend on each other, from the share
/// in each group, by Korn and Graubard 1998: Clopper–Pearson with as many independent
/// runs as would give the pooled share the variance that the groups show, n* = p(1-p)/v,
/// times (t(n-1)/t(groups-1))² since v is estimated; not more than there are runs. Where
/// every run ended alike nothing shows how they depend, so each group counts as one run.
///
/// # Panics
/// With fewer than two groups.
pub fn clustered(shares: &[f64], size: usize, level: f64) -> Estimate {
    let groups = shares.len();
    assert!(groups > 1, "dependence shows only between groups");
    let runs = (groups * size) as f64;
    let moments = Moments::of(shares);
    let (share, error) = (moments.mean().clamp(0.0, 1.0), moments.standard_error());
    let of = if error > 0.0 {
        let ratio = two_sided(level, groups * size - 1) / two_sided(level, groups - 1);
        (share * (1.0 - share) / (error * error) * ratio * ratio).min(runs)
    } else if share > 0.0 && share < 1.0 {
        // Every group has the same share of both: the runs are at least independent.
        runs
    } else {
        groups as f64
    };
    let estimate = clopper_pearson(Count { times: share * of, of }, level);
    Estimate { value: share, ..estimate }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: Estimate, expected: [f64; 3]) {
        for (found, expected) in [found.value, found.low, found.high].into_iter().zip(expected) {
            // As many digits as are printed.
            assert!((found - expected).abs() < 5e-7, "{found} instead of {expected}");
        }
    }

    #[test]
    fn clopper_and_pearson_are_those_of_tables() {
        // R's binom.test and SciPy's binomtest agree on these.
        assert_close(clopper_pearson(Count { times: 8.0, of: 10.0 }, 0.95), [0.8, 0.443_904_5, 0.974_789_3]);
        // 1 - .025^(1/20).
        assert_close(clopper_pearson(Count { times: 0.0, of: 20.0 }, 0.95), [0.0, 0.0, 0.168_433_5]);
        assert_close(clopper_pearson(Count { times: 20.0, of: 20.0 }, 0.95), [1.0, 0.831_566_5, 1.0]);
    }

    #[test]
    fn runs_that_repeat_each_other_count_once() {
        // 50 draws, of which 10 miss in all of their runs.
        let shares: Vec<f64> = (0..50).map(|draw| if draw < 10 { 1.0 } else { 0.0 }).collect();
        let found = clustered(&shares, 4, 0.95);
        let once = clopper_pearson(Count { times: 10.0, of: 50.0 }, 0.95);
        let naive = clopper_pearson(Count { times: 40.0, of: 200.0 }, 0.95);
        let width = |estimate: Estimate| estimate.high - estimate.low;
        // n* is 49 · (t(199)/t(49))² = 47.2: a little wider than that of 50.
        assert!(width(found) >= width(once) && width(found) < 1.06 * width(once), "{found:?} {once:?}");
        assert!(width(found) > 1.7 * width(naive));
    }

    #[test]
    fn runs_that_do_not_depend_count_each() {
        // Shares of two coins a draw: 0, ½, ½, 1 in turn, the variance of independence.
        let shares: Vec<f64> = (0..400).map(|draw| [0.0, 0.5, 0.5, 1.0][draw % 4]).collect();
        let (found, plain) =
            (clustered(&shares, 2, 0.95), clopper_pearson(Count { times: 400.0, of: 800.0 }, 0.95));
        // n* is 798 · (t(799)/t(399))².
        assert!((found.low - plain.low).abs() < 2e-4 && (found.high - plain.high).abs() < 2e-4, "{found:?}");
    }

    #[test]
    fn where_nothing_was_missed_only_draws_count() {
        let found = clustered(&[0.0; 20], 5, 0.95);
        assert_close(found, [0.0, 0.0, 0.168_433_5]);
    }
}
