//! A tree as YAML text and as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

use super::{Kind, Node, Style};

impl Node {
    /// The tree as YAML in block style, which [`parse`](super::parse) reads back
    /// to the same keys and values. Comments, anchors and tags are gone.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    /// Writes a collection from the start of a line, a scalar where the text ends.
    fn write(&self, text: &mut String, depth: usize) {
        match &self.kind {
            Kind::Scalar { .. } => {
                text.push_str(&self.scalar());
                text.push('\n');
            }
            Kind::Sequence(items) => {
                for item in items {
                    text.push_str(&"  ".repeat(depth));
                    text.push('-');
                    item.write_value(text, depth);
                }
            }
            Kind::Mapping(entries) => {
                for (key, value) in entries {
                    text.push_str(&"  ".repeat(depth));
                    text.push_str(&quoted_if_needed(&key.text));
                    text.push(':');
                    value.write_value(text, depth);
                }
            }
        }
    }

    fn write_value(&self, text: &mut String, depth: usize) {
        match &self.kind {
            Kind::Sequence(items) if items.is_empty() => text.push_str(" []\n"),
            Kind::Mapping(entries) if entries.is_empty() => text.push_str(" {}\n"),
            Kind::Scalar { .. } => {
                text.push(' ');
                self.write(text, depth);
            }
            _ => {
                text.push('\n');
                self.write(text, depth + 1);
            }
        }
    }

    fn scalar(&self) -> String {
        match &self.kind {
            _ if self.is_null() => "null".to_owned(),
            Kind::Scalar { text, style: Style::Quoted } => quoted(text),
            Kind::Scalar { text, style: Style::Plain } => quoted_if_needed(text),
            _ => String::new(),
        }
    }

    /// The tree as JSON, plain scalars typed by the YAML 1.2 core schema.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar { text, style: Style::Quoted } => Value::String(text.clone()),
            Kind::Scalar { .. } if self.is_null() => Value::Null,
            Kind::Scalar { text, .. } => match text.as_str() {
                "true" | "True" | "TRUE" => Value::Bool(true),
                "false" | "False" | "FALSE" => Value::Bool(false),
                other => number(other).map_or_else(|| Value::String(other.to_owned()), Value::Number),
            },
            Kind::Sequence(items) => items.iter().map(Node::to_json).collect(),
            Kind::Mapping(entries) => {
                let mut object = Map::new();
                for (key, value) in entries {
                    object.insert(key.text.clone(), value.to_json());
                }
                Value::Object(object)
            }
        }
    }
}

fn number(text: &str) -> Option<Number> {
    if let Ok(integer) = text.parse::<i64>() {
        return Some(integer.into());
    }
    let digits = text.trim_start_matches(['-', '+']);
    if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_digit())
    {
        return Number::from_f64(text.parse().ok()?);
    }
    None
}

/// Plain where YAML takes the text as it is, else in double quotes.
fn quoted_if_needed(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || " ._-/%$+*()€".contains(c))
        && text.starts_with(|c: char| c.is_alphanumeric() || c == '$' || c == '.')
        && !text.ends_with(' ');
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::{Diagnostics, Sources, Spot};
    use crate::base::yaml::{Key, parse};
    use proptest::prelude::*;

    fn text_of(text: &str) -> Node {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("t.yaml", text);
        parse(source, &sources, &mut diagnostics).expect("a tree")
    }

    #[test]
    fn plain_numbers_become_json_numbers_and_quoted_ones_stay_text() {
        let node = text_of("a: 1\nb: 1.5\nc: '1'\nd: 2027-01-01\ne: true\nf: ~\ng: 7 %\nh: e3\n");
        assert_eq!(
            node.to_json().to_string(),
            r#"{"a":1,"b":1.5,"c":"1","d":"2027-01-01","e":true,"f":null,"g":"7 %","h":"e3"}"#
        );
    }

    fn trees() -> impl Strategy<Value = Node> {
        let mut sources = Sources::new();
        let spot = Spot::whole(sources.add("t", ""));
        let scalar = ("\\PC{0,12}", any::<bool>()).prop_map(move |(text, plain)| {
            // A plain scalar can only hold what a parser can have read as one.
            let style = if plain && text.chars().all(|c| c.is_ascii_alphanumeric()) {
                Style::Plain
            } else {
                Style::Quoted
            };
            Node { spot, kind: Kind::Scalar { text, style } }
        });
        let inner = scalar.prop_recursive(3, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(move |items| Node { spot, kind: Kind::Sequence(items) }),
                prop::collection::btree_map("[a-z]{1,6}|\\PC{1,6}", inner, 0..4).prop_map(move |map| Node {
                    spot,
                    kind: Kind::Mapping(
                        map.into_iter()
                            .filter(|(text, _)| text != "<<")
                            .map(|(text, value)| (Key { text, spot }, value))
                            .collect()
                    ),
                }),
            ]
        });
        inner.prop_map(move |value| Node {
            spot,
            kind: Kind::Mapping(vec![(Key { text: "root".to_owned(), spot }, value)]),
        })
    }

    proptest! {
        #[test]
        fn a_written_tree_is_read_back_to_the_same_values(tree in trees()) {
            prop_assert_eq!(text_of(&tree.to_yaml()).to_json(), tree.to_json());
        }
    }
}
