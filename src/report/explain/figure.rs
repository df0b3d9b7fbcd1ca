//! A figure: what it means, its forecast, and the ledger lines that make it up.

use serde::Serialize;

use super::cost::{Contribution, write_contributions};
use super::page::Page;
use super::{PLAIN, RunNote, scaled};
use crate::report::definitions::Definition;
use crate::report::money::{number, significant};
use crate::study::Summary;

/// What a figure means and what it is.
#[derive(Clone, Debug, Serialize)]
pub struct FigureExplanation {
    /// Of which run.
    pub run: RunNote,
    /// Its dotted name, or that of a group.
    pub figure: String,
    /// What it means.
    pub definition: Definition,
    /// The figures of the group, where it is one.
    pub members: Vec<Member>,
    /// What it is in each strategy; empty for a group.
    pub strategies: Vec<FigureInStrategy>,
}

/// A figure of a group.
#[derive(Clone, Debug, Serialize)]
pub struct Member {
    /// Its dotted name.
    pub figure: String,
    /// Its mean in each strategy; none where no replication has it.
    pub means: Vec<(String, Option<f64>)>,
}

/// A figure in a strategy.
#[derive(Clone, Debug, Serialize)]
pub struct FigureInStrategy {
    /// The strategy.
    pub strategy: String,
    /// Its forecast; none where no replication has it.
    pub forecast: Option<Summary>,
    /// What it is on the path, as `summary.json` has it.
    pub path: serde_json::Value,
    /// What each kind of ledger line contributes to it on the path, the largest first;
    /// empty for what is not money or not made of ledger lines.
    pub lines: Vec<Contribution>,
    /// What entries that are no ledger lines contribute, such as a book value written off.
    pub beside: f64,
    /// The path's value less all that is listed: rounding, or what no line of this path
    /// explains. None where it is not money.
    pub unexplained: Option<f64>,
}

/// Lines that are shown of a strategy when nobody asked for one strategy.
const SHOWN: usize = 6;
/// Differences below this come from rounding: half a cent.
const ROUNDING: f64 = 0.005;

impl FigureExplanation {
    /// For people; all lines of a strategy where one is named.
    pub fn text(&self, width: usize, strategy: Option<&str>) -> String {
        let mut page = Page::new(width);
        page.title(&format!("{}: {}", self.figure, self.definition.title));
        page.paragraph(self.definition.text);
        if !self.definition.formula.is_empty() {
            page.paragraph(&format!("How: {}.", self.definition.formula));
        }
        if !self.definition.source.is_empty() {
            page.paragraph(&format!("Source: {}.", self.definition.source));
        }
        page.paragraph(&format!("Unit: {}.", self.definition.unit));
        page.paragraph(&self.run.sentence());
        self.run.notes.iter().for_each(|note| page.paragraph(note));
        if self.strategies.is_empty() {
            self.write_members(&mut page);
            return page.finish();
        }
        self.write_forecast(&mut page);
        let is_money = self.strategies.iter().any(|one| one.unexplained.is_some_and(|amount| amount != 0.0));
        let has_lines = self.strategies.iter().any(|one| !one.lines.is_empty() || one.beside != 0.0);
        if is_money && !has_lines {
            page.blank();
            page.paragraph(
                "No line of the path's ledger makes it up: it comes from a rehearsed exit, whose own ledger \
                 `portolan exit` explains, or compares several runs.",
            );
        }
        for one in &self.strategies {
            if strategy.is_none_or(|name| name == one.strategy) {
                self.write_lines(&mut page, one, strategy);
            }
        }
        page.finish()
    }

    fn write_members(&self, page: &mut Page) {
        page.heading("Its figures: means of the forecast");
        let names: Vec<&str> = match self.members.first() {
            Some(member) => member.means.iter().map(|(name, _)| name.as_str()).collect(),
            None => Vec::new(),
        };
        let group = format!("{}.", self.figure);
        let mut rows = Vec::new();
        for member in &self.members {
            let name = member.figure.strip_prefix(&group).unwrap_or(&member.figure);
            let means = member.means.iter().map(|(_, mean)| mean.map_or_else(|| "-".to_owned(), plain));
            rows.push(std::iter::once(name.to_owned()).chain(means).collect());
        }
        let header: Vec<&str> = std::iter::once("figure").chain(names.iter().copied()).collect();
        let right: Vec<usize> = (1..header.len()).collect();
        page.table(&header, &right, &rows);
    }

    fn write_forecast(&self, page: &mut Page) {
        page.heading("Forecast");
        let rows: Vec<Vec<String>> = self
            .strategies
            .iter()
            .map(|one| {
                let path = match &one.path {
                    serde_json::Value::Number(value) => plain(value.as_f64().unwrap_or(f64::NAN)),
                    serde_json::Value::String(text) => text.clone(),
                    _ => "-".to_owned(),
                };
                let forecast = match &one.forecast {
                    Some(found) => {
                        [found.mean, found.half_width_95, found.p5, found.p50, found.p80, found.p95]
                            .map(plain)
                            .into_iter()
                            .chain([found.n.to_string()])
                            .collect()
                    }
                    None => vec!["-".to_owned(); 7],
                };
                std::iter::once(one.strategy.clone()).chain(forecast).chain([path]).collect()
            })
            .collect();
        let header = ["strategy", "mean", "±", "5 %", "50 %", "80 %", "95 %", "n", "path"];
        page.table(&header, &[1, 2, 3, 4, 5, 6, 7, 8], &rows);
        page.paragraph(
            "±: 95 % half-width of the mean. The others are points of the predictive range. n: replications that have \
             the figure.",
        );
    }

    fn write_lines(&self, page: &mut Page, one: &FigureInStrategy, asked: Option<&str>) {
        let (Some(unexplained), Some(path)) = (one.unexplained, one.path.as_f64()) else { return };
        let currency = self.run.currency.as_str();
        if one.lines.is_empty() && one.beside == 0.0 {
            return;
        }
        page.heading(&format!("What makes it up on the path of {}", one.strategy));
        let shown = if asked.is_some() { one.lines.len() } else { one.lines.len().min(SHOWN) };
        write_contributions(page, &one.lines[..shown], currency);
        let rest = &one.lines[shown..];
        if !rest.is_empty() {
            let sum: f64 = rest.iter().map(|line| line.contributes).sum();
            page.paragraph(&format!(
                "And {} more kinds of lines: {}. All of them with --strategy {}.",
                rest.len(),
                scaled(sum, currency),
                one.strategy
            ));
        }
        if one.beside != 0.0 {
            page.paragraph(&format!("And what is no ledger line: {}.", scaled(one.beside, currency)));
        }
        let sum = path - unexplained;
        page.paragraph(&if unexplained.abs() < ROUNDING {
            format!("They add up to {} {currency}, which is the figure.", number(sum, 2, PLAIN))
        } else {
            format!(
                "They add up to {} {currency}; the figure is {}. The rest comes from elsewhere than the ledger of \
                 this path.",
                number(sum, 2, PLAIN),
                number(path, 2, PLAIN)
            )
        });
    }
}

/// A number of any magnitude.
fn plain(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => number(value, 0, PLAIN),
        // A share that is nearly one: what is missing is what matters.
        share if share > 0.99 && share < 1.0 => number(value, 6, PLAIN),
        _ => significant(value, PLAIN),
    }
}
