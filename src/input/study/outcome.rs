//! Which figures of the scorecard a study looks at.

use serde_json::{Value, json};

use crate::base::diagnostics::{Diagnostics, Spot};
use crate::base::settings::{Located, Schemas, Setting, unexpected};
use crate::base::yaml::Node;

/// A value in the unit of an outcome, as it is written: `50 kEUR`, `2028-03-31`, `99.9 %`,
/// `12 h`, `3`. Which unit is right is known with the outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quantity {
    /// The text.
    pub text: String,
    /// Where it is written.
    pub spot: Spot,
}

impl Setting for Quantity {
    const WHAT: &'static str = "a value in the unit of the outcome";

    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": ["string", "number"], "examples": ["50 kEUR", "2028-03-31", "99.9 %", "30 days"] })
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(text) = node.as_text() else {
            diagnostics.push(
                unexpected(node, Self::WHAT).note("Such as `50 kEUR`, `2028-03-31`, `99.9 %` or `30 days`."),
            );
            return None;
        };
        Some(Self { text: text.to_owned(), spot: node.spot })
    }

    fn example() -> Option<String> {
        Some("50 kEUR".to_owned())
    }
}

crate::choices! {
    /// Which values of an outcome are wanted.
    pub enum Better as "which values are wanted" {
        /// Less is better.
        Lower = "lower",
        /// More is better.
        Higher = "higher",
    }
}

crate::record! {
    /// A figure of the scorecard that is looked at.
    pub struct OutcomeSettings as "an outcome" {
        /// The dotted name of the figure, as in `summary.json`.
        pub figure: Located<String>,
        /// What it is called in the results; its usual name when left out.
        pub label: Option<String>,
        /// What it should not miss: an amount of money, a day, a share or a number, in its unit. Probabilities and satisficing are about it.
        pub target: Option<Quantity>,
        /// Which values are wanted; the usual direction of the figure when left out: less of most, more of sovereignty, availability and workloads moved.
        pub better: Option<Better>,
        /// What stands where a run does not have the figure, such as a date of completion when nothing is completed: a value, or `horizon` or `start` for a date. For dates the end of the horizon when left out; for the rest such a run refuses the study.
        pub missing: Option<Quantity>,
    }
}

/// One entry of `outcomes`: the figure's name alone, or with more.
#[derive(Clone, PartialEq, Debug)]
pub struct OutcomeChoice(pub OutcomeSettings);

impl Setting for OutcomeChoice {
    const WHAT: &'static str = "the dotted name of a figure";

    fn schema(schemas: &mut Schemas) -> Value {
        let whole = OutcomeSettings::schema(schemas);
        json!({ "anyOf": [{ "type": "string", "examples": ["cost.npv", "migration.finished_at"] }, whole] })
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_some() {
            return OutcomeSettings::read(node, diagnostics).map(Self);
        }
        let Some(text) = node.as_text() else {
            diagnostics.push(
                unexpected(node, Self::WHAT)
                    .note("Such as `cost.npv`, or `{figure: migration.finished_at, target: 2028-03-31}`."),
            );
            return None;
        };
        Some(Self(OutcomeSettings {
            spot: node.spot,
            figure: Located { value: text.to_owned(), spot: node.spot },
            label: None,
            target: None,
            better: None,
            missing: None,
        }))
    }
}
