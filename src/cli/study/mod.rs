//! `portolan study`: strategies compared under uncertainty.

pub mod plan;
