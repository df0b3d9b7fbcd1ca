//! Where an alternative fails: boxes of the inputs by the patient rule induction method
//! (Friedman and Fisher 1999), as scenario discovery uses it (Bryant and Lempert 2010).
//!
//! Futures are a Latin hypercube over the inputs. Each is met under the same chance, 0 to
//! m - 1, and the mean over chance is what is thresholded: whatever lies in a box is then a
//! matter of the inputs, not of luck.

pub mod prim;
mod sentence;

use serde::Serialize;

use super::futures::{Asked, Futures, mean};
use super::words;
use crate::study::question::{Measure, Study};
use crate::study::trials::{Sampler, Stopped};
use prim::{Cloud, Ends, Patience, Shape};

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DiscoverSpec {
    /// Of which number.
    pub measure: Measure,
    /// A future is of interest where the mean of the number over chance is worse than this.
    pub worse_than: f64,
    /// Futures: points of a Latin hypercube over the inputs, at least 20.
    pub futures: u32,
    /// Replications of each, over whose mean the number is taken.
    pub replications: u32,
    /// Share of the points in the box that a step peels off, as 0.05.
    pub peel: f64,
    /// The least share of all points that a box may hold.
    pub least_mass: f64,
    /// The most boxes.
    pub boxes: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Discovery {
    /// Of which number.
    pub measure: Measure,
    /// What was thresholded.
    pub worse_than: f64,
    /// Futures.
    pub futures: u32,
    /// Replications of each.
    pub replications: u32,
    /// Futures of interest.
    pub cases: u32,
    /// The boxes, in the order in which they were found: each was sought among the points
    /// that no earlier one holds.
    pub boxes: Vec<FoundBox>,
    /// Values of the inputs (in their units; of a group, the quantile of its first figure)
    /// and the number, future by future: what the box pairs show.
    pub points: Vec<(Vec<f64>, f64)>,
    /// What the reader should know, in sentences.
    pub notes: Vec<String>,
}

/// A box of inputs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundBox {
    /// Its limits; an input that is not named is free.
    pub limits: Vec<Limit>,
    /// Share of all cases that it holds and no earlier box does.
    pub coverage: f64,
    /// Share of its points that are cases, of those that no earlier box holds.
    pub density: f64,
    /// Share of all points that it holds and no earlier box does.
    pub mass: f64,
    /// Share of the points that no earlier box holds that are cases: the density without a
    /// box.
    pub base: f64,
    /// Coverage and density of every box on the way of peeling: the trade-off curve.
    pub trajectory: Vec<(f64, f64)>,
    /// In words.
    pub sentence: String,
}

/// A limit of a box on one input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// The place of the input in the study.
    pub input: usize,
    /// The least value, in its unit; none where it is free downwards.
    pub low: Option<f64>,
    /// The greatest value; none where it is free upwards.
    pub high: Option<f64>,
    /// The quasi-p-value: how likely a density as high would be without this limit, by the
    /// binomial distribution (Bryant and Lempert 2010).
    pub quasi_p: f64,
}

/// Limits whose quasi-p-value is above this are dropped from a box.
pub const LUCK: f64 = 0.05;
/// With fewer futures a slice of 5 % is not even one of them.
const LEAST_FUTURES: u32 = 20;
/// Where more futures than this are cases, the rest is what is remarkable.
const MOST: f64 = 0.75;
/// With fewer cases a box is a guess.
const FEW_CASES: usize = 20;

/// Finds where the number is worse than the threshold.
///
/// A box is peeled from everything ([`prim::peelings`]); of all boxes on the way, the one
/// with the greatest coverage times density is taken ([`prim::chosen`]), pasted
/// ([`prim::paste`]), and freed of limits that luck would give ([`LUCK`]). The next box is
/// sought among the futures that no earlier one holds, and kept only while it is denser in
/// cases than all futures are.
///
/// # Errors
/// Those of the sampler; [`Stopped::Impossible`] if no input varies, or the numbers asked
/// for make no analysis.
pub fn discover(study: &Study, spec: &DiscoverSpec, sampler: &mut dyn Sampler) -> Result<Discovery, Stopped> {
    if !(spec.peel > 0.0 && spec.peel < 1.0) {
        return Err(Stopped::Impossible(format!("a step cannot peel a share of {} off", spec.peel)));
    }
    let futures = Futures::of(study, spec.futures, LEAST_FUTURES)?;
    let judged = judge(spec, &futures, study, sampler)?;

    let points: Vec<(Vec<f64>, f64)> = futures
        .points()
        .map(|point| values_at(study, point))
        .zip(judged.iter().map(|judged| judged.mean))
        .collect();
    let cases: Vec<bool> = judged.iter().map(|judged| judged.case).collect();
    let found = boxes(study, spec, &points, &cases);
    let count = cases.iter().filter(|case| **case).count();
    Ok(Discovery {
        measure: spec.measure,
        worse_than: spec.worse_than,
        futures: spec.futures,
        replications: spec.replications,
        cases: u32::try_from(count).expect("there are no more cases than futures"),
        notes: notes(study, spec, &judged, &found),
        boxes: found.boxes,
        points,
    })
}

/// One future, judged.
#[derive(Clone, Copy, Debug)]
struct Judged {
    /// The number's mean over chance.
    mean: f64,
    /// Whether that is worse than the threshold.
    case: bool,
    /// Whether the threshold is within two standard errors of the mean.
    close: bool,
}

fn judge(
    spec: &DiscoverSpec,
    futures: &Futures,
    study: &Study,
    sampler: &mut dyn Sampler,
) -> Result<Vec<Judged>, Stopped> {
    let Measure { outcome, of, minus } = spec.measure;
    let alternatives: Vec<_> = std::iter::once(of).chain(minus).collect();
    let asked = Asked { alternatives: &alternatives, outcome, replications: spec.replications };
    let runs = futures.run(&asked, sampler)?;
    let better = study.outcomes[outcome].better;
    let judged = |numbers: &[f64]| {
        let n = numbers.len() as f64;
        let centre = mean(numbers);
        let squares: f64 = numbers.iter().map(|number| (number - centre) * (number - centre)).sum();
        let error = if numbers.len() > 1 { libm::sqrt(squares / (n - 1.0) / n) } else { 0.0 };
        let gap = (centre - spec.worse_than).abs();
        Judged { mean: centre, case: better.prefers(spec.worse_than, centre), close: gap < 2.0 * error }
    };
    Ok(match minus {
        None => runs.futures(0).map(judged).collect(),
        Some(_) => runs
            .futures(0)
            .zip(runs.futures(1))
            .map(|(of, minus)| {
                judged(&of.iter().zip(minus).map(|(of, minus)| of - minus).collect::<Vec<_>>())
            })
            .collect(),
    })
}

/// The value of every input at a point.
fn values_at(study: &Study, point: &[f64]) -> Vec<f64> {
    study
        .inputs
        .iter()
        .map(|input| input.value(point.get(input.columns.start).copied().unwrap_or(0.5)))
        .collect()
}

/// The boxes, and why there are no more.
struct Boxes {
    boxes: Vec<FoundBox>,
    /// Inputs whose limits were dropped.
    dropped: Vec<usize>,
}

fn boxes(study: &Study, spec: &DiscoverSpec, points: &[(Vec<f64>, f64)], cases: &[bool]) -> Boxes {
    // A group has no value that a limit could name.
    let inputs: Vec<usize> =
        (0..study.inputs.len()).filter(|input| study.inputs[*input].quantile.is_some()).collect();
    let columns: Vec<Vec<f64>> =
        inputs.iter().map(|input| points.iter().map(|(values, _)| values[*input]).collect()).collect();
    let cloud = Cloud { columns: &columns, cases };
    let least = libm::ceil(spec.least_mass * points.len() as f64).max(1.0) as usize;
    let patience = Patience { peel: spec.peel, least };
    let all_cases = cases.iter().filter(|case| **case).count() as f64;

    let mut among: Vec<u32> =
        (0..u32::try_from(points.len()).expect("futures are counted in 32 bits")).collect();
    let mut found = Boxes { boxes: Vec::new(), dropped: Vec::new() };
    for _ in 0..spec.boxes {
        let everything = Shape::of(&cloud, &among, vec![Ends::default(); columns.len()]);
        if everything.cases == 0 || everything.points < least {
            break;
        }
        let trajectory = prim::peelings(&cloud, &among, patience);
        let peeled = trajectory[prim::chosen(&trajectory)].clone();
        let pasted = prim::paste(&cloud, &among, peeled, patience);
        let shape = prim::without_luck(&cloud, &among, pasted.clone(), LUCK);
        let lost = pasted.ends.iter().zip(&shape.ends).zip(&inputs);
        found.dropped.extend(lost.filter(|((before, after), _)| before != after).map(|(_, input)| *input));
        if shape.ends.iter().all(Ends::are_free) || shape.density() <= all_cases / points.len() as f64 {
            break;
        }
        let limits: Vec<Limit> = shape
            .ends
            .iter()
            .enumerate()
            .filter(|(_, ends)| !ends.are_free())
            .map(|(column, ends)| Limit {
                input: inputs[column],
                low: ends.low,
                high: ends.high,
                quasi_p: prim::quasi_p(&cloud, &among, &shape, column),
            })
            .collect();
        let coverage = |shape: &Shape| shape.cases as f64 / all_cases;
        let mut next = FoundBox {
            limits,
            coverage: coverage(&shape),
            density: shape.density(),
            mass: shape.points as f64 / points.len() as f64,
            base: everything.density(),
            trajectory: trajectory.iter().map(|shape| (coverage(shape), shape.density())).collect(),
            sentence: String::new(),
        };
        next.sentence = sentence::of(study, spec, &next, found.boxes.len());
        found.boxes.push(next);
        among.retain(|point| !shape.holds(&cloud, *point));
    }
    found
}

fn notes(study: &Study, spec: &DiscoverSpec, judged: &[Judged], found: &Boxes) -> Vec<String> {
    let mut notes = Vec::new();
    let cases = judged.iter().filter(|judged| judged.case).count();
    let event = sentence::event(study, spec);
    if cases == 0 {
        notes.push(format!("In none of the {} futures {event}: there is nothing to find.", judged.len()));
    } else if cases == judged.len() {
        notes.push(format!("In all of the {} futures {event}: no input changes that.", judged.len()));
    } else if found.boxes.is_empty() {
        notes.push(format!(
            "In {cases} of the {} futures {event}, but no range of the inputs tells them from the others.",
            judged.len()
        ));
    } else {
        notes.push(format!(
            "Each box is, of all those on the way of peeling, the one with the greatest coverage times density; \
             it holds at least {} of the futures.",
            words::percent(spec.least_mass)
        ));
        let held: f64 = found.boxes.iter().map(|one| one.coverage).sum();
        if found.boxes.len() > 1 {
            notes.push(format!("The boxes together hold {} of such futures.", words::percent(held)));
        }
        if cases < FEW_CASES {
            notes.push(format!(
                "Only {} are behind this: ask for more futures before relying on the limits.",
                words::counted(cases, "such future", "such futures")
            ));
        }
    }
    if cases < judged.len() && cases as f64 > MOST * judged.len() as f64 {
        notes.push("Most futures are like that: a box around the exceptions may say more.".to_owned());
    }
    if !found.dropped.is_empty() {
        let mut dropped = found.dropped.clone();
        dropped.sort_unstable();
        dropped.dedup();
        let names: Vec<&str> = dropped.iter().map(|input| study.inputs[*input].name.as_str()).collect();
        notes.push(format!(
            "Limits on {} were dropped: luck alone would give as much (quasi-p over {LUCK}).",
            words::listed(&names)
        ));
    }
    let close = judged.iter().filter(|judged| judged.close).count();
    if spec.replications == 1 {
        notes.push(
            "Each future was run once, so chance may pass for a pattern: several replications tell them apart."
                .to_owned(),
        );
    } else if close * 10 > judged.len() {
        notes.push(format!(
            "In {} of the futures the threshold is within two standard errors of the mean over {} replications: \
             they may stand on the wrong side.",
            words::percent(close as f64 / judged.len() as f64),
            spec.replications
        ));
    }
    let groups: Vec<&str> = study
        .inputs
        .iter()
        .filter(|input| input.quantile.is_none())
        .map(|input| input.name.as_str())
        .collect();
    if !groups.is_empty() {
        notes.push(format!(
            "No limit can be put on {}: {} moved as a group and has no single value.",
            words::listed(&groups),
            if groups.len() == 1 { "it is" } else { "each is" }
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id as _;
    use crate::base::random::{Distribution, Outcome};
    use crate::study::fixture;
    use crate::study::question::Better;
    use crate::study::trials::{Plainly, Trial};

    fn spec() -> DiscoverSpec {
        DiscoverSpec {
            measure: Measure {
                outcome: 0,
                of: fixture::alternative(1),
                minus: Some(fixture::alternative(0)),
            },
            worse_than: 0.0,
            futures: 1_000,
            replications: 3,
            peel: 0.05,
            least_mass: 0.05,
            boxes: 1,
        }
    }

    fn study() -> Study {
        let mut study = fixture::study(2, 4, 1);
        for (place, label) in ["Renew", "Sovereign first"].into_iter().enumerate() {
            study.alternatives[fixture::alternative(place)].label = label.to_owned();
        }
        study.outcomes[0].label = "Net present cost".to_owned();
        study.inputs[0].name = "renewal_discount".to_owned();
        study.inputs[0].unit = "%".to_owned();
        study.inputs[1].name = "staff_cost".to_owned();
        let staff = Distribution::Uniform { low: 60.0, high: 130.0 }.tabulate().expect("a range");
        study.inputs[1].quantile = Some(staff);
        study.inputs[1].unit = "EUR/h".to_owned();
        study
    }

    /// Sovereign first costs one more than renewing where x0 is over .4 and x1 over .5 (95
    /// EUR/h of 60 to 130), and one less elsewhere. Chance adds to both alike.
    fn corner(trial: &Trial, point: &[f64], out: &mut [f64]) {
        let more = if point[0] > 0.4 && point[1] > 0.5 { 1.0 } else { -1.0 };
        out[0] = 100.0 * trial.chance as f64 + if trial.alternative.index() == 1 { more } else { 0.0 };
    }

    fn found(study: &Study, spec: &DiscoverSpec, model: impl FnMut(&Trial, &[f64], &mut [f64])) -> Discovery {
        discover(study, spec, &mut Plainly { outcomes: 1, model }).expect("nothing interrupts")
    }

    #[test]
    fn a_corner_where_an_alternative_costs_more_is_found_and_said() {
        let study = study();
        let discovery = found(&study, &spec(), corner);
        // A Latin hypercube has .6 × .5 of its points there, give or take √(.21/1000).
        assert!((f64::from(discovery.cases) - 300.0).abs() < 45.0, "{}", discovery.cases);
        let [only] = &discovery.boxes[..] else { panic!("one box") };
        assert_eq!(only.limits.iter().map(|limit| limit.input).collect::<Vec<_>>(), [0, 1]);
        // A slice of 5 % of the box at its limits is less than .04 of either side.
        let low = |place: usize| only.limits[place].low.expect("a lower limit");
        assert!((low(0) - 0.4).abs() < 0.04, "{}", low(0));
        assert!((low(1) - 95.0).abs() < 0.04 * 70.0, "{}", low(1));
        assert!(only.limits.iter().all(|limit| limit.high.is_none() && limit.quasi_p < 1e-6));
        assert!(only.coverage > 0.9 && only.density > 0.9, "{only:?}");
        assert_eq!(only.base, f64::from(discovery.cases) / 1_000.0);
        assert_eq!(only.trajectory[0], (1.0, only.base));
        let sentence = &only.sentence;
        assert!(
            sentence.starts_with(
                "The net present cost of Sovereign first is higher than that of Renew mostly where \
                 renewal_discount is over "
            ),
            "{sentence}"
        );
        assert!(sentence.contains(" EUR/h: ") && sentence.ends_with(" of what lies there is such a future."));
        // Values are in the units of the inputs, and the number is the mean difference.
        assert!(discovery.points.iter().all(|(values, number)| {
            (60.0..=130.0).contains(&values[1]) && (*number == 1.0) == (values[0] > 0.4 && values[1] > 95.0)
        }));
    }

    #[test]
    fn where_more_is_better_the_same_futures_are_found() {
        let mut study = study();
        let costs = found(&study, &spec(), corner);
        study.outcomes[0].better = Better::Higher;
        let gains = found(&study, &spec(), |trial, point, out| {
            corner(trial, point, out);
            out[0] = -out[0];
        });
        assert_eq!(gains.boxes[0].limits, costs.boxes[0].limits);
        assert!(
            gains.boxes[0].sentence.contains("is lower than that of Renew"),
            "{}",
            gains.boxes[0].sentence
        );
    }

    #[test]
    fn two_corners_are_two_boxes() {
        let study = study();
        let asked = DiscoverSpec { boxes: 3, ..spec() };
        let discovery = found(&study, &asked, |trial, point, out| {
            let worse = (point[0] > 0.7 && point[1] > 0.5) || (point[2] < 0.2 && point[3] < 0.6);
            out[0] = if worse && trial.alternative.index() == 1 { 1.0 } else { 0.0 };
        });
        assert!(discovery.boxes.len() >= 2, "{:?}", discovery.notes);
        let mut named: Vec<Vec<usize>> = discovery.boxes[..2]
            .iter()
            .map(|one| one.limits.iter().map(|limit| limit.input).collect())
            .collect();
        named.sort();
        assert_eq!(named, [vec![0, 1], vec![2, 3]]);
        let covered: f64 = discovery.boxes.iter().map(|one| one.coverage).sum();
        assert!(covered > 0.85 && covered <= 1.0, "{covered}");
        assert!(discovery.boxes[1].sentence.contains("of the rest"), "{}", discovery.boxes[1].sentence);
        assert!(discovery.boxes[1].base < discovery.boxes[0].base);
    }

    #[test]
    fn certain_values_and_groups_are_dealt_with() {
        let mut study = study();
        let outcome = |value| Outcome { value, weight: 1.0 };
        let terms = Distribution::Discrete(vec![outcome(1.0), outcome(3.0), outcome(5.0)]);
        study.inputs[0].quantile = Some(terms.tabulate().expect("three values"));
        study.inputs[0].unit = "years".to_owned();
        // The second is a group: where it matters, no limit can say so.
        study.inputs[1].quantile = None;
        study.inputs[1].name = "salaries".to_owned();
        let discovery = found(&study, &spec(), |trial, point, out| {
            let term_is_five = point[0] > 2.0 / 3.0;
            out[0] = if term_is_five && trial.alternative.index() == 1 { 1.0 } else { 0.0 };
        });
        let [only] = &discovery.boxes[..] else { panic!("one box") };
        assert_eq!(only.limits.len(), 1);
        assert_eq!((only.limits[0].input, only.limits[0].low), (0, Some(4.0)));
        assert_eq!((only.coverage, only.density), (1.0, 1.0));
        assert!(discovery.notes.iter().any(|note| note.contains("on salaries: it is moved as a group")));
    }

    #[test]
    fn nothing_to_find_is_said() {
        let study = study();
        let note = |worse_than: f64| {
            let asked = DiscoverSpec { worse_than, ..spec() };
            let discovery = found(&study, &asked, corner);
            assert!(discovery.boxes.is_empty());
            discovery.notes[0].clone()
        };
        assert_eq!(
            note(5.0),
            "In none of the 1000 futures the net present cost of Sovereign first is more than 5 EUR above that of \
             Renew: there is nothing to find."
        );
        assert!(note(-5.0).starts_with("In all of the 1000 futures"));
    }

    #[test]
    fn what_chance_decides_is_said_to_be_near_the_threshold() {
        let study = study();
        let discovery = found(&study, &spec(), |trial, point, out| {
            // A difference of a tenth at most under a chance of one.
            let chance = [-1.0, 0.0, 1.0][trial.chance as usize];
            out[0] = if trial.alternative.index() == 1 { 0.1 * (point[0] - 0.5) + chance } else { 0.0 };
        });
        assert!(discovery.notes.iter().any(|note| note.starts_with("In 100 % of the futures the threshold")));
        let once = found(&study, &DiscoverSpec { replications: 1, ..spec() }, corner);
        assert!(once.notes.iter().any(|note| note.starts_with("Each future was run once")));
    }
}
