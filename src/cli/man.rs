//! `portolan man`.

use clap::{Args, CommandFactory as _};

use super::{Cli, terminal};

/// Print the manual page.
#[derive(Args, Clone, Debug)]
pub struct ManArgs {
    /// The page of one command; the program's own without it.
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// Prints a manual page on stdout, in roff.
///
/// # Errors
/// When there is no such command, or stdout cannot be written.
pub fn man(args: &ManArgs) -> anyhow::Result<()> {
    let mut program = Cli::command();
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => program
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| anyhow::anyhow!("there is no command `{name}`: `portolan --help` lists them"))?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    Ok(terminal::print(&String::from_utf8_lossy(&text))?)
}
