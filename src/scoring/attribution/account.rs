//! Ledger lines of one kind, added up over the months.

use std::collections::BTreeMap;
use std::ops::{Add, AddAssign};

use super::keys::Key;
use crate::base::units::{Money, Price};
use crate::simulation::journal::{Category, Charge, Meter};
use crate::world::{FigureId, SiteId};

/// An amount as it is paid, and its present value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// As it is paid.
    pub nominal: Money,
    /// Discounted to the start, as [`Cost::npv`](crate::scoring::Cost::npv) is.
    pub present: Money,
}

impl Add for Amounts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { nominal: self.nominal + other.nominal, present: self.present + other.present }
    }
}

impl AddAssign for Amounts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Amounts {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

/// What lines of the ledger have in common that are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// The heading.
    pub category: Category,
    /// What was metered.
    pub meter: Meter,
    /// Where.
    pub site: Option<SiteId>,
    /// The figure that the price came from.
    pub figure: FigureId,
    /// By what the line was shared; none for whole lines.
    pub key: Option<Key>,
}

/// Lines of one kind, or parts of them, added up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// What they have in common.
    pub kind: Kind,
    /// How many lines of the ledger.
    pub lines: u32,
    /// Units, in the unit of the meter.
    pub quantity: f64,
    /// The lowest and the highest price of one unit, in the currency of the figure.
    pub prices: [Price; 2],
    /// What one unit of that currency bought in the reporting currency.
    pub rate: Price,
    /// What they amount to.
    pub amounts: Amounts,
    /// The first and the last month, from 0.
    pub months: [u32; 2],
}

/// Lines by their kind.
#[derive(Clone, Debug, Default)]
pub struct Account {
    lines: BTreeMap<Kind, Line>,
}

impl Account {
    /// Adds a share, from 0 to 1, of the quantity of a line, and what that amounts to.
    pub fn add(&mut self, charge: &Charge, key: Option<Key>, share: f64, amounts: Amounts) {
        let Charge { category, meter, site, figure, .. } = *charge;
        let kind = Kind { category, meter, site, figure, key };
        let line = self.lines.entry(kind).or_insert(Line {
            kind,
            lines: 0,
            quantity: 0.0,
            prices: [charge.unit_price; 2],
            rate: charge.rate,
            amounts: Amounts::default(),
            months: [charge.month; 2],
        });
        line.lines += 1;
        line.quantity += charge.quantity.as_f64() * share;
        line.prices = [line.prices[0].min(charge.unit_price), line.prices[1].max(charge.unit_price)];
        line.amounts += amounts;
        line.months = [line.months[0].min(charge.month), line.months[1].max(charge.month)];
    }

    /// The lines, by heading and then the largest first.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = self.lines.values().copied().collect();
        lines.sort_by_key(|line| {
            let size = std::cmp::Reverse(line.amounts.nominal.micros().unsigned_abs());
            (line.kind.category, size, line.kind)
        });
        lines
    }

    /// What all lines amount to.
    pub fn total(&self) -> Amounts {
        self.lines.values().map(|line| line.amounts).sum()
    }
}
