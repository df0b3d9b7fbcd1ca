//! Everything that becomes a World: the catalogue, the estate, the scenario.

pub mod catalog;
pub mod day;
pub mod estate;
pub mod resolve;
pub mod scenario;
pub mod study;
pub mod traces;
