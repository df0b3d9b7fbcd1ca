//! `outages.csv`: every outage of every strategy's illustrative path.

use super::csv_text::{instant, row};
use super::reading::Reading;
use crate::simulation::journal::Entry;

const HEADER: [&str; 9] =
    ["strategy", "workload", "application", "site", "offer", "from", "until", "minutes", "cause"];

/// The file, in order of strategy and time. Times are UTC.
pub(crate) fn outages_csv(reading: &Reading<'_>) -> Vec<u8> {
    let world = reading.world;
    let mut file = Vec::new();
    row(&mut file, HEADER);
    for strategy in &reading.strategies {
        for (_, entry) in &strategy.results.path.journal.entries {
            let Entry::Outage(outage) = entry else { continue };
            let workload = &world.workloads[outage.workload];
            row(
                &mut file,
                [
                    strategy.strategy.name.as_str(),
                    &workload.name,
                    &world.applications[workload.application].name,
                    &world.site_of(outage.offer).name,
                    &world.offers[outage.offer].name,
                    &instant(&world.calendar, outage.from),
                    &instant(&world.calendar, outage.until),
                    &format!("{:.1}", outage.until.since(outage.from).as_seconds() / 60.0),
                    &outage.cause.to_string(),
                ],
            );
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn an_outage_says_who_was_down_how_long_and_why() {
        let (world, results) = fixture();
        let file = String::from_utf8(outages_csv(&Reading::new(&world, &results))).expect("it is text");
        let first = file.lines().nth(1).expect("there is an outage");
        assert_eq!(
            first,
            "renew,srv-003,app-03,lyon,lyon/vsphere,2027-04-05T04:00:00Z,2027-04-05T04:12:00Z,12.0,\
             \"host failure, restarted elsewhere\""
        );
    }
}
