//! The mean of every alternative while one input moves, and where the best changes.

use super::axis::{Axis, Extent};
use super::rows::{BOLDER, ends};
use super::{short, stem, subtitle, title};
use crate::base::ids::Id as _;
use crate::report::data_table::DataTable;
use crate::report::plots::labels::spread;
use crate::report::plots::style::{Anchor, Caption, Frame, GREY, INK, Ink, SHADE, draw, line_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::names::shortened;
use crate::report::study::view::View;
use crate::study::analyses::thresholds::Thresholds;

const TOP: f64 = 86.0;
const LEFT: f64 = 74.0;
const RIGHT: f64 = 660.0;
const BOTTOM: f64 = 500.0;
const HEIGHT: f64 = 556.0;
/// Height of a threshold's label above the frame.
const LABEL: f64 = 17.0;
/// So many thresholds have a label.
const LABELLED: usize = 4;

/// The lines.
pub(super) fn plot(view: &View<'_>, anchor: &str, found: &Thresholds) -> Result<Plot, PlotError> {
    let (low, high) = ends(found.means.iter().flatten().copied());
    let scale = view.scale(found.outcome, [low, high]);
    let input = &view.input(found.input).name;
    let value = |value: f64| view.input_value(found.input, value);
    let is_best = view.is_best(found.outcome);
    let title = title(match found.changes.as_slice() {
        [] => format!("{} {is_best} at every value of {input}", view.label(found.best_first)),
        [first, ..] => {
            format!("{} {is_best} until {input} reaches {}", view.label(first.from), value(first.at.value))
        }
    });
    let band =
        if found.changes.is_empty() { "" } else { " Dashed: the best changes; band: its 95 % interval." };
    let moved = short(input);
    let subtitle = subtitle(
        format!("Mean {}{}, while {moved} moves.", view.outcome_words(found.outcome), scale.in_unit()),
        band,
    );
    let description: Vec<String> = found
        .changes
        .iter()
        .map(|change| {
            format!(
                "From {} to {} at {}.",
                view.name(change.from),
                view.name(change.to),
                value(change.at.value)
            )
        })
        .collect();
    let description = description.join(" ");
    let caption = Caption { title: &title, subtitle: &subtitle, description: &description };
    let labelled = found.changes.len().min(LABELLED);
    let frame = Frame { left: LEFT, top: TOP + LABEL * labelled as f64 + 6.0, right: RIGHT, bottom: BOTTOM };
    let svg = draw(HEIGHT, &caption, |canvas| {
        let y = Axis::covering(&scale, Extent { low, high, pixels: (frame.bottom, frame.top), steps: 5 });
        let (from, until) = ends(found.values.iter().copied());
        let factor = view.input_factor(found.input);
        let x = Axis::tight(factor, Extent { low: from, high: until, pixels: (LEFT, RIGHT), steps: 6 });
        for change in &found.changes {
            let (left, right) = (x.at(change.at.low).max(LEFT), x.at(change.at.high).min(RIGHT));
            canvas.rectangle(Frame { left, right, ..frame }, SHADE, 1.0)?;
        }
        y.beside(canvas, frame)?;
        x.below(canvas, frame)?;
        let unit = view.input_unit(found.input);
        let text = if unit.is_empty() { input.clone() } else { format!("{input}, {unit}") };
        let text = shortened(&[&text], |text| canvas.text_width(text, Ink::new(12.0, GREY)) <= RIGHT - LEFT)
            .remove(0);
        let axis = Ink::new(12.0, GREY).at(Anchor::End);
        canvas.text((RIGHT, BOTTOM + 38.0), &text, axis)?;
        for (number, change) in found.changes.iter().enumerate() {
            let at = x.at(change.at.value);
            let lift = labelled.saturating_sub(number + 1) as f64;
            let top = if number < LABELLED { frame.top - 4.0 - lift * LABEL } else { frame.top };
            canvas.dashed((at, top), (at, frame.bottom), INK)?;
            if number < LABELLED {
                let text = format!(
                    "{} ({} to {})",
                    value(change.at.value),
                    value(change.at.low),
                    value(change.at.high)
                );
                let width = canvas.text_width(&text, Ink::new(12.0, INK));
                let (place, anchor) = if at + 8.0 + width < 880.0 {
                    (at + 6.0, Anchor::Start)
                } else {
                    (at - 6.0, Anchor::End)
                };
                canvas.text((place, top + 9.0), &text, Ink::new(12.0, INK).at(anchor))?;
            }
        }
        let wanted: Vec<f64> = found.means.iter().map(|means| y.at(*means.last().unwrap_or(&0.0))).collect();
        let ink = Ink::new(12.0, INK).bold();
        let names: Vec<&str> = found.alternatives.iter().map(|id| view.name(*id)).collect();
        let cut = shortened(&names, |text| canvas.text_width(text, ink) * BOLDER <= 878.0 - RIGHT - 22.0);
        for (id, means) in found.alternatives.iter().zip(&found.means) {
            let line: Vec<(f64, f64)> =
                found.values.iter().zip(means).map(|(value, mean)| (x.at(*value), y.at(*mean))).collect();
            canvas.line(&line, 2.25, line_colour(id.index()))?;
        }
        let last = found.values.last().map_or(RIGHT, |value| x.at(*value));
        let places = spread(&wanted, 17.0, (frame.top + 4.0, frame.bottom - 4.0));
        for (((id, text), wanted), placed) in found.alternatives.iter().zip(&cut).zip(&wanted).zip(places) {
            let colour = line_colour(id.index());
            canvas.line(&[(last + 2.0, *wanted), (RIGHT + 18.0, placed)], 0.75, colour)?;
            canvas.text((RIGHT + 22.0, placed + 4.0), text, Ink { colour, ..ink })?;
        }
        Ok(())
    })?;
    Ok(Plot {
        stem: stem(anchor, &["lines"]),
        title,
        guide: "The lines are means over the other inputs and chance. Where the two best lines run close together \
                the choice matters little, whatever the interval of the crossing."
            .to_owned(),
        svg,
        data: DataTable::default(),
    })
}
