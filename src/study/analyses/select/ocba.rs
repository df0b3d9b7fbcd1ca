//! OCBA on a sampler: a little of the budget at a time.

use super::{Course, Runs, Sampling, moments};
use crate::study::statistics::Moments;
use crate::study::statistics::ocba::{best, correct_selection, fractions, next};
use crate::study::trials::Stopped;

/// Evaluations of one step: a tenth of what was spent so far, as its authors advise, and
/// enough for the threads of a machine.
const STEP: u64 = 32;

pub(super) fn run(runs: &mut Runs<'_>) -> Result<Course, Stopped> {
    let mut losses = moments(&runs.first(Sampling::Independent)?);
    let level = runs.spec.level;
    while estimate(&losses) < level && runs.left() > 0 {
        let step = STEP.max(u64::from(runs.used) / 10).min(runs.left());
        runs.extend(Sampling::Independent, &next(&losses, step), &mut losses)?;
    }
    let estimated = estimate(&losses);
    Ok(Course {
        best: best(&losses),
        finished: estimated >= level,
        to_come: needed(&losses, level).saturating_sub(u64::from(runs.used)),
        dropped: vec![None; losses.len()],
        losses,
        estimated: Some(estimated),
    })
}

fn estimate(losses: &[Moments]) -> f64 {
    let replications: Vec<f64> = losses.iter().map(|losses| losses.n() as f64).collect();
    correct_selection(losses, &replications)
}

/// Evaluations in all, those that were spent among them, that would give the level if the
/// rest were shared out as the means and variances ask; the greatest number where none
/// would.
fn needed(losses: &[Moments], level: f64) -> u64 {
    const MOST: u64 = u32::MAX as u64;
    let shares = fractions(losses);
    let shared = |whole: u64| -> Vec<f64> {
        let spent = losses.iter().map(|losses| losses.n() as f64);
        shares.iter().zip(spent).map(|(share, spent)| libm::ceil(share * whole as f64).max(spent)).collect()
    };
    let enough = |whole: u64| correct_selection(losses, &shared(whole)) >= level;
    if !enough(MOST) {
        return u64::MAX;
    }
    let (mut low, mut high) = (0, MOST);
    while low + 1 < high {
        let middle = u64::midpoint(low, high);
        if enough(middle) { high = middle } else { low = middle }
    }
    shared(high).iter().sum::<f64>() as u64
}
