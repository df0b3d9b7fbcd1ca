//! Mappings with known keys.

use serde_json::{Map, Value, json};

use super::schema::{Schemas, described};
use super::{Setting, default_node, unexpected};
use crate::base::diagnostics::{Diagnostic, Diagnostics, did_you_mean, one_of};
use crate::base::yaml::{Key, Node};

/// What is known of one key of a record.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key as it is written.
    pub key: &'static str,
    /// What it means, from the documentation of the Rust field.
    pub doc: &'static str,
    /// What it is when it is not written, as YAML.
    pub default: Option<&'static str>,
}

/// A type declared with [`record!`](crate::record).
pub trait Record: Setting {
    /// Its keys, in the order of the declaration.
    const FIELDS: &'static [Field];
}

/// The entries of one mapping, on their way into a record.
#[derive(Debug)]
pub struct Fields<'n, 'd> {
    node: &'n Node,
    entries: &'n [(Key, Node)],
    what: &'static str,
    /// Keys that unknown ones probably meant: they are misspelt, not missing.
    meant: Vec<&'static str>,
    diagnostics: &'d mut Diagnostics,
}

impl<'n, 'd> Fields<'n, 'd> {
    /// The entries of `node`, which is to be `what` with the keys `known`. Keys
    /// that are not known are reported here, with the key probably meant.
    pub fn open(
        node: &'n Node,
        what: &'static str,
        known: &'static [Field],
        diagnostics: &'d mut Diagnostics,
    ) -> Option<Self> {
        let keys = || known.iter().map(|field| field.key);
        let Some(entries) = node.as_mapping() else {
            diagnostics.push(
                unexpected(node, what).note(format!("It is written with the keys {}.", one_of(keys()))),
            );
            return None;
        };
        let mut meant = Vec::new();
        for (key, _) in entries {
            if keys().all(|known| known != key.text) {
                let message =
                    Diagnostic::error(key.spot, format!("`{}` is not a key of {}", key.text, bare(what)));
                let near = did_you_mean(&key.text, keys());
                meant.extend(near);
                diagnostics.push(match near {
                    Some(near) => message.help(format!("Did you mean `{near}`?")),
                    None => message.note(format!("Its keys are {}.", one_of(keys()))),
                });
            }
        }
        Some(Self { node, entries, what, meant, diagnostics })
    }

    /// The entries of a mapping whose unknown keys were reported already.
    pub fn reopen(node: &'n Node, what: &'static str, diagnostics: &'d mut Diagnostics) -> Option<Self> {
        node.as_mapping().map(|entries| Self { node, entries, what, meant: Vec::new(), diagnostics })
    }

    /// The value of `field`: as written, else its default, else what `T` is when
    /// absent; nothing when it is written but broken, or missing and cannot be done
    /// without.
    pub fn read<T: Setting>(&mut self, field: &Field) -> Option<T> {
        let Some((key, value)) = self.entries.iter().find(|(key, _)| key.text == field.key) else {
            return self.fallback(field).or_else(|| self.missing::<T>(field));
        };
        if value.is_null() {
            self.diagnostics.push(
                Diagnostic::error(key.spot, format!("`{}` has no value", field.key))
                    .note(format!("Expected {}.", T::WHAT))
                    .help("Write a value, or remove the line."),
            );
            return None;
        }
        T::read(value, self.diagnostics)
    }

    fn fallback<T: Setting>(&mut self, field: &Field) -> Option<T> {
        match field.default {
            Some(text) => {
                default_node(text, self.node.spot).and_then(|node| T::read(&node, self.diagnostics))
            }
            None => T::absent(),
        }
    }

    fn missing<T: Setting>(&mut self, field: &Field) -> Option<T> {
        if self.meant.contains(&field.key) {
            return None;
        }
        let mut message = Diagnostic::error(
            self.node.spot,
            format!("The key `{}` is missing in {}", field.key, bare(self.what)),
        );
        if !field.doc.is_empty() {
            message = message.note(field.doc);
        }
        message = match T::example() {
            Some(example) => message.help(format!("Add `{}: {example}`, with your own value.", field.key)),
            None => message.note(format!("Expected {}.", T::WHAT)),
        };
        self.diagnostics.push(message);
        None
    }
}

/// "a site" as "this site".
fn bare(what: &str) -> String {
    match what.split_once(' ') {
        Some(("a" | "an", noun)) => format!("this {noun}"),
        _ => what.to_owned(),
    }
}

/// The schema of one key, of type `T`.
#[doc(hidden)]
pub fn property<T: Setting>(field: &Field, schemas: &mut Schemas) -> (&'static str, Value, bool) {
    let default = field
        .default
        .and_then(|text| {
            default_node(text, crate::base::diagnostics::Spot::whole(crate::base::ids::Id::from_index(0)))
        })
        .map(|node| node.to_json());
    let required = field.default.is_none() && T::absent().is_none();
    (field.key, described(T::schema(schemas), field.doc, default), required)
}

/// The schema of a record from the schemas of its keys.
#[doc(hidden)]
pub fn object(doc: &str, properties: Vec<(&'static str, Value, bool)>) -> Value {
    let required: Vec<&str> =
        properties.iter().filter(|(_, _, required)| *required).map(|(key, ..)| *key).collect();
    let properties: Map<String, Value> =
        properties.into_iter().map(|(key, schema, _)| (key.to_owned(), schema)).collect();
    let mut schema = json!({
        "type": "object",
        "description": doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// The key of a Rust field: `r#move` is written `move`.
#[doc(hidden)]
pub const fn bare_key(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

/// A documentation text without the space that follows the three slashes.
#[doc(hidden)]
pub const fn first_space_cut(doc: &'static str) -> &'static str {
    match doc.as_bytes() {
        [b' ', ..] => doc.split_at(1).1,
        _ => doc,
    }
}
