//! The unit in which all values of one table or plot are written.

use crate::base::units::{Calendar, Currency, SimTime, Span};
use crate::report::money::{MoneyScale, Typography, number};
use crate::study::analyses::Estimate;

/// Days of a year: years since the start are counted so (`Calendar::years`).
const DAYS_A_YEAR: f64 = 365.25;

/// How the values of one table or plot are written.
#[derive(Clone, Debug)]
pub(crate) struct Scale<'a> {
    kind: Kind<'a>,
    typography: Typography,
}

#[derive(Clone, Debug)]
enum Kind<'a> {
    Money(MoneyScale),
    Date(&'a Calendar),
    Number { factor: f64, decimals: usize, unit: &'static str },
}

impl<'a> Scale<'a> {
    /// Amounts of money in the unit that fits the largest.
    pub fn money(values: impl IntoIterator<Item = f64>, currency: Currency, typography: Typography) -> Self {
        let largest = values.into_iter().filter(|value| value.is_finite()).map(f64::abs).fold(0.0, f64::max);
        Self { kind: Kind::Money(MoneyScale::fitting(largest, currency)), typography }
    }

    /// Years since the start, as days of the calendar.
    pub fn date(calendar: &'a Calendar, typography: Typography) -> Self {
        Self { kind: Kind::Date(calendar), typography }
    }

    /// Numbers times `factor`, with as many decimals as tell them apart: three digits of
    /// their spread, at most four decimals.
    pub fn fitting(
        values: impl IntoIterator<Item = f64>,
        factor: f64,
        unit: &'static str,
        typography: Typography,
    ) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        let spread = if high > low { high - low } else { high.abs() } * factor;
        let decimals = if spread > 0.0 && spread.is_finite() {
            (2.0 - libm::floor(libm::log10(spread))).clamp(0.0, 4.0) as usize
        } else {
            0
        };
        Self { kind: Kind::Number { factor, decimals, unit }, typography }
    }

    /// The unit; empty for a plain number.
    pub fn unit(&self) -> String {
        match &self.kind {
            Kind::Money(money) => money.unit(),
            Kind::Date(_) => "date".to_owned(),
            Kind::Number { unit, .. } => (*unit).to_owned(),
        }
    }

    /// `, MEUR`: the unit behind a title; nothing for a plain number.
    pub fn in_unit(&self) -> String {
        let unit = self.unit();
        if unit.is_empty() { unit } else { format!(", {unit}") }
    }

    /// A value without its unit.
    pub fn number(&self, value: f64) -> String {
        match &self.kind {
            Kind::Money(money) => money.number(value, self.typography),
            Kind::Date(calendar) => day(calendar, value),
            Kind::Number { factor, decimals, .. } => number(value * factor, *decimals, self.typography),
        }
    }

    /// A value with its unit; a date is its own unit.
    pub fn amount(&self, value: f64) -> String {
        let unit = match &self.kind {
            Kind::Date(_) => String::new(),
            _ => self.unit(),
        };
        match (unit.is_empty(), self.typography) {
            (true, _) => self.number(value),
            (false, Typography::Plain) => format!("{} {unit}", self.number(value)),
            (false, Typography::Fine) => format!("{}\u{202f}{unit}", self.number(value)),
        }
    }

    /// `2.18 to 2.44`.
    pub fn range(&self, low: f64, high: f64) -> String {
        format!("{} to {}", self.number(low), self.number(high))
    }

    /// `2.31 (2.18 to 2.44)`.
    pub fn estimate(&self, estimate: &Estimate) -> String {
        format!("{} ({})", self.number(estimate.value), self.range(estimate.low, estimate.high))
    }

    /// A value with what it may be wrong by; dates are wrong by days.
    pub fn with_half_width(&self, value: f64, half_width: f64) -> String {
        match &self.kind {
            Kind::Date(_) => {
                let days = number(half_width * DAYS_A_YEAR, 0, self.typography);
                format!("{} ± {days} d", self.number(value))
            }
            _ => format!("{} ± {}", self.number(value), self.number(half_width)),
        }
    }

    /// By how much a value is multiplied on an axis.
    pub fn factor(&self) -> f64 {
        match &self.kind {
            Kind::Money(money) => 1.0 / money.divisor(),
            Kind::Date(_) => 1.0,
            Kind::Number { factor, .. } => *factor,
        }
    }

    /// The calendar, where values are dates.
    pub fn calendar(&self) -> Option<&'a Calendar> {
        match &self.kind {
            Kind::Date(calendar) => Some(calendar),
            _ => None,
        }
    }
}

/// The instant of so many years since the start; the start for what lies before it.
pub(crate) fn instant(years: f64) -> SimTime {
    SimTime::START + Span::from_hours_f64((years * DAYS_A_YEAR * 24.0).max(0.0))
}

fn day(calendar: &Calendar, years: f64) -> String {
    if years.is_finite() { calendar.date(instant(years)).to_string() } else { "–".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_have_the_decimals_that_tell_them_apart() {
        let availability = Scale::fitting([0.999_51, 0.999_93], 100.0, "%", Typography::Plain);
        assert_eq!(availability.amount(0.999_51), "99.9510 %");
        let hours = Scale::fitting([1200.0, 350.0], 1.0, "hours", Typography::Plain);
        assert_eq!(hours.amount(1200.0), "1200 hours");
        assert_eq!(Scale::fitting([3.0], 1.0, "", Typography::Plain).amount(3.0), "3.00");
    }

    #[test]
    fn years_since_the_start_are_days_of_the_calendar() {
        let calendar = Calendar::new(date(2027, 1, 1), date(2032, 1, 1));
        let scale = Scale::date(&calendar, Typography::Plain);
        assert_eq!(scale.amount(1.0), "2028-01-01");
        assert_eq!(scale.with_half_width(0.5, 0.02), "2027-07-02 ± 7 d");
    }
}
