//! Quantities as people write them: `500 GiB`, `45 EUR/core-year`, `7 %/year`.
//!
//! A [`Measure`] is a number with the unit it was written in. What a setting
//! means by it (a length of time, a price per something) is decided by the types
//! of [`super::written`].

use std::fmt;

use super::{Bytes, Currency};
use crate::base::diagnostics::did_you_mean;

/// Why a text is not a number with a unit.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MeasureError {
    /// There is no text.
    #[error("nothing is written here")]
    Empty,
    /// It does not begin with a number.
    #[error("`{0}` does not begin with a number")]
    NoNumber(String),
    /// It begins with digits that are not one number.
    #[error("`{0}` is not a number")]
    BadNumber(String),
    /// The decimal sign is a comma.
    #[error("`{0}` has a comma; the decimal sign is a point, as in `1.5`")]
    Comma(String),
    /// The unit is missing.
    #[error("`{0}` has no unit")]
    NoUnit(String),
    /// Nothing stands before the slash of the unit.
    #[error("`{0}` lacks a unit between the number and the slash")]
    NothingOver(String),
    /// Nothing stands behind the slash of the unit.
    #[error("`{0}` ends in a slash")]
    NothingPer(String),
    /// The unit is not known.
    #[error("`{unit}` is not a unit{}", .suggestion.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    UnknownUnit {
        /// The unit as written.
        unit: String,
        /// The known unit nearest to it.
        suggestion: Option<&'static str>,
    },
}

/// A unit of time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TimeUnit {
    /// 1e-6 s.
    Microsecond,
    /// 1e-3 s.
    Millisecond,
    /// The SI second.
    Second,
    /// 60 s.
    Minute,
    /// 3,600 s.
    Hour,
    /// 24 h.
    Day,
    /// 7 days.
    Week,
    /// A calendar month; as a length, a twelfth of a year.
    Month,
    /// A calendar year; as a length, 365.25 days.
    Year,
}

/// What a price or an effort may be counted by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Thing {
    /// A physical processor core.
    Core,
    /// A virtual processor.
    Vcpu,
    /// A processor socket.
    Socket,
    /// A virtual machine.
    Vm,
    /// A physical host.
    Host,
    /// A node of a managed service.
    Node,
    /// A named user.
    User,
    /// An application.
    Application,
    /// A public address.
    Address,
    /// A migration of one workload.
    Move,
    /// A site.
    Site,
    /// An appliance for offline transport.
    Appliance,
    /// A failure of something.
    Failure,
}

/// One part of a unit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Atom {
    /// Once: the unit of a pure number, `1.2 x`.
    Times,
    /// A hundredth.
    Percent,
    /// A length of time.
    Time(TimeUnit),
    /// So many bits.
    Bits(u64),
    /// So many bytes.
    Data(Bytes),
    /// So many units of a currency.
    Money(Currency, u32),
    /// A countable thing.
    Thing(Thing),
    /// So many watts.
    Power(u32),
    /// So many watt-hours.
    Energy(u32),
    /// So many hertz.
    Frequency(u64),
}

/// A unit: one part over none, one or several others, such as `EUR/core-year`.
#[derive(Clone, PartialEq, Debug)]
pub struct Unit {
    /// The part before the slash.
    pub over: Atom,
    /// The parts behind it.
    pub per: Vec<Atom>,
}

/// A number with its unit, as written.
#[derive(Clone, PartialEq, Debug)]
pub struct Measure {
    /// The number, finite.
    pub value: f64,
    /// The unit.
    pub unit: Unit,
}

/// Every plain spelling of a unit; the first of each unit is the one printed.
const SPELLINGS: &[(&str, Atom)] = {
    use Atom::{Bits, Data, Energy, Frequency, Percent, Power, Thing as T, Time as At, Times};
    use Thing::{
        Address, Appliance, Application, Core, Failure, Host, Move, Node, Site, Socket, User, Vcpu, Vm,
    };
    use TimeUnit::{Day, Hour, Microsecond, Millisecond, Minute, Month, Second, Week, Year};
    const fn bytes(count: u64) -> Atom {
        Data(Bytes::new(count))
    }
    &[
        ("x", Times),
        ("×", Times),
        ("%", Percent),
        ("percent", Percent),
        ("us", At(Microsecond)),
        ("µs", At(Microsecond)),
        ("ms", At(Millisecond)),
        ("s", At(Second)),
        ("sec", At(Second)),
        ("second", At(Second)),
        ("min", At(Minute)),
        ("minute", At(Minute)),
        ("h", At(Hour)),
        ("hr", At(Hour)),
        ("hour", At(Hour)),
        ("day", At(Day)),
        ("d", At(Day)),
        ("week", At(Week)),
        ("month", At(Month)),
        ("mo", At(Month)),
        ("year", At(Year)),
        ("yr", At(Year)),
        ("y", At(Year)),
        ("bit", Bits(1)),
        ("kbit", Bits(1_000)),
        ("Mbit", Bits(1_000_000)),
        ("Mb", Bits(1_000_000)),
        ("Gbit", Bits(1_000_000_000)),
        ("Gb", Bits(1_000_000_000)),
        ("Tbit", Bits(1_000_000_000_000)),
        ("B", bytes(1)),
        ("byte", bytes(1)),
        ("kB", bytes(1_000)),
        ("KB", bytes(1_000)),
        ("MB", bytes(1_000_000)),
        ("GB", bytes(1_000_000_000)),
        ("TB", bytes(1_000_000_000_000)),
        ("PB", bytes(1_000_000_000_000_000)),
        ("KiB", bytes(1 << 10)),
        ("MiB", bytes(1 << 20)),
        ("GiB", bytes(1 << 30)),
        ("TiB", bytes(1 << 40)),
        ("PiB", bytes(1 << 50)),
        ("core", T(Core)),
        ("vcpu", T(Vcpu)),
        ("vCPU", T(Vcpu)),
        ("socket", T(Socket)),
        ("processor", T(Socket)),
        ("cpu", T(Socket)),
        ("CPU", T(Socket)),
        ("vm", T(Vm)),
        ("VM", T(Vm)),
        ("host", T(Host)),
        ("server", T(Host)),
        ("node", T(Node)),
        ("user", T(User)),
        ("seat", T(User)),
        ("application", T(Application)),
        ("app", T(Application)),
        ("address", T(Address)),
        ("ip", T(Address)),
        ("move", T(Move)),
        ("site", T(Site)),
        ("appliance", T(Appliance)),
        ("failure", T(Failure)),
        ("event", T(Failure)),
        ("W", Power(1)),
        ("kW", Power(1_000)),
        ("Wh", Energy(1)),
        ("kWh", Energy(1_000)),
        ("MWh", Energy(1_000_000)),
        ("Hz", Frequency(1)),
        ("MHz", Frequency(1_000_000)),
        ("GHz", Frequency(1_000_000_000)),
    ]
};

/// Units of rate that people write in one word.
const RATES: &[(&str, u64)] =
    &[("bps", 1), ("kbps", 1_000), ("Mbps", 1_000_000), ("Gbps", 1_000_000_000), ("Tbps", 1_000_000_000_000)];

/// The currencies of ISO 4217 in use in 2026, without funds and metals.
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD \
    BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP \
    GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW \
    KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD \
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP \
    SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV \
    WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// The currency of a code such as `EUR`, if it is one in use.
pub fn currency(code: &str) -> Option<Currency> {
    CURRENCIES.split_whitespace().find(|known| *known == code).and_then(Currency::from_code)
}

/// The number at the start of a text, and the text behind it.
///
/// # Errors
/// If there is no number, or one with a comma. Underscores may group digits.
pub fn number(text: &str) -> Result<(f64, &str), MeasureError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(MeasureError::Empty);
    }
    let end = number_end(text);
    let (digits, rest) = text.split_at(end);
    if !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(MeasureError::NoNumber(text.to_owned()));
    }
    if digits.contains(',') {
        return Err(MeasureError::Comma(digits.to_owned()));
    }
    match digits.replace('_', "").parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((value, rest.trim_start())),
        _ => Err(MeasureError::BadNumber(digits.to_owned())),
    }
}

/// Where the number at the start of `text` ends; an `e` belongs to it only when an
/// exponent follows.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let next_is_exponent = || {
            let rest = &bytes[end + 1..];
            let digits = if matches!(rest.first(), Some(b'+' | b'-')) { &rest[1..] } else { rest };
            digits.first().is_some_and(u8::is_ascii_digit)
        };
        match bytes[end] {
            b'0'..=b'9' | b'.' | b',' | b'_' => end += 1,
            b'+' | b'-' if end == 0 => end += 1,
            b'e' | b'E' if end > 0 && next_is_exponent() => end += 2,
            _ => break,
        }
    }
    end
}

impl std::str::FromStr for Measure {
    type Err = MeasureError;

    /// Reads `45 EUR/core-year`: a number, a unit, and behind a slash what it is
    /// counted by, joined by hyphens or more slashes. Plurals are taken.
    fn from_str(text: &str) -> Result<Self, MeasureError> {
        let (value, unit) = number(text)?;
        if unit.is_empty() {
            return Err(MeasureError::NoUnit(text.trim().to_owned()));
        }
        if let Some((_, bits)) = RATES.iter().find(|(name, _)| *name == unit) {
            let unit = Unit { over: Atom::Bits(*bits), per: vec![Atom::Time(TimeUnit::Second)] };
            return Ok(Self { value, unit });
        }
        if unit.starts_with('/') {
            return Err(MeasureError::NothingOver(text.trim().to_owned()));
        }
        if unit.ends_with(['/', '-']) {
            return Err(MeasureError::NothingPer(text.trim().to_owned()));
        }
        let mut parts = unit.split('/');
        let over = atom(parts.next().unwrap_or_default())?;
        let per = parts.flat_map(|part| part.split('-')).map(atom).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { value, unit: Unit { over, per } })
    }
}

fn atom(text: &str) -> Result<Atom, MeasureError> {
    let text = text.trim();
    let known = |name: &str| SPELLINGS.iter().find(|(known, _)| *known == name).map(|(_, atom)| *atom);
    // A plural of a unit that is a word: `days`, `cores`, `VMs`.
    let singular = text.strip_suffix('s').filter(|word| word.len() > 1);
    known(text)
        .or_else(|| money(text))
        .or_else(|| {
            singular
                .and_then(known)
                .filter(|atom| matches!(atom, Atom::Time(_) | Atom::Thing(_) | Atom::Bits(1) | Atom::Data(_)))
        })
        .ok_or_else(|| MeasureError::UnknownUnit {
            unit: text.to_owned(),
            suggestion: did_you_mean(text, SPELLINGS.iter().map(|(name, _)| *name))
                .or_else(|| did_you_mean(text, CURRENCIES.split_whitespace())),
        })
}

/// `EUR`, `kEUR`, `MEUR`, `€`, `k€`, `M€`, `$`.
fn money(text: &str) -> Option<Atom> {
    let one = |text: &str| match text {
        "€" => Some(Currency::EUR),
        "$" => Some(Currency::USD),
        code => currency(code),
    };
    let scaled = |prefix: char, scale| {
        text.strip_prefix(prefix).and_then(one).map(|currency| Atom::Money(currency, scale))
    };
    one(text)
        .map(|currency| Atom::Money(currency, 1))
        .or_else(|| scaled('k', 1_000))
        .or_else(|| scaled('M', 1_000_000))
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Money(currency, scale) = self {
            let prefix = match scale {
                1_000 => "k",
                1_000_000 => "M",
                _ => "",
            };
            return write!(f, "{prefix}{currency}");
        }
        match SPELLINGS.iter().find(|(_, atom)| atom == self) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "{self:?}"),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.over)?;
        for (place, atom) in self.per.iter().enumerate() {
            write!(f, "{}{atom}", if place == 0 { '/' } else { '-' })?;
        }
        Ok(())
    }
}

impl fmt::Display for Measure {
    /// As it would be written in a scenario: `45 EUR/core-year`, `3 years`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit)?;
        let word = matches!(
            self.unit.over,
            Atom::Time(TimeUnit::Day | TimeUnit::Week | TimeUnit::Month | TimeUnit::Year) | Atom::Thing(_)
        );
        if word && self.unit.per.is_empty() && self.value != 1.0 {
            f.write_str(if self.unit.over == Atom::Thing(Thing::Address) { "es" } else { "s" })?;
        }
        Ok(())
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Atom::Time(*self).fmt(f)
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Atom::Thing(*self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_prints_as_it_was_written() {
        for text in [
            "500 GiB",
            "10 Gbit/s",
            "7 %/year",
            "90 days",
            "1 year",
            "3 years",
            "12 h",
            "45 EUR/core-year",
            "6.16 USD/h",
            "0.09 EUR/GB",
            "9 MEUR",
            "0.05 USD/GiB-month",
            "0.18 EUR/kWh",
            "-5 %",
            "450 W",
            "1.1567 USD/EUR",
            "2 h/vm",
        ] {
            assert_eq!(text.parse::<Measure>().map(|measure| measure.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn other_spellings_mean_the_same() {
        for (one, other) in [
            ("10 Gbps", "10 Gbit/s"),
            ("45 €/core/year", "45 EUR/core-year"),
            ("9M€", "9 MEUR"),
            ("1_000 hosts", "1000 hosts"),
            ("2 VMs", "2 vms"),
            ("1e3 EUR", "1000 EUR"),
            ("5 yr", "5 years"),
            ("30percent", "30 %"),
            ("350 EUR/socket-year", "350 EUR/processor-year"),
        ] {
            assert_eq!(one.parse::<Measure>(), other.parse::<Measure>(), "{one}");
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        for (text, message) in [
            ("500", "`500` has no unit"),
            ("", "nothing is written here"),
            ("many GiB", "`many GiB` does not begin with a number"),
            ("1,5 TB", "`1,5` has a comma; the decimal sign is a point, as in `1.5`"),
            ("5 gib", "`gib` is not a unit; did you mean `GiB`?"),
            ("5 EUX", "`EUX` is not a unit; did you mean `EUR`?"),
            ("5 furlongs", "`furlongs` is not a unit"),
            ("1.2.3 GB", "`1.2.3` is not a number"),
            ("1e999 GB", "`1e999` is not a number"),
            ("5 EUR/", "`5 EUR/` ends in a slash"),
            ("45/core-year", "`45/core-year` lacks a unit between the number and the slash"),
        ] {
            let error = text.parse::<Measure>().expect_err(text);
            assert_eq!(error.to_string(), message);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_and_what_is_read_is_printed_and_read_again(text in "[0-9.,e+-]{0,5} ?\\PC{0,8}|[0-9]{1,3} (EUR|GiB|h|%)(/(core|year|GB)(-month)?)?") {
            if let Ok(measure) = text.parse::<Measure>() {
                proptest::prop_assert_eq!(measure.to_string().parse::<Measure>(), Ok(measure));
            }
        }
    }
}
