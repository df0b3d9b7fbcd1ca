//! Makes the machines of a site fit its hosts, and deals them out.

use super::draw::Blueprint;
use super::{SyntheticError, SyntheticSite};
use crate::base::units::Bytes;

/// What one host still has room for.
#[derive(Clone, Copy)]
struct Room {
    cpus: u32,
    memory: Bytes,
}

impl Room {
    fn of(site: &SyntheticSite) -> Self {
        Self { cpus: (f64::from(site.cores) * site.cpu_overcommit) as u32, memory: site.memory }
    }

    fn holds(&self, machine: &Blueprint) -> bool {
        machine.cpus <= self.cpus && machine.memory <= self.memory
    }

    fn take(&mut self, machine: &Blueprint) {
        self.cpus -= machine.cpus;
        self.memory = self.memory - machine.memory;
    }
}

/// Halves the largest machines until all fit the hosts without the spare ones.
pub(super) fn fit(site: &SyntheticSite, machines: &mut [Blueprint]) -> Result<(), SyntheticError> {
    while pack(site, machines).is_none() {
        let whole = Room::of(site);
        let size = |machine: &Blueprint| {
            f64::from(machine.cpus) / f64::from(whole.cpus)
                + machine.memory.get() as f64 / whole.memory.get() as f64
        };
        let largest = machines.iter_mut().max_by(|a, b| size(a).total_cmp(&size(b)));
        match largest.filter(|machine| machine.memory > Bytes::from_gib(1)) {
            Some(machine) => {
                machine.cpus = (machine.cpus / 2).max(1);
                machine.memory = Bytes::from_gib((machine.memory.as_mib() / 2_048).max(1));
            }
            None => {
                return Err(SyntheticError::TooSmall {
                    datacenter: site.datacenter.clone(),
                    machines: u32::try_from(machines.len()).unwrap_or(u32::MAX),
                });
            }
        }
    }
    Ok(())
}

/// The host of each machine by first fit, the largest memory first, without the spare
/// hosts; nothing when a machine finds no room.
fn pack(site: &SyntheticSite, machines: &[Blueprint]) -> Option<Vec<usize>> {
    let usable = (site.hosts - site.spare_hosts) as usize;
    let mut rooms = vec![Room::of(site); usable];
    let mut hosts = vec![0; machines.len()];
    for index in largest_first(machines) {
        let host = rooms.iter().position(|room| room.holds(&machines[index]))?;
        rooms[host].take(&machines[index]);
        hosts[index] = host;
    }
    Some(hosts)
}

/// The host of each machine, spread over all hosts by the memory left; packed tightly
/// where spreading finds no room.
pub(super) fn spread(site: &SyntheticSite, machines: &[Blueprint]) -> Vec<usize> {
    let mut rooms = vec![Room::of(site); site.hosts as usize];
    let mut hosts = vec![0; machines.len()];
    for index in largest_first(machines) {
        let candidates = (0..rooms.len()).filter(|host| rooms[*host].holds(&machines[index]));
        // Of hosts with equal room, the first: `max_by_key` would take the last.
        let Some(host) = candidates.rev().max_by_key(|host| rooms[*host].memory) else {
            return pack(site, machines).expect("`fit` has made the machines fit before they are spread");
        };
        rooms[host].take(&machines[index]);
        hosts[index] = host;
    }
    hosts
}

fn largest_first(machines: &[Blueprint]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..machines.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse((machines[*index].memory, machines[*index].cpus)));
    order
}
