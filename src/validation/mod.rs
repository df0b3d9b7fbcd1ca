//! What the simulator says beside what others measured, derived or simulated.

mod fit;
mod forklift;
mod hyper_v;
mod precopy;
mod qemu;
mod row;
mod sharing;
mod simgrid;
mod wire;

pub use row::{Comparison, Kind, Row, Table, Tolerance, Value};

/// All comparisons, worked out anew by the code that simulates.
pub fn tables() -> Vec<Table> {
    vec![
        forklift::table(),
        hyper_v::table(),
        qemu::table(),
        precopy::table(),
        sharing::table(),
        simgrid::table(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn print() {
        for table in tables() {
            if table.name == "simgrid" {
                continue;
            }
            println!("== {} {}", table.title, table.about);
            for row in table.rows {
                println!(
                    "{:60} {:12} {:>10} {:>10} {:4} {:>8} {:>10} {}",
                    row.compared.row,
                    row.kind.name(),
                    row.compared.published.to_string(),
                    row.compared.simulated.to_string(),
                    row.compared.unit,
                    row.error_text(),
                    row.tolerance_text(),
                    row.holds_text()
                );
            }
        }
    }
}
