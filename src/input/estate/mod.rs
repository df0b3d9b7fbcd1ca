//! The inventory: what an estate holds, whichever tool counted it.
//!
//! [`load`] tells the format of a file or folder by its content and reads it into an
//! [`Estate`]: plain data that knows nothing of destinations or prices. One file a
//! format; all of them share the tables of [`table`], the values of [`values`] and the
//! rules below.
//!
//! # What becomes of a row
//!
//! Every row that is read is either kept or skipped, and `read = kept + skipped` holds
//! in [`Findings`]. Each skipped row, and each value that had to be taken from elsewhere,
//! is named with its table, its row (as a spreadsheet counts them) and the reason.
//!
//! | row | rule |
//! |---|---|
//! | template | skipped: it never runs, and its image is built anew at a destination |
//! | SRM placeholder | skipped: the protected VM stands in the other site's export |
//! | housekeeping (`vCLS-…`) | skipped: vSphere makes them, a destination makes its own |
//! | no name | skipped as an error |
//! | no CPUs, no memory, or zero | filled from the vCPU or vMemory tab, else skipped as an error |
//! | the same key and the same name again | skipped: one machine, listed twice |
//! | powered off, suspended | kept: its storage moves, it asks for no compute; see [`PowerState`] |
//! | not connected, inaccessible, orphaned | kept and noted |
//! | a name met before | kept and noted: keys, not names, tell machines apart |
//! | a host that no host table lists | kept and noted, once a host |
//!
//! A file that leaves no machine at all is refused.
//!
//! ```
//! use portolan::input::estate::{StorageBasis, read};
//!
//! let export = "VM,Powerstate,CPUs,Memory,Provisioned MiB\nerp-db-01,poweredOn,8,65536,1048576\n";
//! let estate = read("vInfo.csv", export.as_bytes().to_vec())?;
//! assert_eq!(estate.machines[0].cpus, 8);
//! assert_eq!(estate.machines[0].storage.used(StorageBasis::InUse).as_gib(), 1024.0);
//! # Ok::<(), portolan::input::estate::EstateError>(())
//! ```

pub mod applications;
pub mod blockers;
pub mod idle;
pub mod synthetic;
pub mod table;
pub mod values;

mod azure_dependencies;
mod azure_migrate;
mod csv_table;
mod detect;
mod error;
mod findings;
mod headers;
mod machine;
mod os;
mod portolan_csv;
mod quality;
mod rvtools;
mod summary;
mod traced;
mod vinfo_csv;
#[cfg(feature = "xlsx")]
mod workbook;

pub use azure_dependencies::{Connection, Connections, load_dependencies, read_dependencies};
pub use detect::{InventoryFormat, load, read};
pub use error::EstateError;
pub use findings::{Finding, FindingKind, Findings, Outcome};
pub use machine::{
    Disk, DiskMode, Estate, Firmware, HostRecord, Machine, PowerState, Provisioning, RawDevice, Sharing,
    Storage, StorageBasis, Utilisation, UtilisationConfidence,
};
pub use os::{OsEdition, OsFamily, OsLife, OsRole, WindowsEdition, classify};
pub use portolan_csv::to_csv;
pub use quality::{Grade, Quality};
pub use summary::{BlockerCount, FindingCount, Summary, summary};
pub use traced::{TraceDefaults, from_traces};
pub use vinfo_csv::to_vinfo_csv;

#[cfg(test)]
mod samples;
