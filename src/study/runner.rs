//! Replications of every strategy, and the illustrative path.
//!
//! A replication is drawn once and met by all strategies: what differs between
//! them is the strategy. Replications run in parallel and are folded in their
//! order, so that the number of threads changes no byte of a result.

use rayon::prelude::*;

use super::rehearsal;
use super::relief;
use super::results::{BrokenLimit, Curves, ExitRehearsals, Forecast, Path, Results, StrategyResults};
use super::summary::{Summary, quantile};
use crate::base::ids::{Id, IdVec};
use crate::base::random::Draws;
use crate::base::units::{Money, SimTime};
use crate::scoring::{ExitOutcome, Score, Scorecard, Scorer};
use crate::simulation::journal::{Journal, Receiver};
use crate::simulation::{Plan, Running, Simulation};
use crate::world::{ApplicationId, Figures, Limits, StrategyId, World};

/// How a scenario is run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The seed of all draws.
    pub seed: u64,
    /// Replications of each strategy, at least one.
    pub replications: u32,
    /// Threads; none for as many as there are processors.
    pub threads: Option<usize>,
    /// What figures a replication takes.
    pub inputs: Inputs,
    /// Replications, from the first, in which exits are rehearsed.
    pub rehearsals: u32,
}

/// What figures a replication takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// Drawn anew for each replication.
    Drawn,
    /// Every figure at its mode: one path, not a forecast.
    AtMode,
}

/// Who is told how far a run has come. Called from any thread.
pub trait Progress: Sync {
    /// One more replication of all strategies is done.
    fn replication_done(&self);
}

/// Nobody is told.
impl Progress for () {
    fn replication_done(&self) {}
}

/// What is kept of one strategy in one replication.
struct Outcome {
    scores: Vec<(String, Score)>,
    npv: Money,
    cumulative: Vec<Money>,
    downtime: IdVec<ApplicationId, f64>,
    violations: usize,
    stranded: Option<u32>,
}

/// Runs every strategy of a world and summarises what the replications say.
///
/// # Errors
/// If the threads cannot be started.
pub fn run(
    world: &World,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Results, rayon::ThreadPoolBuildError> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(settings.threads.unwrap_or(0)).build()?;
    let settings = Settings { replications: settings.replications.max(1), ..*settings };
    Ok(threads.install(|| run_here(world, &settings, progress)))
}

fn run_here(world: &World, settings: &Settings, progress: &dyn Progress) -> Results {
    let replications: Vec<Vec<Outcome>> = (0..settings.replications)
        .into_par_iter()
        .map(|replication| {
            let outcomes = replicate(world, settings, replication);
            progress.replication_done();
            outcomes
        })
        .collect();
    let of = |strategy: StrategyId| replications.iter().map(move |outcomes| &outcomes[strategy.index()]);

    let npvs: IdVec<StrategyId, Vec<Money>> =
        world.strategies.ids().map(|strategy| of(strategy).map(|outcome| outcome.npv).collect()).collect();
    let ranks: IdVec<StrategyId, Vec<usize>> = npvs.iter().map(|npvs| rank(npvs)).collect();
    let path_replication = most_typical(ranks.as_slice());
    let mut paths: Vec<Path> = world
        .strategies
        .ids()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|strategy| {
            let percentile = percentile(ranks[strategy][path_replication as usize], settings.replications);
            walk(world, settings, strategy, path_replication, percentile)
        })
        .collect();

    let first = StrategyId::from_index(0);
    let run_cost = paths.first().map(|path| path.scorecard.lock_in.yearly_run_cost);
    for path in paths.iter_mut().skip(1) {
        let lock_in = &mut path.scorecard.lock_in;
        lock_in.saving_per_year = run_cost.map(|first| first - lock_in.yearly_run_cost);
    }
    let strategies = world.strategies.ids().zip(paths).map(|(strategy, path)| {
        let savings: Vec<f64> =
            npvs[first].iter().zip(&npvs[strategy]).map(|(first, this)| (*first - *this).as_f64()).collect();
        let compared = strategy != first;
        let outcomes: Vec<&Outcome> = of(strategy).collect();
        StrategyResults {
            forecast: forecast(world, &outcomes),
            beats_first: compared
                .then(|| share(savings.iter().filter(|saving| **saving > 0.0).count(), savings.len())),
            saving: if compared { Summary::of(&savings) } else { None },
            curves: curves(world, &outcomes),
            downtime: downtime(world, &outcomes),
            path,
            broken: broken(world, &outcomes),
            rehearsals: ExitRehearsals {
                replications: outcomes.iter().filter(|outcome| outcome.stranded.is_some()).count() as u32,
                stranded: outcomes.iter().filter(|outcome| outcome.stranded.is_some_and(|n| n > 0)).count()
                    as u32,
            },
        }
    });
    Results {
        seed: settings.seed,
        replications: settings.replications,
        path_replication,
        path_figures: figures(world, settings, path_replication),
        strategies: strategies.collect(),
    }
}

pub(super) fn draws(settings: &Settings, replication: u32) -> Draws {
    Draws { seed: settings.seed, replication: u64::from(replication) }
}

pub(super) fn figures(world: &World, settings: &Settings, replication: u32) -> Figures {
    match settings.inputs {
        Inputs::Drawn => Figures::draw(world, &draws(settings, replication)),
        Inputs::AtMode => Figures::at_mode(world),
    }
}

/// All strategies in one replication.
fn replicate(world: &World, settings: &Settings, replication: u32) -> Vec<Outcome> {
    let figures = figures(world, settings, replication);
    let draws = draws(settings, replication);
    let mut first: Option<Money> = None;
    let outcome = |strategy: StrategyId| {
        let scorer = Scorer::new(world, strategy, figures.value(world.discount_rate));
        let plan = Plan::of(world, &world.strategies[strategy]);
        let mut running = Simulation::start(world, plan, figures.clone(), draws, scorer);
        let rehearsed = replication < settings.rehearsals;
        let (exits, exit) = run_out(world, &mut running, rehearsed.then_some(world.horizon()));
        let mut scorecard = running.close().finish();
        scorecard.lock_in.exit = exit;
        scorecard.lock_in.exits = exits;
        let run_cost = scorecard.lock_in.yearly_run_cost;
        scorecard.lock_in.saving_per_year = first.map(|first| first - run_cost);
        first.get_or_insert(run_cost);
        Outcome::of(world, scorecard)
    };
    world.strategies.ids().map(outcome).collect()
}

/// Runs to the end of the horizon; with exits rehearsed on the way, and at `exit_at` after
/// it, where one is given.
fn run_out<R: Receiver>(
    world: &World,
    running: &mut Running<'_, R>,
    exit_at: Option<SimTime>,
) -> (Vec<Option<ExitOutcome>>, Option<ExitOutcome>) {
    match exit_at {
        Some(at) => {
            let exits = rehearsal::run_rehearsing(world, running);
            (exits, rehearsal::rehearse(world, running, at))
        }
        None => {
            running.run_to_horizon();
            (Vec::new(), None)
        }
    }
}

/// One strategy in one replication, its Journal kept.
fn walk(
    world: &World,
    settings: &Settings,
    strategy: StrategyId,
    replication: u32,
    npv_percentile: f64,
) -> Path {
    let figures = figures(world, settings, replication);
    let draws = draws(settings, replication);
    let scorer = Scorer::new(world, strategy, figures.value(world.discount_rate));
    let plan = Plan::of(world, &world.strategies[strategy]);
    let receivers = (Journal::default(), scorer);
    let mut running: Running<'_, (Journal, Scorer<'_>)> =
        Simulation::start(world, plan, figures.clone(), draws, receivers);
    let (exits, exit) = run_out(world, &mut running, (settings.rehearsals > 0).then_some(world.horizon()));
    let (journal, scorer) = running.close();
    let mut scorecard = scorer.finish();
    scorecard.lock_in.exit = exit;
    scorecard.lock_in.exits = exits;
    let base = relief::Base { world, strategy, figures: &figures, draws, scorecard: &scorecard };
    let reliefs = relief::reliefs(&base, &journal);
    Path { npv_percentile, scorecard, journal, reliefs }
}

impl Outcome {
    fn of(world: &World, scorecard: Scorecard) -> Self {
        Self {
            scores: scorecard.figures(world),
            npv: scorecard.cost.npv,
            violations: scorecard.sovereignty.violations.len(),
            stranded: scorecard.lock_in.exit.as_ref().map(|exit| exit.hardest().stranded),
            cumulative: scorecard.cost.cumulative,
            downtime: scorecard.downtime,
        }
    }

    fn score(&self, name: &str) -> Score {
        self.scores.iter().find(|(known, _)| known == name).map_or(Score::Missing, |(_, score)| *score)
    }
}

/// The place of each value in ascending order; ties go by replication.
pub(super) fn rank(values: &[Money]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|replication| (values[*replication], *replication));
    let mut ranks = vec![0; values.len()];
    for (rank, replication) in order.into_iter().enumerate() {
        ranks[replication] = rank;
    }
    ranks
}

/// The replication whose worst distance in rank from the median, over the
/// strategies, is least; ties go to the lowest.
pub(super) fn most_typical(ranks: &[Vec<usize>]) -> u32 {
    let count = ranks.first().map_or(0, Vec::len);
    // Twice the distance, so that the median of an even number is a whole one too.
    let distance = |rank: usize| (2 * rank).abs_diff(count - 1);
    let worst = |replication: usize| ranks.iter().map(|ranks| distance(ranks[replication])).max();
    (0..count).min_by_key(|replication| (worst(*replication), *replication)).unwrap_or(0) as u32
}

/// Share of the other replications below a rank, in percent.
fn percentile(rank: usize, replications: u32) -> f64 {
    if replications < 2 { 50.0 } else { 100.0 * rank as f64 / f64::from(replications - 1) }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn forecast(world: &World, outcomes: &[&Outcome]) -> Forecast {
    let names = outcomes[0].scores.iter().map(|(name, _)| name);
    names
        .enumerate()
        .filter_map(|(place, name)| {
            let values: Vec<f64> =
                outcomes.iter().filter_map(|outcome| outcome.scores[place].1.as_f64(world)).collect();
            Summary::of(&values).map(|summary| (name.clone(), summary))
        })
        .collect()
}

fn curves(world: &World, outcomes: &[&Outcome]) -> Curves {
    let month = |month: usize| {
        let mut values: Vec<f64> =
            outcomes.iter().map(|outcome| outcome.cumulative[month].as_f64()).collect();
        values.sort_by(f64::total_cmp);
        [0.05, 0.50, 0.95].map(|p| quantile(&values, p))
    };
    Curves { cumulative: (0..world.calendar.months()).map(month).collect() }
}

fn downtime(world: &World, outcomes: &[&Outcome]) -> IdVec<ApplicationId, Summary> {
    let of = |application: ApplicationId| {
        let hours: Vec<f64> = outcomes.iter().map(|outcome| outcome.downtime[application]).collect();
        Summary::of(&hours).expect("a run has at least one replication")
    };
    world.applications.ids().map(of).collect()
}

fn broken(world: &World, outcomes: &[&Outcome]) -> Vec<BrokenLimit> {
    let Limits { budget, finish_by, downtime_hours, gates } = &world.limits;
    let mut limits: Vec<(String, usize)> = Vec::new();
    let mut check = |name: String, breaks: &dyn Fn(&Outcome) -> bool| {
        limits.push((name, outcomes.iter().filter(|outcome| breaks(outcome)).count()));
    };
    if let Some(budget) = budget {
        let name = format!("budget of {}{}", in_large_units(*budget), world.currency);
        check(name, &|outcome| outcome.npv > *budget);
    }
    if let Some(latest) = finish_by {
        let name = format!("moves finished by {}", world.calendar.date(*latest));
        check(name, &|outcome| match (
            outcome.score("migration.planned"),
            outcome.score("migration.finished_at"),
        ) {
            (Score::Count(0), _) => false,
            (_, Score::Instant(at)) => at > *latest,
            _ => true,
        });
    }
    if let Some(most) = downtime_hours {
        let name = format!("{most} h of downtime for moves");
        check(
            name,
            &|outcome| matches!(outcome.score("migration.downtime_hours"), Score::Number(hours) if hours > *most),
        );
    }
    if !gates.is_empty() {
        check("sovereignty gates".to_owned(), &|outcome| outcome.violations > 0);
    }
    limits
        .into_iter()
        .filter(|(_, breaks)| *breaks > 0)
        .map(|(limit, breaks)| BrokenLimit { limit, share: share(breaks, outcomes.len()) })
        .collect()
}

fn in_large_units(amount: Money) -> String {
    let amount = amount.as_f64();
    let (scaled, prefix) = if amount < 1e6 { (amount / 1e3, "k") } else { (amount / 1e6, "M") };
    let text = format!("{scaled:.3}");
    format!("{} {prefix}", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_the_replication_nearest_the_median_of_every_strategy() {
        // Ranks of five replications under two strategies: the third is second from
        // the median under one and on it under the other; the fifth is one off in both.
        let ranks = [vec![0, 4, 2, 1, 3], vec![4, 0, 0, 2, 1]];
        assert_eq!(most_typical(&ranks), 3);
        assert_eq!(most_typical(&[vec![0, 1]]), 0, "a tie goes to the lowest replication");
    }

    #[test]
    fn ranks_of_equal_values_go_by_replication() {
        let values = [3, 1, 3, 2].map(Money::from_micros);
        assert_eq!(rank(&values), [2, 0, 3, 1]);
    }
}
