//! Sovereignty: the SEAL of each objective, the score, and the gates.
//!
//! European Commission, Cloud Sovereignty Framework v1.2.1 (October 2025) and its
//! calculator of 2026-06-01. A SEAL is a minimum over criteria, never an average; it
//! is the gate. The score only ranks what passed. A gate fails closed: a question
//! left open that could lower the SEAL is not proven, which is a violation.

use crate::world::{Criterion, DataClassId, Framework, OfferId, Profile, World};

/// The best SEAL there is.
pub const HIGHEST_SEAL: u8 = 4;

/// What a provider's answers show for an objective, or for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectiveSeal {
    /// The SEAL, from 0 to 4.
    Proven(u8),
    /// A criterion that could lower it is not answered.
    NotProven {
        /// Index in [`Framework::criteria`] of the first that is not.
        criterion: usize,
    },
}

impl ObjectiveSeal {
    /// The SEAL; none when it is not proven.
    pub fn proven(self) -> Option<u8> {
        match self {
            Self::Proven(seal) => Some(seal),
            Self::NotProven { .. } => None,
        }
    }

    /// The lower of two; what is not proven is lower than everything.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Proven(one), Self::Proven(two)) => Self::Proven(one.min(two)),
            (Self::NotProven { .. }, _) => self,
            (_, Self::NotProven { .. }) => other,
        }
    }
}

/// Data held where its gate does not allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GateViolation {
    /// The class of data.
    pub data_class: DataClassId,
    /// Index of the objective in [`Framework::objectives`].
    pub objective: usize,
    /// The offer that holds it.
    pub offer: OfferId,
    /// The SEAL that the gate demands.
    pub required: u8,
    /// The SEAL that was found; none when it is not proven.
    pub found: Option<u8>,
}

/// The SEAL of a provider for the objective at `objective`: the minimum over its
/// criteria. A criterion whose answers are all SEAL-4 never binds, answered or not.
pub fn objective_seal(framework: &Framework, profile: &Profile, objective: usize) -> ObjectiveSeal {
    framework
        .criteria
        .iter()
        .enumerate()
        .filter(|(_, criterion)| criterion.objective == objective)
        .map(|(place, criterion)| criterion_seal(profile, place, criterion))
        .fold(ObjectiveSeal::Proven(HIGHEST_SEAL), ObjectiveSeal::and)
}

/// The SEAL of a provider: the minimum over all objectives.
pub fn overall_seal(framework: &Framework, profile: &Profile) -> ObjectiveSeal {
    (0..framework.objectives.len())
        .map(|objective| objective_seal(framework, profile, objective))
        .fold(ObjectiveSeal::Proven(HIGHEST_SEAL), ObjectiveSeal::and)
}

/// The sovereignty score in percent: Σ over objectives of W × S / 1000, with W the
/// weight in percent and S the sum of the chosen answers' values.
///
/// A question left open adds nothing. Full marks are 100.0756 % with the weights of
/// 2026 and 100.0805 % with those of v1.2.1: the published answer values are
/// rounded, and the score is not clamped.
pub fn score_percent(framework: &Framework, profile: &Profile) -> f64 {
    let points: f64 = framework
        .criteria
        .iter()
        .enumerate()
        .filter_map(|(place, criterion)| {
            let value = criterion.values.get(answer(profile, place)?)?;
            Some(f64::from(framework.objectives[criterion.objective].weight) * value)
        })
        .sum();
    points / 1_000.0
}

/// The gates of `data_class` that the provider of `offer` does not pass, in the
/// order of the limits. A gate of SEAL-0 demands nothing, so everything passes it.
pub fn violations(world: &World, offer: OfferId, data_class: DataClassId) -> Vec<GateViolation> {
    failing(world, offer, data_class).collect()
}

/// Whether data of `data_class` may be held at `offer`.
pub fn passes(world: &World, offer: OfferId, data_class: DataClassId) -> bool {
    failing(world, offer, data_class).next().is_none()
}

fn failing(world: &World, offer: OfferId, data_class: DataClassId) -> impl Iterator<Item = GateViolation> {
    let profile = world.profile_of(offer);
    world.limits.gates.iter().filter(move |gate| gate.data_class == data_class && gate.seal > 0).filter_map(
        move |gate| {
            let found = objective_seal(&world.framework, profile, gate.objective).proven();
            let fails = found.is_none_or(|seal| seal < gate.seal);
            let (objective, required) = (gate.objective, gate.seal);
            fails.then_some(GateViolation { data_class, objective, offer, required, found })
        },
    )
}

fn criterion_seal(profile: &Profile, place: usize, criterion: &Criterion) -> ObjectiveSeal {
    if criterion.seals.iter().all(|seal| *seal == HIGHEST_SEAL) {
        return ObjectiveSeal::Proven(HIGHEST_SEAL);
    }
    match answer(profile, place).and_then(|answer| criterion.seals.get(answer)) {
        Some(seal) => ObjectiveSeal::Proven(*seal),
        None => ObjectiveSeal::NotProven { criterion: place },
    }
}

/// The answer to the criterion at `place`; a profile may be shorter than the
/// framework, and what it does not reach is not answered.
fn answer(profile: &Profile, place: usize) -> Option<usize> {
    profile.answers.get(place).copied().flatten().map(usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Objective, fixture};

    /// One objective of weight 60 with two binding criteria and one that never
    /// binds, and one of weight 40 with one criterion.
    fn framework() -> Framework {
        let objective = |code: &str, weight| Objective { code: code.into(), name: code.into(), weight };
        let criterion = |objective, seals: [u8; 3]| Criterion {
            objective,
            name: String::new(),
            values: vec![0.0, 100.0, 200.0],
            seals: seals.to_vec(),
        };
        Framework {
            edition: "test".into(),
            objectives: vec![objective("SOV-1", 60), objective("SOV-2", 40)],
            criteria: vec![
                criterion(0, [1, 3, 4]),
                criterion(0, [2, 2, 4]),
                criterion(0, [4, 4, 4]),
                criterion(1, [0, 1, 4]),
            ],
        }
    }

    fn profile(answers: &[Option<u8>]) -> Profile {
        Profile { answers: answers.to_vec(), basis: String::new() }
    }

    #[test]
    fn a_seal_is_the_minimum_and_never_an_average() {
        let answers = profile(&[Some(1), Some(2), Some(0), Some(2)]);
        assert_eq!(objective_seal(&framework(), &answers, 0), ObjectiveSeal::Proven(3));
        assert_eq!(objective_seal(&framework(), &answers, 1), ObjectiveSeal::Proven(4));
        assert_eq!(overall_seal(&framework(), &answers), ObjectiveSeal::Proven(3));
    }

    #[test]
    fn an_open_question_that_could_bind_is_not_proven_and_one_that_cannot_is_passed_over() {
        let answers = profile(&[Some(2), Some(2), None]);
        assert_eq!(objective_seal(&framework(), &answers, 0), ObjectiveSeal::Proven(4));
        assert_eq!(objective_seal(&framework(), &answers, 1), ObjectiveSeal::NotProven { criterion: 3 });
        assert_eq!(overall_seal(&framework(), &answers), ObjectiveSeal::NotProven { criterion: 3 });
    }

    #[test]
    fn the_score_weighs_the_values_and_an_open_question_adds_nothing() {
        // (60 × (100 + 200 + 0) + 40 × 200) / 1000
        let answers = profile(&[Some(1), Some(2), Some(0), Some(2)]);
        assert_eq!(score_percent(&framework(), &answers), 26.0);
        assert_eq!(score_percent(&framework(), &profile(&[Some(1)])), 6.0);
        assert_eq!(score_percent(&framework(), &Profile::default()), 0.0);
    }

    #[test]
    fn full_marks_are_what_the_published_calculator_gives() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/facts/sovereignty_csf_calculator_2026-06-01.csv");
        let Ok(mut reader) = csv::Reader::from_path(path) else {
            eprintln!("skipped: {path} is not there");
            return;
        };
        let mut editions =
            ["1.2.1", "2026"].map(|edition| Framework { edition: edition.into(), ..Framework::default() });
        for row in reader.records() {
            let row = row.expect("the calculator is a well-formed CSV");
            for (framework, column) in editions.iter_mut().zip([2, 3]) {
                if framework.objectives.last().is_none_or(|objective| objective.code != row[0]) {
                    let weight = row[column].parse().expect("a weight is a whole number");
                    framework.objectives.push(Objective { code: row[0].into(), name: row[1].into(), weight });
                }
                framework.criteria.push(Criterion {
                    objective: framework.objectives.len() - 1,
                    name: row[5].into(),
                    values: row[6].split(';').map(|value| value.parse().expect("a number")).collect(),
                    seals: row[7].split(';').map(|seal| seal.parse().expect("a SEAL")).collect(),
                });
            }
        }
        let [v1_2_1, v2026] = &editions;
        assert_eq!(v2026.criteria.len(), 48);
        let free = v2026.criteria.iter().filter(|criterion| criterion.seals.iter().all(|seal| *seal == 4));
        assert_eq!(free.count(), 9, "criteria that never bind");
        let best = profile(
            &v2026.criteria.iter().map(|criterion| Some(criterion.seals.len() as u8 - 1)).collect::<Vec<_>>(),
        );
        // Published to four decimals; 100.0805 is 100.08045 rounded, so a tie is let in.
        let half_digit = 5e-5 + 1e-9;
        for (framework, published) in [(v2026, 100.0756), (v1_2_1, 100.0805)] {
            let score = score_percent(framework, &best);
            assert!((score - published).abs() < half_digit, "{}: {score}", framework.edition);
        }
        assert_eq!(overall_seal(v2026, &best), ObjectiveSeal::Proven(4));
    }

    #[test]
    fn a_gate_fails_closed_and_says_what_it_found() {
        let world = fixture::world();
        let offer = |name: &str| world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
        let class =
            |name: &str| world.data_classes.find(|class| class.name == name).expect("a fixture's class");
        let confidential = class("confidential");
        // Azure's first objective is SEAL-1 and its second is not answered.
        let found: Vec<_> = violations(&world, offer("azure/instances"), confidential)
            .into_iter()
            .map(|violation| (violation.objective, violation.required, violation.found))
            .collect();
        assert_eq!(found, [(0, 3, Some(1)), (1, 2, None)]);
        assert!(passes(&world, offer("trusted/instances"), confidential));
        assert!(passes(&world, offer("azure/instances"), class("internal")), "a class without gates");
    }
}
