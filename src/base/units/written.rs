//! What a setting means by a number with a unit.
//!
//! Each type here is one kind of quantity that a scenario or a catalogue states,
//! checked for its unit and its range and kept as typed numbers.

use std::fmt;

use jiff::civil::Date;

use super::parse::{Atom, Measure, MeasureError, Thing, TimeUnit, Unit};
use super::{Bandwidth, Bytes, Currency, Price, Span};
use crate::base::random::Bounds;

/// Why a text is not the quantity that was asked for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum QuantityError {
    /// It is not a number with a unit at all.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// The unit measures something else.
    #[error("`{written}` is not {wanted}")]
    WrongUnit {
        /// The text.
        written: String,
        /// What was asked for, with its article.
        wanted: &'static str,
    },
    /// The number is beyond what makes sense.
    #[error("`{written}` is out of range: {allowed}")]
    OutOfRange {
        /// The text.
        written: String,
        /// What is allowed, a clause.
        allowed: &'static str,
    },
}

/// A kind of quantity that a person writes as a number with a unit.
pub trait Written: Sized {
    /// What it is, with its article: "an amount of data".
    const WHAT: &'static str;
    /// How it may be written; the first is the most telling.
    const EXAMPLES: &'static [&'static str];
    /// The unit of [`Written::magnitude`] where it is always the same.
    const UNIT: &'static str = "";

    /// The quantity that `measure` states.
    ///
    /// # Errors
    /// If the unit measures something else or the number is out of range.
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError>;

    /// The quantity that `text` states.
    ///
    /// # Errors
    /// As [`Written::from_measure`], and if `text` is not a number with a unit.
    fn parse(text: &str) -> Result<Self, QuantityError> {
        Self::from_measure(&text.parse()?)
    }

    /// The currency of a price; nothing for what is not money.
    fn currency(&self) -> Option<Currency> {
        None
    }

    /// The unit of [`Written::magnitude`], for people and for the world's figures.
    fn unit_name(&self) -> String {
        self.magnitude().1.map_or_else(|| Self::UNIT.to_owned(), |unit| unit.to_string())
    }

    /// Between which magnitudes any value makes sense: a distribution without ends,
    /// such as the normal one, is cut off there.
    fn bounds() -> Bounds {
        Bounds { low: Some(0.0), high: None }
    }

    /// The JSON type of a value in a file: a text, since a bare number has no unit.
    fn schema_type() -> serde_json::Value {
        serde_json::json!("string")
    }

    /// The number by which two quantities of this kind are ordered, and the unit it
    /// is in; numbers of different units are not comparable.
    fn magnitude(&self) -> (f64, Option<Unit>);
}

fn wrong<T: Written>(measure: &Measure) -> QuantityError {
    QuantityError::WrongUnit { written: measure.to_string(), wanted: T::WHAT }
}

fn within(measure: &Measure, ok: impl Fn(f64) -> bool, allowed: &'static str) -> Result<f64, QuantityError> {
    if ok(measure.value) {
        Ok(measure.value)
    } else {
        Err(QuantityError::OutOfRange { written: measure.to_string(), allowed })
    }
}

const NOT_NEGATIVE: &str = "it cannot be negative";

impl Written for Bytes {
    const WHAT: &'static str = "an amount of data";
    const EXAMPLES: &'static [&'static str] = &["500 GiB", "2 TB"];
    const UNIT: &'static str = "B";
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        match (measure.unit.over, measure.unit.per.as_slice()) {
            (Atom::Data(unit), []) => Ok(unit.scaled(within(measure, |v| v >= 0.0, NOT_NEGATIVE)?)),
            _ => Err(wrong::<Self>(measure)),
        }
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.get() as f64, None)
    }
}

impl Written for Bandwidth {
    const WHAT: &'static str = "a data rate";
    const EXAMPLES: &'static [&'static str] = &["10 Gbit/s", "400 Mbit/s", "120 MB/s"];
    const UNIT: &'static str = "bit/s";
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        let bits = match (measure.unit.over, measure.unit.per.as_slice()) {
            (Atom::Bits(bits), [Atom::Time(TimeUnit::Second)]) => bits as f64,
            (Atom::Data(bytes), [Atom::Time(TimeUnit::Second)]) => bytes.get() as f64 * 8.0,
            _ => return Err(wrong::<Self>(measure)),
        };
        let value = within(measure, |v| v > 0.0, "it must be more than zero")?;
        Ok(Self::from_bits(libm::round(value * bits) as u64))
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.as_bits() as f64, None)
    }
}

/// A length of time in the unit it was written in, because `3 years` from a date
/// is a date of the calendar, not a number of seconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Period {
    /// How many, not negative.
    pub count: f64,
    /// Of what.
    pub unit: TimeUnit,
}

impl TimeUnit {
    /// The unit as a length: a year has 365.25 days, a month a twelfth of it.
    pub fn seconds(self) -> f64 {
        match self {
            Self::Microsecond => 1e-6,
            Self::Millisecond => 1e-3,
            Self::Second => 1.0,
            Self::Minute => 60.0,
            Self::Hour => 3_600.0,
            Self::Day => 86_400.0,
            Self::Week => 604_800.0,
            Self::Month => 365.25 * 86_400.0 / 12.0,
            Self::Year => 365.25 * 86_400.0,
        }
    }
}

impl Period {
    /// `count` units.
    pub const fn new(count: f64, unit: TimeUnit) -> Self {
        Self { count, unit }
    }

    /// The length, a year taken as 365.25 days and a month as a twelfth of it.
    pub fn span(self) -> Span {
        Span::from_seconds_f64(self.count * self.unit.seconds())
    }

    /// The date so long after `date`, by the calendar when the period is a whole
    /// number of days, weeks, months or years, else by [`Period::span`] rounded to
    /// days. Nothing beyond the year 9999.
    pub fn after(self, date: Date) -> Option<Date> {
        date.checked_add(self.calendar()?).ok()
    }

    /// The date so long before `date`; see [`Period::after`].
    pub fn before(self, date: Date) -> Option<Date> {
        date.checked_sub(self.calendar()?).ok()
    }

    fn calendar(self) -> Option<jiff::Span> {
        let whole = libm::trunc(self.count) == self.count && self.count < 1e6;
        let count = self.count as i64;
        let span = jiff::Span::new();
        match self.unit {
            TimeUnit::Day if whole => span.try_days(count),
            TimeUnit::Week if whole => span.try_weeks(count),
            TimeUnit::Month if whole => span.try_months(count),
            TimeUnit::Year if whole => span.try_years(count),
            _ => span.try_days(libm::round(self.count * self.unit.seconds() / 86_400.0) as i64),
        }
        .ok()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Measure { value: self.count, unit: Unit { over: Atom::Time(self.unit), per: Vec::new() } }.fmt(f)
    }
}

impl Written for Period {
    const WHAT: &'static str = "a length of time";
    const EXAMPLES: &'static [&'static str] = &["3 years", "90 days", "12 h", "8 ms"];
    const UNIT: &'static str = "s";
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        match (measure.unit.over, measure.unit.per.as_slice()) {
            (Atom::Time(unit), []) => {
                let count = within(measure, |v| v >= 0.0, NOT_NEGATIVE)?;
                // The simulated clock reaches 584 years.
                within(
                    measure,
                    |v| v * unit.seconds() < 500.0 * 365.25 * 86_400.0,
                    "it must be below 500 years",
                )?;
                Ok(Self { count, unit })
            }
            _ => Err(wrong::<Self>(measure)),
        }
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.count * self.unit.seconds(), None)
    }
}

impl Written for Measure {
    const WHAT: &'static str = "a number with a unit";
    const EXAMPLES: &'static [&'static str] = &["30 %", "45 EUR/core-year", "90 days", "1.2 x"];
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        Ok(measure.clone())
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.value, Some(self.unit.clone()))
    }
    fn bounds() -> Bounds {
        Bounds::default()
    }
    fn currency(&self) -> Option<Currency> {
        match self.unit.over {
            Atom::Money(currency, _) => Some(currency),
            _ => None,
        }
    }
}

/// Declares a percentage with its range.
macro_rules! percentages {
    ($($(#[$doc:meta])* $name:ident($pattern:pat, $unit:literal): $what:literal, $examples:expr, $ok:expr, $allowed:literal, $bounds:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
        pub struct $name(f64);

        impl $name {
            /// From a fraction of one: 0.07 for 7 %.
            pub const fn from_fraction(fraction: f64) -> Self {
                Self(fraction)
            }
            /// As a fraction of one: 0.07 for 7 %.
            pub const fn fraction(self) -> f64 {
                self.0
            }
        }

        impl Written for $name {
            const WHAT: &'static str = $what;
            const EXAMPLES: &'static [&'static str] = $examples;
            const UNIT: &'static str = $unit;
            fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
                match (measure.unit.over, measure.unit.per.as_slice()) {
                    (Atom::Percent, $pattern) => Ok(Self(within(measure, $ok, $allowed)? / 100.0)),
                    _ => Err(wrong::<Self>(measure)),
                }
            }
            fn magnitude(&self) -> (f64, Option<Unit>) {
                (self.0, None)
            }
            fn bounds() -> Bounds {
                let (low, high) = $bounds;
                Bounds { low, high }
            }
        }
    )+};
}

percentages! {
    /// A part of a whole, 0 to 1.
    Share([], "%"): "a share of a whole in percent", &["30 %"], |v| (0.0..=100.0).contains(&v), "it must lie between 0 % and 100 %", (Some(0.0), Some(1.0));
    /// A relative change, never below the loss of everything.
    Change([], "%"): "a change in percent", &["3 %", "-5 %"], |v| v >= -100.0, "nothing can fall by more than 100 %", (Some(-1.0), None);
    /// A relative change per year.
    YearlyRate([Atom::Time(TimeUnit::Year)], "%/year"): "a rate per year in percent", &["7 %/year"], |v| v > -100.0, "nothing can fall by 100 % a year or more", (Some(-0.99), None);
}

/// An amount of money in the currency it was written in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Amount {
    /// Units of the currency.
    pub value: Price,
    /// The currency.
    pub currency: Currency,
}

impl Written for Amount {
    const WHAT: &'static str = "an amount of money";
    const EXAMPLES: &'static [&'static str] = &["9 MEUR", "350 kEUR", "12.50 USD"];
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        match (measure.unit.over, measure.unit.per.as_slice()) {
            (Atom::Money(currency, scale), []) => {
                Ok(Self { value: Price::from_f64(money_value(measure)? * f64::from(scale)), currency })
            }
            _ => Err(wrong::<Self>(measure)),
        }
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.value.as_f64(), Some(Unit { over: Atom::Money(self.currency, 1), per: Vec::new() }))
    }
    fn currency(&self) -> Option<Currency> {
        Some(self.currency)
    }
}

/// No single figure of an estate reaches 1e12; larger ones would not fit `Money`.
fn money_value(measure: &Measure) -> Result<f64, QuantityError> {
    within(measure, |v| v.abs() < 1e9, "its number must stay below 1e9")
}

/// What a price is counted by, besides time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Meter {
    /// The thing that bears the price, as a whole.
    Whole,
    /// Each of several things.
    Each(Thing),
    /// Each so many bytes.
    Data(Bytes),
    /// Each so many watt-hours.
    Energy(u32),
}

/// A price per something, per time, or both.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct UnitPrice {
    /// Units of the currency.
    pub value: Price,
    /// The currency.
    pub currency: Currency,
    /// What it is counted by.
    pub meter: Meter,
    /// For how long, when it recurs.
    pub every: Option<TimeUnit>,
}

impl UnitPrice {
    /// The unit, for messages: `EUR/core-year`.
    pub fn unit(&self) -> Unit {
        let meter = match self.meter {
            Meter::Whole => None,
            Meter::Each(thing) => Some(Atom::Thing(thing)),
            Meter::Data(bytes) => Some(Atom::Data(bytes)),
            Meter::Energy(watt_hours) => Some(Atom::Energy(watt_hours)),
        };
        let per = meter.into_iter().chain(self.every.map(Atom::Time)).collect();
        Unit { over: Atom::Money(self.currency, 1), per }
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit())
    }
}

impl Written for UnitPrice {
    const WHAT: &'static str = "a price per unit";
    const EXAMPLES: &'static [&'static str] = &["45 EUR/core-year", "6.16 USD/h", "0.09 EUR/GB"];
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        let Atom::Money(currency, scale) = measure.unit.over else { return Err(wrong::<Self>(measure)) };
        let meter = |atom: Atom| match atom {
            Atom::Thing(thing) => Some(Meter::Each(thing)),
            Atom::Data(bytes) => Some(Meter::Data(bytes)),
            Atom::Energy(watt_hours) => Some(Meter::Energy(watt_hours)),
            _ => None,
        };
        let (meter, every) = match *measure.unit.per.as_slice() {
            [Atom::Time(time)] => (Some(Meter::Whole), Some(time)),
            [atom] => (meter(atom), None),
            [atom, Atom::Time(time)] | [Atom::Time(time), atom] => (meter(atom), Some(time)),
            _ => (None, None),
        };
        let meter = meter.ok_or_else(|| wrong::<Self>(measure))?;
        Ok(Self { value: Price::from_f64(money_value(measure)? * f64::from(scale)), currency, meter, every })
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.value.as_f64(), Some(self.unit()))
    }
    fn currency(&self) -> Option<Currency> {
        Some(self.currency)
    }
}

/// How many units of one currency another one buys.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ExchangeRate {
    /// How many units of `of` one unit of `one` buys.
    pub value: f64,
    /// The currency that is paid out.
    pub of: Currency,
    /// The currency that buys.
    pub one: Currency,
}

impl Written for ExchangeRate {
    const WHAT: &'static str = "an exchange rate";
    const EXAMPLES: &'static [&'static str] = &["1.1567 USD/EUR"];
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        match (measure.unit.over, measure.unit.per.as_slice()) {
            (Atom::Money(of, 1), [Atom::Money(one, 1)]) if of != *one => {
                Ok(Self { value: within(measure, |v| v > 0.0, "it must be more than zero")?, of, one: *one })
            }
            _ => Err(wrong::<Self>(measure)),
        }
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.value, Some(Unit { over: Atom::Money(self.of, 1), per: vec![Atom::Money(self.one, 1)] }))
    }
}

/// Electrical power in watts.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Power(f64);

impl Power {
    /// Watts.
    pub const fn watts(self) -> f64 {
        self.0
    }
}

impl Written for Power {
    const WHAT: &'static str = "an electrical power";
    const EXAMPLES: &'static [&'static str] = &["450 W", "1.2 kW"];
    const UNIT: &'static str = "W";
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        match (measure.unit.over, measure.unit.per.as_slice()) {
            (Atom::Power(watts), []) => {
                Ok(Self(within(measure, |v| v >= 0.0, NOT_NEGATIVE)? * f64::from(watts)))
            }
            _ => Err(wrong::<Self>(measure)),
        }
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.0, None)
    }
}

/// How often something happens: events per year. Also written in percent, as
/// failure rates often are: `3 %/year` is three events in a hundred years.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct EventRate(f64);

impl EventRate {
    /// Events per year.
    pub const fn per_year(self) -> f64 {
        self.0
    }
}

impl Written for EventRate {
    const WHAT: &'static str = "how often something happens";
    const EXAMPLES: &'static [&'static str] = &["0.05 failures/year", "3 %/year"];
    const UNIT: &'static str = "failure/year";
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        let scale = match measure.unit.over {
            Atom::Thing(Thing::Failure) | Atom::Times => 1.0,
            Atom::Percent => 0.01,
            _ => return Err(wrong::<Self>(measure)),
        };
        let [Atom::Time(time)] = *measure.unit.per.as_slice() else { return Err(wrong::<Self>(measure)) };
        let value = within(measure, |v| v >= 0.0, NOT_NEGATIVE)?;
        Ok(Self(value * scale * TimeUnit::Year.seconds() / time.seconds()))
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.0, None)
    }
}

/// Data per month, or per VM and month, in gigabytes of 10^9 bytes.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Traffic(f64);

impl Traffic {
    /// Gigabytes of 10^9 bytes a month.
    pub const fn gb_per_month(self) -> f64 {
        self.0
    }
}

impl Written for Traffic {
    const WHAT: &'static str = "an amount of data per month";
    const EXAMPLES: &'static [&'static str] = &["200 GB/month"];
    const UNIT: &'static str = "GB/month";
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        let Atom::Data(bytes) = measure.unit.over else { return Err(wrong::<Self>(measure)) };
        let time = match *measure.unit.per.as_slice() {
            [Atom::Time(time)] | [Atom::Thing(Thing::Vm), Atom::Time(time)] => time,
            _ => return Err(wrong::<Self>(measure)),
        };
        let value = within(measure, |v| v >= 0.0, NOT_NEGATIVE)?;
        Ok(Self(value * bytes.as_gb() * TimeUnit::Month.seconds() / time.seconds()))
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.0, None)
    }
}

/// Working time: hours of somebody's work. Days are refused, because a day of work
/// is not a day of the calendar.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Effort(f64);

impl Effort {
    /// Hours.
    pub const fn hours(self) -> f64 {
        self.0
    }
}

impl Written for Effort {
    const WHAT: &'static str = "working time in hours";
    const EXAMPLES: &'static [&'static str] = &["6 h", "45 min"];
    const UNIT: &'static str = "h";
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        match (measure.unit.over, measure.unit.per.as_slice()) {
            (Atom::Time(unit @ (TimeUnit::Hour | TimeUnit::Minute)), []) => {
                Ok(Self(within(measure, |v| v >= 0.0, NOT_NEGATIVE)? * unit.seconds() / 3_600.0))
            }
            _ => Err(wrong::<Self>(measure)),
        }
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.0, None)
    }
}

/// The shape of a host: `2x16c-512g` has two sockets of sixteen cores and 512 GiB.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HostShape {
    /// Processor sockets, at least one.
    pub sockets: u32,
    /// Cores per socket, at least one.
    pub cores_per_socket: u32,
    /// Memory, a whole number of GiB.
    pub memory: Bytes,
}

impl HostShape {
    /// How a shape is written.
    pub const EXAMPLE: &'static str = "2x16c-512g";

    /// Cores of all sockets.
    pub const fn cores(self) -> u32 {
        self.sockets * self.cores_per_socket
    }

    /// The shape that `text` states; nothing if it is not of the form
    /// `2x16c-512g`, or has no socket, no core or no memory, or more than 64
    /// sockets, 1,024 cores a socket or 1 PiB.
    pub fn parse(text: &str) -> Option<Self> {
        let (sockets, rest) = text.trim().split_once(['x', '×'])?;
        let (cores, memory) = rest.split_once("c-")?;
        let count = |text: &str, most: u32| text.parse().ok().filter(|count| (1..=most).contains(count));
        Some(Self {
            sockets: count(sockets, 64)?,
            cores_per_socket: count(cores, 1_024)?,
            memory: Bytes::from_gib(u64::from(count(memory.strip_suffix('g')?, 1 << 20)?)),
        })
    }
}

impl fmt::Display for HostShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}c-{}g", self.sockets, self.cores_per_socket, self.memory.get() >> 30)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_network_gigabyte_is_decimal_and_a_gibibyte_is_not() {
        assert_eq!(Bytes::parse("1 GB"), Ok(Bytes::new(1_000_000_000)));
        assert_eq!(Bytes::parse("1 GiB"), Ok(Bytes::from_gib(1)));
        assert_eq!(Bandwidth::parse("10 Gbit/s"), Bandwidth::parse("1250 MB/s"));
    }

    #[test]
    fn years_and_months_follow_the_calendar() {
        let start = date(2027, 1, 31);
        let after = |text: &str| Period::parse(text).ok().and_then(|period| period.after(start));
        assert_eq!(after("1 month"), Some(date(2027, 2, 28)));
        assert_eq!(after("5 years"), Some(date(2032, 1, 31)));
        assert_eq!(after("36 h"), Some(date(2027, 2, 2)));
        assert_eq!(Period::parse("90 days").map(Period::span), Ok(Span::from_days(90)));
    }

    #[test]
    fn a_price_keeps_what_it_is_counted_by() {
        let price = UnitPrice::parse("45 EUR/core-year").expect("a price");
        assert_eq!((price.meter, price.every), (Meter::Each(Thing::Core), Some(TimeUnit::Year)));
        assert_eq!(price.to_string(), "45 EUR/core-year");
        let price = UnitPrice::parse("6.16 USD/h").expect("a price");
        assert_eq!((price.meter, price.every), (Meter::Whole, Some(TimeUnit::Hour)));
        assert_eq!(Amount::parse("9 MEUR").map(|amount| amount.value.to_string()), Ok("9000000".to_owned()));
        let rate = ExchangeRate::parse("1.1567 USD/EUR").expect("a rate");
        assert_eq!((rate.of, rate.one), (Currency::USD, Currency::EUR));
    }

    #[test]
    fn a_refusal_says_what_was_expected() {
        assert_eq!(
            Bytes::parse("3 days").map_err(|e| e.to_string()),
            Err("`3 days` is not an amount of data".to_owned())
        );
        assert_eq!(
            Share::parse("130 %").map_err(|e| e.to_string()),
            Err("`130 %` is out of range: it must lie between 0 % and 100 %".to_owned())
        );
        assert!(YearlyRate::parse("7 %").is_err());
        assert!(UnitPrice::parse("45 EUR").is_err());
        assert!(Period::parse("-3 days").is_err());
    }

    #[test]
    fn a_host_shape_is_read_and_printed() {
        let shape = HostShape::parse("2x16c-512g").expect("a shape");
        assert_eq!((shape.cores(), shape.memory), (32, Bytes::from_gib(512)));
        assert_eq!(shape.to_string(), "2x16c-512g");
        for bad in ["2x16", "0x16c-512g", "2x16c-512", "x16c-512g", "2x16c-512gb", "99x16c-1g"] {
            assert_eq!(HostShape::parse(bad), None, "{bad}");
        }
    }
}
