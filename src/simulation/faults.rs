//! Dated faults of the scenario: a circuit, a host or a whole site is down for a while.

use super::estate::{Place, Spot};
use super::event::Event;
use super::journal::{Broken, Entry, Outage, OutageCause, Receiver};
use super::placement::HostState;
use super::{Scheduler, Simulation};
use crate::base::units::Span;
use crate::world::{Change, Fault, LinkId, OfferId, Power, SiteId, WorkloadId};

impl<R: Receiver> Simulation<'_, R> {
    /// Whether a fault of the scenario has a site down.
    pub(super) fn is_site_down(&self, site: SiteId) -> bool {
        self.sites_down[site] > 0
    }

    pub(super) fn fault_begins(&mut self, index: u32, scheduler: &mut Scheduler<Event>) {
        let Change::Fault { fault, lasts } = self.world.timeline[index as usize].change else { return };
        match fault {
            Fault::Link(link) => self.link_fails(link, scheduler),
            Fault::Host(offer, host) => self.hosts_fail(&[(offer, host)], lasts, scheduler),
            Fault::Site(site) => self.site_fails(site, lasts, scheduler),
        }
        scheduler.schedule_after(lasts, Event::FaultEnds(index));
    }

    pub(super) fn fault_ends(&mut self, index: u32, scheduler: &mut Scheduler<Event>) {
        let Change::Fault { fault, .. } = self.world.timeline[index as usize].change else { return };
        match fault {
            Fault::Link(link) => self.link_returns(link, scheduler),
            // An event of its own says that a host is repaired.
            Fault::Host(..) => {}
            Fault::Site(site) => self.site_returns(site, scheduler),
        }
    }

    /// Copies over the circuit stand still until it is back. A cutover waits for that, but
    /// no longer than the longest stop.
    fn link_fails(&mut self, link: LinkId, scheduler: &mut Scheduler<Event>) {
        self.copying.transport.link_lost(scheduler.now(), link);
        self.limit_cutovers_over(link, scheduler);
        self.await_copies(scheduler);
    }

    fn link_returns(&mut self, link: LinkId, scheduler: &mut Scheduler<Event>) {
        self.copying.transport.link_back(scheduler.now(), link);
        self.await_copies(scheduler);
    }

    /// Takes hosts that are up down for a while; those that are not there are not missed.
    fn hosts_fail(&mut self, hosts: &[(OfferId, u32)], lasts: Span, scheduler: &mut Scheduler<Event>) {
        let mut failed = Vec::with_capacity(hosts.len());
        for (offer, host) in hosts {
            let there = self.pools[*offer].as_ref().is_some_and(|pool| *host < pool.numbers());
            if there && self.pool(*offer).host(*host).state == HostState::Up {
                self.pool_mut(*offer).set_state(*host, HostState::Failed);
                scheduler.schedule_after(lasts, Event::HostRepaired(*offer, *host));
                failed.push((*offer, *host));
            }
        }
        for (offer, host) in failed {
            self.evict(offer, host, scheduler);
        }
    }

    fn site_fails(&mut self, site: SiteId, lasts: Span, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.sites_down[site] += 1;
        let mut hosts: Vec<(OfferId, u32)> = Vec::new();
        for (offer, pool) in self.pools.enumerate() {
            if let Some(pool) = pool.as_ref().filter(|_| self.world.offers[offer].site == site) {
                hosts.extend(pool.hosts().map(|(host, _)| (offer, host)));
            }
        }
        let links: Vec<LinkId> = self.links_of(site);
        for link in &links {
            self.copying.transport.link_lost(now, *link);
        }
        self.hosts_fail(&hosts, lasts, scheduler);
        for workload in self.world.workloads.ids() {
            let at =
                |place: Option<Place>| place.is_some_and(|place| self.world.offers[place.offer].site == site);
            if at(self.places[workload]) {
                self.instance_loses_its_site(workload, scheduler);
            } else if at(self.promised[workload]) {
                self.break_cutover_of(workload, Broken::TargetDown, scheduler);
            }
        }
        self.await_copies(scheduler);
    }

    fn links_of(&self, site: SiteId) -> Vec<LinkId> {
        let ends = self.world.links.enumerate().filter(|(_, link)| link.between.contains(&site));
        ends.map(|(link, _)| link).collect()
    }

    /// What runs on an instance has no host of which its failure would be told.
    fn instance_loses_its_site(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        self.source_fails(workload, scheduler);
        let instance = self.places[workload].is_some_and(|place| matches!(place.spot, Spot::Sku(_)));
        if instance && self.world.workloads[workload].power == Power::On {
            self.goes_down(workload, OutageCause::SiteDown, scheduler.now());
        }
        self.break_cutover_of(workload, Broken::SourceDown, scheduler);
    }

    fn site_returns(&mut self, site: SiteId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.sites_down[site] -= 1;
        for link in self.links_of(site) {
            self.copying.transport.link_back(now, link);
        }
        if self.is_site_down(site) {
            return;
        }
        let until = now + self.restart_time();
        for workload in self.world.workloads.ids() {
            let Some(place) = self.places[workload] else { continue };
            let here = self.world.offers[place.offer].site == site && matches!(place.spot, Spot::Sku(_));
            if !here || self.is_cut_over(workload) {
                continue;
            }
            if let Some((from, cause)) = self.down[workload].take() {
                self.failed_for(workload, place, until.since(from), now);
                let offer = place.offer;
                self.journal.receive(now, &Entry::Outage(Outage { workload, offer, from, until, cause }));
            }
        }
        self.sources_return(scheduler);
    }
}
