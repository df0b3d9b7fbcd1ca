//! The counts of an estate, as plain data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::findings::Outcome;
use super::machine::{Estate, PowerState, StorageBasis};
use super::quality::Grade;
use super::{InventoryFormat, OsFamily};
use crate::base::units::Bytes;

/// The counts of an estate. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The layout in which the inventory was found.
    pub format: InventoryFormat,
    /// What made it.
    pub producer: String,
    /// Its date, as `YYYY-MM-DD`.
    pub as_of: Option<String>,
    /// Rows read; `rows_read = machines + rows_skipped`.
    pub rows_read: usize,
    /// Rows that became no machine.
    pub rows_skipped: usize,
    /// Machines kept.
    pub machines: usize,
    /// Those that run.
    pub powered_on: usize,
    /// Those that are off.
    pub powered_off: usize,
    /// Those that are suspended.
    pub suspended: usize,
    /// Virtual CPUs of all machines.
    pub vcpus: u64,
    /// Virtual CPUs of those that run.
    pub vcpus_on: u64,
    /// Memory of all machines.
    pub memory_bytes: u64,
    /// Memory of those that run.
    pub memory_on_bytes: u64,
    /// The definition by which `storage_bytes` counts.
    pub storage_basis: &'static str,
    /// Storage of all machines by that definition.
    pub storage_bytes: u64,
    /// Machines whose storage had to be taken by another definition, or as none.
    pub storage_stand_ins: usize,
    /// Hosts listed.
    pub hosts: usize,
    /// Their physical cores.
    pub host_cores: u64,
    /// Machines by datacenter.
    pub datacenters: BTreeMap<String, usize>,
    /// Machines by family of operating system.
    pub os_families: BTreeMap<OsFamily, usize>,
    /// Rows skipped, values filled in and remarks, by reason.
    pub findings: Vec<FindingCount>,
    /// What stands in the way of moving machines.
    pub blockers: Vec<BlockerCount>,
    /// The data-quality grade.
    pub grade: Grade,
    /// The score behind the grade, 0–100.
    pub quality_percent: f64,
    /// The facts that cost points, the worst first, with the points.
    pub quality_losses: Vec<(&'static str, f64)>,
}

/// How often one reason was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingCount {
    /// `skipped`, `defaulted` or `noted`.
    pub outcome: &'static str,
    /// The reason.
    pub reason: &'static str,
    /// How often.
    pub count: usize,
}

/// How many machines have one kind of blocker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockerCount {
    /// The kind, by the name in our own CSV.
    pub kind: &'static str,
    /// The number of machines.
    pub machines: usize,
    /// The first three of them, by name.
    pub examples: Vec<String>,
}

/// The counts of `estate`, its storage by `basis`.
pub fn summary(estate: &Estate, basis: StorageBasis) -> Summary {
    let machines = &estate.machines;
    let in_state = |state| machines.iter().filter(|machine| machine.power == state).count();
    let running = || machines.iter().filter(|machine| machine.runs());
    let mut datacenters = BTreeMap::new();
    let mut os_families = BTreeMap::new();
    let mut blockers: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for machine in machines {
        *datacenters.entry(machine.datacenter.clone()).or_insert(0) += 1;
        *os_families.entry(machine.os_family).or_insert(0) += 1;
        for blocker in &machine.blockers {
            blockers.entry(blocker.kind).or_default().push(&machine.name);
        }
    }
    Summary {
        format: estate.format,
        producer: estate.producer.clone(),
        as_of: estate.as_of.map(|day| day.to_string()),
        rows_read: estate.findings.read,
        rows_skipped: estate.findings.skipped(),
        machines: machines.len(),
        powered_on: in_state(PowerState::On),
        powered_off: in_state(PowerState::Off),
        suspended: in_state(PowerState::Suspended),
        vcpus: machines.iter().map(|machine| u64::from(machine.cpus)).sum(),
        vcpus_on: running().map(|machine| u64::from(machine.cpus)).sum(),
        memory_bytes: machines.iter().map(|machine| machine.memory).sum::<Bytes>().get(),
        memory_on_bytes: running().map(|machine| machine.memory).sum::<Bytes>().get(),
        storage_basis: basis.as_str(),
        storage_bytes: machines.iter().map(|machine| machine.storage.used(basis)).sum::<Bytes>().get(),
        storage_stand_ins: machines.iter().filter(|machine| machine.storage.exact(basis).is_none()).count(),
        hosts: estate.hosts.len(),
        host_cores: estate.hosts.iter().map(|host| u64::from(host.cores)).sum(),
        datacenters,
        os_families,
        findings: finding_counts(estate),
        blockers: blockers
            .into_iter()
            .map(|(kind, names)| BlockerCount {
                kind: kind.rule().name,
                machines: names.len(),
                examples: names.iter().take(3).map(|name| (*name).to_owned()).collect(),
            })
            .collect(),
        grade: estate.quality.grade,
        quality_percent: estate.quality.percent,
        quality_losses: estate.quality.losses(),
    }
}

fn finding_counts(estate: &Estate) -> Vec<FindingCount> {
    let outcome = |outcome| match outcome {
        Outcome::Skipped => "skipped",
        Outcome::Defaulted => "defaulted",
        Outcome::Noted => "noted",
    };
    let mut counts: Vec<_> = estate.findings.by_kind().into_iter().collect();
    counts.sort_by_key(|(kind, _)| (kind.outcome(), *kind));
    counts
        .into_iter()
        .map(|(kind, count)| FindingCount { outcome: outcome(kind.outcome()), reason: kind.reason(), count })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_add_up_and_storage_says_where_another_definition_stood_in() {
        let text = "VM,Powerstate,Template,CPUs,Memory,Provisioned MiB,In Use MiB,Datacenter\n\
                    a,poweredOn,False,2,1024,100,40,X\nb,poweredOff,False,4,1024,100,,X\nt,poweredOff,True,1,1,1,1,X\n";
        let estate = super::super::read("f", text.as_bytes().to_vec()).unwrap();
        let counts = summary(&estate, StorageBasis::InUse);
        assert_eq!((counts.rows_read, counts.machines, counts.rows_skipped), (3, 2, 1));
        assert_eq!((counts.vcpus, counts.vcpus_on), (6, 2));
        assert_eq!((counts.storage_bytes, counts.storage_stand_ins), (Bytes::from_mib(140).get(), 1));
        assert_eq!(counts.datacenters, BTreeMap::from([("X".to_owned(), 2)]));
        assert_eq!(counts.findings[0], FindingCount { outcome: "skipped", reason: "template", count: 1 });
    }
}
