//! What rules say of an exit, in words: periods, what was let go freely, who is kept.

use super::dates::day;
use super::money::{MoneyScale, Typography, amount, number, percent};
use crate::base::units::Span;
use crate::scoring::{PartyExit, months};
use crate::world::rules::exit::{KeptSupplier, Period, PeriodKind, Verdict};
use crate::world::{OfferId, World};

/// Shorter periods are told in days.
const TOLD_IN_DAYS: f64 = 92.0;

/// A time for people: `30 days`, `14.2 months`.
pub(crate) fn length(span: Span, typography: Typography) -> String {
    let days = span.as_days();
    if days < TOLD_IN_DAYS {
        let days = libm::round(days);
        return format!("{} day{}", number(days, 0, typography), if days == 1.0 { "" } else { "s" });
    }
    let months = libm::round(10.0 * months(span)) / 10.0;
    let decimals = usize::from(libm::trunc(months) != months);
    format!("{} months", number(months, decimals, typography))
}

/// A period's name with its article.
pub(crate) fn period(world: &World, kind: PeriodKind) -> String {
    match kind {
        PeriodKind::ContractNotice(contract) => {
            format!("the notice of the contract {}", world.contracts[contract].name)
        }
        PeriodKind::TermsOwed => "what is left of the terms owed".to_owned(),
        PeriodKind::ProviderNotice(provider) => format!("the notice of {}", world.providers[provider].label),
        PeriodKind::Programme(provider, place) => {
            let provider = &world.providers[provider];
            let programme = &provider.exit.programmes[place as usize];
            format!("the {} exit of {}", programme.name, provider.label)
        }
        PeriodKind::Transition => "the Data Act's transition".to_owned(),
        PeriodKind::LongestTransition => "the Data Act's longest alternative".to_owned(),
    }
}

/// The time needed against every period: `needs 14 months; the notice of Azure is 24
/// months: feasible; the Data Act's transition is 30 days: not`.
pub(crate) fn verdicts(world: &World, exit: &PartyExit, typography: Typography) -> String {
    let mut text = if exit.needed == Span::ZERO {
        "nothing moves".to_owned()
    } else {
        format!("needs {}", length(exit.needed, typography))
    };
    for Verdict { period: Period { kind, length: lasts }, feasible } in &exit.verdicts {
        let verdict = if *feasible { "feasible" } else { "not" };
        text += &format!("; {} is {}: {verdict}", period(world, *kind), length(*lasts, typography));
    }
    if exit.verdicts.is_empty() {
        text += "; no notice and no transition holds";
    }
    if exit.stranded > 0 {
        text += &format!("; and {} cannot leave at all", workloads(exit.stranded, typography));
    }
    text
}

/// What left freely, rule by rule and site by site.
pub(crate) fn waived(world: &World, exit: &PartyExit, typography: Typography) -> Vec<String> {
    let told = exit.waived.iter().map(|waived| {
        let volume = number(waived.quantity.as_f64(), 0, typography);
        let cost = amount(waived.amount.as_f64(), world.currency, typography);
        let rule = waived.rule.words(world);
        format!("{volume} GB left {} freely, by {rule}: {cost} by the tariff", world.sites[waived.site].name)
    });
    told.collect()
}

/// Why a supplier's exit cost does not go away with a VMware cloud.
pub(crate) fn kept(world: &World, kept: &KeptSupplier, typography: Typography) -> String {
    let name = |party| world.parties[party].name.as_str();
    format!(
        "The operator changed, the supplier did not: {} went from {} to {}, and {} still makes what they run on.",
        workloads(kept.workloads, typography),
        name(kept.before),
        name(kept.after),
        name(kept.supplier)
    )
}

/// What a rise of prices is tolerated before leaving pays.
pub(crate) fn rise(rise: Option<f64>, typography: Typography) -> String {
    match rise {
        None => "–".to_owned(),
        Some(0.0) => format!("{}: leaving pays now", percent(0.0, typography)),
        Some(rise) => percent(rise, typography),
    }
}

/// `12 workloads`.
pub(crate) fn workloads(count: u32, typography: Typography) -> String {
    let noun = if count == 1 { "workload" } else { "workloads" };
    format!("{} {noun}", number(f64::from(count), 0, typography))
}

/// The amount of a cost with its range: `412 kEUR (350 to 500)`.
pub(crate) fn ranged(summary: &crate::study::Summary, scale: MoneyScale, typography: Typography) -> String {
    let number = |value| scale.number(value, typography);
    format!("{} ({} to {})", scale.amount(summary.mean, typography), number(summary.p5), number(summary.p95))
}

/// `31 March 2028`, of an instant.
pub(crate) fn on(world: &World, at: crate::base::units::SimTime) -> String {
    day(world.calendar.date(at))
}

/// An offer's name.
pub(crate) fn offer(world: &World, offer: OfferId) -> &str {
    &world.offers[offer].name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    const PLAIN: Typography = Typography::Plain;

    #[test]
    fn the_time_needed_is_told_against_every_period() {
        let (world, results) = fixture();
        let path = &results.strategies.iter().next().expect("a strategy").path;
        let exit = path.scorecard.lock_in.exit.as_ref().expect("a rehearsal").hardest();
        assert_eq!(
            verdicts(&world, exit, PLAIN),
            "needs 4.6 months; what is left of the terms owed is 13.1 months: feasible; the Data Act's transition \
             is 30 days: not"
        );
        assert_eq!(
            waived(&world, exit, PLAIN),
            ["42 000 GB left azure freely, by the Data Act: 2900 EUR by the tariff"]
        );
        let stuck = PartyExit { needed: Span::ZERO, stranded: 3, verdicts: Vec::new(), ..exit.clone() };
        assert_eq!(
            verdicts(&world, &stuck, PLAIN),
            "nothing moves; no notice and no transition holds; and 3 workloads cannot leave at all"
        );
    }

    #[test]
    fn lengths_and_rises_are_told_as_people_do() {
        assert_eq!(length(Span::from_days(1), PLAIN), "1 day");
        assert_eq!(length(Span::from_days(90), PLAIN), "90 days");
        assert_eq!(length(Span::from_days(730), PLAIN), "24 months");
        assert_eq!(rise(Some(0.0), PLAIN), "0 %: leaving pays now");
        assert_eq!(rise(Some(0.42), PLAIN), "42 %");
        assert_eq!(rise(None, PLAIN), "–");
    }
}
