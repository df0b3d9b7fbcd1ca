//! Which alternative is least regretted over uncertain futures.
//!
//! Futures are a Latin hypercube over the inputs, met by every alternative under the same
//! chance; each is judged by its mean over chance. The criteria ask nothing of how likely a
//! future is, except Laplace's and the tail, which take all futures as equally likely.

mod criteria;

pub use criteria::{Rules, judge, regrets, tail_mean, winners};

use serde::Serialize;

use super::futures::{Asked, Futures};
use super::resample::Resamples;
use super::words;
use crate::study::question::Study;
use crate::study::trials::{AlternativeId, Sampler, Stopped};

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RobustSpec {
    /// The place of the outcome in the study; its target is what satisficing asks for.
    pub outcome: usize,
    /// Which alternatives, at least 2.
    pub alternatives: Vec<AlternativeId>,
    /// Futures: points of a Latin hypercube over the inputs.
    pub futures: u32,
    /// Replications of each, over whose mean the outcome is taken.
    pub replications: u32,
    /// Hurwicz' weight of the worst future, from 0 to 1.
    pub pessimism: f64,
    /// The share of worst futures whose mean is the conditional value at risk, as 0.05.
    pub tail: f64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Robustness {
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Futures.
    pub futures: u32,
    /// Replications of each.
    pub replications: u32,
    /// Hurwicz' weight of the worst future.
    pub pessimism: f64,
    /// The share of worst futures.
    pub tail: f64,
    /// Each alternative, in the order of the spec.
    pub alternatives: Vec<Robust>,
    /// Which is best by each criterion; of several, the first.
    pub winners: Winners,
    /// The regret of each alternative (rows, in the order of the spec) in each future
    /// (columns, ordered by the best outcome that any alternative reaches there, the best
    /// first).
    pub regret: Vec<Vec<f64>>,
    /// What the reader should know, in sentences.
    pub notes: Vec<String>,
}

/// One alternative by every criterion, in the unit of the outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Robust {
    /// Which.
    pub alternative: AlternativeId,
    /// The greatest regret.
    pub greatest_regret: f64,
    /// 90 % of the futures have no more regret.
    pub regret_p90: f64,
    /// The mean regret.
    pub mean_regret: f64,
    /// The outcome in its worst future (Wald).
    pub worst: f64,
    /// The outcome in its best future.
    pub best: f64,
    /// Hurwicz: the worst and the best, weighed.
    pub hurwicz: f64,
    /// Laplace: the mean.
    pub laplace: f64,
    /// Starr: the share of futures in which the target is met; none without a target.
    pub satisficing: Option<f64>,
    /// Conditional value at risk: the mean of the worst futures.
    pub cvar: f64,
    /// The share of futures in which it is the best; a tie is shared.
    pub best_in: f64,
}

/// The best alternative by each criterion; of several, the first of the spec.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Winners {
    /// Least greatest regret.
    pub greatest_regret: AlternativeId,
    /// Least regret at 90 %.
    pub regret_p90: AlternativeId,
    /// Best worst future.
    pub maximin: AlternativeId,
    /// Hurwicz.
    pub hurwicz: AlternativeId,
    /// Laplace.
    pub laplace: AlternativeId,
    /// Most futures that meet the target; none without a target.
    pub satisficing: Option<AlternativeId>,
    /// Least conditional value at risk.
    pub cvar: AlternativeId,
}

/// Resamples of the futures that tell how sure a winner is; a share needs no more.
const RESAMPLED: u32 = 200;
/// A winner that stays one in fewer resamples is not sure.
const SURE: f64 = 0.95;

/// Judges every alternative over the same futures: see [`judge`].
///
/// # Errors
/// Those of the sampler; [`Stopped::Impossible`] if no input varies, there are fewer than two
/// alternatives, or the tail or the pessimism is no share.
pub fn robust(study: &Study, spec: &RobustSpec, sampler: &mut dyn Sampler) -> Result<Robustness, Stopped> {
    if spec.alternatives.len() < 2 {
        return Err(Stopped::Impossible("regret needs at least two alternatives".to_owned()));
    }
    let tail_is_a_share = spec.tail > 0.0 && spec.tail <= 1.0;
    if !tail_is_a_share || !(0.0..=1.0).contains(&spec.pessimism) {
        return Err(Stopped::Impossible(
            "the tail is a share above 0, and the pessimism one from 0 to 1".to_owned(),
        ));
    }
    let futures = Futures::of(study, spec.futures, 2)?;
    let asked =
        Asked { alternatives: &spec.alternatives, outcome: spec.outcome, replications: spec.replications };
    let runs = futures.run(&asked, sampler)?;
    let outcomes: Vec<Vec<f64>> = (0..spec.alternatives.len()).map(|place| runs.means(place)).collect();

    let outcome = &study.outcomes[spec.outcome];
    let rules =
        Rules { better: outcome.better, target: outcome.target, pessimism: spec.pessimism, tail: spec.tail };
    let alternatives = judge(&rules, &spec.alternatives, &outcomes);
    let winners = winners(&rules, &alternatives);
    let resamples = Resamples::of(study, &format!("robust {}", outcome.figure)).first(RESAMPLED);
    let notes = notes(study, spec, &winners, &sureness(&rules, spec, &outcomes, &winners, &resamples));
    Ok(Robustness {
        outcome: spec.outcome,
        futures: spec.futures,
        replications: spec.replications,
        pessimism: spec.pessimism,
        tail: spec.tail,
        alternatives,
        winners,
        regret: by_best_outcome(&rules, &outcomes),
        notes,
    })
}

/// The regrets with the futures in the order of the best outcome in each; of several alike,
/// the one in which the others are less regretted first.
fn by_best_outcome(rules: &Rules, outcomes: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let futures = outcomes.first().map_or(0, Vec::len);
    let losses = |future: usize| outcomes.iter().map(move |values| rules.better.loss(values[future]));
    let keys: Vec<(f64, f64)> = (0..futures)
        .map(|future| (losses(future).fold(f64::INFINITY, f64::min), losses(future).sum()))
        .collect();
    let mut order: Vec<usize> = (0..futures).collect();
    order.sort_by(|a, b| keys[*a].0.total_cmp(&keys[*b].0).then(keys[*a].1.total_cmp(&keys[*b].1)));
    regrets(rules, outcomes)
        .iter()
        .map(|regret| order.iter().map(|future| regret[*future]).collect())
        .collect()
}

/// The winners by name of the criterion.
fn named(winners: &Winners) -> Vec<(&'static str, AlternativeId)> {
    let mut named = vec![
        ("greatest regret", winners.greatest_regret),
        ("regret at 90 %", winners.regret_p90),
        ("maximin", winners.maximin),
        ("Hurwicz", winners.hurwicz),
        ("Laplace", winners.laplace),
        ("the tail", winners.cvar),
    ];
    named.extend(winners.satisficing.map(|winner| ("satisficing", winner)));
    named
}

/// For each criterion, in how many of the resamples of the futures its winner is the same.
fn sureness(
    rules: &Rules,
    spec: &RobustSpec,
    outcomes: &[Vec<f64>],
    winners: &Winners,
    resamples: &Resamples,
) -> Vec<f64> {
    let found = named(winners);
    let mut same = vec![0_u32; found.len()];
    for number in 0..resamples.number {
        let counts = resamples.counts(number, outcomes[0].len());
        let drawn: Vec<Vec<f64>> = outcomes
            .iter()
            .map(|values| {
                let times = values.iter().zip(&counts);
                times.flat_map(|(value, times)| std::iter::repeat_n(*value, *times as usize)).collect()
            })
            .collect();
        let again = named(&self::winners(rules, &judge(rules, &spec.alternatives, &drawn)));
        for (same, (again, found)) in same.iter_mut().zip(again.iter().zip(&found)) {
            *same += u32::from(again.1 == found.1);
        }
    }
    same.into_iter().map(|same| f64::from(same) / f64::from(resamples.number)).collect()
}

fn notes(study: &Study, spec: &RobustSpec, winners: &Winners, sureness: &[f64]) -> Vec<String> {
    let label = |alternative: AlternativeId| study.alternatives[alternative].label.as_str();
    let named = named(winners);
    let mut notes = Vec::new();
    for &alternative in &spec.alternatives {
        let by: Vec<&str> =
            named.iter().filter(|(_, winner)| *winner == alternative).map(|(name, _)| *name).collect();
        if by.len() == named.len() {
            notes.push(format!("{} is best by every criterion.", label(alternative)));
        } else if !by.is_empty() {
            notes.push(format!("{} is best by {}.", label(alternative), words::listed(&by)));
        }
    }
    let unsure: Vec<String> = named
        .iter()
        .zip(sureness)
        .filter(|(_, same)| **same < SURE)
        .map(|((name, _), same)| format!("{name} ({})", words::percent(*same)))
        .collect();
    if !unsure.is_empty() {
        notes.push(format!(
            "Other futures might name another winner by {}: the share of resamples of the futures with the same \
             one.",
            words::listed(&unsure)
        ));
    }
    if study.outcomes[spec.outcome].target.is_none() {
        notes.push(format!(
            "Satisficing is not judged: the study gives no target for the {}.",
            words::within(&study.outcomes[spec.outcome].label)
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id as _;
    use crate::study::fixture;
    use crate::study::question::Better;
    use crate::study::trials::{Plainly, Trial};

    fn spec(alternatives: usize) -> RobustSpec {
        RobustSpec {
            outcome: 0,
            alternatives: (0..alternatives).map(fixture::alternative).collect(),
            futures: 200,
            replications: 4,
            pessimism: 0.5,
            tail: 0.05,
        }
    }

    /// Alternative 0 costs 10 always; alternative 1 costs 0 to 30 as x0 goes from 0 to 1.
    /// Chance adds as much as it has numbers, to both alike.
    fn safe_or_bold(trial: &Trial, point: &[f64], out: &mut [f64]) {
        let cost = if trial.alternative.index() == 0 { 10.0 } else { 30.0 * point[0] };
        out[0] = cost + trial.chance as f64 - 1.5;
    }

    #[test]
    fn a_safe_choice_is_regretted_less_than_a_bold_one() {
        let mut study = fixture::study(2, 2, 1);
        study.outcomes[0].target = Some(15.0);
        let mut sampler = Plainly { outcomes: 1, model: safe_or_bold };
        let found = robust(&study, &spec(2), &mut sampler).expect("nothing interrupts");
        let [safe, bold] = &found.alternatives[..] else { panic!("two alternatives") };
        // x0 has one point in each 200th: its greatest is within 1/200 of 1, 0.15 EUR.
        assert!((safe.greatest_regret - 10.0).abs() < 0.15 && (bold.greatest_regret - 20.0).abs() < 0.15);
        assert_eq!((safe.worst, safe.laplace, safe.cvar, safe.satisficing), (10.0, 10.0, 10.0, Some(1.0)));
        // 15 of 30 is the middle of x0, which lies between two slices; the mean errs far less
        // than a slice.
        assert_eq!(bold.satisficing, Some(0.5));
        assert!((bold.laplace - 15.0).abs() < 0.15 && (bold.cvar - 29.25).abs() < 0.15);
        assert!((safe.best_in - 2.0 / 3.0).abs() < 0.01);
        let zero = fixture::alternative(0);
        assert!(named(&found.winners).iter().all(|(_, winner)| *winner == zero));
        assert_eq!(found.notes, ["Alternative 0 is best by every criterion."]);
        // In the order of the best outcome: bold is not regretted first, and most at the end.
        assert_eq!(found.regret[1][0], 0.0);
        assert!(found.regret[1].is_sorted() && found.regret[0][199] == 0.0);
    }

    #[test]
    fn where_more_is_better_the_signs_turn_and_nothing_else() {
        let mut study = fixture::study(2, 2, 1);
        study.outcomes[0].target = Some(15.0);
        let costs = robust(&study, &spec(2), &mut Plainly { outcomes: 1, model: safe_or_bold });
        study.outcomes[0].better = Better::Higher;
        study.outcomes[0].target = Some(-15.0);
        let gain = |trial: &Trial, point: &[f64], out: &mut [f64]| {
            safe_or_bold(trial, point, out);
            out[0] = -out[0];
        };
        let gains = robust(&study, &spec(2), &mut Plainly { outcomes: 1, model: gain });
        let (costs, gains) = (costs.expect("nothing interrupts"), gains.expect("nothing interrupts"));
        assert_eq!((&costs.regret, &costs.winners), (&gains.regret, &gains.winners));
        for (cost, gain) in costs.alternatives.iter().zip(&gains.alternatives) {
            assert_eq!((cost.worst, cost.best, cost.hurwicz), (-gain.worst, -gain.best, -gain.hurwicz));
            assert_eq!(
                (cost.laplace, cost.cvar, cost.satisficing),
                (-gain.laplace, -gain.cvar, gain.satisficing)
            );
        }
    }

    #[test]
    fn a_winner_that_other_futures_would_change_is_named() {
        // Both cost the same but for a small difference of no sign.
        let study = fixture::study(2, 2, 1);
        let close = |trial: &Trial, point: &[f64], out: &mut [f64]| {
            out[0] = point[trial.alternative.index()];
        };
        let found =
            robust(&study, &spec(2), &mut Plainly { outcomes: 1, model: close }).expect("nothing interrupts");
        assert!(
            found.notes.iter().any(|note| note.starts_with("Other futures might name another")),
            "{:?}",
            found.notes
        );
        assert!(found.notes.iter().any(|note| note.starts_with("Satisficing is not judged")));
    }

    #[test]
    fn a_study_without_inputs_has_one_future_and_no_regret() {
        let study = fixture::study(2, 0, 1);
        let refused = robust(&study, &spec(2), &mut Plainly { outcomes: 1, model: safe_or_bold });
        assert!(matches!(refused, Err(Stopped::Impossible(why)) if why.contains("only one future")));
    }
}
