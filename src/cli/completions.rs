//! `portolan completions SHELL`.

use clap::{Args, CommandFactory as _};

use super::{Cli, terminal};

/// Print completions for a shell.
#[derive(Args, Clone, Debug)]
pub struct CompletionsArgs {
    /// The shell.
    pub shell: clap_complete::Shell,
}

/// Prints the completion script on stdout.
///
/// # Errors
/// When stdout cannot be written.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "portolan", &mut script);
    Ok(terminal::print(&String::from_utf8_lossy(&script))?)
}
