//! Measurements become samples at even steps.

use std::collections::BTreeMap;

use super::error::Mistakes;

/// Samples of one machine: 95 years of five minutes. More means that a time is wrong.
const MOST_SAMPLES: i64 = 10_000_000;

/// One measurement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// The line it stands on, from 1.
    pub line: usize,
    /// Seconds since 1970 (UTC).
    pub second: i64,
    /// What was used, in the units of the format.
    pub cpu: f64,
    pub memory: f64,
}

/// Samples at even steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Even {
    /// Seconds since 1970 (UTC).
    pub first: i64,
    /// Seconds from one to the next.
    pub step: i64,
    /// Processors and memory.
    pub samples: Vec<[f64; 2]>,
    pub gaps: usize,
}

/// The usual step of published traces, for a single measurement.
const USUAL_STEP: i64 = 300;

/// Puts measurements into even steps: the step is the commonest time between two, the
/// shortest of several as common. Nothing, after saying why, when there are none or
/// when they do not follow each other in time.
pub(super) fn even(measured: &[Measured], mistakes: &mut Mistakes<'_>) -> Option<Even> {
    let Some(first) = measured.first() else {
        mistakes.of_file("there is no measurement: expected at least one line of numbers");
        return None;
    };
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    let mut in_order = true;
    for pair in measured.windows(2) {
        let passed = pair[1].second.saturating_sub(pair[0].second);
        if passed < 0 {
            in_order = false;
            mistakes.at(
                pair[1].line,
                format!(
                    "the time is {} s before that of line {}; expected later ones",
                    passed.unsigned_abs(),
                    pair[0].line
                ),
            );
        } else if passed > 0 {
            *counts.entry(passed).or_default() += 1;
        }
    }
    if !in_order {
        return None;
    }
    let commonest = counts.iter().max_by_key(|(passed, count)| (**count, std::cmp::Reverse(**passed)));
    let step = commonest.map_or(USUAL_STEP, |(passed, _)| *passed);
    let place = |second: i64| second.saturating_sub(first.second).saturating_add(step / 2) / step;
    if let Some(far) = measured.iter().find(|row| place(row.second) >= MOST_SAMPLES) {
        let steps = place(far.second);
        mistakes.at(
            far.line,
            format!(
                "the time is {steps} steps of {step} s after the first; expected less than {MOST_SAMPLES}"
            ),
        );
        return None;
    }
    let mut samples: Vec<[f64; 2]> = Vec::with_capacity(measured.len());
    let mut gaps = 0;
    for row in measured {
        let place = place(row.second) as usize;
        let sample = [row.cpu, row.memory];
        if place < samples.len() {
            samples[place] = sample;
            continue;
        }
        let last = samples.last().copied().unwrap_or(sample);
        gaps += place - samples.len();
        samples.resize(place, last);
        samples.push(sample);
    }
    Some(Even { first: first.second, step, samples, gaps })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(seconds: &[i64]) -> Vec<Measured> {
        let rows = seconds.iter().enumerate();
        rows.map(|(at, second)| Measured { line: at + 2, second: *second, cpu: at as f64, memory: 0.0 })
            .collect()
    }

    fn evened(seconds: &[i64]) -> (Option<Even>, Vec<String>) {
        let mut mistakes = Mistakes::of("a.csv");
        let even = even(&measured(seconds), &mut mistakes);
        (even, mistakes.found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_gap_goes_on_with_what_was_used_last_and_jitter_does_not_shift_the_rest() {
        let (even, _) = evened(&[1_000, 1_300, 1_600, 1_901, 2_801, 3_100]);
        let even = even.expect("they are in order");
        assert_eq!((even.first, even.step, even.gaps), (1_000, 300, 2));
        let cpu: Vec<f64> = even.samples.iter().map(|[cpu, _]| *cpu).collect();
        assert_eq!(cpu, [0.0, 1.0, 2.0, 3.0, 3.0, 3.0, 4.0, 5.0]);
    }

    #[test]
    fn of_two_measurements_in_one_step_the_later_counts() {
        let (even, _) = evened(&[0, 300, 600, 650, 900]);
        let cpu: Vec<f64> = even.expect("they are in order").samples.iter().map(|[cpu, _]| *cpu).collect();
        assert_eq!(cpu, [0.0, 1.0, 3.0, 4.0]);
    }

    #[test]
    fn times_that_go_back_or_too_far_are_named_with_their_lines() {
        let (even, mistakes) = evened(&[600, 300, 900, 100]);
        assert_eq!(even, None);
        assert_eq!(
            mistakes,
            [
                "a.csv:3: the time is 300 s before that of line 2; expected later ones",
                "a.csv:5: the time is 800 s before that of line 4; expected later ones"
            ]
        );
        let (_, mistakes) = evened(&[0, 300, 600, 9_000_000_000]);
        assert_eq!(
            mistakes,
            ["a.csv:5: the time is 30000000 steps of 300 s after the first; expected less than 10000000"]
        );
    }
}
