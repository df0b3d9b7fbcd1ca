//! By what each meter is shared among workloads.

use serde::Serialize;

use crate::simulation::journal::Meter;

/// By what a line of the ledger is shared among workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// The line is one workload's alone.
    Own,
    /// Hours on this size, among the workloads of the application.
    SizeHours,
    /// Virtual processors under a licence in the price × hours, among the guests of the
    /// application that need it.
    LicensedVcpuHours,
    /// Virtual processors on these hosts × hours, among all that ran there.
    HostVcpuHours,
    /// Virtual processors × hours for which they were kept on these hosts after a move.
    KeptVcpuHours,
    /// Bytes of disks × hours, among those that the line counts.
    DiskHours,
    /// Bytes of disks × hours for which they were kept at the source after a move.
    KeptDiskHours,
    /// Hours of being there, among all that were.
    Hours,
    /// Cores × hours of the hosts of each place under the licence, and within a place
    /// virtual processors × hours.
    LicensedCoreHours,
    /// Its own part of an administrator and its hosts', by the ratios of the scenario.
    Administration,
    /// Bytes of disks, among those copied in that time.
    CopiedDisks,
    /// Bytes of disks, among those that moved over the circuit.
    DisksOverCircuit,
    /// Hours of work of its own, and an even part of its application's.
    MoveHours,
    /// Evenly, among the workloads of the application or move group that move.
    MoversOfApplication,
    /// Evenly, among all workloads that move.
    Movers,
    /// Hours down there, among the workloads of the application.
    HoursDown,
    /// What the commitment covered, by the use that it covered.
    CoveredUse,
}

impl Key {
    /// It in words, to follow "shared by".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Own => "nothing: the line is this workload's alone",
            Self::SizeHours => "hours on this size, among the workloads of the application",
            Self::LicensedVcpuHours => {
                "licensed virtual processors x hours, among the guests of the application that need it"
            }
            Self::HostVcpuHours => "virtual processors x hours, among all that ran on these hosts",
            Self::KeptVcpuHours => {
                "virtual processors x hours kept at the source after the move, among all that moved away"
            }
            Self::DiskHours => "disk size x hours, among all whose disks the line counts",
            Self::KeptDiskHours => "disk size x hours kept at the source after the move",
            Self::Hours => "hours of being there, among all that were",
            Self::LicensedCoreHours => {
                "cores x hours of the licensed hosts of each place, and there virtual processors x hours"
            }
            Self::Administration => {
                "one workload's part of an administrator, and its hosts' part by virtual processors x hours"
            }
            Self::CopiedDisks => "disk size, among those copied out of there in that time",
            Self::DisksOverCircuit => "disk size, among those that move over the circuit",
            Self::MoveHours => "hours of its own, and an even part of its application's",
            Self::MoversOfApplication => "even parts, among the workloads of the application that move",
            Self::Movers => "even parts, among all workloads that move",
            Self::HoursDown => "hours down there, among the workloads of the application",
            Self::CoveredUse => "what the commitment covered, by the use that it covered",
        }
    }
}

/// Why an amount is no workload's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nobody {
    /// Hosts stood while nothing ran on them.
    EmptyHosts,
    /// Services, arrays and disks of a site at which nothing was.
    EmptySite,
    /// Cores were licensed under which nothing ran.
    IdleCores,
    /// It is owed after the horizon for what nothing uses at its end.
    OwedAfterwards,
    /// A commitment that nothing used.
    UnusedCommitment,
    /// Nothing that the line could be shared among was there.
    Nothing,
}

impl Nobody {
    /// Why a line of this meter that could not be shared is nobody's.
    pub(super) const fn of(meter: Meter) -> Self {
        match meter {
            Meter::HostHours(_)
            | Meter::Energy(_)
            | Meter::Hardware(_)
            | Meter::HardwareSold(_)
            | Meter::Administration => Self::EmptyHosts,
            Meter::Storage(_) | Meter::Service(..) | Meter::Egress(_) | Meter::Circuit(_) => Self::EmptySite,
            Meter::Contract(_)
            | Meter::Subscription(_)
            | Meter::Bridge(_)
            | Meter::Packs(_)
            | Meter::Assurance(_) => Self::IdleCores,
            Meter::RemainingCommitment(_) | Meter::RemainingService(..) | Meter::RemainingTerm(_) => {
                Self::OwedAfterwards
            }
            Meter::Commitment(_) | Meter::EarlyExit(_) => Self::UnusedCommitment,
            _ => Self::Nothing,
        }
    }

    /// It in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::EmptyHosts => "hosts on which nothing ran: empty, spare, or ahead of a wave",
            Self::EmptySite => "services, arrays and circuits of sites at which nothing was",
            Self::IdleCores => "licensed cores on which nothing ran",
            Self::OwedAfterwards => "still owed after the horizon for what nothing uses any more",
            Self::UnusedCommitment => "commitments that nothing used",
            Self::Nothing => "nothing was there to share it among",
        }
    }
}
