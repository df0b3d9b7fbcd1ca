//! Labels of points: each beside its own, none over another or over the edge.

use super::rows::BOLDER;
use crate::report::plots::PlotError;
use crate::report::plots::style::{Canvas, Frame, GREY, Ink, Weight};

/// What is taken on a picture.
pub(super) struct Placing {
    within: Frame,
    taken: Vec<Frame>,
}

/// A label that is wanted.
pub(super) struct Label<'t> {
    /// The point.
    pub at: (f64, f64),
    /// Its text.
    pub text: &'t str,
    /// How it looks, from its start.
    pub ink: Ink,
}

impl Placing {
    /// Nothing is taken within a frame.
    pub fn within(within: Frame) -> Self {
        Self { within, taken: Vec::new() }
    }

    /// Takes the place of a disc.
    pub fn take_disc(&mut self, at: (f64, f64), radius: f64) {
        self.taken.push(Frame {
            left: at.0 - radius,
            top: at.1 - radius,
            right: at.0 + radius,
            bottom: at.1 + radius,
        });
    }

    /// Takes the place of a thin line, in pieces where it is not straight up or across.
    pub fn take_line(&mut self, from: (f64, f64), until: (f64, f64)) {
        const PIECES: usize = 60;
        let is_straight = from.0 == until.0 || from.1 == until.1;
        let pieces = if is_straight { 1 } else { PIECES };
        let at = |share: f64| (from.0 + share * (until.0 - from.0), from.1 + share * (until.1 - from.1));
        for piece in 0..pieces {
            let (a, b) = (at(piece as f64 / pieces as f64), at((piece + 1) as f64 / pieces as f64));
            self.taken.push(Frame {
                left: a.0.min(b.0) - 1.0,
                top: a.1.min(b.1) - 1.0,
                right: a.0.max(b.0) + 1.0,
                bottom: a.1.max(b.1) + 1.0,
            });
        }
    }

    /// Writes a label at the nearest free place around its point, with a thin line to it
    /// where it is far. Whether there was one: a label without a place is left out, since
    /// the table has it.
    pub fn write(&mut self, canvas: &Canvas<'_>, label: &Label<'_>) -> Result<bool, PlotError> {
        let bolder = if label.ink.weight == Weight::Bold { BOLDER } else { 1.0 };
        let width = canvas.text_width(label.text, label.ink) * bolder + 2.0;
        let height = label.ink.size * 1.15;
        for distance in [9.0, 16.0, 26.0, 40.0, 58.0, 80.0] {
            for (right, down) in DIRECTIONS {
                let (x, y) = (label.at.0 + right * distance, label.at.1 + down * distance);
                let left = match right {
                    right if right > 0.3 => x,
                    right if right < -0.3 => x - width,
                    _ => x - width / 2.0,
                };
                let top = y - height / 2.0;
                let place = Frame { left, top, right: left + width, bottom: top + height };
                if !self.is_free(place) {
                    continue;
                }
                if distance > 20.0 {
                    let end = (
                        label.at.0.clamp(place.left, place.right),
                        label.at.1.clamp(place.top, place.bottom),
                    );
                    canvas.line(&[label.at, end], 0.75, GREY)?;
                    self.take_line(label.at, end);
                }
                canvas.text((left, top + label.ink.size * 0.93), label.text, label.ink)?;
                self.taken.push(place);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_free(&self, place: Frame) -> bool {
        let within = self.within;
        let is_inside = place.left >= within.left
            && place.right <= within.right
            && place.top >= within.top
            && place.bottom <= within.bottom;
        is_inside && !self.taken.iter().any(|taken| touches(*taken, place))
    }
}

/// Right, left, above, below, then the corners.
const DIRECTIONS: [(f64, f64); 8] =
    [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.2), (0.0, 1.2), (0.8, -0.8), (0.8, 0.8), (-0.8, -0.8), (-0.8, 0.8)];

fn touches(a: Frame, b: Frame) -> bool {
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
