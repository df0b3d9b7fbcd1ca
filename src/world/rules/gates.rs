//! Sovereignty: the SEAL of each objective, the score, and the gates.
//!
//! European Commission, Cloud Sovereignty Framework v1.2.1 (October 2025) and its
//! calculator of 2026-06-01. A SEAL is a minimum over criteria, never an average; it
//! is the gate. The score only ranks what passed. A gate fails closed: a question
//! left open that could lower the SEAL is not proven, which is a violation. Residency,
//! certificates, labels and laws that reach the data are gates of their own, beside it.

use super::holdings::{self, Breach};
use super::regions;
use crate::world::{
    Criterion, DataClassId, Demand, Edition, Framework, Gate, OfferId, PartyId, PartyRole as Role, Profile,
    World,
};

/// The best SEAL there is.
pub const HIGHEST_SEAL: u8 = 4;

/// What a provider's answers show for an objective, or for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectiveSeal {
    /// The SEAL, from 0 to 4.
    Proven(u8),
    /// A criterion that could lower it is not answered.
    NotProven {
        /// Index in [`Framework::criteria`] of the first that is not.
        criterion: usize,
    },
}

impl ObjectiveSeal {
    /// The SEAL; none when it is not proven.
    pub fn proven(self) -> Option<u8> {
        match self {
            Self::Proven(seal) => Some(seal),
            Self::NotProven { .. } => None,
        }
    }

    /// The lower of two; what is not proven is lower than everything.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Proven(one), Self::Proven(two)) => Self::Proven(one.min(two)),
            (Self::NotProven { .. }, _) => self,
            (_, Self::NotProven { .. }) => other,
        }
    }
}

/// Data held where its gate does not allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GateViolation {
    /// The class of data.
    pub data_class: DataClassId,
    /// The offer that holds it.
    pub offer: OfferId,
    /// The place of the gate in [`Limits::gates`](crate::world::Limits::gates).
    pub gate: usize,
    /// What was found in place of what it demands.
    pub found: Found,
}

/// What was found in place of what a gate demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// A lower SEAL.
    Seal(u8),
    /// A binding criterion without an answer: not proven.
    Unanswered {
        /// Its place in [`Framework::criteria`].
        criterion: usize,
    },
    /// The certification is not held.
    NotCertified,
    /// The holding rule is broken, or not proven to be kept.
    Holding(Breach),
    /// A lower level of the Gaia-X label; none where nobody says.
    GaiaX(Option<u8>),
    /// A label that the country of the site cannot have.
    LabelOutsideEu,
    /// Data lies elsewhere.
    Elsewhere,
    /// Somebody behind the offer is under a law that is not accepted.
    Under {
        /// Who.
        party: PartyId,
        /// In which role.
        role: Role,
    },
}

/// The SEAL of a provider for the objective at `objective`: the minimum over its
/// criteria. A criterion whose answers are all SEAL-4 never binds, answered or not.
pub fn objective_seal(framework: &Framework, profile: &Profile, objective: usize) -> ObjectiveSeal {
    framework
        .criteria
        .iter()
        .enumerate()
        .filter(|(_, criterion)| criterion.objective == objective)
        .map(|(place, criterion)| criterion_seal(profile, place, criterion))
        .fold(ObjectiveSeal::Proven(HIGHEST_SEAL), ObjectiveSeal::and)
}

/// The SEAL of a provider: the minimum over all objectives.
pub fn overall_seal(framework: &Framework, profile: &Profile) -> ObjectiveSeal {
    (0..framework.objectives.len())
        .map(|objective| objective_seal(framework, profile, objective))
        .fold(ObjectiveSeal::Proven(HIGHEST_SEAL), ObjectiveSeal::and)
}

/// The sovereignty score in percent: Σ over objectives of W × S / 1000, with W the
/// weight in percent and S the sum of the chosen answers' values.
///
/// A question left open adds nothing. Full marks are 100.0756 % with the weights of
/// 2026 and 100.0805 % with those of v1.2.1: the published answer values are
/// rounded, and the score is not clamped.
pub fn score_percent(framework: &Framework, profile: &Profile) -> f64 {
    score(framework, profile, |objective| framework.objectives[objective].weight)
}

fn score(framework: &Framework, profile: &Profile, weight: impl Fn(usize) -> u32) -> f64 {
    let points: f64 = framework
        .criteria
        .iter()
        .enumerate()
        .filter_map(|(place, criterion)| {
            let value = criterion.values.get(answer(profile, place)?)?;
            Some(f64::from(weight(criterion.objective)) * value)
        })
        .sum();
    points / 1_000.0
}

/// The score with the weights of another edition, as [`score_percent`] is with those in
/// force.
pub fn score_with(framework: &Framework, edition: &Edition, profile: &Profile) -> f64 {
    score(framework, profile, |objective| edition.weights[objective])
}

/// The gates of `data_class` that `offer` does not pass, in the order of the limits. A gate
/// of SEAL-0 demands nothing, so everything passes it.
pub fn violations(world: &World, offer: OfferId, data_class: DataClassId) -> Vec<GateViolation> {
    failing(world, offer, data_class).collect()
}

/// Whether data of `data_class` may be held at `offer`.
pub fn passes(world: &World, offer: OfferId, data_class: DataClassId) -> bool {
    failing(world, offer, data_class).next().is_none()
}

fn failing(world: &World, offer: OfferId, data_class: DataClassId) -> impl Iterator<Item = GateViolation> {
    let gates = world.limits.gates.iter().enumerate();
    gates.filter(move |(_, gate)| gate.data_class == data_class).filter_map(move |(place, gate)| {
        let found = judge(world, offer, &gate.demand)?;
        Some(GateViolation { data_class, offer, gate: place, found })
    })
}

/// What `offer` shows in place of what is demanded; nothing where it shows that.
fn judge(world: &World, offer: OfferId, demand: &Demand) -> Option<Found> {
    let described = &world.offers[offer];
    let country = world.site_of(offer).country.as_str();
    let operator = || &world.parties[world.providers[world.provider_of(offer)].operator];
    match demand {
        Demand::Seal { seal: 0, .. } => None,
        Demand::Seal { objective, seal } => {
            match objective_seal(&world.framework, world.profile_of(offer), *objective) {
                ObjectiveSeal::Proven(found) => (found < *seal).then_some(Found::Seal(found)),
                ObjectiveSeal::NotProven { criterion } => Some(Found::Unanswered { criterion }),
            }
        }
        Demand::Certified(certification) if !described.certifications.contains(certification) => {
            Some(Found::NotCertified)
        }
        // A certificate proves the rule, unless what is stated of the holders breaks it.
        Demand::Certified(certification) if certification == SECNUMCLOUD => {
            let breach = holdings::secnumcloud(operator()).err();
            breach.filter(|breach| *breach != Breach::NotStated).map(Found::Holding)
        }
        Demand::Certified(_) => None,
        Demand::GaiaX(level) if described.gaia_x.is_none_or(|held| held < *level) => {
            Some(Found::GaiaX(described.gaia_x))
        }
        // Level 3 is for data that must lie in the Union (gaia-x.eu, labelling criteria 2021-11).
        Demand::GaiaX(level) => {
            (*level >= GAIA_X_EU && !regions::in_eea(country)).then_some(Found::LabelOutsideEu)
        }
        Demand::Residency(areas) => {
            let inside = areas.iter().any(|area| regions::within(country, area));
            (!inside).then_some(Found::Elsewhere)
        }
        Demand::HeldInEu if described.is_owned() => None,
        Demand::HeldInEu => holdings::secnumcloud(operator()).err().map(Found::Holding),
        Demand::NotUnder(laws) => exposure(world, offer).find_map(|(role, party)| {
            let law = world.parties[party].jurisdiction.as_str();
            laws.iter().any(|area| regions::within(law, area)).then_some(Found::Under { party, role })
        }),
    }
}

/// The certificate whose holding rule is known.
const SECNUMCLOUD: &str = "SecNumCloud";
/// The level of the Gaia-X label from which data must lie in Europe.
const GAIA_X_EU: u8 = 3;

/// Who stands behind an offer, role by role: whose law can compel access to the data.
pub fn exposure(world: &World, offer: OfferId) -> impl Iterator<Item = (Role, PartyId)> {
    let provider = &world.providers[world.provider_of(offer)];
    [
        (Role::Operator, provider.operator),
        (Role::Owner, provider.owner),
        (Role::Supplier, world.supplier_of(offer)),
    ]
    .into_iter()
}

/// What a gate demands, in words: `SOV-2 Legal & jurisdictional: SEAL 3 or better`.
pub fn demanded(world: &World, gate: &Gate) -> String {
    match &gate.demand {
        Demand::Seal { objective, seal } => {
            let objective = &world.framework.objectives[*objective];
            format!("{} {}: SEAL {seal} or better", objective.code, objective.name)
        }
        Demand::Certified(certification) => format!("certified {certification}"),
        Demand::GaiaX(level) => format!("Gaia-X label, level {level} or better"),
        Demand::Residency(areas) => format!("data lies in {}", areas.join(" or ")),
        Demand::HeldInEu => "operator held in the EU (SecNumCloud 19.6)".to_owned(),
        Demand::NotUnder(laws) => format!("nobody behind it under the law of {}", laws.join(" or ")),
    }
}

/// What was found in place of what a gate demands, in words: `SEAL 1`.
pub fn found(world: &World, violation: &GateViolation) -> String {
    let operator = || &world.parties[world.providers[world.provider_of(violation.offer)].operator];
    match violation.found {
        Found::Seal(seal) => format!("SEAL {seal}"),
        Found::Unanswered { criterion } => {
            let criterion = &world.framework.criteria[criterion];
            let objective = &world.framework.objectives[criterion.objective].code;
            format!("not proven: no answer to {objective}, {}", criterion.name)
        }
        Found::NotCertified => "not certified".to_owned(),
        Found::Holding(Breach::Seat) => {
            format!("the seat of {} is in {}", operator().name, operator().jurisdiction)
        }
        Found::Holding(Breach::One(holder)) => {
            let holder = operator().holders.as_deref().and_then(|holders| holders.get(holder));
            format!("{} holds more than 24 %", holder.map_or("one holder", |holder| holder.name.as_str()))
        }
        Found::Holding(Breach::Together) => {
            "holders from outside the EU have more than 39 % together".to_owned()
        }
        Found::Holding(Breach::NotStated) => {
            format!("not proven: nobody says who holds {}", operator().name)
        }
        Found::GaiaX(Some(level)) => format!("level {level}"),
        Found::GaiaX(None) => "not proven: no label stated".to_owned(),
        Found::LabelOutsideEu => format!("the data lies in {}", world.site_of(violation.offer).country),
        Found::Elsewhere => format!("it lies in {}", world.site_of(violation.offer).country),
        Found::Under { party, role } => {
            let party = &world.parties[party];
            format!("{} {} is under the law of {}", role.key(), party.name, party.jurisdiction)
        }
    }
}

fn criterion_seal(profile: &Profile, place: usize, criterion: &Criterion) -> ObjectiveSeal {
    if criterion.seals.iter().all(|seal| *seal == HIGHEST_SEAL) {
        return ObjectiveSeal::Proven(HIGHEST_SEAL);
    }
    match answer(profile, place).and_then(|answer| criterion.seals.get(answer)) {
        Some(seal) => ObjectiveSeal::Proven(*seal),
        None => ObjectiveSeal::NotProven { criterion: place },
    }
}

/// The answer to the criterion at `place`; a profile may be shorter than the
/// framework, and what it does not reach is not answered.
fn answer(profile: &Profile, place: usize) -> Option<usize> {
    profile.answers.get(place).copied().flatten().map(usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Holder, Objective, Party, fixture};

    /// One objective of weight 60 with two binding criteria and one that never
    /// binds, and one of weight 40 with one criterion.
    fn framework() -> Framework {
        let objective = |code: &str, weight| Objective { code: code.into(), name: code.into(), weight };
        let criterion = |objective, seals: [u8; 3]| Criterion {
            objective,
            name: String::new(),
            values: vec![0.0, 100.0, 200.0],
            seals: seals.to_vec(),
        };
        Framework {
            edition: "test".into(),
            editions: Vec::new(),
            objectives: vec![objective("SOV-1", 60), objective("SOV-2", 40)],
            criteria: vec![
                criterion(0, [1, 3, 4]),
                criterion(0, [2, 2, 4]),
                criterion(0, [4, 4, 4]),
                criterion(1, [0, 1, 4]),
            ],
        }
    }

    fn profile(answers: &[Option<u8>]) -> Profile {
        Profile { answers: answers.to_vec(), basis: String::new() }
    }

    #[test]
    fn a_seal_is_the_minimum_and_never_an_average() {
        let answers = profile(&[Some(1), Some(2), Some(0), Some(2)]);
        assert_eq!(objective_seal(&framework(), &answers, 0), ObjectiveSeal::Proven(3));
        assert_eq!(objective_seal(&framework(), &answers, 1), ObjectiveSeal::Proven(4));
        assert_eq!(overall_seal(&framework(), &answers), ObjectiveSeal::Proven(3));
    }

    #[test]
    fn an_open_question_that_could_bind_is_not_proven_and_one_that_cannot_is_passed_over() {
        let answers = profile(&[Some(2), Some(2), None]);
        assert_eq!(objective_seal(&framework(), &answers, 0), ObjectiveSeal::Proven(4));
        assert_eq!(objective_seal(&framework(), &answers, 1), ObjectiveSeal::NotProven { criterion: 3 });
        assert_eq!(overall_seal(&framework(), &answers), ObjectiveSeal::NotProven { criterion: 3 });
    }

    #[test]
    fn the_score_weighs_the_values_and_an_open_question_adds_nothing() {
        // (60 × (100 + 200 + 0) + 40 × 200) / 1000
        let answers = profile(&[Some(1), Some(2), Some(0), Some(2)]);
        assert_eq!(score_percent(&framework(), &answers), 26.0);
        assert_eq!(score_percent(&framework(), &profile(&[Some(1)])), 6.0);
        assert_eq!(score_percent(&framework(), &Profile::default()), 0.0);
    }

    #[test]
    fn full_marks_are_what_the_published_calculator_gives() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/facts/sovereignty_csf_calculator_2026-06-01.csv");
        let Ok(mut reader) = csv::Reader::from_path(path) else {
            eprintln!("skipped: {path} is not there");
            return;
        };
        let mut editions =
            ["1.2.1", "2026"].map(|edition| Framework { edition: edition.into(), ..Framework::default() });
        for row in reader.records() {
            let row = row.expect("the calculator is a well-formed CSV");
            for (framework, column) in editions.iter_mut().zip([2, 3]) {
                if framework.objectives.last().is_none_or(|objective| objective.code != row[0]) {
                    let weight = row[column].parse().expect("a weight is a whole number");
                    framework.objectives.push(Objective { code: row[0].into(), name: row[1].into(), weight });
                }
                framework.criteria.push(Criterion {
                    objective: framework.objectives.len() - 1,
                    name: row[5].into(),
                    values: row[6].split(';').map(|value| value.parse().expect("a number")).collect(),
                    seals: row[7].split(';').map(|seal| seal.parse().expect("a SEAL")).collect(),
                });
            }
        }
        let [v1_2_1, v2026] = &editions;
        assert_eq!(v2026.criteria.len(), 48);
        let free = v2026.criteria.iter().filter(|criterion| criterion.seals.iter().all(|seal| *seal == 4));
        assert_eq!(free.count(), 9, "criteria that never bind");
        let best = profile(
            &v2026.criteria.iter().map(|criterion| Some(criterion.seals.len() as u8 - 1)).collect::<Vec<_>>(),
        );
        // Published to four decimals; 100.0805 is 100.08045 rounded, so a tie is let in.
        let half_digit = 5e-5 + 1e-9;
        for (framework, published) in [(v2026, 100.0756), (v1_2_1, 100.0805)] {
            let score = score_percent(framework, &best);
            assert!((score - published).abs() < half_digit, "{}: {score}", framework.edition);
        }
        assert_eq!(overall_seal(v2026, &best), ObjectiveSeal::Proven(4));
    }

    #[test]
    fn a_gate_fails_closed_and_says_what_it_found() {
        let world = fixture::world();
        let offer = |name: &str| world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
        let class =
            |name: &str| world.data_classes.find(|class| class.name == name).expect("a fixture's class");
        let confidential = class("confidential");
        // Azure's first objective is SEAL-1 and its second is not answered.
        let found: Vec<_> = violations(&world, offer("azure/instances"), confidential)
            .into_iter()
            .map(|violation| (violation.gate, violation.found))
            .collect();
        assert_eq!(found, [(0, Found::Seal(1)), (1, Found::Unanswered { criterion: 1 })]);
        assert!(passes(&world, offer("trusted/instances"), confidential));
        assert!(passes(&world, offer("azure/instances"), class("internal")), "a class without gates");
    }

    #[test]
    fn filters_stand_beside_the_framework_and_each_says_what_it_found() {
        let mut world = fixture::world();
        let offer = |world: &World, name: &str| {
            world.offers.find(|offer| offer.name == name).expect("a fixture's offer")
        };
        let (azure, trusted) = (offer(&world, "azure/instances"), offer(&world, "trusted/instances"));
        let class = world.data_classes.find(|class| class.name == "confidential").expect("a class");
        let judged = |world: &mut World, at, demand: Demand| {
            world.limits.gates = vec![Gate { data_class: class, demand }];
            violations(world, at, class).first().map(|violation| found(world, violation))
        };
        let say = |text: &str| Some(text.to_owned());
        let certified = || Demand::Certified("SecNumCloud".into());
        assert_eq!(judged(&mut world, azure, certified()), say("not certified"));
        assert_eq!(judged(&mut world, trusted, certified()), None);
        // A certificate proves who holds the company, unless what is stated breaks the rule.
        assert_eq!(
            judged(&mut world, trusted, Demand::HeldInEu),
            say("not proven: nobody says who holds Outscale")
        );
        let operator = world.providers[world.provider_of(trusted)].operator;
        let american = |share| Holder {
            name: "an American fund".into(),
            jurisdiction: "US".into(),
            capital: share,
            votes: share,
        };
        world.parties[operator].holders = Some(vec![american(0.25)]);
        assert_eq!(judged(&mut world, trusted, certified()), say("an American fund holds more than 24 %"));
        world.parties[operator].holders = Some(vec![american(0.24)]);
        assert_eq!(judged(&mut world, trusted, certified()), None);
        assert_eq!(judged(&mut world, trusted, Demand::HeldInEu), None);
        assert_eq!(judged(&mut world, trusted, Demand::GaiaX(2)), say("not proven: no label stated"));
        world.offers[trusted].gaia_x = Some(3);
        assert_eq!(judged(&mut world, trusted, Demand::GaiaX(3)), None);
        let residency = |areas: &[&str]| Demand::Residency(areas.iter().map(ToString::to_string).collect());
        assert_eq!(judged(&mut world, trusted, residency(&["EU"])), None);
        let site = world.offers[trusted].site;
        world.sites[site].country = "CH".into();
        assert_eq!(judged(&mut world, trusted, residency(&["EU", "GB"])), say("it lies in CH"));
        assert_eq!(judged(&mut world, trusted, Demand::GaiaX(3)), say("the data lies in CH"));
    }

    #[test]
    fn technology_of_one_country_run_by_a_company_of_another_is_exposed_to_both() {
        let mut world = fixture::world();
        let class = world.data_classes.find(|class| class.name == "confidential").expect("a class");
        let trusted = world.offers.find(|offer| offer.name == "trusted/instances").expect("an offer");
        let huawei = world.parties.push(Party {
            key: "huawei".into(),
            name: "Huawei".into(),
            jurisdiction: "CN".into(),
            holders: None,
        });
        // The platform is another's from now on; who runs the site is not.
        let platform = world.offers[trusted].platform;
        world.platforms[platform].supplier = huawei;
        let laws: Vec<(Role, &str)> = exposure(&world, trusted)
            .map(|(role, party)| (role, world.parties[party].jurisdiction.as_str()))
            .collect();
        assert_eq!(laws, [(Role::Operator, "FR"), (Role::Owner, "FR"), (Role::Supplier, "CN")]);
        world.limits.gates =
            vec![Gate { data_class: class, demand: Demand::NotUnder(vec!["US".into(), "CN".into()]) }];
        let violation = violations(&world, trusted, class)[0];
        assert_eq!(found(&world, &violation), "supplier Huawei is under the law of CN");
    }
}
