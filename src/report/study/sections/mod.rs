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
        insta::assert_snapshot!(answers.join("\n"), @r"
        compare-1: Hyper-V on the same hosts costs least: 2.31 MEUR less than Renew as is (2.18 to 2.44), the best in 97 % of the replications.
        compare-2: sovereign-first/engineers=2,link=1 Gbit/s costs least: 253 kEUR less than Renew as is (133 to 373), the best in 31 % of the replications.
        split: Of the variance of net present cost, ignorance of the inputs is between 80 % (Azure with hybrid benefit for all that has it) and 95 % (Renew as is), and the rest is chance.
        select-1: Hyper-V on the same hosts costs least: 7.53 MEUR on average, chosen with 95 % confidence if it leads by 100 kEUR or more.
        select-2: The budget of 240 evaluations is too small to tell: Hyper-V on the same hosts costs least so far, 7.53 MEUR, and about 5400 would be needed.
        sensitivity-1: vcf_discount moves net present cost of Renew as is the most, from 11.24 MEUR at 4.7 % to 8.86 MEUR at 42.3 %; next comes azure.francecentral.dsv5-type1.price.
        sensitivity-2: vcf_discount has the greatest effect on net present cost of Hyper-V on the same hosts less that of Renew as is, 2.23 MEUR on average over its range; 18 inputs have less than a tenth of that.
        sensitivity-3: To know vcf_discount alone would remove 55 % (50 to 60 %) of the variance of net present cost of Renew as is; next comes azure.francecentral.dsv5-type1.price with 18 %.
        discover-1: sovereign-first costs more than Renew as is mostly where vcf_discount is under 21.3 %, staff_cost is above 95.2 EUR/h and azure.francecentral.dsv5-type1.price is above 4.58 EUR/host-hour: there in 91 % of the futures against 16 % overall, and 84 % of all such futures lie there.
        discover-2: No box of the inputs tells where net present cost of “Azure dedicated hosts, without the confidential ones” is above 12.00 MEUR: it happens in 2 % of the futures, all over their range.
        robust: Hyper-V on the same hosts is least regretted: at worst 586 kEUR off the best choice, and at most 223 kEUR in nine futures of ten; others prefer sovereign-first/engineers=2,link=1 Gbit/s by Hurwicz, Renew as is by the mean and sovereign-first/engineers=2,link=1 Gbit/s by CVaR.
        pareto: 8 of 12 alternatives are worth a choice, the others are dominated; the knee is Azure with hybrid benefit for all that has it: net present cost 8.27 MEUR, exit cost (worst 5 %) 0.53 MEUR and mean availability 99.9164 %.
        thresholds-1: Hyper-V on the same hosts costs least at the least value of vcf_discount, then “Azure dedicated hosts, without the confidential ones” from 25.03 % (22.1 % to 28.7 %) on and Renew as is from 28.1 % (26.2 % to 33.3 %) on.
        thresholds-2: Hyper-V on the same hosts costs least at every value of vcf_discount that was tried, from 0 % to 47 %.
        ");
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
        insta::assert_snapshot!(doubts.join("\n"), @r"
        compare-1: “Azure dedicated hosts, without the confidential ones” and Renew as is are not separated in net present cost (-260 to 0 kEUR): to separate them needs about 3400 replications.
        compare-1: Differences in exit cost are skewed in 3 pairs (skewness up to 3.4, Azure with hybrid benefit for all that has it less Renew as is): Student’s interval may cover less often than it says; the bootstrap interval stands beside it.
        compare-2: The half-width asked for was not reached with 1000 replications: it needs about 5800.
        compare-2: “Azure dedicated hosts, without the confidential ones” and Renew as is are not separated in net present cost (-166 to 74 kEUR): to separate them needs about 3400 replications.
        compare-2: “Azure dedicated hosts, without the confidential ones” and Hyper-V on the same hosts are not separated in net present cost (-5 to 235 kEUR): to separate them needs about 3400 replications.
        compare-2: sovereign-first and Hyper-V on the same hosts are not separated in net present cost (-166 to 74 kEUR): to separate them needs about 3400 replications.
        compare-2: Azure with hybrid benefit for all that has it and Renew as is are not separated in net present cost (-212 to 28 kEUR): to separate them needs about 3400 replications.
        compare-2: 40 other pairs are not separated in net present cost either, the closest of which needs about 3400 replications.
        split: The estimate of ignorance is below zero for mean availability of “Azure dedicated hosts, without the confidential ones”: it is unbiased, so where there is next to none it falls on both sides of zero; read it as none.
        split: How often a target is missed given the inputs rests on 2 courses of chance a draw, so its 5 to 95 % range is coarse; the pooled probability is not.
        select-1: Within the indifference zone of 100 kEUR of the best, so as good for this purpose: Renew as is.
        select-2: Within the indifference zone of 100 kEUR of the best, so as good for this purpose: Renew as is.
        sensitivity-1: Of the mean over 20 replications: 3 % of the variance over the points is chance.
        sensitivity-3: Estimates below zero (azure.germanywestcentral.dsv5-type1.price, chance, growth, hyper-v.effort-per-workload.hours-of-an-engineer and 11 more) are not a mistake: where an index is close to zero the estimate falls on both sides of it; more rows bring them closer, and they are not clipped.
        discover-1: In box 1 the limit on azure.francecentral.dsv5-type1.price may be an accident of the sample (quasi-p above 0.05).
        robust: The target is met in no future by Azure with hybrid benefit for all that has it.
        Exit cost does not exist in 12 of 1000 runs of “Azure dedicated hosts, without the confidential ones”: 0 EUR stands in its place there.
        ");
    }
}
