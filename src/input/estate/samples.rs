//! Tests on real and sample exports, on hand-made workbooks and on noise.
//!
//! The exports lie beside the project and are not part of it; without them the tests
//! that need them say so and pass. Their expected counts were taken from the files'
//! XML and CSV by a script that shares no code with these readers.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::blockers::BlockerKind;
use super::*;
use crate::base::units::Bytes;

mod workbooks;

fn sample(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/inventories").join(name);
    if path.exists() {
        Some(path)
    } else {
        eprintln!("skipped: {} is not here", path.display());
        None
    }
}

/// Sums over the machines: CPUs, then MiB of memory, provisioned, in use, total disk, guest.
fn sums(estate: &Estate) -> [u64; 6] {
    let mib = |of: &dyn Fn(&Machine) -> Option<Bytes>| {
        estate.machines.iter().filter_map(of).sum::<Bytes>().as_mib()
    };
    [
        estate.machines.iter().map(|vm| u64::from(vm.cpus)).sum(),
        mib(&|vm| Some(vm.memory)),
        mib(&|vm| vm.storage.provisioned),
        mib(&|vm| vm.storage.in_use),
        mib(&|vm| vm.storage.total_disk),
        mib(&|vm| vm.storage.guest_used),
    ]
}

/// Rows read, machines kept, machines off.
fn rows(estate: &Estate) -> [usize; 3] {
    assert_eq!(estate.findings.read, estate.findings.kept + estate.findings.skipped());
    assert_eq!(estate.findings.kept, estate.machines.len());
    let off = estate.machines.iter().filter(|vm| vm.power == PowerState::Off).count();
    [estate.findings.read, estate.findings.kept, off]
}

fn machine<'e>(estate: &'e Estate, name: &str) -> &'e Machine {
    estate.machines.iter().find(|vm| vm.name == name).expect("the sample has this machine")
}

/// 180 rows of vInfo without a template; 428 rows of vDisk.
#[test]
#[cfg(feature = "xlsx")]
fn the_full_workbook_gives_every_row_and_every_mebibyte() {
    let Some(path) = sample("rvtools/rvtools_4.7_full.xlsx") else { return };
    let estate = load(&path).unwrap();
    assert_eq!(rows(&estate), [180, 180, 16]);
    assert_eq!(sums(&estate), [863, 4_036_608, 220_145_664, 122_891_468, 216_109_056, 95_479_028]);
    assert_eq!(estate.machines.iter().map(|vm| vm.disks.len()).sum::<usize>(), 428);
    assert_eq!(estate.hosts.len(), 9);
    assert_eq!(estate.hosts.iter().map(|host| host.cores).collect::<Vec<_>>()[0], 64);
    assert_eq!(estate.as_of, Some(jiff::civil::date(2026, 11, 1)));
    assert_eq!(estate.producer, "RVTools 4.7.1.4");
    let ci = machine(&estate, "ci-web-002");
    assert_eq!(ci.key, "id:vm-1001@88fca8a0-286f-73ba-f5d0-c7ca0fbb90a5");
    // vCPU of this machine: Overall 2075 MHz of Max 9576 MHz.
    assert_eq!(ci.cpu_utilisation.unwrap().share, 2_075.0 / 9_576.0);
    let solaris =
        estate.machines.iter().filter(|vm| vm.blockers.iter().any(|b| b.kind == BlockerKind::UnsupportedOs));
    assert_eq!(solaris.count(), 5);
}

/// 95 rows of vInfo, two of them templates: file-app-044 and dwh-web-094.
#[test]
fn the_csv_folder_gives_every_row_but_the_two_templates() {
    let Some(path) = sample("rvtools/rvtools_4.7_csv") else { return };
    let estate = load(&path).unwrap();
    assert_eq!(rows(&estate)[..2], [95, 93]);
    assert_eq!(sums(&estate)[..5], [527, 2_408_448, 100_610_048, 53_742_932, 98_201_600]);
    let skipped: Vec<String> = estate.findings.with(Outcome::Skipped).map(ToString::to_string).collect();
    assert_eq!(skipped, ["vInfo row 45: template (file-app-044)", "vInfo row 95: template (dwh-web-094)"]);
    assert_eq!(estate.hosts.len(), 5);
    // The paths of vInfo have 38 machines and templates on the one and 57 on the other.
    let on = |name: &str| estate.machines.iter().filter(|vm| vm.datastore == name).count();
    assert_eq!(on("ds-CL1") + on("ds-CL2"), 93);
    assert!((36..=38).contains(&on("ds-CL2")));
    assert_eq!(estate.quality.grade, Grade::B);
}

/// Nine rows; the last has neither CPUs nor memory in vInfo, but 18 and 40,960 MiB in
/// vCPU and vMemory. The sheets claim 1,048,576 rows.
#[test]
#[cfg(feature = "xlsx")]
fn the_workbook_that_claims_a_million_rows_gives_its_nine_machines() {
    let Some(path) = sample("rvtools/kubev2v_example1.xlsx") else { return };
    let estate = load(&path).unwrap();
    assert_eq!(rows(&estate), [9, 9, 6]);
    assert_eq!(sums(&estate)[..2], [69, 146_713]);
    let ninth = machine(&estate, "vm-9");
    assert_eq!((ninth.cpus, ninth.memory, ninth.disks.len()), (18, Bytes::from_gib(40), 1));
    let filled: Vec<String> = estate.findings.with(Outcome::Defaulted).map(ToString::to_string).collect();
    assert_eq!(
        filled,
        ["vInfo row 10: CPUs taken from vCPU (vm-9)", "vInfo row 10: memory taken from vMemory (vm-9)"]
    );
    // vDisk names machines otherwise than vInfo; their ids agree.
    assert_eq!(machine(&estate, "vm-3").disks[0].capacity, Bytes::from_mib(524_288));
    assert_eq!(machine(&estate, "vm-8").disks.len(), 2);
    assert_eq!(estate.hosts.iter().map(|host| host.cores).sum::<u32>(), 7 * 32);
}

/// Three machines under unusual columns: use in percent in vInfo, no ids, no In Use.
#[test]
#[cfg(feature = "xlsx")]
fn a_workbook_with_few_columns_is_read_as_far_as_it_goes() {
    let Some(path) = sample("rvtools/ibm_rvtools-small-complete.xlsx") else { return };
    let estate = load(&path).unwrap();
    assert_eq!(rows(&estate), [3, 3, 1]);
    assert_eq!(sums(&estate), [8, 28_672, 532_480, 0, 532_480, 327_680]);
    let db = machine(&estate, "sample-db-01");
    assert_eq!(db.key, "name:sample-db-01@sample-host-02");
    assert_eq!(db.cpu_utilisation.unwrap().share, 0.62);
    assert_eq!(db.networks, ["sample-backup-net", "sample-db-net"]);
    let kinds: Vec<_> = db.blockers.iter().map(|blocker| blocker.kind).collect();
    assert_eq!(kinds, [BlockerKind::Snapshots, BlockerKind::EfiFirmware]);
    // Its vUSB row is a controller without a device.
    assert_eq!(machine(&estate, "sample-web-01").blockers, []);
}

#[test]
fn internal_header_names_give_the_same_facts() {
    let Some(path) = sample("rvtools/rvtools_internal_headers_vInfo.csv") else { return };
    let estate = load(&path).unwrap();
    assert_eq!(rows(&estate), [25, 25, 4]);
    assert_eq!(sums(&estate)[..3], [161, 921_600, 26_955_776]);
    assert_eq!(machine(&estate, "59").cpus, 2);
    assert!(estate.machines.iter().any(|vm| vm.name == "web-app-005 (old) ü"));
}

/// 294 rows, all of them servers; 70 rows in the second file.
#[test]
fn azure_migrate_files_give_every_server() {
    let Some(path) = sample("azure-migrate/azure_migrate_from_ame_core_report.csv") else { return };
    let estate = load(&path).unwrap();
    assert_eq!(estate.format, InventoryFormat::AzureMigrateCsv);
    assert_eq!(rows(&estate), [294, 294, 0]);
    assert_eq!(sums(&estate)[..2], [959, 2_159_616]);
    let second = load(&path.with_file_name("azure_migrate_import.csv")).unwrap();
    assert_eq!(rows(&second), [70, 70, 0]);
    assert_eq!(sums(&second)[..2], [395, 1_847_296]);
}

#[test]
#[cfg(feature = "xlsx")]
fn a_workbook_of_another_tool_is_refused_by_the_tabs_it_has() {
    let Some(path) = sample("azure-migrate/ame_AzureMigrate_Assessment_Core_Report.xlsx") else { return };
    assert!(matches!(load(&path), Err(EstateError::NoVInfo { .. })));
}

#[test]
fn every_sample_survives_our_own_csv() {
    for name in ["rvtools/rvtools_4.7_csv", "azure-migrate/azure_migrate_import.csv"] {
        let Some(path) = sample(name) else { return };
        let estate = load(&path).unwrap();
        let again = read("own.csv", to_csv(&estate).into_bytes()).unwrap();
        assert_eq!((again.machines, again.hosts, again.as_of), (estate.machines, estate.hosts, estate.as_of));
    }
}

#[test]
fn a_folder_without_an_export_and_a_missing_file_are_refused() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let message = load(&source.join("src/input/estate/samples")).unwrap_err().to_string();
    assert!(message.contains("expected RVTools_tabvInfo.csv, found workbooks.rs"), "{message}");
    assert!(matches!(load(&source.join("no such file")), Err(EstateError::Unreadable { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn noise_is_refused_and_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read("noise", bytes).is_err());
    }

    #[test]
    fn any_text_under_a_good_header_is_read_or_refused(
        body in "[a-z0-9,;\"\n\r\t.é -]{0,200}"
    ) {
        let text = format!("VM,CPUs,Memory,In Use MiB\n{body}");
        if let Ok(estate) = read("text.csv", text.into_bytes()) {
            let [rows_read, kept, _] = rows(&estate);
            prop_assert!(kept > 0 && kept <= rows_read);
            prop_assert!(estate.machines.iter().all(|vm| vm.cpus > 0 && vm.memory > Bytes::ZERO));
        }
    }

    #[test]
    fn any_machine_survives_our_own_csv(
        name in "[a-zA-Z0-9|=,;\"\\\\é_.-]{1,20}",
        detail in "[a-z|=,\\\\]{0,10}",
        cpus in 1_u32..10_000,
        sizes in proptest::collection::vec(1_u64..1 << 50, 0..4),
    ) {
        let mut estate = read("v", b"VM,CPUs,Memory,In Use MiB\na,1,1024,1\n".to_vec()).unwrap();
        let vm = &mut estate.machines[0];
        vm.cpus = cpus;
        vm.networks = vec![name.clone()];
        vm.tags.insert(name.clone(), name.clone());
        vm.disks = sizes.iter().map(|size| Disk { label: name.clone(), capacity: Bytes::new(*size), ..Disk::default() }).collect();
        vm.blockers.push(blockers::Blocker { kind: BlockerKind::Snapshots, detail });
        vm.name = name;
        let again = read("own.csv", to_csv(&estate).into_bytes()).unwrap();
        prop_assert_eq!(again.machines, estate.machines);
    }
}
