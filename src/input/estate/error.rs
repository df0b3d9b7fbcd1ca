//! Why an inventory is refused.

use std::path::PathBuf;

use super::table::Table;

/// Why an inventory is refused. Nothing has been kept of it then.
#[derive(Debug, thiserror::Error)]
pub enum EstateError {
    /// The file or folder cannot be read.
    #[error("{path}: cannot be read: {source}", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file has no content, or none but white space.
    #[error("{origin}: the file is empty; expected an RVTools export or an Azure Migrate import CSV")]
    Empty {
        /// The file.
        origin: String,
    },
    /// The file is neither text nor a workbook.
    #[error("{origin}: this is neither a workbook (.xlsx) nor text (.csv): {why}")]
    NotAnInventory {
        /// The file.
        origin: String,
        /// What its content looks like.
        why: String,
    },
    /// A text or workbook in a layout that no reader knows.
    #[error(
        "{origin}: no inventory format has these columns: {}; expected RVTools' vInfo (VM, CPUs, Memory, Provisioned MiB) \
         or Azure Migrate's import CSV (Server name, Cores, Memory (In MB))",
        list(found)
    )]
    UnknownFormat {
        /// The file.
        origin: String,
        /// The columns that were found.
        found: Vec<String>,
    },
    /// A folder without RVTools' CSV files.
    #[error("{path}: the folder holds no RVTools export: expected RVTools_tabvInfo.csv, found {}", list(found), path = path.display())]
    NotAnRvtoolsFolder {
        /// The folder.
        path: PathBuf,
        /// The files it holds instead.
        found: Vec<String>,
    },
    /// A workbook without a vInfo tab.
    #[error("{origin}: the workbook has no tab vInfo; it has {}", list(found))]
    NoVInfo {
        /// The workbook.
        origin: String,
        /// The tabs it has instead.
        found: Vec<String>,
    },
    /// A column without which no machine can be read.
    #[error(
        "{origin}: {table} has no column `{column}`{}; it has {}",
        closest.as_ref().map(|name| format!(" (is `{name}` meant?)")).unwrap_or_default(), list(found)
    )]
    MissingColumn {
        /// The file.
        origin: String,
        /// The tab or table.
        table: String,
        /// The column that is needed.
        column: String,
        /// The columns that were found.
        found: Vec<String>,
        /// The found column whose name is nearest.
        closest: Option<String>,
    },
    /// A workbook that is cut short or otherwise broken.
    #[error(
        "{origin}: the workbook is damaged or cut short: {why}; export it again, or save it again in Excel"
    )]
    DamagedWorkbook {
        /// The workbook.
        origin: String,
        /// Where reading failed.
        why: String,
    },
    /// A workbook that only a password opens.
    #[error("{origin}: the workbook is protected by a password; save a copy without one")]
    PasswordProtected {
        /// The workbook.
        origin: String,
    },
    /// A workbook, in a build without the feature `xlsx`.
    #[error("{origin}: this build reads no workbooks (feature `xlsx`); export CSV instead")]
    WorkbooksNotBuilt {
        /// The workbook.
        origin: String,
    },
    /// Text that breaks the rules of CSV, or a row of our own CSV that cannot be read.
    #[error("{origin}: row {row}: {why}")]
    BadRow {
        /// The file.
        origin: String,
        /// The row, as a spreadsheet counts them.
        row: u32,
        /// What is wrong with it.
        why: String,
    },
    /// Utilisation traces that cannot be read.
    #[error(transparent)]
    Traces(#[from] crate::input::traces::TraceError),
    /// Traces that do not say how much memory their machines have.
    #[error(
        "{origin}: these traces do not say how much memory `{machine}` has; state it in a scenario, \
         as in `estate: {{traces: {{path: …, memory: 4 GiB}}}}`"
    )]
    TracesWithoutMemory {
        /// The file or folder.
        origin: String,
        /// The first machine without.
        machine: String,
    },
    /// Rows were read, but none was kept.
    #[error("{origin}: no machine is left: {read} rows read, all skipped ({first})")]
    NoMachines {
        /// The file.
        origin: String,
        /// The number of rows read.
        read: usize,
        /// The first skipped row and its reason.
        first: String,
    },
}

impl EstateError {
    /// That `table` lacks `column`, with the nearest name it has.
    pub(super) fn missing_column(table: &Table, column: &str) -> Self {
        // Half of the letters may differ before a suggestion is noise.
        let wanted = column.to_lowercase();
        let closest = table
            .headers()
            .map(|name| (strsim::normalized_damerau_levenshtein(&wanted, &name.to_lowercase()), name))
            .filter(|(likeness, _)| *likeness >= 0.5)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name.trim().to_owned());
        Self::MissingColumn {
            origin: table.origin.clone(),
            table: table.name.clone(),
            column: column.to_owned(),
            found: table.headers().map(|name| name.trim().to_owned()).collect(),
            closest,
        }
    }
}

/// Names in a sentence: the first dozen, then how many more.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 12;
    // Names come from the file: a hostile or broken one must not flood the terminal.
    const LONGEST: usize = 60;
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let shorten = |name: &String| -> String {
        let clean: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if clean.chars().count() <= LONGEST {
            clean
        } else {
            clean.chars().take(LONGEST).chain(std::iter::once('…')).collect()
        }
    };
    let mut text = names.iter().take(SHOWN).map(shorten).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_column_is_named_with_its_table_and_the_nearest_name() {
        let table = Table::for_test("vInfo", &["VM", "CPUs", "Memry", "Provisioned MiB"]);
        let message = EstateError::missing_column(&table, "Memory").to_string();
        assert_eq!(
            message,
            "test.csv: vInfo has no column `Memory` (is `Memry` meant?); it has VM, CPUs, Memry, Provisioned MiB"
        );
    }

    #[test]
    fn a_long_list_of_names_is_cut_with_the_number_left_out() {
        let names: Vec<String> = (1..=15).map(|n| format!("c{n}")).collect();
        assert!(list(&names).ends_with("c12 and 3 more"), "{}", list(&names));
    }
}
