//! Amounts for people: one unit for a whole table, grouped thousands, few digits.
//!
//! Files for machines carry every micro-unit and never come through here.

use crate::base::units::Currency;

/// Which characters numbers are written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typography {
    /// A plain space between thousands and a hyphen for minus: terminals, logs.
    Plain,
    /// A narrow no-break space between thousands and a true minus: pages, plots.
    Fine,
}

/// The unit in which the amounts of one table or plot are all written, chosen
/// once from the largest of them, so that a column can be compared at a glance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MoneyScale {
    currency: Currency,
    divisor: f64,
    prefix: &'static str,
    decimals: usize,
}

impl MoneyScale {
    /// The unit that writes `largest` (in units of `currency`) with about three
    /// significant digits: `EUR` below 10,000, `kEUR` below a million, else `MEUR`.
    pub fn fitting(largest: f64, currency: Currency) -> Self {
        let magnitude = largest.abs();
        let (divisor, prefix) = if magnitude >= 999_500.0 {
            (1e6, "M")
        } else if magnitude >= 10_000.0 {
            (1e3, "k")
        } else {
            (1.0, "")
        };
        let shown = magnitude / divisor;
        // Millions are where decisions are made, so they keep a digit more.
        let decimals = match prefix {
            "M" if shown < 100.0 => 2,
            "M" if shown < 1_000.0 => 1,
            "k" if shown < 100.0 => 1,
            _ => 0,
        };
        Self { currency, divisor, prefix, decimals }
    }

    /// The unit, such as `MEUR`.
    pub fn unit(&self) -> String {
        format!("{}{}", self.prefix, self.currency)
    }

    /// One unit of this scale in units of the currency.
    pub fn divisor(&self) -> f64 {
        self.divisor
    }

    /// `amount`, in units of the currency, as a number of this scale's unit.
    pub fn number(&self, amount: f64, typography: Typography) -> String {
        number(amount / self.divisor, self.decimals, typography)
    }

    /// `amount` with its unit: `8.42 MEUR`.
    pub fn amount(&self, amount: f64, typography: Typography) -> String {
        let space = match typography {
            Typography::Plain => ' ',
            Typography::Fine => '\u{202f}',
        };
        format!("{}{space}{}", self.number(amount, typography), self.unit())
    }
}

/// One amount on its own, with the unit that fits it: `1.24 MEUR`, `85.3 kEUR`.
pub fn amount(amount: f64, currency: Currency, typography: Typography) -> String {
    MoneyScale::fitting(amount, currency).amount(amount, typography)
}

/// `value` with so many decimals and grouped thousands. What rounds to zero has
/// no sign; what is undefined is a dash.
pub fn number(value: f64, decimals: usize, typography: Typography) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let (space, minus) = match typography {
        Typography::Plain => (' ', '-'),
        Typography::Fine => ('\u{202f}', '\u{2212}'),
    };
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut text = String::with_capacity(plain.len() + plain.len() / 3 + 1);
    if value < 0.0 && plain.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        text.push(minus);
    }
    for (place, digit) in whole.chars().enumerate() {
        // Four digits read well without a space; five do not.
        if place > 0 && whole.len() > 4 && (whole.len() - place) % 3 == 0 {
            text.push(space);
        }
        text.push(digit);
    }
    text.push_str(fraction);
    text
}

/// A share from 0 to 1 in whole percent, never `0 %` or `100 %` for what is not
/// quite that.
pub fn percent(share: f64, typography: Typography) -> String {
    let space = match typography {
        Typography::Plain => ' ',
        Typography::Fine => '\u{202f}',
    };
    if share > 0.0 && share < 0.005 {
        return format!("<1{space}%");
    }
    if (0.995..1.0).contains(&share) {
        return format!(">99{space}%");
    }
    format!("{}{space}%", number(share * 100.0, 0, typography))
}

/// A number of no known magnitude with about four significant digits.
pub fn significant(value: f64, typography: Typography) -> String {
    let magnitude = value.abs();
    let decimals = match magnitude {
        m if m == 0.0 || m >= 1_000.0 => 0,
        m if m >= 100.0 => 1,
        m if m >= 10.0 => 2,
        m if m >= 1.0 => 3,
        m if m >= 0.01 => 4,
        _ => 6,
    };
    let text = number(value, decimals, typography);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_serves_a_whole_table() {
        let scale = MoneyScale::fitting(8_423_456.0, Currency::EUR);
        assert_eq!(scale.amount(8_423_456.0, Typography::Plain), "8.42 MEUR");
        assert_eq!(scale.number(12_345.0, Typography::Plain), "0.01");
        assert_eq!(amount(85_321.0, Currency::USD, Typography::Plain), "85.3 kUSD");
        assert_eq!(amount(999_700.0, Currency::EUR, Typography::Plain), "1.00 MEUR");
        assert_eq!(amount(9_999.4, Currency::EUR, Typography::Plain), "9999 EUR");
    }

    #[test]
    fn thousands_are_grouped_and_nothing_has_no_sign() {
        assert_eq!(number(-1_234_567.891, 1, Typography::Plain), "-1 234 567.9");
        assert_eq!(number(-1_234.0, 0, Typography::Fine), "\u{2212}1234");
        assert_eq!(number(12_345.0, 0, Typography::Fine), "12\u{202f}345");
        assert_eq!(number(-0.001, 2, Typography::Plain), "0.00");
        assert_eq!(number(f64::NAN, 2, Typography::Plain), "–");
    }

    #[test]
    fn a_share_that_is_not_quite_certain_does_not_claim_to_be() {
        assert_eq!(percent(0.001, Typography::Plain), "<1 %");
        assert_eq!(percent(0.996, Typography::Plain), ">99 %");
        assert_eq!(percent(1.0, Typography::Plain), "100 %");
        assert_eq!(percent(0.0, Typography::Plain), "0 %");
        assert_eq!(percent(0.93, Typography::Plain), "93 %");
    }

    #[test]
    fn significant_digits_follow_the_magnitude() {
        assert_eq!(significant(0.0482, Typography::Plain), "0.0482");
        assert_eq!(significant(12.742, Typography::Plain), "12.74");
        assert_eq!(significant(350.0, Typography::Plain), "350");
        assert_eq!(significant(98_765.4, Typography::Plain), "98 765");
    }
}
