//! Quantities with their units: time, data, money, shares of a whole.
//!
//! A quantity that reaches a result is an integer, so that sums do not depend on
//! the order of their terms and the same run gives the same bytes everywhere.

mod data;
mod money;
mod time;

pub use data::{Bandwidth, Bytes};
pub use money::{Currency, Money, Price, Quantity};
pub use time::{Calendar, SimTime, Span};
