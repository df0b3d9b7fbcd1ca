//! `trials.csv`: every evaluation that the findings rest on, one row each.

use super::view::View;
use crate::base::ids::Id as _;
use crate::report::csv_text::{field, shown};
use crate::study::trials::{At, Trial};
use crate::study::{Record, Unit};

/// The columns that say what was evaluated.
pub(super) const ABOUT: [&str; 5] = ["analysis", "alternative", "inputs", "place", "chance"];

/// Names of the columns of input values, each with its unit.
pub(super) fn input_columns(view: &View<'_>) -> Vec<String> {
    let name = |input: &crate::study::Input| match (&input.quantile, input.unit.is_empty()) {
        (None, _) => format!("{} [quantile]", input.name),
        (_, true) => input.name.clone(),
        (_, false) => format!("{} [{}]", input.name, input.unit),
    };
    view.study.inputs.iter().map(name).collect()
}

/// Names of the columns of outcomes, each with its unit.
pub(super) fn outcome_columns(view: &View<'_>) -> Vec<String> {
    let name = |outcome: &crate::study::Outcome| match outcome.unit {
        Unit::Money => format!("{} [{}]", outcome.figure, view.study.currency),
        Unit::Date => format!("{} [years since {}]", outcome.figure, view.meta.calendar.start()),
        Unit::Share => format!("{} [share]", outcome.figure),
        Unit::Plain => outcome.figure.clone(),
    };
    view.study.outcomes.iter().map(name).collect()
}

/// An evaluation.
pub(super) struct Row<'a> {
    /// The name of the analysis that asked: its anchor on the page.
    pub analysis: &'a str,
    /// What was evaluated.
    pub alternative: &'a str,
    /// Where the inputs stand: `drawn`, `modes` or `point`.
    pub inputs: &'static str,
    /// The replication whose draws they are, or the point of the design; none at modes.
    pub place: Option<u64>,
    /// The address of the chance events.
    pub chance: u64,
    /// The value of each input in its unit; none where no design moved it. A group of
    /// several figures stands at its one quantile where it has one column, else at none.
    pub values: Vec<Option<f64>>,
    /// The outcomes of the study, without hidden ones.
    pub outcomes: &'a [f64],
}

/// Every evaluation, in the order in which the analyses asked; those of one design are
/// given to `each` one after the other.
pub(super) fn each_row(view: &View<'_>, mut each: impl FnMut(&Row<'_>)) {
    let anchors = view.anchors();
    for record in &view.findings.records {
        for (place, trial) in record.design.trials.iter().enumerate() {
            each(&row(view, &anchors, record, place, trial));
        }
    }
}

fn row<'a>(
    view: &View<'a>,
    anchors: &'a [String],
    record: &'a Record,
    place: usize,
    trial: &Trial,
) -> Row<'a> {
    let (inputs, at) = match trial.inputs {
        At::Drawn(replication) => ("drawn", Some(replication)),
        At::Modes => ("modes", None),
        At::Point(point) => ("point", Some(u64::from(point))),
    };
    let point = record.design.point(trial);
    let values = view
        .study
        .inputs
        .iter()
        .map(|input| {
            let quantile = *point?.get(input.columns.start)?;
            // The columns of a group may stand at different quantiles: it has no value then.
            let is_one = point?.get(input.columns.clone())?.iter().all(|other| *other == quantile);
            is_one.then(|| input.value(quantile))
        })
        .collect();
    Row {
        analysis: anchors.get(record.analysis).map_or("", String::as_str),
        alternative: &view.study.alternatives.as_slice()[trial.alternative.index()].name,
        inputs,
        place: at,
        chance: trial.chance,
        values,
        outcomes: &record.table.row(place)[..view.study.outcomes.len()],
    }
}

/// The file.
pub(super) fn trials_csv(view: &View<'_>) -> Vec<u8> {
    let mut file = Vec::new();
    let header = ABOUT.map(str::to_owned).into_iter().chain(input_columns(view)).chain(outcome_columns(view));
    for (place, name) in header.enumerate() {
        if place > 0 {
            file.push(b',');
        }
        field(&mut file, &name);
    }
    file.push(b'\n');
    let units: Vec<Unit> = view.study.outcomes.iter().map(|outcome| outcome.unit).collect();
    each_row(view, |row| {
        for text in [row.analysis, row.alternative, row.inputs] {
            field(&mut file, text);
            file.push(b',');
        }
        if let Some(place) = row.place {
            shown(&mut file, place);
        }
        file.push(b',');
        shown(&mut file, row.chance);
        for value in &row.values {
            file.push(b',');
            if let Some(value) = value {
                shown(&mut file, value);
            }
        }
        for (value, unit) in row.outcomes.iter().zip(&units) {
            file.push(b',');
            match unit {
                Unit::Money => money(&mut file, *value),
                _ => shown(&mut file, value),
            }
        }
        file.push(b'\n');
    });
    file
}

/// An amount with two digits after the point or as many as it has.
fn money(file: &mut Vec<u8>, value: f64) {
    let start = file.len();
    shown(file, value);
    let point = file[start..].iter().position(|byte| *byte == b'.');
    let digits = point.map_or(0, |point| file.len() - start - point - 1);
    if point.is_none() {
        file.push(b'.');
    }
    file.extend(std::iter::repeat_n(b'0', 2_usize.saturating_sub(digits)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::money::Typography;
    use crate::report::study::fixture::fixture;

    #[test]
    fn a_row_is_an_evaluation_and_says_where_its_inputs_stood() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Plain };
        let file = trials_csv(&view);
        let mut reader = csv::ReaderBuilder::new().from_reader(file.as_slice());
        let header = reader.headers().expect("there is a header").clone();
        assert_eq!(header.len(), 5 + study.inputs.len() + study.outcomes.len());
        assert_eq!(&header[5], "vcf_discount [%]");
        assert_eq!(&header[31], "migration.finished_at [years since 2027-01-01]");
        let rows: Vec<_> = reader.records().map(|row| row.expect("it is well formed")).collect();
        assert_eq!(rows.len(), findings.evaluations());
        assert_eq!(&rows[0][0], "compare-1");
        assert_eq!((&rows[0][2], &rows[0][3], &rows[0][5]), ("drawn", "0", ""));
        assert_eq!((&rows[6][2], &rows[6][3]), ("modes", ""));
        assert_eq!((&rows[7][1], &rows[7][2]), ("hyper-v/engineers=8,link=1 Gbit/s", "point"));
        let value: f64 = rows[7][5].parse().expect("a design moved it");
        assert!((0.0..=0.47).contains(&value));
        assert_eq!(&rows[0][30], "9840000.00");
        assert_eq!(&rows[0][33], "310000.3333333333");
    }

    #[test]
    fn money_has_two_digits_or_more() {
        for (value, text) in [(5.0, "5.00"), (0.5, "0.50"), (-1.25, "-1.25"), (1.0625, "1.0625")] {
            let mut file = Vec::new();
            money(&mut file, value);
            assert_eq!(file, text.as_bytes());
        }
    }
}
