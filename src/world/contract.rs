//! Licences, how they are counted, and the contracts under which they are held.

use super::{FigureId, LicenceId, PartyId};
use crate::base::units::{SimTime, Span};

/// A software licence.
#[derive(Clone, Debug)]
pub struct Licence {
    /// Its name, such as `vcf`.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Who sells it.
    pub supplier: PartyId,
    /// How it is counted.
    pub counting: Counting,
    /// Price per counted unit: a year of a subscription, or one perpetual pack.
    pub price: FigureId,
    /// How a perpetual licence is held; a subscription is held by a contract.
    pub perpetual: Option<Perpetual>,
}

/// How a licence is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// By physical core, with a floor per processor and per order.
    Core {
        /// Cores counted for each processor, at least.
        minimum_per_processor: u32,
        /// Cores of one order, at least; 0 where no such minimum applies.
        minimum_per_order: u32,
    },
    /// By packs of sixteen cores, every host licensed whole.
    SixteenCorePack {
        /// Cores counted for each processor, at least.
        minimum_per_processor: u32,
        /// Cores counted for each host, at least.
        minimum_per_host: u32,
    },
}

/// How a perpetual licence is held.
#[derive(Clone, Copy, Debug)]
pub struct Perpetual {
    /// Packs owned at the start.
    pub owned: u32,
    /// Yearly maintenance, as a share of the price, for each pack in use.
    pub assurance: FigureId,
}

/// A contract in force at the start of the scenario.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its name in the scenario, such as `vmware`.
    pub name: String,
    /// The licence that it covers and that its renewal buys.
    pub licence: LicenceId,
    /// Cores that it covers until it ends; entitlements of the old contract are
    /// bound to the user's premises.
    pub cores: u32,
    /// Price per core-year until it ends.
    pub price: FigureId,
    /// When it ends.
    pub ends: SimTime,
    /// How long before its end notice must be given, or it renews by itself. A
    /// strategy that leaves gives it on the last day, and is taken to have given it
    /// where that day was before the start.
    pub notice: Span,
    /// What can be bought when it ends.
    pub renewal: Renewal,
}

/// What can be bought when a contract ends.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// List price per core-year.
    pub price: FigureId,
    /// Discount on the list price, a share.
    pub discount: FigureId,
    /// Terms on sale, shortest first; never empty.
    pub terms: Vec<Term>,
    /// Surcharge, as a share, on what is bought after the contract has ended.
    pub late_surcharge: Option<FigureId>,
}

/// A term on sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// Its length in years.
    pub years: u32,
}
