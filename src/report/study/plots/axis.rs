//! Axes over the values of an outcome, an input or a share, and lines of marks.

use crate::report::plots::PlotError;
use crate::report::plots::axes::{self, Ticks, dates};
use crate::report::plots::style::{Anchor, Canvas, Frame, GREY, GRID, INK, Ink};
use crate::report::study::scale::{Scale, instant};

/// An axis: values to pixels, with its marks.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    scale: axes::Scale,
    factor: f64,
    /// Each mark: its pixel, its text, whether it is zero.
    marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
struct Mark {
    at: f64,
    text: String,
    is_zero: bool,
}

/// What an axis has to show, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// The least value.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// The pixels at its two ends.
    pub pixels: (f64, f64),
    /// About so many steps.
    pub steps: usize,
}

impl Axis {
    /// An axis whose ends are round.
    pub fn covering(scale: &Scale<'_>, extent: Extent) -> Self {
        match scale.calendar() {
            Some(calendar) => {
                let room = (extent.high - extent.low).max(0.05) * 0.06;
                let ends = ((extent.low - room).max(0.0), extent.high + room);
                let scale = axes::Scale { values: ends, pixels: extent.pixels };
                let width = (extent.pixels.1 - extent.pixels.0).abs();
                let marks = dates(calendar, instant(ends.0), instant(ends.1), width);
                let marks = marks.into_iter().map(|(at, text)| Mark {
                    at: scale.at(calendar.years(at)),
                    text,
                    is_zero: false,
                });
                Self { scale, factor: 1.0, marks: marks.collect() }
            }
            None => Self::of_numbers(scale.factor(), extent),
        }
    }

    /// An axis of plain numbers times `factor` that ends where its values do, a little
    /// room beyond them: a cloud of points says more in a frame that it fills.
    pub fn tight(factor: f64, extent: Extent) -> Self {
        let Extent { low, high, pixels, steps } = extent;
        let room = 0.03 * (high - low).max(f64::MIN_POSITIVE);
        let ends = ((low - room) * factor, (high + room) * factor);
        let scale = axes::Scale { values: ends, pixels };
        let ticks = Ticks::covering(ends.0, ends.1, steps);
        let inside = ticks.values.iter().filter(|tick| (ends.0..=ends.1).contains(*tick));
        let marks =
            inside.map(|tick| Mark { at: scale.at(*tick), text: ticks.text(*tick), is_zero: *tick == 0.0 });
        let marks = marks.collect();
        Self { scale, factor, marks }
    }

    /// An axis of plain numbers times `factor`, whose ends are round.
    pub fn of_numbers(factor: f64, extent: Extent) -> Self {
        let ticks = Ticks::covering(extent.low * factor, extent.high * factor, extent.steps);
        let scale = axes::Scale { values: ticks.ends(), pixels: extent.pixels };
        let marks = ticks.values.iter().map(|tick| Mark {
            at: scale.at(*tick),
            text: ticks.text(*tick),
            is_zero: *tick == 0.0,
        });
        let marks = marks.collect();
        Self { scale, factor, marks }
    }

    /// The pixel of a value.
    pub fn at(&self, value: f64) -> f64 {
        self.scale.at(value * self.factor)
    }

    /// Vertical lines over the height of a frame, their texts below it.
    pub fn below(&self, canvas: &Canvas<'_>, frame: Frame) -> Result<(), PlotError> {
        let ink = Ink::new(12.0, GREY).at(Anchor::Middle);
        for mark in &self.marks {
            let colour = if mark.is_zero { INK } else { GRID };
            canvas.line(&[(mark.at, frame.top), (mark.at, frame.bottom)], 1.0, colour)?;
        }
        for mark in self.apart(|text| canvas.text_width(text, ink)) {
            canvas.text((mark.at, frame.bottom + 17.0), &mark.text, ink)?;
        }
        Ok(())
    }

    /// Horizontal lines over the width of a frame, their texts at its left.
    pub fn beside(&self, canvas: &Canvas<'_>, frame: Frame) -> Result<(), PlotError> {
        for mark in &self.marks {
            let colour = if mark.is_zero { INK } else { GRID };
            canvas.line(&[(frame.left, mark.at), (frame.right, mark.at)], 1.0, colour)?;
            let place = (frame.left - 8.0, mark.at + 4.0);
            canvas.text(place, &mark.text, Ink::new(12.0, GREY).at(Anchor::End))?;
        }
        Ok(())
    }

    /// Horizontal lines alone, for a panel beside another on the same scale.
    pub fn lines(&self, canvas: &Canvas<'_>, frame: Frame) -> Result<(), PlotError> {
        for mark in &self.marks {
            let colour = if mark.is_zero { INK } else { GRID };
            canvas.line(&[(frame.left, mark.at), (frame.right, mark.at)], 1.0, colour)?;
        }
        Ok(())
    }

    /// The marks whose texts do not touch: every one, or every second, third …
    fn apart(&self, width: impl Fn(&str) -> f64) -> Vec<&Mark> {
        const GAP: f64 = 6.0;
        (1..=self.marks.len().max(1))
            .map(|step| self.marks.iter().step_by(step).collect::<Vec<_>>())
            .find(|marks| {
                marks.windows(2).all(|pair| {
                    let reach = (width(&pair[0].text) + width(&pair[1].text)) / 2.0;
                    (pair[1].at - pair[0].at).abs() >= reach + GAP
                })
            })
            .unwrap_or_default()
    }
}
