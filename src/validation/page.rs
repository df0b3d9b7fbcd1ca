//! The comparisons as a page of the documentation, and what they come to in a sentence.

use std::fmt::Write as _;

use super::row::{Kind, Row, Table};

/// How many rows of each kind there are and hold, most telling first: one sentence on
/// those that count as validated, one on the others, and one that names what does not
/// hold, if anything.
pub fn summary(tables: &[Table]) -> Vec<String> {
    let rows = || tables.iter().flat_map(|table| &table.rows);
    let of = |kind: Kind| rows().filter(move |row| row.kind == kind);
    let validated = of(Kind::Validation).count();
    let holding = of(Kind::Validation).filter(|row| row.holds() == Some(true)).count();
    let mut sentences = vec![
        format!(
            "{} validated: measured by others, with no parameter fitted to what was measured. {}.",
            if validated == 1 { "1 row is".to_owned() } else { format!("{validated} rows are") },
            if holding == validated { "All hold".to_owned() } else { format!("{holding} hold") }
        ),
        format!(
            "Besides there are {} rows of verification (a rule, a closed form, another model's output), {} of \
             calibration (what parameters were fitted to) and {} reports (no bound, with the reason).",
            of(Kind::Verification).count(),
            of(Kind::Calibration).count(),
            of(Kind::Report).count()
        ),
    ];
    let broken: Vec<String> = tables
        .iter()
        .flat_map(|table| table.rows.iter().map(move |row| (table, row)))
        .filter(|(_, row)| row.holds() == Some(false))
        .map(|(table, row)| format!("{}: {}", table.name, row.compared.row))
        .collect();
    if !broken.is_empty() {
        sentences.push(format!("These do not hold: {}.", broken.join("; ")));
    }
    sentences
}

/// The page, in Markdown: the summary, then a section for each table.
pub fn markdown(tables: &[Table]) -> String {
    let mut page = String::from("# Validation\n\n");
    for sentence in summary(tables) {
        page += &format!("{sentence}\n");
    }
    page += "\nThis page is what `portolan validate --format markdown` prints: every figure under \"simulated\" is \
             worked\nout anew by the code that simulates.\n";
    for table in tables {
        section(&mut page, table).expect("writing to a string cannot fail");
    }
    page
}

fn section(page: &mut String, table: &Table) -> std::fmt::Result {
    writeln!(page, "\n## {}\n\n{}\n", table.title, table.about)?;
    writeln!(page, "| {} | kind | published | simulated | error | allowed | holds |", table.name)?;
    writeln!(page, "|---|---|---:|---:|---:|---:|---|")?;
    for row in &table.rows {
        let Row { compared, kind, .. } = row;
        let with_unit = |value: String| format!("{value} {}", compared.unit).trim_end().to_owned();
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} |",
            compared.row,
            kind.name(),
            with_unit(compared.published.to_string()),
            with_unit(compared.simulated.to_string()),
            row.error_text(),
            row.tolerance_text(),
            row.holds_text()
        )?;
    }
    page.push('\n');
    for reason in table.reasons() {
        writeln!(page, "- {reason}")?;
    }
    for source in table.sources() {
        writeln!(page, "- Source: {source}.")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::row::{Comparison, Tolerance};
    use super::*;

    fn table() -> Table {
        let row = |row: &str, simulated: f64| Comparison {
            row: row.to_owned(),
            published: 10.0.into(),
            simulated: simulated.into(),
            unit: "s",
            source: "somebody, 2012",
        };
        let tolerance = Tolerance::share(0.1, "whole seconds");
        Table {
            name: "batch",
            title: "Batches",
            about: "What was fitted.".to_owned(),
            rows: vec![
                row("near", 10.5).validation(tolerance),
                row("far", 20.0).validation(tolerance),
                row("beyond", 99.0).report("a cause is missing"),
            ],
        }
    }

    #[test]
    fn the_summary_begins_with_what_is_validated_and_ends_with_what_is_broken() {
        let sentences = summary(&[table()]);
        assert!(sentences[0].starts_with("2 rows are validated"), "{}", sentences[0]);
        assert!(sentences[0].ends_with("1 hold."), "{}", sentences[0]);
        assert_eq!(sentences[2], "These do not hold: batch: far.");
    }

    #[test]
    fn a_section_has_its_rows_its_reasons_and_its_sources_once() {
        insta::assert_snapshot!(markdown(&[table()]).split_once("## ").expect("a section").1, @r"
        Batches

        What was fitted.

        | batch | kind | published | simulated | error | allowed | holds |
        |---|---|---:|---:|---:|---:|---|
        | near | validation | 10 s | 10.5 s | +5.0 % | 10 % | yes |
        | far | validation | 10 s | 20 s | +100.0 % | 10 % | NO |
        | beyond | report | 10 s | 99 s | +890.0 % | – | – |

        - Validation, 10 %: whole seconds.
        - Report: a cause is missing.
        - Source: somebody, 2012.
        ");
    }
}
