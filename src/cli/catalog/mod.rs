//! `portolan catalog`: what the program believes things cost, and why.

mod list;
mod show;
mod table;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};

use crate::base::diagnostics::{Color, Diagnostics, Sources};
use crate::base::yaml::parse;
use crate::input::catalog::Catalog;

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

/// Why the catalogue cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// A private file is broken; the messages say where.
    #[error("{0}")]
    Refused(String),
    /// Nothing has that name.
    #[error("`{name}` is not in the catalogue.{hint}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What was probably meant, or where to look; begins with a space.
        hint: String,
    },
}

/// Prints what is asked for on stdout.
///
/// # Errors
/// When a private file cannot be read or is broken, or a name is not known; a
/// [`CatalogError`] is then in the chain.
pub fn catalog(args: &CatalogArgs) -> anyhow::Result<()> {
    let catalog = load(&args.with)?;
    let text = match (&args.command, args.format) {
        (CatalogCommand::List { kind: None }, CatalogFormat::Text) => list::overview(&catalog),
        (CatalogCommand::List { kind: None }, CatalogFormat::Json) => json(&list::counts(&catalog))?,
        (CatalogCommand::List { kind: Some(kind) }, CatalogFormat::Text) => list::text(&catalog, *kind),
        (CatalogCommand::List { kind: Some(kind) }, CatalogFormat::Json) => {
            json(&list::rows(&catalog, *kind))?
        }
        (CatalogCommand::Show { name }, CatalogFormat::Text) => {
            show::text(&catalog, &show::find(&catalog, name)?)
        }
        (CatalogCommand::Show { name }, CatalogFormat::Json) => {
            json(&show::json(&catalog, &show::find(&catalog, name)?))?
        }
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads may have seen enough: `portolan catalog show azure | head`.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// The catalogue with private files laid over it.
fn load(files: &[PathBuf]) -> anyhow::Result<Catalog> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let mut overrides = Vec::new();
    for file in files {
        overrides.extend(read(file, &mut sources, &mut diagnostics)?);
    }
    match Catalog::load(&overrides, &mut sources, &mut diagnostics) {
        Some(catalog) if !diagnostics.has_errors() => Ok(catalog),
        _ => Err(CatalogError::Refused(diagnostics.render(&sources, Color::Never)).into()),
    }
}

/// The tree of a private file, which may hold it under `catalog:` as a scenario does.
fn read(
    file: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Option<crate::base::yaml::Node>> {
    let bytes = std::fs::read(file).with_context(|| format!("{}: cannot be read", file.display()))?;
    let Some(source) = sources.add_bytes(file.display().to_string(), &bytes, diagnostics) else {
        return Ok(None);
    };
    let tree = parse(source, sources, diagnostics);
    Ok(tree.map(|mut tree| tree.take("catalog").map_or(tree, |(_, catalog)| catalog)))
}

fn json(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
