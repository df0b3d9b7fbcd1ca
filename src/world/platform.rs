//! Parties, and the platforms whose facets decide what moving between them costs.

use super::{FacetId, FigureId, PartyId};
use crate::base::ids::IdVec;

/// A company or public body that stands behind a site or an offer.
#[derive(Clone, Debug)]
pub struct Party {
    /// Its key in the catalogue, such as `broadcom`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Who can compel it: an ISO 3166 country code, such as `US` or `FR`.
    pub jurisdiction: String,
    /// Who holds its capital; none where nobody says.
    pub holders: Option<Vec<Holder>>,
}

/// Who holds a part of a company.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// Its name.
    pub name: String,
    /// Where its seat is: an ISO 3166 country code.
    pub jurisdiction: String,
    /// Its share of the capital, from 0 to 1.
    pub capital: f64,
    /// Its share of the votes, from 0 to 1.
    pub votes: f64,
}

/// The five groups of interoperability facets (after ISO/IEC 19941).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FacetGroup {
    /// Networks and addressing.
    Transport,
    /// Disk and image formats.
    Syntactic,
    /// Configuration and metadata.
    Semantic,
    /// Hypervisor, drivers, firmware, high availability.
    Behavioural,
    /// Identity, licensing, compliance.
    Policy,
}

/// A respect in which two platforms can differ, and what each difference costs.
#[derive(Clone, Debug)]
pub struct Facet {
    /// Its name, such as `disk-format`.
    pub name: String,
    /// Its group.
    pub group: FacetGroup,
    /// Hours of an engineer per VM that crosses the difference.
    pub hours_per_vm: FigureId,
    /// Hours of an engineer per application that crosses it.
    pub hours_per_application: FigureId,
    /// Hours of an engineer, once, for an estate that crosses it.
    pub hours_per_estate: FigureId,
    /// Minutes that it adds to each VM's cutover.
    pub cutover_minutes: FigureId,
}

/// A virtualisation stack.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Its name in the scenario, such as `hyper-v`.
    pub name: String,
    /// Its name for people, such as `Hyper-V with System Center`.
    pub label: String,
    /// Who makes it.
    pub supplier: PartyId,
    /// The management plane that its administrators learn and run.
    pub management_plane: String,
    /// Its value for each facet; two platforms interoperate where these agree.
    pub values: IdVec<FacetId, String>,
}

impl Platform {
    /// The facets in which `self` and `other` differ.
    pub fn differs<'a>(&'a self, other: &'a Platform) -> impl Iterator<Item = FacetId> + 'a {
        self.values
            .enumerate()
            .filter(|(facet, value)| other.values[*facet] != **value)
            .map(|(facet, _)| facet)
    }
}
