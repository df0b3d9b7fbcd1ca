//! The answer in a line or two: what is cheapest, by how much, how surely.

use super::money::{MoneyScale, Typography, amount, percent};
use super::reading::{Reading, StrategyReading};

/// A limit counts as kept when fewer replications than this broke it.
const RARELY: f64 = 0.05;

/// The answer as a plot's title or a page's first line: `Hyper-V saves 1.2 MEUR
/// on average against Renew as is`.
pub(crate) fn title(reading: &Reading<'_>) -> String {
    let best = best(reading);
    let label = match best.strategy.label.contains(',') {
        true => format!("“{}”", best.strategy.label),
        false => best.strategy.label.clone(),
    };
    match best.results.saving {
        Some(saving) if saving.mean > 0.0 => format!(
            "{label} saves {} on average",
            amount(saving.mean, reading.world.currency, Typography::Fine)
        ),
        _ if reading.strategies.len() > 1 => format!("{label} is the cheapest on average"),
        _ => format!(
            "{label} costs {} on average",
            amount(best.mean("cost.npv"), reading.world.currency, Typography::Fine)
        ),
    }
}

/// The answer in full sentences, the first of which stands alone.
pub(crate) fn sentences(reading: &Reading<'_>, typography: Typography) -> Vec<String> {
    let best = best(reading);
    let currency = reading.world.currency;
    let mut sentences = Vec::new();
    if reading.results.replications == 1 {
        sentences.push("One path, not a forecast: nothing here has a range.".to_owned());
        sentences.push(format!(
            "Cheapest on it: {}, at {} in present value.",
            best.strategy.name,
            amount(best.mean("cost.npv"), currency, typography)
        ));
    } else {
        sentences.push(forecast(reading, best, typography));
    }
    if let Some(next) = reading.by_npv().into_iter().find(|strategy| strategy.id != best.id) {
        let difference = next.mean("cost.npv") - best.mean("cost.npv");
        sentences.push(format!(
            "Next comes {}, {} dearer{}.",
            next.strategy.name,
            amount(difference, currency, typography),
            if reading.results.replications == 1 { "" } else { " on average" }
        ));
    }
    if let Some(kept) = best_within_limits(reading)
        && kept.id != best.id
    {
        sentences.push(format!(
            "{} breaks a limit ({} of the replications); the cheapest that breaks none is {}.",
            best.strategy.name,
            broken(best, typography).join("; "),
            kept.strategy.name
        ));
    } else if !is_within_limits(best) {
        sentences.push(format!(
            "{} breaks a limit ({} of the replications), and so does every other strategy.",
            best.strategy.name,
            broken(best, typography).join("; "),
        ));
    }
    sentences
}

/// The first sentence of a forecast.
fn forecast(reading: &Reading<'_>, best: &StrategyReading<'_>, typography: Typography) -> String {
    let currency = reading.world.currency;
    let first = reading.first();
    match (best.results.saving, best.results.beats_first) {
        (Some(saving), Some(beats)) => {
            let largest = saving.p95.abs().max(saving.mean.abs()).max(saving.p5.abs());
            let money = MoneyScale::fitting(largest, currency);
            format!(
                "Cheapest on average: {}, which saves {} ({} to {} in nine replications of ten) against {}, in \
                 present value; it costs less in {} of the replications.",
                best.strategy.name,
                money.amount(saving.mean, typography),
                money.number(saving.p5, typography),
                money.number(saving.p95, typography),
                first.strategy.name,
                percent(beats, typography),
            )
        }
        _ => {
            let npv = best.forecast("cost.npv");
            let money = MoneyScale::fitting(reading.largest("cost.npv"), currency);
            let range = npv.map_or_else(String::new, |npv| {
                format!(
                    " ({} to {} in nine replications of ten)",
                    money.number(npv.p5, typography),
                    money.number(npv.p95, typography)
                )
            });
            let word = if reading.strategies.len() > 1 { "Cheapest on average" } else { "The cost" };
            format!(
                "{word}: {}, at {}{range}, in present value.",
                best.strategy.name,
                money.amount(best.mean("cost.npv"), typography),
            )
        }
    }
}

/// The strategy with the least present value on average.
pub(crate) fn best<'r, 'a>(reading: &'r Reading<'a>) -> &'r StrategyReading<'a> {
    reading.by_npv()[0]
}

fn best_within_limits<'r, 'a>(reading: &'r Reading<'a>) -> Option<&'r StrategyReading<'a>> {
    reading.by_npv().into_iter().find(|strategy| is_within_limits(strategy))
}

fn is_within_limits(strategy: &StrategyReading<'_>) -> bool {
    strategy.results.broken.iter().all(|broken| broken.share < RARELY)
}

/// Each limit that is broken with the share of replications: `budget of 9 MEUR
/// in 62 %`.
pub(crate) fn broken(strategy: &StrategyReading<'_>, typography: Typography) -> Vec<String> {
    let limits = strategy.results.broken.iter().filter(|broken| broken.share > 0.0);
    limits.map(|broken| format!("{} in {}", broken.limit, percent(broken.share, typography))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn the_answer_names_the_cheapest_and_how_surely_it_is() {
        let (world, results) = fixture();
        let sentences = sentences(&Reading::new(&world, &results), Typography::Plain);
        insta::assert_snapshot!(sentences.join("\n"), @r"
        Cheapest on average: hyper-v, which saves 1.28 MEUR (0.70 to 2.11 in nine replications of ten) against renew, in present value; it costs less in 100 % of the replications.
        Next comes sovereign-first, 607 kEUR dearer on average.
        ");
    }

    #[test]
    fn a_single_path_does_not_pass_for_a_forecast() {
        let (world, mut results) = fixture();
        results.replications = 1;
        let sentences = sentences(&Reading::new(&world, &results), Typography::Plain).join(" ");
        assert!(sentences.starts_with("One path, not a forecast"), "{sentences}");
        assert!(!sentences.contains("replications") && !sentences.contains("average"), "{sentences}");
    }
}
