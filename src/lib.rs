//! Portolan.
pub mod base;
pub mod input;
pub mod kernel;
pub mod world;
