//! Portolan.

pub mod base;
pub mod input;
pub mod kernel;
pub mod scoring;
pub mod simulation;
pub mod world;
