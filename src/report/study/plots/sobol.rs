//! First-order and total indices with their intervals: two bars an input.

use super::rows::{Rows, bar, ends, whisker};
use super::{brief_measure, short, stem, subtitle, title};
use crate::report::data_table::DataTable;
use crate::report::money::{Typography, number};
use crate::report::plots::style::{Caption, GREY, INK, area_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::scale::Scale;
use crate::report::study::view::View;
use crate::study::analyses::sensitivity::{Index, Sensitivity};

/// So many inputs are drawn.
const MOST: usize = 15;

/// The bars.
pub(super) fn plot(
    view: &View<'_>,
    anchor: &str,
    found: &Sensitivity,
    indices: &[Index],
) -> Result<Plot, PlotError> {
    let shown = &indices[..indices.len().min(MOST)];
    let values = shown
        .iter()
        .flat_map(|index| [index.first.low, index.first.high, index.total.low, index.total.high])
        .chain([0.0]);
    let name = |index: &Index| index.input.map_or("chance", |input| view.input(input).name.as_str());
    let title = match shown.first() {
        Some(index) => title(format!("{} explains most of the variance", short(name(index)))),
        None => "Nothing was varied".to_owned(),
    };
    let more = match indices.len() - shown.len() {
        0 => String::new(),
        more => format!(" {more} more inputs are in the table."),
    };
    let subtitle = subtitle(
        format!(
            "Share of the variance of {}. Dark: first-order; light: total; lines: 95 % intervals.",
            brief_measure(view, &found.measure)
        ),
        &more,
    );
    let digits = |value: f64| number(value, 2, Typography::Fine);
    let description: Vec<String> = shown
        .iter()
        .map(|index| {
            let (first, total) = (digits(index.first.value), digits(index.total.value));
            format!("{}: first-order {first}, total {total}.", name(index))
        })
        .collect();
    let description = description.join(" ");
    let rows = Rows {
        caption: Caption { title: &title, subtitle: &subtitle, description: &description },
        names: shown
            .iter()
            .map(|index| (name(index), if index.input.is_some() { INK } else { GREY }))
            .collect(),
        height: 36.0,
        values: ends(values),
        scale: Scale::fitting([1.0], 1.0, "", Typography::Fine),
        header: "First · total".to_owned(),
        notes: shown
            .iter()
            .map(|index| format!("{} · {}", digits(index.first.value), digits(index.total.value)))
            .collect(),
        margin: 8.0,
    };
    let svg = rows.draw(|canvas, row, place| {
        let index = &shown[row];
        for (estimate, shift, colour) in
            [(&index.first, -7.5, area_colour(0)), (&index.total, 7.5, area_colour(1))]
        {
            let middle = place.middle + shift;
            let at = |value: f64| place.x.at(value);
            canvas.rectangle(bar(at(0.0), at(estimate.value), middle, 5.5), colour, 1.0)?;
            whisker(canvas, (at(estimate.low), at(estimate.high)), middle, INK)?;
        }
        Ok(())
    })?;
    Ok(Plot {
        stem: stem(anchor, &["sobol"]),
        title,
        guide: "The dark bar is what knowing an input alone would take off the variance, the light one what would \
                stay if all others were known; what the light bar has more is interactions. Bars below zero are \
                estimates of something close to zero."
            .to_owned(),
        svg,
        data: DataTable::default(),
    })
}
