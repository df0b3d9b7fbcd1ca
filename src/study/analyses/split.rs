//! How much of the variation is ignorance and how much is chance.
//!
//! For each draw of the inputs the simulation is replicated with fresh chance; a one-way
//! analysis of variance takes the two apart.

use serde::Serialize;

use super::Estimate;
use crate::base::ids::Id as _;
use crate::study::question::{Outcome, Study};
use crate::study::statistics::anova::components;
use crate::study::statistics::proportion::clustered;
use crate::study::trials::{AlternativeId, At, Design, Sampler, Stopped};

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SplitSpec {
    /// Draws of all uncertain inputs, at least 2.
    pub draws: u32,
    /// Replications with fresh chance for each draw, at least 2.
    pub replications: u32,
}

/// The two parts of the variation of every outcome of every alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Split {
    /// Draws of the inputs.
    pub draws: u32,
    /// Replications for each.
    pub replications: u32,
    /// One for each alternative and outcome, alternatives first.
    pub parts: Vec<Parts>,
}

/// The parts of the variation of one outcome under one alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parts {
    /// Under which alternative.
    pub alternative: AlternativeId,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// The mean over all runs.
    pub mean: f64,
    /// Variance between draws, chance taken off: ignorance. An unbiased estimate, so it
    /// may be below zero where there is none.
    pub ignorance: f64,
    /// Variance within a draw: chance.
    pub chance: f64,
    /// The share of ignorance in both, with a 95 % interval; none where nothing varies.
    pub share: Option<Estimate>,
    /// How often the target is missed; none where the outcome has no target.
    pub missed: Option<Missed>,
}

/// How often a target is missed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Missed {
    /// The pooled probability over inputs and chance, with a 95 % Clopper–Pearson interval.
    ///
    /// Runs of one draw share its inputs, so they do not count as so many independent
    /// ones: the interval is that of the effective number of runs
    /// ([`clustered`]), which lies between
    /// the number of draws and that of runs.
    pub pooled: Estimate,
    /// The frequency over chance given the inputs: 5 % of the draws lie at or below. It is
    /// as coarse as the replications of a draw are few: of two, it is 0, ½ or 1.
    pub p5: f64,
    /// And 95 % of the draws at or below this.
    pub p95: f64,
}

/// The level of all intervals.
const LEVEL: f64 = 0.95;

/// Takes ignorance and chance apart, for every alternative and outcome of the study.
///
/// Draw d of the inputs is that of replication d of a run. Every run has a chance of its
/// own, the same for all alternatives, addressed by its number alone and never by what the
/// inputs are: what is the same chance in two draws would pass for ignorance.
///
/// # Errors
/// [`Stopped`]: by the sampler, or since there are not two draws of two replications.
pub fn split(study: &Study, spec: &SplitSpec, sampler: &mut dyn Sampler) -> Result<Split, Stopped> {
    if spec.draws < 2 || spec.replications < 2 {
        return Err(Stopped::Impossible(format!(
            "a split needs at least 2 draws of 2 replications, not {} of {}",
            spec.draws, spec.replications
        )));
    }
    let table = sampler.sample(&design(study, spec))?;
    let alternatives = study.alternatives.len();
    let parts = (0..alternatives).flat_map(|alternative| {
        let table = &table;
        study.outcomes.iter().enumerate().map(move |(place, outcome)| {
            let values: Vec<f64> =
                (alternative..table.len()).step_by(alternatives).map(|row| table.at(row, place)).collect();
            parts(
                AlternativeId::from_index(alternative),
                (place, outcome),
                &values,
                spec.replications as usize,
            )
        })
    });
    Ok(Split { draws: spec.draws, replications: spec.replications, parts: parts.collect() })
}

/// All alternatives of one run together, the runs of one draw one after the other.
fn design(study: &Study, spec: &SplitSpec) -> Design {
    let mut design = Design::new(study.columns());
    for draw in 0..u64::from(spec.draws) {
        for replication in 0..u64::from(spec.replications) {
            let run = draw * u64::from(spec.replications) + replication;
            for alternative in 0..study.alternatives.len() {
                design.add(AlternativeId::from_index(alternative), At::Drawn(draw), run);
            }
        }
    }
    design
}

fn parts(alternative: AlternativeId, outcome: (usize, &Outcome), values: &[f64], size: usize) -> Parts {
    let (place, outcome) = outcome;
    let components = components(values, size, LEVEL);
    Parts {
        alternative,
        outcome: place,
        mean: components.mean,
        ignorance: components.between,
        chance: components.within,
        share: components.share,
        missed: outcome.target.map(|_| missed(outcome, values, size)),
    }
}

fn missed(outcome: &Outcome, values: &[f64], size: usize) -> Missed {
    let often = |draw: &[f64]| draw.iter().filter(|value| outcome.misses(**value)).count();
    let mut shares: Vec<f64> =
        values.chunks_exact(size).map(|draw| often(draw) as f64 / size as f64).collect();
    let pooled = clustered(&shares, size, LEVEL);
    shares.sort_by(f64::total_cmp);
    // The least frequency that a share p of the draws does not exceed.
    let at = |p: f64| shares[(libm::ceil(p * shares.len() as f64) as usize).max(1) - 1];
    Missed { pooled, p5: at(0.05), p95: at(0.95) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::{Draws, EntityKey, EntityKind, Purpose};
    use crate::study::fixture;
    use crate::study::trials::{Plainly, Trial};

    const NOISE: Purpose = Purpose::new("noise of a test");
    const KEY: EntityKey = EntityKey::new(EntityKind::new("test"), "split", 0);

    fn normal(seed: u64, replication: u64) -> f64 {
        Draws { seed, replication }.stream(NOISE, KEY).normal(0.0, 1.0)
    }

    /// Alternative 0 is all ignorance, alternative 1 all chance, alternative 2 twice as
    /// much ignorance (in variance) as chance.
    fn model(trial: &Trial, _: &[f64], out: &mut [f64]) {
        let At::Drawn(draw) = trial.inputs else { panic!("a split draws its inputs: {trial:?}") };
        let (ignorance, chance) = (normal(1, draw), normal(2, trial.chance));
        out[0] = match trial.alternative.index() {
            0 => ignorance,
            1 => chance,
            _ => 2.0_f64.sqrt() * ignorance + chance,
        };
    }

    fn found(spec: SplitSpec, target: Option<f64>) -> Split {
        let mut study = fixture::study(3, 1, 1);
        study.outcomes[0].target = target;
        split(&study, &spec, &mut Plainly { outcomes: 1, model }).unwrap()
    }

    #[test]
    fn ignorance_and_chance_are_told_apart() {
        let split = found(SplitSpec { draws: 400, replications: 3 }, None);
        let [certain, lucky, both] = &split.parts[..] else { panic!("one for each alternative") };
        assert_eq!(certain.chance, 0.0);
        assert_eq!(certain.share, Some(Estimate { value: 1.0, low: 1.0, high: 1.0 }));
        let share = lucky.share.unwrap();
        assert!(share.low < 0.0 && 0.0 < share.high && share.high < 0.1, "{share:?}");
        let share = both.share.unwrap();
        assert!(
            share.low < 2.0 / 3.0 && 2.0 / 3.0 < share.high && share.high - share.low < 0.12,
            "{share:?}"
        );
        // The variance of 800 degrees of freedom scatters by √(2/800) = .05.
        assert!((both.chance - 1.0).abs() < 0.15, "{both:?}");
        assert!(both.missed.is_none());
    }

    #[test]
    fn a_target_is_missed_by_ignorance_or_by_chance() {
        // Missed above 0, half of the time.
        let split = found(SplitSpec { draws: 400, replications: 10 }, Some(0.0));
        let missed: Vec<Missed> = split.parts.iter().map(|parts| parts.missed.unwrap()).collect();
        // The same inputs miss always or never; the same chance about half of the time.
        assert_eq!((missed[0].p5, missed[0].p95), (0.0, 1.0));
        // Of ten coins 5 % show at most 2 heads, and 95 % at most 8.
        assert_eq!((missed[1].p5, missed[1].p95), (0.2, 0.8));
        let width = |missed: &Missed| missed.pooled.high - missed.pooled.low;
        // 400 draws count for one, 4,000 runs for the other: a factor of √10.
        let ratio = width(&missed[0]) / width(&missed[1]);
        assert!((2.8..3.5).contains(&ratio), "{ratio}");
        for missed in &missed {
            assert!(missed.pooled.low < 0.5 && 0.5 < missed.pooled.high, "{missed:?}");
        }
    }

    #[test]
    fn every_run_has_its_own_chance_the_same_for_all_alternatives() {
        let design = design(&fixture::study(2, 0, 1), &SplitSpec { draws: 2, replications: 3 });
        let laid: Vec<_> = design
            .trials
            .iter()
            .map(|trial| (trial.alternative.index(), trial.inputs, trial.chance))
            .collect();
        let expected: Vec<_> =
            (0..6_u64).flat_map(|run| [0, 1].map(|a| (a, At::Drawn(run / 3), run))).collect();
        assert_eq!(laid, expected);
    }

    #[test]
    fn adding_or_renaming_an_alternative_changes_no_other_parts() {
        let spec = SplitSpec { draws: 20, replications: 2 };
        let of = |alternatives| {
            let mut study = fixture::study(alternatives, 1, 1);
            study.alternatives[fixture::alternative(0)].name = format!("one of {alternatives}");
            split(&study, &spec, &mut Plainly { outcomes: 1, model }).unwrap()
        };
        assert_eq!(of(2).parts[..], of(3).parts[..2]);
    }

    #[test]
    fn one_replication_cannot_tell_them_apart() {
        let study = fixture::study(1, 1, 1);
        let refused =
            split(&study, &SplitSpec { draws: 9, replications: 1 }, &mut Plainly { outcomes: 1, model });
        assert_eq!(
            refused.unwrap_err().to_string(),
            "a split needs at least 2 draws of 2 replications, not 9 of 1"
        );
    }
}
