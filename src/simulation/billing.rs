//! What is running and charged by time: gauges, closed every month.
//!
//! A gauge is one ledger line in the making: a meter, where and for whom, and the
//! integral of its level over time. Whatever is charged once (a host bought, an
//! hour worked) goes straight to the ledger through [`line()`].

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::journal::{Category, Charge, Meter, Nature};
use crate::base::ids::Id;
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
    places: HashMap<GaugeKey, GaugeId, BuildHasherDefault<KeyHasher>>,
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
        let mut amounts = Amounts::new();
        for gauge in &mut self.gauges {
            let area = gauge.level.take(now);
            if area == 0 {
                continue;
            }
            let quantity = gauge.quantity(area, month.span);
            let amount = amounts.of(figures, gauge.figure, quantity);
            let line = Line {
                meter: gauge.key.meter,
                category: gauge.key.category,
                site: gauge.key.site,
                application: gauge.key.application,
                month: month.index,
                paid_at: now,
                nature: Nature::Opex,
            };
            let unit_price = figures.price(gauge.figure);
            post(line.priced(Priced {
                figure: gauge.figure,
                unit_price,
                rate: figures.rate(gauge.figure),
                quantity,
                amount,
            }));
        }
    }
}

/// Amounts that were worked out while books are closed: many gauges of one price ran
/// for the whole month, and a division of 128 bits is dear.
struct Amounts {
    known: [Option<(FigureId, Quantity, Money)>; Self::PLACES],
}

impl Amounts {
    const PLACES: usize = 64;

    const fn new() -> Self {
        Self { known: [None; Self::PLACES] }
    }

    fn of(&mut self, figures: &Figures, figure: FigureId, quantity: Quantity) -> Money {
        let hash = (figure.index() as u64 ^ quantity.micros().cast_unsigned()).wrapping_mul(MULTIPLIER);
        let place = &mut self.known[(hash >> 58) as usize];
        match *place {
            Some((known, of, amount)) if known == figure && of == quantity => amount,
            _ => {
                let amount = figures.charge(figure, quantity);
                *place = Some((figure, quantity, amount));
                amount
            }
        }
    }
}

/// 2^64 divided by the golden ratio, odd: spreads what differs in few bits.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Hashes the few small numbers of a key; nobody chooses them to collide. Only
/// look-ups depend on it, never an order.
#[derive(Clone, Copy, Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(MULTIPLIER);
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.cast_unsigned() as u64);
    }

    fn finish(&self) -> u64 {
        // Tables look at the highest and the lowest bits.
        self.0 ^ (self.0 >> 32)
    }
}

impl Gauge {
    /// Rounded to the nearest millionth of a unit.
    fn quantity(&self, area: u128, month: Span) -> Quantity {
        const NS_PER_HOUR: u128 = 3_600_000_000_000;
        let micros = match (self.per, u64::try_from(area)) {
            // The same, divided by a million above and below, in the machine's word.
            (Per::Hour, Ok(area)) if self.unit == 1 => {
                u128::from(area / 3_600_000 + u64::from(area % 3_600_000 >= 1_800_000))
            }
            (Per::Hour, _) => rounded(area * MICRO, NS_PER_HOUR * u128::from(self.unit)),
            // At one level for the whole month: the month need not be divided by.
            (Per::Month, _) if area == u128::from(self.level.value) * u128::from(month.as_ns()) => {
                rounded(u128::from(self.level.value) * MICRO, u128::from(self.unit))
            }
            (Per::Month, _) => rounded(area * MICRO, u128::from(month.as_ns()) * u128::from(self.unit)),
        };
        Quantity::from_micros(i64::try_from(micros).expect("a month's quantity stays below 9e12 units"))
    }
}

const MICRO: u128 = 1_000_000;

/// The nearest whole number, halves up. Most units are powers of two.
fn rounded(number: u128, divisor: u128) -> u128 {
    let sum = number + divisor / 2;
    if divisor.is_power_of_two() { sum >> divisor.trailing_zeros() } else { sum / divisor }
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
    let amount = unit_price.charge(quantity, rate);
    line.priced(Priced { figure, unit_price, rate, quantity, amount })
}

/// What a ledger line amounts to, and how.
struct Priced {
    figure: FigureId,
    unit_price: Price,
    rate: Price,
    quantity: Quantity,
    amount: Money,
}

impl Line {
    fn priced(self, priced: Priced) -> Charge {
        Charge {
            meter: self.meter,
            category: self.category,
            site: self.site,
            application: self.application,
            month: self.month,
            quantity: priced.quantity,
            unit_price: priced.unit_price,
            rate: priced.rate,
            figure: priced.figure,
            amount: priced.amount,
            paid_at: self.paid_at,
            nature: self.nature,
            crossing: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The short ways are the long one: area × 10^6 / divisor, to the nearest.
        #[test]
        fn a_quantity_is_the_integral_to_the_nearest_millionth(
            value in 0_u64..1 << 44,
            held in 0_u64..1 << 52,
            whole in any::<bool>(),
            days in 28_u64..32,
            bytes in any::<bool>(),
            hourly in any::<bool>(),
        ) {
            let month = Span::from_days(days);
            // Things are few and bytes are many.
            let (value, unit) = if bytes { (value, 1 << 30) } else { (value >> 24, 1) };
            let per = if hourly { Per::Hour } else { Per::Month };
            let area = u128::from(value) * u128::from(if whole { month.as_ns() } else { held });
            let key = GaugeKey { meter: Meter::Administration, category: Category::Labour, site: None, application: None };
            let level = Level { value, ..Level::default() };
            let gauge = Gauge { key, figure: FigureId::from_index(0), per, unit, level };
            let divisor = u128::from(unit) * if hourly { 3_600_000_000_000 } else { u128::from(month.as_ns()) };
            let expected = (area * 1_000_000 + divisor / 2) / divisor;
            prop_assert_eq!(gauge.quantity(area, month).micros() as u128, expected);
        }
    }
}
