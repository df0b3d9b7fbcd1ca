//! What every writer of a study reads: names for numbers, and values as people write them.

use super::StudyMeta;
use super::scale::Scale;
use crate::report::definitions::definition;
use crate::report::money::{Typography, number, significant};
use crate::study::analyses::Finding;
use crate::study::trials::AlternativeId;
use crate::study::{Alternative, Better, Findings, Input, Measure, Outcome, Study, Unit};

/// A study, its findings, and what it was, as one kind of writer writes it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    /// The study.
    pub study: &'a Study,
    /// What it found.
    pub findings: &'a Findings,
    /// What it was.
    pub meta: &'a StudyMeta,
    /// Which characters numbers are written with.
    pub typography: Typography,
}

impl<'a> View<'a> {
    /// An alternative.
    pub fn alternative(&self, id: AlternativeId) -> &'a Alternative {
        &self.study.alternatives[id]
    }

    /// An alternative's name in the study.
    pub fn name(&self, id: AlternativeId) -> &'a str {
        &self.alternative(id).name
    }

    /// What an alternative is called in a sentence: its label, in quotes when it has a
    /// comma, or its name where several have the same label.
    pub fn label(&self, id: AlternativeId) -> String {
        let label = &self.alternative(id).label;
        let same = self.study.alternatives.iter().filter(|other| other.label == *label).count();
        match (same, label.contains(',')) {
            (1, false) => label.clone(),
            (1, true) => format!("“{label}”"),
            _ => self.name(id).to_owned(),
        }
    }

    /// An outcome.
    pub fn outcome(&self, place: usize) -> &'a Outcome {
        &self.study.outcomes[place]
    }

    /// An outcome's label within a sentence: `net present cost`.
    pub fn outcome_words(&self, place: usize) -> String {
        lowered(&self.outcome(place).label)
    }

    /// An input.
    pub fn input(&self, place: usize) -> &'a Input {
        &self.study.inputs[place]
    }

    /// The value of an input with its unit; shares whose unit is written in percent are
    /// shown as percent, as the run's report shows them.
    pub fn input_value(&self, place: usize, value: f64) -> String {
        let unit = self.input_unit(place);
        let value = significant(value * self.input_factor(place), self.typography);
        if unit.is_empty() { value } else { format!("{value}{}{unit}", self.space()) }
    }

    /// What the value of an input is shown in; empty for a plain number, `quantile` for a
    /// group.
    pub fn input_unit(&self, place: usize) -> &'a str {
        let input = self.input(place);
        if input.quantile.is_none() { "quantile" } else { &input.unit }
    }

    /// By how much the value of an input is multiplied where it is shown.
    pub fn input_factor(&self, place: usize) -> f64 {
        if self.input_unit(place).starts_with('%') { 100.0 } else { 1.0 }
    }

    /// What a measure is called in a sentence: `net present cost of Renew`.
    pub fn measure_words(&self, measure: &Measure) -> String {
        let of = format!("{} of {}", self.outcome_words(measure.outcome), self.label(measure.of));
        match measure.minus {
            Some(minus) => format!("{of} less that of {}", self.label(minus)),
            None => of,
        }
    }

    /// A measure in names: `cost.npv of hyper-v - renew`.
    pub fn measure_name(&self, measure: &Measure) -> String {
        let figure = &self.outcome(measure.outcome).figure;
        match measure.minus {
            Some(minus) => format!("{figure} of {} - {}", self.name(measure.of), self.name(minus)),
            None => format!("{figure} of {}", self.name(measure.of)),
        }
    }

    /// How values of an outcome are written, all in one unit.
    pub fn scale(&self, outcome: usize, values: impl IntoIterator<Item = f64>) -> Scale<'a> {
        let known = self.outcome(outcome);
        match known.unit {
            Unit::Money => Scale::money(values, self.meta.currency(self.study), self.typography),
            Unit::Date => Scale::date(&self.meta.calendar, self.typography),
            Unit::Share => Scale::fitting(values, 100.0, "%", self.typography),
            Unit::Plain => Scale::fitting(values, 1.0, plain_unit(&known.figure), self.typography),
        }
    }

    /// How differences of an outcome are written, all in one unit.
    pub fn difference_scale(&self, outcome: usize, values: impl IntoIterator<Item = f64>) -> Scale<'a> {
        const MONTHS: f64 = 12.0;
        const DAYS: f64 = 365.25;
        let known = self.outcome(outcome);
        match known.unit {
            Unit::Date => {
                let values: Vec<f64> = values.into_iter().collect();
                let most = values.iter().map(|value| value.abs()).fold(0.0, f64::max);
                let (factor, unit) = if most * MONTHS >= 2.0 { (MONTHS, "months") } else { (DAYS, "days") };
                Scale::fitting(values, factor, unit, self.typography)
            }
            Unit::Share => Scale::fitting(values, 100.0, "% points", self.typography),
            Unit::Money | Unit::Plain => self.scale(outcome, values),
        }
    }

    /// How values of a measure are written.
    pub fn measure_scale(&self, measure: &Measure, values: impl IntoIterator<Item = f64>) -> Scale<'a> {
        match measure.minus {
            Some(_) => self.difference_scale(measure.outcome, values),
            None => self.scale(measure.outcome, values),
        }
    }

    /// Which alternative is best in an outcome: `costs least`, `is the earliest in …`.
    pub fn is_best(&self, outcome: usize) -> String {
        let known = self.outcome(outcome);
        let words = self.outcome_words(outcome);
        match (known.unit, known.better) {
            (Unit::Money, Better::Lower) if known.figure.starts_with("cost.") => "costs least".to_owned(),
            (Unit::Date, Better::Lower) => format!("is the earliest in {words}"),
            (Unit::Date, Better::Higher) => format!("is the latest in {words}"),
            (_, Better::Lower) => format!("has the lowest {words}"),
            (_, Better::Higher) => format!("has the highest {words}"),
        }
    }

    /// `less than`, `later than`: what a difference of an outcome says.
    pub fn than(&self, outcome: usize, difference: f64) -> &'static str {
        match (self.outcome(outcome).unit, difference < 0.0) {
            (Unit::Money, true) => "less than",
            (Unit::Money, false) => "more than",
            (Unit::Date, true) => "earlier than",
            (Unit::Date, false) => "later than",
            (_, true) => "below",
            (_, false) => "above",
        }
    }

    /// `costs more than Renew`: that an alternative is worse than another.
    pub fn is_worse_than(&self, outcome: usize, other: AlternativeId) -> String {
        let known = self.outcome(outcome);
        match (known.unit, known.better) {
            (Unit::Money, Better::Lower) if known.figure.starts_with("cost.") => {
                format!("costs more than {}", self.label(other))
            }
            _ => format!("is worse than {} in {}", self.label(other), self.outcome_words(outcome)),
        }
    }

    /// `worse than` of an outcome: `above`, `later than`.
    pub fn worse_than(&self, outcome: usize) -> &'static str {
        match (self.outcome(outcome).unit, self.outcome(outcome).better) {
            (Unit::Date, Better::Lower) => "later than",
            (Unit::Date, Better::Higher) => "earlier than",
            (_, Better::Lower) => "above",
            (_, Better::Higher) => "below",
        }
    }

    /// A count with grouped thousands.
    pub fn count(&self, value: impl Into<f64>) -> String {
        number(value.into(), 0, self.typography)
    }

    /// `about 3,400`: a number of replications that would be needed, rounded up to two
    /// digits: the variance it rests on is no better known.
    pub fn about(&self, needed: f64) -> String {
        let power = libm::pow(10.0, (libm::floor(libm::log10(needed.max(1.0))) - 1.0).max(0.0));
        format!("about {}", number(libm::ceil(needed / power) * power, 0, self.typography))
    }

    /// The space between a number and its unit.
    pub fn space(&self) -> char {
        match self.typography {
            Typography::Plain => ' ',
            Typography::Fine => '\u{202f}',
        }
    }

    /// The anchor of each analysis, in the order of the file: its kind, numbered where
    /// there are several of one kind.
    pub fn anchors(&self) -> Vec<String> {
        let kinds: Vec<&str> = self.findings.findings.iter().map(kind).collect();
        kinds
            .iter()
            .enumerate()
            .map(|(place, kind)| {
                let before = kinds[..place].iter().filter(|other| *other == kind).count();
                match kinds.iter().filter(|other| *other == kind).count() {
                    1 => (*kind).to_owned(),
                    _ => format!("{kind}-{}", before + 1),
                }
            })
            .collect()
    }

    /// What stands where an outcome did not exist, a sentence each.
    pub fn stand_ins(&self) -> Vec<String> {
        let sentence = |stand_in: &crate::study::StandIn| {
            let outcome = self.outcome(stand_in.outcome);
            let value = outcome.missing.unwrap_or(f64::NAN);
            format!(
                "{} does not exist in {} of {} runs of {}: {} stands in its place there.",
                outcome.label,
                self.count(stand_in.runs as f64),
                self.count(stand_in.of as f64),
                self.label(stand_in.alternative),
                self.scale(stand_in.outcome, [value]).amount(value),
            )
        };
        self.findings.stand_ins.iter().map(sentence).collect()
    }
}

/// The word for an analysis: its key in a study file.
pub(crate) fn kind(finding: &Finding) -> &'static str {
    match finding {
        Finding::Split(_) => "split",
        Finding::Compare(_) => "compare",
        Finding::Select(_) => "select",
        Finding::Sensitivity(_) => "sensitivity",
        Finding::Discover(_) => "discover",
        Finding::Robust(_) => "robust",
        Finding::Pareto(_) => "pareto",
        Finding::Thresholds(_) => "thresholds",
    }
}

/// The unit of a figure that is neither money, a date nor a share.
fn plain_unit(figure: &str) -> &'static str {
    definition(figure).map_or("", |known| match known.unit {
        "hours" => "hours",
        "months" => "months",
        "years" => "years",
        _ => "",
    })
}

/// A label within a sentence: its first letter small, unless it begins with initials.
pub(crate) fn lowered(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

/// A sentence's first letter as a capital.
pub(crate) fn raised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
