//! `portolan run`: the main job.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::inputs::{self, Loaded};
use super::{defect, terminal};
use crate::report::{self, RunMeta, output};
use crate::study::{self, Inputs, Progress, Results, Settings};

/// Replications, from the first, in which exits are rehearsed.
const REHEARSALS: u32 = 20;
/// A limit was broken, and the user wants to be told by the exit code.
const LIMIT_BROKEN: u8 = 1;

/// Simulate a scenario and compare its strategies.
///
/// Without an argument the scenario that comes with the program runs: a VMware
/// contract ends, six strategies. Results are written to `output/SCENARIO/`.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// The scenario file, or the name of one that comes with the program.
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,
    /// A real inventory in place of the scenario's: an RVTools workbook or CSV folder,
    /// an Azure Migrate import CSV, or a folder of utilisation traces.
    #[arg(long, value_name = "FILE")]
    pub inventory: Option<PathBuf>,
    /// The folder of the results itself [default: `output/SCENARIO`]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The seed of all random draws [default: the scenario's]
    #[arg(long)]
    pub seed: Option<u64>,
    /// How many times each strategy is simulated [default: the scenario's, 100]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: Option<u32>,
    /// Threads; results do not depend on it [default: one a processor]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Draw every uncertain figure anew, or take its mode: one path, not a forecast
    #[arg(long, value_enum, default_value_t)]
    pub draw: Draw,
    /// How to print the answer on stdout
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Exit with code 1 when a limit of the scenario was broken
    #[arg(long)]
    pub enforce_limits: bool,
}

/// What figures a replication takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Draw {
    /// Every uncertain figure is drawn anew in each replication.
    #[default]
    Inputs,
    /// Every figure at its mode: one path, not a forecast.
    Mode,
}

/// How to print the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people.
    #[default]
    Text,
    /// The same JSON as summary.json.
    Json,
}

/// Runs the scenario, writes its results, and prints the answer.
///
/// # Errors
/// When an input is refused or the results cannot be written; then nothing is.
pub fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let loaded = inputs::load(args.scenario.as_deref(), args.inventory.as_deref())?;
    if !loaded.warnings.is_empty() {
        eprintln!("{}", loaded.warnings.trim_end());
    }
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from("output").join(&loaded.world.name));
    // Before the work, not after it: a folder that is somebody else's is not replaced.
    output::check(&out)?;
    let settings = settings(args, &loaded);
    defect::note_seed(settings.seed);
    let progress = Bar::new(settings.replications);
    let results = study::run(&loaded.world, &settings, &progress).context("cannot start threads")?;
    progress.finish();

    let meta = meta(args, &loaded);
    output::replace(&out, |folder| {
        report::write(&loaded.world, &results, &meta, folder)?;
        report::write_inputs(folder, &loaded.scenario_yaml, &loaded.estate_csv)
    })?;
    answer(args, &loaded, &results, &meta)?;
    eprintln!("Results: {} (start with {})", out.display(), out.join("report.html").display());
    let broken = results.strategies.iter().any(|strategy| !strategy.broken.is_empty());
    Ok(if broken && args.enforce_limits { ExitCode::from(LIMIT_BROKEN) } else { ExitCode::SUCCESS })
}

fn settings(args: &RunArgs, loaded: &Loaded) -> Settings {
    let inputs = match args.draw {
        Draw::Inputs => Inputs::Drawn,
        Draw::Mode => Inputs::AtMode,
    };
    let replications = match inputs {
        Inputs::AtMode => 1,
        Inputs::Drawn => args.replications.unwrap_or(loaded.replications),
    };
    Settings {
        seed: args.seed.unwrap_or(loaded.seed),
        replications,
        threads: args.threads.map(usize::from),
        inputs,
        rehearsals: REHEARSALS,
    }
}

/// What the run was. Neither threads nor folders are in it: they change no byte.
fn meta(args: &RunArgs, loaded: &Loaded) -> RunMeta {
    let mut command = vec!["portolan run".to_owned()];
    if let Some(scenario) = args.scenario.as_deref().and_then(|path| path.file_name()) {
        command.push(scenario.to_string_lossy().into_owned());
    }
    if let Some(inventory) = &loaded.inventory {
        command.push(format!("--inventory {inventory}"));
    }
    if let Some(seed) = args.seed {
        command.push(format!("--seed {seed}"));
    }
    if let Some(replications) = args.replications {
        command.push(format!("--replications {replications}"));
    }
    if args.draw == Draw::Mode {
        command.push("--draw mode".to_owned());
    }
    RunMeta {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command.join(" "),
        scenario_sha256: inputs::sha256(&loaded.scenario_yaml),
        inventory_sha256: loaded.inventory.as_ref().map(|_| inputs::sha256(&loaded.estate_csv)),
        inventory: loaded.inventory.clone(),
    }
}

fn answer(args: &RunArgs, loaded: &Loaded, results: &Results, meta: &RunMeta) -> anyhow::Result<()> {
    let text = match args.format {
        Format::Text => report::table::table(&loaded.world, results, terminal::shape()),
        Format::Json => String::from_utf8(report::summary(&loaded.world, results, meta)?)?,
    };
    Ok(terminal::print(&text)?)
}

/// A progress bar on stderr; on anything but a terminal it is silent.
struct Bar(ProgressBar);

impl Bar {
    fn new(replications: u32) -> Self {
        let bar = ProgressBar::new(u64::from(replications));
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} replications, {eta} left")
            .expect("the template is well formed");
        bar.set_style(style);
        Self(bar)
    }

    fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn replication_done(&self) {
        self.0.inc(1);
    }
}
