//! Dated changes of the world.

use super::{FigureId, LinkId, OfferId, SiteId};
use crate::base::units::{SimTime, Span};

/// A dated change.
#[derive(Clone, Debug)]
pub struct TimelineEvent {
    /// When it happens.
    pub at: SimTime,
    /// What happens, in a few words for the report.
    pub label: String,
    /// What changes.
    pub change: Change,
}

/// What changes.
#[derive(Clone, Debug)]
pub enum Change {
    /// Prices are multiplied by one plus a share.
    Prices {
        /// The figures that move.
        figures: Vec<FigureId>,
        /// The share by which they rise; negative when they fall.
        by: FigureId,
    },
    /// Something is down for a while.
    Fault {
        /// What.
        fault: Fault,
        /// For how long.
        lasts: Span,
    },
}

/// What can be down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A circuit carries nothing.
    Link(LinkId),
    /// A host of an offer, counted from zero; one that is not there is not missed.
    Host(OfferId, u32),
    /// Every host and every instance at a site, and its circuits.
    Site(SiteId),
}
