//! `portolan validate`: what the simulator says beside what others published.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, ColumnConstraint};
use serde_json::{Value as Json, json};

use super::catalog::table::{printed, table, width, wrapped};
use super::terminal;
use crate::validation::{self, Row, Table, Value};

/// Compare the simulator with what others measured, derived and simulated.
///
/// Works every figure out anew. Only rows of the kind `validation` are called validated:
/// measured by somebody, and nothing was fitted to them. Exits with 1 when any row with a
/// tolerance is outside it.
#[derive(Args, Clone, Debug)]
pub struct ValidateArgs {
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub format: ValidateFormat,
}

/// How to print the comparisons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ValidateFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON list, one object a row.
    Json,
    /// The page of the documentation.
    Markdown,
}

/// Works the comparisons out and prints them on stdout.
///
/// # Errors
/// When the output cannot be written.
pub fn validate(args: &ValidateArgs) -> anyhow::Result<ExitCode> {
    let tables = validation::tables();
    let text = match args.format {
        ValidateFormat::Text => text(&tables),
        ValidateFormat::Json => format!("{:#}\n", json(&tables)),
        ValidateFormat::Markdown => validation::markdown(&tables),
    };
    terminal::print(&text).context("cannot write to standard output")?;
    Ok(verdict(&tables))
}

/// One when any row does not hold.
fn verdict(tables: &[Table]) -> ExitCode {
    let broken = tables.iter().flat_map(|table| &table.rows).any(|row| row.holds() == Some(false));
    if broken { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn text(tables: &[Table]) -> String {
    let width = usize::from(width());
    let mut text: String =
        validation::summary(tables).iter().map(|sentence| wrapped(sentence, "", width)).collect();
    for table in tables {
        text += &format!("\n{}\n", table.title);
        text += &wrapped(&table.about, "  ", width);
        text.push('\n');
        text += &rows(table);
        text.push('\n');
        for reason in table.reasons() {
            text += &wrapped(&reason, "  ", width);
        }
        for source in table.sources() {
            text += &wrapped(&format!("Source: {source}."), "  ", width);
        }
    }
    text
}

fn rows(compared: &Table) -> String {
    let mut grid = table(&[compared.name, "kind", "published", "simulated", "", "error", "allowed", "holds"]);
    for row in &compared.rows {
        let Row { compared, kind, .. } = row;
        grid.add_row([
            compared.row.clone(),
            kind.name().to_owned(),
            compared.published.to_string(),
            compared.simulated.to_string(),
            compared.unit.to_owned(),
            row.error_text(),
            row.tolerance_text(),
            row.holds_text().to_owned(),
        ]);
    }
    for (place, column) in grid.column_iter_mut().enumerate() {
        column.set_constraint(ColumnConstraint::ContentWidth);
        if [2, 3, 5, 6].contains(&place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    printed(&grid)
}

/// One object a row. `error` and `tolerance` are shares of the published figure;
/// `tolerance_absolute`, in the unit of the row, is allowed where it is more. Rows
/// without a bound have null for the tolerances and for `holds`.
fn json(tables: &[Table]) -> Json {
    let rows = tables.iter().flat_map(|table| table.rows.iter().map(move |row| object(table, row)));
    Json::Array(rows.collect())
}

fn object(table: &Table, row: &Row) -> Json {
    json!({
        "table": table.name,
        "row": row.compared.row,
        "kind": row.kind.name(),
        "published": value(row.compared.published),
        "simulated": value(row.compared.simulated),
        "unit": row.compared.unit,
        "error": row.error(),
        "tolerance": row.tolerance.map(|tolerance| tolerance.share),
        "source": row.compared.source,
        "holds": row.holds(),
        "tolerance_absolute": row.tolerance.map(|tolerance| tolerance.absolute),
        "reason": row.reason,
    })
}

/// A number, `[from, to]`, or `"never"`.
fn value(value: Value) -> Json {
    match value {
        Value::Number(number) => json!(number),
        Value::Range(from, to) => json!([from, to]),
        Value::Never => json!("never"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::{Comparison, Kind, Tolerance};

    fn tables(simulated: f64) -> [Table; 1] {
        let compared = || Comparison {
            row: "batch of ten".to_owned(),
            published: 10.0.into(),
            simulated: simulated.into(),
            unit: "s",
            source: "somebody",
        };
        let rows = vec![
            compared().validation(Tolerance::share(0.1, "whole seconds")),
            Comparison { published: Value::Range(1.0, 2.0), ..compared() }.report("no bound"),
        ];
        [Table { name: "batch", title: "Batches", about: "What.".to_owned(), rows }]
    }

    #[test]
    fn the_exit_code_is_one_when_a_row_does_not_hold() {
        assert_eq!(verdict(&tables(10.5)), ExitCode::SUCCESS);
        assert_eq!(verdict(&tables(12.0)), ExitCode::from(1));
    }

    #[test]
    fn the_json_has_an_object_a_row_and_null_where_nothing_is_bounded() {
        let json = json(&tables(10.5));
        assert_eq!(json[0]["holds"], Json::Bool(true));
        assert_eq!((json[0]["error"].as_f64(), json[0]["tolerance"].as_f64()), (Some(0.05), Some(0.1)));
        assert_eq!((&json[1]["holds"], &json[1]["tolerance"]), (&Json::Null, &Json::Null));
        assert_eq!(json[1]["published"], json!([1.0, 2.0]));
        assert_eq!(json[1]["kind"], Kind::Report.name());
    }

    #[test]
    fn the_text_counts_what_is_validated_first() {
        let text = text(&tables(10.5));
        assert!(text.starts_with("1 row is validated"), "{text}");
        assert!(text.contains("batch of ten"), "{text}");
    }
}
