//! Portolan.

pub mod base;
#[cfg(feature = "cli")]
pub mod cli;
pub mod input;
pub mod kernel;
pub mod planner;
pub mod report;
pub mod scoring;
pub mod simulation;
pub mod study;
pub mod world;
