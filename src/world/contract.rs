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
    /// By physical core of hosts that are licensed whole, sold in packs of sixteen
    /// and, to fill up, of two at the same price a core.
    SixteenCorePack {
        /// Cores counted for each processor, at least.
        minimum_per_processor: u32,
        /// Cores counted for each host, at least.
        minimum_per_host: u32,
        /// How many guests one licensing of a host allows; any number without.
        stacking: Option<Stacking>,
    },
    /// By virtual core of each guest that runs the software, sold in packs of two.
    VirtualCore {
        /// Cores counted for each guest, at least.
        minimum_per_guest: u32,
        /// Whether the cores of a host may be licensed in place of its guests'.
        whole_host: Option<WholeHost>,
    },
}

/// A licence of a host that allows only so many guests: it is licensed again for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stacking {
    /// Guests that one full licensing of the host allows.
    pub guests: u32,
    /// Which guests count.
    pub of: GuestsCounted,
}

/// Which guests a licence of a host counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestsCounted {
    /// Those that run Windows.
    Windows,
    /// All.
    All,
}

/// All cores of a host licensed: any number of guests there may run the software.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeHost {
    /// Cores counted for each processor, at least.
    pub minimum_per_processor: u32,
}

impl Counting {
    /// Cores that one price of the licence buys: of the pack in which it is sold.
    pub const fn cores_per_pack(self) -> u32 {
        match self {
            Self::Core { .. } => 1,
            Self::SixteenCorePack { .. } => 16,
            Self::VirtualCore { .. } => 2,
        }
    }

    /// Whether it takes to know which guests are on which host to count it.
    pub const fn counts_guests(self) -> bool {
        match self {
            Self::Core { .. } => false,
            Self::SixteenCorePack { stacking, .. } => stacking.is_some(),
            Self::VirtualCore { .. } => true,
        }
    }
}

/// How a perpetual licence is held.
#[derive(Clone, Copy, Debug)]
pub struct Perpetual {
    /// What is owned at the start.
    pub owned: Owned,
    /// Yearly maintenance, as a share of the price, for each pack in use; none where
    /// it is held without.
    pub assurance: Option<FigureId>,
}

/// How much of a perpetual licence is owned at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owned {
    /// So many cores.
    Cores(u32),
    /// What is needed at the start: its owner runs it.
    AsNeeded,
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
