//! Interoperability: what crossing platforms costs, once and from then on.
//!
//! One-off is the work of the moves made: on what differs between two platforms, facet
//! by facet, and on replacing what applications leaned on. Recurring is what running
//! across platforms and sites costs. Each amount is a sum of ledger lines, or of stated
//! parts of them; work is of one pair of platforms, which its line names.

use super::Score;
use crate::base::ids::{Id, IdVec};
use crate::base::units::Money;
use crate::simulation::journal::{Category, Charge, Meter};
use crate::world::rules::effort::Crossing;
use crate::world::{FacetGroup, FacetId, PlatformId, World};

/// What crossing platforms costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interoperability {
    /// Work on the differences between platforms and on what is replaced, for the moves
    /// actually made: the sum of `by_facet` and `replacement`, and that of `by_pair`.
    pub one_off: Money,
    /// The work on differences, by facet.
    pub by_facet: IdVec<FacetId, Money>,
    /// The work to replace what applications leaned on and do not find.
    pub replacement: Money,
    /// `one_off` by the platform left and the platform reached, in order; every pair
    /// that was crossed, and every one that a strategy of the World would cross.
    pub by_pair: Vec<(Crossing, Money)>,
    /// What running across platforms and sites costs over the horizon.
    pub recurring: Recurring,
    /// What runs in place of what applications leaned on, by pair as above.
    pub replaced_by_pair: Vec<(Crossing, Money)>,
    /// Recurring per year of 365.25 days.
    pub recurring_per_year: Money,
}

/// What running across platforms and sites costs over the horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recurring {
    /// Administrators of management planes beyond the first: a second set of tools,
    /// skills and on-call knowledge for each.
    pub management_planes: Money,
    /// Data that applications send to those that they depend on at other sites; not
    /// what users take, nor what copies take out.
    pub egress: Money,
    /// Circuits between sites.
    pub circuits: Money,
    /// Licences of a platform that is being left, bought again because something was
    /// left behind on it when others had gone: bridges, of which there are none while
    /// all workloads are on one platform.
    pub licences: Money,
    /// What runs in place of what applications leaned on.
    pub replaced: Money,
}

impl Recurring {
    /// All of it.
    pub fn total(&self) -> Money {
        self.parts().into_iter().map(|(_, amount)| amount).sum()
    }

    /// Its parts, each under its key.
    pub fn parts(&self) -> [(&'static str, Money); 5] {
        [
            ("management_planes", self.management_planes),
            ("egress", self.egress),
            ("circuits", self.circuits),
            ("licences", self.licences),
            ("replaced", self.replaced),
        ]
    }
}

/// The name of a group of facets in dotted names.
const fn group_key(group: FacetGroup) -> &'static str {
    match group {
        FacetGroup::Transport => "transport",
        FacetGroup::Syntactic => "syntactic",
        FacetGroup::Semantic => "semantic",
        FacetGroup::Behavioural => "behavioural",
        FacetGroup::Policy => "policy",
    }
}

impl Interoperability {
    /// The work on differences, by the group of their facets; adds up with
    /// `replacement` to `one_off`.
    pub fn by_group(&self, world: &World) -> [(&'static str, Money); 5] {
        use FacetGroup::{Behavioural, Policy, Semantic, Syntactic, Transport};
        [Transport, Syntactic, Semantic, Behavioural, Policy].map(|group| {
            let of_group = self.by_facet.enumerate().filter(|(facet, _)| world.facets[*facet].group == group);
            (group_key(group), of_group.map(|(_, amount)| *amount).sum())
        })
    }

    pub(super) fn figures(&self, world: &World, figures: &mut Vec<(String, Score)>) {
        let mut add = |name: String, amount: Money| {
            figures.push((format!("interoperability.{name}"), Score::Money(amount)))
        };
        add("one_off".into(), self.one_off);
        add("recurring".into(), self.recurring.total());
        add("recurring_per_year".into(), self.recurring_per_year);
        for (facet, amount) in self.by_facet.enumerate() {
            add(format!("by_facet.{}", world.facets[facet].name), *amount);
        }
        add("replacement".into(), self.replacement);
        for (key, amount) in self.by_group(world) {
            add(format!("by_group.{key}"), amount);
        }
        for (key, amount) in self.recurring.parts() {
            add(format!("recurring_by.{key}"), amount);
        }
        // Names are those of the World, the same in every run.
        for crossing in crossed_by_plan(world) {
            let of_pair = |pairs: &[(Crossing, Money)]| {
                pairs.iter().find(|(known, _)| *known == crossing).map_or(Money::ZERO, |(_, amount)| *amount)
            };
            let name = pair_name(world, crossing);
            add(format!("by_pair.{name}"), of_pair(&self.by_pair));
            add(format!("recurring_by_pair.{name}"), of_pair(&self.replaced_by_pair));
        }
    }
}

/// A pair of platforms in dotted names: `vsphere->azure`.
fn pair_name(world: &World, crossing: Crossing) -> String {
    let [from, to] = [crossing.from, crossing.to].map(|platform| &world.platforms[platform].name);
    format!("{from}->{to}")
}

/// The pairs of platforms that some strategy crosses, in order of the platforms: two
/// different ones, and one with itself where workloads change their provider.
fn crossed_by_plan(world: &World) -> Vec<Crossing> {
    let mut crossed = vec![false; world.platforms.len() * world.platforms.len()];
    for strategy in world.strategies.iter() {
        for (workload, assignment) in strategy.assignments.enumerate() {
            let Some(to) = assignment.and_then(|assignment| assignment.to) else { continue };
            let home = world.workloads[workload].home;
            let crossing = Crossing { from: world.offers[home].platform, to: world.offers[to].platform };
            if crossing.from != crossing.to || world.provider_of(home) != world.provider_of(to) {
                crossed[place(world, crossing)] = true;
            }
        }
    }
    pairs(world).zip(crossed).filter(|(_, crossed)| *crossed).map(|(crossing, _)| crossing).collect()
}

/// All ordered pairs of platforms, one with itself too.
fn pairs(world: &World) -> impl Iterator<Item = Crossing> {
    let count = world.platforms.len();
    (0..count * count).map(move |place| Crossing {
        from: PlatformId::from_index(place / count),
        to: PlatformId::from_index(place % count),
    })
}

/// The place of a pair among all.
fn place(world: &World, crossing: Crossing) -> usize {
    crossing.from.index() * world.platforms.len() + crossing.to.index()
}

/// The fold that makes an [`Interoperability`].
#[derive(Clone, Debug)]
pub(super) struct InteroperabilityFold {
    platforms: usize,
    by_facet: IdVec<FacetId, Money>,
    replacement: Money,
    /// By the places of all pairs.
    by_pair: Vec<Money>,
    replaced_by_pair: Vec<Money>,
    recurring: Recurring,
}

impl InteroperabilityFold {
    pub(super) fn new(world: &World) -> Self {
        let platforms = world.platforms.len();
        Self {
            platforms,
            by_facet: IdVec::filled(Money::ZERO, world.facets.len()),
            replacement: Money::ZERO,
            by_pair: vec![Money::ZERO; platforms * platforms],
            replaced_by_pair: vec![Money::ZERO; platforms * platforms],
            recurring: Recurring::default(),
        }
    }

    /// Folds a line of the ledger; `is_across` tells whether workloads are then on more
    /// than one platform.
    pub(super) fn charge(&mut self, charge: &Charge, is_across: impl FnOnce() -> bool) {
        let amount = charge.amount;
        let pair = |crossing: Crossing| crossing.from.index() * self.platforms + crossing.to.index();
        match charge.meter {
            Meter::Conversion(facet) => self.by_facet[facet] += amount,
            Meter::Replacement(_) => self.replacement += amount,
            Meter::ExtraManagementPlanes => self.recurring.management_planes += amount,
            // What a copy sends is part of the move.
            Meter::CircuitData(_) if charge.category == Category::Network => self.recurring.egress += amount,
            Meter::Circuit(_) => self.recurring.circuits += amount,
            Meter::Bridge(_) if is_across() => self.recurring.licences += amount,
            Meter::Replaced(_) => {
                self.recurring.replaced += amount;
                if let Some(crossing) = charge.crossing {
                    self.replaced_by_pair[pair(crossing)] += amount;
                }
            }
            _ => {}
        }
        if let (Meter::Conversion(_) | Meter::Replacement(_), Some(crossing)) =
            (charge.meter, charge.crossing)
        {
            self.by_pair[pair(crossing)] += amount;
        }
    }

    /// Folds the part of a line that applications sent to others elsewhere.
    pub(super) fn exchanged(&mut self, part: &Charge) {
        self.recurring.egress += part.amount;
    }

    pub(super) fn finish(self, world: &World) -> Interoperability {
        let years = world.calendar.years(world.horizon());
        let recurring = self.recurring.total();
        let per_year = if years > 0.0 { recurring.micros() as f64 / years } else { 0.0 };
        let planned = crossed_by_plan(world);
        let listed = |amounts: Vec<Money>| -> Vec<(Crossing, Money)> {
            let all = pairs(world).zip(amounts);
            all.filter(|(crossing, amount)| *amount != Money::ZERO || planned.contains(crossing)).collect()
        };
        Interoperability {
            one_off: self.by_facet.iter().copied().sum::<Money>() + self.replacement,
            by_facet: self.by_facet,
            replacement: self.replacement,
            by_pair: listed(self.by_pair),
            recurring: self.recurring,
            replaced_by_pair: listed(self.replaced_by_pair),
            recurring_per_year: Money::from_micros(libm::round(per_year) as i64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::fixture::{charge, euros, first};
    use crate::world::{Assignment, Disposition, Facility, FacilityId, Method, fixture};

    fn crossing(world: &World, from: &str, to: &str) -> Crossing {
        let named =
            |name| world.platforms.find(|platform| platform.name == name).expect("a fixture's platform");
        Crossing { from: named(from), to: named(to) }
    }

    /// The fixture's World with something that applications lean on.
    fn world() -> (World, FacilityId) {
        let mut world = fixture::world();
        let facility = world.facilities.push(Facility {
            name: "load-balancer".into(),
            label: "Load balancer".into(),
            replacement_hours: world.factory.hours_per_application,
            replacement: None,
            saving: None,
        });
        (world, facility)
    }

    #[test]
    fn work_is_split_by_facet_group_and_pair_and_each_split_adds_up() {
        let (world, balancer) = world();
        let [network, disks, drivers] = [0, 1, 2].map(FacetId::from_index);
        let (to_azure, to_tina) = (crossing(&world, "vsphere", "azure"), crossing(&world, "vsphere", "tina"));
        let mut fold = InteroperabilityFold::new(&world);
        for (meter, amount, crossing) in [
            (Meter::Conversion(network), 10.0, to_azure),
            (Meter::Conversion(drivers), 20.0, to_azure),
            (Meter::Conversion(disks), 7.0, to_tina),
            (Meter::Conversion(drivers), 5.0, to_tina),
            (Meter::Replacement(balancer), 100.0, to_tina),
        ] {
            fold.charge(&Charge { meter, ..charge(amount) }.across(crossing), || true);
        }
        fold.charge(&Charge { meter: Meter::MoveWork, ..charge(1_000.0) }, || true);
        let score = fold.finish(&world);
        assert_eq!((score.one_off, score.replacement), (euros(142.0), euros(100.0)));
        assert_eq!(score.by_facet.as_slice(), [euros(10.0), euros(7.0), euros(25.0)]);
        assert_eq!(score.by_pair, [(to_azure, euros(30.0)), (to_tina, euros(112.0))]);
        let groups = score.by_group(&world).map(|(_, amount)| amount);
        assert_eq!(groups, [10.0, 7.0, 0.0, 25.0, 0.0].map(euros));
        assert_eq!(score.recurring, Recurring::default());
    }

    #[test]
    fn running_across_platforms_is_told_by_what_it_is_paid_for() {
        let (world, balancer) = world();
        let (link, contract) = (first(&world.links), first(&world.contracts));
        let mut fold = InteroperabilityFold::new(&world);
        let mut line = |meter, amount| fold.charge(&Charge { meter, ..charge(amount) }, || true);
        line(Meter::ExtraManagementPlanes, 300.0);
        // The whole line of data that left is told by its part below.
        line(Meter::Egress(first(&world.sites)), 50.0);
        line(Meter::Circuit(link), 15.0);
        line(Meter::Bridge(contract), 20.0);
        line(Meter::Subscription(contract), 1_000.0);
        for (category, amount) in [(Category::Network, 2.0), (Category::Migration, 700.0)] {
            let sent = Charge { meter: Meter::CircuitData(link), category, ..charge(amount) };
            fold.charge(&sent, || true);
        }
        fold.exchanged(&charge(8.0));
        let pair = crossing(&world, "vsphere", "azure");
        fold.charge(&Charge { meter: Meter::Replaced(balancer), ..charge(20.0) }.across(pair), || true);
        // All on one platform: the bridge is for being late, not for running across.
        fold.charge(&Charge { meter: Meter::Bridge(contract), ..charge(90.0) }, || false);
        let score = fold.finish(&world);
        let parts = score.recurring.parts().map(|(_, amount)| amount);
        assert_eq!(parts, [300.0, 10.0, 15.0, 20.0, 20.0].map(euros));
        assert_eq!((score.recurring.total(), score.one_off), (euros(365.0), Money::ZERO));
        assert_eq!(score.replaced_by_pair, [(pair, euros(20.0))]);
        // The fixture's horizon is 365 days: 365 € are 365.25 € per year of 365.25 days.
        assert_eq!(score.recurring_per_year, euros(365.25));
    }

    #[test]
    fn pairs_are_named_that_some_strategy_crosses_whatever_a_run_did() {
        let (mut world, _) = world();
        let offer = |name: &str| world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
        let goes = |to| {
            Some(Assignment {
                disposition: Disposition::Rehost,
                to: Some(to),
                method: Method::Cold,
                tool: None,
                link: None,
            })
        };
        let (lyon, hyper_v, azure) =
            (offer("lyon/vsphere"), offer("paris/hyper-v"), offer("azure/instances"));
        let strategy = &mut world.strategies[Id::from_index(0)];
        // One's own other site, of the same platform, is no pair to tell of.
        for (workload, to) in [lyon, azure, hyper_v, azure].into_iter().enumerate() {
            strategy.assignments[Id::from_index(workload)] = goes(to);
        }
        let names = |score: Interoperability| {
            let mut figures = Vec::new();
            score.figures(&world, &mut figures);
            let named = figures.into_iter().map(|(name, _)| name).filter(|name| name.contains(".by_pair."));
            named.collect::<Vec<_>>()
        };
        let expected =
            ["interoperability.by_pair.vsphere->hyper-v", "interoperability.by_pair.vsphere->azure"];
        assert_eq!(names(InteroperabilityFold::new(&world).finish(&world)), expected);
        let mut fold = InteroperabilityFold::new(&world);
        let meter = Meter::Conversion(FacetId::from_index(0));
        fold.charge(&Charge { meter, ..charge(5.0) }.across(crossing(&world, "azure", "tina")), || true);
        let score = fold.finish(&world);
        assert_eq!(score.by_pair.len(), 3, "an exit crosses what no strategy does");
        assert_eq!(names(score), expected);
    }
}
