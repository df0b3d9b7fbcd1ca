//! Portolan.
pub mod base;
pub mod kernel;
pub mod world;
pub mod simulation;
