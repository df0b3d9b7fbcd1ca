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
