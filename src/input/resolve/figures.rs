//! The table of figures: every number that may be uncertain, said once.
//!
//! A figure of the catalogue is entered under its path, an entry of `uncertain:`
//! under its name, a figure written in place under the path of its setting. Whoever
//! asks for the same one again gets the same id, so that it is drawn once and all
//! that rests on it moves together.

use std::collections::HashMap;

use crate::base::diagnostics::{Diagnostic, Diagnostics, Sources, Spot};
use crate::base::ids::IdVec;
use crate::base::random::{Bounds, Distribution};
use crate::base::settings::{Entries, Figure as Written_, Spread};
use crate::base::units::{Currency, Measure, PriceBasis, PricePer, QuantityError, UnitPrice, Written};
use crate::input::catalog::{self, Catalog, Content, Plain};
use crate::world::{Figure, FigureId, Figures, Formula, Multiple, Provenance};

/// The unit in which the world keeps a quantity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// Its name; empty for the quantity's own.
    name: &'static str,
    /// How many of it the quantity's own unit is.
    factor: f64,
    /// Whether zero makes sense.
    least: Least,
}

/// Whether a figure may be zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Least {
    Zero,
    AboveZero,
}

impl Unit {
    /// The quantity's own.
    pub const OWN: Self = Self::new("", 1.0);
    /// Hours, of a length of time.
    pub const HOURS: Self = Self::new("h", 1.0 / 3_600.0);
    /// Minutes, of a length of time.
    pub const MINUTES: Self = Self::new("min", 1.0 / 60.0);
    /// Seconds, of a length of time.
    pub const SECONDS: Self = Self::new("s", 1.0);

    /// A unit under a name of its own.
    pub const fn new(name: &'static str, factor: f64) -> Self {
        Self { name, factor, least: Least::Zero }
    }

    /// That of something that is divided by.
    pub const fn above_zero(name: &'static str) -> Self {
        Self { name, factor: 1.0, least: Least::AboveZero }
    }
}

/// A price that nobody publishes and that the scenario does not state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MissingPrice {
    /// Its path in the catalogue, by which it is stated.
    pub path: String,
    /// What is missing and whom to ask.
    pub why: String,
    /// What sources that disagree say, such as `12 USD/h to 20 USD/h`.
    pub range: Option<String>,
    /// What in the scenario needs it.
    pub needed_by: String,
}

/// The table of figures, while it is made.
pub(super) struct Table<'a> {
    catalog: &'a Catalog,
    uncertain: &'a Entries<Written_<Measure>>,
    sources: &'a Sources,
    figures: IdVec<FigureId, Figure>,
    formulas: Vec<Formula>,
    /// By where it is written and in which unit it is kept.
    known: HashMap<(Spot, String), FigureId>,
    /// Figures that somebody is charged by, so that a dated move of one price does
    /// not move another's.
    charged: HashMap<FigureId, String>,
    missing: Vec<(MissingPrice, Option<Spot>)>,
    /// What in the scenario is being resolved, for prices that are missing.
    pub needed_by: (String, Option<Spot>),
}

impl<'a> Table<'a> {
    /// An empty table.
    pub fn new(
        catalog: &'a Catalog,
        uncertain: &'a Entries<Written_<Measure>>,
        sources: &'a Sources,
    ) -> Self {
        Self {
            catalog,
            uncertain,
            sources,
            figures: IdVec::new(),
            formulas: Vec::new(),
            known: HashMap::new(),
            charged: HashMap::new(),
            missing: Vec::new(),
            needed_by: (String::new(), None),
        }
    }

    /// A figure of the scenario, under the path of its setting.
    pub fn stated<T: Written>(
        &mut self,
        path: &str,
        figure: &Written_<T>,
        unit: Unit,
        diagnostics: &mut Diagnostics,
    ) -> FigureId {
        if let Some(name) = figure.spread.reference() {
            let entry = self.uncertain.get(name.as_str());
            let typed = entry.map(|entry| (entry, entry.spread.typed::<T>()));
            return match typed {
                Some((entry, Ok(spread))) => {
                    let provenance = self.provenance_of(entry);
                    let known = Known { path: format!("uncertain.{name}"), spot: entry.spot, provenance };
                    self.enter(known, &spread, unit, diagnostics)
                }
                // The scenario's own checks have said what is wrong.
                Some((_, Err(_))) | None => self.stand_in(path),
            };
        }
        let known =
            Known { path: path.to_owned(), spot: figure.spot, provenance: self.provenance_of(figure) };
        self.enter(known, &figure.spread, unit, diagnostics)
    }

    /// A figure of the scenario as the quantity `U` that it states.
    pub fn stated_as<T: Written, U: Written>(
        &mut self,
        path: &str,
        figure: &Written_<T>,
        unit: Unit,
        diagnostics: &mut Diagnostics,
    ) -> FigureId {
        match converted::<T, U>(&figure.spread) {
            Ok(spread) => {
                let figure = Written_ {
                    spread,
                    assumption: figure.assumption.clone(),
                    source: figure.source.clone(),
                    date: figure.date.clone(),
                    spot: figure.spot,
                };
                self.stated(path, &figure, unit, diagnostics)
            }
            Err(error) => {
                diagnostics.push(Diagnostic::error(figure.spot, error.to_string()));
                self.stand_in(path)
            }
        }
    }

    /// A figure of the catalogue in the quantity's own unit.
    pub fn listed<T: Written>(
        &mut self,
        figure: &catalog::Figure<T>,
        unit: Unit,
        diagnostics: &mut Diagnostics,
    ) -> FigureId {
        match &figure.content {
            Content::Known(spread) => {
                let known = self.listed_as(figure);
                self.enter(known, spread, unit, diagnostics)
            }
            Content::Needed { .. } => self.miss(figure),
        }
    }

    /// A figure of the catalogue as the quantity `U` that it states.
    pub fn listed_as_quantity<T: Written, U: Written>(
        &mut self,
        figure: &catalog::Figure<T>,
        unit: Unit,
        diagnostics: &mut Diagnostics,
    ) -> FigureId {
        let Content::Known(spread) = &figure.content else { return self.miss(figure) };
        match converted::<T, U>(spread) {
            Ok(spread) => {
                let known = self.listed_as(figure);
                self.enter(known, &spread, unit, diagnostics)
            }
            Err(error) => {
                let path = self.catalog.path_of(figure.spot).to_owned();
                diagnostics.push(
                    Diagnostic::error(figure.spot, format!("{error}"))
                        .note(format!("`{path}` is {}.", <U as Written>::WHAT)),
                );
                self.stand_in(&path)
            }
        }
    }

    /// A price of the catalogue, counted by `B`.
    pub fn price<B: PriceBasis>(
        &mut self,
        figure: &catalog::Figure<UnitPrice>,
        diagnostics: &mut Diagnostics,
    ) -> FigureId {
        self.listed_as_quantity::<UnitPrice, PricePer<B>>(figure, Unit::OWN, diagnostics)
    }

    /// A named assumption of the catalogue.
    ///
    /// # Panics
    /// If the embedded catalogue has none of this name: a test of the default
    /// scenario asks for all.
    pub fn assumption<U: Written>(
        &mut self,
        name: &str,
        unit: Unit,
        diagnostics: &mut Diagnostics,
    ) -> FigureId {
        match self.catalog.assumptions.get(name) {
            Some(figure) => self.listed_as_quantity::<Plain, U>(figure, unit, diagnostics),
            None => panic!("the catalogue has no assumption `{name}`"),
        }
    }

    /// A labelled assumption of the program itself.
    pub fn assumed(&mut self, path: &str, unit: &str, distribution: Distribution, reason: &str) -> FigureId {
        let found = self.figures.find(|figure| figure.name == path);
        found.unwrap_or_else(|| {
            self.push(Figure {
                name: path.to_owned(),
                unit: unit.to_owned(),
                currency: None,
                quantile: distribution.tabulate().expect("the program's own assumptions are distributions"),
                provenance: Provenance::Assumption { reason: reason.to_owned() },
            })
        })
    }

    /// A figure that follows from others. Its unit, its currency and where it comes
    /// from are those of the first of `sum`; `how` says the rule, where one adds to
    /// what is published.
    pub fn derived(
        &mut self,
        path: &str,
        sum: Vec<Multiple>,
        shares: Vec<Multiple>,
        how: Option<&str>,
    ) -> FigureId {
        let mut figure = self.figures[sum[0].figure].clone();
        figure.name = path.to_owned();
        figure.provenance = match (figure.provenance, how) {
            (Provenance::Published { source, date, confidence }, Some(how)) => {
                Provenance::Published { source: format!("{source}; {how}"), date, confidence }
            }
            (provenance, _) => provenance,
        };
        let figure = self.push(figure);
        self.formulas.push(Formula { figure, sum, shares });
        figure
    }

    /// `figure` as what `path` is charged by: itself for the first who asks, a
    /// figure that follows from it for others, so that a dated move of the price of
    /// one does not move the others'.
    pub fn charged(&mut self, path: &str, figure: FigureId) -> FigureId {
        match self.charged.get(&figure) {
            None => {
                self.charged.insert(figure, path.to_owned());
                figure
            }
            Some(owner) if owner == path => figure,
            Some(_) => self.derived(path, vec![Multiple::once(figure)], Vec::new(), None),
        }
    }

    /// The currencies of the prices so far.
    pub fn currencies(&self) -> Vec<(Currency, &str)> {
        let mut found: Vec<(Currency, &str)> = Vec::new();
        for figure in self.figures.iter() {
            if let Some(currency) = figure.currency
                && found.iter().all(|(known, _)| *known != currency)
            {
                found.push((currency, &figure.name));
            }
        }
        found
    }

    /// Says that a derived price is one of an hour, whatever its parts count.
    pub fn per_hour(&mut self, figure: FigureId) {
        if let Some(currency) = self.figures[figure].currency {
            self.figures[figure].unit = format!("{currency}/h");
        }
    }

    /// Enters a distribution as it is.
    pub fn distribution(&mut self, known: Known, unit: String, distribution: &Distribution) -> FigureId {
        let key = (known.spot, unit.clone());
        if let Some(figure) = self.known.get(&key) {
            return *figure;
        }
        let Ok(quantile) = distribution.tabulate() else { return self.stand_in(&known.path) };
        let provenance = known.provenance;
        let figure = self.push(Figure { name: known.path, unit, currency: None, quantile, provenance });
        self.known.insert(key, figure);
        figure
    }

    /// Where a figure of the scenario comes from.
    pub fn provenance_of<T>(&self, figure: &Written_<T>) -> Provenance {
        match (&figure.source, &figure.assumption) {
            (Some(source), _) => Provenance::Published {
                source: source.clone(),
                date: figure.date.as_ref().map(ToString::to_string).unwrap_or_default(),
                // Whoever wrote the scenario vouches for it; nobody else has looked.
                confidence: 'C',
            },
            (None, Some(reason)) => Provenance::Assumption { reason: reason.clone() },
            (None, None) => Provenance::User { place: self.sources.source(figure.spot.source).name.clone() },
        }
    }

    /// The path, place and origin of a figure of the catalogue.
    pub fn listed_as<T>(&self, figure: &catalog::Figure<T>) -> Known {
        let provenance = match &figure.provenance {
            catalog::Provenance::Published { source, date, confidence } => {
                let (cites, of_source) = match self.catalog.cited(source.as_str()) {
                    Some((cites, date)) => (cites, date.to_string()),
                    None => (source.as_str(), String::new()),
                };
                let date = date.as_ref().map_or(of_source, ToString::to_string);
                let confidence = confidence.word().chars().next().unwrap_or('D');
                Provenance::Published { source: cites.to_owned(), date, confidence }
            }
            catalog::Provenance::Assumed { reason } => Provenance::Assumption { reason: reason.clone() },
            catalog::Provenance::Stated => {
                Provenance::User { place: self.sources.source(figure.spot.source).name.clone() }
            }
        };
        Known { path: self.catalog.path_of(figure.spot).to_owned(), spot: figure.spot, provenance }
    }

    /// The most likely value of a figure so far; that of a formula is not known yet.
    pub fn mode(&self, figure: FigureId) -> f64 {
        self.figures[figure].quantile.distribution().mode()
    }

    /// Ends the table. What is missing is said here, each price once.
    pub fn finish(self, diagnostics: &mut Diagnostics) -> Finished {
        for (missing, spot) in &self.missing {
            diagnostics.push(missing.diagnostic(*spot));
        }
        Finished {
            figures: self.figures,
            formulas: self.formulas,
            missing: self.missing.into_iter().map(|(missing, _)| missing).collect(),
        }
    }

    fn enter<T: Written>(
        &mut self,
        known: Known,
        spread: &Spread<T>,
        unit: Unit,
        diagnostics: &mut Diagnostics,
    ) -> FigureId {
        let Some(first) = first(spread) else { return self.stand_in(&known.path) };
        let name = if unit.name.is_empty() { first.unit_name() } else { unit.name.to_owned() };
        let key = (known.spot, name);
        if let Some(figure) = self.known.get(&key) {
            return *figure;
        }
        let Some(distribution) = spread.distribution().map(|found| scaled(found, unit.factor)) else {
            return self.stand_in(&known.path);
        };
        if unit.least == Least::AboveZero && least(&distribution) <= 0.0 {
            diagnostics.push(
                Diagnostic::error(known.spot, "This figure may become zero")
                    .note("Something is divided by it: every value it may take must be more than zero."),
            );
            return self.stand_in(&known.path);
        }
        let quantile = match distribution.tabulate() {
            Ok(quantile) => quantile,
            Err(error) => {
                diagnostics
                    .push(Diagnostic::error(known.spot, "This is no distribution").note(format!("{error}.")));
                return self.stand_in(&known.path);
            }
        };
        let (currency, provenance) = (first.currency(), known.provenance);
        let figure =
            self.push(Figure { name: known.path, unit: key.1.clone(), currency, quantile, provenance });
        self.known.insert(key, figure);
        figure
    }

    fn miss<T: Written>(&mut self, figure: &catalog::Figure<T>) -> FigureId {
        let path = self.catalog.path_of(figure.spot).to_owned();
        let Content::Needed { why, low, high } = &figure.content else { return self.stand_in(&path) };
        let written = |value: &T| {
            let (number, _) = value.magnitude();
            format!("{} {}", crate::base::units::Price::from_f64(number), value.unit_name())
        };
        if self.missing.iter().all(|(missing, _)| missing.path != path) {
            let range = match (low, high) {
                (Some(low), Some(high)) => Some(format!("{} to {}", written(low), written(high))),
                _ => None,
            };
            let (needed_by, spot) = self.needed_by.clone();
            self.missing
                .push((MissingPrice { path: path.clone(), why: why.clone(), range, needed_by }, spot));
        }
        self.stand_in(&path)
    }

    /// Something in the place of a figure that has no value, for further checks.
    fn stand_in(&mut self, path: &str) -> FigureId {
        let quantile = Distribution::Fixed(1.0).tabulate().expect("a fixed value is a distribution");
        let provenance = Provenance::Assumption { reason: String::new() };
        self.push(Figure { name: path.to_owned(), unit: String::new(), currency: None, quantile, provenance })
    }

    /// Names are unique: they address draws. A second figure of one name can only be
    /// the same one in another unit.
    fn push(&mut self, mut figure: Figure) -> FigureId {
        if self.figures.iter().any(|known| known.name == figure.name) {
            figure.name = format!("{} ({})", figure.name, figure.unit);
            let plain = figure.name.clone();
            let mut ordinal = 2;
            while self.figures.iter().any(|known| known.name == figure.name) {
                figure.name = format!("{plain} {ordinal}");
                ordinal += 1;
            }
        }
        self.figures.push(figure)
    }
}

/// A table that is complete.
pub(super) struct Finished {
    pub figures: IdVec<FigureId, Figure>,
    pub formulas: Vec<Formula>,
    pub missing: Vec<MissingPrice>,
}

/// What is known of a figure besides its number.
pub(super) struct Known {
    pub path: String,
    pub spot: Spot,
    pub provenance: Provenance,
}

impl MissingPrice {
    fn diagnostic(&self, spot: Option<Spot>) -> Diagnostic {
        let message = Diagnostic::error(spot, format!("A price is missing: `{}`", self.path))
            .note(format!("{} needs it, and nobody publishes it: {}.", self.needed_by, self.why));
        let message = match &self.range {
            Some(range) => message.note(format!("What is said of it ranges from {range}.")),
            None => message,
        };
        message.help(format!("State your own figure in the scenario:\n\n{}", self.snippet()))
    }

    /// The lines of a scenario that state the price.
    pub fn snippet(&self) -> String {
        let mut text = String::from("catalog:\n");
        let keys: Vec<&str> = self.path.split('.').collect();
        let end = self.range.as_deref().and_then(|range| range.split_once(" to "));
        let value = match end {
            Some((low, high)) => format!("{{low: {low}, mode: ?, high: {high}, assumption: \"why\"}}"),
            None => String::from("your price, with its unit"),
        };
        for (depth, key) in keys.iter().enumerate() {
            let indent = "  ".repeat(depth + 1);
            let value = if depth + 1 == keys.len() { format!(" {value}") } else { String::new() };
            text += &format!("{indent}{key}:{value}\n");
        }
        text
    }
}

/// The value of every formula with all inputs at their modes becomes the certain
/// value of its figure.
pub(super) fn settle_formulas(world: &mut crate::world::World) {
    let figures = Figures::at_mode(world);
    for formula in &world.formulas {
        let certain = Distribution::Fixed(figures.value(formula.figure));
        if let Ok(quantile) = certain.tabulate() {
            world.figures[formula.figure].quantile = quantile;
        }
    }
}

/// The same distribution, of values so many times as large.
pub(super) fn scaled(distribution: Distribution, factor: f64) -> Distribution {
    if factor == 1.0 {
        return distribution;
    }
    let cut = |bounds: Bounds| Bounds {
        low: bounds.low.map(|bound| bound * factor),
        high: bounds.high.map(|bound| bound * factor),
    };
    match distribution {
        Distribution::Fixed(value) => Distribution::Fixed(value * factor),
        Distribution::Uniform { low, high } => {
            Distribution::Uniform { low: low * factor, high: high * factor }
        }
        Distribution::Triangular { low, mode, high } => {
            Distribution::Triangular { low: low * factor, mode: mode * factor, high: high * factor }
        }
        Distribution::Pert { low, mode, high } => {
            Distribution::Pert { low: low * factor, mode: mode * factor, high: high * factor }
        }
        Distribution::Normal { mean, deviation, bounds } => {
            Distribution::Normal { mean: mean * factor, deviation: deviation * factor, bounds: cut(bounds) }
        }
        Distribution::LogNormal { median, sigma, bounds } => {
            Distribution::LogNormal { median: median * factor, sigma, bounds: cut(bounds) }
        }
        Distribution::Exponential { mean } => Distribution::Exponential { mean: mean * factor },
        Distribution::Weibull { scale, shape } => Distribution::Weibull { scale: scale * factor, shape },
        Distribution::Discrete(mut outcomes) => {
            outcomes.iter_mut().for_each(|outcome| outcome.value *= factor);
            Distribution::Discrete(outcomes)
        }
    }
}

/// The least value that is ever drawn.
fn least(distribution: &Distribution) -> f64 {
    match distribution {
        Distribution::Fixed(value) => *value,
        Distribution::Uniform { low, .. }
        | Distribution::Triangular { low, .. }
        | Distribution::Pert { low, .. } => *low,
        Distribution::Normal { bounds, .. } => bounds.low.unwrap_or(f64::NEG_INFINITY),
        // The rest are above zero, or made of outcomes that no scenario can write.
        _ => f64::MIN_POSITIVE,
    }
}

/// Any of the values of a spread, which all have the same unit.
fn first<T>(spread: &Spread<T>) -> Option<&T> {
    spread.typical()
}

/// A spread as one of another kind of quantity.
fn converted<T: Written, U: Written>(spread: &Spread<T>) -> Result<Spread<U>, QuantityError> {
    spread.try_map(|value| {
        let (value, unit) = value.magnitude();
        U::from_measure(&Measure { value, unit: unit.unwrap_or_else(times) })
    })
}

fn times() -> crate::base::units::Unit {
    crate::base::units::Unit { over: crate::base::units::Atom::Times, per: Vec::new() }
}
