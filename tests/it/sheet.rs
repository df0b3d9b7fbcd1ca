//! An estate of three machines whose every figure was worked out by hand, beside what
//! the program says: `tests/sheet/sheet.md`, to the cent.

use std::collections::BTreeSet;
use std::path::Path;

use indexmap::IndexMap;
use portolan::scoring::Score;
use portolan::study;
use portolan::world::World;

use super::whole_runs::{figures, world};

/// A row of the sheet: what it says of each strategy.
struct Row {
    figure: String,
    stay: String,
    r#move: String,
}

fn text(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sheet").join(file);
    std::fs::read_to_string(path).expect("it is beside the tests")
}

/// The rows of all tables of the sheet; those without a dotted name are headings.
fn rows(sheet: &str) -> Vec<Row> {
    let cells = |line: &str| -> Option<Vec<String>> {
        let inner = line.strip_prefix('|')?.strip_suffix('|')?;
        Some(inner.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect())
    };
    sheet
        .lines()
        .filter_map(cells)
        .filter(|cells| cells.len() == 4 && cells[0].contains('.'))
        .map(|cells| {
            let [figure, stay, r#move, _working] = <[String; 4]>::try_from(cells).expect("four cells");
            Row { figure, stay, r#move }
        })
        .collect()
}

/// Whether a figure is what the sheet says: money to the cent, numbers to the last digit
/// that is written, instants to the second, and a dash for what does not exist.
fn agrees(world: &World, score: Score, written: &str) -> bool {
    let plain = written.replace(',', "");
    match score {
        Score::Missing => written == "–",
        Score::Money(amount) => {
            let cents = plain.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 2);
            cents && plain.parse().is_ok_and(|hand: f64| (amount.as_f64() - hand).abs() <= 0.005 + 1e-9)
        }
        Score::Number(number) => {
            let decimals = plain.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            let half = 0.5 * 10_f64.powi(-i32::try_from(decimals).expect("few digits"));
            plain.parse().is_ok_and(|hand: f64| (number - hand).abs() <= half + 1e-9)
        }
        Score::Count(count) => plain.parse() == Ok(count),
        Score::Instant(at) => {
            let seconds = at.as_ns() / 1_000_000_000;
            let start = world.calendar.start().at(0, 0, 0, 0);
            let instant = start + jiff::Span::new().seconds(i64::try_from(seconds).expect("a year is short"));
            instant.strftime("%Y-%m-%d %H:%M:%S").to_string() == written
        }
    }
}

#[test]
fn every_figure_of_three_machines_is_the_one_worked_out_by_hand() {
    let world = world(&text("three-vms.yaml"));
    let said: IndexMap<String, Score> = figures(&world, study::Inputs::AtMode);
    let rows = rows(&text("sheet.md"));
    let names: BTreeSet<&str> = said.keys().filter_map(|name| name.strip_prefix("stay ")).collect();
    let written: BTreeSet<&str> = rows.iter().map(|row| row.figure.as_str()).collect();
    let missing: Vec<_> = names.difference(&written).collect();
    assert!(missing.is_empty(), "not on the sheet: {missing:#?}");
    let unknown: Vec<_> = written.difference(&names).collect();
    assert!(unknown.is_empty(), "no figures of the scorecard: {unknown:#?}");
    let mut wrong = Vec::new();
    for row in &rows {
        for (strategy, by_hand) in [("stay", &row.stay), ("move", &row.r#move)] {
            let score = said[&format!("{strategy} {}", row.figure)];
            if !agrees(&world, score, by_hand) {
                wrong.push(format!("{} of {strategy}: {by_hand} by hand, {score:?}", row.figure));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
