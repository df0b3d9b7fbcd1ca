//! A picture of rows: names at the left, a figure of values in the middle, texts at the
//! right.

use super::axis::{Axis, Extent};
use crate::report::plots::PlotError;
use crate::report::plots::style::{Anchor, Canvas, Caption, Frame, GREY, INK, Ink, draw};
use crate::report::study::names::shortened;
use crate::report::study::scale::Scale;

/// Where the rows begin.
const TOP: f64 = 96.0;
/// Right end of what is written at the right.
const END: f64 = 880.0;
/// Left end of the names.
const START: f64 = 24.0;
/// Bold text is drawn so much wider than plotters measures it.
pub(super) const BOLDER: f64 = 1.07;
/// The most that names may take.
const NAMES: f64 = 250.0;
/// Size of names and texts.
const SIZE: f64 = 12.5;

/// What every row shows.
pub(super) struct Rows<'t> {
    /// Title, subtitle, description.
    pub caption: Caption<'t>,
    /// The name of each row, and its colour's place or none for ink.
    pub names: Vec<(&'t str, plotters::style::RGBColor)>,
    /// Height of a row.
    pub height: f64,
    /// The least and the greatest value shown, zero included where it belongs there.
    pub values: (f64, f64),
    /// How values are written on the axis.
    pub scale: Scale<'t>,
    /// Over the column at the right; empty for none.
    pub header: String,
    /// At the right of each row; as many as names.
    pub notes: Vec<String>,
    /// Room for labels within the middle, at each side of the values.
    pub margin: f64,
}

/// Where one row is drawn.
pub(super) struct Place<'a> {
    /// Values to pixels.
    pub x: &'a Axis,
    /// The middle of the row.
    pub middle: f64,
    /// Half the height of a row.
    pub half: f64,
}

impl Rows<'_> {
    /// Draws the rows, each by `row`, and what lies over all of them by `over`.
    pub fn draw(
        &self,
        mut row: impl FnMut(&Canvas<'_>, usize, &Place<'_>) -> Result<(), PlotError>,
    ) -> Result<String, PlotError> {
        let bottom = TOP + 10.0 + self.names.len() as f64 * self.height;
        draw(bottom + 34.0, &self.caption, |canvas| {
            let name = Ink::new(SIZE, INK).bold();
            let note = Ink::new(SIZE, INK).at(Anchor::End);
            let names: Vec<&str> = self.names.iter().map(|(name, _)| *name).collect();
            let cut = shortened(&names, |text| canvas.text_width(text, name) * BOLDER <= NAMES);
            let widest = |texts: &mut dyn Iterator<Item = &str>, ink: Ink| {
                texts.map(|text| canvas.text_width(text, ink)).fold(0.0, f64::max)
            };
            let left = START + BOLDER * widest(&mut cut.iter().map(String::as_str), name) + 16.0;
            let header = Ink::new(12.0, GREY).at(Anchor::End);
            let notes = widest(&mut self.notes.iter().map(String::as_str), note)
                .max(canvas.text_width(&self.header, header));
            let right = if notes > 0.0 { END - notes - 24.0 } else { END };
            let middle = Frame { left, top: TOP + 6.0, right, bottom };
            let x = Axis::covering(
                &self.scale,
                Extent {
                    low: self.values.0,
                    high: self.values.1,
                    pixels: (left + self.margin, right - self.margin),
                    steps: 5,
                },
            );
            x.below(canvas, middle)?;
            canvas.text((END, TOP - 4.0), &self.header, header)?;
            for (place, ((_, colour), text)) in self.names.iter().zip(&cut).enumerate() {
                let middle = TOP + 10.0 + (place as f64 + 0.5) * self.height;
                let ink = Ink { colour: *colour, ..name };
                canvas.text((left - 16.0, middle + 4.5), text, ink.at(Anchor::End))?;
                row(canvas, place, &Place { x: &x, middle, half: self.height / 2.0 })?;
                if let Some(text) = self.notes.get(place) {
                    canvas.text((END, middle + 4.5), text, note)?;
                }
            }
            Ok(())
        })
    }
}

/// A horizontal bar between two pixels.
pub(super) fn bar(from: f64, until: f64, middle: f64, half: f64) -> Frame {
    Frame { left: from.min(until), top: middle - half, right: from.max(until), bottom: middle + half }
}

/// An interval: a thin line with ends.
pub(super) fn whisker(
    canvas: &Canvas<'_>,
    (from, until): (f64, f64),
    middle: f64,
    colour: plotters::style::RGBColor,
) -> Result<(), PlotError> {
    canvas.line(&[(from, middle), (until, middle)], 1.5, colour)?;
    for end in [from, until] {
        canvas.line(&[(end, middle - 4.0), (end, middle + 4.0)], 1.5, colour)?;
    }
    Ok(())
}

/// The least and the greatest of some values; zero to one where there is none.
pub(super) fn ends(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .into_iter()
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low <= high { (low, high) } else { (0.0, 1.0) }
}
