//! Each finding as a section: its answer in a sentence, its tables, what is not certain.
//!
//! The terminal and the page show the same sections.

mod compare;
mod discover;
mod pareto;
mod robust;
mod select;
mod sensitivity;
mod split;
mod thresholds;

use serde::Serialize;

#[cfg(feature = "plots")]
pub(crate) use pareto::{objective_label, objective_scale};

use super::view::View;
use crate::report::data_table::DataTable;
use crate::study::analyses::Finding;

/// A finding, for people.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Section {
    /// Its anchor on the page, and what the names of its pictures begin with.
    pub anchor: String,
    /// What was asked, in a few words.
    pub heading: String,
    /// The answer in a sentence that stands alone.
    pub answer: String,
    /// How it was worked out: replications, procedure, guarantee.
    pub how: String,
    /// Tables for the terminal and the page.
    pub tables: Vec<DataTable>,
    /// Tables for the page alone.
    pub more: Vec<DataTable>,
    /// What is not certain, a sentence each.
    pub doubts: Vec<String>,
    /// What the analysis says and what it does not.
    pub says: &'static str,
    /// Keys of the words that explain it.
    pub words: &'static [&'static str],
}

/// Every finding, in the order of the study.
pub(crate) fn sections(view: &View<'_>) -> Vec<Section> {
    let findings = view.findings.findings.iter();
    findings.zip(view.anchors()).map(|(finding, anchor)| section(view, finding, anchor)).collect()
}

fn section(view: &View<'_>, finding: &Finding, anchor: String) -> Section {
    match finding {
        Finding::Split(found) => split::section(view, found, anchor),
        Finding::Compare(found) => compare::section(view, found, anchor),
        Finding::Select(found) => select::section(view, found, anchor),
        Finding::Sensitivity(found) => sensitivity::section(view, found, anchor),
        Finding::Discover(found) => discover::section(view, found, anchor),
        Finding::Robust(found) => robust::section(view, found, anchor),
        Finding::Pareto(found) => pareto::section(view, found, anchor),
        Finding::Thresholds(found) => thresholds::section(view, found, anchor),
    }
}

/// A table whose header may have texts of its own.
fn table(caption: impl Into<String>, header: Vec<String>, rows: Vec<Vec<String>>) -> DataTable {
    DataTable { caption: caption.into(), header, rows, ..DataTable::default() }
}

/// What stands where there is nothing.
fn dash() -> String {
    "–".to_owned()
}

/// `1 box`, `3 boxes`.
fn counted(view: &View<'_>, count: usize, one: &str, many: &str) -> String {
    format!("{} {}", view.count(count as f64), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::money::Typography;
    use crate::report::study::fixture::fixture;

    #[test]
    fn every_finding_has_an_answer_that_is_one_sentence() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Plain };
        let sections = sections(&view);
        assert_eq!(sections.len(), findings.findings.len());
        for section in &sections {
            assert!(section.answer.ends_with('.'), "{}", section.answer);
            assert!(!section.answer.contains(". "), "one sentence: {}", section.answer);
            assert!(!section.answer.contains("NaN"), "{}", section.answer);
            for table in section.tables.iter().chain(&section.more) {
                assert!(table.rows.iter().all(|row| row.len() == table.header.len()), "{}", table.caption);
            }
        }
    }

    #[test]
    fn awkward_findings_read_as_what_they_are() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Plain };
        let answers: Vec<String> = sections(&view)
            .into_iter()
            .map(|section| format!("{}: {}", section.anchor, section.answer))
            .collect();
        insta::assert_snapshot!(answers.join("\n"), @"");
    }

    #[test]
    fn what_is_not_certain_is_said() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Plain };
        let doubts: Vec<String> = sections(&view)
            .into_iter()
            .flat_map(|section| {
                section.doubts.into_iter().map(move |doubt| format!("{}: {doubt}", section.anchor))
            })
            .chain(view.stand_ins())
            .collect();
        insta::assert_snapshot!(doubts.join("\n"), @"");
    }
}
