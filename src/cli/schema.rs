//! `portolan schema`: the JSON Schema of the scenario language.

use anyhow::Context as _;
use clap::Args;

use super::terminal;
use crate::input::scenario;

/// Print the JSON Schema of scenario files.
///
/// Save it, and put `# yaml-language-server: $schema=PATH` on the first line of a
/// scenario: editors then complete and explain every setting.
#[derive(Args, Clone, Debug)]
pub struct SchemaArgs {}

/// Prints the schema on stdout.
///
/// # Errors
/// When the output cannot be written.
pub fn schema(_: &SchemaArgs) -> anyhow::Result<()> {
    terminal::print(&format!("{:#}\n", scenario::schema())).context("cannot write to standard output")
}
