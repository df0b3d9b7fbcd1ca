//! What a study compares: strategies in every variant.

use super::listed;
use super::worlds::Built;
use crate::base::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::base::ids::IdVec;
use crate::base::settings::Located;
use crate::input::study::StudySettings;
use crate::study::trials::AlternativeId;
use crate::study::{Alternative, Study};
use crate::world::StrategyId;

/// The alternatives and what stands behind each.
pub(super) struct LinedUp {
    /// The alternatives: strategies in the order of the study, each in every variant.
    pub alternatives: IdVec<AlternativeId, Alternative>,
    /// For each the place of its World and its strategy there.
    pub contenders: IdVec<AlternativeId, (usize, StrategyId)>,
}

/// The strategies that a study asks for, all of the scenario where it does not say.
pub(super) fn line_up(settings: &StudySettings, built: &Built, diagnostics: &mut Diagnostics) -> LinedUp {
    let mut lined_up = LinedUp { alternatives: IdVec::new(), contenders: IdVec::new() };
    for name in names(settings, built, diagnostics) {
        for (place, world) in built.worlds.iter().enumerate() {
            let Some(strategy) = world.strategies.find(|strategy| strategy.name == name) else { continue };
            let variant = &built.variants[place].name;
            let label = &world.strategies[strategy].label;
            let (name, label) = if variant.is_empty() {
                (name.clone(), label.clone())
            } else {
                (format!("{name}/{variant}"), format!("{label} ({})", in_words(built, place)))
            };
            lined_up.contenders.push((place, strategy));
            lined_up.alternatives.push(Alternative {
                name,
                label,
                strategy: world.strategies[strategy].name.clone(),
                settings: built.settings[place].clone(),
            });
        }
    }
    lined_up
}

/// `engineers 4, wave slow`; a named variant by its name.
fn in_words(built: &Built, place: usize) -> String {
    let settings = &built.settings[place];
    if built.variants[place].name == *settings.first().map_or("", String::as_str) {
        return built.variants[place].name.clone();
    }
    let pairs = built.levers.iter().zip(settings);
    pairs.map(|(lever, setting)| format!("{lever} {setting}")).collect::<Vec<_>>().join(", ")
}

/// The names of the strategies in order, those that some variant lacks left out with a
/// message.
fn names(settings: &StudySettings, built: &Built, diagnostics: &mut Diagnostics) -> Vec<String> {
    let Some(wanted) = &settings.strategies else {
        let mut names: Vec<String> = Vec::new();
        for strategy in built.worlds.iter().flat_map(|world| world.strategies.iter()) {
            if !names.contains(&strategy.name) {
                names.push(strategy.name.clone());
            }
        }
        return names;
    };
    let mut names: Vec<String> = Vec::new();
    for name in wanted.iter() {
        let has = |place: usize| built.worlds[place].strategies.iter().any(|known| known.name == name.text);
        let lacking = (0..built.worlds.len()).find(|place| !has(*place));
        match lacking {
            Some(place) => {
                let known = || built.worlds[place].strategies.iter().map(|strategy| strategy.name.as_str());
                let variant = &built.variants[place].name;
                let message = Diagnostic::error(name.spot, format!("There is no strategy `{name}`"));
                let message = if variant.is_empty() {
                    message
                } else {
                    message.note(format!("The variant `{variant}` of the scenario has none of this name."))
                };
                diagnostics.push(match did_you_mean(name.as_str(), known()) {
                    Some(near) => message.help(format!("Did you mean `{near}`?")),
                    None => message.note(format!("The strategies of the scenario are {}.", listed(known()))),
                });
            }
            None if names.contains(&name.text) => diagnostics.push(
                Diagnostic::error(name.spot, format!("`{name}` is named twice")).help("Remove one of them."),
            ),
            None => names.push(name.text.clone()),
        }
    }
    names
}

/// The one alternative of this name; a strategy alone where it has only one variant.
pub(super) fn one(
    study: &Study,
    wanted: &Located<String>,
    diagnostics: &mut Diagnostics,
) -> Option<AlternativeId> {
    let found = named(study, &wanted.value);
    match found.as_slice() {
        [only] => Some(*only),
        [] => {
            diagnostics.push(unknown(study, wanted));
            None
        }
        [first, ..] => {
            diagnostics.push(
                Diagnostic::error(
                    wanted.spot,
                    format!("`{}` is simulated in {} variants", wanted.value, found.len()),
                )
                .note(format!(
                    "They are {}.",
                    listed(found.iter().map(|place| study.alternatives[*place].name.as_str()))
                ))
                .help(format!("Say which, as in `{}`.", study.alternatives[*first].name)),
            );
            None
        }
    }
}

/// All alternatives of these names, strategies in all of their variants, without
/// repetitions; all of the study where none is named.
pub(super) fn all(
    study: &Study,
    wanted: Option<&[Located<String>]>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<AlternativeId>> {
    let Some(wanted) = wanted else { return Some(study.alternatives.ids().collect()) };
    let mut all = Vec::new();
    let mut sound = true;
    for name in wanted {
        let found = named(study, &name.value);
        if found.is_empty() {
            sound = false;
            diagnostics.push(unknown(study, name));
        }
        for alternative in found {
            if !all.contains(&alternative) {
                all.push(alternative);
            }
        }
    }
    sound.then_some(all)
}

fn named(study: &Study, name: &str) -> Vec<AlternativeId> {
    let whole: Vec<AlternativeId> =
        study.alternatives.enumerate().filter(|(_, known)| known.name == name).map(|(id, _)| id).collect();
    if !whole.is_empty() {
        return whole;
    }
    study.alternatives.enumerate().filter(|(_, known)| known.strategy == name).map(|(id, _)| id).collect()
}

fn unknown(study: &Study, wanted: &Located<String>) -> Diagnostic {
    let strategies = || {
        let mut names: Vec<&str> = study.alternatives.iter().map(|known| known.strategy.as_str()).collect();
        names.dedup();
        names
    };
    let all = study.alternatives.iter().map(|known| known.name.as_str());
    let message =
        Diagnostic::error(wanted.spot, format!("This study compares no strategy `{}`", wanted.value));
    match did_you_mean(&wanted.value, all.chain(strategies())) {
        Some(near) => message.help(format!("Did you mean `{near}`?")),
        None => message.note(format!("It compares {}.", listed(strategies()))),
    }
}
