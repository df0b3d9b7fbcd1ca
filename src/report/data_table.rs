//! A table for people: its columns' names, then its rows, all as text.

use serde::Serialize;

use super::definitions::definition;

/// A table for people.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct DataTable {
    /// What it shows, with the unit.
    pub caption: String,
    /// Names of the columns, the first of which names the rows.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
    /// For each column the anchor of its definition on the page; empty, or shorter than
    /// the header, where there is none.
    pub column_links: Vec<Option<String>>,
    /// The same for each row.
    pub row_links: Vec<Option<String>>,
    /// The anchor of the definition of all that the table shows.
    pub about: Option<String>,
}

impl DataTable {
    /// An empty table.
    pub fn new<'t>(caption: impl Into<String>, header: impl IntoIterator<Item = &'t str>) -> Self {
        let header = header.into_iter().map(str::to_owned).collect();
        Self { caption: caption.into(), header, ..Self::default() }
    }

    /// Links each column to the definition of a figure or a word; the empty name and one
    /// without a definition to none.
    pub fn columns_defined<'t>(mut self, names: impl IntoIterator<Item = &'t str>) -> Self {
        self.column_links = names.into_iter().map(anchor).collect();
        self
    }

    /// The same for each row.
    pub fn rows_defined<'t>(mut self, names: impl IntoIterator<Item = &'t str>) -> Self {
        self.row_links = names.into_iter().map(anchor).collect();
        self
    }

    /// Links the table as a whole.
    pub fn about(mut self, name: &str) -> Self {
        self.about = anchor(name);
        self
    }
}

/// The anchor of the definition of a figure or a word.
fn anchor(name: &str) -> Option<String> {
    definition(name).map(|definition| definition.anchor())
}
