//! Intervals for quantiles by order statistics: no assumption about the distribution.

use crate::study::analyses::Estimate;
use crate::study::summary::quantile;

/// The order statistics, counted from 1, between which a quantile lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranks {
    /// The lower.
    pub low: usize,
    /// The upper.
    pub high: usize,
    /// With what probability: P(low ≤ Bin(n, p) ≤ high - 1), exact for continuous
    /// distributions and at least that for others.
    pub coverage: f64,
}

/// The narrowest order statistics of `n` values that leave out the `p` quantile on either
/// side with a probability of at most (1 - level)/2 (David and Nagaraja, Order
/// Statistics, section 7.1). None where `n` is too small for that.
pub fn ranks(n: usize, p: f64, level: f64) -> Option<Ranks> {
    let tail = (1.0 - level) / 2.0;
    // at_most[x] = P(Bin(n, p) ≤ x).
    let at_most: Vec<f64> = binomial(n, p)
        .scan(0.0, |sum, mass| {
            *sum += mass;
            Some(*sum)
        })
        .collect();
    let low = at_most.iter().take_while(|&&probability| probability <= tail).count();
    let high = 1 + at_most.iter().take_while(|&&probability| probability < 1.0 - tail).count();
    (low > 0 && high <= n).then(|| Ranks { low, high, coverage: at_most[high - 1] - at_most[low - 1] })
}

/// The `p` quantile of sorted values (type 7) with its interval by [`ranks`].
pub fn interval(sorted: &[f64], p: f64, level: f64) -> Option<Estimate> {
    let Ranks { low, high, .. } = ranks(sorted.len(), p, level)?;
    Some(Estimate { value: quantile(sorted, p), low: sorted[low - 1], high: sorted[high - 1] })
}

/// Values of which the greatest exceeds the `p` quantile with this confidence: the least
/// n with 1 - pⁿ ≥ confidence (Wilks 1941).
pub fn wilks_one_sided(p: f64, confidence: f64) -> u64 {
    least(|n| 1.0 - libm::pow(p, n) >= confidence)
}

/// Values between whose least and greatest a share `p` of the distribution lies with this
/// confidence: the least n with 1 - n·pⁿ⁻¹ + (n-1)·pⁿ ≥ confidence (Wilks 1941).
pub fn wilks_two_sided(p: f64, confidence: f64) -> u64 {
    least(|n| 1.0 - n * libm::pow(p, n - 1.0) + (n - 1.0) * libm::pow(p, n) >= confidence)
}

fn least(enough: impl Fn(f64) -> bool) -> u64 {
    super::mean::least_n(1, |n| enough(n as f64))
}

/// P(Bin(n, p) = x) for x from 0 to n.
fn binomial(n: usize, p: f64) -> impl Iterator<Item = f64> {
    let whole = libm::lgamma(n as f64 + 1.0);
    let (success, failure) = (libm::log(p), libm::log1p(-p));
    (0..=n).map(move |x| {
        let (x, rest) = (x as f64, (n - x) as f64);
        let ways = whole - libm::lgamma(x + 1.0) - libm::lgamma(rest + 1.0);
        libm::exp(ways + x * success + rest * failure)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_ten_lies_between_the_second_and_the_ninth() {
        let found = ranks(10, 0.5, 0.95).unwrap();
        assert_eq!((found.low, found.high), (2, 9));
        // 1 - 22/1024.
        assert!((found.coverage - 0.978_515_625).abs() < 1e-12);
    }

    #[test]
    fn the_ninth_decile_of_a_hundred_lies_between_84_and_96() {
        let found = ranks(100, 0.9, 0.95).unwrap();
        assert_eq!((found.low, found.high), (84, 96));
        assert!(found.coverage >= 0.95);
    }

    #[test]
    fn too_few_values_give_no_interval() {
        // The extremes of five hold the median with 1 - 2/32 = 93.75 %.
        assert_eq!(ranks(5, 0.5, 0.95), None);
        assert_eq!(ranks(6, 0.5, 0.95).map(|found| (found.low, found.high)), Some((1, 6)));
        assert_eq!(interval(&[1.0; 3], 0.5, 0.95), None);
    }

    #[test]
    fn an_interval_takes_its_ends_from_the_values() {
        let sorted: Vec<f64> = (1..=10).map(|value| f64::from(value * value)).collect();
        assert_eq!(interval(&sorted, 0.5, 0.95), Some(Estimate { value: 30.5, low: 4.0, high: 81.0 }));
    }

    #[test]
    fn wilks_asks_for_59_on_one_side_and_93_on_both() {
        assert_eq!((wilks_one_sided(0.95, 0.95), wilks_two_sided(0.95, 0.95)), (59, 93));
    }
}
