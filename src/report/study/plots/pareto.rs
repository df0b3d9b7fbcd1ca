//! Two objectives against each other: the front, the knee, and what is dominated.

use super::axis::{Axis, Extent};
use super::placing::{Label, Placing};
use super::rows::ends;
use super::{stem, subtitle, title};
use crate::base::ids::Id as _;
use crate::report::data_table::DataTable;
use crate::report::plots::style::{Anchor, Caption, Frame, GREY, INK, Ink, draw, line_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::names::shortened;
use crate::report::study::sections::{objective_label, objective_scale};
use crate::report::study::view::{View, lowered};
use crate::study::Better;
use crate::study::analyses::pareto::{Front, Scored};
use plotters::style::RGBColor;

const FRAME: Frame = Frame { left: 90.0, top: 100.0, right: 872.0, bottom: 500.0 };
const HEIGHT: f64 = 556.0;
/// Dominated alternatives.
const DOMINATED: RGBColor = RGBColor(0x9A, 0xA1, 0xAB);
/// The most that a name may take.
const NAME: f64 = 230.0;

/// The scatter of objectives number `across` and `upwards`.
pub(super) fn plot(
    view: &View<'_>,
    anchor: &str,
    found: &Front,
    [across, upwards]: [usize; 2],
) -> Result<Plot, PlotError> {
    let labels = [across, upwards].map(|place| objective_label(view, &found.objectives[place]));
    let scales = [across, upwards].map(|place| objective_scale(view, found, place));
    let knee = format!("{} is the knee", view.label(found.knee));
    let of = format!("{knee}: {} against {}", lowered(&labels[0]), lowered(&labels[1]));
    let title = if title(of.clone()) == of { of } else { title(knee) };
    let others = if found.objectives.len() > 2 {
        format!(" The front is that of all {} objectives.", found.objectives.len())
    } else {
        String::new()
    };
    let subtitle = subtitle(
        "Dot: alternative on the front; ring: the knee; grey: dominated; lines: 95 % intervals.".to_owned(),
        &others,
    );
    let description = format!(
        "{} of {} alternatives are on the front.",
        found.candidates.iter().filter(|candidate| candidate.efficient).count(),
        found.candidates.len()
    );
    let reach = |place: usize| {
        ends(found.candidates.iter().flat_map(|candidate| {
            let (value, half) = (candidate.values[place], candidate.half_widths[place]);
            [value - half, value + half]
        }))
    };
    let caption = Caption { title: &title, subtitle: &subtitle, description: &description };
    let svg = draw(HEIGHT, &caption, |canvas| {
        let (low, high) = reach(across);
        let x = Axis::covering(&scales[0], Extent { low, high, pixels: (FRAME.left, FRAME.right), steps: 6 });
        let (low, high) = reach(upwards);
        let y = Axis::covering(&scales[1], Extent { low, high, pixels: (FRAME.bottom, FRAME.top), steps: 5 });
        y.beside(canvas, FRAME)?;
        x.below(canvas, FRAME)?;
        let wanted = |place: usize| match view.outcome(found.objectives[place].outcome).better {
            Better::Lower => "less is better",
            Better::Higher => "more is better",
        };
        let ink = Ink::new(12.0, GREY);
        let axis = |side: usize, place: usize| {
            let text = format!("{}{} ({})", labels[side], scales[side].in_unit(), wanted(place));
            shortened(&[&text], |text| canvas.text_width(text, ink) <= FRAME.right - FRAME.left).remove(0)
        };
        canvas.text((24.0, FRAME.top - 18.0), &axis(1, upwards), ink)?;
        canvas.text((FRAME.right, FRAME.bottom + 38.0), &axis(0, across), ink.at(Anchor::End))?;
        let at = |candidate: &Scored| (x.at(candidate.values[across]), y.at(candidate.values[upwards]));
        let mut placing =
            Placing::within(Frame { left: FRAME.left + 2.0, right: FRAME.right + 6.0, ..FRAME });
        let mut sorted: Vec<&Scored> = found.candidates.iter().collect();
        sorted.sort_by_key(|candidate| (candidate.efficient, candidate.alternative == found.knee));
        for candidate in &sorted {
            let colour =
                if candidate.efficient { line_colour(candidate.alternative.index()) } else { DOMINATED };
            let centre = at(candidate);
            let (half_x, half_y) = (candidate.half_widths[across], candidate.half_widths[upwards]);
            let horizontal =
                [x.at(candidate.values[across] - half_x), x.at(candidate.values[across] + half_x)];
            let vertical =
                [y.at(candidate.values[upwards] - half_y), y.at(candidate.values[upwards] + half_y)];
            canvas.line(&horizontal.map(|x| (x, centre.1)), 1.0, colour)?;
            canvas.line(&vertical.map(|y| (centre.0, y)), 1.0, colour)?;
            placing.take_line((horizontal[0], centre.1), (horizontal[1], centre.1));
            placing.take_line((centre.0, vertical[0]), (centre.0, vertical[1]));
            let is_knee = candidate.alternative == found.knee;
            if is_knee {
                canvas.disc(centre, 10.0, INK)?;
                canvas.disc(centre, 8.0, crate::report::plots::style::PAPER)?;
            }
            canvas.disc(centre, if candidate.efficient { 5.5 } else { 3.5 }, colour)?;
            placing.take_disc(centre, if is_knee { 11.0 } else { 7.0 });
        }
        // The knee first, since it must have a name; then the front, then what is dominated.
        sorted.reverse();
        let name = Ink::new(12.0, INK);
        let names: Vec<&str> = sorted.iter().map(|candidate| view.name(candidate.alternative)).collect();
        let cut = shortened(&names, |text| canvas.text_width(text, name.bold()) <= NAME);
        for (candidate, text) in sorted.iter().zip(&cut) {
            let is_knee = candidate.alternative == found.knee;
            let colour = if candidate.efficient { line_colour(candidate.alternative.index()) } else { GREY };
            let ink = Ink { colour, ..name };
            let (ink, text) =
                if is_knee { (ink.bold(), format!("{text} (knee)")) } else { (ink, text.clone()) };
            placing.write(canvas, &Label { at: at(candidate), text: &text, ink })?;
        }
        Ok(())
    })?;
    Ok(Plot {
        stem: stem(anchor, &["front", &(across + 1).to_string(), &(upwards + 1).to_string()]),
        title,
        guide: "What is grey is dominated: another is at least as good in everything. Between coloured dots a choice must be \
                made. With more than two objectives a dot may look dominated here and be on the front for a third one. \
                Names that had no room are in the table."
            .to_owned(),
        svg,
        data: DataTable::default(),
    })
}
