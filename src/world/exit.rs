//! What leaving a provider for good is granted and asked.

use jiff::civil::Date;

use super::FigureId;
use crate::base::units::Span;

/// What a provider grants, and asks, when a customer leaves.
#[derive(Clone, Debug, Default)]
pub struct ExitTerms {
    /// How long before leaving notice must be given; none where nobody says.
    pub notice: Option<Span>,
    /// Programmes under which data taken out costs nothing, in the order of the file.
    pub programmes: Vec<FreeExit>,
    /// Price per gigabyte of 10^9 bytes where the law allows cost and no more. Without
    /// it the tariff is charged, which cost cannot exceed.
    pub at_cost: Option<FigureId>,
}

/// A programme under which data taken out on leaving costs nothing.
#[derive(Clone, Debug)]
pub struct FreeExit {
    /// Its name, such as `voluntary`.
    pub name: String,
    /// Since when; always where no date is known.
    pub since: Option<Date>,
    /// For how long after notice; without an end where none is stated.
    pub window: Option<Span>,
    /// What the customer must do.
    pub asks: ExitCondition,
    /// By which way the data must leave.
    pub over: ExitRoute,
    /// Where it is written.
    pub source: String,
}

/// What a customer must do to leave without paying for the data taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitCondition {
    /// Nothing: the account may stay open.
    Nothing,
    /// Close the account.
    AccountClosed,
    /// Cancel every subscription.
    SubscriptionsCancelled,
}

impl ExitCondition {
    /// Whether nothing may stay with the provider.
    pub const fn leaves_nothing(self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

/// The way by which data must leave to be free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitRoute {
    /// Any way.
    Any,
    /// The internet: data over a circuit with a price of its own is paid.
    Internet,
    /// The provider's premium network tier to the internet, which the data is taken to
    /// use: data over a circuit with a price of its own is paid.
    PremiumTier,
}
