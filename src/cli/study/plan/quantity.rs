//! Texts as values in the unit of an outcome.

use super::KnownOutcome;
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::units::{Atom, Measure, Span, TimeUnit, number};
use crate::input::study::Quantity;
use crate::study::Unit;
use crate::world::World;

/// What a value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// What should not be missed: a day is met until its last second.
    Target,
    /// What stands where there is none.
    StandIn,
    /// By how much two values differ: of dates, a length of time.
    Difference,
}

const DAYS_PER_YEAR: f64 = 365.25;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// The value that `text` states for an outcome: units of the reporting currency, years since
/// the start of the scenario (of 365.25 days), a share from 0 to 1, or a number in the
/// outcome's own unit. Nothing after a message.
pub(super) fn value(
    of: &KnownOutcome,
    text: &Quantity,
    sense: Sense,
    world: &World,
    diagnostics: &mut Diagnostics,
) -> Option<f64> {
    let read = match of.outcome.unit {
        Unit::Money => money(&text.text, world),
        Unit::Date if sense == Sense::Difference => span(&text.text, DAYS_PER_YEAR * SECONDS_PER_DAY),
        Unit::Date => date(&text.text, sense, world),
        Unit::Share => share(&text.text),
        Unit::Plain => plain(&text.text, of.words),
    };
    read.map_err(|why| {
        let figure = &of.outcome.figure;
        let message = Diagnostic::error(text.spot, format!("`{}` is not a value of `{figure}`", text.text));
        diagnostics.push(message.note(expected(of, sense, world)).note(why));
    })
    .ok()
}

/// What was expected, in a sentence.
fn expected(of: &KnownOutcome, sense: Sense, world: &World) -> String {
    let currency = world.currency;
    match (of.outcome.unit, sense) {
        (Unit::Money, _) => {
            format!("Expected an amount of money, such as `50 k{currency}` or `9 M{currency}`.")
        }
        (Unit::Date, Sense::Difference) => "Expected a length of time, such as `30 days`.".to_owned(),
        (Unit::Date, _) => "Expected a day, such as `2028-03-31`, or `horizon` or `start`.".to_owned(),
        (Unit::Share, _) => "Expected a share in percent, such as `99.9 %`.".to_owned(),
        (Unit::Plain, _) if of.words == "count" => "Expected a number, such as `10`.".to_owned(),
        (Unit::Plain, _) => format!("Expected a number, such as `10`; it is counted in {}.", of.words),
    }
}

fn measure(text: &str) -> Result<Measure, String> {
    text.parse::<Measure>().map_err(|error| sentence(&error.to_string()))
}

/// "`3` has no unit" with a full stop.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?']) { text.to_owned() } else { format!("{text}.") }
}

fn money(text: &str, world: &World) -> Result<f64, String> {
    let measure = measure(text)?;
    match (measure.unit.over, measure.unit.per.as_slice()) {
        (Atom::Money(currency, scale), []) if currency == world.currency => {
            Ok(measure.value * f64::from(scale))
        }
        (Atom::Money(currency, _), []) => {
            Err(format!("This is in {currency}; the scenario reports in {}.", world.currency))
        }
        _ => Err("This is in another unit.".to_owned()),
    }
}

/// A length of time in units of so many seconds.
fn span(text: &str, seconds: f64) -> Result<f64, String> {
    let measure = measure(text)?;
    match (measure.unit.over, measure.unit.per.as_slice()) {
        (Atom::Time(unit), []) => Ok(measure.value * unit.seconds() / seconds),
        _ => Err("This is in another unit.".to_owned()),
    }
}

fn date(text: &str, sense: Sense, world: &World) -> Result<f64, String> {
    let calendar = &world.calendar;
    match text {
        "horizon" => return Ok(calendar.years(world.horizon())),
        "start" => return Ok(0.0),
        _ => {}
    }
    let shaped = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    let day: Option<jiff::civil::Date> = text.parse().ok().filter(|_| shaped);
    let day = day.ok_or("A day is written year-month-day.")?;
    if day < calendar.start() || day > calendar.end() {
        return Err(format!("The scenario runs from {} to {}.", calendar.start(), calendar.end()));
    }
    match (sense, day.tomorrow()) {
        // As `limits.finish_by`: the whole day is in time. A second before its end, so that
        // the value is still shown as that day.
        (Sense::Target, Ok(tomorrow)) => {
            Ok(calendar.years(calendar.at(tomorrow)) - Span::from_seconds(1).as_days() / DAYS_PER_YEAR)
        }
        _ => Ok(calendar.years(calendar.at(day))),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let measure = measure(text)?;
    match (measure.unit.over, measure.unit.per.as_slice()) {
        (Atom::Percent, []) => Ok(measure.value / 100.0),
        _ => Err("This is in another unit.".to_owned()),
    }
}

/// A bare number, or a measure that the outcome's own unit can be told from.
fn plain(text: &str, words: &str) -> Result<f64, String> {
    if let Ok((value, "")) = number(text) {
        return Ok(value);
    }
    let measure = measure(text)?;
    match (words, measure.unit.over, measure.unit.per.as_slice()) {
        ("hours", Atom::Time(_), []) => span(text, TimeUnit::Hour.seconds()),
        ("days", Atom::Time(_), []) => span(text, TimeUnit::Day.seconds()),
        ("months", Atom::Time(_), []) => span(text, TimeUnit::Month.seconds()),
        ("years", Atom::Time(_), []) => span(text, TimeUnit::Year.seconds()),
        ("percent", Atom::Percent, []) => Ok(measure.value),
        _ => Err("This is in another unit.".to_owned()),
    }
}
