//! Sovereignty: at what level the data is held, and which gates are not passed.

use std::collections::BTreeSet;

use super::Score;
use crate::base::ids::{Id, IdVec};
use crate::base::units::SimTime;
use crate::world::rules::gates;
use crate::world::{DataClassId, OfferId, PartyRole, WorkloadId, World};

pub use crate::world::rules::gates::GateViolation;

/// The European Commission's Cloud Sovereignty Framework applied to where the data
/// lies at the end of the horizon, offer by offer and never as an average of SEALs.
#[derive(Clone, Debug, PartialEq)]
pub struct Sovereignty {
    /// The lowest SEAL, from 0 to 4, of the offers that hold any data at the end.
    /// What is not proven counts as 0: a gate fails closed.
    pub seal: u8,
    /// The same of the offers that hold data of each class; none where nothing does.
    pub by_class: IdVec<DataClassId, Option<u8>>,
    /// Mean over the offers' scores, weighted by the disks they hold, in percent, with
    /// the weights in force. It ranks what passed its gates and says nothing of what did
    /// not.
    pub score_percent: f64,
    /// The same with the weights of each edition of the framework.
    pub by_edition: Vec<f64>,
    /// Whose law reaches the data: for each role and law the share of the disks that are
    /// held where a party in that role is under it, from 0 to 1.
    pub exposure: Vec<Exposure>,
    /// Each gate that an offer does not pass for a class of data that it holds at
    /// the end; ordered by class, then offer, then gate.
    pub violations: Vec<GateViolation>,
    /// Days of the horizon on which some data was held where one of its gates does not
    /// allow it, moves under way included.
    pub violation_days: f64,
}

/// The share of data that a law reaches through the parties in one role.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    /// In which role.
    pub role: PartyRole,
    /// The law: a country code.
    pub law: String,
    /// The share of the disks, from 0 to 1.
    pub share: f64,
}

impl Sovereignty {
    pub(super) fn figures(&self, world: &World, figures: &mut Vec<(String, Score)>) {
        let mut add = |name: String, score: Score| figures.push((format!("sovereignty.{name}"), score));
        add("seal".into(), Score::Count(self.seal.into()));
        for (class, seal) in self.by_class.enumerate() {
            let seal = seal.map_or(Score::Missing, |seal| Score::Count(seal.into()));
            add(format!("seal_by_class.{}", world.data_classes[class].name), seal);
        }
        add("score_percent".into(), Score::Number(self.score_percent));
        for (edition, score) in world.framework.editions.iter().zip(&self.by_edition) {
            add(format!("score_by_edition.{}", edition_key(&edition.name)), Score::Number(*score));
        }
        for exposure in &self.exposure {
            add(format!("exposure.{}.{}", exposure.role.key(), exposure.law), Score::Number(exposure.share));
        }
        add("gate_violations".into(), Score::Count(self.violations.len() as u64));
        add("violation_days".into(), Score::Number(self.violation_days));
    }
}

/// An edition's name as a part of a dotted name: `v1_2_1`.
fn edition_key(name: &str) -> String {
    format!("v{}", name.replace('.', "_"))
}

/// The fold that makes a [`Sovereignty`]: what each offer holds of each class, and for how
/// long anything lay where it may not.
#[derive(Clone, Debug)]
pub(super) struct SovereigntyFold {
    /// Workloads of each class at each offer: `offer × classes + class`.
    held: Vec<u32>,
    /// Whether a class may be held at an offer, in the same places.
    allowed: Vec<bool>,
    classes: usize,
    /// Classes at offers that hold what they may not.
    violating: u32,
    since: SimTime,
    days: f64,
}

impl SovereigntyFold {
    /// Starts with every workload at home.
    pub(super) fn new(world: &World) -> Self {
        let classes = world.data_classes.len();
        let offers = world.offers.ids();
        let mut fold = Self {
            held: vec![0; classes * world.offers.len()],
            allowed: offers
                .flat_map(|offer| {
                    world.data_classes.ids().map(move |class| gates::passes(world, offer, class))
                })
                .collect(),
            classes,
            violating: 0,
            since: SimTime::START,
            days: 0.0,
        };
        for (id, workload) in world.workloads.enumerate() {
            fold.arrives(world, id, workload.home);
        }
        fold
    }

    pub(super) fn placed(
        &mut self,
        world: &World,
        at: SimTime,
        workload: WorkloadId,
        from: Option<OfferId>,
        to: Option<OfferId>,
    ) {
        self.advance(at);
        if let Some(offer) = from {
            let place = self.place(world, workload, offer);
            self.held[place] -= 1;
            self.violating -= u32::from(self.held[place] == 0 && !self.allowed[place]);
        }
        if let Some(offer) = to {
            self.arrives(world, workload, offer);
        }
    }

    fn arrives(&mut self, world: &World, workload: WorkloadId, offer: OfferId) {
        let place = self.place(world, workload, offer);
        self.violating += u32::from(self.held[place] == 0 && !self.allowed[place]);
        self.held[place] += 1;
    }

    fn place(&self, world: &World, workload: WorkloadId, offer: OfferId) -> usize {
        let class = world.applications[world.workloads[workload].application].data_class;
        offer.index() * self.classes + class.index()
    }

    fn advance(&mut self, at: SimTime) {
        if self.violating > 0 {
            self.days += at.since(self.since).as_days();
        }
        self.since = at;
    }

    /// Judges where every workload is at the end; powered-off ones too, for their data is
    /// there.
    pub(super) fn finish(mut self, world: &World, place: &IdVec<WorkloadId, Option<OfferId>>) -> Sovereignty {
        self.advance(world.horizon());
        let mut bytes: IdVec<OfferId, u64> = IdVec::filled(0, world.offers.len());
        for (id, workload) in world.workloads.enumerate() {
            if let Some(offer) = place[id] {
                bytes[offer] += workload.disk.get();
            }
        }
        let holds =
            |offer: OfferId, class: DataClassId| self.held[offer.index() * self.classes + class.index()] > 0;
        let seal = |offer: OfferId| {
            gates::overall_seal(&world.framework, world.profile_of(offer)).proven().unwrap_or(0)
        };
        let worst = |class| world.offers.ids().filter(|offer| holds(*offer, class)).map(seal).min();
        let by_class: IdVec<DataClassId, Option<u8>> = world.data_classes.ids().map(worst).collect();
        let total: u64 = bytes.iter().sum();
        let mean = |of: &dyn Fn(OfferId) -> f64| {
            let sum: f64 = bytes
                .enumerate()
                .filter(|(_, held)| **held > 0)
                .map(|(offer, held)| of(offer) * *held as f64)
                .sum();
            if total > 0 { sum / total as f64 } else { 0.0 }
        };
        let framework = &world.framework;
        let violations = world.data_classes.ids().flat_map(|class| {
            world.offers.ids().filter(move |offer| holds(*offer, class)).map(move |offer| (offer, class))
        });
        Sovereignty {
            // An estate that holds no data any more exposes none.
            seal: by_class.iter().flatten().min().copied().unwrap_or(gates::HIGHEST_SEAL),
            by_class,
            score_percent: mean(&|offer| gates::score_percent(framework, world.profile_of(offer))),
            by_edition: framework
                .editions
                .iter()
                .map(|edition| mean(&|offer| gates::score_with(framework, edition, world.profile_of(offer))))
                .collect(),
            exposure: exposures(world)
                .into_iter()
                .map(|(role, law)| {
                    let under = |offer| {
                        let mut behind = gates::exposure(world, offer);
                        behind.any(|(as_what, party)| {
                            as_what == role && world.parties[party].jurisdiction == law
                        })
                    };
                    let share = mean(&|offer| f64::from(u8::from(under(offer))));
                    Exposure { role, law, share }
                })
                .collect(),
            violations: violations
                .flat_map(|(offer, class)| gates::violations(world, offer, class))
                .collect(),
            violation_days: self.days,
        }
    }
}

/// Every role and law of the parties behind the offers of a world, in the order of roles
/// and codes.
fn exposures(world: &World) -> BTreeSet<(PartyRole, String)> {
    let behind = world.offers.ids().flat_map(|offer| gates::exposure(world, offer));
    behind.map(|(role, party)| (role, world.parties[party].jurisdiction.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Span;
    use crate::world::fixture;
    use gates::Found;

    fn judged(places: [Option<&str>; 4]) -> Sovereignty {
        let world = fixture::world();
        let offer = |name| world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
        let mut fold = SovereigntyFold::new(&world);
        for ((id, workload), name) in world.workloads.enumerate().zip(places) {
            fold.placed(&world, SimTime::START, id, Some(workload.home), name.map(offer));
        }
        fold.finish(&world, &places.into_iter().map(|name| name.map(offer)).collect())
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
        let by_class: Vec<_> = mixed.by_class.iter().copied().collect();
        assert_eq!(by_class, [Some(4), Some(0)], "each class by the worst that holds it");
        // 3 × 100 % and 1 × 25 %, for the unanswered half adds nothing.
        assert!((mixed.score_percent - 81.25).abs() < 1e-9, "rounding only: {}", mixed.score_percent);
    }

    #[test]
    fn a_class_violates_its_gates_once_for_each_offer_that_holds_it() {
        let (host, instances) = (Some("azure/host"), Some("azure/instances"));
        let found: Vec<_> = judged([instances, host, instances, None])
            .violations
            .iter()
            .map(|violation| (Id::index(violation.offer), violation.gate, violation.found))
            .collect();
        let (low, open) = (Found::Seal(1), Found::Unanswered { criterion: 1 });
        assert_eq!(found, [(3, 0, low), (3, 1, open), (4, 0, low), (4, 1, open)]);
    }

    #[test]
    fn a_retired_estate_holds_nothing() {
        let nothing = judged([None; 4]);
        assert_eq!((nothing.seal, nothing.score_percent, nothing.violations.len()), (4, 0.0, 0));
    }

    #[test]
    fn laws_reach_data_through_operators_owners_and_suppliers() {
        let home = Some("paris/vsphere");
        let judged = judged([home, home, Some("azure/instances"), Some("trusted/instances")]);
        let share = |role, law: &str| {
            let found = judged.exposure.iter().find(|exposure| exposure.role == role && exposure.law == law);
            found.map(|exposure| exposure.share)
        };
        // The user's own rooms run a platform of a US supplier.
        assert_eq!(share(PartyRole::Operator, "US"), Some(0.25));
        assert_eq!(share(PartyRole::Supplier, "US"), Some(0.75));
        assert_eq!(share(PartyRole::Supplier, "FR"), Some(0.25));
    }

    #[test]
    fn days_in_violation_are_counted_however_it_ends() {
        let world = fixture::world();
        let offer = |name: &str| world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
        let (home, azure, trusted) =
            (offer("paris/vsphere"), offer("azure/instances"), offer("trusted/instances"));
        let day = |days| SimTime::START + Span::from_days(days);
        let mut fold = SovereigntyFold::new(&world);
        let ids: Vec<WorkloadId> = world.workloads.ids().collect();
        // The ERP's two machines, confidential, stop over where they may not.
        fold.placed(&world, day(10), ids[0], Some(home), Some(azure));
        fold.placed(&world, day(12), ids[1], Some(home), Some(azure));
        fold.placed(&world, day(15), ids[0], Some(azure), Some(trusted));
        fold.placed(&world, day(20), ids[1], Some(azure), Some(trusted));
        // The web's data has no gate.
        fold.placed(&world, day(30), ids[2], Some(home), Some(azure));
        let place = [trusted, trusted, azure, home].map(Some).into_iter().collect();
        let judged = fold.finish(&world, &place);
        assert_eq!((judged.violation_days, judged.violations.len()), (10.0, 0));
    }
}
