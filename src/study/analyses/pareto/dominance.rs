//! Which points cannot be improved in one coordinate without giving something up in another.

/// For each point, whether no other is at least as good in every coordinate and better in one,
/// less being better. Points with the same coordinates do not dominate each other.
pub fn efficient(points: &[Vec<f64>]) -> Vec<bool> {
    points.iter().map(|point| !points.iter().any(|other| dominates(other, point))).collect()
}

/// Whether `a` is at least as good as `b` in every coordinate and better in one.
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    let mut better = false;
    for (a, b) in a.iter().zip(b) {
        if a > b {
            return false;
        }
        better |= a < b;
    }
    better
}

/// The least and the greatest of every coordinate.
///
/// # Panics
/// If there is no point.
pub fn ranges<'a>(points: impl IntoIterator<Item = &'a Vec<f64>>) -> Vec<[f64; 2]> {
    let mut points = points.into_iter();
    let first = points.next().expect("a range is of at least one point");
    let mut ranges: Vec<[f64; 2]> = first.iter().map(|value| [*value; 2]).collect();
    for point in points {
        for (range, value) in ranges.iter_mut().zip(point) {
            *range = [range[0].min(*value), range[1].max(*value)];
        }
    }
    ranges
}

/// The place of the efficient point nearest to the ideal one, the least of every coordinate,
/// with every coordinate scaled to the range of the efficient points (the L2 case of Yu's
/// compromise solutions, 1973). Of several, the first.
///
/// # Panics
/// If there is no efficient point.
pub fn knee(points: &[Vec<f64>], efficient: &[bool]) -> usize {
    let front = || points.iter().zip(efficient).filter(|(_, efficient)| **efficient).map(|(point, _)| point);
    let ranges = ranges(front());
    let distance = |point: &[f64]| -> f64 {
        point
            .iter()
            .zip(&ranges)
            .filter(|(_, [least, most])| most > least)
            .map(|(value, [least, most])| (value - least) / (most - least))
            .map(|scaled| scaled * scaled)
            .sum()
    };
    (0..points.len())
        .filter(|place| efficient[*place])
        .min_by(|a, b| distance(&points[*a]).total_cmp(&distance(&points[*b])))
        .expect("a front has at least one point")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_knee_of_a_small_front_is_as_by_hand() {
        // The front runs from (0, 10) to (100, 0); scaled, (20, 3) is (.2, .3), at √.13 from
        // the ideal; (60, 1) is (.6, .1), at √.37; the ends at 1. (50, 5) is dominated.
        let points = [vec![0.0, 10.0], vec![60.0, 1.0], vec![20.0, 3.0], vec![100.0, 0.0], vec![50.0, 5.0]];
        let front = efficient(&points);
        assert_eq!(front, [true, true, true, true, false]);
        assert_eq!(knee(&points, &front), 2);
    }

    #[test]
    fn equal_points_are_both_efficient_and_a_coordinate_without_range_decides_nothing() {
        let points = [vec![1.0, 2.0, 7.0], vec![1.0, 2.0, 7.0], vec![0.5, 3.0, 7.0]];
        let front = efficient(&points);
        assert_eq!(front, [true; 3]);
        assert_eq!(knee(&points, &front), 0);
    }

    /// Points on a coarse grid, so that ties are frequent.
    fn clouds() -> impl Strategy<Value = Vec<Vec<f64>>> {
        (2_usize..=4).prop_flat_map(|dimensions| {
            let point = prop::collection::vec((0_u8..6).prop_map(f64::from), dimensions);
            prop::collection::vec(point, 1..25)
        })
    }

    proptest! {
        #[test]
        fn no_member_is_dominated_and_every_other_is(points in clouds()) {
            let front = efficient(&points);
            for (point, member) in points.iter().zip(&front) {
                let by_a_member =
                    points.iter().zip(&front).any(|(other, other_member)| *other_member && dominates(other, point));
                prop_assert_eq!(*member, !by_a_member);
            }
            prop_assert!(front.contains(&true));
        }

        #[test]
        fn an_order_changes_nothing(points in clouds(), turn in 0_usize..25) {
            let front = efficient(&points);
            let mut turned = points.clone();
            let by = turn % points.len();
            turned.rotate_left(by);
            let mut expected = front.clone();
            expected.rotate_left(by);
            let again = efficient(&turned);
            prop_assert_eq!(&again, &expected);
            // Of several knees another may be the first; all are as far from the ideal.
            let (one, other) = (&points[knee(&points, &front)], &turned[knee(&turned, &again)]);
            let ranges = ranges(points.iter().zip(&front).filter(|(_, member)| **member).map(|(point, _)| point));
            let far = |point: &[f64]| -> f64 {
                let scaled = point.iter().zip(&ranges).map(|(x, [a, b])| if b > a { (x - a) / (b - a) } else { 0.0 });
                scaled.map(|x| x * x).sum()
            };
            prop_assert_eq!(far(one), far(other));
        }

        #[test]
        fn adding_a_dominated_point_changes_nothing(points in clouds(), pick in 0_usize..25, by in 1_u8..5) {
            let front = efficient(&points);
            let mut more = points.clone();
            let mut worse = points[pick % points.len()].clone();
            worse[0] += f64::from(by);
            more.push(worse);
            let again = efficient(&more);
            prop_assert_eq!(&again[..points.len()], &front[..]);
            prop_assert!(!again[points.len()]);
            prop_assert_eq!(knee(&more, &again), knee(&points, &front));
        }

        #[test]
        fn the_hypervolume_is_that_of_the_front_alone(points in clouds()) {
            let reference = vec![6.0; points[0].len()];
            let front = efficient(&points);
            let alone: Vec<Vec<f64>> =
                points.iter().zip(&front).filter(|(_, member)| **member).map(|(point, _)| point.clone()).collect();
            let all = super::super::hypervolume(&points, &reference);
            // Whole numbers: exact in any order.
            prop_assert_eq!(all, super::super::hypervolume(&alone, &reference));
            // Counted cell by cell.
            let cells = 6_usize.pow(reference.len() as u32);
            let dominated = (0..cells).filter(|cell| {
                let corner: Vec<f64> =
                    (0..reference.len()).map(|k| (cell / 6_usize.pow(k as u32) % 6) as f64).collect();
                points.iter().any(|point| point.iter().zip(&corner).all(|(p, c)| p <= c))
            });
            prop_assert_eq!(all, dominated.count() as f64);
        }
    }
}
