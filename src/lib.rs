//! Portolan.
pub mod base;
pub mod kernel;
pub mod planner;
pub mod scoring;
pub mod simulation;
pub mod world;
