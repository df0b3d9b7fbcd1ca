//! Hand-made workbooks: false sizes, blank tails, truncation, damage.
#![cfg(feature = "xlsx")]

use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::*;

/// A workbook with one sheet `vInfo` of this `sheetData`, claiming `dimension`.
fn workbook(dimension: &str, sheet_data: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    stored_zip(&[
        (
            "[Content_Types].xml",
            &format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"vInfo\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!(
                "<worksheet xmlns=\"{main}\"><dimension ref=\"{dimension}\"/><sheetData>{sheet_data}</sheetData></worksheet>"
            ),
        ),
    ])
}

/// Rows of text cells, numbered from `first`.
fn text_rows(first: u32, rows: &[&[&str]]) -> String {
    let mut xml = String::new();
    for (number, row) in (first..).zip(rows) {
        let _ = write!(xml, "<row r=\"{number}\">");
        for (column, text) in ('A'..).zip(row.iter()) {
            let _ = write!(xml, "<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
        }
        xml.push_str("</row>");
    }
    xml
}

const ROWS: &[&[&str]] =
    &[&["VM", "CPUs", "Memory", "In Use MiB"], &["a", "2", "2,048", "10"], &["b", "4", "4096", "20"]];

/// An uncompressed archive, as the format's specification lays it out (PKWARE APPNOTE,
/// 4.3.7, 4.3.12 and 4.3.16).
fn stored_zip(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let offset = body.len() as u32;
        let mut facts = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x28];
        facts.extend(crc32(content.as_bytes()).to_le_bytes());
        facts.extend((content.len() as u32).to_le_bytes());
        facts.extend((content.len() as u32).to_le_bytes());
        facts.extend((name.len() as u16).to_le_bytes());
        facts.extend([0, 0]);
        body.extend(b"PK\x03\x04".iter().chain(&facts).chain(name.as_bytes()).chain(content.as_bytes()));
        directory.extend(b"PK\x01\x02\x14\x00".iter().chain(&facts));
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = body.len() as u32;
    body.extend(&directory);
    body.extend(b"PK\x05\x06\x00\x00\x00\x00");
    body.extend((files.len() as u16).to_le_bytes());
    body.extend((files.len() as u16).to_le_bytes());
    body.extend((directory.len() as u32).to_le_bytes());
    body.extend(start.to_le_bytes());
    body.extend([0, 0]);
    body
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

#[test]
fn a_false_dimension_costs_nothing_and_changes_nothing() {
    let honest = read("a.xlsx", workbook("A1:D3", &text_rows(1, ROWS))).unwrap();
    let boastful = read("a.xlsx", workbook("A1:XFD1048576", &text_rows(1, ROWS))).unwrap();
    assert_eq!(honest, boastful);
    assert_eq!(honest.machines[0].memory, crate::base::units::Bytes::from_gib(2));
}

#[test]
fn a_dimension_with_swapped_corners_is_read_or_refused() {
    let honest = read("a.xlsx", workbook("A1:D3", &text_rows(1, ROWS)));
    let swapped = read("a.xlsx", workbook("E1:D3", &text_rows(1, ROWS)));
    match swapped {
        // The crate for workbooks stops at it where arithmetic is checked, ...
        Err(error) => assert!(matches!(error, EstateError::DamagedWorkbook { .. }), "{error}"),
        // ... and elsewhere nobody looks at what a sheet claims.
        Ok(estate) => assert_eq!(estate, honest.unwrap()),
    }
}

#[test]
fn a_long_tail_of_styled_empty_cells_is_left_unread() {
    let mut xml = text_rows(1, ROWS);
    for row in 4..60_000 {
        let _ = write!(xml, "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"/></row>");
    }
    // Beyond the tail nobody looks: a name here would be a fourth row.
    xml.push_str(&text_rows(60_000, &[&["late", "1", "1024", "1"]]));
    let estate = read("a.xlsx", workbook("A1:D60000", &xml)).unwrap();
    assert_eq!(estate.findings.read, 2);
}

#[test]
fn a_gap_of_blank_rows_does_not_end_the_table() {
    let xml = text_rows(1, ROWS) + &text_rows(900, &[&["c", "1", "1024", "1"]]);
    let estate = read("a.xlsx", workbook("A1:D900", &xml)).unwrap();
    assert_eq!(estate.machines.len(), 3);
}

#[test]
fn a_workbook_cut_anywhere_is_refused_with_one_message() {
    let whole = workbook("A1:D3", &text_rows(1, ROWS));
    for end in (4..whole.len()).step_by(7) {
        let error = read("cut.xlsx", whole[..end].to_vec()).unwrap_err();
        assert!(matches!(error, EstateError::DamagedWorkbook { .. }), "cut at {end}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damage_to_a_workbook_never_panics(at in 4_usize..1_800, byte in any::<u8>()) {
        let mut bytes = workbook("A1:D3", &text_rows(1, ROWS));
        let place = at % bytes.len();
        bytes[place] = byte;
        if let Ok(estate) = read("damaged.xlsx", bytes) {
            prop_assert!(!estate.machines.is_empty());
        }
    }

    #[test]
    fn any_sheet_data_is_read_or_refused(xml in "(<row r=\"[0-9]{0,7}\">|</row>|<c r=\"[A-Z]{0,4}[0-9]{0,8}\" t=\"[a-z]{0,3}\">|</c>|<v>[0-9a-z.-]{0,9}</v>|<is><t>|</t></is>| ){0,20}") {
        // Either is right; a panic is not.
        let _ = read("odd.xlsx", workbook("A1:D3", &(text_rows(1, ROWS) + &xml)));
    }
}
