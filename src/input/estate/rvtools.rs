//! RVTools exports, 3.x and 4.x, from a workbook, a folder of CSV files or vInfo alone.
//!
//! vInfo makes the machines; every other tab only adds to them. A row of another tab
//! finds its machine by VM ID and VI SDK UUID, else by VM UUID, else by name (and host,
//! where a name is used twice), and never finds one whose stronger key contradicts it.

use std::collections::{BTreeMap, BTreeSet};

use super::InventoryFormat;
use super::blockers;
use super::error::EstateError;
use super::findings::{FindingKind, Findings};
use super::headers;
use super::machine::{Estate, Firmware, Machine, PowerState, Utilisation, UtilisationConfidence};
use super::os::classify;
use super::quality;
use super::table::{Column, Row, Table};
use super::values;
use crate::base::units::Bytes;

mod details;
mod hosts;
mod join;

use join::{Draft, Drafts, Identity};

/// The tabs that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tab {
    Info,
    Cpu,
    Memory,
    Disk,
    Partition,
    Network,
    Snapshot,
    Tools,
    Usb,
    Host,
    MetaData,
}

impl Tab {
    const ALL: [Self; 11] = [
        Self::Info,
        Self::Cpu,
        Self::Memory,
        Self::Disk,
        Self::Partition,
        Self::Network,
        Self::Snapshot,
        Self::Tools,
        Self::Usb,
        Self::Host,
        Self::MetaData,
    ];

    /// The tab's name in lower case.
    fn name(self) -> &'static str {
        match self {
            Self::Info => "vinfo",
            Self::Cpu => "vcpu",
            Self::Memory => "vmemory",
            Self::Disk => "vdisk",
            Self::Partition => "vpartition",
            Self::Network => "vnetwork",
            Self::Snapshot => "vsnapshot",
            Self::Tools => "vtools",
            Self::Usb => "vusb",
            Self::Host => "vhost",
            Self::MetaData => "vmetadata",
        }
    }

    /// The tab that a sheet or a file's stem names: `vInfo`, `RVTools_tabvInfo`,
    /// `Paris_RVTools_tabvInfo`, `tabvInfo`.
    pub(super) fn named(stem: &str) -> Option<Self> {
        let stem = stem.trim().to_lowercase();
        Self::ALL.into_iter().find(|tab| stem.strip_suffix(tab.name()).is_some_and(is_prefix))
    }

    /// The name as RVTools writes it, for messages.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Info => "vInfo",
            Self::Cpu => "vCPU",
            Self::Memory => "vMemory",
            Self::Disk => "vDisk",
            Self::Partition => "vPartition",
            Self::Network => "vNetwork",
            Self::Snapshot => "vSnapshot",
            Self::Tools => "vTools",
            Self::Usb => "vUSB",
            Self::Host => "vHost",
            Self::MetaData => "vMetaData",
        }
    }
}

fn is_prefix(front: &str) -> bool {
    front.is_empty() || front.ends_with("tab") || front.ends_with(['_', '-', ' ', '.'])
}

/// The tables of an export by tab; several where exports of two vCenters share a folder.
pub(super) type Tabs = BTreeMap<Tab, Vec<Table>>;

/// Whether the columns of `table` are those of vInfo: how many of the telling ones it has.
pub(super) fn likeness(table: &Table) -> usize {
    [
        "vm",
        "powerstate",
        "cpus",
        "memory",
        "provisioned mib",
        "in use mib",
        "vm id",
        "vi sdk uuid",
        "host",
        "template",
    ]
    .iter()
    .filter(|name| table.column(&[name]).is_present())
    .count()
}

/// The estate of an export.
pub(super) fn read(origin: &str, format: InventoryFormat, tabs: &Tabs) -> Result<Estate, EstateError> {
    let mut findings = Findings::default();
    let mut drafts = Drafts::default();
    for table in tables(tabs, Tab::Info) {
        read_vinfo(table, tables(tabs, Tab::Disk), &mut drafts, &mut findings)?;
    }
    details::add(tabs, &mut drafts, &mut findings);
    let hosts = hosts::read(tables(tabs, Tab::Host), &mut findings);
    let machines = finish(drafts, &hosts, &mut findings);
    if machines.is_empty() {
        let first = findings.first_skipped();
        return Err(if findings.read == 0 {
            EstateError::Empty { origin: origin.to_owned() }
        } else {
            EstateError::NoMachines { origin: origin.to_owned(), read: findings.read, first }
        });
    }
    let meta = metadata(tables(tabs, Tab::MetaData));
    let quality = quality::grade(&machines, &hosts, &findings);
    Ok(Estate {
        machines,
        hosts,
        as_of: meta.as_of,
        format,
        producer: meta.producer,
        findings,
        quality,
        traces: None,
    })
}

fn tables(tabs: &Tabs, tab: Tab) -> &[Table] {
    tabs.get(&tab).map_or(&[], Vec::as_slice)
}

struct Metadata {
    as_of: Option<jiff::civil::Date>,
    producer: String,
}

fn metadata(tables: &[Table]) -> Metadata {
    let mut meta = Metadata { as_of: None, producer: "RVTools".to_owned() };
    if let Some(table) = tables.first()
        && let Some(row) = table.rows().next()
    {
        meta.as_of = values::date(row.text(table.column(&["xlsx creation datetime"])));
        let version = row.text(table.column(&["rvtools version", "rvtools major version"]));
        if !version.is_empty() {
            meta.producer = format!("RVTools {version}");
        }
    }
    meta
}

/// The columns of vInfo that are read.
struct VInfo {
    identity: join::IdentityColumns,
    power: Column,
    template: Column,
    srm: Column,
    connection: Column,
    cpus: Column,
    memory: Column,
    active_memory: Column,
    cpu_usage: Column,
    memory_usage: Column,
    nics: Column,
    provisioned: Column,
    in_use: Column,
    total_disk: Column,
    folder: Column,
    path: Column,
    datacenter: Column,
    cluster: Column,
    os_guest: Column,
    os_configured: Column,
    firmware: Column,
    secure_boot: Column,
    hardware: Column,
    ft_state: Column,
    passthrough: Column,
    networks: Vec<(Column, String)>,
    tags: Vec<(Column, String)>,
}

impl VInfo {
    fn of(table: &Table, disks: &[Table]) -> Result<Self, EstateError> {
        let column = |name: &str| table.column(&[name]);
        let required = |name: &str, title: &str| {
            let found = column(name);
            if found.is_present() { Ok(found) } else { Err(EstateError::missing_column(table, title)) }
        };
        required("vm", "VM")?;
        let columns = Self {
            identity: join::IdentityColumns::of(table),
            power: column("powerstate"),
            template: column("template"),
            srm: column("srm placeholder"),
            connection: column("connection state"),
            cpus: required("cpus", "CPUs")?,
            memory: required("memory", "Memory")?,
            active_memory: column("active memory"),
            cpu_usage: column("cpu usage %"),
            memory_usage: column("memory usage %"),
            nics: column("nics"),
            provisioned: column("provisioned mib"),
            in_use: column("in use mib"),
            total_disk: column("total disk capacity mib"),
            folder: column("folder"),
            path: column("path"),
            datacenter: column("datacenter"),
            cluster: column("cluster"),
            os_guest: column("os according to the vmware tools"),
            os_configured: table.column(&["os according to the configuration file", "os"]),
            firmware: column("firmware"),
            secure_boot: column("efi secure boot"),
            hardware: column("hw version"),
            ft_state: column("ft state"),
            passthrough: column("fixed passthru hotplug"),
            networks: table.columns(|name| name.starts_with("network #")),
            tags: table.columns(|name| !name.is_empty() && !headers::is_vinfo(name)),
        };
        let has_storage =
            [columns.provisioned, columns.in_use, columns.total_disk].iter().any(|c| c.is_present());
        if !has_storage && disks.is_empty() {
            return Err(EstateError::missing_column(table, "Provisioned MiB"));
        }
        Ok(columns)
    }

    /// Notes the optional columns whose absence a user would want to know.
    fn note_absent(&self, table: &Table, findings: &mut Findings) {
        let optional = [
            (self.power, "Powerstate"),
            (self.in_use, "In Use MiB"),
            (self.os_configured, "OS according to the configuration file"),
            (self.identity.host, "Host"),
        ];
        for (column, name) in optional {
            if !column.is_present() {
                findings.add(FindingKind::ColumnAbsent, &table.name, 0, name);
            }
        }
        if !self.identity.vm_id.is_present() && !self.identity.uuid.is_present() {
            findings.add(FindingKind::ColumnAbsent, &table.name, 0, "VM ID and VM UUID");
        }
    }

    /// Why a row makes no machine, before its numbers are looked at.
    fn skip(&self, row: Row<'_>, name: &str) -> Option<FindingKind> {
        if name.is_empty() {
            Some(FindingKind::NoName)
        } else if row.is_true(self.template) {
            Some(FindingKind::Template)
        } else if row.is_true(self.srm) {
            Some(FindingKind::SrmPlaceholder)
        } else if is_housekeeping(name) {
            Some(FindingKind::Housekeeping)
        } else {
            None
        }
    }

    fn machine(&self, row: Row<'_>, identity: &Identity, power: PowerState) -> Machine {
        let guest = row.text(self.os_guest);
        let os = if guest.is_empty() { row.text(self.os_configured) } else { guest };
        let (os_family, os_edition) = classify(os);
        let memory = row.mib(self.memory).unwrap_or(Bytes::ZERO);
        let mut machine = Machine {
            name: identity.name.clone(),
            power,
            cpus: row.count(self.cpus).unwrap_or(0),
            memory,
            nics: row.count(self.nics).unwrap_or(0),
            os: os.to_owned(),
            os_family,
            os_edition,
            datacenter: row.text(self.datacenter).to_owned(),
            cluster: row.text(self.cluster).to_owned(),
            host: identity.host.clone(),
            folder: row.text(self.folder).to_owned(),
            datastore: values::datastore(row.text(self.path)).unwrap_or_default().to_owned(),
            firmware: match Firmware::parse(row.text(self.firmware)) {
                Firmware::Efi if row.is_true(self.secure_boot) => Firmware::EfiSecureBoot,
                other => other,
            },
            // "vmx-19" in some exports, "19" in most.
            hardware_version: row.text(self.hardware).trim_start_matches("vmx-").parse().ok(),
            ..Machine::default()
        };
        machine.storage.provisioned = row.mib(self.provisioned);
        machine.storage.in_use = row.mib(self.in_use);
        machine.storage.total_disk = row.mib(self.total_disk);
        if power == PowerState::On {
            let instant = |share: f64| Some(Utilisation::new(share, UtilisationConfidence::Instant));
            machine.cpu_utilisation =
                row.decimal(self.cpu_usage).and_then(|percent| instant(percent / 100.0));
            machine.memory_utilisation = match (row.decimal(self.memory_usage), row.mib(self.active_memory)) {
                (Some(percent), _) => instant(percent / 100.0),
                (None, Some(active)) if memory > Bytes::ZERO => {
                    instant(active.get() as f64 / memory.get() as f64)
                }
                _ => None,
            };
        }
        let networks = self.networks.iter().map(|(column, _)| row.text(*column));
        machine.networks = networks.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        for (column, name) in &self.tags {
            let value = row.text(*column);
            if !value.is_empty() {
                machine.tags.insert(name.clone(), value.to_owned());
            }
        }
        machine
    }
}

/// The virtual machines that vSphere keeps for itself: `vCLS-<uuid>`, `vCLS (1)`.
fn is_housekeeping(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.strip_prefix("vcls").is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

fn read_vinfo(
    table: &Table,
    disks: &[Table],
    drafts: &mut Drafts,
    findings: &mut Findings,
) -> Result<(), EstateError> {
    let columns = VInfo::of(table, disks)?;
    columns.note_absent(table, findings);
    for row in table.rows() {
        findings.read += 1;
        let identity = columns.identity.read(row);
        let skip = columns.skip(row, &identity.name);
        if let Some(kind) = skip {
            findings.add(kind, &table.name, row.number, &identity.name);
        }
        let power = PowerState::parse(row.text(columns.power));
        if power.is_none() && columns.power.is_present() && skip.is_none() {
            findings.add(FindingKind::PowerUnknown, &table.name, row.number, &identity.name);
        }
        let connection = row.text(columns.connection);
        if skip.is_none() && !connection.is_empty() && !connection.eq_ignore_ascii_case("connected") {
            findings.add(FindingKind::Disconnected, &table.name, row.number, &identity.name);
        }
        let machine = columns.machine(row, &identity, power.unwrap_or_default());
        let mut draft = Draft::new(&table.name, row.number, machine, skip.is_some());
        let ft = row.text(columns.ft_state);
        if !matches!(ft, "" | "notConfigured" | "VM") {
            draft.evidence.fault_tolerance = Some(ft.to_owned());
        }
        if row.is_true(columns.passthrough) {
            draft.evidence.passthrough = Some("fixed passthrough devices".to_owned());
        }
        if draft.machine.runs() && columns.os_guest.is_present() && row.text(columns.os_guest).is_empty() {
            draft.evidence.tools = blockers::Tools::Absent;
        }
        drafts.push(identity, draft);
    }
    Ok(())
}

/// Drafts to machines: numbers checked, keys made, blockers judged.
fn finish(drafts: Drafts, hosts: &[super::HostRecord], findings: &mut Findings) -> Vec<Machine> {
    let listed: BTreeSet<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    let mut missing_hosts = BTreeSet::new();
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    let mut names = BTreeSet::new();
    let mut machines = Vec::new();
    for (identity, draft) in drafts.into_entries() {
        if draft.skipped {
            continue;
        }
        let mut add = |kind, subject: &str| findings.add(kind, &draft.table, draft.row, subject);
        let mut machine = draft.machine;
        if machine.cpus == 0 || machine.memory == Bytes::ZERO {
            let kind = if machine.cpus == 0 { FindingKind::NoCpus } else { FindingKind::NoMemory };
            add(kind, &identity.name);
            continue;
        }
        machine.key = identity.key();
        if let Some(earlier) = keys.get(&machine.key) {
            if *earlier == identity.name {
                add(FindingKind::Repeated, &identity.name);
                continue;
            }
            add(FindingKind::DuplicateKey, &identity.name);
            machine.key = (2_u64..)
                .map(|n| format!("{}#{n}", machine.key))
                .find(|key| !keys.contains_key(key))
                .expect("an estate has fewer than 2^64 machines of one key");
        }
        keys.insert(machine.key.clone(), identity.name.clone());
        if !names.insert(identity.name.clone()) {
            add(FindingKind::DuplicateName, &identity.name);
        }
        if machine.storage.basis_found(super::StorageBasis::InUse).is_none() {
            add(FindingKind::NoStorage, &identity.name);
        }
        if !listed.is_empty()
            && !machine.host.is_empty()
            && !listed.contains(machine.host.as_str())
            && missing_hosts.insert(machine.host.clone())
        {
            add(FindingKind::HostNotListed, &machine.host);
        }
        machine.networks.sort();
        machine.networks.dedup();
        machine.blockers = blockers::find(&machine, &draft.evidence);
        machines.push(machine);
    }
    findings.kept = machines.len();
    machines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_named_by_sheets_files_and_prefixed_files() {
        for stem in ["vInfo", "RVTools_tabvInfo", "Paris-RVTools_tabvInfo", "tabvinfo", "export_vInfo"] {
            assert_eq!(Tab::named(stem), Some(Tab::Info), "{stem}");
        }
        assert_eq!(Tab::named("RVTools_tabvCPU"), Some(Tab::Cpu));
        assert_eq!(Tab::named("notes"), None);
    }

    #[test]
    fn housekeeping_is_told_from_machines_of_users() {
        assert!(is_housekeeping("vCLS-4c4c4544") && is_housekeeping("vCLS (3)"));
        assert!(!is_housekeeping("vclsapp-01"));
    }
}
