//! World → plan: where workloads go, as plain data for the simulation to carry out.
//!
//! So far one question is answered: where the workloads of an offer that must be
//! left would go next ([`next_best`]). It has no capacity limits, so taking each
//! workload's own minimum is exact.

mod next_best;
mod price_rise;
mod running_cost;

pub use next_best::{NextBest, Obstacle, next_best, obstacles};
pub use price_rise::Leavers;
pub use running_cost::{Destination, HOURS_PER_MONTH, MONTHS};
