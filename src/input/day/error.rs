//! What can be wrong with the file of a day.

use std::fmt;
use std::path::PathBuf;

use super::HEADER;

/// A day was refused. Nothing was read from it.
#[derive(Debug, thiserror::Error)]
pub enum DayError {
    /// The file is not there, or cannot be read or decompressed.
    #[error("{}: cannot be read: {cause}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The first line is not the header.
    #[error("{}:1: the header is `{found}`, expected `{HEADER}`", path.display())]
    Header {
        /// Which file.
        path: PathBuf,
        /// Its first line, at most 80 characters of it.
        found: String,
    },
    /// No machine follows the header.
    #[error("{}: no machine follows the header", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// Rows that cannot be read: all of them.
    #[error("{}", listed(path, mistakes))]
    Rows {
        /// Which file.
        path: PathBuf,
        /// What is wrong, in the order of the lines.
        mistakes: Vec<Mistake>,
    },
}

/// Something wrong in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, what was expected.
    pub what: String,
}

/// Mistakes that are listed; a file of another kind has one in each line.
const LISTED: usize = 20;

fn listed(path: &std::path::Path, mistakes: &[Mistake]) -> impl fmt::Display {
    let lines = mistakes.iter().take(LISTED).enumerate().map(|(place, mistake)| {
        let again = if place > 0 { "\nerror: " } else { "" };
        format!("{again}{}:{}: {}", path.display(), mistake.line, mistake.what)
    });
    let mut text: String = lines.collect();
    if mistakes.len() > LISTED {
        text.push_str(&format!("\nand {} more lines", mistakes.len() - LISTED));
    }
    text
}
