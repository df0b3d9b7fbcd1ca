//! The index by free state: hosts that are alike, together.
//!
//! A score of a host depends on what it has free and on its size, so hosts that agree
//! in both are scored once. A day of mixed machines on ten thousand hosts knows some
//! hundreds of such states.

use std::collections::{BTreeSet, HashMap};

use super::pool::{Demand, Host, Pool};

/// Hosts in service that have the same free and the same in all.
#[derive(Clone, Copy, Debug)]
pub struct Group<'p> {
    /// What each has free.
    pub free: Demand,
    /// What each has when it is empty.
    pub capacity: Demand,
    members: Members<'p>,
}

#[derive(Clone, Copy, Debug)]
enum Members<'p> {
    One(u32),
    Many(&'p BTreeSet<u32>),
}

impl Group<'_> {
    /// Their numbers, ascending. Never none.
    pub fn hosts(&self) -> impl Iterator<Item = u32> {
        let (one, many) = match self.members {
            Members::One(host) => (Some(host), None),
            Members::Many(hosts) => (None, Some(hosts)),
        };
        one.into_iter().chain(many.into_iter().flatten().copied())
    }

    /// How many they are.
    pub fn count(&self) -> u32 {
        match self.members {
            Members::One(_) => 1,
            Members::Many(hosts) => hosts.len() as u32,
        }
    }
}

impl Pool {
    /// The hosts in service by what they have free, no two groups with a host in
    /// common. When [`Pool::index_states`] was called there is one group for each
    /// distinct state; else each host is a group of its own. The order of the groups
    /// means nothing: what is chosen must not depend on it (ties go to the lowest host
    /// number).
    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let index = self.state_index();
        let swept = if index.is_some() { 0 } else { usize::MAX };
        let alone =
            self.hosts().take(swept).filter(|(_, host)| host.is_in_service()).map(|(number, host)| Group {
                free: host.free,
                capacity: host.capacity,
                members: Members::One(number),
            });
        index.into_iter().flat_map(StateIndex::groups).chain(alone)
    }
}

/// For every distinct state the numbers of the hosts in it.
#[derive(Clone, Debug, Default)]
pub(super) struct StateIndex {
    states: Vec<State>,
    /// Places of `states` without hosts, to be used again.
    vacant: Vec<u32>,
    /// Where a state is, for look-ups only.
    places: HashMap<(Demand, Demand), u32>,
    /// The state of each host; [`OUT`] when it is not in service.
    of_host: Vec<u32>,
}

#[derive(Clone, Debug)]
struct State {
    free: Demand,
    capacity: Demand,
    hosts: BTreeSet<u32>,
}

const OUT: u32 = u32::MAX;

impl StateIndex {
    pub(super) fn of(hosts: &[Host]) -> Self {
        let mut index = Self::default();
        for host in hosts {
            index.push(host);
        }
        index
    }

    fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        self.states.iter().filter(|state| !state.hosts.is_empty()).map(|state| Group {
            free: state.free,
            capacity: state.capacity,
            members: Members::Many(&state.hosts),
        })
    }

    pub(super) fn push(&mut self, host: &Host) {
        self.of_host.push(OUT);
        self.refresh(self.of_host.len() as u32 - 1, host);
    }

    /// Takes over what a host has become.
    pub(super) fn refresh(&mut self, index: u32, host: &Host) {
        let at = index as usize;
        let old = self.of_host[at];
        if old != OUT {
            let state = &mut self.states[old as usize];
            if host.is_in_service() && (state.free, state.capacity) == (host.free, host.capacity) {
                return;
            }
            state.hosts.remove(&index);
            if state.hosts.is_empty() {
                self.places.remove(&(state.free, state.capacity));
                self.vacant.push(old);
            }
            self.of_host[at] = OUT;
        }
        if host.is_in_service() {
            let place = self.place(host.free, host.capacity);
            self.states[place as usize].hosts.insert(index);
            self.of_host[at] = place;
        }
    }

    fn place(&mut self, free: Demand, capacity: Demand) -> u32 {
        if let Some(place) = self.places.get(&(free, capacity)) {
            return *place;
        }
        let state = State { free, capacity, hosts: BTreeSet::new() };
        let place = match self.vacant.pop() {
            Some(place) => {
                self.states[place as usize] = state;
                place
            }
            None => {
                self.states.push(state);
                self.states.len() as u32 - 1
            }
        };
        self.places.insert((free, capacity), place);
        place
    }

    /// Checks every group against the hosts.
    pub(super) fn audit(&self, hosts: &[Host]) {
        assert_eq!(self.of_host.len(), hosts.len(), "every host has a state");
        let mut grouped = vec![OUT; hosts.len()];
        for (place, state) in self.states.iter().enumerate() {
            for host in &state.hosts {
                let found = &hosts[*host as usize];
                assert_eq!(
                    (state.free, state.capacity),
                    (found.free, found.capacity),
                    "state of host {host}"
                );
                assert_eq!(grouped[*host as usize], OUT, "host {host} is in two states");
                grouped[*host as usize] = place as u32;
            }
            if !state.hosts.is_empty() {
                assert_eq!(
                    self.places.get(&(state.free, state.capacity)),
                    Some(&(place as u32)),
                    "{state:?}"
                );
            }
        }
        assert_eq!(grouped, self.of_host, "hosts are listed where they are believed to be");
        for (number, host) in hosts.iter().enumerate() {
            assert_eq!(grouped[number] != OUT, host.is_in_service(), "host {number}: {host:?}");
        }
        let used = self.states.iter().filter(|state| !state.hosts.is_empty()).count();
        assert_eq!(
            (self.places.len(), self.states.len() - self.vacant.len()),
            (used, used),
            "places of states"
        );
    }
}
