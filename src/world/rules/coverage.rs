//! What a commitment buys, what it covers, and what its price falls on.
//!
//! Reservations, savings plans, committed use and node terms differ in their figures,
//! not in their rule: a quantity by the hour is paid for a term, used or not, and what
//! of it is used is not charged by the hour (FOCUS 1.2, commitment discounts; Azure
//! reservations and AWS savings plans both lose what an hour leaves unused).

use crate::base::units::{Money, Price, Quantity, Span};
use crate::world::{Committed, FigureId, Figures, Multiple, World};

/// The part of a host's price by the hour that a commitment takes its discount off, from
/// 0 to 1: all of it but for a fee that is paid beside the host's own price, such as that
/// of Amazon EVS for each host, which no reservation of the host covers.
pub fn discounted_part(world: &World, figures: &Figures, host: FigureId) -> f64 {
    let Some(formula) = world.formulas.iter().find(|formula| formula.figure == host) else { return 1.0 };
    let value = |part: &Multiple| part.times * figures.in_reporting_currency(part.figure);
    let whole: f64 = formula.sum.iter().map(value).sum();
    match formula.sum.as_slice() {
        [price, _, ..] if whole > 0.0 => value(price) / whole,
        _ => 1.0,
    }
}

/// The price of one unit under a commitment: list × (1 - discount), in the currency of
/// the list price. The list price is that of the day of purchase.
pub fn committed_price(list: Price, discount: f64) -> Price {
    Price::from_f64(list.as_f64() * (1.0 - discount))
}

/// How much is bought for each hour, in the unit in which `running` counts: so many
/// hosts, or a share of what runs on the day of purchase, rounded down.
pub fn committed_units(quantity: Committed, running: u64) -> u64 {
    match quantity {
        Committed::Hosts(hosts) => u64::from(hosts),
        // Both factors are exact in a double up to 2^53 units; a share has few digits,
        // so that 80 % of 10 is 8 and not 7.
        Committed::ShareOfUse(share) => libm::floor(running as f64 * share + 1e-9) as u64,
    }
}

/// Of `running` units, how many each of several commitments covers: the first as far as
/// it goes, then the next.
pub fn covered(running: u64, committed: impl IntoIterator<Item = u64>) -> impl Iterator<Item = u64> {
    committed.into_iter().scan(running, |left, units| {
        let covered = units.min(*left);
        *left -= covered;
        Some(covered)
    })
}

/// Hosts or other units held for a time: units × hours, to the nearest millionth.
///
/// `nano_units` are billionths of a unit.
pub fn units_over(nano_units: u64, time: Span) -> Quantity {
    const PER_MICRO_UNIT_HOUR: u128 = 3_600_000_000_000 * 1_000;
    let area = u128::from(nano_units) * u128::from(time.as_ns());
    let micros = (area + PER_MICRO_UNIT_HOUR / 2) / PER_MICRO_UNIT_HOUR;
    Quantity::from_micros(i64::try_from(micros).expect("a term's quantity stays below 9e12 units"))
}

/// What of an amount paid at once has fallen on `passed` of a `term`, by time: all of it
/// at the end.
pub fn elapsed_part(paid: Money, passed: Span, term: Span) -> Money {
    let (passed, term) = (i128::from(passed.as_ns().min(term.as_ns())), i128::from(term.as_ns().max(1)));
    let part = (i128::from(paid.micros()) * passed + term / 2) / term;
    Money::from_micros(i64::try_from(part).expect("a part is not more than the whole"))
}

/// An amount split by weights: the parts add up to it, to the micro-unit. Nothing is
/// split where no weight is above zero: all falls on the last.
pub fn split(amount: Money, weights: &[f64]) -> Vec<Money> {
    let whole: f64 = weights.iter().sum();
    let Some(last) = weights.len().checked_sub(1) else { return Vec::new() };
    let (mut sum, mut given) = (0.0, 0);
    let parts = weights.iter().enumerate().map(|(place, weight)| {
        sum += weight;
        let until = if place == last {
            amount.micros()
        } else if whole > 0.0 {
            libm::round(amount.micros() as f64 * (sum / whole)) as i64
        } else {
            0
        };
        let part = Money::from_micros(until - given);
        given = until;
        part
    });
    parts.collect()
}

/// The price for leaving a commitment early, for each unit that was still owed: a share
/// of what it would have cost.
pub fn early_exit_price(price: Price, share: f64) -> Price {
    Price::from_f64(price.as_f64() * share)
}

/// Whether a commitment is owed to its end whatever becomes of what it covers: where
/// leaving it costs all of it.
pub fn is_owed_to_its_end(early_exit: f64) -> bool {
    early_exit >= 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::Distribution;
    use crate::world::{Figure, Formula, fixture};
    use proptest::prelude::*;

    #[test]
    fn a_three_year_term_of_google_takes_its_discount_off_the_list_price() {
        // Google Cloud VMware Engine, three years, paid monthly: 42.5 % off
        // (cloud.google.com/vmware-engine/docs/cud): a node at 8 USD an hour costs 4.60.
        assert_eq!(committed_price(Price::from_f64(8.0), 0.425).to_string(), "4.6");
    }

    #[test]
    fn a_fee_beside_the_price_of_a_host_is_not_discounted() {
        let mut world = fixture::world();
        let named = |world: &World, name: &str| world.figures.find(|figure| figure.name == name);
        // A host at 6 EUR and a fee of 2 EUR beside it: three quarters are discounted.
        let host = named(&world, "azure.host").expect("it is there");
        let fee = Figure {
            name: "fee".into(),
            quantile: Distribution::Fixed(2.0).tabulate().expect("a fixed value"),
            ..world.figures[host].clone()
        };
        let fee = world.figures.push(fee);
        let both = world.figures.push(Figure { name: "both".into(), ..world.figures[host].clone() });
        let sum = vec![Multiple::once(host), Multiple::once(fee)];
        world.formulas.push(Formula { figure: both, sum, shares: Vec::new() });
        let figures = Figures::at_mode(&world);
        let part = |figure| discounted_part(&world, &figures, figure);
        assert_eq!((part(host), part(both)), (1.0, 0.75));
    }

    #[test]
    fn a_share_of_use_is_rounded_down_to_whole_hosts() {
        assert_eq!(committed_units(Committed::ShareOfUse(0.8), 10), 8);
        assert_eq!(committed_units(Committed::ShareOfUse(0.8), 9), 7);
        assert_eq!(committed_units(Committed::ShareOfUse(0.8), 0), 0);
        assert_eq!(committed_units(Committed::Hosts(4), 0), 4, "whether anything runs or not");
    }

    #[test]
    fn what_runs_is_covered_by_the_first_commitment_and_then_by_the_next() {
        let covered = |running| covered(running, [4, 3]).collect::<Vec<_>>();
        assert_eq!(
            (covered(0), covered(3), covered(6), covered(9)),
            (vec![0, 0], vec![3, 0], vec![4, 2], vec![4, 3])
        );
    }

    #[test]
    fn hosts_over_a_time_are_host_hours() {
        // Eight hosts for the 30 days of September: 5,760 host-hours.
        assert_eq!(units_over(8_000_000_000, Span::from_days(30)), Quantity::from_units(5_760));
        // A third of a host for an hour, to the nearest millionth.
        assert_eq!(units_over(333_333_333, Span::from_hours(1)), Quantity::from_micros(333_333));
    }

    #[test]
    fn what_is_paid_at_once_falls_on_its_term_by_time() {
        let paid = Money::from_micros(1_000_000);
        let part = |days| elapsed_part(paid, Span::from_days(days), Span::from_days(300)).micros();
        assert_eq!((part(0), part(100), part(300), part(400)), (0, 333_333, 1_000_000, 1_000_000));
    }

    #[test]
    fn leaving_costs_a_share_of_what_is_owed() {
        // Where 12 % was agreed, 3.50 that was still owed costs 0.42.
        assert_eq!(early_exit_price(Price::from_f64(3.5), 0.12).to_string(), "0.42");
        assert!(is_owed_to_its_end(1.0) && !is_owed_to_its_end(0.12));
    }

    proptest! {
        #[test]
        fn the_parts_of_an_amount_add_up_to_it(
            micros in 0_i64..10_i64.pow(15),
            weights in proptest::collection::vec(0.0..1e9_f64, 1..20),
        ) {
            let parts = split(Money::from_micros(micros), &weights);
            prop_assert_eq!(parts.iter().copied().sum::<Money>(), Money::from_micros(micros));
            prop_assert!(parts.iter().all(|part| *part >= Money::ZERO));
        }
    }
}
