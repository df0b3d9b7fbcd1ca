//! What became of rows that were not simply kept.

use std::collections::BTreeMap;
use std::fmt;

/// The rows of an inventory: how many were read, kept and skipped, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Rows of the machine table that hold anything.
    pub read: usize,
    /// Rows that became a machine. `read = kept + skipped`.
    pub kept: usize,
    /// One entry a skipped row, a filled-in value or a remark, in the order of the file.
    pub entries: Vec<Finding>,
}

/// One skipped row, filled-in value or remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The tab or file.
    pub table: String,
    /// The row as a spreadsheet counts them: the header is row 1. Zero for a remark
    /// about a whole table.
    pub row: u32,
    /// The machine, or what else the remark is about.
    pub subject: String,
    /// What was found.
    pub kind: FindingKind,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.table)?;
        if self.row > 0 {
            write!(f, " row {}", self.row)?;
        }
        write!(f, ": {}", self.kind.reason())?;
        if self.subject.is_empty() { Ok(()) } else { write!(f, " ({})", self.subject) }
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// No machine was made of it.
    Skipped,
    /// A machine was made, with a value taken from elsewhere.
    Defaulted,
    /// A machine was made; something about it should be known.
    Noted,
}

macro_rules! finding_kinds {
    ($($(#[$doc:meta])* $kind:ident => $outcome:ident, $reason:literal;)+) => {
        /// Reasons to skip a row, to fill in a value, or to remark on one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind { $($(#[$doc])* $kind,)+ }

        impl FindingKind {
            /// What becomes of a row with this finding.
            pub fn outcome(self) -> Outcome {
                match self { $(Self::$kind => Outcome::$outcome,)+ }
            }

            /// The reason, as a phrase.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$kind => $reason,)+ }
            }
        }
    };
}

finding_kinds! {
    /// A template never runs.
    Template => Skipped, "template";
    /// Site Recovery Manager's stand-in for a VM of the other site.
    SrmPlaceholder => Skipped, "SRM placeholder";
    /// vSphere Cluster Services keep these running; no user owns them.
    Housekeeping => Skipped, "housekeeping machine of vSphere (vCLS)";
    /// Nothing to call it by.
    NoName => Skipped, "no name";
    /// No number of CPUs above zero, in any table.
    NoCpus => Skipped, "no CPUs, or zero";
    /// No memory above zero, in any table.
    NoMemory => Skipped, "no memory, or zero";
    /// The same key and name as an earlier row.
    Repeated => Skipped, "listed before";
    /// CPUs taken from the vCPU tab.
    CpusFromVcpu => Defaulted, "CPUs taken from vCPU";
    /// Memory taken from the vMemory tab.
    MemoryFromVmemory => Defaulted, "memory taken from vMemory";
    /// Storage that no table gives counts as none.
    NoStorage => Defaulted, "no storage given, taken as none";
    /// A power state that is missing or unknown counts as on.
    PowerUnknown => Defaulted, "power state unknown, taken as on";
    /// The same name as an earlier machine.
    DuplicateName => Noted, "name used before";
    /// The same VM UUID as an earlier machine of another name: a careless clone.
    DuplicateKey => Noted, "identity used before by a machine of another name";
    /// The vCenter had lost it.
    Disconnected => Noted, "not connected, orphaned or inaccessible";
    /// Its host is in no host table.
    HostNotListed => Noted, "host not listed";
    /// A row of a detail tab that names no machine of the machine table.
    UnknownMachine => Noted, "belongs to no listed machine";
    /// A host without a number of cores.
    HostWithoutCores => Noted, "host left out, it has no cores";
    /// A spreadsheet in the folder that is no tab of the export.
    FileUnread => Noted, "not part of the export, left unread";
    /// An optional column is absent from the whole table.
    ColumnAbsent => Noted, "column absent";
}

impl Findings {
    /// Adds an entry.
    pub(super) fn add(&mut self, kind: FindingKind, table: &str, row: u32, subject: &str) {
        self.entries.push(Finding { table: table.to_owned(), row, subject: subject.to_owned(), kind });
    }

    /// Rows that became no machine.
    pub fn skipped(&self) -> usize {
        self.with(Outcome::Skipped).count()
    }

    /// The first skipped row and its reason, as a sentence.
    pub(super) fn first_skipped(&self) -> String {
        self.with(Outcome::Skipped).next().map(ToString::to_string).unwrap_or_default()
    }

    /// The entries with one outcome, in the order of the file.
    pub fn with(&self, outcome: Outcome) -> impl Iterator<Item = &Finding> {
        self.entries.iter().filter(move |entry| entry.kind.outcome() == outcome)
    }

    /// The number of entries of each kind.
    pub fn by_kind(&self) -> BTreeMap<FindingKind, usize> {
        let mut counts = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(entry.kind).or_insert(0) += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_table_row_and_reason() {
        let mut findings = Findings::default();
        findings.add(FindingKind::Template, "vInfo", 8, "golden-image");
        findings.add(FindingKind::ColumnAbsent, "vInfo", 0, "VM ID");
        assert_eq!(findings.entries[0].to_string(), "vInfo row 8: template (golden-image)");
        assert_eq!(findings.entries[1].to_string(), "vInfo: column absent (VM ID)");
        assert_eq!(findings.skipped(), 1);
    }
}
