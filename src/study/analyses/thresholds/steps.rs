//! The values at which an input is tried.

use crate::base::random::{Bounds, Distribution, Outcome};
use crate::study::question::Input;
use crate::study::trials::Stopped;

/// One value that is tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// The quantile at which the input has it.
    pub quantile: f64,
    /// The value, in the input's unit.
    pub value: f64,
}

/// Where a distribution has no end, this share of it is left out there: a line drawn from
/// nearly infinity would say nothing of what lies between.
const TAIL: f64 = 0.001;

/// The values at quantiles evenly apart, ascending, each once.
pub(super) fn steps(input: &Input, count: u32) -> Result<Vec<Step>, Stopped> {
    let Some(quantile) = &input.quantile else {
        return Err(Stopped::Impossible(format!(
            "`{}` is a group of figures: it has no value at which something could change",
            input.name
        )));
    };
    let mut steps: Vec<Step> = match quantile.distribution() {
        Distribution::Discrete(outcomes) => middles(outcomes),
        distribution => {
            let [low, high] = ends(distribution);
            let last = f64::from(count - 1);
            (0..count)
                .map(|step| low + (high - low) * f64::from(step) / last)
                .map(|u| Step { quantile: u, value: input.value(u) })
                .collect()
        }
    };
    steps.sort_by(|a, b| a.value.total_cmp(&b.value));
    steps.dedup_by(|b, a| a.value == b.value);
    if steps.len() < 2 {
        return Err(Stopped::Impossible(format!("`{}` has one value only: nothing can change", input.name)));
    }
    Ok(steps)
}

/// Each outcome that can happen, at the middle of its quantiles.
fn middles(outcomes: &[Outcome]) -> Vec<Step> {
    let total: f64 = outcomes.iter().map(|outcome| outcome.weight).sum();
    let mut below = 0.0;
    let mut steps = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.weight > 0.0) {
        steps.push(Step { quantile: (below + outcome.weight / 2.0) / total, value: outcome.value });
        below += outcome.weight;
    }
    steps
}

/// The first and the last quantile that are tried.
fn ends(distribution: &Distribution) -> [f64; 2] {
    let bounded = |bounds: &Bounds| [bounds.low.is_some(), bounds.high.is_some()];
    let [low, high] = match distribution {
        Distribution::Normal { bounds, .. } => bounded(bounds),
        // What is logarithmic, or a time, ends at zero.
        Distribution::LogNormal { bounds, .. } => [true, bounds.high.is_some()],
        Distribution::Exponential { .. } | Distribution::Weibull { .. } => [true, false],
        _ => [true, true],
    };
    [if low { 0.0 } else { TAIL }, if high { 1.0 } else { 1.0 - TAIL }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::fixture;

    fn input(distribution: &Distribution) -> Input {
        let quantile = distribution.tabulate().expect("it is a distribution");
        Input { quantile: Some(quantile), ..fixture::study(1, 1, 1).inputs.remove(0) }
    }

    #[test]
    fn what_has_ends_is_tried_at_them_and_what_has_none_is_not() {
        let ends = |distribution: &Distribution| {
            let steps = steps(&input(distribution), 3).expect("it has several values");
            [steps[0], steps[1], steps[2]].map(|step| step.value)
        };
        // The end of a quantile is 2^-52 of the range away from the bound.
        let uniform = ends(&Distribution::Uniform { low: 2.0, high: 4.0 });
        assert!((uniform[0] - 2.0).abs() < 1e-12 && (uniform[2] - 4.0).abs() < 1e-12 && uniform[1] == 3.0);
        let normal = ends(&Distribution::Normal { mean: 0.0, deviation: 1.0, bounds: Bounds::default() });
        // The 99.9 % quantile of the normal distribution, from tables.
        assert!((normal[2] - 3.090_232).abs() < 1e-5 && (normal[0] + normal[2]).abs() < 1e-9);
        let bounds = Bounds { low: Some(-1.0), high: None };
        assert!((ends(&Distribution::Normal { mean: 0.0, deviation: 1.0, bounds })[0] + 1.0).abs() < 1e-9);
    }

    #[test]
    fn certain_values_are_tried_one_by_one_in_their_order() {
        let outcome = |value, weight| Outcome { value, weight };
        let outcomes = vec![outcome(5.0, 1.0), outcome(1.0, 2.0), outcome(9.0, 0.0), outcome(3.0, 1.0)];
        let input = input(&Distribution::Discrete(outcomes));
        let steps = steps(&input, 11).expect("it has several values");
        assert_eq!(steps.iter().map(|step| step.value).collect::<Vec<_>>(), [1.0, 3.0, 5.0]);
        for step in &steps {
            assert_eq!(input.value(step.quantile), step.value);
        }
    }
}
