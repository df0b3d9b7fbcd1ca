//! Single values: texts, names, numbers, dates, words and quantities.

use std::fmt;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{AnyFigure, Field, Schemas, Setting, unexpected};
use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot, did_you_mean, one_of};
use crate::base::units::{
    Atom, Currency, HostShape, Measure, MeasureError, QuantityError, Unit, Written, currency, number,
};
use crate::base::yaml::{Key, Node};

/// A value and where it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub spot: Spot,
}

impl<T: Setting> Setting for Located<T> {
    const WHAT: &'static str = T::WHAT;
    fn schema(schemas: &mut Schemas) -> Value {
        T::schema(schemas)
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        T::read(node, diagnostics).map(|value| Self { value, spot: node.spot })
    }
    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        self.value.each_figure(visit);
    }
    fn example() -> Option<String> {
        T::example()
    }
}

/// A name that something is declared or referred to by, and where it is written.
///
/// Names reach file names, reports and the command line, so they are made of
/// letters, digits, and `-`, `_`, `.`, `/`, and begin with a letter or a digit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it is written.
    pub spot: Spot,
}

impl Name {
    const PATTERN: &str = "^[\\p{L}\\p{N}][\\p{L}\\p{N}._/-]*$";

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of a key, or nothing after saying which character it cannot hold.
    pub fn of_key(key: &Key, diagnostics: &mut Diagnostics) -> Option<Self> {
        Self::checked(&key.text, key.spot, diagnostics)
    }

    fn checked(text: &str, spot: Spot, diagnostics: &mut Diagnostics) -> Option<Self> {
        let bad = text
            .chars()
            .enumerate()
            .find(|(at, c)| !(c.is_alphanumeric() || (*at > 0 && matches!(c, '-' | '_' | '.' | '/'))));
        if let Some((_, c)) = bad {
            diagnostics.push(
                Diagnostic::error(spot, format!("`{text}` cannot be a name because of `{c}`")).note(
                    "A name has letters, digits, `-`, `_`, `.` and `/`, and begins with a letter or a digit.",
                ),
            );
            return None;
        }
        (!text.is_empty()).then(|| Self { text: text.to_owned(), spot })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Setting for Name {
    const WHAT: &'static str = "a name";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": ["string", "integer"], "pattern": Self::PATTERN })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(text) = node.as_text() else {
            diagnostics.push(unexpected(node, Self::WHAT));
            return None;
        };
        Self::checked(text, node.spot, diagnostics)
    }
}

impl Setting for String {
    const WHAT: &'static str = "a text";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": ["string", "number"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let text = node.as_text();
        if text.is_none() {
            diagnostics.push(unexpected(node, Self::WHAT));
        }
        text.map(str::to_owned)
    }
}

impl Setting for bool {
    const WHAT: &'static str = "`true` or `false`";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "boolean" })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_plain() {
            Some("true") => return Some(true),
            Some("false") => return Some(false),
            Some("yes" | "on" | "True" | "TRUE") => {
                diagnostics.push(unexpected(node, Self::WHAT).help("Write `true`."));
            }
            Some("no" | "off" | "False" | "FALSE") => {
                diagnostics.push(unexpected(node, Self::WHAT).help("Write `false`."));
            }
            _ => diagnostics.push(unexpected(node, Self::WHAT)),
        }
        None
    }
}

/// Declares the whole numbers: counts, never quantities with a unit.
macro_rules! counts {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            const WHAT: &'static str = "a whole number";
            fn schema(_: &mut Schemas) -> Value {
                json!({ "type": "integer", "minimum": 0 })
            }
            fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
                let text = node.as_plain().unwrap_or_default();
                if let Ok(count) = text.replace('_', "").parse() {
                    return Some(count);
                }
                let message = unexpected(node, Self::WHAT);
                diagnostics.push(if text.parse::<Measure>().is_ok() {
                    message.help("This is a count: write the number without a unit.")
                } else if text.parse::<f64>().is_ok() {
                    message.note(format!("It lies between 0 and {}.", <$type>::MAX))
                } else {
                    message.note("Expected digits only, such as `50`.")
                });
                None
            }
        }
    )+};
}
counts!(u32, u64);

/// A pure number, such as 1.4 for a power usage effectiveness.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Ratio(f64);

impl Ratio {
    /// The number, finite and not negative.
    pub const fn get(self) -> f64 {
        self.0
    }

    fn checked(value: f64, text: &str) -> Result<Self, QuantityError> {
        if value >= 0.0 {
            Ok(Self(value))
        } else {
            Err(QuantityError::OutOfRange { written: text.to_owned(), allowed: "it cannot be negative" })
        }
    }
}

impl Written for Ratio {
    const WHAT: &'static str = "a number without a unit";
    const EXAMPLES: &'static [&'static str] = &["1.4"];
    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        if measure.unit == (Unit { over: Atom::Times, per: Vec::new() }) {
            Self::checked(measure.value, &measure.to_string())
        } else {
            Err(QuantityError::WrongUnit { written: measure.to_string(), wanted: <Self as Written>::WHAT })
        }
    }
    fn parse(text: &str) -> Result<Self, QuantityError> {
        match number(text)? {
            (value, "") => Self::checked(value, text),
            _ => Self::from_measure(&text.parse()?),
        }
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.0, None)
    }
    fn schema_type() -> Value {
        json!(["number", "string"])
    }
}

impl<T: Written> Setting for T {
    const WHAT: &'static str = <T as Written>::WHAT;

    fn schema(_: &mut Schemas) -> Value {
        json!({
            "type": T::schema_type(),
            "pattern": "^\\s*[-+]?[0-9.][0-9._]*([eE][-+]?[0-9]+)?\\s*[^0-9\\s].*$",
            "examples": T::EXAMPLES,
        })
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(text) = node.as_text() else {
            diagnostics.push(unexpected(node, <T as Written>::WHAT).note(expected::<T>()));
            return None;
        };
        match T::parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let mut message =
                    Diagnostic::error(node.spot, capitalised(&error.to_string())).note(expected::<T>());
                if matches!(error, QuantityError::Measure(MeasureError::NoUnit(_))) {
                    message = message.label("a bare number");
                }
                diagnostics.push(message);
                None
            }
        }
    }

    fn example() -> Option<String> {
        T::EXAMPLES.first().map(|example| (*example).to_owned())
    }
}

/// "Expected an amount of data, such as `500 GiB` or `2 TB`."
fn expected<T: Written>() -> String {
    format!("Expected {}, such as {}.", <T as Written>::WHAT, one_of(T::EXAMPLES.iter().copied()))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

impl Setting for Date {
    const WHAT: &'static str = "a date";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2027-01-01"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let text = node.as_text().unwrap_or_default();
        let shaped = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
        let date = text.parse().ok().filter(|_| shaped);
        if date.is_none() {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            diagnostics.push(if shaped && digits == 8 {
                Diagnostic::error(node.spot, format!("`{text}` is not a date"))
                    .note("It is written as one, but the calendar has no such day.")
            } else {
                unexpected(node, Self::WHAT).note("A date is written year-month-day, such as `2027-01-01`.")
            });
        }
        date
    }
    fn example() -> Option<String> {
        Some("2027-01-01".to_owned())
    }
}

impl Setting for Currency {
    const WHAT: &'static str = "a currency code";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR", "USD"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let known = node.as_text().and_then(currency);
        if known.is_none() {
            diagnostics.push(
                unexpected(node, Self::WHAT)
                    .note("Expected the three capital letters of ISO 4217, such as `EUR`."),
            );
        }
        known
    }
    fn example() -> Option<String> {
        Some("EUR".to_owned())
    }
}

impl Setting for HostShape {
    const WHAT: &'static str = "the shape of a host";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[0-9]+[x×][0-9]+c-[0-9]+g$", "examples": [Self::EXAMPLE] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let shape = node.as_text().and_then(Self::parse);
        if shape.is_none() {
            diagnostics.push(unexpected(node, Self::WHAT).note(
                "Expected sockets, cores per socket and GiB of memory: `2x16c-512g` has 2 sockets of 16 cores and 512 GiB.",
            ));
        }
        shape
    }
    fn example() -> Option<String> {
        Some(Self::EXAMPLE.to_owned())
    }
}

/// The value of the word that `node` states.
#[doc(hidden)]
pub fn read_word<T: Copy>(
    node: &Node,
    what: &str,
    words: &[(&'static str, T)],
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let known = || words.iter().map(|(word, _)| *word);
    let text = node.as_text().unwrap_or_default();
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    let message = match node.as_text() {
        Some(text) => Diagnostic::error(node.spot, format!("`{text}` is not {what}")),
        None => unexpected(node, what),
    };
    let message = message.note(format!("It is one of {}.", one_of(known())));
    diagnostics.push(match did_you_mean(text, known()) {
        Some(near) => message.help(format!("Did you mean `{near}`?")),
        None => message,
    });
    None
}

/// The schema of a closed list of words.
#[doc(hidden)]
pub fn words_schema(doc: &str, words: &[(&str, &str)]) -> Value {
    let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let docs: Vec<&str> = words.iter().map(|(_, doc)| *doc).collect();
    let all: Vec<String> = words.iter().map(|(word, doc)| format!("`{word}`: {doc}")).collect();
    json!({
        "type": "string",
        "description": format!("{doc} {}", all.join(" ")),
        "enum": list,
        "enumDescriptions": docs,
    })
}

/// The one entry of a mapping that says its kind.
#[doc(hidden)]
pub fn only_key<'n>(
    node: &'n Node,
    what: &'static str,
    known: &'static [Field],
    diagnostics: &mut Diagnostics,
) -> Option<(&'n str, &'n Node)> {
    super::Fields::open(node, what, known, diagnostics)?;
    let keys = || one_of(known.iter().map(|field| field.key));
    let entries = node.as_mapping()?;
    let mut of_kind = entries.iter().filter(|(key, _)| known.iter().any(|field| field.key == key.text));
    match (of_kind.next(), of_kind.next()) {
        (Some((key, value)), None) if !value.is_null() => Some((&key.text, value)),
        (Some((key, _)), None) => {
            diagnostics.push(Diagnostic::error(key.spot, format!("`{}` has no value", key.text)));
            None
        }
        (Some((first, _)), Some((second, _))) => {
            diagnostics.push(
                Diagnostic::error(
                    second.spot,
                    format!("`{}` and `{}` cannot stand together", first.text, second.text),
                )
                .related(first.spot, "the first one")
                .note(format!("Expected exactly one of {}.", keys())),
            );
            None
        }
        (None, _) => {
            if entries.is_empty() {
                diagnostics.push(unexpected(node, what).note(format!("Expected exactly one of {}.", keys())));
            }
            None
        }
    }
}
