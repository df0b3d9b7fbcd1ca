//! `portolan init`: a scenario to start from.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use crate::input::scenario;

/// Write a scenario to start from.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// Where to write it; a file that exists is left alone.
    #[arg(value_name = "FILE", default_value = "scenario.yaml")]
    pub file: PathBuf,
}

/// Writes the default scenario, commented, as a file of the user's own.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn init(args: &InitArgs) -> anyhow::Result<()> {
    let shown = args.file.display();
    let (_, text) = scenario::preset(scenario::DEFAULT).expect("the default scenario comes with the program");
    let mut file = OpenOptions::new().write(true).create_new(true).open(&args.file).with_context(|| {
        format!("{shown} is left alone; name another file, as in `portolan init mine.yaml`")
    })?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {shown}"))?;
    eprintln!("Wrote {shown}. Edit it, then: portolan run {shown}");
    Ok(())
}
