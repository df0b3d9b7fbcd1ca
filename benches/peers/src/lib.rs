//! The same work done by Portolan's kernel and by its peers, one file a simulator, each
//! used as its own documentation shows and drawing random numbers as its users would.

pub mod naive;
pub mod nexosim;
pub mod ours;
pub mod simcore;

use ::portolan::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};

/// A simulation that can be carried on.
pub trait Work {
    /// Does at least `amount` units of work (customers, events, re-timings, completions)
    /// and returns how many were done.
    fn advance(&mut self, amount: u64) -> u64;

    /// What came out so far.
    fn outcome(&self) -> Outcome;
}

/// What must agree between simulators that do the same work.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Units of work done so far.
    pub events: u64,
    /// The mean of the work's own figure: seconds waited by a customer, seconds between
    /// events or completions, timers that ran out per re-timing.
    pub mean: f64,
}

/// How long a timer is set, in units of one re-timing: from 2 to 6 times the mean interval
/// between re-timings of one of `timers`, so that few run out.
pub fn timeout(timers: usize, uniform: f64) -> f64 {
    timers as f64 * (2.0 + 4.0 * uniform)
}

/// Links and the flows that come over them, in turn.
pub struct Network {
    /// One a link.
    pub capacities_mbit: Vec<u64>,
    parts: u32,
    /// If flows take one of few routes: those of each part.
    routes: Vec<[u32; 2]>,
    numbers: Stream,
}

/// What a flow needs.
#[derive(Clone, Copy)]
pub struct Demand {
    /// The links it crosses; the two may be the same.
    pub route: [u32; 2],
    /// The part of the network that it crosses.
    pub part: u32,
    /// In bytes.
    pub volume: u64,
}

impl Network {
    /// Flows in progress at any time.
    pub const FLOWS: u32 = 1_000;
    const LINKS: u32 = 50;

    /// Fifty links that fall into so many equal parts. Each flow takes two links of its
    /// part drawn at random.
    pub fn in_parts(parts: u32) -> Self {
        let bench = EntityKey::new(EntityKind::new("bench"), "network", 0);
        let mut numbers = Draws { seed: 42, replication: 0 }.stream(Purpose::new("flow"), bench);
        let capacities_mbit = (0..Self::LINKS).map(|_| 1_000 * (1 + numbers.below(10))).collect();
        Self { capacities_mbit, parts, routes: Vec::new(), numbers }
    }

    /// Fifty links that hang together, and so many routes over them that flows take.
    pub fn with_routes(routes: usize) -> Self {
        let mut network = Self::in_parts(1);
        network.routes = (0..routes).map(|_| network.next_in(0).route).collect();
        network
    }

    /// The flows to begin with.
    pub fn first(&mut self) -> Vec<Demand> {
        (0..Self::FLOWS).map(|flow| self.next_in(flow % self.parts)).collect()
    }

    /// The flow that takes the place of one that has ended in this part.
    pub fn next_in(&mut self, part: u32) -> Demand {
        let width = Self::LINKS / self.parts;
        let route = if self.routes.is_empty() {
            [(); 2].map(|()| part * width + self.numbers.below(u64::from(width)) as u32)
        } else {
            self.routes[self.numbers.below(self.routes.len() as u64) as usize]
        };
        Demand { route, part, volume: self.numbers.exponential(1e6) as u64 + 1 }
    }
}
