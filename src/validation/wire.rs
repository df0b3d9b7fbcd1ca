//! Copies and pre-copies on a shared network, driven without a World: what the tables
//! need of the simulator's kernel and rules.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::kernel::{Flow, MaxMin, ResourceId};
use crate::world::PreCopy;
use crate::world::rules::precopy::{Memory, Next, Rounds};

/// Capacities, and what moves over them.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    network: MaxMin<usize>,
    slots: Slots,
    transfers: Vec<Transfer>,
    /// When which transfer starts to send.
    starts: BinaryHeap<Reverse<(SimTime, usize)>>,
    /// Of each host what is in flight, and who waits for it.
    hosts: BTreeMap<usize, (usize, VecDeque<usize>)>,
}

/// What starts at once and what that takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    /// Moves in flight from one host.
    pub per_host: usize,
    /// A move sends nothing for so long after its start.
    pub overhead: Span,
}

/// What moves.
#[derive(Clone, Debug)]
pub(super) struct Move {
    /// When it may start.
    pub at: SimTime,
    /// The host it comes from.
    pub host: usize,
    /// What it crosses.
    pub route: Vec<ResourceId>,
    /// The most it can use by itself.
    pub cap: Option<Bandwidth>,
    /// What is carried.
    pub work: Work,
}

/// What a move carries.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// Bytes of a disk, once.
    Disk(Bytes),
    /// The memory of a running machine.
    Memory(Memory, PreCopy),
}

/// How a move went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Went {
    /// Since it was asked for.
    pub total: Span,
    /// The machine was stopped for so long at its end.
    pub downtime: Span,
    /// Passes over the memory, that with the guest stopped among them.
    pub passes: u32,
}

#[derive(Clone, Debug)]
struct Transfer {
    asked: Move,
    rounds: Option<Rounds>,
    pass_started: SimTime,
    stopped: Option<SimTime>,
    ended: Option<SimTime>,
}

impl Wire {
    /// Nothing yet, and no limit to what starts at once.
    pub fn new() -> Self {
        Self::with_slots(Slots { per_host: usize::MAX, overhead: Span::ZERO })
    }

    /// Nothing yet.
    pub fn with_slots(slots: Slots) -> Self {
        Self {
            network: MaxMin::new(SimTime::START),
            slots,
            transfers: Vec::new(),
            starts: BinaryHeap::new(),
            hosts: BTreeMap::new(),
        }
    }

    /// One more capacity.
    pub fn capacity(&mut self, capacity: Bandwidth) -> ResourceId {
        self.network.add_resource(capacity)
    }

    /// Carries all of these, in this order where they wait for a slot, to their end and
    /// says how each went.
    pub fn carry(mut self, moves: impl IntoIterator<Item = Move>) -> Vec<Went> {
        self.transfers = moves.into_iter().map(Transfer::new).collect();
        for place in 0..self.transfers.len() {
            let (at, host) = (self.transfers[place].asked.at, self.transfers[place].asked.host);
            let (in_flight, waiting) = self.hosts.entry(host).or_default();
            if *in_flight < self.slots.per_host {
                *in_flight += 1;
                self.starts.push(Reverse((at + self.slots.overhead, place)));
            } else {
                waiting.push_back(place);
            }
        }
        loop {
            let start = self.starts.peek().map(|Reverse((at, _))| *at);
            let end = self.network.next_completion().map(|(at, _)| at);
            match (start, end) {
                (Some(at), end) if end.is_none_or(|end| at < end) => {
                    let Reverse((_, place)) = self.starts.pop().expect("it was seen");
                    self.send(at, place, self.transfers[place].first_volume());
                }
                (_, Some(at)) => {
                    let (_, place) = self.network.complete(at).expect("it is due");
                    self.arrived(at, place);
                }
                (_, None) => return self.transfers.iter().map(Transfer::went).collect(),
            }
        }
    }

    fn send(&mut self, now: SimTime, place: usize, volume: Bytes) {
        let transfer = &mut self.transfers[place];
        transfer.pass_started = now;
        let Move { route, cap, .. } = &transfer.asked;
        self.network.add(now, Flow { route, cap: *cap, volume, job: place });
    }

    fn arrived(&mut self, now: SimTime, place: usize) {
        let transfer = &mut self.transfers[place];
        let Some(rounds) = transfer.rounds.as_mut().filter(|_| transfer.stopped.is_none()) else {
            return self.end(now, place);
        };
        let took = now.since(transfer.pass_started);
        let rate = rounds.volume().get() as f64 * 8.0 / took.as_seconds();
        match rounds.pass_done(took, Bandwidth::from_bits(rate as u64)) {
            Next::Pass => {
                let volume = rounds.volume();
                self.send(now, place, volume);
            }
            Next::SwitchOver { left } | Next::ForcedStop { left } => {
                transfer.stopped = Some(now);
                self.send(now, place, left);
            }
            Next::Aborted => self.end(now, place),
        }
    }

    fn end(&mut self, now: SimTime, place: usize) {
        self.transfers[place].ended = Some(now);
        let host = self.hosts.get_mut(&self.transfers[place].asked.host);
        let (in_flight, waiting) = host.expect("a move in flight comes from a host");
        match waiting.pop_front() {
            Some(next) => self.starts.push(Reverse((now + self.slots.overhead, next))),
            None => *in_flight -= 1,
        }
    }
}

impl Transfer {
    fn new(asked: Move) -> Self {
        let rounds = match asked.work {
            Work::Disk(_) => None,
            Work::Memory(memory, rule) => Some(Rounds::start(memory, rule)),
        };
        Self { pass_started: asked.at, asked, rounds, stopped: None, ended: None }
    }

    fn first_volume(&self) -> Bytes {
        match self.asked.work {
            Work::Disk(volume) => volume,
            Work::Memory(memory, _) => memory.first_pass(),
        }
    }

    fn went(&self) -> Went {
        let ended = self.ended.expect("the network is empty, so all have arrived");
        Went {
            total: ended.since(self.asked.at),
            downtime: self.stopped.map_or(Span::ZERO, |stopped| ended.since(stopped)),
            passes: self.rounds.map_or(1, |rounds| rounds.passes() + 1),
        }
    }
}
