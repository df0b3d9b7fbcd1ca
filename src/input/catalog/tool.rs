//! What carries a move, with its published limits.

use super::figure::{Confidence, Count, Figure};
use crate::base::settings::{Name, OneOrMany, Ratio};
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
        /// Providers at whose sites it delivers; anywhere when left out.
        pub delivers_to: Option<OneOrMany<Name>>,
        /// The tool with whose manager and appliances it works, whose limits of those then hold for both.
        pub shares: Option<Name>,
        /// What all copies through one appliance carry together.
        pub throughput: Option<Figure<Bandwidth>>,
        /// What the copy of one VM carries.
        pub per_copy: Option<Figure<Bandwidth>>,
        /// What the copy of one disk carries.
        pub per_disk: Option<Figure<Bandwidth>>,
        /// What can be read from one source host.
        pub per_host_throughput: Option<Figure<Bandwidth>>,
        /// VMs in flight under one manager, however many appliances it has.
        pub per_manager_vms: Option<Figure<Count>>,
        /// Disks in flight under one manager.
        pub per_manager_disks: Option<Figure<Count>>,
        /// VMs in flight through one appliance.
        pub per_unit_vms: Option<Figure<Count>>,
        /// Disks in flight through one appliance.
        pub per_unit_disks: Option<Figure<Count>>,
        /// VMs in flight from one source host.
        pub per_host_vms: Option<Figure<Count>>,
        /// Disks in flight from one source host.
        pub per_host_disks: Option<Figure<Count>>,
        /// How many of `per_host_vms` one move takes; one when left out.
        pub host_cost: Option<Figure<Count>>,
        /// VMs in flight from one source datastore.
        pub per_datastore_vms: Option<Figure<Count>>,
        /// Disks in flight from one source datastore.
        pub per_datastore_disks: Option<Figure<Count>>,
        /// How many of `per_datastore_vms` one move takes; one when left out.
        pub datastore_cost: Option<Figure<Count>>,
        /// The most snapshots that one VM may have while it is kept in sync.
        pub most_snapshots: Option<Figure<Count>>,
        /// The longest round trip it works over.
        pub longest_rtt: Option<Figure<Period>>,
        /// The least bandwidth that each copy in flight must have.
        pub minimum_bandwidth: Option<Figure<Bandwidth>>,
        /// Connections over which the copy of one VM goes.
        pub streams: Option<Figure<Count>>,
        /// Bytes that each connection has under way at most; `tcp_window` when not published.
        pub window: Option<Figure<Bytes>>,
        /// When changed blocks are copied again.
        pub delta_cycle: Option<DeltaCycle>,
        /// How the memory of a running VM is copied; nothing where it is stopped.
        pub precopy: Option<PreCopy>,
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

    /// How the memory of a running VM is copied, pass by pass, and when that stops.
    pub struct PreCopy as "the stop rule of a memory copy" {
        /// It switches over when what is left takes no longer than this.
        pub downtime: Period,
        /// The most passes, the first included; no limit when left out.
        pub most_passes: Option<u32>,
        /// The most that is sent, as a multiple of the memory; no limit when left out.
        pub most_volume: Option<Ratio>,
        /// How the guest is slowed when passes do not become shorter; not at all when left out.
        pub throttle: Option<Throttle>,
        /// What is done when a limit is reached.
        pub otherwise: Unconverged,
        /// The key of the source.
        pub source: Name,
        /// How sure it is, A to D.
        pub confidence: Confidence,
        /// What a reader should know besides.
        pub note: Option<String>,
    }

    /// How a guest is slowed: shares of its processor time that are taken away.
    pub struct Throttle as "how a guest is slowed" {
        /// At first.
        pub first: Share,
        /// More at each further step.
        pub step: Share,
        /// At most.
        pub most: Share,
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

    /// What is done with a VM whose memory changes faster than it is copied.
    pub enum Unconverged as "what is done with a memory copy that does not end" {
        /// It is stopped, however long the rest takes.
        Stop = "stop",
        /// It stays where it is.
        Abort = "abort",
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
