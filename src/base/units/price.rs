//! Prices by what they are counted by, brought to one unit each.
//!
//! A contract's price may be written per core and month or per core and year; both
//! become the same [`PricePer<CoreYear>`]. Months and hours convert as providers
//! bill them: 12 months and 8,760 hours a year, 730 hours a month.

use std::fmt;
use std::marker::PhantomData;

use super::parse::{Measure, Thing, TimeUnit, Unit};
use super::written::{Meter, QuantityError, UnitPrice, Written};
use super::{Bytes, Currency};

/// What a price is counted by.
pub trait PriceBasis: Copy + fmt::Debug + PartialEq + 'static {
    /// The price, with its article: "a price per core and year".
    const WHAT: &'static str;
    /// How it may be written; the first is the most telling.
    const EXAMPLES: &'static [&'static str];
    /// The unit behind the slash in which the number is kept: `core-year`.
    const UNIT: &'static str;

    /// The factor from the basis as written to this one; nothing when they count
    /// different things.
    fn factor(meter: Meter, every: Option<TimeUnit>) -> Option<f64>;
}

/// A price per `B`, in the currency it was written in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PricePer<B> {
    /// Units of the currency per [`PriceBasis::UNIT`].
    pub value: f64,
    /// The currency.
    pub currency: Currency,
    basis: PhantomData<B>,
}

impl<B: PriceBasis> PricePer<B> {
    /// `value` units of `currency` per [`PriceBasis::UNIT`].
    pub const fn new(value: f64, currency: Currency) -> Self {
        Self { value, currency, basis: PhantomData }
    }
}

impl<B: PriceBasis> Written for PricePer<B> {
    const WHAT: &'static str = B::WHAT;
    const EXAMPLES: &'static [&'static str] = B::EXAMPLES;
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        let wrong = || QuantityError::WrongUnit { written: measure.to_string(), wanted: B::WHAT };
        let (value, currency, factor) = if measure.unit.per.is_empty() {
            let amount = super::Amount::from_measure(measure).map_err(|_| wrong())?;
            (amount.value, amount.currency, B::factor(Meter::Whole, None))
        } else {
            let price = UnitPrice::from_measure(measure).map_err(|_| wrong())?;
            (price.value, price.currency, B::factor(price.meter, price.every))
        };
        if measure.value < 0.0 {
            let written = measure.to_string();
            return Err(QuantityError::OutOfRange { written, allowed: "a price cannot be negative" });
        }
        Ok(Self::new(value.as_f64() * factor.ok_or_else(wrong)?, currency))
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        let per = B::UNIT.split(['/', '-']).filter(|part| !part.is_empty());
        let unit = format!("1 {}{}", self.currency, if B::UNIT.is_empty() { "" } else { "/" });
        let unit = unit + &per.collect::<Vec<_>>().join("-");
        (self.value, unit.parse::<Measure>().ok().map(|measure| measure.unit))
    }
    fn currency(&self) -> Option<Currency> {
        Some(self.currency)
    }
}

/// Units of time in a year, as providers bill.
const fn per_year(time: TimeUnit) -> Option<f64> {
    match time {
        TimeUnit::Hour => Some(8_760.0),
        TimeUnit::Day => Some(365.0),
        TimeUnit::Month => Some(12.0),
        TimeUnit::Year => Some(1.0),
        _ => None,
    }
}

fn ratio(from: Option<TimeUnit>, to: TimeUnit) -> Option<f64> {
    Some(per_year(from?)? / per_year(to)?)
}

/// Declares the bases.
macro_rules! bases {
    ($($(#[$doc:meta])* $name:ident($unit:literal): $what:literal, $examples:expr, |$meter:ident, $every:ident| $factor:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name {}

        impl PriceBasis for $name {
            const WHAT: &'static str = $what;
            const EXAMPLES: &'static [&'static str] = $examples;
            const UNIT: &'static str = $unit;
            fn factor($meter: Meter, $every: Option<TimeUnit>) -> Option<f64> {
                $factor
            }
        }
    )+};
}

bases! {
    /// Nothing: an amount paid once.
    Once(""): "an amount of money", &["12000 EUR"], |meter, every| match (meter, every) {
        (Meter::Whole, None) => Some(1.0),
        _ => None,
    };
    /// One host, paid once.
    OneHost("host"): "a price per host", &["15000 EUR/host"], |meter, every| match (meter, every) {
        (Meter::Whole | Meter::Each(Thing::Host | Thing::Node), None) => Some(1.0),
        _ => None,
    };
    /// One physical core for a year.
    CoreYear("core-year"): "a price per core and year", &["45 EUR/core-year"], |meter, every| match meter {
        Meter::Each(Thing::Core) => ratio(every, TimeUnit::Year),
        _ => None,
    };
    /// An hour.
    Hourly("h"): "a price per hour", &["85 EUR/h"], |meter, every| match meter {
        Meter::Whole => ratio(every, TimeUnit::Hour),
        _ => None,
    };
    /// A host or a node for an hour.
    HostHour("host-h"): "a price per host and hour", &["6.16 USD/h", "6.16 USD/host-h"], |meter, every| match meter {
        Meter::Whole | Meter::Each(Thing::Host | Thing::Node) => ratio(every, TimeUnit::Hour),
        _ => None,
    };
    /// A month.
    Monthly("month"): "a price per month", &["1800 EUR/month"], |meter, every| match meter {
        Meter::Whole => ratio(every, TimeUnit::Month),
        _ => None,
    };
    /// A year.
    Yearly("year"): "a price per year", &["75000 EUR/year"], |meter, every| match meter {
        Meter::Whole => ratio(every, TimeUnit::Year),
        _ => None,
    };
    /// A gibibyte kept for a month.
    GibMonth("GiB-month"): "a price per GiB and month", &["0.08 EUR/GiB-month"], |meter, every| match meter {
        Meter::Data(unit) if unit > Bytes::ZERO => {
            Some(ratio(every, TimeUnit::Month)? / unit.as_gib())
        }
        _ => None,
    };
    /// A workload for a month.
    WorkloadMonth("vm-month"): "a price per VM and month", &["12 EUR/vm-month"], |meter, every| match meter {
        Meter::Each(Thing::Vm) => ratio(every, TimeUnit::Month),
        _ => None,
    };
    /// A virtual processor for an hour.
    VcpuHour("vcpu-h"): "a price per vCPU and hour", &["0.05 EUR/vcpu-hour"], |meter, every| match meter {
        Meter::Each(Thing::Vcpu) => ratio(every, TimeUnit::Hour),
        _ => None,
    };
    /// A gigabyte of 10^9 bytes.
    Gigabyte("GB"): "a price per GB", &["0.09 EUR/GB"], |meter, every| match (meter, every) {
        (Meter::Data(unit), None) if unit > Bytes::ZERO => Some(1.0 / unit.as_gb()),
        _ => None,
    };
    /// A kilowatt-hour.
    KilowattHour("kWh"): "a price per kWh", &["0.19 EUR/kWh"], |meter, every| match (meter, every) {
        (Meter::Energy(watt_hours), None) => Some(1_000.0 / f64::from(watt_hours)),
        _ => None,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_of_one_basis_come_to_one_unit() {
        let yearly = |text| PricePer::<CoreYear>::parse(text).map(|price| price.value);
        assert_eq!((yearly("4 EUR/core-month"), yearly("48 EUR/core-year")), (Ok(48.0), Ok(48.0)));
        let storage = |text| PricePer::<GibMonth>::parse(text).map(|price| price.value);
        assert_eq!((storage("512 EUR/TiB-month"), storage("6 EUR/GiB-year")), (Ok(0.5), Ok(0.5)));
        assert_eq!(PricePer::<KilowattHour>::parse("190 EUR/MWh").map(|price| price.value), Ok(0.19));
        assert_eq!(PricePer::<OneHost>::parse("15 kEUR").map(|price| price.value), Ok(15_000.0));
    }

    #[test]
    fn a_price_of_another_basis_is_refused() {
        for text in ["45 EUR/vm-year", "45 EUR", "45 h", "-45 EUR/core-year"] {
            assert!(PricePer::<CoreYear>::parse(text).is_err(), "{text}");
        }
        assert!(PricePer::<Gigabyte>::parse("1 EUR/GB-month").is_err());
    }

    #[test]
    fn every_example_is_one_of_its_kind_and_its_unit_is_its_own() {
        fn check<B: PriceBasis>() {
            for example in B::EXAMPLES {
                let price = PricePer::<B>::parse(example).expect(example);
                let (_, unit) = price.magnitude();
                let text = format!("{} {}", price.value, unit.expect("a unit"));
                assert_eq!(PricePer::<B>::parse(&text), Ok(price), "{text}");
            }
        }
        check::<Once>();
        check::<OneHost>();
        check::<CoreYear>();
        check::<Hourly>();
        check::<HostHour>();
        check::<Monthly>();
        check::<Yearly>();
        check::<GibMonth>();
        check::<WorkloadMonth>();
        check::<VcpuHour>();
        check::<Gigabyte>();
        check::<KilowattHour>();
    }
}
