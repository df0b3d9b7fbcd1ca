//! What a fleet tells, and to whom.

use super::load::HostSample;
use super::machine::VmId;
use crate::base::units::SimTime;
use crate::simulation::placement::{Demand, Shortfall};

/// Whoever receives what happens in a fleet, in order of time.
pub trait Observer {
    /// Whether the reasons of a failed placement are wanted. They cost a sweep over the
    /// hosts each time a machine begins to wait.
    fn wants_reasons(&self) -> bool {
        true
    }

    /// Receives what happened at `at`.
    fn observe(&mut self, at: SimTime, what: &Happening);

    /// Receives the sample of one host at `at`.
    fn sample(&mut self, at: SimTime, sample: &HostSample) {
        let _ = (at, sample);
    }
}

/// Something that happened to a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// It runs on a host.
    Placed {
        /// Which machine.
        vm: VmId,
        /// Where.
        host: u32,
    },
    /// No host took it, and it waits; or a change found no host and is put off.
    Queued {
        /// Which machine.
        vm: VmId,
        /// What it needs.
        needs: Demand,
        /// What the hosts lack; zeros when the observer wants no reasons. Where both
        /// are zero for one that does, hosts have room but may not be chosen: its own,
        /// for a move; or it was moving already.
        short: Shortfall,
    },
    /// Another attempt failed.
    Retried {
        /// Which machine.
        vm: VmId,
    },
    /// It, or what was to be done to it, was given up.
    GivenUp {
        /// Which machine.
        vm: VmId,
    },
    /// Its memory is being copied to another host.
    MoveStarted {
        /// Which machine.
        vm: VmId,
        /// Where it runs.
        from: u32,
        /// Where it goes.
        to: u32,
    },
    /// It now runs on another host.
    Migrated {
        /// Which machine.
        vm: VmId,
        /// Where it ran.
        from: u32,
        /// Where it runs.
        to: u32,
    },
    /// It ended while its memory was being copied.
    MoveCancelled {
        /// Which machine.
        vm: VmId,
        /// Where it would have gone.
        to: u32,
    },
    /// It now has another size.
    Resized {
        /// Which machine.
        vm: VmId,
        /// What it needs now.
        needs: Demand,
    },
    /// It ended, at its time or retired.
    Ended {
        /// Which machine.
        vm: VmId,
        /// Where it ran.
        host: u32,
    },
}

/// Nobody: costs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    #[inline]
    fn wants_reasons(&self) -> bool {
        false
    }

    #[inline]
    fn observe(&mut self, _: SimTime, _: &Happening) {}

    #[inline]
    fn sample(&mut self, _: SimTime, _: &HostSample) {}
}

/// A record of everything but the samples.
impl Observer for Vec<(SimTime, Happening)> {
    fn observe(&mut self, at: SimTime, what: &Happening) {
        self.push((at, *what));
    }
}
