//! What everything stands on: units, typed ids, addressed randomness, located
//! messages, the YAML tree and the settings read from it. Knows nothing of clouds
//! or simulations.

pub mod contain;
pub mod diagnostics;
pub mod ids;
pub mod random;
pub mod settings;
pub mod units;
pub mod yaml;
