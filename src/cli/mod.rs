//! The command line, one file a sub-command.
//!
//! Results go to stdout, progress and messages to stderr. Exit codes: 0 done; 1 a
//! stated limit was broken and `--enforce-limits` was given, or a comparison of
//! `validate` does not hold; 2 usage; 3 a scenario
//! or an inventory was refused; 4 a price is missing; 70 a defect of ours.

pub mod bench_day;
pub mod catalog;
pub mod check;
pub mod completions;
pub mod defect;
pub mod exit;
pub mod explain;
pub mod failure;
pub mod import;
pub mod init;
pub mod inputs;
pub mod man;
pub mod recorded;
pub mod run;
pub mod schema;
pub mod study;
pub mod terminal;
pub mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What happens, over the coming years, if these workloads move there, then, like that?
///
/// Simulates the move of a VMware-style estate and the years after it, many times,
/// and says what it costs, how long it takes, what breaks, how hard it would be to
/// leave again and who could compel access to the data, each with a range.
/// Everything runs on this machine; nothing is sent anywhere.
#[derive(Parser, Debug)]
#[command(name = "portolan", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Start with: portolan run\nExit codes: 0 done; 1 a limit was broken \
(with --enforce-limits); 2 usage; 3 bad scenario or inventory; 4 a price is missing; 70 a defect.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Simulate a scenario and compare its strategies
    Run(run::RunArgs),
    /// Compare strategies under uncertainty: intervals, selection, sensitivity, regret
    Study(study::StudyArgs),
    /// Leave one party at one date, and explain what it takes
    Exit(exit::ExitArgs),
    /// Check scenarios without running them
    Check(check::CheckArgs),
    /// Read an inventory and say what it holds
    Import(import::ImportArgs),
    /// Say why a workload is where it is, or why a strategy or a figure is what it is
    Explain(explain::ExplainArgs),
    /// Look up what can be bought, at which price, and who says so
    Catalog(catalog::CatalogArgs),
    /// Compare the simulator with what others measured, derived and simulated
    Validate(validate::ValidateArgs),
    /// Print the JSON Schema of scenarios, for editors
    Schema(schema::SchemaArgs),
    /// Write a scenario to start from
    Init(init::InitArgs),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page
    Man(man::ManArgs),
    /// Place a day of machines on hosts and say how long it took
    #[command(hide = true)]
    BenchDay(bench_day::BenchDayArgs),
}

/// Does what the arguments say.
///
/// # Errors
/// What [`failure::explain`] tells the user.
pub fn run(arguments: &Cli) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Command::Run(args) => run::run(args),
        Command::Study(args) => study::study(args),
        Command::Exit(args) => exit::exit(args),
        Command::Check(args) => check::check(args).map(|()| ExitCode::SUCCESS),
        Command::Import(args) => import::import(args).map(|()| ExitCode::SUCCESS),
        Command::Explain(args) => explain::explain(args).map(|()| ExitCode::SUCCESS),
        Command::Catalog(args) => catalog::catalog(args).map(|()| ExitCode::SUCCESS),
        Command::Validate(args) => validate::validate(args),
        Command::Schema(args) => schema::schema(args).map(|()| ExitCode::SUCCESS),
        Command::Init(args) => init::init(args).map(|()| ExitCode::SUCCESS),
        Command::Completions(args) => completions::completions(args).map(|()| ExitCode::SUCCESS),
        Command::BenchDay(args) => bench_day::bench_day(args).map(|()| ExitCode::SUCCESS),
        Command::Man(args) => man::man(args).map(|()| ExitCode::SUCCESS),
    }
}
