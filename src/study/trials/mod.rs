//! Trials: what an analysis asks to be evaluated, and the table of what came out.
//!
//! An analysis lays down a [`Design`], gives it to a [`Sampler`] and reads the
//! [`Table`]. It knows neither simulations nor threads; a sampler knows no statistics.
//! So an analysis is tested on a formula, and a sampler may answer from what it has
//! kept of an interrupted study.

mod runner;
mod simulated;
mod store;
#[cfg(test)]
mod synchronisation;

pub use runner::{Model, Runner, Watch};
pub use simulated::{Contender, Simulated, Variant};
pub use store::{Key, KeyBuilder, Store};

use crate::typed_id;

typed_id!(
    /// One of the alternatives that a study compares: a strategy in one variant of the
    /// scenario.
    AlternativeId
);

/// One evaluation: an alternative, in one state of the inputs, under one course of chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trial {
    /// What is evaluated.
    pub alternative: AlternativeId,
    /// Where the uncertain inputs stand.
    pub inputs: At,
    /// The address of the chance events: the same number is the same failures, faults
    /// and absences for every alternative and every state of the inputs.
    pub chance: u64,
}

/// Where the uncertain inputs stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// All of them drawn, as this replication of a run draws them.
    Drawn(u64),
    /// All of them at their modes.
    Modes,
    /// Those of the study at this point of the design, all others at their modes.
    Point(u32),
}

/// What is to be evaluated.
#[derive(Clone, Debug, Default)]
pub struct Design {
    /// Points of the unit cube, one after the other, `columns` numbers each: the
    /// quantile at which each input stands, from 0 to 1. See [`Design::add_point`].
    points: Vec<f64>,
    columns: usize,
    /// The trials, in the order in which the table answers them.
    pub trials: Vec<Trial>,
}

impl Design {
    /// An empty design over points of so many columns.
    pub fn new(columns: usize) -> Self {
        Self { points: Vec::new(), columns, trials: Vec::new() }
    }

    /// Adds a point; what is at exactly 0 or 1 is brought within the open interval when
    /// it is evaluated, since some distributions have no ends, and NaN stands for the
    /// mode of that input.
    ///
    /// # Panics
    /// If it has not one number for each column.
    pub fn add_point(&mut self, point: &[f64]) -> At {
        assert_eq!(point.len(), self.columns, "a point has one number for each column");
        let place = self.points.len().checked_div(self.columns).unwrap_or(0);
        self.points.extend_from_slice(point);
        At::Point(u32::try_from(place).expect("a design has fewer than 2^32 points"))
    }

    /// Adds a trial.
    pub fn add(&mut self, alternative: AlternativeId, inputs: At, chance: u64) {
        self.trials.push(Trial { alternative, inputs, chance });
    }

    /// The point at which a trial's inputs stand; none when they stand elsewhere.
    pub fn point(&self, trial: &Trial) -> Option<&[f64]> {
        match trial.inputs {
            At::Point(place) => {
                let start = place as usize * self.columns;
                Some(&self.points[start..start + self.columns])
            }
            At::Drawn(_) | At::Modes => None,
        }
    }

    /// Numbers of a point.
    pub fn columns(&self) -> usize {
        self.columns
    }
}

/// The outcomes of a design's trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    columns: usize,
    values: Vec<f64>,
}

impl Table {
    /// The table of these values, `columns` of them a trial.
    ///
    /// # Panics
    /// If a row is not whole.
    pub fn new(columns: usize, values: Vec<f64>) -> Self {
        assert!(columns > 0 && values.len().is_multiple_of(columns), "every trial has every outcome");
        Self { columns, values }
    }

    /// Outcome `column` of trial `row`.
    #[inline]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    /// All outcomes of trial `row`.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// One outcome of all trials, in their order.
    pub fn column(&self, column: usize) -> impl ExactSizeIterator<Item = f64> + '_ {
        self.values.chunks_exact(self.columns).map(move |row| row[column])
    }

    /// Number of trials.
    pub fn len(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Whether there is no trial.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Evaluates designs.
pub trait Sampler {
    /// The outcomes of every trial, in the order of the design: those of the study, then
    /// its hidden ones (see [`Study::curve`](super::Study::curve)). No value is NaN.
    ///
    /// # Errors
    /// [`Stopped`]; then nothing of the design is known.
    fn sample(&mut self, design: &Design) -> Result<Table, Stopped>;
}

/// Why a study did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The user asked for it.
    #[error("interrupted")]
    Interrupted,
    /// An outcome does not exist in some trial, and the study states no value in its place.
    #[error(
        "the outcome `{outcome}` does not exist in {missing} of {of} runs of `{alternative}`: \
         give it a value in their place, as in `{{figure: {outcome}, missing: 0}}`, or leave it out"
    )]
    Missing {
        /// Its dotted name.
        outcome: String,
        /// Under which alternative.
        alternative: String,
        /// In how many runs.
        missing: usize,
        /// Of how many.
        of: usize,
    },
    /// What was kept for a resumption cannot be written or read.
    #[error("cannot keep what is done in {place}")]
    Store {
        /// The folder.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The analysis cannot be made of what was asked.
    #[error("{0}")]
    Impossible(String),
}

/// A sampler that works out each trial on the spot, for models of a formula: the point
/// (empty where there is none) in, outcomes out.
pub struct Plainly<F> {
    /// Outcomes of a trial.
    pub outcomes: usize,
    /// The model.
    pub model: F,
}

impl<F: FnMut(&Trial, &[f64], &mut [f64])> Sampler for Plainly<F> {
    fn sample(&mut self, design: &Design) -> Result<Table, Stopped> {
        let mut values = vec![0.0; design.trials.len() * self.outcomes];
        for (trial, out) in design.trials.iter().zip(values.chunks_exact_mut(self.outcomes)) {
            (self.model)(trial, design.point(trial).unwrap_or(&[]), out);
        }
        Ok(Table::new(self.outcomes, values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id as _;

    #[test]
    fn a_table_answers_the_trials_of_a_design_in_their_order() {
        let mut design = Design::new(2);
        let (a, b) = (AlternativeId::from_index(0), AlternativeId::from_index(1));
        let far = design.add_point(&[0.25, 0.75]);
        design.add(b, far, 7);
        design.add(a, At::Modes, 3);
        let mut sampler = Plainly {
            outcomes: 2,
            model: |trial: &Trial, point: &[f64], out: &mut [f64]| {
                out[0] = point.iter().sum::<f64>() + trial.alternative.index() as f64;
                out[1] = trial.chance as f64;
            },
        };
        let table = sampler.sample(&design).expect("nothing interrupts");
        assert_eq!((table.row(0), table.row(1)), (&[2.0, 7.0][..], &[0.0, 3.0][..]));
        assert_eq!(table.column(1).collect::<Vec<_>>(), [7.0, 3.0]);
    }
}
