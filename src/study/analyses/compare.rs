//! Alternatives under common random numbers.

use serde::Serialize;

use super::Estimate;
use crate::study::question::{Better, Study};
use crate::study::statistics::bootstrap::Bootstrap;
use crate::study::statistics::proportion::{Count, clopper_pearson};
use crate::study::statistics::skew::too_skewed;
use crate::study::statistics::{Moments, mean, order, stopping};
use crate::study::summary::{Summary, quantile};
use crate::study::trials::{AlternativeId, At, Design, Sampler, Stopped};

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompareSpec {
    /// Which alternatives; the first is what the others are compared with.
    pub alternatives: Vec<AlternativeId>,
    /// How many replications.
    pub replications: Replications,
    /// The level of all intervals together, as 0.95.
    pub level: f64,
    /// Which pairs.
    pub pairs: Pairs,
    /// Replications with the inputs at their modes, for the second variance-reduction
    /// factor; 0 for none.
    pub fixed: u32,
}

/// Which pairs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pairs {
    /// Each with the first.
    First,
    /// Each with each.
    All,
}

/// How many replications.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Replications {
    /// So many.
    Fixed(u32),
    /// Until the half-width of every difference of one outcome is small enough.
    Until {
        /// The place of the outcome in the study.
        outcome: usize,
        /// How small.
        width: Width,
        /// At least so many, and then rounds of as many.
        round: u32,
        /// At most so many.
        most: u32,
    },
}

/// How small a half-width has to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// In the unit of the outcome.
    Absolute(f64),
    /// As a share γ of the mean difference: half-width/|mean| ≤ γ/(1+γ) (Law).
    Relative(f64),
}

/// What the comparison found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Replications of each alternative.
    pub replications: u32,
    /// Replications with the inputs at their modes.
    pub fixed: u32,
    /// The level of all intervals of one outcome together; each is wider (Bonferroni).
    pub level: f64,
    /// Whether the half-width asked for was reached; none when the number was fixed.
    pub reached: Option<Reached>,
    /// The alternatives, in the order of the spec.
    pub alternatives: Vec<AlternativeId>,
    /// Each outcome.
    pub outcomes: Vec<Compared>,
    /// For each alternative and each month of the horizon, 5, 25, 50, 75 and 95 % of the
    /// replications have a cumulative cost below; empty without a curve.
    pub fans: Vec<Vec<[f64; 5]>>,
}

/// How a stopping rule ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reached {
    /// Whether the half-width was reached before the budget was used up.
    pub reached: bool,
    /// The widest half-width as the rule looks at it: by Chow and Robbins in the unit of the
    /// outcome, a little wider than the interval that is printed; or as a share of the mean
    /// difference, infinite where that is zero.
    pub half_width: f64,
    /// Replications that would be needed, as the variances stand; those made where it was
    /// reached, and `u32::MAX` where no number would do.
    pub needed: u32,
}

/// One outcome of all alternatives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Each alternative, in the order of the spec.
    pub each: Vec<Each>,
    /// Each pair.
    pub pairs: Vec<Pair>,
}

/// One outcome of one alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Each {
    /// What the replications say.
    pub summary: Summary,
    /// The median with an interval by order statistics at 95 %; none with too few
    /// replications for one.
    pub median: Option<Estimate>,
    /// The probability that it is the best, ties shared, with a 95 % Clopper–Pearson
    /// interval.
    pub best: Estimate,
    /// A warning that the summary's half-width may not cover as said, with a bootstrap
    /// interval in its place; none where the values are not that skewed.
    pub skewed: Option<Skewed>,
    /// All values, sorted: what the distribution strip shows.
    pub sorted: Vec<f64>,
}

/// One alternative less another, replication by replication.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// Which.
    pub of: AlternativeId,
    /// Less which.
    pub minus: AlternativeId,
    /// The mean difference with its interval by Student's t.
    pub difference: Estimate,
    /// Share of the replications in which `of` is better; ties do not count.
    pub better: f64,
    /// Whether the interval leaves out zero, and the bootstrap's too where differences are
    /// skewed.
    pub separated: bool,
    /// Replications that would separate them with a probability of 80 %, if the mean
    /// difference and its variance are as they stand
    /// ([`to_separate`](crate::study::statistics::mean::to_separate)); none where they are
    /// separated, or where no number would do (they do not differ).
    pub needed: Option<u64>,
    /// (Var X + Var Y) / Var(X - Y) over inputs and chance together: what common random
    /// numbers save; none where the difference does not vary.
    pub reduction: Option<f64>,
    /// The same with the inputs at their modes; none without such replications.
    pub reduction_fixed: Option<f64>,
    /// A warning that Student's interval may not cover as said, with a bootstrap interval
    /// in its place; none where the differences are not that skewed.
    pub skewed: Option<Skewed>,
}

/// Values too skewed for Student's interval of their mean, by
/// [`too_skewed`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Skewed {
    /// The sample skewness.
    pub skewness: f64,
    /// The mean with a bootstrap interval of the same level: bootstrap-t, or BCa where too
    /// many resamples do not vary
    /// ([`best`](crate::study::statistics::bootstrap::Resampled::best)).
    pub bootstrap: Estimate,
}

/// The level of the intervals of one alternative alone.
const LEVEL: f64 = 0.95;

/// Compares alternatives under common random numbers: replication r has the inputs and the
/// chance of replication r of a run, for every alternative.
///
/// Where a half-width decides, replications come in rounds and the rule is asked after each:
/// Chow and Robbins' for an absolute one, Law's for a relative one, for all pairs together
/// (Bonferroni) and never before 10 replications.
///
/// # Errors
/// [`Stopped`]: by the sampler, or since fewer than two alternatives or replications cannot
/// be compared.
pub fn compare(study: &Study, spec: &CompareSpec, sampler: &mut dyn Sampler) -> Result<Comparison, Stopped> {
    let pairs = pairs(spec);
    if pairs.is_empty() {
        return Err(Stopped::Impossible("a comparison needs at least 2 alternatives".into()));
    }
    let level = mean::bonferroni(spec.level, pairs.len());
    let mut runs = Runs::new(spec.alternatives.clone(), study.outcomes.len() + study.curve);
    let reached = match spec.replications {
        Replications::Fixed(replications) => {
            at_least_two(replications)?;
            runs.add(study, Inputs::Drawn, replications, sampler)?;
            None
        }
        Replications::Until { outcome, width, round, most } => {
            at_least_two(most)?;
            Some(until(
                study,
                sampler,
                &mut runs,
                &Rule { outcome, width, round, most, level, pairs: &pairs },
            )?)
        }
    };
    let mut fixed = Runs::new(spec.alternatives.clone(), runs.columns);
    if spec.fixed > 0 {
        fixed.add(study, Inputs::AtModes, spec.fixed, sampler)?;
    }
    let outcomes = study.outcomes.iter().enumerate().map(|(outcome, asked)| Compared {
        outcome,
        each: each(study, &runs, (outcome, asked.better)),
        pairs: pairs
            .iter()
            .map(|&pair| {
                let [of, minus] = [pair.0, pair.1].map(|place| fixed.values(place, outcome));
                let reduction_fixed = mean::variance_reduction(of, minus);
                Pair { reduction_fixed, ..self::pair(study, &runs, pair, (outcome, asked.better), level) }
            })
            .collect(),
    });
    Ok(Comparison {
        replications: runs.replications,
        fixed: spec.fixed,
        level: spec.level,
        reached,
        alternatives: spec.alternatives.clone(),
        outcomes: outcomes.collect(),
        fans: if study.curve == 0 { Vec::new() } else { fans(study, &runs) },
    })
}

fn at_least_two(replications: u32) -> Result<(), Stopped> {
    if replications < 2 {
        return Err(Stopped::Impossible(format!(
            "a comparison needs at least 2 replications, not {replications}: one says nothing of its precision"
        )));
    }
    Ok(())
}

/// Pairs as places in the spec: which, less which.
fn pairs(spec: &CompareSpec) -> Vec<(usize, usize)> {
    let all = spec.alternatives.len();
    match spec.pairs {
        Pairs::First => (1..all).map(|of| (of, 0)).collect(),
        Pairs::All => (1..all).flat_map(|of| (0..of).map(move |minus| (of, minus))).collect(),
    }
}

/// Where the inputs of a replication stand.
#[derive(Clone, Copy)]
enum Inputs {
    Drawn,
    AtModes,
}

/// What was evaluated: for each alternative of the spec and each column of the table the
/// values of all replications.
struct Runs {
    alternatives: Vec<AlternativeId>,
    columns: usize,
    replications: u32,
    values: Vec<Vec<f64>>,
}

impl Runs {
    fn new(alternatives: Vec<AlternativeId>, columns: usize) -> Self {
        let values = vec![Vec::new(); alternatives.len() * columns];
        Self { alternatives, columns, replications: 0, values }
    }

    /// So many more replications, all alternatives of one together, so that what is
    /// evaluated in one go are whole replications.
    fn add(
        &mut self,
        study: &Study,
        inputs: Inputs,
        more: u32,
        sampler: &mut dyn Sampler,
    ) -> Result<(), Stopped> {
        let mut design = Design::new(study.columns());
        for replication in u64::from(self.replications)..u64::from(self.replications + more) {
            let inputs = match inputs {
                Inputs::Drawn => At::Drawn(replication),
                Inputs::AtModes => At::Modes,
            };
            for &alternative in &self.alternatives {
                design.add(alternative, inputs, replication);
            }
        }
        let table = sampler.sample(&design)?;
        for (place, values) in self.values.iter_mut().enumerate() {
            let (alternative, column) = (place / self.columns, place % self.columns);
            values.extend(
                (alternative..table.len()).step_by(self.alternatives.len()).map(|row| table.at(row, column)),
            );
        }
        self.replications += more;
        Ok(())
    }

    fn values(&self, alternative: usize, column: usize) -> &[f64] {
        &self.values[alternative * self.columns + column]
    }

    fn differences(&self, (of, minus): (usize, usize), column: usize) -> Vec<f64> {
        mean::differences(self.values(of, column), self.values(minus, column))
    }
}

/// A stopping rule.
struct Rule<'a> {
    outcome: usize,
    width: Width,
    round: u32,
    most: u32,
    /// Of each pair.
    level: f64,
    pairs: &'a [(usize, usize)],
}

/// Rounds until the rule holds for every pair, or the budget is used up.
fn until(
    study: &Study,
    sampler: &mut dyn Sampler,
    runs: &mut Runs,
    rule: &Rule<'_>,
) -> Result<Reached, Stopped> {
    loop {
        let round = rule.round.max(2).min(rule.most - runs.replications);
        runs.add(study, Inputs::Drawn, round, sampler)?;
        let state = rule.state(runs);
        if state.reached || runs.replications == rule.most {
            return Ok(state);
        }
    }
}

impl Rule<'_> {
    fn state(&self, runs: &Runs) -> Reached {
        let moments: Vec<Moments> =
            self.pairs.iter().map(|pair| Moments::of(&runs.differences(*pair, self.outcome))).collect();
        let widest = |width: &dyn Fn(&Moments) -> f64| moments.iter().map(width).fold(0.0, f64::max);
        let (half_width, limit) = match self.width {
            Width::Absolute(limit) => (widest(&|pair| stopping::chow_robbins(pair, self.level)), limit),
            Width::Relative(gamma) => {
                (widest(&|pair| stopping::relative(pair, self.level)), stopping::relative_limit(gamma))
            }
        };
        let reached = half_width <= limit && u64::from(runs.replications) >= stopping::LEAST;
        let needed = |pair: &Moments| match self.width {
            Width::Absolute(width) => stopping::needed_absolute(pair, width, self.level),
            Width::Relative(gamma) => stopping::needed_relative(pair, gamma, self.level),
        };
        let needed = if reached {
            runs.replications
        } else {
            let most = moments.iter().map(needed).max().unwrap_or_default();
            u32::try_from(most).unwrap_or(u32::MAX)
        };
        Reached { reached, half_width, needed }
    }
}

/// Every alternative by itself.
fn each(study: &Study, runs: &Runs, (outcome, better): (usize, Better)) -> Vec<Each> {
    let best = times_best(runs, (outcome, better));
    let of = f64::from(runs.replications);
    let one = |(place, times): (usize, f64)| {
        let values = runs.values(place, outcome);
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Each {
            summary: Summary::of(values).expect("a comparison has replications"),
            median: order::interval(&sorted, 0.5, LEVEL),
            best: clopper_pearson(Count { times, of }, LEVEL),
            skewed: skewed(study, values, LEVEL),
            sorted,
        }
    };
    best.into_iter().enumerate().map(one).collect()
}

/// In how many replications each alternative is the best; where several are, each has its
/// part.
fn times_best(runs: &Runs, (outcome, better): (usize, Better)) -> Vec<f64> {
    let all = runs.alternatives.len();
    let mut times = vec![0.0; all];
    for replication in 0..runs.replications as usize {
        let losses: Vec<f64> =
            (0..all).map(|place| better.loss(runs.values(place, outcome)[replication])).collect();
        let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
        let ties = losses.iter().filter(|loss| **loss == least).count() as f64;
        for (times, loss) in times.iter_mut().zip(&losses) {
            if *loss == least {
                *times += 1.0 / ties;
            }
        }
    }
    // Thirds do not add up to a whole number of replications to the last bit.
    times.iter().map(|times| times.min(f64::from(runs.replications))).collect()
}

/// One pair, all but what needs fixed inputs.
fn pair(
    study: &Study,
    runs: &Runs,
    pair: (usize, usize),
    (outcome, better): (usize, Better),
    level: f64,
) -> Pair {
    let values = [runs.values(pair.0, outcome), runs.values(pair.1, outcome)];
    let differences = runs.differences(pair, outcome);
    let moments = Moments::of(&differences);
    let difference = mean::interval(&moments, level);
    let skewed = skewed(study, &differences, level);
    let leaves_out_zero = |interval: &Estimate| interval.low > 0.0 || interval.high < 0.0;
    // Where Student's interval is not to be trusted, the bootstrap's has to agree.
    let separated = leaves_out_zero(&difference)
        && skewed.as_ref().is_none_or(|skewed| leaves_out_zero(&skewed.bootstrap));
    let better = values[0].iter().zip(values[1]).filter(|(of, minus)| better.prefers(**of, **minus)).count();
    Pair {
        of: runs.alternatives[pair.0],
        minus: runs.alternatives[pair.1],
        difference,
        better: better as f64 / differences.len() as f64,
        separated,
        needed: if separated { None } else { mean::to_separate(&moments, level) },
        reduction: mean::variance_reduction(values[0], values[1]),
        reduction_fixed: None,
        skewed,
    }
}

fn skewed(study: &Study, values: &[f64], level: f64) -> Option<Skewed> {
    let moments = Moments::of(values);
    too_skewed(&moments).then(|| Skewed {
        skewness: moments.skewness(),
        bootstrap: Bootstrap::of_level(study.draws(), level).of(values).best(),
    })
}

/// For each alternative and each month the quantiles of the hidden outcome.
fn fans(study: &Study, runs: &Runs) -> Vec<Vec<[f64; 5]>> {
    let month = |alternative: usize, month: usize| {
        let mut sorted = runs.values(alternative, study.outcomes.len() + month).to_vec();
        sorted.sort_by(f64::total_cmp);
        [0.05, 0.25, 0.50, 0.75, 0.95].map(|p| quantile(&sorted, p))
    };
    let alternatives = 0..runs.alternatives.len();
    alternatives
        .map(|alternative| (0..study.curve).map(|place| month(alternative, place)).collect())
        .collect()
}

#[cfg(test)]
mod tests;
