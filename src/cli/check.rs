//! `portolan check FILE...`: whether scenarios can be read, and what is wrong if not.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::terminal;
use crate::base::diagnostics::{Diagnostics, Sources};
use crate::input::scenario::{Scenario, ScenarioError};

/// Check scenarios and say everything that is wrong with them.
///
/// Reads each file with the files that it extends. All errors of a file come at once,
/// each with its line. Exits with 3 when any file is refused; warnings alone do not.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// Scenario files, or names of scenarios that come with the program.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
}

/// How to print what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people: messages on stderr, one line a file on stdout.
    #[default]
    Text,
    /// One JSON object on stdout, with every message.
    Json,
}

/// Checks the files and prints what was found.
///
/// # Errors
/// A [`ScenarioError`] when any file is refused; otherwise when the output cannot be
/// written.
pub fn check(args: &CheckArgs) -> anyhow::Result<()> {
    let (mut refused, mut errors) = (Vec::new(), 0);
    let mut objects = Vec::new();
    for path in &args.files {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let scenario = Scenario::read(path, &mut sources, &mut diagnostics);
        let name = path.display().to_string();
        match args.format {
            CheckFormat::Text => {
                eprint!("{}", diagnostics.render(&sources, terminal::colours()));
                print(&format!("{name}: {}\n", verdict(&diagnostics)))?;
            }
            CheckFormat::Json => objects.push(json!({
                "file": name,
                "ok": !diagnostics.has_errors(),
                "errors": diagnostics.errors(),
                "warnings": diagnostics.warnings(),
                "strategies": scenario.iter().flat_map(|scenario| scenario.settings.strategies.names()).collect::<Vec<_>>(),
                "messages": diagnostics.to_json(&sources),
            })),
        }
        if diagnostics.has_errors() {
            errors += diagnostics.errors();
            refused.push(name);
        }
    }
    if args.format == CheckFormat::Json {
        let whole = json!({ "schema_version": 1, "ok": refused.is_empty(), "files": objects });
        print(&format!("{whole:#}\n"))?;
    }
    if refused.is_empty() { Ok(()) } else { Err(ScenarioError { name: refused.join(", "), errors }.into()) }
}

fn print(text: &str) -> anyhow::Result<()> {
    terminal::print(text).context("cannot write to standard output")
}

/// "no errors", "2 errors, 1 warning".
fn verdict(diagnostics: &Diagnostics) -> String {
    let count = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    match (diagnostics.errors(), diagnostics.warnings()) {
        (0, 0) => "no errors".to_owned(),
        (0, warnings) => format!("no errors, {}", count(warnings, "warning")),
        (errors, 0) => count(errors, "error"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}
