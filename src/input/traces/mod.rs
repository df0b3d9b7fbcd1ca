//! Traces: how much machines used, sample by sample.
//!
//! [`load`] tells the format of a file or folder by its content and reads it into a
//! [`TraceSet`]: one [`MachineTrace`] a machine, with samples at even steps. One file a
//! format.
//!
//! | format | a file is | has |
//! |---|---|---|
//! | GWA-T-12 (Bitbrains) | one machine: `;` and a tab between eleven columns | processors, memory, time |
//! | PlanetLab | one machine: a whole number a line, per cent of its processor every five minutes | neither processors nor memory nor time |
//! | OpenDC (Parquet) | all machines, or the samples of all | processors, memory, time, life |
//!
//! # What becomes of samples
//!
//! Measurements are seldom quite even: each is put into the step that it is nearest
//! to, counted from the first; of two in one step the later counts. A step without any
//! is a gap: what was used last goes on being used, and the gap is counted. The header
//! of GWA-T-12 says milliseconds where the published files have seconds: values below
//! 10^11 are taken as seconds.

mod error;
mod even;
mod folder;
mod gwa;
#[cfg(feature = "parquet")]
mod opendc;
#[cfg(feature = "parquet")]
mod parquet;
mod planetlab;

pub use error::{Mistake, TraceError};
pub use folder::{load, looks_like_traces};

use jiff::civil::DateTime;

use crate::base::units::{Bytes, Span};

/// The traces of a folder, or of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSet {
    /// The layout in which they were found.
    pub format: TraceFormat,
    /// One a machine, in the natural order of their names: 1, 2, 10.
    pub machines: Vec<MachineTrace>,
}

/// The layouts in which traces are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceFormat {
    /// One CSV file a machine, as the Grid Workloads Archive publishes Bitbrains'.
    Gwa,
    /// One text file a machine and day, as PlanetLab's CoMon project measured them.
    PlanetLab,
    /// Two Parquet files, machines and samples, as OpenDC keeps them. Read in builds with
    /// the feature `parquet`.
    OpenDc,
}

impl std::fmt::Display for TraceFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gwa => "GWA-T-12 traces",
            Self::PlanetLab => "PlanetLab traces",
            Self::OpenDc => "OpenDC traces",
        })
    }
}

/// How much one machine used.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineTrace {
    /// Its name: the file's without the extension.
    pub name: String,
    /// The most virtual processors that it had; none where the format has none.
    pub vcpus: Option<u32>,
    /// The most memory that it had; none where the format has none.
    pub memory: Option<Bytes>,
    /// From its start to its stop (UTC); none where the format has neither. A scenario's
    /// machines are there from the start: they replay what was measured in between.
    pub life: Option<(DateTime, DateTime)>,
    /// When the first sample was taken (UTC); none where the format has no time, and
    /// then it was taken at midnight.
    pub first: Option<DateTime>,
    /// From one sample to the next.
    pub step: Span,
    /// Shares of `vcpus` that were used, from 0.
    pub cpu: Vec<f32>,
    /// Shares of `memory` that were used, from 0, as many; empty where the format has
    /// no memory.
    pub memory_use: Vec<f32>,
    /// Measurements that were read.
    pub rows: usize,
    /// Steps without a measurement, in which the use of the step before goes on.
    pub gaps: usize,
}

impl MachineTrace {
    /// The mean share of its processors that it used.
    pub fn mean_cpu(&self) -> f64 {
        self.cpu.iter().map(|share| f64::from(*share)).sum::<f64>() / self.cpu.len().max(1) as f64
    }

    /// The mean share of its memory that it used, where that is known.
    pub fn mean_memory(&self) -> Option<f64> {
        let count = self.memory_use.len();
        (count > 0).then(|| self.memory_use.iter().map(|share| f64::from(*share)).sum::<f64>() / count as f64)
    }
}

#[cfg(test)]
mod tests;
