//! What a person gets: one folder with a page, plots, and files for machines.
//!
//! Reads results only: every figure shown is in the [`Results`] or in the
//! [`World`]. Nothing here prints, reads a clock or knows where it writes beyond
//! the folder it is given; the same inputs give the same bytes.

mod csv_text;
#[cfg(test)]
mod fixture;
pub mod money;
mod moves;
mod outages;
mod reading;
mod summary;

use std::path::PathBuf;

pub use summary::SCHEMA_VERSION;

/// What a run was, for the footer and for whoever wants to run it again. No time
/// of day and no absolute path, so that the same run gives the same bytes.
#[derive(Clone, Debug, Default)]
pub struct RunMeta {
    /// The version of the program.
    pub version: String,
    /// The command as a user would type it again.
    pub command: String,
    /// SHA-256 of the resolved scenario, in hexadecimal.
    pub scenario_sha256: String,
    /// File name of the inventory, without its folder; none for a synthetic one.
    pub inventory: Option<String>,
    /// SHA-256 of the inventory, in hexadecimal; none for a synthetic one.
    pub inventory_sha256: Option<String>,
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file or folder could not be written. What was there before is untouched.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The summary could not be turned into JSON: a defect.
    #[error("cannot encode the summary: {0}")]
    Json(#[from] serde_json::Error),
}
