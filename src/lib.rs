//! Portolan.
pub mod base;
pub mod kernel;
