//! From what the user wrote, the catalogue and the inventory to a [`World`].
//!
//! Names become ids, figures become one table in which each is said once, machines
//! become workloads at the offers they run on, and the rules of every strategy
//! become one assignment for each workload. All mistakes are collected, each at the
//! place where it is written; a price that nobody publishes and the scenario does
//! not state is one of them, told apart by [`Refusal::PriceMissing`].
//!
//! # Rules that no setting states
//!
//! | what | rule |
//! |---|---|
//! | where a machine runs | the first rule of `placement`, else the first site of one's own; there the first offer that has hosts |
//! | hosts of an inventory (`--inventory`) | as many as it lists, at the site where most of their machines run; several sizes are taken as equal, with mean cores and memory rounded up |
//! | machines that do not fit the hosts | hosts are added, spare ones included ([`packing`](crate::world::rules::packing)), with a warning |
//! | a machine larger than a host | an error in the scenario's own estate; for an inventory a host is taken to hold as much, with a warning, and licences still count the listed cores |
//! | right-sizing | only by use that was measured over a time or drawn (Azure Migrate, synthetic); one instant, as RVTools shows it, sizes nothing |
//! | sizes that a commitment is not sold for | are not covered: they go on by the hour |
//! | cores of a contract | counted from the hosts at the start, unless given |
//! | packs of perpetual licences | what the hosts and guests at the start need is owned, with maintenance, unless given |
//! | software of guests | one's own licence wherever it may be carried ([`portability`](crate::world::rules::portability)), unless the offer states a price that includes it; else the price that its seller includes; else refused |
//! | Windows guests | carried on one's own hosts and wherever licences with maintenance count; else in the price, else refused |
//! | sites that no link joins | an internet tunnel, [`INTERNET_BANDWIDTH`] at [`INTERNET_RTT`] |
//! | `to: site` | the offer of the site that is cheapest for the workload, all figures at their modes |
//! | use over time | only where `utilisation` or traces ask for it: a machine's trace, else the profile about its mean, else its mean; what is unknown is used in full |
//! | a machine without a trace of its name | takes one drawn by the scenario's seed and its own key; the same in every replication |
//! | alliances | a move is judged at the date at which its strategy's schedule starts: an offer that is then not on sale, or a licence that may then not go there, refuses it; its work is judged when it is done |
//! | lead times | begun only in a strategy that needs them, with it unless dated |
//! | blockers | methods that need snapshots they do not take are excluded, destinations of the kinds they name too; a guest that no other hypervisor runs is rebuilt there |

mod alliances;
mod applications;
mod commitments;
mod estate;
mod exchange;
mod facilities;
mod figures;
mod groups;
mod hosts;
mod licences;
mod links;
mod offers;
mod operations;
mod parties;
mod placement;
mod programme;
mod sites;
mod software;
mod sovereignty;
mod strategies;
mod timeline;
mod tools;
mod utilisation;
mod workloads;

use indexmap::IndexSet;

pub use estate::own_estate;
pub use links::{INTERNET_BANDWIDTH, INTERNET_RTT};
pub use utilisation::tell_use;
pub use workloads::machine_of;

use crate::base::diagnostics::{Diagnostic, Diagnostics, Sources, Spot, did_you_mean, one_of};
use crate::base::ids::IdVec;
use crate::base::settings::Name;
use crate::input::catalog::Catalog;
use crate::input::estate::Estate;
use crate::input::scenario::{Scenario, Settings};
use crate::world::{
    ApplicationId, Facility, FacilityId, Figures, Licence, LicenceId, Limits, Offer, OfferId, Party, PartyId,
    PlacementRules, Platform, PlatformId, Provider, ProviderId, Site, SiteId, World,
};
use figures::Table;
use strategies::Strategist;
use workloads::Machines;

/// Whose estate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The one that the scenario describes, whose numbers of hosts hold.
    Scenario,
    /// An inventory given in its place, whose hosts take the place of the scenario's.
    Given,
}

/// Everything that becomes a World.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What the user wrote.
    pub scenario: &'a Scenario,
    /// The catalogue, with the user's own figures laid over it.
    pub catalog: &'a Catalog,
    /// The machines.
    pub estate: &'a Estate,
    /// Whose they are.
    pub origin: Origin,
    /// Every text that was read, for the places of figures.
    pub sources: &'a Sources,
}

/// Why there is no World. The messages are in the diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something is wrong.
    #[error("the scenario cannot be simulated")]
    BadInput,
    /// All is well, but for prices that nobody publishes and that are not stated.
    #[error("a price is missing")]
    PriceMissing,
}

/// Makes the World of what was read.
///
/// # Errors
/// If anything is wrong. All mistakes, and doubts as warnings, are in `diagnostics`;
/// messages that were there before do not count.
pub fn resolve(inputs: Inputs<'_>, diagnostics: &mut Diagnostics) -> Result<World, Refusal> {
    let mut found = Diagnostics::new();
    let (world, missing) = Resolver::new(inputs, &mut found).world();
    let errors = found.errors();
    diagnostics.append(found);
    match world {
        Some(world) if errors == 0 => Ok(world),
        _ if errors > 0 && errors == missing => Err(Refusal::PriceMissing),
        _ => Err(Refusal::BadInput),
    }
}

/// What is known while a World is made.
struct Resolver<'a> {
    scenario: &'a Scenario,
    settings: &'a Settings,
    catalog: &'a Catalog,
    estate: &'a Estate,
    origin: Origin,
    diagnostics: &'a mut Diagnostics,
    table: Table<'a>,
    headroom: crate::world::FigureId,
    party_names: IndexSet<String>,
    parties: IdVec<PartyId, Party>,
    platforms: IdVec<PlatformId, Platform>,
    providers: IdVec<ProviderId, Provider>,
    sites: IdVec<SiteId, Site>,
    offers: IdVec<OfferId, Offer>,
    licences: IdVec<LicenceId, Licence>,
    /// The licence of each rule on software of machines.
    software: Vec<Option<LicenceId>>,
    /// What applications lean on, of those that are mentioned.
    facilities: IdVec<FacilityId, Facility>,
    /// Names of the datastores on which machines lie.
    datastores: IndexSet<String>,
    /// The site of each host of the inventory.
    host_sites: Vec<Option<SiteId>>,
    /// How critical each application is, in the user's words.
    criticality: IdVec<ApplicationId, Option<String>>,
}

impl<'a> Resolver<'a> {
    fn new(inputs: Inputs<'a>, diagnostics: &'a mut Diagnostics) -> Self {
        let settings = &inputs.scenario.settings;
        let mut resolver = Self {
            scenario: inputs.scenario,
            settings,
            catalog: inputs.catalog,
            estate: inputs.estate,
            origin: inputs.origin,
            diagnostics,
            table: Table::new(inputs.catalog, &settings.uncertain, inputs.sources),
            headroom: crate::base::ids::Id::from_index(0),
            party_names: IndexSet::new(),
            parties: IdVec::new(),
            platforms: IdVec::new(),
            providers: IdVec::new(),
            sites: IdVec::new(),
            offers: IdVec::new(),
            licences: IdVec::new(),
            software: Vec::new(),
            facilities: IdVec::new(),
            datastores: IndexSet::new(),
            host_sites: Vec::new(),
            criticality: IdVec::new(),
        };
        resolver.headroom = resolver.sizing_headroom();
        resolver
    }

    /// The World, unless too little is left to make one of, and how many prices are
    /// missing. It is good for a simulation only when no error was collected.
    fn world(mut self) -> (Option<World>, usize) {
        let settings = self.settings;
        let calendar = self.calendar();
        let discount_rate =
            self.table.stated("discount_rate", &settings.discount_rate, figures::Unit::OWN, self.diagnostics);
        let facets = self.facets();
        self.resolve_sites(&calendar);
        let placed = self.place_machines();
        self.list_datastores(&placed);
        self.warn_of_mixed_hosts();
        self.resolve_software();
        self.resolve_offers();
        self.fit_hosts(&placed);
        let links = self.links();
        let data_classes = self.data_classes();
        let (applications, members) = self.applications(&placed, &data_classes);
        let workloads = self.workloads(&placed, &members);
        let usage = self.usage(&placed);
        let contracts = self.contracts(&calendar);
        self.own_packs(&workloads);
        self.covered(&contracts);
        let operations = self.operations();
        let factory = self.factory(&calendar);
        let programme = self.programme(programme::Known {
            calendar: &calendar,
            links: &links,
            data_classes: &data_classes,
            applications: &applications,
        });
        let (tools, installations) = self.tools();
        let priced = timeline::Priced {
            contracts: &contracts,
            operations: &operations,
            factory: &factory,
            links: &links,
        };
        let timeline = self.timeline(&calendar, priced);
        let alliances = self.alliances(&calendar);
        let mut exits: Vec<_> = settings.exits.at.iter().map(|date| calendar.at(date.value)).collect();
        exits.sort_unstable();
        let exchange = self.exchange();
        let framework = sovereignty::framework(&self.catalog.criteria, settings.sovereignty.edition);
        let modes: Vec<_> =
            exchange.iter().map(|(currency, rate)| (*currency, self.table.mode(*rate))).collect();
        let rate = |currency| {
            if currency == settings.currency {
                return Some(1.0);
            }
            modes.iter().find(|(known, _)| *known == currency).map(|(_, rate)| *rate)
        };
        let limits: Limits = self.limits(&calendar, &framework, &data_classes, rate);
        let complete = workloads.len() == placed.len() && !workloads.is_empty();
        if placed.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(None, "The estate holds no machine")
                    .help("Check `powered_off: skip` and the inventory."),
            );
        }
        let priced_in = self.table.currencies().into_iter().all(|(currency, _)| rate(currency).is_some());
        let groups = self.host_groups();
        let bought = self.commitments(&calendar);
        let finished = self.table.finish(self.diagnostics);
        let missing = finished.missing.len();
        if !complete || !priced_in {
            return (None, missing);
        }
        let mut world = World {
            name: settings.name.as_str().to_owned(),
            description: settings.description.clone().unwrap_or_default(),
            currency: settings.currency,
            calendar,
            discount_rate,
            figures: finished.figures,
            formulas: finished.formulas,
            exchange,
            parties: self.parties,
            facets,
            platforms: self.platforms,
            providers: self.providers,
            sites: self.sites,
            offers: self.offers,
            placement: PlacementRules::default(),
            links,
            licences: self.licences,
            contracts,
            commitments: bought.commitments,
            alliances,
            exits,
            data_classes,
            facilities: self.facilities,
            applications,
            workloads,
            usage,
            tools,
            installations,
            datastores: self.datastores.into_iter().collect(),
            factory,
            programme,
            operations,
            framework,
            strategies: IdVec::new(),
            timeline,
            limits,
        };
        figures::settle_formulas(&mut world);
        let machines = Machines { estate: self.estate, placed: &placed };
        world.placement = placement::rules(&world, settings, machines, groups);
        world.programme.streams = programme::streams(&world, settings, machines);
        let ties = groups::ties(&world, self.scenario, machines, self.diagnostics);
        world.programme.led_by = programme::leaders(&world, &ties);
        let strategies = {
            let mut strategist = Strategist {
                world: &world,
                settings,
                machines,
                origin: self.origin,
                figures: Figures::at_mode(&world),
                diagnostics: self.diagnostics,
            };
            settings.strategies.iter().map(|(name, written)| strategist.strategy(name, written)).collect()
        };
        world.strategies = strategies;
        for (strategy, commitments) in world.strategies.iter_mut().zip(bought.by_strategy) {
            strategy.commitments = commitments;
        }
        (Some(world), missing)
    }
}

impl Resolver<'_> {
    /// Where a site is declared.
    fn site_spot(&self, site: SiteId) -> Option<Spot> {
        let wanted = &self.sites[site].name;
        self.settings.sites.iter().find(|(name, _)| name.text == *wanted).map(|(name, _)| name.spot)
    }

    /// Where an offer is declared.
    fn offer_spot(&self, offer: OfferId) -> Option<Spot> {
        let offer = &self.offers[offer];
        let site = &self.sites[offer.site].name;
        let name = offer.name.strip_prefix(site.as_str())?.strip_prefix('/')?;
        let mut offers = self.settings.sites.get(site)?.offers.iter();
        offers.find(|(declared, _)| declared.text == name).map(|(declared, _)| declared.spot)
    }
}

/// The message for a name that nobody declares.
fn unknown(name: &Name, what: &str, known: &[&str]) -> Diagnostic {
    let message = Diagnostic::error(name.spot, format!("`{name}` is not {what}"));
    match did_you_mean(name.as_str(), known.iter().copied()) {
        Some(near) => message.help(format!("Did you mean `{near}`?")),
        None if known.is_empty() => message,
        None => message.note(format!("Known are {}.", one_of(known.iter().copied()))),
    }
}

#[cfg(test)]
mod tests;
