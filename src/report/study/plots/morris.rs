//! Mean absolute effect against the spread of the effects.

use super::axis::{Axis, Extent};
use super::placing::{Label, Placing};
use super::{brief_measure, short, stem, subtitle, title};
use crate::report::data_table::DataTable;
use crate::report::plots::style::{Anchor, Caption, Frame, GREY, INK, Ink, draw, line_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::names::shortened;
use crate::report::study::view::View;
use crate::study::analyses::sensitivity::{Elementary, Sensitivity};

const FRAME: Frame = Frame { left: 74.0, top: 92.0, right: 868.0, bottom: 470.0 };
const HEIGHT: f64 = 520.0;
/// So many inputs are named.
const NAMED: usize = 9;
/// The most that a name may take.
const NAME: f64 = 230.0;

/// The scatter.
pub(super) fn plot(
    view: &View<'_>,
    anchor: &str,
    found: &Sensitivity,
    effects: &[Elementary],
) -> Result<Plot, PlotError> {
    let most = |of: fn(&Elementary) -> f64| effects.iter().map(of).fold(0.0, f64::max);
    let (widest, highest) = (
        most(|effect| effect.mean_absolute.high.max(effect.mean_absolute.value)),
        most(|effect| effect.deviation),
    );
    let scale = view.difference_scale(found.measure.outcome, [widest, highest]);
    let title = match effects.first() {
        Some(effect) => title(format!("{} has the greatest effect", short(&view.input(effect.input).name))),
        None => "No input was moved".to_owned(),
    };
    let subtitle = subtitle(
        format!(
            "Effects on {}{}. Line: 95 % interval.",
            brief_measure(view, &found.measure),
            scale.in_unit()
        ),
        " Above the dashed line the spread is the larger one.",
    );
    let description: Vec<String> = effects
        .iter()
        .take(NAMED)
        .map(|effect| {
            let (size, spread) = (scale.number(effect.mean_absolute.value), scale.number(effect.deviation));
            format!("{}: {size}, spread {spread}.", view.input(effect.input).name)
        })
        .collect();
    let description = description.join(" ");
    let caption = Caption { title: &title, subtitle: &subtitle, description: &description };
    let svg = draw(HEIGHT, &caption, |canvas| {
        let across = Extent { low: 0.0, high: widest, pixels: (FRAME.left, FRAME.right), steps: 6 };
        let upwards = Extent { low: 0.0, high: highest, pixels: (FRAME.bottom, FRAME.top), steps: 5 };
        let (x, y) = (Axis::covering(&scale, across), Axis::covering(&scale, upwards));
        y.beside(canvas, FRAME)?;
        x.below(canvas, FRAME)?;
        let axis = Ink::new(12.0, GREY);
        let unit = scale.in_unit();
        let below = (FRAME.right, FRAME.bottom + 36.0);
        canvas.text(below, &format!("Mean absolute effect (µ*){unit}"), axis.at(Anchor::End))?;
        canvas.text((FRAME.left, FRAME.top - 14.0), &format!("Spread of the effects (sigma){unit}"), axis)?;
        let same = edge(&x, &y, widest.max(highest));
        canvas.dashed((x.at(0.0), y.at(0.0)), (x.at(same), y.at(same)), GREY)?;
        let mut placing =
            Placing::within(Frame { left: FRAME.left + 2.0, right: FRAME.right + 12.0, ..FRAME });
        placing.take_line((x.at(0.0), y.at(0.0)), (x.at(same), y.at(same)));
        for effect in effects.iter().rev() {
            let at = (x.at(effect.mean_absolute.value), y.at(effect.deviation));
            let interval = [effect.mean_absolute.low, effect.mean_absolute.high].map(|end| (x.at(end), at.1));
            canvas.line(&interval, 1.0, line_colour(1))?;
            canvas.disc(at, 4.5, line_colour(1))?;
            placing.take_disc(at, 6.0);
            placing.take_line(interval[0], interval[1]);
        }
        let ink = Ink::new(12.0, INK);
        let names: Vec<&str> =
            effects.iter().take(NAMED).map(|effect| view.input(effect.input).name.as_str()).collect();
        let cut = shortened(&names, |text| canvas.text_width(text, ink) <= NAME);
        for (effect, text) in effects.iter().zip(&cut) {
            let at = (x.at(effect.mean_absolute.value), y.at(effect.deviation));
            placing.write(canvas, &Label { at, text, ink })?;
        }
        Ok(())
    })?;
    Ok(Plot {
        stem: stem(anchor, &["morris"]),
        title,
        guide: "At the right are inputs that matter, at the left those that may be fixed at any value. High up the \
                effect of an input depends on where the others stand, or bends. Inputs without a name here are in \
                the table."
            .to_owned(),
        svg,
        data: DataTable::default(),
    })
}

/// The greatest value up to `most` that lies on both axes.
fn edge(x: &Axis, y: &Axis, most: f64) -> f64 {
    (0..=100)
        .map(|step| most * f64::from(step) / 100.0)
        .take_while(|value| x.at(*value) <= FRAME.right + 0.5 && y.at(*value) >= FRAME.top - 0.5)
        .last()
        .unwrap_or(0.0)
}
