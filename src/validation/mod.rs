//! What the simulator says beside what others measured, derived or simulated.
//!
//! Each table is a file: published figures as constants with their source, a fit where the
//! source leaves a parameter open, and predictions by the code that simulates, never by a
//! formula copied here. A row says what it can show ([`Kind`]); only those that somebody
//! measured and nothing was fitted to are called validated.
#![doc = "\n"]
#![doc = include_str!("../VALIDATION.md")]

mod coverage;
pub(crate) mod embedded;
mod express_route;
mod fit;
mod forklift;
mod hyper_v;
mod page;
mod precopy;
mod programme;
mod qemu;
mod row;
mod sharing;
mod simgrid;
mod tools;
mod wire;

pub use page::{markdown, summary};
pub use row::{Comparison, Kind, Row, Table, Tolerance, Value};

/// All comparisons, worked out anew by the code that simulates.
pub fn tables() -> Vec<Table> {
    let world = embedded::world("tools.yaml", include_str!("tools.yaml"));
    let rule = |tool: &str| {
        let found = world.tools.iter().find(|described| described.name == tool);
        found
            .and_then(|tool| tool.precopy)
            .unwrap_or_else(|| panic!("the catalogue has no pre-copy for `{tool}`"))
    };
    let [hcx, azure_migrate] = tools::tables(&world);
    vec![
        forklift::table(),
        express_route::table(),
        hyper_v::table(rule("hyper-v-live-migration")),
        qemu::table(rule("kvm-live-migration")),
        precopy::table(),
        sharing::table(),
        simgrid::table(),
        hcx,
        azure_migrate,
        programme::table(),
        coverage::table(),
    ]
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    /// Worked out once for all tests.
    static TABLES: LazyLock<Vec<Table>> = LazyLock::new(tables);

    #[test]
    fn every_row_with_a_bound_holds_and_every_reason_is_given() {
        for table in TABLES.iter() {
            for row in &table.rows {
                let name = (table.name, &row.compared.row);
                assert_ne!(
                    row.holds(),
                    Some(false),
                    "{name:?}: {} for {}",
                    row.compared.simulated,
                    row.compared.published
                );
                assert_eq!(row.holds().is_none(), row.kind == Kind::Report, "{name:?}");
                assert!(!row.reason.is_empty() && !row.compared.source.is_empty(), "{name:?}");
            }
        }
    }

    #[test]
    fn rows_have_names_of_their_own() {
        for table in TABLES.iter() {
            let mut names: Vec<&str> = table.rows.iter().map(|row| row.compared.row.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.rows.len(), "{}", table.name);
        }
    }
}
