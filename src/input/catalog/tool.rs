//! What carries a move, with its published limits.

use super::figure::{Confidence, Count, Figure};
use crate::base::settings::{Name, OneOrMany};
use crate::base::units::{Bandwidth, Bytes, Period, Share};

crate::record! {
    /// Software or hardware that carries a migration method. A limit that is not
    /// written is not published.
    pub struct Tool as "a migration tool" {
        /// Its name for people.
        pub label: String,
        /// The party that makes it.
        pub supplier: Name,
        /// The methods it carries.
        pub methods: OneOrMany<MethodName>,
        /// Platforms it reads from; `all` for every one.
        pub from: OneOrMany<Name>,
        /// Platforms it writes to; `all` for every one.
        pub to: OneOrMany<Name>,
        /// What all copies of one installation carry together.
        pub throughput: Option<Figure<Bandwidth>>,
        /// What the copy of one VM carries.
        pub per_copy: Option<Figure<Bandwidth>>,
        /// What the copy of one disk carries.
        pub per_disk: Option<Figure<Bandwidth>>,
        /// What can be read from one source host.
        pub per_host_throughput: Option<Figure<Bandwidth>>,
        /// VMs in flight at once.
        pub concurrent_vms: Option<Figure<Count>>,
        /// Disks in flight at once.
        pub concurrent_disks: Option<Figure<Count>>,
        /// VMs in flight from one source host.
        pub per_host_vms: Option<Figure<Count>>,
        /// Disks in flight from one source host.
        pub per_host_disks: Option<Figure<Count>>,
        /// The longest round trip it works over.
        pub longest_rtt: Option<Figure<Period>>,
        /// The least bandwidth it works over.
        pub minimum_bandwidth: Option<Figure<Bandwidth>>,
        /// Connections over which the copy of one VM goes.
        pub streams: Option<Figure<Count>>,
        /// Bytes that each connection has under way at most; `tcp_window` when not published.
        pub window: Option<Figure<Bytes>>,
        /// When changed blocks are copied again.
        pub delta_cycle: Option<DeltaCycle>,
        /// Time of one cutover with it, beside what the facets add.
        pub cutover: Figure<Period>,
        /// Whether cutovers wait for each other.
        pub switchover: Switchover,
        /// What one appliance holds.
        pub capacity: Option<Figure<Bytes>>,
        /// How long an appliance is under way, order to ingest.
        pub trip: Option<Figure<Period>>,
        /// Work per VM that the method itself takes, beside what the facets add.
        pub hours_per_vm: Option<Figure<Period>>,
    }

    /// When changed blocks are copied again: after the share of the previous cycle,
    /// but no sooner than the shortest and no later than the longest.
    pub struct DeltaCycle as "a delta cycle" {
        /// The shortest wait.
        pub shortest: Period,
        /// The longest wait.
        pub longest: Period,
        /// The wait as a share of how long the previous cycle took.
        pub share_of_previous: Share,
        /// The key of the source.
        pub source: Name,
        /// How sure it is, A to D.
        pub confidence: Confidence,
        /// What a reader should know besides.
        pub note: Option<String>,
    }
}

crate::choices! {
    /// How a workload gets from one offer to another, gentlest first.
    pub enum MethodName as "a migration method" {
        /// Its memory is copied while it runs; no downtime worth counting.
        Live = "live",
        /// Its disks are copied while it runs; a short stop at the end.
        Replicated = "replicated",
        /// As replicated, and its disks and drivers are converted during the stop.
        Conversion = "conversion",
        /// It is stopped, copied, and started.
        Cold = "cold",
        /// Its disks travel on an appliance.
        Offline = "offline",
        /// It is installed anew and its data is copied.
        Rebuild = "rebuild",
    }

    /// Whether the cutovers of a tool wait for each other.
    pub enum Switchover as "whether cutovers wait for each other" {
        /// All workloads of a group at once.
        Parallel = "parallel",
        /// One after another.
        Serial = "serial",
    }
}

impl Tool {
    /// Whether it moves from the platform `from` to the platform `to`.
    pub fn joins(&self, from: &str, to: &str) -> bool {
        let has = |names: &[Name], wanted: &str| {
            names.iter().any(|name| name.as_str() == wanted || name.as_str() == "all")
        };
        has(&self.from, from) && has(&self.to, to)
    }
}
