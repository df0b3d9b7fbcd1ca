//! Licences held under contracts: what is needed, what is held, what is bought.
//!
//! An entitlement is a number of cores until a date. When it ends, or when hosts
//! are added that nothing covers, the gap is bought: what lasts at the strategy's
//! term (the shortest one when it leaves the contract), what is being left by the
//! shortest term on sale (a bridge). A term is
//! owed to its end, needed or not, and paid yearly in advance.

use super::billing::{Line, line_at};
use super::event::Event;
use super::journal::{Category, Charge, Decision, Meter, Nature, Receiver};
use super::{Scheduler, Simulation};
use crate::base::units::{Price, Quantity, SimTime};
use crate::world::rules::{commitments, licences};
use crate::world::{ContractChoice, ContractId, LicenceId, OfferId, PartyId, Portability, Term};

const DAYS_PER_YEAR: f64 = 365.25;

/// Cores held until a date.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holding {
    pub contract: ContractId,
    pub cores: u32,
    pub until: SimTime,
    /// Price of a core-year, in the currency of the contract's figure.
    price: Price,
    kind: Kind,
    /// Years are counted from this day: its purchase, or the end of what was
    /// inherited.
    anchor: SimTime,
    /// The next year to be paid begins so many years after it.
    year: i32,
    /// When that is; from `until` on when all is paid.
    due: SimTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The contract of before the start: bound to the user's premises.
    Inherited,
    /// Bought for what stays.
    Bought,
    /// Bought only because something was left behind.
    Bridge,
}

/// Cores that are needed, by what becomes of the hosts.
#[derive(Clone, Copy, Debug, Default)]
struct Needs {
    /// On somebody else's hosts: only a portable entitlement covers them.
    elsewhere: u32,
    /// On the user's hosts that stay.
    staying: u32,
    /// On the user's hosts that go when what leaves has left.
    leaving: u32,
}

impl<R: Receiver> Simulation<'_, R> {
    /// Takes over the contracts in force and the payments they still ask.
    pub(super) fn inherit_contracts(&mut self, scheduler: &mut Scheduler<Event>) {
        let world = self.world;
        for (id, contract) in world.contracts.enumerate() {
            // Years are paid in advance and counted back from the contract's end;
            // the one that runs at the start has been paid.
            let (mut year, mut due) = (0, contract.ends);
            while let Some(earlier) = self.anniversary(contract.ends, year - 1) {
                (year, due) = (year - 1, earlier);
            }
            self.hold(
                Holding {
                    contract: id,
                    cores: contract.cores,
                    until: contract.ends,
                    price: self.figures.price(contract.price),
                    kind: Kind::Inherited,
                    anchor: contract.ends,
                    year,
                    due,
                },
                scheduler,
            );
        }
        self.schedule_notices(scheduler);
        self.take_over_licences(scheduler.now());
        // Cores that a contract lacks from the start are owed from the start.
        for id in world.contracts.ids() {
            self.cover(id, scheduler);
        }
    }

    /// Notice of what is left is given on the last day; where that was before the
    /// start, it has been given.
    fn schedule_notices(&self, scheduler: &mut Scheduler<Event>) {
        for (id, contract) in self.world.contracts.enumerate() {
            let notice = contract.ends.as_ns().checked_sub(contract.notice.as_ns());
            if let (ContractChoice::Leave, Some(day)) = (self.plan.contracts[id], notice) {
                scheduler.schedule_at(SimTime::from_ns(day), Event::NoticeDue(id));
            }
        }
    }

    fn hold(&mut self, holding: Holding, scheduler: &mut Scheduler<Event>) {
        let index = self.holdings.len() as u32;
        self.holdings.push(holding);
        scheduler.schedule_at(holding.until, Event::TermEnds(index));
        if holding.due < holding.until {
            scheduler.schedule_at(holding.due, Event::PaymentDue(index));
        }
    }

    /// Puts the payments and ends of what is held back into the future, for a fork.
    pub(super) fn resume_contracts(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        for (index, holding) in self.holdings.iter().enumerate() {
            if holding.until >= now {
                scheduler.schedule_at(holding.until, Event::TermEnds(index as u32));
            }
            if holding.due >= now && holding.due < holding.until {
                scheduler.schedule_at(holding.due, Event::PaymentDue(index as u32));
            }
        }
    }

    /// Pays the next year of a holding.
    pub(super) fn pay_year(&mut self, index: u32, scheduler: &mut Scheduler<Event>) {
        let holding = self.holdings[index as usize];
        let charge = self.year_of(&holding, holding.due, self.meter_of(&holding));
        self.post(scheduler.now(), charge);
        let next = self.next_year(&holding);
        self.holdings[index as usize] = next;
        if next.due < next.until {
            scheduler.schedule_at(next.due, Event::PaymentDue(index));
        }
    }

    /// A holding when its year has been paid.
    fn next_year(&self, holding: &Holding) -> Holding {
        let year = holding.year + 1;
        let due = self.anniversary(holding.anchor, year).unwrap_or(SimTime::NEVER);
        Holding { year, due, ..*holding }
    }

    /// The payments that a holding still asks, each as it stands when it is due.
    fn payments(&self, holding: &Holding) -> impl Iterator<Item = Holding> {
        std::iter::successors(Some(*holding), |paid| Some(self.next_year(paid)))
            .take_while(|held| held.due < held.until)
    }

    /// What is still owed after `now`, whatever is needed: one line a payment.
    pub(super) fn owe_remaining_years(&mut self, now: SimTime) {
        for holding in self.holdings.clone() {
            let owed: Vec<Charge> = self
                .payments(&holding)
                .map(|held| self.year_of(&held, held.due, Meter::RemainingCommitment(held.contract)))
                .collect();
            owed.into_iter().for_each(|charge| self.post(now, charge));
        }
    }

    /// What has been, or will be, paid for time after `from`: nobody gets it back. `share`
    /// says how much of each licence nobody needs any more.
    pub(super) fn strand(&mut self, share: impl Fn(LicenceId) -> f64, from: SimTime) {
        for holding in self.holdings.clone() {
            let share = share(self.world.contracts[holding.contract].licence);
            if holding.until <= from || share <= 0.0 {
                continue;
            }
            let meter = Meter::RemainingCommitment(holding.contract);
            // What is paid in advance reaches to the next payment: its rest is lost
            // on the day; later years are lost as they fall due.
            let years = holding.due.min(holding.until).since(from).as_days() / DAYS_PER_YEAR;
            let mut prepaid = self.year_of(&holding, from, meter);
            prepaid.quantity = Quantity::from_f64(years * f64::from(holding.cores));
            let mut lost = vec![prepaid];
            lost.extend(self.payments(&holding).map(|held| self.year_of(&held, held.due, meter)));
            for charge in &mut lost {
                charge.quantity = Quantity::from_f64(charge.quantity.as_f64() * share);
                charge.amount = charge.unit_price.charge(charge.quantity, charge.rate);
            }
            lost.retain(|charge| charge.quantity != Quantity::ZERO);
            lost.into_iter().for_each(|charge| self.post(from, charge));
        }
    }

    /// When the last obligation to a supplier ends.
    pub(super) fn obliged_until(&self, supplier: PartyId) -> Option<SimTime> {
        let owed = |held: &&Holding| {
            self.world.licences[self.world.contracts[held.contract].licence].supplier == supplier
        };
        self.holdings.iter().filter(owed).map(|held| held.until).max()
    }

    /// Cores of a licence that are held after an instant.
    pub(super) fn held_after(&self, licence: LicenceId, at: SimTime) -> u32 {
        let of_it = |held: &&Holding| self.world.contracts[held.contract].licence == licence;
        self.holdings.iter().filter(of_it).filter(|held| held.until > at).map(|held| held.cores).sum()
    }

    /// Cores of a licence that the hosts of all offers need.
    pub(super) fn needed_cores(&self, licence: LicenceId) -> u32 {
        let Needs { elsewhere, staying, leaving } = self.needs(licence);
        elsewhere + staying + leaving
    }

    fn year_of(&self, holding: &Holding, due: SimTime, meter: Meter) -> Charge {
        let contract = &self.world.contracts[holding.contract];
        let figure = match holding.kind {
            Kind::Inherited => contract.price,
            Kind::Bought | Kind::Bridge => contract.renewal.price,
        };
        let month = self.world.calendar.month_of(due).min(self.last_month) as u32;
        line_at(
            &self.figures,
            figure,
            holding.price,
            Quantity::from_units(i64::from(holding.cores)),
            Line {
                meter,
                category: Category::Licences,
                site: None,
                application: None,
                month,
                paid_at: due,
                nature: Nature::Opex,
            },
        )
    }

    fn meter_of(&self, holding: &Holding) -> Meter {
        match holding.kind {
            Kind::Inherited => Meter::Contract(holding.contract),
            Kind::Bought => Meter::Subscription(holding.contract),
            Kind::Bridge => Meter::Bridge(holding.contract),
        }
    }

    /// A holding has ended: buys what is still needed, or lets it lapse.
    ///
    /// Where something leaves, hosts are first given up as far as they are free: nobody
    /// buys cores for a host that is empty on that day.
    pub(super) fn term_ends(&mut self, index: u32, scheduler: &mut Scheduler<Event>) {
        let contract = self.holdings[index as usize].contract;
        let licence = self.world.contracts[contract].licence;
        for (offer, described) in self.world.offers.enumerate() {
            if self.plan.shrinks(offer) && described.licences.iter().any(|used| used.licence == licence) {
                self.consolidate(offer, scheduler);
            }
        }
        let bought = self.cover(contract, scheduler);
        if !bought && self.needs(licence).is_none() {
            self.decide(scheduler.now(), Decision::Lapsed { contract });
        }
    }

    /// Buys whatever cores the hosts of a licence need and nothing covers.
    pub(super) fn cover_licence(&mut self, licence: LicenceId, scheduler: &mut Scheduler<Event>) {
        let world = self.world;
        for (id, contract) in world.contracts.enumerate() {
            if contract.licence == licence {
                self.cover(id, scheduler);
            }
        }
    }

    /// Buys under a contract the gap between needs and holdings; whether anything was
    /// bought. What one contract of a licence covers no other buys again.
    fn cover(&mut self, contract: ContractId, scheduler: &mut Scheduler<Event>) -> bool {
        let now = scheduler.now();
        let world = self.world;
        let licence = world.contracts[contract].licence;
        let gap = self.gap(licence, now);
        let shortest = world.contracts[contract].renewal.terms[0];
        let term = match self.plan.contracts[contract] {
            ContractChoice::Renew(term) => term,
            ContractChoice::Leave => shortest,
        };
        // What stays, or has gone to a cloud that takes one's own licence, is no
        // bridge even where the contract is left: nothing was left behind.
        let lasting = gap.elsewhere + gap.staying;
        if lasting > 0 {
            self.buy(contract, lasting, term, Kind::Bought, scheduler);
        }
        // The minimum of an order may cover the rest.
        let leaving = self.gap(licence, now).leaving;
        if leaving > 0 {
            self.buy(contract, leaving, shortest, Kind::Bridge, scheduler);
        }
        lasting + leaving > 0
    }

    fn buy(
        &mut self,
        contract: ContractId,
        cores: u32,
        term: Term,
        kind: Kind,
        scheduler: &mut Scheduler<Event>,
    ) {
        let now = scheduler.now();
        let terms = &self.world.contracts[contract];
        let counting = self.world.licences[terms.licence].counting;
        let cores = licences::ordered_cores(counting, cores);
        // What is ordered after everything has lapsed is late.
        let ordered = if now > terms.ends && !self.holds_any(contract, now) {
            commitments::Ordered::Late
        } else {
            commitments::Ordered::InTime
        };
        let price = commitments::renewal_price(&self.figures, &terms.renewal, ordered);
        let until = self.anniversary(now, term.years.cast_signed()).unwrap_or(SimTime::NEVER);
        let decision = match kind {
            Kind::Bridge => Decision::Bridged {
                contract,
                cores,
                years: term.years,
                workloads: self.workloads_needing(terms.licence),
            },
            Kind::Bought | Kind::Inherited => Decision::Renewed {
                contract,
                cores,
                years: term.years,
                price_multiple: commitments::price_multiple(&self.figures, terms, ordered),
            },
        };
        self.decide(now, decision);
        self.hold(Holding { contract, cores, until, price, kind, anchor: now, year: 0, due: now }, scheduler);
    }

    fn holds_any(&self, contract: ContractId, now: SimTime) -> bool {
        self.holdings.iter().any(|held| held.contract == contract && held.until >= now)
    }

    /// What is needed of a licence and held under none of its contracts.
    fn gap(&self, licence: LicenceId, now: SimTime) -> Needs {
        let needs = self.needs(licence);
        let held = |bound: bool| -> u32 {
            self.holdings
                .iter()
                .filter(|held| self.world.contracts[held.contract].licence == licence && held.until > now)
                .filter(|held| (held.kind == Kind::Inherited) == bound)
                .map(|held| held.cores)
                .sum()
        };
        let portable = held(false);
        let on_premises = held(true) + portable.saturating_sub(needs.elsewhere);
        Needs {
            elsewhere: needs.elsewhere.saturating_sub(portable),
            staying: needs.staying.saturating_sub(on_premises),
            leaving: needs.leaving.saturating_sub(on_premises.saturating_sub(needs.staying)),
        }
    }

    fn needs(&self, licence: LicenceId) -> Needs {
        let counting = self.world.licences[licence].counting;
        let mut needs = Needs::default();
        for (offer, pool) in self.pools.enumerate() {
            let Some(pool) = pool else { continue };
            let Some(used) = self.world.offers[offer].licences.iter().find(|used| used.licence == licence)
            else {
                continue;
            };
            let cores = |hosts| licences::counted_cores(counting, &pool.shape(), hosts);
            match used.needs_portability {
                Portability::Required => needs.elsewhere += cores(pool.count()),
                Portability::OnPremises => {
                    let staying = cores(self.hosts_that_stay(offer));
                    needs.staying += staying;
                    needs.leaving += cores(pool.count()) - staying;
                }
            }
        }
        needs
    }

    fn workloads_needing(&self, licence: LicenceId) -> u32 {
        let needs =
            |offer: OfferId| self.world.offers[offer].licences.iter().any(|used| used.licence == licence);
        self.places.iter().flatten().filter(|place| needs(place.offer)).count() as u32
    }
}

impl Needs {
    fn is_none(&self) -> bool {
        self.elsewhere + self.staying + self.leaving == 0
    }
}
