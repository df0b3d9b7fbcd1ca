//! Where workloads are, and what their being there is charged.

use super::billing::{GaugeId, GaugeKey, Per};
use super::event::Event;
use super::journal::{Category, Decision, Entry, Meter, OutageCause, Receiver};
use super::placement::Demand;
use super::{Scheduler, Simulation};
use crate::base::ids::Id;
use crate::base::units::SimTime;
use crate::world::rules::{demand, tariffs};
use crate::world::{
    Basis, Capacity, Counting, GuestWindows, OfferId, OsFamily, Power, SoftwareTerms, WorkloadId,
};

/// Where a workload is, or will be, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// At which offer.
    pub offer: OfferId,
    /// On what there.
    pub spot: Spot,
}

/// What a workload is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A host of the offer's pool.
    Host(u32),
    /// An instance of one size of the offer's menu.
    Sku(u32),
    /// Nothing: it is powered off and only occupies storage.
    Stored,
    /// Nothing: its host has failed and no other has room.
    Waiting,
}

pub(super) const GIB: u64 = 1 << 30;

impl<R: Receiver> Simulation<'_, R> {
    /// Puts every workload where it is at the start. The largest go first, so that
    /// an estate that fits is not refused for the order of its inventory; hosts
    /// that the inventory did not list are added, and the Journal says so. Whatever
    /// is there has room there: see [`Simulation::demand`] and
    /// [`Simulation::spot_at_home`].
    pub(super) fn settle_in(&mut self, scheduler: &mut Scheduler<Event>) {
        let world = self.world;
        let mut order: Vec<WorkloadId> = world.workloads.ids().collect();
        order.sort_by_key(|id| {
            let workload = &world.workloads[*id];
            (std::cmp::Reverse(workload.memory), std::cmp::Reverse(workload.vcpus), *id)
        });
        for (offer, described) in world.offers.enumerate() {
            if let Capacity::Hosts(hosts) = &described.capacity
                && hosts.initial > 0
            {
                self.open_hosts(offer, hosts.initial, scheduler);
            }
        }
        for id in order {
            let offer = world.workloads[id].home;
            let spot = self.find_spot(id, offer).unwrap_or_else(|| self.spot_at_home(id, scheduler));
            let place = Place { offer, spot };
            self.occupy(id, place);
            self.install(id, place, scheduler);
        }
    }

    /// The spot of a workload for which nothing at its home is free or large enough
    /// by the rules for those that arrive: a host that the inventory did not list, or
    /// the largest size of the menu.
    fn spot_at_home(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) -> Spot {
        let world = self.world;
        let offer = world.workloads[workload].home;
        if let Some(skus) = world.offers[offer].skus() {
            let size = |index: &usize| (skus[*index].vcpus, skus[*index].memory, std::cmp::Reverse(*index));
            let largest = (0..skus.len()).max_by_key(size);
            return largest.map_or(Spot::Stored, |index| Spot::Sku(index as u32));
        }
        let allowed = self.next_host_for(workload, offer);
        if allowed.is_none() {
            // It is there whatever a rule says: levelling may put that right.
            self.decide(SimTime::START, Decision::RuleNotKept { workload, offer });
            if let Some(host) = self.find_host_against_rules(workload, offer) {
                return Spot::Host(host);
            }
        }
        let wanted = allowed.unwrap_or(self.pool(offer).numbers());
        while self.pool(offer).numbers() <= wanted {
            self.add_unlisted_hosts(offer, scheduler);
        }
        let host = match allowed {
            Some(_) => self.find_host(workload, offer),
            None => self.find_host_against_rules(workload, offer),
        };
        Spot::Host(host.expect("a host was added that takes the workload"))
    }

    fn add_unlisted_hosts(&mut self, offer: OfferId, scheduler: &mut Scheduler<Event>) {
        let missing = self.hosts_to_add(offer);
        self.open_hosts(offer, missing, scheduler);
        self.decide(SimTime::START, Decision::HostsAdded { offer, count: missing });
    }

    /// What a workload needs at an offer. At its home at most a whole host: it runs
    /// there, so what is known of its use or of the host is wrong, not its being
    /// there.
    pub(super) fn demand(&self, workload: WorkloadId, offer: OfferId) -> Demand {
        let (machine, place) = (&self.world.workloads[workload], &self.world.offers[offer]);
        let need = demand::need(self.world, &self.figures, machine, place);
        let demand = Demand::of(need.vcpus, need.memory);
        match place.hosts() {
            Some(hosts) if machine.home == offer => {
                let whole = hosts.shape;
                demand.at_most(Demand::of_host(whole))
            }
            _ => demand,
        }
    }

    /// A spot with room at an offer as it is; none when there is none.
    pub(super) fn find_spot(&self, workload: WorkloadId, offer: OfferId) -> Option<Spot> {
        let described = &self.world.workloads[workload];
        if described.power == Power::Off {
            return Some(Spot::Stored);
        }
        match &self.world.offers[offer].capacity {
            Capacity::Hosts(_) => self.find_host(workload, offer).map(Spot::Host),
            Capacity::Skus(skus) => {
                let need = demand::need(self.world, &self.figures, described, &self.world.offers[offer]);
                let included = tariffs::included_licences(described, &self.world.offers[offer]);
                tariffs::cheapest_sku(skus, &self.figures, need, &included)
                    .map(|index| Spot::Sku(index as u32))
            }
        }
    }

    /// Enters a workload, or room promised to it, in the books of its host.
    pub(super) fn occupy(&mut self, workload: WorkloadId, place: Place) {
        self.changes += 1;
        if let Spot::Host(host) = place.spot {
            let demand = self.demand(workload, place.offer);
            self.pool_mut(place.offer).take(host, demand);
            self.filters[place.offer].enter(workload, host, demand);
            self.last_taken[place.offer] = host;
            self.turns[workload] += 1;
        }
    }

    /// Strikes a workload, or room kept for it, from the books of its host.
    pub(super) fn vacate(&mut self, workload: WorkloadId, place: Place) {
        self.changes += 1;
        if let Spot::Host(host) = place.spot {
            let demand = self.demand(workload, place.offer);
            self.pool_mut(place.offer).give_back(host, demand);
            self.filters[place.offer].leave(workload, host, demand);
        }
    }

    /// From now on the workload is here: it is metered here.
    pub(super) fn install(&mut self, workload: WorkloadId, place: Place, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        debug_assert!(self.places[workload].is_none(), "a workload is at one place at a time");
        self.places[workload] = Some(place);
        self.changes += 1;
        self.meter_presence(workload, place, Step::Up, now);
        self.journal.receive(now, &Entry::Placed { workload, offer: Some(place.offer) });
        if let Spot::Sku(_) = place.spot {
            self.await_instance_failure(workload, scheduler);
        }
    }

    /// The workload is here no more: it is metered here no more. Its host keeps it
    /// in its books until it is vacated.
    pub(super) fn uninstall(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) -> Place {
        let now = scheduler.now();
        if let Some(failure) = self.instance_failures[workload].take() {
            scheduler.cancel(failure);
        }
        let place = self.places[workload].take().expect("only a workload that is somewhere leaves");
        self.changes += 1;
        self.meter_presence(workload, place, Step::Down, now);
        place
    }

    /// Meters a workload's being somewhere, meter by meter.
    fn meter_presence(&mut self, workload: WorkloadId, place: Place, step: Step, now: SimTime) {
        let world = self.world;
        let offer = &world.offers[place.offer];
        self.meter_instance(workload, place, step, now);
        if world.workloads[workload].power == Power::On {
            step.apply(&mut self.running[offer.site], 1, now);
            if world.workloads[workload].os == OsFamily::Windows {
                self.meter_windows(workload, place, step, now);
            }
            self.meter_software(workload, place, step, now);
        }
        step.apply(&mut self.present, 1, now);
        let platform = &mut self.on_platform[offer.platform.index()];
        *platform = step.count(*platform);
        self.meter_storage(workload, place.offer, Category::Storage, step, now);
        self.meter_services(offer.site, Basis::WorkloadMonth, 1, step, now);
        self.meter_services(offer.site, Basis::GibMonth, world.workloads[workload].disk.get(), step, now);
        self.count_at(offer.site, step, now);
    }

    fn meter_instance(&mut self, workload: WorkloadId, place: Place, step: Step, now: SimTime) {
        let offer = &self.world.offers[place.offer];
        if let (Spot::Sku(index), Some(skus)) = (place.spot, offer.skus()) {
            let key = GaugeKey {
                meter: Meter::InstanceHours(place.offer, index),
                category: Category::Compute,
                site: Some(offer.site),
                application: Some(self.world.workloads[workload].application),
            };
            let gauge = self.gauges.gauge(key, skus[index as usize].per_hour, Per::Hour, 1);
            self.step_gauge(gauge, 1, step, now);
            self.cover_instance(workload, place, step, now);
        }
    }

    /// Counts a Windows guest, and meters its licence where it is in the price.
    fn meter_windows(&mut self, workload: WorkloadId, place: Place, step: Step, now: SimTime) {
        let count = &mut self.windows_on[place.offer];
        *count = step.count(*count);
        let offer = &self.world.offers[place.offer];
        if let GuestWindows::Included(figure) = offer.windows {
            let key = GaugeKey {
                meter: Meter::IncludedWindows(place.offer),
                category: Category::Licences,
                site: Some(offer.site),
                application: Some(self.world.workloads[workload].application),
            };
            let vcpus = u64::from(self.licensed_vcpus(workload, place));
            let gauge = self.gauges.gauge(key, figure, Per::Hour, 1);
            self.step_gauge(gauge, vcpus, step, now);
        }
    }

    /// Meters licences of other software of a guest where they are in the price.
    fn meter_software(&mut self, workload: WorkloadId, place: Place, step: Step, now: SimTime) {
        let (described, offer) = (&self.world.workloads[workload], &self.world.offers[place.offer]);
        for licence in &described.software {
            let Some(SoftwareTerms::Included(figure)) = offer.software_terms(*licence) else { continue };
            let key = GaugeKey {
                meter: Meter::IncludedSoftware(place.offer, *licence),
                category: Category::Licences,
                site: Some(offer.site),
                application: Some(described.application),
            };
            let least = match self.world.licences[*licence].counting {
                Counting::VirtualCore { minimum_per_guest, .. } => minimum_per_guest,
                Counting::Core { .. } | Counting::SixteenCorePack { .. } => 0,
            };
            let vcpus = u64::from(self.licensed_vcpus(workload, place).max(least));
            let gauge = self.gauges.gauge(key, *figure, Per::Hour, 1);
            self.step_gauge(gauge, vcpus, step, now);
        }
    }

    /// Virtual processors that a licence of a guest counts.
    pub(super) fn licensed_vcpus(&self, workload: WorkloadId, place: Place) -> u32 {
        match (place.spot, self.world.offers[place.offer].skus()) {
            (Spot::Sku(index), Some(skus)) => skus[index as usize].vcpus,
            _ => self.demand(workload, place.offer).vcpus,
        }
    }

    /// Meters the disks of a workload, or of a copy that is kept, at an offer.
    pub(super) fn meter_storage(
        &mut self,
        workload: WorkloadId,
        offer: OfferId,
        category: Category,
        step: Step,
        now: SimTime,
    ) {
        let world = self.world;
        let site = world.offers[offer].site;
        let Some(tariff) = &world.sites[site].storage else { return };
        let bytes = world.workloads[workload].disk.get();
        let included = world.offers[offer].hosts().is_some_and(|hosts| hosts.storage_included.get() > 0);
        if included {
            let used = &mut self.pooled_storage[offer];
            *used = match step {
                Step::Up => *used + bytes,
                Step::Down => *used - bytes,
            };
            self.meter_pooled_storage(offer, now);
            return;
        }
        let application = Some(world.workloads[workload].application);
        let Some(figure) = tariff.single() else {
            self.stored.step((site, category, application), bytes, step, now);
            return;
        };
        let key = GaugeKey { meter: Meter::Storage(site), category, site: Some(site), application };
        let gauge = self.gauges.gauge(key, figure, Per::Month, GIB);
        self.step_gauge(gauge, bytes, step, now);
    }

    /// Where hosts bring storage along, only what exceeds it is charged.
    pub(super) fn meter_pooled_storage(&mut self, offer: OfferId, now: SimTime) {
        let site = self.world.offers[offer].site;
        let Some(tariff) = &self.world.sites[site].storage else { return };
        // Of all offers of the site: what hosts of one include is not for another's.
        let charged = self
            .world
            .offers
            .enumerate()
            .filter(|(_, described)| described.site == site)
            .filter_map(|(id, described)| {
                let included = described.hosts()?.storage_included.get();
                let included = included * u64::from(self.pools[id].as_ref()?.count());
                Some(self.pooled_storage[id].saturating_sub(included))
            })
            .sum();
        let Some(figure) = tariff.single() else {
            self.stored.set((site, Category::Storage, None), charged, now);
            return;
        };
        let key = GaugeKey {
            meter: Meter::Storage(site),
            category: Category::Storage,
            site: Some(site),
            application: None,
        };
        let gauge = self.gauges.gauge(key, figure, Per::Month, GIB);
        self.gauges.level(gauge).set(charged, now);
    }

    pub(super) fn step_gauge(&mut self, gauge: GaugeId, by: u64, step: Step, now: SimTime) {
        step.apply(self.gauges.level(gauge), by, now);
    }

    /// Notes that a workload is down.
    pub(super) fn goes_down(&mut self, workload: WorkloadId, cause: OutageCause, now: SimTime) {
        if self.down[workload].is_none() {
            self.down[workload] = Some((now, cause));
        }
    }

    /// Checks that hosts hold what workloads say they do, in a debug build.
    #[cfg(debug_assertions)]
    pub(super) fn audit(&self) {
        let mut held: Vec<Vec<(WorkloadId, u32, Demand)>> = vec![Vec::new(); self.pools.len()];
        for table in [&self.places, &self.promised, &self.retained] {
            for (workload, place) in table.enumerate() {
                if let Some(Place { offer, spot: Spot::Host(host) }) = *place {
                    held[offer.index()].push((workload, host, self.demand(workload, offer)));
                }
            }
        }
        for (offer, pool) in self.pools.enumerate() {
            if let Some(pool) = pool {
                let held = &held[offer.index()];
                pool.audit(held.iter().map(|(_, host, demand)| (*host, *demand)));
                self.filters[offer].audit(held.iter().copied());
            }
        }
    }
}

/// Whether something is added or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Up,
    Down,
}

impl Step {
    pub(super) fn apply(self, level: &mut super::billing::Level, by: u64, now: SimTime) {
        match self {
            Self::Up => level.raise(by, now),
            Self::Down => level.lower(by, now),
        }
    }

    pub(super) fn count(self, count: u32) -> u32 {
        match self {
            Self::Up => count + 1,
            Self::Down => count - 1,
        }
    }
}
