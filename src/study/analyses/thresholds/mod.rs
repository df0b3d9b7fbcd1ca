//! At which value of an input another alternative becomes the best.
//!
//! The input is put on a few values, one after the other; at each, every alternative meets
//! the same replications: a row of a Latin hypercube for the other inputs, and a chance. The
//! means are joined by straight lines, and where the best of them changes is a threshold.
//! Resamples of the replications, the same at every value, give it an interval.

mod envelope;
mod notes;
mod steps;

pub use envelope::{Crossing, Envelope, lower_envelope};

use serde::Serialize;

use super::Estimate;
use super::resample::{Resamples, percentile_interval};
use crate::study::designs::{column_keys, latin_hypercube};
use crate::study::question::Study;
use crate::study::trials::{AlternativeId, Design, Sampler, Stopped};
use steps::{Step, steps};

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThresholdsSpec {
    /// The place of the input in the study; a group has no values, so no threshold.
    pub input: usize,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Which alternatives, at least 2.
    pub alternatives: Vec<AlternativeId>,
    /// Values of the input that are tried, at least 2: quantiles evenly apart, the ends
    /// included (where a distribution has no end, its 0.1 or 99.9 % quantile). Of an input
    /// that takes certain values only, each of them.
    pub steps: u32,
    /// Replications at each value: each has a chance of its own and a row of a Latin
    /// hypercube for the other inputs, the same at every value.
    pub replications: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Thresholds {
    /// The place of the input in the study.
    pub input: usize,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Replications at each value.
    pub replications: u32,
    /// The alternatives, in the order of the spec.
    pub alternatives: Vec<AlternativeId>,
    /// The values tried, in the unit of the input, ascending.
    pub values: Vec<f64>,
    /// The mean of the outcome for each alternative (rows) at each value (columns).
    pub means: Vec<Vec<f64>>,
    /// Where the best changes, ascending; empty where one is best throughout.
    pub changes: Vec<Change>,
    /// The best at the least value.
    pub best_first: AlternativeId,
    /// What the reader should know, in sentences.
    pub notes: Vec<String>,
}

/// A change of the best alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The value of the input, between two that were tried, with a 95 % bootstrap
    /// interval over the replications, of the resamples in which the change exists.
    pub at: Estimate,
    /// The best below.
    pub from: AlternativeId,
    /// The best above.
    pub to: AlternativeId,
    /// Share of the resamples in which this change exists.
    pub share: f64,
}

/// Finds where the best alternative changes.
///
/// # Errors
/// Those of the sampler; [`Stopped::Impossible`] if the input is a group or has one value
/// only, or there are fewer than two alternatives, values or replications.
pub fn thresholds(
    study: &Study,
    spec: &ThresholdsSpec,
    sampler: &mut dyn Sampler,
) -> Result<Thresholds, Stopped> {
    if spec.alternatives.len() < 2 || spec.steps < 2 || spec.replications < 2 {
        return Err(Stopped::Impossible(
            "a threshold needs at least two alternatives, two values and two replications".to_owned(),
        ));
    }
    let input = &study.inputs[spec.input];
    let tried = steps(input, spec.steps)?;
    let samples = sample(study, spec, &tried, sampler)?;

    let means = samples.means(&vec![1; samples.replications()]);
    let found = lower_envelope(&samples.values, &means);
    let finding = format!("threshold {} {}", input.name, study.outcomes[spec.outcome].figure);
    let changes = changes(spec, &found, &samples, &Resamples::of(study, &finding));
    let better = study.outcomes[spec.outcome].better;
    let notes =
        notes::of(study, spec, &notes::Findings { found: &found, changes: &changes, samples: &samples });
    Ok(Thresholds {
        input: spec.input,
        outcome: spec.outcome,
        replications: spec.replications,
        alternatives: spec.alternatives.clone(),
        means: means
            .chunks_exact(tried.len())
            .map(|means| means.iter().map(|loss| better.loss(*loss)).collect())
            .collect(),
        values: samples.values,
        changes,
        best_first: spec.alternatives[found.first],
        notes,
    })
}

/// The losses of all alternatives at all values, replication by replication.
#[derive(Clone, Debug)]
struct Samples {
    /// The values, ascending.
    values: Vec<f64>,
    /// A row for each replication, in which those of one alternative at all values follow
    /// each other.
    losses: Vec<f64>,
    width: usize,
}

impl Samples {
    fn replications(&self) -> usize {
        self.losses.len() / self.width
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.losses.chunks_exact(self.width)
    }

    /// The means of all alternatives at all values, each replication counted so often.
    fn means(&self, counts: &[u32]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        let mut n = 0.0;
        for (row, count) in self.rows().zip(counts).filter(|(_, count)| **count > 0) {
            let times = f64::from(*count);
            n += times;
            for (sum, loss) in sums.iter_mut().zip(row) {
                *sum += times * loss;
            }
        }
        for sum in &mut sums {
            *sum /= n;
        }
        sums
    }
}

fn sample(
    study: &Study,
    spec: &ThresholdsSpec,
    tried: &[Step],
    sampler: &mut dyn Sampler,
) -> Result<Samples, Stopped> {
    let columns = study.columns();
    let replications = spec.replications as usize;
    let moved = study.inputs[spec.input].columns.start;
    let mut rows = latin_hypercube(&study.draws(), replications, &column_keys(&study.inputs));
    let mut design = Design::new(columns);
    for step in tried {
        for (chance, row) in rows.chunks_exact_mut(columns).enumerate() {
            row[moved] = step.quantile;
            let at = design.add_point(row);
            for &alternative in &spec.alternatives {
                design.add(alternative, at, chance as u64);
            }
        }
    }
    let table = sampler.sample(&design)?;
    let better = study.outcomes[spec.outcome].better;
    let (alternatives, steps) = (spec.alternatives.len(), tried.len());
    let width = alternatives * steps;
    let mut losses = vec![0.0; replications * width];
    for (row, value) in table.column(spec.outcome).enumerate() {
        let (alternative, rest) = (row % alternatives, row / alternatives);
        let (replication, step) = (rest % replications, rest / replications);
        losses[replication * width + alternative * steps + step] = better.loss(value);
    }
    Ok(Samples { values: tried.iter().map(|step| step.value).collect(), losses, width })
}

/// The changes with their intervals: in each resample a change is known by who gives way to
/// whom, and of several such, by the nearest.
fn changes(spec: &ThresholdsSpec, found: &Envelope, samples: &Samples, resamples: &Resamples) -> Vec<Change> {
    let values = &samples.values;
    let mut again: Vec<Vec<f64>> = vec![Vec::new(); found.crossings.len()];
    if !again.is_empty() {
        for number in 0..resamples.number {
            let means = samples.means(&resamples.counts(number, samples.replications()));
            let drawn = lower_envelope(values, &means);
            for (crossing, again) in found.crossings.iter().zip(&mut again) {
                let same = drawn
                    .crossings
                    .iter()
                    .filter(|other| (other.from, other.to) == (crossing.from, crossing.to));
                let away = |at: f64| (at - crossing.at).abs();
                again.extend(same.map(|other| other.at).min_by(|a, b| away(*a).total_cmp(&away(*b))));
            }
        }
    }
    let change = |(crossing, mut again): (&Crossing, Vec<f64>)| {
        let share = again.len() as f64 / f64::from(resamples.number);
        // A change that no resample has could be anywhere.
        let [low, high] = percentile_interval(&mut again).unwrap_or([values[0], values[values.len() - 1]]);
        Change {
            at: Estimate { value: crossing.at, low, high },
            from: spec.alternatives[crossing.from],
            to: spec.alternatives[crossing.to],
            share,
        }
    };
    found.crossings.iter().zip(again).map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id as _;
    use crate::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
    use crate::study::fixture;
    use crate::study::question::Better;
    use crate::study::trials::{Plainly, Trial};

    fn spec(replications: u32) -> ThresholdsSpec {
        ThresholdsSpec {
            input: 0,
            outcome: 0,
            alternatives: (0..2).map(fixture::alternative).collect(),
            steps: 5,
            replications,
        }
    }

    /// Alternative 0 costs x0, alternative 1 costs .6 + x1 - .5: they cross at x0 = .6.
    fn lines(trial: &Trial, point: &[f64], out: &mut [f64]) {
        out[0] = if trial.alternative.index() == 0 { point[0] } else { 0.1 + point[1] };
    }

    #[test]
    fn lines_that_cross_are_found_where_they_do() {
        let study = fixture::study(2, 2, 1);
        let found =
            thresholds(&study, &spec(100), &mut Plainly { outcomes: 1, model: lines }).expect("it runs");
        assert_eq!(found.values, [0.0, 0.25, 0.5, 0.75, 1.0].map(|u: f64| study.inputs[0].value(u)));
        let [change] = &found.changes[..] else { panic!("one change: {:?}", found.changes) };
        assert_eq!((change.from, change.to), (fixture::alternative(0), fixture::alternative(1)));
        assert_eq!(found.best_first, fixture::alternative(0));
        // The mean of 100 rows of a hypercube errs by .0003.
        assert!((change.at.value - 0.6).abs() < 0.002, "{:?}", change.at);
        // A resample knows nothing of the hypercube: 1.96·√(1/12/100) = .057 to each side,
        // and 1,000 resamples know that to a tenth.
        assert!((change.at.high - change.at.low - 0.113).abs() < 0.015, "{:?}", change.at);
        assert_eq!(change.share, 1.0);
    }

    #[test]
    fn where_more_is_better_the_change_is_at_the_same_place() {
        let mut study = fixture::study(2, 2, 1);
        let cost =
            thresholds(&study, &spec(50), &mut Plainly { outcomes: 1, model: lines }).expect("it runs");
        study.outcomes[0].better = Better::Higher;
        let gain = |trial: &Trial, point: &[f64], out: &mut [f64]| {
            lines(trial, point, out);
            out[0] = -out[0];
        };
        let gain = thresholds(&study, &spec(50), &mut Plainly { outcomes: 1, model: gain }).expect("it runs");
        assert_eq!(gain.changes, cost.changes);
        assert_eq!(gain.means[0][4], -cost.means[0][4]);
    }

    #[test]
    fn every_replication_is_the_same_at_every_value_and_for_every_alternative() {
        let study = fixture::study(2, 3, 1);
        let mut others: Vec<(u64, Vec<f64>)> = Vec::new();
        let spy = |trial: &Trial, point: &[f64], out: &mut [f64]| {
            others.push((trial.chance, point[1..].to_vec()));
            out[0] = point[0];
        };
        thresholds(&study, &spec(7), &mut Plainly { outcomes: 1, model: spy }).expect("it runs");
        assert_eq!(others.len(), 5 * 7 * 2);
        for (place, other) in others.iter().enumerate() {
            assert_eq!(other, &others[place / 2 % 7 * 2]);
        }
    }

    #[test]
    fn the_interval_covers_as_often_as_it_says() {
        // A line with noise against a level with noise: they cross at .6.
        const NOISE: Purpose = Purpose::new("noise of a test");
        const STUDY: EntityKind = EntityKind::new("study of a test");
        let macros = 250_u64;
        let mut covered = 0;
        let values = [0.0, 0.25, 0.5, 0.75, 1.0];
        let study = fixture::study(2, 1, 1);
        for number in 0..macros {
            let draws = Draws { seed: 7, replication: number };
            let mut stream: Stream = draws.stream(NOISE, EntityKey::new(STUDY, "lines", 0));
            let mut losses = Vec::new();
            for _ in 0..40 {
                let [line, level] = [stream.normal(0.0, 0.3), stream.normal(0.6, 0.3)];
                losses.extend(values.iter().map(|x| x + line));
                losses.extend([level; 5]);
            }
            let samples = Samples { values: values.to_vec(), losses, width: 10 };
            let resamples = Resamples::of(&study, &format!("study {number}")).first(250);
            let found = lower_envelope(&values, &samples.means(&[1; 40]));
            let changes = changes(&spec(40), &found, &samples, &resamples);
            let at = changes.first().expect("the lines are far apart at the ends").at;
            covered += u64::from(at.low <= 0.6 && 0.6 <= at.high);
        }
        // A percentile interval of 40 replications covers some .94 (its width is that of a
        // normal interval without Student's correction); three binomial standard errors of
        // .015 to each side.
        let share = covered as f64 / macros as f64;
        assert!((share - 0.94).abs() < 0.045, "covered {share}");
    }

    #[test]
    fn a_group_or_a_certain_value_has_no_threshold() {
        let mut study = fixture::study(2, 2, 1);
        study.inputs[0].quantile = None;
        let refused = thresholds(&study, &spec(10), &mut Plainly { outcomes: 1, model: lines });
        assert!(matches!(refused, Err(Stopped::Impossible(why)) if why.contains("group")));
        let fixed = crate::base::random::Distribution::Fixed(3.0).tabulate().expect("a value is one");
        study.inputs[0].quantile = Some(fixed);
        let refused = thresholds(&study, &spec(10), &mut Plainly { outcomes: 1, model: lines });
        assert!(matches!(refused, Err(Stopped::Impossible(why)) if why.contains("one value only")));
    }
}
