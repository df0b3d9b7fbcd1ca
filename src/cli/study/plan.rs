//! From a study file to a checked study and the Worlds that it runs on.
//!
//! The study's text says what it wants; its scenario, in every variant, says what there
//! is. Here the one is looked up in the other: strategies become alternatives, names of
//! figures become inputs and outcomes, texts become values in the unit of an outcome.
//! Every mistake is a message at its place, and all of them come at once.

mod alternatives;
mod inputs;
mod outcomes;
mod quantity;
mod specs;
mod worlds;

use std::fs;
use std::path::Path;

use crate::base::diagnostics::{Diagnostics, Sources};
use crate::base::ids::IdVec;
use crate::cli::failure::{Because, Refused};
use crate::cli::{inputs as files, terminal};
use crate::input::study::{StudyFile, Variants};
use crate::study::analyses::Analysis;
use crate::study::trials::AlternativeId;
use crate::study::{Outcome, Study};
use crate::world::{FigureId, StrategyId, World};
use worlds::Built;

/// A study that can be carried out.
#[derive(Debug)]
pub struct Planned {
    /// The study, checked.
    pub study: Study,
    /// The scenario in each variant, at least one.
    pub worlds: Vec<World>,
    /// For each alternative the place of its World and its strategy there.
    pub contenders: IdVec<AlternativeId, (usize, StrategyId)>,
    /// For each World the figure that each column of a design moves; none where this
    /// World has no such figure, so that the column moves nothing.
    pub columns: Vec<Vec<Option<FigureId>>>,
    /// What it takes to do the study again.
    pub identity: Identity,
    /// Whether an outcome is about leaving, so that exits are rehearsed in every run.
    pub rehearse: bool,
    /// What to tell the user that is no error; empty where there is nothing.
    pub warnings: String,
}

/// What a study was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The study as it is written.
    pub study: Text,
    /// A SHA-256 of every other text that was read: scenarios, what they extend, prices.
    pub read: String,
    /// Each variant, in the order of [`Planned::worlds`].
    pub variants: Vec<VariantText>,
    /// The estates in the program's own layout; one unless variants change the estate.
    pub estates: Vec<Text>,
    /// The file name of the inventory, without its folder; none without one.
    pub inventory: Option<String>,
}

/// A text and its SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// A variant of the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantText {
    /// What tells it apart, such as `engineers=4,wave=slow`; empty where there is only one.
    pub name: String,
    /// The scenario in one file, with nothing left of `extends` and of the study's changes.
    pub scenario: Text,
    /// The place of its estate in [`Identity::estates`].
    pub estate: usize,
}

impl Text {
    fn new(text: String) -> Self {
        let sha256 = files::sha256(&text);
        Self { text, sha256 }
    }
}

/// Reads the study at `path`, or the one of that name that comes with the program, and
/// everything that it speaks of. `replications` takes the place of the study's own number,
/// for analyses that state none.
///
/// # Errors
/// [`Refused`] with every mistake found.
pub fn load(path: &Path, replications: Option<u32>) -> anyhow::Result<Planned> {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let mut because = Because::BadInput;
    let file = StudyFile::read(path, &mut sources, &mut diagnostics);
    let planned = file.and_then(|file| {
        let variants = Variants::of(&file.settings, &mut diagnostics);
        let base = worlds::scenario(&file, &mut sources, &mut diagnostics)?;
        let made_of = worlds::MadeOf { file: &file, base: &base, variants: &variants? };
        let built = worlds::build(made_of, &mut sources, &mut diagnostics, &mut because)?;
        let read = read_beside(&file.text, &sources);
        plan(&file, built, replications, read, &mut diagnostics)
    });
    match planned {
        Some(mut planned) if !diagnostics.has_errors() => {
            planned.warnings = diagnostics.render(&sources, terminal::colours());
            Ok(planned)
        }
        _ => Err(Refused { diagnostics, sources, because }.into()),
    }
}

/// A SHA-256 of all texts that were read but the study's own.
fn read_beside(study: &str, sources: &Sources) -> String {
    let others: Vec<String> = sources
        .iter()
        .map(|source| source.text.as_str())
        .filter(|text| *text != study)
        .map(files::sha256)
        .collect();
    files::sha256(&others.join(" "))
}

fn plan(
    file: &StudyFile,
    built: Built,
    replications: Option<u32>,
    read: String,
    diagnostics: &mut Diagnostics,
) -> Option<Planned> {
    let settings = &file.settings;
    let lined_up = alternatives::line_up(settings, &built, diagnostics);
    let found_inputs = inputs::find(settings, &built, diagnostics);
    let found_outcomes = outcomes::find(settings, &built, diagnostics);
    let first = &built.worlds[0];
    let mut study = Study {
        name: settings.name.as_str().to_owned(),
        question: settings.question.clone().unwrap_or_default(),
        seed: settings.seed.unwrap_or(built.seed),
        alternatives: lined_up.alternatives,
        levers: built.levers.clone(),
        inputs: found_inputs.inputs,
        held: found_inputs.held,
        outcomes: found_outcomes.iter().map(|known| known.outcome.clone()).collect(),
        curve: 0,
        currency: first.currency.to_string(),
        analyses: Vec::new(),
    };
    let usual =
        replications.or(settings.replications.map(|number| number.value)).unwrap_or(built.replications);
    let context = specs::Context { settings, study: &study, outcomes: &found_outcomes, world: first, usual };
    let analyses = specs::specify(context, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    let draws_a_curve = analyses.iter().any(|analysis| matches!(analysis, Analysis::Compare(_)));
    study.curve = if draws_a_curve { first.calendar.months() } else { 0 };
    study.analyses = analyses;
    let rehearse = found_outcomes.iter().any(|known| known.rehearsed);
    let identity = Identity {
        study: Text::new(file.text.clone()),
        read,
        variants: built.variants,
        estates: built.estates,
        inventory: settings.inventory.as_ref().and_then(|path| {
            Path::new(&path.value).file_name().map(|name| name.to_string_lossy().into_owned())
        }),
    };
    Some(Planned {
        study,
        worlds: built.worlds,
        contenders: lined_up.contenders,
        columns: found_inputs.columns,
        identity,
        rehearse,
        warnings: String::new(),
    })
}

impl Planned {
    /// Writes into `folder` what it takes to do the study again: the study as it is
    /// written, the scenario of each variant in one file, and the estates.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_inputs(&self, folder: &Path) -> std::io::Result<()> {
        let folder = folder.join("inputs");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("study.yaml"), &self.identity.study.text)?;
        for (place, variant) in self.identity.variants.iter().enumerate() {
            let name = numbered("scenario", place, self.identity.variants.len(), "yaml");
            fs::write(folder.join(name), &variant.scenario.text)?;
        }
        for (place, estate) in self.identity.estates.iter().enumerate() {
            let name = numbered("estate", place, self.identity.estates.len(), "csv");
            fs::write(folder.join(name), &estate.text)?;
        }
        Ok(())
    }
}

/// `scenario.yaml` where there is one of them, else `scenario-2.yaml`, from 1.
fn numbered(stem: &str, place: usize, of: usize, ending: &str) -> String {
    if of == 1 { format!("{stem}.{ending}") } else { format!("{stem}-{}.{ending}", place + 1) }
}

/// The most names that a message lists.
const LISTED: usize = 8;

/// For a sentence: `` `a`, `b` and `c` ``, or the first of many `and 5 more`.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [head @ .., last] if names.len() <= LISTED => format!("{} and {last}", head.join(", ")),
        names => format!("{} and {} more", names[..LISTED].join(", "), names.len() - LISTED),
    }
}

/// An outcome and what is known of its figure.
#[derive(Clone, Debug)]
pub(super) struct KnownOutcome {
    /// The outcome.
    outcome: Outcome,
    /// The unit of its values, in words, as the definitions of figures have it.
    words: &'static str,
    /// Whether it exists only where exits are rehearsed.
    rehearsed: bool,
}

#[cfg(test)]
mod tests;
