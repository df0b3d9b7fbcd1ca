//! What is left in an exit, and what of the data taken out is charged.

use std::collections::BTreeMap;

use super::super::Simulation;
use super::super::billing::{Line, line};
use super::super::journal::{Category, Entry, Meter, Nature, Receiver, Waived};
use super::Rehearsal;
use crate::base::ids::IdVec;
use crate::base::units::{Money, Quantity, SimTime};
use crate::world::rules::exit::{self, Account, Departure, ExitCharge, ExitRule, Way};
use crate::world::rules::tariffs;
use crate::world::{ApplicationId, LinkId, OfferId, PartyId, ProviderId, SiteId, Tariff};

/// What is left in an exit.
#[derive(Clone, Debug)]
pub(in super::super) struct Leaving {
    pub party: PartyId,
    began: SimTime,
    /// What stays with each provider when all is done.
    accounts: IdVec<ProviderId, Account>,
    /// Offers that depend on the party.
    offers: IdVec<OfferId, bool>,
    /// Sites at which something depended on the party.
    pub sites: IdVec<SiteId, bool>,
    /// Where each application was; empty where none exchanges data with another.
    homes: IdVec<ApplicationId, Option<SiteId>>,
    /// Cores of each licence that were needed: under contracts, and of perpetual ones.
    pub cores: Vec<u32>,
    pub perpetual: Vec<u32>,
    /// Gigabytes that left without a charge and are not entered yet.
    freed: BTreeMap<(SiteId, Option<LinkId>, ExitRule), f64>,
    /// Gigabytes that left at cost and are not charged yet.
    at_cost: BTreeMap<(SiteId, Option<LinkId>), f64>,
}

/// Data that a copy took to another site.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Carried {
    pub from: SiteId,
    pub to: SiteId,
    /// The circuit, where it has a price of its own for data.
    pub over: Option<LinkId>,
    pub gb: f64,
}

impl Leaving {
    /// What is left when a party is, as things are at `now`.
    pub fn of<R: Receiver>(simulation: &Simulation<'_, R>, rehearsal: &Rehearsal, now: SimTime) -> Self {
        let world = simulation.world;
        let depends = |offer: OfferId| world.parties_of(offer).any(|party| party == rehearsal.party);
        let offers: IdVec<OfferId, bool> = world.offers.ids().map(depends).collect();
        let mut accounts = IdVec::filled(Account::Closed, world.providers.len());
        let mut sites = IdVec::filled(false, world.sites.len());
        for (workload, place) in simulation.places.enumerate() {
            let Some(place) = place else { continue };
            let to = match rehearsal.assignments[workload] {
                Some(assignment) => assignment.to,
                None => Some(place.offer),
            };
            if let Some(to) = to {
                accounts[world.provider_of(to)] = Account::Kept;
            }
            if offers[place.offer] {
                sites[world.offers[place.offer].site] = true;
            }
        }
        let alone = world.applications.iter().all(|application| application.dependencies.is_empty());
        let cores = |licence| simulation.needed_cores(licence);
        let perpetual = |licence| simulation.cores_needed(licence, now);
        Self {
            party: rehearsal.party,
            began: now,
            accounts,
            offers,
            sites,
            homes: if alone { IdVec::new() } else { simulation.application_sites() },
            cores: world.licences.ids().map(cores).collect(),
            perpetual: world.licences.ids().map(perpetual).collect(),
            freed: BTreeMap::new(),
            at_cost: BTreeMap::new(),
        }
    }

    /// Whether any offer of a site depends on the party.
    fn leaves(&self, world: &crate::world::World, site: SiteId) -> bool {
        world.offers.enumerate().any(|(offer, described)| described.site == site && self.offers[offer])
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// Whether what a copy took out is charged by no tariff, since it leaves for good
    /// under a rule; it is then entered as such.
    pub(in super::super) fn leaves_freely(&mut self, carried: Carried, now: SimTime) -> bool {
        let Some(leaving) = &mut self.exit else { return false };
        let Carried { from, to, over, gb } = carried;
        let provider = self.world.sites[from].provider;
        let departure = Departure {
            from,
            to,
            at: now,
            began: leaving.began,
            account: leaving.accounts[provider],
            by: if over.is_some() { Way::Circuit } else { Way::Tariff },
        };
        match exit::egress_on_leaving(self.world, &departure) {
            ExitCharge::Nothing(rule) => {
                *leaving.freed.entry((from, over, rule)).or_default() += gb;
                true
            }
            ExitCharge::AtCost(_) if self.world.providers[provider].exit.at_cost.is_some() => {
                *leaving.at_cost.entry((from, over)).or_default() += gb;
                true
            }
            // Without a price for it, cost is not known to be less than the tariff.
            ExitCharge::AtCost(_) | ExitCharge::Tariff => false,
        }
    }

    /// Enters what left a site freely, and what its tariff would have asked on top of
    /// `charged` gigabytes of the month.
    pub(in super::super) fn price_waived(
        &mut self,
        site: SiteId,
        tariff: &Tariff,
        charged: f64,
        now: SimTime,
    ) {
        let Some(leaving) = &mut self.exit else { return };
        let is_here = |(from, over, _): &(SiteId, Option<LinkId>, ExitRule)| *from == site && over.is_none();
        let freed: Vec<(ExitRule, f64)> =
            leaving.freed.iter().filter(|(key, _)| is_here(key)).map(|(key, gb)| (key.2, *gb)).collect();
        if freed.is_empty() {
            return;
        }
        leaving.freed.retain(|key, _| !is_here(key));
        let price = |gb: f64| -> Money {
            tariffs::charged(tariff, gb).map(|(figure, quantity)| self.figures.charge(figure, quantity)).sum()
        };
        let mut volume = charged;
        let mut entries = Vec::with_capacity(freed.len());
        for (rule, gb) in freed {
            let amount = price(volume + gb) - price(volume);
            volume += gb;
            entries.push(Waived { rule, site, quantity: Quantity::from_f64(gb), amount });
        }
        entries.into_iter().for_each(|waived| self.journal.receive(now, &Entry::Waived(waived)));
    }

    /// Enters what left freely over circuits and from sites without a tariff, and charges
    /// what left at cost.
    pub(in super::super) fn settle_waived(&mut self, now: SimTime) {
        let Some(leaving) = &mut self.exit else { return };
        let freed = std::mem::take(&mut leaving.freed);
        let at_cost = std::mem::take(&mut leaving.at_cost);
        for ((site, over, rule), gb) in freed {
            let quantity = Quantity::from_f64(gb);
            let figure = over.and_then(|link| self.world.links[link].per_gb);
            let amount = figure.map_or(Money::ZERO, |figure| self.figures.charge(figure, quantity));
            self.journal.receive(now, &Entry::Waived(Waived { rule, site, quantity, amount }));
        }
        let month = self.month(now).index;
        for ((site, over), gb) in at_cost {
            let provider = &self.world.providers[self.world.sites[site].provider];
            let Some(figure) = provider.exit.at_cost else { continue };
            let about = Line {
                meter: over.map_or(Meter::Egress(site), Meter::CircuitData),
                category: Category::Migration,
                site: Some(site),
                application: None,
                month,
                paid_at: now,
                nature: Nature::Opex,
            };
            let charge = line(&self.figures, figure, Quantity::from_f64(gb), about);
            self.post(now, charge);
        }
    }

    /// Whether two applications exchange data between sites only because an exit is under
    /// way: they were at one site when it began, and one of them is still at a site of
    /// what is left.
    pub(in super::super) fn is_parallel(
        &self,
        applications: [ApplicationId; 2],
        now_at: [SiteId; 2],
    ) -> bool {
        let Some(leaving) = &self.exit else { return false };
        let [Some(one), Some(other)] =
            applications.map(|application| leaving.homes.get(application).copied().flatten())
        else {
            return false;
        };
        one == other && now_at.into_iter().any(|site| site == one && leaving.leaves(self.world, site))
    }
}
