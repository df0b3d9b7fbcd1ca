//! Workbooks (.xlsx) to tables, row by row.
//!
//! The size that a sheet claims is never used: an edited workbook may claim 1,048,576
//! rows of which nine are real, and what is reserved for the claim is what runs out.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use csv::StringRecord;

use super::csv_table::BLANK_ROWS;
use super::error::EstateError;
use super::table::Table;
use crate::base::contain::contain;

/// Most columns that are read of a sheet; RVTools' widest has about a hundred.
const COLUMNS: usize = 1_024;

/// An opened workbook, whose sheets are read when asked for.
pub(super) struct Workbook {
    origin: String,
    book: Xlsx<Cursor<Vec<u8>>>,
}

impl Workbook {
    /// Opens the workbook in `bytes`.
    pub(super) fn open(origin: &str, bytes: Vec<u8>) -> Result<Self, EstateError> {
        let book = contain(|| Xlsx::new(Cursor::new(bytes)))
            .map_err(|broken| damaged(origin, &broken.what))?
            .map_err(|error| refusal(origin, &error))?;
        Ok(Self { origin: origin.to_owned(), book })
    }

    /// The names of the sheets, in order.
    pub(super) fn sheets(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    /// Reads a sheet: its first row that holds anything names the columns. Nothing when
    /// the sheet is empty.
    ///
    /// Damage that the crate for workbooks did not foresee is refused like any other:
    /// 0.38 subtracts the corners of a sheet's claimed size without a look at them.
    pub(super) fn table(&mut self, sheet: &str) -> Result<Option<Table>, EstateError> {
        contain(|| self.rows_of(sheet)).unwrap_or_else(|broken| Err(damaged(&self.origin, &broken.what)))
    }

    fn rows_of(&mut self, sheet: &str) -> Result<Option<Table>, EstateError> {
        let origin = self.origin.clone();
        let refuse = |error: XlsxError| refusal(&origin, &error);
        let mut cells = match self.book.worksheet_cells_reader(sheet) {
            Ok(cells) => cells,
            // A chart sheet holds no cells.
            Err(XlsxError::NotAWorksheet(_)) => return Ok(None),
            Err(error) => return Err(refuse(error)),
        };
        let mut sheet_rows = SheetRows::default();
        while let Some(cell) = cells.next_cell().map_err(refuse)? {
            let (row, column) = cell.get_position();
            if sheet_rows.place(row, column as usize, cell.get_value()) == Progress::Exhausted {
                break;
            }
        }
        sheet_rows.close_row();
        Ok(sheet_rows.header.map(|header| Table::new(&self.origin, sheet, header, sheet_rows.rows)))
    }
}

#[derive(PartialEq, Eq)]
enum Progress {
    Reading,
    /// So many blank rows followed each other that the rest is taken as blank.
    Exhausted,
}

/// Cells in reading order, gathered into rows.
#[derive(Default)]
struct SheetRows {
    header: Option<StringRecord>,
    rows: Vec<(u32, StringRecord)>,
    /// The row being gathered, counted from zero.
    row: u32,
    last_filled_row: u32,
    cells: Vec<String>,
    filled: usize,
}

impl SheetRows {
    fn place(&mut self, row: u32, column: usize, value: &DataRef<'_>) -> Progress {
        if row != self.row {
            self.close_row();
            self.row = row;
        }
        if row.saturating_sub(self.last_filled_row) > BLANK_ROWS {
            return Progress::Exhausted;
        }
        let width = self.header.as_ref().map_or(COLUMNS, StringRecord::len);
        if column < width
            && let Some(text) = text(value)
        {
            if self.cells.len() <= column {
                self.cells.resize(column + 1, String::new());
            }
            self.filled = self.filled.max(column + 1);
            self.cells[column] = text;
        }
        Progress::Reading
    }

    fn close_row(&mut self) {
        if self.filled == 0 {
            return;
        }
        let record: StringRecord = self.cells[..self.filled].iter().collect();
        self.cells.iter_mut().for_each(String::clear);
        self.filled = 0;
        self.last_filled_row = self.row;
        if self.header.is_none() {
            self.header = Some(record);
        } else {
            self.rows.push((self.row + 1, record));
        }
    }
}

/// The text of a cell; nothing for an empty one and for a spreadsheet error.
fn text(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => (if *truth { "True" } else { "False" }).to_owned(),
        DataRef::DateTime(stamp) => date_text(stamp.as_f64()),
        DataRef::Error(_) | DataRef::Empty => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn number_text(number: f64) -> String {
    let text = number.to_string();
    // Three decimals would read as thousands elsewhere; here the dot is surely a decimal.
    match text.split_once('.') {
        Some((_, decimals)) if decimals.len() == 3 => text + "0",
        _ => text,
    }
}

/// The day of a serial number, as RVTools' CSV writes it. Excel counts days from
/// 1899-12-30 (for dates after February 1900).
fn date_text(serial: f64) -> String {
    let epoch = jiff::civil::date(1899, 12, 30);
    // The last day that Excel knows is 2958465, the year 9999.
    if !(0.0..2_958_466.0).contains(&serial) {
        return serial.to_string();
    }
    match epoch.checked_add(jiff::Span::new().days(serial as i64)) {
        Ok(day) => day.to_string(),
        Err(_) => serial.to_string(),
    }
}

fn refusal(origin: &str, error: &XlsxError) -> EstateError {
    match error {
        XlsxError::Password => EstateError::PasswordProtected { origin: origin.to_owned() },
        other => damaged(origin, &other.to_string()),
    }
}

fn damaged(origin: &str, why: &str) -> EstateError {
    EstateError::DamagedWorkbook { origin: origin.to_owned(), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_become_the_text_that_a_csv_would_hold() {
        assert_eq!(number_text(16384.0), "16384");
        assert_eq!(number_text(12.345), "12.3450");
        assert_eq!(date_text(46327.395), "2026-11-01");
        assert_eq!(text(&DataRef::Bool(true)).as_deref(), Some("True"));
        assert_eq!(text(&DataRef::String("  ".into())), None);
    }

    #[test]
    fn reading_stops_after_a_thousand_blank_rows_and_not_before() {
        let mut rows = SheetRows::default();
        let filled = DataRef::SharedString("x");
        assert!(rows.place(0, 0, &filled) == Progress::Reading);
        assert!(rows.place(900, 0, &filled) == Progress::Reading);
        assert!(rows.place(1_900, 0, &DataRef::Empty) == Progress::Reading);
        assert!(rows.place(1_901, 0, &DataRef::Empty) == Progress::Exhausted);
        rows.close_row();
        assert_eq!(rows.rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [901]);
    }

    #[test]
    fn cells_beyond_the_header_are_left_out() {
        let mut rows = SheetRows::default();
        rows.place(0, 1, &DataRef::SharedString("b"));
        rows.place(1, 16_383, &DataRef::SharedString("far"));
        rows.place(1, 0, &DataRef::SharedString("near"));
        rows.close_row();
        assert_eq!(rows.rows, [(2, StringRecord::from(vec!["near"]))]);
    }
}
