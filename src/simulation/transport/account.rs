//! What the time of copies went into, and what circuits carried.

use super::{NO_COPY, Transport};
use crate::base::ids::Id;
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::world::{InstallationId, LinkId, OfferId, ToolId, WorkloadId};

/// What a copy waited for, or was slowed by, at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waited {
    /// A place among those that an installation has in flight.
    Places(InstallationId),
    /// What the appliances of an installation carry.
    Throughput(InstallationId),
    /// What a tool carries of one disk or one workload.
    Copy(ToolId),
    /// What a source host gives.
    Reading(OfferId),
    /// What a circuit carries.
    Circuit(LinkId),
    /// The length of a circuit.
    Distance(LinkId),
}

/// What slows a copy of which something flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slow {
    Throughput,
    Copy,
    Reading,
    Circuit,
    Distance,
}

/// What the time of one copy went into.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WaitBook {
    /// By what slowed it.
    slow: [Span; 5],
    places: Span,
    /// Since when it has waited for its first place.
    since: Option<SimTime>,
}

impl WaitBook {
    pub(super) fn queued(&mut self, now: SimTime) {
        self.since.get_or_insert(now);
    }

    pub(super) fn admitted(&mut self, now: SimTime) {
        if let Some(since) = self.since.take() {
            self.places += now.since(since);
        }
    }
}

/// What a circuit has carried since it was last read, in bits times nanoseconds per
/// second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carried(u128);

/// So many units of [`Carried`] make a byte.
const PER_BYTE: u128 = 8_000_000_000;

impl Transport {
    /// Lets time pass in which nothing changes.
    pub(super) fn pass(&mut self, now: SimTime) {
        assert!(now >= self.now, "it is already {:?}, not {now:?}", self.now);
        let passed = now.since(self.now);
        if passed == Span::ZERO {
            return;
        }
        for index in 0..self.flowing.len() {
            let copy = self.flowing[index];
            if let Some(slow) = self.bound_by(copy) {
                self.copies[copy as usize].waits.slow[slow as usize] += passed;
            }
        }
        if !self.heavy.is_empty() {
            self.grow_backlogs(passed);
        }
        for link in self.carried.ids() {
            let load = self.ways.load(&mut self.network, link);
            if load > Bandwidth::default() {
                self.carried[link].0 += u128::from(load.as_bits()) * u128::from(passed.as_ns());
            }
        }
        self.now = now;
        self.network.advance(now);
    }

    /// What the time of a workload's copy went into since this was last asked, with the
    /// circuit it goes over, if any. The time in which it waited in sync is not in it.
    pub fn take_waits(&mut self, workload: WorkloadId) -> Vec<(Waited, Span)> {
        let Some(copy) = self.by_workload.get(workload.index()).filter(|copy| **copy != NO_COPY) else {
            return Vec::new();
        };
        let copy = &mut self.copies[*copy as usize];
        let book = std::mem::take(&mut copy.waits);
        copy.waits.since = book.since;
        let installation = self.limits[copy.tool].installation;
        let slow = |slow: Slow| book.slow[slow as usize];
        let all = [
            Some((Waited::Places(installation), book.places)),
            Some((Waited::Throughput(installation), slow(Slow::Throughput))),
            Some((Waited::Copy(copy.tool), slow(Slow::Copy))),
            copy.reader.map(|reader| (Waited::Reading(reader.offer), slow(Slow::Reading))),
            copy.link.map(|link| (Waited::Circuit(link), slow(Slow::Circuit))),
            copy.link.map(|link| (Waited::Distance(link), slow(Slow::Distance))),
        ];
        all.into_iter().flatten().filter(|(_, waited)| *waited > Span::ZERO).collect()
    }

    /// What a circuit has carried since this was last asked.
    ///
    /// # Panics
    /// If `now` is before an earlier call's.
    pub fn take_carried(&mut self, now: SimTime, link: LinkId) -> Bytes {
        self.pass(now);
        let carried = &mut self.carried[link].0;
        let bytes = *carried / PER_BYTE;
        *carried -= bytes * PER_BYTE;
        Bytes::new(u64::try_from(bytes).unwrap_or(u64::MAX))
    }
}
