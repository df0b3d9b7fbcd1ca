use super::*;
use crate::base::ids::Id as _;
use crate::base::random::{Draws, EntityKey, EntityKind, Purpose};
use crate::study::fixture::{self, alternative};
use crate::study::trials::{Plainly, Table, Trial};

const NOISE: Purpose = Purpose::new("noise of a test");
const KEY: EntityKey = EntityKey::new(EntityKind::new("test"), "compare", 0);

fn normal(seed: u64, replication: u64) -> f64 {
    Draws { seed, replication }.stream(NOISE, KEY).normal(0.0, 1.0)
}

/// Outcome 0: inputs (standard deviation 3, none at the modes) and chance (1) that all
/// share, and a little of each alternative's own: 10 a place above the first.
fn model(trial: &Trial, _: &[f64], out: &mut [f64]) {
    let inputs = match trial.inputs {
        At::Drawn(draw) => 3.0 * normal(1, draw),
        At::Modes => 0.0,
        At::Point(_) => panic!("a comparison has no points"),
    };
    let place = trial.alternative.index() as f64;
    let own = normal(3 + trial.alternative.index() as u64, trial.chance);
    out[0] = 100.0 + inputs + normal(2, trial.chance) + 0.5 * own + 10.0 * place;
    if let Some(second) = out.get_mut(1) {
        // Months of a curve, or an outcome that all share.
        *second = inputs;
    }
}

fn spec(alternatives: usize, replications: Replications) -> CompareSpec {
    CompareSpec {
        alternatives: (0..alternatives).map(alternative).collect(),
        replications,
        level: 0.95,
        pairs: Pairs::First,
        fixed: 0,
    }
}

fn found(study: &Study, spec: &CompareSpec) -> Comparison {
    let outcomes = study.outcomes.len() + study.curve;
    compare(study, spec, &mut Plainly { outcomes, model }).unwrap()
}

#[test]
fn a_pair_is_compared_replication_by_replication() {
    let study = fixture::study(3, 0, 1);
    let comparison = found(&study, &spec(3, Replications::Fixed(50)));
    let compared = &comparison.outcomes[0];
    let pair = &compared.pairs[1];
    assert_eq!((pair.of, pair.minus), (alternative(2), alternative(0)));
    // Both own parts: σ_D = .71, t·σ/√50 = .23 at 97.5 %.
    assert!((pair.difference.value - 20.0).abs() < 0.35, "{pair:?}");
    let half = pair.difference.high - pair.difference.value;
    assert!((0.15..0.32).contains(&half), "{half}");
    assert!(pair.separated && pair.needed.is_none() && pair.better == 0.0 && pair.skewed.is_none());
    assert_eq!(compared.each[0].best.value, 1.0);
    assert!((compared.each[0].best.low - libm::pow(0.025, 0.02)).abs() < 1e-9);
    assert!(compared.each[0].sorted.is_sorted() && compared.each[0].sorted.len() == 50);
    assert!(comparison.reached.is_none() && comparison.fans.is_empty());
}

#[test]
fn all_pairs_share_the_level_and_the_first_is_subtracted() {
    let study = fixture::study(4, 0, 1);
    let all = CompareSpec { pairs: Pairs::All, ..spec(4, Replications::Fixed(20)) };
    let comparison = found(&study, &all);
    let laid: Vec<_> =
        comparison.outcomes[0].pairs.iter().map(|pair| (pair.of.index(), pair.minus.index())).collect();
    assert_eq!(laid, [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)]);
    let half = |comparison: &Comparison| {
        let difference = comparison.outcomes[0].pairs[0].difference;
        difference.high - difference.value
    };
    // t(19) at 1 - .025/6 over that at 1 - .025/3.
    let ratio = half(&comparison) / half(&found(&study, &spec(4, Replications::Fixed(20))));
    let expected = {
        use crate::study::statistics::quantiles::student;
        student(1.0 - 0.025 / 6.0, 19) / student(1.0 - 0.025 / 3.0, 19)
    };
    assert!((ratio - expected).abs() < 1e-9, "{ratio} {expected}");
}

#[test]
fn identical_alternatives_differ_by_exactly_zero_and_share_the_first_place() {
    let mut same = Plainly {
        outcomes: 1,
        model: |trial: &Trial, _: &[f64], out: &mut [f64]| {
            out[0] = 0.1 + normal(1, trial.chance);
        },
    };
    let study = fixture::study(3, 0, 1);
    let comparison =
        compare(&study, &CompareSpec { fixed: 5, ..spec(3, Replications::Fixed(30)) }, &mut same).unwrap();
    for pair in &comparison.outcomes[0].pairs {
        assert_eq!(pair.difference, Estimate { value: 0.0, low: 0.0, high: 0.0 });
        assert_eq!(
            (pair.separated, pair.needed, pair.reduction, pair.reduction_fixed),
            (false, None, None, None)
        );
        assert_eq!(pair.better, 0.0);
    }
    for each in &comparison.outcomes[0].each {
        // Thirty thirds.
        assert!((each.best.value - 1.0 / 3.0).abs() < 1e-12);
    }
}

#[test]
fn higher_is_better_turns_the_order_round() {
    let mut study = fixture::study(2, 0, 1);
    study.outcomes[0].better = Better::Higher;
    let comparison = found(&study, &spec(2, Replications::Fixed(20)));
    assert_eq!(comparison.outcomes[0].each[1].best.value, 1.0);
    assert_eq!(comparison.outcomes[0].pairs[0].better, 1.0);
}

#[test]
fn common_random_numbers_save_what_the_variances_say() {
    let study = fixture::study(2, 0, 1);
    let comparison = found(&study, &CompareSpec { fixed: 2_000, ..spec(2, Replications::Fixed(2_000)) });
    let pair = &comparison.outcomes[0].pairs[0];
    // 2·(9 + 1 + .25)/.5 = 41 in all, 2·(1 + .25)/.5 = 5 at the modes; ratios of variances
    // of 2,000 values scatter by some 5 %.
    assert!((pair.reduction.unwrap() / 41.0 - 1.0).abs() < 0.15, "{pair:?}");
    assert!((pair.reduction_fixed.unwrap() / 5.0 - 1.0).abs() < 0.15, "{pair:?}");
}

/// A sampler that remembers how many trials it was asked for at a time.
struct Counting(Vec<usize>);

impl Sampler for Counting {
    fn sample(&mut self, design: &Design) -> Result<Table, Stopped> {
        self.0.push(design.trials.len());
        Plainly { outcomes: 1, model }.sample(design)
    }
}

#[test]
fn an_absolute_half_width_is_reached_in_whole_rounds() {
    let study = fixture::study(2, 0, 1);
    let until = Replications::Until { outcome: 0, width: Width::Absolute(0.1), round: 50, most: 10_000 };
    let mut sampler = Counting(Vec::new());
    let comparison = compare(&study, &spec(2, until), &mut sampler).unwrap();
    let reached = comparison.reached.unwrap();
    // (1.96·.707/.1)² = 192: the fourth round, or the next where the variance came out larger.
    assert!(reached.reached && reached.half_width <= 0.1, "{reached:?}");
    assert!([200, 250].contains(&comparison.replications), "{}", comparison.replications);
    assert_eq!(reached.needed, comparison.replications);
    assert!(sampler.0.iter().all(|trials| *trials == 100));
    // The same replications in one go say the same.
    let at_once = found(&study, &spec(2, Replications::Fixed(comparison.replications)));
    assert_eq!(at_once.outcomes, comparison.outcomes);
}

#[test]
fn a_budget_that_ends_first_says_how_many_would_be_needed() {
    let study = fixture::study(2, 0, 1);
    let until = |width, most| Replications::Until { outcome: 0, width, round: 30, most };
    let comparison = found(&study, &spec(2, until(Width::Absolute(0.1), 70)));
    assert_eq!(comparison.replications, 70);
    let reached = comparison.reached.unwrap();
    assert!(!reached.reached && reached.half_width > 0.1);
    assert!((120..300).contains(&reached.needed), "{reached:?}");
    // γ = 1 % of a difference of 10: (1.96·.707/.099)² = 196.
    let comparison = found(&study, &spec(2, until(Width::Relative(0.01), 5_000)));
    assert!(comparison.reached.unwrap().reached);
    assert!((150..=270).contains(&comparison.replications), "{}", comparison.replications);
}

#[test]
fn no_rule_stops_before_ten_replications() {
    let study = fixture::study(2, 0, 1);
    for width in [Width::Absolute(1e9), Width::Relative(1e9)] {
        let until = Replications::Until { outcome: 0, width, round: 3, most: 100 };
        assert_eq!(found(&study, &spec(2, until)).replications, 12);
    }
}

#[test]
fn alternatives_too_close_say_how_many_replications_would_separate_them() {
    // A difference of .2 with a deviation of .71: (2.8·.71/.2)² = 99.
    let mut close = Plainly {
        outcomes: 1,
        model: |trial: &Trial, _: &[f64], out: &mut [f64]| {
            model(trial, &[], out);
            out[0] -= 9.8 * trial.alternative.index() as f64;
        },
    };
    let study = fixture::study(2, 0, 1);
    let (mut replications, mut rounds) = (20, 0);
    loop {
        let comparison = compare(&study, &spec(2, Replications::Fixed(replications)), &mut close).unwrap();
        let pair = &comparison.outcomes[0].pairs[0];
        if pair.separated {
            assert!(rounds > 0 && pair.needed.is_none());
            break;
        }
        let needed = u32::try_from(pair.needed.unwrap()).unwrap();
        assert!(needed > replications);
        (replications, rounds) = (needed, rounds + 1);
        // Each round fails one time in five.
        assert!(rounds < 4, "{pair:?}");
    }
}

#[test]
fn a_skewed_difference_warns_and_is_resampled() {
    let mut outages = Plainly {
        outcomes: 1,
        model: |trial: &Trial, _: &[f64], out: &mut [f64]| {
            let z = normal(7, trial.chance);
            out[0] = if trial.alternative.index() == 1 && z > 2.0 { 10.0 * z } else { 0.0 };
        },
    };
    let study = fixture::study(2, 0, 1);
    let comparison = compare(&study, &spec(2, Replications::Fixed(200)), &mut outages).unwrap();
    let (compared, pair) = (&comparison.outcomes[0], &comparison.outcomes[0].pairs[0]);
    let skewed = pair.skewed.unwrap();
    assert!(skewed.skewness > 3.0);
    // The bootstrap leans to the long tail, Student's interval to neither side.
    let lean = |estimate: Estimate| (estimate.high - estimate.value) / (estimate.value - estimate.low);
    assert!(lean(skewed.bootstrap) > 1.2 && (lean(pair.difference) - 1.0).abs() < 1e-9, "{pair:?}");
    assert!(compared.each[0].skewed.is_none() && compared.each[1].skewed == Some(skewed));
}

#[test]
fn fans_are_quantiles_of_the_hidden_outcomes() {
    let mut study = fixture::study(2, 0, 1);
    study.curve = 1;
    let comparison = found(&study, &spec(2, Replications::Fixed(101)));
    let mut inputs: Vec<f64> = (0..101).map(|draw| 3.0 * normal(1, draw)).collect();
    inputs.sort_by(f64::total_cmp);
    // Of 101 values each per cent is one of them.
    let expected = [5, 25, 50, 75, 95].map(|place| inputs[place]);
    assert_eq!(comparison.outcomes.len(), 1);
    for fan in &comparison.fans {
        assert_eq!(fan.len(), 1);
        for (found, expected) in fan[0].iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{fan:?}");
        }
    }
}

#[test]
fn adding_renaming_or_reordering_changes_no_bit_of_anothers_row() {
    let row = |study: &Study, alternatives: &[usize]| {
        let spec = CompareSpec {
            alternatives: alternatives.iter().copied().map(alternative).collect(),
            ..spec(0, Replications::Fixed(25))
        };
        let comparison = found(study, &spec);
        let place = alternatives.iter().position(|wanted| *wanted == 1).unwrap();
        let each = comparison.outcomes[0].each[place].clone();
        (each.summary, each.median, each.skewed, each.sorted)
    };
    let mut study = fixture::study(4, 0, 1);
    let before = row(&study, &[0, 1]);
    study.alternatives[alternative(0)].name = "renamed".into();
    assert_eq!(row(&study, &[3, 0, 1, 2]), before);
    // One pair at a time has the same bits wherever it stands.
    let pairs = |alternatives: &[usize]| {
        let asked = CompareSpec {
            alternatives: alternatives.iter().copied().map(alternative).collect(),
            ..spec(0, Replications::Fixed(25))
        };
        found(&study, &asked).outcomes[0].pairs.clone()
    };
    assert_eq!(pairs(&[1, 3])[0].difference.value, pairs(&[1, 0, 3, 2])[1].difference.value);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let study = fixture::study(2, 0, 1);
    let refused = |spec: CompareSpec| {
        compare(&study, &spec, &mut Plainly { outcomes: 1, model }).unwrap_err().to_string()
    };
    assert_eq!(refused(spec(1, Replications::Fixed(9))), "a comparison needs at least 2 alternatives");
    assert!(
        refused(spec(2, Replications::Fixed(1))).starts_with("a comparison needs at least 2 replications")
    );
}
