//! The hosts of one offer or site and what they hold.

use super::ordered::OrderedIndex;
use super::states::StateIndex;
use crate::base::units::{Bytes, SimTime};
use crate::world::HostShape;

/// What a workload needs of a host; also what a host has, or has free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Demand {
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory in MiB.
    pub mib: u32,
    /// Local disk in GiB; nothing for a workload on shared storage, and
    /// [`Demand::UNCOUNTED`] for a host whose disk limits nothing.
    pub disk_gib: u32,
}

impl Demand {
    /// The local disk of a host that has none to be counted: any disk fits.
    pub const UNCOUNTED: u32 = u32::MAX;

    /// The demand for these virtual processors and this memory, the memory rounded
    /// up to a MiB, without local disk. What exceeds 4 PiB counts as that, and no host
    /// is as large.
    pub fn of(vcpus: u32, memory: Bytes) -> Self {
        let mib = memory.get().div_ceil(1 << 20);
        Self { vcpus, mib: u32::try_from(mib).unwrap_or(u32::MAX), disk_gib: 0 }
    }

    /// What may be placed on an empty host of this shape, its memory rounded down to a
    /// MiB. Its local disk is not counted.
    pub fn of_host(shape: HostShape) -> Self {
        let mib = u32::try_from(shape.memory.as_mib()).unwrap_or(u32::MAX);
        Self { vcpus: shape.vcpus, mib, disk_gib: Self::UNCOUNTED }
    }

    /// The lesser of the two in each resource.
    pub fn at_most(self, limit: Self) -> Self {
        Self {
            vcpus: self.vcpus.min(limit.vcpus),
            mib: self.mib.min(limit.mib),
            disk_gib: self.disk_gib.min(limit.disk_gib),
        }
    }

    /// Whether a host with so much free takes it.
    #[inline]
    pub const fn fits(self, free: Self) -> bool {
        self.vcpus <= free.vcpus && self.mib <= free.mib && self.disk_gib <= free.disk_gib
    }

    #[inline]
    const fn lowered(self, by: Self) -> Self {
        let counted = self.disk_gib != Self::UNCOUNTED;
        Self {
            vcpus: self.vcpus - by.vcpus,
            mib: self.mib - by.mib,
            disk_gib: if counted { self.disk_gib - by.disk_gib } else { Self::UNCOUNTED },
        }
    }

    #[inline]
    const fn raised(self, by: Self) -> Self {
        let counted = self.disk_gib != Self::UNCOUNTED;
        Self {
            vcpus: self.vcpus + by.vcpus,
            mib: self.mib + by.mib,
            disk_gib: if counted { self.disk_gib + by.disk_gib } else { Self::UNCOUNTED },
        }
    }
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
    /// What may still be placed.
    pub free: Demand,
    /// What may be placed on it when it is empty.
    pub capacity: Demand,
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
        demand.fits(self.free) && self.is_in_service()
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

/// Hosts and what they hold. Host numbers are never reused, so that each keeps its own
/// calendar of failures.
///
/// Hosts lie in one flat array. From [`Pool::INDEXED_FROM`] hosts on an ordered index
/// is kept beside them ([`Pool::ordered`]); an index by free state is kept when asked
/// for ([`Pool::index_states`]). Every change keeps both up to date.
#[derive(Clone, Debug)]
pub struct Pool {
    shape: HostShape,
    hosts: Vec<Host>,
    count: u32,
    occupied: u32,
    ordered: Option<OrderedIndex>,
    states: Option<StateIndex>,
}

impl Pool {
    /// The number of hosts from which on the ordered index is kept. Below, a sweep over
    /// the hosts costs no more than the upkeep of an index, and a fork of the pool
    /// copies one array.
    pub const INDEXED_FROM: usize = 64;

    /// A pool without hosts.
    pub const fn new(shape: HostShape) -> Self {
        Self { shape, hosts: Vec::new(), count: 0, occupied: 0, ordered: None, states: None }
    }

    /// The size of the hosts that [`Pool::add`] adds.
    pub const fn shape(&self) -> HostShape {
        self.shape
    }

    /// What may be placed on an empty host of the pool's shape.
    pub fn capacity(&self) -> Demand {
        Demand::of_host(self.shape)
    }

    /// Adds an empty host of the pool's shape and returns its number.
    pub fn add(&mut self, replace_at: SimTime) -> u32 {
        self.add_sized(self.capacity(), replace_at)
    }

    /// Adds an empty host of another size and returns its number.
    ///
    /// # Panics
    /// If it has 4 PiB of memory or more.
    pub fn add_sized(&mut self, capacity: Demand, replace_at: SimTime) -> u32 {
        assert!(capacity.mib < u32::MAX - 1, "a host with {capacity:?} is beyond what an index can hold");
        let index = self.hosts.len() as u32;
        let host = Host { free: capacity, capacity, held: 0, state: HostState::Up, replace_at };
        self.hosts.push(host);
        self.count += 1;
        match &mut self.ordered {
            Some(ordered) if ordered.has_room_for(capacity) => ordered.push(&host),
            None if self.hosts.len() < Self::INDEXED_FROM => {}
            _ => self.ordered = Some(OrderedIndex::of(&self.hosts)),
        }
        if let Some(states) = &mut self.states {
            states.push(&host);
        }
        index
    }

    /// Keeps an index of the distinct free states from now on: see [`Pool::groups`].
    pub fn index_states(&mut self) {
        if self.states.is_none() {
            self.states = Some(StateIndex::of(&self.hosts));
        }
    }

    pub(super) const fn ordered_index(&self) -> Option<&OrderedIndex> {
        self.ordered.as_ref()
    }

    pub(super) const fn state_index(&self) -> Option<&StateIndex> {
        self.states.as_ref()
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
    #[inline]
    pub fn host(&self, index: u32) -> &Host {
        &self.hosts[index as usize]
    }

    /// All host numbers there ever were: 0 up to, and without, this.
    pub const fn numbers(&self) -> u32 {
        self.hosts.len() as u32
    }

    /// Changes what a host is doing.
    pub fn set_state(&mut self, index: u32, state: HostState) {
        let host = &mut self.hosts[index as usize];
        let before = *host;
        host.state = state;
        let gone = [before.state, state].map(|state| state == HostState::Gone);
        if gone[0] != gone[1] {
            let occupied = u32::from(before.held > 0);
            if gone[1] {
                self.count -= 1;
                self.occupied -= occupied;
            } else {
                self.count += 1;
                self.occupied += occupied;
            }
        }
        self.refresh(index);
    }

    /// Changes when a host must be replaced.
    pub fn set_replacement(&mut self, index: u32, at: SimTime) {
        self.hosts[index as usize].replace_at = at;
    }

    /// Hosts that have not been given back.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Hosts that hold something.
    pub const fn occupied(&self) -> u32 {
        self.occupied
    }

    /// Lets a workload, or a reservation, onto a host.
    ///
    /// # Panics
    /// If it does not fit: a host is never over-committed beyond its shape.
    #[inline]
    pub fn take(&mut self, index: u32, demand: Demand) {
        let host = &mut self.hosts[index as usize];
        assert!(demand.fits(host.free), "host {index} with {host:?} was given {demand:?}");
        host.free = host.free.lowered(demand);
        host.held += 1;
        self.occupied += u32::from(host.held == 1 && host.state != HostState::Gone);
        self.refresh(index);
    }

    /// Takes a workload, or a reservation, off a host.
    ///
    /// # Panics
    /// If the host did not hold that much.
    #[inline]
    pub fn give_back(&mut self, index: u32, demand: Demand) {
        let host = &mut self.hosts[index as usize];
        host.free = host.free.raised(demand);
        assert!(
            host.held > 0 && host.free.fits(host.capacity),
            "host {index} gave back {demand:?} that it did not hold: {host:?}"
        );
        host.held -= 1;
        self.occupied -= u32::from(host.held == 0 && host.state != HostState::Gone);
        self.refresh(index);
    }

    #[inline]
    fn refresh(&mut self, index: u32) {
        let host = &self.hosts[index as usize];
        if let Some(ordered) = &mut self.ordered {
            ordered.refresh(index, host);
        }
        if let Some(states) = &mut self.states {
            states.refresh(index, host);
        }
    }

    /// What the hosts in service lack for a workload.
    pub fn shortfall(&self, demand: Demand) -> Shortfall {
        self.hosts().filter(|(_, host)| host.is_in_service()).fold(
            Shortfall::default(),
            |short, (_, host)| Shortfall {
                of_vcpus: short.of_vcpus + u32::from(host.free.vcpus < demand.vcpus),
                of_memory: short.of_memory + u32::from(host.free.mib < demand.mib),
            },
        )
    }

    /// Checks the books against what workloads say they hold, and the indices against
    /// the books.
    ///
    /// # Panics
    /// If any host's books differ, or an index is not what would be built anew.
    pub fn audit(&self, held: impl Iterator<Item = (u32, Demand)>) {
        let mut sums = vec![(0_u64, 0_u64, 0_u64, 0_u32); self.hosts.len()];
        for (index, demand) in held {
            let sum = &mut sums[index as usize];
            sum.0 += u64::from(demand.vcpus);
            sum.1 += u64::from(demand.mib);
            sum.2 += u64::from(demand.disk_gib);
            sum.3 += 1;
        }
        for (index, (host, (vcpus, mib, disk, held))) in self.hosts.iter().zip(sums).enumerate() {
            let used = |capacity: u32, free: u32| u64::from(capacity - free);
            let counted = host.capacity.disk_gib != Demand::UNCOUNTED;
            let believed = (
                used(host.capacity.vcpus, host.free.vcpus),
                used(host.capacity.mib, host.free.mib),
                if counted { used(host.capacity.disk_gib, host.free.disk_gib) } else { disk },
                host.held,
            );
            assert_eq!(believed, (vcpus, mib, disk, held), "host {index} believes it holds what it does not");
        }
        self.audit_indices();
    }

    /// Checks the indices and the counters against the hosts.
    ///
    /// # Panics
    /// If an index is not what would be built anew.
    pub fn audit_indices(&self) {
        assert_eq!(self.count, self.hosts().count() as u32, "hosts that are there");
        let occupied = self.hosts().filter(|(_, host)| host.held > 0).count();
        assert_eq!(self.occupied, occupied as u32, "hosts that hold something");
        assert_eq!(
            self.ordered.is_some(),
            self.hosts.len() >= Self::INDEXED_FROM,
            "the ordered index is kept"
        );
        if let Some(ordered) = &self.ordered {
            ordered.audit(&self.hosts);
        }
        if let Some(states) = &self.states {
            states.audit(&self.hosts);
        }
    }
}
