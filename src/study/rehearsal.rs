//! Exit rehearsals: at chosen dates and at the end of the horizon every party on which
//! workloads depend is left once, each time from the same fork.

use crate::base::ids::IdVec;
use crate::base::units::SimTime;
use crate::planner::{self, NextBest};
use crate::scoring::{ExitLedger, ExitOutcome, PartyExit, months};
use crate::simulation::journal::Receiver;
use crate::simulation::{ExitEnd, Rehearsal, Running};
use crate::world::rules::effort::Moment;
use crate::world::rules::exit;
use crate::world::{OfferId, PartyId, WorkloadId, World};

/// Runs to the end of the horizon, and at every date of [`World::exits`] on the way leaves
/// everybody who can be left; what that took, date by date. The run itself is the same
/// with and without.
pub(super) fn run_rehearsing<R: Receiver>(
    world: &World,
    running: &mut Running<'_, R>,
) -> Vec<Option<ExitOutcome>> {
    let outcomes = world.exits.iter().map(|at| {
        running.run_to(*at);
        rehearse(world, running, *at)
    });
    let outcomes = outcomes.collect();
    running.run_to_horizon();
    outcomes
}

/// Leaves at `at` every party that somebody else is and that workloads depend on. None
/// when nothing depends on anybody.
pub(super) fn rehearse<R: Receiver>(
    world: &World,
    running: &Running<'_, R>,
    at: SimTime,
) -> Option<ExitOutcome> {
    let places = running.places();
    let parties = depended_on(world, &places);
    let scene = Scene { world, running, places: &places, at };
    ExitOutcome::of(at, parties.into_iter().map(|party| scene.leave(party)).collect())
}

/// Parties behind the offers that hold workloads, in the order of the world, but
/// for those that run the user's own sites.
pub(super) fn depended_on(world: &World, places: &IdVec<WorkloadId, Option<OfferId>>) -> Vec<PartyId> {
    let own: Vec<PartyId> = world
        .offers
        .enumerate()
        .filter(|(_, offer)| offer.is_owned())
        .flat_map(|(id, _)| {
            let provider = &world.providers[world.provider_of(id)];
            [provider.operator, provider.owner]
        })
        .collect();
    let mut parties: Vec<PartyId> =
        places.iter().flatten().flat_map(|offer| world.parties_of(*offer)).collect();
    parties.sort_unstable();
    parties.dedup();
    parties.retain(|party| !own.contains(party));
    parties
}

/// A run at the date on which somebody is left.
pub(super) struct Scene<'a, 'w, R: Receiver> {
    pub world: &'a World,
    pub running: &'a Running<'w, R>,
    pub places: &'a IdVec<WorkloadId, Option<OfferId>>,
    pub at: SimTime,
}

/// An exit that was rehearsed, with the plan by which it went and whatever received its
/// Journal beside the ledger.
pub(super) struct Rehearsed<S> {
    pub exit: PartyExit,
    pub end: ExitEnd,
    pub plan: NextBest,
    pub journal: S,
}

/// Nobody receives anything.
#[derive(Clone, Copy, Debug)]
struct Unheard;

impl Receiver for Unheard {
    fn receive(&mut self, _: SimTime, _: &crate::simulation::journal::Entry) {}
}

impl<R: Receiver> Scene<'_, '_, R> {
    fn leave(&self, party: PartyId) -> PartyExit {
        self.leave_telling(party, Unheard).exit
    }

    /// Leaves a party to the next-best destinations, and tells `journal` of it.
    pub fn leave_telling<S: Receiver>(&self, party: PartyId, journal: S) -> Rehearsed<S> {
        let Self { world, running, places, at } = *self;
        let figures = running.figures();
        let depends = |offer: OfferId| world.parties_of(offer).any(|behind| behind == party);
        let moment = Moment { world, figures, at };
        let plan = planner::next_best(moment, depends, places);
        let assignments = plan.assignments.clone();
        let ledger = ExitLedger::new(at, figures.value(world.discount_rate));
        let (end, (ledger, journal)) =
            running.rehearse_exit(Rehearsal { party, assignments }, at, (ledger, journal));
        let needed = end.left.since(end.began);
        let mut held: Vec<OfferId> =
            places.iter().flatten().copied().filter(|offer| depends(*offer)).collect();
        held.sort_unstable();
        held.dedup();
        let periods = exit::periods(world, party, at, &held, end.owed_until);
        let cost = ledger.cost();
        let exit = PartyExit {
            party,
            cost,
            by_component: ledger.components(),
            lost_licences: end.lost_licences,
            written_off: ledger.written_off(),
            months: months(end.free.since(end.began)),
            needed,
            stranded: plan.stranded.len() as u32,
            verdicts: exit::verdicts(periods, needed, plan.stranded.len() as u32),
            waived: ledger.waived().to_vec(),
            tolerated_rise: planner::Leavers { moment, party, plan: &plan, holding: places }
                .tolerated_rise(cost),
        };
        Rehearsed { exit, end, plan, journal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::base::random::{Distribution, Draws};
    use crate::scoring::{Component, Scorer};
    use crate::simulation::{Plan, Simulation};
    use crate::world::rules::feasibility::{self, Passage, Wish};
    use crate::world::{Assignment, Figures, Offer, Party, Provider, Site, Strategy, StrategyId, fixture};

    /// The rehearsals of a run of the first strategy at the chosen dates and at the end.
    fn rehearsed(world: &World) -> Vec<Option<ExitOutcome>> {
        let figures = Figures::at_mode(world);
        let draws = Draws { seed: 3, replication: 0 };
        let first = StrategyId::from_index(0);
        let scorer = Scorer::new(world, first, figures.value(world.discount_rate));
        let plan = Plan::of(world, &world.strategies[first]);
        let mut running = Simulation::start(world, plan, figures, draws, scorer);
        let mut outcomes = run_rehearsing(world, &mut running);
        outcomes.push(rehearse(world, &running, world.horizon()));
        outcomes
    }

    fn named(world: &World, name: &str) -> PartyId {
        world.parties.find(|party| party.name == name).expect("a fixture's party")
    }

    fn offer(world: &World, name: &str) -> OfferId {
        world.offers.find(|offer| offer.name == name).expect("a fixture's offer")
    }

    /// The fixture's strategy with everything moved to an offer.
    fn moving(world: &World, to: OfferId) -> Strategy {
        let mut strategy = world.strategies[Id::from_index(0)].clone();
        for id in world.workloads.ids() {
            let way =
                feasibility::way(world, Passage::from_home(world, id, to, SimTime::START), Wish::default());
            let way = way.expect("the fixture allows this move");
            strategy.assignments[id] = Some(Assignment {
                disposition: feasibility::disposition(
                    world,
                    world.offers[world.workloads[id].home].platform,
                    to,
                    SimTime::START,
                ),
                to: Some(to),
                method: way.method,
                tool: way.tool,
                link: way.link,
            });
        }
        strategy
    }

    #[test]
    fn a_vmware_cloud_leaves_the_suppliers_exit_cost_above_zero() {
        let mut world = fixture::world();
        let (home, cloud) = (offer(&world, "paris/vsphere"), offer(&world, "azure/host"));
        world.offers[cloud].platform = world.offers[home].platform;
        world.strategies[Id::from_index(0)] = moving(&world, cloud);
        let outcomes = rehearsed(&world);
        let outcome = outcomes.last().and_then(Option::as_ref).expect("somebody can be left");
        let of = |name: &str| outcome.party(named(&world, name)).expect("it stands behind the cloud");
        assert!(of("Broadcom").cost > crate::base::units::Money::ZERO);
        assert!(of("Broadcom").by_component.of(Component::Conversion) > crate::base::units::Money::ZERO);
        assert_eq!(of("Microsoft").stranded, 0);
        let [kept] = exit::kept_suppliers(&world, &world.strategies[Id::from_index(0)])[..] else {
            panic!("the supplier is kept, and nobody else")
        };
        assert_eq!((kept.supplier, kept.workloads), (named(&world, "Broadcom"), 4));
    }

    #[test]
    fn an_exit_at_a_chosen_date_is_rehearsed_as_of_that_date() {
        let mut world = fixture::world();
        let at = |month, day| world.calendar.at(jiff::civil::date(2027, month, day));
        world.exits = vec![at(3, 31), at(8, 1)];
        let outcomes = rehearsed(&world);
        let broadcom = named(&world, "Broadcom");
        let exits: Vec<&PartyExit> =
            outcomes.iter().flatten().filter_map(|outcome| outcome.party(broadcom)).collect();
        assert_eq!(exits.len(), 3);
        let stranded = |exit: &PartyExit| exit.by_component.of(Component::Stranded);
        // In March the contract has three months to run; in August the renewal binds for
        // three years, and at the end for half a year less.
        assert!(stranded(exits[0]) < stranded(exits[2]) && stranded(exits[2]) < stranded(exits[1]));
        for exit in &exits {
            assert_eq!(exit.by_component.total(), exit.cost);
        }
    }

    #[test]
    fn twice_the_prices_are_twice_every_part() {
        let mut world = fixture::world();
        let per_hour = world.operations.administrator_per_year;
        for id in world.applications.ids() {
            world.applications[id].downtime_per_hour = Some(per_hour);
        }
        let mut doubled = world.clone();
        for figure in doubled.figures.iter_mut().filter(|figure| figure.currency.is_some()) {
            let value = 2.0 * figure.quantile.distribution().mode();
            figure.quantile = Distribution::Fixed(value).tabulate().expect("a number is a distribution");
        }
        let part = |world: &World, component| {
            let outcomes = rehearsed(world);
            let outcome = outcomes.last().and_then(Option::as_ref).expect("Broadcom can be left");
            outcome.party(named(world, "Broadcom")).expect("it is").by_component.of(component).micros()
        };
        for component in Component::ALL {
            let (once, twice) = (part(&world, component), part(&doubled, component));
            // Each of at most a few hundred lines is rounded, and rounded again when discounted.
            assert!((twice - 2 * once).abs() < 1_000, "{component:?}: {once} and {twice}");
        }
    }

    #[test]
    fn a_provider_that_nobody_can_use_changes_no_exit_and_a_name_changes_nothing() {
        let world = fixture::world();
        let mut more = world.clone();
        let nobody = more.parties.push(Party {
            key: "nobody".into(),
            name: "Nobody".into(),
            ..world.parties[Id::from_index(0)].clone()
        });
        let like = offer(&world, "trusted/instances");
        let provider = Provider {
            name: "nobody".into(),
            operator: nobody,
            owner: nobody,
            ..world.providers[world.provider_of(like)].clone()
        };
        let provider = more.providers.push(provider);
        let site = more.sites.push(Site { name: "nowhere".into(), provider, ..world.site_of(like).clone() });
        // No tool carries anything to a platform of its own.
        let mut platform = world.platforms[world.offers[like].platform].clone();
        (platform.name, platform.supplier) = ("nothing".into(), nobody);
        let platform = more.platforms.push(platform);
        more.offers.push(Offer {
            name: "nowhere/instances".into(),
            site,
            platform,
            ..world.offers[like].clone()
        });
        assert_eq!(rehearsed(&more), rehearsed(&world));

        let mut renamed = world.clone();
        let azure = renamed.provider_of(offer(&world, "azure/host"));
        renamed.providers[azure].name = "blue".into();
        renamed.providers[azure].label = "Blue".into();
        assert_eq!(rehearsed(&renamed), rehearsed(&world));
    }
}
