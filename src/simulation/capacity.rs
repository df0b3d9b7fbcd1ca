//! Hosts: finding room, adding whole hosts, giving back what is empty.

use super::billing::{Line, line};
use super::estate::{Place, Spot};
use super::event::Event;
use super::journal::{Category, Decision, Entry, Meter, Nature, Receiver};
use super::placement::{self, Filters, Host, HostState, Hosts, Pool, Refusal, Request, Turn};
use super::{Scheduler, Simulation};
use crate::base::random::Purpose;
use crate::base::units::{Money, Quantity, SimTime};
use crate::world::rules::{demand, packing};
use crate::world::{HostOffer, HostPrice, OfferId, OwnedHardware, WorkloadId};

/// Room found for a workload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub place: Place,
    /// When the host is there; at once for what already is.
    pub ready: SimTime,
}

impl<R: Receiver> Simulation<'_, R> {
    /// The pool of an offer of hosts.
    ///
    /// # Panics
    /// If the offer is a menu.
    pub(super) fn pool(&self, offer: OfferId) -> &Pool {
        self.pools[offer].as_ref().expect("an offer of hosts has a pool")
    }

    pub(super) fn pool_mut(&mut self, offer: OfferId) -> &mut Pool {
        self.changes += 1;
        self.pools[offer].as_mut().expect("an offer of hosts has a pool")
    }

    fn host_offer(&self, offer: OfferId) -> &HostOffer {
        self.world.offers[offer].hosts().expect("an offer of hosts has hosts")
    }

    /// The host that placement chooses. Spare hosts are kept empty for the failure
    /// of others.
    pub(super) fn find_host(&self, workload: WorkloadId, offer: OfferId) -> Option<u32> {
        self.choose_host(workload, offer, self.is_not_spare(offer))
    }

    /// The host that placement chooses where no rule binds.
    pub(super) fn find_host_against_rules(&self, workload: WorkloadId, offer: OfferId) -> Option<u32> {
        let hosts =
            Hosts { pool: self.pool(offer), filters: &Filters::default(), admits: self.is_not_spare(offer) };
        let request = Request { workload, demand: self.demand(workload, offer) };
        let placement = &self.host_offer(offer).placement;
        placement::find(placement, &hosts, request, self.turn(workload, offer))
    }

    /// Whether a host may be used without using up the spare ones.
    fn is_not_spare(&self, offer: OfferId) -> impl Fn(u32) -> bool + '_ {
        let (pool, may_open) = (self.pool(offer), self.may_open_a_host(offer));
        move |host| may_open || pool.host(host).held > 0
    }

    /// The host that the offer's policy takes among those with room that its rules
    /// and `admits` allow.
    pub(super) fn choose_host(
        &self,
        workload: WorkloadId,
        offer: OfferId,
        admits: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let (pool, filters) = (self.pool(offer), &self.filters[offer]);
        let request = Request { workload, demand: self.demand(workload, offer) };
        let placement = &self.host_offer(offer).placement;
        placement::find(placement, &Hosts { pool, filters, admits }, request, self.turn(workload, offer))
    }

    /// What the policy of an offer needs beside its hosts.
    fn turn(&self, workload: WorkloadId, offer: OfferId) -> Turn {
        let last = self.last_taken[offer];
        if !self.host_offer(offer).placement.policy.draws() {
            return Turn { last, uniform: 0.0 };
        }
        let entity = self.world.workloads[workload].entity;
        Turn { last, uniform: self.draws.uniform(PLACEMENT, entity, self.turns[workload]) }
    }

    /// Why no host takes a workload.
    fn refusal(&self, workload: WorkloadId, offer: OfferId) -> Refusal {
        let (pool, filters) = (self.pool(offer), &self.filters[offer]);
        let request = Request { workload, demand: self.demand(workload, offer) };
        Refusal::explain(&Hosts { pool, filters, admits: self.is_not_spare(offer) }, request)
    }

    /// Whether an empty host may be used without using up the spare ones. A failed
    /// host comes back in hours, so it counts as there.
    fn may_open_a_host(&self, offer: OfferId) -> bool {
        let pool = self.pool(offer);
        pool.occupied() + self.host_offer(offer).spare < pool.count()
    }

    /// Whether the rules let a workload be on this host.
    fn may_be_on(&self, workload: WorkloadId, offer: OfferId, host: u32) -> bool {
        self.filters[offer]
            .bind(workload)
            .is_none_or(|bound| bound.barred(self.demand(workload, offer)).is_none() && bound.admits(host))
    }

    /// The number of the first host, of those that could be added, on which the rules
    /// would let a workload be: hosts of a group that is not for it come first.
    pub(super) fn next_host_for(&self, workload: WorkloadId, offer: OfferId) -> Option<u32> {
        /// No group is as large; without a bound a quota that is used up would be
        /// asked about for ever.
        const AHEAD: u32 = 256;
        let next = self.pool(offer).numbers();
        (next..next + AHEAD).find(|host| self.may_be_on(workload, offer, *host))
    }

    /// A failed host that will have room when it is repaired.
    fn find_returning_host(&self, workload: WorkloadId, offer: OfferId) -> Option<u32> {
        let demand = self.demand(workload, offer);
        let may_open = self.may_open_a_host(offer);
        self.pool(offer)
            .hosts()
            .filter(|(_, host)| host.state == HostState::Failed && (may_open || host.held > 0))
            .find(|(number, host)| demand.fits(host.free) && self.may_be_on(workload, offer, *number))
            .map(|(host, _)| host)
    }

    /// Room for a workload at an offer; hosts are added when the free ones do not
    /// do, nor those that are being repaired.
    ///
    /// # Errors
    /// Why there is none: the offer is at its limit, or the workload is too large.
    pub(super) fn make_room(
        &mut self,
        workload: WorkloadId,
        offer: OfferId,
        scheduler: &mut Scheduler<Event>,
    ) -> Result<Room, Refusal> {
        let now = scheduler.now();
        if let Some(spot) = self.find_spot(workload, offer) {
            return Ok(self.room(offer, spot, now));
        }
        if self.pools[offer].is_none() {
            return Err(Refusal::default());
        }
        let demand = self.demand(workload, offer);
        if let Some(host) = self.find_returning_host(workload, offer) {
            return Ok(self.room(offer, Spot::Host(host), now));
        }
        if demand.fits(self.pool(offer).capacity())
            && let Some(host) = self.next_host_for(workload, offer)
        {
            while self.pool(offer).numbers() <= host && self.grow(offer, scheduler) {}
            if let Some(spot) = self.find_spot(workload, offer) {
                return Ok(self.room(offer, spot, now));
            }
        }
        Err(self.refusal(workload, offer))
    }

    fn room(&self, offer: OfferId, spot: Spot, now: SimTime) -> Room {
        let ready = match spot {
            Spot::Host(host) => match self.pool(offer).host(host).state {
                HostState::Installing(until) => until,
                _ => now,
            },
            _ => now,
        };
        Room { place: Place { offer, spot }, ready }
    }

    /// Hosts that make room for one more workload, whole units and minimum kept.
    pub(super) fn hosts_to_add(&self, offer: OfferId) -> u32 {
        let described = self.host_offer(offer);
        let pool = self.pool(offer);
        let for_room = (pool.occupied() + described.spare + 1).saturating_sub(pool.count());
        let for_minimum = described.minimum.saturating_sub(pool.count());
        for_room.max(for_minimum).max(1).next_multiple_of(described.unit.max(1))
    }

    /// Adds hosts: first those that the offer whose hosts it reuses can spare, then
    /// bought or rented ones. Whether any was added.
    fn grow(&mut self, offer: OfferId, scheduler: &mut Scheduler<Event>) -> bool {
        let described = self.host_offer(offer);
        let mut missing = self.hosts_to_add(offer);
        if described.maximum.is_some_and(|most| self.pool(offer).count() + missing > most) {
            return false;
        }
        if let Some(source) = described.reuses {
            missing -= self.reinstall_hosts(offer, source, missing, scheduler);
        }
        if missing > 0 {
            self.buy_hosts(offer, missing, scheduler);
        }
        true
    }

    /// Re-installs for an offer up to `wanted` hosts that another can spare: first
    /// those that stand switched off. How many there were.
    fn reinstall_hosts(
        &mut self,
        offer: OfferId,
        from: OfferId,
        wanted: u32,
        scheduler: &mut Scheduler<Event>,
    ) -> u32 {
        let now = scheduler.now();
        let until = now + self.world.factory.reinstall;
        let mut count = 0;
        while count < wanted {
            let spared = self.switched_off[from]
                .pop()
                .or_else(|| self.free_one_host(from, Fate::Reinstalled, scheduler));
            let Some(replace_at) = spared else { break };
            let host = self.pool_mut(offer).add(replace_at);
            self.pool_mut(offer).set_state(host, HostState::Installing(until));
            scheduler.schedule_at(until, Event::HostInstalled(offer, host));
            if replace_at < SimTime::NEVER {
                // One that runs beyond its life where it is left is replaced before
                // it is re-installed. A second event of the same date finds nothing.
                scheduler.schedule_at(replace_at.max(now), Event::HardwareAges(offer));
            }
            self.count_hosts(offer, scheduler);
            self.await_failure(offer, host, scheduler);
            count += 1;
        }
        if count > 0 {
            self.decide(now, Decision::HostsReinstalled { offer, from, count });
        }
        count
    }

    /// Adds hosts that are bought, or rented, now.
    fn buy_hosts(&mut self, offer: OfferId, count: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        if let HostPrice::Owned(hardware) = &self.host_offer(offer).price {
            let hardware = hardware.clone();
            self.charge_hardware(offer, &hardware, count, now);
        }
        self.decide(now, Decision::HostsAdded { offer, count });
        self.open_hosts(offer, count, scheduler);
    }

    fn charge_hardware(&mut self, offer: OfferId, hardware: &OwnedHardware, count: u32, now: SimTime) {
        let charge = line(
            &self.figures,
            hardware.price,
            Quantity::from_units(i64::from(count)),
            Line {
                meter: Meter::Hardware(offer),
                category: Category::Hardware,
                site: Some(self.world.offers[offer].site),
                application: None,
                month: self.month(now).index,
                paid_at: now,
                nature: Nature::Capex,
            },
        );
        self.post(now, charge);
        // What one of them stands for in the books.
        let one = self.figures.charge(hardware.price, Quantity::from_units(1));
        self.hardware_paid.insert((offer, now + hardware.life), one);
    }

    /// Opens hosts that are there, whoever paid them.
    pub(super) fn open_hosts(&mut self, offer: OfferId, count: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let replace_at = match &self.host_offer(offer).price {
            HostPrice::PerHour(_) => SimTime::NEVER,
            // At the start only hosts in place are opened; later ones are new.
            HostPrice::Owned(hardware) if now == SimTime::START => hardware.replace_at,
            HostPrice::Owned(hardware) => now + hardware.life,
        };
        for _ in 0..count {
            let host = self.pool_mut(offer).add(replace_at);
            self.await_failure(offer, host, scheduler);
        }
        if replace_at < SimTime::NEVER {
            scheduler.schedule_at(replace_at, Event::HardwareAges(offer));
        }
        self.count_hosts(offer, scheduler);
    }

    pub(super) fn host_installed(&mut self, offer: OfferId, host: u32) {
        if matches!(self.pool(offer).host(host).state, HostState::Installing(_)) {
            self.pool_mut(offer).set_state(host, HostState::Up);
        }
    }

    /// After hosts came or went: meters them, and buys what licences they lack.
    fn count_hosts(&mut self, offer: OfferId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let count = self.pool(offer).count();
        let before = self.hosts[offer].hosts.value();
        self.hosts[offer].hosts.set(u64::from(count), now);
        self.share_out(offer, now);
        if self.world.offers[offer].is_owned() {
            let owned = self.owned_hosts.value() - before + u64::from(count);
            self.owned_hosts.set(owned, now);
        }
        self.journal.receive(now, &Entry::Hosts { offer, count });
        self.meter_pooled_storage(offer, now);
        // Before the start nothing is bought: the contracts in force are entered
        // after the hosts.
        if u64::from(count) > before && !self.holdings.is_empty() {
            for used in &self.world.offers[offer].licences {
                self.cover_licence(used.licence, scheduler);
            }
        }
    }

    /// Hosts of an offer that are there to stay: all of them, unless something goes
    /// away; then those that what stays or comes will need.
    pub(super) fn hosts_that_stay(&self, offer: OfferId) -> u32 {
        let count = self.pool(offer).count();
        if !self.plan.shrinks(offer) {
            return count;
        }
        let described = self.host_offer(offer);
        let needs = self.places.enumerate().filter_map(|(workload, place)| {
            let place = place.map(|place| place.offer);
            let machine = &self.world.workloads[workload];
            self.plan
                .ends_at(offer, workload, place)
                .then(|| demand::need(self.world, &self.figures, machine, &self.world.offers[offer]))
        });
        match packing::hosts_needed(&described.shape, needs, described.spare) {
            0 => 0,
            needed => needed.max(described.minimum).min(count),
        }
    }

    /// Owned hosts at the end of their life are replaced as far as they are there to
    /// stay. The others run on, unsupported, until they are given up.
    pub(super) fn hardware_ages(&mut self, offer: OfferId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let HostPrice::Owned(hardware) = &self.host_offer(offer).price else { return };
        let hardware = hardware.clone();
        let (mut aged, fit): (Vec<u32>, Vec<u32>) = self
            .pool(offer)
            .hosts()
            .map(|(index, _)| index)
            .partition(|index| self.is_aged(offer, *index, now));
        aged.truncate((self.hosts_that_stay(offer) as usize).saturating_sub(fit.len()));
        if aged.is_empty() {
            return;
        }
        let count = aged.len() as u32;
        self.charge_hardware(offer, &hardware, count, now);
        self.decide(now, Decision::HostsReplaced { offer, count });
        let next = now + hardware.life;
        self.sell_hosts(offer, now, count, now);
        for host in aged {
            self.pool_mut(offer).set_replacement(host, next);
        }
        scheduler.schedule_at(next, Event::HardwareAges(offer));
    }

    fn is_aged(&self, offer: OfferId, host: u32, now: SimTime) -> bool {
        self.pool(offer).host(host).replace_at <= now
    }

    /// Empties hosts onto the others and gives up as many as that frees. A menu has
    /// none.
    pub(super) fn consolidate(&mut self, offer: OfferId, scheduler: &mut Scheduler<Event>) {
        // Where nothing has changed since it was tried in vain, it would be again.
        if self.pools[offer].is_none() || self.consolidated[offer] == self.changes {
            return;
        }
        let mut freed = self.free_bundles(offer, scheduler);
        while self.free_one_host(offer, Fate::GivenUp, scheduler).is_some() {
            freed += 1;
        }
        self.consolidated[offer] = self.changes;
        if freed > 0 {
            self.decide(scheduler.now(), Decision::HostsReleased { offer, count: freed });
        }
    }

    /// Gives up an empty host, or empties the least used one for it; when it must
    /// be replaced, or nothing when no host can be spared. Workloads move live
    /// inside their site, which is neither charged nor felt.
    fn free_one_host(
        &mut self,
        offer: OfferId,
        fate: Fate,
        scheduler: &mut Scheduler<Event>,
    ) -> Option<SimTime> {
        if self.host_offer(offer).unit > 1 {
            return None;
        }
        let pool = self.pool(offer);
        let (count, occupied) = (pool.count(), pool.occupied());
        let empty = empty_hosts(pool).next();
        if let Some(host) = empty.filter(|_| count > self.hosts_for(offer, occupied)) {
            return Some(self.give_up(offer, host, fate, scheduler));
        }
        // One host less in use must also be one host less needed.
        if occupied <= 1 || count <= self.hosts_for(offer, occupied - 1) {
            return None;
        }
        let emptied = self.empty_one_host(offer)?;
        Some(self.give_up(offer, emptied, fate, scheduler))
    }

    /// Hosts that an offer keeps when so many hold something. The last goes with the
    /// last workload.
    fn hosts_for(&self, offer: OfferId, occupied: u32) -> u32 {
        let described = self.host_offer(offer);
        if occupied == 0 { 0 } else { described.minimum.max(occupied + described.spare) }
    }

    /// Gives up hosts that are sold in bundles, which go whole or not at all; how
    /// many hosts went.
    fn free_bundles(&mut self, offer: OfferId, scheduler: &mut Scheduler<Event>) -> u32 {
        let unit = self.host_offer(offer).unit;
        if unit <= 1 {
            return 0;
        }
        while self.empty_one_host(offer).is_some() {}
        let mut freed = 0;
        loop {
            let pool = self.pool(offer);
            let bundle: Vec<u32> = empty_hosts(pool).take(unit as usize).collect();
            let spared = pool.count() >= self.hosts_for(offer, pool.occupied()) + unit;
            if bundle.len() < unit as usize || !spared {
                return freed;
            }
            for host in bundle {
                self.give_up(offer, host, Fate::GivenUp, scheduler);
            }
            freed += unit;
        }
    }

    /// Empties the least used host onto the others that are in use; nothing when
    /// what it holds has no room there.
    fn empty_one_host(&mut self, offer: OfferId) -> Option<u32> {
        let pool = self.pool(offer);
        if pool.occupied() <= 1 {
            return None;
        }
        let (victim, _) = pool
            .hosts()
            .filter(|(_, host)| host.held > 0 && host.state == HostState::Up)
            .min_by_key(|(index, host)| (host.capacity.vcpus - host.free.vcpus, std::cmp::Reverse(*index)))?;
        if !has_room_beside(pool, victim) {
            return None;
        }
        for (workload, table, to) in self.emptying(offer, victim)? {
            self.rehouse(workload, table, Spot::Host(to));
        }
        Some(victim)
    }

    /// Where everything on a host could go within its offer, largest first; nothing
    /// when something has no room elsewhere.
    fn emptying(&self, offer: OfferId, victim: u32) -> Option<Vec<(WorkloadId, Table, u32)>> {
        let (mut pool, mut filters) = (self.pool(offer).clone(), self.filters[offer].clone());
        let placement = &self.host_offer(offer).placement;
        let mut held = self.held_on(offer, victim);
        // All go: nobody need stay with who is left behind.
        for (workload, _) in &held {
            filters.leave(*workload, victim, self.demand(*workload, offer));
        }
        held.sort_by_key(|(workload, _)| {
            let demand = self.demand(*workload, offer);
            (std::cmp::Reverse((demand.mib, demand.vcpus)), *workload)
        });
        held.into_iter()
            .map(|(workload, table)| {
                let demand = self.demand(workload, offer);
                let up = |host: &Host| table != Table::Present || host.state == HostState::Up;
                let admits = |host| host != victim && pool.host(host).held > 0 && up(pool.host(host));
                let hosts = Hosts { pool: &pool, filters: &filters, admits };
                let request = Request { workload, demand };
                let to = placement::find(placement, &hosts, request, self.turn(workload, offer))?;
                pool.take(to, demand);
                filters.enter(workload, to, demand);
                Some((workload, table, to))
            })
            .collect()
    }

    /// Everything on a host: workloads, promises, and copies that are kept.
    pub(super) fn held_on(&self, offer: OfferId, host: u32) -> Vec<(WorkloadId, Table)> {
        let wanted = Place { offer, spot: Spot::Host(host) };
        let count = self.pool(offer).host(host).held as usize;
        let tables = [Table::Present, Table::Promised, Table::Retained].into_iter();
        let places = tables.flat_map(|table| self.table(table).enumerate().map(move |entry| (table, entry)));
        let on_it = places.filter(|(_, (_, place))| **place == Some(wanted));
        // With the last that its books know of it need not be looked for any more.
        on_it.map(|(table, (workload, _))| (workload, table)).take(count).collect()
    }

    fn table(&self, table: Table) -> &crate::base::ids::IdVec<WorkloadId, Option<Place>> {
        match table {
            Table::Present => &self.places,
            Table::Promised => &self.promised,
            Table::Retained => &self.retained,
        }
    }

    /// Moves what a table says of a workload to another spot of the same offer.
    pub(super) fn rehouse(&mut self, workload: WorkloadId, table: Table, to: Spot) {
        let place = self.table(table)[workload].expect("only what is somewhere is rehoused");
        self.vacate(workload, place);
        let place = Place { spot: to, ..place };
        self.occupy(workload, place);
        match table {
            Table::Present => self.places[workload] = Some(place),
            Table::Promised => self.promised[workload] = Some(place),
            Table::Retained => self.retained[workload] = Some(place),
        }
    }

    /// Gives up an empty host; when it would have had to be replaced.
    fn give_up(
        &mut self,
        offer: OfferId,
        host: u32,
        fate: Fate,
        scheduler: &mut Scheduler<Event>,
    ) -> SimTime {
        let now = scheduler.now();
        let replace_at = self.pool(offer).host(host).replace_at;
        if fate == Fate::GivenUp {
            if self.is_reused(offer) {
                self.switched_off[offer].push(replace_at);
            } else {
                self.write_off(offer, replace_at, now);
                self.sell_hosts(offer, replace_at, 1, now);
            }
        }
        self.pool_mut(offer).set_state(host, HostState::Gone);
        self.count_hosts(offer, scheduler);
        replace_at
    }

    /// Whether the plan goes to an offer that takes over this one's hosts.
    fn is_reused(&self, offer: OfferId) -> bool {
        let takes_over =
            |to: OfferId| self.world.offers[to].hosts().is_some_and(|hosts| hosts.reuses == Some(offer));
        self.plan.assignments.iter().flatten().filter_map(|assignment| assignment.to).any(takes_over)
    }

    /// Reports what is left of hosts that were switched off and that nothing reused.
    pub(super) fn write_off_switched_off(&mut self, now: SimTime) {
        for offer in self.world.offers.ids() {
            for replace_at in std::mem::take(&mut self.switched_off[offer]) {
                self.write_off(offer, replace_at, now);
                self.sell_hosts(offer, replace_at, 1, now);
            }
        }
    }

    /// Reports the book value of an initial host that is given up before the end
    /// of its life, less what is got back for it.
    fn write_off(&mut self, offer: OfferId, replace_at: SimTime, now: SimTime) {
        let HostPrice::Owned(hardware) = &self.host_offer(offer).price else { return };
        let Some(value) = hardware.book_value else { return };
        if replace_at != hardware.replace_at || replace_at <= now {
            return;
        }
        let left = replace_at.since(now).as_days() / replace_at.since(SimTime::START).as_days();
        let amount: Money = match hardware.residual {
            None => self.figures.charge(value, Quantity::from_f64(left)),
            Some(residual) => {
                let sold = self.figures.in_reporting_currency(hardware.price) * self.figures.value(residual);
                let worth = self.book_value(offer, replace_at, now).unwrap_or(0.0);
                Money::from_micros(libm::round((worth - sold).max(0.0) * 1e6) as i64)
            }
        };
        self.journal.receive(now, &Entry::WriteOff { site: self.world.offers[offer].site, amount });
    }
}

/// The pool of an offer, before there is any host.
pub(super) fn empty_pool(offer: &HostOffer) -> Pool {
    let mut pool = Pool::new(offer.shape);
    if offer.placement.policy.scores() {
        pool.index_states();
    }
    pool
}

const PLACEMENT: Purpose = Purpose::new("placement");

/// What becomes of a host that was emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is given back, or switched off.
    GivenUp,
    /// It is re-installed for another platform of its site.
    Reinstalled,
}

/// Which table holds a workload's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Present,
    Promised,
    Retained,
}

/// Whether what a host holds is no more than the others that hold something have free:
/// where it is more, nobody need be asked who could go where.
fn has_room_beside(pool: &Pool, victim: u32) -> bool {
    let host = pool.host(victim);
    let used = |whole: u32, free: u32| u64::from(whole - free);
    let (mut vcpus, mut mib) =
        (used(host.capacity.vcpus, host.free.vcpus), used(host.capacity.mib, host.free.mib));
    for (_, other) in pool.hosts().filter(|(index, other)| *index != victim && other.held > 0) {
        if other.is_in_service() {
            vcpus = vcpus.saturating_sub(other.free.vcpus.into());
            mib = mib.saturating_sub(other.free.mib.into());
        }
    }
    vcpus == 0 && mib == 0
}

fn empty_hosts(pool: &Pool) -> impl Iterator<Item = u32> {
    pool.hosts().filter(|(_, host)| host.held == 0 && host.is_in_service()).map(|(host, _)| host)
}
