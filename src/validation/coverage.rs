//! How often intervals of studies hold, beside what others computed.

use super::row::{Comparison, Row, Table, Tolerance};
use crate::study::statistics::coverage;

const SOURCE: &str = "computed apart by an independent script";
const CHANCE: &str = "three standard errors of the difference of two simulations of as many studies";

/// The table.
pub(super) fn table() -> Table {
    Table {
        name: "coverage",
        title: "How often intervals hold",
        about: "The share of simulated studies whose interval holds the truth: Student's interval of a mean with \
                95 % asked for, with 90 % for stopping rules and queues. Normal outcomes are covered as said; \
                skewed ones are not, which is why a study warns of them and offers a bootstrap or quantiles."
            .to_owned(),
        rows: coverage::report().into_iter().map(row).collect(),
    }
}

fn row(found: coverage::Row) -> Row {
    let error = found.error();
    let compared = Comparison {
        row: format!("{}, n = {}, {} % asked", found.case, found.n, 100.0 * found.nominal),
        published: found.expected.unwrap_or(found.nominal).into(),
        simulated: found.covered.into(),
        unit: "of studies",
        source: if found.expected.is_some() { SOURCE } else { "what is asked" },
    };
    match found.expected {
        Some(_) => {
            compared.verification(Tolerance::share(0.0, CHANCE).or(3.0 * std::f64::consts::SQRT_2 * error))
        }
        None => compared.report("nobody published it: beside what is asked"),
    }
}
