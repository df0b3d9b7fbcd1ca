//! Our own flat CSV: every fact that a simulation uses, in one file that opens in a
//! spreadsheet and reads back without loss.
//!
//! The first column, `record`, says what a row is: `estate` (one: producer and date),
//! `host` or `machine`. Sizes are whole bytes, shares are 0–1. Lists sit in one cell,
//! separated by `|`, the fields of a disk by `,`; a backslash takes the meaning from a
//! separator. Custom attributes are columns `tag:<name>`. Findings and the quality are
//! not written: they speak of the file that was imported.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::InventoryFormat;
use super::blockers::{Blocker, BlockerKind};
use super::error::EstateError;
use super::findings::Findings;
use super::machine::{
    Disk, DiskMode, Estate, Firmware, HostRecord, Machine, PowerState, Provisioning, RawDevice, Sharing,
    Utilisation, UtilisationConfidence,
};
use super::os::classify;
use super::quality;
use super::table::{Row, Table};
use super::values;
use crate::base::units::Bytes;

const COLUMNS: &[&str] = &[
    "record",
    "key",
    "name",
    "power",
    "cpus",
    "memory_bytes",
    "provisioned_bytes",
    "in_use_bytes",
    "guest_bytes",
    "total_disk_bytes",
    "disks",
    "nics",
    "os",
    "datacenter",
    "cluster",
    "host",
    "folder",
    "networks",
    "cpu_share",
    "cpu_share_from",
    "memory_share",
    "memory_share_from",
    "firmware",
    "hardware_version",
    "blockers",
    "sockets",
    "as_of",
    "datastore",
];

/// Those that files of earlier versions do not have.
const LATER: &[&str] = &["datastore"];

const TAG: &str = "tag:";

/// Whether a table is our own.
pub(super) fn is_own(table: &Table) -> bool {
    table.headers().next() == Some("record") && table.column(&["key"]).is_present()
}

/// The estate as CSV text. Machines and hosts keep their order.
pub fn to_csv(estate: &Estate) -> String {
    let tags: BTreeSet<&str> =
        estate.machines.iter().flat_map(|machine| machine.tags.keys().map(String::as_str)).collect();
    let mut sheet = Sheet::new(&tags);
    sheet.row(&[
        ("record", "estate".to_owned()),
        ("name", estate.producer.clone()),
        ("as_of", estate.as_of.map(|day| day.to_string()).unwrap_or_default()),
    ]);
    for host in &estate.hosts {
        sheet.row(&[
            ("record", "host".to_owned()),
            ("name", host.name.clone()),
            ("cpus", host.cores.to_string()),
            ("memory_bytes", bytes(host.memory)),
            ("datacenter", host.datacenter.clone()),
            ("cluster", host.cluster.clone()),
            ("sockets", host.sockets.map(|n| n.to_string()).unwrap_or_default()),
        ]);
    }
    for machine in &estate.machines {
        let mut cells = machine_cells(machine);
        let names: Vec<String> = machine.tags.keys().map(|name| format!("{TAG}{name}")).collect();
        cells.extend(names.iter().map(String::as_str).zip(machine.tags.values().cloned()));
        sheet.row(&cells);
    }
    sheet.text
}

fn machine_cells(machine: &Machine) -> Vec<(&str, String)> {
    let share = |use_: Option<Utilisation>| use_.map(|u| u.share.to_string()).unwrap_or_default();
    let from = |use_: Option<Utilisation>| use_.map(|u| u.confidence.as_str()).unwrap_or_default().to_owned();
    vec![
        ("record", "machine".to_owned()),
        ("key", machine.key.clone()),
        ("name", machine.name.clone()),
        ("power", machine.power.as_str().to_owned()),
        ("cpus", machine.cpus.to_string()),
        ("memory_bytes", machine.memory.get().to_string()),
        ("provisioned_bytes", bytes(machine.storage.provisioned)),
        ("in_use_bytes", bytes(machine.storage.in_use)),
        ("guest_bytes", bytes(machine.storage.guest_used)),
        ("total_disk_bytes", bytes(machine.storage.total_disk)),
        ("disks", join(machine.disks.iter().map(disk_text))),
        ("nics", machine.nics.to_string()),
        ("os", machine.os.clone()),
        ("datacenter", machine.datacenter.clone()),
        ("cluster", machine.cluster.clone()),
        ("host", machine.host.clone()),
        ("folder", machine.folder.clone()),
        ("datastore", machine.datastore.clone()),
        ("networks", join(machine.networks.iter().map(|name| escape(name)))),
        ("cpu_share", share(machine.cpu_utilisation)),
        ("cpu_share_from", from(machine.cpu_utilisation)),
        ("memory_share", share(machine.memory_utilisation)),
        ("memory_share_from", from(machine.memory_utilisation)),
        ("firmware", machine.firmware.as_str().to_owned()),
        ("hardware_version", machine.hardware_version.map(|n| n.to_string()).unwrap_or_default()),
        ("blockers", join(machine.blockers.iter().map(blocker_text))),
    ]
}

/// CSV text in the making, with one column for each of `COLUMNS` and each tag.
struct Sheet {
    columns: Vec<String>,
    text: String,
}

impl Sheet {
    fn new(tags: &BTreeSet<&str>) -> Self {
        let own = COLUMNS.iter().map(|name| (*name).to_owned());
        let columns: Vec<String> = own.chain(tags.iter().map(|tag| format!("{TAG}{tag}"))).collect();
        let mut sheet = Self { columns: Vec::new(), text: String::new() };
        sheet.line(columns.iter().map(String::as_str));
        sheet.columns = columns;
        sheet
    }

    fn row(&mut self, cells: &[(&str, String)]) {
        let value = |column: &String| {
            cells.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value.as_str())
        };
        let columns = std::mem::take(&mut self.columns);
        self.line(columns.iter().map(value));
        self.columns = columns;
    }

    fn line<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.text.push_str(&quoted(cell));
        }
        self.text.push('\n');
    }
}

/// A cell of a CSV, in quotes where it needs them.
pub(super) fn quoted(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.contains([',', ';', '\t', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\"")).into()
    } else {
        cell.into()
    }
}

fn bytes(amount: Option<Bytes>) -> String {
    amount.map(|amount| amount.get().to_string()).unwrap_or_default()
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join("|")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '|' | ',' | '=') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// The parts of `text` between unescaped `mark`s, still escaped.
fn split(text: &str, mark: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, letter) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == mark {
            parts.push(&text[start..at]);
            start = at + letter.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        plain.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    plain
}

fn disk_text(disk: &Disk) -> String {
    let mut text = format!("{},{}", escape(&disk.label), disk.capacity.get());
    let flags = [
        match disk.provisioning {
            Provisioning::Unknown => "",
            Provisioning::Thin => "thin",
            Provisioning::Thick => "thick",
        },
        match disk.raw {
            None => "",
            Some(RawDevice::Physical) => "raw-physical",
            Some(RawDevice::Virtual) => "raw-virtual",
        },
        match disk.sharing {
            Sharing::Private => "",
            Sharing::MultiWriter => "multi-writer",
            Sharing::SharedBus => "shared-bus",
        },
        match disk.mode {
            DiskMode::Dependent => "",
            DiskMode::Independent => "independent",
        },
    ];
    for flag in flags.into_iter().filter(|flag| !flag.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write!(text, ",{flag}");
    }
    text
}

fn disk(text: &str) -> Option<Disk> {
    let parts = split(text, ',');
    let (label, capacity) = (parts.first()?, parts.get(1)?);
    let mut disk = Disk {
        label: unescape(label),
        capacity: Bytes::new(capacity.trim().parse().ok()?),
        ..Disk::default()
    };
    for flag in &parts[2..] {
        match flag.trim() {
            "thin" => disk.provisioning = Provisioning::Thin,
            "thick" => disk.provisioning = Provisioning::Thick,
            "raw-physical" => disk.raw = Some(RawDevice::Physical),
            "raw-virtual" => disk.raw = Some(RawDevice::Virtual),
            "multi-writer" => disk.sharing = Sharing::MultiWriter,
            "shared-bus" => disk.sharing = Sharing::SharedBus,
            "independent" => disk.mode = DiskMode::Independent,
            _ => return None,
        }
    }
    Some(disk)
}

fn blocker_text(blocker: &Blocker) -> String {
    format!("{}={}", blocker.kind.rule().name, escape(&blocker.detail))
}

fn blocker(text: &str) -> Option<Blocker> {
    let parts = split(text, '=');
    let kind = BlockerKind::parse(parts.first()?.trim())?;
    Some(Blocker { kind, detail: parts.get(1).map(|detail| unescape(detail)).unwrap_or_default() })
}

/// The estate of a table that [`to_csv`] wrote, or that a user changed since.
pub(super) fn read(table: &Table) -> Result<Estate, EstateError> {
    let mut estate = Estate {
        traces: None,
        machines: Vec::new(),
        hosts: Vec::new(),
        as_of: None,
        format: InventoryFormat::PortolanCsv,
        producer: "Portolan".to_owned(),
        findings: Findings::default(),
        quality: quality::grade(&[], &[], &Findings::default()),
    };
    for column in COLUMNS.iter().filter(|column| !LATER.contains(column)) {
        if !table.column(&[column]).is_present() {
            return Err(EstateError::missing_column(table, column));
        }
    }
    let tags = table.columns(|name| name.starts_with(TAG));
    let mut keys = BTreeSet::new();
    for row in table.rows() {
        let cells = Cells { table, row };
        match cells.text("record") {
            "estate" => {
                estate.producer = cells.text("name").to_owned();
                estate.as_of = values::date(cells.text("as_of"));
            }
            "host" => estate.hosts.push(cells.host()?),
            "machine" => {
                let mut machine = cells.machine()?;
                for (column, header) in &tags {
                    let value = row.text(*column);
                    if !value.is_empty() {
                        machine.tags.insert(header[TAG.len()..].to_owned(), value.to_owned());
                    }
                }
                if !keys.insert(machine.key.clone()) {
                    return Err(cells.bad("key", "a key that no other machine has"));
                }
                estate.machines.push(machine);
            }
            _ => return Err(cells.bad("record", "`estate`, `host` or `machine`")),
        }
    }
    if estate.machines.is_empty() {
        return Err(EstateError::Empty { origin: table.origin.clone() });
    }
    estate.findings.read = estate.machines.len();
    estate.findings.kept = estate.machines.len();
    estate.quality = quality::grade(&estate.machines, &estate.hosts, &estate.findings);
    Ok(estate)
}

/// The cells of one row, read strictly: this is our own format.
struct Cells<'t> {
    table: &'t Table,
    row: Row<'t>,
}

impl<'t> Cells<'t> {
    fn text(&self, name: &str) -> &'t str {
        self.row.text(self.table.column(&[name]))
    }

    fn owned(&self, name: &str) -> String {
        self.text(name).to_owned()
    }

    fn bad(&self, column: &str, expected: &str) -> EstateError {
        EstateError::BadRow {
            origin: self.table.origin.clone(),
            row: self.row.number,
            why: format!("`{column}` is `{}`, expected {expected}", self.text(column)),
        }
    }

    /// The value of a cell that may be empty.
    fn optional<T>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Result<Option<T>, EstateError> {
        match self.text(column) {
            "" => Ok(None),
            text => read(text).map(Some).ok_or_else(|| self.bad(column, expected)),
        }
    }

    fn bytes(&self, column: &str) -> Result<Option<Bytes>, EstateError> {
        self.optional(column, |text| text.parse().ok().map(Bytes::new), "a number of bytes")
    }

    fn count(&self, column: &str) -> Result<Option<u32>, EstateError> {
        self.optional(column, |text| text.parse().ok(), "a whole number")
    }

    fn at_least_one(&self, column: &str) -> Result<u32, EstateError> {
        self.count(column)?.filter(|n| *n > 0).ok_or_else(|| self.bad(column, "a whole number above zero"))
    }

    fn list<T>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Result<Vec<T>, EstateError> {
        match self.text(column) {
            "" => Ok(Vec::new()),
            text => split(text, '|')
                .into_iter()
                .map(|item| read(item).ok_or_else(|| self.bad(column, expected)))
                .collect(),
        }
    }

    fn utilisation(&self, share: &str, from: &str) -> Result<Option<Utilisation>, EstateError> {
        let in_range = |text: &str| text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
        let Some(share) = self.optional(share, in_range, "a share from 0 to 1")? else { return Ok(None) };
        let confidence = UtilisationConfidence::parse(self.text(from))
            .ok_or_else(|| self.bad(from, "`instant`, `period` or `synthetic`"))?;
        Ok(Some(Utilisation { share, confidence }))
    }

    fn host(&self) -> Result<HostRecord, EstateError> {
        Ok(HostRecord {
            name: self.owned("name"),
            cluster: self.owned("cluster"),
            datacenter: self.owned("datacenter"),
            sockets: self.count("sockets")?,
            cores: self.at_least_one("cpus")?,
            memory: self.bytes("memory_bytes")?,
        })
    }

    fn machine(&self) -> Result<Machine, EstateError> {
        if self.text("key").is_empty() {
            return Err(self.bad("key", "a key"));
        }
        let memory = self.bytes("memory_bytes")?.filter(|memory| *memory > Bytes::ZERO);
        let (os_family, os_edition) = classify(self.text("os"));
        Ok(Machine {
            trace: None,
            key: self.owned("key"),
            name: self.owned("name"),
            power: PowerState::parse(self.text("power"))
                .ok_or_else(|| self.bad("power", "`on`, `off` or `suspended`"))?,
            cpus: self.at_least_one("cpus")?,
            memory: memory.ok_or_else(|| self.bad("memory_bytes", "a number of bytes above zero"))?,
            storage: super::Storage {
                provisioned: self.bytes("provisioned_bytes")?,
                in_use: self.bytes("in_use_bytes")?,
                guest_used: self.bytes("guest_bytes")?,
                total_disk: self.bytes("total_disk_bytes")?,
            },
            disks: self.list("disks", disk, "disks as `label,bytes,flags|…`")?,
            nics: self.count("nics")?.unwrap_or(0),
            os: self.owned("os"),
            os_family,
            os_edition,
            datacenter: self.owned("datacenter"),
            cluster: self.owned("cluster"),
            host: self.owned("host"),
            folder: self.owned("folder"),
            datastore: self.owned("datastore"),
            networks: self.list("networks", |name| Some(unescape(name)), "networks as `a|b`")?,
            tags: Default::default(),
            cpu_utilisation: self.utilisation("cpu_share", "cpu_share_from")?,
            memory_utilisation: self.utilisation("memory_share", "memory_share_from")?,
            firmware: Firmware::parse(self.text("firmware")),
            hardware_version: self.count("hardware_version")?,
            blockers: self.list("blockers", blocker, "blockers as `kind=detail|…`")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{csv_table, read as read_inventory};
    use super::*;

    fn sample() -> Estate {
        let mut machine = Machine {
            key: "id:vm-1@x".into(),
            name: "Büro, \"old\"; 1".into(),
            power: PowerState::Off,
            cpus: 4,
            memory: Bytes::from_gib(16),
            nics: 2,
            os: "Oracle Solaris 11 (64-bit)".into(),
            networks: vec!["VLAN|10".into(), "a\\b".into()],
            cpu_utilisation: Some(Utilisation::new(1.0 / 3.0, UtilisationConfidence::Period)),
            firmware: Firmware::EfiSecureBoot,
            hardware_version: Some(19),
            blockers: vec![Blocker { kind: BlockerKind::SharedDisk, detail: "1=1, of 2 disks".into() }],
            ..Machine::default()
        };
        (machine.os_family, machine.os_edition) = classify(&machine.os);
        machine.storage.in_use = Some(Bytes::new(12_345));
        machine.tags.insert("Cost; centre".into(), "two\nlines".into());
        machine.disks.push(Disk {
            label: "Hard disk 1, boot".into(),
            capacity: Bytes::from_gib(80),
            provisioning: Provisioning::Thin,
            raw: Some(RawDevice::Virtual),
            sharing: Sharing::SharedBus,
            mode: DiskMode::Independent,
        });
        let host = HostRecord { name: "esx1".into(), sockets: Some(2), cores: 32, ..HostRecord::default() };
        Estate {
            traces: None,
            machines: vec![machine],
            hosts: vec![host],
            as_of: Some(jiff::civil::date(2026, 11, 1)),
            format: InventoryFormat::PortolanCsv,
            producer: "RVTools 4.7.1.4".into(),
            findings: Findings { read: 1, kept: 1, entries: Vec::new() },
            quality: quality::grade(&[], &[], &Findings::default()),
        }
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let mut estate = sample();
        estate.quality = quality::grade(&estate.machines, &estate.hosts, &estate.findings);
        let text = to_csv(&estate);
        assert_eq!(read_inventory("own.csv", text.into_bytes()).unwrap(), estate);
    }

    #[test]
    fn a_changed_cell_that_cannot_be_read_is_named_with_its_row() {
        let text = to_csv(&sample()).replace(",off,4,", ",resting,4,");
        let table = csv_table::parse("own.csv", "own.csv", text.as_bytes()).unwrap();
        let message = read(&table).unwrap_err().to_string();
        assert_eq!(message, "own.csv: row 4: `power` is `resting`, expected `on`, `off` or `suspended`");
    }
}
