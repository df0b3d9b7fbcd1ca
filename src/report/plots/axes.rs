//! Scales and ticks.

use super::PlotError;
use super::style::{Anchor, Canvas, Frame, GREY, GRID, INK, Ink};
use crate::base::units::{Calendar, SimTime};
use crate::report::money::{Typography, number};

/// Maps values to pixels, straight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// The values at the two ends.
    pub values: (f64, f64),
    /// The pixels at the two ends.
    pub pixels: (f64, f64),
}

impl Scale {
    /// The pixel of `value`.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.values.0) / (self.values.1 - self.values.0);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }
}

/// Round values at even distances.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticks {
    /// The values, the first at or below the least one shown and the last at or
    /// above the greatest.
    pub values: Vec<f64>,
    decimals: usize,
}

impl Ticks {
    /// About `count` steps of 1, 2, 2.5 or 5 times a power of ten that cover
    /// `low` to `high`.
    pub fn covering(low: f64, high: f64, count: usize) -> Self {
        let range = if high > low { high - low } else { libm::fabs(high).max(1.0) };
        let rough = range / count as f64;
        let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
        let multiple = rough / power;
        let step = power
            * match multiple {
                m if m <= 1.0 => 1.0,
                m if m <= 2.0 => 2.0,
                m if m <= 2.5 => 2.5,
                m if m <= 5.0 => 5.0,
                _ => 10.0,
            };
        // A hair's breadth keeps 0.3 / 0.1 from needing a fourth step.
        let first = libm::floor(low / step + 1e-9) as i64;
        let last = (libm::ceil((low + range) / step - 1e-9) as i64).max(first + 1);
        let decimals = (0..4).find(|decimals| {
            let scaled = step * libm::pow(10.0, f64::from(*decimals));
            libm::fabs(scaled - libm::round(scaled)) < 1e-6
        });
        Self {
            values: (first..=last).map(|tick| tick as f64 * step).collect(),
            decimals: decimals.unwrap_or(4) as usize,
        }
    }

    /// The least and the greatest.
    pub fn ends(&self) -> (f64, f64) {
        (self.values[0], self.values[self.values.len() - 1])
    }

    /// The same without what lies above `most`: an area that fills its frame says
    /// more than a round end of the axis.
    pub fn up_to(self, most: f64) -> Self {
        Self { values: self.values.into_iter().filter(|tick| *tick <= most).collect(), ..self }
    }

    /// A tick's text.
    pub fn text(&self, tick: f64) -> String {
        number(tick, self.decimals, Typography::Fine)
    }
}

/// Horizontal grid lines with their values at the left; the lowest is the axis.
pub(crate) fn horizontal_grid(
    canvas: &Canvas<'_>,
    frame: Frame,
    scale: Scale,
    ticks: &Ticks,
) -> Result<(), PlotError> {
    for tick in &ticks.values {
        let y = scale.at(*tick);
        let colour = if *tick == 0.0 { INK } else { GRID };
        canvas.line(&[(frame.left, y), (frame.right, y)], 1.0, colour)?;
        canvas.text((frame.left - 8.0, y + 4.0), &ticks.text(*tick), Ink::new(12.0, GREY).at(Anchor::End))?;
    }
    Ok(())
}

/// How close the marks of a time axis are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Month,
    Quarter,
    Year,
}

/// Marks of a time axis: instants and what is written there.
pub(crate) fn dates(
    calendar: &Calendar,
    from: SimTime,
    until: SimTime,
    width: f64,
) -> Vec<(SimTime, String)> {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let months = until.since(from).as_days() / 30.44;
    let step = match width / months.max(1.0) {
        room if room >= 58.0 => Step::Month,
        room if room >= 16.0 => Step::Quarter,
        _ => Step::Year,
    };
    let mut marks = Vec::new();
    let mut day = calendar.date(from).first_of_month();
    while calendar.at(day) <= until {
        let wanted = match step {
            Step::Month => true,
            Step::Quarter => (day.month() - 1) % 3 == 0,
            Step::Year => day.month() == 1,
        };
        if wanted && day >= calendar.date(from) {
            let name = NAMES[usize::from(day.month().unsigned_abs()) - 1];
            let text = match step {
                Step::Year => day.year().to_string(),
                _ if day.month() == 1 || marks.is_empty() => format!("{name} {}", day.year()),
                _ => name.to_owned(),
            };
            marks.push((calendar.at(day), text));
        }
        let Ok(next) = day.last_of_month().tomorrow() else { break };
        day = next;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn ticks_are_round_and_cover_what_is_shown() {
        let ticks = Ticks::covering(0.0, 8.4, 5);
        assert_eq!(ticks.values, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(ticks.text(10.0), "10");
        let narrow = Ticks::covering(2.31, 2.48, 4);
        assert_eq!(narrow.values.len(), 5);
        assert_eq!(
            (narrow.text(narrow.ends().0), narrow.text(narrow.ends().1)),
            ("2.30".to_owned(), "2.50".to_owned())
        );
        assert_eq!(narrow.text(2.35), "2.35");
        let nothing = Ticks::covering(0.0, 0.0, 4);
        assert!(nothing.values.len() >= 2 && nothing.ends().1 > 0.0);
    }

    #[test]
    fn a_long_axis_is_marked_by_years_and_a_short_one_by_months() {
        let calendar = Calendar::new(date(2027, 1, 1), date(2032, 1, 1));
        let marks = dates(&calendar, SimTime::START, calendar.horizon(), 600.0);
        let texts: Vec<_> = marks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["2027", "2028", "2029", "2030", "2031", "2032"]);
        let marks = dates(&calendar, calendar.at(date(2027, 11, 10)), calendar.at(date(2028, 2, 5)), 600.0);
        let texts: Vec<_> = marks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["Dec 2027", "Jan 2028", "Feb"]);
    }
}
