//! `portolan explain RUN`: why a workload is where it is, why a strategy costs what it
//! costs, what a figure means.
//!
//! The run's saved inputs are resolved again and its illustrative path is walked once
//! more with a finer fold; what comes out is held against `summary.json` to the
//! micro-unit before anything is explained by it.

mod figure;
mod strategy;
mod workload;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{ArgGroup, Args, ValueEnum};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::recorded::{self, RecordError, Recorded, StrategyNote, Wanted};
use super::{defect, terminal};
use crate::base::diagnostics::{did_you_mean, one_of};
use crate::base::ids::Id;
use crate::report::explain::{RunNote, WIDTH};
use crate::scoring::attribution::Attribution;
use crate::scoring::{Scorecard, Scorer};
use crate::simulation::journal::Journal;
use crate::study::{self, Inputs, Settings};
use crate::world::{Figures, StrategyId, World};

/// Explain a workload, a strategy or a figure of a run.
///
/// Reads the folder of results that `run` wrote, walks its illustrative path again and
/// says where each number comes from: every line with its quantity, its price and who
/// says so.
#[derive(Args, Clone, Debug)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["workload", "strategy", "figure"])))]
#[command(after_help = "Examples:\n  portolan explain --workload erp-db-01\n  \
portolan explain vmware-exit --workload erp-db-01 --strategy hyper-v\n  \
portolan explain output/vmware-exit --strategy hyper-v\n  \
portolan explain --figure cost.npv --strategy hyper-v\n  \
portolan explain --figure lock_in.exit_cost")]
pub struct ExplainArgs {
    /// The folder of results, or the name of the scenario below `output/` [default: the
    /// only one there]
    #[arg(value_name = "RUN")]
    pub run: Option<PathBuf>,
    /// A workload, by its name: in each strategy in short, with --strategy in full. A
    /// pattern such as `*-db-01` does where it fits one.
    #[arg(long, value_name = "NAME", conflicts_with = "figure")]
    pub workload: Option<String>,
    /// A strategy, by its name
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<String>,
    /// A figure of summary.json, by its dotted name, or a group of them
    #[arg(long, value_name = "FIGURE")]
    pub figure: Option<String>,
    /// The folder of the scenario file, where it names other files by relative paths
    #[arg(long, value_name = "DIR")]
    pub base: Option<PathBuf>,
    /// How to print the explanation
    #[arg(long, value_enum, default_value_t)]
    pub format: ExplainFormat,
}

/// How to print the explanation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object, with every number in full.
    Json,
}

/// A name that nothing has.
#[derive(Debug, thiserror::Error)]
#[error("there is no {kind} `{name}` in this run{hint}")]
pub struct UnknownName {
    kind: &'static str,
    name: String,
    hint: String,
}

impl UnknownName {
    /// With what was probably meant, or what there is.
    fn among<'n>(kind: &'static str, name: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> Self {
        /// More names than these are no help.
        const LISTED: usize = 12;
        let hint = match did_you_mean(name, known.clone()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => {
                let names: Vec<&str> = known.into_iter().take(LISTED + 1).collect();
                if names.len() > LISTED { String::new() } else { format!("; there are {}", one_of(names)) }
            }
        };
        Self { kind, name: name.to_owned(), hint }
    }
}

/// One strategy's path, walked again.
struct Walked<'w> {
    strategy: StrategyId,
    journal: Journal,
    attribution: Attribution<'w>,
    scorecard: Scorecard,
}

/// A run that was read again, with the figures of its path.
struct Context<'r> {
    run: &'r Recorded,
    settings: Settings,
    figures: Figures,
}

/// Explains what the arguments ask for.
///
/// # Errors
/// When the run cannot be read again or does not come out the same, and when nothing has
/// the name.
pub fn explain(args: &ExplainArgs) -> anyhow::Result<()> {
    let run = recorded::read(Wanted { run: args.run.as_deref(), base: args.base.as_deref() })?;
    defect::note_seed(run.summary.seed);
    let strategy = args.strategy.as_deref().map(|name| named_strategy(&run.world, name)).transpose()?;
    let width = terminal::shape().width.min(WIDTH);
    let name = args.strategy.as_deref();
    if let Some(wanted) = &args.workload {
        let workload = workload::find(&run.world, wanted)?;
        let (context, paths) = walk(&run, None)?;
        let explained = workload::explain(&context, &paths, workload)?;
        return print(args.format, "workload", &explained, || explained.text(width, name));
    }
    if let Some(wanted) = &args.figure {
        let figure = figure::find(&run, wanted)?;
        let (context, paths) = walk(&run, None)?;
        let explained = figure::explain(&context, &paths, figure);
        return print(args.format, "figure", &explained, || explained.text(width, name));
    }
    let strategy = strategy.context("clap asks for one of the three")?;
    let (context, paths) = walk(&run, Some(strategy))?;
    let explained = strategy::explain(&context, &paths[0]);
    print(args.format, "strategy", &explained, || explained.text(width))
}

fn named_strategy(world: &World, name: &str) -> Result<StrategyId, UnknownName> {
    let names = world.strategies.iter().map(|strategy| strategy.name.as_str());
    let found = world.strategies.find(|strategy| strategy.name == name);
    found.ok_or_else(|| UnknownName::among("strategy", name, names))
}

/// Walks the path of one strategy, or of all, and checks that it comes out as it did.
fn walk(run: &Recorded, only: Option<StrategyId>) -> anyhow::Result<(Context<'_>, Vec<Walked<'_>>)> {
    let wanted: Vec<StrategyId> =
        run.world.strategies.ids().filter(|id| only.is_none_or(|only| only == *id)).collect();
    let mut draws = vec![Inputs::Drawn];
    // One replication may have been drawn at the modes: what comes out tells.
    if run.summary.replications == 1 {
        draws.push(Inputs::AtMode);
    }
    let mut differs = None;
    for inputs in draws {
        let settings = Settings { inputs, ..run.settings };
        let figures = study::figures_of(&run.world, &settings, run.replication);
        let context = Context { run, settings, figures };
        let paths: Vec<Walked<'_>> = wanted.par_iter().map(|strategy| context.walk(*strategy)).collect();
        match paths.iter().try_for_each(|path| context.check(path)) {
            Ok(()) => return Ok((context, paths)),
            Err(error) => differs = differs.or(Some(error)),
        }
    }
    Err(differs.context("a run has at least one strategy")?.into())
}

impl<'r> Context<'r> {
    fn walk(&self, strategy: StrategyId) -> Walked<'r> {
        let world = &self.run.world;
        let attribution = Attribution::new(world, strategy, &self.figures);
        let receivers = (Journal::default(), (attribution, self.scorer(strategy)));
        let (journal, (attribution, scorer)) =
            study::follow(world, &self.settings, strategy, self.run.replication, receivers);
        Walked { strategy, journal, attribution, scorecard: scorer.finish() }
    }

    /// A scorer for the path of a strategy.
    fn scorer(&self, strategy: StrategyId) -> Scorer<'r> {
        Scorer::new(&self.run.world, strategy, self.figures.value(self.run.world.discount_rate))
    }

    /// What the run wrote of a strategy.
    fn note(&self, strategy: StrategyId) -> &'r StrategyNote {
        let name = &self.run.world.strategies[strategy].name;
        let written = &self.run.summary.strategies;
        let at_place = written.get(strategy.index()).filter(|note| note.name == *name);
        at_place
            .or_else(|| written.iter().find(|note| note.name == *name))
            .expect("the digest of the scenario says that it has the strategies of the summary")
    }

    fn check(&self, path: &Walked<'_>) -> Result<(), RecordError> {
        let note = self.note(path.strategy);
        let cost = &path.scorecard.cost;
        let is_same = note.micros("cost.total") == Some(cost.total.micros())
            && note.micros("cost.npv") == Some(cost.npv.micros());
        if is_same {
            return Ok(());
        }
        let currency = self.run.world.currency;
        Err(RecordError::Differs {
            strategy: note.name.clone(),
            found: format!("{} {currency}", cost.total),
            recorded: format!("{} {currency}", note.on_path("cost.total")),
            advice: self.run.advice(),
        })
    }

    fn run_note(&self) -> RunNote {
        let summary = &self.run.summary;
        RunNote {
            scenario: summary.scenario.name.clone(),
            currency: self.run.world.currency.code().to_owned(),
            replications: summary.replications,
            path_replication: self.run.replication,
            notes: self.run.notes.clone(),
        }
    }
}

fn print<T: Serialize>(
    format: ExplainFormat,
    kind: &str,
    explained: &T,
    text: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    let text = match format {
        ExplainFormat::Text => text(),
        ExplainFormat::Json => {
            let whole = json!({ "schema_version": 1, "explained": kind, kind: explained });
            format!("{whole:#}\n")
        }
    };
    Ok(terminal::print(&text)?)
}
