//! The answer on the terminal: a sentence, a table and the doubts of each analysis.

use comfy_table::{Cell, CellAlignment, Table, presets};

use super::StudyMeta;
use super::names::shortened;
use super::sections::{Section, sections};
use super::view::View;
use crate::report::data_table::DataTable;
use crate::report::money::Typography;
use crate::report::table::{Colour, Terminal, wrap};
use crate::study::{Findings, Study};

const BOLD: &str = "\u{1b}[1m";
const PLAIN_AGAIN: &str = "\u{1b}[0m";
/// The least width that is written for.
const NARROWEST: usize = 60;
/// Tables with more rows than this are cut on the terminal; the page has them whole.
const MOST_ROWS: usize = 15;
/// So many rows of them are shown.
const SHOWN_ROWS: usize = 12;
/// The least width of a cut name.
const LEAST_NAME: usize = 12;

/// The answer of each analysis in words, its table, and what is not certain: each line
/// ended, no wider than the terminal as far as the numbers allow. Names are cut in the
/// middle where they do not fit; the page and the files have them whole.
pub fn text(study: &Study, findings: &Findings, meta: &StudyMeta, terminal: Terminal) -> String {
    let view = View { study, findings, meta, typography: Typography::Plain };
    let width = terminal.width.max(NARROWEST);
    let mut out = String::new();
    if !study.question.is_empty() {
        wrap(&mut out, &study.question, width);
    }
    let sections = sections(&view);
    for (place, section) in sections.iter().enumerate() {
        out.push('\n');
        let number = if sections.len() > 1 { format!("{}. ", place + 1) } else { String::new() };
        heading(&mut out, &format!("{number}{}", section.heading), width, terminal.colour);
        body(&mut out, section, width);
    }
    let stand_ins = view.stand_ins();
    if !stand_ins.is_empty() {
        out.push('\n');
        bullets(&mut out, &stand_ins, width);
    }
    out.push('\n');
    let end = format!(
        "{} evaluations, seed {}, portolan {}. ± and ranges in brackets: intervals, at 95 % unless said otherwise; 5 to \
         95 %: range of outcomes.",
        view.count(findings.evaluations() as f64),
        meta.seed,
        meta.version
    );
    wrap(&mut out, &end, width);
    out
}

fn heading(out: &mut String, text: &str, width: usize, colour: Colour) {
    let mut lines = String::new();
    wrap(&mut lines, text, width);
    for line in lines.lines() {
        match colour {
            Colour::On => out.push_str(&format!("{BOLD}{line}{PLAIN_AGAIN}\n")),
            Colour::Off => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
}

fn body(out: &mut String, section: &Section, width: usize) {
    wrap(out, &section.answer, width);
    for table in &section.tables {
        out.push('\n');
        wrap(out, &table.caption, width);
        if table.rows.len() <= MOST_ROWS {
            out.push_str(&fitted(table, width));
        } else {
            let rows = table.rows[..SHOWN_ROWS].to_vec();
            out.push_str(&fitted(&DataTable { rows, ..table.clone() }, width));
            out.push_str(&format!("… and {} more in study.html\n", table.rows.len() - SHOWN_ROWS));
        }
    }
    out.push('\n');
    wrap(out, &section.how, width);
    bullets(out, &section.doubts, width);
}

/// Sentences as a list with a hanging indent.
fn bullets(out: &mut String, sentences: &[String], width: usize) {
    for sentence in sentences {
        let mut lines = String::new();
        wrap(&mut lines, sentence, width - 2);
        for (place, line) in lines.lines().enumerate() {
            out.push_str(if place == 0 { "- " } else { "  " });
            out.push_str(line);
            out.push('\n');
        }
    }
}

/// The table, its names cut as little as needed for it to fit.
fn fitted(table: &DataTable, width: usize) -> String {
    let names: Vec<&str> = table.rows.iter().map(|row| row[0].as_str()).collect();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let whole = laid_out(table, &names);
    let over = widest(&whole).saturating_sub(width);
    if over == 0 {
        return whole;
    }
    let room = longest.saturating_sub(over).max(LEAST_NAME);
    let cut = shortened(&names, |text| text.chars().count() <= room);
    laid_out(table, &cut)
}

fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

fn laid_out(data: &DataTable, names: &[impl AsRef<str>]) -> String {
    let words: Vec<bool> = (0..data.header.len()).map(|column| is_words(data, column)).collect();
    let alignment = |column: usize| if words[column] { CellAlignment::Left } else { CellAlignment::Right };
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let header = data.header.iter().enumerate();
    table.set_header(header.map(|(column, text)| Cell::new(text).set_alignment(alignment(column))));
    for (row, name) in data.rows.iter().zip(names) {
        let cells = std::iter::once(name.as_ref()).chain(row[1..].iter().map(String::as_str));
        table.add_row(
            cells.enumerate().map(|(column, text)| Cell::new(text).set_alignment(alignment(column))),
        );
    }
    let last = data.header.len().saturating_sub(1);
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if place == last { 0 } else { 2 }));
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Whether a column is of words: the first, and those without a digit.
fn is_words(data: &DataTable, column: usize) -> bool {
    column == 0
        || !data
            .rows
            .iter()
            .any(|row| row[column].chars().next().is_some_and(|first| "0123456789-<>~".contains(first)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::study::fixture::fixture;

    fn printed(width: usize, colour: Colour) -> String {
        let (study, findings, meta) = fixture();
        text(&study, &findings, &meta, Terminal { width, colour })
    }

    #[test]
    fn the_text_fits_the_widths_it_is_made_for() {
        // Dates with their ranges and differences take 104 columns beside a cut name.
        for width in [106, 120] {
            for line in printed(width, Colour::Off).lines() {
                assert!(line.chars().count() <= width, "{} > {width}: {line}", line.chars().count());
            }
        }
    }

    #[test]
    fn a_pipe_gets_plain_text_and_a_terminal_bold_headings() {
        assert!(!printed(120, Colour::Off).contains('\u{1b}'));
        assert!(printed(120, Colour::On).contains("\u{1b}[1m1. Compare"));
    }

    #[test]
    fn a_short_study_reads_as_an_answer_with_a_table() {
        let (mut study, mut findings, meta) = fixture();
        findings.findings.truncate(1);
        findings.stand_ins.clear();
        if let crate::study::analyses::Finding::Compare(found) = &mut findings.findings[0] {
            found.outcomes.truncate(2);
        }
        study.question = "Which way out costs least?".to_owned();
        let printed = text(&study, &findings, &meta, Terminal { width: 120, colour: Colour::Off });
        insta::assert_snapshot!(printed, @r"
        Which way out costs least?

        Compare 5 alternatives by net present cost and last move finished
        Hyper-V on the same hosts costs least: 2.31 MEUR less than Renew as is (2.18 to 2.44), the best in 97 % of the
        replications.

        Net present cost (cost.npv)
                                                 mean ±      5 to 95 %          best in              less renew  separated?
        alternative                                MEUR           MEUR     replications                    MEUR  (needs)
        renew                               9.95 ± 0.06  8.45 to 11.43     0 % (0 to 1)                       –  –
        hyper-v                             7.53 ± 0.02   6.92 to 8.12  97 % (96 to 98)  -2.31 (-2.44 to -2.18)  yes
        dedicated                           9.72 ± 0.06  8.19 to 11.25    <1 % (0 to 2)   -0.13 (-0.26 to 0.00)  no (about 3400)
        sovereign-first                     8.94 ± 0.06  7.45 to 10.45     3 % (1 to 4)  -0.94 (-1.07 to -0.81)  yes
        azure-francecent…th-hybrid-benefit  9.20 ± 0.05  7.74 to 10.61     0 % (0 to 1)  -0.64 (-0.77 to -0.51)  yes

        Last move finished (migration.finished_at)
                                              mean ±                 5 to 95 %          best in           less renew  separated?
        alternative                             date                      date     replications               months  (needs)
        renew                       2027-11-28 ± 3 d  2027-09-24 to 2028-02-02     0 % (0 to 1)                    –  –
        hyper-v                     2028-01-31 ± 1 d  2028-01-03 to 2028-02-27  97 % (96 to 98)     2.2 (2.0 to 2.4)  yes
        dedicated                   2028-02-07 ± 3 d  2027-12-01 to 2028-04-16    <1 % (0 to 2)     2.4 (2.2 to 2.6)  yes
        sovereign-first             2028-08-08 ± 2 d  2028-06-06 to 2028-10-16     3 % (1 to 4)     8.4 (8.2 to 8.6)  yes
        azure-france…ybrid-benefit  2028-11-22 ± 2 d  2028-09-18 to 2029-01-28     0 % (0 to 1)  12.0 (11.8 to 12.2)  yes

        1000 replications of each alternative with the same inputs and the same chance; the intervals of one outcome hold
        together at 95 %. Common random numbers divide the variance of differences in net present cost by 17.3 (with the inputs
        fixed, by 210.4).
        - “Azure dedicated hosts, without the confidential ones” and Renew as is are not separated in net present cost (-260 to
          0 kEUR): to separate them needs about 3400 replications.

        9 evaluations, seed 42, portolan 0.1.0. ± and ranges in brackets: intervals, at 95 % unless said otherwise; 5 to 95 %:
        range of outcomes.
        ");
    }
}
