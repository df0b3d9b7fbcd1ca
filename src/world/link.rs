//! Circuits between sites.

use super::{FigureId, LinkId, SiteId};
use crate::base::units::{Bandwidth, Span};

/// A circuit between two sites, the same in both directions.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its name: the two sites, such as `paris-azure`.
    pub name: String,
    /// Its two ends.
    pub between: [SiteId; 2],
    /// What it carries.
    pub bandwidth: Bandwidth,
    /// Round-trip time.
    pub rtt: Span,
    /// Share of packets that is lost; none where nobody says that any is.
    pub loss: Option<FigureId>,
    /// Price of the circuit per month, from the first move that needs it until
    /// the end; none when it is there and paid anyway.
    pub per_month: Option<FigureId>,
    /// Its price per hour, over the same time.
    pub per_hour: Option<FigureId>,
    /// Price of a gigabyte of 10^9 bytes that leaves a provider over it, in place of
    /// the provider's tariff; none where the tariff holds.
    pub per_gb: Option<FigureId>,
}

/// How data gets from one site to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Inside one site.
    Local,
    /// Over one circuit.
    Over(LinkId),
}

impl Link {
    /// Whether it joins these two sites, in either order.
    pub fn joins(&self, a: SiteId, b: SiteId) -> bool {
        self.between == [a, b] || self.between == [b, a]
    }
}
