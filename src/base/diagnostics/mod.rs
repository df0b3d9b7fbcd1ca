//! Located messages: what is wrong, where, what was expected and what to do.
//!
//! Whoever reads a text keeps it in [`Sources`] and points into it with a
//! [`Spot`]. Messages are collected in [`Diagnostics`], so that all errors of a
//! file come at once, and are rendered at the edge of the program, with the line
//! they speak of and a caret below it, or as JSON for other programs.

mod render;
mod suggest;

use std::cmp::Ordering;
use std::ops::Range;

use serde::Serialize;

use super::ids::IdVec;

pub use render::Color;
pub use suggest::{did_you_mean, one_of};

crate::typed_id! {
    /// A text that messages point into.
    SourceId,
}

/// A text that was read, under the name a person knows it by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The path as the user gave it, or a name in angle brackets for a text that
    /// is not a file.
    pub name: String,
    /// The whole text, without a byte order mark.
    pub text: String,
}

/// Every text read so far.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    table: IdVec<SourceId, Source>,
}

impl Sources {
    /// No text yet.
    pub const fn new() -> Self {
        Self { table: IdVec::new() }
    }

    /// Keeps `text` under `name`.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.table.push(Source { name: name.into(), text: text.into() })
    }

    /// Keeps the text of `bytes` under `name`. A leading UTF-8 byte order mark is
    /// dropped.
    ///
    /// # Errors
    /// If the bytes are not UTF-8: a message is collected that names the offset of
    /// the first bad byte and what the file looks like instead.
    pub fn add_bytes(
        &mut self,
        name: impl Into<String>,
        bytes: &[u8],
        diagnostics: &mut Diagnostics,
    ) -> Option<SourceId> {
        let bare = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match std::str::from_utf8(bare) {
            Ok(text) => Some(self.add(name, text)),
            Err(error) => {
                let source = self.add(name, "");
                let looks_like = match bytes {
                    [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "It starts like UTF-16.",
                    [b'P', b'K', ..] => "It starts like a zip archive or an Excel workbook.",
                    _ if bytes.contains(&0) => "It contains zero bytes, so it is probably not a text.",
                    _ => "It is probably in an older encoding such as Windows-1252.",
                };
                diagnostics.push(
                    Diagnostic::error(Spot::whole(source), "This file is not UTF-8 text")
                        .note(format!("Byte {} cannot be read. {looks_like}", error.valid_up_to() + 1))
                        .help("Save the file as UTF-8 in your editor."),
                );
                None
            }
        }
    }

    /// All texts, in the order in which they were read.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.table.iter()
    }

    /// The text of `id`.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.table[id]
    }

    /// The text that `spot` covers.
    pub fn text(&self, spot: Spot) -> &str {
        let text = &self.table[spot.source].text;
        &text[clamp_to_chars(text, spot.range())]
    }

    /// The line and the column of the start of `spot`.
    pub fn position(&self, spot: Spot) -> Position {
        let text = &self.table[spot.source].text;
        let start = clamp_to_chars(text, spot.range()).start;
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// A line and a column, both counted from one, the column in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Position {
    /// The line, from one.
    pub line: usize,
    /// The column in characters, from one.
    pub column: usize,
}

/// A place in a text: a range of bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Spot {
    /// The text.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Spot {
    /// The bytes `range` of `source`; a text beyond 4 GiB is cut there.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { source, start: narrow(range.start), end: narrow(range.end) }
    }

    /// The file as such, without a place in it.
    pub fn whole(source: SourceId) -> Self {
        Self { source, start: 0, end: 0 }
    }

    /// The bytes it covers.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input is refused.
    Error,
    /// The input is taken, with this doubt.
    Warning,
}

/// A second place that a message speaks of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Related {
    /// The place.
    pub spot: Spot,
    /// What is there.
    pub label: String,
}

/// One message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, one sentence without a full stop.
    pub title: String,
    /// Where; nothing when there is no text at all, as for a missing file.
    pub spot: Option<Spot>,
    /// What is at the caret; may be empty.
    pub label: String,
    /// What was expected and why.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Other places the message speaks of.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// A message that refuses the input.
    pub fn error(spot: impl Into<Option<Spot>>, title: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            title: title.into(),
            spot: spot.into(),
            label: String::new(),
            notes: Vec::new(),
            help: Vec::new(),
            related: Vec::new(),
        }
    }

    /// A message that voices a doubt.
    pub fn warning(spot: impl Into<Option<Spot>>, title: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(spot, title) }
    }

    /// Says what is at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds what was expected, or why.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, spot: Spot, label: impl Into<String>) -> Self {
        self.related.push(Related { spot, label: label.into() });
        self
    }

    /// Order of a report: messages without a place first, then by place.
    fn by_place(&self, other: &Self) -> Ordering {
        (self.spot, self.severity, &self.title, &self.label).cmp(&(
            other.spot,
            other.severity,
            &other.title,
            &other.label,
        ))
    }
}

/// All messages about the texts of one command, in any order until they are
/// asked for.
#[derive(Clone, Default, Debug)]
pub struct Diagnostics {
    messages: Vec<Diagnostic>,
}

impl Diagnostics {
    /// No message yet.
    pub const fn new() -> Self {
        Self { messages: Vec::new() }
    }

    /// Collects `diagnostic`.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.messages.push(diagnostic);
    }

    /// Collects all messages of `other`.
    pub fn append(&mut self, other: Self) {
        self.messages.extend(other.messages);
    }

    /// How many different messages refuse the input.
    pub fn errors(&self) -> usize {
        self.sorted().iter().filter(|message| message.severity == Severity::Error).count()
    }

    /// How many different messages voice a doubt.
    pub fn warnings(&self) -> usize {
        self.sorted().iter().filter(|message| message.severity == Severity::Warning).count()
    }

    /// Whether any message refuses the input.
    pub fn has_errors(&self) -> bool {
        self.messages.iter().any(|message| message.severity == Severity::Error)
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The messages by place, without repetitions.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.messages.iter().collect();
        sorted.sort_by(|one, other| one.by_place(other));
        sorted.dedup();
        sorted
    }
}

/// `range` made safe for slicing `text`: inside it, in order, between characters.
fn clamp_to_chars(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.clamp(start, text.len()));
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_lines_and_characters_from_one() {
        let mut sources = Sources::new();
        let source = sources.add("a.yaml", "é: 1\r\nbé: 2\n");
        let spot = Spot::new(source, 12..13);
        assert_eq!(sources.text(spot), "2");
        assert_eq!(sources.position(spot), Position { line: 2, column: 5 });
        assert_eq!(sources.position(Spot::whole(source)), Position { line: 1, column: 1 });
    }

    #[test]
    fn messages_come_by_place_and_once() {
        let mut sources = Sources::new();
        let source = sources.add("a.yaml", "one two");
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(Diagnostic::error(Spot::new(source, 4..7), "second"));
        diagnostics.push(Diagnostic::warning(Spot::new(source, 0..3), "first"));
        diagnostics.push(Diagnostic::error(Spot::new(source, 4..7), "second"));
        let titles: Vec<&str> = diagnostics.sorted().iter().map(|d| d.title.as_str()).collect();
        assert_eq!(titles, ["first", "second"]);
        assert_eq!((diagnostics.errors(), diagnostics.warnings()), (1, 1));
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_other_encodings_are_named() {
        let mut sources = Sources::new();
        let mut diagnostics = Diagnostics::new();
        let good = sources.add_bytes("a", b"\xEF\xBB\xBFname: x", &mut diagnostics);
        assert_eq!(good.map(|id| sources.source(id).text.as_str()), Some("name: x"));
        assert!(diagnostics.is_empty());
        assert_eq!(sources.add_bytes("b", b"\xFF\xFEn\0", &mut diagnostics), None);
        assert!(diagnostics.sorted()[0].notes[0].contains("UTF-16"));
    }
}
