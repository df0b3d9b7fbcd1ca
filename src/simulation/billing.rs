//! What is running and charged by time: gauges, closed every month.
//!
//! A gauge is one ledger line in the making: a meter, where and for whom, and the
//! integral of its level over time. Whatever is charged once (a host bought, an
//! hour worked) goes straight to the ledger through [`line`].

use std::collections::HashMap;

use super::journal::{Category, Charge, Meter, Nature};
use crate::base::units::{Money, Price, Quantity, SimTime, Span};
use crate::world::{ApplicationId, FigureId, Figures, SiteId};

/// What makes a gauge one of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GaugeKey {
    /// What is metered.
    pub meter: Meter,
    /// Its heading.
    pub category: Category,
    /// Where.
    pub site: Option<SiteId>,
    /// For whom, where the meter knows.
    pub application: Option<ApplicationId>,
}

/// How the integral of a level becomes a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Level × hours.
    Hour,
    /// Level × share of the month.
    Month,
}

/// Which gauge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GaugeId(u32);

#[derive(Clone, Copy, Debug)]
struct Gauge {
    key: GaugeKey,
    figure: FigureId,
    per: Per,
    /// Levels are counted in this unit: 1 for things, 2^30 for bytes charged by GiB.
    unit: u64,
    level: Level,
}

/// A number that changes over time, and its exact integral.
#[derive(Clone, Copy, Debug, Default)]
pub struct Level {
    value: u64,
    /// Integral over nanoseconds since it was last taken.
    area: u128,
    since: SimTime,
}

impl Level {
    /// The number now.
    pub fn value(&self) -> u64 {
        self.value
    }

    /// Sets the number.
    pub fn set(&mut self, value: u64, now: SimTime) {
        self.advance(now);
        self.value = value;
    }

    /// Raises the number.
    pub fn raise(&mut self, by: u64, now: SimTime) {
        self.set(self.value + by, now);
    }

    /// Lowers the number.
    ///
    /// # Panics
    /// Below zero: more was given back than was taken.
    pub fn lower(&mut self, by: u64, now: SimTime) {
        let value = self.value.checked_sub(by);
        self.set(value.unwrap_or_else(|| panic!("a level of {} was lowered by {by}", self.value)), now);
    }

    /// The integral over nanoseconds since it was last taken.
    pub fn take(&mut self, now: SimTime) -> u128 {
        self.advance(now);
        std::mem::take(&mut self.area)
    }

    fn advance(&mut self, now: SimTime) {
        self.area += u128::from(self.value) * u128::from(now.since(self.since).as_ns());
        self.since = now;
    }
}

/// All gauges.
#[derive(Clone, Debug, Default)]
pub struct Gauges {
    gauges: Vec<Gauge>,
    places: HashMap<GaugeKey, GaugeId>,
}

impl Gauges {
    /// The gauge of `key`, which charges `figure`; made at level zero when new.
    /// Levels are counted in `unit`.
    pub fn gauge(&mut self, key: GaugeKey, figure: FigureId, per: Per, unit: u64) -> GaugeId {
        *self.places.entry(key).or_insert_with(|| {
            let id = GaugeId(self.gauges.len() as u32);
            self.gauges.push(Gauge { key, figure, per, unit, level: Level::default() });
            id
        })
    }

    /// The level of a gauge.
    pub fn level(&mut self, id: GaugeId) -> &mut Level {
        &mut self.gauges[id.0 as usize].level
    }

    /// Closes all gauges at `now` and hands each charge of the month to `post`.
    pub fn settle(&mut self, now: SimTime, month: Month, figures: &Figures, mut post: impl FnMut(Charge)) {
        for gauge in &mut self.gauges {
            let area = gauge.level.take(now);
            if area == 0 {
                continue;
            }
            let quantity = gauge.quantity(area, month.span);
            post(line(
                figures,
                gauge.figure,
                quantity,
                Line {
                    meter: gauge.key.meter,
                    category: gauge.key.category,
                    site: gauge.key.site,
                    application: gauge.key.application,
                    month: month.index,
                    paid_at: now,
                    nature: Nature::Opex,
                },
            ));
        }
    }
}

impl Gauge {
    /// Rounded to the nearest millionth of a unit.
    fn quantity(&self, area: u128, month: Span) -> Quantity {
        const NS_PER_HOUR: u128 = 3_600_000_000_000;
        let per = match self.per {
            Per::Hour => NS_PER_HOUR,
            Per::Month => u128::from(month.as_ns()),
        };
        let divisor = per * u128::from(self.unit);
        let micros = (area * 1_000_000 + divisor / 2) / divisor;
        Quantity::from_micros(i64::try_from(micros).expect("a month's quantity stays below 9e12 units"))
    }
}

/// A month of the horizon, or after it.
#[derive(Clone, Copy, Debug)]
pub struct Month {
    /// Its place, from 0.
    pub index: u32,
    /// The length that a full month's price is for.
    pub span: Span,
}

/// The words of a ledger line.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// What was metered.
    pub meter: Meter,
    /// Its heading.
    pub category: Category,
    /// Where.
    pub site: Option<SiteId>,
    /// For whom.
    pub application: Option<ApplicationId>,
    /// For which month.
    pub month: u32,
    /// When it is paid.
    pub paid_at: SimTime,
    /// How it enters the books.
    pub nature: Nature,
}

/// A ledger line: `quantity` at the price that `figure` states now.
pub fn line(figures: &Figures, figure: FigureId, quantity: Quantity, line: Line) -> Charge {
    line_at(figures, figure, figures.price(figure), quantity, line)
}

/// A ledger line at a price worked out from `figure`, in the figure's currency.
pub fn line_at(
    figures: &Figures,
    figure: FigureId,
    unit_price: Price,
    quantity: Quantity,
    line: Line,
) -> Charge {
    let rate = figures.rate(figure);
    let amount: Money = unit_price.charge(quantity, rate);
    Charge {
        meter: line.meter,
        category: line.category,
        site: line.site,
        application: line.application,
        month: line.month,
        quantity,
        unit_price,
        rate,
        figure,
        amount,
        paid_at: line.paid_at,
        nature: line.nature,
    }
}
