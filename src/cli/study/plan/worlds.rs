//! The Worlds of a study: its scenario in every variant, resolved.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Text, VariantText, listed};
use crate::base::diagnostics::{Diagnostic, Diagnostics, Sources, did_you_mean};
use crate::base::yaml::Node;
use crate::cli::failure::Because;
use crate::input::catalog::Catalog;
use crate::input::estate::{self, Estate};
use crate::input::resolve::{self, Inputs, Origin, Refusal};
use crate::input::scenario::{self, PRESETS, Scenario, preset};
use crate::input::study::{Origin as StudyOrigin, StudyFile, Variants};
use crate::world::World;

/// What Worlds are made of.
#[derive(Clone, Copy)]
pub(super) struct MadeOf<'a> {
    /// The study.
    pub file: &'a StudyFile,
    /// Its scenario, before any change.
    pub base: &'a Scenario,
    /// Its variants.
    pub variants: &'a Variants,
}

/// The Worlds of a study.
pub(super) struct Built {
    /// One for each variant.
    pub worlds: Vec<World>,
    /// The names of the levers.
    pub levers: Vec<String>,
    /// For each variant the setting of each lever.
    pub settings: Vec<Vec<String>>,
    /// What each was made of.
    pub variants: Vec<VariantText>,
    /// Their estates, without repetition.
    pub estates: Vec<Text>,
    /// The seed of the scenario.
    pub seed: u64,
    /// The replications of the scenario.
    pub replications: u32,
}

/// The scenario that a study names. A file beside the study comes before a scenario of
/// the program, except for a study that comes with the program itself.
pub(super) fn scenario(
    file: &StudyFile,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Scenario> {
    let written = &file.settings.scenario;
    let path = file.folder().join(&written.value);
    let errors = diagnostics.errors();
    let found = match preset(&written.value) {
        _ if file.origin != StudyOrigin::Program && path.is_file() => {
            Scenario::read(&path, sources, diagnostics)
        }
        Some((name, text)) => {
            Scenario::read_text(&format!("<{name}>"), text, Path::new(""), sources, diagnostics)
        }
        None => {
            diagnostics.push(no_scenario(file, &path));
            None
        }
    };
    found.filter(|_| diagnostics.errors() == errors)
}

fn no_scenario(file: &StudyFile, path: &Path) -> Diagnostic {
    let written = &file.settings.scenario;
    let names = || PRESETS.iter().map(|(name, _)| *name);
    let message = Diagnostic::error(written.spot, format!("There is no scenario `{}`", written.value));
    let message = message.note(format!(
        "Looked for the file {}, and for a scenario of the program of that name.",
        path.display()
    ));
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match did_you_mean(&stem, names()) {
        Some(near) => message.help(format!("Did you mean `{near}`, which comes with the program?")),
        None => message.note(format!("With the program come {}.", listed(names()))),
    }
}

/// Every variant resolved to a World.
///
/// # Errors
/// What is wrong is collected, in whichever variant; `because` says so where nothing but a
/// price is missing.
pub(super) fn build(
    made_of: MadeOf<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
    because: &mut Because,
) -> Option<Built> {
    let MadeOf { file, base, variants } = made_of;
    let given = match &file.settings.inventory {
        Some(written) => match estate::load(&file.folder().join(&written.value)) {
            Ok(estate) => Some(estate),
            Err(error) => {
                diagnostics.push(
                    Diagnostic::error(written.spot, error.to_string())
                        .note("The path is relative to the folder of the study."),
                );
                return None;
            }
        },
        None => None,
    };
    let errors = diagnostics.errors();
    let mut workshop = Workshop { given, catalogs: BTreeMap::new(), estates: BTreeMap::new() };
    let mut found: Vec<Found> = Vec::new();
    let mut made = Vec::new();
    let mut refusals = Vec::new();
    for (place, variant) in variants.variants.iter().enumerate() {
        let mut own = Diagnostics::new();
        let changed = base.changed(&variant.changes, (file.source, file.folder()), &mut own);
        let changed = changed.filter(|_| !own.has_errors());
        let world = changed.and_then(|scenario| {
            let (world, refusal) = workshop.world(&scenario, sources, &mut own);
            refusals.extend(refusal);
            Some((scenario, world?))
        });
        collect(&mut found, &own, place);
        made.push(world);
    }
    tell(found, variants, diagnostics);
    if diagnostics.errors() > errors {
        if !refusals.is_empty() && refusals.iter().all(|refusal| *refusal == Refusal::PriceMissing) {
            *because = Because::PriceMissing;
        }
        return None;
    }
    let made: Vec<(Scenario, (World, usize))> = made.into_iter().collect::<Option<_>>()?;
    let (seed, replications) = {
        let settings = &made.first()?.0.settings;
        (settings.seed, settings.replications.value)
    };
    agree(&made, variants, file, diagnostics).then_some(())?;
    let mut worlds = Vec::new();
    let mut texts = Vec::new();
    for ((scenario, (world, estate)), variant) in made.into_iter().zip(&variants.variants) {
        let scenario = Text::new(scenario.tree.to_yaml());
        texts.push(VariantText { name: variant.name.clone(), scenario, estate });
        worlds.push(world);
    }
    let mut estates: Vec<(usize, Text)> = workshop
        .estates
        .into_values()
        .map(|(place, estate)| (place, Text::new(estate::to_csv(&estate))))
        .collect();
    estates.sort_by_key(|(place, _)| *place);
    Some(Built {
        worlds,
        levers: variants.levers.clone(),
        settings: variants.variants.iter().map(|variant| variant.settings.clone()).collect(),
        variants: texts,
        estates: estates.into_iter().map(|(_, text)| text).collect(),
        seed,
        replications,
    })
}

/// Catalogues and estates, each read once for all variants that share it.
struct Workshop {
    given: Option<Estate>,
    /// By the part of the scenario that changes the catalogue.
    catalogs: BTreeMap<String, Catalog>,
    /// By the parts of the scenario that the machines come from, with their place in the
    /// order in which they were read.
    estates: BTreeMap<String, (usize, Estate)>,
}

impl Workshop {
    /// The World of a scenario with the place of its estate, and why there is none.
    fn world(
        &mut self,
        scenario: &Scenario,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> (Option<(World, usize)>, Option<Refusal>) {
        let of_catalog = part(scenario, &["catalog"]);
        if !self.catalogs.contains_key(&of_catalog) {
            let Some(catalog) = Catalog::for_scenario(scenario, sources, diagnostics) else {
                return (None, Some(Refusal::BadInput));
            };
            self.catalogs.insert(of_catalog.clone(), catalog);
        }
        // Hosts of the sites shape an estate that is made up; traces are dealt by the seed.
        let of_estate = part(scenario, &["estate", "sites", "seed", "start", "horizon"]);
        if !self.estates.contains_key(&of_estate) {
            let read = match &self.given {
                Some(given) => {
                    let mut estate = given.clone();
                    resolve::tell_use(scenario, &mut estate, diagnostics).map(|()| estate)
                }
                None => resolve::own_estate(scenario, diagnostics),
            };
            let Some(estate) = read else { return (None, Some(Refusal::BadInput)) };
            self.estates.insert(of_estate.clone(), (self.estates.len(), estate));
        }
        let (place, estate) = &self.estates[&of_estate];
        let origin = if self.given.is_some() { Origin::Given } else { Origin::Scenario };
        let inputs = Inputs { scenario, catalog: &self.catalogs[&of_catalog], estate, origin, sources };
        match resolve::resolve(inputs, diagnostics) {
            Ok(world) => (Some((world, *place)), None),
            Err(refusal) => (None, Some(refusal)),
        }
    }
}

/// The text of some keys of a scenario.
fn part(scenario: &Scenario, keys: &[&str]) -> String {
    keys.iter().filter_map(|key| scenario.tree.value(key)).map(Node::to_yaml).collect()
}

/// A message and the variants that it is about.
type Found = (Diagnostic, Vec<usize>);

fn collect(found: &mut Vec<Found>, own: &Diagnostics, place: usize) {
    for message in own.sorted() {
        match found.iter_mut().find(|(known, _)| known == message) {
            Some((_, places)) => places.push(place),
            None => found.push((message.clone(), vec![place])),
        }
    }
}

/// Says what was found, each once; what is not so in all variants names one in which it is.
fn tell(found: Vec<Found>, variants: &Variants, diagnostics: &mut Diagnostics) {
    for (message, places) in found {
        let all = places.len() == variants.variants.len();
        let name = places.first().map(|place| variants.variants[*place].name.as_str());
        diagnostics.push(match name {
            Some(name) if !all && !name.is_empty() => {
                let more = match places.len() - 1 {
                    0 => String::new(),
                    1 => " and one other".to_owned(),
                    more => format!(" and {more} others"),
                };
                message.note(format!("So it is in the variant `{name}`{more}."))
            }
            _ => message,
        });
    }
}

/// Whether all variants can be compared: they count in one currency, from one day, over one
/// horizon.
fn agree(
    made: &[(Scenario, (World, usize))],
    variants: &Variants,
    file: &StudyFile,
    diagnostics: &mut Diagnostics,
) -> bool {
    let of = |settings: &scenario::Settings| {
        [
            ("currency", settings.currency.to_string()),
            ("start", settings.start.value.to_string()),
            ("horizon", settings.horizon.0.to_string()),
        ]
    };
    let mut sound = true;
    let Some((first, _)) = made.first() else { return false };
    for ((scenario, _), variant) in made.iter().zip(&variants.variants).skip(1) {
        for ((key, one), (_, other)) in of(&first.settings).into_iter().zip(of(&scenario.settings)) {
            if one == other {
                continue;
            }
            if sound {
                let spot = variant.changes.last().map_or(file.settings.spot, |change| change.spot);
                diagnostics.push(
                    Diagnostic::error(spot, format!("The variants differ in their `{key}`: {one} and {other}"))
                        .note("Costs and dates of variants are compared, so they count in one currency, from one day, over one horizon.")
                        .help(format!("Set `{key}` once, under `change`.")),
                );
            }
            sound = false;
        }
    }
    sound
}
