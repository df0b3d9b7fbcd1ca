//! Azure Migrate's import CSV: one row a server, with or without the asterisks that
//! mark mandatory columns, up to eight disks.
//!
//! "MB" and "GB" are read as MiB and GiB, as VMware inventories that fill the template
//! write them. Servers are known by name alone, as for Azure Migrate's own re-import.

use std::collections::BTreeSet;

use super::InventoryFormat;
use super::blockers::{self, Evidence};
use super::error::EstateError;
use super::findings::{FindingKind, Findings};
use super::machine::{Disk, Estate, Firmware, Machine, PowerState, Utilisation, UtilisationConfidence};
use super::os::classify;
use super::quality;
use super::table::{Column, Row, Table};
use crate::base::units::Bytes;

/// The template's own columns, without their asterisks; anything else is a tag.
const OWN: &[&str] = &[
    "server name",
    "ip addresses",
    "ip address",
    "cores",
    "memory (in mb)",
    "memory",
    "os name",
    "os version",
    "os architecture",
    "server type",
    "hypervisor",
    "cpu utilization percentage",
    "memory utilization percentage",
    "network adapters",
    "network in throughput",
    "network out throughput",
    "boot type",
    "firmware type",
    "mac address",
    "number of disks",
    "storage in use (in gb)",
];

const DISKS: u32 = 8;

/// How many of the telling columns `table` has.
pub(super) fn likeness(table: &Table) -> usize {
    [
        "server name",
        "cores",
        "memory (in mb)",
        "os name",
        "storage in use (in gb)",
        "cpu utilization percentage",
    ]
    .iter()
    .filter(|name| column(table, name).is_present())
    .count()
}

/// A column by its name with or without the asterisk.
fn column(table: &Table, name: &str) -> Column {
    table.column(&[name, &format!("*{name}"), &format!("* {name}")])
}

struct Columns {
    name: Column,
    cores: Column,
    memory: Column,
    os: Column,
    os_version: Column,
    cpu: Column,
    memory_use: Column,
    nics: Column,
    boot: Column,
    disk_count: Column,
    in_use: Column,
    disks: Vec<Column>,
    tags: Vec<(Column, String)>,
}

impl Columns {
    fn of(table: &Table) -> Result<Self, EstateError> {
        let first = |names: &[&str]| {
            names.iter().map(|name| column(table, name)).find(|c| c.is_present()).unwrap_or(table.column(&[]))
        };
        let required = |names: &[&str], title: &str| {
            let found = first(names);
            if found.is_present() { Ok(found) } else { Err(EstateError::missing_column(table, title)) }
        };
        Ok(Self {
            name: required(&["server name"], "Server name")?,
            cores: required(&["cores"], "Cores")?,
            memory: required(&["memory (in mb)", "memory"], "Memory (In MB)")?,
            os: first(&["os name"]),
            os_version: first(&["os version"]),
            cpu: first(&["cpu utilization percentage"]),
            memory_use: first(&["memory utilization percentage"]),
            nics: first(&["network adapters"]),
            boot: first(&["boot type", "firmware type"]),
            disk_count: first(&["number of disks"]),
            in_use: first(&["storage in use (in gb)"]),
            disks: (1..=DISKS).map(|n| first(&[&format!("disk {n} size (in gb)")])).collect(),
            tags: table.columns(|name| {
                let name = name.trim_start_matches(['*', ' ']);
                !name.is_empty() && !OWN.contains(&name) && !is_disk_or_total(name)
            }),
        })
    }

    fn machine(&self, row: Row<'_>, name: &str) -> Machine {
        let os = format!("{} {}", row.text(self.os), row.text(self.os_version)).trim().to_owned();
        let (os_family, os_edition) = classify(&os);
        let percent =
            |column| row.decimal(column).map(|p| Utilisation::new(p / 100.0, UtilisationConfidence::Period));
        let mut machine = Machine {
            key: format!("name:{name}@"),
            name: name.to_owned(),
            power: PowerState::On,
            cpus: row.count(self.cores).unwrap_or(0),
            memory: row.mib(self.memory).unwrap_or(Bytes::ZERO),
            nics: row.count(self.nics).unwrap_or(0),
            os,
            os_family,
            os_edition,
            firmware: Firmware::parse(row.text(self.boot)),
            cpu_utilisation: percent(self.cpu),
            memory_utilisation: percent(self.memory_use),
            disks: self.listed_disks(row),
            ..Machine::default()
        };
        machine.storage.in_use = gib(row, self.in_use);
        // The template has room for eight disks and users fill in fewer: a sum of some
        // disks is not the capacity of all.
        let expected = row.count(self.disk_count).unwrap_or(0) as usize;
        if !machine.disks.is_empty() && machine.disks.len() >= expected {
            machine.storage.total_disk = Some(machine.disks.iter().map(|disk| disk.capacity).sum());
        }
        for (column, tag) in &self.tags {
            let value = row.text(*column);
            if !value.is_empty() {
                machine.tags.insert(tag.clone(), value.to_owned());
            }
        }
        machine
    }

    fn listed_disks(&self, row: Row<'_>) -> Vec<Disk> {
        let sizes = self.disks.iter().map(|column| gib(row, *column)).enumerate();
        sizes
            .filter_map(|(index, size)| {
                let capacity = size.filter(|size| *size > Bytes::ZERO)?;
                Some(Disk { label: format!("Disk {}", index + 1), capacity, ..Disk::default() })
            })
            .collect()
    }
}

/// Columns of single disks and of older templates' totals.
fn is_disk_or_total(name: &str) -> bool {
    name.strip_prefix("disk ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        || name.starts_with("total disks ")
}

fn gib(row: Row<'_>, column: Column) -> Option<Bytes> {
    // 2^34 GiB is the largest number of GiB that a count of bytes can hold.
    let gib = row.decimal(column).filter(|gib| (0.0..1.7e10).contains(gib))?;
    Some(Bytes::from_gib(1).scaled(gib))
}

/// The estate of an import CSV.
pub(super) fn read(table: &Table) -> Result<Estate, EstateError> {
    let columns = Columns::of(table)?;
    let mut findings = Findings::default();
    for (column, name) in [(columns.os, "OS name"), (columns.in_use, "Storage in use (In GB)")] {
        if !column.is_present() {
            findings.add(FindingKind::ColumnAbsent, &table.name, 0, name);
        }
    }
    let mut machines = Vec::new();
    let mut seen = BTreeSet::new();
    for row in table.rows() {
        findings.read += 1;
        let name = row.text(columns.name);
        let mut add = |kind| findings.add(kind, &table.name, row.number, name);
        let mut machine = columns.machine(row, name);
        let refused = if name.is_empty() {
            Some(FindingKind::NoName)
        } else if machine.cpus == 0 {
            Some(FindingKind::NoCpus)
        } else if machine.memory == Bytes::ZERO {
            Some(FindingKind::NoMemory)
        } else if !seen.insert(name.to_owned()) {
            Some(FindingKind::Repeated)
        } else {
            None
        };
        if let Some(kind) = refused {
            add(kind);
            continue;
        }
        if machine.storage.basis_found(super::StorageBasis::InUse).is_none() {
            add(FindingKind::NoStorage);
        }
        machine.blockers = blockers::find(&machine, &Evidence::default());
        machines.push(machine);
    }
    findings.kept = machines.len();
    if machines.is_empty() {
        let origin = table.origin.clone();
        let first = findings.first_skipped();
        return Err(match findings.read {
            0 => EstateError::Empty { origin },
            read => EstateError::NoMachines { origin, read, first },
        });
    }
    let quality = quality::grade(&machines, &[], &findings);
    Ok(Estate {
        traces: None,
        machines,
        hosts: Vec::new(),
        as_of: None,
        format: InventoryFormat::AzureMigrateCsv,
        producer: "Azure Migrate import CSV".to_owned(),
        findings,
        quality,
    })
}

#[cfg(test)]
mod tests {
    use super::super::csv_table;
    use super::*;

    fn read_text(text: &str) -> Result<Estate, EstateError> {
        read(&csv_table::parse("import.csv", "import.csv", text.as_bytes())?)
    }

    #[test]
    fn asterisks_disks_and_percentages_are_read() {
        let estate = read_text(
            "*Server name,*Cores,*Memory (In MB),*OS name,CPU utilization percentage,Number of disks,\
             Storage in use (In GB),Disk 1 size (In GB),Disk 8 size (In GB),Owner\n\
             a,4,16384,Ubuntu Linux,25,2,100.5,80,70,team-a\n",
        )
        .unwrap();
        let vm = &estate.machines[0];
        assert_eq!(vm.storage.in_use, Some(Bytes::from_mib(102_912)));
        assert_eq!(vm.storage.total_disk, Some(Bytes::from_gib(150)));
        assert_eq!(vm.cpu_utilisation.unwrap().share, 0.25);
        assert_eq!(vm.tags["Owner"], "team-a");
        assert_eq!(vm.disks[1].label, "Disk 8");
    }

    #[test]
    fn some_of_the_disks_are_not_taken_for_all() {
        let text = "Server name,Cores,Memory,Number of disks,Disk 1 size (In GB)\na,1,1024,3,80\n";
        assert_eq!(read_text(text).unwrap().machines[0].storage.total_disk, None);
    }

    #[test]
    fn a_server_listed_twice_or_without_cores_is_skipped_and_named() {
        let text = "Server name,Cores,Memory (In MB)\na,1,1024\na,2,2048\nb,,1024\n";
        let findings = read_text(text).unwrap().findings;
        let skipped: Vec<String> =
            findings.with(super::super::Outcome::Skipped).map(ToString::to_string).collect();
        assert_eq!(
            skipped,
            ["import.csv row 3: listed before (a)", "import.csv row 4: no CPUs, or zero (b)"]
        );
        assert_eq!((findings.read, findings.kept), (3, 1));
    }

    #[test]
    fn a_missing_mandatory_column_is_named() {
        let message = read_text("Server name,Core,Memory (In MB)\na,1,1024\n").unwrap_err().to_string();
        assert!(message.contains("no column `Cores` (is `Core` meant?)"), "{message}");
    }
}
