//! What a contract's renewal costs per core-year.

use crate::base::units::Price;
use crate::world::{Contract, Figures, Renewal};

/// When cores are ordered, against the end of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// By the end of the contract.
    InTime,
    /// After it: a late surcharge may apply.
    Late,
}

/// The price of one core-year, in the currency of the renewal's list price:
/// list × (1 - discount), and × (1 + surcharge) when it is ordered late (VMware:
/// 20 %, redresscompliance 2026-06).
pub fn renewal_price(figures: &Figures, renewal: &Renewal, ordered: Ordered) -> Price {
    Price::from_f64(figures.value(renewal.price) * factor(figures, renewal, ordered))
}

/// The renewal's price per core-year over the old contract's, both in the
/// reporting currency. Infinite when the old price was zero.
pub fn price_multiple(figures: &Figures, contract: &Contract, ordered: Ordered) -> f64 {
    let renewal = &contract.renewal;
    figures.in_reporting_currency(renewal.price) * factor(figures, renewal, ordered)
        / figures.in_reporting_currency(contract.price)
}

fn factor(figures: &Figures, renewal: &Renewal, ordered: Ordered) -> f64 {
    let surcharge = match ordered {
        Ordered::InTime => 0.0,
        Ordered::Late => renewal.late_surcharge.map_or(0.0, |surcharge| figures.value(surcharge)),
    };
    (1.0 - figures.value(renewal.discount)) * (1.0 + surcharge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Figures, fixture};

    #[test]
    fn a_renewal_is_the_list_price_less_the_discount_and_late_a_fifth_more() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let contract = world.contracts.iter().next().expect("the fixture has a contract");
        // 350 USD less 30 % is 245 USD; late 294 USD.
        let price = |ordered| renewal_price(&figures, &contract.renewal, ordered).to_string();
        assert_eq!((price(Ordered::InTime).as_str(), price(Ordered::Late).as_str()), ("245", "294"));
        // 245 USD at 0.8 EUR is 196 EUR, against 49 EUR before: four times.
        assert!((price_multiple(&figures, contract, Ordered::InTime) - 4.0).abs() < 1e-12, "rounding only");
    }
}
