//! Tests on real and synthetic traces, on hand-made ones and on noise.
//!
//! The real ones lie beside the project and are not part of it; without them the tests
//! that need them say so and pass. Their expected counts were taken from the files by a
//! script that shares no code with these readers.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::error::Mistakes;
use super::folder::read_text;
use super::*;

const HEADER: &str = "Timestamp [ms];\tCPU cores;\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ];\tCPU usage [%];\t\
    Memory capacity provisioned [KB];\tMemory usage [KB];\tDisk read throughput [KB/s];\tDisk write throughput [KB/s];\t\
    Network received throughput [KB/s];\tNetwork transmitted throughput [KB/s]";

fn sample(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/traces").join(name);
    if path.exists() {
        Some(path)
    } else {
        eprintln!("skipped: {} is not here", path.display());
        None
    }
}

fn gwa(text: &str) -> Result<MachineTrace, Vec<String>> {
    let mut mistakes = Mistakes::of("1.csv");
    read_text("1", text, TraceFormat::Gwa, &mut mistakes)
        .ok_or_else(|| mistakes.found.iter().map(ToString::to_string).collect())
}

#[test]
fn the_real_bitbrains_file_gives_every_row() {
    let Some(path) = sample("bitbrains-csv/bitbrains.csv") else { return };
    let set = load(&path).unwrap();
    assert_eq!((set.format, set.machines.len()), (TraceFormat::Gwa, 1));
    let vm = &set.machines[0];
    assert_eq!((vm.name.as_str(), vm.vcpus, vm.memory), ("bitbrains", Some(1), Some(Bytes::from_gib(2))));
    assert_eq!((vm.rows, vm.step), (8_619, Span::from_minutes(5)));
    // Seconds, although the header says milliseconds.
    assert_eq!(vm.first.unwrap().to_string(), "2013-08-12T13:40:46");
    // Thirty days and one sample. Eight gaps of one step, three of two and one of four;
    // four more where the clock of the measurements had fallen behind by a whole step.
    assert_eq!((vm.gaps, vm.cpu.len()), (22, 8_641));
    // f32 holds seven digits.
    assert!((vm.cpu[0] - 0.733_333_3 / 100.0).abs() < 1e-8);
    assert!(vm.cpu.iter().all(|share| (0.0..=0.126).contains(share)));
}

#[test]
fn a_folder_is_one_machine_a_file_in_natural_order() {
    let Some(path) = sample("gwa-t-12-synthetic") else { return };
    let set = load(&path).unwrap();
    let described: Vec<_> =
        set.machines.iter().map(|vm| (vm.name.as_str(), vm.vcpus, vm.memory, vm.rows, vm.gaps)).collect();
    let gib = |count| Some(Bytes::from_gib(count));
    assert_eq!(
        described,
        [
            ("1", Some(4), gib(16), 2_301, 3),
            ("2", Some(8), gib(32), 2_300, 4),
            ("3", Some(2), gib(8), 2_300, 4)
        ]
    );
    assert!(looks_like_traces(&path));
}

#[test]
fn an_inventory_is_no_trace() {
    let Some(traces) = sample("gwa-t-12-synthetic") else { return };
    let inventories = traces.join("../../inventories");
    assert!(!looks_like_traces(&inventories.join("azure-migrate/azure_migrate_import.csv")));
    assert!(!looks_like_traces(&inventories.join("rvtools/rvtools_4.7_csv")));
    assert!(!looks_like_traces(Path::new("no such file")));
}

#[test]
fn copies_with_other_brackets_and_spaces_are_read_too() {
    let spaced = "Timestamp [ms]; CPU cores; CPU capacity provisioned [MHz]; CPU usage [MHz]; CPU usage [%]; Memory capacity provisioned [KB]; Memory usage [KB]\n\
        1376314846000; 2; 5200; 520; 10; 2097152; 1048576\r\n1376315146000; 4; 10400; 5200; 50; 4194304; 1048576\r\n";
    let vm = gwa(spaced).unwrap();
    // What was used of two cores is a share of the four that it had later.
    assert_eq!((vm.vcpus, vm.memory), (Some(4), Some(Bytes::from_gib(4))));
    assert_eq!((vm.cpu, vm.memory_use), (vec![0.05, 0.5], vec![0.25, 0.25]));
    assert_eq!(vm.first.unwrap().to_string(), "2013-08-12T13:40:46");
}

#[test]
fn every_mistake_of_a_file_is_named_with_its_line_and_what_was_expected() {
    let text = format!(
        "{HEADER}\n1376314846;\tfour;\t1;\t1;\t10;\t100;\t50\n1376315146;\t4;\t1;\t1;\t-3;\t100;\t50\n1376315446;\t4;\t1\n"
    );
    assert_eq!(
        gwa(&text).unwrap_err(),
        [
            "1.csv:2: expected a number of cores, found `four`",
            "1.csv:3: `-3` cannot be per cent of the CPU; expected 0 to 1000",
            "1.csv:4: the line ends after 3 values; expected per cent of the CPU as number 5",
            "1.csv:4: the line ends after 3 values; expected a memory in KB as number 6",
            "1.csv:4: the line ends after 3 values; expected a memory in KB as number 7",
        ]
    );
    let short = "Timestamp [ms];\tCPU cores;\tCPU usage [%]\n";
    assert_eq!(
        gwa(short).unwrap_err(),
        [
            "1.csv:1: there is no column `Memory capacity provisioned [KB]`",
            "1.csv:1: there is no column `Memory usage [KB]`",
        ]
    );
    assert_eq!(
        gwa(&format!("{HEADER}\n")).unwrap_err(),
        ["1.csv: there is no measurement: expected at least one line of numbers"]
    );
}

#[test]
fn planetlab_has_shares_and_nothing_else() {
    let text: String = (0..288).map(|place| format!("{}\n", place % 101)).collect();
    let mut mistakes = Mistakes::of("host");
    let vm = read_text("host", &text, TraceFormat::PlanetLab, &mut mistakes).unwrap();
    assert_eq!((vm.cpu.len(), vm.step, vm.vcpus, vm.memory), (288, Span::from_minutes(5), None, None));
    assert_eq!((vm.cpu[0], vm.cpu[50], vm.cpu[100]), (0.0, 0.5, 1.0));
    assert!(read_text("host", "12\n101\nx\n", TraceFormat::PlanetLab, &mut mistakes).is_none());
    let said: Vec<_> = mistakes.found.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "host:2: expected per cent as a whole number, 0 to 100, found `101`",
            "host:3: expected per cent as a whole number, 0 to 100, found `x`",
        ]
    );
}

#[test]
#[cfg(feature = "parquet")]
fn the_older_opendc_trace_gives_every_machine_and_sample() {
    let Some(path) = sample("bitbrains-small") else { return };
    let set = load(&path).unwrap();
    assert_eq!((set.format, set.machines.len()), (TraceFormat::OpenDc, 50));
    assert_eq!(set.machines.iter().map(|vm| vm.rows).sum::<usize>(), 276_979);
    // Cores of the fifty: 1: 36 %, 2: 16 %, 4: 28 %, 8: 18 %, 32: 2 %.
    let with = |cores| set.machines.iter().filter(|vm| vm.vcpus == Some(cores)).count();
    assert_eq!([1, 2, 4, 8, 32].map(with), [18, 8, 14, 9, 1]);
    let firsts: Vec<_> = set.machines.iter().filter_map(|vm| vm.first).collect();
    assert_eq!(firsts.iter().min().unwrap().date(), jiff::civil::date(2013, 8, 12));
    assert!(set.machines.iter().all(|vm| vm.life.is_some_and(|(start, stop)| start < stop)));
    // Shares of what each has: none uses more than a tenth above its nominal clock.
    assert!(set.machines.iter().all(|vm| vm.cpu.iter().all(|share| (0.0..1.1).contains(share))));
}

#[test]
#[cfg(not(feature = "parquet"))]
fn parquet_is_told_apart_and_asks_for_another_build() {
    let Some(path) = sample("bitbrains-small") else { return };
    let error = load(&path).unwrap_err().to_string();
    assert!(error.ends_with("this build reads no Parquet; build it with `--features parquet`"), "{error}");
}

/// A file of a few good lines.
fn good() -> String {
    let row = |index: u64| {
        format!(
            "\n{};\t2;\t5200;\t260;\t{}.5;\t4194304;\t1048576;\t0;\t0;\t0;\t0",
            1_376_314_846 + 300 * index,
            index
        )
    };
    HEADER.to_owned() + &(0..6).map(row).collect::<String>()
}

proptest! {
    /// Whatever is cut out of a file, put into it, or changed in it, it is read or
    /// refused with a message, and what is read can be replayed.
    #[test]
    fn damage_is_refused_with_a_message_or_does_no_harm(
        at in 0_usize..700, cut in 0_usize..80, insert in "[0-9;\\t\\n.eE+-]{0,12}|\\PC{0,6}",
    ) {
        let text = good();
        let at = at.min(text.len());
        let damaged = format!("{}{insert}{}", &text[..at], &text[(at + cut).min(text.len())..]);
        match gwa(&damaged) {
            Ok(vm) => {
                prop_assert!(!vm.cpu.is_empty() && vm.step > Span::ZERO);
                prop_assert!(vm.memory_use.is_empty() || vm.memory_use.len() == vm.cpu.len());
                prop_assert!(vm.cpu.iter().chain(&vm.memory_use).all(|share| share.is_finite() && *share >= 0.0));
            }
            Err(mistakes) => {
                prop_assert!(!mistakes.is_empty() && mistakes.iter().all(|text| text.starts_with("1.csv:")));
            }
        }
    }
}

#[cfg(feature = "parquet")]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No byte of a Parquet file, changed or cut off, makes its reader panic.
    #[test]
    fn damaged_parquet_is_refused_with_a_message_or_does_no_harm(
        at in 0_usize..2_723, byte in any::<u8>(), cut in prop_oneof![Just(0_usize), 0_usize..2_723],
    ) {
        let Some(path) = sample("bitbrains-small/bitbrains-small_meta.parquet") else { return Ok(()) };
        let mut bytes = std::fs::read(path).unwrap();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(length - cut % length);
        if let Ok(table) = parquet::read(&bytes) {
            prop_assert!(!table.columns.is_empty());
        }
    }
}
