//! What stands in the way of moving a machine, as far as the inventory shows it.
//!
//! Each [`BlockerKind`] has one [`Rule`]: what it excludes and how many hours it adds.
//! An exclusion is what no preparation removes; what an hour of work removes (a
//! snapshot, a static MAC address) excludes nothing and only adds hours. The hours are
//! labelled assumptions, `{low, mode, high}` of a PERT distribution, for one machine and
//! beside the effort of the move itself: no public source counts them.

use super::machine::{Disk, DiskMode, Firmware, Machine, PowerState, RawDevice, Sharing};
use super::os::{OsLife, OsRole};
use crate::base::units::Bytes;

/// Something that stands in the way of moving one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// What it is; its [`Rule`] says what follows.
    pub kind: BlockerKind,
    /// What the inventory shows, e.g. `2 of 3 disks`.
    pub detail: String,
}

/// A method or a kind of destination that a blocker rules out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exclusion {
    /// Live migration: memory is copied while the machine runs.
    Live,
    /// Replication by snapshots or a driver with a short cutover.
    Replicated,
    /// Bulk replication with a reboot at cutover.
    Bulk,
    /// Conversion to the disk and driver formats of another hypervisor.
    Conversion,
    /// Whole hosts of a provider, with its own hypervisor.
    DedicatedHost,
    /// Shared SKUs of a provider.
    Instances,
    /// Nodes of a VMware cloud.
    ManagedNodes,
}

/// What a kind of blocker means for a move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// What no preparation makes possible.
    pub excludes: &'static [Exclusion],
    /// Hours of work that the move takes more; an assumption.
    pub hours: Hours,
    /// The word of our own CSV and of scenario files.
    pub name: &'static str,
    /// Why, in a sentence.
    pub because: &'static str,
}

/// Hours of work as low, most likely and high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hours {
    /// Least.
    pub low: f64,
    /// Most likely.
    pub mode: f64,
    /// Most.
    pub high: f64,
}

macro_rules! blocker_kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal, [$($excludes:ident),*], $low:literal $mode:literal $high:literal, $because:literal;)+) => {
        /// The kinds of blockers, in the order in which they are listed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum BlockerKind { $($(#[$doc])* $kind,)+ }

        impl BlockerKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// What the kind means for a move.
            pub fn rule(self) -> Rule {
                match self { $(Self::$kind => Rule {
                    excludes: &[$(Exclusion::$excludes),*],
                    hours: Hours { low: $low, mode: $mode, high: $high },
                    name: $name,
                    because: $because,
                },)+ }
            }
        }
    };
}

blocker_kinds! {
    /// A raw device mapping in physical compatibility.
    RawDevicePhysical "raw-device-physical", [Live, Replicated, Bulk, Conversion], 4.0 8.0 24.0,
        "a physical raw device takes no snapshots and its data lies outside the datastore: it is copied inside the guest or by the array";
    /// A raw device mapping in virtual compatibility.
    RawDeviceVirtual "raw-device-virtual", [Live], 1.0 3.0 8.0,
        "a virtual raw device becomes an ordinary disk on the way, which only a copy with a stop does safely";
    /// A disk that several machines open, by multi-writer mode or a shared bus.
    SharedDisk "shared-disk", [Live, Replicated, Bulk], 8.0 16.0 40.0,
        "a shared disk takes no snapshots, and its machines stop and start together; the cluster is rebuilt on the destination's shared storage";
    /// A disk that snapshots leave out.
    IndependentDisk "independent-disk", [Replicated, Bulk], 0.5 1.0 4.0,
        "replication starts from a snapshot, which leaves an independent disk out";
    /// Snapshots to consolidate.
    Snapshots "snapshots", [], 0.25 0.5 2.0,
        "snapshots are consolidated before replication starts";
    /// A connected USB device.
    UsbDevice "usb-device", [Live, DedicatedHost, Instances, ManagedNodes], 4.0 8.0 24.0,
        "providers have no USB port to plug the device into; a network dongle server or a new licence replaces it";
    /// A passed-through device, a GPU among them.
    Passthrough "passthrough", [Live, Replicated, Bulk, DedicatedHost, ManagedNodes], 8.0 16.0 40.0,
        "the machine is tied to hardware of its host: no snapshots while it runs, and only SKUs with such a device can take it";
    /// vSphere Fault Tolerance is on.
    FaultTolerance "fault-tolerance", [Live], 1.0 2.0 8.0,
        "fault tolerance is switched off for the move, and no provider offers lockstep copies afterwards";
    /// UEFI with secure boot.
    SecureBoot "secure-boot", [], 0.25 0.5 2.0,
        "secure boot checks drivers that a conversion replaces: it is switched off for the move and on again after it";
    /// UEFI without secure boot.
    EfiFirmware "efi-firmware", [], 0.0 0.1 0.5,
        "the destination must boot UEFI: generation 2 of Hyper-V, OVMF of KVM, or a SKU that says so";
    /// A virtual hardware version too old for change tracking.
    OldHardware "old-hardware-version", [Live, Replicated], 0.5 1.0 2.0,
        "virtual hardware below version 9 is too old for the tools that move a running machine";
    /// A network address set by hand.
    StaticMac "static-mac", [], 0.5 1.0 4.0,
        "the destination gives a new MAC address, and what is licensed or reserved by the old one is renewed";
    /// VMware Tools are absent.
    NoTools "no-tools", [Replicated, Bulk], 0.25 0.5 2.0,
        "without tools the guest can neither be quiesced nor shut down in order at cutover";
    /// A guest that other hypervisors and clouds do not list.
    UnsupportedOs "unsupported-os", [Conversion, DedicatedHost, Instances], 8.0 24.0 80.0,
        "other hypervisors have no drivers for the system: elsewhere it is built anew, where that is possible";
    /// A guest whose maker's support has ended.
    EndOfSupportOs "end-of-support-os", [], 2.0 4.0 16.0,
        "the system is past its maker's support: drivers are old, the test is longer, and extended updates may be due";
    /// A vendor's sealed appliance.
    Appliance "appliance", [Conversion], 4.0 8.0 24.0,
        "a sealed appliance takes no other drivers: on another platform the vendor's own image is deployed and configured anew";
    /// A virtual desktop.
    VirtualDesktop "virtual-desktop", [Instances], 0.25 0.5 2.0,
        "licences for client Windows forbid most shared hosting, and a broker manages desktops as a pool";
    /// A disk above 16 TiB.
    LargeDisk "large-disk", [], 2.0 4.0 16.0,
        "above 16 TiB the first copy takes days and is watched";
    /// A disk above what the largest ordinary disk SKUs hold.
    OversizeDisk "oversize-disk", [DedicatedHost, Instances], 4.0 12.0 40.0,
        "above 32,767 GiB, the largest Azure managed disk, the volume is split first";
    /// Memory above 1 TiB.
    LargeMemory "large-memory", [Live], 2.0 4.0 8.0,
        "above 1 TiB of memory, copying it live over a distance does not converge in a window";
    /// Suspended: neither off nor running.
    Suspended "suspended", [Live, Replicated], 0.1 0.25 1.0,
        "a suspended machine is resumed or switched off before anything copies it";
}

impl BlockerKind {
    /// The kind that our own CSV calls `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.rule().name == name)
    }
}

/// What detail tables show of a machine beyond its own fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Names or number of its snapshots.
    pub snapshots: u32,
    /// Connected USB devices.
    pub usb_devices: u32,
    /// What shows a passed-through device.
    pub passthrough: Option<String>,
    /// The state of fault tolerance, when it is configured.
    pub fault_tolerance: Option<String>,
    /// Adapters whose MAC address was set by hand.
    pub static_macs: u32,
    /// Whether VMware Tools are known to be absent.
    pub tools: Tools,
}

/// What the inventory says of VMware Tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tools {
    #[default]
    Unknown,
    Absent,
}

/// Names of appliances, as the front of the name or a part between separators.
const APPLIANCE_NAMES: &[&str] = &[
    "vcsa",
    "vcenter",
    "nsx",
    "hcx",
    "vrops",
    "vrli",
    "vrslcm",
    "bigip",
    "fortigate",
    "fortianalyzer",
    "paloalto",
    "netscaler",
    "checkpoint",
    "zvm",
    "srm",
    "ovf",
];

const LARGE_DISK: Bytes = Bytes::from_gib(16 * 1_024);
const OVERSIZE_DISK: Bytes = Bytes::from_gib(32_767);
const LARGE_MEMORY: Bytes = Bytes::from_gib(1_024);
const OLDEST_HARDWARE: u32 = 9;

/// Whether a disk blocks in one way.
type DiskTest = fn(&Disk) -> bool;

/// Every blocker that the fields of `machine` and the `evidence` of detail tables show,
/// in the order of [`BlockerKind::ALL`].
pub(super) fn find(machine: &Machine, evidence: &Evidence) -> Vec<Blocker> {
    let mut found = Vec::new();
    let mut add = |kind, detail: String| found.push(Blocker { kind, detail });
    let disks_where = |wanted: DiskTest| {
        let count = machine.disks.iter().filter(|disk| wanted(disk)).count();
        (count > 0).then(|| format!("{count} of {} disks", machine.disks.len()))
    };
    use BlockerKind as Kind;
    let disk_kinds: [(Kind, DiskTest); 6] = [
        (Kind::RawDevicePhysical, |disk| disk.raw == Some(RawDevice::Physical)),
        (Kind::RawDeviceVirtual, |disk| disk.raw == Some(RawDevice::Virtual)),
        (Kind::SharedDisk, |disk| disk.sharing != Sharing::Private),
        (Kind::IndependentDisk, |disk| disk.mode == DiskMode::Independent),
        (Kind::LargeDisk, |disk| disk.capacity > LARGE_DISK && disk.capacity <= OVERSIZE_DISK),
        (Kind::OversizeDisk, |disk| disk.capacity > OVERSIZE_DISK),
    ];
    for (kind, wanted) in disk_kinds {
        if let Some(detail) = disks_where(wanted) {
            add(kind, detail);
        }
    }
    if evidence.snapshots > 0 {
        add(Kind::Snapshots, evidence.snapshots.to_string());
    }
    if evidence.usb_devices > 0 {
        add(Kind::UsbDevice, evidence.usb_devices.to_string());
    }
    if let Some(device) = &evidence.passthrough {
        add(Kind::Passthrough, device.clone());
    }
    if let Some(state) = &evidence.fault_tolerance {
        add(Kind::FaultTolerance, state.clone());
    }
    match machine.firmware {
        Firmware::EfiSecureBoot => add(Kind::SecureBoot, "secure boot".to_owned()),
        Firmware::Efi => add(Kind::EfiFirmware, "UEFI".to_owned()),
        Firmware::Bios | Firmware::Unknown => {}
    }
    if let Some(version) = machine.hardware_version.filter(|version| (1..OLDEST_HARDWARE).contains(version)) {
        add(Kind::OldHardware, format!("version {version}"));
    }
    if evidence.static_macs > 0 {
        add(Kind::StaticMac, format!("{} adapters", evidence.static_macs));
    }
    if evidence.tools == Tools::Absent {
        add(Kind::NoTools, String::new());
    }
    match machine.os_edition.life {
        OsLife::NoGuestSupport => add(Kind::UnsupportedOs, machine.os.clone()),
        OsLife::Ended => add(Kind::EndOfSupportOs, machine.os.clone()),
        OsLife::Current => {}
    }
    if machine.os_edition.role == OsRole::Appliance || named_like_an_appliance(&machine.name) {
        add(Kind::Appliance, machine.name.clone());
    }
    if machine.os_edition.role == OsRole::Desktop {
        add(Kind::VirtualDesktop, machine.os.clone());
    }
    if machine.memory > LARGE_MEMORY {
        add(Kind::LargeMemory, format!("{:.0} GiB", machine.memory.as_gib()));
    }
    if machine.power == PowerState::Suspended {
        add(Kind::Suspended, String::new());
    }
    found.sort_by_key(|blocker| blocker.kind);
    found
}

fn named_like_an_appliance(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
        APPLIANCE_NAMES.contains(&stem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(machine: &Machine, evidence: &Evidence) -> Vec<BlockerKind> {
        find(machine, evidence).into_iter().map(|blocker| blocker.kind).collect()
    }

    #[test]
    fn an_ordinary_machine_has_no_blocker() {
        let machine = Machine {
            disks: vec![Disk { capacity: Bytes::from_gib(100), ..Disk::default() }],
            hardware_version: Some(19),
            ..Machine::default()
        };
        assert_eq!(kinds(&machine, &Evidence::default()), []);
    }

    #[test]
    fn each_disk_that_blocks_is_counted() {
        let disk =
            |raw, sharing, gib| Disk { raw, sharing, capacity: Bytes::from_gib(gib), ..Disk::default() };
        let machine = Machine {
            disks: vec![
                disk(Some(RawDevice::Physical), Sharing::SharedBus, 100),
                disk(None, Sharing::MultiWriter, 20_000),
                disk(None, Sharing::Private, 40_000),
            ],
            ..Machine::default()
        };
        let found = find(&machine, &Evidence::default());
        let shared = found.iter().find(|blocker| blocker.kind == BlockerKind::SharedDisk).unwrap();
        assert_eq!(shared.detail, "2 of 3 disks");
        use BlockerKind::*;
        assert_eq!(
            kinds(&machine, &Evidence::default()),
            [RawDevicePhysical, SharedDisk, LargeDisk, OversizeDisk]
        );
    }

    #[test]
    fn an_appliance_is_told_by_a_whole_word_of_its_name() {
        assert!(named_like_an_appliance("prd-VCSA01.corp"));
        assert!(!named_like_an_appliance("prd-nsxtra-01"));
    }

    #[test]
    fn every_kind_has_its_own_name_and_hours_in_order() {
        for kind in BlockerKind::ALL {
            let rule = kind.rule();
            assert_eq!(BlockerKind::parse(rule.name), Some(*kind));
            assert!(rule.hours.low <= rule.hours.mode && rule.hours.mode < rule.hours.high, "{kind:?}");
        }
    }
}
