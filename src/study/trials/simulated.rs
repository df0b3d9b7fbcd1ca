//! The model behind a study: simulations of strategies in variants of a scenario.

use super::runner::Model;
use super::store::Key;
use super::{AlternativeId, At, Trial};
use crate::base::ids::IdVec;
use crate::base::random::Draws;
use crate::scoring::{Read, Reading, Scorer, Sections};
use crate::simulation::{Plan, Simulation};
use crate::study::rehearsal;
use crate::study::{LEAST, Study};
use crate::world::{FigureId, Figures, StrategyId, World};

/// A variant of the scenario.
pub struct Variant<'w> {
    /// Its world.
    pub world: &'w World,
    /// For each column of a design's points, the figure that it moves; none where this
    /// variant has no such figure.
    pub columns: Vec<Option<FigureId>>,
}

/// An alternative as what is simulated.
#[derive(Clone, Debug)]
pub struct Contender {
    /// The place of its variant.
    pub variant: usize,
    /// Its strategy there.
    pub strategy: StrategyId,
    /// What tells its variant and strategy from others: a hash of scenario and estate, and
    /// the strategy's name.
    pub identity: String,
}

/// Simulates trials.
pub struct Simulated<'w> {
    seed: u64,
    outcomes: usize,
    curve: usize,
    variants: Vec<Prepared<'w>>,
    contenders: IdVec<AlternativeId, Contender>,
    exits: Exits,
}

/// A variant with what is worked out once.
struct Prepared<'w> {
    variant: Variant<'w>,
    /// For each figure of the world, the column that moves it.
    column_of: IdVec<FigureId, Option<u32>>,
    /// The outcomes, found among the figures of a scorecard.
    reading: Reading,
}

/// Whether exits are rehearsed in every trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exits {
    /// An outcome needs it.
    Rehearsed,
    /// No outcome needs it.
    None,
}

/// Figures that exist only where exits are rehearsed begin with this.
const REHEARSED: &str = "lock_in.exit";

impl<'w> Simulated<'w> {
    /// The model of a study.
    ///
    /// # Panics
    /// If an outcome is no figure of a variant's scorecard, or an alternative's variant
    /// does not exist: a checked study has neither.
    pub fn new(
        study: &Study,
        variants: Vec<Variant<'w>>,
        contenders: IdVec<AlternativeId, Contender>,
    ) -> Self {
        let needs_exit =
            |figure: &str| figure.starts_with(REHEARSED) || figure.starts_with("lock_in.by_party");
        let exits = study.outcomes.iter().any(|outcome| needs_exit(&outcome.figure));
        let variants: Vec<Prepared<'w>> =
            variants.into_iter().map(|variant| Prepared::of(study, variant)).collect();
        let contenders = contenders
            .iter()
            .map(|contender| Contender {
                identity: identity(study, &variants[contender.variant].variant, contender),
                ..contender.clone()
            })
            .collect();
        Self {
            seed: study.seed,
            outcomes: study.outcomes.len(),
            curve: study.curve,
            variants,
            contenders,
            exits: if exits { Exits::Rehearsed } else { Exits::None },
        }
    }

    fn figures(&self, variant: &Prepared<'_>, trial: &Trial, point: Option<&[f64]>) -> Figures {
        let world = variant.variant.world;
        match trial.inputs {
            At::Drawn(draw) => Figures::draw(world, &Draws { seed: self.seed, replication: draw }),
            At::Modes => Figures::at_mode(world),
            At::Point(_) => {
                let point = point.unwrap_or(&[]);
                Figures::at_quantiles(world, |figure| {
                    let u = point[variant.column_of[figure]? as usize];
                    (!u.is_nan()).then(|| u.clamp(LEAST, 1.0 - LEAST))
                })
            }
        }
    }

    fn simulate(&self, trial: &Trial, point: Option<&[f64]>) -> (&'w World, Read) {
        let contender = &self.contenders[trial.alternative];
        let variant = &self.variants[contender.variant];
        let (world, strategy, reading) = (variant.variant.world, contender.strategy, &variant.reading);
        let figures = self.figures(variant, trial, point);
        let draws = Draws { seed: self.seed, replication: trial.chance };
        let sections = match self.exits {
            Exits::Rehearsed => Sections::ALL,
            Exits::None => reading.sections(),
        };
        let scorer = Scorer::of(world, strategy, figures.value(world.discount_rate), sections);
        let plan = Plan::of(world, &world.strategies[strategy]);
        let mut running = Simulation::start(world, plan, figures, draws, scorer);
        running.run_to_horizon();
        let read = match self.exits {
            Exits::None => running.close().read(reading),
            Exits::Rehearsed => {
                let exit = rehearsal::rehearse(world, &running, world.horizon());
                let mut scorecard = running.close().finish();
                scorecard.lock_in.exit = exit;
                scorecard.read(world, reading)
            }
        };
        (world, read)
    }
}

impl<'w> Prepared<'w> {
    fn of(study: &Study, variant: Variant<'w>) -> Self {
        let world = variant.world;
        let mut column_of = IdVec::filled(None, world.figures.len());
        for (column, figure) in variant.columns.iter().enumerate() {
            if let Some(figure) = figure {
                column_of[*figure] = Some(column as u32);
            }
        }
        let outcomes = study.outcomes.iter().map(|outcome| outcome.figure.as_str());
        let reading = Reading::of(world, outcomes).expect("an outcome is a figure of a scorecard");
        let reading = if study.curve > 0 { reading.with_cumulative_cost() } else { reading };
        Self { variant, column_of, reading }
    }
}

/// A hash of everything that the outcomes of an alternative depend on, beside the trial.
fn identity(study: &Study, variant: &Variant<'_>, contender: &Contender) -> String {
    let columns = variant.columns.iter().map(|column| match column {
        Some(figure) => variant.world.figures[*figure].name.as_str(),
        None => "",
    });
    let outcomes = study.outcomes.iter().map(|outcome| outcome.figure.as_str());
    let version = env!("CARGO_PKG_VERSION");
    let head = format!("{version} seed {} curve {} of {}", study.seed, study.curve, contender.identity);
    let mut key = Key::builder();
    std::iter::once(head.as_str()).chain(outcomes).chain(columns).for_each(|text| key.text(text));
    key.finish().to_string()
}

impl Model for Simulated<'_> {
    fn outcomes(&self) -> usize {
        self.outcomes + self.curve
    }

    fn evaluate(&self, trial: &Trial, point: Option<&[f64]>, out: &mut [f64]) {
        let (world, read) = self.simulate(trial, point);
        let (outcomes, curve) = out.split_at_mut(self.outcomes);
        for (score, out) in read.scores.iter().zip(outcomes) {
            *out = score.as_f64(world).unwrap_or(f64::NAN);
        }
        // A variant with a shorter horizon costs no more after its end.
        for (month, out) in curve.iter_mut().enumerate() {
            let month = month.min(read.cumulative.len() - 1);
            *out = read.cumulative[month].as_f64();
        }
    }

    fn identity(&self, alternative: AlternativeId) -> &str {
        &self.contenders[alternative].identity
    }
}
