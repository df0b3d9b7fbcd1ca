//! What is wrong with a trace, and where.

use std::fmt;
use std::path::PathBuf;

/// Mistakes shown; the rest are counted.
const SHOWN: usize = 20;

/// Why traces are refused.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file or folder cannot be read.
    #[error("{path}: cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A folder without files.
    #[error("{path}: the folder holds no trace: expected one file a machine", path = path.display())]
    EmptyFolder {
        /// Which.
        path: PathBuf,
    },
    /// Something in the files is not as their format has it.
    #[error("{}", list(.0))]
    Mistakes(Vec<Mistake>),
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// The line, from 1; none for a mistake of the whole file.
    pub line: Option<usize>,
    /// What is wrong and what was expected.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

/// The first of the mistakes, one a line, and how many more there are.
fn list(mistakes: &[Mistake]) -> String {
    let mut text = mistakes.iter().take(SHOWN).map(Mistake::to_string).collect::<Vec<_>>().join("\n");
    if mistakes.len() > SHOWN {
        text.push_str(&format!("\n… and {} more mistakes", mistakes.len() - SHOWN));
    }
    text
}

/// The mistakes of one file, as they are found.
#[derive(Debug)]
pub(super) struct Mistakes<'a> {
    pub file: &'a str,
    pub found: Vec<Mistake>,
}

impl<'a> Mistakes<'a> {
    pub(super) fn of(file: &'a str) -> Self {
        Self { file, found: Vec::new() }
    }

    pub(super) fn at(&mut self, line: usize, what: impl Into<String>) {
        self.found.push(Mistake { file: self.file.to_owned(), line: Some(line), what: what.into() });
    }

    pub(super) fn of_file(&mut self, what: impl Into<String>) {
        self.found.push(Mistake { file: self.file.to_owned(), line: None, what: what.into() });
    }
}

/// A text from a file, short enough for a message.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let clean: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &clean[..end]),
        None if clean.is_empty() => "nothing".to_owned(),
        None => format!("`{clean}`"),
    }
}
