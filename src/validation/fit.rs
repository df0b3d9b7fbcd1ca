//! Parameters fitted to published figures, the same on every run.

/// How far each corner of the first simplex is from the start, in natural logarithms.
const FIRST_STEP: f64 = 0.2;
/// The search ends when the worst corner is this near to the best, in natural logarithms:
/// a ten-thousandth of a per cent.
const NEAR: f64 = 1e-6;
/// Steps at the most.
const PATIENCE: usize = 2_000;

/// The parameters, all above zero, at which `loss` is least, found from `start` by the
/// simplex of Nelder and Mead (A simplex method for function minimization, 1965) in the
/// logarithms of the parameters. It needs no derivative, so a loss with steps in it (a
/// number of passes) will do; it finds a local minimum.
pub fn least<const N: usize>(start: [f64; N], loss: impl Fn(&[f64; N]) -> f64) -> [f64; N] {
    let corner = |at: [f64; N]| Corner { at, loss: loss(&at.map(libm::exp)) };
    let start = start.map(libm::log);
    let mut simplex = vec![corner(start)];
    for parameter in 0..N {
        let mut at = start;
        at[parameter] += FIRST_STEP;
        simplex.push(corner(at));
    }
    for _ in 0..PATIENCE {
        simplex.sort_by(|a, b| a.loss.total_cmp(&b.loss));
        let (best, second_worst, worst) = (simplex[0], simplex[N - 1], simplex[N]);
        if worst.at.iter().zip(best.at).all(|(worst, best)| (worst - best).abs() < NEAR) {
            break;
        }
        let mean = |place: usize| simplex[..N].iter().map(|corner| corner.at[place]).sum::<f64>() / N as f64;
        let centre: [f64; N] = std::array::from_fn(mean);
        // The worst corner moved along the line through the centre of the others.
        let moved = |by: f64| corner(std::array::from_fn(|i| centre[i] + by * (worst.at[i] - centre[i])));
        let mirrored = moved(-1.0);
        let better = if mirrored.loss < best.loss {
            let further = moved(-2.0);
            Some(if further.loss < mirrored.loss { further } else { mirrored })
        } else if mirrored.loss < second_worst.loss {
            Some(mirrored)
        } else {
            let nearer = moved(if mirrored.loss < worst.loss { -0.5 } else { 0.5 });
            Some(nearer).filter(|nearer| nearer.loss < mirrored.loss.min(worst.loss))
        };
        match better {
            Some(better) => simplex[N] = better,
            None => {
                for other in &mut simplex[1..] {
                    *other = corner(std::array::from_fn(|i| (other.at[i] + best.at[i]) / 2.0));
                }
            }
        }
    }
    simplex[0].at.map(libm::exp)
}

/// A corner of the simplex: logarithms of the parameters, and their loss.
#[derive(Clone, Copy, Debug)]
struct Corner<const N: usize> {
    at: [f64; N],
    loss: f64,
}

/// The sum over pairs of published and simulated figures of the squared relative error.
pub fn squared_errors(pairs: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    pairs
        .into_iter()
        .map(|(published, simulated)| simulated / published - 1.0)
        .map(|error| error * error)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_from_afar() {
        let points = [(1.0, 7.0), (10.0, 52.0), (20.0, 102.0)];
        let fitted = least([1.0, 1.0], |[offset, slope]| {
            squared_errors(points.map(|(n, seconds)| (seconds, offset + slope * n)))
        });
        // The simplex ends at a ten-thousandth of a per cent, and the two make up for each
        // other.
        assert!((fitted[0] - 2.0).abs() < 1e-4 && (fitted[1] - 5.0).abs() < 1e-4, "{fitted:?}");
    }
}
