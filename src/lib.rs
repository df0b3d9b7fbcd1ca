//! Portolan.
#![deny(missing_docs)]

pub mod base;
//#[cfg(feature = "cli")]
//pub mod cli;
pub mod input;
