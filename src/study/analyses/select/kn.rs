//! KN on a sampler: screening in batches, decided replication by replication.

use super::{Course, Runs, Sampling, moments};
use crate::study::statistics::kn::{Screening, Zone};
use crate::study::trials::Stopped;

/// Evaluations asked for at a time: enough for the threads of a machine, few enough that
/// not many are of alternatives about to be dropped. A constant, for the number of threads
/// must change no result.
const BATCH: u64 = 32;

pub(super) fn run(runs: &mut Runs<'_>) -> Result<Course, Stopped> {
    let first = runs.first(Sampling::Common)?;
    let mut losses = moments(&first);
    let zone = Zone { level: runs.spec.level, delta: runs.spec.delta };
    let mut screening = Screening::start(zone, &first);
    while screening.winner().is_none() {
        let asked = screening.survivors().to_vec();
        let each = BATCH.div_ceil(asked.len() as u64).min(runs.left() / asked.len() as u64);
        if each == 0 {
            break;
        }
        let from = screening.replications();
        let wanted: Vec<(usize, u64)> =
            (from..from + each).flat_map(|r| asked.iter().map(move |&place| (place, r))).collect();
        let found = runs.losses(Sampling::Common, &wanted)?;
        for row in found.chunks_exact(asked.len()) {
            for &place in screening.survivors() {
                losses[place].push(row[column(&asked, place)]);
            }
            screening.observe(|place| row[column(&asked, place)]);
            if screening.winner().is_some() {
                break;
            }
        }
    }
    Ok(Course {
        best: screening.best(),
        finished: screening.winner().is_some(),
        to_come: screening.to_come(),
        losses,
        dropped: screening.dropped().to_vec(),
        estimated: None,
    })
}

/// Where an alternative stands among those that were asked for, ascending as survivors are.
fn column(asked: &[usize], place: usize) -> usize {
    asked.binary_search(&place).expect("whoever survives the batch was asked for in it")
}
