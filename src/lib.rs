//! Portolan.
pub mod base;
