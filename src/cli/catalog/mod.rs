//! `portolan catalog`: what the program believes things cost, and why.

mod interoperability;
mod list;
mod show;
pub(super) mod table;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};

use super::failure::{Because, Refused};
use super::terminal;
use crate::base::diagnostics::{Diagnostics, Sources};
use crate::base::yaml::Node;
use crate::input::catalog::{Catalog, own_figures};

pub use interoperability::{InteroperabilityArgs, WorkScope};
pub use list::ListKind;

/// List and show what can be bought, with the source of every figure.
#[derive(Args, Clone, Debug)]
pub struct CatalogArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: CatalogCommand,
    /// Lay the figures of this YAML file over the catalogue; may be repeated.
    #[arg(long = "with", value_name = "FILE", global = true)]
    pub with: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t, global = true)]
    pub format: CatalogFormat,
}

/// What to do with the catalogue.
#[derive(Subcommand, Clone, Debug)]
pub enum CatalogCommand {
    /// List what the catalogue holds, or everything of one kind.
    List {
        /// What to list; without it, what there is to list.
        #[arg(value_enum)]
        kind: Option<ListKind>,
    },
    /// Show one thing with all its figures, their sources and how sure they are.
    Show {
        /// A name such as `azure`, an offer such as `azure/dsv5-type1`, or a dotted path.
        name: String,
    },
    /// Show what it takes to cross from one platform to another.
    Interoperability(InteroperabilityArgs),
}

/// How to print the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CatalogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// Nothing in the catalogue has the name that was asked for.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` is not in the catalogue.{hint}")]
pub struct Unknown {
    /// What was asked for.
    pub name: String,
    /// What was probably meant, or where to look; begins with a space.
    pub hint: String,
}

/// Prints what is asked for on stdout.
///
/// # Errors
/// [`Refused`] when a private file cannot be read or is broken; [`Unknown`] when a
/// name is not known.
pub fn catalog(args: &CatalogArgs) -> anyhow::Result<()> {
    let catalog = || load(&args.with);
    let text = match (&args.command, args.format) {
        (CatalogCommand::List { kind: None }, CatalogFormat::Text) => list::overview(&catalog()?),
        (CatalogCommand::List { kind: None }, CatalogFormat::Json) => json(&list::counts(&catalog()?))?,
        (CatalogCommand::List { kind: Some(kind) }, CatalogFormat::Text) => list::text(&catalog()?, *kind),
        (CatalogCommand::List { kind: Some(kind) }, CatalogFormat::Json) => {
            json(&list::rows(&catalog()?, *kind))?
        }
        (CatalogCommand::Show { name }, format) => {
            let catalog = catalog()?;
            let found = show::find(&catalog, name)?;
            match format {
                CatalogFormat::Text => show::text(&catalog, &found),
                CatalogFormat::Json => json(&show::json(&catalog, &found))?,
            }
        }
        (CatalogCommand::Interoperability(asked), format) => {
            interoperability::told(asked, &args.with, format)?
        }
    };
    terminal::print(&text).context("cannot write to standard output")
}

/// The catalogue with private files laid over it.
fn load(files: &[PathBuf]) -> Result<Catalog, Refused> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let read = |file: &PathBuf| own_figures(file, None, &mut sources, &mut diagnostics);
    let overrides: Vec<Node> = files.iter().filter_map(read).collect();
    match Catalog::load(&overrides, &mut sources, &mut diagnostics) {
        Some(catalog) if !diagnostics.has_errors() => Ok(catalog),
        _ => Err(Refused { diagnostics, sources, because: Because::BadInput }),
    }
}

fn json(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
