//! Failures of hosts, restarts, and who waits for a repair.
//!
//! Each host number of an offer has a calendar of failures, drawn for the whole of
//! time: a failure that falls while the host is down, or not there, is ignored, so
//! that a longer repair shifts no later failure.

use super::capacity::Table;
use super::estate::{Place, Spot};
use super::event::Event;
use super::journal::{Entry, Outage, OutageCause, Receiver};
use super::placement::HostState;
use super::settlement::Failure;
use super::{Scheduler, Simulation};
use crate::base::random::{EntityKey, EntityKind, Purpose};
use crate::base::units::{SimTime, Span};
use crate::world::{OfferId, Power, WorkloadId};

const FAILURE: Purpose = Purpose::new("host failure");
const REPAIR: Purpose = Purpose::new("host repair");
const HOST: EntityKind = EntityKind::new("host");
const HOURS_PER_YEAR: f64 = 8766.0;

impl<R: Receiver> Simulation<'_, R> {
    /// The calendar of an entity: the first failure after `now` and its number.
    fn next_failure(&self, entity: EntityKey, now: SimTime) -> Option<(SimTime, u32)> {
        let rate = self.figures.value(self.world.operations.host_failures_per_year);
        if rate <= 0.0 || self.is_rehearsal() {
            return None;
        }
        let mut stream = self.draws.stream(FAILURE, entity);
        let (mut at, mut number) = (SimTime::START, 0);
        while at <= now {
            at += Span::from_hours_f64(stream.exponential(HOURS_PER_YEAR / rate));
            number += 1;
        }
        (at < SimTime::NEVER).then_some((at, number))
    }

    fn host_entity(&self, offer: OfferId, host: u32) -> EntityKey {
        EntityKey::new(HOST, &self.world.offers[offer].name, u64::from(host))
    }

    pub(super) fn await_failure(&mut self, offer: OfferId, host: u32, scheduler: &mut Scheduler<Event>) {
        if let Some((at, _)) = self.next_failure(self.host_entity(offer, host), scheduler.now()) {
            scheduler.schedule_at(at, Event::HostFails(offer, host));
        }
    }

    pub(super) fn await_instance_failure(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let entity = self.world.workloads[workload].entity;
        self.instance_failures[workload] = self
            .next_failure(entity, scheduler.now())
            .map(|(at, _)| scheduler.schedule_at(at, Event::InstanceFails(workload)));
    }

    /// Time from a failure until a restarted workload serves again.
    pub(super) fn restart_time(&self) -> Span {
        let operations = &self.world.operations;
        Span::from_seconds_f64(
            self.figures.value(operations.failure_detection_seconds)
                + 60.0 * self.figures.value(operations.restart_minutes),
        )
    }

    pub(super) fn instance_fails(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        if let Some(place) = self.places[workload] {
            self.restarted(workload, place, now);
            self.source_fails(workload, scheduler);
        }
        self.await_instance_failure(workload, scheduler);
    }

    /// A workload fails and is restarted at once on another host.
    fn restarted(&mut self, workload: WorkloadId, place: Place, now: SimTime) {
        if self.world.workloads[workload].power == Power::Off || self.down[workload].is_some() {
            return;
        }
        let until = now + self.restart_time();
        self.failed_for(workload, place, until.since(now), now);
        let (offer, cause) = (place.offer, OutageCause::HostFailure);
        self.journal.receive(now, &Entry::Outage(Outage { workload, offer, from: now, until, cause }));
    }

    /// Books downtime that a failure at `place` caused: its cost to the business, and
    /// the claim against whoever sells the place.
    pub(super) fn failed_for(&mut self, workload: WorkloadId, place: Place, down: Span, now: SimTime) {
        let fee = self.fee(workload, place);
        self.failed_this_month.push(Failure { workload, offer: place.offer, down, fee });
        self.charge_downtime(workload, down, now);
    }

    pub(super) fn host_fails(&mut self, offer: OfferId, host: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let state = self.pool(offer).host(host).state;
        if state == HostState::Gone {
            return;
        }
        self.await_failure(offer, host, scheduler);
        if state != HostState::Up {
            return;
        }
        let entity = self.host_entity(offer, host);
        // The failure that happens now is the last one not after it.
        let number = self.next_failure(entity, now).map_or(0, |(_, number)| number - 1);
        let mean = self.figures.value(self.world.operations.host_repair_hours);
        let repair = -mean * libm::log(self.draws.uniform(REPAIR, entity, number));
        scheduler.schedule_after(Span::from_hours_f64(repair), Event::HostRepaired(offer, host));
        self.pool_mut(offer).set_state(host, HostState::Failed);
        self.evict(offer, host, scheduler);
    }

    /// Restarts, or rehouses, what a host that has just failed held, and lets copies know
    /// that it read.
    pub(super) fn evict(&mut self, offer: OfferId, host: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let mut held = self.held_on(offer, host);
        held.sort_by_key(|(workload, table)| {
            (*table != Table::Present, std::cmp::Reverse(self.world.workloads[*workload].memory), *workload)
        });
        // All are thrown off: nobody need stay with who is on the failed host.
        for (workload, _) in &held {
            let demand = self.demand(*workload, offer);
            self.filters[offer].leave(*workload, host, demand);
        }
        let promised: Vec<WorkloadId> = held
            .iter()
            .filter(|(_, table)| *table == Table::Promised)
            .map(|(workload, _)| *workload)
            .collect();
        for (workload, table) in held {
            // What runs needs a host that is up; what is kept or promised may wait for an
            // installation.
            let pool = self.pool(offer);
            let admits = |host| table != Table::Present || pool.host(host).state == HostState::Up;
            let other = self.choose_host(workload, offer, admits);
            let demand = self.demand(workload, offer);
            self.filters[offer].enter(workload, host, demand);
            match (other, table) {
                (Some(other), Table::Present) => {
                    self.rehouse(workload, table, Spot::Host(other));
                    self.restarted(workload, Place { offer, spot: Spot::Host(other) }, now);
                }
                (Some(other), Table::Promised | Table::Retained) => {
                    self.rehouse(workload, table, Spot::Host(other))
                }
                (None, Table::Present) => {
                    self.rehouse(workload, table, Spot::Waiting);
                    self.goes_down(workload, OutageCause::HostFailureNoRoom, now);
                }
                // What is only promised or kept waits for the repair in place.
                (None, Table::Promised | Table::Retained) => {}
            }
        }
        self.reader_fails(offer, host, scheduler);
        for workload in promised {
            self.target_fails(workload, scheduler);
        }
    }

    pub(super) fn host_repaired(&mut self, offer: OfferId, host: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        if self.pool(offer).host(host).state != HostState::Failed {
            return;
        }
        self.pool_mut(offer).set_state(host, HostState::Up);
        let waiting: Vec<WorkloadId> = self
            .places
            .enumerate()
            .filter(|(_, place)| {
                place.is_some_and(|place| place.offer == offer && place.spot == Spot::Waiting)
            })
            .map(|(workload, _)| workload)
            .collect();
        for workload in waiting {
            let pool = self.pool(offer);
            let is_up = |host| pool.host(host).state == HostState::Up;
            let Some(room) = self.choose_host(workload, offer, is_up) else { continue };
            self.rehouse(workload, Table::Present, Spot::Host(room));
            if let Some((from, cause)) = self.down[workload].take() {
                let until = now + self.restart_time();
                let place = Place { offer, spot: Spot::Host(room) };
                self.failed_for(workload, place, until.since(from), now);
                self.journal.receive(now, &Entry::Outage(Outage { workload, offer, from, until, cause }));
            }
        }
        self.sources_return(scheduler);
    }

    /// Enters the outages that last to the end of the horizon. Those of a failure are
    /// booked as such; those of a cutover are not: it would have ended after it.
    pub(super) fn end_outages(&mut self, horizon: SimTime) {
        for workload in self.down.ids() {
            if let (Some((from, cause)), Some(place)) = (self.down[workload].take(), self.places[workload]) {
                if matches!(cause, OutageCause::HostFailureNoRoom | OutageCause::SiteDown) {
                    self.failed_for(workload, place, horizon.since(from), horizon);
                }
                self.journal.receive(
                    horizon,
                    &Entry::Outage(Outage { workload, offer: place.offer, from, until: horizon, cause }),
                );
            }
        }
    }
}
