//! Levelling hosts by live moves, in the manner of vSphere DRS.

use super::choose::{Hosts, excluded};
use super::filters::Filters;
use super::{Demand, HostState, Pool};
use crate::world::{BalanceTarget, MigrationThreshold, Rebalancing, ResourceWeights, WorkloadId};

/// A running workload that could be moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resident {
    /// The workload.
    pub workload: WorkloadId,
    /// The host it is on.
    pub host: u32,
    /// What it holds there; its memory is what a move copies.
    pub demand: Demand,
    /// What it is entitled to there.
    pub entitlement: Entitlement,
}

/// What a workload is entitled to: what it uses now, as far as it may. Numbers from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entitlement {
    /// Virtual processors in use.
    pub vcpus: f64,
    /// MiB of memory in use.
    pub mib: f64,
}

/// A live move from one host to another of the same pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// The workload.
    pub workload: WorkloadId,
    /// The host it leaves.
    pub from: u32,
    /// The host it goes to.
    pub to: u32,
    /// Why.
    pub reason: MoveReason,
}

/// Why a workload is moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MoveReason {
    /// A rule forbids it to be where it is. DRS gives such moves priority 1.
    Rule,
    /// Its host is relieved.
    Balance {
        /// Priority from 2 (significant) to 5 (slight): see [`priority`].
        priority: u8,
        /// By how much the standard deviation of the loads falls.
        gain: f64,
    },
}

/// The priority of moves that level hosts, from 2 to 5, by how uneven they are:
/// 6 − ⌈σ / 0.1 · √n⌉, kept in that range, for a standard deviation σ over n hosts.
/// Priority 1 is left to what rules demand.
///
/// Source: VMware knowledge base, "Calculating the priority level of a VMware DRS
/// migration recommendation" (1007485), as quoted by vBrownBag, "The math behind the DRS
/// stars" (2010).
pub fn priority(deviation: f64, hosts: usize) -> u8 {
    let steps = (deviation / 0.1 * (hosts as f64).sqrt()).ceil();
    // A float outside the range of the integer becomes its nearest end.
    (6.0 - steps).clamp(2.0, 5.0) as u8
}

/// The standard deviation up to which hosts are left alone. A threshold t acts on
/// priorities up to t, so from σ > (5 − t) · 0.1 / √n on: see [`priority`]. The most
/// conservative one levels nothing.
pub fn tolerance(target: BalanceTarget, hosts: usize) -> f64 {
    match target {
        BalanceTarget::Deviation(deviation) => deviation,
        BalanceTarget::Threshold(MigrationThreshold::Conservative) => f64::INFINITY,
        BalanceTarget::Threshold(threshold) => f64::from(5 - threshold.level()) * 0.1 / (hosts as f64).sqrt(),
    }
}

/// The live moves that level the hosts, in the order in which they are to be made, each
/// finding the room that those before it have left.
///
/// The load of a host is Σ entitlement / capacity of its residents, over processors and
/// memory by weight. First, whoever is where a rule forbids it moves to the host that it
/// unbalances least. Then, while the standard deviation of the loads exceeds what is
/// tolerated, the move that lowers it most, less its cost, is made, until none gains
/// more than it costs or the most moves are planned. Hosts that are up and that `admits`
/// allows take part; capacity and all filters hold after each move. Workloads that rules
/// keep together are not moved away from each other, hence not at all once they are
/// together.
///
/// Source: the greedy ascent of VMware DRS (Gulati et al., "VMware Distributed Resource
/// Management", VMware Technical Journal 2012), as commonly stated: at each step the
/// migration with the best improvement of the imbalance, if it is worth its cost.
///
/// Cost: O(residents · hosts) a move, and a copy of the pool and the filters.
pub fn rebalance<A: Fn(u32) -> bool>(
    settings: &Rebalancing,
    hosts: &Hosts<'_, A>,
    residents: &[Resident],
) -> Vec<Move> {
    let takes_part =
        |number: &u32| hosts.pool.host(*number).state == HostState::Up && (hosts.admits)(*number);
    let numbers: Vec<u32> = hosts.pool.hosts().map(|(number, _)| number).filter(takes_part).collect();
    let mut plan = Plan::new(settings, hosts, &numbers, residents);
    plan.obey_rules();
    plan.level(tolerance(settings.target, numbers.len()));
    plan.moves
}

/// A fall of the standard deviation below this may be the rounding of a square root near
/// zero; no move is made for it.
const LEAST_GAIN: f64 = 1e-6;

/// A plan under way.
struct Plan<'s> {
    settings: &'s Rebalancing,
    pool: Pool,
    filters: Filters,
    /// The hosts that take part, rising.
    numbers: &'s [u32],
    /// Where each host is in `numbers`; none for those that do not take part.
    place: Vec<Option<usize>>,
    loads: Loads,
    residents: Vec<Resident>,
    moves: Vec<Move>,
}

/// A move that could be made.
#[derive(Clone, Copy)]
struct Candidate {
    resident: usize,
    /// Place of the target.
    to: usize,
    /// The standard deviation afterwards.
    deviation: f64,
    /// The fall of the standard deviation, less the cost of the move.
    net: f64,
}

impl<'s> Plan<'s> {
    fn new<A: Fn(u32) -> bool>(
        settings: &'s Rebalancing,
        hosts: &Hosts<'_, A>,
        numbers: &'s [u32],
        residents: &[Resident],
    ) -> Self {
        let mut place = vec![None; hosts.pool.numbers() as usize];
        for (at, number) in numbers.iter().enumerate() {
            place[*number as usize] = Some(at);
        }
        let residents: Vec<Resident> =
            residents.iter().copied().filter(|resident| place[resident.host as usize].is_some()).collect();
        let mut plan = Self {
            settings,
            pool: hosts.pool.clone(),
            filters: hosts.filters.clone(),
            numbers,
            place,
            loads: Loads::default(),
            residents,
            moves: Vec::new(),
        };
        let mut loads = vec![0.0; numbers.len()];
        for resident in &plan.residents {
            let at = plan.place_of(resident.host);
            loads[at] += plan.load_of(resident, at);
        }
        plan.loads = Loads::new(loads);
        plan
    }

    fn place_of(&self, host: u32) -> usize {
        self.place[host as usize].expect("residents of hosts that take no part were left out")
    }

    /// What a resident adds to the load of the host at a place.
    fn load_of(&self, resident: &Resident, at: usize) -> f64 {
        let capacity = self.pool.host(self.numbers[at]).capacity;
        load(resident.entitlement, capacity, self.settings.weights)
    }

    fn is_full(&self) -> bool {
        self.moves.len() >= self.settings.most_moves as usize
    }

    /// Moves whoever is where a rule forbids it, as far as it can be helped.
    fn obey_rules(&mut self) {
        for index in 0..self.residents.len() {
            if self.is_full() {
                return;
            }
            let resident = self.residents[index];
            let violates =
                excluded(self.filters.bind(resident.workload), resident.demand, resident.host).is_some();
            if violates && let Some(candidate) = self.best_for(index, f64::NEG_INFINITY) {
                self.make(candidate, MoveReason::Rule);
            }
        }
    }

    fn level(&mut self, tolerated: f64) {
        while !self.is_full() {
            let before = self.loads.deviation();
            if before <= tolerated {
                return;
            }
            let mut best: Option<Candidate> = None;
            for index in 0..self.residents.len() {
                let least = best.map_or(LEAST_GAIN, |best| best.net);
                best = self.best_for(index, least).or(best);
            }
            let Some(best) = best else { return };
            let priority = priority(before, self.numbers.len());
            self.make(best, MoveReason::Balance { priority, gain: before - best.deviation });
        }
    }

    /// The best move of a resident that is worth more than `least`; of several alike the
    /// one to the lowest host.
    fn best_for(&self, index: usize, least: f64) -> Option<Candidate> {
        let resident = &self.residents[index];
        let from = self.place_of(resident.host);
        let cost = self.settings.cost_per_gib * f64::from(resident.demand.mib) / 1024.0;
        let before = self.loads.deviation();
        let bound = self.filters.bind(resident.workload);
        let taken_off = self.load_of(resident, from);
        let mut best: Option<Candidate> = None;
        for (to, number) in self.numbers.iter().enumerate().filter(|(to, _)| *to != from) {
            let deviation = self.loads.deviation_after((from, -taken_off), (to, self.load_of(resident, to)));
            let net = before - deviation - cost;
            if net <= best.map_or(least, |best| best.net) {
                continue;
            }
            let has_room = self.pool.host(*number).takes(resident.demand);
            if has_room && excluded(bound, resident.demand, *number).is_none() {
                best = Some(Candidate { resident: index, to, deviation, net });
            }
        }
        best
    }

    fn make(&mut self, candidate: Candidate, reason: MoveReason) {
        let resident = self.residents[candidate.resident];
        let (from, to) = (resident.host, self.numbers[candidate.to]);
        self.pool.take(to, resident.demand);
        self.pool.give_back(from, resident.demand);
        self.filters.enter(resident.workload, to, resident.demand);
        self.filters.leave(resident.workload, from, resident.demand);
        let at = self.place_of(from);
        self.loads.add(at, -self.load_of(&resident, at));
        self.loads.add(candidate.to, self.load_of(&resident, candidate.to));
        self.residents[candidate.resident].host = to;
        self.moves.push(Move { workload: resident.workload, from, to, reason });
    }
}

/// The share of a host that an entitlement takes up: the weighted mean over processors
/// and memory.
fn load(entitlement: Entitlement, capacity: Demand, weights: ResourceWeights) -> f64 {
    let shares =
        [(entitlement.vcpus, capacity.vcpus, weights.vcpus), (entitlement.mib, capacity.mib, weights.memory)];
    let (sum, weight) = shares.into_iter().filter(|(_, capacity, _)| *capacity > 0).fold(
        (0.0, 0.0),
        |(sum, total), (entitled, capacity, weight)| {
            (sum + weight * entitled / f64::from(capacity), total + weight)
        },
    );
    if weight > 0.0 { sum / weight } else { 0.0 }
}

/// The loads of hosts, with what their standard deviation is computed from. Loads are
/// taken relative to their mean at the start, so that the sums of squares are of the size
/// of what they measure and do not drown it.
#[derive(Default)]
struct Loads {
    relative: Vec<f64>,
    sum: f64,
    squares: f64,
}

impl Loads {
    fn new(mut loads: Vec<f64>) -> Self {
        let mean = loads.iter().sum::<f64>() / loads.len().max(1) as f64;
        loads.iter_mut().for_each(|load| *load -= mean);
        let (sum, squares) = (loads.iter().sum(), loads.iter().map(|load| load * load).sum());
        Self { relative: loads, sum, squares }
    }

    fn deviation(&self) -> f64 {
        self.deviation_of(self.sum, self.squares)
    }

    fn deviation_of(&self, sum: f64, squares: f64) -> f64 {
        let count = self.relative.len().max(1) as f64;
        let mean = sum / count;
        // Rounding may leave a variance of nothing just below it.
        (squares / count - mean * mean).max(0.0).sqrt()
    }

    /// The standard deviation if two loads changed by so much.
    fn deviation_after(&self, one: (usize, f64), other: (usize, f64)) -> f64 {
        let (mut sum, mut squares) = (self.sum, self.squares);
        for (at, change) in [one, other] {
            sum += change;
            squares += change * (2.0 * self.relative[at] + change);
        }
        self.deviation_of(sum, squares)
    }

    /// Changes a load, and sums anew so that rounding does not add up.
    fn add(&mut self, at: usize, change: f64) {
        self.relative[at] += change;
        self.sum = self.relative.iter().sum();
        self.squares = self.relative.iter().map(|load| load * load).sum();
    }
}

#[cfg(test)]
mod tests;
