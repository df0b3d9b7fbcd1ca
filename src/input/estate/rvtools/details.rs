//! The tabs that add to machines: vCPU, vMemory, vDisk, vPartition, vNetwork, vSnapshot,
//! vTools, vUSB.

use std::collections::BTreeSet;

use super::super::blockers::Tools;
use super::super::findings::{FindingKind, Findings};
use super::super::machine::{
    Disk, DiskMode, Provisioning, RawDevice, Sharing, Utilisation, UtilisationConfidence,
};
use super::super::table::{Column, Row, Table};
use super::join::{Draft, Drafts, IdentityColumns};
use super::{Tab, Tabs, tables};
use crate::base::units::Bytes;

/// Adds every detail tab of the export to the drafts.
pub(super) fn add(tabs: &Tabs, drafts: &mut Drafts, findings: &mut Findings) {
    let readers: [(Tab, MakeReader); 8] = [
        (Tab::Cpu, vcpu),
        (Tab::Memory, vmemory),
        (Tab::Disk, vdisk),
        (Tab::Partition, vpartition),
        (Tab::Network, vnetwork),
        (Tab::Snapshot, vsnapshot),
        (Tab::Tools, vtools),
        (Tab::Usb, vusb),
    ];
    for (tab, reader) in readers {
        for table in tables(tabs, tab) {
            add_table(table, &*reader(table), drafts, findings);
        }
    }
}

/// Finds the columns of a tab, and makes what reads its rows.
type MakeReader = fn(&Table) -> Box<Reader<'_>>;

/// What a row of one tab does to the draft it belongs to; a finding where it fills a gap.
type Reader<'t> = dyn Fn(Row<'_>, &mut Draft) -> Option<FindingKind> + 't;

fn add_table(table: &Table, read: &Reader<'_>, drafts: &mut Drafts, findings: &mut Findings) {
    let columns = IdentityColumns::of(table);
    let mut unknown = BTreeSet::new();
    for row in table.rows() {
        let identity = columns.read(row);
        match drafts.find(&identity) {
            Some(draft) => {
                if let Some(kind) = read(row, draft)
                    && !draft.skipped
                {
                    findings.add(kind, &draft.table, draft.row, &identity.name);
                }
            }
            // Once a machine: a tab has a row for each of its disks or partitions.
            None => {
                if unknown.insert(identity.name.clone()) {
                    findings.add(FindingKind::UnknownMachine, &table.name, row.number, &identity.name);
                }
            }
        }
    }
}

/// CPUs where vInfo has none, and the one sample of use: `Overall` ÷ `Max`, both in MHz.
fn vcpu(table: &Table) -> Box<Reader<'_>> {
    let column = |name: &str| table.column(&[name]);
    let (cpus, max, overall) = (column("cpus"), column("max"), column("overall"));
    Box::new(move |row, draft| {
        if let (Some(max), Some(used)) = (row.decimal(max), row.decimal(overall))
            && max > 0.0
            && draft.machine.runs()
        {
            let share = Utilisation::new(used / max, UtilisationConfidence::Instant);
            draft.machine.cpu_utilisation.get_or_insert(share);
        }
        let known = row.count(cpus).filter(|cpus| *cpus > 0)?;
        fill(&mut draft.machine.cpus, known, 0).then_some(FindingKind::CpusFromVcpu)
    })
}

/// Memory where vInfo has none, and the one sample of use: `Active` ÷ `Size`.
fn vmemory(table: &Table) -> Box<Reader<'_>> {
    let (size, active) = (table.column(&["size mib"]), table.column(&["active"]));
    Box::new(move |row, draft| {
        let known = row.mib(size).filter(|size| *size > Bytes::ZERO)?;
        if let Some(active) = row.mib(active)
            && draft.machine.runs()
        {
            let share = active.get() as f64 / known.get() as f64;
            let share = Utilisation::new(share, UtilisationConfidence::Instant);
            draft.machine.memory_utilisation.get_or_insert(share);
        }
        fill(&mut draft.machine.memory, known, Bytes::ZERO).then_some(FindingKind::MemoryFromVmemory)
    })
}

/// Puts `known` where `value` is still `nothing`, and says whether it did.
fn fill<T: PartialEq>(value: &mut T, known: T, nothing: T) -> bool {
    let empty = *value == nothing;
    if empty {
        *value = known;
    }
    empty
}

fn vdisk(table: &Table) -> Box<Reader<'_>> {
    let column = |name: &str| table.column(&[name]);
    let label = column("disk");
    let capacity = column("capacity mib");
    let (raw, raw_mode) = (column("raw"), column("raw comp. mode"));
    let (mode, thin) = (column("disk mode"), column("thin"));
    let (sharing, bus) = (column("sharing mode"), column("shared bus"));
    let path = table.column(&["path", "disk path"]);
    Box::new(move |row, draft| {
        let disk = Disk {
            label: row.text(label).to_owned(),
            capacity: row.mib(capacity)?,
            provisioning: match row.text(thin) {
                "" => Provisioning::Unknown,
                _ if row.is_true(thin) => Provisioning::Thin,
                _ => Provisioning::Thick,
            },
            raw: row.is_true(raw).then(|| match row.text(raw_mode).to_lowercase() {
                mode if mode.contains("virtual") => RawDevice::Virtual,
                // Without a mode, the stricter of the two is assumed.
                _ => RawDevice::Physical,
            }),
            sharing: shared(row, sharing, bus),
            mode: match row.text(mode).to_lowercase() {
                mode if mode.starts_with("independent") => DiskMode::Independent,
                _ => DiskMode::Dependent,
            },
        };
        if draft.sums_disks {
            let total = draft.machine.storage.total_disk.unwrap_or(Bytes::ZERO);
            draft.machine.storage.total_disk = Some(total + disk.capacity);
        }
        draft.machine.disks.push(disk);
        if let Some(datastore) = super::super::values::datastore(row.text(path)) {
            fill(&mut draft.machine.datastore, datastore.to_owned(), String::new());
        }
        None
    })
}

fn shared(row: Row<'_>, sharing: Column, bus: Column) -> Sharing {
    if row.text(sharing).eq_ignore_ascii_case("sharingMultiWriter") {
        Sharing::MultiWriter
    } else if matches!(row.text(bus).to_lowercase().as_str(), "physicalsharing" | "virtualsharing") {
        Sharing::SharedBus
    } else {
        Sharing::Private
    }
}

/// The guest's own use of its file systems, which VMware Tools report.
fn vpartition(table: &Table) -> Box<Reader<'_>> {
    let (consumed, capacity, free) =
        (table.column(&["consumed mib"]), table.column(&["capacity mib"]), table.column(&["free mib"]));
    Box::new(move |row, draft| {
        let used = match (row.mib(consumed), row.mib(capacity), row.mib(free)) {
            (Some(consumed), ..) => consumed,
            (None, Some(capacity), Some(free)) => capacity - free,
            _ => return None,
        };
        let storage = &mut draft.machine.storage;
        storage.guest_used = Some(storage.guest_used.unwrap_or(Bytes::ZERO) + used);
        // Only tools report partitions, so they are there whatever vInfo left empty.
        draft.evidence.tools = Tools::Unknown;
        None
    })
}

fn vnetwork(table: &Table) -> Box<Reader<'_>> {
    let (network, kind, adapter) =
        (table.column(&["network"]), table.column(&["type"]), table.column(&["adapter"]));
    Box::new(move |row, draft| {
        draft.listed_nics += 1;
        draft.machine.nics = draft.machine.nics.max(draft.listed_nics);
        let network = row.text(network);
        if !network.is_empty() {
            draft.machine.networks.push(network.to_owned());
        }
        if row.text(kind).eq_ignore_ascii_case("manual") {
            draft.evidence.static_macs += 1;
        }
        let adapter = row.text(adapter);
        if adapter.to_lowercase().replace('-', "").contains("sriov") {
            draft.evidence.passthrough = Some(adapter.to_owned());
        }
        None
    })
}

fn vsnapshot(_: &Table) -> Box<Reader<'_>> {
    Box::new(|_, draft| {
        draft.evidence.snapshots += 1;
        None
    })
}

fn vtools(table: &Table) -> Box<Reader<'_>> {
    let state = table.column(&["tools"]);
    Box::new(move |row, draft| {
        draft.evidence.tools = match row.text(state).to_lowercase().as_str() {
            "toolsnotinstalled" => Tools::Absent,
            "" => draft.evidence.tools,
            _ => Tools::Unknown,
        };
        None
    })
}

/// A USB controller alone holds nothing back; a device on it does.
fn vusb(table: &Table) -> Box<Reader<'_>> {
    let (kind, connected) = (table.column(&["device type"]), table.column(&["connected"]));
    Box::new(move |row, draft| {
        let is_controller = row.text(kind).to_lowercase().contains("controller");
        if row.is_true(connected) || !is_controller {
            draft.evidence.usb_devices += 1;
        }
        None
    })
}
