//! A table for people: its columns' names, then its rows, all as text.

use serde::Serialize;

/// A table for people.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct DataTable {
    /// What it shows, with the unit.
    pub caption: String,
    /// Names of the columns, the first of which names the rows.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl DataTable {
    /// An empty table.
    pub fn new<'t>(caption: impl Into<String>, header: impl IntoIterator<Item = &'t str>) -> Self {
        let header = header.into_iter().map(str::to_owned).collect();
        Self { caption: caption.into(), header, rows: Vec::new() }
    }
}
