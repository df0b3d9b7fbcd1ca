//! What is used of what is allocated: sampled at even steps, metered by offer, closed
//! monthly.
//!
//! A sample looks at every workload that runs once, in the order of their ids, and at
//! every host that holds one: a sweep over arrays. What it finds holds until the next,
//! so a meter is an integral over time. Each workload wants its own virtual processors
//! times its use, wherever it is; it gets at most what it is allocated there, and all
//! on a host at most the host's physical cores: a busy virtual processor needs a core,
//! as vSphere counts capacity, and what a second thread adds is left out. An instance
//! has its virtual processors to itself.
//!
//! What is used begins again after a time, mostly a week. While no workload moves or
//! goes down and no host comes or goes, what was found at the same instant of the last
//! week is found again without looking: see [`Memory`].
//!
//! Nothing of this is there in a World that does not ask for it.

use super::billing::Month;
use super::estate::{Place, Spot};
use super::event::Event;
use super::journal::{Entry, Receiver, Used};
use super::placement::Demand;
use super::{Scheduler, Simulation};
use crate::base::ids::IdVec;
use crate::base::units::{Bytes, SimTime, Span};
use crate::world::{Capacity, OfferId, Power, Usage, WorkloadId, World};

/// The meters of use.
#[derive(Clone, Debug)]
pub(super) struct UseBook {
    /// What was found at each offer when it was last sampled: rates, not yet times.
    found: IdVec<OfferId, Used>,
    /// What has been metered since the month began.
    metered: IdVec<OfferId, Used>,
    /// Until when it has been.
    metered_at: SimTime,
    /// Where each workload was when it was last sampled, and what it is allocated
    /// there: what it needs of an offer is worked out once a place.
    allocated: IdVec<WorkloadId, Option<(Place, Demand)>>,
    /// What is wanted of the processors of each host: a scratch table.
    hosts: IdVec<OfferId, Vec<f64>>,
    /// What was found before; none where nothing begins again.
    memory: Option<Memory>,
}

/// What was found at each sample of a period, as long as everything is where it was.
/// It changes no figure: the same sweep over the same arrays would find the same.
#[derive(Clone, Debug)]
struct Memory {
    period: Span,
    sample: Span,
    /// What was found at all offers, by the place of the sample in the period.
    found: Vec<Option<IdVec<OfferId, Used>>>,
    /// Where everything was then: workloads, those that were down, hosts of each offer.
    places: IdVec<WorkloadId, Option<Place>>,
    down: IdVec<WorkloadId, bool>,
    hosts: IdVec<OfferId, u32>,
}

/// Figures that are remembered at most: a few mebibytes.
const MOST_REMEMBERED: u64 = 50_000;

impl Memory {
    fn new(world: &World, usage: &Usage) -> Option<Self> {
        let period = usage.loads.period()?;
        let (whole, sample) = (period.as_ns(), usage.sample.as_ns());
        let samples = whole / sample;
        if whole % sample > 0 || samples * world.offers.len() as u64 > MOST_REMEMBERED {
            return None;
        }
        Some(Self {
            period,
            sample: usage.sample,
            found: vec![None; samples as usize],
            places: IdVec::filled(None, world.workloads.len()),
            down: IdVec::filled(false, world.workloads.len()),
            hosts: IdVec::filled(0, world.offers.len()),
        })
    }

    fn place(&self, now: SimTime) -> usize {
        (now.as_ns() % self.period.as_ns() / self.sample.as_ns()) as usize
    }
}

impl UseBook {
    pub(super) fn new(world: &World, usage: &Usage) -> Self {
        let (offers, workloads) = (world.offers.len(), world.workloads.len());
        Self {
            memory: Memory::new(world, usage),
            found: IdVec::filled(Used::default(), offers),
            metered: IdVec::filled(Used::default(), offers),
            metered_at: SimTime::START,
            allocated: IdVec::filled(None, workloads),
            hosts: IdVec::filled(Vec::new(), offers),
        }
    }

    /// What was found goes on until now.
    fn advance(&mut self, now: SimTime) {
        let hours = now.since(self.metered_at).as_hours();
        if hours > 0.0 {
            self.metered_at = now;
            for (metered, found) in self.metered.iter_mut().zip(self.found.iter()) {
                metered.add(found, hours);
            }
        }
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// Takes a sample and schedules the next; nothing where nobody asks for it.
    pub(super) fn sample_use(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let (Some(usage), Some(mut book)) = (&self.world.usage, self.use_book.take()) else { return };
        book.advance(now);
        match book.memory.take() {
            Some(mut memory) => {
                self.look_or_remember(usage, &mut book, &mut memory, now);
                book.memory = Some(memory);
            }
            None => self.look(usage, &mut book, now),
        }
        self.use_book = Some(book);
        scheduler.schedule_at(now + usage.sample, Event::UseSampled);
    }

    /// Closes the meters of a month: one entry for each offer at which anything is.
    pub(super) fn close_use(&mut self, now: SimTime) {
        let Some(mut book) = self.use_book.take() else { return };
        book.advance(now);
        let Month { index: month, .. } = self.month(now);
        for (offer, metered) in book.metered.enumerate() {
            if *metered != Used::default() {
                self.journal.receive(now, &Entry::Used { offer, month, used: *metered });
            }
        }
        book.metered = IdVec::filled(Used::default(), book.metered.len());
        self.use_book = Some(book);
    }

    /// Looks, unless everything is where it was when this instant was last looked at.
    fn look_or_remember(&self, usage: &Usage, book: &mut UseBook, memory: &mut Memory, now: SimTime) {
        let count = |offer| self.pools[offer].as_ref().map_or(0, |pool| pool.count());
        let same_down = self.down.iter().zip(memory.down.iter()).all(|(down, was)| down.is_some() == *was);
        let same_hosts = memory.hosts.enumerate().all(|(offer, was)| count(offer) == *was);
        if !same_down || !same_hosts || self.places != memory.places {
            memory.found.fill(None);
            memory.places = self.places.clone();
            memory.down = self.down.iter().map(Option::is_some).collect();
            memory.hosts = self.world.offers.ids().map(count).collect();
        }
        let place = memory.place(now);
        match &memory.found[place] {
            Some(found) => book.found.clone_from(found),
            None => {
                self.look(usage, book, now);
                memory.found[place] = Some(book.found.clone());
            }
        }
    }

    fn look(&self, usage: &Usage, book: &mut UseBook, now: SimTime) {
        let moment = usage.loads.moment(now);
        for (offer, described) in self.world.offers.enumerate() {
            let hosts = self.pools[offer].as_ref().map_or(0, |pool| pool.count());
            let mut found = Used::default();
            if let Capacity::Hosts(offered) = &described.capacity {
                found.hosts = f64::from(hosts);
                found.cores = f64::from(hosts * offered.shape.cores);
            }
            book.found[offer] = found;
            book.hosts[offer].fill(0.0);
        }
        for (workload, place) in self.places.enumerate() {
            let Some(place) = *place else { continue };
            let described = &self.world.workloads[workload];
            if described.power == Power::Off || self.down[workload].is_some() {
                continue;
            }
            let allocated = match book.allocated[workload] {
                Some((known, demand)) if known == place => demand,
                _ => {
                    let demand = self.allocation(workload, place);
                    book.allocated[workload] = Some((place, demand));
                    demand
                }
            };
            let used = usage.loads.used(usage.of[workload], moment);
            let wanted = f64::from(described.vcpus) * used.cpu;
            let served = wanted.min(f64::from(allocated.vcpus));
            let found = &mut book.found[place.offer];
            found.allocated_vcpus += f64::from(allocated.vcpus);
            found.wanted_vcpus += wanted;
            let gib = Bytes::from_mib(u64::from(allocated.mib)).as_gib();
            found.allocated_gib += gib;
            found.used_gib += (described.memory.as_gib() * used.memory).min(gib);
            match place.spot {
                Spot::Host(host) => {
                    let hosts = &mut book.hosts[place.offer];
                    if hosts.len() <= host as usize {
                        hosts.resize(host as usize + 1, 0.0);
                    }
                    hosts[host as usize] += served;
                }
                Spot::Sku(_) => {
                    found.used_vcpus += served;
                    found.cores += f64::from(allocated.vcpus);
                }
                Spot::Stored | Spot::Waiting => {}
            }
        }
        for (offer, described) in self.world.offers.enumerate() {
            let Some(offered) = described.hosts() else { continue };
            let cores = f64::from(offered.shape.cores);
            let found = &mut book.found[offer];
            for wanted in &book.hosts[offer] {
                found.used_vcpus += wanted.min(cores);
                found.overloaded_hosts += f64::from(u8::from(*wanted > cores));
            }
        }
    }

    /// What a workload holds where it is: of a host what it needs there, of a menu
    /// the whole size.
    fn allocation(&self, workload: WorkloadId, place: Place) -> Demand {
        match (place.spot, &self.world.offers[place.offer].capacity) {
            (Spot::Stored | Spot::Waiting, _) => Demand::default(),
            (Spot::Sku(size), Capacity::Skus(skus)) => {
                Demand::of(skus[size as usize].vcpus, skus[size as usize].memory)
            }
            _ => self.demand(workload, place.offer),
        }
    }
}
