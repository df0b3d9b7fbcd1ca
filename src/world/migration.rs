//! How workloads are moved: methods, the tools that carry them, and the factory
//! that prepares, schedules, cuts over and retries.

use super::{FigureId, PlatformId};
use crate::base::units::{Bandwidth, SimTime, Span};

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

/// Software or hardware that carries a migration method.
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
    /// What all its copies together carry.
    pub throughput: Option<Bandwidth>,
    /// What one copy carries.
    pub per_copy: Option<Bandwidth>,
    /// Copies in flight at once.
    pub concurrency: u32,
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
    /// The longest round trip it works over.
    pub longest_rtt: Option<Span>,
    /// Where its limits are published.
    pub source: String,
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
