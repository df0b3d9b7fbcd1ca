//! Portolan.
pub mod base;
pub mod kernel;
pub mod simulation;
pub mod world;
