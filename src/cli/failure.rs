//! Errors that end the program: their words on stderr and their exit code.

use std::io::Write as _;
use std::process::ExitCode;

use super::catalog;
use super::explain::UnknownName;
use super::recorded::RecordError;
use crate::base::diagnostics::{Color, Diagnostics, Sources};
use crate::input::day::DayError;
use crate::input::estate::EstateError;
use crate::input::scenario::ScenarioError;
use crate::study::trials::Stopped;

/// A scenario, or what it needs, was refused: located messages, all at once.
#[derive(Debug)]
pub struct Refused {
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// The texts that the messages point into.
    pub sources: Sources,
    /// What kind of mistake it is.
    pub because: Because,
}

/// What kind of mistake a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// A scenario or an inventory is wrong.
    BadInput,
    /// A price that nobody publishes was not given.
    PriceMissing,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.diagnostics.render(&self.sources, Color::Never).trim_end())
    }
}

impl std::error::Error for Refused {}

/// A name that nothing has.
const USAGE: u8 = 2;
/// A bad scenario or inventory.
const BAD_INPUT: u8 = 3;
/// A price is missing.
const PRICE_MISSING: u8 = 4;
/// Anything else that went wrong: a file that cannot be written, for instance.
const FAILED: u8 = 1;

/// Says it on stderr; whoever has closed it does not want to know.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Says on stderr what went wrong, once, and gives the exit code.
pub fn explain(error: &anyhow::Error, colours: Color) -> ExitCode {
    if let Some(refused) = error.downcast_ref::<Refused>() {
        say(refused.diagnostics.render(&refused.sources, colours).trim_end());
        return ExitCode::from(match refused.because {
            Because::BadInput => BAD_INPUT,
            Because::PriceMissing => PRICE_MISSING,
        });
    }
    say(&format!("error: {}", sentence(error)));
    if error.chain().any(|cause| cause.is::<UnknownName>() || cause.is::<catalog::Unknown>()) {
        return ExitCode::from(USAGE);
    }
    let bad_input = error.chain().any(|cause| {
        cause.is::<EstateError>()
            || cause.is::<ScenarioError>()
            || cause.is::<DayError>()
            || cause.is::<RecordError>()
            || matches!(cause.downcast_ref(), Some(Stopped::Missing { .. } | Stopped::Impossible(_)))
    });
    ExitCode::from(if bad_input { BAD_INPUT } else { FAILED })
}

/// The error and its causes in one line. Many errors say their cause themselves:
/// what has been said is not said again.
fn sentence(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| {
        if said.is_empty() {
            cause
        } else if said.contains(&cause) {
            said
        } else {
            format!("{said}: {cause}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn a_cause_is_said_once() {
        let missing = || std::io::Error::other("no such file");
        let outer = anyhow::Error::from(missing()).context("cannot read estate.xlsx: no such file");
        assert_eq!(sentence(&outer), "cannot read estate.xlsx: no such file");
        let outer = Err::<(), _>(missing()).context("cannot read estate.xlsx").expect_err("an error");
        assert_eq!(sentence(&outer), "cannot read estate.xlsx: no such file");
    }
}
