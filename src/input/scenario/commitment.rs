//! Commitments: what a strategy buys for a term, used or not.

use jiff::civil::Date;

use super::timeline::OfferPath;
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{Figure, Located};
use crate::base::units::{Period, Share, TimeUnit};
use crate::world;

crate::record! {
    /// Something bought for a term, used or not: a reservation, a savings plan, a term of nodes. Exactly one of `hosts` and `coverage` says how much.
    pub struct Commitment as "a commitment" {
        /// What it covers: `site/offer`, or the site where it sells one thing.
        pub offer: OfferPath,
        /// How long it lasts, in whole months or years.
        pub term: Located<Period>,
        /// So many hosts or nodes.
        pub hosts: Option<Located<u32>>,
        /// So much of what runs there on the day on which it is bought: hosts, rounded down, or the spend of a menu of sizes by the hour.
        pub coverage: Option<Located<Share>>,
        /// The day on which it is bought; the first one when left out.
        pub from: Option<Located<Date>>,
        /// What is taken off the price by the hour; the catalogue's for this term when left out.
        pub discount: Option<Figure<Share>>,
        /// When it is paid; as the catalogue sells this term when left out.
        pub payment: Option<CommitmentPayment>,
        /// What leaving it early costs of what is still owed; all of it when left out.
        pub early_exit: Option<Figure<Share>>,
        /// Whether it is bought again when it ends.
        pub renews: bool = "false",
    }
}

crate::choices! {
    /// When a commitment is paid.
    pub enum CommitmentPayment as "when a commitment is paid" {
        /// At the end of each month.
        Monthly = "monthly",
        /// On the day on which it is bought.
        Upfront = "upfront",
    }
}

/// The longest term: ten years.
const LONGEST_MONTHS: u32 = 120;

impl CommitmentPayment {
    /// The payment in the world.
    pub const fn payment(self) -> world::Payment {
        match self {
            Self::Monthly => world::Payment::Monthly,
            Self::Upfront => world::Payment::Upfront,
        }
    }
}

impl Commitment {
    /// Its term in months; none when it is not one of whole months up to ten years.
    pub fn months(&self) -> Option<u32> {
        whole_months(self.term.value)
    }

    /// How much is bought is said once, and of a term that makes sense.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        let expected = "Expected exactly one of `hosts: 8` and `coverage: 80 %`.";
        match (&self.hosts, &self.coverage) {
            (None, None) => diagnostics.push(
                Diagnostic::error(self.spot, "This commitment does not say how much is bought")
                    .note(expected),
            ),
            (Some(hosts), Some(coverage)) => diagnostics.push(
                Diagnostic::error(coverage.spot, "`hosts` and `coverage` cannot stand together")
                    .related(hosts.spot, "the first one")
                    .note(expected),
            ),
            (Some(hosts), None) if hosts.value == 0 => {
                diagnostics.push(
                    Diagnostic::error(hosts.spot, "A commitment to no hosts buys nothing").note(expected),
                );
            }
            _ => {}
        }
        if self.months().is_none() {
            diagnostics.push(
                Diagnostic::error(
                    self.term.spot,
                    format!("`{}` is no term of a commitment", self.term.value),
                )
                .note("Terms are whole months or years up to ten years, such as `1 year` or `36 months`."),
            );
        }
    }
}

/// A period in months; none when it is not one of whole months up to ten years.
pub fn whole_months(period: Period) -> Option<u32> {
    let months = match period.unit {
        TimeUnit::Year => period.count * 12.0,
        TimeUnit::Month => period.count,
        _ => return None,
    };
    let whole = libm::trunc(months) == months && (1.0..=f64::from(LONGEST_MONTHS)).contains(&months);
    whole.then_some(months as u32)
}
