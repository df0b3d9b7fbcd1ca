//! `portolan study`: strategies compared under uncertainty.

pub mod plan;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::run::Format;
use super::{defect, terminal};
use crate::base::ids::IdVec;
use crate::report::study::{self as pages, ScenarioHash, StudyMeta, prices_as_of};
use crate::report::{ReportError, output};
use crate::study::Findings;
use crate::study::trials::{AlternativeId, Contender, Runner, Simulated, Stopped, Store, Variant};
use plan::Planned;
use watch::Bar;

/// Compare strategies under uncertainty, by the analyses of a study file.
///
/// A study names a scenario, what is uncertain, what is looked at, and the analyses that
/// answer its question. Results are written to `output/studies/STUDY/`; an interrupted
/// study goes on with --resume.
#[derive(Args, Clone, Debug)]
pub struct StudyArgs {
    /// The study file, or the name of one that comes with the program: compare, select,
    /// sensitivity, discover, robust, pareto, thresholds, all, speed.
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// How many replications the analyses take that do not state a number of their own
    /// [default: the study's, 100]
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub replications: Option<u32>,
    /// Threads; results do not depend on it [default: one a processor]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// The folder of the results itself [default: `output/studies/STUDY`]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on with what an interrupted study has finished
    #[arg(long)]
    pub resume: bool,
    /// How to print the answer on stdout
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Carries out the study, writes its results, and prints the answer.
///
/// # Errors
/// When an input is refused or the results cannot be written; then nothing is.
pub fn study(args: &StudyArgs) -> anyhow::Result<ExitCode> {
    let planned = plan::load(&args.study, args.replications)?;
    if !planned.warnings.is_empty() {
        eprintln!("{}", planned.warnings.trim_end());
    }
    let out = args.out.clone().unwrap_or_else(|| Path::new("output/studies").join(&planned.study.name));
    output::check(&out)?;
    defect::note_seed(planned.study.seed);
    let progress = progress_file(&out)?;
    if !args.resume && progress.exists() {
        anyhow::bail!(
            "{} holds what an interrupted study has finished: add --resume to go on, or remove the file to \
             start anew",
            progress.display()
        );
    }
    let store = Store::open(&progress)?;
    if args.resume && store.is_empty() {
        eprintln!("Nothing is kept of an interrupted study: from the beginning.");
    }
    let bar = Bar::new()?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.map_or(0, usize::from))
        .build()
        .context("cannot start threads")?;
    let found = pool.install(|| carry_out(&planned, store, &bar));
    bar.finish();
    let findings = match found {
        Ok(findings) => findings,
        Err(Stopped::Interrupted) => {
            eprintln!(
                "Interrupted. Nothing was written but {}, which keeps what is finished.",
                progress.display()
            );
            eprintln!("Go on with: {} --resume", again(args));
            return Ok(ExitCode::from(watch::INTERRUPTED));
        }
        Err(other) => {
            eprintln!(
                "What is finished is kept in {}; mend the study and go on with --resume.",
                progress.display()
            );
            return Err(other.into());
        }
    };
    let meta = meta(args, &planned);
    output::replace(&out, |folder| {
        pages::write(&planned.study, &findings, &meta, folder)?;
        let inputs = folder.join("inputs");
        planned.write_inputs(folder).map_err(|source| ReportError::Write { path: inputs, source })
    })?;
    remove(&progress)?;
    let text = match args.format {
        Format::Text => pages::text(&planned.study, &findings, &meta, terminal::shape()),
        Format::Json => String::from_utf8(pages::json(&planned.study, &findings, &meta)?)?,
    };
    terminal::print(&text)?;
    eprintln!("Results: {} (start with {})", out.display(), out.join("study.html").display());
    Ok(ExitCode::SUCCESS)
}

/// The study from its first analysis to its last.
fn carry_out(planned: &Planned, store: Store, bar: &Bar) -> Result<Findings, Stopped> {
    let study = &planned.study;
    let variants = planned.worlds.iter().zip(&planned.columns);
    let variants = variants.map(|(world, columns)| Variant { world, columns: columns.clone() }).collect();
    let model = Simulated::new(study, variants, contenders(planned));
    let mut runner = Runner::new(study, &model, bar, Some(store));
    let mut findings = Vec::with_capacity(study.analyses.len());
    for (place, analysis) in study.analyses.iter().enumerate() {
        runner.begin(place);
        bar.begin(format!("{} ({} of {})", analysis.name(), place + 1, study.analyses.len()));
        findings.push(analysis.carry_out(study, &mut runner)?);
    }
    let (records, stand_ins) = runner.finish();
    Ok(Findings { findings, records, stand_ins })
}

/// The alternatives as what is simulated, each known by what it is made of.
fn contenders(planned: &Planned) -> IdVec<AlternativeId, Contender> {
    let identity = &planned.identity;
    let program = program();
    let contender = |(variant, strategy): &(usize, _)| {
        let text = &identity.variants[*variant];
        let name = &planned.worlds[*variant].strategies[*strategy].name;
        let estate = &identity.estates[text.estate].sha256;
        Contender {
            variant: *variant,
            strategy: *strategy,
            identity: format!("{program} {} {} {estate} {name}", identity.read, text.scenario.sha256),
        }
    };
    planned.contenders.iter().map(contender).collect()
}

/// What tells this build of the program from another, so that none goes on with what
/// another has finished; empty where the system does not say.
fn program() -> String {
    let file = std::env::current_exe().and_then(fs::metadata);
    let stamp = file.and_then(|file| Ok((file.len(), file.modified()?)));
    stamp.map_or_else(|_| String::new(), |(length, modified)| format!("{length} {modified:?}"))
}

/// What the study was. Neither threads nor folders are in it: they change no byte.
fn meta(args: &StudyArgs, planned: &Planned) -> StudyMeta {
    let identity = &planned.identity;
    let scenario = |variant: &plan::VariantText| ScenarioHash {
        variant: variant.name.clone(),
        sha256: variant.scenario.sha256.clone(),
    };
    let estates: Vec<&str> = identity.estates.iter().map(|estate| estate.sha256.as_str()).collect();
    let file = args.study.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut command = format!("portolan study {}", file.unwrap_or_default());
    if let Some(replications) = args.replications {
        command.push_str(&format!(" --replications {replications}"));
    }
    StudyMeta {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command,
        study_sha256: identity.study.sha256.clone(),
        scenarios: identity.variants.iter().map(scenario).collect(),
        estate_sha256: estates.join(", "),
        seed: planned.study.seed,
        prices_as_of: prices_as_of(&planned.worlds),
        calendar: planned.worlds[0].calendar.clone(),
    }
}

/// Where finished batches are kept until the study is done: beside its folder.
fn progress_file(out: &Path) -> anyhow::Result<PathBuf> {
    let name = out.file_name().with_context(|| format!("{} does not name a folder", out.display()))?;
    let mut name = name.to_owned();
    name.push(".progress");
    Ok(out.with_file_name(name))
}

fn remove(progress: &Path) -> anyhow::Result<()> {
    match fs::remove_file(progress) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", progress.display()))
        }
        _ => Ok(()),
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:@%".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// The command that was given, but for `--resume` and `--threads`.
fn again(args: &StudyArgs) -> String {
    let mut command = format!("portolan study {}", quoted(&args.study));
    if let Some(replications) = args.replications {
        command.push_str(&format!(" --replications {replications}"));
    }
    if let Some(out) = &args.out {
        command.push_str(&format!(" --out {}", quoted(out)));
    }
    if args.format == Format::Json {
        command.push_str(" --format json");
    }
    command
}
