//! The placement day: machines that arrive within a day, live for a time and end.
//!
//! A common workload of simulators that place machines on hosts. Its CSV has the
//! header `vm_id,arrival_s,lifetime_s,cpus,mem_mib`; it may be compressed with gzip.
//! The same days can be made without a file ([`generate`]).

mod error;
mod generate;
mod read;

pub use error::{DayError, Mistake};
pub use generate::generate;
pub use read::{parse, read};

use crate::base::units::{SimTime, Span};

/// One machine of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayVm {
    /// Its number in the file.
    pub number: u32,
    /// When it arrives.
    pub arrives: SimTime,
    /// How long it lives from its start.
    pub lifetime: Span,
    /// Virtual processors, at least one.
    pub vcpus: u32,
    /// Memory in MiB, at least one.
    pub mib: u32,
}

/// The header of the file.
pub const HEADER: &str = "vm_id,arrival_s,lifetime_s,cpus,mem_mib";
