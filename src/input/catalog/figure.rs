//! A figure of the catalogue: a number with its source, its date and how sure it
//! is, or the plain statement that nobody publishes it.

use std::fmt;

use serde_json::{Value, json};

use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot};
use crate::base::settings::{
    Entries, Field, Fields, Figure as Stated, Name, Schemas, Setting, Spread, unexpected,
};
use crate::base::units::{Atom, Measure, QuantityError, Unit, Written, number};
use crate::base::yaml::{Kind, Node};

crate::choices! {
    /// How sure a figure is.
    pub enum Confidence as "a confidence, A to D" {
        /// Official, or two sources agree.
        A = "A",
        /// One good data file or list.
        B = "B",
        /// One weak source, or derived from others.
        C = "C",
        /// An anecdote, or wide disagreement.
        D = "D",
    }
}

impl Confidence {
    /// One step less sure: what is derived from a figure is not as sure as it is.
    #[must_use]
    pub const fn lowered(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::C,
            Self::C | Self::D => Self::D,
        }
    }
}

/// As of when a figure holds: a year, a month or a day, as its source dates it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AsOf(String);

impl AsOf {
    /// The date as written: `2026`, `2026-08` or `2026-08-14`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let part = |text: Option<&str>, digits: usize, most: u32| {
            text.is_none_or(|text| {
                text.len() == digits && text.parse().is_ok_and(|count: u32| (1..=most).contains(&count))
            })
        };
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        (part(year, 4, 9999) && part(month, 2, 12) && part(day, 2, 31) && parts.next().is_none())
            .then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Setting for AsOf {
    const WHAT: &'static str = "a year, a month or a day";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": ["string", "integer"], "pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$", "examples": ["2026-08"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let date = node.as_text().and_then(Self::parse);
        if date.is_none() {
            diagnostics.push(unexpected(node, Self::WHAT).note("Write `2026`, `2026-08` or `2026-08-14`."));
        }
        date
    }
}

/// A whole number of things, such as `16 cores`, `4 hosts`, or plain `52`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Count(pub u32);

impl Written for Count {
    const WHAT: &'static str = "a whole number of things";
    const EXAMPLES: &'static [&'static str] = &["16 cores", "4 hosts", "52"];

    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        let counts = matches!(measure.unit.over, Atom::Thing(_) | Atom::Times) && measure.unit.per.is_empty();
        let whole = measure.value >= 0.0
            && measure.value <= f64::from(u32::MAX)
            && libm::trunc(measure.value) == measure.value;
        if !counts {
            return Err(QuantityError::WrongUnit {
                written: measure.to_string(),
                wanted: <Self as Written>::WHAT,
            });
        }
        if !whole {
            let written = measure.to_string();
            return Err(QuantityError::OutOfRange {
                written,
                allowed: "it must be a whole number, not negative",
            });
        }
        Ok(Self(measure.value as u32))
    }
    fn parse(text: &str) -> Result<Self, QuantityError> {
        Self::from_measure(&Plain::parse(text)?.0)
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (f64::from(self.0), None)
    }
    fn schema_type() -> Value {
        json!(["number", "string"])
    }
}

/// Any number, with a unit or without: what a named assumption may be.
#[derive(Clone, PartialEq, Debug)]
pub struct Plain(pub Measure);

impl Written for Plain {
    const WHAT: &'static str = "a number, with its unit if it has one";
    const EXAMPLES: &'static [&'static str] = &["75 EUR/h", "15 s", "30 %", "1.54"];

    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        Ok(Self(measure.clone()))
    }
    fn parse(text: &str) -> Result<Self, QuantityError> {
        match number(text)? {
            (value, "") => Ok(Self(Measure { value, unit: Unit { over: Atom::Times, per: Vec::new() } })),
            _ => Ok(Self(text.parse()?)),
        }
    }
    fn magnitude(&self) -> (f64, Option<Unit>) {
        (self.0.value, Some(self.0.unit.clone()))
    }
    fn schema_type() -> Value {
        json!(["number", "string"])
    }
}

/// Where a figure comes from.
#[derive(Clone, PartialEq, Debug)]
pub enum Provenance {
    /// A published source.
    Published {
        /// The key of the source in `sources`.
        source: Name,
        /// As of when, where it differs from the date of the source.
        date: Option<AsOf>,
        /// How sure it is.
        confidence: Confidence,
    },
    /// Nobody publishes it: an assumption, with its reason.
    Assumed {
        /// Why this range.
        reason: String,
    },
    /// Whoever wrote the file states it: a user's own figure.
    Stated,
}

/// What is known of a figure.
#[derive(Clone, PartialEq, Debug)]
pub enum Content<T> {
    /// A value, or its distribution.
    Known(Spread<T>),
    /// Nobody publishes it, and it is not invented: whoever uses it must state it.
    Needed {
        /// What is missing and whom to ask.
        why: String,
        /// Where sources that disagree begin, if there are any.
        low: Option<T>,
        /// Where they end.
        high: Option<T>,
    },
}

/// A figure of the catalogue.
///
/// Its dotted path, by which a user overrides it, is
/// [`Catalog::path_of`](super::Catalog::path_of) of its spot.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure<T> {
    /// What is known of it.
    pub content: Content<T>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What a reader should know besides.
    pub note: Option<String>,
    /// Where it is written.
    pub spot: Spot,
}

impl<T> Figure<T> {
    /// The value or the distribution; nothing when the user has to state it.
    pub fn known(&self) -> Option<&Spread<T>> {
        match &self.content {
            Content::Known(spread) => Some(spread),
            Content::Needed { .. } => None,
        }
    }

    /// The most telling single value, see [`Spread::typical`]; nothing when the
    /// user has to state it.
    pub fn typical(&self) -> Option<&T> {
        self.known().and_then(Spread::typical)
    }
}

const fn field(key: &'static str, doc: &'static str) -> Field {
    Field { key, doc, default: None }
}

/// The keys of a figure: first those that say the number, then what is known of it.
const FIELDS: &[Field] = &[
    field("value", "The value, when it is certain."),
    field("low", "The least value of a PERT distribution."),
    field("mode", "The most likely value of a PERT distribution."),
    field("high", "The greatest value of a PERT distribution."),
    field("uniform", "The least and the greatest value; all between are as likely."),
    field("triangular", "Least, most likely and greatest value; the density is a triangle."),
    field("normal", "A bell curve by its mean and its standard deviation."),
    field("lognormal", "A distribution whose logarithm is a bell curve."),
    field(
        "needed",
        "That nobody publishes the figure, and whom to ask; `low` and `high` where sources disagree.",
    ),
    field("assumption", "Why this figure is assumed; it appears in the report's list of assumptions."),
    field("source", "The key of the source in `sources`."),
    field("date", "As of when, where it differs from the date of the source."),
    field("confidence", "How sure it is, A to D."),
    field("note", "What a reader should know besides."),
    field("label", "Its name for people."),
    field("group", "The heading it is listed under."),
];
const NUMBERS: usize = 9;
const NEEDED: &Field = &FIELDS[8];

/// Whether a node says a figure as a mapping.
pub(super) fn is_figure(node: &Node) -> bool {
    FIELDS[..NUMBERS].iter().any(|field| node.value(field.key).is_some())
}

impl<T: Written> Setting for Figure<T> {
    const WHAT: &'static str = <T as Written>::WHAT;

    fn schema(schemas: &mut Schemas) -> Value {
        Stated::<T>::schema(schemas)
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(entries) = node.as_mapping() else {
            let content = Content::Known(Stated::<T>::read(node, diagnostics)?.spread);
            return Some(Self { content, provenance: Provenance::Stated, note: None, spot: node.spot });
        };
        let mut fields = Fields::open(node, "a figure of the catalogue", FIELDS, diagnostics)?;
        let needed: Option<String> = fields.read::<Option<String>>(NEEDED).flatten();
        let assumption: Option<String> = fields.read::<Option<String>>(&FIELDS[9]).flatten();
        let source: Option<Name> = fields.read::<Option<Name>>(&FIELDS[10]).flatten();
        let date: Option<AsOf> = fields.read::<Option<AsOf>>(&FIELDS[11]).flatten();
        let confidence: Option<Confidence> = fields.read::<Option<Confidence>>(&FIELDS[12]).flatten();
        let note: Option<String> = fields.read::<Option<String>>(&FIELDS[13]).flatten();
        let content = if let Some(why) = needed {
            let low = fields.read::<Option<T>>(&FIELDS[1]).flatten();
            let high = fields.read::<Option<T>>(&FIELDS[3]).flatten();
            Content::Needed { why, low, high }
        } else {
            // The number itself is read as anywhere else in a scenario.
            let numbers = entries
                .iter()
                .filter(|(key, _)| FIELDS[..NUMBERS].iter().any(|field| field.key == key.text))
                .cloned()
                .collect();
            let numbers = Node { spot: node.spot, kind: Kind::Mapping(numbers) };
            Content::Known(Stated::<T>::read(&numbers, diagnostics)?.spread)
        };
        let provenance = match (source, assumption) {
            (Some(source), _) => {
                let Some(confidence) = confidence else {
                    diagnostics.push(
                        Diagnostic::error(source.spot, "A figure with a source needs a `confidence`").note(
                            "A: official, or two sources agree. B: one good list. C: weak or derived. D: an anecdote.",
                        ),
                    );
                    return None;
                };
                Provenance::Published { source, date, confidence }
            }
            (None, Some(reason)) => Provenance::Assumed { reason },
            (None, None) => Provenance::Stated,
        };
        Some(Self { content, provenance, note, spot: node.spot })
    }

    fn example() -> Option<String> {
        T::EXAMPLES.first().map(|example| (*example).to_owned())
    }
}

/// A figure that may differ from region to region.
#[derive(Clone, PartialEq, Debug)]
pub enum Regional<T> {
    /// The same in all regions.
    Everywhere(Figure<T>),
    /// By region; what is not named is not sold there.
    ByRegion(Entries<Figure<T>>),
}

impl<T> Regional<T> {
    /// The figure that holds in `region`; nothing where it is not sold.
    pub fn at(&self, region: &str) -> Option<&Figure<T>> {
        match self {
            Self::Everywhere(figure) => Some(figure),
            Self::ByRegion(figures) => figures.get(region),
        }
    }

    /// Every figure with its region, if it has one.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (Option<&Name>, &Figure<T>)> + '_> {
        match self {
            Self::Everywhere(figure) => Box::new(std::iter::once((None, figure))),
            Self::ByRegion(figures) => {
                Box::new(figures.iter().map(|(region, figure)| (Some(region), figure)))
            }
        }
    }
}

impl<T: Written> Setting for Regional<T> {
    const WHAT: &'static str = <T as Written>::WHAT;

    fn schema(schemas: &mut Schemas) -> Value {
        let (one, many) = (Figure::<T>::schema(schemas), Entries::<Figure<T>>::schema(schemas));
        json!({ "anyOf": [one, many] })
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_none() || is_figure(node) {
            Figure::read(node, diagnostics).map(Self::Everywhere)
        } else {
            Entries::read(node, diagnostics).map(Self::ByRegion)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::Sources;
    use crate::base::units::UnitPrice;
    use crate::base::yaml::parse;

    fn read<T: Setting>(text: &str) -> (Option<T>, Vec<String>) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("t.yaml", format!("figure: {text}\n"));
        let tree = parse(source, &sources, &mut diagnostics).expect("a tree");
        let figure = T::read(tree.value("figure").expect("it is written"), &mut diagnostics);
        (figure, diagnostics.sorted().iter().map(|message| message.title.clone()).collect())
    }

    #[test]
    fn a_figure_knows_where_it_comes_from() {
        let (figure, messages) =
            read::<Figure<UnitPrice>>("{value: 6.16 USD/h, source: list, confidence: B}");
        let figure = figure.expect("a figure");
        assert!(messages.is_empty(), "{messages:?}");
        assert_eq!(figure.typical().map(ToString::to_string).as_deref(), Some("6.16 USD/h"));
        assert!(matches!(figure.provenance, Provenance::Published { confidence: Confidence::B, .. }));
        let (figure, _) = read::<Figure<UnitPrice>>("5 EUR/h");
        assert_eq!(figure.map(|figure| figure.provenance), Some(Provenance::Stated));
    }

    #[test]
    fn a_needed_figure_has_no_value_but_may_have_bounds() {
        let (figure, messages) = read::<Figure<UnitPrice>>("{needed: ask, low: 12 USD/h, high: 20 USD/h}");
        assert!(messages.is_empty(), "{messages:?}");
        let figure = figure.expect("a figure");
        assert_eq!(figure.known(), None);
        let Content::Needed { low: Some(low), .. } = figure.content else { panic!("bounds are kept") };
        assert_eq!(low.to_string(), "12 USD/h");
    }

    #[test]
    fn a_source_without_confidence_is_refused() {
        let (figure, messages) = read::<Figure<UnitPrice>>("{value: 6.16 USD/h, source: list}");
        assert_eq!(figure, None);
        assert_eq!(messages, ["A figure with a source needs a `confidence`"]);
    }

    #[test]
    fn a_date_is_a_year_a_month_or_a_day() {
        for good in ["2024", "2024-08", "2024-08-09"] {
            assert_eq!(AsOf::parse(good).map(|date| date.0).as_deref(), Some(good));
        }
        for bad in ["", "24", "2024-13", "2024-8", "2024-08-09-1", "2024-00", "soon"] {
            assert_eq!(AsOf::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_regional_price_is_one_for_all_or_one_a_region() {
        let (all, _) = read::<Regional<UnitPrice>>("{value: 1 EUR/h, assumption: because}");
        assert!(all.is_some_and(|price| price.at("anywhere").is_some()));
        let (some, _) = read::<Regional<UnitPrice>>("{paris: 1 EUR/h}");
        let some = some.expect("a price");
        assert!(some.at("paris").is_some() && some.at("london").is_none());
    }
}
