//! A study of a formula, for tests of analyses.

use super::question::{Alternative, Better, Input, Outcome, Study, Unit};
use super::trials::AlternativeId;
use crate::base::ids::{Id as _, IdVec};
use crate::base::random::Distribution;

/// A study of so many alternatives over so many inputs, each uniform on [0, 1], with so
/// many outcomes, of all of which less is better.
pub(crate) fn study(alternatives: usize, inputs: usize, outcomes: usize) -> Study {
    let uniform = Distribution::Uniform { low: 0.0, high: 1.0 }.tabulate().expect("it is a distribution");
    Study {
        name: "fixture".into(),
        question: "What does the formula say?".into(),
        seed: 42,
        alternatives: (0..alternatives)
            .map(|place| Alternative {
                name: format!("a{place}"),
                label: format!("Alternative {place}"),
                strategy: format!("a{place}"),
                settings: Vec::new(),
            })
            .collect::<IdVec<AlternativeId, _>>(),
        levers: Vec::new(),
        inputs: (0..inputs)
            .map(|place| Input {
                name: format!("x{place}"),
                unit: "EUR".into(),
                columns: place..place + 1,
                quantile: Some(uniform.clone()),
            })
            .collect(),
        held: 0,
        outcomes: (0..outcomes)
            .map(|place| Outcome {
                figure: format!("y{place}"),
                label: format!("Outcome {place}"),
                unit: Unit::Money,
                better: Better::Lower,
                target: None,
                missing: None,
            })
            .collect(),
        curve: 0,
        currency: "EUR".into(),
        analyses: Vec::new(),
    }
}

/// Alternative number `place`.
pub(crate) fn alternative(place: usize) -> AlternativeId {
    AlternativeId::from_index(place)
}
