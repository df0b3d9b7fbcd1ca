//! By how much a party's prices may rise before leaving it pays.

use super::next_best::NextBest;
use super::running_cost::{Destination, MONTHS};
use crate::base::ids::IdVec;
use crate::base::units::Money;
use crate::world::rules::effort::Moment;
use crate::world::{
    Capacity, FigureId, Figures, GuestWindows, HostPrice, Offer, OfferId, PartyId, WorkloadId, World,
};

/// The workloads that leave a party.
#[derive(Clone, Copy, Debug)]
pub struct Leavers<'a> {
    /// When, and at which prices.
    pub moment: Moment<'a>,
    /// Whom they leave.
    pub party: PartyId,
    /// Where they go.
    pub plan: &'a NextBest,
    /// Where they are.
    pub holding: &'a IdVec<WorkloadId, Option<OfferId>>,
}

impl Leavers<'_> {
    /// The share by which the party's prices may rise before leaving it pays.
    ///
    /// Over the planner's horizon of 36 months and for the workloads that can leave, be `R` a
    /// month of running where they are, `P` the part of `R` that is paid to the party, `N` a
    /// month of running at their next-best destinations and `E` the cost of the exit. Staying
    /// costs `R + r × P` a month once prices have risen by `r`, leaving costs `N + E / 36`, so
    ///
    /// ```text
    /// r = (N + E / 36 - R) / P,  and zero where that is negative: leaving pays now.
    /// ```
    ///
    /// `R`, `P` and `N` are the planner's estimates ([`Destination`]) at the prices of the
    /// day. Paid to an operator, or to its owner, is what its sites charge: hosts, sizes,
    /// Windows in their price, storage and services by the GiB or the workload. Paid to a
    /// supplier are its licences, by subscription or by yearly maintenance. None where nobody
    /// can leave, where nothing is paid to the party, and where there is no estimate.
    pub fn tolerated_rise(&self, exit: Money) -> Option<f64> {
        let Moment { world, figures, .. } = self.moment;
        let there = self.month_there(figures)?;
        let mut free = figures.clone();
        prices_of(world, self.party).into_iter().for_each(|price| free.scale(price, 0.0));
        let paid = there - self.month_there(&free)?;
        (paid > 0.0).then(|| ((self.plan.month + exit.as_f64() / MONTHS - there) / paid).max(0.0))
    }

    /// A month of running where they are; none where one of them runs at a place that it
    /// would not fit by its size, and for which there is no estimate.
    fn month_there(&self, figures: &Figures) -> Option<f64> {
        let world = self.moment.world;
        let mut places: IdVec<OfferId, Option<Destination<'_>>> = IdVec::filled(None, world.offers.len());
        let assigned = self.plan.assignments.enumerate().filter(|(_, assignment)| assignment.is_some());
        let costs = assigned.map(|(workload, _)| {
            let offer = self.holding[workload]?;
            let place = places[offer].get_or_insert_with(|| Destination::new(world, figures, offer));
            place.month(figures, &world.workloads[workload])
        });
        costs.sum()
    }
}

/// The prices that a party sets, each once.
fn prices_of(world: &World, party: PartyId) -> Vec<FigureId> {
    let mut prices = Vec::new();
    for (id, offer) in world.offers.enumerate() {
        let provider = &world.providers[world.provider_of(id)];
        if !offer.is_owned() && [provider.operator, provider.owner].contains(&party) {
            prices.extend(prices_at(offer));
        }
    }
    for site in world.sites.iter() {
        let provider = &world.providers[site.provider];
        if [provider.operator, provider.owner].contains(&party) {
            prices.extend(site.storage.iter().flat_map(|tariff| tariff.prices()));
            prices.extend(site.services.iter().map(|service| service.price));
        }
    }
    for (id, licence) in world.licences.enumerate().filter(|(_, licence)| licence.supplier == party) {
        prices.push(licence.price);
        let contracts = world.contracts.iter().filter(|contract| contract.licence == id);
        prices.extend(contracts.map(|contract| contract.renewal.price));
    }
    prices.sort_unstable();
    prices.dedup();
    prices
}

/// What an offer of a provider is charged by.
fn prices_at(offer: &Offer) -> Vec<FigureId> {
    let mut prices = match &offer.capacity {
        Capacity::Hosts(hosts) => match hosts.price {
            HostPrice::PerHour(price) => vec![price],
            HostPrice::Owned(_) => Vec::new(),
        },
        Capacity::Skus(skus) => skus.iter().map(|sku| sku.per_hour).collect(),
    };
    if let GuestWindows::Included(price) = offer.windows {
        prices.push(price);
    }
    prices.extend(offer.software_prices());
    prices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::SimTime;
    use crate::planner::next_best;
    use crate::world::fixture;

    fn homes(world: &World) -> IdVec<WorkloadId, Option<OfferId>> {
        world.workloads.iter().map(|workload| Some(workload.home)).collect()
    }

    fn start<'w>(world: &'w World, figures: &'w Figures) -> Moment<'w> {
        Moment { world, figures, at: SimTime::START }
    }

    /// Where those go who leave a party at the start.
    fn plan(world: &World, figures: &Figures, party: PartyId) -> NextBest {
        let leaves = |offer| world.parties_of(offer).any(|behind| behind == party);
        next_best(start(world, figures), leaves, &homes(world))
    }

    /// The tolerated rise when everybody is at home and leaves at the start.
    fn rise(world: &World, figures: &Figures, party: PartyId, exit: Money) -> Option<f64> {
        let (plan, holding) = (plan(world, figures, party), homes(world));
        Leavers { moment: start(world, figures), party, plan: &plan, holding: &holding }.tolerated_rise(exit)
    }

    fn named(world: &World, name: &str) -> PartyId {
        world.parties.find(|party| party.name == name).expect("a fixture's party")
    }

    /// Staying as things are, with a party's prices risen, and leaving: a month of each.
    fn months(world: &World, figures: &Figures, party: PartyId, rise: f64, exit: f64) -> (f64, f64) {
        let mut risen = figures.clone();
        prices_of(world, party).into_iter().for_each(|price| risen.scale(price, 1.0 + rise));
        let plan = plan(world, figures, party);
        let stays = world.workloads.iter().map(|workload| {
            let place = Destination::new(world, &risen, workload.home);
            place.month(&risen, workload).expect("it runs there")
        });
        (stays.sum(), plan.month + exit / MONTHS)
    }

    #[test]
    fn at_the_tolerated_rise_staying_costs_what_leaving_does() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let broadcom = named(&world, "Broadcom");
        let exit = Money::from_micros(90_000_000_000);
        let rise = rise(&world, &figures, broadcom, exit).expect("VCF is paid to it");
        assert!(rise > 0.5, "{rise}");
        let (stays, leaves) = months(&world, &figures, broadcom, rise, 90_000.0);
        // Sums of a few products of doubles.
        assert!((stays - leaves).abs() < 1e-9 * leaves, "{stays} and {leaves}");
    }

    #[test]
    fn where_the_next_best_is_cheaper_already_no_rise_is_tolerated() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let free = rise(&world, &figures, named(&world, "Broadcom"), Money::ZERO);
        assert_eq!(free, Some(0.0), "Hyper-V on the same hosts needs no VCF");
        // Nothing is bought of Dassault, and nobody need leave it.
        let dassault = named(&world, "Dassault Systèmes");
        assert_eq!(rise(&world, &figures, dassault, Money::from_micros(1_000_000)), None);
    }
}
