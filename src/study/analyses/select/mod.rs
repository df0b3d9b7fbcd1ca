//! The best alternative, with a guarantee.

mod kn;
mod ocba;
mod rinott;
#[cfg(test)]
mod tests;
mod words;

use serde::Serialize;

use crate::base::random::{EntityKey, EntityKind};
use crate::study::question::Study;
use crate::study::statistics::Moments;
use crate::study::trials::{AlternativeId, At, Design, Sampler, Stopped};

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SelectSpec {
    /// By which procedure.
    pub procedure: Procedure,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Among which alternatives, at least 2.
    pub alternatives: Vec<AlternativeId>,
    /// The least difference worth detecting, in the unit of the outcome: the indifference
    /// zone of KN and Rinott. OCBA does not use it.
    pub delta: f64,
    /// The probability of a correct selection that is guaranteed, as 0.95.
    pub level: f64,
    /// Replications of each alternative in the first stage, at least 2.
    pub first: u32,
    /// Evaluations in all, of all alternatives together.
    pub budget: u32,
}

/// A procedure of ranking and selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Procedure {
    /// Kim and Nelson 2001: screens as replications come, under common random numbers.
    Kn,
    /// Rinott 1978: two stages, independent sampling.
    Rinott,
    /// Chen 2000: spends a budget where it tells most, until the estimated probability of a
    /// correct selection reaches the level; independent sampling. A heuristic without
    /// guarantee.
    Ocba,
}

/// What was selected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Selection {
    /// By which procedure.
    pub procedure: Procedure,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// The best; where the budget ended first, the one with the best mean so far.
    pub best: AlternativeId,
    /// Whether the procedure came to its end within the budget.
    pub finished: bool,
    /// What is guaranteed, or not, in words.
    pub guarantee: String,
    /// The least difference worth detecting.
    pub delta: f64,
    /// The level asked for.
    pub level: f64,
    /// Evaluations that were made. KN makes them in batches, so that some are of
    /// alternatives that an earlier replication of the batch drops: these are not looked at.
    pub used: u32,
    /// Evaluations that would be needed, as means and variances stand; those made where it
    /// came to its end, and `u32::MAX` where no number would do.
    pub needed: u32,
    /// Each alternative, in the order of the spec.
    pub candidates: Vec<Candidate>,
}

/// How one alternative fared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// Which.
    pub alternative: AlternativeId,
    /// Its replications that were looked at.
    pub replications: u32,
    /// Its mean over them.
    pub mean: f64,
    /// Its standard deviation over them.
    pub deviation: f64,
    /// After how many replications it was dropped; none where it was not.
    pub dropped: Option<u32>,
}

/// Selects the best alternative of one outcome. Where more is better, its sign is turned.
///
/// KN uses common random numbers: replication r has the inputs and the chance of
/// replication r of a run, for every alternative. Rinott and OCBA are derived for
/// independent sampling: every alternative has inputs and chance of its own, at an address
/// that comes from its name.
///
/// # Errors
/// [`Stopped`]: by the sampler, or since what is asked is no selection or the budget ends
/// within the first stage.
pub fn select(study: &Study, spec: &SelectSpec, sampler: &mut dyn Sampler) -> Result<Selection, Stopped> {
    check(spec)?;
    let mut runs = Runs { study, spec, sampler, used: 0 };
    let course = match spec.procedure {
        Procedure::Kn => kn::run(&mut runs)?,
        Procedure::Rinott => rinott::run(&mut runs)?,
        Procedure::Ocba => ocba::run(&mut runs)?,
    };
    let used = runs.used;
    let needed = if course.finished { used } else { used.saturating_add(saturated(course.to_come)) };
    let candidates = spec.alternatives.iter().zip(&course.losses).zip(&course.dropped);
    Ok(Selection {
        procedure: spec.procedure,
        outcome: spec.outcome,
        best: spec.alternatives[course.best],
        finished: course.finished,
        guarantee: words::guarantee(study, spec, &course, needed),
        delta: spec.delta,
        level: spec.level,
        used,
        needed,
        candidates: candidates
            .map(|((&alternative, losses), dropped)| Candidate {
                alternative,
                replications: saturated(losses.n()),
                mean: study.outcomes[spec.outcome].better.loss(losses.mean()),
                deviation: losses.deviation(),
                dropped: dropped.map(saturated),
            })
            .collect(),
    })
}

/// How a procedure went; alternatives by their places in the spec.
struct Course {
    best: usize,
    finished: bool,
    /// Evaluations still to come, as means and variances stand.
    to_come: u64,
    /// What each lost, over the replications that were looked at.
    losses: Vec<Moments>,
    /// After how many replications each was dropped.
    dropped: Vec<Option<u64>>,
    /// OCBA's estimate of the probability of a correct selection.
    estimated: Option<f64>,
}

fn check(spec: &SelectSpec) -> Result<(), Stopped> {
    let all = spec.alternatives.len();
    let refuse = |message: String| Err(Stopped::Impossible(message));
    if all < 2 {
        return refuse("a selection needs at least 2 alternatives".into());
    }
    if spec.first < 2 {
        return refuse(format!("a first stage needs at least 2 replications, not {}", spec.first));
    }
    if spec.procedure != Procedure::Ocba && spec.delta <= 0.0 {
        return refuse(format!("the difference worth detecting must be above zero, not {}", spec.delta));
    }
    if !(1.0 / all as f64..1.0).contains(&spec.level) || spec.level * all as f64 <= 1.0 {
        return refuse(format!(
            "a level of {} says nothing of {all} alternatives: it lies between 1/{all} and 1",
            spec.level
        ));
    }
    let first = u64::from(spec.first) * all as u64;
    if u64::from(spec.budget) < first {
        return refuse(format!(
            "the first stage alone takes {first} evaluations ({} of each of {all} alternatives), more than the \
             budget of {}",
            spec.first, spec.budget
        ));
    }
    Ok(())
}

/// Whose inputs and chance a replication has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sampling {
    /// Those of the replication: the same for all alternatives.
    Common,
    /// Those at an address of the alternative's own.
    Independent,
}

/// What is evaluated, and how often it was.
struct Runs<'a> {
    study: &'a Study,
    spec: &'a SelectSpec,
    sampler: &'a mut dyn Sampler,
    used: u32,
}

impl Runs<'_> {
    /// The losses of these replications of these alternatives (by their places in the
    /// spec), in their order.
    fn losses(&mut self, sampling: Sampling, wanted: &[(usize, u64)]) -> Result<Vec<f64>, Stopped> {
        let mut design = Design::new(self.study.columns());
        for &(place, replication) in wanted {
            let alternative = self.spec.alternatives[place];
            let address = match sampling {
                Sampling::Common => replication,
                Sampling::Independent => {
                    own_address(&self.study.alternatives[alternative].name).wrapping_add(replication)
                }
            };
            design.add(alternative, At::Drawn(address), address);
        }
        let table = self.sampler.sample(&design)?;
        self.used = self.used.saturating_add(saturated(wanted.len() as u64));
        let better = self.study.outcomes[self.spec.outcome].better;
        Ok(table.column(self.spec.outcome).map(|value| better.loss(value)).collect())
    }

    /// The first stage, replication by replication.
    fn first(&mut self, sampling: Sampling) -> Result<Vec<Vec<f64>>, Stopped> {
        let all = self.spec.alternatives.len();
        let wanted: Vec<(usize, u64)> =
            (0..u64::from(self.spec.first)).flat_map(|r| (0..all).map(move |place| (place, r))).collect();
        Ok(self.losses(sampling, &wanted)?.chunks_exact(all).map(<[f64]>::to_vec).collect())
    }

    /// So many more replications of each, added to its moments.
    fn extend(&mut self, sampling: Sampling, more: &[u64], moments: &mut [Moments]) -> Result<(), Stopped> {
        let wanted: Vec<(usize, u64)> = more
            .iter()
            .zip(moments.iter())
            .enumerate()
            .flat_map(|(place, (more, moments))| (moments.n()..moments.n() + more).map(move |r| (place, r)))
            .collect();
        let losses = self.losses(sampling, &wanted)?;
        for ((place, _), loss) in wanted.into_iter().zip(losses) {
            moments[place].push(loss);
        }
        Ok(())
    }

    /// Evaluations that the budget still has.
    fn left(&self) -> u64 {
        u64::from(self.spec.budget.saturating_sub(self.used))
    }
}

/// Where the replications of an alternative that is sampled independently begin: a hash of
/// its name, so that neither another's name nor the order of all changes its values. Two
/// alternatives of 10,000 replications overlap with a probability of 1e-15.
fn own_address(name: &str) -> u64 {
    const ALONE: EntityKind = EntityKind::new("alternative sampled independently");
    EntityKey::new(ALONE, name, 0).as_u64()
}

/// The moments of each alternative over the rows of a first stage.
fn moments(rows: &[Vec<f64>]) -> Vec<Moments> {
    let all = rows.first().map_or(0, Vec::len);
    (0..all).map(|place| rows.iter().map(|row| row[place]).collect()).collect()
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
