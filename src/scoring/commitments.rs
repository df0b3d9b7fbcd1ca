//! What was bought for a term: how much of the use it covered, and how much of it was
//! used.

use super::Score;
use crate::base::ids::IdVec;
use crate::base::units::Money;
use crate::simulation::journal::{Charge, CommitmentUse, Covered, Meter};
use crate::world::{OfferId, World};

/// What a strategy's commitments came to within the horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Commitments {
    /// What was paid for them, what is still owed after the horizon included.
    pub paid: Money,
    /// The part of their price that fell on use that nobody made, within the horizon.
    pub unused: Money,
    /// Share of their price within the horizon that was used, from 0 to 1; none where
    /// nothing was bought.
    pub used_share: Option<f64>,
    /// Share of the use at the offers that they cover, at list prices, that was covered,
    /// from 0 to 1; none where nothing was used there.
    pub coverage: Option<f64>,
    /// What the covered use would have cost by the hour, less what its commitments cost
    /// within the horizon, used or not: negative where they cost more.
    pub saved: Money,
}

impl Commitments {
    pub(super) fn figures(&self, figures: &mut Vec<(String, Score)>) {
        let mut add = |name: &str, score: Score| figures.push((format!("commitments.{name}"), score));
        let share = |share: Option<f64>| share.map_or(Score::Missing, Score::Number);
        add("paid", Score::Money(self.paid));
        add("unused", Score::Money(self.unused));
        add("used_share", share(self.used_share));
        add("coverage", share(self.coverage));
        add("saved", Score::Money(self.saved));
    }
}

/// The fold that makes a [`Commitments`]; it counts nothing in a World without any.
#[derive(Clone, Debug)]
pub(super) struct CommitmentsFold {
    /// Offers that some strategy's commitment covers; empty in a World without any.
    covers: IdVec<OfferId, bool>,
    paid: Money,
    used: Money,
    unused: Money,
    covered_at_list: Money,
    by_the_hour: Money,
}

impl CommitmentsFold {
    pub(super) fn new(world: &World) -> Self {
        let mut covers = IdVec::new();
        if !world.commitments.is_empty() {
            covers = IdVec::filled(false, world.offers.len());
            world.commitments.iter().for_each(|commitment| covers[commitment.offer] = true);
        }
        let none = Money::ZERO;
        Self { covers, paid: none, used: none, unused: none, covered_at_list: none, by_the_hour: none }
    }

    pub(super) fn charge(&mut self, charge: &Charge) {
        if self.covers.is_empty() {
            return;
        }
        match charge.meter {
            Meter::Commitment(_) | Meter::RemainingTerm(_) => self.paid += charge.amount,
            Meter::HostHours(offer) | Meter::InstanceHours(offer, _) if self.covers[offer] => {
                self.by_the_hour += charge.amount;
            }
            _ => {}
        }
    }

    pub(super) fn covered(&mut self, covered: &Covered) {
        match (covered.use_of, covered.meter) {
            // What lies beyond the horizon is nobody's fault yet.
            (_, Meter::RemainingTerm(_)) => {}
            (CommitmentUse::Used, _) => {
                self.used += covered.amount;
                self.covered_at_list += covered.list_price.charge(covered.quantity, covered.rate);
            }
            (CommitmentUse::Unused, _) => self.unused += covered.amount,
        }
    }

    /// None in a World without commitments.
    pub(super) fn finish(self) -> Option<Commitments> {
        if self.covers.is_empty() {
            return None;
        }
        let share = |part: Money, rest: Money| {
            let whole = part + rest;
            (whole > Money::ZERO).then(|| part.as_f64() / whole.as_f64())
        };
        Some(Commitments {
            paid: self.paid,
            unused: self.unused,
            used_share: share(self.used, self.unused),
            coverage: share(self.covered_at_list, self.by_the_hour),
            saved: self.covered_at_list - self.used - self.unused,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{Price, Quantity};
    use crate::scoring::fixture::{charge, euros, first};
    use crate::world::{Commitment, CommitmentId, Committed, FigureId, Payment, fixture};

    fn world() -> (World, CommitmentId) {
        let mut world = fixture::world();
        let figure: FigureId = first(&world.figures);
        let offer = first(&world.offers);
        let id = world.commitments.push(Commitment {
            name: "one".into(),
            offer,
            quantity: Committed::Hosts(2),
            from: crate::base::units::SimTime::START,
            months: 12,
            discount: figure,
            excluded: Vec::new(),
            payment: Payment::Monthly,
            early_exit: figure,
            renews: false,
        });
        (world, id)
    }

    fn covered(world: &World, id: CommitmentId, use_of: CommitmentUse, hours: i64, amount: f64) -> Covered {
        let offer = world.commitments[id].offer;
        Covered {
            commitment: id,
            meter: Meter::HostHours(offer),
            site: world.offers[offer].site,
            application: None,
            month: 0,
            quantity: Quantity::from_units(hours),
            use_of,
            list_price: Price::from_f64(10.0),
            rate: Price::ONE,
            figure: first(&world.figures),
            amount: euros(amount),
        }
    }

    #[test]
    fn use_is_split_in_what_was_covered_and_what_was_paid_by_the_hour() {
        let (world, id) = world();
        let offer = world.commitments[id].offer;
        let mut fold = CommitmentsFold::new(&world);
        fold.charge(&Charge { meter: Meter::Commitment(id), ..charge(80.0) });
        fold.charge(&Charge { meter: Meter::HostHours(offer), ..charge(300.0) });
        fold.charge(&Charge { meter: Meter::RemainingTerm(id), ..charge(20.0) });
        // Ten of sixteen host-hours were used: 100 at list prices, for 50 of 80.
        fold.covered(&covered(&world, id, CommitmentUse::Used, 10, 50.0));
        fold.covered(&covered(&world, id, CommitmentUse::Unused, 6, 30.0));
        let beyond = Covered {
            meter: Meter::RemainingTerm(id),
            ..covered(&world, id, CommitmentUse::Unused, 4, 20.0)
        };
        fold.covered(&beyond);
        let score = fold.finish().expect("the World has commitments");
        assert_eq!((score.paid, score.unused, score.saved), (euros(100.0), euros(30.0), euros(20.0)));
        assert_eq!((score.used_share, score.coverage), (Some(0.625), Some(0.25)));
    }

    #[test]
    fn a_world_without_commitments_has_no_such_figures() {
        let world = fixture::world();
        let mut fold = CommitmentsFold::new(&world);
        fold.charge(&Charge { meter: Meter::HostHours(first(&world.offers)), ..charge(300.0) });
        assert_eq!(fold.finish(), None);
    }
}
