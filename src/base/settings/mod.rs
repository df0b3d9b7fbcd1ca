//! Settings: from a located tree to typed values, with every error collected, and
//! the JSON Schema of the same declarations.
//!
//! A type that a person can write implements [`Setting`]: how it is read and what
//! its schema is, side by side. Records, closed lists of words and "exactly one of"
//! are declared with [`record!`](crate::record), [`choices!`](crate::choices) and
//! [`kinds!`](crate::kinds); key, type, default and description are said once, in
//! the declaration, and serve the reader, the messages, the schema and the Rust
//! documentation. So the four cannot drift apart.
//!
//! Reading never stops at the first error: a record reads all its keys before it
//! gives up. What is broken is left out of the list or map that it stands in, rather
//! than guessed, so that later checks do not complain about consequences; whoever
//! asked looks at [`Diagnostics::has_errors`] before using the result for more than
//! such checks.

mod collections;
mod figure;
mod macros;
mod record;
mod scalars;
mod schema;

#[doc(hidden)]
pub use serde_json::Value;

use super::diagnostics::{Diagnostic, Diagnostics, Spot};
use super::yaml::Node;

pub use collections::{Entries, OneOrMany};
pub use figure::{AnyFigure, Figure, Spread, alternatives};
pub use record::{Field, Fields, Record};
#[doc(hidden)]
pub use record::{bare_key, first_space_cut, object, property};
pub use scalars::{Located, Name, Ratio};
#[doc(hidden)]
pub use scalars::{only_key, read_word, words_schema};
pub use schema::Schemas;

/// A type that a person can write in a file.
pub trait Setting: Sized {
    /// What it is, with its article, for messages: "an amount of data".
    const WHAT: &'static str;

    /// The JSON Schema (draft-07) of every text that [`Setting::read`] accepts.
    fn schema(schemas: &mut Schemas) -> Value;

    /// The value that `node` states, or nothing after collecting why there is none.
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self>;

    /// The value of a key that is not written; nothing when it has to be.
    fn absent() -> Option<Self> {
        None
    }

    /// A text to show to somebody who left it out.
    fn example() -> Option<String> {
        None
    }

    /// Calls `visit` for every figure in it, in the order of the declaration.
    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        let _ = visit;
    }
}

impl<T: Setting> Setting for Option<T> {
    const WHAT: &'static str = T::WHAT;

    fn schema(schemas: &mut Schemas) -> Value {
        T::schema(schemas)
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        T::read(node, diagnostics).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
    fn example() -> Option<String> {
        T::example()
    }
    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        self.iter().for_each(|value| value.each_figure(visit));
    }
}

/// The message for a value of the wrong sort.
pub fn unexpected(node: &Node, wanted: &str) -> Diagnostic {
    let found = node.described();
    Diagnostic::error(node.spot, format!("Expected {wanted}, found {found}"))
}

/// Where a setting came from when no file states it: the place of what contains it.
pub(crate) fn default_node(text: &str, spot: Spot) -> Option<Node> {
    use super::diagnostics::Sources;
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let source = sources.add("<default>", text);
    super::yaml::parse(source, &sources, &mut diagnostics).map(|node| node.moved_to(spot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::{Color, Sources};
    use crate::base::units::{Bytes, Measure, Period, Share, UnitPrice};
    use crate::base::yaml::parse;

    crate::record! {
        /// A place where ships lie.
        struct Harbour as "a harbour" {
            /// Who operates it.
            operator: Name,
            /// How long a ship may stay.
            stay: Period = "3 days",
            /// How deep the water is in metres.
            depth: Option<u32>,
            /// What it is for.
            role: Role = "trade",
            /// What a ship pays.
            fee: Option<Figure<UnitPrice>>,
            /// What happens there.
            r#move: Option<Event>,
        }
    }
    crate::choices! {
        /// What a harbour is for.
        enum Role as "a role of a harbour" {
            /// Ships trade there.
            Trade = "trade",
            /// Ships hide there.
            Refuge = "refuge",
        }
    }
    crate::kinds! {
        /// What happens.
        enum Event as "an event" {
            /// It is dredged for so long.
            Dredging(Period) = "dredging",
            /// It is sold to somebody.
            Sale(Name) = "sale",
        }
    }

    fn read<T: Setting>(text: &str) -> (Option<T>, String) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("test.yaml", text);
        let value =
            parse(source, &sources, &mut diagnostics).and_then(|node| T::read(&node, &mut diagnostics));
        (value, diagnostics.render(&sources, Color::Never))
    }

    fn figure<T: Written + Clone>(text: &str) -> Result<Spread<T>, String> {
        let (entries, messages) = read::<Entries<Figure<T>>>(&format!("f: {text}\n"));
        match entries.as_ref().and_then(|entries| entries.get("f")) {
            Some(figure) if messages.is_empty() => Ok(figure.spread.clone()),
            _ => Err(messages),
        }
    }
    use crate::base::units::Written;

    #[test]
    fn a_record_is_read_with_its_defaults() {
        let (harbour, messages) = read::<Harbour>("operator: genoa\nmove: {sale: venice}\n");
        assert_eq!(messages, "");
        let harbour = harbour.expect("a harbour");
        assert_eq!(
            (harbour.stay.to_string().as_str(), harbour.depth, harbour.role),
            ("3 days", None, Role::Trade)
        );
        assert!(matches!(harbour.r#move, Some(Event::Sale(name)) if name.as_str() == "venice"));
    }

    #[test]
    fn all_errors_of_a_record_come_at_once() {
        let (_, messages) = read::<Harbour>(
            "stay: 3\ndepht: 12\nrole: refug\nfee: 12 EUR\nmove: {sale: a, dredging: 3 days}\n",
        );
        insta::assert_snapshot!(messages, @r"
        error: The key `operator` is missing in this harbour
         --> test.yaml:1:1
          |
        1 | stay: 3
          | ^^^^
          |
          = note: Who operates it.
          = note: Expected a name.

        error: `3` has no unit
         --> test.yaml:1:7
          |
        1 | stay: 3
          |       ^ a bare number
          |
          = note: Expected a length of time, such as `3 years`, `90 days`, `12 h` or `8 ms`.

        error: `depht` is not a key of this harbour
         --> test.yaml:2:1
          |
        2 | depht: 12
          | ^^^^^
          |
          = help: Did you mean `depth`?

        error: `refug` is not a role of a harbour
         --> test.yaml:3:7
          |
        3 | role: refug
          |       ^^^^^
          |
          = note: It is one of `trade` or `refuge`.
          = help: Did you mean `refuge`?

        error: `12 EUR` is not a price per unit
         --> test.yaml:4:6
          |
        4 | fee: 12 EUR
          |      ^^^^^^
          |
          = note: Expected a price per unit, such as `45 EUR/core-year`, `6.16 USD/h` or `0.09 EUR/GB`.

        error: `sale` and `dredging` cannot stand together
         --> test.yaml:5:17
          |
        5 | move: {sale: a, dredging: 3 days}
          |        ----     ^^^^^^^^
          |        |
          |        the first one
          |
          = note: Expected exactly one of `dredging` or `sale`.
        ");
    }

    #[test]
    fn the_schema_has_every_key_with_its_description_and_default() {
        let mut schemas = Schemas::default();
        let root = Harbour::schema(&mut schemas);
        let schema = schemas.finish(&root, "Harbour");
        assert_eq!(schema["properties"]["stay"]["default"], "3 days");
        assert_eq!(schema["properties"]["move"]["allOf"][0]["$ref"], "#/definitions/Event");
        assert_eq!(schema["required"], serde_json::json!(["operator"]));
        let validator = jsonschema::draft7::new(&schema).expect("a valid schema");
        for good in
            ["operator: a\n", "operator: a\nfee: {low: 1 EUR/h, mode: 2 EUR/h, high: 3 EUR/h, source: x}\n"]
        {
            let mut sources = Sources::new();
            let source = sources.add("t", good);
            let node = parse(source, &sources, &mut Diagnostics::new()).expect("a tree");
            assert!(validator.is_valid(&node.to_json()), "{good}");
        }
    }

    #[test]
    fn a_figure_is_a_value_a_range_a_distribution_or_a_name() {
        let gib = |gib| Bytes::from_gib(gib);
        assert_eq!(figure("3 GiB"), Ok(Spread::Fixed(gib(3))));
        assert_eq!(figure("{value: 3 GiB, source: a letter, date: 2026-10-01}"), Ok(Spread::Fixed(gib(3))));
        assert_eq!(
            figure("{low: 1 GiB, mode: 2 GiB, high: 3 GiB, assumption: a guess}"),
            Ok(Spread::Pert { low: gib(1), mode: gib(2), high: gib(3) })
        );
        assert_eq!(figure("{uniform: [1 GiB, 2 GiB]}"), Ok(Spread::Uniform { low: gib(1), high: gib(2) }));
        let triangle = Ok(Spread::Triangular { low: gib(1), mode: gib(1), high: gib(3) });
        assert_eq!(figure("{triangular: [1 GiB, 1 GiB, 3 GiB]}"), triangle);
        assert_eq!(figure("{triangular: {low: 1 GiB, mode: 1 GiB, high: 3 GiB}}"), triangle);
        assert_eq!(
            figure("{normal: {mean: 9 GiB, sd: 1 GiB}}"),
            Ok(Spread::Normal { mean: gib(9), sd: gib(1) })
        );
        assert_eq!(
            figure("{lognormal: {median: 9 GiB, sigma: 0.5}}"),
            Ok(Spread::LogNormal { median: gib(9), sigma: 0.5 })
        );
        assert!(matches!(figure::<Bytes>("$disk"), Ok(Spread::Reference(name)) if name.as_str() == "disk"));
    }

    #[test]
    fn an_impossible_figure_is_refused_with_a_reason() {
        for (text, reason) in [
            ("{low: 3 %, mode: 2 %, high: 9 %}", "`low` is greater than `mode`"),
            ("{low: 2 %, mode: 2 %, high: 2 %}", "write that value alone"),
            ("{low: 2 %, high: 3 %}", "`mode` is missing"),
            ("{low: 2 %, mode: 3 %, high: 4 %, value: 3 %}", "cannot stand together"),
            ("{assumption: none}", "exactly one value or one distribution"),
            ("{uniform: [1 %]}", "a list of 2 values"),
            ("{normal: {mean: 1 %, sd: 0 %}}", "`sd` must be more than zero"),
            ("{lognormal: {median: 1 %, sigma: 0}}", "`sigma` must be more than zero"),
            ("{low: 2 %, mdoe: 3 %, high: 4 %}", "Did you mean `mode`?"),
            ("3", "has no unit"),
        ] {
            let message = figure::<Share>(text).expect_err(text);
            assert!(message.contains(reason), "{text} gave\n{message}");
        }
        let message =
            figure::<Measure>("{low: 1 EUR/h, mode: 2 USD/h, high: 3 EUR/h}").expect_err("two currencies");
        assert!(message.contains("different units"), "{message}");
    }

    #[test]
    fn an_entry_of_uncertain_learns_its_kind_where_it_is_used() {
        let spread = figure::<Measure>("{low: 0 %, mode: 30 %, high: 47 %}").expect("a spread");
        assert!(matches!(spread.typed::<Share>(), Ok(Spread::Pert { mode, .. }) if mode.fraction() == 0.3));
        assert!(spread.typed::<Bytes>().is_err());
    }

    #[test]
    fn what_could_not_be_read_is_still_declared() {
        let (entries, messages) = read::<Entries<Share>>("a: 3 %\nb: 4\n");
        let entries = entries.expect("entries");
        assert!(messages.contains("no unit") && entries.declares("b") && entries.get("b").is_none());
        assert_eq!(entries.near("A"), Some("a"));
    }
}
