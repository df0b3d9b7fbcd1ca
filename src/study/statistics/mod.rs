//! Statistics of studies, on plain numbers: intervals, stopping rules, selection.
//!
//! Nothing here knows alternatives, outcomes or simulations. Every function says where
//! its formula comes from; [`coverage`] measures how often the intervals hold what they
//! promise.

pub mod anova;
pub mod bootstrap;
pub mod coverage;
pub mod kn;
pub mod mean;
pub mod moments;
pub mod ocba;
pub mod order;
pub mod proportion;
pub mod quantiles;
pub mod rinott;
pub mod skew;
pub mod stopping;

pub use moments::Moments;
