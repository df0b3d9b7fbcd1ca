//! Explanations for people, and the plain data they are made of: why a workload is where
//! it is, why a strategy costs what it costs, what a figure means.
//!
//! Whoever explains fills the data; here it becomes text of a given width. The same data
//! is the JSON.

mod cost;
mod figure;
mod page;
mod strategy;
mod workload;

use serde::Serialize;

pub use cost::{CategoryTotal, Contribution, CostLine, CostTable, NobodyLine};
pub use figure::{FigureExplanation, FigureInStrategy, Member};
pub use strategy::{CategoryDifference, DatedText, Spread, StrategyExplanation};
pub use workload::{
    GateNote, MoveNote, NextBest, OptionLine, PlaceNote, RuleNote, WorkloadExplanation, WorkloadInStrategy,
};

use super::money::{MoneyScale, Typography, number};
use crate::base::units::{Calendar, Currency, SimTime};
use crate::simulation::journal::Decision;
use crate::world::World;

pub(crate) const PLAIN: Typography = Typography::Plain;

/// The width in columns that explanations are written for, where the terminal is wider.
pub const WIDTH: usize = 100;

/// Of which run an explanation is.
#[derive(Clone, Debug, Serialize)]
pub struct RunNote {
    /// The scenario.
    pub scenario: String,
    /// The reporting currency.
    pub currency: String,
    /// How many times each strategy was simulated.
    pub replications: u32,
    /// The replication of the illustrative path.
    pub path_replication: u32,
    /// What the reader should know of the run, such as another version of the program.
    pub notes: Vec<String>,
}

impl RunNote {
    fn sentence(&self) -> String {
        format!(
            "Run of {}: illustrative path, replication {} of {}. Amounts in {}, before VAT.",
            self.scenario, self.path_replication, self.replications, self.currency
        )
    }
}

/// An amount to the cent, or in whole units of the currency from ten thousand on.
fn money(amount: f64) -> String {
    number(amount, if amount.abs() < 9_999.995 { 2 } else { 0 }, PLAIN)
}

/// An amount with the unit that fits it.
fn scaled(amount: f64, currency: &str) -> String {
    let currency = Currency::from_code(currency).unwrap_or(Currency::EUR);
    MoneyScale::fitting(amount, currency).amount(amount, PLAIN)
}

/// `1234 EUR more`, `1234 EUR less`, `the same`.
fn difference(amount: f64, currency: &str) -> String {
    match amount {
        amount if amount >= 0.005 => format!("{} {currency} more", money(amount)),
        amount if amount <= -0.005 => format!("{} {currency} less", money(-amount)),
        _ => "the same".to_owned(),
    }
}

/// `2027-05-08 20:00`.
pub fn minute(calendar: &Calendar, at: SimTime) -> String {
    let at = calendar.date_time(at);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// A decision in words, for a terminal; none for one that is shown elsewhere.
pub fn decision_text(world: &World, decision: &Decision) -> Option<String> {
    super::html::decided(world, decision).map(|text| text.replace('\u{202f}', " "))
}
