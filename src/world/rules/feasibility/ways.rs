//! How a workload gets from one offer to another: by which method, with which tool,
//! over which link.

use std::cmp::Ordering;

use super::{Passage, Refusal, is_converted, needs_conversion};
use crate::base::units::SimTime;
use crate::world::rules::distance;
use crate::world::{
    Counted, FacetId, FigureId, LinkId, Method, OfferId, PlatformId, Route, SiteId, Tool, ToolId, Within,
    Workload, World,
};

/// Billing hours of a month, to compare prices by the hour with prices by the month.
const HOURS_PER_MONTH: f64 = 730.0;

/// What somebody asks for; nothing where the choice is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Wish {
    /// The method.
    pub method: Option<Method>,
    /// The tool.
    pub tool: Option<ToolId>,
    /// The link, of the several that join two sites.
    pub link: Option<LinkId>,
}

/// How a workload gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Way {
    /// By which method.
    pub method: Method,
    /// With which tool; none within one site and platform, where live and cold need none.
    pub tool: Option<ToolId>,
    /// Over which link; none within one site, and for what travels without one.
    pub link: Option<LinkId>,
}

/// How data gets from one site to another: over the link that is the best of those
/// that join them, which is the one with the most bandwidth, then the cheapest by the
/// month and then by the gigabyte at the modes of its prices, then the first of the
/// file. Two sites of one region are still two sites.
pub fn route(world: &World, a: SiteId, b: SiteId) -> Option<Route> {
    if a == b {
        return Some(Route::Local);
    }
    links(world, [a, b]).first().map(|link| Route::Over(*link))
}

/// The links that join two sites, the best first.
fn links(world: &World, ends: [SiteId; 2]) -> Vec<LinkId> {
    let joining = world.links.enumerate().filter(|(_, link)| link.joins(ends[0], ends[1]));
    let mut found: Vec<LinkId> = joining.map(|(id, _)| id).collect();
    found.sort_by(|one, other| {
        let (a, b) = (&world.links[*one], &world.links[*other]);
        b.bandwidth.cmp(&a.bandwidth).then_with(|| by_price(world, *one, *other)).then(one.cmp(other))
    });
    found
}

fn by_price(world: &World, one: LinkId, other: LinkId) -> Ordering {
    let price = |link: LinkId| {
        let link = &world.links[link];
        let mode = |figure: Option<FigureId>| figure.map_or(0.0, |figure| usual_price(world, figure));
        (mode(link.per_month) + HOURS_PER_MONTH * mode(link.per_hour), mode(link.per_gb))
    };
    let (a, b) = (price(one), price(other));
    a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
}

/// A price at its mode, in the reporting currency at the mode of its rate.
fn usual_price(world: &World, figure: FigureId) -> f64 {
    let mode = |figure: FigureId| world.figures[figure].quantile.distribution().mode();
    let currency = world.figures[figure].currency;
    let rate = world.exchange.iter().find(|(known, _)| Some(*known) == currency);
    mode(figure) * rate.map_or(1.0, |(_, rate)| mode(*rate))
}

/// How a workload gets there as it is wished, or else by the gentlest method that some
/// tool carries between the two platforms, over a link between the two sites, and that
/// the workload's blockers do not exclude. Among the tools that carry it, the first of
/// the file; among the links that the tool works over, the best by [`route`].
///
/// Within one site and platform no tool is needed to move live or cold: the hosts
/// share networks and storage.
///
/// # Errors
/// Why nothing does, tool by tool; never empty.
pub fn way(world: &World, passage: Passage, wish: Wish) -> Result<Way, Vec<Refusal>> {
    let ends = Ends::of(world, [passage.from, passage.to], wish.link, passage.at);
    // An appliance would go without the link that is asked for.
    let is_joined = wish.link.is_none() || ends.is_local() || !ends.links.is_empty();
    let carriers = is_joined.then(|| Carriers::of(world, &ends));
    let found = carriers.and_then(|all| all.gentlest(world, &world.workloads[passage.workload], wish));
    found.ok_or_else(|| refusals(world, passage, &ends, wish))
}

/// As [`way`], for who only names a method.
///
/// # Errors
/// As [`way`].
pub fn method(
    world: &World,
    passage: Passage,
    wanted: Option<Method>,
) -> Result<(Method, Option<ToolId>), Vec<Refusal>> {
    way(world, passage, Wish { method: wanted, ..Wish::default() }).map(|way| (way.method, way.tool))
}

/// What carries workloads between two offers, gentlest first. The same for all
/// workloads, so worth keeping where many are asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carriers {
    ways: Vec<Way>,
}

impl Carriers {
    /// Those from one offer to another at an instant.
    pub fn between(world: &World, from: OfferId, to: OfferId, at: SimTime) -> Self {
        Self::of(world, &Ends::of(world, [from, to], None, at))
    }

    fn of(world: &World, ends: &Ends) -> Self {
        let gap = ends.gap(world);
        let serves: Vec<(ToolId, Option<LinkId>)> =
            world.tools.ids().filter_map(|tool| Some((tool, ends.link_for(world, tool).ok()?))).collect();
        let mut ways = Vec::new();
        for method in Method::ALL.into_iter().filter(|method| gap.is_bridged(*method)) {
            if ends.is_in_place() && matches!(method, Method::Live | Method::Cold) {
                ways.push(Way { method, tool: None, link: None });
                continue;
            }
            let carries = serves.iter().filter(|(tool, _)| world.tools[*tool].methods.contains(method));
            ways.extend(carries.map(|(tool, link)| Way { method, tool: Some(*tool), link: *link }));
        }
        Self { ways }
    }

    /// The gentlest that the workload can take and that is as it is wished. A link that
    /// is wished is known when the carriers are collected.
    pub fn gentlest(&self, world: &World, workload: &Workload, wish: Wish) -> Option<Way> {
        self.ways.iter().copied().find(|way| {
            wish.method.is_none_or(|wanted| wanted == way.method)
                && (wish.tool.is_none() || wish.tool == way.tool)
                && !workload.excluded.contains(way.method)
                && way.tool.is_none_or(|tool| takes(&world.tools[tool], workload).is_ok())
        })
    }
}

/// What was chosen for a workload, and why nothing gentler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// How it gets there.
    pub way: Way,
    /// Every gentler method, gentlest first.
    pub gentler: Vec<Gentler>,
}

/// A method that was not possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gentler {
    /// The method.
    pub method: Method,
    /// Why; never empty.
    pub because: Vec<Refusal>,
}

/// What `auto` chooses for a workload, with the reason against every gentler method:
/// the workload's own, or the platforms', or that of each tool that would carry it.
///
/// # Errors
/// As [`way`].
pub fn chosen(world: &World, passage: Passage) -> Result<Chosen, Vec<Refusal>> {
    let way = way(world, passage, Wish::default())?;
    let ends = Ends::of(world, [passage.from, passage.to], None, passage.at);
    let gentler = Method::ALL.into_iter().take_while(|method| *method != way.method);
    let gentler = gentler.map(|method| Gentler { method, because: against(world, passage, &ends, method) });
    Ok(Chosen { way, gentler: gentler.collect() })
}

/// Why a method is not possible.
fn against(world: &World, passage: Passage, ends: &Ends, method: Method) -> Vec<Refusal> {
    let workload = &world.workloads[passage.workload];
    if let Some(refusal) = unsuited(world, workload, ends, method) {
        return vec![refusal];
    }
    let reaches =
        |tool: &Tool| tool.from.contains(&ends.platforms[0]) && tool.to.contains(&ends.platforms[1]);
    let carriers = world.tools.enumerate().filter(|(_, tool)| tool.methods.contains(method) && reaches(tool));
    let because: Vec<Refusal> = carriers
        .filter_map(|(id, tool)| ends.link_for(world, id).err().or_else(|| takes(tool, workload).err()))
        .collect();
    if because.is_empty() {
        let [from, to] = ends.platforms.map(|platform| world.platforms[platform].name.clone());
        return vec![Refusal::NobodyCarries { method: method.name(), from, to }];
    }
    because
}

/// Why a method suits the platforms or the workload not at all, whatever carries it.
fn unsuited(world: &World, workload: &Workload, ends: &Ends, method: Method) -> Option<Refusal> {
    let gap = ends.gap(world);
    if gap.is_bridged(method) {
        let excluded = workload.excluded.contains(method);
        let (workload, method) = (workload.name.clone(), method.name());
        return excluded.then_some(Refusal::Excluded { workload, method });
    }
    let [from, to] = ends.platforms.map(|platform| world.platforms[platform].name.clone());
    Some(match gap.facet {
        Some(facet) => {
            let facet = world.facets[facet].name.clone();
            Refusal::NeedsConversion { method: method.name(), from, to, facet }
        }
        None => Refusal::NothingToConvert { from, to },
    })
}

/// The sites and platforms of a passage, and the links between them.
struct Ends {
    sites: [SiteId; 2],
    platforms: [PlatformId; 2],
    /// The destination.
    to: OfferId,
    /// Those that join the two sites, the best first; or the one that is wished.
    links: Vec<LinkId>,
    /// When the passage is judged.
    at: SimTime,
}

impl Ends {
    fn of(world: &World, [from, to]: [OfferId; 2], wished: Option<LinkId>, at: SimTime) -> Self {
        let (left, reached) = (&world.offers[from], &world.offers[to]);
        let sites = [left.site, reached.site];
        let mut links = if sites[0] == sites[1] { Vec::new() } else { links(world, sites) };
        if let Some(wished) = wished {
            links.retain(|link| *link == wished);
        }
        Self { sites, platforms: [left.platform, reached.platform], to, links, at }
    }

    fn gap(&self, world: &World) -> Gap {
        let [from, to] = self.platforms;
        Gap {
            facet: needs_conversion(world, from, to, self.at),
            was: world.platforms[from].differs(&world.platforms[to]).any(|facet| is_converted(world, facet)),
        }
    }

    fn is_local(&self) -> bool {
        self.sites[0] == self.sites[1]
    }

    fn is_in_place(&self) -> bool {
        self.is_local() && self.platforms[0] == self.platforms[1]
    }

    /// The link that a tool works over, if it works between these ends; none where it
    /// needs none.
    fn link_for(&self, world: &World, id: ToolId) -> Result<Option<LinkId>, Refusal> {
        let tool = &world.tools[id];
        let [from, to] = self.platforms;
        let named = |platform: PlatformId| world.platforms[platform].name.clone();
        if !tool.from.contains(&from) {
            return Err(Refusal::NotRead { tool: tool.name.clone(), platform: named(from) });
        }
        if !tool.to.contains(&to) {
            return Err(Refusal::NotWritten { tool: tool.name.clone(), platform: named(to) });
        }
        let provider = world.sites[self.sites[1]].provider;
        if tool.delivers_to.as_ref().is_some_and(|providers| !providers.contains(&provider)) {
            let provider = world.providers[provider].name.clone();
            return Err(Refusal::NotDelivered { tool: tool.name.clone(), provider });
        }
        if self.is_local() {
            return Ok(None);
        }
        let mut first = None;
        for link in &self.links {
            match works_over(world, id, *link) {
                Ok(()) => return Ok(Some(*link)),
                Err(refusal) => first = first.or(Some(refusal)),
            }
        }
        match first {
            Some(refusal) => Err(refusal),
            // What travels on an appliance needs no link.
            None if tool.trip.is_some() => Ok(None),
            None => Err(self.no_link(world)),
        }
    }

    fn no_link(&self, world: &World) -> Refusal {
        let [from, to] = self.sites.map(|site| world.sites[site].name.clone());
        Refusal::NoLink { from, to }
    }
}

/// Whether a tool works over a link: its round trip, its width, and what one copy gets
/// over its distance at the modes of window and loss.
fn works_over(world: &World, id: ToolId, over: LinkId) -> Result<(), Refusal> {
    let (tool, link) = (&world.tools[id], &world.links[over]);
    let names = || (tool.name.clone(), link.name.clone());
    if let Some(longest) = tool.longest_rtt.filter(|longest| link.rtt > *longest) {
        let (tool, named) = names();
        return Err(Refusal::TooFar { tool, link: named, longest, rtt: link.rtt });
    }
    let Some(least) = tool.minimum_bandwidth else { return Ok(()) };
    if link.bandwidth < least {
        let (tool, named) = names();
        return Err(Refusal::TooThin { tool, link: named, least, carried: link.bandwidth });
    }
    match distance::usual_copy_cap(world, over, id) {
        Some(carried) if carried < least => {
            let (tool, named) = names();
            Err(Refusal::TooSlow { tool, link: named, least, carried, rtt: link.rtt })
        }
        _ => Ok(()),
    }
}

/// Whether a tool takes a workload of this size: on one appliance that travels, and
/// with all its disks at once, since they are snapshot and sent together.
fn takes(tool: &Tool, workload: &Workload) -> Result<(), Refusal> {
    let names = || (workload.name.clone(), tool.name.clone());
    if let Some(capacity) = tool.capacity.filter(|capacity| workload.disk > *capacity) {
        let (workload_name, tool) = names();
        return Err(Refusal::ExceedsAppliance {
            workload: workload_name,
            tool,
            disk: workload.disk,
            capacity,
        });
    }
    let disks = workload.disks.len();
    let narrow = tool.caps.iter().find(|cap| {
        cap.counted == Counted::Disks && cap.within == Within::Datastore && (cap.most as usize) < disks
    });
    match narrow {
        Some(cap) => {
            let (workload, tool) = names();
            Err(Refusal::TooManyDisks { workload, tool, disks, most: cap.most, within: cap.within })
        }
        None => Ok(()),
    }
}

/// What must be converted between two platforms.
#[derive(Clone, Copy)]
struct Gap {
    /// The first facet in which it must; none where they agree.
    facet: Option<FacetId>,
    /// Whether they agree only by an alliance, or do not: whoever converts still can.
    was: bool,
}

impl Gap {
    /// Whether a method suits platforms that differ, or do not, in what is converted. A
    /// stopped or reinstalled machine is converted on the way by whatever carries it.
    fn is_bridged(self, method: Method) -> bool {
        match method {
            Method::Live | Method::Replicated => self.facet.is_none(),
            Method::Conversion => self.was,
            Method::Cold | Method::Offline | Method::Rebuild => true,
        }
    }
}

/// Every reason why nothing was found: of what was wished, of each method, then of each
/// tool.
fn refusals(world: &World, passage: Passage, ends: &Ends, wish: Wish) -> Vec<Refusal> {
    let workload = &world.workloads[passage.workload];
    let (mut refusals, mut remaining) = (Vec::new(), Vec::new());
    let wanted = |method: &Method| wish.method.is_none_or(|wanted| wanted == *method);
    for method in Method::ALL.into_iter().filter(wanted) {
        match unsuited(world, workload, ends, method) {
            None => remaining.push(method),
            // That platforms differ is of interest only to who asked for this method:
            // `auto` has others.
            Some(refusal) if wish.method.is_some() || matches!(refusal, Refusal::Excluded { .. }) => {
                refusals.push(refusal);
            }
            Some(_) => {}
        }
    }
    if remaining.is_empty() {
        return refusals;
    }
    if let Some(link) = wish.link.filter(|_| ends.links.is_empty()) {
        let [from, to] = ends.sites.map(|site| world.sites[site].name.clone());
        refusals.push(Refusal::NotJoined { link: world.links[link].name.clone(), from, to });
    } else if !ends.is_local() && ends.links.is_empty() {
        refusals.push(ends.no_link(world));
    }
    if wish.tool.is_some() && ends.is_in_place() {
        refusals.push(Refusal::NoToolNeeded { offer: world.offers[ends.to].name.clone() });
    }
    if world.tools.is_empty() {
        refusals.push(Refusal::NoTool);
    }
    let methods = remaining.iter().map(|method| method.name()).collect::<Vec<_>>().join(", ");
    for (id, tool) in world.tools.enumerate().filter(|(id, _)| wish.tool.is_none_or(|wanted| wanted == *id)) {
        let carries = remaining.iter().any(|method| tool.methods.contains(*method));
        refusals.push(match ends.link_for(world, id) {
            Err(Refusal::NoLink { .. }) => continue, // said above, once
            Err(refusal) => refusal,
            Ok(_) if !carries => Refusal::NotCarried { tool: tool.name.clone(), methods: methods.clone() },
            Ok(_) => match takes(tool, workload) {
                Err(refusal) => refusal,
                Ok(()) => continue, // in place, where the tool is not what is missing
            },
        });
    }
    refusals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{Bandwidth, Bytes, Span};
    use crate::world::{Cap, MethodSet, fixture};

    fn offer(world: &World, name: &str) -> OfferId {
        world.offers.find(|offer| offer.name == name).expect("a fixture's offer")
    }

    fn tool(world: &World, name: &str) -> ToolId {
        world.tools.find(|tool| tool.name == name).expect("a fixture's tool")
    }

    fn link(world: &World, name: &str) -> LinkId {
        world.links.find(|link| link.name == name).expect("a fixture's link")
    }

    fn passage(world: &World, from: &str, to: &str) -> Passage {
        let workload = world.workloads.find(|workload| workload.name == "web").expect("a fixture's workload");
        Passage { workload, from: offer(world, from), to: offer(world, to), at: SimTime::START }
    }

    fn taken(world: &World, from: &str, to: &str) -> Option<(Method, Option<&'static str>)> {
        let (method, tool) = method(world, passage(world, from, to), None).ok()?;
        let names = ["vmotion", "hcx", "wac", "azure-migrate", "v2v"];
        let name = |tool: ToolId| names.into_iter().find(|name| world.tools[tool].name == *name);
        Some((method, tool.map(|tool| name(tool).expect("the fixture's tools are listed above"))))
    }

    fn refused(world: &World, from: &str, to: &str, wish: Wish) -> Vec<String> {
        let refusals = way(world, passage(world, from, to), wish).expect_err("the passage is refused");
        refusals.iter().map(Refusal::to_string).collect()
    }

    fn explained(world: &World, from: &str, to: &str, wanted: Option<Method>) -> Vec<String> {
        refused(world, from, to, Wish { method: wanted, ..Wish::default() })
    }

    fn gentler(world: &World, from: &str, to: &str) -> Vec<(&'static str, Vec<String>)> {
        let chosen = chosen(world, passage(world, from, to)).expect("there is a way");
        let texts = |because: &[Refusal]| because.iter().map(Refusal::to_string).collect();
        chosen.gentler.iter().map(|one| (one.method.name(), texts(&one.because))).collect()
    }

    #[test]
    fn auto_takes_the_gentlest_method_that_some_tool_carries() {
        let world = fixture::world();
        assert_eq!(taken(&world, "paris/vsphere", "lyon/vsphere"), Some((Method::Live, Some("vmotion"))));
        assert_eq!(taken(&world, "paris/vsphere", "paris/hyper-v"), Some((Method::Conversion, Some("wac"))));
        assert_eq!(
            taken(&world, "paris/vsphere", "azure/instances"),
            Some((Method::Conversion, Some("azure-migrate")))
        );
        assert_eq!(taken(&world, "paris/vsphere", "trusted/instances"), Some((Method::Cold, Some("v2v"))));
    }

    #[test]
    fn platforms_made_to_agree_take_gentler_methods_and_whoever_converts_still_can() {
        use crate::world::{Alliance, AllianceChange};
        let mut world = fixture::world();
        let platform =
            |name: &str| world.platforms.find(|platform| platform.name == name).expect("a platform");
        let between = [platform("vsphere"), platform("hyper-v")];
        let quantile = crate::base::random::Distribution::Fixed(0.0).tabulate().expect("a fixed value");
        let like = world.operations.pue;
        let figure = crate::world::Figure { name: "remains".into(), quantile, ..world.figures[like].clone() };
        let remains = world.figures.push(figure);
        let day = |days| SimTime::START + Span::from_days(days);
        world.alliances.push(Alliance {
            name: "together".into(),
            label: "together".into(),
            from: day(10),
            until: None,
            changes: vec![AllianceChange::Effort { between, facet: None, remains }],
        });
        let taken = |world: &World, days| {
            let passage = Passage { at: day(days), ..passage(world, "paris/vsphere", "paris/hyper-v") };
            method(world, passage, None).map(|(method, _)| method)
        };
        // The one tool between the two converts.
        assert_eq!((taken(&world, 0), taken(&world, 10)), (Ok(Method::Conversion), Ok(Method::Conversion)));
        let vmotion = tool(&world, "vmotion");
        world.tools[vmotion].to.push(between[1]);
        assert_eq!((taken(&world, 0), taken(&world, 10)), (Ok(Method::Conversion), Ok(Method::Live)));
    }

    #[test]
    fn within_a_site_and_platform_no_tool_is_needed() {
        let mut world = fixture::world();
        assert_eq!(taken(&world, "azure/host", "azure/instances"), Some((Method::Live, None)));
        let web = world.workloads.find(|workload| workload.name == "web").expect("a fixture's workload");
        world.workloads[web].excluded = MethodSet::NONE.with(Method::Live);
        assert_eq!(taken(&world, "azure/host", "azure/instances"), Some((Method::Cold, None)));
    }

    #[test]
    fn a_longer_circuit_rules_out_a_tool_and_the_next_gentlest_is_taken() {
        let mut world = fixture::world();
        let lyon = world.links.find(|link| link.name == "paris-lyon").expect("a fixture's link");
        world.links[lyon].rtt = Span::from_seconds(1);
        assert_eq!(taken(&world, "paris/vsphere", "lyon/vsphere"), Some((Method::Replicated, Some("hcx"))));
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
    fn a_choice_says_why_it_is_not_gentler() {
        let mut world = fixture::world();
        assert_eq!(gentler(&world, "paris/vsphere", "lyon/vsphere"), []);
        assert_eq!(
            gentler(&world, "paris/vsphere", "trusted/instances"),
            [
                (
                    "live",
                    vec!["live does not convert, and vsphere and tina differ in disk-format".to_owned()]
                ),
                (
                    "replicated",
                    vec![
                        "replicated does not convert, and vsphere and tina differ in disk-format".to_owned()
                    ]
                ),
                ("conversion", vec!["no tool carries conversion from vsphere to tina".to_owned()]),
            ]
        );
        let lyon = link(&world, "paris-lyon");
        world.links[lyon].rtt = Span::from_ns(200_000_000);
        assert_eq!(
            gentler(&world, "paris/vsphere", "lyon/vsphere"),
            [("live", vec!["vmotion works over 150 ms at most, and paris-lyon takes 200 ms".to_owned()])]
        );
        let web = passage(&world, "paris/vsphere", "lyon/vsphere").workload;
        world.workloads[web].excluded = MethodSet::NONE.with(Method::Live);
        assert_eq!(
            gentler(&world, "paris/vsphere", "lyon/vsphere"),
            [("live", vec!["web cannot be moved by live: its blockers exclude it".to_owned()])]
        );
    }

    #[test]
    fn a_link_that_is_too_thin_or_too_slow_for_a_tool_is_refused_with_the_figures() {
        let mut world = fixture::world();
        let (lyon, vmotion) = (link(&world, "paris-lyon"), tool(&world, "vmotion"));
        world.tools[vmotion].minimum_bandwidth = Some(Bandwidth::from_mbit(250));
        let live = |world: &World| explained(world, "paris/vsphere", "lyon/vsphere", Some(Method::Live));
        // 1 MB over 5 ms is 1,600 Mbit/s.
        assert_eq!(taken(&world, "paris/vsphere", "lyon/vsphere"), Some((Method::Live, Some("vmotion"))));
        world.links[lyon].bandwidth = Bandwidth::from_mbit(200);
        assert_eq!(
            live(&world)[0],
            "vmotion needs 250 Mbit/s for each copy, and paris-lyon carries 200 Mbit/s"
        );
        world.links[lyon].bandwidth = Bandwidth::from_mbit(1_000);
        world.links[lyon].rtt = Span::from_ns(80_000_000);
        assert_eq!(
            live(&world)[0],
            "vmotion needs 250 Mbit/s for each copy, and its window lets through 100 Mbit/s over 80 ms of paris-lyon"
        );
        world.tools[vmotion].streams = 3;
        assert_eq!(taken(&world, "paris/vsphere", "lyon/vsphere"), Some((Method::Live, Some("vmotion"))));
    }

    #[test]
    fn an_appliance_and_the_snapshots_of_a_datastore_have_room_for_so_much() {
        let mut world = fixture::world();
        let (v2v, web) = (tool(&world, "v2v"), passage(&world, "paris/vsphere", "lyon/vsphere").workload);
        let cold = |world: &World| explained(world, "paris/vsphere", "trusted/instances", Some(Method::Cold));
        world.tools[v2v].capacity = Some(Bytes::new(80_000_000_000_000));
        world.workloads[web].disk = Bytes::new(90_000_000_000_000);
        let message = "web has 90000 GB, and one appliance of v2v holds 80000 GB".to_owned();
        assert!(cold(&world).contains(&message), "{:?}", cold(&world));
        world.workloads[web].disk = Bytes::from_gib(100);
        world.workloads[web].disks = vec![Bytes::from_gib(5); 20];
        assert_eq!(taken(&world, "paris/vsphere", "trusted/instances"), Some((Method::Cold, Some("v2v"))));
        world.tools[v2v].caps = vec![Cap { counted: Counted::Disks, within: Within::Datastore, most: 15 }];
        let message = "web has 20 disks, and v2v copies 15 at once of one datastore".to_owned();
        assert!(cold(&world).contains(&message), "{:?}", cold(&world));
    }

    #[test]
    fn a_tool_that_is_asked_for_is_taken_or_says_why_not() {
        let mut world = fixture::world();
        let wish = |tool| Wish { tool: Some(tool), ..Wish::default() };
        let hcx = tool(&world, "hcx");
        let found = way(&world, passage(&world, "paris/vsphere", "lyon/vsphere"), wish(hcx));
        assert_eq!(found.map(|way| (way.method, way.tool)), Ok((Method::Replicated, Some(hcx))));
        assert_eq!(
            refused(&world, "paris/vsphere", "azure/instances", wish(hcx)),
            ["hcx does not write to azure"]
        );
        assert_eq!(
            refused(&world, "azure/host", "azure/instances", wish(hcx))[0],
            "azure/instances is at the same site and of the same platform: no tool is needed"
        );
        let azure = world.sites[world.offers[offer(&world, "azure/host")].site].provider;
        world.tools[hcx].delivers_to = Some(vec![azure]);
        assert_eq!(
            refused(&world, "paris/vsphere", "lyon/vsphere", wish(hcx)),
            ["hcx does not deliver to sites of own"]
        );
    }

    #[test]
    fn of_several_links_the_widest_then_the_cheapest_is_taken_unless_one_is_asked_for() {
        let mut world = fixture::world();
        let lyon = link(&world, "paris-lyon");
        let price = |world: &mut World, name: &str, value: f64| {
            let like = world.factory.rate;
            let quantile = crate::base::random::Distribution::Fixed(value).tabulate().expect("a fixed value");
            let figure = crate::world::Figure { name: name.into(), quantile, ..world.figures[like].clone() };
            world.figures.push(figure)
        };
        let (dear, cheap) = (price(&mut world, "dear", 2_000.0), price(&mut world, "cheap", 2.0));
        // 2 EUR an hour are 1,460 a month.
        world.links[lyon].per_month = Some(dear);
        let second = world.links[lyon].clone();
        let second = world.links.push(crate::world::Link {
            name: "second".into(),
            per_month: None,
            per_hour: Some(cheap),
            ..second
        });
        let ends = passage(&world, "paris/vsphere", "lyon/vsphere");
        let taken = |world: &World, wish| way(world, ends, wish).map(|way| way.link);
        assert_eq!(taken(&world, Wish::default()), Ok(Some(second)));
        let asked = Wish { link: Some(lyon), ..Wish::default() };
        assert_eq!(taken(&world, asked), Ok(Some(lyon)));
        world.links[lyon].bandwidth = Bandwidth::from_mbit(20_000);
        assert_eq!(taken(&world, Wish::default()), Ok(Some(lyon)));
        // A tool that cannot work over the widest takes the next.
        world.links[lyon].rtt = Span::from_ns(151_000_000);
        let vmotion = Wish { tool: Some(tool(&world, "vmotion")), ..Wish::default() };
        assert_eq!(taken(&world, vmotion), Ok(Some(second)));
        let azure = Wish { link: Some(link(&world, "paris-azure")), ..Wish::default() };
        assert_eq!(
            refused(&world, "paris/vsphere", "lyon/vsphere", azure)[0],
            "the link paris-azure does not join paris and lyon"
        );
    }
}
