//! What a selection guarantees, in words.

use super::{Course, Procedure, SelectSpec};
use crate::study::question::{Outcome, Study, Unit};

/// One or two sentences.
pub(super) fn guarantee(study: &Study, spec: &SelectSpec, course: &Course, needed: u32) -> String {
    let outcome = &study.outcomes[spec.outcome];
    let level = percent(spec.level);
    let best = &study.alternatives[spec.alternatives[course.best]].label;
    let proviso = format!(
        "provided that the best is better than every other by at least {} and outcomes are close to normal",
        amount(spec.delta, outcome, &study.currency)
    );
    let so_far =
        format!("The budget of {} evaluations ended first: {best} has the best mean so far", spec.budget);
    let about = if needed == u32::MAX {
        "no number of evaluations would tell them apart".to_owned()
    } else {
        format!("about {needed} evaluations would be needed")
    };
    match (spec.procedure, course.finished) {
        (Procedure::Kn | Procedure::Rinott, true) => {
            format!(
                "With a probability of at least {level} the selected alternative, {best}, is the best, {proviso}."
            )
        }
        (Procedure::Kn | Procedure::Rinott, false) => {
            format!("{so_far}, without guarantee. For {level}, {proviso}, {about}.")
        }
        (Procedure::Ocba, finished) => {
            let estimated = course.estimated.map_or_else(String::new, percent);
            if finished {
                format!(
                    "The selected alternative, {best}, is the best with an estimated probability of {estimated}; \
                     OCBA is a heuristic and guarantees nothing."
                )
            } else {
                format!(
                    "{so_far}, and is the best with an estimated probability of {estimated}, without guarantee. \
                     For {level}, {about}."
                )
            }
        }
    }
}

/// Per cent with at most one decimal, rounded down: a probability is not to be praised.
fn percent(share: f64) -> String {
    // A thousandth more than the float, lest .95 become 94.9.
    format!("{} %", trimmed(libm::floor(share * 1_000.0 + 1e-3) / 10.0, 1))
}

/// An amount of an outcome with its unit: `50 kEUR`, `0.5 years`, `2 percentage points`.
fn amount(value: f64, outcome: &Outcome, currency: &str) -> String {
    match outcome.unit {
        Unit::Money if value >= 1e6 => format!("{} M{currency}", trimmed(value / 1e6, 3)),
        Unit::Money if value >= 1e3 => format!("{} k{currency}", trimmed(value / 1e3, 3)),
        Unit::Money => format!("{} {currency}", trimmed(value, 2)),
        Unit::Date => format!("{} years", trimmed(value, 3)),
        Unit::Share => format!("{} percentage points", trimmed(value * 100.0, 3)),
        Unit::Plain => trimmed(value, 6),
    }
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::fixture;

    #[test]
    fn amounts_have_their_units() {
        let mut outcome = fixture::study(1, 0, 1).outcomes.remove(0);
        let mut written = |unit, value| {
            outcome.unit = unit;
            amount(value, &outcome, "EUR")
        };
        assert_eq!(written(Unit::Money, 50_000.0), "50 kEUR");
        assert_eq!(written(Unit::Money, 1_250_000.0), "1.25 MEUR");
        assert_eq!(written(Unit::Money, 100.0), "100 EUR");
        assert_eq!(written(Unit::Date, 0.5), "0.5 years");
        assert_eq!(written(Unit::Share, 0.02), "2 percentage points");
        assert_eq!(written(Unit::Plain, 12.0), "12");
    }

    #[test]
    fn probabilities_are_never_rounded_up() {
        assert_eq!([0.95, 0.9999, 0.9, 0.995].map(percent), ["95 %", "99.9 %", "90 %", "99.5 %"]);
    }
}
