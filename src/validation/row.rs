//! One comparison of the simulator with a figure that somebody else published.

use std::fmt;

/// What a row can show. Only rows of [`Kind::Validation`] count as validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Measured by somebody, and no parameter was fitted to it.
    Validation,
    /// A rule, a closed form, or the output of another model.
    Verification,
    /// Measured by somebody and used to fit a parameter: it shows how well the form fits.
    Calibration,
    /// Shown without a bound.
    Report,
}

impl Kind {
    /// All kinds, the one that says most first.
    pub const ALL: [Self; 4] = [Self::Validation, Self::Verification, Self::Calibration, Self::Report];

    /// Its name in every output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::Verification => "verification",
            Self::Calibration => "calibration",
            Self::Report => "report",
        }
    }
}

/// A figure, published or simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number in the unit of its row.
    Number(f64),
    /// From the one to the other, both included.
    Range(f64, f64),
    /// It does not end.
    Never,
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for Value {
    /// Four significant digits, whole numbers whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => f.write_str(&digits(*number)),
            Self::Range(from, to) => write!(f, "{} to {}", digits(*from), digits(*to)),
            Self::Never => f.write_str("never"),
        }
    }
}

/// Four significant digits without zeros at the end, and every digit before the point.
fn digits(number: f64) -> String {
    let decimals = match number.abs() {
        1_000.0.. => 0,
        100.0.. => 1,
        10.0.. => 2,
        1.0.. => 3,
        0.1.. => 4,
        _ => 5,
    };
    let text = format!("{number:.decimals$}");
    if decimals == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// How far a simulated figure may be from the published one, and why so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// As a share of the published figure.
    pub share: f64,
    /// Or in the unit of the row, whichever allows more.
    pub absolute: f64,
    /// Why.
    pub reason: &'static str,
}

impl Tolerance {
    /// A share of the published figure.
    pub const fn share(share: f64, reason: &'static str) -> Self {
        Self { share, absolute: 0.0, reason }
    }

    /// No difference beyond what the printed digits can show, a billionth.
    pub const fn exact(reason: &'static str) -> Self {
        Self { share: 1e-9, absolute: 0.0, reason }
    }

    /// Or so much in the unit of the row.
    #[must_use]
    pub const fn or(mut self, absolute: f64) -> Self {
        self.absolute = absolute;
        self
    }
}

/// What is compared; becomes a [`Row`] by the kind of comparison it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What the figure is, within its table.
    pub row: String,
    /// What others say.
    pub published: Value,
    /// What the simulator says.
    pub simulated: Value,
    /// The unit of both; empty for a count of what the row names.
    pub unit: &'static str,
    /// Who published it, and where.
    pub source: &'static str,
}

impl Comparison {
    /// Measured by somebody, and not fitted.
    pub fn validation(self, tolerance: Tolerance) -> Row {
        self.bounded(Kind::Validation, tolerance)
    }

    /// A rule, a closed form, or the output of another model.
    pub fn verification(self, tolerance: Tolerance) -> Row {
        self.bounded(Kind::Verification, tolerance)
    }

    /// Used to fit a parameter.
    pub fn calibration(self, tolerance: Tolerance) -> Row {
        self.bounded(Kind::Calibration, tolerance)
    }

    /// Shown without a bound, for this reason.
    pub fn report(self, reason: &'static str) -> Row {
        Row { compared: self, kind: Kind::Report, tolerance: None, reason }
    }

    fn bounded(self, kind: Kind, tolerance: Tolerance) -> Row {
        Row { compared: self, kind, tolerance: Some(tolerance), reason: tolerance.reason }
    }
}

/// One line of a validation table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The two figures.
    pub compared: Comparison,
    /// What it can show.
    pub kind: Kind,
    /// How far apart the figures may be; none for a report.
    pub tolerance: Option<Tolerance>,
    /// Why the tolerance is what it is, or why there is none.
    pub reason: &'static str,
}

impl Row {
    /// How far the simulated figure is from the published one, as a share of that; from
    /// the nearer end of a range; zero inside it. None where either never ends, and for
    /// a published zero.
    pub fn error(&self) -> Option<f64> {
        let Value::Number(simulated) = self.compared.simulated else { return None };
        let published = match self.compared.published {
            Value::Number(published) => published,
            Value::Range(from, to) => simulated.clamp(from, to),
            Value::Never => return None,
        };
        let difference = simulated - published;
        if difference == 0.0 {
            return Some(0.0);
        }
        (published != 0.0).then(|| difference / published)
    }

    /// Whether the figures are as near as the tolerance asks; none for a report.
    pub fn holds(&self) -> Option<bool> {
        let tolerance = self.tolerance?;
        let near = |published: f64, simulated: f64| {
            (simulated - published).abs() <= (tolerance.share * published.abs()).max(tolerance.absolute)
        };
        Some(match (self.compared.published, self.compared.simulated) {
            (Value::Number(published), Value::Number(simulated)) => near(published, simulated),
            (Value::Range(from, to), Value::Number(simulated)) => near(simulated.clamp(from, to), simulated),
            (published, simulated) => published == simulated,
        })
    }

    /// `+3.2 %`, `inside` a range, or a dash where there is no error to state.
    pub fn error_text(&self) -> String {
        let Some(error) = self.error() else { return "–".to_owned() };
        if error == 0.0 && matches!(self.compared.published, Value::Range(..)) {
            return "inside".to_owned();
        }
        let percent = error * 100.0;
        if percent.abs() < 0.005 { "0 %".to_owned() } else { format!("{percent:+.*} %", decimals(percent)) }
    }

    /// `8 %`, `20 % or 1 s`, `exact`, or a dash.
    pub fn tolerance_text(&self) -> String {
        let Some(Tolerance { share, absolute, .. }) = self.tolerance else { return "–".to_owned() };
        let unit = self.compared.unit;
        let absolute = (absolute > 0.0).then(|| format!("{} {unit}", digits(absolute)).trim_end().to_owned());
        let share = (share > 1e-9).then(|| format!("{} %", (share * 1e9).round() / 1e7));
        match (share, absolute) {
            (None, None) => "exact".to_owned(),
            (Some(share), Some(absolute)) => format!("{share} or {absolute}"),
            (share, absolute) => share.or(absolute).unwrap_or_default(),
        }
    }

    /// `yes`, `NO`, or a dash.
    pub fn holds_text(&self) -> &'static str {
        match self.holds() {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "–",
        }
    }
}

fn decimals(percent: f64) -> usize {
    if percent.abs() < 0.1 { 2 } else { 1 }
}

/// The comparisons with one publication.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name, one word or two with a hyphen.
    pub name: &'static str,
    /// What it compares, in a few words.
    pub title: &'static str,
    /// What is simulated, what was fitted and what the model is missing.
    pub about: String,
    /// The comparisons.
    pub rows: Vec<Row>,
}

impl Table {
    /// The publications, each once, in the order of the rows.
    pub fn sources(&self) -> Vec<&'static str> {
        distinct(self.rows.iter().map(|row| row.compared.source))
    }

    /// Why the tolerances are what they are and why some rows have none, each reason once,
    /// in the order of the rows: `Validation, 8 %: ...`, `Report (this row; that row): ...`.
    /// Reports say which rows they are where there is more than one reason.
    pub fn reasons(&self) -> Vec<String> {
        let key = |row: &Row| (row.kind, row.tolerance_text(), row.reason);
        let keys = distinct(self.rows.iter().map(key));
        let several = keys.iter().filter(|(kind, ..)| *kind == Kind::Report).count() > 1;
        let text = |(kind, tolerance, reason): (Kind, String, &str)| match kind {
            Kind::Report if !several => format!("Report: {reason}."),
            Kind::Report => {
                let rows = self.rows.iter().filter(|row| key(row) == (kind, tolerance.clone(), reason));
                let names: Vec<&str> = rows.map(|row| row.compared.row.as_str()).collect();
                format!("Report ({}): {reason}.", names.join("; "))
            }
            _ => format!("{}, {tolerance}: {reason}.", capitalised(kind.name())),
        };
        keys.into_iter().map(text).collect()
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut kept, next| {
        if !kept.contains(&next) {
            kept.push(next);
        }
        kept
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(published: impl Into<Value>, simulated: impl Into<Value>) -> Comparison {
        let (published, simulated) = (published.into(), simulated.into());
        Comparison { row: "r".to_owned(), published, simulated, unit: "s", source: "somebody" }
    }

    #[test]
    fn a_row_holds_within_its_share_or_its_seconds() {
        let tolerance = Tolerance::share(0.1, "because");
        assert_eq!(compared(100.0, 110.0).validation(tolerance).holds(), Some(true));
        assert_eq!(compared(100.0, 111.0).validation(tolerance).holds(), Some(false));
        assert_eq!(compared(3.0, 3.9).validation(tolerance.or(1.0)).holds(), Some(true));
        assert_eq!(compared(100.0, 500.0).report("no bound").holds(), None);
        assert_eq!(compared(0.0, 0.0).validation(Tolerance::exact("a rule")).holds(), Some(true));
    }

    #[test]
    fn never_is_only_never_and_a_range_is_measured_from_its_nearer_end() {
        let exact = Tolerance::exact("a rule");
        assert_eq!(compared(Value::Never, Value::Never).verification(exact).holds(), Some(true));
        assert_eq!(compared(Value::Never, 5.0).verification(exact).holds(), Some(false));
        assert_eq!(compared(5.0, Value::Never).verification(exact).error(), None);
        let range = |simulated: f64| compared(Value::Range(10.0, 20.0), simulated).report("").error();
        assert_eq!((range(15.0), range(5.0), range(30.0)), (Some(0.0), Some(-0.5), Some(0.5)));
    }

    #[test]
    fn figures_have_four_digits_and_tolerances_their_unit() {
        let figures = [1_234.5, 123.46, 12.346, 0.012_346, 20.0, 1e6, 0.0];
        assert_eq!(figures.map(digits), ["1234", "123.5", "12.35", "0.01235", "20", "1000000", "0"]);
        let row = |tolerance| compared(1.0, 1.0).validation(tolerance).tolerance_text();
        assert_eq!(row(Tolerance::share(0.2, "").or(1.0)), "20 % or 1 s");
        assert_eq!(row(Tolerance::exact("")), "exact");
        assert_eq!(row(Tolerance { share: 0.0, absolute: 2.0, reason: "" }), "2 s");
        assert_eq!(compared(3.0, 2.9).report("").error_text(), "-3.3 %");
    }
}
