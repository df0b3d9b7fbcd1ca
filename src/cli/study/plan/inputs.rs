//! Which figures of the Worlds a study's inputs are.

use std::collections::{BTreeSet, HashMap};

use super::listed;
use super::worlds::Built;
use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot, did_you_mean};
use crate::base::random::{Distribution, Quantile};
use crate::base::settings::Located;
use crate::input::scenario::Glob;
use crate::input::study::{AnalysisChoice, InputChoice, StudySettings};
use crate::study::Input;
use crate::world::{Figure, FigureId, World};

/// Under this an entry of the scenario's `uncertain` is a figure.
const ENTRY: &str = "uncertain.";

/// The inputs of a study.
pub(super) struct FoundInputs {
    /// The inputs, in the order of the study.
    pub inputs: Vec<Input>,
    /// Uncertain figures that are no input.
    pub held: u32,
    /// For each World the figure of each column.
    pub columns: Vec<Vec<Option<FigureId>>>,
}

/// An uncertain figure, in the first World in which it is uncertain.
struct Uncertain<'w> {
    name: &'w str,
    unit: &'w str,
    quantile: &'w Quantile,
    /// The input that has it already, by the place where that is written.
    taken: Option<Option<Spot>>,
}

/// The figures that a study's `inputs` name, all that are uncertain where there are none.
pub(super) fn find(settings: &StudySettings, built: &Built, diagnostics: &mut Diagnostics) -> FoundInputs {
    let mut search = Search::new(&built.worlds, diagnostics);
    match &settings.inputs {
        None => (0..search.uncertain.len()).for_each(|place| search.take(vec![place], None, None)),
        Some(choices) => choices.iter().for_each(|choice| search.choose(choice)),
    }
    let held = search.uncertain.iter().filter(|figure| figure.taken.is_none()).count() as u32;
    let names: Vec<&str> = search.columns.iter().map(|(place, _)| search.uncertain[*place].name).collect();
    let columns: Vec<Vec<Option<FigureId>>> = built.worlds.iter().map(|world| ids(world, &names)).collect();
    if has_designs(settings) {
        for (column, (place, spot)) in search.columns.iter().enumerate() {
            let figure = &search.uncertain[*place];
            let differs = |place: &usize| {
                let figures = &built.worlds[*place].figures;
                let known = columns[*place][column].map(|id| figures[id].quantile.distribution());
                known != Some(figure.quantile.distribution())
            };
            if let Some(variant) = (0..built.worlds.len()).find(differs) {
                search.diagnostics.push(varies(figure.name, &built.variants[variant].name, *spot));
            }
        }
    }
    FoundInputs { inputs: search.inputs, held, columns }
}

/// Whether an analysis moves inputs by a design of its own.
fn has_designs(settings: &StudySettings) -> bool {
    settings.analyses.iter().any(|analysis| match &analysis.value.0 {
        AnalysisChoice::Split(_)
        | AnalysisChoice::Compare(_)
        | AnalysisChoice::Select(_)
        | AnalysisChoice::Pareto(_) => false,
        AnalysisChoice::Sensitivity(_)
        | AnalysisChoice::Discover(_)
        | AnalysisChoice::Robust(_)
        | AnalysisChoice::Thresholds(_) => true,
    })
}

/// The doubt about an input that is not the same in all variants.
fn varies(figure: &str, variant: &str, spot: Option<Spot>) -> Diagnostic {
    Diagnostic::warning(spot, format!("`{figure}` is not the same in the variant `{variant}`"))
        .note("Each variant moves it over its own range, at the same quantile.")
        .note("Values that are shown are those of the first variant in which it is uncertain.")
}

/// The figure of each name in a World.
fn ids(world: &World, names: &[&str]) -> Vec<Option<FigureId>> {
    let known: HashMap<&str, FigureId> =
        world.figures.enumerate().map(|(id, figure)| (figure.name.as_str(), id)).collect();
    names.iter().map(|name| known.get(name).copied()).collect()
}

/// How many figures a text may mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// It is the name of one.
    One,
    /// It is a pattern.
    Any,
}

struct Search<'w, 'd> {
    worlds: &'w [World],
    uncertain: Vec<Uncertain<'w>>,
    inputs: Vec<Input>,
    /// For each column the place of its figure in `uncertain`, and where it is asked for.
    columns: Vec<(usize, Option<Spot>)>,
    diagnostics: &'d mut Diagnostics,
}

impl<'w, 'd> Search<'w, 'd> {
    fn new(worlds: &'w [World], diagnostics: &'d mut Diagnostics) -> Self {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut uncertain = Vec::new();
        for figure in worlds.iter().flat_map(|world| world.figures.iter()) {
            if is_uncertain(figure) && known.insert(&figure.name) {
                uncertain.push(Uncertain {
                    name: &figure.name,
                    unit: &figure.unit,
                    quantile: &figure.quantile,
                    taken: None,
                });
            }
        }
        Self { worlds, uncertain, inputs: Vec::new(), columns: Vec::new(), diagnostics }
    }

    fn choose(&mut self, choice: &InputChoice) {
        match choice {
            InputChoice::Figures(pattern) => {
                let is_pattern = pattern.value.as_str().contains(['*', '?']);
                for place in self.matching(pattern, if is_pattern { Meant::Any } else { Meant::One }) {
                    self.take(vec![place], None, Some(pattern.spot));
                }
            }
            InputChoice::Group(group) => {
                let mut places: Vec<usize> = Vec::new();
                for pattern in group.figures.iter() {
                    for place in self.matching(pattern, Meant::Any) {
                        if !places.contains(&place) {
                            places.push(place);
                        }
                    }
                }
                if !places.is_empty() {
                    self.take(places, Some(&group.name), Some(group.spot));
                }
            }
        }
    }

    /// Makes an input of uncertain figures.
    fn take(&mut self, places: Vec<usize>, group: Option<&Located<String>>, spot: Option<Spot>) {
        let start = self.columns.len();
        for place in &places {
            self.uncertain[*place].taken = Some(spot);
            self.columns.push((*place, spot));
        }
        let first = &self.uncertain[places[0]];
        let alone = places.len() == 1;
        let name = group.map_or_else(|| self.short(first.name).to_owned(), |name| name.value.clone());
        if let Some(spot) = spot.filter(|_| self.inputs.iter().any(|known| known.name == name)) {
            self.diagnostics.push(
                Diagnostic::error(spot, format!("Two inputs are called `{name}`"))
                    .help("Rename one of them."),
            );
        }
        let first = &self.uncertain[places[0]];
        self.inputs.push(Input {
            name,
            unit: if alone { first.unit.to_owned() } else { String::new() },
            columns: start..self.columns.len(),
            quantile: alone.then(|| first.quantile.clone()),
        });
    }

    /// Without `uncertain.`, where that leaves the name of nothing else.
    fn short<'n>(&self, name: &'n str) -> &'n str {
        let is_known = |short: &str| {
            self.worlds.iter().flat_map(|world| world.figures.iter()).any(|figure| figure.name == short)
        };
        name.strip_prefix(ENTRY).filter(|short| !is_known(short)).unwrap_or(name)
    }

    /// The places of the uncertain figures that a name or a pattern means and no earlier
    /// input has. Nothing after a message.
    fn matching(&mut self, pattern: &Located<Glob>, meant: Meant) -> Vec<usize> {
        let text = pattern.value.as_str();
        let glob = Glob::new(text.strip_prefix('$').unwrap_or(text));
        let places: Vec<usize> =
            (0..self.uncertain.len()).filter(|place| covers(&glob, self.uncertain[*place].name)).collect();
        let message = match places.as_slice() {
            [] => self.nothing(pattern, &glob),
            [_, _, ..] if meant == Meant::One => {
                let whole = places.iter().find(|place| {
                    let name = self.uncertain[**place].name;
                    glob.matches(name) || name.strip_prefix(ENTRY).is_some_and(|name| glob.matches(name))
                });
                if let Some(whole) = whole {
                    return self.free(vec![*whole], pattern);
                }
                let names: Vec<&str> = places.iter().map(|place| self.uncertain[*place].name).collect();
                Diagnostic::error(pattern.spot, format!("`{text}` could mean {} figures", places.len()))
                    .note(format!("They are {}.", listed(names)))
                    .help(format!("Write the whole name of one, or `*.{text}` for each of them."))
            }
            _ => return self.free(places, pattern),
        };
        self.diagnostics.push(message);
        Vec::new()
    }

    /// Those that no earlier input has.
    fn free(&mut self, places: Vec<usize>, pattern: &Located<Glob>) -> Vec<usize> {
        let free: Vec<usize> =
            places.iter().copied().filter(|place| self.uncertain[*place].taken.is_none()).collect();
        if free.is_empty() {
            let text = pattern.value.as_str();
            let mut message = Diagnostic::error(pattern.spot, format!("`{text}` is an input already"));
            if let Some(earlier) = self.uncertain[places[0]].taken.flatten() {
                message = message.related(earlier, "here");
            }
            self.diagnostics
                .push(message.help("Remove one of the two: an input is moved by itself or in one group."));
        }
        free
    }

    /// Why a name or a pattern means no uncertain figure.
    fn nothing(&self, pattern: &Located<Glob>, glob: &Glob) -> Diagnostic {
        let text = pattern.value.as_str();
        let certain = self
            .worlds
            .iter()
            .flat_map(|world| world.figures.enumerate().map(move |(id, figure)| (world, id, figure)))
            .find(|(_, _, figure)| covers(glob, &figure.name));
        if let Some((world, id, figure)) = certain {
            let message = Diagnostic::error(
                pattern.spot,
                format!("`{}` is certain, so it cannot be an input", figure.name),
            );
            let formula = world.formulas.iter().find(|formula| formula.figure == id);
            return match formula {
                Some(formula) => {
                    let parts = formula.sum.iter().chain(&formula.shares);
                    let names: Vec<&str> =
                        parts.map(|part| world.figures[part.figure].name.as_str()).collect();
                    message
                        .note(format!("It follows from {}.", listed(names)))
                        .help("Name what it follows from; it moves with that.")
                }
                None => message
                    .note("The scenario states one value, without a range.")
                    .help("Give it a range under `change`, such as `{low: …, mode: …, high: …}`."),
            };
        }
        let message =
            Diagnostic::error(pattern.spot, format!("No figure of the scenario is called `{text}`"));
        let names = || self.uncertain.iter().map(|figure| figure.name);
        let bare = text.trim_matches(|c| matches!(c, '*' | '?' | '.' | '$'));
        let ends = names().flat_map(ends);
        if let Some(near) = did_you_mean(bare, names().chain(ends)) {
            return message.help(format!("Did you mean `{near}`?"));
        }
        let word = |name: &&str| bare.split('.').any(|part| part.len() > 2 && name.contains(part));
        let alike: Vec<&str> = names().filter(word).collect();
        let message =
            message.note(format!("{} figures are uncertain in this scenario.", self.uncertain.len()));
        if alike.is_empty() {
            message.note(format!("Among them are {}.", listed(names())))
        } else {
            message.note(format!("Like it are {}.", listed(alike)))
        }
    }
}

/// A figure that a draw moves: what follows from others is certain by itself.
fn is_uncertain(figure: &Figure) -> bool {
    !matches!(figure.quantile.distribution(), Distribution::Fixed(_))
}

/// Whether a pattern covers a name, or its end from a dot on: `vcf_discount` is
/// `uncertain.vcf_discount`.
fn covers(glob: &Glob, name: &str) -> bool {
    glob.matches(name) || ends(name).any(|end| glob.matches(end))
}

/// The ends of a dotted name, without the whole.
fn ends(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').map(|(at, _)| &name[at + 1..])
}
