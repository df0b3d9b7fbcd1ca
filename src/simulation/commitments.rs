//! What is bought for a term: what it covers, and what is paid for it, used or not.
//!
//! A commitment covers what runs at its offer, up to its quantity, at every instant: of
//! hosts so many, of a menu of sizes so much spend an hour. What is covered is not
//! charged by the hour. The commitment's own price is that of the day of purchase and is
//! charged for the whole term. Whenever books are closed, `Covered` says which part of
//! it fell on which use, and which on nobody's.

mod menu;

use std::collections::BTreeMap;

use super::billing::{Level, Line, Month, line_at};
use super::estate::{Place, Spot, Step};
use super::event::Event;
use super::journal::{
    Bought, Category, Charge, CommitmentUse, Covered, Decision, Entry, Meter, Nature, Receiver,
};
use super::{Scheduler, Simulation};
use crate::base::units::{Money, Price, Quantity, SimTime, Span};
use crate::world::rules::coverage;
use crate::world::{
    ApplicationId, Commitment, CommitmentId, Committed, FigureId, Figures, HostPrice, OfferId, PartyId,
    Payment, WorkloadId, World,
};
use menu::MenuCover;

const NANO: u64 = 1_000_000_000;

/// Everything that was bought and has not ended, in the order of purchase.
#[derive(Clone, Debug, Default)]
pub(super) struct Commitments {
    held: Vec<Held>,
    /// Purchases so far.
    bought: u32,
}

/// One purchase.
#[derive(Clone, Debug)]
struct Held {
    /// Its number among all purchases.
    number: u32,
    commitment: CommitmentId,
    offer: OfferId,
    /// Terms of this commitment that went before.
    term: u32,
    from: SimTime,
    until: SimTime,
    /// Billionths of a unit that are held at every instant.
    nano_units: u64,
    /// Price of a unit for an hour.
    price: Price,
    /// The figure in whose currency that is.
    figure: FigureId,
    /// Everything, where it was paid on the day of purchase.
    paid: Option<Money>,
    /// What of the commitment's price has fallen on a use, or on nobody's.
    fallen: Money,
    /// Until when it has been charged.
    settled_at: SimTime,
    cover: Cover,
}

/// What is covered.
#[derive(Clone, Debug)]
enum Cover {
    Hosts { committed: u64, covered: Level },
    Menu(MenuCover),
}

/// What commitments covered since the books were last closed.
#[derive(Clone, Debug, Default)]
pub(super) struct Closed {
    /// Host-nanoseconds.
    hosts: BTreeMap<OfferId, u128>,
    instances: BTreeMap<(OfferId, u32, ApplicationId), Quantity>,
    /// What each purchase covered, and what the rest would have cost at the prices of
    /// the day of purchase.
    uses: Vec<(u32, Vec<Use>)>,
}

/// What one purchase covered of one thing.
#[derive(Clone, Copy, Debug)]
struct Use {
    meter: Meter,
    application: Option<ApplicationId>,
    quantity: Quantity,
    use_of: CommitmentUse,
    /// The figure of its price by the hour.
    figure: FigureId,
    /// Its weight in the commitment's price.
    weight: f64,
}

impl Commitments {
    /// Whether nothing is held: then nothing is covered, and nothing need be done.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

impl Closed {
    /// Host-nanoseconds of an offer that were covered.
    pub fn hosts_at(&self, offer: OfferId) -> u128 {
        self.hosts.get(&offer).copied().unwrap_or(0)
    }

    /// The part of a charge that is not covered; none when all of it is.
    pub fn on_demand(&self, figures: &Figures, charge: Charge) -> Option<Charge> {
        let (Meter::InstanceHours(offer, size), Some(application)) = (charge.meter, charge.application)
        else {
            return Some(charge);
        };
        let Some(covered) = self.instances.get(&(offer, size, application)) else { return Some(charge) };
        // What runs was rounded to millionths once, what is covered once for each that
        // covers it.
        let quantity = Quantity::from_micros((charge.quantity.micros() - covered.micros()).max(0));
        let amount = figures.charge(charge.figure, quantity);
        (quantity != Quantity::ZERO).then_some(Charge { quantity, amount, ..charge })
    }
}

impl Held {
    /// Units held over a time.
    fn units(&self, from: SimTime, until: SimTime) -> Quantity {
        coverage::units_over(self.nano_units, until.since(from))
    }

    fn term(&self) -> Span {
        self.until.since(self.from)
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// Buys what the plan has bought by now, and puts its other purchases into the future:
    /// what holds from the start is there for whoever leaves on the first day.
    pub(super) fn schedule_commitments(&mut self, scheduler: &mut Scheduler<Event>) {
        for place in 0..self.plan.commitments.len() {
            let from = self.world.commitments[self.plan.commitments[place]].from;
            if from <= scheduler.now() {
                self.commitment_bought(place as u32, scheduler);
            } else {
                scheduler.schedule_at(from, Event::CommitmentBought(place as u32));
            }
        }
    }

    /// Puts the ends of what is held back into the future, for a fork.
    pub(super) fn resume_commitments(&self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        for held in self.commitments.held.iter().filter(|held| held.until >= now) {
            scheduler.schedule_at(held.until, Event::CommitmentEnds(held.number));
        }
    }

    /// Buys a commitment of the plan on its day.
    pub(super) fn commitment_bought(&mut self, place: u32, scheduler: &mut Scheduler<Event>) {
        self.close_books(scheduler.now());
        self.commit(self.plan.commitments[place as usize], 0, scheduler);
    }

    /// A term ends: its last part is charged, and it is bought again or not. Nothing is
    /// bought again while an exit is rehearsed.
    pub(super) fn commitment_ends(&mut self, number: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.close_books(now);
        let Some(place) = self.commitments.held.iter().position(|held| held.number == number) else { return };
        let held = self.commitments.held.remove(place);
        let commitment = held.commitment;
        if self.world.commitments[commitment].renews && self.exit.is_none() {
            self.commit(commitment, held.term + 1, scheduler);
        } else {
            self.decide(now, Decision::CommitmentEnded { commitment });
        }
        self.share_out(held.offer, now);
    }

    fn commit(&mut self, commitment: CommitmentId, term: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let world = self.world;
        let terms = &world.commitments[commitment];
        let until = self.months_after(terms.from, terms.months * (term + 1));
        let mut discount = self.figures.value(terms.discount);
        let (cover, bought, nano_units, list, figure) = match world.offers[terms.offer].hosts() {
            Some(hosts) => {
                let HostPrice::PerHour(figure) = hosts.price else {
                    unreachable!("what is owned is refused as a commitment when a world is made")
                };
                discount *= coverage::discounted_part(world, &self.figures, figure);
                let running = self.hosts[terms.offer].hosts.value();
                let committed = coverage::committed_units(terms.quantity, running);
                let mut covered = Level::default();
                covered.set(0, now);
                (
                    Cover::Hosts { committed, covered },
                    Bought::Hosts(committed as u32),
                    committed * NANO,
                    self.figures.price(figure),
                    figure,
                )
            }
            None => {
                let (cover, committed) = self.menu_cover(terms, now);
                let spend = Money::from_micros((committed / 1_000) as i64);
                // A unit is one of the reporting currency: its list price is one.
                (Cover::Menu(cover), Bought::SpendPerHour(spend), committed, Price::ONE, terms.discount)
            }
        };
        self.decide(now, Decision::Committed { commitment, bought });
        if nano_units == 0 {
            return;
        }
        let number = self.commitments.bought;
        self.commitments.bought += 1;
        let mut held = Held {
            number,
            commitment,
            offer: terms.offer,
            term,
            from: now,
            until,
            nano_units,
            price: coverage::committed_price(list, discount),
            figure,
            paid: None,
            fallen: Money::ZERO,
            settled_at: now,
            cover,
        };
        if terms.payment == Payment::Upfront {
            let month = world.calendar.month_of(now).min(self.last_month) as u32;
            let charge = self.commitment_line(&held, (now, until), Meter::Commitment(commitment), month, now);
            held.paid = Some(charge.amount);
            self.post(now, charge);
        }
        scheduler.schedule_at(until, Event::CommitmentEnds(number));
        self.commitments.held.push(held);
        self.share_out(terms.offer, now);
    }

    /// The same day so many months later; the last of a shorter month.
    fn months_after(&self, from: SimTime, months: u32) -> SimTime {
        let calendar = &self.world.calendar;
        let date = calendar.date(from).checked_add(jiff::Span::new().months(i64::from(months)));
        date.map_or(SimTime::NEVER, |date| calendar.at(date))
    }

    /// A commitment on the spend of a menu, with what runs there now, and what is
    /// committed an hour.
    fn menu_cover(&self, terms: &Commitment, now: SimTime) -> (MenuCover, u64) {
        let (offer, quantity) = (terms.offer, terms.quantity);
        let skus = self.world.offers[offer].skus().unwrap_or_default();
        let nano = |figure| libm::round(self.figures.in_reporting_currency(figure) * NANO as f64) as u64;
        let covers = |size: u32| !terms.excluded.contains(&size);
        let prices: Vec<Option<u64>> =
            (0..).zip(skus).map(|(size, sku)| covers(size).then(|| nano(sku.per_hour))).collect();
        let mut lines: BTreeMap<(ApplicationId, u32), u64> = BTreeMap::new();
        for (workload, place) in self.places.enumerate() {
            if let Some(Place { offer: at, spot: Spot::Sku(size) }) = *place
                && at == offer
            {
                *lines.entry((self.world.workloads[workload].application, size)).or_default() += 1;
            }
        }
        let running =
            lines.iter().map(|((_, size), count)| prices[*size as usize].unwrap_or(0) * count).sum();
        let committed = match quantity {
            Committed::ShareOfUse(_) => coverage::committed_units(quantity, running),
            Committed::Hosts(_) => {
                unreachable!("hosts of a menu are refused as a commitment when a world is made")
            }
        };
        let mut cover = MenuCover::new(prices, committed, now);
        lines.into_iter().for_each(|(key, count)| cover.set(key, count, now));
        (cover, committed)
    }

    /// After hosts of an offer came or went, or what covers them did.
    pub(super) fn share_out(&mut self, offer: OfferId, now: SimTime) {
        if self.commitments.is_empty() {
            return;
        }
        let running = self.hosts[offer].hosts.value();
        let held = || self.commitments.held.iter().filter(|held| held.offer == offer);
        let committed = held().map(|held| match held.cover {
            Cover::Hosts { committed, .. } => committed,
            Cover::Menu(_) => 0,
        });
        let covered: Vec<u64> = coverage::covered(running, committed).collect();
        let mut left = MenuCover::ALL;
        let held = self.commitments.held.iter_mut().filter(|held| held.offer == offer);
        for (held, hosts) in held.zip(covered) {
            match &mut held.cover {
                Cover::Hosts { covered, .. } => covered.set(hosts, now),
                Cover::Menu(cover) => left = cover.share_out(left, now),
            }
        }
    }

    /// After an instance started or stopped.
    pub(super) fn cover_instance(&mut self, workload: WorkloadId, place: Place, step: Step, now: SimTime) {
        if self.commitments.is_empty() {
            return;
        }
        let Spot::Sku(size) = place.spot else { return };
        let key = (self.world.workloads[workload].application, size);
        for held in self.commitments.held.iter_mut().filter(|held| held.offer == place.offer) {
            if let Cover::Menu(cover) = &mut held.cover {
                let running = cover.running(key);
                let running = match step {
                    Step::Up => running + 1,
                    // Of what is not covered nothing is known to run.
                    Step::Down => running.saturating_sub(1),
                };
                cover.set(key, running, now);
            }
        }
        self.share_out(place.offer, now);
    }

    /// What was covered since the books were last closed; none where nothing is held.
    pub(super) fn close_covered(&mut self, now: SimTime) -> Option<Closed> {
        if self.commitments.is_empty() {
            return None;
        }
        let mut closed = Closed::default();
        for held in &mut self.commitments.held {
            let units = held.units(held.settled_at, now);
            let uses = match &mut held.cover {
                Cover::Hosts { committed, covered } => {
                    let used_ns = covered.take(now);
                    let whole_ns = u128::from(*committed) * u128::from(now.since(held.settled_at).as_ns());
                    *closed.hosts.entry(held.offer).or_default() += used_ns;
                    host_uses(held.offer, held.figure, units, [used_ns, whole_ns - used_ns])
                }
                Cover::Menu(cover) => {
                    let taken = cover.take(now);
                    menu_uses(self.world, held, units, &taken, &mut closed)
                }
            };
            closed.uses.push((held.number, uses));
        }
        Some(closed)
    }

    /// Charges the part of each commitment since it was last charged, and says on what
    /// it fell.
    pub(super) fn settle_commitments(&mut self, closed: Closed, month: Month, now: SimTime) {
        for (number, uses) in closed.uses {
            let place = self.commitments.held.iter().position(|held| held.number == number);
            let Some(place) = place else { continue };
            let held = self.commitments.held[place].clone();
            if held.settled_at == now {
                continue;
            }
            let meter = Meter::Commitment(held.commitment);
            let amount = match held.paid {
                Some(paid) => coverage::elapsed_part(paid, now.since(held.from), held.term()) - held.fallen,
                None => {
                    let charge = self.commitment_line(&held, (held.settled_at, now), meter, month.index, now);
                    self.post(now, charge);
                    charge.amount
                }
            };
            let weights: Vec<f64> = uses.iter().map(|part| part.weight).collect();
            for (part, amount) in uses.iter().zip(coverage::split(amount, &weights)) {
                self.tell_covered(&held, part, amount, month.index, now);
            }
            let held = &mut self.commitments.held[place];
            held.settled_at = now;
            held.fallen += amount;
        }
    }

    fn tell_covered(&mut self, held: &Held, part: &Use, amount: Money, month: u32, now: SimTime) {
        // On a menu what nobody used is counted at list prices.
        let list_price = match (part.use_of, &held.cover) {
            (CommitmentUse::Unused, Cover::Menu(_)) => Price::ONE,
            _ => self.figures.price(part.figure),
        };
        let covered = Covered {
            commitment: held.commitment,
            meter: part.meter,
            site: self.world.offers[held.offer].site,
            application: part.application,
            month,
            quantity: part.quantity,
            use_of: part.use_of,
            list_price,
            rate: self.figures.rate(part.figure),
            figure: part.figure,
            amount,
        };
        self.journal.receive(now, &Entry::Covered(covered));
    }

    fn commitment_line(
        &self,
        held: &Held,
        (from, until): (SimTime, SimTime),
        meter: Meter,
        month: u32,
        paid_at: SimTime,
    ) -> Charge {
        line_at(
            &self.figures,
            held.figure,
            held.price,
            held.units(from, until),
            Line {
                meter,
                category: Category::Compute,
                site: Some(self.world.offers[held.offer].site),
                application: None,
                month,
                paid_at,
                nature: Nature::Opex,
            },
        )
    }

    /// What is still owed after the horizon: one line a month, on the day on which it is
    /// due. What of a commitment lies beyond the horizon is used by nobody whom this run
    /// knows.
    pub(super) fn owe_remaining_terms(&mut self, horizon: SimTime) {
        let month = self.last_month as u32;
        for held in self.commitments.held.clone() {
            if held.until <= horizon {
                continue;
            }
            let amount = match held.paid {
                Some(paid) => paid - held.fallen,
                None => {
                    let owed = self.owed(&held, horizon, Meter::RemainingTerm(held.commitment));
                    let amount = owed.iter().map(|charge| charge.amount).sum();
                    owed.into_iter().for_each(|charge| self.post(horizon, charge));
                    amount
                }
            };
            let quantity = held.units(horizon, held.until);
            let rest = Use {
                meter: Meter::RemainingTerm(held.commitment),
                ..unused(self.world, &held, quantity, 1.0)
            };
            self.tell_covered(&held, &rest, amount, month, horizon);
        }
    }

    /// The payments that a commitment still asks from a date on, month by month.
    fn owed(&self, held: &Held, from: SimTime, meter: Meter) -> Vec<Charge> {
        let calendar = &self.world.calendar;
        let mut owed = Vec::new();
        let mut start = from;
        while start < held.until {
            let month = calendar.month_of(start);
            let end = calendar.month_start(month + 1).min(held.until).max(start);
            // Beyond all known months the rest is owed at once.
            let end = if end == start { held.until } else { end };
            let index = month.min(self.last_month) as u32;
            owed.push(self.commitment_line(held, (start, end), meter, index, end));
            start = end;
        }
        owed
    }

    /// Gives up what covers offers of a party, from a date on: what leaving early costs
    /// of each month that was still owed, on the day on which it would have been due; at
    /// once where it was paid in advance, of which the rest is given back.
    pub(super) fn strand_terms(&mut self, party: PartyId, from: SimTime) {
        for held in self.commitments.held.clone() {
            if held.until <= from || !self.is_of(&held, party) {
                continue;
            }
            let meter = Meter::EarlyExit(held.commitment);
            let share = self.figures.value(self.world.commitments[held.commitment].early_exit);
            let left = Held { price: coverage::early_exit_price(held.price, share), ..held };
            let month = self.world.calendar.month_of(from).min(self.last_month) as u32;
            let lost = match left.paid {
                Some(_) => vec![self.commitment_line(&left, (from, left.until), meter, month, from)],
                None => self.owed(&left, from, meter),
            };
            lost.into_iter()
                .filter(|charge| charge.amount != Money::ZERO)
                .for_each(|charge| self.post(from, charge));
        }
    }

    /// When the last commitment to a party ends that cannot be left before.
    pub(super) fn committed_until(&self, party: PartyId) -> Option<SimTime> {
        let binds = |held: &&Held| {
            let share = self.figures.value(self.world.commitments[held.commitment].early_exit);
            self.is_of(held, party) && coverage::is_owed_to_its_end(share)
        };
        self.commitments.held.iter().filter(binds).map(|held| held.until).max()
    }

    fn is_of(&self, held: &Held, party: PartyId) -> bool {
        self.world.parties_of(held.offer).any(|behind| behind == party)
    }
}

/// What was used of hosts, and what not, in proportion.
fn host_uses(offer: OfferId, figure: FigureId, units: Quantity, area_ns: [u128; 2]) -> Vec<Use> {
    // The two parts are rounded so that they add up to the whole.
    let used = Quantity::from_f64(area_ns[0] as f64 / 3.6e12);
    let unused = Quantity::from_micros(units.micros() - used.micros());
    let parts = [(CommitmentUse::Used, used), (CommitmentUse::Unused, unused)];
    let parts = parts.into_iter().filter(|(_, quantity)| *quantity != Quantity::ZERO);
    parts
        .map(|(use_of, quantity)| Use {
            meter: Meter::HostHours(offer),
            application: None,
            quantity,
            use_of,
            figure,
            weight: quantity.as_f64(),
        })
        .collect()
}

/// What was used of a menu, line by line, and what was not.
fn menu_uses(
    world: &World,
    held: &Held,
    units: Quantity,
    taken: &[(menu::LineKey, Quantity, f64)],
    closed: &mut Closed,
) -> Vec<Use> {
    let skus = world.offers[held.offer].skus().unwrap_or_default();
    let mut uses = Vec::new();
    let mut used = 0.0;
    for ((application, size), hours, value) in taken {
        let key = (held.offer, *size, *application);
        let covered = closed.instances.entry(key).or_default();
        *covered = Quantity::from_micros(covered.micros() + hours.micros());
        used += value;
        uses.push(Use {
            meter: Meter::InstanceHours(held.offer, *size),
            application: Some(*application),
            quantity: *hours,
            use_of: CommitmentUse::Used,
            figure: skus[*size as usize].per_hour,
            weight: *value,
        });
    }
    // Less than this is what rounding left of a full use.
    let rest = Quantity::from_f64((units.as_f64() - used).max(0.0));
    if rest.micros() > uses.len() as i64 * ROUNDED_OFF {
        uses.push(unused(world, held, rest, rest.as_f64()));
    }
    uses
}

/// What each line of a full use may have lost when its hours were rounded to millionths,
/// in millionths of the currency: no size costs more than 1,000 an hour.
const ROUNDED_OFF: i64 = 1_000;

/// What of a commitment nobody used.
fn unused(world: &World, held: &Held, quantity: Quantity, weight: f64) -> Use {
    let meter = match world.offers[held.offer].hosts() {
        Some(_) => Meter::HostHours(held.offer),
        None => Meter::Commitment(held.commitment),
    };
    Use { meter, application: None, quantity, use_of: CommitmentUse::Unused, figure: held.figure, weight }
}
