//! What an exit rehearsal costs: a fold over the fork's journal.

use crate::base::units::{Money, SimTime};
use crate::simulation::journal::{Category, Charge, Entry, Meter, Receiver};

const DAYS_PER_YEAR: f64 = 365.25;

/// Adds up what an evacuation itself causes: work on moves, data taken out, double
/// running, downtime, and commitments that nobody needs any more. What the estate
/// goes on costing, there or elsewhere, is not counted; a bridge bought on the way
/// is such a cost until everything has left, and stranded from then on. Amounts are
/// discounted to the date of the exit.
#[derive(Clone, Debug)]
pub struct ExitLedger {
    began: SimTime,
    discount_rate: f64,
    counting: bool,
    cost: Money,
}

impl ExitLedger {
    /// The ledger of an exit that begins at `began`; `discount_rate` is a share a
    /// year.
    pub fn new(began: SimTime, discount_rate: f64) -> Self {
        Self { began, discount_rate, counting: false, cost: Money::ZERO }
    }

    /// What the exit cost.
    pub fn cost(&self) -> Money {
        self.cost
    }

    fn is_caused(charge: &Charge) -> bool {
        matches!(charge.category, Category::Migration | Category::DoubleRunning | Category::Downtime)
            || matches!(charge.meter, Meter::RemainingCommitment(_))
    }
}

impl Receiver for ExitLedger {
    fn receive(&mut self, _: SimTime, entry: &Entry) {
        match entry {
            Entry::ExitBegins => self.counting = true,
            Entry::Charge(charge) if self.counting && Self::is_caused(charge) => {
                let years = charge.paid_at.since(self.began).as_days() / DAYS_PER_YEAR;
                let factor = libm::pow(1.0 + self.discount_rate, -years);
                let discounted = libm::round(charge.amount.micros() as f64 * factor) as i64;
                self.cost += Money::from_micros(discounted);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::base::units::{Price, Quantity, Span};
    use crate::simulation::journal::Nature;
    use crate::world::{ContractId, FigureId};

    fn charge(category: Category, euros: i64, paid_at: SimTime) -> Entry {
        Entry::Charge(Charge {
            meter: Meter::MoveWork,
            category,
            site: None,
            application: None,
            month: 0,
            quantity: Quantity::from_units(1),
            unit_price: Price::from_picos(0),
            rate: Price::ONE,
            figure: FigureId::from_index(0),
            amount: Money::from_micros(euros * 1_000_000),
            paid_at,
            nature: Nature::Opex,
            crossing: None,
        })
    }

    #[test]
    fn only_what_the_exit_causes_counts_and_it_is_discounted_to_its_date() {
        let began = SimTime::START + Span::from_days(1_000);
        let year_later = began + Span::from_days(1_461);
        let mut ledger = ExitLedger::new(began, 0.10);
        ledger.receive(began, &charge(Category::Migration, 5, began));
        ledger.receive(began, &Entry::ExitBegins);
        ledger.receive(began, &charge(Category::Migration, 100, began));
        ledger.receive(began, &charge(Category::Compute, 1_000, began));
        // A bridge until everything has left is what running there costs.
        let Entry::Charge(bridge) = charge(Category::Licences, 1_000, began) else {
            unreachable!("a charge")
        };
        let bridge = Charge { meter: Meter::Bridge(ContractId::from_index(0)), ..bridge };
        ledger.receive(began, &Entry::Charge(bridge));
        // Four years of 365.25 days: 200 / 1.1^4 = 136.602691.
        ledger.receive(began, &charge(Category::DoubleRunning, 200, year_later));
        assert_eq!(ledger.cost().to_string(), "236.602691");
    }
}
