//! Optimal computing budget allocation (Chen, Lin, Yücesan and Chick 2000): a heuristic
//! that spends replications where they tell most.

use super::Moments;
use super::quantiles::normal_probability;

/// The shares of the budget that each alternative gets: N_i/N_j = [(σ_i/δ_bi)/(σ_j/δ_bj)]²
/// for all but the best b, with δ_bi how far i trails it, and N_b = σ_b·√Σ(N_i/σ_i)².
/// The best is that of the least mean, the first of equals.
///
/// Whoever trails by less than a millionth of the greatest deviation is taken to trail by
/// that, lest all go to a tie. Where nothing varies, all get the same.
///
/// # Panics
/// Without an alternative.
pub fn fractions(losses: &[Moments]) -> Vec<f64> {
    let best = best(losses);
    let widest = losses.iter().map(Moments::deviation).fold(0.0, f64::max);
    if widest == 0.0 {
        return vec![1.0 / losses.len() as f64; losses.len()];
    }
    let gap = |i: &Moments| (i.mean() - losses[best].mean()).max(1e-6 * widest);
    let mut weights: Vec<f64> = losses.iter().map(|i| square(i.deviation() / gap(i))).collect();
    // (N_i/σ_i)² = σ_i²/δ_bi⁴, which does not divide by a deviation of zero.
    let others: f64 = losses
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != best)
        .map(|(_, i)| square(i.deviation() / square(gap(i))))
        .sum();
    weights[best] = losses[best].deviation() * libm::sqrt(others);
    if others == 0.0 {
        // Only the best varies: all that can be learnt is of it.
        weights[best] = 1.0;
    }
    let whole: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / whole).collect()
}

/// The approximate probability of correct selection with so many replications of each, by
/// Bonferroni: 1 - Σ Φ(-δ_bi/√(σ_b²/N_b + σ_i²/N_i)), at least 0. A lower bound where
/// means and variances are as they are estimated.
///
/// # Panics
/// Without an alternative.
pub fn correct_selection(losses: &[Moments], replications: &[f64]) -> f64 {
    let best = best(losses);
    let noise = |i: usize| losses[i].variance() / replications[i];
    let wrong: f64 = (0..losses.len())
        .filter(|i| *i != best)
        .map(|i| {
            let gap = losses[i].mean() - losses[best].mean();
            let error = libm::sqrt(noise(i) + noise(best));
            match (gap > 0.0, error > 0.0) {
                (_, true) => normal_probability(-gap / error),
                (true, false) => 0.0,
                // Equal, and certain to be.
                (false, false) => 0.5,
            }
        })
        .sum();
    (1.0 - wrong).max(0.0)
}

/// Whole replications for each of `more` to be spent: in proportion to how far each is
/// behind its share of all, those that are beyond it get none. The rest that whole
/// numbers leave goes to the greatest remainders, the first of equals.
///
/// # Panics
/// Without an alternative.
pub fn next(losses: &[Moments], more: u64) -> Vec<u64> {
    let whole = losses.iter().map(Moments::n).sum::<u64>() + more;
    let behind: Vec<f64> = fractions(losses)
        .iter()
        .zip(losses)
        .map(|(share, i)| (share * whole as f64 - i.n() as f64).max(0.0))
        .collect();
    apportion(&behind, more)
}

/// `whole` in whole parts proportional to `weights`, by the greatest remainders.
///
/// # Panics
/// Without a weight above zero.
pub fn apportion(weights: &[f64], whole: u64) -> Vec<u64> {
    let sum: f64 = weights.iter().sum();
    assert!(sum > 0.0, "something weighs");
    let exact: Vec<f64> = weights.iter().map(|weight| weight / sum * whole as f64).collect();
    let mut parts: Vec<u64> = exact.iter().map(|part| libm::floor(*part) as u64).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let remainder = |i: &usize| exact[*i] - libm::floor(exact[*i]);
    order.sort_by(|a, b| remainder(b).total_cmp(&remainder(a)));
    let left = whole.saturating_sub(parts.iter().sum());
    for i in order.into_iter().take(left as usize) {
        parts[i] += 1;
    }
    parts
}

/// The place of the least mean, the first of equals.
///
/// # Panics
/// Without an alternative.
pub fn best(losses: &[Moments]) -> usize {
    let better =
        |best: usize, next: usize| if losses[next].mean() < losses[best].mean() { next } else { best };
    (0..losses.len()).reduce(better).expect("there is an alternative")
}

fn square(value: f64) -> f64 {
    value * value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten values of this mean and a deviation of √(10/9).
    fn about(mean: f64) -> Moments {
        (0..10).map(|place| mean + if place % 2 == 0 { 1.0 } else { -1.0 }).collect()
    }

    #[test]
    fn shares_are_those_of_the_reference() {
        let losses: Vec<Moments> = (1..=10).map(|mean| about(f64::from(mean))).collect();
        let found = fractions(&losses);
        for (found, expected) in found.iter().zip([0.40317, 0.38761, 0.09690, 0.04307, 0.02423]) {
            assert!((found - expected).abs() < 5e-6, "{found} instead of {expected}");
        }
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ties_and_certainty_have_shares_too() {
        let still = |mean: f64| [mean; 3].into_iter().collect::<Moments>();
        assert_eq!(fractions(&[still(1.0), still(2.0)]), [0.5, 0.5]);
        assert_eq!(fractions(&[about(0.0), still(0.1), still(2.0)]), [1.0, 0.0, 0.0]);
        assert_eq!(next(&[about(0.0), still(0.1)], 7), [7, 0]);
        let tied = fractions(&[about(1.0), about(1.0), about(5.0)]);
        assert!((tied[0] - 0.5).abs() < 1e-6 && (tied[1] - 0.5).abs() < 1e-6, "{tied:?}");
        assert_eq!(correct_selection(&[still(1.0), still(2.0)], &[3.0, 3.0]), 1.0);
        assert_eq!(correct_selection(&[still(1.0), still(1.0)], &[3.0, 3.0]), 0.5);
    }

    #[test]
    fn the_probability_of_two_is_that_of_the_normal() {
        // The gap 1 has an error of √(2·(10/9)/10) = .4714: Φ(2.1213) = .98305.
        let found = correct_selection(&[about(0.0), about(1.0)], &[10.0, 10.0]);
        assert!((found - 0.983_05).abs() < 1e-5, "{found}");
    }

    #[test]
    fn what_is_spent_is_spent_whole_on_those_behind() {
        let losses = [about(0.0), about(1.0), about(100.0)];
        let spent = next(&losses, 30);
        assert_eq!(spent, [15, 15, 0]);
        assert_eq!(apportion(&[1.0, 1.0, 1.0], 10), [4, 3, 3]);
    }
}
