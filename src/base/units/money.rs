//! Money that adds up, and prices precise enough to be multiplied.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub};

const PICO: i128 = 1_000_000_000_000;
const MICRO: i128 = 1_000_000;

/// An amount of the reporting currency in integer micro-units (1e-6).
///
/// Sums are exact. An amount comes from a [`Price`] by [`Price::charge`], which
/// rounds once; nothing else rounds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `micros` millionths of a unit.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Millionths of a unit.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Units, for statistics and plots. Exact below 9 billion units.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / MICRO as f64
    }
}

impl Add for Money {
    type Output = Self;
    /// # Panics
    /// Beyond 9.2e12 units: no estate costs that, so it is a defect.
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("an amount of money stays below 9.2e12 units"))
    }
}

impl Sub for Money {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Money {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    /// All six decimals, a point, no grouping: `-12.340000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i128::from(self.0), 6, 6)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A price per stated unit in its own currency, as a decimal at 1e-12. Also used
/// for exchange rates, which are the price of one unit of a currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(i128);

/// How many units were metered, as a decimal at 1e-6.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i64);

impl Price {
    /// Free of charge.
    pub const ZERO: Self = Self(0);
    /// One unit of the currency.
    pub const ONE: Self = Self(PICO);

    /// `picos` times 1e-12.
    pub const fn from_picos(picos: i128) -> Self {
        Self(picos)
    }

    /// The decimal that a person would write for `value`: rounded to fifteen
    /// significant digits, so that 12.742 comes back as 12.742 exactly. An
    /// undefined or infinite value gives zero.
    pub fn from_f64(value: f64) -> Self {
        if !value.is_finite() || value == 0.0 {
            return Self::ZERO;
        }
        let digits_before_point = libm::floor(libm::log10(value.abs())) as i32 + 1;
        let decimals = (15 - digits_before_point).clamp(0, 12);
        let scaled = libm::round(value * libm::pow(10.0, f64::from(decimals))) as i128;
        Self(scaled * 10_i128.pow((12 - decimals) as u32))
    }

    /// The price as a float, for statistics and messages.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / PICO as f64
    }

    /// The amount due for `quantity` at this price, in the reporting currency.
    ///
    /// `rate` is how many units of the reporting currency one unit of the price's
    /// currency buys. The result is rounded once, half away from zero.
    ///
    /// # Panics
    /// If the amount is beyond what [`Money`] holds.
    pub fn charge(self, quantity: Quantity, rate: Price) -> Money {
        // 1e-12 times 1e-6 leaves 1e-18; bringing it to 1e-12 first would round
        // twice, so the rate is applied before anything is dropped. Prices stay
        // below 1e9, quantities below 1e12 and rates below 1e6, hence the split.
        let at_18 = self.0 * i128::from(quantity.0);
        let amount = if rate == Self::ONE {
            divide_rounding(at_18, PICO)
        } else {
            match at_18.checked_mul(rate.0) {
                Some(at_30) => divide_rounding(at_30, PICO * PICO),
                None => divide_rounding(divide_rounding(at_18, MICRO) * rate.0, PICO * MICRO),
            }
        };
        Money(i64::try_from(amount).expect("an amount of money stays below 9.2e12 units"))
    }
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `count` whole units.
    pub const fn from_units(count: i64) -> Self {
        Self(count * MICRO as i64)
    }

    /// `micros` times 1e-6 units.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Millionths of a unit.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// To the nearest millionth; an undefined value gives zero.
    pub fn from_f64(value: f64) -> Self {
        Self(libm::round(value * MICRO as f64) as i64)
    }

    /// As a float.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / MICRO as f64
    }
}

impl fmt::Display for Price {
    /// As few decimals as the value needs, a point, no grouping.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, 12, 0)
    }
}

impl fmt::Debug for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Quantity {
    /// As few decimals as the value needs, a point, no grouping.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i128::from(self.0), 6, 0)
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An ISO 4217 code, three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");
    /// The United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// The currency of a code such as `EUR`, or nothing if it is not three
    /// capital letters.
    pub fn from_code(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency code is made of ASCII letters")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// `value / divisor`, half away from zero.
fn divide_rounding(value: i128, divisor: i128) -> i128 {
    let half = divisor / 2;
    if value >= 0 { (value + half) / divisor } else { (value - half) / divisor }
}

/// Writes `value / 10^scale` with at least `least` decimals and no more than needed.
fn write_decimal(f: &mut fmt::Formatter<'_>, value: i128, scale: u32, least: usize) -> fmt::Result {
    let unit = 10_u128.pow(scale);
    let magnitude = value.unsigned_abs();
    let mut decimals = format!("{:0width$}", magnitude % unit, width = scale as usize);
    while decimals.len() > least && decimals.ends_with('0') {
        decimals.pop();
    }
    let sign = if value < 0 { "-" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    f.pad(&format!("{sign}{}{point}{decimals}", magnitude / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_price_comes_back_as_it_was_typed() {
        for text in ["12.742", "0.0482", "6771", "0.000000000001", "350", "1.1567", "-0.5"] {
            assert_eq!(Price::from_f64(text.parse().expect("a number")).to_string(), text);
        }
    }

    #[test]
    fn a_charge_is_rounded_once_half_away_from_zero() {
        let price = Price::from_f64(0.000_001);
        assert_eq!(price.charge(Quantity::from_f64(0.5), Price::ONE), Money::from_micros(1));
        assert_eq!(price.charge(Quantity::from_f64(-0.5), Price::ONE), Money::from_micros(-1));
        // 730 h of a host at 6.16 USD/h, a euro at 1.1567 USD.
        let rate = Price::from_f64(1.0 / 1.1567);
        let amount = Price::from_f64(6.16).charge(Quantity::from_units(730), rate);
        assert_eq!(amount.to_string(), "3887.611308");
    }

    #[test]
    fn a_charge_too_large_for_one_multiplication_still_agrees() {
        let (price, quantity) = (Price::from_f64(9_000_000.0), Quantity::from_units(500_000));
        let rate = Price::from_f64(0.5);
        assert_eq!(price.charge(quantity, rate).to_string(), "2250000000000.000000");
    }
}
