//! The vHost tab.

use std::collections::BTreeSet;

use super::super::findings::{FindingKind, Findings};
use super::super::machine::HostRecord;
use super::super::table::{Column, Row, Table};
use crate::base::units::Bytes;

/// The hosts of all vHost tables, each name once.
pub(super) fn read(tables: &[Table], findings: &mut Findings) -> Vec<HostRecord> {
    let mut hosts = Vec::new();
    let mut seen = BTreeSet::new();
    for table in tables {
        let column = |name: &str| table.column(&[name]);
        let (name, cluster, datacenter) = (column("host"), column("cluster"), column("datacenter"));
        let (sockets, per_socket, cores) = (column("# cpu"), column("cores per cpu"), column("# cores"));
        let memory = column("# memory");
        for row in table.rows() {
            let sockets = row.count(sockets).filter(|sockets| *sockets > 0);
            let counted = row.count(cores).or_else(|| row.count(per_socket)?.checked_mul(sockets?));
            let host = row.text(name);
            let Some(cores) = counted.filter(|cores| *cores > 0 && !host.is_empty()) else {
                findings.add(FindingKind::HostWithoutCores, &table.name, row.number, host);
                continue;
            };
            if seen.insert(host.to_owned()) {
                hosts.push(HostRecord {
                    name: host.to_owned(),
                    cluster: row.text(cluster).to_owned(),
                    datacenter: row.text(datacenter).to_owned(),
                    sockets,
                    cores,
                    memory: plausible_memory(row, memory),
                });
            }
        }
    }
    hosts
}

/// Host memory is in MiB, but some exports are said to label it otherwise. No host has
/// less than 1 GiB, so a number below 1,024 means GiB; none has more than 64 TiB, so
/// above that the unit is unknown and so is the memory.
fn plausible_memory(row: Row<'_>, column: Column) -> Option<Bytes> {
    const MOST: Bytes = Bytes::from_gib(64 * 1_024);
    let memory = row.mib(column).filter(|memory| *memory > Bytes::ZERO)?;
    let memory = if memory < Bytes::from_mib(1_024) { Bytes::from_gib(memory.as_mib()) } else { memory };
    (memory <= MOST).then_some(memory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::estate::csv_table;

    #[test]
    fn cores_come_from_their_column_or_from_sockets_and_memory_from_a_plausible_unit() {
        let text =
            "Host,# CPU,Cores per CPU,# Cores,# Memory\na,2,16,32,524288\nb,2,8,,512\nc,,,,1\na,1,1,1,1\n";
        let table = csv_table::parse("f", "vHost", text.as_bytes()).unwrap();
        let mut findings = Findings::default();
        let hosts = read(&[table], &mut findings);
        let seen: Vec<_> = hosts.iter().map(|host| (host.name.as_str(), host.cores, host.memory)).collect();
        let half_tib = Some(Bytes::from_gib(512));
        assert_eq!(seen, [("a", 32, half_tib), ("b", 16, half_tib)]);
        assert_eq!(findings.by_kind()[&FindingKind::HostWithoutCores], 1);
    }
}
