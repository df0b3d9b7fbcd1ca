//! Where the least of several broken lines changes from one to another.

/// A change of the least line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// Where, in the unit of the abscissa.
    pub at: f64,
    /// The least before.
    pub from: usize,
    /// The least behind.
    pub to: usize,
}

/// The least of lines that are straight between abscissas.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The least at the first abscissa; of several, the one that is least behind it, then the
    /// first.
    pub first: usize,
    /// Where it changes, ascending.
    pub crossings: Vec<Crossing>,
}

/// The lower envelope of lines over ascending `abscissas`, at least two. `heights` has those
/// of one line after the other, one at each abscissa. A line that only touches the least
/// does not take its place.
pub fn lower_envelope(abscissas: &[f64], heights: &[f64]) -> Envelope {
    let steps = abscissas.len();
    let lines = heights.len() / steps;
    let height = |line: usize, step: usize| heights[line * steps + step];

    let mut least = 0;
    for line in 1..lines {
        let ends = |line| (height(line, 0), height(line, 1));
        if ends(line) < ends(least) {
            least = line;
        }
    }
    let mut envelope = Envelope { first: least, crossings: Vec::new() };
    for step in 0..steps - 1 {
        // Each pass ends lower than the one before, so there are at most as many as lines.
        let mut reached = 0.0;
        while let Some((share, line)) =
            next_below(lines, least, |line| (height(line, step), height(line, step + 1)))
        {
            reached = share.max(reached);
            let at = abscissas[step] + reached * (abscissas[step + 1] - abscissas[step]);
            envelope.crossings.push(Crossing { at, from: least, to: line });
            least = line;
        }
    }
    envelope
}

/// The line that first goes below the least one in a segment and ends below it, with the share
/// of the segment at which it does; of several there, the one that ends lowest.
fn next_below(lines: usize, least: usize, ends: impl Fn(usize) -> (f64, f64)) -> Option<(f64, usize)> {
    let (start, end) = ends(least);
    let mut next: Option<(f64, f64, usize)> = None;
    for line in (0..lines).filter(|line| *line != least) {
        let (line_start, line_end) = ends(line);
        let lead = end - line_end;
        if lead <= 0.0 {
            continue;
        }
        // Its lag at the start; none where rounding put it below already.
        let lag = (line_start - start).max(0.0);
        let candidate = (lag / (lag + lead), line_end, line);
        if next.is_none_or(|(share, lowest, _)| (candidate.0, candidate.1) < (share, lowest)) {
            next = Some(candidate);
        }
    }
    next.map(|(share, _, line)| (share, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_lines_change_places_where_they_cross() {
        // x and 3 - x over 0 to 4, straight: at 1.5.
        let envelope = lower_envelope(&[0.0, 1.0, 4.0], &[0.0, 1.0, 4.0, 3.0, 2.0, -1.0]);
        assert_eq!(envelope, Envelope { first: 0, crossings: vec![Crossing { at: 1.5, from: 0, to: 1 }] });
    }

    #[test]
    fn several_changes_within_one_segment_come_in_their_order() {
        // x, 2, then 6 - x over 0 to 10: at 2 and at 4.
        let envelope = lower_envelope(&[0.0, 10.0], &[0.0, 10.0, 2.0, 2.0, 6.0, -4.0]);
        assert_eq!(
            envelope.crossings,
            [Crossing { at: 2.0, from: 0, to: 1 }, Crossing { at: 4.0, from: 1, to: 2 }]
        );
    }

    #[test]
    fn a_change_at_an_abscissa_is_one_change_and_a_touch_is_none() {
        let cross = lower_envelope(&[0.0, 1.0, 2.0], &[0.0, 1.0, 2.0, 2.0, 1.0, 0.0]);
        assert_eq!(cross.crossings, [Crossing { at: 1.0, from: 0, to: 1 }]);
        let touch = lower_envelope(&[0.0, 1.0, 2.0], &[0.0, 1.0, 0.0, 2.0, 1.0, 2.0]);
        assert_eq!(touch, Envelope { first: 0, crossings: Vec::new() });
        let same = lower_envelope(&[0.0, 1.0], &[1.0, 2.0, 1.0, 2.0]);
        assert_eq!(same, Envelope { first: 0, crossings: Vec::new() });
        // Equal at the first abscissa: the one that is lower behind it.
        assert_eq!(lower_envelope(&[0.0, 1.0], &[1.0, 2.0, 1.0, 0.0]).first, 1);
    }

    proptest! {
        #[test]
        fn between_crossings_nothing_is_lower(
            steps in 2_usize..6,
            heights in prop::collection::vec(-9_i8..9, 30),
        ) {
            let abscissas: Vec<f64> = (0..steps).map(|step| (step * step) as f64 + step as f64).collect();
            let lines = heights.len() / steps;
            let heights: Vec<f64> = heights[..lines * steps].iter().map(|height| f64::from(*height)).collect();
            let envelope = lower_envelope(&abscissas, &heights);
            let line = |line: usize, x: f64| {
                let step = abscissas.partition_point(|a| *a <= x).clamp(1, steps - 1) - 1;
                let share = (x - abscissas[step]) / (abscissas[step + 1] - abscissas[step]);
                let [a, b] = [heights[line * steps + step], heights[line * steps + step + 1]];
                a + share * (b - a)
            };
            prop_assert!(envelope.crossings.is_sorted_by(|a, b| a.at <= b.at && a.to == b.from));
            for k in 0..=200 {
                let x = abscissas[steps - 1] * f64::from(k) / 200.0;
                let passed = envelope.crossings.iter().take_while(|crossing| crossing.at <= x).last();
                let least = passed.map_or(envelope.first, |crossing| crossing.to);
                let lowest = (0..lines).map(|other| line(other, x)).fold(f64::INFINITY, f64::min);
                // Interpolation rounds; heights differ by whole numbers over few units.
                prop_assert!(line(least, x) - lowest < 1e-9, "at {x}: {least}");
            }
        }
    }
}
