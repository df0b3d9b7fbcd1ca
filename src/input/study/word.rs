//! Kinds that may be written as a word when all their settings are the usual ones.

use serde_json::{Value, json};

use crate::base::settings::{Schemas, Setting};
use crate::base::yaml::{Key, Kind, Node};

/// A mapping with one key that says the kind, or that key alone: `compare` is
/// `compare: {}`.
#[derive(Clone, PartialEq, Debug)]
pub struct OrWord<T>(pub T);

/// What is told apart by one key, declared with [`kinds!`](crate::kinds).
pub trait Kinds: Setting {
    /// The keys.
    fn words() -> Vec<&'static str>;
}

impl<T: Kinds> Setting for OrWord<T> {
    const WHAT: &'static str = T::WHAT;

    fn schema(schemas: &mut Schemas) -> Value {
        let whole = T::schema(schemas);
        json!({ "anyOf": [{ "type": "string", "enum": T::words() }, whole] })
    }

    fn read(node: &Node, diagnostics: &mut crate::base::diagnostics::Diagnostics) -> Option<Self> {
        let Some(word) = node.as_text() else { return T::read(node, diagnostics).map(Self) };
        let key = Key { text: word.to_owned(), spot: node.spot };
        let nothing = Node { spot: node.spot, kind: Kind::Mapping(Vec::new()) };
        let alone = Node { spot: node.spot, kind: Kind::Mapping(vec![(key, nothing)]) };
        T::read(&alone, diagnostics).map(Self)
    }

    fn example() -> Option<String> {
        T::words().first().map(|word| (*word).to_owned())
    }
}
