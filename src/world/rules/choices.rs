//! How the workloads of a strategy get where they go, told in few lines: which method
//! and tool between each pair of platforms, and why nothing gentler.

use std::collections::BTreeMap;

use super::feasibility::{self, Passage, Refusal, Way};
use crate::world::{Assignment, Method, PlatformId, Strategy, WorkloadId, World};

/// Workloads that cross between the same platforms in the same way for the same
/// reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The platform they leave.
    pub from: PlatformId,
    /// The platform they reach.
    pub to: PlatformId,
    /// How.
    pub way: Way,
    /// How many.
    pub workloads: usize,
    /// Why so.
    pub why: Why,
}

/// Why a way was taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Nothing gentler was possible: the gentler methods, gentlest first, those of one
    /// reason together, with what is against them. A workload is called `it` there. Empty
    /// where the gentlest of all was taken.
    Gentlest(Vec<(Vec<Method>, Vec<String>)>),
    /// It is not what would be taken by itself: the rule asks for it, or the guest runs
    /// on no other hypervisor and is installed anew.
    Asked {
        /// What would be taken by itself; none where nothing would.
        instead_of: Option<Way>,
    },
}

/// The choices of a strategy, in the order of the platforms. What is retired or stays is
/// not among them.
pub fn choices(world: &World, strategy: &Strategy) -> Vec<Choice> {
    let mut counts: BTreeMap<(PlatformId, PlatformId, Way, Why), usize> = BTreeMap::new();
    for (workload, assignment) in strategy.assignments.enumerate() {
        let Some(Assignment { to: Some(to), method, tool, link, .. }) = *assignment else { continue };
        let way = Way { method, tool, link };
        let passage = Passage::from_home(world, workload, to, strategy.schedule.start);
        let [from, to] = [passage.from, passage.to].map(|offer| world.offers[offer].platform);
        *counts.entry((from, to, way, why(world, passage, way))).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((from, to, way, why), workloads)| Choice { from, to, way, workloads, why })
        .collect()
}

/// The choice of a strategy for one workload that goes somewhere; nothing for one that
/// stays or is retired.
pub fn choice(world: &World, strategy: &Strategy, workload: WorkloadId) -> Option<Choice> {
    let Assignment { to: Some(to), method, tool, link, .. } = strategy.assignments[workload]? else {
        return None;
    };
    let passage = Passage::from_home(world, workload, to, strategy.schedule.start);
    let way = Way { method, tool, link };
    let [from, to] = [passage.from, passage.to].map(|offer| world.offers[offer].platform);
    Some(Choice { from, to, way, workloads: 1, why: why(world, passage, way) })
}

fn why(world: &World, passage: Passage, way: Way) -> Why {
    let Ok(chosen) = feasibility::chosen(world, passage) else { return Why::Asked { instead_of: None } };
    if chosen.way != way {
        return Why::Asked { instead_of: Some(chosen.way) };
    }
    let mut gentler: Vec<(Vec<Method>, Vec<String>)> = Vec::new();
    for one in &chosen.gentler {
        let because = one.because.iter().map(|why| told(world, passage.workload, why)).collect();
        match gentler.last_mut() {
            Some((methods, known)) if *known == because => methods.push(one.method),
            _ => gentler.push((vec![one.method], because)),
        }
    }
    Why::Gentlest(gentler)
}

/// A refusal without what stands beside it: the method, and the name of the workload,
/// to count by.
fn told(world: &World, workload: WorkloadId, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Excluded { .. } => "its blockers exclude it".to_owned(),
        Refusal::NeedsConversion { from, to, facet, .. } => format!("{from} and {to} differ in {facet}"),
        Refusal::NobodyCarries { from, to, .. } => format!("no tool from {from} to {to}"),
        _ => {
            let text = refusal.to_string();
            match text.strip_prefix(world.workloads[workload].name.as_str()) {
                Some(rest) if rest.starts_with(' ') => format!("it{rest}"),
                _ => text,
            }
        }
    }
}

impl Choice {
    /// It in one line, such as `300 from vsphere to hyper-v: conversion by
    /// wac-conversion`.
    pub fn title(&self, world: &World) -> String {
        let [from, to] = [self.from, self.to].map(|platform| &world.platforms[platform].name);
        format!("{} from {from} to {to}: {}", self.workloads, described(world, self.way))
    }

    /// Why, one line each; empty where the gentlest of all was taken.
    pub fn reasons(&self, world: &World) -> Vec<String> {
        match &self.why {
            Why::Gentlest(gentler) => gentler
                .iter()
                .map(|(methods, because)| {
                    let methods: Vec<&str> = methods.iter().map(|method| method.name()).collect();
                    format!("not {}: {}", methods.join(", "), because.join("; "))
                })
                .collect(),
            Why::Asked { instead_of: None } => vec!["asked for".to_owned()],
            Why::Asked { instead_of: Some(way) } => vec![format!(
                "asked for, or its guest runs on no other hypervisor; by itself {}",
                described(world, *way)
            )],
        }
    }
}

/// `live by vmotion over paris-lyon`.
pub fn described(world: &World, way: Way) -> String {
    let tool = way.tool.map_or(String::new(), |tool| format!(" by {}", world.tools[tool].name));
    let link = way.link.map_or(String::new(), |link| format!(" over {}", world.links[link].name));
    format!("{}{tool}{link}", way.method.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::world::rules::feasibility::Wish;
    use crate::world::{Disposition, MethodSet, OfferId, fixture};

    fn offer(world: &World, name: &str) -> OfferId {
        world.offers.find(|offer| offer.name == name).expect("a fixture's offer")
    }

    /// The fixture's strategy, with every workload moved as it is wished.
    fn moving(world: &World, to: &str, wish: Wish) -> Strategy {
        let to = offer(world, to);
        let mut strategy = world.strategies[Id::from_index(0)].clone();
        for workload in world.workloads.ids() {
            let passage = Passage::from_home(world, workload, to, strategy.schedule.start);
            let way = feasibility::way(world, passage, wish);
            let Way { method, tool, link } = way.expect("the fixture allows it");
            let disposition = Disposition::Rehost;
            strategy.assignments[workload] =
                Some(Assignment { disposition, to: Some(to), method, tool, link });
        }
        strategy
    }

    fn told(world: &World, strategy: &Strategy) -> Vec<(String, Vec<String>)> {
        let choices = choices(world, strategy);
        choices.iter().map(|choice| (choice.title(world), choice.reasons(world))).collect()
    }

    #[test]
    fn workloads_of_one_way_and_one_reason_are_told_together() {
        let mut world = fixture::world();
        let strategy = moving(&world, "lyon/vsphere", Wish::default());
        let all = "4 from vsphere to vsphere: live by vmotion over paris-lyon".to_owned();
        assert_eq!(told(&world, &strategy), [(all, vec![])]);
        let web = world.workloads.find(|workload| workload.name == "web").expect("a fixture's workload");
        world.workloads[web].excluded = MethodSet::NONE.with(Method::Live);
        let strategy = moving(&world, "lyon/vsphere", Wish::default());
        assert_eq!(
            told(&world, &strategy),
            [
                ("3 from vsphere to vsphere: live by vmotion over paris-lyon".to_owned(), vec![]),
                (
                    "1 from vsphere to vsphere: replicated by hcx over paris-lyon".to_owned(),
                    vec!["not live: its blockers exclude it".to_owned()]
                ),
            ]
        );
    }

    #[test]
    fn what_a_rule_asks_for_is_told_beside_what_would_be_taken() {
        let world = fixture::world();
        let hcx = world.tools.find(|tool| tool.name == "hcx");
        let strategy = moving(&world, "lyon/vsphere", Wish { tool: hcx, ..Wish::default() });
        assert_eq!(
            told(&world, &strategy),
            [(
                "4 from vsphere to vsphere: replicated by hcx over paris-lyon".to_owned(),
                vec![
                    "asked for, or its guest runs on no other hypervisor; by itself live by vmotion over paris-lyon"
                        .to_owned()
                ]
            )]
        );
    }
}
