//! `portolan validate`, and the page of the documentation that it writes.
//!
//! After a deliberate change, `PORTOLAN_BLESS=1 cargo test --test it` writes the page
//! anew: read the difference before committing it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{portolan, scratch};

#[test]
fn the_page_is_what_the_program_prints() {
    let folder = scratch("validation", "page");
    let run = portolan(&folder, &["validate", "--format", "markdown"]);
    let printed = String::from_utf8(run.stdout).expect("UTF-8");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/VALIDATION.md");
    if std::env::var_os("PORTOLAN_BLESS").is_some() {
        fs::write(&page, &printed).expect("a written page");
    }
    let kept = fs::read_to_string(&page).expect("a page");
    let differing = kept.lines().zip(printed.lines()).find(|(kept, printed)| kept != printed);
    assert!(kept == printed, "src/VALIDATION.md is not what is printed: {differing:?}");
    assert_eq!(run.status.code(), Some(0), "every row with a tolerance holds");
}

#[test]
fn every_row_of_the_json_has_what_a_reader_needs() {
    let folder = scratch("validation", "json");
    let run = portolan(&folder, &["validate", "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_slice(&run.stdout).expect("a list");
    for row in &rows {
        let keys: Vec<&str> = row.as_object().expect("an object").keys().map(String::as_str).collect();
        let first = [
            "table",
            "row",
            "kind",
            "published",
            "simulated",
            "unit",
            "error",
            "tolerance",
            "source",
            "holds",
        ];
        assert_eq!(keys[..10], first);
        match row["kind"].as_str() {
            Some("report") => assert!(row["holds"].is_null(), "{row}"),
            Some("validation" | "verification" | "calibration") => assert_eq!(row["holds"], true, "{row}"),
            kind => panic!("{kind:?}"),
        }
    }
    assert!(rows.len() > 100, "{} rows", rows.len());
}
