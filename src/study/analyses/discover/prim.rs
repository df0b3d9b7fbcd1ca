//! The patient rule induction method on plain columns: peeling, choosing, pasting.
//!
//! Friedman and Fisher (1999), "Bump hunting in high-dimensional data". A box starts as
//! everything and is peeled: each step cuts a thin slice off one side of one column, the
//! slice whose loss raises the density of cases the most for each point lost (their patient
//! criterion: where many points share a value, a slice takes them all, and a thick slice
//! has to be worth it). Of all boxes on the way one is [`chosen`], then enlarged ([`paste`]):
//! thin slices are put back wherever that does not thin it out.

/// Points, column by column, and which of them are cases.
#[derive(Clone, Copy, Debug)]
pub struct Cloud<'a> {
    /// The values of every column, point by point; none is NaN.
    pub columns: &'a [Vec<f64>],
    /// Whether each point is a case.
    pub cases: &'a [bool],
}

/// How patiently boxes are peeled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// The share of the points in the box that a slice takes, in (0, 1).
    pub peel: f64,
    /// The least number of points that a box may hold, at least 1.
    pub least: usize,
}

/// What a box admits of one column: what lies strictly between its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ends {
    /// The lower end; none where it is free downwards.
    pub low: Option<f64>,
    /// The upper end; none where it is free upwards.
    pub high: Option<f64>,
}

/// A box on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// What it admits of each column.
    pub ends: Vec<Ends>,
    /// The points in it.
    pub points: usize,
    /// The cases among them.
    pub cases: usize,
}

/// A side of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Low,
    High,
}

const SIDES: [Side; 2] = [Side::Low, Side::High];

impl Ends {
    /// Whether it admits `value`.
    pub fn admit(&self, value: f64) -> bool {
        self.low.is_none_or(|low| value > low) && self.high.is_none_or(|high| value < high)
    }

    /// Whether it admits everything.
    pub fn are_free(&self) -> bool {
        self.low.is_none() && self.high.is_none()
    }

    fn set(&mut self, side: Side, end: Option<f64>) {
        match side {
            Side::Low => self.low = end,
            Side::High => self.high = end,
        }
    }

    fn at(&self, side: Side) -> Option<f64> {
        match side {
            Side::Low => self.low,
            Side::High => self.high,
        }
    }
}

impl Shape {
    /// The share of its points that are cases; 0 when it is empty.
    pub fn density(&self) -> f64 {
        if self.points == 0 { 0.0 } else { self.cases as f64 / self.points as f64 }
    }

    /// The box with these ends, of the points `among`.
    pub fn of(cloud: &Cloud<'_>, among: &[u32], ends: Vec<Ends>) -> Self {
        let mut shape = Self { ends, points: 0, cases: 0 };
        for &point in among {
            if shape.holds(cloud, point) {
                shape.points += 1;
                shape.cases += usize::from(cloud.cases[point as usize]);
            }
        }
        shape
    }

    /// Whether `point` lies in it.
    pub fn holds(&self, cloud: &Cloud<'_>, point: u32) -> bool {
        self.ends.iter().zip(cloud.columns).all(|(ends, column)| ends.admit(column[point as usize]))
    }
}

/// Every box on the way of peeling the points `among`, the first of them all: until no slice
/// raises the density, or every slice that does leaves fewer points than a box may hold.
pub fn peelings(cloud: &Cloud<'_>, among: &[u32], patience: Patience) -> Vec<Shape> {
    let mut sorted: Vec<Vec<u32>> = cloud
        .columns
        .iter()
        .map(|column| {
            let mut order = among.to_vec();
            order.sort_by(|a, b| column[*a as usize].total_cmp(&column[*b as usize]));
            order
        })
        .collect();
    let mut trajectory = vec![Shape::of(cloud, among, vec![Ends::default(); cloud.columns.len()])];
    loop {
        let current = trajectory.last().expect("the trajectory begins with everything");
        let Some(slice) = best_slice(cloud, &sorted, current, patience) else { break };
        let mut next = Shape {
            points: current.points - slice.points,
            cases: current.cases - slice.cases,
            ..current.clone()
        };
        next.ends[slice.column].set(slice.side, Some(slice.end));
        let (ends, column) = (next.ends[slice.column], &cloud.columns[slice.column]);
        for order in &mut sorted {
            order.retain(|point| ends.admit(column[*point as usize]));
        }
        trajectory.push(next);
    }
    trajectory
}

/// A slice off one side of one column.
#[derive(Clone, Copy, Debug)]
struct Slice {
    column: usize,
    side: Side,
    /// Where the box ends without it.
    end: f64,
    points: usize,
    cases: usize,
}

/// The slice whose loss raises the density the most for each point lost; of several, that of
/// the first column, the lower side first.
fn best_slice(cloud: &Cloud<'_>, sorted: &[Vec<u32>], current: &Shape, patience: Patience) -> Option<Slice> {
    let mut best: Option<(f64, Slice)> = None;
    for (column, order) in sorted.iter().enumerate() {
        for side in SIDES {
            let Some(slice) = slice(cloud, order, (column, side), patience.peel) else { continue };
            let left = current.points - slice.points;
            if left < patience.least {
                continue;
            }
            let density = (current.cases - slice.cases) as f64 / left as f64;
            let gain = (density - current.density()) / slice.points as f64;
            if gain > 0.0 && best.is_none_or(|(most, _)| gain > most) {
                best = Some((gain, slice));
            }
        }
    }
    best.map(|(_, slice)| slice)
}

/// The slice off a side whose box ends at the quantile `peel` of the points that are in it,
/// halfway between the last point lost and the first one kept; none where all points have
/// one value.
fn slice(cloud: &Cloud<'_>, order: &[u32], (column, side): (usize, Side), peel: f64) -> Option<Slice> {
    let points = order.len();
    let value = |place: usize| {
        let place = if side == Side::Low { place } else { points - 1 - place };
        cloud.columns[column][order[place] as usize]
    };
    let last = ((points.checked_sub(1)?) as f64 * peel) as usize;
    let kept = (last + 1..points).find(|place| value(*place) != value(last))?;
    let end = between(value(kept - 1), value(kept));
    let lost = if side == Side::Low { &order[..kept] } else { &order[points - kept..] };
    let cases = lost.iter().filter(|point| cloud.cases[**point as usize]).count();
    Some(Slice { column, side, end, points: kept, cases })
}

/// A number between the last value outside a box and the first inside; the one outside where
/// they are neighbours, since ends are not admitted.
fn between(outside: f64, inside: f64) -> f64 {
    let middle = outside + 0.5 * (inside - outside);
    if middle == inside { outside } else { middle }
}

/// The place of the box with the greatest coverage times density: the one that says the most
/// in both directions. Of several, the first, which covers more.
pub fn chosen(trajectory: &[Shape]) -> usize {
    // Coverage times density is cases²/points, up to the number of all cases.
    let merit = |shape: &Shape| shape.cases as f64 * shape.density();
    let mut best = 0;
    for (place, shape) in trajectory.iter().enumerate() {
        if merit(shape) > merit(&trajectory[best]) {
            best = place;
        }
    }
    best
}

/// The box enlarged, slice by slice, as long as that does not lower its density: each slice
/// has as many points as a peel takes, and frees the side where no more are left.
pub fn paste(cloud: &Cloud<'_>, among: &[u32], shape: Shape, patience: Patience) -> Shape {
    let mut shape = shape;
    loop {
        let mut best: Option<Shape> = None;
        for (column, side) in (0..shape.ends.len()).flat_map(|column| SIDES.map(|side| (column, side))) {
            let Some(end) = shape.ends[column].at(side) else { continue };
            let wider = enlarged(cloud, among, &shape, (column, side, end), patience.peel);
            let rises = best.as_ref().is_none_or(|best| wider.density() > best.density());
            if wider.density() >= shape.density() && rises {
                best = Some(wider);
            }
        }
        match best {
            Some(wider) => shape = wider,
            None => return shape,
        }
    }
}

/// The box with one side moved outwards over the next points there, or freed.
fn enlarged(
    cloud: &Cloud<'_>,
    among: &[u32],
    shape: &Shape,
    (column, side, end): (usize, Side, f64),
    peel: f64,
) -> Shape {
    let mut ends = shape.ends.clone();
    ends[column].set(side, None);
    let open = Shape { ends: ends.clone(), points: 0, cases: 0 };
    let values = &cloud.columns[column];
    // As distances from the end, outwards, so that both sides read alike.
    let away = |value: f64| if side == Side::Low { end - value } else { value - end };
    let mut beyond: Vec<f64> = among
        .iter()
        .filter(|point| open.holds(cloud, **point))
        .map(|point| values[*point as usize])
        .filter(|value| away(*value) >= 0.0)
        .collect();
    beyond.sort_by(|a, b| away(*a).total_cmp(&away(*b)));
    let last = (shape.points.saturating_sub(1) as f64 * peel) as usize;
    if let Some(&reached) = beyond.get(last)
        && let Some(&next) = beyond.iter().find(|value| away(**value) > away(reached))
    {
        ends[column].set(side, Some(between(next, reached)));
    }
    Shape::of(cloud, among, ends)
}

/// The quasi-p-value of the ends of one column: how likely as many cases among as many points
/// would be if the density were that of the box without those ends (Bryant and Lempert 2010).
/// It takes no account of the search that found the box, hence "quasi".
pub fn quasi_p(cloud: &Cloud<'_>, among: &[u32], shape: &Shape, column: usize) -> f64 {
    let mut ends = shape.ends.clone();
    ends[column] = Ends::default();
    at_least(shape.cases, shape.points, Shape::of(cloud, among, ends).density())
}

/// The box without those ends whose quasi-p-value is above `level`: the worst goes first, and
/// the others are judged anew without it.
pub fn without_luck(cloud: &Cloud<'_>, among: &[u32], shape: Shape, level: f64) -> Shape {
    let mut shape = shape;
    loop {
        let worst = (0..shape.ends.len())
            .filter(|column| !shape.ends[*column].are_free())
            .map(|column| (column, quasi_p(cloud, among, &shape, column)))
            .filter(|(_, p)| *p > level)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((column, _)) = worst else { return shape };
        let mut ends = shape.ends;
        ends[column] = Ends::default();
        shape = Shape::of(cloud, among, ends);
    }
}

/// The probability of at least `successes` in `trials`, each with probability `p`: the upper
/// tail of the binomial distribution, summed from its largest term on.
pub fn at_least(successes: usize, trials: usize, p: f64) -> f64 {
    if successes == 0 || p >= 1.0 {
        return 1.0;
    }
    if p <= 0.0 || successes > trials {
        return 0.0;
    }
    let odds = p / (1.0 - p);
    // The side that does not contain the mean falls from its first term on.
    if successes as f64 > trials as f64 * p {
        let mut term = mass(successes, trials, p);
        let mut sum = term;
        for k in successes..trials {
            term *= (trials - k) as f64 / (k + 1) as f64 * odds;
            sum += term;
        }
        sum.min(1.0)
    } else {
        let mut term = mass(successes - 1, trials, p);
        let mut sum = term;
        for k in (1..successes).rev() {
            term *= k as f64 / ((trials - k + 1) as f64 * odds);
            sum += term;
        }
        (1.0 - sum).max(0.0)
    }
}

/// The probability of just `k` successes in `n` trials, 0 < p < 1.
fn mass(k: usize, n: usize, p: f64) -> f64 {
    let factorial = |n: usize| libm::lgamma(n as f64 + 1.0);
    let ways = factorial(n) - factorial(k) - factorial(n - k);
    libm::exp(ways + k as f64 * libm::log(p) + (n - k) as f64 * libm::log1p(-p))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of a design, column by column.
    fn sobol(rows: usize) -> Vec<Vec<f64>> {
        let table = crate::study::designs::sobol(rows, 4).expect("a power of two of few columns");
        (0..4).map(|column| table.chunks_exact(4).map(|row| row[column]).collect()).collect()
    }

    fn all(cloud: &Cloud<'_>) -> Vec<u32> {
        (0..cloud.cases.len() as u32).collect()
    }

    #[test]
    fn peeling_finds_the_box_that_an_independent_script_finds() {
        let columns = sobol(4096);
        let cases: Vec<bool> = (0..4096).map(|i| columns[0][i] > 0.6 && columns[1][i] < 0.4).collect();
        assert_eq!(cases.iter().filter(|case| **case).count(), 657);
        let cloud = Cloud { columns: &columns, cases: &cases };
        let patience = Patience { peel: 0.05, least: 205 };
        let trajectory = peelings(&cloud, &all(&cloud), patience);
        // The reference gives six decimals.
        let near = |a: f64, b: f64| (a - b).abs() < 5e-7;
        assert!(near(trajectory[1].density(), 0.168_851), "first peel {}", trajectory[1].density());
        let place = chosen(&trajectory);
        assert_eq!(place, trajectory.len() - 1);
        // Pasting changes nothing: a slice of 31 points beyond either end is mostly no case.
        let found = paste(&cloud, &all(&cloud), trajectory[place].clone(), patience);
        let found = without_luck(&cloud, &all(&cloud), found, 0.05);
        assert!(near(found.ends[0].low.expect("a is cut below"), 0.602_539));
        assert!(near(found.ends[1].high.expect("b is cut above"), 0.391_968));
        assert_eq!((found.ends[0].high, found.ends[1].low), (None, None));
        assert!(found.ends[2].are_free() && found.ends[3].are_free());
        assert!(near(found.cases as f64 / 657.0, 0.972_603));
        assert_eq!(found.density(), 1.0);
        assert!(near(found.points as f64 / 4096.0, 0.156_006));
        assert!(quasi_p(&cloud, &all(&cloud), &found, 0) < 1e-9);
    }

    #[test]
    fn points_that_share_a_value_go_or_stay_together() {
        // Three values; cases are those at 3 and half of those at 2.
        let values: Vec<f64> = (0..90).map(|i| f64::from(i / 30) + 1.0).collect();
        let cases: Vec<bool> = (0..90).map(|i| i >= 60 || (i >= 30 && i % 2 == 0)).collect();
        let columns = [values];
        let cloud = Cloud { columns: &columns, cases: &cases };
        let trajectory = peelings(&cloud, &all(&cloud), Patience { peel: 0.05, least: 1 });
        let lows: Vec<Option<f64>> = trajectory.iter().map(|shape| shape.ends[0].low).collect();
        assert_eq!(lows, [None, Some(1.5), Some(2.5)]);
        // 45² / 60 = 33.75 beats 30² / 30 and 45² / 90.
        assert_eq!(chosen(&trajectory), 1);
    }

    #[test]
    fn a_patient_peel_prefers_the_slice_that_gains_most_for_each_point() {
        // Column a loses half of all points at once; column b loses five at a time, and gains
        // less for each.
        let a: Vec<f64> = (0..100).map(|i| f64::from(i / 50)).collect();
        let b: Vec<f64> = (0..100).map(|i| f64::from((i * 37) % 100)).collect();
        let cases: Vec<bool> = (0..100).map(|i| i >= 50 && b[i] > 9.5).collect();
        let columns = [a, b];
        let cloud = Cloud { columns: &columns, cases: &cases };
        let trajectory = peelings(&cloud, &all(&cloud), Patience { peel: 0.05, least: 1 });
        let steps: Vec<usize> = trajectory.iter().map(|shape| shape.points).collect();
        // By hand: of 45 cases in 100, a's slice gives (45/50 - .45)/50 = .009 a point; b's
        // lowest five, none of them a case, (45/95 - .45)/5 = .0047.
        assert_eq!(steps[..2], [100, 50]);
        assert_eq!(trajectory[1].ends[0].low, Some(0.5));
        assert_eq!(trajectory.last().map(Shape::density), Some(1.0));
    }

    #[test]
    fn pasting_gives_back_what_peeling_took_too_much() {
        // Cases above 60 of 0..100; the box begins at 80, and its slices of one point
        // (5 % of 20) go back as far as they are cases.
        let columns = [(0..100).map(f64::from).collect::<Vec<f64>>()];
        let cases: Vec<bool> = (0..100).map(|i| i >= 60).collect();
        let cloud = Cloud { columns: &columns, cases: &cases };
        let small = Shape::of(&cloud, &all(&cloud), vec![Ends { low: Some(79.5), high: Some(97.5) }]);
        assert_eq!((small.points, small.cases), (18, 18));
        let wide = paste(&cloud, &all(&cloud), small, Patience { peel: 0.05, least: 1 });
        assert_eq!(wide.ends[0].high, None);
        assert_eq!(wide.density(), 1.0);
        // The last slice that would fit has two points once the box holds 39 or so.
        assert!(wide.cases >= 38, "{} cases", wide.cases);
    }

    #[test]
    fn an_end_that_luck_would_give_is_dropped() {
        // Cases are above 50 in column a; column b says nothing, and was cut all the same.
        let a: Vec<f64> = (0..100).map(f64::from).collect();
        let b: Vec<f64> = (0..100).map(|i| f64::from((i * 37) % 100)).collect();
        let cases: Vec<bool> = (0..100).map(|i| i > 50 && i % 10 != 0).collect();
        let columns = [a, b];
        let cloud = Cloud { columns: &columns, cases: &cases };
        let ends = vec![Ends { low: Some(50.5), high: None }, Ends { low: Some(4.5), high: None }];
        let shape = Shape::of(&cloud, &all(&cloud), ends);
        let kept = without_luck(&cloud, &all(&cloud), shape, 0.05);
        assert!(!kept.ends[0].are_free() && kept.ends[1].are_free());
        assert_eq!((kept.points, kept.cases), (49, 45));
    }

    #[test]
    fn the_binomial_tail_agrees_with_sums_by_hand() {
        // P(X >= 3) of 5 coins = 16/32; P(X >= 2) of 3 at .2 = .104; P(X >= 1) = 1 - .8^3.
        for (k, n, p, wanted) in
            [(3, 5, 0.5, 0.5), (2, 3, 0.2, 0.104), (1, 3, 0.2, 0.488), (3, 3, 0.9, 0.729)]
        {
            // lgamma is good to some units of the last place, its sums to a few more.
            assert!((at_least(k, n, p) - wanted).abs() < 1e-12, "{k} of {n}");
        }
        assert_eq!(at_least(0, 10, 0.3), 1.0);
        assert_eq!(at_least(4, 3, 0.3), 0.0);
    }
}
