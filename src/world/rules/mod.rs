//! Pure functions over the World and the figures of one replication.
//!
//! Whatever prices or judges (input, simulation, scoring, planner) calls these, so
//! that nothing is priced in two ways. None of them holds state or draws a number.

pub mod alliances;
pub mod choices;
pub mod commitments;
pub mod coverage;
pub mod demand;
pub mod distance;
pub mod effort;
pub mod exit;
pub mod feasibility;
pub mod gates;
pub mod hardware;
pub mod holdings;
pub mod licences;
pub mod packing;
pub mod portability;
pub mod precopy;
pub mod regions;
pub mod service_levels;
pub mod tariffs;
