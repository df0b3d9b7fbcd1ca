//! Sovereignty: at what level the data is held, and which gates are not passed.

use super::Score;
use crate::base::ids::{Id, IdVec};
use crate::world::rules::gates;
use crate::world::{OfferId, WorkloadId, World};

pub use crate::world::rules::gates::GateViolation;

/// The European Commission's Cloud Sovereignty Framework applied to where the data
/// lies at the end of the horizon, offer by offer and never as an average of SEALs.
#[derive(Clone, Debug, PartialEq)]
pub struct Sovereignty {
    /// The lowest SEAL, from 0 to 4, of the providers that hold any data at the end.
    /// What is not proven counts as 0: a gate fails closed.
    pub seal: u8,
    /// Mean over the providers' scores, weighted by the disks they hold, in percent.
    /// It ranks what passed its gates and says nothing of what did not.
    pub score_percent: f64,
    /// Each gate that an offer does not pass for a class of data that it holds at
    /// the end; ordered by class, then offer, then gate.
    pub violations: Vec<GateViolation>,
}

impl Sovereignty {
    pub(super) fn figures(&self, figures: &mut Vec<(String, Score)>) {
        figures.push(("sovereignty.seal".into(), Score::Count(self.seal.into())));
        figures.push(("sovereignty.score_percent".into(), Score::Number(self.score_percent)));
        let violations = Score::Count(self.violations.len() as u64);
        figures.push(("sovereignty.gate_violations".into(), violations));
    }

    /// Judges where every workload is; powered-off ones too, for their data is there.
    pub(super) fn judge(world: &World, place: &IdVec<WorkloadId, Option<OfferId>>) -> Self {
        let classes = world.data_classes.len();
        let mut holds = IdVec::filled(vec![false; classes], world.offers.len());
        let mut bytes: IdVec<OfferId, u64> = IdVec::filled(0, world.offers.len());
        for (id, workload) in world.workloads.enumerate() {
            if let Some(offer) = place[id] {
                let class = world.applications[workload.application].data_class;
                holds[offer][Id::index(class)] = true;
                bytes[offer] += workload.disk.get();
            }
        }
        let profile = |offer| world.profile_of(offer);
        let holding = || world.offers.ids().filter(|offer| holds[*offer].contains(&true));
        let seal = holding()
            .map(|offer| gates::overall_seal(&world.framework, profile(offer)).proven().unwrap_or(0));
        let total: u64 = bytes.iter().sum();
        let points: f64 = holding()
            .map(|offer| gates::score_percent(&world.framework, profile(offer)) * bytes[offer] as f64)
            .sum();
        let held = world
            .data_classes
            .ids()
            .flat_map(|class| holding().map(move |offer| (class, offer)))
            .filter(|(class, offer)| holds[*offer][Id::index(*class)]);
        Self {
            // An estate that holds no data any more exposes none.
            seal: seal.min().unwrap_or(gates::HIGHEST_SEAL),
            score_percent: if total > 0 { points / total as f64 } else { 0.0 },
            violations: held.flat_map(|(class, offer)| gates::violations(world, offer, class)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixture;

    fn judged(places: [Option<&str>; 4]) -> Sovereignty {
        let world = fixture::world();
        let offer = |name| world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
        Sovereignty::judge(&world, &places.into_iter().map(|name| name.map(offer)).collect())
    }

    // The fixture's workloads: two of the confidential ERP, two of the internal web;
    // each has 100 GiB. Azure answers SEAL-1 to one question and leaves the other
    // open; the others answer SEAL-4 twice.

    #[test]
    fn the_worst_offer_that_holds_data_decides() {
        let home = Some("paris/vsphere");
        assert_eq!(judged([home; 4]).seal, 4);
        let mixed = judged([home, home, home, Some("azure/instances")]);
        assert_eq!((mixed.seal, mixed.violations.len()), (0, 0), "internal data has no gate");
        // 3 × 100 % and 1 × 25 %, for the unanswered half adds nothing.
        assert!((mixed.score_percent - 81.25).abs() < 1e-9, "rounding only: {}", mixed.score_percent);
    }

    #[test]
    fn a_class_violates_its_gates_once_for_each_offer_that_holds_it() {
        let (host, instances) = (Some("azure/host"), Some("azure/instances"));
        let found: Vec<_> = judged([instances, host, instances, None])
            .violations
            .iter()
            .map(|violation| (Id::index(violation.offer), violation.objective, violation.found))
            .collect();
        assert_eq!(found, [(3, 0, Some(1)), (3, 1, None), (4, 0, Some(1)), (4, 1, None)]);
    }

    #[test]
    fn a_retired_estate_holds_nothing() {
        let nothing = judged([None; 4]);
        assert_eq!((nothing.seal, nothing.score_percent, nothing.violations.len()), (4, 0.0, 0));
    }
}
