//! Contracts in force at the start, licences that are owned, exchange rates.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{AnyFigure, Figure, Located, Name, Schemas, Setting, unexpected};
use crate::base::units::{CoreYear, Period, PricePer, Share, TimeUnit};
use crate::base::yaml::Node;

crate::record! {
    /// A contract in force at the start of the scenario.
    pub struct Contract as "a contract" {
        /// The licence that it covers and that its renewal buys: a name of the catalogue, such as `vcf`.
        pub licence: Name,
        /// How many cores it covers; those of the hosts at the start when left out.
        pub cores: Option<u32>,
        /// What is paid until it ends.
        pub price: Figure<PricePer<CoreYear>>,
        /// Its last day.
        pub ends: Located<Date>,
        /// How long before its end notice must be given, or it renews by itself.
        pub notice: Period = "90 days",
        /// What can be bought when it ends.
        pub renewal: Renewal,
    }

    /// What can be bought when a contract ends.
    pub struct Renewal as "a renewal" {
        /// `list` for the catalogue's list price, or the price that was offered.
        pub price: ListPrice = "list",
        /// What is taken off the list price.
        pub discount: Option<Figure<Share>>,
        /// The terms on sale.
        pub terms: Vec<Located<Term>> = "[1 year, 3 years, 5 years]",
        /// What is added to the price of what is bought after the contract has ended.
        pub late_surcharge: Option<Figure<Share>>,
    }

    /// Perpetual licences.
    pub struct OwnedLicence as "licences that are owned" {
        /// How many packs are owned; `all` for as many as the hosts at the start need.
        pub owned: Owned = "all",
        /// Whether they are maintained; without, nothing is paid by the year and few destinations take them.
        pub maintenance: Maintenance = "assurance",
        /// When they were bought: before 2019-10-01 they may go to dedicated hosts of Listed Providers.
        pub bought: Option<Date>,
    }
}

crate::choices! {
    /// Whether perpetual licences are maintained.
    pub enum Maintenance as "whether licences are maintained" {
        /// With Software Assurance, or the maintenance of another seller.
        Assurance = "assurance",
        /// Bought once, and no more.
        Nothing = "none",
    }
}

/// The price at which a contract renews.
#[derive(Clone, PartialEq, Debug)]
pub enum ListPrice {
    /// The list price of the catalogue.
    List,
    /// The price that was offered.
    Offered(Figure<PricePer<CoreYear>>),
}

impl Setting for ListPrice {
    const WHAT: &'static str = "`list`, or a price per core and year";
    fn schema(schemas: &mut Schemas) -> Value {
        let price = Figure::<PricePer<CoreYear>>::schema(schemas);
        json!({ "anyOf": [{ "const": "list", "description": "The list price of the catalogue." }, price] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_text() == Some("list") {
            return Some(Self::List);
        }
        Figure::read(node, diagnostics).map(Self::Offered)
    }
    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        if let Self::Offered(figure) = self {
            figure.each_figure(visit);
        }
    }
}

/// A term of whole years.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Term {
    /// Years, at least one.
    pub years: u32,
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} year{}", self.years, if self.years == 1 { "" } else { "s" })
    }
}

impl Setting for Term {
    const WHAT: &'static str = "a term of whole years";
    fn schema(schemas: &mut Schemas) -> Value {
        Period::schema(schemas)
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let period = Period::read(node, diagnostics)?;
        let years = match period.unit {
            TimeUnit::Year => period.count,
            TimeUnit::Month => period.count / 12.0,
            _ => 0.0,
        };
        if !(1.0..=20.0).contains(&years) || libm::trunc(years) != years {
            diagnostics.push(
                Diagnostic::error(node.spot, format!("`{period}` is not {}", Self::WHAT))
                    .note("Licences are sold for whole years, such as `1 year` or `3 years`."),
            );
            return None;
        }
        Some(Self { years: years as u32 })
    }
    fn example() -> Option<String> {
        Some("3 years".to_owned())
    }
}

/// How many perpetual licences are owned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owned {
    /// As many as the hosts at the start need.
    All,
    /// So many packs.
    Packs(u32),
}

impl Setting for Owned {
    const WHAT: &'static str = "`all`, or a number of packs";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "anyOf": [{ "const": "all" }, { "type": "integer", "minimum": 0 }] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_plain() {
            Some("all") => Some(Self::All),
            Some(text) if text.parse::<u32>().is_ok() => text.parse().ok().map(Self::Packs),
            _ => {
                diagnostics.push(unexpected(node, Self::WHAT));
                None
            }
        }
    }
    fn example() -> Option<String> {
        Some("all".to_owned())
    }
}
