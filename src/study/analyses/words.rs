//! Numbers in sentences: few digits, always a unit. Tables and files write their own.

use crate::study::question::{Input, Outcome, Study, Unit};

/// A value of an outcome: `8.42 MEUR`, `3.25 years after the start`, `99.9 %`.
pub(super) fn amount(study: &Study, outcome: &Outcome, value: f64) -> String {
    match outcome.unit {
        Unit::Date => format!("{} years after the start", number(value)),
        _ => difference(study, outcome, value),
    }
}

/// By how much two values of an outcome differ: dates in years, shares in percentage
/// points, all else as [`amount`].
pub(super) fn difference(study: &Study, outcome: &Outcome, value: f64) -> String {
    match outcome.unit {
        Unit::Money => money(value, &study.currency),
        Unit::Date => format!("{} years", number(value)),
        Unit::Share => format!("{} %", number(value * 100.0)),
        Unit::Plain => number(value),
    }
}

/// A value of an input in its unit: `24.3 %`, `95 EUR/h`. A figure that is a share is kept
/// as a number from 0 to 1 and its unit begins with a percent sign.
pub(super) fn input_value(input: &Input, value: f64) -> String {
    let shown = if input.unit.starts_with('%') { value * 100.0 } else { value };
    match input.unit.as_str() {
        "" => number(shown),
        unit => format!("{} {unit}", number(shown)),
    }
}

/// A share in whole percent, never `0 %` or `100 %` for what is not quite that.
pub(super) fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.005 {
        return "under 1 %".to_owned();
    }
    if (0.995..1.0).contains(&share) {
        return "over 99 %".to_owned();
    }
    format!("{:.0} %", share * 100.0)
}

/// Several names in a row: `a`, `a and b`, `a, b and c`.
pub(super) fn listed<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// A label within a sentence: `Net present cost` begins small there, `SLA credits` does not.
pub(super) fn within(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

/// `count` of a thing, in the singular where it is one.
pub(super) fn counted(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{} {several}", number(count as f64)),
    }
}

fn money(value: f64, currency: &str) -> String {
    let (divisor, prefix) = match value.abs() {
        size if size >= 999_500.0 => (1e6, "M"),
        size if size >= 9_995.0 => (1e3, "k"),
        _ => (1.0, ""),
    };
    format!("{} {prefix}{currency}", number(value / divisor))
}

/// Three significant digits, whole numbers with all of theirs, thousands grouped by a
/// space from five digits on.
fn number(value: f64) -> String {
    let size = value.abs();
    // The least quantile of what begins at zero is some 1e-16 of its range.
    if size < 1e-12 {
        return "0".to_owned();
    }
    // Smaller than this is written as a power of ten rather than as a row of zeros.
    if size < 1e-4 {
        return format!("{value:.2e}");
    }
    let decimals = match size {
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        s if s >= 0.9995 => 2,
        s if s >= 0.09995 => 3,
        s if s >= 0.009_995 => 4,
        _ => 6,
    };
    let plain = format!("{size:.decimals$}");
    let plain = if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { &plain };
    let (whole, fraction) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut text = String::from(if value < 0.0 && plain != "0" { "-" } else { "" });
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && whole.len() > 4 && (whole.len() - place) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text + fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::fixture;

    #[test]
    fn numbers_keep_three_digits_and_say_their_unit() {
        let mut study = fixture::study(1, 1, 1);
        let written = [8_423_456.0, -85_321.0, 999_700.0, 9_994.0, 12.5, 0.0]
            .map(|value| amount(&study, &study.outcomes[0], value));
        assert_eq!(written, ["8.42 MEUR", "-85.3 kEUR", "1 MEUR", "9994 EUR", "12.5 EUR", "0 EUR"]);
        study.outcomes[0].unit = Unit::Date;
        assert_eq!(amount(&study, &study.outcomes[0], 3.25), "3.25 years after the start");
        assert_eq!(difference(&study, &study.outcomes[0], 0.5), "0.5 years");
        study.outcomes[0].unit = Unit::Share;
        assert_eq!(amount(&study, &study.outcomes[0], 0.9991), "99.9 %");
        assert_eq!(number(1_234_567.0), "1 234 567");
        assert_eq!([number(0.000_012_34), number(1.1e-16)], ["1.23e-5", "0"]);
    }

    #[test]
    fn an_input_that_is_a_share_is_written_in_percent() {
        let mut input = fixture::study(1, 1, 1).inputs.remove(0);
        assert_eq!(input_value(&input, 95.04), "95 EUR");
        input.unit = "%".into();
        assert_eq!(input_value(&input, 0.243), "24.3 %");
        input.unit.clear();
        assert_eq!(input_value(&input, 2.4), "2.4");
    }

    #[test]
    fn a_share_that_is_not_quite_certain_does_not_claim_to_be() {
        let written = [0.0, 0.001, 0.93, 0.996, 1.0].map(percent);
        assert_eq!(written, ["0 %", "under 1 %", "93 %", "over 99 %", "100 %"]);
    }

    #[test]
    fn a_label_begins_small_within_a_sentence_unless_it_is_an_abbreviation() {
        assert_eq!(within("Net present cost"), "net present cost");
        assert_eq!(within("SLA credits"), "SLA credits");
        assert_eq!(within(""), "");
    }

    #[test]
    fn a_list_ends_with_and() {
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(
            (counted(1, "box", "boxes"), counted(0, "box", "boxes")),
            ("1 box".into(), "0 boxes".into())
        );
    }
}
