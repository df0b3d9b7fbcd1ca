//! What one row of the ledger says: of a charge, or of what a commitment covered.

use std::collections::HashMap;

use crate::base::units::{Money, Price, Quantity, SimTime};
use crate::report::meter_text::focus_charge_category;
use crate::simulation::journal::{Category, Charge, CommitmentUse, Covered, Entry, Meter, Nature};
use crate::world::{ApplicationId, CommitmentId, FigureId, Figures, Payment, SiteId, World};

/// A row of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub meter: Meter,
    pub category: Category,
    pub site: Option<SiteId>,
    pub application: Option<ApplicationId>,
    pub month: u32,
    pub figure: FigureId,
    pub nature: Nature,
    /// Usage, Purchase or Credit, in the words of FOCUS.
    pub focus_category: &'static str,
    pub quantity: Quantity,
    /// Whether anybody used what the quantity counts.
    pub consumed: bool,
    /// What one unit costs without a commitment, in the currency of the figure.
    pub contracted_price: Price,
    /// What one unit costs without anything negotiated.
    pub list_price: Price,
    pub rate: Price,
    pub list: Money,
    pub contracted: Money,
    pub effective: Money,
    pub billed: Money,
    /// The effective cost in the currency of the figure.
    pub effective_in_pricing_currency: Money,
    pub commitment: Option<Discounted>,
    /// None for what is paid by the commitment that covers it.
    pub paid_at: Option<SimTime>,
}

/// The part of a commitment in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Discounted {
    pub commitment: CommitmentId,
    /// None for its purchase.
    pub use_of: Option<CommitmentUse>,
}

/// Makes the rows of one strategy's ledger.
pub(super) struct Rows<'a> {
    world: &'a World,
    /// The figures of the path: what discounts were drawn.
    figures: &'a Figures,
    /// What is left of the list price after what was negotiated, by figure.
    negotiated: HashMap<FigureId, f64>,
}

impl<'a> Rows<'a> {
    pub fn new(world: &'a World, figures: &'a Figures) -> Self {
        // Looked up, never iterated.
        let negotiated = world
            .formulas
            .iter()
            .map(|formula| {
                let taken_off = formula.shares.iter().filter(|share| share.times < 0.0);
                let left = |left: f64, share: &crate::world::Multiple| {
                    left * (1.0 + share.times * figures.value(share.figure))
                };
                (formula.figure, taken_off.fold(1.0, left))
            })
            .collect();
        Self { world, figures, negotiated }
    }

    /// The row of an entry of the Journal; none where it is not about money.
    pub fn row(&self, entry: &Entry) -> Option<Row> {
        match entry {
            Entry::Charge(charge) => Some(self.charged(charge)),
            Entry::Covered(covered) => Some(self.covered(covered)),
            _ => None,
        }
    }

    fn charged(&self, charge: &Charge) -> Row {
        let list_price = self.list_price(charge.meter, charge.figure, charge.unit_price);
        let list = if list_price == charge.unit_price {
            charge.amount
        } else {
            list_price.charge(charge.quantity, charge.rate)
        };
        // What a commitment is paid for is the use it covers: its cost is there.
        let commitment = match charge.meter {
            Meter::Commitment(commitment) | Meter::RemainingTerm(commitment) => {
                Some(Discounted { commitment, use_of: None })
            }
            _ => None,
        };
        let focus_category = focus_charge_category(charge);
        let (effective, in_pricing_currency) = match commitment {
            Some(_) => (Money::ZERO, Money::ZERO),
            None => (charge.amount, charge.unit_price.charge(charge.quantity, Price::ONE)),
        };
        Row {
            meter: charge.meter,
            category: charge.category,
            site: charge.site,
            application: charge.application,
            month: charge.month,
            figure: charge.figure,
            nature: charge.nature,
            focus_category,
            quantity: charge.quantity,
            consumed: focus_category == "Usage",
            contracted_price: charge.unit_price,
            list_price,
            rate: charge.rate,
            list,
            contracted: charge.amount,
            effective,
            billed: charge.amount,
            effective_in_pricing_currency: in_pricing_currency,
            commitment,
            paid_at: Some(charge.paid_at),
        }
    }

    fn covered(&self, covered: &Covered) -> Row {
        let list_price = self.list_price(covered.meter, covered.figure, covered.list_price);
        let amount = |price: Price| price.charge(covered.quantity, covered.rate);
        let in_pricing_currency = if covered.rate == Price::ONE {
            covered.amount
        } else {
            let micros = covered.amount.micros() as f64 / covered.rate.as_f64();
            Money::from_micros(libm::round(micros) as i64)
        };
        Row {
            meter: covered.meter,
            category: Category::Compute,
            site: Some(covered.site),
            application: covered.application,
            month: covered.month,
            figure: covered.figure,
            nature: Nature::Opex,
            focus_category: "Usage",
            quantity: covered.quantity,
            consumed: covered.use_of == CommitmentUse::Used,
            contracted_price: covered.list_price,
            list_price,
            rate: covered.rate,
            list: amount(list_price),
            contracted: amount(covered.list_price),
            effective: covered.amount,
            billed: Money::ZERO,
            effective_in_pricing_currency: in_pricing_currency,
            commitment: Some(Discounted { commitment: covered.commitment, use_of: Some(covered.use_of) }),
            paid_at: None,
        }
    }

    /// The price before what the scenario says was negotiated: the discount of an offer
    /// or of a renewal.
    fn list_price(&self, meter: Meter, figure: FigureId, price: Price) -> Price {
        let left = match meter {
            Meter::Subscription(contract)
            | Meter::Bridge(contract)
            | Meter::RemainingCommitment(contract) => {
                let renewal = &self.world.contracts[contract].renewal;
                if figure == renewal.price { 1.0 - self.figures.value(renewal.discount) } else { 1.0 }
            }
            _ => self.negotiated.get(&figure).copied().unwrap_or(1.0),
        };
        // Of what costs nothing no list price is left.
        if left == 1.0 || left <= 0.0 { price } else { Price::from_f64(price.as_f64() / left) }
    }
}

impl Row {
    /// The term of a commitment that is paid on the day of purchase.
    pub fn term_paid_at_once(&self, world: &World) -> Option<(SimTime, SimTime)> {
        let Meter::Commitment(commitment) = self.meter else { return None };
        let (terms, from) = (&world.commitments[commitment], self.paid_at?);
        let calendar = &world.calendar;
        let until =
            calendar.date(from).checked_add(jiff::Span::new().months(i64::from(terms.months))).ok()?;
        (terms.payment == Payment::Upfront).then(|| (from, calendar.at(until)))
    }
}
