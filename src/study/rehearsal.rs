//! Exit rehearsals at the end of the horizon: every party on which workloads
//! depend is left once, each time from the same fork.

use crate::base::ids::IdVec;
use crate::base::units::{Money, SimTime};
use crate::planner;
use crate::scoring::{ExitLedger, ExitOutcome};
use crate::simulation::journal::Receiver;
use crate::simulation::{Rehearsal, Running};
use crate::world::rules::effort::Moment;
use crate::world::{OfferId, PartyId, WorkloadId, World};

const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

/// Leaves every party that somebody else is and that workloads depend on. None
/// when nothing depends on anybody.
pub(super) fn rehearse<R: Receiver>(world: &World, running: &Running<'_, R>) -> Option<ExitOutcome> {
    let places = running.places();
    let parties = depended_on(world, &places);
    let exits = parties.into_iter().map(|party| (party, leave(world, running, &places, party)));
    let mut by_party = Vec::new();
    let mut hardest: Option<Exit> = None;
    for (party, exit) in exits {
        by_party.push((party, exit.cost));
        if hardest.as_ref().is_none_or(|other| exit.is_harder_than(other)) {
            hardest = Some(exit);
        }
    }
    let Exit { cost, months, stranded } = hardest?;
    Some(ExitOutcome { cost, months, by_party, stranded })
}

/// Parties behind the offers that hold workloads, in the order of the world, but
/// for those that run the user's own sites.
fn depended_on(world: &World, places: &IdVec<WorkloadId, Option<OfferId>>) -> Vec<PartyId> {
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

struct Exit {
    cost: Money,
    months: f64,
    stranded: u32,
}

impl Exit {
    /// A party that cannot be left whole is harder to leave than any that can,
    /// whatever its price; what its exit cost is a lower bound.
    fn is_harder_than(&self, other: &Self) -> bool {
        (self.stranded > 0, self.cost) > (other.stranded > 0, other.cost)
    }
}

fn leave<R: Receiver>(
    world: &World,
    running: &Running<'_, R>,
    places: &IdVec<WorkloadId, Option<OfferId>>,
    party: PartyId,
) -> Exit {
    let depends = |offer: OfferId| world.parties_of(offer).any(|behind| behind == party);
    let moment = Moment { world, figures: running.figures(), at: world.horizon() };
    let plan = planner::next_best(moment, depends, places);
    let stranded = plan.stranded.len() as u32;
    let assignments = plan.assignments;
    let ledger = ExitLedger::new(world.horizon(), running.figures().value(world.discount_rate));
    let (end, ledger) = running.rehearse_exit(Rehearsal { party, assignments }, ledger);
    let months = |until: SimTime| until.since(end.began).as_days() / DAYS_PER_MONTH;
    Exit { cost: ledger.cost(), months: months(end.free), stranded }
}
