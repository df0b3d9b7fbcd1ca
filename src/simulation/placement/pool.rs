//! The hosts of one offer and what they hold.

use crate::base::units::{Bytes, SimTime};
use crate::world::HostShape;

/// What a workload needs of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Demand {
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory in MiB.
    pub mib: u64,
}

/// What a host is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostState {
    /// It takes and runs workloads.
    Up,
    /// It is being installed until then; workloads may be promised to it.
    Installing(SimTime),
    /// It has failed and is being repaired.
    Failed,
    /// It was given back; its number is not used again.
    Gone,
}

/// One host.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// Virtual processors that may still be placed.
    pub free_vcpus: u32,
    /// Memory in MiB that may still be placed.
    pub free_mib: u64,
    /// Workloads and reservations on it.
    pub held: u32,
    /// What it is doing.
    pub state: HostState,
    /// When it must be replaced; never for what is rented.
    pub replace_at: SimTime,
}

impl Host {
    /// Whether it takes such a workload now.
    #[inline]
    pub fn takes(&self, demand: Demand) -> bool {
        self.is_in_service() && self.free_vcpus >= demand.vcpus && self.free_mib >= demand.mib
    }

    /// Whether it is up or about to be.
    #[inline]
    pub fn is_in_service(&self) -> bool {
        matches!(self.state, HostState::Up | HostState::Installing(_))
    }
}

/// Why no host took a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Shortfall {
    /// Hosts in service with too few free virtual processors.
    pub of_vcpus: u32,
    /// Hosts in service with too little free memory.
    pub of_memory: u32,
}

/// The hosts of one offer and what they hold. Host numbers are never reused, so
/// that each keeps its own calendar of failures.
#[derive(Clone, Debug)]
pub struct Pool {
    shape: HostShape,
    hosts: Vec<Host>,
}

impl Pool {
    /// A pool without hosts.
    pub fn new(shape: HostShape) -> Self {
        Self { shape, hosts: Vec::new() }
    }

    /// The size of each host.
    pub fn shape(&self) -> HostShape {
        self.shape
    }

    /// Adds an empty host and returns its number.
    pub fn add(&mut self, replace_at: SimTime) -> u32 {
        let index = self.hosts.len() as u32;
        self.hosts.push(Host {
            free_vcpus: self.shape.vcpus,
            free_mib: self.shape.memory.as_mib(),
            held: 0,
            state: HostState::Up,
            replace_at,
        });
        index
    }

    /// Hosts that have not been given back, with their numbers.
    pub fn hosts(&self) -> impl Iterator<Item = (u32, &Host)> {
        self.hosts
            .iter()
            .enumerate()
            .filter(|(_, host)| host.state != HostState::Gone)
            .map(|(i, host)| (i as u32, host))
    }

    /// One host.
    pub fn host(&self, index: u32) -> &Host {
        &self.hosts[index as usize]
    }

    /// Changes what a host is doing.
    pub fn set_state(&mut self, index: u32, state: HostState) {
        self.hosts[index as usize].state = state;
    }

    /// Changes when a host must be replaced.
    pub fn set_replacement(&mut self, index: u32, at: SimTime) {
        self.hosts[index as usize].replace_at = at;
    }

    /// Hosts that have not been given back.
    pub fn count(&self) -> u32 {
        self.hosts().count() as u32
    }

    /// Hosts that hold something.
    pub fn occupied(&self) -> u32 {
        self.hosts().filter(|(_, host)| host.held > 0).count() as u32
    }

    /// Lets a workload, or a reservation, onto a host.
    ///
    /// # Panics
    /// If it does not fit: a host is never over-committed beyond its shape.
    pub fn take(&mut self, index: u32, demand: Demand) {
        let host = &mut self.hosts[index as usize];
        assert!(
            host.free_vcpus >= demand.vcpus && host.free_mib >= demand.mib,
            "host {index} with {host:?} was given {demand:?}"
        );
        host.free_vcpus -= demand.vcpus;
        host.free_mib -= demand.mib;
        host.held += 1;
    }

    /// Takes a workload, or a reservation, off a host.
    ///
    /// # Panics
    /// If the host did not hold that much.
    pub fn give_back(&mut self, index: u32, demand: Demand) {
        let (vcpus, mib) = (self.shape.vcpus, self.shape.memory.as_mib());
        let host = &mut self.hosts[index as usize];
        host.free_vcpus += demand.vcpus;
        host.free_mib += demand.mib;
        assert!(
            host.held > 0 && host.free_vcpus <= vcpus && host.free_mib <= mib,
            "host {index} gave back {demand:?} that it did not hold: {host:?}"
        );
        host.held -= 1;
    }

    /// What the hosts in service lack for a workload.
    pub fn shortfall(&self, demand: Demand) -> Shortfall {
        self.hosts().filter(|(_, host)| host.is_in_service()).fold(
            Shortfall::default(),
            |short, (_, host)| Shortfall {
                of_vcpus: short.of_vcpus + u32::from(host.free_vcpus < demand.vcpus),
                of_memory: short.of_memory + u32::from(host.free_mib < demand.mib),
            },
        )
    }

    /// Checks the books against what workloads say they hold.
    ///
    /// # Panics
    /// If any host's books differ.
    pub fn audit(&self, held: impl Iterator<Item = (u32, Demand)>) {
        let mut sums = vec![(0_u32, 0_u64, 0_u32); self.hosts.len()];
        for (index, demand) in held {
            let sum = &mut sums[index as usize];
            *sum = (sum.0 + demand.vcpus, sum.1 + demand.mib, sum.2 + 1);
        }
        for (index, (host, (vcpus, mib, held))) in self.hosts.iter().zip(sums).enumerate() {
            let believed =
                (self.shape.vcpus - host.free_vcpus, self.shape.memory.as_mib() - host.free_mib, host.held);
            assert_eq!(believed, (vcpus, mib, held), "host {index} believes it holds what it does not");
        }
    }
}

impl Demand {
    /// The demand for these virtual processors and this memory, the memory rounded
    /// up to a MiB.
    pub fn of(vcpus: u32, memory: Bytes) -> Self {
        Self { vcpus, mib: memory.get().div_ceil(1 << 20) }
    }
}
