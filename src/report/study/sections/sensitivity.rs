//! Which inputs matter.

use super::{Section, counted, table};
use crate::report::data_table::DataTable;
use crate::report::money::{number, percent};
use crate::report::study::view::{View, listed};
use crate::study::analyses::Estimate;
use crate::study::analyses::sensitivity::{Bar, Effects, Elementary, Index, Sensitivity};

pub(super) fn section(view: &View<'_>, found: &Sensitivity, anchor: String) -> Section {
    let measure = view.measure_words(&found.measure);
    let (method, answer, data, says): (_, _, _, &'static str) = match &found.effects {
        Effects::Tornado { centre, bars } => (
            "one input at a time",
            tornado_answer(view, found, bars),
            tornado(view, found, *centre, bars),
            "It says how far the measure moves when one input alone goes from one end to the other. It does not see \
             inputs that work together, since all others stay at their modes.",
        ),
        Effects::Morris { effects } => (
            "Morris’ elementary effects",
            morris_answer(view, found, effects),
            morris(view, found, effects),
            "It screens: inputs with a small mean absolute effect hardly matter and may be fixed. It does not \
             apportion the variance; a large spread of the effects means interactions or curvature, not which.",
        ),
        Effects::Sobol { mean, variance, indices } => (
            "Sobol’ indices",
            sobol_answer(view, found, indices),
            sobol(view, found, (*mean, *variance), indices),
            "It apportions the variance: the first-order index is what knowing an input alone would remove, the total \
             index what would stay if all others were known. It does not say in which direction an input works.",
        ),
    };
    let words: &'static [&'static str] = match found.effects {
        Effects::Tornado { .. } => &["mode", "tornado"],
        Effects::Morris { .. } => &["morris"],
        Effects::Sobol { .. } => &["first-order", "total", "negative"],
    };
    Section {
        anchor,
        heading: format!("Sensitivity of {measure}: {method}"),
        answer,
        how: how(view, found),
        tables: vec![data],
        more: Vec::new(),
        doubts: doubts(view, found),
        says,
        words,
    }
}

/// How much chance is left in the means is among the notes of the analysis.
fn how(view: &View<'_>, found: &Sensitivity) -> String {
    format!(
        "{} evaluations, {} at every point.",
        view.count(found.evaluations),
        counted(view, found.replications as usize, "replication", "replications")
    )
}

fn doubts(view: &View<'_>, found: &Sensitivity) -> Vec<String> {
    let mut doubts = found.notes.clone();
    if let Effects::Sobol { indices, .. } = &found.effects {
        let negative = indices.iter().filter(|index| index.first.value < 0.0 || index.total.value < 0.0);
        let names: Vec<String> = negative.map(|index| index_name(view, index)).collect();
        let is_said = doubts.iter().any(|note| note.contains("below zero"));
        if !names.is_empty() && !is_said {
            doubts.push(format!(
                "Estimates below zero ({}) are not a mistake: where an index is close to zero the estimate falls on \
                 both sides of it; more rows bring them closer, and they are not clipped.",
                few(&names)
            ));
        }
    }
    doubts
}

/// The first names and how many more there are.
fn few(names: &[String]) -> String {
    const NAMED: usize = 4;
    if names.len() <= NAMED + 1 {
        return listed(names);
    }
    format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED)
}

fn range(bar: &Bar) -> f64 {
    (bar.measures[1] - bar.measures[0]).abs()
}

fn tornado_answer(view: &View<'_>, found: &Sensitivity, bars: &[Bar]) -> String {
    let Some(bar) = bars.first().filter(|bar| range(bar) > 0.0) else {
        return format!("No input moves {} on its own.", view.measure_words(&found.measure));
    };
    let scale = view.measure_scale(&found.measure, bar.measures);
    let next = bars
        .get(1)
        .filter(|bar| range(bar) > 0.0)
        .map_or_else(String::new, |next| format!("; next comes {}", view.input(next.input).name));
    format!(
        "{} moves {} the most, from {} at {} to {} at {}{next}.",
        view.input(bar.input).name,
        view.measure_words(&found.measure),
        scale.amount(bar.measures[0]),
        view.input_value(bar.input, bar.values[0]),
        scale.amount(bar.measures[1]),
        view.input_value(bar.input, bar.values[1]),
    )
}

fn tornado(view: &View<'_>, found: &Sensitivity, centre: f64, bars: &[Bar]) -> DataTable {
    let scale = view.measure_scale(&found.measure, bars.iter().flat_map(|bar| bar.measures).chain([centre]));
    let ranges = view.difference_scale(found.measure.outcome, bars.iter().map(range));
    let header = vec![
        "\ninput".to_owned(),
        "low\nvalue".to_owned(),
        format!("there\n{}", scale.unit()),
        "high\nvalue".to_owned(),
        format!("there\n{}", scale.unit()),
        format!("range\n{}", ranges.unit()),
    ];
    let rows = bars.iter().map(|bar| {
        vec![
            view.input(bar.input).name.clone(),
            view.input_value(bar.input, bar.values[0]),
            scale.number(bar.measures[0]),
            view.input_value(bar.input, bar.values[1]),
            scale.number(bar.measures[1]),
            ranges.number(range(bar)),
        ]
    });
    let caption = format!(
        "{}; with all inputs at their modes {}",
        view.measure_name(&found.measure),
        scale.amount(centre)
    );
    table(caption, header, rows.collect())
}

fn morris_answer(view: &View<'_>, found: &Sensitivity, effects: &[Elementary]) -> String {
    let Some(first) = effects.first().filter(|effect| effect.mean_absolute.value > 0.0) else {
        return format!("No input has an effect on {}.", view.measure_words(&found.measure));
    };
    let greatest = first.mean_absolute.value;
    let small = effects.iter().filter(|effect| effect.mean_absolute.high < 0.1 * greatest).count();
    let scale = view.difference_scale(found.measure.outcome, [greatest]);
    let rest = match small {
        0 => String::new(),
        small => format!(
            "; {} less than a tenth of that",
            match small {
                1 => "1 input has".to_owned(),
                small => format!("{} inputs have", view.count(small as f64)),
            }
        ),
    };
    format!(
        "{} has the greatest effect on {}, {} on average over its range{rest}.",
        view.input(first.input).name,
        view.measure_words(&found.measure),
        scale.amount(greatest),
    )
}

fn morris(view: &View<'_>, found: &Sensitivity, effects: &[Elementary]) -> DataTable {
    let values = effects.iter().flat_map(|effect| [effect.mean, effect.mean_absolute.high, effect.deviation]);
    let scale = view.difference_scale(found.measure.outcome, values);
    let header = vec![
        "\ninput".to_owned(),
        format!("mean absolute effect µ*\n{}", scale.unit()),
        format!("mean effect µ\n{}", scale.unit()),
        format!("spread sigma\n{}", scale.unit()),
    ];
    let rows = effects.iter().map(|effect| {
        vec![
            view.input(effect.input).name.clone(),
            scale.estimate(&effect.mean_absolute),
            scale.number(effect.mean),
            scale.number(effect.deviation),
        ]
    });
    table(format!("Elementary effects on {}", view.measure_name(&found.measure)), header, rows.collect())
}

fn sobol_answer(view: &View<'_>, found: &Sensitivity, indices: &[Index]) -> String {
    let measure = view.measure_words(&found.measure);
    let Some(first) = indices.first() else { return format!("Nothing was varied of {measure}.") };
    let interval = |estimate: &Estimate| {
        let end = |value: f64| number(value * 100.0, 0, view.typography);
        let value = percent(estimate.value, view.typography);
        format!("{value} ({} to {}{}%)", end(estimate.low), end(estimate.high), view.space())
    };
    let next = indices.get(1).filter(|next| next.first.value > 0.0).map_or_else(String::new, |next| {
        format!("; next comes {} with {}", index_name(view, next), percent(next.first.value, view.typography))
    });
    if first.first.value <= 0.0 {
        return format!(
            "{} has the greatest total share of the variance of {measure}, {}, none of it alone.",
            index_name(view, first),
            interval(&first.total),
        );
    }
    format!(
        "To know {} alone would remove {} of the variance of {measure}{next}.",
        index_name(view, first),
        interval(&first.first),
    )
}

fn index_name(view: &View<'_>, index: &Index) -> String {
    index.input.map_or_else(|| "chance".to_owned(), |input| view.input(input).name.clone())
}

fn sobol(view: &View<'_>, found: &Sensitivity, (mean, variance): (f64, f64), indices: &[Index]) -> DataTable {
    let share = |estimate: &Estimate| {
        let digits = |value: f64| number(value, 3, view.typography);
        format!("{} ({} to {})", digits(estimate.value), digits(estimate.low), digits(estimate.high))
    };
    let header = vec![
        "\ninput".to_owned(),
        "first-order index\n(95 % interval)".to_owned(),
        "total index\n(95 % interval)".to_owned(),
    ];
    let rows =
        indices.iter().map(|index| vec![index_name(view, index), share(&index.first), share(&index.total)]);
    let scale = view.measure_scale(&found.measure, [mean]);
    let deviation = libm::sqrt(variance.max(0.0));
    let spread = view.difference_scale(found.measure.outcome, [deviation]);
    let caption = format!(
        "Shares of the variance of {}; mean {}, standard deviation {}",
        view.measure_name(&found.measure),
        scale.amount(mean),
        spread.amount(deviation)
    );
    table(caption, header, rows.collect())
}
