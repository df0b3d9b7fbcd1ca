//! Every figure of a catalogue tree under its dotted path, as it is written: for
//! tables, for the list of assumptions, and to check that each has a source.

use std::collections::HashMap;

use serde::Serialize;

use super::figure::is_figure;
use crate::base::diagnostics::Spot;
use crate::base::yaml::{Key, Node};

/// A figure as it is written, under its path.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Listed {
    /// Its dotted path, by which it is overridden, such as
    /// `providers.azure.offers.dsv5-type1.price.francecentral`.
    pub path: String,
    /// The number: `6.16 USD/h`, `12 to 20 USD/h`, or `needed`.
    pub figure: String,
    /// The key of its source, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// As of when, where it differs from its source's date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// How sure it is, A to D.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
    /// Why it is assumed, if nobody publishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumption: Option<String>,
    /// What is missing and whom to ask, if it is not known at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed: Option<String>,
    /// What a reader should know besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where it is written.
    #[serde(skip)]
    pub spot: Option<Spot>,
}

impl Listed {
    /// Whether it says where it comes from, or that nobody knows.
    pub fn is_justified(&self) -> bool {
        self.source.is_some() || self.assumption.is_some() || self.needed.is_some()
    }
}

/// All figures below `node`, whose own path is `path`, in the order of the text.
///
/// Whatever is written as a mapping with a number is a figure; so is a record that
/// carries its numbers beside one source, such as the size of a host, under the
/// numbers it holds.
pub fn figures(path: &str, node: &Node) -> Vec<Listed> {
    let mut listed = Vec::new();
    walk(path, node, &mut listed);
    listed
}

fn walk(path: &str, node: &Node, listed: &mut Vec<Listed>) {
    let Some(entries) = node.as_mapping() else { return };
    let text = |key: &str| node.value(key).and_then(Node::as_text).map(str::to_owned);
    let figure = if is_figure(node) { Some(number(node)) } else { sourced_record(node) };
    if let Some(figure) = figure {
        listed.push(Listed {
            path: path.to_owned(),
            figure,
            source: text("source"),
            date: text("date"),
            confidence: text("confidence"),
            assumption: text("assumption"),
            needed: text("needed"),
            note: text("note"),
            spot: Some(node.spot),
        });
    }
    if !is_figure(node) {
        for (key, value) in entries {
            walk(&joined(path, &key.text), value, listed);
        }
    }
}

/// `path.key`, or `key` at the root.
fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The plain numbers of a record that names a source beside them.
fn sourced_record(node: &Node) -> Option<String> {
    node.value("source")?;
    let about = ["source", "confidence", "note", "date", "label", "jurisdiction", "owner"];
    let said = |(key, value): &(Key, Node)| match value.as_sequence() {
        // Steps, such as those of a service credit.
        Some(steps) => {
            let steps: Vec<String> = steps.iter().filter_map(plain).collect();
            (!steps.is_empty()).then(|| steps.join(", "))
        }
        None => value.as_text().map(|text| format!("{} {text}", key.text.replace('_', " "))),
    };
    let entries = node.as_mapping()?.iter().filter(|(key, _)| !about.contains(&key.text.as_str()));
    let numbers: Vec<String> = entries.filter_map(said).collect();
    (!numbers.is_empty()).then(|| numbers.join(", "))
}

/// A mapping of plain texts in one phrase.
fn plain(node: &Node) -> Option<String> {
    let entries = node.as_mapping()?;
    let said: Option<Vec<String>> =
        entries.iter().map(|(key, value)| Some(format!("{} {}", key.text, value.as_text()?))).collect();
    said.filter(|said| !said.is_empty()).map(|said| said.join(" "))
}

/// The number of a figure, for people: one unit at the end, a range with its mode.
fn number(node: &Node) -> String {
    let text = |key: &str| node.value(key).and_then(Node::as_text);
    if let Some(value) = text("value") {
        return value.to_owned();
    }
    let range = match (text("low"), text("mode"), text("high")) {
        (Some(low), Some(mode), Some(high)) => {
            Some(format!("{} to {high}, most likely {}", bare(low), bare(mode)))
        }
        (Some(low), None, Some(high)) => Some(format!("{} to {high}", bare(low))),
        _ => None,
    };
    match (text("needed"), range) {
        (Some(_), Some(range)) => format!("needed ({range})"),
        (Some(_), None) => "needed".to_owned(),
        (None, Some(range)) => range,
        (None, None) => ["uniform", "triangular", "normal", "lognormal"]
            .into_iter()
            .find(|kind| node.value(kind).is_some())
            .map_or_else(|| "incomplete".to_owned(), |kind| format!("{kind} distribution")),
    }
}

/// The plain texts, lists of texts and small mappings of texts of a mapping.
pub(super) fn words(node: &Node) -> Vec<(String, String)> {
    if is_figure(node) {
        return Vec::new();
    }
    let entries = node.as_mapping().unwrap_or_default();
    let said = |node: &Node| -> Option<String> {
        if let Some(text) = node.as_text() {
            return Some(text.to_owned());
        }
        if let Some(items) = node.as_sequence() {
            let texts: Option<Vec<&str>> = items.iter().map(Node::as_text).collect();
            return texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join(", "));
        }
        // What names a source is listed among the figures.
        let entries = node.as_mapping().filter(|_| !is_figure(node) && node.value("source").is_none())?;
        let texts: Option<Vec<String>> = entries
            .iter()
            .map(|(key, value)| value.as_text().map(|text| format!("{} {text}", key.text)))
            .collect();
        texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join(", "))
    };
    entries.iter().filter_map(|(key, value)| Some((key.text.clone(), said(value)?))).collect()
}

/// `12 USD/h` as `12`.
fn bare(text: &str) -> &str {
    text.split_once(' ').map_or(text, |(number, _)| number)
}

/// The dotted path of every value of a tree, by its place.
pub(super) fn paths(root: &Node) -> HashMap<Spot, String> {
    fn collect(path: &str, node: &Node, paths: &mut HashMap<Spot, String>) {
        paths.insert(node.spot, path.to_owned());
        for (key, value) in node.as_mapping().unwrap_or_default() {
            collect(&joined(path, &key.text), value, paths);
        }
    }
    let mut paths = HashMap::new();
    collect("", root, &mut paths);
    paths
}
