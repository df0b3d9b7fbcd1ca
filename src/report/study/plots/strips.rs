//! The distribution of an outcome under each alternative: a strip each.

use super::rows::{Rows, bar, ends};
use super::{stem, subtitle, title};
use crate::base::ids::Id as _;
use crate::report::data_table::DataTable;
use crate::report::plots::style::{Caption, INK, line_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::view::View;
use crate::study::analyses::compare::{Compared, Comparison};

/// Up to so many replications each is a tick of its own under the strip.
const TICKS: usize = 150;

/// The strips of one outcome.
pub(super) fn plot(
    view: &View<'_>,
    anchor: &str,
    found: &Comparison,
    compared: &Compared,
) -> Result<Plot, PlotError> {
    let outcome = view.outcome(compared.outcome);
    let mut order: Vec<usize> = (0..found.alternatives.len()).collect();
    let mean = |place: usize| compared.each[place].summary.mean;
    order.sort_by(|a, b| outcome.better.loss(mean(*a)).total_cmp(&outcome.better.loss(mean(*b))));
    let all = || compared.each.iter().flat_map(|each| each.sorted.iter().copied());
    let summaries = || {
        compared.each.iter().flat_map(|each| {
            let summary = &each.summary;
            [summary.mean, summary.p5, summary.p50, summary.p95]
        })
    };
    // One far outlier would squeeze all strips: what lies beyond ten ranges is left out.
    let (low, high) = ends(summaries());
    let reach = 10.0 * (high - low).max(f64::MIN_POSITIVE);
    let is_shown = |value: &f64| *value >= low - reach && *value <= high + reach;
    let beyond = all().filter(|value| !is_shown(value)).count();
    let target = outcome.target;
    let (low, high) = ends(all().filter(is_shown).chain(summaries()).chain(target));
    let scale = view.scale(compared.outcome, summaries());
    let best = found.alternatives[order[0]];
    let title = title(format!("{}: how likely is what?", outcome.label));
    let beyond = if beyond > 0 { format!(" {beyond} far values are not drawn.") } else { String::new() };
    let target_text =
        target.map_or_else(String::new, |target| format!(" Dashed: target {}.", scale.amount(target)));
    let subtitle = subtitle(
        format!(
            "{}{}; {} replications each. Height: how many; bar: 5 to 95 %; tick: median; dot: mean.",
            outcome.label,
            scale.in_unit(),
            view.count(found.replications)
        ),
        &format!("{target_text}{beyond}"),
    );
    let names: Vec<&str> = order.iter().map(|place| view.name(found.alternatives[*place])).collect();
    let colour = |row: usize| line_colour(found.alternatives[order[row]].index());
    let description = format!("The best mean has {}.", view.name(best));
    let rows = Rows {
        caption: Caption { title: &title, subtitle: &subtitle, description: &description },
        names: names.iter().enumerate().map(|(row, name)| (*name, colour(row))).collect(),
        height: if order.len() > 8 { 36.0 } else { 50.0 },
        values: (low, high),
        scale: scale.clone(),
        header: "Median (5 to 95 %)".to_owned(),
        notes: order
            .iter()
            .map(|place| {
                let summary = &compared.each[*place].summary;
                format!("{} ({})", scale.number(summary.p50), scale.range(summary.p5, summary.p95))
            })
            .collect(),
        margin: 10.0,
    };
    let svg = rows.draw(|canvas, row, place| {
        let each = &compared.each[order[row]];
        let at = |value: f64| place.x.at(value);
        let base = place.middle + place.half * 0.42;
        let shown: Vec<f64> = each.sorted.iter().copied().filter(is_shown).collect();
        let hill = hill(&shown, (low, high));
        if hill.len() > 1 {
            let height = place.half * 1.25;
            let mut points: Vec<(f64, f64)> =
                hill.iter().map(|(value, share)| (at(*value), base - share * height)).collect();
            points.push((at(hill[hill.len() - 1].0), base));
            points.insert(0, (at(hill[0].0), base));
            canvas.polygon(&points, colour(row), 0.28)?;
        }
        let summary = &each.summary;
        canvas.rectangle(bar(at(summary.p5), at(summary.p95), base + 2.0, 1.75), colour(row), 1.0)?;
        if shown.len() <= TICKS {
            for value in &shown {
                let x = at(*value);
                canvas.line(&[(x, base + 5.0), (x, base + 9.0)], 0.75, colour(row))?;
            }
        }
        canvas.rectangle(
            bar(at(summary.p50) - 1.0, at(summary.p50) + 1.0, base + 1.0, 7.0),
            colour(row),
            1.0,
        )?;
        canvas.disc((at(summary.mean), base + 2.0), 4.0, colour(row))?;
        if let Some(target) = target {
            let x = at(target);
            canvas.dashed((x, place.middle - place.half), (x, place.middle + place.half), INK)?;
        }
        Ok(())
    })?;
    Ok(Plot {
        stem: stem(anchor, &["strips", &outcome.figure]),
        title,
        guide: "Each hill is the distribution of the outcomes, inputs and chance together: a range of what may \
                happen, not the precision of the mean. Hills that overlap may still differ for sure, since the same \
                replications serve all alternatives: the differences say so."
            .to_owned(),
        svg,
        data: DataTable::default(),
    })
}

/// Bins over the range of the picture.
const BINS: usize = 90;

/// The outline of a distribution, as values with heights from 0 to 1: counts of bins over
/// the picture's range, smoothed once with the neighbours (1, 2, 1), so that the outline
/// shows the shape and not the luck of single bins.
fn hill(sorted: &[f64], (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let width = (high - low) / BINS as f64;
    if sorted.is_empty() || width <= 0.0 || sorted[0] == sorted[sorted.len() - 1] {
        return Vec::new();
    }
    let mut counts = vec![0.0; BINS + 4];
    for value in sorted {
        let bin = (((value - low) / width) as usize).min(BINS - 1);
        counts[bin + 2] += 1.0;
    }
    let smooth: Vec<f64> =
        counts.windows(3).map(|three: &[f64]| (three[0] + 2.0 * three[1] + three[2]) / 4.0).collect();
    let most = smooth.iter().copied().fold(0.0, f64::max);
    let points = smooth.iter().enumerate().map(|(place, count)| {
        let value = low + (place as f64 - 0.5) * width;
        (value.clamp(low, high), count / most)
    });
    let from = smooth.iter().position(|count| *count > 0.0).unwrap_or(0).saturating_sub(1);
    let until = smooth.iter().rposition(|count| *count > 0.0).unwrap_or(0) + 1;
    points.skip(from).take(until + 1 - from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hill_is_highest_where_most_values_are() {
        let values: Vec<f64> = (0..100).map(|place| if place < 80 { 5.0 } else { 8.0 }).collect();
        let hill = hill(&values, (0.0, 9.0));
        let top = hill.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("there are points");
        assert!((top.0 - 5.0).abs() <= 0.1 && (top.1 - 1.0).abs() < 1e-12, "{top:?}");
        assert!(self::hill(&[3.0, 3.0], (0.0, 9.0)).is_empty(), "what never varies is no hill");
    }
}
