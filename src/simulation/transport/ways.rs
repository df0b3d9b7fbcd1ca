//! What copies go through: the resources of the network, and what each stands for.

use std::collections::BTreeMap;

use super::copy::LegId;
use super::{Equipment, Reader};
use crate::base::ids::{Id, IdVec};
use crate::base::units::{Bandwidth, SimTime};
use crate::kernel::{MaxMin, ResourceId};
use crate::world::{InstallationId, LinkId, ToolId};

/// What a resource of the network stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A source host, or what a tool reads of it.
    Reading,
    /// A circuit.
    Circuit,
    /// The appliances of an installation.
    Throughput,
    /// All disks of one copy together.
    Joint,
}

#[derive(Clone, Copy, Debug)]
struct Way {
    kind: Kind,
    /// What it carries, in bit/s.
    whole: u64,
    /// Of it, what copies in sync take off the top.
    reserved: u64,
    /// How many faults it has.
    faults: u32,
}

/// The resources that one copy goes through: a host, a tool there, a circuit, the
/// appliances, and what its own legs share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path {
    ways: [ResourceId; Self::MOST],
    len: usize,
}

impl Path {
    const MOST: usize = 5;

    pub(super) fn new() -> Self {
        Self { ways: [Id::from_index(0); Self::MOST], len: 0 }
    }

    pub(super) fn push(&mut self, way: ResourceId) {
        self.ways[self.len] = way;
        self.len += 1;
    }
}

impl std::ops::Deref for Path {
    type Target = [ResourceId];

    fn deref(&self) -> &[ResourceId] {
        &self.ways[..self.len]
    }
}

/// The resources of the network.
#[derive(Clone, Debug)]
pub(super) struct Ways {
    all: IdVec<ResourceId, Way>,
    host_read: Bandwidth,
    hosts: BTreeMap<Reader, ResourceId>,
    tool_hosts: BTreeMap<(ToolId, Reader), ResourceId>,
    links: IdVec<LinkId, ResourceId>,
    throughput: IdVec<InstallationId, Option<ResourceId>>,
    /// Resources of copies that have ended.
    idle: Vec<ResourceId>,
}

impl Ways {
    pub(super) fn new(network: &mut MaxMin<LegId>, equipment: Equipment<'_>) -> Self {
        let mut ways = Self {
            all: IdVec::new(),
            host_read: equipment.host_read,
            hosts: BTreeMap::new(),
            tool_hosts: BTreeMap::new(),
            links: IdVec::new(),
            throughput: IdVec::new(),
            idle: Vec::new(),
        };
        for link in equipment.links.iter() {
            let resource = ways.add(network, Kind::Circuit, link.bandwidth);
            ways.links.push(resource);
        }
        for installation in equipment.installations.iter() {
            let all =
                |one: Bandwidth| Bandwidth::from_bits(one.as_bits() * u64::from(installation.units.max(1)));
            let resource = installation.throughput.map(|one| ways.add(network, Kind::Throughput, all(one)));
            ways.throughput.push(resource);
        }
        ways
    }

    fn add(&mut self, network: &mut MaxMin<LegId>, kind: Kind, capacity: Bandwidth) -> ResourceId {
        let resource = network.add_resource(capacity);
        let way = self.all.push(Way { kind, whole: capacity.as_bits(), reserved: 0, faults: 0 });
        debug_assert_eq!(way, resource, "every resource of the network is here");
        resource
    }

    pub(super) fn kind(&self, resource: ResourceId) -> Kind {
        self.all[resource].kind
    }

    pub(super) const fn host_read(&self) -> Bandwidth {
        self.host_read
    }

    /// What a host can be read at; made when it is first read.
    pub(super) fn host(&mut self, network: &mut MaxMin<LegId>, reader: Reader) -> ResourceId {
        if let Some(known) = self.hosts.get(&reader) {
            return *known;
        }
        let resource = self.add(network, Kind::Reading, self.host_read);
        self.hosts.insert(reader, resource);
        resource
    }

    /// What a tool reads of a host.
    pub(super) fn tool_host(
        &mut self,
        network: &mut MaxMin<LegId>,
        (tool, reader): (ToolId, Reader),
        most: Bandwidth,
    ) -> ResourceId {
        if let Some(known) = self.tool_hosts.get(&(tool, reader)) {
            return *known;
        }
        let resource = self.add(network, Kind::Reading, most);
        self.tool_hosts.insert((tool, reader), resource);
        resource
    }

    pub(super) fn link(&self, link: LinkId) -> ResourceId {
        self.links[link]
    }

    pub(super) fn throughput(&self, installation: InstallationId) -> Option<ResourceId> {
        self.throughput[installation]
    }

    /// What a resource carries when it is up and nothing is taken off.
    pub(super) fn whole(&self, resource: ResourceId) -> Bandwidth {
        Bandwidth::from_bits(self.all[resource].whole)
    }

    /// A resource for all disks of one copy together.
    pub(super) fn joint(&mut self, network: &mut MaxMin<LegId>, now: SimTime, most: Bandwidth) -> ResourceId {
        match self.idle.pop() {
            Some(resource) => {
                self.all[resource].whole = most.as_bits();
                self.apply(network, now, resource);
                resource
            }
            None => self.add(network, Kind::Joint, most),
        }
    }

    pub(super) fn part(&mut self, joint: ResourceId) {
        self.idle.push(joint);
    }

    /// Takes so much off the top of a resource, or gives it back.
    pub(super) fn reserve(
        &mut self,
        network: &mut MaxMin<LegId>,
        now: SimTime,
        resource: ResourceId,
        change: Change,
    ) {
        let reserved = &mut self.all[resource].reserved;
        *reserved = match change {
            Change::More(bits) => *reserved + bits,
            Change::Less(bits) => *reserved - bits,
        };
        self.apply(network, now, resource);
    }

    /// Whether the circuit was up until now.
    pub(super) fn take_down(&mut self, network: &mut MaxMin<LegId>, now: SimTime, link: LinkId) -> bool {
        let resource = self.links[link];
        self.all[resource].faults += 1;
        self.apply(network, now, resource);
        self.all[resource].faults == 1
    }

    /// Whether the circuit is up from now on.
    pub(super) fn bring_up(&mut self, network: &mut MaxMin<LegId>, now: SimTime, link: LinkId) -> bool {
        let resource = self.links[link];
        let faults = &mut self.all[resource].faults;
        if *faults == 0 {
            return false;
        }
        *faults -= 1;
        let up = *faults == 0;
        self.apply(network, now, resource);
        up
    }

    pub(super) fn is_up(&self, link: LinkId) -> bool {
        self.all[self.links[link]].faults == 0
    }

    /// What a circuit carries: flows, and what was taken off the top for copies in sync.
    pub(super) fn load(&self, network: &mut MaxMin<LegId>, link: LinkId) -> Bandwidth {
        let resource = self.links[link];
        let way = &self.all[resource];
        if way.faults > 0 {
            return Bandwidth::default();
        }
        let light = way.reserved.min(way.whole);
        Bandwidth::from_bits(network.load(resource).as_bits() + light)
    }

    fn apply(&self, network: &mut MaxMin<LegId>, now: SimTime, resource: ResourceId) {
        let way = &self.all[resource];
        let left = if way.faults > 0 { 0 } else { way.whole.saturating_sub(way.reserved) };
        network.set_capacity(now, resource, Bandwidth::from_bits(left));
    }
}

/// A change of what is taken off the top, in bit/s.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    More(u64),
    Less(u64),
}
