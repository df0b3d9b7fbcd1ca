//! A sampler that evaluates in batches, on all threads, and can be interrupted.
//!
//! A design is cut into batches by its size alone, never by the number of threads, and
//! answers are put together in its order: the table has the same bytes however many
//! threads worked on it, and whether or not some of it was kept from before.

use std::collections::HashMap;
use std::sync::Mutex;

use rayon::prelude::*;

use super::store::{Key, Store};
use super::{At, Design, Sampler, Stopped, Table, Trial};
use crate::base::ids::Id as _;
use crate::study::{Record, StandIn, Study};

/// What evaluates a trial.
pub trait Model: Sync {
    /// Outcomes of a trial, hidden ones included.
    fn outcomes(&self) -> usize;

    /// Writes the outcomes of a trial to `out`, NaN where one does not exist. `point` is
    /// where a design has the inputs, see [`Design::point`].
    fn evaluate(&self, trial: &Trial, point: Option<&[f64]>, out: &mut [f64]);

    /// What the outcomes of an alternative depend on beside the trial: everything that
    /// tells one model from another goes into it. Batches are kept by it.
    fn identity(&self, alternative: super::AlternativeId) -> &str;
}

/// Who is told how far a study has come, and may stop it. Called from any thread.
pub trait Watch: Sync {
    /// So many more evaluations are to be done.
    fn asked(&self, trials: usize);
    /// So many are done, or were kept from before.
    fn done(&self, trials: usize);
    /// Whether to stop.
    fn stops(&self) -> bool;
}

/// Nobody watches.
impl Watch for () {
    fn asked(&self, _: usize) {}
    fn done(&self, _: usize) {}
    fn stops(&self) -> bool {
        false
    }
}

/// The sampler of a study.
pub struct Runner<'a, M> {
    study: &'a Study,
    model: &'a M,
    watch: &'a dyn Watch,
    store: Option<Mutex<Store>>,
    /// What is known of trials that another analysis may ask for again.
    known: HashMap<Trial, Place>,
    records: Vec<Record>,
    analysis: usize,
    /// Outcomes that something stands in for, by alternative and outcome.
    stand_ins: Vec<u64>,
    evaluated: Vec<u64>,
}

/// A row of a record.
#[derive(Clone, Copy, Debug)]
struct Place {
    record: u32,
    row: u32,
}

/// The most trials in a batch: what is lost to an interruption is as much for each thread.
const LARGEST_BATCH: usize = 64;
/// A design is cut into as many batches as this at least, so that threads end together.
const BATCHES: usize = 256;

impl<'a, M: Model> Runner<'a, M> {
    /// The sampler of `study`, which keeps batches in `store` if there is one.
    pub fn new(study: &'a Study, model: &'a M, watch: &'a dyn Watch, store: Option<Store>) -> Self {
        let alternatives = study.alternatives.len();
        Self {
            study,
            model,
            watch,
            store: store.map(Mutex::new),
            known: HashMap::new(),
            records: Vec::new(),
            analysis: 0,
            stand_ins: vec![0; alternatives * study.outcomes.len()],
            evaluated: vec![0; alternatives],
        }
    }

    /// Says which analysis asks from now on, by its place in the study.
    pub fn begin(&mut self, analysis: usize) {
        self.analysis = analysis;
    }

    /// Everything that was evaluated, and what stood in for outcomes that did not exist.
    pub fn finish(self) -> (Vec<Record>, Vec<StandIn>) {
        let outcomes = self.study.outcomes.len();
        let stand_ins = self.stand_ins.iter().enumerate().filter(|(_, runs)| **runs > 0);
        let stand_ins = stand_ins.map(|(place, runs)| {
            let alternative = place / outcomes;
            StandIn {
                alternative: super::AlternativeId::from_index(alternative),
                outcome: place % outcomes,
                runs: *runs,
                of: self.evaluated[alternative],
            }
        });
        (self.records, stand_ins.collect())
    }

    /// The outcomes of these trials of a design, in their order.
    fn evaluate(&self, design: &Design, asked: &[usize]) -> Result<Vec<f64>, Stopped> {
        let size = (asked.len() / BATCHES).clamp(1, LARGEST_BATCH);
        let columns = self.model.outcomes();
        let mut values = vec![0.0; asked.len() * columns];
        self.watch.asked(asked.len());
        asked
            .par_chunks(size)
            .zip(values.par_chunks_mut(size * columns))
            .try_for_each(|(batch, values)| self.batch(design, batch, values))?;
        Ok(values)
    }

    fn batch(&self, design: &Design, batch: &[usize], values: &mut [f64]) -> Result<(), Stopped> {
        let key = self.store.as_ref().map(|store| (store, self.key(design, batch)));
        if let Some((store, key)) = &key
            && lock(store).read(key, values)
        {
            self.watch.done(batch.len());
            return Ok(());
        }
        for (place, out) in batch.iter().zip(values.chunks_exact_mut(self.model.outcomes())) {
            if self.watch.stops() {
                return Err(Stopped::Interrupted);
            }
            let trial = &design.trials[*place];
            self.model.evaluate(trial, design.point(trial), out);
        }
        if let Some((store, key)) = &key {
            lock(store).write(key, values)?;
        }
        self.watch.done(batch.len());
        Ok(())
    }

    /// What a batch is known by: everything that its outcomes depend on.
    fn key(&self, design: &Design, batch: &[usize]) -> Key {
        let mut key = Key::builder();
        for place in batch {
            let trial = &design.trials[*place];
            key.text(self.model.identity(trial.alternative));
            key.number(trial.chance);
            match trial.inputs {
                At::Drawn(draw) => {
                    key.number(0);
                    key.number(draw);
                }
                At::Modes => key.number(1),
                At::Point(_) => {
                    key.number(2);
                    design.point(trial).unwrap_or(&[]).iter().for_each(|u| key.number(u.to_bits()));
                }
            }
        }
        key.finish()
    }

    /// Puts what the study says in the place of outcomes that do not exist.
    fn stand_in(&mut self, trials: &[Trial], table: &mut [f64]) -> Result<(), Stopped> {
        let columns = self.model.outcomes();
        let outcomes = &self.study.outcomes;
        for (place, outcome) in outcomes.iter().enumerate() {
            let lacks = |row: usize| table[row * columns + place].is_nan();
            let Some(first) = (0..trials.len()).find(|row| lacks(*row)) else { continue };
            let alternative = trials[first].alternative;
            let of: Vec<usize> =
                (0..trials.len()).filter(|row| trials[*row].alternative == alternative).collect();
            if outcome.missing.is_none() {
                return Err(Stopped::Missing {
                    outcome: outcome.figure.clone(),
                    alternative: self.study.alternatives[alternative].name.clone(),
                    missing: of.iter().filter(|row| lacks(**row)).count(),
                    of: of.len(),
                });
            }
        }
        for (trial, row) in trials.iter().zip(table.chunks_exact_mut(columns)) {
            let alternative = trial.alternative.index();
            self.evaluated[alternative] += 1;
            for (place, outcome) in outcomes.iter().enumerate() {
                if let (true, Some(instead)) = (row[place].is_nan(), outcome.missing) {
                    row[place] = instead;
                    self.stand_ins[alternative * outcomes.len() + place] += 1;
                }
            }
        }
        Ok(())
    }
}

/// The store, whatever became of a thread that had it: it is whole between two calls.
fn lock(store: &Mutex<Store>) -> std::sync::MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl<M: Model> Sampler for Runner<'_, M> {
    fn sample(&mut self, design: &Design) -> Result<Table, Stopped> {
        let columns = self.model.outcomes();
        let knowable = |trial: &Trial| !matches!(trial.inputs, At::Point(_));
        let known = |trial: &Trial| knowable(trial).then(|| self.known.get(trial)).flatten();
        let asked: Vec<usize> =
            (0..design.trials.len()).filter(|row| known(&design.trials[*row]).is_none()).collect();
        let mut fresh = self.evaluate(design, &asked)?;
        let trials: Vec<Trial> = asked.iter().map(|row| design.trials[*row]).collect();
        self.stand_in(&trials, &mut fresh)?;

        let table = if asked.len() == design.trials.len() {
            Table::new(columns, fresh)
        } else {
            let mut fresh = fresh.chunks_exact(columns);
            let mut values = Vec::with_capacity(design.trials.len() * columns);
            for trial in &design.trials {
                let place = knowable(trial).then(|| self.known.get(trial)).flatten();
                values.extend_from_slice(match place {
                    Some(place) => self.records[place.record as usize].table.row(place.row as usize),
                    None => fresh.next().expect("a row for every trial that was not known"),
                });
            }
            Table::new(columns, values)
        };
        let record = self.records.len() as u32;
        for row in asked {
            let trial = design.trials[row];
            if knowable(&trial) {
                self.known.insert(trial, Place { record, row: row as u32 });
            }
        }
        self.records.push(Record { analysis: self.analysis, design: design.clone(), table: table.clone() });
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::fixture;
    use crate::study::trials::AlternativeId;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Adds up the point, the alternative and the chance; nothing exists at chance 13.
    struct Sum {
        evaluated: AtomicUsize,
    }

    impl Sum {
        fn new() -> Self {
            Self { evaluated: AtomicUsize::new(0) }
        }
    }

    impl Model for Sum {
        fn outcomes(&self) -> usize {
            1
        }
        fn evaluate(&self, trial: &Trial, point: Option<&[f64]>, out: &mut [f64]) {
            self.evaluated.fetch_add(1, Ordering::Relaxed);
            let sum: f64 = point.unwrap_or(&[]).iter().sum();
            out[0] = if trial.chance == 13 {
                f64::NAN
            } else {
                sum + trial.alternative.index() as f64 * 100.0 + trial.chance as f64
            };
        }
        fn identity(&self, _: AlternativeId) -> &str {
            "sum"
        }
    }

    fn design(chances: std::ops::Range<u64>) -> Design {
        let mut design = Design::new(1);
        for chance in chances {
            let point = design.add_point(&[chance as f64 / 1e4]);
            design.add(fixture::alternative(0), At::Drawn(chance), chance);
            design.add(fixture::alternative(1), point, chance);
        }
        design
    }

    /// Stops after so many evaluations.
    struct After(usize, AtomicUsize);

    impl Watch for After {
        fn asked(&self, _: usize) {}
        fn done(&self, _: usize) {}
        fn stops(&self) -> bool {
            self.1.fetch_add(1, Ordering::Relaxed) >= self.0
        }
    }

    fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(&folder.path().join("a.progress")).expect("it opens")
    }

    #[test]
    fn the_table_is_the_same_on_any_number_of_threads_and_after_an_interruption() {
        let study = fixture::study(2, 1, 1);
        let design = design(100..2_000);
        let table = |threads: usize, store: Option<Store>, watch: &dyn Watch, model: &Sum| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| Runner::new(&study, model, watch, store).sample(&design))
        };
        let whole = table(1, None, &(), &Sum::new()).expect("nothing stops it");
        for threads in [2, 8] {
            assert!(table(threads, None, &(), &Sum::new()).expect("nothing stops it") == whole);
        }
        let folder = tempfile::tempdir().expect("a folder");
        let stopped = table(2, Some(store(&folder)), &After(1_000, AtomicUsize::new(0)), &Sum::new());
        assert!(matches!(stopped, Err(Stopped::Interrupted)));
        let again = Sum::new();
        assert!(table(8, Some(store(&folder)), &(), &again).expect("nothing stops it") == whole);
        let evaluated = again.evaluated.into_inner();
        // At most a batch for each thread and the thousand that were stopped is lost.
        assert!((2_800..3_000).contains(&evaluated), "{evaluated} of 3,800 were left");
    }

    #[test]
    fn what_another_analysis_asked_for_is_not_evaluated_again() {
        let study = fixture::study(2, 1, 1);
        let model = Sum::new();
        let mut runner = Runner::new(&study, &model, &(), None);
        let first = runner.sample(&design(100..200)).expect("nothing stops it");
        runner.begin(1);
        let second = runner.sample(&design(150..250)).expect("nothing stops it");
        assert_eq!(first.row(100), second.row(0));
        // A hundred of each; then fifty that were drawn before, and all points anew.
        assert_eq!(model.evaluated.load(Ordering::Relaxed), 200 + 150);
        assert_eq!(runner.finish().0.iter().map(|record| record.analysis).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn an_outcome_that_does_not_exist_refuses_the_study_unless_something_stands_for_it() {
        let mut study = fixture::study(2, 1, 1);
        let model = Sum::new();
        let refused = Runner::new(&study, &model, &(), None).sample(&design(10..20));
        let message = refused.expect_err("it does not exist").to_string();
        assert!(message.starts_with("the outcome `y0` does not exist in 1 of 10 runs of `a0`"), "{message}");
        study.outcomes[0].missing = Some(5.0);
        let mut runner = Runner::new(&study, &model, &(), None);
        let table = runner.sample(&design(10..20)).expect("something stands for it");
        assert_eq!(table.at(6, 0), 5.0);
        let (_, stand_ins) = runner.finish();
        let stand_in =
            |place| StandIn { alternative: fixture::alternative(place), outcome: 0, runs: 1, of: 10 };
        assert_eq!(stand_ins, [stand_in(0), stand_in(1)]);
    }
}
