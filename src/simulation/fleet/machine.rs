//! Machines, hosts and the rules they live by: what a fleet is made of.

use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::kernel::EventId;
use crate::simulation::placement::Demand;
use crate::typed_id;
use crate::world::{HostShape, PlacementPolicy};

typed_id! {
    /// A virtual machine, by its place in the order of arrival.
    VmId,
}

/// A virtual machine as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vm {
    /// Its number in the user's data; it need not be dense.
    pub number: u32,
    /// When it arrives.
    pub arrives: SimTime,
    /// How long it runs, from its start.
    pub lifetime: Span,
    /// What it needs of a host.
    pub demand: Demand,
}

/// Something that is done to a machine at an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The number of the machine: [`Vm::number`].
    pub number: u32,
    /// When, from its start. What is due after its end does not happen.
    pub after: Span,
    /// What.
    pub change: Change,
}

/// What can be done to a running machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It moves live to another host, chosen by the policy.
    Migrate,
    /// It needs so much from now on: on its host where that has room, else on another
    /// to which it moves live.
    Resize(Demand),
    /// It ends before its time.
    Retire,
}

/// Hosts that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostGroup {
    /// How many.
    pub count: u32,
    /// The size of each: `cores` is what machines can use at once, `vcpus` and `memory`
    /// what may be placed, the site's over-commit included.
    pub shape: HostShape,
    /// The memory that is there.
    pub physical_memory: Bytes,
    /// Local disk to be placed in GiB; [`Demand::UNCOUNTED`] where it limits nothing.
    pub disk_gib: u32,
    /// The network card that live moves go through.
    pub nic: Bandwidth,
}

/// The rules of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Which host takes a machine.
    pub policy: PlacementPolicy,
    /// How long after a failed attempt the next is made.
    pub retry_every: Span,
    /// A machine is given up at the first failed attempt after it has waited so long.
    pub patience: Span,
    /// How often every host is sampled; the first time after one such span.
    pub sample_every: Span,
}

impl Rules {
    /// The rules of the common placement day: best fit, retried every 60 s and given up
    /// after 3,600 s, sampled every 300 s.
    pub const DAY: Self = Self {
        policy: PlacementPolicy::BestFit,
        retry_every: Span::from_seconds(60),
        patience: Span::from_seconds(3_600),
        sample_every: Span::from_seconds(300),
    };
}

/// Where a machine is: at exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// It has not arrived.
    Expected,
    /// It has arrived and no host took it yet.
    Waiting,
    /// It runs on this host.
    On(u32),
    /// It runs on `from`; `to` holds room for it until its memory is copied.
    Moving {
        /// Where it runs.
        from: u32,
        /// Where it will run.
        to: u32,
        /// What it will need there.
        needs: Demand,
        /// The end of the copy.
        ends: EventId,
    },
    /// It ended.
    Ended,
    /// It was given up.
    GivenUp,
}
