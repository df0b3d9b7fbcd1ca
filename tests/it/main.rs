//! Behaviour of the whole program, one file a behaviour.

mod bad_scenarios;
#[cfg(feature = "cli")]
mod bench_day;
#[cfg(feature = "cli")]
mod exit;
#[cfg(feature = "cli")]
mod explain;
#[cfg(feature = "cli")]
mod interoperability;
#[cfg(feature = "cli")]
mod main_job;
#[cfg(feature = "cli")]
mod program;
mod scenarios;
mod sheet;
#[cfg(feature = "cli")]
mod study;
#[cfg(feature = "cli")]
mod traces;
#[cfg(feature = "cli")]
mod validation;
mod whole_runs;
