//! Which uncertain figures an analysis moves.

use serde_json::{Value, json};

use crate::base::diagnostics::Diagnostics;
use crate::base::settings::{Located, OneOrMany, Schemas, Setting, unexpected};
use crate::base::yaml::Node;
use crate::input::scenario::Glob;

crate::record! {
    /// Uncertain figures that count as one input: a design moves all of them at once, each by a quantile of its own.
    pub struct InputGroup as "a group of inputs" {
        /// What the group is called in the results.
        pub name: Located<String>,
        /// The figures: names, or patterns such as `providers.azure.*`, of which those that are uncertain are taken.
        pub figures: OneOrMany<Located<Glob>>,
    }
}

/// One entry of `inputs`.
#[derive(Clone, PartialEq, Debug)]
pub enum InputChoice {
    /// Figures by their name, or by a pattern: each is an input of its own.
    Figures(Located<Glob>),
    /// Figures that move together.
    Group(InputGroup),
}

impl Setting for InputChoice {
    const WHAT: &'static str = "the name of an uncertain figure, a pattern, or a group";

    fn schema(schemas: &mut Schemas) -> Value {
        let group = InputGroup::schema(schemas);
        json!({ "anyOf": [{ "type": "string", "examples": ["vcf_discount", "providers.azure.*"] }, group] })
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_some() {
            return InputGroup::read(node, diagnostics).map(Self::Group);
        }
        if node.as_text().is_none() {
            diagnostics.push(unexpected(node, Self::WHAT).note(
                "Such as `vcf_discount`, or `{name: Azure prices, figures: [\"providers.azure.*\"]}`.",
            ));
            return None;
        }
        Located::read(node, diagnostics).map(Self::Figures)
    }
}
