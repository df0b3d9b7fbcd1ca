//! Hosts of an offer are levelled by live moves, in the manner of vSphere DRS.
//!
//! Workloads move live inside their site, which is neither charged nor felt.

use super::capacity::Table;
use super::estate::Spot;
use super::event::Event;
use super::journal::{Decision, Receiver};
use super::placement::{Entitlement, Hosts, Resident, rebalance};
use super::{Scheduler, Simulation};
use crate::world::OfferId;

impl<R: Receiver> Simulation<'_, R> {
    /// Puts the levellings of all offers into the future.
    pub(super) fn schedule_levelling(&self, scheduler: &mut Scheduler<Event>) {
        for (offer, described) in self.world.offers.enumerate() {
            if let Some(levelling) = described.hosts().and_then(|hosts| hosts.levelling) {
                scheduler.schedule_after(levelling.every, Event::HostsLevelled(offer));
            }
        }
    }

    /// Levels the hosts of an offer as far as its threshold asks.
    pub(super) fn level_hosts(&mut self, offer: OfferId, scheduler: &mut Scheduler<Event>) {
        let Some(levelling) = self.world.offers[offer].hosts().and_then(|hosts| hosts.levelling) else {
            return;
        };
        scheduler.schedule_after(levelling.every, Event::HostsLevelled(offer));
        let pool = self.pool(offer);
        // Spare hosts stay empty, so only hosts in use take part.
        let hosts = Hosts { pool, filters: &self.filters[offer], admits: |host| pool.host(host).held > 0 };
        let moves = rebalance(&levelling.how, &hosts, &self.residents(offer));
        for moved in &moves {
            self.rehouse(moved.workload, Table::Present, Spot::Host(moved.to));
        }
        if !moves.is_empty() {
            let moves = moves.len() as u32;
            self.decide(scheduler.now(), Decision::HostsLevelled { offer, moves });
        }
    }

    /// What runs on the hosts of an offer, and what it uses there by its mean; all that
    /// it is given where its use is unknown.
    fn residents(&self, offer: OfferId) -> Vec<Resident> {
        let on_host = |(workload, place): (_, &Option<super::Place>)| match place {
            Some(super::Place { offer: at, spot: Spot::Host(host) }) if *at == offer => {
                Some((workload, *host))
            }
            _ => None,
        };
        self.places
            .enumerate()
            .filter_map(on_host)
            .map(|(workload, host)| {
                let (machine, demand) = (&self.world.workloads[workload], self.demand(workload, offer));
                let entitlement = Entitlement {
                    vcpus: f64::from(machine.vcpus) * machine.cpu_use.unwrap_or(1.0),
                    mib: machine.memory.as_mib() as f64 * machine.memory_use.unwrap_or(1.0),
                };
                Resident { workload, host, demand, entitlement }
            })
            .collect()
    }
}
