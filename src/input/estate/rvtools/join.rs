//! Which machine a row of another tab speaks of.

use std::collections::HashMap;

use super::super::blockers::Evidence;
use super::super::machine::Machine;
use super::super::table::{Column, Row, Table};

/// What names a machine in a row of any tab.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// vCenter's own id, e.g. `vm-1000`; empty when absent.
    pub vm_id: String,
    /// The vCenter that gave it; empty when absent.
    pub sdk: String,
    /// The instance UUID, in lower case; empty when absent.
    pub uuid: String,
    /// The name.
    pub name: String,
    /// The host; empty when absent.
    pub host: String,
}

impl Identity {
    /// The key of the machine; see [`Machine::key`].
    pub(super) fn key(&self) -> String {
        if !self.vm_id.is_empty() {
            format!("id:{}@{}", self.vm_id, self.sdk)
        } else if !self.uuid.is_empty() {
            format!("uuid:{}", self.uuid)
        } else {
            format!("name:{}@{}", self.name, self.host)
        }
    }

    /// Whether a stronger key than the name says that two rows mean different machines.
    fn contradicts(&self, other: &Self) -> bool {
        let differ = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
        differ(&self.vm_id, &other.vm_id) || differ(&self.uuid, &other.uuid) || differ(&self.sdk, &other.sdk)
    }
}

/// The columns of a tab that name the machine.
#[derive(Clone, Copy)]
pub(super) struct IdentityColumns {
    pub vm_id: Column,
    pub sdk: Column,
    pub uuid: Column,
    pub name: Column,
    pub host: Column,
}

impl IdentityColumns {
    pub(super) fn of(table: &Table) -> Self {
        Self {
            vm_id: table.column(&["vm id"]),
            sdk: table.column(&["vi sdk uuid"]),
            uuid: table.column(&["vm uuid"]),
            name: table.column(&["vm"]),
            host: table.column(&["host"]),
        }
    }

    pub(super) fn read(&self, row: Row<'_>) -> Identity {
        Identity {
            vm_id: row.text(self.vm_id).to_owned(),
            sdk: row.text(self.sdk).to_owned(),
            uuid: row.text(self.uuid).to_lowercase(),
            name: row.text(self.name).to_owned(),
            host: row.text(self.host).to_owned(),
        }
    }
}

/// A machine in the making.
pub(super) struct Draft {
    /// The tab of its row.
    pub table: String,
    /// Its row.
    pub row: u32,
    pub machine: Machine,
    pub evidence: Evidence,
    /// Whether vInfo leaves the capacity of the disks to be summed up from vDisk.
    pub sums_disks: bool,
    /// Adapters met in vNetwork so far.
    pub listed_nics: u32,
    /// Whether no machine is made of it. It stays here so that its rows in other tabs
    /// are known to be its own.
    pub skipped: bool,
}

impl Draft {
    pub(super) fn new(table: &str, row: u32, machine: Machine, skipped: bool) -> Self {
        let sums_disks = machine.storage.total_disk.is_none();
        let evidence = Evidence::default();
        Self { table: table.to_owned(), row, machine, evidence, sums_disks, listed_nics: 0, skipped }
    }
}

/// All drafts, found by any of their keys.
#[derive(Default)]
pub(super) struct Drafts {
    entries: Vec<(Identity, Draft)>,
    by_id: HashMap<String, Vec<usize>>,
    by_uuid: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Drafts {
    pub(super) fn push(&mut self, identity: Identity, draft: Draft) {
        let index = self.entries.len();
        for (map, key) in [
            (&mut self.by_id, &identity.vm_id),
            (&mut self.by_uuid, &identity.uuid),
            (&mut self.by_name, &identity.name),
        ] {
            if !key.is_empty() {
                map.entry(key.clone()).or_default().push(index);
            }
        }
        self.entries.push((identity, draft));
    }

    /// The draft of which a row with `wanted` speaks.
    pub(super) fn find(&mut self, wanted: &Identity) -> Option<&mut Draft> {
        let index = self.index(wanted)?;
        self.entries.get_mut(index).map(|(_, draft)| draft)
    }

    fn index(&self, wanted: &Identity) -> Option<usize> {
        let fitting = |map: &HashMap<String, Vec<usize>>, key: &String| -> Vec<usize> {
            let all = map.get(key).map_or(&[][..], Vec::as_slice);
            all.iter().copied().filter(|index| !self.entries[*index].0.contradicts(wanted)).collect()
        };
        let ids = fitting(&self.by_id, &wanted.vm_id);
        if let [only] = ids[..] {
            return Some(only);
        }
        // A careless clone keeps the UUID of its origin: the name tells them apart.
        let mut uuids = fitting(&self.by_uuid, &wanted.uuid);
        if uuids.len() > 1 {
            uuids.retain(|index| self.entries[*index].0.name == wanted.name);
        }
        if let [only] = uuids[..] {
            return Some(only);
        }
        let mut names = fitting(&self.by_name, &wanted.name);
        if names.len() > 1 {
            names.retain(|index| self.entries[*index].0.host == wanted.host);
        }
        match names[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// All drafts, in the order of vInfo.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (Identity, Draft)> {
        self.entries.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(vm_id: &str, sdk: &str, name: &str, host: &str) -> Identity {
        Identity {
            vm_id: vm_id.into(),
            sdk: sdk.into(),
            uuid: String::new(),
            name: name.into(),
            host: host.into(),
        }
    }

    fn drafts(all: &[Identity]) -> Drafts {
        let mut drafts = Drafts::default();
        for (row, identity) in (2..).zip(all) {
            drafts.push(identity.clone(), Draft::new("vInfo", row, Machine::default(), false));
        }
        drafts
    }

    #[test]
    fn the_id_decides_before_the_name_and_the_vcenter_before_both() {
        let mut all = drafts(&[
            identity("vm-1", "a", "web", ""),
            identity("vm-1", "b", "db", ""),
            identity("vm-2", "a", "mail", ""),
        ]);
        assert_eq!(all.find(&identity("vm-1", "b", "mail", "")).unwrap().row, 3);
        assert_eq!(all.find(&identity("vm-2", "", "web", "")).unwrap().row, 4);
    }

    #[test]
    fn a_name_does_not_join_what_an_id_sets_apart() {
        let mut all = drafts(&[identity("vm-1", "", "web", ""), identity("", "", "db", "")]);
        assert!(all.find(&identity("vm-9", "", "web", "")).is_none());
        assert_eq!(all.find(&identity("vm-9", "", "db", "")).unwrap().row, 3);
    }

    #[test]
    fn a_name_used_twice_needs_the_host() {
        let mut all = drafts(&[identity("", "", "web", "esx1"), identity("", "", "web", "esx2")]);
        assert_eq!(all.find(&identity("", "", "web", "esx2")).unwrap().row, 3);
        assert!(all.find(&identity("", "", "web", "esx3")).is_none());
    }
}
