//! Hours of work and minutes of downtime that a move takes.
//!
//! Effort is the sum over the facets in which source and destination differ, per
//! VM, per application and once per estate, and beside it the work that no
//! difference explains. No source gives effort by facet: the figures are
//! assumptions of the catalogue; here they are only added up, and multiplied by what
//! the alliances in force at the time of the work leave of them.

use super::alliances;
use crate::base::units::SimTime;
use crate::world::{
    ApplicationId, FacetId, FacilityId, FigureId, Figures, Method, OfferId, PlatformId, ToolId, Workload,
    World,
};

/// An instant of a replication: what it takes to cross from one platform to another
/// depends on the figures drawn and on the alliances in force.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'w> {
    /// The World.
    pub world: &'w World,
    /// The figures of the replication.
    pub figures: &'w Figures,
    /// The instant: that of the work, or of the question.
    pub at: SimTime,
}

/// The platforms that a move leaves and reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Crossing {
    /// The platform it leaves.
    pub from: PlatformId,
    /// The platform it reaches.
    pub to: PlatformId,
}

/// What work is done for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Each workload.
    Vm,
    /// Each application: once for its move group and each differing facet, however
    /// many workloads it has and platforms they go to.
    Application,
    /// The estate, once for each pair of platforms crossed; done for, and charged
    /// to, the first group that crosses it.
    Estate,
}

/// Work on one difference between platforms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FacetWork {
    /// The difference.
    pub facet: FacetId,
    /// The figure that the hours came from.
    pub figure: FigureId,
    /// Hours of an engineer.
    pub hours: f64,
}

/// The work that each differing facet takes in a scope, in the order of the facets;
/// nothing between two sites of the same platform. Facets that cost nothing are
/// left out: hours × Π of what remains with each alliance in force.
pub fn facet_work(moment: Moment<'_>, crossing: Crossing, scope: Scope) -> impl Iterator<Item = FacetWork> {
    let Moment { world, figures, .. } = moment;
    world.platforms[crossing.from].differs(&world.platforms[crossing.to]).filter_map(move |facet| {
        let costs = &world.facets[facet];
        let figure = match scope {
            Scope::Vm => costs.hours_per_vm,
            Scope::Application => costs.hours_per_application,
            Scope::Estate => costs.hours_per_estate,
        };
        let hours = figures.value(figure) * alliances::remains(moment, crossing, facet);
        (hours > 0.0).then_some(FacetWork { facet, figure, hours })
    })
}

/// Hours of work on one workload that no difference explains: those of every VM,
/// and those that its own peculiarities add.
pub fn workload_hours(world: &World, figures: &Figures, workload: &Workload) -> f64 {
    let peculiar: f64 = workload.extra_hours.iter().map(|hours| figures.value(*hours)).sum();
    figures.value(world.factory.hours_per_vm) + peculiar
}

/// Hours of work that the method itself takes for one VM: none but with a tool that
/// says so, such as installing it anew.
pub fn method_hours(world: &World, figures: &Figures, tool: Option<ToolId>) -> f64 {
    let hours = tool.and_then(|tool| world.tools[tool].hours_per_vm);
    hours.map_or(0.0, |hours| figures.value(hours))
}

/// Work on something that an application leans on and its destination does not have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replacement {
    /// What.
    pub facility: FacilityId,
    /// The figure that the hours came from.
    pub figure: FigureId,
    /// Hours of an engineer.
    pub hours: f64,
    /// The platforms crossed by the first workload that misses it; of one platform where
    /// it is another provider that does not have it.
    pub crossing: Crossing,
}

/// Whether an application that leaves `home` still has a facility at `to`: its offer
/// provides it, or it is a place of the same provider, where things are as they were.
pub fn has_facility(world: &World, facility: FacilityId, home: OfferId, to: OfferId) -> bool {
    world.offers[to].provides.contains(&facility) || world.provider_of(home) == world.provider_of(to)
}

/// What an application leans on that some of its destinations do not have, each once
/// for the application however many workloads go; a passage is where one of its
/// workloads leaves and arrives.
pub fn replacements(
    world: &World,
    figures: &Figures,
    application: ApplicationId,
    passages: &[(OfferId, OfferId)],
) -> Vec<Replacement> {
    let missing =
        |facility: FacilityId| passages.iter().find(|(home, to)| !has_facility(world, facility, *home, *to));
    let used = world.applications[application].uses.iter().copied();
    used.filter_map(|facility| Some((facility, missing(facility)?)))
        .map(|(facility, (home, to))| {
            let figure = world.facilities[facility].replacement_hours;
            let [from, to] = [*home, *to].map(|offer| world.offers[offer].platform);
            Replacement { facility, figure, hours: figures.value(figure), crossing: Crossing { from, to } }
        })
        .collect()
}

/// Hours of work on one application that no difference explains: discovery,
/// planning, acceptance test.
pub fn application_hours(world: &World, figures: &Figures) -> f64 {
    figures.value(world.factory.hours_per_application)
}

/// All hours of one scope, the facets' and the others, for a workload that crosses.
/// The estate has only the facets'.
pub fn hours(moment: Moment<'_>, crossing: Crossing, scope: Scope, workload: &Workload) -> f64 {
    let Moment { world, figures, .. } = moment;
    let facets: f64 = facet_work(moment, crossing, scope).map(|work| work.hours).sum();
    facets
        + match scope {
            Scope::Vm => workload_hours(world, figures, workload),
            Scope::Application => application_hours(world, figures),
            Scope::Estate => 0.0,
        }
}

/// How a workload is carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carriage {
    /// How.
    pub method: Method,
    /// With which tool; none where none is needed.
    pub tool: Option<ToolId>,
}

/// Minutes that one workload's cutover takes, beside the copying of its last bytes:
/// the tool's, and those of every differing facet in which no alliance in force has made
/// the platforms agree. A live move has only the tool's: the guest keeps running, with
/// its addresses, on a network that is extended.
pub fn cutover_minutes(moment: Moment<'_>, crossing: Crossing, carriage: Carriage) -> f64 {
    let Moment { world, figures, .. } = moment;
    let tool = carriage.tool.map_or(0.0, |tool| figures.value(world.tools[tool].cutover_minutes));
    if carriage.method == Method::Live {
        return tool;
    }
    let facets: f64 = world.platforms[crossing.from]
        .differs(&world.platforms[crossing.to])
        .filter(|facet| alliances::remains(moment, crossing, *facet) > 0.0)
        .map(|facet| figures.value(world.facets[facet].cutover_minutes))
        .sum();
    tool + facets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixture;

    fn crossing(world: &World, from: &str, to: &str) -> Crossing {
        let named =
            |name| world.platforms.find(|platform| platform.name == name).expect("a fixture's platform");
        Crossing { from: named(from), to: named(to) }
    }

    fn start<'w>(world: &'w World, figures: &'w Figures) -> Moment<'w> {
        Moment { world, figures, at: SimTime::START }
    }

    #[test]
    fn only_differing_facets_take_work() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let hours = |from, to, scope| {
            facet_work(start(&world, &figures), crossing(&world, from, to), scope)
                .map(|work| work.hours)
                .collect::<Vec<_>>()
        };
        // The fixture's network, disks and drivers take 1, 2, 4 hours a VM; ten times
        // that an application and a hundred times that an estate; drivers alone agree
        // between Hyper-V and Azure.
        assert_eq!(hours("vsphere", "hyper-v", Scope::Vm), [1.0, 2.0, 4.0]);
        assert_eq!(hours("vsphere", "hyper-v", Scope::Estate), [100.0, 200.0, 400.0]);
        assert_eq!(hours("hyper-v", "azure", Scope::Application), [10.0, 20.0]);
        assert!(hours("vsphere", "vsphere", Scope::Vm).is_empty());
    }

    #[test]
    fn other_work_is_added_once_for_its_scope() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let workload =
            world.workloads.iter().find(|workload| workload.name == "erp-db").expect("a fixture's workload");
        let crossing = crossing(&world, "vsphere", "hyper-v");
        let total = |scope| hours(start(&world, &figures), crossing, scope, workload);
        // A VM takes 3 hours whatever the platforms, and this one 5 more of its own.
        assert_eq!(total(Scope::Vm), 7.0 + 3.0 + 5.0);
        assert_eq!(total(Scope::Application), 70.0 + 8.0);
        assert_eq!(total(Scope::Estate), 700.0);
    }

    #[test]
    fn what_an_application_leans_on_is_replaced_once_where_it_is_not_provided() {
        use crate::world::Facility;
        let mut world = fixture::world();
        let hours = world.factory.hours_per_application;
        let mut facility = |name: &str| {
            world.facilities.push(Facility {
                name: name.into(),
                label: name.into(),
                replacement_hours: hours,
                replacement: None,
                saving: None,
            })
        };
        let (balancer, agent) = (facility("load-balancer"), facility("backup-agent"));
        let erp = world.applications.find(|application| application.name == "erp").expect("a fixture's");
        world.applications[erp].uses = vec![balancer, agent];
        let offer = |name: &str| world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
        let (home, lyon, azure, trusted) = (
            offer("paris/vsphere"),
            offer("lyon/vsphere"),
            offer("azure/instances"),
            offer("trusted/instances"),
        );
        world.offers[azure].provides = vec![balancer];
        let figures = Figures::at_mode(&world);
        let replaced = |passages: &[(OfferId, OfferId)]| -> Vec<(FacilityId, f64)> {
            let all = replacements(&world, &figures, erp, passages);
            all.into_iter().map(|work| (work.facility, work.hours)).collect()
        };
        // The fixture's 8 h stand for those of each.
        assert_eq!(replaced(&[(home, azure), (home, azure)]), [(agent, 8.0)]);
        assert_eq!(replaced(&[(home, azure), (home, trusted)]), [(balancer, 8.0), (agent, 8.0)]);
        assert_eq!(replaced(&[(home, lyon)]), [], "a place of the same provider");
    }

    #[test]
    fn a_cutover_takes_the_tools_minutes_and_the_facets() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let crossing = crossing(&world, "vsphere", "hyper-v");
        let tool = world.tools.find(|tool| tool.name == "wac");
        let minutes = |method| cutover_minutes(start(&world, &figures), crossing, Carriage { method, tool });
        assert_eq!(minutes(Method::Conversion), 15.0 + 5.0 + 6.0 + 7.0);
        assert_eq!(minutes(Method::Live), 15.0);
    }
}
