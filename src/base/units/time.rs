//! Simulated time, and the calendar that ties it to dates.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use jiff::civil::{Date, DateTime};

const NS_PER_SECOND: u64 = 1_000_000_000;

/// An instant: nanoseconds since the start of the scenario. Reaches 584 years.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimTime(u64);

/// A length of time in nanoseconds, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(u64);

impl SimTime {
    /// The start of the scenario.
    pub const START: Self = Self(0);
    /// Later than every event: what is scheduled here never happens.
    pub const NEVER: Self = Self(u64::MAX);

    /// The instant `ns` nanoseconds after the start.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// Nanoseconds since the start.
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// The time that has passed since `earlier`; zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `ns` nanoseconds.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// A span of whole seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds * NS_PER_SECOND)
    }

    /// A span of whole minutes.
    pub const fn from_minutes(minutes: u64) -> Self {
        Self::from_seconds(minutes * 60)
    }

    /// A span of whole hours.
    pub const fn from_hours(hours: u64) -> Self {
        Self::from_seconds(hours * 3_600)
    }

    /// A span of whole days of 24 hours.
    pub const fn from_days(days: u64) -> Self {
        Self::from_hours(days * 24)
    }

    /// A span of `seconds`, to the nearest nanosecond. Negative or undefined
    /// values give zero, values beyond 584 years the longest span.
    #[inline]
    pub fn from_seconds_f64(seconds: f64) -> Self {
        const HALF_OF_ALL: f64 = (1_u64 << 63) as f64;
        let ns = seconds * NS_PER_SECOND as f64 + 0.5;
        // A float-to-integer cast saturates and maps NaN to zero; that to a signed number
        // is one instruction.
        Self(if ns < HALF_OF_ALL { (ns as i64).max(0) as u64 } else { ns as u64 })
    }

    /// A span of `hours`, to the nearest nanosecond; see [`Span::from_seconds_f64`].
    pub fn from_hours_f64(hours: f64) -> Self {
        Self::from_seconds_f64(hours * 3_600.0)
    }

    /// Nanoseconds.
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// Seconds.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / NS_PER_SECOND as f64
    }

    /// Hours.
    pub fn as_hours(self) -> f64 {
        self.as_seconds() / 3_600.0
    }

    /// Days of 24 hours.
    pub fn as_days(self) -> f64 {
        self.as_hours() / 24.0
    }
}

impl Add<Span> for SimTime {
    type Output = Self;
    /// Saturates at [`SimTime::NEVER`].
    #[inline]
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for SimTime {
    #[inline]
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Span {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Self;
    /// Saturates at zero: a span is never negative.
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Span {
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        spans.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Debug for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEVER { f.write_str("never") } else { write!(f, "t+{:?}", Span(self.0)) }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.as_seconds())
    }
}

/// Ties [`SimTime`] to civil dates in UTC, and cuts the horizon into months.
///
/// Bills, tallies and curves are kept by month; the first and the last month may
/// be partial when the scenario does not start on the first of a month. Months go
/// on after the horizon, for an exit that is rehearsed at its end.
#[derive(Clone, Debug)]
pub struct Calendar {
    start: Date,
    end: Date,
    /// Months of the horizon, whole or partial.
    months: usize,
    /// Start of each month of the horizon, the end of the horizon, and the starts
    /// of the months after it.
    month_starts: Vec<SimTime>,
    /// Length of the civil month in which each month lies.
    civil_months: Vec<Span>,
}

/// Months that the calendar knows beyond the horizon: ten years of evacuation.
const MONTHS_BEYOND: usize = 120;

impl Calendar {
    /// The calendar from midnight of `start` to midnight of `end`, exclusive.
    /// An `end` that is not after `start` gives an empty calendar.
    pub fn new(start: Date, end: Date) -> Self {
        let mut days = Vec::new();
        let mut day = start;
        while day < end {
            days.push(day);
            day = next_month(day);
        }
        let months = days.len();
        let mut day = end;
        for _ in 0..=MONTHS_BEYOND {
            days.push(day);
            day = next_month(day);
        }
        let month_starts = days.iter().map(|day| days_between(start, *day)).collect();
        let whole = |day: &Date| Span::from_days(day.days_in_month().unsigned_abs().into());
        let civil_months = days.iter().map(whole).collect();
        Self { start, end, months, month_starts, civil_months }
    }

    /// The date of [`SimTime::START`].
    pub fn start(&self) -> Date {
        self.start
    }

    /// The first date after the horizon.
    pub fn end(&self) -> Date {
        self.end
    }

    /// The instant at which the horizon ends.
    pub fn horizon(&self) -> SimTime {
        days_between(self.start, self.end)
    }

    /// Midnight of `date`; [`SimTime::START`] for a date before the start.
    pub fn at(&self, date: Date) -> SimTime {
        days_between(self.start, date)
    }

    /// The civil date and time, in UTC, of an instant.
    pub fn date_time(&self, at: SimTime) -> DateTime {
        let midnight = DateTime::from_parts(self.start, jiff::civil::Time::midnight());
        let seconds = i64::try_from(at.as_ns() / NS_PER_SECOND).unwrap_or(i64::MAX);
        midnight.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(DateTime::MAX)
    }

    /// The civil date, in UTC, of an instant.
    pub fn date(&self, at: SimTime) -> Date {
        self.date_time(at).date()
    }

    /// The number of months, whole or partial, in the horizon.
    pub fn months(&self) -> usize {
        self.months
    }

    /// The start of month `month`; for `month == months()` the end of the horizon.
    ///
    /// # Panics
    /// Ten years after the horizon.
    pub fn month_start(&self, month: usize) -> SimTime {
        self.month_starts[month]
    }

    /// The length of month `month`.
    pub fn month_span(&self, month: usize) -> Span {
        self.month_starts[month + 1].since(self.month_starts[month])
    }

    /// The length of the whole civil month in which month `month` lies: what a price
    /// per month is for, when the first or the last month of the horizon is partial.
    pub fn civil_month_span(&self, month: usize) -> Span {
        self.civil_months[month]
    }

    /// The month that contains `at`. The end of the horizon begins month
    /// `months()`; the last known month goes on for ever.
    pub fn month_of(&self, at: SimTime) -> usize {
        let after = self.month_starts.partition_point(|start| *start <= at);
        after.saturating_sub(1).min(self.month_starts.len() - 2)
    }

    /// Years of 365.25 days from the start to `at`: the exponent of discounting.
    pub fn years(&self, at: SimTime) -> f64 {
        at.since(SimTime::START).as_days() / 365.25
    }
}

fn next_month(day: Date) -> Date {
    day.first_of_month().checked_add(jiff::Span::new().months(1)).unwrap_or(Date::MAX)
}

fn days_between(start: Date, end: Date) -> SimTime {
    let days = start.duration_until(end).as_hours() / 24;
    SimTime::START + Span::from_days(u64::try_from(days).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_follow_the_calendar_and_end_with_the_horizon() {
        let calendar = Calendar::new(date(2027, 1, 15), date(2027, 4, 10));
        assert_eq!(calendar.months(), 4);
        assert_eq!(calendar.date(calendar.month_start(1)), date(2027, 2, 1));
        assert_eq!(calendar.month_span(1), Span::from_days(28));
        let (first, last) = (calendar.month_span(0), calendar.month_span(3));
        assert_eq!((first, last), (Span::from_days(17), Span::from_days(9)));
        let (first, last) = (calendar.civil_month_span(0), calendar.civil_month_span(3));
        assert_eq!((first, last), (Span::from_days(31), Span::from_days(30)));
        assert_eq!(calendar.month_start(4), calendar.horizon());
        assert_eq!(calendar.month_of(calendar.at(date(2027, 2, 1))), 1);
        assert_eq!(calendar.month_of(calendar.horizon()), 4);
        assert_eq!(calendar.date(calendar.month_start(5)), date(2027, 5, 1));
    }

    #[test]
    fn an_instant_prints_as_the_date_it_came_from() {
        let calendar = Calendar::new(date(2027, 1, 1), date(2032, 1, 1));
        let leap_day = date(2028, 2, 29);
        assert_eq!(calendar.date(calendar.at(leap_day)), leap_day);
        assert_eq!(
            calendar.date_time(SimTime::START + Span::from_hours(25)),
            date(2027, 1, 2).at(1, 0, 0, 0)
        );
    }
}
