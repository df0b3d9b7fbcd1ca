//! What an exit rehearsal costs: a fold over the fork's journal.

use crate::base::units::{Money, SimTime};
use crate::simulation::journal::{Category, Charge, Entry, Meter, Receiver, Waived};

const DAYS_PER_YEAR: f64 = 365.25;

/// The parts of an exit's cost. They add up to the whole: each line of the ledger belongs
/// to one, or to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// Data taken out.
    Egress,
    /// Work on what differs between platforms, and on what applications lean on.
    Conversion,
    /// All other work on the moves.
    MoveWork,
    /// Source and destination both paid: hosts and disks kept, copies that wait.
    DoubleRunning,
    /// Data that applications exchange across, because one has left and the other has not.
    ParallelUse,
    /// The business cost of downtime.
    Downtime,
    /// Terms paid, or owed, for time after everything has left.
    Stranded,
    /// What leaving a commitment early costs.
    EarlyExit,
}

impl Component {
    /// All parts in the order of the report.
    pub const ALL: [Self; 8] = [
        Self::Egress,
        Self::Conversion,
        Self::MoveWork,
        Self::DoubleRunning,
        Self::ParallelUse,
        Self::Downtime,
        Self::Stranded,
        Self::EarlyExit,
    ];

    /// Its key in result files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Egress => "egress",
            Self::Conversion => "conversion",
            Self::MoveWork => "move_work",
            Self::DoubleRunning => "double_running",
            Self::ParallelUse => "parallel_use",
            Self::Downtime => "downtime",
            Self::Stranded => "stranded",
            Self::EarlyExit => "early_exit",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Egress => "Data taken out",
            Self::Conversion => "Conversion",
            Self::MoveWork => "Other work on moves",
            Self::DoubleRunning => "Double running",
            Self::ParallelUse => "Data between both, meanwhile",
            Self::Downtime => "Downtime",
            Self::Stranded => "Stranded terms",
            Self::EarlyExit => "Early-exit fees",
        }
    }

    /// The part that a line belongs to; none for what the estate goes on costing, there
    /// or elsewhere.
    pub fn of(charge: &Charge) -> Option<Self> {
        let is_data = matches!(charge.meter, Meter::Egress(_) | Meter::CircuitData(_));
        match (charge.meter, charge.category) {
            (Meter::EarlyExit(_), _) => Some(Self::EarlyExit),
            (Meter::RemainingCommitment(_) | Meter::RemainingService(..) | Meter::RemainingTerm(_), _) => {
                Some(Self::Stranded)
            }
            (_, Category::DoubleRunning) if is_data => Some(Self::ParallelUse),
            (_, Category::DoubleRunning) => Some(Self::DoubleRunning),
            (_, Category::Downtime) => Some(Self::Downtime),
            (_, Category::Migration) if is_data => Some(Self::Egress),
            (Meter::Conversion(_) | Meter::Replacement(_), Category::Migration) => Some(Self::Conversion),
            (_, Category::Migration) => Some(Self::MoveWork),
            _ => None,
        }
    }
}

/// An amount for each part of an exit's cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Components([Money; Component::ALL.len()]);

impl Components {
    /// The amount of a part.
    pub fn of(&self, component: Component) -> Money {
        self.0[component as usize]
    }

    /// Adds to a part.
    pub fn add(&mut self, component: Component, amount: Money) {
        self.0[component as usize] += amount;
    }

    /// All parts together.
    pub fn total(&self) -> Money {
        self.0.iter().copied().sum()
    }
}

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
    components: Components,
    waived: Vec<Waived>,
    written_off: Money,
}

impl ExitLedger {
    /// The ledger of an exit that begins at `began`; `discount_rate` is a share a
    /// year.
    pub fn new(began: SimTime, discount_rate: f64) -> Self {
        Self {
            began,
            discount_rate,
            counting: false,
            components: Components::default(),
            waived: Vec::new(),
            written_off: Money::ZERO,
        }
    }

    /// What the exit cost.
    pub fn cost(&self) -> Money {
        self.components.total()
    }

    /// The same, part by part.
    pub fn components(&self) -> Components {
        self.components
    }

    /// What a rule let go freely: one entry for each rule and site, nominal.
    pub fn waived(&self) -> &[Waived] {
        &self.waived
    }

    /// Book value of hosts that were given up: paid long ago, so it stands beside the cost.
    pub fn written_off(&self) -> Money {
        self.written_off
    }

    fn charge(&mut self, charge: &Charge) {
        let Some(component) = Component::of(charge) else { return };
        let years = charge.paid_at.since(self.began).as_days() / DAYS_PER_YEAR;
        let factor = libm::pow(1.0 + self.discount_rate, -years);
        let discounted = libm::round(charge.amount.micros() as f64 * factor) as i64;
        self.components.add(component, Money::from_micros(discounted));
    }

    fn waive(&mut self, waived: Waived) {
        let same = |known: &&mut Waived| (known.rule, known.site) == (waived.rule, waived.site);
        match self.waived.iter_mut().find(same) {
            Some(known) => {
                known.quantity = crate::base::units::Quantity::from_micros(
                    known.quantity.micros() + waived.quantity.micros(),
                );
                known.amount += waived.amount;
            }
            None => self.waived.push(waived),
        }
    }
}

impl Receiver for ExitLedger {
    fn receive(&mut self, _: SimTime, entry: &Entry) {
        match entry {
            Entry::ExitBegins => self.counting = true,
            Entry::Charge(charge) if self.counting => self.charge(charge),
            Entry::Waived(waived) if self.counting => self.waive(*waived),
            Entry::WriteOff { amount, .. } if self.counting => self.written_off += *amount,
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
