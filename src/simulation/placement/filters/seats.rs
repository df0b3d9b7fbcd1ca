//! Who is on which host, as far as rules ask: flat arrays that a fork copies.

use super::book::{Binding, RuleBook};
use crate::base::ids::Id;
use crate::simulation::placement::Demand;
use crate::world::{RuleId, WorkloadId};

/// How often a workload may hold room at an offer at a time.
pub(super) const MOST_HELD: usize = 4;

/// A workload on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seat {
    pub host: u32,
    pub workload: WorkloadId,
}

/// What the workloads of a rule hold at the offer, each counted once however many hosts
/// it holds room on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Use {
    pub workloads: u32,
    pub vcpus: u64,
    pub mib: u64,
}

/// What a rule's workloads hold, and whether one of them is among those that do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub all: Use,
    pub has_room: bool,
}

/// The seats of each rule, in one array: a rule's lie in the stretch that the book gives
/// it, the first `taken` of them in order of host and workload.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Seats {
    seats: Vec<Seat>,
    taken: Vec<u32>,
    used: Vec<Use>,
    /// How often each workload holds room.
    held: Vec<u8>,
}

/// What lies beyond `taken`; it is not read, but equal in equal states.
fn nobody() -> Seat {
    Seat { host: u32::MAX, workload: WorkloadId::from_index(0) }
}

impl Seats {
    pub(super) fn new(book: &RuleBook) -> Self {
        Self {
            seats: vec![nobody(); book.seats()],
            taken: vec![0; book.rule_count()],
            used: vec![Use::default(); book.rule_count()],
            held: vec![0; book.workload_count()],
        }
    }

    pub(super) fn enter(&mut self, book: &RuleBook, workload: WorkloadId, host: u32, demand: Demand) {
        let held = &mut self.held[workload.index()];
        assert!(usize::from(*held) < MOST_HELD, "{workload:?} holds room {held} times and wants host {host}");
        *held += 1;
        let is_first = *held == 1;
        for rule in book.rules(workload) {
            match rule.binding {
                Binding::Together | Binding::Apart => self.sit(book, rule.id, Seat { host, workload }),
                Binding::Quota(_) if is_first => {
                    let used = &mut self.used[rule.id.index()];
                    used.workloads += 1;
                    used.vcpus += u64::from(demand.vcpus);
                    used.mib += u64::from(demand.mib);
                }
                _ => {}
            }
        }
    }

    pub(super) fn leave(&mut self, book: &RuleBook, workload: WorkloadId, host: u32, demand: Demand) {
        let held = &mut self.held[workload.index()];
        assert!(*held > 0, "{workload:?} leaves host {host} and was nowhere");
        *held -= 1;
        let was_last = *held == 0;
        for rule in book.rules(workload) {
            match rule.binding {
                Binding::Together | Binding::Apart => self.rise(book, rule.id, Seat { host, workload }),
                Binding::Quota(_) if was_last => {
                    let used = &mut self.used[rule.id.index()];
                    used.workloads -= 1;
                    used.vcpus -= u64::from(demand.vcpus);
                    used.mib -= u64::from(demand.mib);
                }
                _ => {}
            }
        }
    }

    fn sit(&mut self, book: &RuleBook, rule: RuleId, seat: Seat) {
        let taken = self.taken[rule.index()] as usize;
        let stretch = &mut self.seats[book.stretch(rule)];
        let at = stretch[..taken].partition_point(|other| *other < seat);
        stretch.copy_within(at..taken, at + 1);
        stretch[at] = seat;
        self.taken[rule.index()] += 1;
    }

    fn rise(&mut self, book: &RuleBook, rule: RuleId, seat: Seat) {
        let taken = self.taken[rule.index()] as usize;
        let stretch = &mut self.seats[book.stretch(rule)];
        let at = stretch[..taken].binary_search(&seat);
        let at = at.unwrap_or_else(|_| panic!("{seat:?} was not taken"));
        stretch.copy_within(at + 1..taken, at);
        stretch[taken - 1] = nobody();
        self.taken[rule.index()] -= 1;
    }

    /// The seats of a rule, by host and workload.
    pub(super) fn of(&self, book: &RuleBook, rule: RuleId) -> &[Seat] {
        &self.seats[book.stretch(rule)][..self.taken[rule.index()] as usize]
    }

    /// What the workloads of a rule hold.
    pub(super) fn hold(&self, rule: RuleId, workload: WorkloadId) -> Hold {
        Hold { all: self.used[rule.index()], has_room: self.held[workload.index()] > 0 }
    }
}

/// The seats on one host.
pub(super) fn seats_on(seats: &[Seat], host: u32) -> &[Seat] {
    let from = seats.partition_point(|seat| seat.host < host);
    let length = seats[from..].partition_point(|seat| seat.host == host);
    &seats[from..from + length]
}
