//! Strategies: what is moved where, when and how, and what becomes of contracts.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::commitment::Commitment;
use super::contract::Term;
use super::programme::WeeklyCapacity;
use super::selector::Selector;
use super::timeline::OfferPath;
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{Entries, Located, Name, OneOrMany, Schemas, Setting, unexpected};
use crate::base::units::Period;
use crate::base::yaml::Node;
use crate::world;

crate::choices! {
    /// How a workload gets to its destination.
    pub enum Method as "a migration method" {
        /// The gentlest that the platforms, the tools and the workload allow.
        Auto = "auto",
        /// Its memory is copied while it runs.
        Live = "live",
        /// Its disks are copied while it runs; a short stop at the end.
        Replicated = "replicated",
        /// As replicated, and its disks and drivers are converted during the stop.
        Conversion = "conversion",
        /// It is stopped, copied, and started.
        Cold = "cold",
        /// Its disks travel on an appliance.
        Offline = "offline",
        /// It is installed anew and its data is copied.
        Rebuild = "rebuild",
    }
    /// What becomes of a workload.
    pub enum Disposition as "what becomes of a workload" {
        /// It is switched off for good.
        Retire = "retire",
        /// It stays where it is.
        Retain = "retain",
        /// The same hypervisor elsewhere; the guest is not touched.
        Relocate = "relocate",
        /// Another platform; the guest is adapted.
        Rehost = "rehost",
        /// Small changes, such as a managed database.
        Replatform = "replatform",
        /// Another product.
        Repurchase = "repurchase",
        /// Rewritten.
        Refactor = "refactor",
    }
}

crate::record! {
    /// A strategy: rules on what is moved where, when and how. Without any, all stays and contracts renew.
    pub struct Strategy as "a strategy" {
        /// Its name in tables and pictures; its key when left out.
        pub label: Option<String>,
        /// What is moved where; for each workload the first rule that selects it decides, and what no rule selects stays.
        pub r#move: Vec<Rule> = "[]",
        /// What is switched off for good, before any rule of `move` is asked.
        pub retire: Option<OneOrMany<Selector>>,
        /// When moves start and how fast they go.
        pub schedule: Option<Schedule>,
        /// What is done when each contract ends. Left out: renew for 3 years when nothing moves, else leave.
        pub contracts: Entries<ContractChoice>,
        /// Hosts that are emptied and given up without leaving their site.
        pub consolidate: Vec<Consolidation> = "[]",
        /// What is bought for a term, used or not: reservations, savings plans, terms of nodes.
        pub commit: Vec<Commitment> = "[]",
    }

    /// A rule on what is moved where.
    pub struct Rule as "a rule on moves" {
        /// Which workloads it speaks of.
        pub select: Selector,
        /// Where they go: a site, an offer as `site/offer`, or a list in order of preference.
        pub to: Option<OneOrMany<OfferPath>>,
        /// How they get there.
        pub method: Method = "auto",
        /// With which tool of the catalogue; the first that carries the method when left out.
        pub tool: Option<Name>,
        /// Over which of several links between the two sites; the one with the most bandwidth, then the cheapest, when left out.
        pub link: Option<Name>,
        /// What becomes of them; found from the platforms when left out.
        pub disposition: Option<Disposition>,
        /// Certifications that the destination must hold, such as `SecNumCloud`.
        pub certified: Option<OneOrMany<String>>,
    }

    /// When moves start and how fast they go.
    pub struct Schedule as "a schedule" {
        /// When work on the first wave starts; the start of the scenario when left out.
        pub start: Option<Located<Date>>,
        /// Time between the starts of two waves.
        pub every: Located<Period> = "2 weeks",
        /// Workloads in the first waves; the last number holds for all later ones. An application is never split.
        pub waves: Located<Vec<u32>> = "[5, 10, 20, 30]",
        /// How many workloads a week waves after the listed ones move; as many as the last listed wave when left out.
        pub per_week: Option<WeeklyCapacity>,
    }

    /// Hosts that are emptied and given up without leaving their site.
    pub struct Consolidation as "a consolidation" {
        /// Where: `site/offer`.
        pub offer: OfferPath,
        /// The day on which they are given up.
        pub at: Located<Date>,
    }

    /// A renewal for a term.
    pub struct RenewFor as "a renewal for a term" {
        /// The term.
        pub renew: Located<Term>,
    }
}

impl Method {
    /// The method in the world; nothing for `auto`.
    pub const fn method(self) -> Option<world::Method> {
        Some(match self {
            Self::Auto => return None,
            Self::Live => world::Method::Live,
            Self::Replicated => world::Method::Replicated,
            Self::Conversion => world::Method::Conversion,
            Self::Cold => world::Method::Cold,
            Self::Offline => world::Method::Offline,
            Self::Rebuild => world::Method::Rebuild,
        })
    }
}

impl Disposition {
    /// The disposition in the world.
    pub const fn disposition(self) -> world::Disposition {
        match self {
            Self::Retire => world::Disposition::Retire,
            Self::Retain => world::Disposition::Retain,
            Self::Relocate => world::Disposition::Relocate,
            Self::Rehost => world::Disposition::Rehost,
            Self::Replatform => world::Disposition::Replatform,
            Self::Repurchase => world::Disposition::Repurchase,
            Self::Refactor => world::Disposition::Refactor,
        }
    }

    /// Whether the workload goes to another place.
    pub const fn moves(self) -> bool {
        !matches!(self, Self::Retire | Self::Retain)
    }
}

/// What is done when a contract ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContractChoice {
    /// It is renewed for a term.
    Renew(Located<Term>),
    /// It is left; what is still needed is bridged by the shortest term on sale.
    Leave,
}

impl Setting for ContractChoice {
    const WHAT: &'static str = "`leave`, or `{renew: 3 years}`";
    fn schema(schemas: &mut Schemas) -> Value {
        let renew = RenewFor::schema(schemas);
        json!({ "anyOf": [{ "const": "leave", "description": "Leave; what is still needed is bridged." }, renew] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_text() {
            Some("leave") => Some(Self::Leave),
            Some(text) => {
                diagnostics.push(
                    Diagnostic::error(node.spot, format!("`{text}` says nothing to do with a contract"))
                        .note(format!("Expected {}.", Self::WHAT)),
                );
                None
            }
            None if node.as_mapping().is_some() => {
                RenewFor::read(node, diagnostics).map(|renewal| Self::Renew(renewal.renew))
            }
            None => {
                diagnostics.push(unexpected(node, Self::WHAT));
                None
            }
        }
    }
}

impl Rule {
    /// Whether workloads go to another place by this rule.
    pub fn moves(&self) -> bool {
        self.disposition.is_none_or(Disposition::moves)
    }

    /// A rule that moves says where, one that does not must not.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        match (&self.to, self.disposition) {
            (None, disposition) if disposition.is_none_or(Disposition::moves) => diagnostics.push(
                Diagnostic::error(self.spot, "This rule does not say where to move the workloads")
                    .help("Add `to: site` or `to: site/offer`."),
            ),
            (Some(to), Some(disposition)) if !disposition.moves() => diagnostics.push(
                Diagnostic::error(
                    to.first().map_or(self.spot, |path| path.spot),
                    format!("A workload that is to `{disposition}` has no destination"),
                )
                .help("Remove `to`, or change the `disposition`."),
            ),
            _ => {}
        }
    }
}
