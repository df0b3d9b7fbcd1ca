//! Figures: every number that may be uncertain, and where it comes from.

use super::{FigureId, World};
use crate::base::ids::IdVec;
use crate::base::random::{Draws, EntityKey, EntityKind, Purpose, Quantile};
use crate::base::units::{Currency, Money, Price, Quantity};

/// The draws of uncertain inputs: ignorance, as opposed to chance.
pub const INPUT: Purpose = Purpose::new("input");

const FIGURE: EntityKind = EntityKind::new("figure");

/// One number of the world.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its dotted path, as a user would override it; unique in the world, and
    /// the address of its draws.
    pub name: String,
    /// The unit, for people: `USD/h`, `EUR/GiB-month`, `h`, `%`.
    pub unit: String,
    /// The currency of a price; none for what is not money.
    pub currency: Option<Currency>,
    /// What is known of its value, in `unit`, tabulated for drawing; a share is a
    /// number from 0 to 1.
    pub quantile: Quantile,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// A published source.
    Published {
        /// The citation, for people.
        source: String,
        /// The date of the figure, as the source writes it.
        date: String,
        /// A (official, or two sources agree) to D (anecdote).
        confidence: char,
    },
    /// Nobody publishes it: an assumption with its reason.
    Assumption {
        /// Why this range.
        reason: String,
    },
    /// The user's own figure, from the scenario or a private file.
    User {
        /// The file that states it.
        place: String,
    },
}

impl Figure {
    /// The address of this figure's draws.
    pub fn entity(&self) -> EntityKey {
        EntityKey::new(FIGURE, &self.name, 0)
    }
}

/// How a figure follows from others: the price of a size is a multiple of its
/// family's, a node costs its price and its fee. What follows from one input moves
/// with it in every replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// The figure. Its own quantile is certain: its value with all inputs at their
    /// modes, for whoever wants one number without a draw.
    pub figure: FigureId,
    /// Its value is the sum of these, each times its factor, brought to the
    /// figure's own currency.
    pub sum: Vec<Multiple>,
    /// And then times one plus each of these shares times its factor: -1 for a
    /// discount, 1 for a premium.
    pub shares: Vec<Multiple>,
}

/// So many times a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Multiple {
    /// The figure.
    pub figure: FigureId,
    /// How many times.
    pub times: f64,
}

impl Multiple {
    /// Once.
    pub const fn once(figure: FigureId) -> Self {
        Self { figure, times: 1.0 }
    }
}

impl Formula {
    /// Its value, given those of the figures it follows from.
    fn value(&self, values: &IdVec<FigureId, f64>, rates: &IdVec<FigureId, Price>) -> f64 {
        let own = rates[self.figure];
        let part = |part: &Multiple| {
            let value = part.times * values[part.figure];
            // The same currency converts exactly.
            if rates[part.figure] == own { value } else { value * rates[part.figure].as_f64() / own.as_f64() }
        };
        let sum: f64 = self.sum.iter().map(part).sum();
        self.shares.iter().fold(sum, |value, share| value * (1.0 + share.times * values[share.figure]))
    }
}

/// The values of all figures in one replication.
#[derive(Clone, Debug)]
pub struct Figures {
    values: IdVec<FigureId, f64>,
    /// Each value as a decimal, for what is charged.
    prices: IdVec<FigureId, Price>,
    /// What one unit of the figure's currency buys in the reporting currency.
    rates: IdVec<FigureId, Price>,
}

impl Figures {
    /// The figures of the replication that `draws` addresses.
    pub fn draw(world: &World, draws: &Draws) -> Self {
        Self::from_values(world, |_, figure| draws.sample(INPUT, figure.entity(), &figure.quantile))
    }

    /// Every figure at its mode. One path, not a forecast: inputs are skewed.
    pub fn at_mode(world: &World) -> Self {
        Self::at_quantiles(world, |_| None)
    }

    /// Every figure at the quantile that a design of experiments gives it, strictly
    /// between 0 and 1, and at its mode where it gives none.
    pub fn at_quantiles(world: &World, quantile: impl Fn(FigureId) -> Option<f64>) -> Self {
        Self::from_values(world, |id, figure| match quantile(id) {
            Some(u) => figure.quantile.at(u),
            None => figure.quantile.distribution().mode(),
        })
    }

    fn from_values(world: &World, value: impl Fn(FigureId, &Figure) -> f64) -> Self {
        let mut values: IdVec<FigureId, f64> =
            world.figures.enumerate().map(|(id, figure)| value(id, figure)).collect();
        let rate_of = |values: &IdVec<FigureId, f64>, currency: Currency| {
            if currency == world.currency {
                return Price::ONE;
            }
            let (_, rate) = world
                .exchange
                .iter()
                .find(|(foreign, _)| *foreign == currency)
                .expect("a world has an exchange rate for every currency it prices in");
            Price::from_f64(values[*rate])
        };
        let rates: IdVec<FigureId, Price> = world
            .figures
            .iter()
            .map(|figure| figure.currency.map_or(Price::ONE, |currency| rate_of(&values, currency)))
            .collect();
        for formula in &world.formulas {
            values[formula.figure] = formula.value(&values, &rates);
        }
        let prices = values.iter().map(|value| Price::from_f64(*value)).collect();
        Self { values, prices, rates }
    }

    /// The value of a figure in its own unit.
    #[inline]
    pub fn value(&self, figure: FigureId) -> f64 {
        self.values[figure]
    }

    /// The price that a figure states, in its own currency.
    #[inline]
    pub fn price(&self, figure: FigureId) -> Price {
        self.prices[figure]
    }

    /// What one unit of the figure's currency buys in the reporting currency.
    #[inline]
    pub fn rate(&self, figure: FigureId) -> Price {
        self.rates[figure]
    }

    /// The amount due for `quantity` units at the price that a figure states.
    #[inline]
    pub fn charge(&self, figure: FigureId, quantity: Quantity) -> Money {
        self.prices[figure].charge(quantity, self.rates[figure])
    }

    /// The price in the reporting currency, for comparisons; charges round once,
    /// so they go through [`Figures::charge`].
    #[inline]
    pub fn in_reporting_currency(&self, figure: FigureId) -> f64 {
        self.values[figure] * self.rates[figure].as_f64()
    }

    /// Multiplies a figure: a dated price move. The new value is used for whatever
    /// is charged afterwards.
    pub fn scale(&mut self, figure: FigureId, factor: f64) {
        self.values[figure] *= factor;
        self.prices[figure] = Price::from_f64(self.values[figure]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixture;

    #[test]
    fn a_formula_adds_multiplies_converts_and_takes_off() {
        let mut world = fixture::world();
        let named = |world: &World, name: &str| {
            world.figures.find(|figure| figure.name == name).expect("it is there")
        };
        // 350 USD at 0.8 EUR is 280 EUR; two hosts at 6 EUR are 12 EUR; 30 % off 292.
        let (dollars, euros, discount) =
            (named(&world, "vcf.price"), named(&world, "azure.host"), named(&world, "vmware.discount"));
        let figure = Figure { name: "sum".into(), ..world.figures[euros].clone() };
        let figure = world.figures.push(figure);
        world.formulas.push(Formula {
            figure,
            sum: vec![Multiple::once(dollars), Multiple { figure: euros, times: 2.0 }],
            shares: vec![Multiple { figure: discount, times: -1.0 }],
        });
        let value = Figures::at_mode(&world).value(figure);
        assert!((value - 292.0 * 0.7).abs() < 1e-9, "rounding only: {value}");
    }
}
