//! Which format a file or folder is in, told by what it holds and never by its name.

use std::fmt;
use std::path::Path;

use super::error::EstateError;
use super::findings::FindingKind;
use super::machine::Estate;
use super::rvtools::{Tab, Tabs};
use super::table::Table;
use super::{TraceDefaults, azure_migrate, csv_table, from_traces, portolan_csv, rvtools};
use crate::input::traces::{self, looks_like_traces};

/// The layouts in which an inventory is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InventoryFormat {
    /// A workbook with RVTools' tabs.
    RvtoolsWorkbook,
    /// A folder with one CSV file for each of RVTools' tabs.
    RvtoolsFolder,
    /// RVTools' vInfo alone, as CSV.
    RvtoolsCsv,
    /// Azure Migrate's import CSV.
    AzureMigrateCsv,
    /// Our own flat CSV.
    PortolanCsv,
    /// Utilisation traces, one file a machine.
    Traces,
    /// No file: drawn from published distributions.
    Synthetic,
}

impl fmt::Display for InventoryFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RvtoolsWorkbook => "RVTools workbook",
            Self::RvtoolsFolder => "RVTools CSV folder",
            Self::RvtoolsCsv => "RVTools vInfo CSV",
            Self::AzureMigrateCsv => "Azure Migrate import CSV",
            Self::PortolanCsv => "Portolan CSV",
            Self::Traces => "utilisation traces",
            Self::Synthetic => "synthetic estate",
        })
    }
}

/// Reads the inventory in a file or folder.
///
/// # Errors
/// Every reason of [`EstateError`]; nothing is kept of a refused inventory.
pub fn load(path: &Path) -> Result<Estate, EstateError> {
    let kind = std::fs::metadata(path)
        .map_err(|source| EstateError::Unreadable { path: path.to_owned(), source })?;
    if looks_like_traces(path) {
        from_traces(&path.display().to_string(), traces::load(path)?, TraceDefaults::default())
    } else if kind.is_dir() {
        read_folder(path)
    } else {
        read(&path.display().to_string(), csv_table::read_bytes(path)?)
    }
}

/// Reads the inventory in the content of one file; `origin` is what messages call it.
///
/// # Errors
/// As [`load`].
pub fn read(origin: &str, bytes: Vec<u8>) -> Result<Estate, EstateError> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const COMPOUND_FILE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    if bytes.starts_with(ZIP) {
        return read_workbook(origin, bytes);
    }
    let origin = origin.to_owned();
    if bytes.starts_with(COMPOUND_FILE) {
        // Excel wraps an encrypted workbook in the container of the old format, under
        // this name in UTF-16.
        let package: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        return Err(if bytes.windows(package.len()).any(|window| window == package) {
            EstateError::PasswordProtected { origin }
        } else {
            EstateError::NotAnInventory {
                origin,
                why: "it is an Excel 97-2003 file; save it as .xlsx".to_owned(),
            }
        });
    }
    let name = origin.rsplit(['/', '\\']).next().unwrap_or(&origin).to_owned();
    read_csv(csv_table::parse(&origin, &name, &bytes)?)
}

fn read_csv(mut table: Table) -> Result<Estate, EstateError> {
    if portolan_csv::is_own(&table) {
        return portolan_csv::read(&table);
    }
    // Two telling columns tell the format; the reader names whichever is missing.
    let (rvtools, azure) = (rvtools::likeness(&table), azure_migrate::likeness(&table));
    if rvtools.max(azure) < 2 {
        let found = table.headers().map(|name| name.trim().to_owned()).collect();
        return Err(EstateError::UnknownFormat { origin: table.origin, found });
    }
    if azure > rvtools {
        return azure_migrate::read(&table);
    }
    table.name = Tab::Info.title().to_owned();
    let origin = table.origin.clone();
    rvtools::read(&origin, InventoryFormat::RvtoolsCsv, &Tabs::from([(Tab::Info, vec![table])]))
}

fn read_folder(path: &Path) -> Result<Estate, EstateError> {
    let unreadable = |source| EstateError::Unreadable { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        files.push(entry.map_err(unreadable)?.path());
    }
    // The order of a directory is the file system's own.
    files.sort();
    let mut tabs = Tabs::new();
    let (mut others, mut read) = (Vec::new(), Vec::new());
    for file in &files {
        if !file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            continue;
        }
        match file.file_stem().and_then(|stem| Tab::named(&stem.to_string_lossy())) {
            Some(tab) => {
                read.push(file);
                let bytes = csv_table::read_bytes(file)?;
                match csv_table::parse(&file.display().to_string(), tab.title(), &bytes) {
                    Ok(table) => tabs.entry(tab).or_default().push(table),
                    // A tab without rows is a file without text in some exports.
                    Err(EstateError::Empty { .. }) if tab != Tab::Info => {}
                    Err(error) => return Err(error),
                }
            }
            None => others.push(file),
        }
    }
    if !tabs.contains_key(&Tab::Info) {
        for file in others {
            let bytes = csv_table::read_bytes(file)?;
            let parsed = csv_table::parse(&file.display().to_string(), Tab::Info.title(), &bytes);
            if let Ok(table) = parsed
                && is_vinfo(&table)
            {
                read.push(file);
                tabs.entry(Tab::Info).or_default().push(table);
            }
        }
    }
    if !tabs.contains_key(&Tab::Info) {
        let name =
            |file: &std::path::PathBuf| file.file_name().map(|name| name.to_string_lossy().into_owned());
        return Err(EstateError::NotAnRvtoolsFolder {
            path: path.to_owned(),
            found: files.iter().filter_map(name).collect(),
        });
    }
    let mut estate = rvtools::read(&path.display().to_string(), InventoryFormat::RvtoolsFolder, &tabs)?;
    // A workbook or a strange table beside the tabs is no error, but must not be thought read.
    for file in files.iter().filter(|file| is_spreadsheet(file) && !read.contains(file)) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        estate.findings.add(FindingKind::FileUnread, &name, 0, "");
    }
    Ok(estate)
}

fn is_spreadsheet(file: &Path) -> bool {
    let known = |extension: &std::ffi::OsStr| {
        ["csv", "xlsx", "xls"].iter().any(|e| extension.eq_ignore_ascii_case(e))
    };
    // RVTools has more tabs than are read here; those are no surprise.
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    file.extension().is_some_and(known) && !stem.contains("rvtools_tab")
}

/// Whether a table of unknown name is vInfo: its three required columns are there.
fn is_vinfo(table: &Table) -> bool {
    ["vm", "cpus", "memory"].iter().all(|name| table.column(&[name]).is_present())
}

#[cfg(feature = "xlsx")]
fn read_workbook(origin: &str, bytes: Vec<u8>) -> Result<Estate, EstateError> {
    let mut book = super::workbook::Workbook::open(origin, bytes)?;
    let mut tabs = Tabs::new();
    let sheets = book.sheets();
    for sheet in &sheets {
        if let Some(tab) = Tab::named(sheet)
            && let Some(table) = book.table(sheet)?
        {
            tabs.entry(tab).or_default().push(table);
        }
    }
    if !tabs.contains_key(&Tab::Info) {
        for sheet in sheets.iter().filter(|sheet| Tab::named(sheet).is_none()) {
            if let Some(table) = book.table(sheet)?.filter(is_vinfo) {
                tabs.entry(Tab::Info).or_default().push(table);
            }
        }
    }
    if !tabs.contains_key(&Tab::Info) {
        return Err(EstateError::NoVInfo { origin: origin.to_owned(), found: sheets });
    }
    rvtools::read(origin, InventoryFormat::RvtoolsWorkbook, &tabs)
}

#[cfg(not(feature = "xlsx"))]
fn read_workbook(origin: &str, _: Vec<u8>) -> Result<Estate, EstateError> {
    Err(EstateError::WorkbooksNotBuilt { origin: origin.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> EstateError {
        read("some/file.dat", bytes.to_vec()).unwrap_err()
    }

    #[test]
    fn the_format_is_told_by_content_whatever_the_name() {
        let vinfo = read("x.bin", b"VM,CPUs,Memory,In use MB\na,1,1024,5\n".to_vec()).unwrap();
        assert_eq!(vinfo.format, InventoryFormat::RvtoolsCsv);
        let azure = read("vInfo.csv", b"*Server name,*Cores,*Memory (In MB)\na,1,1024\n".to_vec()).unwrap();
        assert_eq!(azure.format, InventoryFormat::AzureMigrateCsv);
    }

    #[test]
    fn each_kind_of_unreadable_content_is_refused_for_what_it_is() {
        assert!(matches!(refusal(b""), EstateError::Empty { .. }));
        assert!(matches!(refusal(b"\x00\x01\x02\xff\xfe"), EstateError::NotAnInventory { .. }));
        assert!(matches!(refusal(b"date,price\n1,2\n"), EstateError::UnknownFormat { .. }));
        assert!(matches!(refusal(b"VM,CPUs,Memory,In Use MiB\n"), EstateError::Empty { .. }));
        let mut locked = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        assert!(matches!(refusal(&locked), EstateError::NotAnInventory { .. }));
        locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert!(matches!(refusal(&locked), EstateError::PasswordProtected { .. }));
    }

    #[test]
    #[cfg(feature = "xlsx")]
    fn an_archive_that_is_no_workbook_is_refused() {
        assert!(matches!(refusal(b"PK\x03\x04 and so on"), EstateError::DamagedWorkbook { .. }));
    }

    #[test]
    fn a_column_that_is_needed_is_named_with_the_nearest_one() {
        let message =
            refusal(b"VM,Powerstate,CPUs,Memory MBytes,In Use MiB\na,poweredOn,1,1,1\n").to_string();
        assert!(message.starts_with("some/file.dat: vInfo has no column `Memory`"), "{message}");
        assert!(message.contains("Memory MBytes"), "{message}");
    }

    #[test]
    fn when_every_row_is_skipped_the_first_reason_is_given() {
        let message = refusal(b"VM,Template,CPUs,Memory,In Use MiB\ngold,True,1,1,1\n").to_string();
        assert!(message.ends_with("1 rows read, all skipped (vInfo row 2: template (gold))"), "{message}");
    }
}
