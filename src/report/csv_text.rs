//! Rows of comma-separated values, written straight into a buffer.
//!
//! The quoting is RFC 4180's: a field with a comma, a quote or a line break is
//! put in quotes and its quotes are doubled. The `csv` crate does the same but
//! cannot splice a group of fields that is already quoted, and the files here
//! repeat the same twenty fields on tens of thousands of rows.

use std::io::Write;

use crate::base::units::{Calendar, SimTime};

/// Appends `text` as one field, without a separator.
pub(crate) fn field(row: &mut Vec<u8>, text: &str) {
    if text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        row.push(b'"');
        for byte in text.bytes() {
            if byte == b'"' {
                row.push(b'"');
            }
            row.push(byte);
        }
        row.push(b'"');
    } else {
        row.extend_from_slice(text.as_bytes());
    }
}

/// Appends a whole row of fields.
pub(crate) fn row<'t>(buffer: &mut Vec<u8>, fields: impl IntoIterator<Item = &'t str>) {
    for (place, text) in fields.into_iter().enumerate() {
        if place > 0 {
            buffer.push(b',');
        }
        field(buffer, text);
    }
    buffer.push(b'\n');
}

/// Appends what `value` displays as: a number or a date, which needs no quotes.
pub(crate) fn shown(row: &mut Vec<u8>, value: impl std::fmt::Display) {
    write!(row, "{value}").expect("a vector takes whatever is written to it");
}

/// An instant as ISO 8601 in UTC, to the second: `2027-03-01T00:00:00Z`.
pub(crate) fn instant(calendar: &Calendar, at: SimTime) -> String {
    let at = calendar.date_time(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Span;
    use jiff::civil::date;

    #[test]
    fn what_is_quoted_comes_back_as_it_was() {
        let fields = ["plain", "with, comma", "with \"quotes\"", "two\nlines", ""];
        let mut buffer = Vec::new();
        row(&mut buffer, fields);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(buffer.as_slice());
        let read = reader.records().next().expect("there is a row").expect("it is well formed");
        assert_eq!(read.iter().collect::<Vec<_>>(), fields);
    }

    #[test]
    fn an_instant_is_iso_8601_in_utc() {
        let calendar = Calendar::new(date(2027, 1, 1), date(2028, 1, 1));
        let at = SimTime::START + Span::from_seconds(31 * 86_400 + 61);
        assert_eq!(instant(&calendar, at), "2027-02-01T00:01:01Z");
    }
}
