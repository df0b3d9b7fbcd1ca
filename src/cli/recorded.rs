//! A run that was written to a folder, read again: its inputs become the same World, and
//! its illustrative path is walked once more.
//!
//! A run saves the scenario in one file, the estate in the program's own layout, and the
//! seed; a finer fold over the same course of events needs nothing more. That it is the
//! same is checked, not hoped: digests of the inputs, the version, and the cost of the
//! path to the micro-unit.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use super::failure::{Because, Refused};
use super::inputs::sha256;
use crate::base::diagnostics::{Diagnostics, Sources, did_you_mean, one_of};
use crate::input::catalog::Catalog;
use crate::input::estate::{self, Estate};
use crate::input::resolve::{self, Origin, Refusal};
use crate::input::scenario::Scenario;
use crate::report::SCHEMA_VERSION;
use crate::study::{Inputs, Settings, Summary};
use crate::world::World;

/// Why a run cannot be read again.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// There is no folder of results.
    #[error(
        "there are no results under output/; run a scenario first, for example `portolan run`, or name a folder of \
         results"
    )]
    NoRuns,
    /// There are several, and none was named.
    #[error("there are several runs under output/; name one: {names}")]
    SeveralRuns {
        /// Their names.
        names: String,
    },
    /// What was named is no folder of results.
    #[error("{} holds no results of portolan (no summary.json in it){hint}", path.display())]
    NotARun {
        /// What was named.
        path: PathBuf,
        /// What was probably meant, or what there is.
        hint: String,
    },
    /// A file of the results cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The summary is not one.
    #[error("{} is not the summary of a run: {source}", path.display())]
    BadSummary {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: serde_json::Error,
    },
    /// The summary is of a later program.
    #[error("{} has schema version {found}, and this program reads {SCHEMA_VERSION}; use a later portolan", path.display())]
    LaterSchema {
        /// Which.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// A saved input is not what the run was made of.
    #[error(
        "{} was changed after the run: its SHA-256 is not the one in summary.json; put the saved file back, or run \
         the scenario again",
        path.display()
    )]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// The path does not come out as it did.
    #[error(
        "the path of {strategy} does not come out as in summary.json: it costs {found} and not {recorded}. {advice}"
    )]
    Differs {
        /// The strategy.
        strategy: String,
        /// What it costs now, before discounting.
        found: String,
        /// What it cost then.
        recorded: String,
        /// What to do.
        advice: String,
    },
}

/// The summary of a run, as far as explanations need it.
#[derive(Debug, Deserialize)]
pub struct RunSummary {
    schema_version: u32,
    /// Which program wrote it.
    pub tool: ToolNote,
    /// What was run.
    pub scenario: ScenarioNote,
    /// The seed of all draws.
    pub seed: u64,
    /// How many times each strategy was simulated.
    pub replications: u32,
    /// The strategies, in the order of the file.
    pub strategies: Vec<StrategyNote>,
}

/// Which program wrote a summary.
#[derive(Debug, Deserialize)]
pub struct ToolNote {
    /// Its version.
    pub version: String,
}

/// What was run.
#[derive(Debug, Deserialize)]
pub struct ScenarioNote {
    /// The scenario's name.
    pub name: String,
    sha256: String,
    inventory: Option<String>,
    inventory_sha256: Option<String>,
}

/// What a summary says of a strategy.
#[derive(Debug, Deserialize)]
pub struct StrategyNote {
    /// Its name.
    pub name: String,
    /// Every figure's forecast; a figure that no replication has is null throughout.
    pub forecast: IndexMap<String, serde_json::Value>,
    /// The path.
    pub path: serde_json::Value,
}

impl StrategyNote {
    /// The forecast of a figure; none where no replication has it.
    pub fn forecast(&self, figure: &str) -> Option<Summary> {
        let value = self.forecast.get(figure)?;
        let point = |name: &str| value.get(name)?.as_f64();
        Some(Summary {
            mean: point("mean")?,
            half_width_95: point("half_width_95")?,
            p5: point("p5")?,
            p50: point("p50")?,
            p80: point("p80")?,
            p95: point("p95")?,
            n: value.get("n")?.as_u64().and_then(|n| u32::try_from(n).ok())?,
        })
    }

    /// A figure of the path as the file has it; null where it does not exist.
    pub fn on_path(&self, figure: &str) -> serde_json::Value {
        // A group's last part is a name of the user's, which may have a point.
        let found = figure.splitn(3, '.').try_fold(&self.path, |inner, part| inner.get(part));
        found.cloned().unwrap_or_default()
    }

    /// An amount of the path in micro-units; none where it is none.
    pub fn micros(&self, figure: &str) -> Option<i64> {
        self.on_path(figure).as_f64().map(|amount| libm::round(amount * 1e6) as i64)
    }
}

/// A run that was read again.
pub struct Recorded {
    /// What was written of it.
    pub summary: RunSummary,
    /// The same World.
    pub world: World,
    /// The scenario that it came from.
    pub scenario: Scenario,
    /// The texts that places of the scenario point into.
    pub sources: Sources,
    /// The inventory.
    pub estate: Estate,
    /// How it was run; the draw is found out by what comes out.
    pub settings: Settings,
    /// The replication of the illustrative path.
    pub replication: u32,
    /// What the reader should know, such as another version of the program.
    pub notes: Vec<String>,
}

/// What names a run, and where its files are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// A folder of results, or the name of a scenario whose results are under `output/`;
    /// without it the only ones there.
    pub run: Option<&'a Path>,
    /// The folder from which relative paths in the scenario count; that of the saved
    /// scenario without it.
    pub base: Option<&'a Path>,
}

/// Reads a run again.
///
/// # Errors
/// [`RecordError`], or the messages of a scenario that does not resolve any more.
pub fn read(wanted: Wanted<'_>) -> anyhow::Result<Recorded> {
    let folder = find(wanted.run)?;
    let summary = summary(&folder.join("summary.json"))?;
    let inputs = folder.join("inputs");
    let (scenario_path, inventory_path) = (inputs.join("scenario.yaml"), inputs.join("inventory.csv"));
    let text = read_text(&scenario_path)?;
    if sha256(&text) != summary.scenario.sha256 {
        return Err(RecordError::Changed { path: scenario_path }.into());
    }
    if let Some(recorded) = &summary.scenario.inventory_sha256
        && sha256(&read_text(&inventory_path)?) != *recorded
    {
        return Err(RecordError::Changed { path: inventory_path }.into());
    }
    let mut notes = Vec::new();
    if summary.tool.version != env!("CARGO_PKG_VERSION") {
        notes.push(format!(
            "Run by portolan {}, explained by {}: the path comes out the same.",
            summary.tool.version,
            env!("CARGO_PKG_VERSION")
        ));
    }
    let origin = if summary.scenario.inventory.is_some() { Origin::Given } else { Origin::Scenario };
    let saved = Saved {
        name: scenario_path.display().to_string(),
        text,
        base: wanted.base.unwrap_or(&inputs).to_owned(),
        inventory: inventory_path,
        origin,
    };
    let made = saved.resolve()?;
    let settings = Settings {
        seed: summary.seed,
        replications: summary.replications,
        threads: None,
        inputs: Inputs::Drawn,
        rehearsals: 0,
    };
    let path = summary.strategies.first().and_then(|strategy| strategy.path.get("replication")?.as_u64());
    let replication = path.and_then(|path| u32::try_from(path).ok()).unwrap_or(0);
    let Made { world, scenario, sources, estate } = made;
    Ok(Recorded { summary, world, scenario, sources, estate, settings, replication, notes })
}

/// A World, and what it was made of.
struct Made {
    world: World,
    scenario: Scenario,
    sources: Sources,
    estate: Estate,
}

/// What a run saved of its inputs.
struct Saved {
    /// The scenario's name in messages.
    name: String,
    /// The scenario.
    text: String,
    /// The folder from which its paths count.
    base: PathBuf,
    /// The estate in the program's own layout.
    inventory: PathBuf,
    /// Whether that was given in place of the scenario's own.
    origin: Origin,
}

impl Saved {
    fn resolve(&self) -> anyhow::Result<Made> {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let mut because = Because::BadInput;
        match self.make(&mut sources, &mut diagnostics, &mut because)? {
            Some((world, scenario, estate)) if !diagnostics.has_errors() => {
                Ok(Made { world, scenario, sources, estate })
            }
            _ => Err(Refused { diagnostics, sources, because }.into()),
        }
    }

    fn make(
        &self,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
        because: &mut Because,
    ) -> anyhow::Result<Option<(World, Scenario, Estate)>> {
        let scenario = Scenario::read_text(&self.name, &self.text, &self.base, sources, diagnostics);
        let Some(scenario) = scenario.filter(|_| !diagnostics.has_errors()) else { return Ok(None) };
        let Some(catalog) = Catalog::for_scenario(&scenario, sources, diagnostics) else { return Ok(None) };
        let Some(estate) = self.estate(&scenario, diagnostics)? else { return Ok(None) };
        let inputs = resolve::Inputs {
            scenario: &scenario,
            catalog: &catalog,
            estate: &estate,
            origin: self.origin,
            sources,
        };
        Ok(match resolve::resolve(inputs, diagnostics) {
            Ok(world) => Some((world, scenario, estate)),
            Err(refusal) => {
                if refusal == Refusal::PriceMissing {
                    *because = Because::PriceMissing;
                }
                None
            }
        })
    }

    /// A drawn estate is drawn again, and one of traces needs its traces; every other one
    /// was saved, since its own file may be elsewhere by now.
    fn estate(&self, scenario: &Scenario, diagnostics: &mut Diagnostics) -> anyhow::Result<Option<Estate>> {
        let settings = &scenario.settings.estate;
        let is_drawn = settings.synthetic.is_some() || settings.traces.is_some();
        if is_drawn && self.origin == Origin::Scenario {
            return Ok(resolve::own_estate(scenario, diagnostics));
        }
        let mut estate = estate::load(&self.inventory)?;
        Ok(resolve::tell_use(scenario, &mut estate, diagnostics).map(|()| estate))
    }
}

fn read_text(path: &Path) -> Result<String, RecordError> {
    fs::read_to_string(path).map_err(|source| RecordError::Io { path: path.to_owned(), source })
}

fn summary(path: &Path) -> Result<RunSummary, RecordError> {
    let written = read_text(path)?;
    let summary: RunSummary = serde_json::from_str(&written)
        .map_err(|source| RecordError::BadSummary { path: path.to_owned(), source })?;
    if summary.schema_version > SCHEMA_VERSION {
        return Err(RecordError::LaterSchema { path: path.to_owned(), found: summary.schema_version });
    }
    Ok(summary)
}

/// The folder of results that is meant.
fn find(run: Option<&Path>) -> Result<PathBuf, RecordError> {
    let holds = |folder: &Path| folder.join("summary.json").is_file();
    let output = Path::new("output");
    let mut names: Vec<String> = fs::read_dir(output)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| holds(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let Some(run) = run else {
        return match names.as_slice() {
            [] => Err(RecordError::NoRuns),
            [only] => Ok(output.join(only)),
            _ => Err(RecordError::SeveralRuns { names: one_of(names.iter().map(String::as_str)) }),
        };
    };
    let below = output.join(run);
    if holds(run) {
        return Ok(run.to_owned());
    }
    if run.is_relative() && holds(&below) {
        return Ok(below);
    }
    if run.file_name().is_some_and(|name| name == "summary.json")
        && let Some(folder) = run.parent().filter(|folder| holds(folder))
    {
        return Ok(folder.to_owned());
    }
    let word = run.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let hint = match did_you_mean(&word, names.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if names.is_empty() => "; run a scenario first, for example `portolan run`".to_owned(),
        None => format!("; there are {}", one_of(names.iter().map(String::as_str))),
    };
    Err(RecordError::NotARun { path: run.to_owned(), hint })
}

impl Recorded {
    /// What to do when the path does not come out as it did.
    pub fn advice(&self) -> String {
        if self.notes.is_empty() {
            "The inputs are the same, so files that the scenario names have changed (--base names their folder), or \
             this is a defect; run the scenario again."
                .to_owned()
        } else {
            format!(
                "The run is of portolan {}, this is {}: run the scenario again with this one, or explain with that \
                 one.",
                self.summary.tool.version,
                env!("CARGO_PKG_VERSION")
            )
        }
    }
}
