//! Criteria of choice under ignorance, on a plain table of outcomes by alternative and future.

use super::{Robust, Winners};
use crate::study::question::Better;
use crate::study::summary::quantile;
use crate::study::trials::AlternativeId;

/// What the criteria need beside the outcomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Which outcomes are wanted.
    pub better: Better,
    /// What is good enough; none where nothing was asked.
    pub target: Option<f64>,
    /// Hurwicz' weight of the worst future, from 0 to 1.
    pub pessimism: f64,
    /// The share of worst futures, above 0 and up to 1.
    pub tail: f64,
}

/// The regret of each alternative (rows) in each future (columns): by how much it is worse
/// than the best there (Savage 1951). `outcomes` has a row for each alternative.
pub fn regrets(rules: &Rules, outcomes: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let best = bests(rules, outcomes);
    let regret = |values: &Vec<f64>| {
        values.iter().zip(&best).map(|(value, best)| rules.better.loss(*value) - best).collect()
    };
    outcomes.iter().map(regret).collect()
}

/// The least loss in each future.
fn bests(rules: &Rules, outcomes: &[Vec<f64>]) -> Vec<f64> {
    let mut best = vec![f64::INFINITY; outcomes.first().map_or(0, Vec::len)];
    for values in outcomes {
        for (best, value) in best.iter_mut().zip(values) {
            *best = best.min(rules.better.loss(*value));
        }
    }
    best
}

/// Every alternative by every criterion. `outcomes` has a row for each alternative and a
/// column for each future, of which there is at least one.
pub fn judge(rules: &Rules, alternatives: &[AlternativeId], outcomes: &[Vec<f64>]) -> Vec<Robust> {
    let best = bests(rules, outcomes);
    let loss = |value: f64| rules.better.loss(value);
    // In each future, a best one among several counts as a part.
    let parts: Vec<f64> = best
        .iter()
        .enumerate()
        .map(|(future, best)| outcomes.iter().filter(|values| loss(values[future]) == *best).count() as f64)
        .map(|ties| 1.0 / ties)
        .collect();
    let futures = best.len() as f64;
    let robust = |(alternative, (values, mut regret)): (&AlternativeId, (&Vec<f64>, Vec<f64>))| {
        let mean_regret = regret.iter().sum::<f64>() / futures;
        let shared: f64 =
            regret.iter().zip(&parts).filter(|(regret, _)| **regret == 0.0).map(|(_, part)| part).sum();
        regret.sort_by(f64::total_cmp);
        let mut losses: Vec<f64> = values.iter().map(|value| loss(*value)).collect();
        losses.sort_by(|a, b| b.total_cmp(a));
        let (worst, least) = (losses[0], losses[losses.len() - 1]);
        let met = |target: f64| values.iter().filter(|value| !rules.better.prefers(target, **value)).count();
        Robust {
            alternative: *alternative,
            greatest_regret: regret[regret.len() - 1],
            regret_p90: quantile(&regret, 0.9),
            mean_regret,
            // A loss of a loss is the value.
            worst: loss(worst),
            best: loss(least),
            hurwicz: loss(rules.pessimism * worst + (1.0 - rules.pessimism) * least),
            laplace: values.iter().sum::<f64>() / futures,
            satisficing: rules.target.map(|target| met(target) as f64 / futures),
            cvar: loss(tail_mean(&losses, rules.tail)),
            best_in: shared / futures,
        }
    };
    alternatives.iter().zip(outcomes.iter().zip(regrets(rules, outcomes))).map(robust).collect()
}

/// The best of the judged by each criterion; of several, the first.
///
/// # Panics
/// If nothing was judged.
pub fn winners(rules: &Rules, judged: &[Robust]) -> Winners {
    let least = |key: &dyn Fn(&Robust) -> f64| {
        let mut best = &judged[0];
        for other in &judged[1..] {
            if key(other) < key(best) {
                best = other;
            }
        }
        best.alternative
    };
    let loss = |value: f64| rules.better.loss(value);
    Winners {
        greatest_regret: least(&|robust| robust.greatest_regret),
        regret_p90: least(&|robust| robust.regret_p90),
        maximin: least(&|robust| loss(robust.worst)),
        hurwicz: least(&|robust| loss(robust.hurwicz)),
        laplace: least(&|robust| loss(robust.laplace)),
        satisficing: rules.target.map(|_| least(&|robust| -robust.satisficing.unwrap_or(0.0))),
        cvar: least(&|robust| loss(robust.cvar)),
    }
}

/// The mean of the worst `share` of equally likely losses, which are sorted with the greatest
/// first: the conditional value at risk. Where the share ends within one of them, that one
/// counts in part (Rockafellar and Uryasev 2002), so the share is always exact.
///
/// # Panics
/// If there is no loss.
pub fn tail_mean(losses: &[f64], share: f64) -> f64 {
    let wanted = (share * losses.len() as f64).min(losses.len() as f64);
    let whole = (wanted as usize).min(losses.len());
    if wanted <= 0.0 {
        return losses[0];
    }
    let part = wanted - whole as f64;
    let rest = if part > 0.0 { part * losses[whole] } else { 0.0 };
    (losses[..whole].iter().sum::<f64>() + rest) / wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::fixture;

    /// Costs in four futures. By hand: the best are 10, 12, 20, 8.
    fn costs() -> Vec<Vec<f64>> {
        vec![vec![10.0, 20.0, 30.0, 8.0], vec![14.0, 14.0, 20.0, 14.0], vec![40.0, 12.0, 20.0, 10.0]]
    }

    fn rules() -> Rules {
        Rules { better: Better::Lower, target: Some(14.0), pessimism: 0.75, tail: 0.375 }
    }

    fn ids() -> Vec<AlternativeId> {
        (0..3).map(fixture::alternative).collect()
    }

    #[test]
    fn a_small_table_comes_out_as_by_hand() {
        assert_eq!(
            regrets(&rules(), &costs()),
            [[0.0, 8.0, 10.0, 0.0], [4.0, 2.0, 0.0, 6.0], [30.0, 0.0, 0.0, 2.0]]
        );
        let judged = judge(&rules(), &ids(), &costs());
        let column = |key: fn(&Robust) -> f64| judged.iter().map(key).collect::<Vec<f64>>();
        assert_eq!(column(|one| one.greatest_regret), [10.0, 6.0, 30.0]);
        // Type 7 at 0.9 of four: 0.7 of the way from the third to the fourth; rounding only.
        let p90 = column(|one| one.regret_p90);
        assert!(
            p90.iter().zip([9.4, 5.4, 21.6]).all(|(found, hand)| (found - hand).abs() < 1e-12),
            "{p90:?}"
        );
        assert_eq!(column(|one| one.mean_regret), [4.5, 3.0, 8.0]);
        assert_eq!(column(|one| one.worst), [30.0, 20.0, 40.0]);
        assert_eq!(column(|one| one.best), [8.0, 14.0, 10.0]);
        assert_eq!(column(|one| one.hurwicz), [24.5, 18.5, 32.5]);
        assert_eq!(column(|one| one.laplace), [17.0, 15.5, 20.5]);
        assert_eq!(column(|one| one.satisficing.unwrap_or(f64::NAN)), [0.5, 0.75, 0.5]);
        // 37.5 % of four is one and a half: (30 + 20/2)/1.5, (20 + 14/2)/1.5, (40 + 20/2)/1.5.
        assert_eq!(column(|one| one.cvar), [40.0 / 1.5, 18.0, 50.0 / 1.5]);
        // The third future is shared by two.
        assert_eq!(column(|one| one.best_in), [0.5, 0.125, 0.375]);
        let winners = winners(&rules(), &judged);
        assert_eq!(winners.satisficing, Some(fixture::alternative(1)));
        assert_eq!(winners.laplace, fixture::alternative(1));
    }

    #[test]
    fn where_more_is_better_the_worst_is_the_least() {
        let rules = Rules { better: Better::Higher, target: Some(14.0), ..rules() };
        let judged = judge(&rules, &ids(), &costs());
        let column = |key: fn(&Robust) -> f64| judged.iter().map(key).collect::<Vec<f64>>();
        // The best are 40, 20, 30, 14.
        assert_eq!(column(|one| one.greatest_regret), [30.0, 26.0, 10.0]);
        assert_eq!(column(|one| one.worst), [8.0, 14.0, 10.0]);
        assert_eq!(column(|one| one.hurwicz), [13.5, 15.5, 17.5]);
        assert_eq!(column(|one| one.satisficing.unwrap_or(f64::NAN)), [0.5, 1.0, 0.5]);
        assert_eq!(column(|one| one.cvar), [13.0 / 1.5, 14.0, 16.0 / 1.5]);
        let winners = winners(&rules, &judged);
        assert_eq!(
            (winners.maximin, winners.greatest_regret),
            (fixture::alternative(1), fixture::alternative(2))
        );
    }

    #[test]
    fn without_a_target_nobody_satisfices() {
        let rules = Rules { target: None, ..rules() };
        let judged = judge(&rules, &ids(), &costs());
        assert!(judged.iter().all(|one| one.satisficing.is_none()));
        assert_eq!(winners(&rules, &judged).satisficing, None);
    }

    #[test]
    fn a_tail_of_less_than_one_future_is_the_worst_and_of_all_the_mean() {
        assert_eq!(tail_mean(&[5.0, 3.0, 1.0], 0.05), 5.0);
        assert_eq!(tail_mean(&[5.0, 3.0, 1.0], 1.0), 3.0);
    }
}
