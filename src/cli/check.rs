//! `portolan check FILE...`: whether scenarios can be read, and what is wrong if not.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{inputs, terminal};
use crate::base::diagnostics::{Diagnostics, Sources};
use crate::input::scenario::{Scenario, ScenarioError};
use crate::world::rules::choices::{Choice, choices};
use crate::world::{Strategy, World};

/// Check scenarios and say everything that is wrong with them.
///
/// Reads each file with the files that it extends, its catalogue and its estate. All
/// errors of a file come at once, each with its line. Says for each strategy how its
/// workloads get where they go, and why in no gentler way. Exits with 3 when any file is
/// refused; warnings alone do not.
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
        // What cannot be read cannot be resolved: names would only be missed twice.
        let sound = scenario.as_ref().filter(|_| !diagnostics.has_errors());
        let world = sound.and_then(|scenario| inputs::world_of(scenario, &mut sources, &mut diagnostics));
        let name = path.display().to_string();
        match args.format {
            CheckFormat::Text => {
                eprint!("{}", diagnostics.render(&sources, terminal::colours()));
                let choices = world.as_ref().map(choices_text).unwrap_or_default();
                print(&format!("{name}: {}\n{choices}", verdict(&diagnostics)))?;
            }
            CheckFormat::Json => objects.push(json!({
                "file": name,
                "ok": !diagnostics.has_errors(),
                "errors": diagnostics.errors(),
                "warnings": diagnostics.warnings(),
                "strategies": scenario.iter().flat_map(|scenario| scenario.settings.strategies.names()).collect::<Vec<_>>(),
                "choices": world.as_ref().map(choices_json).unwrap_or_default(),
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

/// For each strategy that moves anything, how its workloads get there and why so.
fn choices_text(world: &World) -> String {
    let mut text = String::new();
    for strategy in world.strategies.iter() {
        let choices = choices(world, strategy);
        if !choices.is_empty() {
            text += &format!("  {}\n", strategy.name);
        }
        for choice in choices {
            text += &format!("    {}\n", choice.title(world));
            text.extend(choice.reasons(world).iter().map(|reason| format!("      {reason}\n")));
        }
    }
    text
}

/// The same as a list of objects.
fn choices_json(world: &World) -> Vec<Value> {
    let of = |strategy: &Strategy| {
        let one = |choice: Choice| {
            json!({
                "strategy": strategy.name,
                "from": world.platforms[choice.from].name,
                "to": world.platforms[choice.to].name,
                "method": choice.way.method.name(),
                "tool": choice.way.tool.map(|tool| world.tools[tool].name.as_str()),
                "link": choice.way.link.map(|link| world.links[link].name.as_str()),
                "workloads": choice.workloads,
                "why": choice.reasons(world),
            })
        };
        choices(world, strategy).into_iter().map(one).collect::<Vec<_>>()
    };
    world.strategies.iter().flat_map(of).collect()
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
