//! Pairs of the inputs that limit a box: futures, cases, and the box.

use super::axis::{Axis, Extent};
use super::rows::ends;
use super::{brief_measure, stem, subtitle};
use crate::report::data_table::DataTable;
use crate::report::money::percent;
use crate::report::plots::labels::fit;
use crate::report::plots::style::{ALARM, Anchor, Canvas, Caption, Frame, GREY, INK, Ink, draw};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::names::shortened;
use crate::report::study::view::View;
use crate::study::analyses::discover::{Discovery, Limit};
use plotters::style::RGBColor;

/// Futures that are no case.
const OTHER: RGBColor = RGBColor(0xB9, 0xBF, 0xC7);
/// So many limiting inputs are paired: the surest.
const LIMITS: usize = 4;
/// So many futures are drawn in a panel.
const FUTURES: usize = 700;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 880.0;
const TOP: f64 = 92.0;
const PANEL: f64 = 250.0;
const GAP: f64 = 76.0;

/// The pairs of one box; none where nothing limits it.
pub(super) fn plot(
    view: &View<'_>,
    anchor: &str,
    found: &Discovery,
    place: usize,
) -> Result<Option<Plot>, PlotError> {
    let one = &found.boxes[place];
    let mut limits: Vec<&Limit> = one.limits.iter().collect();
    limits.sort_by(|a, b| a.quasi_p.total_cmp(&b.quasi_p));
    limits.truncate(LIMITS);
    let pairs = pairs(&limits);
    if pairs.is_empty() {
        return Ok(None);
    }
    let columns = pairs.len().min(if pairs.len() <= 4 { 2 } else { 3 });
    let lines = pairs.len().div_ceil(columns);
    let step = found.points.len().div_ceil(FUTURES).max(1);
    let futures: Vec<&(Vec<f64>, f64)> = found.points.iter().step_by(step).collect();
    let title = format!(
        "Box {} holds {} of the cases; {} of its futures are cases",
        place + 1,
        percent(one.coverage, view.typography),
        percent(one.density, view.typography)
    );
    let sample = match step {
        1 => String::new(),
        step => format!(" One future in {step} is drawn."),
    };
    let scale = view.measure_scale(&found.measure, [found.worse_than]);
    let subtitle = subtitle(
        format!(
            "Red: {} worse than {}; grey: other futures; frame: the box.",
            brief_measure(view, &found.measure),
            scale.amount(found.worse_than)
        ),
        &sample,
    );
    let description: Vec<String> = limits
        .iter()
        .map(|limit| {
            let end = |value: Option<f64>| {
                value.map_or_else(|| "–".to_owned(), |v| view.input_value(limit.input, v))
            };
            format!("{} from {} to {}.", view.input(limit.input).name, end(limit.low), end(limit.high))
        })
        .collect();
    let description = description.join(" ");
    let caption = Caption { title: &title, subtitle: &subtitle, description: &description };
    let width = ((RIGHT - LEFT - GAP * (columns - 1) as f64) / columns as f64).min(420.0);
    let svg = draw(TOP + lines as f64 * (PANEL + 66.0), &caption, |canvas| {
        for (number, pair) in pairs.iter().enumerate() {
            let left = LEFT + (number % columns) as f64 * (width + GAP);
            let top = TOP + (number / columns) as f64 * (PANEL + 66.0) + 14.0;
            let frame = Frame { left, top, right: left + width, bottom: top + PANEL };
            panel(canvas, view, &Panel { found, pair, frame, futures: &futures })?;
        }
        Ok(())
    })?;
    Ok(Some(Plot {
        stem: stem(anchor, &["box", &(place + 1).to_string()]),
        title,
        guide: "Each dot is a future. A good box is full of red and leaves little red outside. In each panel only \
                two of the inputs are seen: a grey dot inside the frame may lie outside the box in a third one."
            .to_owned(),
        svg,
        data: DataTable::default(),
    }))
}

/// What an axis of a panel shows: a limiting input, or the measure itself.
#[derive(Clone, Copy)]
enum Side<'l> {
    Input(&'l Limit),
    Measure,
}

/// Every pair of the limits; one alone is shown against the measure.
fn pairs<'l>(limits: &[&'l Limit]) -> Vec<[Side<'l>; 2]> {
    if let [one] = limits {
        return vec![[Side::Input(one), Side::Measure]];
    }
    let mut pairs = Vec::new();
    for (place, second) in limits.iter().enumerate() {
        for first in &limits[..place] {
            pairs.push([Side::Input(first), Side::Input(second)]);
        }
    }
    pairs
}

struct Panel<'p> {
    found: &'p Discovery,
    pair: &'p [Side<'p>; 2],
    frame: Frame,
    futures: &'p [&'p (Vec<f64>, f64)],
}

fn panel(canvas: &Canvas<'_>, view: &View<'_>, panel: &Panel<'_>) -> Result<(), PlotError> {
    let Panel { found, pair, frame, futures } = panel;
    let value = |side: Side<'_>, future: &(Vec<f64>, f64)| match side {
        Side::Input(limit) => future.0[limit.input],
        Side::Measure => future.1,
    };
    let axis = |side: Side<'_>, pixels: (f64, f64)| {
        let (low, high) = ends(futures.iter().map(|future| value(side, future)));
        let extent = Extent { low, high, pixels, steps: 4 };
        match side {
            Side::Input(limit) => Axis::tight(view.input_factor(limit.input), extent),
            Side::Measure => Axis::covering(&view.measure_scale(&found.measure, [low, high]), extent),
        }
    };
    let x = axis(pair[0], (frame.left, frame.right));
    let y = axis(pair[1], (frame.bottom, frame.top));
    y.beside(canvas, *frame)?;
    x.below(canvas, *frame)?;
    let better = view.outcome(found.measure.outcome).better;
    let is_case = |future: &(Vec<f64>, f64)| better.prefers(found.worse_than, future.1);
    // Cases over the others.
    for (wanted, colour) in [(false, OTHER), (true, ALARM)] {
        for future in futures.iter().filter(|future| is_case(future) == wanted) {
            canvas.disc((x.at(value(pair[0], future)), y.at(value(pair[1], future))), 2.0, colour)?;
        }
    }
    let span = |side: Side<'_>, axis: &Axis, all: (f64, f64)| match side {
        Side::Input(limit) => {
            (limit.low.map_or(all.0, |v| axis.at(v)), limit.high.map_or(all.1, |v| axis.at(v)))
        }
        Side::Measure => all,
    };
    let (left, right) = span(pair[0], &x, (frame.left, frame.right));
    let (bottom, top) = span(pair[1], &y, (frame.bottom, frame.top));
    canvas.rectangle(Frame { left, top, right, bottom }, ALARM, 0.07)?;
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    canvas.line(&corners, 1.75, INK)?;
    if matches!(pair[1], Side::Measure) {
        let level = y.at(found.worse_than);
        canvas.dashed((frame.left, level), (frame.right, level), ALARM)?;
    }
    let name = |side: Side<'_>| match side {
        Side::Input(limit) => {
            let unit = view.input_unit(limit.input);
            (
                view.input(limit.input).name.clone(),
                if unit.is_empty() { String::new() } else { format!(", {unit}") },
            )
        }
        Side::Measure => {
            // The unit of the axis, which follows from all that is shown.
            let (low, high) = ends(futures.iter().map(|future| value(side, future)));
            let scale = view.measure_scale(&found.measure, [low, high]);
            (brief_measure(view, &found.measure), scale.in_unit())
        }
    };
    let ink = Ink::new(12.0, GREY);
    let label = |side: Side<'_>, room: f64| {
        let (name, unit) = name(side);
        let whole = format!("{name}{unit}");
        if canvas.text_width(&whole, ink) <= room {
            return whole;
        }
        let rest = room - canvas.text_width(&unit, ink);
        let cut = shortened(&[&name], |text| canvas.text_width(text, ink) <= rest);
        fit(canvas, &[&format!("{}{unit}", cut[0]), &cut[0]], room, ink)
    };
    let room = frame.right - frame.left + 40.0;
    canvas.text((frame.left - 40.0, frame.top - 10.0), &label(pair[1], room), ink)?;
    canvas.text((frame.right, frame.bottom + 35.0), &label(pair[0], room), ink.at(Anchor::End))
}
