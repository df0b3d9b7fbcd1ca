//! Dated changes of the world.

use super::FigureId;
use crate::base::units::SimTime;

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
}
