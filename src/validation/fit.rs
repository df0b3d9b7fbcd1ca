//! Parameters fitted to published figures, the same on every run.

/// Steps are halved until they are below this share of a parameter.
const FINEST: f64 = 1e-7;
/// Values of the loss that are asked for at the most.
const PATIENCE: usize = 200_000;

/// The parameters, all above zero, at which `loss` is least, found from `start` by
/// pattern search (Hooke and Jeeves 1961): one parameter after the other is multiplied
/// and divided by a step that is halved when nothing helps. It needs no derivative, so
/// a loss with steps in it (a number of passes) will do; it finds a local minimum.
pub fn least<const N: usize>(start: [f64; N], loss: impl Fn(&[f64; N]) -> f64) -> [f64; N] {
    let (mut best, mut step, mut asked) = (start, 0.5, 1);
    let mut least = loss(&best);
    while step > FINEST && asked < PATIENCE {
        let before = least;
        for parameter in 0..N {
            for factor in [1.0 + step, 1.0 / (1.0 + step)] {
                let mut tried = best;
                tried[parameter] *= factor;
                let tried_loss = loss(&tried);
                asked += 1;
                if tried_loss < least {
                    (best, least) = (tried, tried_loss);
                }
            }
        }
        if least == before {
            step /= 2.0;
        }
    }
    best
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
        // The steps end below a millionth of a per cent of each parameter.
        assert!((fitted[0] - 2.0).abs() < 1e-3 && (fitted[1] - 5.0).abs() < 1e-4, "{fitted:?}");
    }
}
