//! Commitments in words and numbers.

use super::sources::money;
use super::tables::plural;
use crate::base::units::Money;
use crate::report::data_table::DataTable;
use crate::report::money::{Typography, number, percent};
use crate::report::reading::Reading;
use crate::simulation::journal::Bought;
use crate::world::{CommitmentId, Payment, World};

const FINE: Typography = Typography::Fine;

/// What was bought for a term, and how much of it was used; none where no strategy buys
/// anything so.
pub(super) fn commitments(reading: &Reading<'_>) -> Option<DataTable> {
    if reading.world.commitments.is_empty() {
        return None;
    }
    let header = ["Strategy", "Paid", "Coverage", "Used", "Not used", "Saved against the hour"];
    let caption = "What was bought for a term: means over the replications, what is owed after the horizon included \
                   in what is paid.";
    let mut table = DataTable::new(caption, header).columns_defined([
        "",
        "commitments.paid",
        "commitments.coverage",
        "commitments.used_share",
        "commitments.unused",
        "commitments.saved",
    ]);
    let buys =
        |strategy: &&crate::report::reading::StrategyReading<'_>| !strategy.strategy.commitments.is_empty();
    for strategy in reading.strategies.iter().filter(buys) {
        let share = |name: &str| {
            let share = strategy.forecast(&format!("commitments.{name}"));
            share.map_or_else(|| "–".to_owned(), |share| percent(share.mean, FINE))
        };
        let amount = |name: &str| money(reading, strategy.mean(&format!("commitments.{name}")));
        table.rows.push(vec![
            strategy.strategy.label.clone(),
            amount("paid"),
            share("coverage"),
            share("used_share"),
            amount("unused"),
            amount("saved"),
        ]);
    }
    Some(table)
}

/// A purchase in words.
pub(super) fn committed(world: &World, commitment: CommitmentId, bought: Bought) -> String {
    let terms = &world.commitments[commitment];
    let (name, offer) = (&terms.name, &world.offers[terms.offer].name);
    let bought = match bought {
        Bought::Hosts(0) | Bought::SpendPerHour(Money::ZERO) => {
            return format!("{name}: nothing was bought, because nothing ran at {offer} on that day.");
        }
        Bought::Hosts(hosts) => plural(hosts, "host"),
        Bought::SpendPerHour(spend) => {
            format!("{} {}/h at list prices", number(spend.as_f64(), 2, FINE), world.currency)
        }
    };
    let payment = match terms.payment {
        Payment::Monthly => "paid monthly",
        Payment::Upfront => "paid at once",
    };
    format!("{name}: {bought} of {offer} bought for {}, {payment}.", plural(terms.months, "month"))
}
