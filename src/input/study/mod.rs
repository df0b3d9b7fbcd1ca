//! The study language: which question is asked of a scenario, and how it is answered.
//!
//! A study names a scenario, may change it, lays levers over it, says which uncertain
//! figures are its inputs, which figures of the scorecard it looks at, and which
//! analyses answer. It is read by the same mechanism as scenarios: each declaration of
//! this module reads, complains, describes itself to editors and documents itself.
//! What a study speaks of (strategies, figures, inputs) is known only with the World;
//! whoever makes a plan of it looks those names up.

mod analyses;
mod check;
mod inputs;
mod outcome;
mod schema;
mod shipped;
mod variants;
mod word;

use std::path::{Path, PathBuf};

use crate::base::diagnostics::{Diagnostic, Diagnostics, SourceId, Sources, did_you_mean, one_of};
use crate::base::settings::{Entries, Located, Name, OneOrMany, Setting, default_node};
use crate::base::yaml::{Key, Kind, Node, parse};
use crate::input::scenario::{Slug, Version};

pub use analyses::{
    AnalysisChoice, CompareSettings, DiscoverSettings, MeasureOf, MorrisSettings, Nested, ObjectiveChoice,
    OutcomeStatistic, PairChoice, ParetoSettings, PointLayout, RobustSettings, SelectBy, SelectSettings,
    SensitivityMethod, SensitivitySettings, SobolChance, SobolSettings, SplitSettings, ThresholdsSettings,
    TornadoSettings, Until,
};
pub use inputs::{InputChoice, InputGroup};
pub use outcome::{Better, OutcomeChoice, OutcomeSettings, Quantity};
pub use schema::schema;
pub use shipped::{STUDIES, shipped};
pub use variants::{Fragment, Lever, LeverValues, Variant, Variants};
pub use word::OrWord;

crate::record! {
    /// A what-if study: a question that is asked of a scenario, and the analyses that answer it.
    pub struct StudySettings as "a study" {
        /// The version of this language.
        pub version: Version,
        /// The name of the study; results are written to a folder of this name.
        pub name: Slug,
        /// The question, in a sentence, for the report.
        pub question: Option<String>,
        /// The scenario: a path relative to this file, or the name of a scenario that comes with the program.
        pub scenario: Located<String> = "vmware-exit",
        /// A real inventory in place of the scenario's estate: a file or folder, relative to this file.
        pub inventory: Option<Located<String>>,
        /// Settings of the scenario that differ in this study, merged over it as `extends` merges: prices, strategies, the estate.
        pub change: Option<Fragment>,
        /// The strategies that are compared, in this order; the first is the one that the others are compared with. All of the scenario when left out.
        pub strategies: Option<OneOrMany<Name>>,
        /// What can be decided beside the strategy: every combination of their values is a variant of the scenario.
        pub levers: Entries<Lever>,
        /// Variants of the scenario by name, each with the settings that differ; in place of `levers`.
        pub variants: Entries<Fragment>,
        /// The uncertain figures that the analyses move: names as in the report's list of assumptions, patterns such as `providers.azure.*`, or groups; the end of a name is enough. All uncertain figures when left out.
        pub inputs: Option<Vec<InputChoice>>,
        /// The figures that are looked at, by the dotted names of `summary.json`.
        pub outcomes: Vec<OutcomeChoice> = "[cost.npv]",
        /// How many times each strategy is simulated where an analysis does not say otherwise; the scenario's number when left out.
        pub replications: Option<Located<u32>>,
        /// The seed of all random draws; the scenario's when left out.
        pub seed: Option<u64>,
        /// What is worked out, in this order.
        pub analyses: Vec<Located<OrWord<AnalysisChoice>>>,
    }
}

/// A study as it was read: checked as far as its text alone allows.
#[derive(Clone, Debug)]
pub struct StudyFile {
    /// What it says.
    pub settings: StudySettings,
    /// Its text as it is written.
    pub text: String,
    /// The text in the [`Sources`] that it was read into.
    pub source: SourceId,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a study came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file; paths in it are relative to this folder.
    File(PathBuf),
    /// It comes with the program.
    Program,
}

impl StudyFile {
    /// The study in the file at `path`, or the one of that name that comes with the
    /// program when there is no such file.
    ///
    /// # Errors
    /// Nothing is returned when there is nothing to go on with. With
    /// [`Diagnostics::has_errors`] what is returned is good for further checks, not for a
    /// study.
    pub fn read(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Self> {
        if path.is_file() {
            let bytes = match std::fs::read(path) {
                Ok(bytes) => bytes,
                Err(error) => {
                    let title = format!("{} cannot be read", path.display());
                    diagnostics.push(Diagnostic::error(None, title).note(error.to_string()));
                    return None;
                }
            };
            let source = sources.add_bytes(path.display().to_string(), &bytes, diagnostics)?;
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            return Self::of_source(source, Origin::File(folder), sources, diagnostics);
        }
        if let Some((name, text)) = path.to_str().and_then(shipped) {
            let source = sources.add(format!("<study {name}>"), text);
            return Self::of_source(source, Origin::Program, sources, diagnostics);
        }
        diagnostics.push(missing(path));
        None
    }

    /// The study in `text`, called `name` in messages; paths in it are relative to
    /// `folder`.
    ///
    /// # Errors
    /// As [`StudyFile::read`].
    pub fn read_text(
        name: &str,
        text: &str,
        folder: &Path,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let source = sources.add(name, text);
        Self::of_source(source, Origin::File(folder.to_owned()), sources, diagnostics)
    }

    fn of_source(
        source: SourceId,
        origin: Origin,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let tree = parse(source, sources, diagnostics)?;
        if tree.as_mapping().is_none() {
            diagnostics.push(
                Diagnostic::error(tree.spot, format!("Expected a study, found {}", tree.described()))
                    .note("A study begins with keys such as `version: 1` and `name: which-strategy`."),
            );
            return None;
        }
        let settings = StudySettings::read(&tree, diagnostics).or_else(|| repaired(&tree))?;
        check::check(&settings, diagnostics);
        Some(Self { settings, text: sources.source(source).text.clone(), source, origin })
    }

    /// The folder that paths in it are relative to.
    pub fn folder(&self) -> &Path {
        match &self.origin {
            Origin::File(folder) => folder,
            Origin::Program => Path::new(""),
        }
    }
}

fn missing(path: &Path) -> Diagnostic {
    let title = if path.is_dir() {
        format!("{} is a folder, not a study file", path.display())
    } else {
        format!("There is no file {}", path.display())
    };
    let names = || STUDIES.iter().map(|(name, _)| *name);
    let message = Diagnostic::error(None, title);
    match did_you_mean(&path.to_string_lossy(), names()) {
        Some(near) => message.help(format!("Did you mean `{near}`, which comes with the program?")),
        None => message.note(format!("Studies that come with the program are {}.", one_of(names()))),
    }
}

/// The settings of a tree of which some keys are missing or broken, without the broken
/// ones, so that the user sees all other errors at once, too.
fn repaired(tree: &Node) -> Option<StudySettings> {
    const STAND_INS: [(&str, &str); 3] = [("version", "1"), ("name", "unnamed"), ("analyses", "[]")];
    let unheard = &mut Diagnostics::new();
    let mut sound = Vec::new();
    for (key, text) in STAND_INS {
        sound.push((Key { text: key.to_owned(), spot: tree.spot }, default_node(text, tree.spot)?));
    }
    for (key, value) in tree.as_mapping()? {
        let mut tried = sound.clone();
        match sound.iter().position(|(known, _)| known.text == key.text) {
            Some(place) => tried[place] = (key.clone(), value.clone()),
            None => tried.push((key.clone(), value.clone())),
        }
        let node = Node { spot: tree.spot, kind: Kind::Mapping(tried) };
        if StudySettings::read(&node, unheard).is_some() {
            if let Kind::Mapping(tried) = node.kind {
                sound = tried;
            }
        } else if matches!(key.text.as_str(), "scenario" | "change" | "levers" | "variants" | "strategies") {
            // Too much of the rest speaks of these.
            return None;
        }
    }
    StudySettings::read(&Node { spot: tree.spot, kind: Kind::Mapping(sound) }, unheard)
}

#[cfg(test)]
mod tests;
