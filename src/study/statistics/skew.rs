//! When Student's interval is not to be trusted.

use super::Moments;

/// Values for each unit of squared skewness below which a 95 % interval fails in more
/// than 6 % of the samples.
const COCHRAN: f64 = 25.0;

/// Standard errors by which the skewness of a small sample must differ from zero: 2.5 %
/// of normal samples do to either side.
const SURE: f64 = 1.96;

/// Whether the values are too skewed for Student's interval of their mean: n < 25·G1²
/// (Cochran, Sampling Techniques, 3rd ed., section 2.15), with a G1 that is not just
/// chance.
///
/// Cochran's rule keeps the 95 % interval of a mean wrong in at most 6 % of the samples.
/// It follows from the Edgeworth expansion of Student's statistic (Hall, The Bootstrap and
/// Edgeworth Expansion, 1992, section 2.6): a two-sided interval of level 1 - α falls
/// short of it by 2φ(z)·z·γ²(z⁴ + 2z² - 3)/18n to the order 1/n, at 95 % by 0.247 γ²/n
/// (less 0.016 κ/n, neglected): one per cent where n = 24.7 γ². The skewness of small
/// samples scatters by √(6n(n-1)/((n-2)(n+1)(n+3))), so a rule on G1 alone would warn of
/// two normal samples of ten in five.
///
/// What it misses: a sample of rare events that happens to hold none shows no skewness.
pub fn too_skewed(moments: &Moments) -> bool {
    let n = moments.n() as f64;
    if n < 3.0 {
        return false;
    }
    let skewness = moments.skewness();
    let scatter = libm::sqrt(6.0 * n * (n - 1.0) / ((n - 2.0) * (n + 1.0) * (n + 3.0)));
    n < COCHRAN * skewness * skewness && skewness.abs() > SURE * scatter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(n: usize, heavy: usize) -> Moments {
        (0..n).map(|place| if place < heavy { 1.0 } else { 0.0 }).collect()
    }

    #[test]
    fn rare_events_warn_until_there_are_many() {
        // A share p of ones has the skewness (1-2p)/√(p(1-p)): 25 γ² n-fold at 1 % is 2,425.
        assert!(too_skewed(&moments(100, 1)));
        assert!(too_skewed(&moments(2_000, 20)));
        assert!(!too_skewed(&moments(3_000, 30)));
    }

    #[test]
    fn small_symmetric_samples_do_not_warn_and_constants_never() {
        assert!(!too_skewed(&moments(10, 5)));
        // Skewness .62 at n = 10 is above Cochran's limit, but within its scatter of .69.
        assert!(!too_skewed(&Moments::of(&[1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 4.0, 5.0, 6.5])));
        assert!(!too_skewed(&moments(10, 0)));
        assert!(!too_skewed(&moments(2, 1)));
    }
}
