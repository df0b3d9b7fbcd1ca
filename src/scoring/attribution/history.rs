//! Who was where, and on what: what a ledger is shared out by.

use crate::base::ids::IdVec;
use crate::base::units::{SimTime, Span};
use crate::simulation::journal::{Move, MoveOutcome, Outage};
use crate::world::rules::{demand, tariffs};
use crate::world::{Capacity, Figures, OfferId, Power, SiteId, StrategyId, WorkloadId, World};

/// A time from one instant to another; an instant where both are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub from: SimTime,
    pub until: SimTime,
}

impl Window {
    /// Hours that it shares with another time; for an instant one, if it lies within.
    pub fn hours(self, from: SimTime, until: SimTime) -> f64 {
        if self.from >= self.until {
            return if from <= self.from && self.from < until { 1.0 } else { 0.0 };
        }
        let (begin, end) = (self.from.max(from), self.until.min(until));
        if begin < end { end.since(begin).as_hours() } else { 0.0 }
    }
}

/// A time for which a workload, or what was kept of it, was at one place.
#[derive(Clone, Copy, Debug)]
struct Stay {
    offer: OfferId,
    from: SimTime,
    until: SimTime,
    /// The place in the menu of the size that it took, where sizes are sold.
    size: Option<u32>,
}

/// Everything that the Journal says of places.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// Each workload's places, in order of time.
    stays: IdVec<WorkloadId, Vec<Stay>>,
    /// Sources that were kept after a move.
    kept: IdVec<WorkloadId, Vec<Stay>>,
    /// How many hosts each offer had, and since when.
    hosts: IdVec<OfferId, Vec<(SimTime, u32)>>,
    /// Attempts to move, as they ended, and when.
    moves: Vec<(SimTime, Move)>,
    outages: Vec<Outage>,
    /// How long a source is kept, at least.
    retention: Span,
}

impl History {
    pub fn new(world: &World) -> Self {
        let hypercare = world.programme.hypercare.map_or(0, |hypercare| hypercare.days);
        let initial = |offer: &crate::world::Offer| offer.hosts().map_or(0, |hosts| hosts.initial);
        Self {
            stays: IdVec::filled(Vec::new(), world.workloads.len()),
            kept: IdVec::filled(Vec::new(), world.workloads.len()),
            hosts: world.offers.iter().map(|offer| vec![(SimTime::START, initial(offer))]).collect(),
            moves: Vec::new(),
            outages: Vec::new(),
            retention: world.factory.retention.max(Span::from_days(hypercare.into())),
        }
    }

    /// A workload is now at this offer, or nowhere.
    pub fn placed(
        &mut self,
        world: &World,
        figures: &Figures,
        at: SimTime,
        (workload, offer): (WorkloadId, Option<OfferId>),
    ) {
        let stays = &mut self.stays[workload];
        if let Some(last) = stays.last_mut().filter(|last| last.until == SimTime::NEVER) {
            if Some(last.offer) == offer {
                return; // restarted where it was
            }
            last.until = at;
        }
        let Some(offer) = offer else { return };
        let size = size_of(world, figures, workload, offer);
        stays.push(Stay { offer, from: at, until: SimTime::NEVER, size });
    }

    pub fn hosts(&mut self, at: SimTime, offer: OfferId, count: u32) {
        self.hosts[offer].push((at, count));
    }

    pub fn moved(&mut self, at: SimTime, entry: Move) {
        if entry.outcome == MoveOutcome::Completed {
            let (offer, until) = (entry.from, at + self.retention);
            self.kept[entry.workload].push(Stay { offer, from: at, until, size: None });
        }
        self.moves.push((at, entry));
    }

    /// The places of a workload with the instants of its arrival.
    pub fn places(&self, workload: WorkloadId) -> Vec<(SimTime, Option<OfferId>)> {
        let stays = &self.stays[workload];
        let mut places: Vec<_> = stays.iter().map(|stay| (stay.from, Some(stay.offer))).collect();
        if let Some(last) = stays.last().filter(|last| last.until < SimTime::NEVER) {
            places.push((last.until, None));
        }
        places
    }

    pub fn outage(&mut self, outage: Outage) {
        self.outages.push(outage);
    }

    /// Hours for which a workload was at offers that `wanted` names.
    pub fn time(&self, workload: WorkloadId, window: Window, wanted: impl Fn(OfferId) -> bool) -> f64 {
        let stays = self.stays[workload].iter().filter(|stay| wanted(stay.offer));
        stays.map(|stay| window.hours(stay.from, stay.until)).sum()
    }

    /// The same on one size of an offer's menu.
    pub fn time_on_size(&self, workload: WorkloadId, window: Window, offer: OfferId, size: u32) -> f64 {
        let stays = self.stays[workload].iter().filter(|stay| stay.offer == offer && stay.size == Some(size));
        stays.map(|stay| window.hours(stay.from, stay.until)).sum()
    }

    /// Hours for which something was kept for a workload that has left such offers.
    pub fn kept(&self, workload: WorkloadId, window: Window, wanted: impl Fn(OfferId) -> bool) -> f64 {
        let kept = self.kept[workload].iter().filter(|stay| wanted(stay.offer));
        kept.map(|stay| window.hours(stay.from, stay.until)).sum()
    }

    /// Virtual processors that Windows is licensed for: those of the size, or those
    /// that it needs on a host.
    pub fn licensed_vcpus(
        &self,
        world: &World,
        figures: &Figures,
        workload: WorkloadId,
        offer: OfferId,
    ) -> f64 {
        let size = self.stays[workload].iter().find(|stay| stay.offer == offer).and_then(|stay| stay.size);
        match (world.offers[offer].skus(), size) {
            (Some(skus), Some(size)) => f64::from(skus[size as usize].vcpus),
            _ => vcpus(world, figures, workload, offer),
        }
    }

    /// Hours of hosts of an offer.
    pub fn host_hours(&self, offer: OfferId, window: Window) -> f64 {
        let steps = &self.hosts[offer];
        let ends = steps.iter().skip(1).map(|(at, _)| *at).chain([SimTime::NEVER]);
        steps
            .iter()
            .zip(ends)
            .map(|((from, count), until)| f64::from(*count) * window.hours(*from, until))
            .sum()
    }

    /// Whether a workload's disks were sent out of a site in a time, by an attempt that
    /// got so far.
    pub fn was_copied(
        &self,
        world: &World,
        window: Window,
        from: SiteId,
    ) -> impl Iterator<Item = (WorkloadId, Move)> {
        let sites: IdVec<OfferId, SiteId> = world.offers.iter().map(|offer| offer.site).collect();
        self.moves.iter().filter_map(move |(at, entry)| {
            let overlaps = entry.copied_from < window.until && *at > window.from;
            (overlaps && sites[entry.from] == from).then_some((entry.workload, *entry))
        })
    }

    /// Hours for which a workload was down at an offer.
    pub fn down(&self, workload: WorkloadId, offer: OfferId, window: Window) -> f64 {
        let of_it = |outage: &&Outage| outage.workload == workload && outage.offer == offer;
        self.outages.iter().filter(of_it).map(|outage| window.hours(outage.from, outage.until)).sum()
    }
}

/// Virtual processors that a workload takes of an offer's hosts; none while it is off.
pub(super) fn vcpus(world: &World, figures: &Figures, workload: WorkloadId, offer: OfferId) -> f64 {
    let place = &world.offers[offer];
    let need = demand::need(world, figures, &world.workloads[workload], place).vcpus;
    // At its home a workload takes at most a whole host.
    f64::from(place.hosts().map_or(need, |hosts| need.min(hosts.shape.vcpus)))
}

/// The size that a workload takes of a menu: the cheapest that covers it, by the rule
/// that the simulation places by; at its home the largest where none does.
fn size_of(world: &World, figures: &Figures, workload: WorkloadId, offer: OfferId) -> Option<u32> {
    let (machine, place) = (&world.workloads[workload], &world.offers[offer]);
    let Capacity::Skus(skus) = &place.capacity else { return None };
    if machine.power == Power::Off {
        return None;
    }
    let need = demand::need(world, figures, machine, place);
    let cheapest = tariffs::cheapest_sku(skus, figures, need, &tariffs::included_licences(machine, place));
    let largest = || {
        let size = |index: &usize| (skus[*index].vcpus, skus[*index].memory, std::cmp::Reverse(*index));
        (0..skus.len()).max_by_key(size).filter(|_| machine.home == offer)
    };
    cheapest.or_else(largest).map(|index| index as u32)
}

/// The workloads of a strategy that go somewhere or are retired.
pub(super) fn movers(world: &World, strategy: StrategyId) -> Vec<WorkloadId> {
    let strategy = &world.strategies[strategy];
    world.workloads.ids().filter(|workload| strategy.is_move(*workload)).collect()
}
