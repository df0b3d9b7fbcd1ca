//! Elementary effects (Morris 1991): a cheap look at which inputs matter at all.

use super::bootstrap::{Terms, percentile_interval};
use super::measured::{Gauge, mean, means, residual_noise, squares};
use super::{Effects, Elementary, Outcome, notes};
use crate::base::random::{Distribution, Quantile};
use crate::study::designs::{Grid, Walker, column_keys, trajectories};
use crate::study::trials::{Design, Sampler, Stopped};

/// Resamples of the trajectories for the interval of μ*.
const RESAMPLES: u32 = 1_000;

/// Where a distribution has no end, the grid ends at this quantile (or 1 less it): at the
/// quantile 0 or 1 itself only the choice of how near would decide.
const LAST: f64 = 0.01;

/// Walks the grid and takes the differences, per unit of an input's quantile: an effect of 5
/// says that from its least to its greatest value the measure would rise by 5, were every
/// step like the mean one.
pub(super) fn morris(
    gauge: &mut Gauge<'_>,
    grid: Grid,
    sampler: &mut dyn Sampler,
) -> Result<Outcome, Stopped> {
    let inputs = &gauge.study.inputs;
    let keys = column_keys(inputs);
    let walkers: Vec<Walker> = inputs
        .iter()
        .map(|input| Walker {
            key: keys[input.columns.start],
            columns: input.columns.clone(),
            reach: reach(input.quantile.as_ref()),
        })
        .collect();
    let draws = gauge.study.draws();
    let walks = trajectories(&draws, grid, &walkers)?;
    let columns = gauge.study.columns();
    let mut design = Design::new(columns);
    for point in walks.iter().flat_map(|walk| walk.points.chunks_exact(columns)) {
        let at = design.add_point(point);
        gauge.ask(&mut design, at, 0..gauge.replications);
    }
    let values = gauge.answer(&design, sampler)?;
    let measures = means(&values, gauge.replications);

    let mut effects: Vec<Vec<f64>> = vec![Vec::with_capacity(walks.len()); inputs.len()];
    for (walk, measures) in walks.iter().zip(measures.chunks_exact(inputs.len() + 1)) {
        for (step, pair) in walk.steps.iter().zip(measures.windows(2)) {
            effects[step.walker].push((pair[1] - pair[0]) / step.rise);
        }
    }
    let mut absolute = Terms::new(walks.len());
    effects.iter().for_each(|effects| absolute.push(effects.iter().map(|effect| effect.abs())));
    let (values_absolute, resampled) = (absolute.means(), absolute.resampled(&draws, RESAMPLES));
    let mut found: Vec<Elementary> = gauge
        .by_name()
        .into_iter()
        .map(|input| Elementary {
            input,
            mean: mean(&effects[input]),
            mean_absolute: percentile_interval(
                values_absolute[input],
                resampled.iter().map(|means| means[input]).collect(),
            ),
            deviation: libm::sqrt(squares(&effects[input], mean(&effects[input])) / (walks.len() - 1) as f64),
        })
        .collect();
    found.sort_by(|one, other| other.mean_absolute.value.total_cmp(&one.mean_absolute.value));
    let mut notes = notes::of_elementary(gauge, &found);
    notes.extend(notes::of_reach(gauge, &walkers));
    let residual_noise = residual_noise(&values, gauge.replications);
    Ok(Outcome { effects: Effects::Morris { effects: found }, residual_noise, notes })
}

/// The quantiles between which the grid of an input lies. What the figures of a group are
/// is not known, so none of them goes to an end.
fn reach(quantile: Option<&Quantile>) -> [f64; 2] {
    let (low, high) = quantile.map_or((false, false), |quantile| match quantile.distribution() {
        Distribution::Fixed(_)
        | Distribution::Uniform { .. }
        | Distribution::Triangular { .. }
        | Distribution::Pert { .. }
        | Distribution::Discrete(_) => (true, true),
        Distribution::Normal { bounds, .. } => (bounds.low.is_some(), bounds.high.is_some()),
        Distribution::LogNormal { bounds, .. } => (true, bounds.high.is_some()),
        Distribution::Exponential { .. } | Distribution::Weibull { .. } => (true, false),
    });
    [if low { 0.0 } else { LAST }, if high { 1.0 } else { 1.0 - LAST }]
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{ishigami, plain, plain_with_chance, shuffled, spec};
    use super::super::{Method, sensitivity};
    use super::*;
    use crate::base::random::Bounds;
    use crate::study::fixture::study;

    fn method(trajectories: u32) -> Method {
        Method::Morris { trajectories, levels: 4 }
    }

    fn effects(effects: &Effects) -> &[Elementary] {
        match effects {
            Effects::Morris { effects } => effects,
            other => panic!("{other:?}"),
        }
    }

    /// μ* of the Ishigami function over every step of the grid, as published; in closed form
    /// ¾√3 (1 + (π⁴ + (π/3)⁴)/20) = 7.704054, 7 · ¾ · 3/2 and (3√3/80)(π⁴ - (π/3)⁴) = 6.248796.
    const ISHIGAMI: [f64; 3] = [7.7040, 7.875, 6.2489];

    #[test]
    fn the_reference_values_are_the_exact_means_over_every_step_of_the_grid() {
        let level = |level: u32| f64::from(level) / 3.0;
        for (place, expected) in ISHIGAMI.into_iter().enumerate() {
            let mut sum = 0.0;
            for (a, b, start) in (0..4).flat_map(|a| (0..4).flat_map(move |b| (0..2).map(move |s| (a, b, s))))
            {
                let at = |moved: u32| {
                    let mut x = [level(a), level(b), 0.0];
                    x[2] = x[place];
                    x[place] = level(moved);
                    ishigami(&x)
                };
                sum += (at(start + 2) - at(start)).abs() / (2.0 / 3.0);
            }
            // The published ones have four decimals, of which the last is one off in two.
            assert!((sum / 32.0 - expected).abs() < 1.1e-4, "{place}: {}", sum / 32.0);
        }
    }

    #[test]
    fn the_ishigami_function_has_the_published_effects() {
        let study = study(1, 3, 1);
        let found = sensitivity(&study, &spec(method(500)), &mut plain(ishigami)).unwrap();
        assert_eq!(found.evaluations, 500 * 4);
        for effect in effects(&found.effects) {
            let exact = ISHIGAMI[effect.input];
            // σ of |effects| is at most 6.5 (x2: 0): four standard errors over 500 walks.
            assert!((effect.mean_absolute.value - exact).abs() < 4.0 * 6.5 / libm::sqrt(500.0), "{effect:?}");
        }
        let middle = effects(&found.effects).iter().find(|effect| effect.input == 1).unwrap();
        // Every step of x2 has the same absolute effect, to rounding.
        assert!((middle.mean_absolute.value - 7.875).abs() < 1e-9);
        assert!(middle.mean_absolute.high - middle.mean_absolute.low < 1e-9);
    }

    #[test]
    fn a_straight_line_has_its_slopes_and_no_deviation_and_a_bent_one_says_so() {
        let study = study(1, 3, 1);
        let model = |x: &[f64]| 3.0 * x[0] - 5.0 * x[1] + 0.0 * x[2];
        let found = sensitivity(&study, &spec(method(10)), &mut plain(model)).unwrap();
        let effects = effects(&found.effects);
        assert_eq!(effects.iter().map(|effect| effect.input).collect::<Vec<_>>(), [1, 0, 2]);
        // Differences of sums of thirds, to rounding.
        for (effect, slope) in effects.iter().zip([-5.0, 3.0, 0.0]) {
            assert!((effect.mean - slope).abs() < 1e-12 && effect.deviation < 1e-12, "{effect:?}");
            assert!((effect.mean_absolute.value - f64::abs(slope)).abs() < 1e-12);
        }
    }

    #[test]
    fn the_interval_of_the_mean_absolute_effect_is_as_wide_as_it_must_be_and_covers() {
        let mut study = study(1, 3, 1);
        let (mut covered, mut width) = (0, 0.0);
        for seed in 0..25 {
            study.seed = seed;
            let found = sensitivity(&study, &spec(method(20)), &mut plain(ishigami)).unwrap();
            let first =
                effects(&found.effects).iter().find(|effect| effect.input == 0).unwrap().mean_absolute;
            covered += u32::from(first.low <= ISHIGAMI[0] && ISHIGAMI[0] <= first.high);
            width += (first.high - first.low) / 25.0;
        }
        // |Effects| of x1 are 1.4553 or 13.9528, each half of the time: σ = 6.249, of a mean of
        // 20 it is 1.397, so the width is near 3.92 × 1.397 × √(19/20) = 5.34; 10 % of it are
        // more than three standard errors of the mean width.
        assert!((width / 5.34 - 1.0).abs() < 0.1, "{width}");
        // A percentile interval of 20 covers some 92 %: of 25 at least 19 but for one in 100.
        assert!(covered >= 19, "{covered} of 25");
    }

    #[test]
    fn another_order_of_the_inputs_gives_the_same_effects() {
        let plainly = study(1, 4, 1);
        let model = |x: &[f64]| x[0] + x[1] * x[2] + x[3] * x[3] * x[1];
        let found = sensitivity(&plainly, &spec(method(8)), &mut plain(model)).unwrap();
        let (order, shuffled) = shuffled(&plainly);
        let back = move |x: &[f64]| {
            let mut y = vec![0.0; x.len()];
            x.iter().zip(&order).for_each(|(x, place)| y[*place] = *x);
            model(&y)
        };
        let again = sensitivity(&shuffled, &spec(method(8)), &mut plain(back)).unwrap();
        for (one, other) in effects(&found.effects).iter().zip(effects(&again.effects)) {
            assert_eq!(plainly.inputs[one.input].name, shuffled.inputs[other.input].name);
            assert_eq!(
                (one.mean, one.mean_absolute, one.deviation),
                (other.mean, other.mean_absolute, other.deviation)
            );
        }
    }

    #[test]
    fn every_point_meets_the_same_chance_so_a_common_shock_is_no_noise() {
        let study = study(1, 2, 1);
        let mut spec = spec(method(10));
        spec.replications = 4;
        let mut shocks = plain_with_chance(|x, chance| x[0] + (chance * chance) as f64);
        let found = sensitivity(&study, &spec, &mut shocks).unwrap();
        // The mean square of what is left is rounding of numbers near 9.
        assert!(found.residual_noise.unwrap() < 1e-25, "{:?}", found.residual_noise);
        assert!((effects(&found.effects)[0].mean - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_input_without_ends_is_stepped_between_its_outer_percentiles() {
        let free = Distribution::Normal { mean: 0.0, deviation: 1.0, bounds: Bounds::default() };
        assert_eq!(reach(Some(&free.tabulate().unwrap())), [0.01, 0.99]);
        let half = Distribution::Exponential { mean: 1.0 };
        assert_eq!(reach(Some(&half.tabulate().unwrap())), [0.0, 0.99]);
        let mut study = study(1, 2, 1);
        study.inputs[0].quantile = Some(free.tabulate().unwrap());
        let model = |x: &[f64]| {
            assert!((0.01 - 1e-12..=0.99 + 1e-12).contains(&x[0]), "{x:?}");
            10.0 * x[0]
        };
        let found = sensitivity(&study, &spec(method(10)), &mut plain(model)).unwrap();
        assert!((effects(&found.effects)[0].mean - 10.0).abs() < 1e-9, "still per unit of the quantile");
        assert!(
            found.notes.iter().any(|note| note.contains("x0") && note.contains("99 %")),
            "{:?}",
            found.notes
        );
    }

    #[test]
    fn one_trajectory_or_an_odd_grid_is_refused() {
        for method in [method(1), Method::Morris { trajectories: 4, levels: 3 }] {
            let refused = sensitivity(&study(1, 2, 1), &spec(method), &mut plain(|_| 0.0));
            assert!(matches!(refused, Err(Stopped::Impossible(_))), "{method:?}");
        }
    }
}
