//! Designs of experiments: where in the unit cube a model is evaluated.
//!
//! A design is a table of quantiles, row by row: one row a point, one column a figure that
//! is moved. A column has a key, and what is random in it is addressed by that key: another
//! column more, or another order of the columns, changes no column's numbers. Only the
//! dimension of the Sobol' sequence that a column takes is a matter of its place.

mod latin;
mod owen;
mod sobol;
mod trajectories;

pub use latin::latin_hypercube;
pub use owen::scrambled_sobol;
pub use sobol::{DIMENSIONS, sobol};
pub use trajectories::{Grid, Step, Trajectory, Walker, trajectories};

use super::question::Input;
use super::trials::Stopped;
use crate::base::random::{EntityKey, EntityKind};

/// Why a design cannot be laid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// A Sobol' sequence is even over the unit cube only in blocks of a power of two.
    #[error(
        "{rows} points of a Sobol' sequence are uneven: it is balanced only at powers of two; \
         take {} or {}",
        .rows.next_power_of_two() / 2,
        .rows.next_power_of_two()
    )]
    Unbalanced {
        /// The points asked for.
        rows: usize,
    },
    /// More columns than there are direction numbers for.
    #[error(
        "a Sobol' sequence has {DIMENSIONS} dimensions here, {columns} are needed: move fewer inputs, \
         or lay the points as a Latin hypercube"
    )]
    TooManyColumns {
        /// The columns needed.
        columns: usize,
    },
    /// More points than 32 bits tell apart.
    #[error("a Sobol' sequence has 2^32 points here, {rows} were asked for")]
    TooManyRows {
        /// The points asked for.
        rows: usize,
    },
    /// Morris' steps need two halves of a grid.
    #[error(
        "elementary effects step over half of a grid: its levels are an even number from 2 on, \
         as 4, not {levels}"
    )]
    OddLevels {
        /// The levels asked for.
        levels: u32,
    },
}

impl From<DesignError> for Stopped {
    fn from(error: DesignError) -> Self {
        Self::Impossible(error.to_string())
    }
}

const COLUMN: EntityKind = EntityKind::new("column of a design");

/// The keys of a study's columns, in their order: that of an input's `k`-th figure is made
/// of the input's name and `k`.
pub fn column_keys(inputs: &[Input]) -> Vec<EntityKey> {
    let of = |input: &Input| {
        let name = input.name.clone();
        (0..input.columns.len() as u64).map(move |place| EntityKey::new(COLUMN, &name, place))
    };
    inputs.iter().flat_map(of).collect()
}

#[cfg(test)]
pub(super) mod fixture {
    use super::*;

    /// So many columns.
    pub(crate) fn columns(count: usize) -> Vec<EntityKey> {
        (0..count).map(|place| EntityKey::new(COLUMN, &format!("x{place}"), 0)).collect()
    }

    /// One column of a table of rows.
    pub(crate) fn column(table: &[f64], width: usize, place: usize) -> Vec<f64> {
        table.chunks_exact(width).map(|row| row[place]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::Draws;

    #[test]
    fn designs_are_the_same_bits_on_every_machine() {
        let draws = Draws { seed: 42, replication: u64::MAX };
        let keys = fixture::columns(2);
        let hypercube = latin_hypercube(&draws, 4, &keys);
        let scrambled = scrambled_sobol(&draws, 4, &keys).unwrap();
        assert_eq!(
            hypercube.iter().map(|u| u.to_bits()).collect::<Vec<_>>(),
            [
                4600980022850231954,
                4597373792771520805,
                4590421185282717410,
                4601480237077502620,
                4603074826862882598,
                4603885024162927566,
                4605444710461596326,
                4605619785355538257,
            ]
        );
        assert_eq!(
            scrambled.iter().map(|u| (u * 4_294_967_296.0) as u32).collect::<Vec<_>>(),
            [598812193, 2891013722, 2516122193, 2066064445, 3369902271, 4205356301, 2060705992, 214515207]
        );
    }

    #[test]
    fn keys_of_columns_are_of_the_input_s_name_and_the_place_within_it() {
        let study = crate::study::fixture::study(1, 3, 1);
        let mut grouped = study.clone();
        grouped.inputs[1].columns = 1..3;
        grouped.inputs.truncate(2);
        let (plain, grouped) = (column_keys(&study.inputs), column_keys(&grouped.inputs));
        assert_eq!(plain[..2], grouped[..2]);
        assert_ne!(plain[2], grouped[2], "the second figure of x1 is not x2");
        assert_eq!(grouped.len(), 3);
    }
}
