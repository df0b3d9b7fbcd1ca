//! How complete the facts are on which a simulation of an estate rests.
//!
//! Each fact has a weight; an estate scores, in percent, the weighted share of its
//! machines of which the fact is known. The weights say what a wrong or missing value
//! does to a result; they are a convention of this program, not a published measure.
//!
//! | fact | weight | why |
//! |---|---|---|
//! | storage in use, or in the guest | 25 | decides what is copied and billed |
//! | CPU utilisation | 20 | decides right-sizing; a single instant counts half |
//! | operating system | 15 | decides licences and methods |
//! | host, and listed with its cores | 15 | decides licences released |
//! | disks one by one | 10 | shows most blockers |
//! | memory utilisation | 5 | as CPU; a single instant counts half |
//! | identity that survives a rename | 5 | lets two exports be compared |
//! | row without error or guess | 5 | no CPUs, memory, storage or power state filled in or lacking |
//!
//! A from 90 %, B from 75 %, C from 55 %, D from 35 %, else E. An RVTools export is one
//! instant: an estate of running machines earns 87.5 % from it, a B, at best.

use std::collections::BTreeSet;
use std::fmt;

use super::findings::{Findings, Outcome};
use super::machine::{HostRecord, Machine, StorageBasis, Utilisation, UtilisationConfidence};
use super::os::OsFamily;

/// A grade from A (all that matters is known) to E.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[allow(missing_docs, reason = "the letters are the meaning; the module says where they begin")]
pub enum Grade {
    A,
    B,
    C,
    D,
    E,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// A grade with the facts that make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// The grade of `percent`.
    pub grade: Grade,
    /// The weighted share of known facts, 0–100.
    pub percent: f64,
    /// Each fact with its weight and the share of machines, 0–1, of which it is known.
    pub facts: Vec<(&'static str, f64, f64)>,
}

impl Quality {
    /// The facts that cost most points, the worst first; those fully known are left out.
    pub fn losses(&self) -> Vec<(&'static str, f64)> {
        let mut lost: Vec<_> =
            self.facts.iter().map(|(fact, weight, share)| (*fact, weight * (1.0 - share))).collect();
        lost.retain(|(_, points)| *points >= 0.05);
        lost.sort_by(|a, b| b.1.total_cmp(&a.1));
        lost
    }
}

/// The quality of an estate of these machines, hosts and findings.
pub(super) fn grade(machines: &[Machine], hosts: &[HostRecord], findings: &Findings) -> Quality {
    let count = machines.len().max(1) as f64;
    let mean = |known: &dyn Fn(&Machine) -> f64| machines.iter().map(known).sum::<f64>() / count;
    let listed: BTreeSet<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    let clean = {
        let faulty =
            findings.with(Outcome::Defaulted).map(|f| (&f.table, f.row)).collect::<BTreeSet<_>>().len();
        let errors = findings.entries.iter().filter(|entry| is_error(entry.kind)).count();
        1.0 - (faulty + errors) as f64 / (machines.len() + errors).max(1) as f64
    };
    let facts: Vec<(&'static str, f64, f64)> = vec![
        (
            "storage in use",
            25.0,
            mean(&|vm| {
                let known = vm.storage.exact(StorageBasis::InUse).or(vm.storage.exact(StorageBasis::Guest));
                yes(known.is_some())
            }),
        ),
        ("CPU utilisation", 20.0, mean(&|vm| history(vm, vm.cpu_utilisation))),
        ("operating system", 15.0, mean(&|vm| yes(vm.os_family != OsFamily::Unknown))),
        (
            "host and its cores",
            15.0,
            mean(&|vm| 0.5 * yes(!vm.host.is_empty()) + 0.5 * yes(listed.contains(vm.host.as_str()))),
        ),
        ("disks one by one", 10.0, mean(&|vm| yes(!vm.disks.is_empty()))),
        ("memory utilisation", 5.0, mean(&|vm| history(vm, vm.memory_utilisation))),
        ("lasting identity", 5.0, mean(&|vm| yes(!vm.key.starts_with("name:")))),
        ("rows without error or guess", 5.0, clean.max(0.0)),
    ];
    let percent = facts.iter().map(|(_, weight, share)| weight * share).sum::<f64>();
    // A sum of exact shares may fall a rounding short of the threshold it reaches.
    let reaches = |threshold: f64| percent >= threshold - 1e-9;
    let grade = match percent {
        _ if reaches(90.0) => Grade::A,
        _ if reaches(75.0) => Grade::B,
        _ if reaches(55.0) => Grade::C,
        _ if reaches(35.0) => Grade::D,
        _ => Grade::E,
    };
    Quality { grade, percent, facts }
}

fn is_error(kind: super::FindingKind) -> bool {
    use super::FindingKind::{NoCpus, NoMemory, NoName};
    matches!(kind, NoName | NoCpus | NoMemory)
}

fn yes(known: bool) -> f64 {
    f64::from(u8::from(known))
}

/// How much of a utilisation is known; a machine that does not run needs none.
fn history(machine: &Machine, utilisation: Option<Utilisation>) -> f64 {
    match utilisation.map(|utilisation| utilisation.confidence) {
        _ if !machine.runs() => 1.0,
        Some(UtilisationConfidence::Period) => 1.0,
        Some(UtilisationConfidence::Instant | UtilisationConfidence::Synthetic) => 0.5,
        None => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Bytes;

    fn complete(confidence: UtilisationConfidence) -> Machine {
        let mut machine = Machine { key: "id:vm-1@".into(), host: "esx1".into(), ..Machine::default() };
        machine.storage.in_use = Some(Bytes::from_gib(1));
        machine.os_family = OsFamily::Linux;
        machine.disks.push(super::super::Disk::default());
        machine.cpu_utilisation = Some(Utilisation::new(0.1, confidence));
        machine.memory_utilisation = machine.cpu_utilisation;
        machine
    }

    #[test]
    fn everything_known_is_an_a_and_one_instant_of_history_is_a_b() {
        let hosts = [HostRecord { name: "esx1".into(), cores: 32, ..HostRecord::default() }];
        let grade_of = |confidence| grade(&[complete(confidence)], &hosts, &Findings::default());
        assert_eq!(grade_of(UtilisationConfidence::Period).grade, Grade::A);
        let instant = grade_of(UtilisationConfidence::Instant);
        assert_eq!((instant.grade, instant.percent), (Grade::B, 87.5));
        assert_eq!(instant.losses(), [("CPU utilisation", 10.0), ("memory utilisation", 2.5)]);
    }

    #[test]
    fn names_alone_are_an_e() {
        let machine = Machine { key: "name:a@".into(), ..Machine::default() };
        assert_eq!(grade(&[machine], &[], &Findings::default()).grade, Grade::E);
    }
}
