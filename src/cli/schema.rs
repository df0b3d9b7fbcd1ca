//! `portolan schema`: the JSON Schema of the two languages.

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::terminal;
use crate::input::{scenario, study};

/// Print the JSON Schema of scenario files, or of study files.
///
/// Save it, and put `# yaml-language-server: $schema=PATH` on the first line of a
/// scenario or a study: editors then complete and explain every setting.
#[derive(Args, Clone, Debug)]
pub struct SchemaArgs {
    /// Of which files.
    #[arg(value_enum, default_value_t, value_name = "FILES")]
    pub of: Language,
}

/// What can be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Scenarios, as `run` reads them.
    #[default]
    Scenario,
    /// What-if studies, as `study` reads them.
    Study,
}

/// Prints the schema on stdout.
///
/// # Errors
/// When the output cannot be written.
pub fn schema(args: &SchemaArgs) -> anyhow::Result<()> {
    let schema = match args.of {
        Language::Scenario => scenario::schema(),
        Language::Study => study::schema(),
    };
    terminal::print(&format!("{schema:#}\n")).context("cannot write to standard output")
}
