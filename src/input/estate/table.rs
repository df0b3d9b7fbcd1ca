//! A table of text with named columns: what every reader of a format works on.

use csv::StringRecord;

use super::headers;
use super::values;
use crate::base::units::Bytes;

/// A table whose columns are found by normalised name, never by position.
#[derive(Clone, Debug)]
pub struct Table {
    /// The file it came from, for messages.
    pub origin: String,
    /// The tab, or the file where a file is one table.
    pub name: String,
    headers: StringRecord,
    normalised: Vec<String>,
    /// Each row with its number as a spreadsheet counts them.
    rows: Vec<(u32, StringRecord)>,
}

/// A column of one [`Table`]. An absent column reads as empty cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(Option<usize>);

impl Column {
    /// Whether the table has it.
    pub fn is_present(self) -> bool {
        self.0.is_some()
    }
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'t> {
    /// Its number as a spreadsheet counts them: the header is row 1.
    pub number: u32,
    cells: &'t StringRecord,
}

impl<'t> Row<'t> {
    /// The text of a cell without surrounding white space; empty when the row is short.
    pub fn text(self, column: Column) -> &'t str {
        column.0.and_then(|index| self.cells.get(index)).map(str::trim).unwrap_or_default()
    }

    /// A count; nothing when the cell holds no whole number.
    pub fn count(self, column: Column) -> Option<u32> {
        u32::try_from(values::whole(self.text(column))?).ok()
    }

    /// A quantity given in MiB (RVTools' "MB" are MiB too).
    pub fn mib(self, column: Column) -> Option<Bytes> {
        // 2^44 MiB is the largest number of MiB that a count of bytes can hold.
        values::whole(self.text(column)).filter(|mib| *mib < 1 << 44).map(Bytes::from_mib)
    }

    /// A decimal number, e.g. a percentage.
    pub fn decimal(self, column: Column) -> Option<f64> {
        values::decimal(self.text(column))
    }

    /// Whether the cell says yes.
    pub fn is_true(self, column: Column) -> bool {
        values::is_true(self.text(column))
    }
}

impl Table {
    /// A table of `rows`, each with its number, under `headers`.
    pub fn new(origin: &str, name: &str, headers: StringRecord, rows: Vec<(u32, StringRecord)>) -> Self {
        let normalised = headers.iter().map(headers::normalise).collect();
        Self { origin: origin.to_owned(), name: name.to_owned(), headers, normalised, rows }
    }

    /// The names of the columns as they were written.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.headers.iter()
    }

    /// The normalised names of the columns; see `headers::normalise`.
    pub fn normalised(&self) -> impl Iterator<Item = &str> {
        self.normalised.iter().map(String::as_str)
    }

    /// The first column whose name normalises to one of `names`, tried in order.
    pub fn column(&self, names: &[&str]) -> Column {
        let find = |name: &&str| self.normalised.iter().position(|header| header == name);
        Column(names.iter().find_map(find))
    }

    /// Every column, with its name as written, whose normalised name satisfies `wanted`.
    pub fn columns(&self, wanted: impl Fn(&str) -> bool) -> Vec<(Column, String)> {
        let named = self.normalised.iter().zip(self.headers.iter()).enumerate();
        named
            .filter(|(_, (normalised, _))| wanted(normalised))
            .map(|(index, (_, header))| (Column(Some(index)), header.trim().to_owned()))
            .collect()
    }

    /// The rows that hold anything.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(number, cells)| Row { number: *number, cells })
    }

    /// The number of rows that hold anything.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row holds anything.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    #[cfg(test)]
    pub(super) fn for_test(name: &str, headers: &[&str]) -> Self {
        Self::new("test.csv", name, StringRecord::from(headers.to_vec()), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_found_by_any_dialect_of_its_name_and_an_absent_one_reads_empty() {
        let headers = StringRecord::from(vec!["VM", "Provisioned  MB "]);
        let table = Table::new("f", "vInfo", headers, vec![(2, StringRecord::from(vec!["a", "1,024"]))]);
        let provisioned = table.column(&["provisioned mib"]);
        let row = table.rows().next().unwrap();
        assert_eq!(row.mib(provisioned), Some(Bytes::from_gib(1)));
        assert_eq!(row.text(table.column(&["folder"])), "");
    }
}
