//! Text to tables: encodings, separators, quoted newlines.

use std::borrow::Cow;
use std::path::Path;

use csv::StringRecord;

use super::error::EstateError;
use super::table::Table;

/// Most rows in a row that may be blank before the rest of a table is taken as blank.
/// Edited spreadsheets trail thousands to a million of them.
pub(super) const BLANK_ROWS: u32 = 1_000;

/// The whole content of a file.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, EstateError> {
    std::fs::read(path).map_err(|source| EstateError::Unreadable { path: path.to_owned(), source })
}

/// The text of a CSV: UTF-8 and UTF-16 by their byte-order marks, else UTF-8 where it
/// is valid, else Windows-1252, in which European desktops export.
fn decode<'b>(origin: &str, bytes: &'b [u8]) -> Result<Cow<'b, str>, EstateError> {
    let marked = encoding_rs::Encoding::for_bom(bytes);
    if let Some((encoding, mark)) = marked {
        return Ok(encoding.decode_without_bom_handling(&bytes[mark..]).0);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains('\0')
    {
        return Ok(Cow::Borrowed(text));
    }
    // No text in Windows-1252 holds control characters other than these.
    let is_control = |b: &&u8| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    let controls = bytes.iter().filter(is_control).count();
    if controls > 0 {
        let why = format!("{controls} of its {} bytes are control characters", bytes.len());
        return Err(EstateError::NotAnInventory { origin: origin.to_owned(), why });
    }
    Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0)
}

/// The mark that separates the header's names most often outside quotes.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| *mark == byte) {
                    *count += 1;
                }
            }
        }
    }
    // The first of equals wins, so text without any mark reads as comma-separated.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark)
}

/// Reads a CSV file that was loaded as `bytes` into one table called `name`.
pub(super) fn parse(origin: &str, name: &str, bytes: &[u8]) -> Result<Table, EstateError> {
    let text = decode(origin, bytes)?;
    if text.trim().is_empty() {
        return Err(EstateError::Empty { origin: origin.to_owned() });
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let mut header: Option<StringRecord> = None;
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    let mut number = 0_u32;
    let mut blank = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => number = number.saturating_add(1),
            Ok(false) => break,
            Err(error) => {
                return Err(EstateError::BadRow {
                    origin: origin.to_owned(),
                    row: number + 1,
                    why: error.to_string(),
                });
            }
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            blank += 1;
            if blank >= BLANK_ROWS {
                break;
            }
            continue;
        }
        blank = 0;
        if header.is_none() {
            header = Some(record.clone());
        } else {
            rows.push((number, record.clone()));
        }
    }
    let header = header.ok_or_else(|| EstateError::Empty { origin: origin.to_owned() })?;
    Ok(Table::new(origin, name, header, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8], column: &str) -> Vec<String> {
        let table = parse("f.csv", "f", bytes).unwrap();
        let column = table.column(&[column]);
        table.rows().map(|row| row.text(column).to_owned()).collect()
    }

    #[test]
    fn semicolons_quotes_newlines_and_marks_do_not_disturb_the_cells() {
        let text =
            "\u{feff}VM;Annotation;Memory\r\na;\"two\r\nlines; one cell\";\"16,384\"\r\n;;\r\nb;;8\r\n";
        assert_eq!(cells(text.as_bytes(), "annotation"), ["two\r\nlines; one cell", ""]);
        assert_eq!(cells(text.as_bytes(), "memory"), ["16,384", "8"]);
    }

    #[test]
    fn text_of_a_western_desktop_and_of_excels_unicode_export_is_decoded() {
        assert_eq!(cells(b"VM,x\nB\xfcro-01,1\n", "vm"), ["Büro-01"]);
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("VM\tx\nBüro-01\t1\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(cells(&utf16, "vm"), ["Büro-01"]);
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_numbers_them() {
        let table = parse("f", "f", b"VM,x\na,1\n,\n\"b\nb\",2\nc,3\n").unwrap();
        assert_eq!(table.rows().map(|row| row.number).collect::<Vec<_>>(), [2, 3 + 1, 5]);
    }

    #[test]
    fn nothing_and_noise_are_refused_for_what_they_are() {
        assert!(matches!(parse("f", "f", b" \n\n"), Err(EstateError::Empty { .. })));
        assert!(matches!(parse("f", "f", b"\xff\x00\x01\x80ab"), Err(EstateError::NotAnInventory { .. })));
    }
}
