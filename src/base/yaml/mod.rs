//! YAML text as a tree whose every key and value knows its place.
//!
//! Only this module knows the YAML crate. It reads parser events instead of going
//! through serde, because serde hands over neither the place of a mapping, nor
//! whether a scalar was quoted, nor how a number was spelt (`007`, `1_000`, `2x16`),
//! and stops at the first duplicate key.

mod merge;
mod parse;
mod write;

use super::diagnostics::Spot;

pub use merge::merge;
pub use parse::parse;

/// A value and its place.
///
/// The spot of a scalar covers its text. A mapping or sequence in braces or
/// brackets is covered up to the end of its first line; one written as a block is
/// shown by the key it belongs to, which is where a person looks for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Where it is written.
    pub spot: Spot,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// A single text; also numbers and dates, which YAML does not tell apart from
    /// text before somebody asks for one.
    Scalar {
        /// The text, with quotes and escapes resolved.
        text: String,
        /// How it was written.
        style: Style,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with values, in the order of the text; no key comes twice.
    Mapping(Vec<(Key, Node)>),
}

/// How a scalar was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Without quotes: may mean a number, a truth value or nothing.
    Plain,
    /// In quotes or as a block: always text.
    Quoted,
}

/// A key of a mapping and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// The text, with quotes resolved.
    pub text: String,
    /// Where it is written.
    pub spot: Spot,
}

impl Node {
    /// An unquoted scalar.
    pub fn plain(text: impl Into<String>, spot: Spot) -> Self {
        Self { spot, kind: Kind::Scalar { text: text.into(), style: Style::Plain } }
    }

    /// Whether it is empty, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.as_plain().is_some_and(|text| matches!(text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text of a scalar, quoted or not; nothing for `null`.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// The text of a scalar without quotes.
    pub fn as_plain(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, style: Style::Plain } => Some(text),
            _ => None,
        }
    }

    /// The items of a sequence.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a mapping, in the order of the text.
    pub fn as_mapping(&self) -> Option<&[(Key, Node)]> {
        match &self.kind {
            Kind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of `key` in a mapping.
    pub fn value(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The key and the value of `key` in a mapping.
    pub fn entry(&self, key: &str) -> Option<&(Key, Node)> {
        self.as_mapping()?.iter().find(|(known, _)| known.text == key)
    }

    /// The entry of `key` taken out of a mapping.
    pub fn take(&mut self, key: &str) -> Option<(Key, Node)> {
        let Kind::Mapping(entries) = &mut self.kind else { return None };
        let index = entries.iter().position(|(known, _)| known.text == key)?;
        Some(entries.remove(index))
    }

    /// The same tree with every place replaced by `spot`: for a text that was not
    /// written by the user and stands for something at that place.
    #[must_use]
    pub fn moved_to(self, spot: Spot) -> Self {
        let kind = match self.kind {
            Kind::Scalar { .. } => self.kind,
            Kind::Sequence(items) => {
                Kind::Sequence(items.into_iter().map(|item| item.moved_to(spot)).collect())
            }
            Kind::Mapping(entries) => Kind::Mapping(
                entries.into_iter().map(|(key, value)| (Key { spot, ..key }, value.moved_to(spot))).collect(),
            ),
        };
        Self { spot, kind }
    }

    /// What it is, for a sentence: "a list", "the text `5 years`".
    pub fn described(&self) -> String {
        match &self.kind {
            Kind::Scalar { .. } if self.is_null() => "nothing".to_owned(),
            Kind::Scalar { text, style } => {
                let kind = match style {
                    Style::Plain if text.parse::<f64>().is_ok() => "the number",
                    Style::Plain if matches!(text.as_str(), "true" | "false") => "the truth value",
                    _ => "the text",
                };
                if text.chars().count() > 40 {
                    let cut: String = text.chars().take(40).collect();
                    format!("{kind} `{cut}…`")
                } else {
                    format!("{kind} `{text}`")
                }
            }
            Kind::Sequence(_) => "a list".to_owned(),
            Kind::Mapping(_) => "a mapping of keys to values".to_owned(),
        }
    }
}
