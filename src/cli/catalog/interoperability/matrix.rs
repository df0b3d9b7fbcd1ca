//! Every two platforms of the catalogue: hours of work, and in how much they differ.

use serde_json::{Value, json};

use super::between::{Cell, Range, basis, facet_hours};
use super::{View, WorkScope};
use crate::cli::catalog::table::{printed, table, wrapped};
use crate::input::catalog::{Facet, Figure, Provenance};

/// The matrix of a scope.
pub(super) struct Matrix<'a> {
    pub view: View<'a>,
    pub scope: WorkScope,
}

impl Matrix<'_> {
    /// For people, in lines of at most `width` columns where one column of the matrix
    /// fits at all.
    pub fn text(&self, width: usize) -> String {
        let catalog = self.view.between.catalog;
        let names: Vec<&str> = catalog.platforms.names().collect();
        let cells: Vec<Vec<Cell<'_>>> = names
            .iter()
            .map(|from| names.iter().map(|to| self.view.between.cell(from, to, self.scope)).collect())
            .collect();
        let respects = catalog.facets.names().count();
        let mut text = wrapped(
            &format!(
                "What it takes to cross from a platform (row) to another (column): hours of an engineer {}, \
                 most likely, and behind the slash in how many of {respects} respects the two differ.",
                self.scope.words()
            ),
            "",
            width,
        );
        if let Some(at) = self.view.at {
            text += &format!("With the scenario's figures and the alliances in force on {at}.\n");
        }
        text += "\n";
        text += &self.grid(&names, &cells, width);
        text += &changed(&names, &cells, width);
        text += &self.figures(width);
        text + "\n"
            + "Planning, tests, copying and the tool's own minutes come on top. One pair, respect by respect:\n\
               \x20 portolan catalog interoperability --from vsphere --to azure\n"
    }

    /// The cells in as many blocks of columns as the width asks for, as even as can be.
    /// Columns are headed by the letters of their rows; a star hangs in the gap behind
    /// its cell.
    fn grid(&self, names: &[&str], cells: &[Vec<Cell<'_>>], width: usize) -> String {
        let shown: Vec<Vec<String>> =
            cells.iter().map(|row| row.iter().map(|cell| self.shown(cell)).collect()).collect();
        let label = 2 + names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let column = 1 + shown.iter().flatten().map(|cell| cell.chars().count()).max().unwrap_or(0);
        let room = (width.saturating_sub(label) / (column + 1)).max(1);
        let at_once = names.len().div_ceil(names.len().div_ceil(room).max(1)).max(1);
        let mut text = String::new();
        for first in (0..names.len()).step_by(at_once) {
            let columns = first..(first + at_once).min(names.len());
            if first > 0 {
                text += "\n";
            }
            let heads: String = columns.clone().map(|place| format!("{:>column$} ", letter(place))).collect();
            text += &format!("{}{}\n", " ".repeat(label), heads.trim_end());
            for (from, name) in names.iter().enumerate() {
                let mut line = format!("{:<label$}", format!("{} {name}", letter(from)));
                for to in columns.clone() {
                    let star = if cells[from][to].by.is_empty() { ' ' } else { '*' };
                    line += &format!("{:>column$}{star}", shown[from][to]);
                }
                text += &format!("{}\n", line.trim_end());
            }
        }
        text
    }

    fn shown(&self, cell: &Cell<'_>) -> String {
        if cell.differs == 0 && cell.by.is_empty() {
            return "0".to_owned();
        }
        format!("{}/{}", hours(cell.hours.mode, self.scope), cell.differs)
    }

    /// What the hours are made of, and which of them nobody publishes.
    fn figures(&self, width: usize) -> String {
        let catalog = self.view.between.catalog;
        let mut rows = table(&["respect", "group", "hours", "from", "to", "rests on"]);
        let mut assumed = 0;
        for (name, facet) in catalog.facets.iter() {
            let range = facet_hours(facet, self.scope);
            let figure = figure_of(facet, self.scope);
            assumed += usize::from(matches!(figure.provenance, Provenance::Assumed { .. }));
            let numbers = [range.mode, range.low, range.high].map(|number| hours(number, self.scope));
            let [mode, low, high] = numbers;
            rows.add_row([
                name.text.clone(),
                facet.group.to_string(),
                mode,
                low,
                high,
                match &figure.provenance {
                    Provenance::Assumed { .. } => "assumption".to_owned(),
                    _ => basis(catalog, figure),
                },
            ]);
        }
        let all = catalog.facets.names().count();
        let which = if assumed == all { "all".to_owned() } else { format!("{assumed} of {all}") };
        let nobody = match assumed {
            0 => "none of them is an assumption".to_owned(),
            _ => format!("{which} are assumptions; `portolan catalog show RESPECT` gives the reason"),
        };
        let above = format!("Hours of an engineer {} that a difference takes: {nobody}.", self.scope.words());
        format!("\n{}\n{}", wrapped(&above, "", width), printed(&rows))
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let catalog = self.view.between.catalog;
        let names: Vec<&str> = catalog.platforms.names().collect();
        let pairs = names.iter().flat_map(|from| names.iter().map(move |to| (*from, *to)));
        let cells: Vec<Value> = pairs
            .map(|(from, to)| {
                let cell = self.view.between.cell(from, to, self.scope);
                json!({ "from": from, "to": to, "hours": cell.hours, "differs": cell.differs, "changed_by": cell.by })
            })
            .collect();
        let figures: Vec<Value> = catalog
            .facets
            .iter()
            .map(|(name, facet)| {
                let hours: Range = facet_hours(facet, self.scope);
                let rests_on = basis(catalog, figure_of(facet, self.scope));
                json!({ "facet": name.as_str(), "group": facet.group.word(), "hours": hours, "rests_on": rests_on })
            })
            .collect();
        json!({
            "scope": self.scope.key(),
            "unit": "h",
            "at": self.view.at.map(|at| at.to_string()),
            "platforms": names,
            "cells": cells,
            "figures": figures,
        })
    }
}

fn figure_of(facet: &Facet, scope: WorkScope) -> &Figure<crate::base::units::Period> {
    match scope {
        WorkScope::Vm => &facet.hours_per_vm,
        WorkScope::Application => &facet.hours_per_application,
        WorkScope::Estate => &facet.hours_per_estate,
    }
}

/// The pairs that alliances changed, by alliance.
fn changed(names: &[&str], cells: &[Vec<Cell<'_>>], width: usize) -> String {
    let mut by: Vec<(&str, Vec<String>)> = Vec::new();
    for (from, row) in cells.iter().enumerate() {
        for (to, cell) in row.iter().enumerate().skip(from + 1) {
            for alliance in &cell.by {
                let pair = format!("{} and {}", names[from], names[to]);
                match by.iter_mut().find(|(known, _)| known == alliance) {
                    Some((_, pairs)) => pairs.push(pair),
                    None => by.push((alliance, vec![pair])),
                }
            }
        }
    }
    let line = |(alliance, pairs): &(&str, Vec<String>)| {
        wrapped(&format!("* changed by {alliance}: {}", pairs.join("; ")), "", width)
    };
    let lines: String = by.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// `A` to `Z`, then `AA`.
fn letter(place: usize) -> String {
    let last = char::from(b'A' + (place % 26) as u8);
    match place / 26 {
        0 => last.to_string(),
        above => letter(above - 1) + &last.to_string(),
    }
}

/// Hours with as many decimals as a scope asks for.
pub(super) fn hours(hours: f64, scope: WorkScope) -> String {
    let decimals = if scope == WorkScope::Estate { 0 } else { 2 };
    format!("{hours:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::catalog::interoperability::between::Between;
    use crate::input::catalog::Catalog;

    fn text(width: usize, scope: WorkScope) -> String {
        let catalog = Catalog::embedded();
        let view = View { between: Between { catalog: &catalog, easings: &[] }, at: None };
        Matrix { view, scope }.text(width)
    }

    #[test]
    fn ten_platforms_fit_a_hundred_columns_in_one_block() {
        for scope in WorkScope::ALL {
            let text = text(100, scope);
            let longest =
                text.lines().take_while(|line| !line.starts_with("Hours")).map(|l| l.chars().count());
            assert!(longest.max() <= Some(100), "{text}");
            assert_eq!(text.lines().filter(|line| line.starts_with("A vsphere ")).count(), 1, "{text}");
        }
    }

    #[test]
    fn a_narrow_terminal_gets_blocks_of_columns() {
        let text = text(60, WorkScope::Vm);
        assert!(text.lines().filter(|line| line.starts_with("A vsphere ")).count() > 1, "{text}");
    }

    #[test]
    fn a_row_is_read_by_its_letters() {
        let text = text(100, WorkScope::Vm);
        let row = text.lines().find(|line| line.starts_with("A vsphere ")).expect("a row");
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells[2..5], ["0", "0.45/2", "1.50/7"], "{row}");
        assert_eq!((letter(0), letter(25), letter(26)), ("A".into(), "Z".into(), "AA".into()));
    }
}
