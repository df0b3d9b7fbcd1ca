//! Journal entries for the tests of the scores.

use crate::base::ids::{Id, IdVec};
use crate::base::units::{Money, Price, Quantity, SimTime};
use crate::simulation::journal::{Category, Charge, Meter, Nature};
use crate::world::FigureId;

/// A line of `amount` for administration in the first month, paid at the start.
pub fn charge(amount: f64) -> Charge {
    Charge {
        meter: Meter::Administration,
        category: Category::Labour,
        site: None,
        application: None,
        month: 0,
        quantity: Quantity::from_units(1),
        unit_price: Price::from_f64(amount),
        rate: Price::ONE,
        figure: FigureId::from_index(0),
        amount: euros(amount),
        paid_at: SimTime::START,
        nature: Nature::Opex,
        crossing: None,
    }
}

/// An amount, to the cent.
pub fn euros(amount: f64) -> Money {
    Money::from_micros((amount * 100.0).round() as i64 * 10_000)
}

/// The first id of a table.
pub fn first<I: Id, T>(table: &IdVec<I, T>) -> I {
    table.ids().next().expect("the fixture fills every table")
}
