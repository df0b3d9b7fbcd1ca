//! The criteria of the Cloud Sovereignty Framework, and what kinds of provider
//! answer to them.
//!
//! Criteria, answer values and SEALs: European Commission, calculator of
//! 2026-06-01, weights also of v1.2.1 (October 2025); (c) European Union,
//! CC BY 4.0, short names in our own words.

use serde_json::{Value, json};

use crate::base::diagnostics::Diagnostics;
use crate::base::settings::{Entries, Schemas, Setting, unexpected};
use crate::base::yaml::Node;

/// A question of the framework and what each answer is worth.
#[derive(Clone, PartialEq, Debug)]
pub struct Criterion {
    /// Code of its objective, such as `SOV-2`.
    pub objective: String,
    /// Name of its objective.
    pub objective_name: String,
    /// Weight of the objective in version 1.2.1, percent.
    pub weight_v1_2_1: u32,
    /// Weight of the objective in the calculator of 2026, percent.
    pub weight_2026: u32,
    /// Its number within the objective, from 1.
    pub number: u32,
    /// A short name.
    pub name: String,
    /// The value of each answer, weakest first; the best of an objective add up to
    /// about 1,000.
    pub values: Vec<f64>,
    /// The SEAL of each answer, from 0 to 4.
    pub seals: Vec<u8>,
}

/// The text of the embedded criteria.
pub const CRITERIA: &str = include_str!("data/sovereignty/criteria.csv");

/// The 48 criteria, in the order of the framework.
///
/// # Errors
/// If the text is not the table that [`CRITERIA`] is.
pub fn criteria(text: &str) -> Result<Vec<Criterion>, csv::Error> {
    type Row = (String, String, u32, u32, u32, String, String, String);
    let mut table = csv::Reader::from_reader(text.as_bytes());
    table
        .deserialize()
        .map(|row| {
            let (objective, objective_name, weight_v1_2_1, weight_2026, number, name, values, seals): Row =
                row?;
            let values = values.split(';').filter_map(|value| value.parse().ok()).collect();
            let seals = seals.split(';').filter_map(|seal| seal.parse().ok()).collect();
            Ok(Criterion {
                objective,
                objective_name,
                weight_v1_2_1,
                weight_2026,
                number,
                name,
                values,
                seals,
            })
        })
        .collect()
}

crate::record! {
    /// What a kind of provider answers to the framework. An assumption: no list of
    /// assessed providers is published.
    pub struct Profile as "a sovereignty profile" {
        /// Its name for people.
        pub label: String,
        /// What the answers rest on.
        pub assumption: Option<String>,
        /// The answers by objective and number of the criterion; a criterion that is
        /// not written is unanswered.
        pub answers: Entries<Entries<Answer>>,
    }
}

/// An answer: its index in the criterion's list, 0 the weakest, or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answer(pub Option<u8>);

impl Setting for Answer {
    const WHAT: &'static str = "the index of an answer, or `unanswered`";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 4 }, { "const": "unanswered" }] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_text() {
            Some("unanswered") => return Some(Self(None)),
            Some(text) => {
                if let Ok(index) = text.parse::<u8>() {
                    return Some(Self(Some(index)));
                }
            }
            None => {}
        }
        diagnostics.push(unexpected(node, Self::WHAT).note("Answers count from 0, the weakest."));
        None
    }
}

impl Profile {
    /// The answers in the order of `criteria`, as indices into their lists.
    pub fn in_order(&self, criteria: &[Criterion]) -> Vec<Option<u8>> {
        criteria
            .iter()
            .map(|criterion| self.answers.get(&criterion.objective)?.get(&criterion.number.to_string())?.0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Score in percent: the sum of weight times value over a thousand.
    fn score(criteria: &[Criterion], weight: fn(&Criterion) -> u32, answers: &[Option<u8>]) -> f64 {
        let part = |(criterion, answer): (&Criterion, &Option<u8>)| {
            answer.map_or(0.0, |index| f64::from(weight(criterion)) * criterion.values[usize::from(index)])
        };
        criteria.iter().zip(answers).map(part).sum::<f64>() / 1000.0
    }

    #[test]
    fn the_best_answers_give_the_published_maxima_and_none_gives_nothing() {
        let criteria = criteria(CRITERIA).expect("the embedded table is read");
        let best: Vec<_> = criteria.iter().map(|c| u8::try_from(c.values.len() - 1).ok()).collect();
        // Published as 100.0756 and 100.0805; the second is 100.08045 before it is
        // rounded to four decimals. The tolerance is that of sums of floats.
        assert!((score(&criteria, |c| c.weight_2026, &best) - 100.0756).abs() < 1e-9);
        assert!((score(&criteria, |c| c.weight_v1_2_1, &best) - 100.08045).abs() < 1e-9);
        assert_eq!(score(&criteria, |c| c.weight_2026, &vec![None; criteria.len()]), 0.0);
    }

    #[test]
    fn there_are_48_criteria_whose_weights_add_up_and_whose_lists_match() {
        let criteria = criteria(CRITERIA).expect("the embedded table is read");
        let counts: Vec<usize> =
            (1..=8).map(|n| criteria.iter().filter(|c| c.objective == format!("SOV-{n}")).count()).collect();
        assert_eq!(counts, [8, 6, 5, 6, 7, 5, 7, 4]);
        let total =
            |weight: fn(&Criterion) -> u32| criteria.iter().filter(|c| c.number == 1).map(weight).sum();
        let totals: [u32; 2] = [total(|c| c.weight_v1_2_1), total(|c| c.weight_2026)];
        assert_eq!(totals, [100, 100]);
        for criterion in &criteria {
            assert_eq!(criterion.values.len(), criterion.seals.len(), "{}", criterion.name);
            assert!(criterion.values.is_sorted() && criterion.seals.is_sorted(), "{}", criterion.name);
        }
        let never_bind = criteria.iter().filter(|c| c.seals.iter().all(|seal| *seal == 4)).count();
        assert_eq!(never_bind, 9, "criteria all of whose answers are SEAL-4");
    }
}
