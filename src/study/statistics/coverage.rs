//! How often intervals hold what they promise: each procedure on models whose truth is
//! known, many times.

use serde::Serialize;

use super::bootstrap::Bootstrap;
use super::proportion::{Count, clopper_pearson, clustered};
use super::quantiles::two_sided;
use super::skew::too_skewed;
use super::{Moments, anova, order, stopping};
use crate::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
use crate::study::analyses::Estimate;

const SEED: u64 = 1;
const CASE: EntityKind = EntityKind::new("coverage");
const VALUES: Purpose = Purpose::new("values of a study of known truth");

/// One case: a model, a procedure, a number of values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The model and the procedure, in words.
    pub case: &'static str,
    /// Values of each study; in the first stage where the number is not fixed.
    pub n: usize,
    /// How often the interval should hold the truth.
    pub nominal: f64,
    /// In what share of the studies it did.
    pub covered: f64,
    /// What others found; none where nothing is published or was computed apart.
    pub expected: Option<f64>,
    /// In what share of the studies the skewness of the values warned; none where the
    /// procedure needs no warning.
    pub warned: Option<f64>,
    /// How many studies.
    pub studies: u32,
}

impl Row {
    /// The standard error of [`Row::covered`], as if the nominal share were expected
    /// where nothing else is.
    pub fn error(&self) -> f64 {
        let p = self.expected.unwrap_or(self.nominal);
        libm::sqrt(p * (1.0 - p) / f64::from(self.studies))
    }
}

/// All cases. Takes a second where the program is optimised.
pub fn report() -> Vec<Row> {
    let mut rows = student(10_000);
    rows.extend(stopped(10_000));
    rows.extend(delays(2_000));
    rows.push(median(10_000));
    rows.extend(shares(1_000));
    rows.extend(resampled(100));
    rows
}

/// Student's 95 % interval of a mean: normal, lognormal(0, 1), and the sum of the hours of
/// Poisson(0.3) outages that last an exponential time each.
pub fn student(studies: u32) -> Vec<Row> {
    let mut rows = Vec::new();
    for model in [NORMAL, LOG_NORMAL, OUTAGES] {
        let mut values = Vec::new();
        let mut tallies = vec![(0, 0); model.student.len()];
        for study in 0..studies {
            model.values(study, 100, &mut values);
            for ((n, _), (covered, warned)) in model.student.iter().zip(&mut tallies) {
                let moments = Moments::of(&values[..*n]);
                *covered += u32::from(holds(super::mean::interval(&moments, 0.95), model.mean));
                *warned += u32::from(too_skewed(&moments));
            }
        }
        for ((n, expected), (covered, warned)) in model.student.iter().zip(tallies) {
            rows.push(Row {
                case: model.name,
                n: *n,
                nominal: 0.95,
                covered: share(covered, studies),
                expected: Some(*expected),
                warned: Some(share(warned, studies)),
                studies,
            });
        }
    }
    rows
}

/// Intervals of half-width d = σ/4 of a normal mean, nominal 90 %, by each rule that says
/// when there are enough values.
pub fn stopped(studies: u32) -> Vec<Row> {
    const WIDTH: f64 = 0.25;
    const LEVEL: f64 = 0.90;
    const FIRST: usize = stopping::LEAST as usize;
    let quantiles: Vec<f64> = (0..2_000_usize).map(|n| two_sided(LEVEL, n.max(2) - 1)).collect();
    let half = |moments: &Moments| quantiles[moments.n() as usize] * moments.standard_error();
    let guarded = |moments: &Moments, guard: f64| {
        quantiles[moments.n() as usize] * libm::sqrt((moments.variance() + guard) / moments.n() as f64)
    };
    let one_over_n = |moments: &Moments| 1.0 / moments.n() as f64;
    type Rule<'a> = (&'static str, f64, &'a dyn Fn(&Moments) -> bool);
    let rules: [Rule<'_>; 3] = [
        ("normal, stopped at the plain half-width", 0.8885, &|m| half(m) <= WIDTH),
        ("normal, the textbook's Chow-Robbins at σ = 1", 0.900, &|m| guarded(m, one_over_n(m)) <= WIDTH),
        ("normal, Chow-Robbins free of units", 0.8964, &|m| {
            guarded(m, m.variance() * one_over_n(m)) <= WIDTH
        }),
    ];
    let row = |case, covered, expected| Row {
        case,
        n: FIRST,
        nominal: LEVEL,
        covered: share(covered, studies),
        expected: Some(expected),
        warned: None,
        studies,
    };
    let first = |stream: &mut Stream| (0..FIRST).map(|_| stream.normal(0.0, 1.0)).collect::<Moments>();
    let mut rows: Vec<Row> = rules
        .iter()
        .map(|(case, expected, enough)| {
            let covered = count(studies, "stopped", |stream| {
                let mut moments = first(stream);
                while !enough(&moments) {
                    moments.push(stream.normal(0.0, 1.0));
                }
                moments.mean().abs() <= WIDTH
            });
            row(*case, covered, *expected)
        })
        .collect();
    let covered = count(studies, "stopped", |stream| {
        let mut moments = first(stream);
        let enough = stopping::stein(&moments, WIDTH, LEVEL);
        while moments.n() < enough {
            moments.push(stream.normal(0.0, 1.0));
        }
        moments.mean().abs() <= WIDTH
    });
    rows.push(row("normal, Stein's two stages", covered, 0.906));
    rows
}

/// Student's 90 % interval of the mean delay of the first 25 customers of an M/M/1 queue
/// that starts empty, interarrival mean 1, service mean 0.9: in truth 2.1251.
pub fn delays(studies: u32) -> Vec<Row> {
    const TRUTH: f64 = 2.1251;
    let sizes = [(5, 0.836), (10, 0.860), (20, 0.876), (40, 0.887)];
    let mut covered = [0; 4];
    for study in 0..studies {
        let mut stream = stream(study, "delays");
        let values: Vec<f64> = (0..40).map(|_| mean_delay(&mut stream)).collect();
        for ((n, _), covered) in sizes.iter().zip(&mut covered) {
            *covered += u32::from(holds(super::mean::interval(&Moments::of(&values[..*n]), 0.90), TRUTH));
        }
    }
    let row = |((n, expected), covered)| Row {
        case: "M/M/1, mean of the first 25 delays",
        n,
        nominal: 0.90,
        covered: share(covered, studies),
        expected: Some(expected),
        warned: None,
        studies,
    };
    sizes.into_iter().zip(covered).map(row).collect()
}

/// The median of ten lognormal values between the second and the ninth of them.
pub fn median(studies: u32) -> Row {
    let covered = count(studies, "median", |stream| {
        let mut values: Vec<f64> = (0..10).map(|_| log_normal(stream)).collect();
        values.sort_by(f64::total_cmp);
        holds(order::interval(&values, 0.5, 0.95).expect("ten values have one"), 1.0)
    });
    Row {
        case: "lognormal, median by order statistics",
        n: 10,
        nominal: 0.95,
        covered: share(covered, studies),
        expected: Some(0.9785),
        warned: None,
        studies,
    }
}

/// Runs that depend on each other: 200 draws of the inputs with 5 replications each, in
/// which a target is missed with the probability u⁴ given the inputs, 0.2 in all; and the
/// share of ignorance in a normal model where it is 0.2.
pub fn shares(studies: u32) -> Vec<Row> {
    const DRAWS: usize = 200;
    const RUNS: usize = 5;
    let missed = |stream: &mut Stream| -> Vec<f64> {
        let one = |stream: &mut Stream| {
            let p = libm::pow(stream.uniform(), 4.0);
            (0..RUNS).filter(|_| stream.uniform() < p).count() as f64 / RUNS as f64
        };
        (0..DRAWS).map(|_| one(stream)).collect()
    };
    let clusters = count(studies, "shares", |stream| holds(clustered(&missed(stream), RUNS, 0.95), 0.2));
    let plainly = count(studies, "shares", |stream| {
        let of = (DRAWS * RUNS) as f64;
        let times = missed(stream).iter().sum::<f64>() * RUNS as f64;
        holds(clopper_pearson(Count { times, of }, 0.95), 0.2)
    });
    let ignorance = count(studies, "ignorance", |stream| {
        let group = |stream: &mut Stream| {
            let middle = stream.normal(0.0, 1.0);
            [stream.normal(middle, 2.0), stream.normal(middle, 2.0)]
        };
        let values: Vec<f64> = (0..50).flat_map(|_| group(stream)).collect();
        holds(anova::components(&values, 2, 0.95).share.expect("it varies"), 0.2)
    });
    let row = |case, n, covered, expected| Row {
        case,
        n,
        nominal: 0.95,
        covered: share(covered, studies),
        expected,
        warned: None,
        studies,
    };
    vec![
        row("missed target, by draws (Korn-Graubard)", DRAWS * RUNS, clusters, None),
        row("missed target, as if runs were independent", DRAWS * RUNS, plainly, None),
        row("share of ignorance, by F", 100, ignorance, Some(0.95)),
    ]
}

/// What a warning offers instead of Student's interval: the bootstrap.
pub fn resampled(studies: u32) -> Vec<Row> {
    let mut rows = Vec::new();
    for (model, cases) in [
        (
            LOG_NORMAL,
            ["lognormal, percentile bootstrap", "lognormal, BCa bootstrap", "lognormal, bootstrap-t"],
        ),
        (
            OUTAGES,
            [
                "rare outages, percentile bootstrap",
                "rare outages, BCa bootstrap",
                "rare outages, bootstrap-t or BCa",
            ],
        ),
    ] {
        for n in [30, 100] {
            let mut values = Vec::new();
            let mut covered = [0; 3];
            for study in 0..studies {
                model.values(study, n, &mut values);
                let draws = Draws { seed: SEED, replication: u64::from(study) };
                let resampled = Bootstrap { draws, resamples: 500, level: 0.95 }.of(&values);
                covered[0] += u32::from(holds(resampled.percentile(), model.mean));
                covered[1] += u32::from(holds(resampled.bca(), model.mean));
                covered[2] += u32::from(holds(resampled.best(), model.mean));
            }
            for (case, covered) in cases.into_iter().zip(covered) {
                let covered = share(covered, studies);
                rows.push(Row { case, n, nominal: 0.95, covered, expected: None, warned: None, studies });
            }
        }
    }
    rows
}

/// A model of independent values.
struct Model {
    name: &'static str,
    mean: f64,
    value: fn(&mut Stream) -> f64,
    /// Numbers of values, and the coverage of Student's interval that is expected.
    student: &'static [(usize, f64)],
}

const NORMAL: Model = Model {
    name: "normal, Student",
    mean: 0.0,
    value: |stream| stream.normal(0.0, 1.0),
    student: &[(10, 0.95)],
};
const LOG_NORMAL: Model = Model {
    name: "lognormal, Student",
    mean: 1.648_721_270_700_128_2, // √e
    value: log_normal,
    student: &[(10, 0.846), (30, 0.882), (100, 0.914)],
};
const OUTAGES: Model = Model {
    name: "rare outages, Student",
    mean: 0.3,
    value: outages,
    student: &[(10, 0.764), (30, 0.867), (100, 0.919)],
};

impl Model {
    /// The first `n` values of a study: more begin with fewer.
    fn values(&self, study: u32, n: usize, values: &mut Vec<f64>) {
        let mut stream = stream(study, self.name);
        values.clear();
        values.extend((0..n).map(|_| (self.value)(&mut stream)));
    }
}

fn log_normal(stream: &mut Stream) -> f64 {
    libm::exp(stream.normal(0.0, 1.0))
}

/// Hours of the outages that fall into one unit of time at a rate of 0.3.
fn outages(stream: &mut Stream) -> f64 {
    let (mut time, mut hours) = (stream.exponential(1.0 / 0.3), 0.0);
    while time < 1.0 {
        hours += stream.exponential(1.0);
        time += stream.exponential(1.0 / 0.3);
    }
    hours
}

/// By Lindley's recursion: D' = max(0, D + S - A).
fn mean_delay(stream: &mut Stream) -> f64 {
    let (mut delay, mut sum) = (0.0_f64, 0.0);
    for _ in 0..25 {
        sum += delay;
        delay = (delay + stream.exponential(0.9) - stream.exponential(1.0)).max(0.0);
    }
    sum / 25.0
}

fn stream(study: u32, case: &str) -> Stream {
    Draws { seed: SEED, replication: u64::from(study) }.stream(VALUES, EntityKey::new(CASE, case, 0))
}

fn count(studies: u32, case: &str, holds: impl Fn(&mut Stream) -> bool) -> u32 {
    (0..studies).map(|study| u32::from(holds(&mut stream(study, case)))).sum()
}

fn holds(interval: Estimate, truth: f64) -> bool {
    interval.low <= truth && truth <= interval.high
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within three standard errors of the difference: what is expected was simulated too,
    /// with about as many studies. One row in 370 would fail by chance, and the seed is
    /// fixed.
    fn assert_as_expected(rows: &[Row]) {
        for row in rows {
            let expected = row.expected.unwrap();
            assert!((row.covered - expected).abs() < 3.0 * std::f64::consts::SQRT_2 * row.error(), "{row:?}");
        }
    }

    #[test]
    fn ten_thousand_studies_of_a_normal_model_cover_as_promised_and_skewed_ones_as_published() {
        let rows = student(10_000);
        assert!((0.943..=0.957).contains(&rows[0].covered), "{:?}", rows[0]);
        assert_as_expected(&rows);
    }

    #[test]
    fn where_coverage_falls_short_the_skewness_warns() {
        let rows = student(1_000);
        let warned = |place: usize| rows[place].warned.unwrap();
        // Few normal samples warn; most lognormal ones do.
        assert!(warned(0) < 0.08, "{rows:?}");
        assert!(rows[1..4].iter().all(|row| row.warned.unwrap() > 0.5), "{rows:?}");
    }

    #[test]
    fn stopping_rules_cover_as_published() {
        assert_as_expected(&stopped(10_000));
    }

    #[test]
    fn delays_of_a_queue_are_covered_as_published() {
        let rows = delays(2_000);
        assert_as_expected(&rows);
        let mean: Moments = (0..20_000).map(|study| mean_delay(&mut stream(study, "mean delay"))).collect();
        // The reference has a standard error of .0009 of its own.
        let tolerance = 3.0 * libm::hypot(mean.standard_error(), 0.0009);
        assert!((mean.mean() - 2.1251).abs() < tolerance && tolerance < 0.06, "{mean:?}");
    }

    #[test]
    fn the_median_is_covered_as_the_binomial_says() {
        assert_as_expected(&[median(10_000)]);
    }

    #[test]
    fn runs_of_one_draw_are_not_counted_as_independent() {
        let rows = shares(1_000);
        assert!(rows[0].covered > 0.95 - 3.0 * rows[0].error(), "{:?}", rows[0]);
        assert!(rows[1].covered < 0.85, "{:?}", rows[1]);
        assert_as_expected(&rows[2..]);
    }

    #[test]
    fn a_bootstrap_of_skewed_values_covers_more_the_more_it_knows_of_skewness() {
        let rows = resampled(60);
        let sum = |place: usize| rows.iter().skip(place).step_by(3).map(|row| row.covered).sum::<f64>();
        assert!(sum(1) > sum(0) && sum(2) > sum(1), "{rows:?}");
    }
}
