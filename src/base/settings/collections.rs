//! Lists and maps of settings.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{AnyFigure, Name, Schemas, Setting, unexpected};
use crate::base::diagnostics::{Diagnostics, did_you_mean};
use crate::base::yaml::Node;

impl<T: Setting> Setting for Vec<T> {
    const WHAT: &'static str = "a list";
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "array", "items": T::schema(schemas) })
    }
    /// Items that are broken are left out, after their errors are collected.
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(items) = node.as_sequence() else {
            diagnostics.push(
                unexpected(node, &format!("a list, each item {}", T::WHAT))
                    .help("Write the items in brackets, or one below the other, each behind a `-`."),
            );
            return None;
        };
        Some(items.iter().filter_map(|item| T::read(item, diagnostics)).collect())
    }
    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        self.iter().for_each(|item| item.each_figure(visit));
    }
}

/// One value, or a list of them: `[a, b]`, or just `a`.
#[derive(Clone, PartialEq, Debug)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T: Setting> Setting for OneOrMany<T> {
    const WHAT: &'static str = T::WHAT;
    fn schema(schemas: &mut Schemas) -> Value {
        let one = T::schema(schemas);
        json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_sequence() {
            Some(_) => Vec::read(node, diagnostics).map(Self),
            None => T::read(node, diagnostics).map(|one| Self(vec![one])),
        }
    }
    fn example() -> Option<String> {
        T::example()
    }
    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        self.0.each_figure(visit);
    }
}

impl<T> std::ops::Deref for OneOrMany<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// Things under names that the user chose, in the order of the file.
#[derive(Clone, PartialEq, Debug)]
pub struct Entries<T> {
    entries: IndexMap<String, (Name, T)>,
    broken: Vec<String>,
}

impl<T> Entries<T> {
    /// Nothing declared.
    pub fn new() -> Self {
        Self { entries: IndexMap::new(), broken: Vec::new() }
    }

    /// Declares `value` under `name`, or that it could not be read. If the name was
    /// declared before, nothing changes and that earlier name is returned.
    pub fn declare(&mut self, name: Name, value: Option<T>) -> Option<Name> {
        if let Some((earlier, _)) = self.entries.get(&name.text) {
            return Some(earlier.clone());
        }
        match value {
            Some(value) => {
                self.entries.insert(name.text.clone(), (name, value));
            }
            None => self.broken.push(name.text),
        }
        None
    }

    /// What is declared under `name`.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.entries.get(name).map(|(_, value)| value)
    }

    /// Whether `name` is declared, even if what it stands for could not be read:
    /// a reference to it is then no second error.
    pub fn declares(&self, name: &str) -> bool {
        self.entries.contains_key(name) || self.broken.iter().any(|broken| broken == name)
    }

    /// The place of `name` in the order of the file.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.entries.get_index_of(name)
    }

    /// Every name with what it stands for, in the order of the file.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Name, &T)> + ExactSizeIterator {
        self.entries.values().map(|(name, value)| (name, value))
    }

    /// Every declared name, also of what could not be read.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str).chain(self.broken.iter().map(String::as_str))
    }

    /// The declared name probably meant by `name`.
    pub fn near(&self, name: &str) -> Option<&str> {
        did_you_mean(name, self.names())
    }

    /// How many could be read.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none could be read.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Setting> Setting for Entries<T> {
    const WHAT: &'static str = "a mapping of names to values";
    fn schema(schemas: &mut Schemas) -> Value {
        json!({
            "type": "object",
            // Nothing takes away what the extended file has of this name.
            "additionalProperties": { "anyOf": [T::schema(schemas), { "type": "null" }] },
        })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(entries) = node.as_mapping() else {
            diagnostics.push(
                unexpected(node, &format!("names, each with {}", T::WHAT))
                    .help("Write one `name: …` a line, indented below this key."),
            );
            return None;
        };
        let mut read = Self::new();
        for (key, value) in entries {
            let name = Name::of_key(key, diagnostics);
            match (name, T::read(value, diagnostics)) {
                (Some(name), Some(value)) => {
                    read.entries.insert(key.text.clone(), (name, value));
                }
                _ => read.broken.push(key.text.clone()),
            }
        }
        Some(read)
    }
    fn absent() -> Option<Self> {
        Some(Self::new())
    }
    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        self.iter().for_each(|(_, value)| value.each_figure(visit));
    }
}
