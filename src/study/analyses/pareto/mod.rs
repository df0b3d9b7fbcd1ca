//! What cannot be improved without giving something up.
//!
//! Every alternative is run in the same replications, inputs and chance drawn; what is
//! wanted of each is a mean or a tail mean of an outcome. The resamples that say how sure
//! the front is draw replications, the same for all alternatives.

mod dominance;
mod hypervolume;
mod statistic;

pub use dominance::{dominates, efficient, knee, ranges};
pub use hypervolume::hypervolume;

use serde::Serialize;

use super::resample::{Resamples, percentile_interval};
use super::words;
use crate::study::question::Study;
use crate::study::summary::Summary;
use crate::study::trials::{AlternativeId, At, Design, Sampler, Stopped};
use statistic::Losses;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParetoSpec {
    /// What is wanted, 2 to 4 of them.
    pub objectives: Vec<Objective>,
    /// Which alternatives: strategies in every setting of the levers.
    pub alternatives: Vec<AlternativeId>,
    /// Replications of each, all uncertain inputs drawn, under common random numbers.
    pub replications: u32,
}

/// One objective: a statistic of an outcome, wanted low or high as the outcome is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Objective {
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Which statistic of it.
    pub statistic: Statistic,
}

/// A statistic of the replications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// The mean.
    Mean,
    /// The mean of the worst 5 %: risk.
    Tail,
}

/// The share of the replications that a [`Statistic::Tail`] is the mean of.
pub const TAIL: f64 = 0.05;
/// The reference point lies so much of the range beyond the worst candidate.
const BEYOND: f64 = 0.1;
/// A tail over fewer replications than this is a rough number.
const FEW_IN_A_TAIL: f64 = 10.0;
/// Whoever is on the front in fewer resamples, or in more than the rest, is not sure.
const SURE: f64 = 0.95;
/// Names in one note.
const NAMED: usize = 4;

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Front {
    /// What is wanted.
    pub objectives: Vec<Objective>,
    /// Replications of each alternative.
    pub replications: u32,
    /// Every alternative, in the order of the spec.
    pub candidates: Vec<Scored>,
    /// The point that every candidate is better than, against which the hypervolume is
    /// measured, in units of the outcomes: a tenth of the range of the candidates beyond the
    /// worst of them, in every objective, so that the ends of the front count, too.
    pub reference: Vec<f64>,
    /// The share of the box between the ideal point (the best of every objective) and the
    /// reference that the front dominates, 0 to 1; objectives in which all candidates are
    /// alike are left out.
    pub hypervolume: f64,
    /// The alternative on the front nearest to the ideal point with every objective
    /// scaled to the front's range: the knee. Of several, the first of the spec.
    pub knee: AlternativeId,
    /// What the reader should know, in sentences.
    pub notes: Vec<String>,
}

/// One alternative by every objective.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scored {
    /// Which.
    pub alternative: AlternativeId,
    /// The value of each objective.
    pub values: Vec<f64>,
    /// The half-width of its 95 % interval: by Student's t for a mean, by a bootstrap for
    /// a tail.
    pub half_widths: Vec<f64>,
    /// Whether no other is at least as good in all objectives and better in one.
    pub efficient: bool,
    /// The share of bootstrap resamples of the replications in which it is efficient.
    pub efficient_share: f64,
}

/// Finds the front.
///
/// # Errors
/// Those of the sampler; [`Stopped::Impossible`] unless there are 2 to 4 objectives, at
/// least one alternative and at least two replications.
pub fn pareto(study: &Study, spec: &ParetoSpec, sampler: &mut dyn Sampler) -> Result<Front, Stopped> {
    if !(2..=4).contains(&spec.objectives.len()) {
        return Err(Stopped::Impossible(format!(
            "{} objectives were given, but a front is of 2 to 4",
            spec.objectives.len()
        )));
    }
    if spec.alternatives.is_empty() || spec.replications < 2 {
        return Err(Stopped::Impossible(
            "a front needs at least one alternative and two replications".to_owned(),
        ));
    }
    let losses = sample(study, spec, sampler)?;
    let replications = spec.replications as usize;
    let points = statistics(spec, &losses, &vec![1; replications]);
    let on_front = efficient(&points);
    let again = resample(study, spec, &losses);
    let knee = spec.alternatives[knee(&points, &on_front)];

    let outcome = |objective: &Objective| &study.outcomes[objective.outcome];
    let value = |objective: &Objective, loss: f64| outcome(objective).better.loss(loss);
    let extent = extent(&points);
    let candidates: Vec<Scored> = spec
        .alternatives
        .iter()
        .enumerate()
        .map(|(place, alternative)| Scored {
            alternative: *alternative,
            values: spec
                .objectives
                .iter()
                .zip(&points[place])
                .map(|(objective, loss)| value(objective, *loss))
                .collect(),
            half_widths: (0..spec.objectives.len())
                .map(|objective| match spec.objectives[objective].statistic {
                    Statistic::Mean => Summary::of(losses[place][objective].values())
                        .map_or(0.0, |summary| summary.half_width_95),
                    Statistic::Tail => again.half_widths[place][objective],
                })
                .collect(),
            efficient: on_front[place],
            efficient_share: again.efficient[place],
        })
        .collect();
    Ok(Front {
        objectives: spec.objectives.clone(),
        replications: spec.replications,
        reference: spec
            .objectives
            .iter()
            .zip(&extent.reference)
            .map(|(objective, loss)| value(objective, *loss))
            .collect(),
        hypervolume: extent.dominated,
        knee,
        notes: notes(study, spec, &candidates, knee),
        candidates,
    })
}

/// The losses of every alternative (outer) in every objective, replication by replication.
fn sample(study: &Study, spec: &ParetoSpec, sampler: &mut dyn Sampler) -> Result<Vec<Vec<Losses>>, Stopped> {
    let mut design = Design::new(study.columns());
    for replication in 0..u64::from(spec.replications) {
        for &alternative in &spec.alternatives {
            design.add(alternative, At::Drawn(replication), replication);
        }
    }
    let table = sampler.sample(&design)?;
    let width = spec.alternatives.len();
    let of = |place: usize, objective: &Objective| {
        let better = study.outcomes[objective.outcome].better;
        let rows = (0..spec.replications as usize).map(|replication| replication * width + place);
        Losses::new(rows.map(|row| better.loss(table.at(row, objective.outcome))).collect())
    };
    Ok((0..width)
        .map(|place| spec.objectives.iter().map(|objective| of(place, objective)).collect())
        .collect())
}

/// The point of every alternative, each replication counted so often.
fn statistics(spec: &ParetoSpec, losses: &[Vec<Losses>], counts: &[u32]) -> Vec<Vec<f64>> {
    let point = |losses: &Vec<Losses>| {
        let each = spec.objectives.iter().zip(losses);
        each.map(|(objective, losses)| match objective.statistic {
            Statistic::Mean => losses.mean(counts),
            Statistic::Tail => losses.tail(counts, TAIL),
        })
        .collect()
    };
    losses.iter().map(point).collect()
}

/// What the resamples say.
struct Again {
    /// In which share of them each alternative is on the front.
    efficient: Vec<f64>,
    /// Half of the percentile interval of each alternative in each objective.
    half_widths: Vec<Vec<f64>>,
}

fn resample(study: &Study, spec: &ParetoSpec, losses: &[Vec<Losses>]) -> Again {
    let resamples = Resamples::of(study, &finding(study, spec));
    let mut efficient_in = vec![0_u32; losses.len()];
    let mut drawn =
        vec![vec![Vec::with_capacity(resamples.number as usize); spec.objectives.len()]; losses.len()];
    for number in 0..resamples.number {
        let points = statistics(spec, losses, &resamples.counts(number, spec.replications as usize));
        for (times, member) in efficient_in.iter_mut().zip(efficient(&points)) {
            *times += u32::from(member);
        }
        for (drawn, value) in drawn.iter_mut().flatten().zip(points.iter().flatten()) {
            drawn.push(*value);
        }
    }
    let half =
        |values: &mut Vec<f64>| percentile_interval(values).map_or(0.0, |[low, high]| (high - low) / 2.0);
    Again {
        efficient: efficient_in
            .into_iter()
            .map(|times| f64::from(times) / f64::from(resamples.number))
            .collect(),
        half_widths: drawn.iter_mut().map(|objectives| objectives.iter_mut().map(half).collect()).collect(),
    }
}

/// What the finding is called, for the address of its resamples.
fn finding(study: &Study, spec: &ParetoSpec) -> String {
    let figures: Vec<&str> =
        spec.objectives.iter().map(|objective| study.outcomes[objective.outcome].figure.as_str()).collect();
    format!("pareto {}", figures.join(" "))
}

/// Where the hypervolume is measured, and what it is.
struct Extent {
    reference: Vec<f64>,
    dominated: f64,
}

fn extent(points: &[Vec<f64>]) -> Extent {
    let ranges = ranges(points);
    let reference: Vec<f64> = ranges.iter().map(|[best, worst]| worst + BEYOND * (worst - best)).collect();
    let telling: Vec<usize> = (0..ranges.len()).filter(|k| ranges[*k][1] > ranges[*k][0]).collect();
    if telling.is_empty() {
        return Extent { reference, dominated: 1.0 };
    }
    // Scaled to the box: the share does not depend on units.
    let scaled: Vec<Vec<f64>> = points
        .iter()
        .map(|point| {
            telling.iter().map(|k| (point[*k] - ranges[*k][0]) / (reference[*k] - ranges[*k][0])).collect()
        })
        .collect();
    Extent { dominated: hypervolume(&scaled, &vec![1.0; telling.len()]), reference }
}

fn notes(study: &Study, spec: &ParetoSpec, candidates: &[Scored], knee: AlternativeId) -> Vec<String> {
    let label = |alternative: AlternativeId| study.alternatives[alternative].label.as_str();
    let front: Vec<&Scored> = candidates.iter().filter(|one| one.efficient).collect();
    let wins = |one: &Scored, other: &Scored| {
        let better = |(place, objective): &(usize, &Objective)| {
            let wanted = study.outcomes[objective.outcome].better;
            wanted.prefers(one.values[*place], other.values[*place])
        };
        spec.objectives.iter().enumerate().filter(better).count()
    };
    let mut notes = Vec::new();
    match front.len() {
        1 => notes.push(format!("{} is the best in every objective: there is nothing to trade.", label(knee))),
        2 if wins(front[0], front[1]) == 0 && wins(front[1], front[0]) == 0 => {
            notes.push("Two are on the front, and no objective tells them apart.".to_owned());
        }
        // As many objectives each: both are as far from the best of everything.
        2 if wins(front[0], front[1]) == wins(front[1], front[0]) => notes.push(format!(
            "Two are on the front, each an end of it: neither is a knee, {} is only the first.",
            label(knee)
        )),
        on_front => notes.push(format!(
            "{on_front} of {} alternatives are on the front; the knee, nearest to the best of everything, is {}.",
            candidates.len(),
            label(knee)
        )),
    }
    let shares = |wanted: &dyn Fn(&Scored) -> bool| {
        let mut unsure: Vec<&Scored> = candidates.iter().filter(|one| wanted(one)).collect();
        unsure.sort_by(|a, b| (a.efficient_share - 0.5).abs().total_cmp(&(b.efficient_share - 0.5).abs()));
        let more = unsure.len().saturating_sub(NAMED);
        let mut named: Vec<String> = unsure
            .iter()
            .take(NAMED)
            .map(|one| format!("{} ({})", label(one.alternative), words::percent(one.efficient_share)))
            .collect();
        if more > 0 {
            named.push(format!("{more} more"));
        }
        words::listed(&named)
    };
    let doubtful = shares(&|one| one.efficient && one.efficient_share < SURE);
    if !doubtful.is_empty() {
        notes.push(format!(
            "On the front, but not in all resamples: {doubtful}. More replications would tell."
        ));
    }
    let near = shares(&|one| !one.efficient && one.efficient_share > 1.0 - SURE);
    if !near.is_empty() {
        notes.push(format!("Off the front, but on it in some resamples: {near}."));
    }
    for objective in 0..spec.objectives.len() {
        let first = candidates[0].values[objective];
        if candidates.len() > 1 && candidates.iter().all(|one| one.values[objective] == first) {
            notes.push(format!(
                "The {} is the same for all alternatives: it decides nothing.",
                words::within(&study.outcomes[spec.objectives[objective].outcome].label)
            ));
        }
    }
    notes.extend(alike(study, &front));
    let in_tail = TAIL * f64::from(spec.replications);
    if spec.objectives.iter().any(|objective| objective.statistic == Statistic::Tail)
        && in_tail < FEW_IN_A_TAIL
    {
        notes.push(format!(
            "The worst {} of {} replications are {in_tail:.0} or so: ask for {:.0} to be surer of a tail.",
            words::percent(TAIL),
            spec.replications,
            2.0 * FEW_IN_A_TAIL / TAIL
        ));
    }
    notes
}

/// Those of the front that no objective tells apart.
fn alike(study: &Study, front: &[&Scored]) -> Vec<String> {
    let mut told = vec![false; front.len()];
    let mut notes = Vec::new();
    for (place, one) in front.iter().enumerate() {
        let same: Vec<usize> = (place..front.len())
            .filter(|other| !told[*other] && front[*other].values == one.values)
            .collect();
        if same.len() > 1 {
            let names: Vec<&str> = same
                .iter()
                .map(|other| study.alternatives[front[*other].alternative].label.as_str())
                .collect();
            notes.push(format!("No objective tells {} apart.", words::listed(&names)));
        }
        for other in same {
            told[other] = true;
        }
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

    const COSTS: [[f64; 2]; 4] = [[0.0, 10.0], [20.0, 3.0], [100.0, 0.0], [50.0, 5.0]];

    fn spec(alternatives: usize, statistic: Statistic) -> ParetoSpec {
        ParetoSpec {
            objectives: (0..2).map(|outcome| Objective { outcome, statistic }).collect(),
            alternatives: (0..alternatives).map(fixture::alternative).collect(),
            replications: 40,
        }
    }

    /// Of the table of costs, with the replication's number on top for all alike.
    fn table(trial: &Trial, _: &[f64], out: &mut [f64]) {
        assert_eq!(trial.inputs, At::Drawn(trial.chance), "inputs and chance are of one replication");
        for (out, cost) in out.iter_mut().zip(COSTS[trial.alternative.index()]) {
            *out = cost + trial.chance as f64;
        }
    }

    fn front(study: &Study, spec: &ParetoSpec, model: impl FnMut(&Trial, &[f64], &mut [f64])) -> Front {
        pareto(study, spec, &mut Plainly { outcomes: 2, model }).expect("nothing interrupts")
    }

    #[test]
    fn a_front_is_scored_as_by_hand() {
        let study = fixture::study(4, 1, 2);
        let found = front(&study, &spec(4, Statistic::Mean), table);
        // The mean of 0 to 39 is on top of everything.
        assert_eq!(found.candidates[1].values, [39.5, 22.5]);
        assert_eq!(
            found.candidates.iter().map(|one| one.efficient).collect::<Vec<_>>(),
            [true, true, true, false]
        );
        // What all share does not make anyone's place unsure.
        assert_eq!(
            found.candidates.iter().map(|one| one.efficient_share).collect::<Vec<_>>(),
            [1.0, 1.0, 1.0, 0.0]
        );
        assert_eq!(found.knee, fixture::alternative(1));
        assert_eq!(found.reference, [129.5, 30.5]);
        // In a box of 110 by 11: 110·1 + 90·7 + 10·3 = 770 of 1,210; rounding of scaled sums.
        assert!((found.hypervolume - 770.0 / 1_210.0).abs() < 1e-12, "{}", found.hypervolume);
        // 40 replications of variance 40·41/12, t(39) = 2.022691: 2.022691·√(136.667/40).
        assert!((found.candidates[0].half_widths[0] - 3.738_82).abs() < 1e-4);
        assert_eq!(
            found.notes,
            [
                "3 of 4 alternatives are on the front; the knee, nearest to the best of everything, is Alternative 1."
            ]
        );
    }

    #[test]
    fn where_more_is_better_the_front_turns_with_it() {
        let mut study = fixture::study(4, 1, 2);
        let costs = front(&study, &spec(4, Statistic::Tail), table);
        study.outcomes[1].better = Better::Higher;
        let found = front(&study, &spec(4, Statistic::Tail), |trial, point, out| {
            table(trial, point, out);
            out[1] = -out[1];
        });
        assert_eq!(found.knee, costs.knee);
        assert_eq!(found.hypervolume, costs.hypervolume);
        assert_eq!(found.reference[1], -costs.reference[1]);
        // The worst 5 % of 40 are two: 38.5 on top of everything.
        assert_eq!(costs.candidates[1].values, [58.5, 41.5]);
        assert_eq!(found.candidates[1].values, [58.5, -41.5]);
        assert!(found.candidates[1].half_widths[1] > 0.0);
        assert!(found.notes.iter().any(|note| note.contains("are 2 or so")), "{:?}", found.notes);
    }

    #[test]
    fn an_order_or_a_dominated_alternative_changes_no_place_on_the_front() {
        // Noise of its own for every alternative, by name.
        let noisy = |trial: &Trial, _: &[f64], out: &mut [f64]| {
            for (k, (out, cost)) in out.iter_mut().zip(COSTS[trial.alternative.index()]).enumerate() {
                let turn = (trial.chance * 7 + trial.alternative.index() as u64 * 3 + k as u64 * 5) % 11;
                *out = cost + 8.0 * turn as f64;
            }
        };
        let study = fixture::study(4, 1, 2);
        let straight = spec(3, Statistic::Mean);
        let turned = ParetoSpec {
            alternatives: straight.alternatives.iter().rev().copied().collect(),
            ..straight.clone()
        };
        let more = spec(4, Statistic::Mean);
        let (found, turned, more) =
            (front(&study, &straight, noisy), front(&study, &turned, noisy), front(&study, &more, noisy));
        assert_eq!(found.knee, turned.knee);
        let mut back = turned.candidates;
        back.reverse();
        assert_eq!(found.candidates, back);
        // The fourth is dominated in the mean by the second; its resamples take nothing from
        // the means of others.
        assert!(!more.candidates[3].efficient);
        assert_eq!(more.knee, found.knee);
        for (one, other) in more.candidates.iter().zip(&found.candidates) {
            assert_eq!((&one.values, one.efficient), (&other.values, other.efficient));
        }
    }

    #[test]
    fn the_best_of_all_leaves_nothing_to_trade() {
        let study = fixture::study(2, 1, 2);
        let found = front(&study, &spec(2, Statistic::Mean), |trial: &Trial, _: &[f64], out: &mut [f64]| {
            out.fill(trial.alternative.index() as f64);
            out[1] = 5.0;
        });
        assert_eq!(found.notes.len(), 2, "{:?}", found.notes);
        assert!(found.notes[0].contains("nothing to trade"));
        assert!(found.notes[1].contains("decides nothing"));
        // Only the first objective has a range, and its best dominates all of it.
        assert_eq!(found.hypervolume, 1.0);
    }

    #[test]
    fn one_objective_is_no_front() {
        let study = fixture::study(2, 1, 2);
        let mut asked = spec(2, Statistic::Mean);
        asked.objectives.pop();
        let refused = pareto(&study, &asked, &mut Plainly { outcomes: 2, model: table });
        assert!(matches!(refused, Err(Stopped::Impossible(_))));
    }
}
