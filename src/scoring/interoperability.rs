//! Interoperability: what crossing platforms costs, once and from then on.

use super::Score;
use crate::base::ids::IdVec;
use crate::base::units::Money;
use crate::simulation::journal::{Charge, Meter};
use crate::world::{FacetId, World};

/// What crossing platforms costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interoperability {
    /// Work on the differences between platforms, for the moves actually made.
    pub one_off: Money,
    /// The same by facet; adds up to `one_off`.
    pub by_facet: IdVec<FacetId, Money>,
    /// What running across platforms and sites costs over the horizon: management
    /// planes beyond the first, data that leaves sites, circuits.
    pub recurring: Money,
    /// The same per year of 365.25 days.
    pub recurring_per_year: Money,
}

impl Interoperability {
    pub(super) fn figures(&self, world: &World, figures: &mut Vec<(String, Score)>) {
        let mut add = |name: String, amount: Money| {
            figures.push((format!("interoperability.{name}"), Score::Money(amount)))
        };
        add("one_off".into(), self.one_off);
        add("recurring".into(), self.recurring);
        add("recurring_per_year".into(), self.recurring_per_year);
        for (facet, amount) in self.by_facet.enumerate() {
            add(format!("by_facet.{}", world.facets[facet].name), *amount);
        }
    }
}

/// The fold that makes an [`Interoperability`].
#[derive(Clone, Debug)]
pub(super) struct InteroperabilityFold {
    by_facet: IdVec<FacetId, Money>,
    recurring: Money,
}

impl InteroperabilityFold {
    pub(super) fn new(world: &World) -> Self {
        Self { by_facet: IdVec::filled(Money::ZERO, world.facets.len()), recurring: Money::ZERO }
    }

    pub(super) fn charge(&mut self, charge: &Charge) {
        match charge.meter {
            Meter::Conversion(facet) => self.by_facet[facet] += charge.amount,
            Meter::ExtraManagementPlanes | Meter::Egress(_) | Meter::Circuit(_) | Meter::CircuitData(_) => {
                self.recurring += charge.amount
            }
            _ => {}
        }
    }

    pub(super) fn finish(self, world: &World) -> Interoperability {
        let years = world.calendar.years(world.horizon());
        let per_year = if years > 0.0 { self.recurring.micros() as f64 / years } else { 0.0 };
        Interoperability {
            one_off: self.by_facet.iter().copied().sum(),
            by_facet: self.by_facet,
            recurring: self.recurring,
            recurring_per_year: Money::from_micros(libm::round(per_year) as i64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::fixture::{charge, euros, first};
    use crate::world::fixture;

    #[test]
    fn conversion_is_split_by_facet_and_the_rest_recurs() {
        let world = fixture::world();
        let (network, drivers) = (first(&world.facets), world.facets.ids().last().expect("three facets"));
        let mut fold = InteroperabilityFold::new(&world);
        for (meter, amount) in [
            (Meter::Conversion(network), 10.0),
            (Meter::Conversion(drivers), 20.0),
            (Meter::Conversion(drivers), 5.0),
            (Meter::ExtraManagementPlanes, 300.0),
            (Meter::Egress(first(&world.sites)), 50.0),
            (Meter::Circuit(first(&world.links)), 15.0),
            (Meter::MoveWork, 1_000.0),
        ] {
            fold.charge(&Charge { meter, ..charge(amount) });
        }
        let score = fold.finish(&world);
        assert_eq!((score.one_off, score.recurring), (euros(35.0), euros(365.0)));
        assert_eq!((score.by_facet[network], score.by_facet[drivers]), (euros(10.0), euros(25.0)));
        // The fixture's horizon is 365 days: 365 € are 365.25 € per year of 365.25 days.
        assert_eq!(score.recurring_per_year, euros(365.25));
    }
}
