//! Tornado: one input at a time between two of its quantiles, the others at their modes.

use super::measured::{Gauge, means, residual_noise};
use super::{Bar, Effects, Outcome, notes};
use crate::study::trials::{At, Design, Sampler, Stopped};

/// What stands in a point for an input's mode; see [`Design::add_point`].
const AT_MODE: f64 = f64::NAN;

/// Moves each input between these two quantiles; a group's figures go together.
pub(super) fn tornado(
    gauge: &mut Gauge<'_>,
    quantiles: [f64; 2],
    sampler: &mut dyn Sampler,
) -> Result<Outcome, Stopped> {
    let order = gauge.by_name();
    let columns = gauge.study.columns();
    let mut design = Design::new(columns);
    gauge.ask(&mut design, At::Modes, 0..gauge.replications);
    for input in &order {
        for quantile in quantiles {
            let mut point = vec![AT_MODE; columns];
            point[gauge.study.inputs[*input].columns.clone()].fill(quantile);
            let at = design.add_point(&point);
            gauge.ask(&mut design, at, 0..gauge.replications);
        }
    }
    let values = gauge.answer(&design, sampler)?;
    let measures = means(&values, gauge.replications);
    let centre = measures[0];
    let mut bars: Vec<Bar> = order
        .iter()
        .zip(measures[1..].chunks_exact(2))
        .map(|(input, ends)| Bar {
            input: *input,
            values: quantiles.map(|quantile| gauge.study.inputs[*input].value(quantile)),
            measures: [ends[0], ends[1]],
        })
        .collect();
    bars.sort_by(|one, other| width(other, centre).total_cmp(&width(one, centre)));
    let notes = notes::of_bars(gauge, centre, &bars);
    let residual_noise = residual_noise(&values, gauge.replications);
    Ok(Outcome { effects: Effects::Tornado { centre, bars }, residual_noise, notes })
}

/// From the least to the greatest of both ends and the centre.
fn width(bar: &Bar, centre: f64) -> f64 {
    let [low, high] = bar.measures;
    low.max(high).max(centre) - low.min(high).min(centre)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{plain, shuffled, spec};
    use super::super::{Effects, Method, sensitivity};
    use super::*;
    use crate::base::random::Distribution;
    use crate::study::fixture::study;
    use crate::study::question::Measure;

    const METHOD: Method = Method::Tornado { low: 0.1, high: 0.9 };

    /// A point with modes of the uniform distribution in it.
    fn modes(x: &[f64]) -> Vec<f64> {
        x.iter().map(|u| if u.is_nan() { 0.5 } else { *u }).collect()
    }

    fn bars(effects: &Effects) -> (f64, &[Bar]) {
        match effects {
            Effects::Tornado { centre, bars } => (*centre, bars),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_bar_moves_one_input_from_the_modes_and_the_widest_comes_first() {
        let study = study(1, 3, 1);
        let mut sampler = plain(|x| {
            let x = if x.is_empty() { vec![0.5; 3] } else { modes(x) };
            x[0] + 10.0 * x[1] * x[2]
        });
        let found = sensitivity(&study, &spec(METHOD), &mut sampler).unwrap();
        let (centre, bars) = bars(&found.effects);
        assert_eq!(centre, 0.5 + 2.5);
        assert_eq!(bars.iter().map(|bar| bar.input).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(bars[0].measures, [1.0, 5.0]);
        assert_eq!(bars[2], Bar { input: 0, values: [0.1, 0.9], measures: [2.6, 3.4] });
        assert_eq!(found.evaluations, 7);
        assert_eq!(found.residual_noise, None);
    }

    #[test]
    fn values_are_in_the_unit_of_the_input_and_a_group_moves_together() {
        let mut study = study(1, 3, 1);
        let pert = Distribution::Triangular { low: 0.0, mode: 2.0, high: 8.0 };
        study.inputs[0].quantile = Some(pert.tabulate().unwrap());
        study.inputs[1].columns = 1..3;
        study.inputs[1].quantile = None;
        study.inputs.truncate(2);
        let mut sampler = plain(|x| modes(x).iter().skip(1).sum());
        let found = sensitivity(&study, &spec(METHOD), &mut sampler).unwrap();
        let (_, bars) = bars(&found.effects);
        assert_eq!(bars[0], Bar { input: 1, values: [0.1, 0.9], measures: [0.2, 1.8] });
        // u = x²/16 below the mode and 1 - (8 - x)²/48 above: √1.6 and 8 - √4.8.
        assert!((bars[1].values[0] - libm::sqrt(1.6)).abs() < 1e-12);
        assert!((bars[1].values[1] - (8.0 - libm::sqrt(4.8))).abs() < 1e-12);
    }

    #[test]
    fn a_bar_that_ends_on_one_side_of_the_centre_counts_from_there_and_is_explained() {
        let study = study(1, 2, 1);
        let mut sampler = plain(|x| {
            let x = if x.is_empty() { vec![0.5; 2] } else { modes(x) };
            (x[0] - 0.5) * (x[0] - 0.5) * 100.0 + x[1]
        });
        let found = sensitivity(&study, &spec(METHOD), &mut sampler).unwrap();
        let (_, bars) = bars(&found.effects);
        assert_eq!(bars[0].input, 0);
        assert!(
            found.notes.iter().any(|note| note.contains("x0") && note.contains("same")),
            "{:?}",
            found.notes
        );
    }

    #[test]
    fn another_order_of_the_inputs_gives_the_same_bars() {
        let plainly = study(1, 4, 1);
        let model = |x: &[f64]| {
            let x = if x.is_empty() { vec![0.5; 4] } else { modes(x) };
            x[0] + x[1] * x[2] + x[3]
        };
        let found = sensitivity(&plainly, &spec(METHOD), &mut plain(model)).unwrap();
        let (order, shuffled) = shuffled(&plainly);
        let back = move |x: &[f64]| {
            let mut y = vec![0.0; x.len()];
            x.iter().zip(&order).for_each(|(x, place)| y[*place] = *x);
            model(&y)
        };
        let again = sensitivity(&shuffled, &spec(METHOD), &mut plain(back)).unwrap();
        let named = |study: &crate::study::Study, effects: &Effects| -> Vec<(String, [f64; 2])> {
            bars(effects).1.iter().map(|bar| (study.inputs[bar.input].name.clone(), bar.measures)).collect()
        };
        assert_eq!(named(&plainly, &found.effects), named(&shuffled, &again.effects));
    }

    #[test]
    fn a_measure_less_itself_is_zero_everywhere() {
        let study = study(2, 2, 1);
        let mut spec = spec(METHOD);
        spec.measure.minus = Some(spec.measure.of);
        spec.replications = 3;
        let found = sensitivity(&study, &spec, &mut plain(|x| modes(x).iter().sum())).unwrap();
        let (centre, bars) = bars(&found.effects);
        assert_eq!(centre, 0.0);
        assert!(bars.iter().all(|bar| bar.measures == [0.0, 0.0]));
        assert_eq!(found.evaluations, 2 * 3 * 5);
        assert_eq!(found.measure, Measure { minus: Some(spec.measure.of), ..spec.measure });
    }

    #[test]
    fn quantiles_out_of_order_are_refused() {
        let refused =
            sensitivity(&study(1, 2, 1), &spec(Method::Tornado { low: 0.9, high: 0.1 }), &mut plain(|_| 0.0));
        assert!(matches!(refused, Err(Stopped::Impossible(_))));
    }
}
