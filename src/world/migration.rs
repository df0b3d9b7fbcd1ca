//! How workloads are moved: methods, the tools that carry them, and the factory
//! that prepares, schedules, cuts over and retries.

use super::{FigureId, InstallationId, PlatformId, ProviderId};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};

/// How a workload gets from one offer to another, gentlest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Its memory is copied while it runs; no downtime worth counting.
    Live,
    /// Its disks are copied while it runs; a short stop at the end.
    Replicated,
    /// As replicated, and its disks and drivers are converted during the stop.
    Conversion,
    /// It is stopped, copied, and started.
    Cold,
    /// Its disks travel on an appliance.
    Offline,
    /// It is installed anew and its data is copied.
    Rebuild,
}

impl Method {
    /// All methods, gentlest first.
    pub const ALL: [Self; 6] =
        [Self::Live, Self::Replicated, Self::Conversion, Self::Cold, Self::Offline, Self::Rebuild];

    /// Its name in a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Replicated => "replicated",
            Self::Conversion => "conversion",
            Self::Cold => "cold",
            Self::Offline => "offline",
            Self::Rebuild => "rebuild",
        }
    }
}

/// A set of methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct MethodSet(u8);

impl MethodSet {
    /// No method.
    pub const NONE: Self = Self(0);

    /// This set and `method`.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | 1 << method as u8)
    }

    /// Whether `method` is in the set.
    pub const fn contains(self, method: Method) -> bool {
        self.0 & (1 << method as u8) != 0
    }

    /// The methods of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Method> for MethodSet {
    fn from_iter<I: IntoIterator<Item = Method>>(methods: I) -> Self {
        methods.into_iter().fold(Self::NONE, Self::with)
    }
}

/// Software or hardware that carries a migration method. A limit that is absent is not
/// published.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name in the scenario.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// The methods it carries.
    pub methods: MethodSet,
    /// Platforms it reads from.
    pub from: Vec<PlatformId>,
    /// Platforms it writes to.
    pub to: Vec<PlatformId>,
    /// Providers at whose sites it delivers; none where it delivers anywhere.
    pub delivers_to: Option<Vec<ProviderId>>,
    /// What it is a part of, with the limits that it shares.
    pub installation: InstallationId,
    /// What the copy of one VM carries.
    pub per_copy: Option<Bandwidth>,
    /// What the copy of one disk carries.
    pub per_disk: Option<Bandwidth>,
    /// What it reads from one source host; less than the host itself gives.
    pub per_host: Option<Bandwidth>,
    /// Its own limits of what is in flight at once, beside those of its installation.
    pub caps: Vec<Cap>,
    /// Connections over which one copy goes, at least one.
    pub streams: u32,
    /// Bytes that each of them has under way at most, unacknowledged.
    pub window: FigureId,
    /// The least bandwidth that each copy in flight must have.
    pub minimum_bandwidth: Option<Bandwidth>,
    /// The longest round trip it works over.
    pub longest_rtt: Option<Span>,
    /// The most snapshots that one workload may have while it is kept in sync.
    pub most_snapshots: Option<u32>,
    /// When changed blocks are copied again; none where changes are sent as they come.
    pub delta: Option<DeltaRule>,
    /// How memory is copied; none where the workload is stopped.
    pub precopy: Option<PreCopy>,
    /// Minutes that one cutover takes with it, beside what the facets add.
    pub cutover_minutes: FigureId,
    /// Whether its cutovers wait for each other.
    pub cutover: Cutover,
    /// Hours of an engineer that the method itself takes for each VM, beside what the
    /// facets take, such as installing it anew; none where it takes none.
    pub hours_per_vm: Option<FigureId>,
    /// How long an appliance travels and is copied to and from; none for what goes
    /// over a network.
    pub trip: Option<Span>,
    /// What one travelling appliance holds.
    pub capacity: Option<Bytes>,
    /// Where its limits are published.
    pub source: String,
}

/// A manager and its appliances (a mesh, a proxy, a converter): what tools of one
/// product share.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Its name, which is that of the tool whose limits it has.
    pub name: String,
    /// Appliances; at least one. One is as good as the other: what starts goes to
    /// whichever is free.
    pub units: u32,
    /// What one appliance carries.
    pub throughput: Option<Bandwidth>,
    /// What may be in flight at once.
    pub caps: Vec<Cap>,
}

/// The most that may be in flight at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// What is counted.
    pub counted: Counted,
    /// Within what.
    pub within: Within,
    /// How many; at least one.
    pub most: u32,
}

/// What a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// Workloads in flight.
    Workloads,
    /// Disks in flight.
    Disks,
}

/// Within what a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Within {
    /// One manager, however many appliances it has.
    Manager,
    /// One appliance: the cap of all is as many times larger.
    Unit,
    /// One source host.
    Host,
    /// One source datastore.
    Datastore,
}

/// When changed blocks are copied again: after a share of what the previous cycle took,
/// but no sooner than the shortest wait and no later than the longest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeltaRule {
    /// The shortest wait.
    pub shortest: Span,
    /// The longest wait.
    pub longest: Span,
    /// The wait as a share of how long the previous cycle took.
    pub share_of_previous: f64,
}

impl DeltaRule {
    /// How long after a cycle that took `previous` the next one starts: Azure Migrate's
    /// min(max(1 h, previous / 2), 12 h) with other numbers for other tools (Microsoft,
    /// "concepts-vmware-agentless-migration", 2025-05).
    #[must_use]
    pub fn next_wait(self, previous: Span) -> Span {
        // Rounded to a nanosecond once; exact below a hundred days.
        let share = Span::from_ns((previous.as_ns() as f64 * self.share_of_previous + 0.5) as u64);
        share.max(self.shortest).min(self.longest)
    }
}

/// How closely the cycles are followed that keep a copy in sync with a workload that
/// waits for its cutover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DeltaCycles {
    /// By their mean load; the cycle in progress at a cutover is worked out by the rule.
    #[default]
    Mean,
    /// Each by itself, with its place among the copies.
    Each,
}

/// How the memory of running guests is written to.
#[derive(Clone, Copy, Debug)]
pub struct MemoryUse {
    /// Pages newly dirtied in a second by one virtual processor that is always
    /// busy, in bits. Unit: bit/s.
    pub dirtied_per_busy_vcpu: FigureId,
    /// Share of the memory that is dirty again at once.
    pub hot: FigureId,
    /// Share of the memory that is ever written to.
    pub written: FigureId,
}

/// How the memory of a running machine is copied, round by round, and when that stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PreCopy {
    /// It switches over when what is left takes no longer than this.
    pub downtime: Span,
    /// The most passes, the first included; none where there is no limit.
    pub most_passes: Option<u32>,
    /// The most that is sent, as a multiple of the memory; none where there is no limit.
    pub most_volume: Option<f64>,
    /// How the guest is slowed when passes do not become shorter; none where it is not.
    pub throttle: Option<Throttle>,
    /// What is done when a limit is reached.
    pub otherwise: Unconverged,
}

/// How a guest is slowed, as shares of its processor time that are taken away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttle {
    /// At first, from 0 to 1.
    pub first: f64,
    /// More with each pass that is still not shorter.
    pub step: f64,
    /// At most.
    pub most: f64,
}

/// What is done with a machine whose memory changes faster than it is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unconverged {
    /// It is stopped, however long the rest takes.
    Stop,
    /// It stays where it is.
    Abort,
}

/// Whether a tool's cutovers wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutover {
    /// All workloads of a group at once.
    Parallel,
    /// One after another.
    Serial,
}

/// How moves are prepared, scheduled, cut over and retried.
#[derive(Clone, Debug)]
pub struct Factory {
    /// Cost of an engineer's hour.
    pub rate: FigureId,
    /// Engineers on the programme.
    pub engineers: u32,
    /// Hours that an engineer works in a week.
    pub hours_per_week: FigureId,
    /// Hours of project work per application, whatever the platforms:
    /// discovery, planning, acceptance test.
    pub hours_per_application: FigureId,
    /// Hours of work per VM, whatever the platforms.
    pub hours_per_vm: FigureId,
    /// Share of a workload's disk that changes in a day.
    pub daily_change: FigureId,
    /// Transferred bytes divided by disk bytes, after compression.
    pub compression: FigureId,
    /// What one source host can be read at.
    pub host_read: Bandwidth,
    /// Share of a workload's disk that is written to at all, however long one waits.
    pub written_disk: FigureId,
    /// How the memory of running guests is written to.
    pub memory: MemoryUse,
    /// How closely waiting copies are followed.
    pub delta_cycles: DeltaCycles,
    /// The longest that a workload whose copy does not keep up may stand still for the
    /// rest of it; its move is given up where that takes longer.
    pub longest_stop: Span,
    /// Probability that a group's cutover fails and is rolled back.
    pub cutover_failure: FigureId,
    /// Minutes until a failed cutover is noticed and undone, after those that it would
    /// have taken; and minutes of work, for each workload of the group.
    pub rollback_minutes: FigureId,
    /// How long the source is kept after a cutover.
    pub retention: Span,
    /// How long a move group that found no room waits before it is tried again;
    /// above zero.
    pub room_retry: Span,
    /// How long it is tried before it stays where it is for good.
    pub room_patience: Span,
    /// How long an emptied host takes to be re-installed for another platform.
    pub reinstall: Span,
    /// When cutovers may start.
    pub calendar: Calendar,
}

/// When cutovers may start.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Weekly windows.
    pub windows: Vec<Window>,
    /// No cutover starts inside these.
    pub freezes: Vec<Freeze>,
}

/// A weekly window in which cutovers may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Time from Monday midnight to its opening.
    pub opens: Span,
    /// How long it stays open.
    pub length: Span,
}

/// A period without cutovers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// Its first instant.
    pub from: SimTime,
    /// The first instant after it.
    pub until: SimTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_cycle_starts_after_half_the_last_but_within_an_hour_and_twelve() {
        let azure = DeltaRule {
            shortest: Span::from_hours(1),
            longest: Span::from_hours(12),
            share_of_previous: 0.5,
        };
        let waits = [(0, 60), (30, 60), (120, 60), (122, 61), (600, 300), (1_440, 720), (3_000, 720)];
        for (took, wait) in waits {
            assert_eq!(azure.next_wait(Span::from_minutes(took)), Span::from_minutes(wait), "{took} min");
        }
        // Forklift takes a snapshot every hour, however long the last took.
        let hourly = DeltaRule { longest: Span::from_hours(1), share_of_previous: 0.0, ..azure };
        assert_eq!(hourly.next_wait(Span::from_hours(9)), Span::from_hours(1));
    }
}
