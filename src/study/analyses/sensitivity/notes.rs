//! What the reader of a sensitivity analysis should know, in short sentences.

use super::measured::Gauge;
use super::sobol::Plan;
use super::{Bar, Chance, Elementary, Index, Method, Points, SensitivitySpec};
use crate::base::random::{Distribution, Quantile};
use crate::study::designs::Walker;
use crate::study::question::Study;

/// Above this share of the variance chance that is left in means blurs the effects.
const MUCH_NOISE: f64 = 0.05;

/// Below this an interaction is not worth a word.
const INTERACTION: f64 = 0.05;

/// An interval of a total index wider than this tells little.
const WIDE: f64 = 0.2;

/// Replications, and what chance is left in their means.
pub(super) fn of_chance(spec: &SensitivitySpec, residual_noise: Option<f64>) -> Vec<String> {
    if let Method::Sobol { chance: Chance::Input, .. } = spec.method {
        return vec![
            "Chance is one of the inputs, with a course of its own for every row: its total index is the share \
             of the variance that would remain if all other inputs were known."
                .into(),
        ];
    }
    let replications = spec.replications;
    let Some(noise) = residual_noise else {
        return vec![
            "One replication at every point, all under the same course of chance: what is said holds for \
             that one course. Ask for 2 or more: it is of their mean then, and says how much chance is left."
                .into(),
        ];
    };
    let mut notes = vec![format!(
        "Of the mean over {replications} replications, the same at every point: {} of the variance over \
         the points is chance left in these means.",
        percent(noise)
    )];
    if noise >= 1.0 {
        notes.push("No input moves more than chance does: no effect here can be told from noise.".into());
    } else if noise > MUCH_NOISE {
        // Noise n/(n + signal) falls to the share s with r n(1 - s)/(s(1 - n)) replications.
        let factor = noise * (1.0 - MUCH_NOISE) / (MUCH_NOISE * (1.0 - noise));
        let needed = libm::ceil(f64::from(replications) * factor);
        notes.push(format!(
            "That blurs effects and swells totals: about {needed:.0} replications would bring it to {}.",
            percent(MUCH_NOISE)
        ));
    }
    notes
}

/// What is uncertain and not moved.
pub(super) fn of_held(study: &Study) -> Option<String> {
    (study.held > 0).then(|| {
        let (figures, stand) = if study.held == 1 {
            ("figure", "stands at its mode")
        } else {
            ("figures", "stand at their modes")
        };
        format!("{} uncertain {figures} of the scenario, no input here, {stand} throughout.", study.held)
    })
}

/// Rows that were added for balance.
pub(super) fn of_rows(plan: Plan, rows: usize) -> Option<String> {
    (rows != plan.rows as usize).then(|| {
        format!(
            "{rows} rows were taken instead of {}: a Sobol' sequence is even only at powers of two.",
            plan.rows
        )
    })
}

/// The plain sequence begins at the least value of every input, which some do not have.
pub(super) fn of_origin(gauge: &Gauge<'_>, points: Points) -> Option<String> {
    let endless = |input: &usize| {
        let quantile = gauge.study.inputs[*input].quantile.as_ref();
        matches!(quantile.map(Quantile::distribution), Some(Distribution::Normal { bounds, .. }) if bounds.low.is_none())
    };
    let names: Vec<&str> =
        gauge.by_name().iter().filter(|input| endless(input)).map(|input| gauge.name(*input)).collect();
    (points == Points::Sobol && !names.is_empty()).then(|| {
        format!(
            "The plain sequence begins at the least value of every input, and {} has none: the first row is \
             extreme. Take `scrambled-sobol`.",
            list(&names)
        )
    })
}

/// Negative, wide and contradictory estimates, and interactions.
pub(super) fn of_indices(gauge: &Gauge<'_>, variance: f64, indices: &[Index]) -> Vec<String> {
    if variance == 0.0 {
        return vec![
            "The number does not vary over the points: there is nothing to share out, and indices are 0."
                .into(),
        ];
    }
    let named = |holds: &dyn Fn(&Index) -> bool| {
        let held: Vec<&str> =
            indices.iter().filter(|index| holds(index)).map(|index| name(gauge, index)).collect();
        (!held.is_empty()).then(|| list(&held))
    };
    let mut notes = Vec::new();
    if let Some(names) = named(&|index| index.first.value < 0.0 && index.first.high >= 0.0) {
        notes.push(format!(
            "The first-order index of {names} is estimated below zero. A share cannot be negative: this is \
             the error of a finite sample around a share near zero. Read it as 0; four times the rows halve \
             the error."
        ));
    }
    if let Some(names) = named(&|index| index.first.high < 0.0) {
        notes.push(format!(
            "The whole interval of the first-order index of {names} is below zero, which no share can be: \
             the rows are too few for this model. Take four times as many."
        ));
    }
    if let Some(names) = named(&|index| index.total.high < index.first.low) {
        notes.push(format!(
            "The total index of {names} lies below its first-order index, which cannot be: the rows are too \
             few. Take four times as many."
        ));
    }
    let widest = indices.iter().map(|index| index.total.high - index.total.low).fold(0.0, f64::max);
    if widest > WIDE {
        notes.push(format!(
            "The widest interval of a total index spans {widest:.2}: the ranking is rough. Four times the \
             rows halve it."
        ));
    }
    let alone: f64 = indices.iter().map(|index| index.first.value).sum();
    let slack: f64 =
        indices.iter().map(|index| (index.first.high - index.first.low) / 2.0).fold(0.0, f64::max);
    if 1.0 - alone > INTERACTION.max(slack) {
        notes.push(format!(
            "Alone the inputs explain {} of the variance; the other {} come from their acting together.",
            percent(alone.max(0.0)),
            percent((1.0 - alone).min(1.0))
        ));
    }
    notes
}

/// Effects that change their sign.
pub(super) fn of_elementary(gauge: &Gauge<'_>, effects: &[Elementary]) -> Vec<String> {
    let greatest = effects.iter().map(|effect| effect.mean_absolute.value).fold(0.0, f64::max);
    if greatest == 0.0 {
        return vec!["The number does not vary over the points: no input has an effect.".into()];
    }
    let turning: Vec<&str> = effects
        .iter()
        .filter(|effect| {
            effect.mean_absolute.value > 0.05 * greatest
                && effect.mean.abs() < 0.5 * effect.mean_absolute.value
        })
        .map(|effect| gauge.name(effect.input))
        .collect();
    if turning.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "More of {} raises the number in some states and lowers it in others: the mean effect hides that, \
         the mean absolute effect does not.",
        list(&turning)
    )]
}

/// Inputs whose grid stops short of the ends.
pub(super) fn of_reach(gauge: &Gauge<'_>, walkers: &[Walker]) -> Option<String> {
    let mut short: Vec<&str> = walkers
        .iter()
        .enumerate()
        .filter(|(_, walker)| walker.reach != [0.0, 1.0])
        .map(|(input, _)| gauge.name(input))
        .collect();
    short.sort_unstable();
    (!short.is_empty()).then(|| {
        format!(
            "Moved between the 1 % and the 99 % quantile, not from end to end: {}. A distribution without \
             ends has no least or greatest value, and groups may hold one.",
            list(&short)
        )
    })
}

/// Bars that do not cross the centre.
pub(super) fn of_bars(gauge: &Gauge<'_>, centre: f64, bars: &[Bar]) -> Vec<String> {
    let one_sided: Vec<&str> = bars
        .iter()
        .filter(|bar| {
            let [low, high] = bar.measures;
            (low > centre && high > centre) || (low < centre && high < centre)
        })
        .map(|bar| gauge.name(bar.input))
        .collect();
    let mut notes = vec![
        "One input moves at a time, the others stand at their modes: acting together is not seen.".to_owned(),
    ];
    if !one_sided.is_empty() {
        notes.push(format!(
            "Both ends of {} lie on the same side of the centre: the number turns in between.",
            list(&one_sided)
        ));
    }
    notes
}

fn name<'a>(gauge: &Gauge<'a>, index: &Index) -> &'a str {
    index.input.map_or("chance", |input| gauge.name(input))
}

/// Names in a sentence, the first few of many.
fn list(names: &[&str]) -> String {
    const MOST: usize = 4;
    let shown = names[..names.len().min(MOST)].iter().map(|name| format!("`{name}`"));
    let shown: Vec<String> = shown.collect();
    match (names.len(), shown.split_last()) {
        (count, _) if count > MOST => format!("{} and {} more", shown.join(", "), count - MOST),
        (_, Some((last, [first @ .., before]))) => {
            let mut rest: Vec<&str> = first.iter().map(String::as_str).collect();
            rest.push(before);
            format!("{} and {last}", rest.join(", "))
        }
        _ => shown.join(""),
    }
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 9.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::spec;
    use super::*;

    #[test]
    fn names_read_as_in_a_sentence() {
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b"]), "`a` and `b`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(&["a", "b", "c", "d", "e", "f"]), "`a`, `b`, `c`, `d` and 2 more");
    }

    #[test]
    fn the_replications_that_would_do_are_said() {
        let mut spec = spec(Method::Morris { trajectories: 4, levels: 4 });
        spec.replications = 5;
        // Half is noise: noise equals signal. With 19 times the replications it is 1/20.
        let notes = of_chance(&spec, Some(0.5));
        assert!(notes[1].contains("about 95 replications"), "{notes:?}");
        assert_eq!(of_chance(&spec, Some(0.01)).len(), 1);
    }

    #[test]
    fn an_input_without_a_least_value_is_named_where_points_begin_at_the_origin() {
        let mut study = crate::study::fixture::study(1, 2, 1);
        let bounds = crate::base::random::Bounds::default();
        let normal = Distribution::Normal { mean: 0.0, deviation: 1.0, bounds };
        study.inputs[1].quantile = Some(normal.tabulate().unwrap());
        let gauge = Gauge::new(&study, spec(Method::Tornado { low: 0.1, high: 0.9 }).measure, 1);
        assert!(of_origin(&gauge, Points::Sobol).is_some_and(|note| note.contains("`x1`")));
        assert_eq!(of_origin(&gauge, Points::ScrambledSobol), None);
    }

    #[test]
    fn shares_are_written_with_the_digits_they_need() {
        assert_eq!([0.0, 0.0012, 0.0994, 0.5, 1.0].map(percent), ["0 %", "0.1 %", "9.9 %", "50 %", "100 %"]);
    }
}
