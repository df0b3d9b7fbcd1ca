//! The estate that a scenario describes: its inventory, or machines drawn from
//! published distributions.

use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::input::estate::synthetic::{SyntheticEstate, SyntheticSite};
use crate::input::estate::{Estate, EstateError, TraceDefaults, from_traces, load};
use crate::input::scenario::{Scenario, Site, Synthetic, TraceEstate, TraceFolder};
use crate::input::traces;

use super::utilisation::tell_use;

/// The machines of the scenario's own estate. Nothing after a message saying why
/// there are none.
pub fn own_estate(scenario: &Scenario, diagnostics: &mut Diagnostics) -> Option<Estate> {
    let mut estate = machines(scenario, diagnostics)?;
    tell_use(scenario, &mut estate, diagnostics)?;
    Some(estate)
}

fn machines(scenario: &Scenario, diagnostics: &mut Diagnostics) -> Option<Estate> {
    let settings = &scenario.settings.estate;
    if let Some(TraceEstate(traces)) = &settings.traces {
        return traced(scenario, traces, diagnostics);
    }
    if let Some(synthetic) = &settings.synthetic {
        return drawn(scenario, synthetic, diagnostics);
    }
    // The scenario's own checks ask for one of the two.
    let inventory = settings.inventory.as_ref()?;
    match load(&scenario.path(&inventory.path)) {
        Ok(estate) => Some(estate),
        Err(error) => {
            diagnostics.push(Diagnostic::error(inventory.path.spot, error.to_string()));
            None
        }
    }
}

/// One machine a trace.
fn traced(scenario: &Scenario, written: &TraceFolder, diagnostics: &mut Diagnostics) -> Option<Estate> {
    let path = scenario.path(&written.path);
    let defaults =
        TraceDefaults { vcpus: written.vcpus.value.max(1), memory: written.memory, disk: written.disk };
    let estate = traces::load(&path)
        .map_err(EstateError::from)
        .and_then(|set| from_traces(&path.display().to_string(), set, defaults));
    match estate {
        Ok(estate) => Some(estate),
        Err(error) => {
            diagnostics.push(Diagnostic::error(written.path.spot, error.to_string()));
            None
        }
    }
}

fn drawn(scenario: &Scenario, synthetic: &Synthetic, diagnostics: &mut Diagnostics) -> Option<Estate> {
    let usual = SyntheticEstate::default();
    let sites = sites(scenario);
    let plan = SyntheticEstate {
        machines: synthetic.workloads.value,
        seed: synthetic.seed,
        sites: if sites.is_empty() { usual.sites } else { sites },
        windows_share: synthetic.windows.map_or(usual.windows_share, |share| share.fraction()),
        powered_off_share: synthetic.powered_off.map_or(usual.powered_off_share, |share| share.fraction()),
        applications: usual.applications,
    };
    match plan.generate() {
        Ok(estate) => Some(estate),
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(synthetic.workloads.spot, format!("No estate can be drawn: {error}"))
                    .help("Ask for fewer `workloads`, or give the sites more or larger hosts."),
            );
            None
        }
    }
}

/// The scenario's own sites with hosts at the start. Their machines are dealt out by
/// what their hosts hold without the spare ones, and their data centres are called
/// as the sites are.
fn sites(scenario: &Scenario) -> Vec<SyntheticSite> {
    let with_hosts = |site: &Site| {
        site.offers
            .iter()
            .filter_map(|(_, offer)| offer.hosts.as_ref())
            .find(|hosts| hosts.count.value > hosts.spare)
            .map(|hosts| (hosts.count.value, hosts.spare, hosts.shape, hosts.overcommit.get()))
    };
    let sites = scenario.settings.sites.iter();
    sites
        .filter_map(|(name, site)| {
            let (hosts, spare_hosts, shape, cpu_overcommit) = with_hosts(site)?;
            let usable = f64::from((hosts - spare_hosts) * shape.cores());
            Some(SyntheticSite {
                datacenter: name.text.clone(),
                share: usable,
                hosts,
                spare_hosts,
                sockets: shape.sockets,
                cores: shape.cores(),
                memory: shape.memory,
                cpu_overcommit,
            })
        })
        .collect()
}
