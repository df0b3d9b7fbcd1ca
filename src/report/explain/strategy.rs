//! A strategy: why it costs what it costs.

use serde::Serialize;

use super::cost::{CostLine, NobodyLine, write_lines};
use super::page::Page;
use super::{PLAIN, RunNote, money, scaled};
use crate::report::money::{number, percent};
use crate::study::Summary;

/// Why a strategy costs what it costs.
#[derive(Clone, Debug, Serialize)]
pub struct StrategyExplanation {
    /// Of which run.
    pub run: RunNote,
    /// The strategy.
    pub strategy: String,
    /// Its name for people.
    pub label: String,
    /// The first strategy, with which it is compared.
    pub first: String,
    /// The forecast of the present value of its cost.
    pub npv: Option<Summary>,
    /// Its present value on the path.
    pub path_npv: f64,
    /// Its cost before discounting on the path.
    pub path_total: f64,
    /// The percentile of the path's present value among the replications.
    pub path_percentile: f64,
    /// The largest lines of the path's ledger.
    pub largest: Vec<CostLine>,
    /// How many lines of that kind the ledger has.
    pub kinds: usize,
    /// What of the path's cost is no workload's.
    pub nobody: Vec<NobodyLine>,
    /// What was decided on the path, in order of time.
    pub decisions: Vec<DatedText>,
    /// By category, against the first strategy: means of the forecast, undiscounted.
    pub differences: Vec<CategoryDifference>,
    /// Ranges of the categories, the widest first.
    pub spread: Vec<Spread>,
}

/// Something at a date.
#[derive(Clone, Debug, Serialize)]
pub struct DatedText {
    /// The date.
    pub date: String,
    /// What.
    pub text: String,
}

/// A category against that of the first strategy.
#[derive(Clone, Debug, Serialize)]
pub struct CategoryDifference {
    /// The category.
    pub category: String,
    /// Mean of this strategy.
    pub this: f64,
    /// Mean of the first.
    pub first: f64,
}

/// The range of a category.
#[derive(Clone, Debug, Serialize)]
pub struct Spread {
    /// The category.
    pub category: String,
    /// 5 % of the replications lie below.
    pub p5: f64,
    /// 95 % lie below.
    pub p95: f64,
    /// Its width over the sum of all categories' widths, from 0 to 1.
    pub share: f64,
}

impl StrategyExplanation {
    /// For people.
    pub fn text(&self, width: usize) -> String {
        let mut page = Page::new(width);
        let currency = self.run.currency.as_str();
        page.title(&format!("{} ({}) of {}", self.strategy, self.label, self.run.scenario));
        page.paragraph(&self.run.sentence());
        self.run.notes.iter().for_each(|note| page.paragraph(note));
        if let Some(npv) = &self.npv {
            page.paragraph(&format!(
                "Present value: {} on average (± {}), {} to {} in nine replications of ten. On the path {}, {} before \
                 discounting; {} % of the replications cost less.",
                scaled(npv.mean, currency),
                scaled(npv.half_width_95, currency),
                scaled(npv.p5, currency),
                scaled(npv.p95, currency),
                scaled(self.path_npv, currency),
                scaled(self.path_total, currency),
                number(self.path_percentile, 0, PLAIN)
            ));
        }
        page.heading("The largest lines of its ledger on the path");
        write_lines(&mut page, &self.largest, currency);
        let shown: f64 = self.largest.iter().map(|line| line.amount).sum();
        page.paragraph(&format!(
            "These {} of {} kinds of lines make {} of {} before discounting: {}.",
            self.largest.len(),
            self.kinds,
            scaled(shown, currency),
            scaled(self.path_total, currency),
            percent(if self.path_total == 0.0 { 0.0 } else { shown / self.path_total }, PLAIN)
        ));
        if !self.nobody.is_empty() {
            page.paragraph("Of the total no workload's:");
            for part in &self.nobody {
                page.item(&format!("{}: {}", part.why, scaled(part.amount, currency)));
            }
        }
        self.write_differences(&mut page);
        self.write_spread(&mut page);
        page.heading("What was decided, in order of time");
        if self.decisions.is_empty() {
            page.paragraph("Nothing.");
        }
        let rows: Vec<Vec<String>> = self
            .decisions
            .iter()
            .map(|decision| vec![decision.date.clone(), decision.text.clone()])
            .collect();
        if !rows.is_empty() {
            page.table(&["date", "what"], &[], &rows);
        }
        page.finish()
    }

    fn write_differences(&self, page: &mut Page) {
        if self.differences.is_empty() {
            return;
        }
        page.heading(&format!("Against {}, by category", self.first));
        let mut rows: Vec<Vec<String>> = self
            .differences
            .iter()
            .map(|line| {
                vec![
                    line.category.clone(),
                    money(line.this),
                    money(line.first),
                    money(line.this - line.first),
                ]
            })
            .collect();
        let sum = |of: fn(&CategoryDifference) -> f64| self.differences.iter().map(of).sum::<f64>();
        let (this, first) = (sum(|line| line.this), sum(|line| line.first));
        rows.push(vec!["TOTAL".to_owned(), money(this), money(first), money(this - first)]);
        page.table(&["category", &self.strategy, &self.first, "difference"], &[1, 2, 3], &rows);
        page.paragraph(&format!("Means of the forecast in {}, before discounting.", self.run.currency));
    }

    fn write_spread(&self, page: &mut Page) {
        page.heading("What drives its spread");
        if self.spread.is_empty() {
            page.paragraph("No category varies between the replications.");
            return;
        }
        let rows: Vec<Vec<String>> = self
            .spread
            .iter()
            .map(|line| {
                vec![
                    line.category.clone(),
                    format!("{} to {}", money(line.p5), money(line.p95)),
                    money(line.p95 - line.p5),
                    percent(line.share, PLAIN),
                ]
            })
            .collect();
        let header = ["category", "5 to 95 %", "width", "of all widths"];
        page.table(&header, &[1, 2, 3], &rows);
        page.paragraph(
            "From the forecast, category by category: nothing was sampled anew. Categories that move together make \
             the whole wider than this shows, those that move against each other narrower.",
        );
    }
}
