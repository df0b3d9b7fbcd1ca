//! What applications lean on at a site beside machines.

use super::FigureId;

/// Something at a site that an application leans on: a load balancer, an agent of its
/// backup, a managed database. One's own sites have all of them; a destination has
/// those that its offers provide.
#[derive(Clone, Debug)]
pub struct Facility {
    /// Its name in the scenario, such as `load-balancer`.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Hours of work to replace it, once for an application whose destination does not
    /// provide it.
    pub replacement_hours: FigureId,
    /// Price of the replacement per application and month, from the move on; none where
    /// it costs nothing to run.
    pub replacement: Option<FigureId>,
    /// What is saved per application and month where a destination provides it as a
    /// managed service; none where nobody says.
    pub saving: Option<FigureId>,
}
