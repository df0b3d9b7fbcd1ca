//! What everything stands on: units, typed ids, addressed randomness, located
//! messages and the YAML tree. Knows nothing of clouds or simulations.

pub mod ids;
pub mod random;
pub mod units;
