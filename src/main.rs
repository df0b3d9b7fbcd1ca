//! The program: arguments in, an answer or one clear message out.

use std::process::ExitCode;

use clap::Parser as _;
use portolan::cli::{self, Cli};

fn main() -> ExitCode {
    cli::defect::report_panics();
    let arguments = Cli::parse();
    let colours = cli::terminal::colours();
    match cli::run(&arguments) {
        Ok(code) => code,
        Err(error) => cli::failure::explain(&error, colours),
    }
}
