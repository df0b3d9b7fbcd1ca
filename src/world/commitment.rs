//! Commitments: what is bought for a term and paid whether it is used or not.
//!
//! Reservations, savings plans and node terms are one thing: a discount on what an
//! offer costs, for a quantity and a term, with what leaving it early costs.

use super::{FigureId, OfferId};
use crate::base::units::SimTime;

/// Something bought for a term, used or not.
#[derive(Clone, Debug)]
pub struct Commitment {
    /// Its name, unique: strategy, offer and place in the strategy's list, such as
    /// `azure-dedicated/azure/dsv5-type1/1`.
    pub name: String,
    /// What it covers.
    pub offer: OfferId,
    /// How much it covers.
    pub quantity: Committed,
    /// When it is bought.
    pub from: SimTime,
    /// How long it lasts, in months.
    pub months: u32,
    /// What is taken off the price by the hour, a share. The price is that of the day
    /// on which it is bought, and does not change until it ends.
    pub discount: FigureId,
    /// Sizes of a menu that it is not sold for, by their places: they go on by the hour.
    pub excluded: Vec<u32>,
    /// When it is paid.
    pub payment: Payment,
    /// What leaving it early costs: a share of what is still owed. Everything where
    /// nothing else was agreed.
    pub early_exit: FigureId,
    /// Whether it is bought again when it ends.
    pub renews: bool,
}

/// How much a commitment covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Committed {
    /// So many hosts of an offer that has hosts.
    Hosts(u32),
    /// This share of what runs there on the day on which it is bought: hosts, rounded
    /// down, or spend by the hour on a menu of sizes.
    ShareOfUse(f64),
}

/// When a commitment is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payment {
    /// At the end of each month.
    Monthly,
    /// On the day on which it is bought.
    Upfront,
}
