//! Futures: states of the uncertain inputs on a Latin hypercube, each met by every
//! alternative under the same chance.

use crate::study::designs::{column_keys, latin_hypercube};
use crate::study::question::Study;
use crate::study::trials::{AlternativeId, At, Design, Sampler, Stopped};

/// The points of the futures: quantiles of the inputs, row by row.
#[derive(Clone, Debug)]
pub(super) struct Futures {
    points: Vec<f64>,
    columns: usize,
}

/// What is asked of the futures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// Which alternatives.
    pub alternatives: &'a [AlternativeId],
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Replications of each future: chance 0, 1, … at all of them.
    pub replications: u32,
}

/// One outcome of each alternative in each future.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    /// For each alternative, future by future and within it replication by replication.
    values: Vec<Vec<f64>>,
    replications: usize,
}

/// The most numbers of a Latin hypercube: 800 MB.
const MOST_NUMBERS: u64 = 100_000_000;

impl Futures {
    /// So many futures of a study, the same for every analysis of the same number.
    ///
    /// # Errors
    /// If there are no inputs to vary, or no future is asked for.
    pub(super) fn of(study: &Study, futures: u32, least: u32) -> Result<Self, Stopped> {
        if study.columns() == 0 {
            return Err(Stopped::Impossible(
                "without uncertain inputs there is only one future: name some under `inputs`".to_owned(),
            ));
        }
        if futures < least {
            return Err(Stopped::Impossible(format!(
                "{futures} futures are too few: at least {least} are needed"
            )));
        }
        let numbers = u64::from(futures) * study.columns() as u64;
        if numbers > MOST_NUMBERS {
            return Err(Stopped::Impossible(format!(
                "{futures} futures of {} inputs are too many to hold: ask for {} at most, or name fewer inputs",
                study.columns(),
                MOST_NUMBERS / study.columns() as u64
            )));
        }
        let columns = column_keys(&study.inputs);
        Ok(Self {
            points: latin_hypercube(&study.draws(), futures as usize, &columns),
            columns: columns.len(),
        })
    }

    /// The quantiles of all inputs, future by future.
    pub(super) fn points(&self) -> impl Iterator<Item = &[f64]> {
        self.points.chunks_exact(self.columns)
    }

    /// Evaluates every alternative in every future.
    ///
    /// # Errors
    /// Those of the sampler, and if no replication is asked for.
    pub(super) fn run(&self, asked: &Asked<'_>, sampler: &mut dyn Sampler) -> Result<Runs, Stopped> {
        if asked.replications == 0 {
            return Err(Stopped::Impossible("at least one replication of each future is needed".to_owned()));
        }
        let mut design = Design::new(self.columns);
        for point in self.points() {
            let at: At = design.add_point(point);
            for chance in 0..u64::from(asked.replications) {
                for &alternative in asked.alternatives {
                    design.add(alternative, at, chance);
                }
            }
        }
        let table = sampler.sample(&design)?;
        let mut values =
            vec![Vec::with_capacity(table.len() / asked.alternatives.len().max(1)); asked.alternatives.len()];
        for (row, value) in table.column(asked.outcome).enumerate() {
            values[row % asked.alternatives.len()].push(value);
        }
        Ok(Runs { values, replications: asked.replications as usize })
    }
}

impl Runs {
    /// The runs of the alternative at `place` of those asked for, one slice a future.
    pub(super) fn futures(&self, place: usize) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values[place].chunks_exact(self.replications)
    }

    /// Its mean over chance in every future.
    pub(super) fn means(&self, place: usize) -> Vec<f64> {
        self.futures(place).map(mean).collect()
    }
}

/// The mean of values of which there is at least one.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
