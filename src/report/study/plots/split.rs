//! Ignorance and chance: a bar for each alternative.

use super::rows::{Rows, bar, whisker};
use super::{stem, subtitle, title};
use crate::report::data_table::DataTable;
use crate::report::money::percent;
use crate::report::plots::style::{Caption, INK, area_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::scale::Scale;
use crate::report::study::view::View;
use crate::study::analyses::split::{Parts, Split};

/// The bars of one outcome; none where nothing varies.
pub(super) fn plot(
    view: &View<'_>,
    anchor: &str,
    found: &Split,
    outcome: usize,
) -> Result<Option<Plot>, PlotError> {
    let parts: Vec<(&Parts, _)> = found
        .parts
        .iter()
        .filter(|parts| parts.outcome == outcome)
        .filter_map(|parts| Some((parts, parts.share?)))
        .collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let known = view.outcome(outcome);
    let mean = parts.iter().map(|(_, share)| share.value.clamp(0.0, 1.0)).sum::<f64>() / parts.len() as f64;
    let title = title(if mean >= 0.5 {
        format!("{}: mostly ignorance of the inputs", known.label)
    } else {
        format!("{}: mostly chance", known.label)
    });
    let subtitle = subtitle(
        format!(
            "Share of the variance of {}, %. Dark: ignorance of the inputs; light: chance;",
            view.outcome_words(outcome)
        ),
        " line: 95 % interval.",
    );
    let description: Vec<String> = parts
        .iter()
        .map(|(parts, share)| {
            format!("{}: {}.", view.name(parts.alternative), percent(share.value, view.typography))
        })
        .collect();
    let description = description.join(" ");
    let spread = |variance: f64| libm::sqrt(variance.max(0.0));
    let deviations = parts.iter().flat_map(|(parts, _)| [spread(parts.ignorance), spread(parts.chance)]);
    let scale = view.difference_scale(outcome, deviations);
    let rows = Rows {
        caption: Caption { title: &title, subtitle: &subtitle, description: &description },
        names: parts.iter().map(|(parts, _)| (view.name(parts.alternative), INK)).collect(),
        height: if parts.len() > 8 { 26.0 } else { 34.0 },
        values: (0.0, 1.0),
        scale: Scale::fitting([1.0], 100.0, "%", view.typography),
        header: format!("Deviations{}", scale.in_unit()),
        notes: parts
            .iter()
            .map(|(parts, _)| {
                format!("{} · {}", scale.number(spread(parts.ignorance)), scale.number(spread(parts.chance)))
            })
            .collect(),
        margin: 8.0,
    };
    let svg = rows.draw(|canvas, row, place| {
        let share = &parts[row].1;
        let at = |value: f64| place.x.at(value.clamp(0.0, 1.0));
        canvas.rectangle(bar(at(0.0), at(1.0), place.middle, 8.5), area_colour(1), 1.0)?;
        canvas.rectangle(bar(at(0.0), at(share.value), place.middle, 8.5), area_colour(0), 1.0)?;
        whisker(canvas, (at(share.low), at(share.high)), place.middle, INK)
    })?;
    Ok(Some(Plot {
        stem: stem(anchor, &[&known.figure]),
        title,
        guide: "The dark part would shrink if the inputs were known better; the light part is luck and stays. At the right \
                the standard deviations that each would leave alone."
            .to_owned(),
        svg,
        data: DataTable::default(),
    }))
}
