//! `portolan import FILE`: what an inventory holds, and how far to trust it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::base::units::Bytes;
use crate::input::estate::idle::Candidates;
use crate::input::estate::{self, Estate, Finding, Outcome, StorageBasis, Summary};

/// Read an inventory and say what it holds.
///
/// Reads an RVTools workbook (.xlsx), a folder of RVTools CSV files, RVTools' vInfo as
/// CSV, an Azure Migrate import CSV, a folder of utilisation traces, or a CSV that
/// `--write` wrote. The format is told by the content.
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// The inventory: a file, or a folder of RVTools CSV files.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Write the estate as one flat CSV that every command reads back.
    #[arg(long, value_name = "CSV")]
    pub write: Option<PathBuf>,
    /// How to print the counts.
    #[arg(long, value_enum, default_value_t)]
    pub format: ImportFormat,
    /// Which definition of used storage counts.
    #[arg(long, value_enum, default_value_t)]
    pub storage_basis: StorageBasis,
}

/// How to print the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object, with every finding.
    Json,
}

/// Reads the inventory, writes the CSV if asked for, and prints the counts on stdout.
///
/// # Errors
/// When the inventory is refused (an [`estate::EstateError`] is in the chain) or the CSV
/// cannot be written.
pub fn import(args: &ImportArgs) -> anyhow::Result<()> {
    let found = estate::load(&args.file)?;
    if let Some(path) = &args.write {
        write_whole(path, &estate::to_csv(&found))
            .with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    let counts = estate::summary(&found, args.storage_basis);
    let text = match args.format {
        ImportFormat::Text => text(&found, &counts),
        ImportFormat::Json => json(&found, &counts)?,
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads may have seen enough: `portolan import … | head`.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// Writes a file so that it is there whole or not at all: aside first, then renamed.
fn write_whole(path: &Path, content: &str) -> anyhow::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut aside = tempfile::NamedTempFile::new_in(folder)?;
    aside.write_all(content.as_bytes())?;
    aside.as_file().sync_all()?;
    // A temporary file is for its owner only; an exported one is as other new files.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        aside.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    aside.persist(path)?;
    Ok(())
}

fn json(found: &Estate, counts: &Summary) -> anyhow::Result<String> {
    let rows: Vec<_> = found
        .findings
        .entries
        .iter()
        .map(|entry| {
            serde_json::json!({
                "table": entry.table, "row": entry.row, "subject": entry.subject, "reason": entry.kind.reason(),
            })
        })
        .collect();
    let mut object = serde_json::to_value(counts)?;
    object["findings_by_row"] = rows.into();
    let candidates = estate::idle::candidates(found);
    let names = |machines: &[&estate::Machine]| -> Vec<String> {
        machines.iter().map(|machine| machine.name.clone()).collect()
    };
    object["retire_candidates"] = serde_json::json!({
        "zombie": names(&candidates.zombies),
        "idle": names(&candidates.idle),
        "not_judged": candidates.unknown,
    });
    Ok(serde_json::to_string_pretty(&object)? + "\n")
}

/// Lines in the making: a label, then what it says.
struct Page(String);

impl Page {
    fn line(&mut self, label: &str, says: impl AsRef<str>) {
        self.0.push_str(&format!("{label:<16} {}\n", says.as_ref()));
    }

    fn item(&mut self, says: impl AsRef<str>) {
        self.0.push_str(&format!("  {}\n", says.as_ref()));
    }

    fn heading(&mut self, title: &str) {
        self.0.push_str(&format!("\n{title}\n"));
    }
}

fn text(found: &Estate, counts: &Summary) -> String {
    let mut page = Page(String::new());
    let format = counts.format.to_string();
    let by =
        if format.contains(&counts.producer) { String::new() } else { format!(" ({})", counts.producer) };
    page.line("Format", format + &by);
    if let Some(day) = &counts.as_of {
        page.line("As of", day);
    }
    page.line(
        "Rows",
        format!("{} read = {} kept + {} skipped", counts.rows_read, counts.machines, counts.rows_skipped),
    );
    page.line(
        "Machines",
        format!("{} on, {} off, {} suspended", counts.powered_on, counts.powered_off, counts.suspended),
    );
    page.line("Virtual CPUs", format!("{}, of which {} on", counts.vcpus, counts.vcpus_on));
    page.line(
        "Memory",
        format!("{}, of which {} on", size(counts.memory_bytes), size(counts.memory_on_bytes)),
    );
    page.line("Storage", storage(counts));
    page.line("Hosts", format!("{} with {} cores", counts.hosts, counts.host_cores));
    page.line("Datacenters", listed(counts.datacenters.iter().map(|(name, n)| (or_unknown(name), *n))));
    page.line("Systems", listed(counts.os_families.iter().map(|(family, n)| (format!("{family:?}"), *n))));
    page.line("Data quality", format!("{} ({:.0} of 100 points)", counts.grade, counts.quality_percent));
    for (fact, points) in counts.quality_losses.iter().take(4) {
        page.item(format!("−{points:.1} {fact}"));
    }
    for (outcome, title) in
        [(Outcome::Skipped, "Skipped"), (Outcome::Defaulted, "Filled in"), (Outcome::Noted, "Worth knowing")]
    {
        findings(&mut page, title, found.findings.with(outcome).collect());
    }
    if !counts.blockers.is_empty() {
        page.heading("Blockers");
        for blocker in &counts.blockers {
            let more = if blocker.machines > blocker.examples.len() { ", …" } else { "" };
            page.item(format!(
                "{:<20} {:>5}  {}{more}",
                blocker.kind,
                blocker.machines,
                blocker.examples.join(", ")
            ));
        }
    }
    retirable(&mut page, &estate::idle::candidates(found));
    page.0
}

/// Machines that could be retired, and how to select them.
fn retirable(page: &mut Page, found: &Candidates<'_>) {
    if found.zombies.is_empty() && found.idle.is_empty() {
        return;
    }
    page.heading("Hardly used: candidates for `retire: {use: zombie}` or `{use: [zombie, idle]}`");
    for (label, machines) in [("zombie", &found.zombies), ("idle", &found.idle)] {
        let names: Vec<&str> = machines.iter().take(5).map(|machine| machine.name.as_str()).collect();
        let more = if machines.len() > names.len() { ", …" } else { "" };
        page.item(format!("{label:<20} {:>5}  {}{more}", machines.len(), names.join(", ")));
    }
    if found.unknown > 0 {
        page.item(format!("{:<20} {:>5}  no use over a time is known", "not judged", found.unknown));
    }
}

/// The first ten findings, then how many more.
fn findings(page: &mut Page, title: &str, entries: Vec<&Finding>) {
    const SHOWN: usize = 10;
    if entries.is_empty() {
        return;
    }
    page.heading(&format!("{title} ({})", entries.len()));
    for entry in entries.iter().take(SHOWN) {
        page.item(entry.to_string());
    }
    if entries.len() > SHOWN {
        page.item(format!("and {} more (all with --format json)", entries.len() - SHOWN));
    }
}

fn storage(counts: &Summary) -> String {
    let stand_ins = match counts.storage_stand_ins {
        0 => String::new(),
        n => format!("; {n} by another basis, as theirs is unknown"),
    };
    format!("{} by {}{stand_ins}", size(counts.storage_bytes), counts.storage_basis)
}

fn listed(items: impl Iterator<Item = (String, usize)>) -> String {
    items.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

fn or_unknown(name: &str) -> String {
    if name.is_empty() { "unknown".to_owned() } else { name.to_owned() }
}

fn size(bytes: u64) -> String {
    let gib = Bytes::new(bytes).as_gib();
    if gib >= 10_240.0 { format!("{:.1} TiB", gib / 1_024.0) } else { format!("{gib:.0} GiB") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Estate {
        let mut text = String::from("VM,Powerstate,Template,CPUs,Memory,In Use MiB,OS,FT State,Datacenter\n");
        text.push_str("erp-db-01,poweredOn,False,8,65536,1048576,Oracle Solaris 11 (64-bit),running,Oslo\n");
        for n in 1..=12 {
            text.push_str(&format!("gold-{n},poweredOff,True,1,1024,1,,,\n"));
        }
        estate::read("v.csv", text.into_bytes()).unwrap()
    }

    #[test]
    fn the_page_names_counts_ten_skipped_rows_and_blockers() {
        let estate = sample();
        let page = text(&estate, &estate::summary(&estate, StorageBasis::InUse));
        assert!(page.contains("Rows             13 read = 1 kept + 12 skipped\n"), "{page}");
        assert!(page.contains("Storage          1024 GiB by in-use\n"), "{page}");
        assert!(page.contains("  vInfo row 3: template (gold-1)\n"), "{page}");
        assert!(page.contains("  and 2 more (all with --format json)\n"), "{page}");
        assert!(page.contains("  fault-tolerance          1  erp-db-01\n"), "{page}");
    }

    #[test]
    fn json_holds_every_finding() {
        let estate = sample();
        let text = json(&estate, &estate::summary(&estate, StorageBasis::InUse)).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["rows_read"], 13);
        let templates =
            value["findings_by_row"].as_array().unwrap().iter().filter(|f| f["reason"] == "template");
        assert_eq!(templates.count(), 12);
    }

    #[test]
    fn a_refused_inventory_writes_nothing_and_a_good_one_writes_what_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (folder.path().join("v.csv"), folder.path().join("own.csv"));
        let args = ImportArgs {
            file: source.clone(),
            write: Some(target.clone()),
            format: ImportFormat::Text,
            storage_basis: StorageBasis::InUse,
        };
        std::fs::write(&source, "VM,CPUs\na,1\n").unwrap();
        assert!(import(&args).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        std::fs::write(&source, "VM,CPUs,Memory,In Use MiB\na,1,1024,5\n").unwrap();
        import(&args).unwrap();
        assert_eq!(estate::load(&target).unwrap().machines[0].name, "a");
    }
}
