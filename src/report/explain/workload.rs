//! A workload: where it is and why, what it costs, what it could have cost elsewhere.

use serde::Serialize;

use super::cost::CostTable;
use super::page::Page;
use super::{PLAIN, RunNote, difference, money, scaled};
use crate::report::money::number;

/// Everything about one workload.
#[derive(Clone, Debug, Serialize)]
pub struct WorkloadExplanation {
    /// Of which run.
    pub run: RunNote,
    /// Its name.
    pub workload: String,
    /// Its application.
    pub application: String,
    /// The class of its data.
    pub data_class: String,
    /// What it runs, and whether it does.
    pub runs: String,
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory in GiB.
    pub memory_gib: f64,
    /// Disks in GiB.
    pub disk_gib: f64,
    /// The offer that it is at at the start.
    pub home: String,
    /// What becomes of it in each strategy.
    pub strategies: Vec<WorkloadInStrategy>,
    /// Every offer as a destination, the cheapest first.
    pub options: Vec<OptionLine>,
    /// Months over which options are compared.
    pub option_months: f64,
}

/// What becomes of a workload in a strategy.
#[derive(Clone, Debug, Serialize)]
pub struct WorkloadInStrategy {
    /// The strategy.
    pub strategy: String,
    /// The rule that decided; none where no rule selected it, and it stays.
    pub rule: Option<RuleNote>,
    /// How it gets there, in words; empty where it stays.
    pub way: String,
    /// Why so, and why in no gentler way.
    pub why: Vec<String>,
    /// Where it was, in order of time.
    pub places: Vec<PlaceNote>,
    /// Its attempts to move, in order of time.
    pub moves: Vec<MoveNote>,
    /// What was decided about it, in order of time.
    pub decisions: Vec<String>,
    /// Minutes down for moves.
    pub minutes_down_for_moves: f64,
    /// Minutes down for every other cause.
    pub minutes_down_otherwise: f64,
    /// What it costs.
    pub cost: CostTable,
    /// Gates of its data, residency and certifications, at each place.
    pub gates: Vec<GateNote>,
    /// The cheapest feasible place other than where it ends.
    pub next_best: Option<NextBest>,
}

/// The rule that decided.
#[derive(Clone, Debug, Serialize)]
pub struct RuleNote {
    /// Which, from 1, such as `move rule 2`.
    pub rule: String,
    /// As it is written.
    pub text: String,
    /// File and line.
    pub place: String,
}

/// A place from a date on.
#[derive(Clone, Debug, Serialize)]
pub struct PlaceNote {
    /// Since when.
    pub since: String,
    /// The offer; none once it is retired.
    pub offer: Option<String>,
}

/// An attempt to move.
#[derive(Clone, Debug, Serialize)]
pub struct MoveNote {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// In which wave, from 1.
    pub wave: u32,
    /// The destination; none where it is retired.
    pub to: Option<String>,
    /// How: `conversion by wac-conversion over paris-lyon`.
    pub way: String,
    /// When work on its group began.
    pub prepared_from: String,
    /// When its cutover began.
    pub cutover: String,
    /// How it ended.
    pub outcome: String,
    /// Minutes down for it.
    pub minutes_down: f64,
}

/// A gate, or another demand on where the data may be, at one place.
#[derive(Clone, Debug, Serialize)]
pub struct GateNote {
    /// What is demanded.
    pub demand: String,
    /// Where it was judged.
    pub offer: String,
    /// What was found.
    pub found: String,
    /// Whether it passes.
    pub passes: bool,
}

/// The cheapest other place.
#[derive(Clone, Debug, Serialize)]
pub struct NextBest {
    /// Where it ends in the strategy.
    pub chosen: String,
    /// What that costs by the same estimate; none where it may or can not be there.
    pub chosen_cost: Option<f64>,
    /// The other place.
    pub offer: String,
    /// What it would have cost.
    pub cost: f64,
    /// That less the chosen one's: positive where it is dearer.
    pub difference: Option<f64>,
}

/// An offer as a destination.
#[derive(Clone, Debug, Serialize)]
pub struct OptionLine {
    /// The offer.
    pub offer: String,
    /// A month of running there; none where it cannot be.
    pub month: Option<f64>,
    /// The work on the move.
    pub one_off: Option<f64>,
    /// What options are compared by: months of running and the work.
    pub cost: Option<f64>,
    /// How it would get there; empty where it is.
    pub way: String,
    /// Why it cannot or may not; empty where it can.
    pub refused: Vec<String>,
}

impl WorkloadExplanation {
    /// For people: one strategy in full where it is named, all in short otherwise.
    pub fn text(&self, width: usize, strategy: Option<&str>) -> String {
        let mut page = Page::new(width);
        page.title(&format!("{} of {}", self.workload, self.run.scenario));
        page.paragraph(&format!(
            "Application {}, {} data; {}; {} vCPU, {} GiB memory, {} GiB disk; at {} at the start.",
            self.application,
            self.data_class,
            self.runs,
            self.vcpus,
            number(self.memory_gib, 0, PLAIN),
            number(self.disk_gib, 0, PLAIN),
            self.home
        ));
        page.paragraph(&self.run.sentence());
        self.run.notes.iter().for_each(|note| page.paragraph(note));
        match self.strategies.iter().find(|known| Some(known.strategy.as_str()) == strategy) {
            Some(one) => one.write(&mut page, &self.run.currency),
            None => self.write_all(&mut page),
        }
        self.write_options(&mut page, strategy);
        page.finish()
    }

    fn write_all(&self, page: &mut Page) {
        let currency = self.run.currency.as_str();
        page.heading("In each strategy");
        let rows: Vec<Vec<String>> = self
            .strategies
            .iter()
            .map(|one| {
                let moved = one.moves.iter().rev().find(|attempt| attempt.outcome == "completed");
                let broken = one.gates.iter().filter(|gate| !gate.passes).count();
                vec![
                    one.strategy.clone(),
                    one.end().to_owned(),
                    moved
                        .map_or_else(|| "stays".to_owned(), |moved| moved.cutover.chars().take(10).collect()),
                    moved.map_or_else(|| "-".to_owned(), |moved| moved.wave.to_string()),
                    number(one.minutes_down_for_moves, 0, PLAIN),
                    money(one.cost.amount),
                    money(one.cost.present_value),
                    match (one.gates.len(), broken) {
                        (0, _) => "none set".to_owned(),
                        (_, 0) => "kept".to_owned(),
                        (_, broken) => format!("{broken} broken"),
                    },
                ]
            })
            .collect();
        let cost = format!("cost, {currency}");
        let header =
            ["strategy", "at the end", "moved", "wave", "down, min", &cost, "present value", "gates"];
        page.table(&header, &[3, 4, 5, 6], &rows);
        page.paragraph(
            "Cost: its part of every line of the ledger over the horizon. One strategy in full, line by line: add \
             --strategy NAME.",
        );
    }

    fn write_options(&self, page: &mut Page, strategy: Option<&str>) {
        let currency = self.run.currency.as_str();
        let chosen = self.strategies.iter().find(|known| Some(known.strategy.as_str()) == strategy);
        page.heading("Where else it could be");
        page.paragraph(&format!(
            "An estimate with the prices of this path, by which the planner compares: {} months of running there \
             (its share of a host, its size, disks, licences) and the work on the move. It is not the bill above: \
             that has whole hosts, dated contracts and services paid whatever is there.",
            self.option_months
        ));
        let rows: Vec<Vec<String>> = self
            .options
            .iter()
            .filter(|option| option.cost.is_some())
            .map(|option| {
                let amount = |amount: Option<f64>| amount.map_or_else(|| "-".to_owned(), money);
                let ends = chosen.is_some_and(|chosen| chosen.end() == option.offer);
                let mut way = option.way.clone();
                if option.offer == self.home {
                    way = "it is there at the start".to_owned();
                }
                if ends {
                    way += " (chosen)";
                }
                vec![
                    option.offer.clone(),
                    amount(option.month),
                    amount(option.one_off),
                    amount(option.cost),
                    way,
                ]
            })
            .collect();
        let months = format!("{} months, {currency}", self.option_months);
        page.table(&["offer", "a month", "work", &months, "how"], &[1, 2, 3], &rows);
        for option in self.options.iter().filter(|option| option.cost.is_none()) {
            page.item(&format!("{}: refused. {}.", option.offer, option.refused.join("; ")));
        }
        let named = |one: &&WorkloadInStrategy| strategy.is_none_or(|name| name == one.strategy);
        page.blank();
        for one in self.strategies.iter().filter(named) {
            if let Some(next) = &one.next_best {
                page.paragraph(&next.sentence(&one.strategy, currency));
            }
        }
    }
}

impl NextBest {
    fn sentence(&self, strategy: &str, currency: &str) -> String {
        match (self.chosen_cost, self.difference) {
            (Some(cost), Some(more)) => format!(
                "{strategy}: {} {} at {} {currency}, {} than {} at {} {currency}.",
                if more < 0.0 {
                    "by this estimate a cheaper choice would have been"
                } else {
                    "the next-best choice would have been"
                },
                self.offer,
                money(self.cost),
                difference(more, currency),
                self.chosen,
                money(cost)
            )
            .replace("the same than", "the same as"),
            _ => format!(
                "{strategy}: {} is refused by the rules above; the best that is not would have been {} at {} \
                 {currency}.",
                self.chosen,
                self.offer,
                money(self.cost)
            ),
        }
    }
}

impl WorkloadInStrategy {
    /// Where it is at the end.
    pub fn end(&self) -> &str {
        self.places.last().and_then(|place| place.offer.as_deref()).unwrap_or("retired")
    }

    fn write(&self, page: &mut Page, currency: &str) {
        page.heading(&format!("Where it is under {}, and why", self.strategy));
        match &self.rule {
            Some(rule) => {
                page.paragraph(&format!("By {} ({}): {}", rule.rule, rule.place, rule.text));
            }
            None => page.paragraph("No rule of the strategy selects it, so it stays where it is."),
        }
        if !self.way.is_empty() {
            page.paragraph(&format!("How: {}.", self.way));
        }
        self.why.iter().for_each(|why| page.item(why));
        for place in &self.places {
            let offer = place.offer.as_deref().unwrap_or("nowhere: retired");
            page.item(&format!("from {}: {offer}", place.since));
        }
        if !self.moves.is_empty() {
            let rows: Vec<Vec<String>> = self.moves.iter().map(MoveNote::row).collect();
            let header = ["attempt", "wave", "to", "work from", "cutover", "outcome", "down, min"];
            page.blank();
            page.table(&header, &[0, 1, 6], &rows);
        }
        self.decisions.iter().for_each(|decision| page.item(decision));
        page.paragraph(&format!(
            "Down {} minutes for moves and {} for other causes over the horizon.",
            number(self.minutes_down_for_moves, 0, PLAIN),
            number(self.minutes_down_otherwise, 0, PLAIN)
        ));

        page.heading(&format!("What it costs under {}", self.strategy));
        page.paragraph(&format!(
            "Its part of the ledger over the horizon: {}, {} in present value. Each line is its share of ledger \
             lines; the parts of all workloads and of nobody add up to the strategy's total to the micro-unit.",
            scaled(self.cost.amount, currency),
            scaled(self.cost.present_value, currency)
        ));
        page.blank();
        self.cost.write(page, currency);

        page.heading("What gates it met");
        if self.gates.is_empty() {
            page.paragraph("None: the scenario sets no gate, residency or certification for it.");
        }
        for gate in &self.gates {
            let verdict = if gate.passes { "kept" } else { "BROKEN" };
            page.item(&format!("{} at {}: {}, {verdict}", gate.demand, gate.offer, gate.found));
        }
    }
}

impl MoveNote {
    fn row(&self) -> Vec<String> {
        vec![
            self.attempt.to_string(),
            self.wave.to_string(),
            self.to.clone().unwrap_or_else(|| "retired".to_owned()),
            self.prepared_from.clone(),
            self.cutover.clone(),
            self.outcome.clone(),
            number(self.minutes_down, 0, PLAIN),
        ]
    }
}
