//! Whether a workload can run at an offer, and how it can get there.

use super::demand::{self, Need};
use super::tariffs;
use crate::base::units::Span;
use crate::world::{
    Capacity, Disposition, FacetId, GuestWindows, LinkId, Method, MethodSet, OfferId, OfferKind, OsFamily,
    PlatformId, Route, RuleDemand, SiteId, ToolId, WorkloadId, World,
};

/// The facets across which a disk image or a guest must be changed. Platforms that
/// agree in both run each other's machines as they are.
const CONVERTED_FACETS: [&str; 2] = ["disk-format", "hypervisor-drivers"];

/// One workload on its way from one offer to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Which.
    pub workload: WorkloadId,
    /// Where it runs.
    pub from: OfferId,
    /// Where it goes.
    pub to: OfferId,
}

impl Passage {
    /// From where `workload` runs at the start.
    pub fn from_home(world: &World, workload: WorkloadId, to: OfferId) -> Self {
        Self { workload, from: world.workloads[workload].home, to }
    }
}

/// Why a workload cannot run somewhere or get there in some way. Nothing has been
/// changed when it is returned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It runs Windows and the offer does not take it.
    #[error("{offer} does not take Windows, which {workload} runs")]
    Windows {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
    },
    /// No host or size is large enough.
    #[error(
        "{workload} needs {vcpus} vCPU and {gib} GiB; the largest of {offer} is {largest_vcpus} vCPU and {largest_gib} GiB",
        vcpus = .need.vcpus, gib = gib(*.need), largest_vcpus = .largest.vcpus, largest_gib = gib(*.largest)
    )]
    TooLarge {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
        /// What it needs.
        need: Need,
        /// The host, or the size with the most processors and then memory.
        largest: Need,
    },
    /// Its data may not go to the offer's country.
    #[error("{workload} may not leave {countries}, by the rule {rule}; {offer} is in {country}")]
    Residency {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
        /// The offer's country.
        country: String,
        /// The countries allowed.
        countries: String,
        /// The rule's name.
        rule: String,
    },
    /// What it runs is licensed on hosts of another offer alone.
    #[error(
        "{workload} runs only on the hosts {group} of {licensed}, by the rule {rule}, and not at {offer}"
    )]
    NotLicensed {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
        /// The name of the group of licensed hosts.
        group: String,
        /// The name of their offer.
        licensed: String,
        /// The rule's name.
        rule: String,
    },
    /// A demanded certification is not held.
    #[error("{offer} does not hold {certification}")]
    NotCertified {
        /// The offer's name.
        offer: String,
        /// The certification demanded.
        certification: String,
    },
    /// No circuit joins the two sites.
    #[error("no link joins {from} and {to}; add one to `links`")]
    NoLink {
        /// A site's name.
        from: String,
        /// The other's.
        to: String,
    },
    /// The workload's hardware or guest excludes the method.
    #[error("{workload} cannot be moved by {method}: its blockers exclude it")]
    Excluded {
        /// The workload's name.
        workload: String,
        /// The method's name.
        method: &'static str,
    },
    /// The platforms differ in a way that the method does not bridge.
    #[error("{method} does not convert, and {from} and {to} differ in {facet}")]
    NeedsConversion {
        /// The method's name.
        method: &'static str,
        /// A platform's name.
        from: String,
        /// The other's.
        to: String,
        /// The facet's name.
        facet: String,
    },
    /// There is nothing that the method would convert.
    #[error("{from} and {to} agree in disks and drivers: there is nothing to convert")]
    NothingToConvert {
        /// A platform's name.
        from: String,
        /// The other's.
        to: String,
    },
    /// A tool does not read from the source.
    #[error("{tool} does not read from {platform}")]
    NotRead {
        /// The tool's name.
        tool: String,
        /// The platform's name.
        platform: String,
    },
    /// A tool does not write to the destination.
    #[error("{tool} does not write to {platform}")]
    NotWritten {
        /// The tool's name.
        tool: String,
        /// The platform's name.
        platform: String,
    },
    /// The link is too long for a tool.
    #[error("{tool} works over {longest} ms at most, and {link} takes {rtt} ms", longest = ms(*.longest), rtt = ms(*.rtt))]
    TooFar {
        /// The tool's name.
        tool: String,
        /// The link's name.
        link: String,
        /// The longest round trip that it works over.
        longest: Span,
        /// The link's round trip.
        rtt: Span,
    },
    /// A tool carries none of the methods that remain.
    #[error("{tool} does not carry {methods}")]
    NotCarried {
        /// The tool's name.
        tool: String,
        /// The methods, in words.
        methods: String,
    },
    /// There is no tool at all.
    #[error("the scenario has no migration tool")]
    NoTool,
}

fn gib(need: Need) -> f64 {
    need.memory.as_gib()
}

fn ms(span: Span) -> f64 {
    span.as_seconds() * 1_000.0
}

/// Whether `workload` can run at `offer` at all, however full it is.
///
/// Judged with the mode of the headroom on mean use: a replication that draws more
/// and then finds no size leaves the workload unplaced, with the reason.
///
/// # Errors
/// Windows where it is refused; a country that its data may not go to; hosts not
/// licensed for it; a need larger than a host or than every size.
pub fn can_run(world: &World, workload: WorkloadId, offer: OfferId) -> Result<(), Refusal> {
    let (machine, destination) = (&world.workloads[workload], &world.offers[offer]);
    let names = || (machine.name.clone(), destination.name.clone());
    if machine.os == OsFamily::Windows && destination.windows == GuestWindows::Refused {
        let (workload, offer) = names();
        return Err(Refusal::Windows { workload, offer });
    }
    is_allowed(world, workload, offer)?;
    let headroom = world.figures[world.operations.sizing_headroom].quantile.distribution().mode();
    let need = demand::need_at(machine, destination, headroom);
    let fits = match &destination.capacity {
        Capacity::Hosts(hosts) => !need.exceeds(&hosts.shape),
        Capacity::Skus(skus) => skus.iter().any(|sku| tariffs::covers(sku, need)),
    };
    if fits {
        return Ok(());
    }
    let (workload, offer) = names();
    Err(Refusal::TooLarge { workload, offer, need, largest: largest(&destination.capacity) })
}

/// Whether the rules of placement let a workload be at an offer, on whichever host.
fn is_allowed(world: &World, workload: WorkloadId, offer: OfferId) -> Result<(), Refusal> {
    let names = || (world.workloads[workload].name.clone(), world.offers[offer].name.clone());
    for rule in world.placement.rules.iter() {
        if rule.workloads.binary_search(&workload).is_err() {
            continue;
        }
        match &rule.demand {
            RuleDemand::Residency(countries) => {
                let country = &world.site_of(offer).country;
                if !countries.contains(country) {
                    let (workload, offer) = names();
                    return Err(Refusal::Residency {
                        workload,
                        offer,
                        country: country.clone(),
                        countries: countries.join(", "),
                        rule: rule.name.clone(),
                    });
                }
            }
            RuleDemand::LicensedOn(group) => {
                let group = &world.placement.groups[*group];
                if group.offer != offer {
                    let (workload, offer) = names();
                    return Err(Refusal::NotLicensed {
                        workload,
                        offer,
                        group: group.name.clone(),
                        licensed: world.offers[group.offer].name.clone(),
                        rule: rule.name.clone(),
                    });
                }
            }
            // Which host, and how much: for placement to say.
            RuleDemand::KeepApart
            | RuleDemand::KeepTogether
            | RuleDemand::OnlyOn(_)
            | RuleDemand::NotOn(_)
            | RuleDemand::Quota(_) => {}
        }
    }
    Ok(())
}

/// Whether `offer` holds every certification demanded, such as `SecNumCloud`.
///
/// # Errors
/// The first that it does not hold.
pub fn is_certified(world: &World, offer: OfferId, demanded: &[String]) -> Result<(), Refusal> {
    let held = &world.offers[offer].certifications;
    match demanded.iter().find(|certification| !held.contains(certification)) {
        None => Ok(()),
        Some(certification) => Err(Refusal::NotCertified {
            offer: world.offers[offer].name.clone(),
            certification: certification.clone(),
        }),
    }
}

/// How data gets from one site to another: the link with the most bandwidth that
/// joins them, the first of the file among equals. Two sites of one region are
/// still two sites.
pub fn route(world: &World, a: SiteId, b: SiteId) -> Option<Route> {
    if a == b {
        return Some(Route::Local);
    }
    let mut best: Option<LinkId> = None;
    for (id, link) in world.links.enumerate() {
        if link.joins(a, b) && best.is_none_or(|best| link.bandwidth > world.links[best].bandwidth) {
            best = Some(id);
        }
    }
    best.map(Route::Over)
}

/// The first facet across which images or guests must be changed, if any.
pub fn needs_conversion(world: &World, from: PlatformId, to: PlatformId) -> Option<FacetId> {
    world.platforms[from]
        .differs(&world.platforms[to])
        .find(|facet| CONVERTED_FACETS.contains(&world.facets[*facet].name.as_str()))
}

/// What becomes of a workload that goes from a platform to an offer: another
/// product in place of the VM, the same hypervisor elsewhere, or another platform.
pub fn disposition(world: &World, from: PlatformId, to: OfferId) -> Disposition {
    let destination = &world.offers[to];
    if destination.kind == OfferKind::ManagedService {
        Disposition::Replatform
    } else if needs_conversion(world, from, destination.platform).is_none() {
        Disposition::Relocate
    } else {
        Disposition::Rehost
    }
}

/// How a workload gets there: as `wanted`, or else by the gentlest method that some
/// tool carries between the two platforms, over the link between the two sites, and
/// that the workload's blockers do not exclude. Among the tools that carry it, the
/// first of the file.
///
/// Within one site and platform no tool is needed to move live or cold: the hosts
/// share networks and storage.
///
/// # Errors
/// Why nothing does, tool by tool; never empty.
pub fn method(
    world: &World,
    passage: Passage,
    wanted: Option<Method>,
) -> Result<(Method, Option<ToolId>), Vec<Refusal>> {
    gentlest(world, passage, wanted).ok_or_else(|| refusals(world, passage, wanted))
}

/// As [`method`], without the reasons.
pub fn gentlest(world: &World, passage: Passage, wanted: Option<Method>) -> Option<(Method, Option<ToolId>)> {
    let excluded = world.workloads[passage.workload].excluded;
    Carriers::between(world, passage.from, passage.to).gentlest(excluded, wanted)
}

/// What carries workloads between two offers: for each method whether it can be
/// done, and with which tool. The same for all workloads, so worth keeping where
/// many are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carriers {
    /// In the order of [`Method::ALL`]: none where the method is not carried.
    tools: [Option<Option<ToolId>>; Method::ALL.len()],
}

impl Carriers {
    /// Those from one offer to another.
    pub fn between(world: &World, from: OfferId, to: OfferId) -> Self {
        let ends = Ends::of(world, from, to);
        let (route, conversion) = (ends.route(world), ends.conversion(world));
        let serves: Vec<ToolId> =
            world.tools.ids().filter(|tool| obstacle(world, *tool, ends, route).is_none()).collect();
        let tools = Method::ALL.map(|method| {
            if !bridges(method, conversion) {
                None
            } else if ends.is_in_place() && matches!(method, Method::Live | Method::Cold) {
                Some(None)
            } else {
                serves
                    .iter()
                    .find(|tool| world.tools[**tool].methods.contains(method))
                    .map(|tool| Some(*tool))
            }
        });
        Self { tools }
    }

    /// The gentlest method that is carried, not `excluded`, and `wanted` if one is.
    pub fn gentlest(&self, excluded: MethodSet, wanted: Option<Method>) -> Option<(Method, Option<ToolId>)> {
        Method::ALL
            .into_iter()
            .zip(self.tools)
            .filter(|(method, _)| {
                wanted.is_none_or(|wanted| wanted == *method) && !excluded.contains(*method)
            })
            .find_map(|(method, tool)| Some((method, tool?)))
    }
}

/// The sites and platforms of a passage.
#[derive(Clone, Copy)]
struct Ends {
    sites: [SiteId; 2],
    platforms: [PlatformId; 2],
}

impl Ends {
    fn of(world: &World, from: OfferId, to: OfferId) -> Self {
        let (from, to) = (&world.offers[from], &world.offers[to]);
        Self { sites: [from.site, to.site], platforms: [from.platform, to.platform] }
    }

    fn route(self, world: &World) -> Option<Route> {
        route(world, self.sites[0], self.sites[1])
    }

    fn conversion(self, world: &World) -> Option<FacetId> {
        needs_conversion(world, self.platforms[0], self.platforms[1])
    }

    fn is_in_place(self) -> bool {
        self.sites[0] == self.sites[1] && self.platforms[0] == self.platforms[1]
    }
}

/// Whether a method suits platforms that differ, or do not, in what is converted. A
/// stopped or reinstalled machine is converted on the way by whatever carries it.
fn bridges(method: Method, conversion: Option<FacetId>) -> bool {
    match method {
        Method::Live | Method::Replicated => conversion.is_none(),
        Method::Conversion => conversion.is_some(),
        Method::Cold | Method::Offline | Method::Rebuild => true,
    }
}

/// What keeps a tool from working between these ends.
enum Obstacle {
    NotRead,
    NotWritten,
    NoLink,
    TooFar(LinkId, Span),
}

fn obstacle(world: &World, tool: ToolId, ends: Ends, route: Option<Route>) -> Option<Obstacle> {
    let tool = &world.tools[tool];
    if !tool.from.contains(&ends.platforms[0]) {
        return Some(Obstacle::NotRead);
    }
    if !tool.to.contains(&ends.platforms[1]) {
        return Some(Obstacle::NotWritten);
    }
    match (route, tool.longest_rtt) {
        // What travels on an appliance needs no link.
        (None, _) => tool.trip.is_none().then_some(Obstacle::NoLink),
        (Some(Route::Over(link)), Some(longest)) if world.links[link].rtt > longest => {
            Some(Obstacle::TooFar(link, longest))
        }
        (Some(_), _) => None,
    }
}

/// Every reason why [`gentlest`] found nothing: of each method, then of each tool.
fn refusals(world: &World, passage: Passage, wanted: Option<Method>) -> Vec<Refusal> {
    let ends = Ends::of(world, passage.from, passage.to);
    let route = ends.route(world);
    let [from, to] = ends.platforms.map(|platform| &world.platforms[platform].name);
    let workload = &world.workloads[passage.workload];
    let conversion = ends.conversion(world);
    let (mut refusals, mut remaining) = (Vec::new(), Vec::new());
    for method in Method::ALL.into_iter().filter(|method| wanted.is_none_or(|wanted| wanted == *method)) {
        if workload.excluded.contains(method) {
            refusals.push(Refusal::Excluded { workload: workload.name.clone(), method: method.name() });
        } else if bridges(method, conversion) {
            remaining.push(method);
        } else if wanted.is_some() {
            // Of interest only to who asked for this method: `auto` has others.
            let (from, to) = (from.clone(), to.clone());
            refusals.push(match conversion {
                Some(facet) => {
                    let facet = world.facets[facet].name.clone();
                    Refusal::NeedsConversion { method: method.name(), from, to, facet }
                }
                None => Refusal::NothingToConvert { from, to },
            });
        }
    }
    if remaining.is_empty() {
        return refusals;
    }
    if world.tools.is_empty() {
        refusals.push(Refusal::NoTool);
    }
    if route.is_none() {
        let [from, to] = ends.sites.map(|site| world.sites[site].name.clone());
        refusals.push(Refusal::NoLink { from, to });
    }
    let methods = remaining.iter().map(|method| method.name()).collect::<Vec<_>>().join(", ");
    for (id, tool) in world.tools.enumerate() {
        let name = tool.name.clone();
        refusals.push(match obstacle(world, id, ends, route) {
            Some(Obstacle::NotRead) => Refusal::NotRead { tool: name, platform: from.clone() },
            Some(Obstacle::NotWritten) => Refusal::NotWritten { tool: name, platform: to.clone() },
            Some(Obstacle::NoLink) => continue, // said above, once
            Some(Obstacle::TooFar(link, longest)) => {
                let link = &world.links[link];
                Refusal::TooFar { tool: name, link: link.name.clone(), longest, rtt: link.rtt }
            }
            None => Refusal::NotCarried { tool: name, methods: methods.clone() },
        });
    }
    refusals
}

fn largest(capacity: &Capacity) -> Need {
    match capacity {
        Capacity::Hosts(hosts) => Need { vcpus: hosts.shape.vcpus, memory: hosts.shape.memory },
        Capacity::Skus(skus) => skus
            .iter()
            .map(|sku| Need { vcpus: sku.vcpus, memory: sku.memory })
            .max_by_key(|size| (size.vcpus, size.memory))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::base::units::{Bandwidth, Bytes};
    use crate::world::{HostGroup, PlacementRule, fixture};

    fn offer(world: &World, name: &str) -> OfferId {
        world.offers.find(|offer| offer.name == name).expect("a fixture's offer")
    }

    fn passage(world: &World, from: &str, to: &str) -> Passage {
        let workload = world.workloads.find(|workload| workload.name == "web").expect("a fixture's workload");
        Passage { workload, from: offer(world, from), to: offer(world, to) }
    }

    fn chosen(world: &World, from: &str, to: &str) -> Option<(Method, Option<&'static str>)> {
        let (method, tool) = method(world, passage(world, from, to), None).ok()?;
        let names = ["vmotion", "hcx", "wac", "azure-migrate", "v2v"];
        let name = |tool: ToolId| names.into_iter().find(|name| world.tools[tool].name == *name);
        Some((method, tool.map(|tool| name(tool).expect("the fixture's tools are listed above"))))
    }

    fn explained(world: &World, from: &str, to: &str, wanted: Option<Method>) -> Vec<String> {
        let refusals = method(world, passage(world, from, to), wanted).expect_err("the passage is refused");
        refusals.iter().map(Refusal::to_string).collect()
    }

    #[test]
    fn auto_takes_the_gentlest_method_that_some_tool_carries() {
        let world = fixture::world();
        assert_eq!(chosen(&world, "paris/vsphere", "lyon/vsphere"), Some((Method::Live, Some("vmotion"))));
        assert_eq!(chosen(&world, "paris/vsphere", "paris/hyper-v"), Some((Method::Conversion, Some("wac"))));
        assert_eq!(
            chosen(&world, "paris/vsphere", "azure/instances"),
            Some((Method::Conversion, Some("azure-migrate")))
        );
        assert_eq!(chosen(&world, "paris/vsphere", "trusted/instances"), Some((Method::Cold, Some("v2v"))));
    }

    #[test]
    fn data_stays_in_its_countries_and_a_licence_on_its_hosts() {
        let mut world = fixture::world();
        let (db, azure) = (WorkloadId::from_index(0), offer(&world, "azure/instances"));
        let paris = offer(&world, "paris/vsphere");
        let rule = |demand| PlacementRule { name: "ours".into(), workloads: vec![db], demand };
        world.sites[world.offers[azure].site].country = "IE".into();
        world.placement.rules.push(rule(RuleDemand::Residency(vec!["FR".into(), "DE".into()])));
        assert_eq!(can_run(&world, db, paris), Ok(()));
        assert_eq!(
            can_run(&world, db, azure).expect_err("it lies in another country").to_string(),
            "erp-db may not leave FR, DE, by the rule ours; azure/instances is in IE"
        );
        assert_eq!(can_run(&world, WorkloadId::from_index(2), azure), Ok(()), "whom no rule binds");
        let group = HostGroup { name: "oracle".into(), offer: paris, hosts: vec![0] };
        let group = world.placement.groups.push(group);
        world.placement.rules = [rule(RuleDemand::LicensedOn(group))].into_iter().collect();
        assert_eq!(can_run(&world, db, paris), Ok(()));
        assert_eq!(
            can_run(&world, db, azure).expect_err("it is not licensed there").to_string(),
            "erp-db runs only on the hosts oracle of paris/vsphere, by the rule ours, and not at azure/instances"
        );
    }

    #[test]
    fn within_a_site_and_platform_no_tool_is_needed() {
        let mut world = fixture::world();
        assert_eq!(chosen(&world, "azure/host", "azure/instances"), Some((Method::Live, None)));
        let web = world.workloads.find(|workload| workload.name == "web").expect("a fixture's workload");
        world.workloads[web].excluded = MethodSet::NONE.with(Method::Live);
        assert_eq!(chosen(&world, "azure/host", "azure/instances"), Some((Method::Cold, None)));
    }

    #[test]
    fn a_longer_circuit_rules_out_a_tool_and_the_next_gentlest_is_taken() {
        let mut world = fixture::world();
        let lyon = world.links.find(|link| link.name == "paris-lyon").expect("a fixture's link");
        world.links[lyon].rtt = Span::from_seconds(1);
        assert_eq!(chosen(&world, "paris/vsphere", "lyon/vsphere"), Some((Method::Replicated, Some("hcx"))));
    }

    #[test]
    fn every_tool_says_why_it_does_not_serve() {
        let world = fixture::world();
        assert_eq!(
            explained(&world, "azure/instances", "paris/hyper-v", None),
            [
                "vmotion does not read from azure",
                "hcx does not read from azure",
                "wac does not read from azure",
                "azure-migrate does not read from azure",
                "v2v does not read from azure",
            ]
        );
        assert_eq!(
            explained(&world, "paris/vsphere", "paris/hyper-v", Some(Method::Cold)),
            [
                "vmotion does not write to hyper-v",
                "hcx does not write to hyper-v",
                "wac does not carry cold",
                "azure-migrate does not write to hyper-v",
                "v2v does not write to hyper-v",
            ]
        );
    }

    #[test]
    fn a_method_that_does_not_suit_says_so() {
        let mut world = fixture::world();
        assert_eq!(
            explained(&world, "paris/vsphere", "paris/hyper-v", Some(Method::Live)),
            ["live does not convert, and vsphere and hyper-v differ in disk-format"]
        );
        assert_eq!(
            explained(&world, "paris/vsphere", "lyon/vsphere", Some(Method::Conversion)),
            ["vsphere and vsphere agree in disks and drivers: there is nothing to convert"]
        );
        assert_eq!(
            explained(&world, "lyon/vsphere", "azure/instances", None),
            [
                "no link joins lyon and azure; add one to `links`",
                "vmotion does not write to azure",
                "hcx does not write to azure",
                "wac does not write to azure",
                "v2v does not write to azure",
            ]
        );
        let web = world.workloads.find(|workload| workload.name == "web").expect("a fixture's workload");
        world.workloads[web].excluded = MethodSet::NONE.with(Method::Cold);
        assert_eq!(
            explained(&world, "paris/vsphere", "trusted/instances", Some(Method::Cold)),
            ["web cannot be moved by cold: its blockers exclude it"]
        );
    }

    #[test]
    fn the_widest_link_is_the_route() {
        let mut world = fixture::world();
        let (paris, lyon) = (
            world.offers[offer(&world, "paris/vsphere")].site,
            world.offers[offer(&world, "lyon/vsphere")].site,
        );
        assert_eq!(route(&world, paris, paris), Some(Route::Local));
        let mut wider =
            world.links.iter().find(|link| link.joins(paris, lyon)).expect("a fixture's link").clone();
        wider.bandwidth = Bandwidth::from_mbit(100_000);
        let wider = world.links.push(wider);
        assert_eq!(route(&world, lyon, paris), Some(Route::Over(wider)));
    }

    #[test]
    fn what_is_too_large_or_windows_is_refused_with_the_figures() {
        let mut world = fixture::world();
        let (db, trusted) = (
            world.workloads.find(|workload| workload.name == "erp-db").expect("a fixture's workload"),
            offer(&world, "trusted/instances"),
        );
        let refusal = can_run(&world, db, trusted).expect_err("the offer takes no Windows");
        assert_eq!(refusal.to_string(), "trusted/instances does not take Windows, which erp-db runs");
        let web = world.workloads.find(|workload| workload.name == "web").expect("a fixture's workload");
        assert_eq!(can_run(&world, web, trusted), Ok(()));
        (world.workloads[web].memory, world.workloads[web].memory_use) = (Bytes::from_gib(2_000), None);
        let refusal = can_run(&world, web, trusted).expect_err("nothing is so large");
        assert_eq!(
            refusal.to_string(),
            "web needs 2 vCPU and 2000 GiB; the largest of trusted/instances is 8 vCPU and 32 GiB"
        );
    }

    #[test]
    fn a_demanded_certification_must_be_held() {
        let world = fixture::world();
        let demanded = ["SecNumCloud".to_owned()];
        assert_eq!(is_certified(&world, offer(&world, "trusted/instances"), &demanded), Ok(()));
        let refusal =
            is_certified(&world, offer(&world, "azure/instances"), &demanded).expect_err("it is not");
        assert_eq!(refusal.to_string(), "azure/instances does not hold SecNumCloud");
    }

    #[test]
    fn the_same_hypervisor_elsewhere_is_relocation() {
        let world = fixture::world();
        let vsphere = world.offers[offer(&world, "paris/vsphere")].platform;
        assert_eq!(disposition(&world, vsphere, offer(&world, "lyon/vsphere")), Disposition::Relocate);
        assert_eq!(disposition(&world, vsphere, offer(&world, "paris/hyper-v")), Disposition::Rehost);
    }
}
