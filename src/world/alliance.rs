//! Alliances: dated agreements between vendors that change the world.

use super::{FacetId, FigureId, LicenceId, OfferId, PlatformId};
use crate::base::units::SimTime;

/// An agreement between vendors.
#[derive(Clone, Debug)]
pub struct Alliance {
    /// Its name in the scenario.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Since when it holds.
    pub from: SimTime,
    /// Until when; without an end where none is stated.
    pub until: Option<SimTime>,
    /// What it changes.
    pub changes: Vec<AllianceChange>,
}

/// What an alliance changes while it holds.
#[derive(Clone, Debug, PartialEq)]
pub enum AllianceChange {
    /// The work on one difference between two platforms, in both directions.
    Effort {
        /// The two platforms.
        between: [PlatformId; 2],
        /// The difference; every one where none is named.
        facet: Option<FacetId>,
        /// What remains of the work: a share, 0 where the facets come to agree.
        remains: FigureId,
    },
    /// Platforms are run from one management plane.
    OnePlane {
        /// The platforms.
        platforms: Vec<PlatformId>,
    },
    /// A licence may be carried to an offer.
    Portability {
        /// The licence.
        licence: LicenceId,
        /// The offer.
        offer: OfferId,
    },
    /// An offer is on sale only while the alliance holds.
    Sale {
        /// The offer.
        offer: OfferId,
    },
}

impl Alliance {
    /// Whether it holds at an instant.
    pub fn holds(&self, at: SimTime) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}
