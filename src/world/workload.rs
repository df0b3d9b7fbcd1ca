//! Workloads, the applications they make up, and how they are run.

use super::{ApplicationId, DataClassId, DatastoreId, FacilityId, FigureId, LicenceId, MethodSet, OfferId};
use crate::base::random::EntityKey;
use crate::base::units::Bytes;

/// A virtual machine of the estate.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name.
    pub name: String,
    /// The address of its draws: its inventory id.
    pub entity: EntityKey,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// Where it runs at the start.
    pub home: OfferId,
    /// Whether it runs.
    pub power: Power,
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory.
    pub memory: Bytes,
    /// Storage that is charged and moved.
    pub disk: Bytes,
    /// The same, disk by disk; never empty.
    pub disks: Vec<Bytes>,
    /// Where its disks lie at the start, where the inventory says so.
    pub datastore: Option<DatastoreId>,
    /// Mean use of its virtual processors, from 0 to 1; none when unknown.
    pub cpu_use: Option<f64>,
    /// Mean use of its memory, from 0 to 1; none when unknown.
    pub memory_use: Option<f64>,
    /// What it runs.
    pub os: OsFamily,
    /// Licences of other software in it, such as a database; each once.
    pub software: Vec<LicenceId>,
    /// Methods that its hardware or its guest excludes.
    pub excluded: MethodSet,
    /// Hours that its peculiarities add to a move.
    pub extra_hours: Vec<FigureId>,
}

/// Whether a workload runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It runs and needs processors and memory.
    On,
    /// It only occupies storage.
    Off,
}

/// What a workload runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OsFamily {
    /// A Windows server or desktop: its licence is counted.
    Windows,
    /// A Linux distribution.
    Linux,
    /// Anything else, the unknown included.
    Other,
}

/// Workloads that depend on each other and move together.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// How sensitive its data is.
    pub data_class: DataClassId,
    /// How dear its downtime is: the cost of one hour, if the user states it.
    pub downtime_per_hour: Option<FigureId>,
    /// Applications it exchanges data with, each pair at one of the two.
    pub dependencies: Vec<Dependency>,
    /// What it leans on at its site.
    pub uses: Vec<FacilityId>,
}

/// Data that an application exchanges with another.
#[derive(Clone, Copy, Debug)]
pub struct Dependency {
    /// The other one.
    pub with: ApplicationId,
    /// Gigabytes a month, both ways together.
    pub gb_per_month: FigureId,
}

/// A class of data with its own sovereignty gates.
#[derive(Clone, Debug)]
pub struct DataClass {
    /// Its name, such as `confidential`.
    pub name: String,
}

/// How the estate is run from day to day.
#[derive(Clone, Debug)]
pub struct Operations {
    /// Cost of an administrator per year.
    pub administrator_per_year: FigureId,
    /// Workloads that one administrator runs.
    pub workloads_per_administrator: FigureId,
    /// Owned hosts that one administrator runs.
    pub hosts_per_administrator: FigureId,
    /// Share of an administrator that each management plane beyond the first takes.
    pub per_extra_management_plane: FigureId,
    /// Power usage effectiveness of the user's rooms.
    pub pue: FigureId,
    /// Price of electricity per kWh.
    pub electricity: FigureId,
    /// Gigabytes that one running workload sends to its users in a month.
    pub user_egress_gb: FigureId,
    /// Failures of one host per year.
    pub host_failures_per_year: FigureId,
    /// Hours until a failed host is back.
    pub host_repair_hours: FigureId,
    /// Seconds until a failed host is noticed.
    pub failure_detection_seconds: FigureId,
    /// Minutes until a restarted workload serves again.
    pub restart_minutes: FigureId,
    /// Demand is sized at mean use times this, at most what is allocated.
    pub sizing_headroom: FigureId,
}
