//! The section on leaving: each part of the cost, each party and date, the periods, and
//! who stays though the operator changes.

use crate::report::data_table::DataTable;
use crate::report::exit_words::{self, kept, length, verdicts, waived};
use crate::report::money::{MoneyScale, Typography, amount, number, percent, significant};
use crate::report::reading::{Reading, StrategyReading};
use crate::scoring::{Component, ExitOutcome, PartyExit, months};
use crate::world::PartyId;
use crate::world::rules::exit::kept_suppliers;

const FINE: Typography = Typography::Fine;

/// What each strategy's hardest exit is made of, means over the rehearsals.
pub(super) fn components(reading: &Reading<'_>) -> DataTable {
    let scale = MoneyScale::fitting(reading.largest("lock_in.exit_cost"), reading.world.currency);
    let header =
        std::iter::once("").chain(reading.strategies.iter().map(|strategy| strategy.strategy.name.as_str()));
    let caption = format!(
        "Parts of the exit cost, of the party that is hardest to leave at the end of the horizon, in each replication \
         its own: means, {}. The parts add up to the whole; what stands beside it is not cash.",
        scale.unit()
    );
    let mut table = DataTable::new(caption, header).about("lock_in.exit_by_component");
    let cell = |strategy: &StrategyReading<'_>, figure: &str| match strategy.forecast(figure) {
        None => "–".to_owned(),
        Some(summary) => scale.number(summary.mean, FINE),
    };
    let mut row = |label: &str, figure: &str| {
        let cells = reading.strategies.iter().map(|strategy| cell(strategy, figure));
        table.rows.push(std::iter::once(label.to_owned()).chain(cells).collect());
    };
    for component in Component::ALL {
        let figure = format!("lock_in.exit_by_component.{}", component.key());
        if reading.strategies.iter().any(|strategy| strategy.mean(&figure) != 0.0) {
            row(component.label(), &figure);
        }
    }
    row("Exit cost", "lock_in.exit_cost");
    row("Beside: licences used nowhere any more", "lock_in.exit_beside.lost_licences");
    row("Beside: book value of hosts", "lock_in.exit_beside.written_off");
    table
}

/// Other figures of lock-in, means.
pub(super) fn figures(reading: &Reading<'_>) -> DataTable {
    let header = ["Strategy", "Tolerated price rise", "Return on lock-in, a year", "On proprietary services"];
    let mut table = DataTable::new(
        "By how much the prices of the party that is hardest to leave may rise before leaving pays within 36 months; \
         saving a year over exit cost; share of the workloads. Means.",
        header,
    )
    .columns_defined([
        "",
        "lock_in.tolerated_price_rise",
        "lock_in.return_on_lock_in",
        "lock_in.proprietary_share",
    ]);
    for strategy in &reading.strategies {
        let mean = |figure: &str, shown: &dyn Fn(f64) -> String| {
            strategy.forecast(figure).map_or_else(|| "–".to_owned(), |summary| shown(summary.mean))
        };
        table.rows.push(vec![
            strategy.strategy.label.clone(),
            mean("lock_in.tolerated_price_rise", &|rise| exit_words::rise(Some(rise), FINE)),
            mean("lock_in.return_on_lock_in", &|share| significant((share * 100.0).round() / 100.0, FINE)),
            mean("lock_in.proprietary_share", &|share| percent(share, FINE)),
        ]);
    }
    table
}

/// Leaving each party at each date, under each strategy: costs over the rehearsals, the
/// rest on the path.
pub(super) fn parties(reading: &Reading<'_>) -> DataTable {
    let world = reading.world;
    let scale = MoneyScale::fitting(reading.largest("lock_in.exit_cost"), world.currency);
    let header = [
        "Strategy",
        "Party",
        "Date",
        "Cost (5 to 95 %)",
        "Months to leave",
        "Stranded",
        "Its prices may rise by",
    ];
    let caption = format!(
        "Leaving each party, {}; costs over all rehearsals, the other columns on the illustrative path.",
        scale.unit()
    );
    let mut table = DataTable::new(caption, header).columns_defined([
        "",
        "lock_in.by_party",
        "lock_in.by_date_and_party",
        "lock_in.by_party",
        "lock_in.exit_needed_months",
        "lock_in.exit_stranded",
        "lock_in.tolerated_rise_by_party",
    ]);
    for strategy in &reading.strategies {
        for (at_end, outcome) in outcomes(strategy) {
            let date = world.calendar.date(outcome.at);
            for exit in &outcome.parties {
                let name = &world.parties[exit.party].name;
                let figure = match at_end {
                    End::Horizon => format!("lock_in.by_party.{name}"),
                    End::Chosen => format!("lock_in.by_date_and_party.{date}/{name}"),
                };
                let cost = strategy.forecast(&figure).map_or_else(
                    || scale.number(exit.cost.as_f64(), FINE),
                    |cost| {
                        let number = |amount| scale.number(amount, FINE);
                        format!("{} ({} to {})", number(cost.mean), number(cost.p5), number(cost.p95))
                    },
                );
                table.rows.push(vec![
                    strategy.strategy.name.clone(),
                    name.clone(),
                    date.to_string(),
                    cost,
                    number(months(exit.needed), 1, FINE),
                    if exit.stranded == 0 { "–".to_owned() } else { exit.stranded.to_string() },
                    exit_words::rise(exit.tolerated_rise, FINE),
                ]);
            }
        }
    }
    table
}

/// The time needed against every period, and what left freely, on the path.
pub(super) fn periods(reading: &Reading<'_>) -> DataTable {
    let world = reading.world;
    let header = ["Strategy, party and date", "Time needed against each period", "What left freely"];
    let mut table = DataTable::new("Periods and rules on the illustrative path.", header).about("data-act");
    for strategy in &reading.strategies {
        for (_, outcome) in outcomes(strategy) {
            for exit in &outcome.parties {
                let name = &world.parties[exit.party].name;
                let free = waived(world, exit, FINE).join("; ");
                table.rows.push(vec![
                    format!("{}: {name}, {}", strategy.strategy.name, exit_words::on(world, outcome.at)),
                    verdicts(world, exit, FINE),
                    if free.is_empty() { "–".to_owned() } else { free },
                ]);
            }
        }
    }
    table
}

/// Where a strategy changes the operator and not the supplier, and what leaving that one
/// still takes.
pub(super) fn kept_by(reading: &Reading<'_>) -> Vec<String> {
    let world = reading.world;
    let mut sentences = Vec::new();
    for strategy in &reading.strategies {
        for supplier in kept_suppliers(world, strategy.strategy) {
            let name = &world.parties[supplier.supplier].name;
            let cost = strategy.forecast(&format!("lock_in.by_party.{name}"));
            let left = on_path(strategy, supplier.supplier);
            let bound = if left.is_some_and(|exit| exit.stranded > 0) { "at least " } else { "" };
            let after = cost.map_or_else(String::new, |cost| {
                let cost = amount(cost.mean, world.currency, FINE);
                let needed =
                    left.map_or_else(String::new, |exit| format!(" and takes {}", length(exit.needed, FINE)));
                format!(" Leaving {name} at the end still costs {bound}{cost}{needed}.")
            });
            sentences.push(format!("{}: {}{after}", strategy.strategy.label, kept(world, &supplier, FINE)));
        }
    }
    sentences
}

fn on_path<'r>(strategy: &'r StrategyReading<'_>, party: PartyId) -> Option<&'r PartyExit> {
    strategy.results.path.scorecard.lock_in.exit.as_ref()?.party(party)
}

/// Which date an exit was rehearsed at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// One that the scenario chose.
    Chosen,
    /// The end of the horizon.
    Horizon,
}

/// The rehearsals of a path in order of their dates.
fn outcomes<'r>(strategy: &'r StrategyReading<'_>) -> impl Iterator<Item = (End, &'r ExitOutcome)> {
    let lock_in = &strategy.results.path.scorecard.lock_in;
    let chosen = lock_in.exits.iter().flatten().map(|outcome| (End::Chosen, outcome));
    chosen.chain(lock_in.exit.iter().map(|outcome| (End::Horizon, outcome)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn the_section_tells_parts_parties_and_periods() {
        let (world, results) = fixture();
        let reading = Reading::new(&world, &results);
        let parts = components(&reading);
        let labels: Vec<&str> = parts.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(labels[..3], ["Data taken out", "Conversion", "Exit cost"]);
        let parties = parties(&reading);
        assert_eq!(parties.rows.len(), 3, "one party, one date, three strategies");
        assert_eq!(parties.rows[0][1], "Microsoft");
        let periods = periods(&reading);
        assert!(periods.rows[0][1].contains("the Data Act's transition"), "{:?}", periods.rows[0]);
        assert!(periods.rows[0][2].contains("by the Data Act"), "{:?}", periods.rows[0]);
    }
}
