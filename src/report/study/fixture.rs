//! A study with findings of every kind, made by hand, awkward cases among them: what
//! tests show and what is looked at as pictures.

use jiff::civil::date;

use super::{PriceDate, ScenarioHash, StudyMeta};
use crate::base::ids::{Id as _, IdVec};
use crate::base::random::Distribution;
use crate::base::units::Calendar;
use crate::study::analyses::compare::{Compared, Comparison, Each, Pair, Reached, Skewed};
use crate::study::analyses::discover::{Discovery, FoundBox, Limit};
use crate::study::analyses::pareto::{Front, Objective, Scored, Statistic};
use crate::study::analyses::robust::{Robust, Robustness, Winners};
use crate::study::analyses::select::{Candidate, Procedure, Selection};
use crate::study::analyses::sensitivity::{Bar, Effects, Elementary, Index, Sensitivity};
use crate::study::analyses::split::{Missed, Parts, Split};
use crate::study::analyses::thresholds::{Change, Thresholds};
use crate::study::analyses::{Estimate, Finding};
use crate::study::trials::{AlternativeId, At, Design, Table};
use crate::study::{
    Alternative, Better, Findings, Input, Measure, Outcome, Record, StandIn, Study, Summary, Unit,
};

/// Outcomes by place.
pub(super) const NPV: usize = 0;
const AVAILABILITY: usize = 2;
const EXIT: usize = 3;
const DOWNTIME: usize = 4;

/// Months of the horizon.
const MONTHS: usize = 60;

/// The study, its findings, what it was.
pub(super) fn fixture() -> (Study, Findings, StudyMeta) {
    let study = study();
    let findings = vec![
        Finding::Compare(comparison(&ids(0..5))),
        Finding::Compare(close_comparison()),
        Finding::Split(split()),
        Finding::Select(selection(true)),
        Finding::Select(selection(false)),
        Finding::Sensitivity(tornado()),
        Finding::Sensitivity(morris()),
        Finding::Sensitivity(sobol()),
        Finding::Discover(discovery()),
        Finding::Discover(no_discovery()),
        Finding::Robust(robustness()),
        Finding::Pareto(front()),
        Finding::Thresholds(thresholds(true)),
        Finding::Thresholds(thresholds(false)),
    ];
    let stand_ins = vec![StandIn { alternative: id(2), outcome: EXIT, runs: 12, of: 1000 }];
    let findings = Findings { findings, records: records(&study), stand_ins };
    (study, findings, meta())
}

/// What the study was.
pub(super) fn meta() -> StudyMeta {
    let hash = |digit: &str| digit.repeat(64);
    StudyMeta {
        version: "0.1.0".to_owned(),
        command: "portolan study scenarios/studies/everything.yaml --replications 1000".to_owned(),
        study_sha256: hash("a"),
        scenarios: vec![
            ScenarioHash { variant: "engineers=2".to_owned(), sha256: hash("b") },
            ScenarioHash { variant: "engineers=4".to_owned(), sha256: hash("c") },
        ],
        estate_sha256: hash("d"),
        seed: 42,
        prices_as_of: vec![
            PriceDate {
                source: "Azure retail prices".to_owned(),
                date: "2026-09-14".to_owned(),
                figures: 132,
            },
            PriceDate { source: "OVHcloud price list".to_owned(), date: "2026-08".to_owned(), figures: 21 },
        ],
        calendar: Calendar::new(date(2027, 1, 1), date(2032, 1, 1)),
    }
}

pub(super) fn id(place: usize) -> AlternativeId {
    AlternativeId::from_index(place)
}

fn ids(places: std::ops::Range<usize>) -> Vec<AlternativeId> {
    places.map(id).collect()
}

/// The study itself: twelve alternatives, 25 inputs, five outcomes.
pub(super) fn study() -> Study {
    let plain = [
        ("renew", "Renew as is"),
        ("hyper-v", "Hyper-V on the same hosts"),
        ("dedicated", "Azure dedicated hosts, without the confidential ones"),
        ("sovereign-first", "Sovereign first"),
        (
            "azure-francecentral-dedicated-hosts-with-hybrid-benefit",
            "Azure with hybrid benefit for all that has it",
        ),
    ];
    let mut alternatives: IdVec<AlternativeId, Alternative> =
        plain.into_iter().map(|(name, label)| alternative(name, label, ["4", "10 Gbit/s"])).collect();
    for engineers in ["2", "4", "8"] {
        for link in ["1 Gbit/s", "10 Gbit/s"] {
            let name = format!("sovereign-first/engineers={engineers},link={link}");
            alternatives.push(alternative(&name, "Sovereign first", [engineers, link]));
        }
    }
    alternatives.push(alternative(
        "hyper-v/engineers=8,link=1 Gbit/s",
        "Hyper-V, many hands",
        ["8", "1 Gbit/s"],
    ));
    let mut inputs: Vec<Input> = (0..24).map(input).collect();
    inputs.push(Input {
        name: "all-labour-rates-of-the-programme".to_owned(),
        unit: String::new(),
        columns: 24..27,
        quantile: None,
    });
    Study {
        name: "everything".to_owned(),
        question: "Which way out of the renewal costs least, how surely, and what would change the answer?"
            .to_owned(),
        seed: 42,
        alternatives,
        levers: vec!["engineers".to_owned(), "link".to_owned()],
        inputs,
        held: 31,
        outcomes: vec![
            outcome("cost.npv", "Net present cost", Unit::Money, Better::Lower, Some(9e6)),
            outcome("migration.finished_at", "Last move finished", Unit::Date, Better::Lower, Some(1.25)),
            outcome("availability.mean", "Mean availability", Unit::Share, Better::Higher, None),
            Outcome {
                missing: Some(0.0),
                ..outcome("lock_in.exit_cost", "Exit cost", Unit::Money, Better::Lower, None)
            },
            outcome("migration.downtime_hours", "Downtime for moves", Unit::Plain, Better::Lower, None),
        ],
        curve: MONTHS,
        currency: "EUR".to_owned(),
        analyses: Vec::new(),
    }
}

fn alternative(name: &str, label: &str, settings: [&str; 2]) -> Alternative {
    Alternative {
        name: name.to_owned(),
        label: label.to_owned(),
        strategy: name.split('/').next().unwrap_or_default().to_owned(),
        settings: settings.map(str::to_owned).to_vec(),
    }
}

fn outcome(figure: &str, label: &str, unit: Unit, better: Better, target: Option<f64>) -> Outcome {
    Outcome { figure: figure.to_owned(), label: label.to_owned(), unit, better, target, missing: None }
}

fn input(place: usize) -> Input {
    const NAMES: [(&str, &str, f64, f64); 8] = [
        ("vcf_discount", "%", 0.0, 0.47),
        ("azure.francecentral.dsv5-type1.price", "EUR/host-hour", 4.1, 6.3),
        ("staff_cost", "EUR/h", 70.0, 130.0),
        ("azure.germanywestcentral.dsv5-type1.price", "EUR/host-hour", 4.3, 6.9),
        ("growth", "%/year", 0.0, 0.08),
        ("hyper-v.effort-per-workload.hours-of-an-engineer", "h", 2.0, 9.0),
        ("energy", "EUR/kWh", 0.11, 0.31),
        ("egress", "EUR/GiB", 0.0, 0.08),
    ];
    let (name, unit, low, high) = NAMES[place % 8];
    let name = match place / 8 {
        0 => name.to_owned(),
        more => format!("{name}.{}", ["", "second-contract", "lyon"][more]),
    };
    let quantile = Distribution::Uniform { low, high }.tabulate().expect("it is a distribution");
    Input { name, unit: unit.to_owned(), columns: place..place + 1, quantile: Some(quantile) }
}

/// Numbers in (0, 1) that look random and never change.
fn noise(place: usize, kind: usize) -> f64 {
    let wave = libm::sin(place as f64 * 12.9898 + kind as f64 * 78.233) * 43_758.545_3;
    wave - libm::floor(wave)
}

/// About normal: the sum of twelve uniforms less six.
fn bell(place: usize, kind: usize) -> f64 {
    (0..12).map(|part| noise(place, kind * 13 + part)).sum::<f64>() - 6.0
}

fn values(mean: f64, deviation: f64, kind: usize) -> Vec<f64> {
    (0..1000).map(|place| mean + deviation * bell(place, kind)).collect()
}

fn each(values: &[f64], best: f64) -> Each {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let summary = Summary::of(values).expect("there are values");
    let median = Some(Estimate { value: summary.p50, low: sorted[469], high: sorted[531] });
    let best = Estimate { value: best, low: (best - 0.014).max(0.0), high: (best + 0.012).min(1.0) };
    Each { summary, median, best, skewed: None, sorted }
}

fn pair(of: usize, minus: usize, difference: [f64; 3]) -> Pair {
    let [value, low, high] = difference;
    let separated = low > 0.0 || high < 0.0;
    Pair {
        of: id(of),
        minus: id(minus),
        difference: Estimate { value, low, high },
        better: if value < 0.0 { 0.93 } else { 0.07 },
        separated,
        needed: (!separated).then_some(3_374),
        reduction: Some(17.3),
        reduction_fixed: Some(210.4),
        skewed: None,
    }
}

/// Five strategies by five outcomes, hyper-v the cheapest; the fourth outcome is skewed.
fn comparison(alternatives: &[AlternativeId]) -> Comparison {
    let means: [[f64; 5]; 5] = [
        [9.84e6, 7.53e6, 9.71e6, 8.9e6, 9.2e6],
        [0.9, 1.08, 1.1, 1.6, 1.9],
        [0.9995, 0.9993, 0.99971, 0.9991, 0.9996],
        [3.1e5, 2.4e5, 8.8e5, 6.9e5, 1.2e6],
        [0.0, 280.0, 310.0, 281.0, 420.0],
    ];
    let deviations = [0.9e6, 0.11, 0.0002, 9e4, 31.0];
    let outcomes = (0..5)
        .map(|outcome| {
            let each: Vec<Each> = (0..5)
                .map(|place| {
                    let mean = means[outcome][place];
                    let deviation = deviations[outcome] * if place == 1 { 0.4 } else { 1.0 };
                    let deviation = if mean == 0.0 { 0.0 } else { deviation };
                    each(&values(mean, deviation, outcome * 5 + place), [0.0, 0.97, 0.004, 0.026, 0.0][place])
                })
                .collect();
            let pairs = (1..5)
                .map(|place| {
                    let value = means[outcome][place] - means[outcome][0];
                    let half = deviations[outcome] * 0.145;
                    let mut pair = pair(place, 0, [value, value - half, value + half]);
                    if outcome == EXIT && place > 1 {
                        let bootstrap = Estimate { value, low: value - 0.9 * half, high: value + 1.7 * half };
                        pair.skewed = Some(Skewed { skewness: 3.4, bootstrap });
                    }
                    pair
                })
                .collect();
            Compared { outcome, each, pairs }
        })
        .collect();
    let fans = (0..5)
        .map(|place| {
            (0..MONTHS)
                .map(|month| {
                    let paid = means[0][place] * 1.15 * (month + 1) as f64 / MONTHS as f64;
                    let move_cost =
                        if place > 0 { 6e5 * (1.0 - libm::exp(-(month as f64) / 6.0)) } else { 0.0 };
                    [-0.16, -0.06, 0.0, 0.07, 0.19].map(|share| paid * (1.0 + share) + move_cost)
                })
                .collect()
        })
        .collect();
    Comparison {
        replications: 1000,
        fixed: 100,
        level: 0.95,
        reached: None,
        alternatives: alternatives.to_vec(),
        outcomes,
        fans,
    }
}

/// Twelve alternatives from levers, each with each, most not separated, the budget used up.
fn close_comparison() -> Comparison {
    let alternatives: Vec<usize> = (0..12).collect();
    let mean = |place: usize| 9.2e6 - 2.3e4 * ((place * 7) % 12) as f64;
    let each = alternatives
        .iter()
        .map(|place| each(&values(mean(*place), 5e5, 40 + place), if *place == 5 { 0.31 } else { 0.063 }));
    let mut pairs = Vec::new();
    for of in 0..12 {
        for minus in 0..of {
            let value = mean(of) - mean(minus);
            let mut pair = pair(of, minus, [value, value - 1.2e5, value + 1.2e5]);
            if of == 11 && minus == 10 {
                pair = Pair { needed: None, ..self::pair(of, minus, [0.0, 0.0, 0.0]) };
            }
            pairs.push(pair);
        }
    }
    Comparison {
        replications: 1000,
        fixed: 0,
        level: 0.95,
        reached: Some(Reached { reached: false, half_width: 1.2e5, needed: 5_760 }),
        alternatives: ids(0..12),
        outcomes: vec![Compared { outcome: NPV, each: each.collect(), pairs }],
        fans: Vec::new(),
    }
}

fn split() -> Split {
    let part = |alternative: usize, outcome: usize, [mean, ignorance, chance]: [f64; 3]| {
        let share = ignorance / (ignorance + chance);
        Parts {
            alternative: id(alternative),
            outcome,
            mean,
            ignorance,
            chance,
            share: (ignorance + chance > 0.0).then_some(Estimate {
                value: share,
                low: share - 0.06,
                high: (share + 0.04).min(1.0),
            }),
            missed: (outcome == NPV).then_some(Missed {
                pooled: Estimate { value: 0.62, low: 0.57, high: 0.67 },
                p5: 0.0,
                p95: 1.0,
            }),
        }
    };
    let mut parts = Vec::new();
    for place in 0..5 {
        let step = place as f64;
        parts.push(part(place, NPV, [9.8e6 - 5e5 * step, 8.1e11, 4e10 * (1.0 + step)]));
        parts.push(part(place, AVAILABILITY, [0.9991, if place == 2 { -1e-9 } else { 2e-8 }, 3e-8]));
        parts.push(part(place, DOWNTIME, if place == 0 { [0.0; 3] } else { [280.0, 90.0, 810.0] }));
    }
    Split { draws: 200, replications: 2, parts }
}

fn selection(finished: bool) -> Selection {
    let candidates = (0..12)
        .map(|place| Candidate {
            alternative: id(place),
            replications: if finished { [60, 340, 340, 10][place % 4] } else { 20 },
            mean: if place == 1 { 7.53e6 } else { 7.56e6 + 2.1e5 * place as f64 },
            deviation: 8.1e5 + 1e4 * place as f64,
            dropped: (finished && place != 1).then_some([60, 340, 340, 10][place % 4]),
        })
        .collect();
    Selection {
        procedure: if finished { Procedure::Kn } else { Procedure::Rinott },
        outcome: NPV,
        best: id(1),
        finished,
        guarantee:
            "with probability at least 0.95 the alternative selected is the best if it leads by 100 kEUR or \
                    more, provided the outcomes are normal"
                .to_owned(),
        delta: 1e5,
        level: 0.95,
        used: if finished { 1_512 } else { 240 },
        needed: if finished { 1_512 } else { 5_316 },
        candidates,
    }
}

fn of(place: usize) -> Measure {
    Measure { outcome: NPV, of: id(place), minus: None }
}

fn against(place: usize) -> Measure {
    Measure { outcome: NPV, of: id(place), minus: Some(id(0)) }
}

fn tornado() -> Sensitivity {
    let bars = (0..25)
        .map(|place| {
            let reach = 1.4e6 * libm::exp(-(place as f64) / 3.0);
            let sign = if place % 3 == 0 { -1.0 } else { 1.0 };
            let quantile = study().inputs[place].quantile.clone();
            let values = [0.1, 0.9].map(|u| quantile.as_ref().map_or(u, |quantile| quantile.at(u)));
            // The sixth bar has both ends on one side: the effect is not monotone.
            let measures = match place {
                5 => [9.84e6 + 1.9e5, 9.84e6 + 0.6e5],
                24 => [9.84e6; 2],
                _ => [9.84e6 - sign * reach, 9.84e6 + 0.7 * sign * reach],
            };
            Bar { input: place, values, measures }
        })
        .collect();
    Sensitivity {
        measure: of(0),
        replications: 20,
        evaluations: 1_020,
        residual_noise: Some(0.03),
        effects: Effects::Tornado { centre: 9.84e6, bars },
        notes: vec![
            "Of the mean over 20 replications: 3 % of the variance over the points is chance.".to_owned(),
        ],
    }
}

fn morris() -> Sensitivity {
    let effects = (0..25)
        .map(|place| {
            let size = 2.2e6 * libm::exp(-(place as f64) / 2.5) + 1e3 * (25 - place) as f64;
            Elementary {
                input: place,
                mean: if place % 2 == 0 { size } else { -0.8 * size },
                mean_absolute: Estimate { value: size, low: 0.9 * size, high: 1.12 * size },
                deviation: size * (0.1 + 1.1 * noise(place, 3)),
            }
        })
        .collect();
    Sensitivity {
        measure: against(1),
        replications: 10,
        evaluations: 26_000,
        residual_noise: Some(0.08),
        effects: Effects::Morris { effects },
        notes: Vec::new(),
    }
}

fn sobol() -> Sensitivity {
    let indices = (0..26)
        .map(|place| {
            let first = match place {
                0 => 0.552,
                1 => 0.181,
                2 => 0.094,
                _ => 0.02 * noise(place, 9) - 0.012,
            };
            let total = first.max(0.0) * 1.1 + 0.004;
            Index {
                input: (place != 4).then_some(if place > 4 { place - 1 } else { place }),
                first: Estimate { value: first, low: first - 0.05, high: first + 0.048 },
                total: Estimate { value: total, low: total - 0.018, high: total + 0.021 },
            }
        })
        .collect();
    Sensitivity {
        measure: of(0),
        replications: 1,
        evaluations: 55_296,
        residual_noise: None,
        effects: Effects::Sobol { mean: 9.9e6, variance: 8.6e11, indices },
        notes: Vec::new(),
    }
}

fn discovery() -> Discovery {
    let study = study();
    let points: Vec<(Vec<f64>, f64)> = (0..800)
        .map(|place| {
            let at: Vec<f64> = study
                .inputs
                .iter()
                .enumerate()
                .map(|(column, input)| input.value(noise(place, column)))
                .collect();
            let case = at[0] < 0.21 && at[2] > 95.0 && (at[1] > 4.6 || noise(place, 77) > 0.7);
            (at, if case { 4e5 } else { -6e5 } + 2e5 * bell(place, 5))
        })
        .collect();
    let cases = points.iter().filter(|(_, value)| *value > 0.0).count() as u32;
    let limit = |input, low, high, quasi_p| Limit { input, low, high, quasi_p };
    let boxes = vec![
        FoundBox {
            limits: vec![
                limit(0, None, Some(0.213), 1e-9),
                limit(2, Some(95.2), None, 1e-7),
                limit(1, Some(4.58), None, 0.13),
            ],
            coverage: 0.842,
            density: 0.913,
            mass: 0.151,
            base: 0.164,
            trajectory: (0..20)
                .map(|step| (1.0 - 0.008 * f64::from(step), 0.164 + 0.0374 * f64::from(step)))
                .collect(),
            sentence: String::new(),
        },
        FoundBox {
            limits: vec![limit(5, Some(3.1), Some(6.2), 0.02)],
            coverage: 0.09,
            density: 0.44,
            mass: 0.06,
            base: 0.05,
            trajectory: Vec::new(),
            sentence: String::new(),
        },
    ];
    Discovery {
        measure: against(3),
        worse_than: 0.0,
        futures: 800,
        replications: 5,
        cases,
        boxes,
        points,
        notes: Vec::new(),
    }
}

fn no_discovery() -> Discovery {
    Discovery { boxes: Vec::new(), cases: 12, measure: of(2), worse_than: 1.2e7, ..discovery() }
}

fn robustness() -> Robustness {
    let futures = 300;
    let regret: Vec<Vec<f64>> = (0..12)
        .map(|place| {
            (0..futures)
                .map(|future| {
                    let tilt = (future as f64 / futures as f64 - 0.4) * 2e6 * ((place % 4) as f64 - 1.0);
                    (tilt + 2e5 * bell(future, place) + if place == 1 { 0.0 } else { 3e5 }).max(0.0)
                })
                .collect()
        })
        .collect();
    let alternatives = regret
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let mut sorted = row.clone();
            sorted.sort_by(f64::total_cmp);
            Robust {
                alternative: id(place),
                greatest_regret: sorted[futures - 1],
                regret_p90: sorted[futures * 9 / 10],
                mean_regret: row.iter().sum::<f64>() / futures as f64,
                worst: 1.21e7,
                best: 6.8e6,
                hurwicz: 1.05e7,
                laplace: 8.8e6 + 1e5 * place as f64,
                satisficing: Some(if place == 4 { 0.0 } else { 0.64 }),
                cvar: 1.17e7,
                best_in: row.iter().filter(|regret| **regret == 0.0).count() as f64 / futures as f64,
            }
        })
        .collect();
    Robustness {
        outcome: NPV,
        futures: futures as u32,
        replications: 5,
        pessimism: 0.7,
        tail: 0.05,
        alternatives,
        winners: Winners {
            greatest_regret: id(1),
            regret_p90: id(1),
            maximin: id(1),
            hurwicz: id(5),
            laplace: id(0),
            satisficing: Some(id(1)),
            cvar: id(5),
        },
        regret,
        notes: Vec::new(),
    }
}

fn front() -> Front {
    let objectives = vec![
        Objective { outcome: NPV, statistic: Statistic::Mean },
        Objective { outcome: EXIT, statistic: Statistic::Tail },
        Objective { outcome: AVAILABILITY, statistic: Statistic::Mean },
    ];
    let candidates = (0..12)
        .map(|place| {
            let along = place as f64 / 11.0;
            let efficient = place % 3 != 2;
            let off = if efficient { 0.0 } else { 0.15 };
            Scored {
                alternative: id(place),
                values: vec![
                    7.4e6 + 2.4e6 * along + 1.5e6 * off,
                    1.3e6 / (1.0 + 4.0 * along) + 1e6 * off,
                    0.9991 + 0.0006 * noise(place, 4),
                ],
                half_widths: vec![6e4, 4.1e4, 2e-5],
                efficient,
                efficient_share: if efficient { 0.83 + 0.015 * place as f64 } else { 0.14 },
            }
        })
        .collect();
    Front {
        objectives,
        replications: 400,
        candidates,
        reference: vec![1.01e7, 1.52e6, 0.9990],
        hypervolume: 0.713,
        knee: id(4),
        notes: Vec::new(),
    }
}

fn thresholds(crossing: bool) -> Thresholds {
    let values: Vec<f64> = (0..21).map(|step| 0.47 * f64::from(step) / 20.0).collect();
    let mean = |place: usize, value: f64| match place {
        0 => 1.12e7 - 1.3e7 * value * if crossing { 1.0 } else { 0.1 },
        1 => 8.0e6 - 2e5 * value,
        2 => 9.0e6 - if crossing { 4.2e6 } else { 1.1e6 } * value,
        place => 9.3e6 + 1e5 * place as f64,
    };
    let changes = if crossing {
        vec![
            Change {
                at: Estimate { value: 0.2503, low: 0.221, high: 0.287 },
                from: id(1),
                to: id(2),
                share: 0.99,
            },
            Change {
                at: Estimate { value: 0.281, low: 0.262, high: 0.333 },
                from: id(2),
                to: id(0),
                share: 0.71,
            },
        ]
    } else {
        Vec::new()
    };
    Thresholds {
        input: 0,
        outcome: NPV,
        replications: 200,
        alternatives: ids(0..12),
        means: (0..12).map(|place| values.iter().map(|value| mean(place, *value)).collect()).collect(),
        values,
        changes,
        best_first: id(1),
        notes: Vec::new(),
    }
}

/// A few designs: all inputs drawn, at their modes, and at points.
fn records(study: &Study) -> Vec<Record> {
    let columns = study.columns();
    let mut drawn = Design::new(columns);
    for replication in 0..3 {
        for alternative in 0..2 {
            drawn.add(id(alternative), At::Drawn(replication), replication);
        }
    }
    drawn.add(id(0), At::Modes, 7);
    let mut points = Design::new(columns);
    for place in 0..2 {
        let point: Vec<f64> = (0..columns).map(|column| noise(place, column)).collect();
        let at = points.add_point(&point);
        points.add(id(11), at, 0);
    }
    [(0, drawn), (5, points)]
        .into_iter()
        .map(|(analysis, design)| {
            let width = study.outcomes.len() + study.curve;
            let values = (0..design.trials.len())
                .flat_map(|row| {
                    let known = [9.84e6 + row as f64, 0.9, 0.9995, 3.1e5 + 1.0 / 3.0, 280.25];
                    known.into_iter().chain(std::iter::repeat_n(1.0, width - 5))
                })
                .collect();
            Record { analysis, design, table: Table::new(width, values) }
        })
        .collect()
}
