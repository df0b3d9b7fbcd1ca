//! What a reader of thresholds should know.

use super::{Change, Envelope, Samples, ThresholdsSpec};
use crate::base::random::Distribution;
use crate::study::analyses::words;
use crate::study::question::Study;
use crate::study::summary::Summary;
use crate::study::trials::AlternativeId;

/// A change in fewer resamples is not sure.
const SURE: f64 = 0.95;

/// What was found, for the notes.
pub(super) struct Findings<'a> {
    pub found: &'a Envelope,
    pub changes: &'a [Change],
    pub samples: &'a Samples,
}

/// The best at one value, and the next.
struct Lead {
    best: usize,
    second: usize,
    /// By how much the best is better.
    by: f64,
    /// The half-width of its 95 % interval.
    half_width: f64,
}

pub(super) fn of(study: &Study, spec: &ThresholdsSpec, findings: &Findings<'_>) -> Vec<String> {
    let label = |place: usize| name(study, spec.alternatives[place]);
    let input = &study.inputs[spec.input];
    let outcome = &study.outcomes[spec.outcome];
    let leads: Vec<Lead> = (0..findings.samples.values.len()).map(|step| lead(findings, step)).collect();
    let mut notes = Vec::new();

    if findings.changes.is_empty() {
        // The envelope's first, where several are alike.
        let best = findings.found.first;
        let (step, least) = leads
            .iter()
            .enumerate()
            .min_by(|a, b| a.1.by.total_cmp(&b.1.by))
            .expect("at least two values were tried");
        let at = words::input_value(input, findings.samples.values[step]);
        let second = if least.second == best { least.best } else { least.second };
        if least.by > 0.0 {
            notes.push(format!(
                "{} is best throughout: by {} at the least, over {} at {at}.",
                label(best),
                words::difference(study, outcome, least.by),
                label(second)
            ));
        } else {
            notes.push(format!("{} is best throughout; {} is as good at {at}.", label(best), label(second)));
        }
    }
    for change in findings.changes.iter().filter(|change| change.share < SURE) {
        notes.push(format!(
            "The change from {} to {} is not sure: it is in {} of the resamples.",
            name(study, change.from),
            name(study, change.to),
            words::percent(change.share)
        ));
    }
    notes.extend(noise(study, spec, findings, &leads));
    if !findings.changes.is_empty() {
        let discrete = input.quantile.as_ref().map(|quantile| quantile.distribution());
        notes.push(if matches!(discrete, Some(Distribution::Discrete(_))) {
            format!("{} takes certain values only: the best changes between two of them.", input.name)
        } else {
            "Between two values that were tried the means are taken as straight lines; the interval is of the \
             other inputs and of chance, not of that."
                .to_owned()
        });
    }
    notes
}

/// Where the best is not told from the second.
fn noise(study: &Study, spec: &ThresholdsSpec, findings: &Findings<'_>, leads: &[Lead]) -> Option<String> {
    let input = &study.inputs[spec.input];
    let value = |step: usize| words::input_value(input, findings.samples.values[step]);
    // Twins have no noise between them.
    let noisy: Vec<usize> = (0..leads.len())
        .filter(|step| leads[*step].half_width > 0.0 && leads[*step].by <= leads[*step].half_width)
        .collect();
    let (first, last) = (*noisy.first()?, *noisy.last()?);
    let lead = &leads[first];
    Some(if noisy.len() == leads.len() {
        "At no value is the best told from the second: their difference is within its noise. Ask for more \
         replications."
            .to_owned()
    } else if noisy.len() == 1 {
        format!(
            "At {} the best, {}, is within the noise of {}.",
            value(first),
            name(study, spec.alternatives[lead.best]),
            name(study, spec.alternatives[lead.second])
        )
    } else {
        format!(
            "At {} of the {} values that were tried, from {} to {}, the best is within the noise of the second.",
            noisy.len(),
            leads.len(),
            value(first),
            value(last)
        )
    })
}

/// The best two at a value, and their difference replication by replication.
fn lead(findings: &Findings<'_>, step: usize) -> Lead {
    let steps = findings.samples.values.len();
    let samples = findings.samples;
    let means = samples.means(&vec![1; samples.replications()]);
    let mut order: Vec<usize> = (0..means.len() / steps).collect();
    order.sort_by(|a, b| means[a * steps + step].total_cmp(&means[b * steps + step]));
    let (best, second) = (order[0], order[1]);
    let differences: Vec<f64> =
        samples.rows().map(|row| row[second * steps + step] - row[best * steps + step]).collect();
    let summary = Summary::of(&differences).expect("there are replications");
    Lead { best, second, by: summary.mean, half_width: summary.half_width_95 }
}

fn name(study: &Study, alternative: AlternativeId) -> &str {
    &study.alternatives[alternative].label
}

#[cfg(test)]
mod tests {
    use super::super::{ThresholdsSpec, thresholds};
    use crate::base::ids::Id as _;
    use crate::study::fixture;
    use crate::study::trials::{Plainly, Trial};

    fn notes(model: impl FnMut(&Trial, &[f64], &mut [f64])) -> Vec<String> {
        let study = fixture::study(2, 2, 1);
        let spec = ThresholdsSpec {
            input: 0,
            outcome: 0,
            alternatives: (0..2).map(fixture::alternative).collect(),
            steps: 3,
            replications: 50,
        };
        thresholds(&study, &spec, &mut Plainly { outcomes: 1, model }).expect("it runs").notes
    }

    #[test]
    fn one_that_is_best_throughout_is_said_to_be() {
        let notes =
            notes(|trial, point, out| out[0] = point[0] * 2.0 + 3.0 * trial.alternative.index() as f64);
        assert_eq!(
            notes,
            ["Alternative 0 is best throughout: by 3 EUR at the least, over Alternative 1 at 0 EUR."]
        );
    }

    #[test]
    fn twins_are_as_good_as_each_other_without_noise() {
        let notes = notes(|_, point, out| out[0] = point[1]);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("is as good"), "{notes:?}");
    }

    #[test]
    fn a_best_within_noise_is_said_to_be() {
        // At 0.5 the lines are a hundredth apart, and the noise of their difference is 1/√12.
        let notes = notes(|trial, point, out| {
            out[0] = if trial.alternative.index() == 0 { point[0] } else { 0.01 + point[1] };
        });
        assert!(notes.iter().any(|note| note.starts_with("At 0.5 EUR the best, ")), "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("straight lines")));
    }
}
