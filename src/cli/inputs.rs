//! From the arguments to a World: scenario, catalogue, estate, resolution.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::failure::{Because, Refused};
use crate::base::diagnostics::{Diagnostics, Sources};
use crate::input::catalog::Catalog;
use crate::input::estate;
use crate::input::resolve::{self, Origin, Refusal};
use crate::input::scenario::{self, Scenario};
use crate::world::World;

/// A World, and what it was made of.
pub struct Loaded {
    /// The picture that the simulation runs on.
    pub world: World,
    /// The scenario in one file, with nothing left of `extends`.
    pub scenario_yaml: String,
    /// The estate in the program's own layout.
    pub estate_csv: String,
    /// The inventory's file name, without its folder; none for a synthetic estate.
    pub inventory: Option<String>,
    /// Seed of the scenario.
    pub seed: u64,
    /// Replications that the scenario asks for.
    pub replications: u32,
    /// What to tell the user that is no error.
    pub warnings: String,
}

/// Reads and checks everything that a run needs, the scenario named or the one
/// that comes with the program, with its own estate or the inventory given.
///
/// # Errors
/// [`Refused`] with every mistake found, or an unreadable inventory.
pub fn load(scenario: Option<&Path>, inventory: Option<&Path>) -> anyhow::Result<Loaded> {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    // The inventory comes first: a wrong file is one message, not one among many.
    let given = inventory.map(estate::load).transpose()?;
    let read = read(scenario, &mut sources, &mut diagnostics);
    let made = read.filter(|_| !diagnostics.has_errors()).and_then(|scenario| {
        let catalog = Catalog::for_scenario(&scenario, &mut sources, &mut diagnostics)?;
        let estate = match given {
            Some(mut estate) => {
                resolve::tell_use(&scenario, &mut estate, &mut diagnostics)?;
                estate
            }
            None => resolve::own_estate(&scenario, &mut diagnostics)?,
        };
        Some((scenario, catalog, estate))
    });
    let mut because = Because::BadInput;
    let origin = if inventory.is_some() { Origin::Given } else { Origin::Scenario };
    let world = made.and_then(|(scenario, catalog, estate)| {
        let inputs = resolve::Inputs {
            scenario: &scenario,
            catalog: &catalog,
            estate: &estate,
            origin,
            sources: &sources,
        };
        match resolve::resolve(inputs, &mut diagnostics) {
            Ok(world) => Some((world, scenario, estate)),
            Err(Refusal::PriceMissing) => {
                because = Because::PriceMissing;
                None
            }
            Err(Refusal::BadInput) => None,
        }
    });
    match world {
        Some((world, scenario, estate)) if !diagnostics.has_errors() => Ok(Loaded {
            world,
            scenario_yaml: scenario.tree.to_yaml(),
            estate_csv: estate::to_csv(&estate),
            inventory: inventory.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()),
            seed: scenario.settings.seed,
            replications: scenario.settings.replications.value,
            warnings: diagnostics.render(&sources, super::terminal::colours()),
        }),
        _ => Err(Refused { diagnostics, sources, because }.into()),
    }
}

/// The World of a scenario with its own estate, for who only wants to know whether it
/// has one; what is wrong, if not, is in `diagnostics`.
pub fn world_of(scenario: &Scenario, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<World> {
    let catalog = Catalog::for_scenario(scenario, sources, diagnostics)?;
    let estate = resolve::own_estate(scenario, diagnostics)?;
    let inputs =
        resolve::Inputs { scenario, catalog: &catalog, estate: &estate, origin: Origin::Scenario, sources };
    resolve::resolve(inputs, diagnostics).ok()
}

/// The scenario at a path, or the one that comes with the program.
fn read(scenario: Option<&Path>, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Scenario> {
    let default = Path::new(scenario::DEFAULT);
    Scenario::read(scenario.unwrap_or(default), sources, diagnostics)
}

/// The SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
