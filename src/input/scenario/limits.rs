//! What must not be broken, and the framework that sovereignty is judged by.

use jiff::civil::Date;

use serde_json::{Value, json};

use crate::base::diagnostics::Diagnostics;
use crate::base::settings::{Entries, Located, OneOrMany, Schemas, Setting, unexpected};
use crate::base::units::{Amount, Period};
use crate::base::yaml::Node;

crate::record! {
    /// What must not be broken. A broken limit is reported; it never stops a run.
    pub struct Limits as "the limits" {
        /// The most that the horizon may cost: net present value.
        pub budget: Option<Located<Amount>>,
        /// The day by which the last move must be finished.
        pub finish_by: Option<Located<Date>>,
        /// The most time that workloads may be down for moves, summed over workloads.
        pub downtime: Option<Period>,
        /// For a class of data, the least assurance level (SEAL, 0 to 4) of each objective (`SOV-1` to `SOV-8`) of any place that holds it.
        pub gates: Entries<Entries<Located<u32>>>,
        /// For a class of data, what any place that holds it must show besides.
        pub filters: Entries<Filter>,
    }

    /// What a place that holds data of a class must show, beside the assurance levels of its gates.
    pub struct Filter as "a filter on places" {
        /// Certifications that it holds, such as `SecNumCloud`.
        pub certified: Option<OneOrMany<String>>,
        /// The least level of its Gaia-X label, from 1 to 3.
        pub gaia_x: Option<Located<u32>>,
        /// Where the data may lie: country codes, `EU` or `EEA`.
        pub residency: Option<OneOrMany<Area>>,
        /// Laws that none of its operator, its owner and its technology supplier may be under: country codes, `EU` or `EEA`.
        pub not_under: Option<OneOrMany<Area>>,
        /// Whether its operator must be proven to keep the holding rule of SecNumCloud: a seat in the EU, holders from outside with at most 24 % each and 39 % together.
        pub held_in_eu: Holding = "any",
    }

    /// How sovereignty is judged.
    pub struct Sovereignty as "the sovereignty framework" {
        /// The edition of the framework whose weights are used.
        pub edition: Edition = "\"2026\"",
    }
}

crate::choices! {
    /// Who may hold the operator of a place.
    pub enum Holding as "a rule on holders" {
        /// Anybody.
        Any = "any",
        /// The holding rule of SecNumCloud must be proven.
        Proven = "proven",
    }
    /// An edition of the European Commission's Cloud Sovereignty Framework.
    pub enum Edition as "an edition of the framework" {
        /// The weights of 2026.
        Of2026 = "2026",
        /// The weights of version 1.2.1.
        V1_2_1 = "1.2.1",
    }
}

/// A country, or an area of countries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Area(pub String);

impl Setting for Area {
    const WHAT: &'static str = "a country code, `EU` or `EEA`";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^([A-Z]{2}|EEA)$", "examples": ["FR", "EU", "EEA"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let capitals = |text: &&str| text.bytes().all(|byte| byte.is_ascii_uppercase());
        let area = node.as_text().filter(capitals).filter(|text| text.len() == 2 || *text == "EEA");
        if area.is_none() {
            diagnostics.push(
                unexpected(node, Self::WHAT)
                    .note("Expected the two capital letters of ISO 3166, such as `FR`, or `EU` or `EEA`."),
            );
        }
        area.map(|area| Self(area.to_owned()))
    }
    fn example() -> Option<String> {
        Some("EU".to_owned())
    }
}
