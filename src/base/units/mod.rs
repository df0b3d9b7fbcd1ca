//! Quantities with their units: time, data, money, shares of a whole.
//!
//! A quantity that reaches a result is an integer, so that sums do not depend on
//! the order of their terms and the same run gives the same bytes everywhere.

mod data;
mod money;
mod parse;
mod price;
mod time;
mod written;

pub use data::{Bandwidth, Bytes};
pub use money::{Currency, Money, Price, Quantity};
pub use parse::{Atom, Measure, MeasureError, Thing, TimeUnit, Unit, currency, number};
pub use price::{
    CoreYear, GibMonth, Gigabyte, HostHour, Hourly, KilowattHour, Monthly, Once, OneHost, PriceBasis,
    PricePer, VcpuHour, WorkloadMonth, Yearly,
};
pub use time::{Calendar, SimTime, Span};
pub use written::{
    Amount, Change, Effort, EventRate, ExchangeRate, HostShape, Meter, Period, Power, QuantityError, Share,
    Traffic, UnitPrice, Written, YearlyRate,
};
