use super::*;
use crate::base::ids::Id as _;
use crate::base::random::{Draws, Purpose, Stream};
use crate::study::fixture::{self, alternative};
use crate::study::question::Better;
use crate::study::trials::{Plainly, Table, Trial};

const NOISE: Purpose = Purpose::new("noise of a test");
const KEY: EntityKey = EntityKey::new(EntityKind::new("test"), "select", 0);

fn noise(seed: u64, trial: &Trial) -> Stream {
    assert_eq!(trial.inputs, At::Drawn(trial.chance), "inputs and chance have one address");
    Draws { seed, replication: trial.chance }.stream(NOISE, KEY)
}

/// Each trails the one before by 1, with a deviation of 1 of which half the variance is
/// shared under common random numbers.
fn model(trial: &Trial, _: &[f64], out: &mut [f64]) {
    let place = trial.alternative.index();
    let half = libm::sqrt(0.5);
    out[0] =
        place as f64 + noise(1, trial).normal(0.0, half) + noise(2 + place as u64, trial).normal(0.0, half);
}

/// The same, a fifth as far apart.
fn close(trial: &Trial, point: &[f64], out: &mut [f64]) {
    model(trial, point, out);
    out[0] -= 0.8 * trial.alternative.index() as f64;
}

fn spec(procedure: Procedure, alternatives: usize) -> SelectSpec {
    SelectSpec {
        procedure,
        outcome: 0,
        alternatives: (0..alternatives).map(alternative).collect(),
        delta: 0.5,
        level: 0.95,
        first: 10,
        budget: 10_000,
    }
}

fn found(spec: &SelectSpec) -> Selection {
    let study = fixture::study(spec.alternatives.len(), 0, 1);
    select(&study, spec, &mut Plainly { outcomes: 1, model }).unwrap()
}

#[test]
fn each_procedure_finds_the_best_and_says_what_it_guarantees() {
    for procedure in [Procedure::Kn, Procedure::Rinott, Procedure::Ocba] {
        let selection = found(&spec(procedure, 5));
        assert_eq!(selection.best, alternative(0), "{selection:?}");
        assert!(selection.finished && selection.needed == selection.used, "{selection:?}");
        let best = &selection.candidates[0];
        assert!((best.mean).abs() < 1.0 && (0.4..1.7).contains(&best.deviation), "{best:?}");
        assert!(selection.guarantee.contains("Alternative 0"), "{}", selection.guarantee);
    }
    assert_eq!(
        found(&spec(Procedure::Kn, 5)).guarantee,
        "With a probability of at least 95 % the selected alternative, Alternative 0, is the best, provided that \
         the best is better than every other by at least 0.5 EUR and outcomes are close to normal."
    );
    assert!(
        found(&spec(Procedure::Ocba, 5)).guarantee.ends_with("OCBA is a heuristic and guarantees nothing.")
    );
}

#[test]
fn more_may_be_better() {
    let mut study = fixture::study(3, 0, 1);
    study.outcomes[0].better = Better::Higher;
    for procedure in [Procedure::Kn, Procedure::Rinott, Procedure::Ocba] {
        let selection = select(&study, &spec(procedure, 3), &mut Plainly { outcomes: 1, model }).unwrap();
        assert_eq!(selection.best, alternative(2));
        assert!((selection.candidates[2].mean - 2.0).abs() < 1.0, "means keep their sign: {selection:?}");
    }
}

#[test]
fn screening_drops_the_worst_first_and_spends_nothing_more_on_it() {
    let selection = found(&spec(Procedure::Kn, 5));
    let dropped: Vec<u32> = selection.candidates[1..].iter().map(|c| c.dropped.unwrap()).collect();
    assert!(dropped.is_sorted_by(|a, b| a >= b), "{dropped:?}");
    for candidate in &selection.candidates[1..] {
        assert_eq!(Some(candidate.replications), candidate.dropped);
    }
    let looked_at: u32 = selection.candidates.iter().map(|candidate| candidate.replications).sum();
    assert!(looked_at <= selection.used && selection.used < looked_at + 64, "{selection:?}");
    assert_eq!(selection.candidates[0].dropped, None);
}

#[test]
fn rinott_makes_up_for_each_variance() {
    let mut loud = Plainly {
        outcomes: 1,
        model: |trial: &Trial, _: &[f64], out: &mut [f64]| {
            let place = trial.alternative.index() as f64;
            out[0] = place + noise(1, trial).normal(0.0, 1.0 + 2.0 * place);
        },
    };
    let selection = select(&fixture::study(2, 0, 1), &spec(Procedure::Rinott, 2), &mut loud).unwrap();
    let [quiet, loud] = &selection.candidates[..] else { panic!("two") };
    // (2.614·1/.5)² = 27 and nine times that; the S² of ten values scatters by a half.
    assert!((10..=60).contains(&quiet.replications), "{quiet:?}");
    assert!((100..=540).contains(&loud.replications), "{loud:?}");
    assert_eq!(selection.used, quiet.replications + loud.replications);
}

#[test]
fn ocba_spends_on_the_best_and_its_rival() {
    let asked = SelectSpec { level: 0.999, budget: 400, ..spec(Procedure::Ocba, 5) };
    let selection =
        select(&fixture::study(5, 0, 1), &asked, &mut Plainly { outcomes: 1, model: close }).unwrap();
    let replications: Vec<u32> = selection.candidates.iter().map(|c| c.replications).collect();
    let mut by_mean: Vec<&Candidate> = selection.candidates.iter().collect();
    by_mean.sort_by(|a, b| a.mean.total_cmp(&b.mean));
    let [best, rival, others @ ..] = &by_mean[..] else { panic!("five") };
    assert_eq!(best.alternative, selection.best);
    for other in others {
        assert!(other.replications * 3 < best.replications.min(rival.replications), "{replications:?}");
    }
    assert_eq!(replications.iter().sum::<u32>(), selection.used);
}

#[test]
fn too_small_a_budget_says_so_and_how_much_would_do() {
    let found = |spec: &SelectSpec| {
        select(&fixture::study(3, 0, 1), spec, &mut Plainly { outcomes: 1, model: close }).unwrap()
    };
    for procedure in [Procedure::Kn, Procedure::Rinott, Procedure::Ocba] {
        let close = SelectSpec { delta: 0.2, budget: 70, ..spec(procedure, 3) };
        let selection = found(&close);
        assert!(!selection.finished && selection.used <= 70 && selection.used > 60, "{selection:?}");
        assert!(selection.needed > 70, "{selection:?}");
        assert!(
            selection.guarantee.starts_with("The budget of 70 evaluations ended first: Alternative"),
            "{}",
            selection.guarantee
        );
        assert!(selection.guarantee.contains(&format!("about {} evaluations", selection.needed)));
        // What it asks for is about what it takes.
        let enough = found(&SelectSpec { budget: 3 * selection.needed, ..close });
        assert!(enough.finished, "{enough:?}");
    }
}

#[test]
fn equal_alternatives_end_with_the_first_or_say_that_nothing_would_help() {
    let same = |trial: &Trial, _: &[f64], out: &mut [f64]| out[0] = noise(1, trial).normal(0.0, 1.0);
    let study = fixture::study(2, 0, 1);
    let kn = select(&study, &spec(Procedure::Kn, 2), &mut Plainly { outcomes: 1, model: same }).unwrap();
    assert_eq!((kn.best, kn.finished, kn.used), (alternative(0), true, 20));
    let mut constant = Plainly { outcomes: 1, model: |_: &Trial, _: &[f64], out: &mut [f64]| out[0] = 7.0 };
    let ocba = SelectSpec { budget: 100, ..spec(Procedure::Ocba, 2) };
    let ocba = select(&study, &ocba, &mut constant).unwrap();
    assert_eq!((ocba.finished, ocba.used, ocba.needed), (false, 100, u32::MAX));
    assert!(
        ocba.guarantee.ends_with("no number of evaluations would tell them apart."),
        "{}",
        ocba.guarantee
    );
}

/// A sampler that remembers every trial.
struct Remembering(Vec<Trial>);

impl Sampler for Remembering {
    fn sample(&mut self, design: &Design) -> Result<Table, Stopped> {
        self.0.extend(&design.trials);
        Plainly { outcomes: 1, model }.sample(design)
    }
}

/// The addresses of one alternative, in their order.
fn addresses(study: &Study, spec: &SelectSpec, of: usize) -> Vec<u64> {
    let mut sampler = Remembering(Vec::new());
    select(study, spec, &mut sampler).unwrap();
    sampler.0.iter().filter(|trial| trial.alternative == alternative(of)).map(|trial| trial.chance).collect()
}

#[test]
fn independent_sampling_shares_no_address_and_depends_on_ones_own_name_alone() {
    let mut study = fixture::study(4, 0, 1);
    let asked = spec(Procedure::Rinott, 2);
    let (first, second) = (addresses(&study, &asked, 0), addresses(&study, &asked, 1));
    assert!(first.iter().all(|address| !second.contains(address)));
    let more = SelectSpec { alternatives: [3, 1, 0].map(alternative).to_vec(), ..asked };
    study.alternatives[alternative(1)].name = "renamed".into();
    let again = addresses(&study, &more, 0);
    // Another constant, another number; the same values.
    assert!(again.len() >= first.len() && again.starts_with(&first), "{} {}", again.len(), first.len());
    assert_ne!(addresses(&study, &asked, 1)[0], second[0]);
}

#[test]
fn common_random_numbers_share_every_address() {
    let study = fixture::study(3, 0, 1);
    let asked = spec(Procedure::Kn, 3);
    let [first, last] = [0, 2].map(|place| addresses(&study, &asked, place));
    assert!(first.iter().copied().eq(0..first.len() as u64), "replications from 0 on, each once");
    assert!(first.starts_with(&last));
}

#[test]
fn what_is_no_selection_is_refused() {
    let study = fixture::study(3, 0, 1);
    let refused = |spec: SelectSpec| {
        select(&study, &spec, &mut Plainly { outcomes: 1, model }).unwrap_err().to_string()
    };
    let base = || spec(Procedure::Kn, 3);
    assert_eq!(refused(spec(Procedure::Kn, 1)), "a selection needs at least 2 alternatives");
    assert_eq!(
        refused(SelectSpec { first: 1, ..base() }),
        "a first stage needs at least 2 replications, not 1"
    );
    assert_eq!(
        refused(SelectSpec { delta: 0.0, ..base() }),
        "the difference worth detecting must be above zero, not 0"
    );
    assert!(refused(SelectSpec { level: 0.3, ..base() }).starts_with("a level of 0.3 says nothing"));
    assert_eq!(
        refused(SelectSpec { budget: 29, ..base() }),
        "the first stage alone takes 30 evaluations (10 of each of 3 alternatives), more than the budget of 29"
    );
}
