//! Machines, hosts and the estate that holds them, as plain data.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::InventoryFormat;
use super::blockers::Blocker;
use super::findings::Findings;
use super::os::{OsEdition, OsFamily};
use super::quality::Quality;
use crate::base::units::Bytes;
use crate::input::traces::TraceSet;

/// An inventory: machines, the hosts they run on, and how far to trust both.
#[derive(Clone, Debug, PartialEq)]
pub struct Estate {
    /// The machines that were kept, in the order of the inventory.
    pub machines: Vec<Machine>,
    /// The hosts that the inventory lists; empty when it lists none.
    pub hosts: Vec<HostRecord>,
    /// The date of which the inventory speaks, where it says so.
    pub as_of: Option<Date>,
    /// The layout in which the inventory was found.
    pub format: InventoryFormat,
    /// What made the inventory and in which version, e.g. `RVTools 4.7.1.4`; else the
    /// name of the format.
    pub producer: String,
    /// What became of each row that was not simply kept.
    pub findings: Findings,
    /// How complete the facts are on which a simulation rests.
    pub quality: Quality,
    /// How much machines used, sample by sample, where that was measured.
    pub traces: Option<TraceSet>,
}

/// A virtual machine of the inventory: the workload before anybody decided on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// Stable from one export to the next, and different for every machine of an
    /// estate: `id:<VM ID>@<VI SDK UUID>`, else `uuid:<VM UUID>`, else
    /// `name:<name>@<host>`. Random draws are addressed by it.
    pub key: String,
    /// The name the inventory shows; not always unique.
    pub name: String,
    /// Whether it ran when the inventory was taken.
    pub power: PowerState,
    /// Virtual CPUs, at least one.
    pub cpus: u32,
    /// Configured memory, never zero.
    pub memory: Bytes,
    /// Storage, under the four definitions that inventories use.
    pub storage: Storage,
    /// Its disks, where the inventory lists them one by one.
    pub disks: Vec<Disk>,
    /// The number of network adapters.
    pub nics: u32,
    /// The operating system as the inventory words it; what the guest itself reports
    /// goes before what was configured. Empty when unknown.
    pub os: String,
    /// The family of `os`, which decides licences.
    pub os_family: OsFamily,
    /// What `os` says of edition and support.
    pub os_edition: OsEdition,
    /// The datacenter; empty when unknown.
    pub datacenter: String,
    /// The cluster; empty when unknown.
    pub cluster: String,
    /// The host; empty when unknown.
    pub host: String,
    /// The datastore on which it lies, that of its first disk where there are several;
    /// empty when unknown.
    pub datastore: String,
    /// The inventory folder, e.g. `/DC-Munich/apps`; empty when unknown.
    pub folder: String,
    /// The networks it is attached to, sorted, each once.
    pub networks: Vec<String>,
    /// Custom attributes: columns that the format does not know, without empty values.
    pub tags: BTreeMap<String, String>,
    /// The share of its CPUs that it used.
    pub cpu_utilisation: Option<Utilisation>,
    /// The share of its memory that it used.
    pub memory_utilisation: Option<Utilisation>,
    /// How it boots.
    pub firmware: Firmware,
    /// The number of the virtual hardware version, e.g. 19.
    pub hardware_version: Option<u32>,
    /// What stands in the way of moving it; see [`super::blockers`].
    pub blockers: Vec<Blocker>,
    /// The place of its trace among those of the estate; none without one.
    pub trace: Option<usize>,
}

impl Machine {
    /// The largest disk, or nothing when disks are not listed.
    pub fn largest_disk(&self) -> Option<Bytes> {
        self.disks.iter().map(|disk| disk.capacity).max()
    }

    /// Whether it asks for CPU and memory where it runs.
    pub fn runs(&self) -> bool {
        self.power == PowerState::On
    }
}

/// Whether a machine ran when the inventory was taken.
///
/// Only [`PowerState::On`] asks for compute. The others keep their place and their
/// storage: they are moved, usually cold, and cost storage at the destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PowerState {
    /// Running; also assumed when the inventory has no power states.
    #[default]
    On,
    /// Powered off.
    Off,
    /// Suspended to disk or memory: it must be resumed or powered off before a move.
    Suspended,
}

impl PowerState {
    /// The word that our own CSV uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Suspended => "suspended",
        }
    }

    /// Reads vSphere's, Azure's and our own words; nothing for any other word.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "on" | "poweredon" | "powered on" | "running" | "true" | "1" => Some(Self::On),
            "off" | "poweredoff" | "powered off" | "stopped" | "false" | "0" => Some(Self::Off),
            "suspended" | "paused" => Some(Self::Suspended),
            _ => None,
        }
    }
}

/// Which definition of "used storage" counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum StorageBasis {
    /// What the VM may grow to on the datastore: disks, swap file and snapshots.
    Provisioned,
    /// What the VM occupies on the datastore today. The default: it is what is moved.
    #[default]
    InUse,
    /// What the guest's file systems hold; known only where VMware Tools run.
    Guest,
    /// The sum of the capacities of the disks.
    TotalDisk,
}

impl StorageBasis {
    /// The word in options and scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisioned => "provisioned",
            Self::InUse => "in-use",
            Self::Guest => "guest",
            Self::TotalDisk => "total-disk",
        }
    }

    /// The definitions to try, the wanted one first. A smaller quantity is stood in for
    /// by the next larger one that is known, so that a gap never makes a move cheaper.
    fn order(self) -> [Self; 4] {
        match self {
            Self::Guest => [Self::Guest, Self::InUse, Self::TotalDisk, Self::Provisioned],
            Self::InUse => [Self::InUse, Self::TotalDisk, Self::Provisioned, Self::Guest],
            Self::TotalDisk => [Self::TotalDisk, Self::Provisioned, Self::InUse, Self::Guest],
            Self::Provisioned => [Self::Provisioned, Self::TotalDisk, Self::InUse, Self::Guest],
        }
    }
}

/// The storage of a machine under four definitions; nothing where the inventory is silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// See [`StorageBasis::Provisioned`].
    pub provisioned: Option<Bytes>,
    /// See [`StorageBasis::InUse`].
    pub in_use: Option<Bytes>,
    /// See [`StorageBasis::Guest`].
    pub guest_used: Option<Bytes>,
    /// See [`StorageBasis::TotalDisk`].
    pub total_disk: Option<Bytes>,
}

impl Storage {
    /// The quantity under exactly this definition.
    pub fn exact(&self, basis: StorageBasis) -> Option<Bytes> {
        match basis {
            StorageBasis::Provisioned => self.provisioned,
            StorageBasis::InUse => self.in_use,
            StorageBasis::Guest => self.guest_used,
            StorageBasis::TotalDisk => self.total_disk,
        }
    }

    /// The quantity under this definition or, where it is unknown, under the next larger
    /// one that is known; zero when none is known.
    pub fn used(&self, basis: StorageBasis) -> Bytes {
        self.basis_found(basis).and_then(|found| self.exact(found)).unwrap_or(Bytes::ZERO)
    }

    /// The definition that [`Storage::used`] answers with; nothing when all are unknown.
    pub fn basis_found(&self, basis: StorageBasis) -> Option<StorageBasis> {
        basis.order().into_iter().find(|basis| self.exact(*basis).is_some())
    }
}

/// A virtual disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// Its label, e.g. `Hard disk 1`.
    pub label: String,
    /// The size that the guest sees.
    pub capacity: Bytes,
    /// Whether blocks are taken when written or in advance.
    pub provisioning: Provisioning,
    /// How it maps a device of the storage array; nothing for an ordinary disk.
    pub raw: Option<RawDevice>,
    /// Whether another machine writes to it.
    pub sharing: Sharing,
    /// Whether snapshots include it.
    pub mode: DiskMode,
}

/// When a disk takes its blocks from the datastore.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provisioning {
    /// The inventory does not say.
    #[default]
    Unknown,
    /// When they are written.
    Thin,
    /// In advance.
    Thick,
}

/// How a raw device mapping reaches the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawDevice {
    /// SCSI commands pass through: no snapshots.
    Physical,
    /// The hypervisor interposes: snapshots work.
    Virtual,
}

/// Who writes to a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// One machine.
    #[default]
    Private,
    /// Several machines, each opening the same disk file.
    MultiWriter,
    /// Several machines over a shared SCSI bus.
    SharedBus,
}

/// Whether snapshots include a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DiskMode {
    /// They do.
    #[default]
    Dependent,
    /// They do not, hence neither does a replication that starts from a snapshot.
    Independent,
}

/// How a machine boots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Firmware {
    /// The inventory does not say.
    #[default]
    Unknown,
    /// Legacy BIOS.
    Bios,
    /// UEFI.
    Efi,
    /// UEFI with secure boot.
    EfiSecureBoot,
}

impl Firmware {
    /// The word that our own CSV uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Bios => "bios",
            Self::Efi => "efi",
            Self::EfiSecureBoot => "efi-secure-boot",
        }
    }

    /// Reads vSphere's, Azure's and our own words; unknown for any other.
    pub fn parse(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "bios" => Self::Bios,
            "efi" | "uefi" => Self::Efi,
            "efi-secure-boot" => Self::EfiSecureBoot,
            _ => Self::Unknown,
        }
    }
}

/// The share of a resource that a machine used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Utilisation {
    /// From 0 to 1.
    pub share: f64,
    /// How much history stands behind it.
    pub confidence: UtilisationConfidence,
}

impl Utilisation {
    /// `share` brought into 0–1; a share that is not a number counts as zero.
    pub fn new(share: f64, confidence: UtilisationConfidence) -> Self {
        Self { share: if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }, confidence }
    }
}

/// How much history stands behind a utilisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UtilisationConfidence {
    /// One instant: RVTools has no history.
    Instant,
    /// A mean or percentile over a period that the inventory does not name.
    Period,
    /// Drawn from a published distribution: right for the estate, not for this machine.
    Synthetic,
}

impl UtilisationConfidence {
    /// The word that our own CSV uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Period => "period",
            Self::Synthetic => "synthetic",
        }
    }

    /// Reads the words of [`UtilisationConfidence::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Instant, Self::Period, Self::Synthetic].into_iter().find(|known| known.as_str() == text)
    }
}

/// A host of the inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostRecord {
    /// Its name, as machines refer to it.
    pub name: String,
    /// Its cluster; empty when unknown.
    pub cluster: String,
    /// Its datacenter; empty when unknown.
    pub datacenter: String,
    /// Processors; nothing when unknown.
    pub sockets: Option<u32>,
    /// Physical cores of all processors, at least one.
    pub cores: u32,
    /// Memory; nothing when unknown.
    pub memory: Option<Bytes>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_basis_is_stood_in_for_by_the_next_larger_one() {
        let storage = Storage {
            provisioned: Some(Bytes::from_gib(100)),
            total_disk: Some(Bytes::from_gib(80)),
            in_use: None,
            guest_used: Some(Bytes::from_gib(20)),
        };
        assert_eq!(storage.used(StorageBasis::InUse), Bytes::from_gib(80));
        assert_eq!(storage.basis_found(StorageBasis::InUse), Some(StorageBasis::TotalDisk));
        assert_eq!(storage.used(StorageBasis::Guest), Bytes::from_gib(20));
        assert_eq!(Storage::default().used(StorageBasis::Provisioned), Bytes::ZERO);
    }

    #[test]
    fn a_utilisation_stays_between_nothing_and_all() {
        let share = |value| Utilisation::new(value, UtilisationConfidence::Instant).share;
        assert_eq!((share(1.7), share(-0.1), share(f64::NAN)), (1.0, 0.0, 0.0));
    }
}
