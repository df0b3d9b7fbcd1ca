//! The hypervolume: how much of space a set of points dominates.

/// The volume of what is dominated by at least one of `points` and dominates `reference`,
/// less being better in every coordinate (Zitzler and Thiele 1998). Exact, in any number of
/// dimensions from one on.
///
/// Cuts space into slabs along the last coordinate; each is its height times the hypervolume,
/// one dimension lower, of the points that reach into it. Two dimensions are a staircase.
/// The cost grows as the number of points to the power of dimensions less one: thousands in
/// two dimensions, hundreds in four.
pub fn hypervolume(points: &[Vec<f64>], reference: &[f64]) -> f64 {
    let inside: Vec<&[f64]> = points
        .iter()
        .map(Vec::as_slice)
        .filter(|point| point.iter().zip(reference).all(|(value, end)| value < end))
        .collect();
    volume(inside, reference)
}

/// Of points all of which dominate the reference.
fn volume(mut points: Vec<&[f64]>, reference: &[f64]) -> f64 {
    let last = reference.len() - 1;
    if last == 0 {
        let least = points.iter().map(|point| point[0]).fold(reference[0], f64::min);
        return reference[0] - least;
    }
    points.sort_by(|a, b| a[last].total_cmp(&b[last]));
    if last == 1 {
        return staircase(&points, reference);
    }
    let mut sum = 0.0;
    let mut reaching: Vec<&[f64]> = Vec::with_capacity(points.len());
    for (place, point) in points.iter().enumerate() {
        let shadow = &point[..last];
        if !reaching.iter().any(|other| covers(other, shadow)) {
            reaching.retain(|other| !covers(shadow, other));
            reaching.push(shadow);
        }
        let top = points.get(place + 1).map_or(reference[last], |next| next[last]);
        let height = top - point[last];
        if height > 0.0 {
            sum += height * volume(reaching.clone(), &reference[..last]);
        }
    }
    sum
}

/// Whether `a` is at least as good as `b` in every coordinate.
fn covers(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b)
}

/// The area under points sorted by their second coordinate.
fn staircase(points: &[&[f64]], reference: &[f64]) -> f64 {
    let mut area = 0.0;
    let mut left = reference[0];
    for point in points {
        if point[0] < left {
            area += (left - point[0]) * (reference[1] - point[1]);
            left = point[0];
        }
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_points_of_a_staircase_dominate_six() {
        let points = [vec![1.0, 3.0], vec![2.0, 2.0], vec![3.0, 1.0]];
        assert_eq!(hypervolume(&points, &[4.0, 4.0]), 6.0);
    }

    #[test]
    fn the_cyclic_permutations_of_one_two_three_dominate_thirteen() {
        let points = [vec![1.0, 2.0, 3.0], vec![2.0, 3.0, 1.0], vec![3.0, 1.0, 2.0]];
        assert_eq!(hypervolume(&points, &[4.0; 3]), 13.0);
    }

    #[test]
    fn the_front_of_zdt1_dominates_what_an_integral_says() {
        // f2 = 1 - √f1 for f1 from 0 to 1, reference (1.1, 1.1): 1.1² - 1/3 = .8766667.
        let n = 20_000;
        let points: Vec<Vec<f64>> = (0..=n)
            .map(|i| {
                // Even in √f1, so that no step of the staircase is tall.
                let root = f64::from(i) / f64::from(n);
                vec![root * root, 1.0 - root]
            })
            .collect();
        // A staircase of n steps misses triangles: half of Σ Δf1 Δf2 = 1/(2n) at most.
        let missed = 0.5 / f64::from(n) + 1e-7;
        let found = hypervolume(&points, &[1.1, 1.1]);
        assert!(found < 0.876_666_7 && 0.876_666_7 - found < missed, "{found}");
    }

    #[test]
    fn four_dimensions_agree_with_inclusion_and_exclusion() {
        let points = [vec![1.0, 2.0, 3.0, 0.5], vec![2.0, 1.0, 0.0, 3.0], vec![0.0, 3.0, 2.0, 2.0]];
        let reference = [4.0, 5.0, 4.0, 6.0];
        let boxed = |members: &[usize]| -> f64 {
            (0..4)
                .map(|k| {
                    reference[k] - members.iter().map(|i| points[*i][k]).fold(f64::NEG_INFINITY, f64::max)
                })
                .product()
        };
        let by_hand =
            boxed(&[0]) + boxed(&[1]) + boxed(&[2]) - boxed(&[0, 1]) - boxed(&[0, 2]) - boxed(&[1, 2])
                + boxed(&[0, 1, 2]);
        // Sums of products of halves: exact.
        assert_eq!(hypervolume(&points, &reference), by_hand);
    }

    #[test]
    fn what_is_dominated_doubled_or_beyond_the_reference_adds_nothing() {
        let front = vec![vec![1.0, 3.0, 1.0], vec![3.0, 1.0, 1.0]];
        let volume = hypervolume(&front, &[4.0; 3]);
        for added in [vec![3.5, 3.5, 1.0], vec![1.0, 3.0, 1.0], vec![0.0, 0.0, 4.0], vec![5.0, 0.0, 0.0]] {
            let mut more = front.clone();
            more.push(added);
            assert_eq!(hypervolume(&more, &[4.0; 3]), volume);
        }
        assert_eq!(hypervolume(&[], &[4.0; 3]), 0.0);
        assert_eq!(hypervolume(&[vec![1.0]], &[4.0]), 3.0);
    }
}
