//! `portolan catalog interoperability`: what it takes to cross from one platform to
//! another, for every two of them or facet by facet for one pair.
//!
//! Nothing of it is stored: a cell is the sum over the facets in which the rows of the
//! two platforms differ, times what the alliances of a scenario leave at a date.

mod between;
mod matrix;
mod pair;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::{CatalogFormat, Unknown};
use crate::base::diagnostics::{Diagnostics, Sources, did_you_mean, one_of};
use crate::base::yaml::Node;
use crate::cli::failure::{Because, Refused};
use crate::input::catalog::{Catalog, own_figures};
use crate::input::scenario::Scenario;
use between::{Between, Easing};

/// What to compare, and how.
#[derive(Args, Clone, Debug)]
pub struct InteroperabilityArgs {
    /// Apply the figures of this scenario, and its alliances.
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// The date at which alliances are looked at; the first day of the scenario without it.
    #[arg(long, value_name = "DATE", requires = "scenario")]
    pub at: Option<Date>,
    /// Show one pair facet by facet: the platform that is left.
    #[arg(long, value_name = "PLATFORM", requires = "to")]
    pub from: Option<String>,
    /// The platform that is reached.
    #[arg(long, value_name = "PLATFORM", requires = "from")]
    pub to: Option<String>,
    /// What the hours of the matrix are for.
    #[arg(long, value_enum, default_value_t, conflicts_with = "from")]
    pub scope: WorkScope,
    /// Add up the work of moving so many VMs.
    #[arg(long, value_name = "N", requires_all = ["from", "applications"])]
    pub vms: Option<u32>,
    /// In so many applications.
    #[arg(long, value_name = "M", requires = "vms")]
    pub applications: Option<u32>,
}

/// What hours are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum WorkScope {
    /// Each VM.
    #[default]
    Vm,
    /// Each application.
    Application,
    /// The estate, once.
    Estate,
}

impl WorkScope {
    const ALL: [Self; 3] = [Self::Vm, Self::Application, Self::Estate];

    const fn key(self) -> &'static str {
        match self {
            Self::Vm => "vm",
            Self::Application => "application",
            Self::Estate => "estate",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Vm => "per VM",
            Self::Application => "per application",
            Self::Estate => "for the estate, once",
        }
    }
}

/// The text to print.
///
/// # Errors
/// [`Refused`] when the scenario or a private file is broken, [`Unknown`] when a
/// platform is not known.
pub(super) fn told(
    args: &InteroperabilityArgs,
    with: &[PathBuf],
    format: CatalogFormat,
) -> anyhow::Result<String> {
    let asked = load(args, with)?;
    let between = Between { catalog: &asked.catalog, easings: &asked.easings };
    let view = View { between, at: asked.at };
    let text = match (&args.from, &args.to) {
        (Some(from), Some(to)) => {
            let [from, to] = [from, to].map(|name| known(&asked.catalog, name));
            let pair = pair::Pair { view, from: from?, to: to?, moved: args.vms.zip(args.applications) };
            match format {
                CatalogFormat::Text => pair.text(),
                CatalogFormat::Json => super::json(&pair.json())?,
            }
        }
        _ => {
            let matrix = matrix::Matrix { view, scope: args.scope };
            match format {
                CatalogFormat::Text => matrix.text(super::table::width().into()),
                CatalogFormat::Json => super::json(&matrix.json())?,
            }
        }
    };
    Ok(text)
}

/// What is looked at, and when.
#[derive(Clone, Copy)]
struct View<'a> {
    between: Between<'a>,
    /// The date at which alliances are looked at; none without a scenario.
    at: Option<Date>,
}

/// What the arguments ask about.
struct Asked {
    catalog: Catalog,
    easings: Vec<Easing>,
    at: Option<Date>,
}

/// The catalogue, with the figures of the scenario and then the private files laid over
/// it, and what the alliances in force at the date leave.
fn load(args: &InteroperabilityArgs, with: &[PathBuf]) -> Result<Asked, Refused> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let read = |path: &PathBuf| Scenario::read(path, &mut sources, &mut diagnostics);
    let scenario = args.scenario.as_ref().map(read);
    let broken = matches!(scenario, Some(None));
    let scenario = scenario.flatten();
    let mut overrides: Vec<Node> = match &scenario {
        Some(scenario) => Catalog::overrides(scenario, &mut sources, &mut diagnostics).unwrap_or_default(),
        None => Vec::new(),
    };
    overrides.extend(with.iter().filter_map(|file| own_figures(file, None, &mut sources, &mut diagnostics)));
    let catalog = Catalog::load(&overrides, &mut sources, &mut diagnostics);
    let at = scenario.as_ref().map(|scenario| args.at.unwrap_or(scenario.settings.start.value));
    let easings = match (&scenario, &catalog, at) {
        (Some(scenario), Some(catalog), Some(at)) => {
            between::in_force(scenario, catalog, at, &mut diagnostics)
        }
        _ => Vec::new(),
    };
    match catalog {
        Some(catalog) if !broken && !diagnostics.has_errors() => Ok(Asked { catalog, easings, at }),
        _ => Err(Refused { diagnostics, sources, because: Because::BadInput }),
    }
}

/// The platform of this name.
fn known<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c str, Unknown> {
    let names: Vec<&str> = catalog.platforms.names().collect();
    if let Some(found) = names.iter().find(|known| **known == name) {
        return Ok(found);
    }
    let hint = match did_you_mean(name, names.iter().copied()) {
        Some(near) => format!(" Did you mean `{near}`?"),
        None => format!(" Platforms are {}.", one_of(names.iter().copied())),
    };
    Err(Unknown { name: name.to_owned(), hint })
}
