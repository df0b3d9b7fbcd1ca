//! Figures that may be uncertain.

use serde_json::{Value, json};

use super::record::{object, property};
use super::{Field, Fields, Name, Ratio, Schemas, Setting};
use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot};
use crate::base::random::Distribution;
use crate::base::units::{Measure, QuantityError, Written};
use crate::base::yaml::Node;

/// A figure with what is known of it: certain or not, published or assumed.
///
/// It is written as a value (`45 EUR/core-year`), as the `$name` of an entry of
/// `uncertain:`, or as a mapping: `{low, mode, high}`, a named distribution, or
/// `{value}`, each with an optional `assumption`, `source` and `date`.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure<T> {
    /// Its value or its distribution.
    pub spread: Spread<T>,
    /// Why it was assumed, when no published source states it.
    pub assumption: Option<String>,
    /// Where it was published.
    pub source: Option<String>,
    /// As of when, as its source dates it.
    pub date: Option<String>,
    /// Where it is written.
    pub spot: Spot,
}

/// A value or its distribution, as written.
#[derive(Clone, PartialEq, Debug)]
pub enum Spread<T> {
    /// It is this.
    Fixed(T),
    /// PERT: a Beta distribution between `low` and `high` with its peak at `mode`.
    Pert {
        /// The least value.
        low: T,
        /// The most likely value.
        mode: T,
        /// The greatest value.
        high: T,
    },
    /// Every value between the two is as likely.
    Uniform {
        /// The least value.
        low: T,
        /// The greatest value.
        high: T,
    },
    /// The density rises to `mode` and falls from there.
    Triangular {
        /// The least value.
        low: T,
        /// The most likely value.
        mode: T,
        /// The greatest value.
        high: T,
    },
    /// The bell curve.
    Normal {
        /// Its mean.
        mean: T,
        /// Its standard deviation, more than zero.
        sd: T,
    },
    /// The logarithm has a bell curve.
    LogNormal {
        /// The value that half of all draws exceed, more than zero.
        median: T,
        /// The standard deviation of the natural logarithm, more than zero.
        sigma: f64,
    },
    /// The value of an entry of `uncertain:`.
    Reference(Name),
}

impl<T> Spread<T> {
    /// The same distribution of other values.
    ///
    /// # Errors
    /// The first error of `convert`.
    pub fn try_map<U, E>(&self, mut convert: impl FnMut(&T) -> Result<U, E>) -> Result<Spread<U>, E> {
        Ok(match self {
            Self::Fixed(value) => Spread::Fixed(convert(value)?),
            Self::Pert { low, mode, high } => {
                Spread::Pert { low: convert(low)?, mode: convert(mode)?, high: convert(high)? }
            }
            Self::Uniform { low, high } => Spread::Uniform { low: convert(low)?, high: convert(high)? },
            Self::Triangular { low, mode, high } => {
                Spread::Triangular { low: convert(low)?, mode: convert(mode)?, high: convert(high)? }
            }
            Self::Normal { mean, sd } => Spread::Normal { mean: convert(mean)?, sd: convert(sd)? },
            Self::LogNormal { median, sigma } => {
                Spread::LogNormal { median: convert(median)?, sigma: *sigma }
            }
            Self::Reference(name) => Spread::Reference(name.clone()),
        })
    }

    /// The name of an entry of `uncertain:`, if it is one.
    pub fn reference(&self) -> Option<&Name> {
        match self {
            Self::Reference(name) => Some(name),
            _ => None,
        }
    }

    /// The most telling single value: the value itself, the mode, the mean of a
    /// normal, the median of a lognormal, the low end of a uniform; nothing for a
    /// reference.
    pub fn typical(&self) -> Option<&T> {
        match self {
            Self::Fixed(value) | Self::Normal { mean: value, .. } | Self::LogNormal { median: value, .. } => {
                Some(value)
            }
            Self::Pert { mode, .. } | Self::Triangular { mode, .. } => Some(mode),
            Self::Uniform { low, .. } => Some(low),
            Self::Reference(_) => None,
        }
    }
}

impl Spread<Measure> {
    /// The same distribution as the quantity `T`: an entry of `uncertain:` learns
    /// what it measures only where it is used.
    ///
    /// # Errors
    /// If its unit measures something else.
    pub fn typed<T: Written>(&self) -> Result<Spread<T>, QuantityError> {
        self.try_map(T::from_measure)
    }
}

impl<T: Written> Spread<T> {
    /// The distribution of the magnitudes, cut off where values stop making sense;
    /// nothing for a reference. The unit is that of [`Written::unit_name`].
    pub fn distribution(&self) -> Option<Distribution> {
        let number = |value: &T| value.magnitude().0;
        Some(match self {
            Self::Fixed(value) => Distribution::Fixed(number(value)),
            Self::Pert { low, mode, high } => {
                Distribution::Pert { low: number(low), mode: number(mode), high: number(high) }
            }
            Self::Uniform { low, high } => Distribution::Uniform { low: number(low), high: number(high) },
            Self::Triangular { low, mode, high } => {
                Distribution::Triangular { low: number(low), mode: number(mode), high: number(high) }
            }
            Self::Normal { mean, sd } => {
                Distribution::Normal { mean: number(mean), deviation: number(sd), bounds: T::bounds() }
            }
            Self::LogNormal { median, sigma } => {
                Distribution::LogNormal { median: number(median), sigma: *sigma, bounds: T::bounds() }
            }
            Self::Reference(_) => return None,
        })
    }

    /// What is wrong with its parameters, if anything.
    fn fault(&self) -> Option<String> {
        let ordered = |values: &[(&str, &T)]| {
            values.windows(2).find_map(|pair| {
                let ((a, a_unit), (b, b_unit)) = (pair[0].1.magnitude(), pair[1].1.magnitude());
                let (first, second) = (pair[0].0, pair[1].0);
                if a_unit != b_unit {
                    Some(format!("`{first}` and `{second}` are in different units"))
                } else {
                    (a > b).then(|| format!("`{first}` is greater than `{second}`"))
                }
            })
        };
        let positive =
            |name: &str, value: f64| (value <= 0.0).then(|| format!("`{name}` must be more than zero"));
        let end = |values: &[(&str, &T)]| {
            let (low, high) = (values.first()?.1.magnitude().0, values.last()?.1.magnitude().0);
            (low == high)
                .then(|| "The least and the greatest value are the same; write that value alone".to_owned())
        };
        let range = |values: &[(&str, &T)]| ordered(values).or_else(|| end(values));
        match self {
            Self::Fixed(_) | Self::Reference(_) => None,
            Self::Pert { low, mode, high } | Self::Triangular { low, mode, high } => {
                range(&[("low", low), ("mode", mode), ("high", high)])
            }
            Self::Uniform { low, high } => range(&[("low", low), ("high", high)]),
            Self::Normal { mean, sd } => {
                let same = mean.magnitude().1 == sd.magnitude().1;
                (!same)
                    .then(|| "`mean` and `sd` are in different units".to_owned())
                    .or_else(|| positive("sd", sd.magnitude().0))
            }
            Self::LogNormal { median, sigma } => {
                positive("median", median.magnitude().0).or_else(|| positive("sigma", *sigma))
            }
        }
    }
}

/// A figure of any kind, for checks that concern all of them.
pub trait AnyFigure {
    /// Where it is written.
    fn spot(&self) -> Spot;
    /// The entry of `uncertain:` that it refers to, if it does.
    fn reference(&self) -> Option<&Name>;
    /// Whether an entry of `uncertain:` states what this figure measures.
    ///
    /// # Errors
    /// Why not.
    fn accepts(&self, entry: &Spread<Measure>) -> Result<(), QuantityError>;
    /// Why it was assumed, if it is an assumption.
    fn assumption(&self) -> Option<&str>;
}

impl<T: Written> AnyFigure for Figure<T> {
    fn spot(&self) -> Spot {
        self.spot
    }
    fn reference(&self) -> Option<&Name> {
        self.spread.reference()
    }
    fn accepts(&self, entry: &Spread<Measure>) -> Result<(), QuantityError> {
        entry.typed::<T>().map(|_| ())
    }
    fn assumption(&self) -> Option<&str> {
        self.assumption.as_deref()
    }
}

const fn field(key: &'static str, doc: &'static str) -> Field {
    Field { key, doc, default: None }
}

const FIELDS: &[Field] = &[
    field("value", "The value, when it is certain."),
    field("low", "The least value of a PERT distribution."),
    field("mode", "The most likely value of a PERT distribution."),
    field("high", "The greatest value of a PERT distribution."),
    field("uniform", "The least and the greatest value; all between are as likely."),
    field("triangular", "Least, most likely and greatest value; the density is a triangle."),
    field("normal", "A bell curve by its mean and its standard deviation."),
    field(
        "lognormal",
        "A distribution whose logarithm is a bell curve, by its median and the standard deviation of the logarithm.",
    ),
    field("assumption", "Why this figure is assumed; it appears in the report's list of assumptions."),
    field("source", "Where the figure was published."),
    field("date", "As of when the figure holds."),
];

const RANGE: &[Field] = &[
    field("low", "The least value."),
    field("mode", "The most likely value."),
    field("high", "The greatest value."),
];
const NORMAL: &[Field] = &[field("mean", "The mean."), field("sd", "The standard deviation.")];
const LOGNORMAL: &[Field] = &[
    field("median", "The value that half of all draws exceed."),
    field("sigma", "The standard deviation of the natural logarithm."),
];

/// The ways of saying a distribution, by the keys that say it.
const KINDS: &[&str] = &["value", "low", "uniform", "triangular", "normal", "lognormal"];

/// Which of [`KINDS`] a mapping is; `mode` and `high` belong to `low`.
fn kind_of(node: &Node) -> Option<usize> {
    let has = |key: &str| node.value(key).is_some();
    KINDS.iter().position(|key| has(key)).or_else(|| (has("mode") || has("high")).then_some(1))
}

/// Whether two mappings say a figure in different ways, so that keys of the one
/// must not be mixed into the other when files are merged.
pub fn alternatives(base: &Node, over: &Node) -> bool {
    match (kind_of(base), kind_of(over)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}

impl<T: Written> Setting for Figure<T> {
    const WHAT: &'static str = <T as Written>::WHAT;

    fn schema(schemas: &mut Schemas) -> Value {
        let part = |what: &str| what.replace(' ', "-");
        schemas.define(&format!("figure:{}", part(<T as Written>::WHAT)), |schemas| {
            let one = <T as Setting>::schema(schemas);
            let record = |schemas: &mut Schemas, fields: &[Field]| {
                let properties = fields.iter().map(|field| property::<T>(field, schemas)).collect();
                object("The parameters of the distribution.", properties)
            };
            let mut properties: Vec<_> =
                FIELDS[..4].iter().map(|field| property::<Option<T>>(field, schemas)).collect();
            let list = |length: usize| json!({ "type": "array", "items": one, "minItems": length, "maxItems": length });
            let triangular = record(schemas, RANGE);
            let normal = record(schemas, NORMAL);
            let lognormal = object(
                "The parameters of the distribution.",
                vec![property::<T>(&LOGNORMAL[0], schemas), property::<Ratio>(&LOGNORMAL[1], schemas)],
            );
            let shapes = [list(2), json!({ "anyOf": [list(3), triangular] }), normal, lognormal];
            for (field, mut shape) in FIELDS[4..8].iter().zip(shapes) {
                shape["description"] = json!(field.doc);
                properties.push((field.key, shape, false));
            }
            properties.push(property::<Option<String>>(&FIELDS[8], schemas));
            properties.push(property::<Option<String>>(&FIELDS[9], schemas));
            properties.push(property::<Option<String>>(&FIELDS[10], schemas));
            let doc = "An uncertain figure: `{low, mode, high}` (PERT), a named distribution, or a value with its source.";
            json!({
                "description": format!("{}, certain or not.", <T as Written>::WHAT),
                "anyOf": [
                    one,
                    { "type": "string", "pattern": "^\\$[A-Za-z0-9_.-]+$", "description": "The name of an entry of `uncertain:`." },
                    object(doc, properties),
                ],
            })
        })
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let bare = |spread| Self { spread, assumption: None, source: None, date: None, spot: node.spot };
        if let Some(name) = node.as_text().and_then(|text| text.strip_prefix('$')) {
            let name = Node::plain(name, node.spot);
            return Name::read(&name, diagnostics).map(Spread::Reference).map(bare);
        }
        if node.as_mapping().is_none() {
            return T::read(node, diagnostics).map(Spread::Fixed).map(bare);
        }
        let mut fields = Fields::open(node, "a figure", FIELDS, diagnostics)?;
        let assumption: Option<Option<String>> = fields.read(&FIELDS[8]);
        let source: Option<Option<String>> = fields.read(&FIELDS[9]);
        let date: Option<Option<String>> = fields.read(&FIELDS[10]);
        let spread = read_spread(node, diagnostics)?;
        if let Some(fault) = spread.fault() {
            diagnostics.push(
                Diagnostic::error(node.spot, fault)
                    .note("Expected `low` ≤ `mode` ≤ `high`, in the same unit."),
            );
            return None;
        }
        Some(Self {
            spread,
            assumption: assumption.flatten(),
            source: source.flatten(),
            date: date.flatten(),
            spot: node.spot,
        })
    }

    fn example() -> Option<String> {
        <T as Setting>::example()
    }

    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        visit(self);
    }
}

/// The distribution of a mapping whose keys are known to be those of a figure.
fn read_spread<T: Written>(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spread<T>> {
    let kinds = ["value", "uniform", "triangular", "normal", "lognormal"];
    let is_range = RANGE.iter().any(|field| node.value(field.key).is_some());
    let named: Vec<_> = kinds.iter().filter_map(|key| node.entry(key)).collect();
    let [(key, value)] = named.as_slice() else {
        if is_range && named.is_empty() {
            return read_range(node, diagnostics);
        }
        diagnostics.push(
            Diagnostic::error(node.spot, "A figure needs exactly one value or one distribution").note(
                "Expected `value`, or `low`, `mode` and `high`, or one of `uniform`, `triangular`, `normal` and `lognormal`.",
            ),
        );
        return None;
    };
    if is_range {
        diagnostics.push(
            Diagnostic::error(
                key.spot,
                format!("`{}` and `low`, `mode`, `high` cannot stand together", key.text),
            )
            .help("Keep one way of saying how uncertain the figure is."),
        );
        return None;
    }
    match key.text.as_str() {
        "value" => T::read(value, diagnostics).map(Spread::Fixed),
        "uniform" => {
            let [low, high] = list(value, diagnostics)?;
            Some(Spread::Uniform { low, high })
        }
        "triangular" if value.as_sequence().is_some() => {
            let [low, mode, high] = list(value, diagnostics)?;
            Some(Spread::Triangular { low, mode, high })
        }
        "triangular" => {
            Fields::open(value, "a triangular distribution", RANGE, diagnostics)?;
            match read_range(value, diagnostics)? {
                Spread::Pert { low, mode, high } => Some(Spread::Triangular { low, mode, high }),
                _ => None,
            }
        }
        "normal" => {
            let mut fields = Fields::open(value, "a normal distribution", NORMAL, diagnostics)?;
            let (mean, sd) = (fields.read(&NORMAL[0]), fields.read(&NORMAL[1]));
            Some(Spread::Normal { mean: mean?, sd: sd? })
        }
        _ => {
            let mut fields = Fields::open(value, "a lognormal distribution", LOGNORMAL, diagnostics)?;
            let (median, sigma) = (fields.read(&LOGNORMAL[0]), fields.read::<Ratio>(&LOGNORMAL[1]));
            Some(Spread::LogNormal { median: median?, sigma: sigma?.get() })
        }
    }
}

/// `low`, `mode` and `high` of a mapping whose unknown keys were reported already.
fn read_range<T: Written>(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spread<T>> {
    let mut fields = Fields::reopen(node, "a range", diagnostics)?;
    let [low, mode, high] = [&RANGE[0], &RANGE[1], &RANGE[2]].map(|field| fields.read(field));
    Some(Spread::Pert { low: low?, mode: mode?, high: high? })
}

/// The `N` values of a list.
fn list<T: Written, const N: usize>(node: &Node, diagnostics: &mut Diagnostics) -> Option<[T; N]> {
    if node.as_sequence().is_none_or(|items| items.len() != N) {
        let values = if N == 2 { "[low, high]" } else { "[low, mode, high]" };
        diagnostics.push(super::unexpected(node, &format!("a list of {N} values, `{values}`")));
        return None;
    }
    // A broken value was reported and left out, so the length may differ now.
    Vec::<T>::read(node, diagnostics)?.try_into().ok()
}
