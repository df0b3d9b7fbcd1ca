//! Who is paid: the names under which the cost is split.

use indexmap::IndexSet;

use crate::base::ids::IdVec;
use crate::simulation::journal::{Charge, Meter};
use crate::world::{LicenceId, ProviderId, SiteId, World};

/// The user's own organisation, which pays its staff.
const OWN: &str = "own";

/// Those who are paid, in the order of the report: the providers of the scenario,
/// the suppliers of its licences, and the user's own organisation.
#[derive(Clone, Debug)]
pub struct Payees {
    names: IndexSet<String>,
    of_site: IdVec<SiteId, usize>,
    of_licence: IdVec<LicenceId, usize>,
    own: usize,
}

impl Payees {
    /// Those of a World. A supplier of the same name as a provider is the same payee.
    pub fn of(world: &World) -> Self {
        let mut names = IndexSet::new();
        let of_provider: IdVec<ProviderId, usize> =
            world.providers.iter().map(|provider| names.insert_full(provider.name.clone()).0).collect();
        let of_site = world.sites.iter().map(|site| of_provider[site.provider]).collect();
        let supplier = |licence: &crate::world::Licence| world.parties[licence.supplier].name.clone();
        let of_licence =
            world.licences.iter().map(|licence| names.insert_full(supplier(licence)).0).collect();
        let own = names.insert_full(OWN.to_owned()).0;
        Self { names, of_site, of_licence, own }
    }

    /// Their names, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The place among [`Payees::names`] of who is paid by `charge`: the provider of
    /// its site; without a site the supplier of its licence; else one's own
    /// organisation, which pays staff and carries the cost of downtime.
    pub fn place_of(&self, world: &World, charge: &Charge) -> usize {
        match charge.site {
            Some(site) => self.of_site[site],
            None => licence_of(world, charge.meter).map_or(self.own, |licence| self.of_licence[licence]),
        }
    }
}

/// The licence that a meter counts, if it counts one.
pub(super) fn licence_of(world: &World, meter: Meter) -> Option<LicenceId> {
    match meter {
        Meter::Contract(contract)
        | Meter::Subscription(contract)
        | Meter::Bridge(contract)
        | Meter::RemainingCommitment(contract) => Some(world.contracts[contract].licence),
        Meter::Packs(licence) | Meter::Assurance(licence) | Meter::IncludedSoftware(_, licence) => {
            Some(licence)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::fixture::{charge, first};
    use crate::world::fixture;

    #[test]
    fn a_charge_is_paid_to_its_provider_its_supplier_or_ones_own() {
        let world = fixture::world();
        let payees = Payees::of(&world);
        let names: Vec<_> = payees.names().collect();
        assert_eq!(names, ["own", "azure", "outscale", "Broadcom", "Microsoft"]);
        let paid = |meter, site: Option<&str>| {
            let site = site.map(|name| world.sites.find(|site| site.name == name).expect("a fixture's site"));
            names[payees.place_of(&world, &Charge { meter, site, ..charge(1.0) })]
        };
        let contract = first(&world.contracts);
        assert_eq!(paid(Meter::Administration, None), "own");
        assert_eq!(paid(Meter::Bridge(contract), None), "Broadcom");
        assert_eq!(paid(Meter::Storage(first(&world.sites)), Some("azure")), "azure");
        assert_eq!(paid(Meter::Hardware(first(&world.offers)), Some("lyon")), "own");
    }
}
