//! Rinott's two stages on a sampler.

use super::{Course, Runs, Sampling, moments};
use crate::study::statistics::ocba::{apportion, best};
use crate::study::statistics::rinott::Setting;
use crate::study::trials::Stopped;

pub(super) fn run(runs: &mut Runs<'_>) -> Result<Course, Stopped> {
    let mut losses = moments(&runs.first(Sampling::Independent)?);
    let spec = runs.spec;
    let constant =
        Setting { level: spec.level, alternatives: losses.len(), first: spec.first as usize }.constant();
    let more: Vec<u64> =
        losses.iter().map(|first| Setting::replications(constant, first, spec.delta) - first.n()).collect();
    let wanted = more.iter().fold(0_u64, |sum, more| sum.saturating_add(*more));
    let left = runs.left();
    let finished = wanted <= left;
    // Too small a budget is spent in proportion, for the best guess that it can give.
    let spent = if finished {
        more
    } else {
        apportion(&more.iter().map(|more| *more as f64).collect::<Vec<f64>>(), left)
    };
    runs.extend(Sampling::Independent, &spent, &mut losses)?;
    Ok(Course {
        best: best(&losses),
        finished,
        to_come: wanted.saturating_sub(left),
        dropped: vec![None; losses.len()],
        losses,
        estimated: None,
    })
}
