//! Azure Migrate's export of dependencies: which machines talk to which.
//!
//! One row a connection in a timeslot: `Timeslot, Source server name, Source
//! application, Source process, Destination server name, Destination IP, Destination
//! application, Destination process, Destination port`. It says no volume, so that
//! connections are counted.

use std::path::Path;

use super::csv_table;
use super::error::EstateError;

/// A connection that was seen in one timeslot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The machine that opened it.
    pub source: String,
    /// The process that opened it; empty when unknown.
    pub source_process: String,
    /// The machine that answered; never empty.
    pub destination: String,
    /// The process that answered; empty when unknown.
    pub destination_process: String,
    /// The port at which it answered, when it says one.
    pub port: Option<u32>,
}

/// The connections of an export, and how many rows name a destination by its address
/// alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Those of which both machines are named.
    pub connections: Vec<Connection>,
    /// Rows without the name of one of the two.
    pub unnamed: usize,
}

/// Reads the export at `path`.
///
/// # Errors
/// If it cannot be read, is no CSV, or has no columns for the two servers.
pub fn load_dependencies(path: &Path) -> Result<Connections, EstateError> {
    let bytes = csv_table::read_bytes(path)?;
    read_dependencies(&path.display().to_string(), &bytes)
}

/// Reads an export called `origin` in messages.
///
/// # Errors
/// As [`load_dependencies`].
pub fn read_dependencies(origin: &str, bytes: &[u8]) -> Result<Connections, EstateError> {
    let table = csv_table::parse(origin, "dependencies", bytes)?;
    let needed = |name: &str| {
        let column = table.column(&[name.to_lowercase().as_str()]);
        if column.is_present() { Ok(column) } else { Err(EstateError::missing_column(&table, name)) }
    };
    let source = needed("Source server name")?;
    let destination = needed("Destination server name")?;
    let [source_process, destination_process, port] =
        ["source process", "destination process", "destination port"].map(|name| table.column(&[name]));
    let mut found = Connections::default();
    for row in table.rows() {
        if row.text(source).is_empty() || row.text(destination).is_empty() {
            found.unnamed += 1;
            continue;
        }
        found.connections.push(Connection {
            source: row.text(source).to_owned(),
            source_process: row.text(source_process).to_owned(),
            destination: row.text(destination).to_owned(),
            destination_process: row.text(destination_process).to_owned(),
            port: row.count(port),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_without_both_names_are_counted_and_left_out() {
        let export = "Timeslot,Source server name,Source process,Destination server name,Destination IP,Destination port\n\
                      2025-06-14 00:00,app1,svchost.exe,db1,10.0.0.5,1433\n\
                      2025-06-14 00:00,app1,svchost.exe,,10.0.0.9,443\n";
        let found = read_dependencies("d.csv", export.as_bytes()).expect("an export");
        assert_eq!(found.unnamed, 1);
        let expected = Connection {
            source: "app1".into(),
            source_process: "svchost.exe".into(),
            destination: "db1".into(),
            destination_process: String::new(),
            port: Some(1433),
        };
        assert_eq!(found.connections, [expected]);
    }

    #[test]
    fn a_file_of_another_kind_is_refused_with_the_column_that_it_lacks() {
        let error =
            read_dependencies("d.csv", b"Source server name,Port\na,1\n").expect_err("no destination");
        assert!(error.to_string().contains("no column `Destination server name`"), "{error}");
    }

    #[test]
    fn the_published_sample_is_read() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/data/inventories/other/azure_migrate_dependency_export_sample.csv");
        if !path.exists() {
            eprintln!("skipped: {} is not there", path.display());
            return;
        }
        let found = load_dependencies(&path).expect("an export");
        assert_eq!((found.connections.len(), found.unnamed), (5, 0));
        assert_eq!(found.connections[1].destination, "db1-server");
        assert_eq!(found.connections[1].port, Some(1433));
    }
}
