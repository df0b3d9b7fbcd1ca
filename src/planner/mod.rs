//! World → plan: where workloads go, as plain data for the simulation to carry out.
//!
//! Where the workloads of an offer that must be left would go next ([`next_best`])
//! has no capacity limits, so taking each workload's own minimum is exact. Every
//! destination of one workload side by side ([`options`]) is priced by the same table.

mod next_best;
mod options;
mod price_rise;
mod running_cost;

pub use next_best::{NextBest, Obstacle, next_best, obstacles};
pub use options::{Alternative, Verdict, options};
pub use price_rise::Leavers;
pub use running_cost::{Destination, HOURS_PER_MONTH, MONTHS};
