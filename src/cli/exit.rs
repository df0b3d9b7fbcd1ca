//! `portolan exit`: leave one party at one date, and explain what it takes.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use jiff::civil::Date;

use super::inputs::{self, Loaded};
use super::run::Format;
use super::{defect, terminal};
use crate::base::diagnostics::{did_you_mean, one_of};
use crate::base::units::SimTime;
use crate::report::{self, RunMeta};
use crate::study::{self, ExitQuestion, Inputs, Settings};
use crate::world::{PartyId, StrategyId, World};

/// Something asked for is not there.
const USAGE: u8 = 2;
/// Lines of an explanation are no wider than this.
const WIDEST: usize = 100;

/// Leave one party at one date, and explain what it takes.
///
/// Simulates each strategy until that day, then moves everything that depends on the party
/// to its next-best feasible destination, with the same links, people and windows as any
/// other move. A party is a provider's operator or owner, or a technology supplier:
/// `--party broadcom` empties every site that runs its software.
#[derive(Args, Clone, Debug)]
pub struct ExitArgs {
    /// The scenario file, or the name of one that comes with the program.
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,
    /// Whom to leave, by key, name or provider; `list` says who can be left.
    #[arg(long, value_name = "NAME")]
    pub party: String,
    /// When: a day of the scenario [default: the end of the horizon]
    #[arg(long, value_name = "DATE")]
    pub at: Option<Date>,
    /// One strategy [default: all]
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<String>,
    /// How many times each strategy is simulated.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// A real inventory in place of the scenario's.
    #[arg(long, value_name = "FILE")]
    pub inventory: Option<PathBuf>,
    /// The seed of all random draws [default: the scenario's]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Threads; results do not depend on it [default: one a processor]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// How to print it on stdout.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Leaves the party and prints what that takes.
///
/// # Errors
/// When an input is refused, or threads cannot be started.
pub fn exit(args: &ExitArgs) -> anyhow::Result<ExitCode> {
    let loaded = inputs::load(args.scenario.as_deref(), args.inventory.as_deref())?;
    if !loaded.warnings.is_empty() {
        eprintln!("{}", loaded.warnings.trim_end());
    }
    let world = &loaded.world;
    if args.party == "list" {
        terminal::print(&report::exit_text::party_list(world, &study::parties_to_leave(world)))?;
        return Ok(ExitCode::SUCCESS);
    }
    let question = match question(world, args) {
        Ok(question) => question,
        Err(message) => {
            eprintln!("error: {message}");
            return Ok(ExitCode::from(USAGE));
        }
    };
    let settings = Settings {
        seed: args.seed.unwrap_or(loaded.seed),
        replications: args.replications,
        threads: args.threads.map(usize::from),
        inputs: Inputs::Drawn,
        rehearsals: 0,
    };
    defect::note_seed(settings.seed);
    let study = study::leave(world, &settings, question).context("cannot start threads")?;
    let text = match args.format {
        Format::Text => {
            let width = terminal::shape().width.clamp(60, WIDEST);
            report::exit_text::exit_text(world, &study, width)
        }
        Format::Json => String::from_utf8(report::exit_json(world, &study, &meta(&loaded))?)?,
    };
    terminal::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn meta(loaded: &Loaded) -> RunMeta {
    RunMeta {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario_sha256: inputs::sha256(&loaded.scenario_yaml),
        ..RunMeta::default()
    }
}

/// What is asked.
///
/// # Errors
/// In words, when somebody or something asked for is not there.
fn question(world: &World, args: &ExitArgs) -> Result<ExitQuestion, String> {
    Ok(ExitQuestion {
        party: party(world, &args.party)?,
        at: at(world, args.at)?,
        strategies: strategies(world, args.strategy.as_deref())?,
    })
}

fn party(world: &World, name: &str) -> Result<PartyId, String> {
    let known = study::parties_to_leave(world);
    if let Some(party) = study::party_named(world, name) {
        return if known.contains(&party) {
            Ok(party)
        } else {
            Err(format!(
                "nothing in this scenario ever depends on {}, so there is nothing to leave.\n{}",
                world.parties[party].name,
                who(world, &known)
            ))
        };
    }
    let keys = known.iter().map(|party| world.parties[*party].key.as_str());
    let names = known.iter().map(|party| world.parties[*party].name.as_str());
    let near = did_you_mean(name, keys.chain(names)).map(|near| format!(" Did you mean `{near}`?"));
    Err(format!("nobody is called `{name}`.{}\n{}", near.unwrap_or_default(), who(world, &known)))
}

fn who(world: &World, known: &[PartyId]) -> String {
    format!("Who can be left:\n{}", report::exit_text::party_list(world, known).trim_end())
}

fn at(world: &World, date: Option<Date>) -> Result<SimTime, String> {
    let calendar = &world.calendar;
    let Some(date) = date else { return Ok(world.horizon()) };
    if date < calendar.start() || date > calendar.end() {
        return Err(format!(
            "{date} is not a day of the scenario, which runs from {} to {}.",
            calendar.start(),
            calendar.end()
        ));
    }
    Ok(calendar.at(date))
}

fn strategies(world: &World, name: Option<&str>) -> Result<Vec<StrategyId>, String> {
    let Some(name) = name else { return Ok(world.strategies.ids().collect()) };
    if let Some(found) = world.strategies.find(|strategy| strategy.name == name) {
        return Ok(vec![found]);
    }
    let names: Vec<&str> = world.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
    let near = did_you_mean(name, names.iter().copied()).map(|near| format!(" Did you mean `{near}`?"));
    Err(format!(
        "there is no strategy `{name}`.{} The scenario has {}.",
        near.unwrap_or_default(),
        one_of(names)
    ))
}
