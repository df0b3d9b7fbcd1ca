//! Cost: what is paid, to whom, for what, when, and its present value.

use super::{Payees, Score};
use crate::base::units::{Calendar, Money, SimTime};
use crate::simulation::journal::{Category, Charge};
use crate::world::World;

/// What a strategy costs: nominal cash, before tax, in the reporting currency.
/// Depreciation is never cash; remaining book value stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Present value at the start: every line discounted from the date it is paid
    /// by (1 + rate)^-years, years of 365.25 days.
    pub npv: Money,
    /// Sum of all lines of the ledger.
    pub total: Money,
    /// The total by heading, in the order of [`Category::ALL`].
    pub by_category: [Money; 12],
    /// The total by who is paid, in the order of [`Payees::names`].
    pub by_provider: Vec<Money>,
    /// The total by calendar year that the lines are charged for, from the year of
    /// the start. What is owed after the horizon stands in its last year.
    pub by_year: Vec<Money>,
    /// Running cost.
    pub opex: Money,
    /// What is bought and owned.
    pub capex: Money,
    /// Money back, zero or negative; with `opex` and `capex` it makes the total.
    pub credits: Money,
    /// Book value that remained when assets were given up; not cash, not in the total.
    pub write_off: Money,
    /// What owned hosts are still worth in the books at the end of the horizon; not
    /// cash, not in the total. Hosts in place at the start count where their book value
    /// is stated.
    pub book_value: Money,
    /// Nominal cost of the months up to and including each; the last is the total.
    pub cumulative: Vec<Money>,
    /// Present value of the months up to and including each; the last is `npv`.
    pub cumulative_npv: Vec<Money>,
}

impl Cost {
    pub(super) fn figures(&self, world: &World, figures: &mut Vec<(String, Score)>) {
        let mut add =
            |name: String, amount: Money| figures.push((format!("cost.{name}"), Score::Money(amount)));
        add("npv".into(), self.npv);
        add("total".into(), self.total);
        for (category, amount) in Category::ALL.iter().zip(self.by_category) {
            add(format!("by_category.{}", category.key()), amount);
        }
        for (payee, amount) in Payees::of(world).names().zip(&self.by_provider) {
            add(format!("by_provider.{payee}"), *amount);
        }
        let first_year = first_year(&world.calendar);
        for (year, amount) in (first_year..).zip(&self.by_year) {
            add(format!("by_year.{year}"), *amount);
        }
        add("opex".into(), self.opex);
        add("capex".into(), self.capex);
        add("credits".into(), self.credits);
        add("write_off".into(), self.write_off);
        add("book_value".into(), self.book_value);
    }
}

/// The fold that makes a [`Cost`].
#[derive(Clone, Debug)]
pub(super) struct CostFold {
    payees: Payees,
    discount: Discount,
    by_category: [Money; 12],
    by_payee: Vec<Money>,
    by_month: Vec<Money>,
    npv_by_month: Vec<Money>,
    by_nature: [Money; 3],
    write_off: Money,
    book_value: Money,
}

impl CostFold {
    pub(super) fn new(world: &World, discount_rate: f64) -> Self {
        let payees = Payees::of(world);
        // A horizon without a month still has a place for what is charged in it.
        let months = world.calendar.months().max(1);
        Self {
            by_payee: vec![Money::ZERO; payees.len()],
            payees,
            discount: Discount::at_rate(discount_rate),
            by_category: [Money::ZERO; 12],
            by_month: vec![Money::ZERO; months],
            npv_by_month: vec![Money::ZERO; months],
            by_nature: [Money::ZERO; 3],
            write_off: Money::ZERO,
            book_value: Money::ZERO,
        }
    }

    pub(super) fn charge(&mut self, world: &World, charge: &Charge) {
        let month = (charge.month as usize).min(self.by_month.len() - 1);
        self.by_month[month] += charge.amount;
        self.npv_by_month[month] += self.discount.apply(&world.calendar, charge.paid_at, charge.amount);
        self.by_category[charge.category as usize] += charge.amount;
        self.by_payee[self.payees.place_of(world, charge)] += charge.amount;
        self.by_nature[charge.nature as usize] += charge.amount;
    }

    pub(super) fn write_off(&mut self, amount: Money) {
        self.write_off += amount;
    }

    pub(super) fn book_value(&mut self, amount: Money) {
        self.book_value += amount;
    }

    pub(super) fn finish(self, world: &World) -> Cost {
        let calendar = &world.calendar;
        let first_year = first_year(calendar);
        let mut by_year = Vec::new();
        for (month, amount) in self.by_month.iter().enumerate() {
            let place = usize::try_from(calendar.date(calendar.month_start(month)).year() - first_year)
                .expect("no month of the horizon is before its start");
            by_year.resize(by_year.len().max(place + 1), Money::ZERO);
            by_year[place] += *amount;
        }
        let [opex, capex, credits] = self.by_nature;
        Cost {
            npv: self.npv_by_month.iter().copied().sum(),
            total: self.by_month.iter().copied().sum(),
            by_category: self.by_category,
            by_provider: self.by_payee,
            by_year,
            opex,
            capex,
            credits,
            write_off: self.write_off,
            book_value: self.book_value,
            cumulative: running_sum(&self.by_month),
            cumulative_npv: running_sum(&self.npv_by_month),
        }
    }
}

/// Discounting from the date of payment to the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Discount {
    rate: f64,
    /// The last date asked for and its factor: lines come in batches of one date.
    last: (SimTime, f64),
}

impl Discount {
    pub(super) fn at_rate(rate: f64) -> Self {
        Self { rate, last: (SimTime::START, 1.0) }
    }

    /// The present value of `amount` paid at `paid_at`, to the nearest micro-unit;
    /// each line is rounded by itself, so that the sum does not depend on their order.
    pub(super) fn apply(&mut self, calendar: &Calendar, paid_at: SimTime, amount: Money) -> Money {
        if paid_at != self.last.0 {
            self.last = (paid_at, libm::pow(1.0 + self.rate, -calendar.years(paid_at)));
        }
        Money::from_micros(nearest(amount.micros() as f64 * self.last.1))
    }
}

/// The nearest whole number, halves away from zero: `libm::round`, by way of an integer.
#[inline]
fn nearest(number: f64) -> i64 {
    let towards_zero = number as i64;
    let rest = number - towards_zero as f64;
    towards_zero.saturating_add(i64::from(rest >= 0.5)).saturating_sub(i64::from(rest <= -0.5))
}

fn first_year(calendar: &Calendar) -> i16 {
    calendar.start().year()
}

fn running_sum(amounts: &[Money]) -> Vec<Money> {
    let mut sum = Money::ZERO;
    amounts
        .iter()
        .map(|amount| {
            sum += *amount;
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::scoring::fixture::{charge, euros, first};
    use crate::simulation::journal::{Meter, Nature};
    use crate::world::{SiteId, fixture};
    use proptest::prelude::*;

    fn cost(charges: &[Charge]) -> Cost {
        let world = fixture::world();
        let mut fold = CostFold::new(&world, 0.07);
        charges.iter().for_each(|charge| fold.charge(&world, charge));
        fold.finish(&world)
    }

    #[test]
    fn places_in_tables_follow_the_order_of_the_headings_and_natures() {
        let places: Vec<usize> = Category::ALL.iter().map(|category| *category as usize).collect();
        assert_eq!(places, (0..12).collect::<Vec<_>>());
        assert_eq!([Nature::Opex as usize, Nature::Capex as usize, Nature::Credit as usize], [0, 1, 2]);
    }

    #[test]
    fn a_line_paid_a_year_later_is_discounted_by_a_year() {
        let world = fixture::world();
        let year = SimTime::START + crate::base::units::Span::from_hours(8_766); // 365.25 days
        let late = Charge { paid_at: year, month: 11, ..charge(107.0) };
        let cost = cost(&[charge(50.0), late]);
        assert_eq!((cost.npv, cost.total), (euros(150.0), euros(157.0)));
        assert_eq!(cost.cumulative[10..], [euros(50.0), euros(157.0)]);
        assert_eq!(cost.cumulative_npv[10..], [euros(50.0), euros(150.0)]);
        assert_eq!(cost.cumulative.len(), world.calendar.months());
    }

    #[test]
    fn what_is_in_the_books_stands_beside_the_cost_and_never_in_it() {
        let world = fixture::world();
        let mut fold = CostFold::new(&world, 0.07);
        fold.charge(&world, &charge(50.0));
        fold.book_value(euros(20.0));
        fold.book_value(euros(5.0));
        let cost = fold.finish(&world);
        assert_eq!((cost.total, cost.npv, cost.book_value), (euros(50.0), euros(50.0), euros(25.0)));
        let mut figures = Vec::new();
        cost.figures(&world, &mut figures);
        assert!(figures.contains(&("cost.book_value".to_owned(), Score::Money(euros(25.0)))));
    }

    #[test]
    fn the_nearest_whole_number_is_that_of_the_library() {
        let edges =
            [0.0, 0.5, 1.5, 0.499_999_999_999_999_94, 4_503_599_627_370_495.5, 9.3e15, 1e18, 1e30, f64::NAN];
        for number in edges.into_iter().flat_map(|edge| [edge, -edge]) {
            assert_eq!(nearest(number), libm::round(number) as i64, "{number}");
        }
    }

    #[test]
    fn what_is_owed_after_the_horizon_is_charged_in_its_last_month() {
        let owed = Charge { month: 400, paid_at: SimTime::NEVER, ..charge(10.0) };
        let cost = cost(&[owed]);
        assert_eq!(
            (cost.total, cost.npv, cost.by_year.clone()),
            (euros(10.0), Money::ZERO, vec![euros(10.0)])
        );
    }

    #[test]
    fn headings_payees_and_natures_split_the_total() {
        let world = fixture::world();
        let azure = world.sites.find(|site| site.name == "azure");
        let hosts = Meter::HostHours(first(&world.offers));
        let cost = cost(&[
            charge(100.0),
            Charge { meter: hosts, category: Category::Compute, site: azure, ..charge(30.0) },
            Charge { category: Category::Hardware, nature: Nature::Capex, ..charge(7.5) },
            Charge { category: Category::ServiceLevels, nature: Nature::Credit, site: azure, ..charge(-3.0) },
        ]);
        assert_eq!((cost.opex, cost.capex, cost.credits), (euros(130.0), euros(7.5), euros(-3.0)));
        assert_eq!(cost.by_provider[..2], [euros(107.5), euros(27.0)]);
        assert_eq!(cost.by_category[Category::Compute as usize], euros(30.0));
        let mut figures = Vec::new();
        cost.figures(&world, &mut figures);
        let figure = |name: &str| figures.iter().find(|(found, _)| found == name).map(|(_, score)| *score);
        assert_eq!(figure("cost.by_year.2027"), Some(Score::Money(euros(134.5))));
        assert_eq!(figure("cost.by_category.service_levels"), Some(Score::Money(euros(-3.0))));
        assert_eq!(figure("cost.by_provider.azure"), Some(Score::Money(euros(27.0))));
    }

    fn any_charge() -> impl Strategy<Value = Charge> {
        let nature = prop_oneof![Just(Nature::Opex), Just(Nature::Capex), Just(Nature::Credit)];
        (
            -10_i64.pow(12)..10_i64.pow(12),
            0..12_usize,
            proptest::option::of(0..4_usize),
            0..14_u32,
            nature,
            0..u64::MAX / 4,
        )
            .prop_map(|(micros, category, site, month, nature, ns)| Charge {
                amount: Money::from_micros(micros),
                category: Category::ALL[category],
                site: site.map(SiteId::from_index),
                month,
                nature,
                paid_at: SimTime::from_ns(ns),
                ..charge(0.0)
            })
    }

    proptest! {
        #[test]
        fn every_breakdown_adds_up_to_the_total(charges in proptest::collection::vec(any_charge(), 0..60)) {
            let cost = cost(&charges);
            let total: Money = charges.iter().map(|charge| charge.amount).sum();
            let sum = |parts: &[Money]| parts.iter().copied().sum::<Money>();
            prop_assert_eq!(cost.total, total);
            prop_assert_eq!(sum(&cost.by_category), total);
            prop_assert_eq!(sum(&cost.by_provider), total);
            prop_assert_eq!(sum(&cost.by_year), total);
            prop_assert_eq!(cost.opex + cost.capex + cost.credits, total);
            prop_assert_eq!(cost.cumulative.last().copied(), Some(total));
            prop_assert_eq!(cost.cumulative_npv.last().copied(), Some(cost.npv));
        }

        #[test]
        fn the_order_of_the_lines_changes_nothing(charges in proptest::collection::vec(any_charge(), 0..60)) {
            let reversed: Vec<_> = charges.iter().rev().copied().collect();
            prop_assert_eq!(cost(&charges), cost(&reversed));
        }
    }
}
