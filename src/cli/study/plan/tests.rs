use super::*;
use crate::base::ids::Id as _;
use crate::cli::failure::Refused;
use crate::input::study::STUDIES;
use crate::study::analyses::compare::{Pairs, Replications, Width};
use crate::study::analyses::select::Procedure;
use crate::study::analyses::sensitivity::{Chance, Method, Points};
use crate::study::{Better, Unit};

/// A folder with a study in it.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a written file");
    }
    folder
}

/// A study of these settings, over twenty machines so that Worlds are made fast.
fn load_of(rest: &str) -> anyhow::Result<Planned> {
    let small =
        if rest.contains("change:") { "" } else { "change: {estate: {synthetic: {workloads: 20}}}\n" };
    let folder = folder(&[("study.yaml", &format!("version: 1\nname: test\n{small}{rest}"))]);
    load(&folder.path().join("study.yaml"), None)
}

fn planned(rest: &str) -> Planned {
    load_of(rest).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(rest: &str) -> String {
    let error = load_of(rest).expect_err("a refusal");
    let refused = error.downcast_ref::<Refused>().expect("located messages");
    refused.to_string()
}

fn names(planned: &Planned) -> Vec<&str> {
    planned.study.alternatives.iter().map(|alternative| alternative.name.as_str()).collect()
}

#[test]
fn every_shipped_study_is_planned_without_a_doubt_about_itself() {
    for (name, _) in STUDIES {
        let planned = load(Path::new(name), None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(planned.study.name, *name);
        assert!(!planned.study.question.is_empty(), "{name}");
        assert!(!planned.warnings.contains("<study"), "{name}: {}", planned.warnings);
        assert_eq!(planned.columns.len(), planned.worlds.len());
        assert!(planned.columns.iter().all(|columns| columns.len() == planned.study.columns()));
        let about_exits =
            planned.study.outcomes.iter().any(|outcome| outcome.figure.starts_with("lock_in.exit"));
        assert_eq!(planned.rehearse, about_exits, "{name}");
    }
}

#[test]
fn a_study_says_little_and_means_the_usual() {
    let planned = planned("analyses: [compare, pareto: {objectives: [cost.npv, {tail: cost.npv}]}]\n");
    let study = &planned.study;
    assert_eq!(
        names(&planned),
        ["renew", "shrink", "hyper-v", "azure-dedicated", "vmware-on-aws", "sovereign-first"]
    );
    assert_eq!(study.alternatives[AlternativeId::from_index(0)].label, "Renew as is");
    assert_eq!((study.seed, study.levers.len(), study.currency.as_str()), (42, 0, "EUR"));
    let [npv] = study.outcomes.as_slice() else { panic!("one outcome: {:?}", study.outcomes) };
    assert_eq!((npv.figure.as_str(), npv.unit, npv.better), ("cost.npv", Unit::Money, Better::Lower));
    assert_eq!((npv.target, npv.missing), (None, None));
    // Five years have sixty months, and a comparison draws its curves.
    assert_eq!((study.curve, study.held, planned.rehearse), (60, 0, false));
    assert!(study.inputs.len() > 50 && study.inputs.iter().all(|input| input.quantile.is_some()));
    let Analysis::Compare(compare) = &study.analyses[0] else { panic!("{:?}", study.analyses[0]) };
    assert_eq!((compare.replications, compare.pairs), (Replications::Fixed(100), Pairs::First));
    assert_eq!((compare.level, compare.fixed, compare.alternatives.len()), (0.95, 50, 6));
}

#[test]
fn every_key_of_every_analysis_reaches_its_specification() {
    let planned = planned(
        "strategies: [renew, hyper-v, shrink]
inputs: [vcf_discount, {name: own, figures: \"sites.paris.services.*\"}]
outcomes: [{figure: cost.npv, target: 4 MEUR}, {figure: migration.downtime_hours, better: higher, label: D}]
replications: 30
seed: 7
analyses:
  - split: {nested: {draws: 9, replications: 3}}
  - compare: {strategies: [shrink, renew], until: {half_width: 5 h, of: migration.downtime_hours, round: 20, most: 400}, level: 90 %, pairs: all, fixed: 0}
  - compare: {until: {relative: 10 %}}
  - select: {by: rinott, delta: 50 kEUR, level: 99 %, first: 11, budget: 300}
  - select: {by: ocba}
  - sensitivity: {by: {tornado: {low: 5 %, high: 95 %}}, of: {strategy: renew}, replications: 3}
  - sensitivity: {by: morris, of: {outcome: cost.npv, strategy: hyper-v, minus: renew}}
  - sensitivity: {by: {sobol: {rows: 16, points: latin-hypercube, resamples: 99, chance: input}}, of: {strategy: renew}}
  - discover: {of: {strategy: renew}, futures: 50, replications: 1, peel: 10 %, least_mass: 20 %, boxes: 3}
  - discover: {of: {strategy: renew, minus: hyper-v}, worse_than: -2 kEUR}
  - robust: {futures: 40, replications: 5, pessimism: 25 %, tail: 10 %}
  - pareto: {}
  - thresholds: {input: $vcf_discount, of: migration.downtime_hours, steps: 5, replications: 6, strategies: [renew, hyper-v]}
",
    );
    let study = &planned.study;
    assert_eq!((study.seed, study.inputs.len(), study.columns()), (7, 2, 6));
    assert_eq!((study.inputs[0].name.as_str(), study.inputs[0].unit.as_str()), ("vcf_discount", "%"));
    assert!(study.inputs[1].quantile.is_none() && study.inputs[1].columns == (1..6) && study.held > 50);
    assert_eq!((study.outcomes[0].target, study.outcomes[1].better), (Some(4e6), Better::Higher));
    assert_eq!(study.outcomes[1].label, "D");
    let of = |place: usize| AlternativeId::from_index(place);
    let all = study.analyses.as_slice();
    let Analysis::Split(split) = &all[0] else { panic!() };
    assert_eq!((split.draws, split.replications), (9, 3));
    let Analysis::Compare(compare) = &all[1] else { panic!() };
    let until = Replications::Until { outcome: 1, width: Width::Absolute(5.0), round: 20, most: 400 };
    assert_eq!((compare.replications, compare.pairs, compare.level), (until, Pairs::All, 0.9));
    assert_eq!((compare.alternatives.as_slice(), compare.fixed), (&[of(2), of(0)][..], 0));
    let Analysis::Compare(compare) = &all[2] else { panic!() };
    let until = Replications::Until { outcome: 0, width: Width::Relative(0.1), round: 50, most: 2000 };
    assert_eq!(compare.replications, until);
    let Analysis::Select(select) = &all[3] else { panic!() };
    assert_eq!((select.procedure, select.outcome, select.delta), (Procedure::Rinott, 0, 50e3));
    assert_eq!((select.level, select.first, select.budget, select.alternatives.len()), (0.99, 11, 300, 3));
    let Analysis::Select(select) = &all[4] else { panic!() };
    assert_eq!((select.procedure, select.delta, select.budget), (Procedure::Ocba, 0.0, 5000));
    let Analysis::Sensitivity(tornado) = &all[5] else { panic!() };
    assert_eq!((tornado.method, tornado.replications), (Method::Tornado { low: 0.05, high: 0.95 }, 3));
    let Analysis::Sensitivity(morris) = &all[6] else { panic!() };
    assert_eq!((morris.method, morris.replications), (Method::Morris { trajectories: 20, levels: 4 }, 4));
    assert_eq!((morris.measure.of, morris.measure.minus), (of(1), Some(of(0))));
    let Analysis::Sensitivity(sobol) = &all[7] else { panic!() };
    let (points, chance) = (Points::LatinHypercube, Chance::Input);
    assert_eq!(sobol.method, Method::Sobol { rows: 16, points, resamples: 99, chance });
    let Analysis::Discover(discover) = &all[8] else { panic!() };
    // Without `worse_than` the target of the outcome.
    assert_eq!((discover.worse_than, discover.futures, discover.replications), (4e6, 50, 1));
    assert_eq!((discover.peel, discover.least_mass, discover.boxes), (0.1, 0.2, 3));
    let Analysis::Discover(discover) = &all[9] else { panic!() };
    assert_eq!((discover.worse_than, discover.futures), (-2e3, 400));
    let Analysis::Robust(robust) = &all[10] else { panic!() };
    assert_eq!((robust.futures, robust.replications, robust.pessimism, robust.tail), (40, 5, 0.25, 0.1));
    let Analysis::Pareto(pareto) = &all[11] else { panic!() };
    assert_eq!((pareto.objectives.len(), pareto.replications), (2, 30));
    let Analysis::Thresholds(thresholds) = &all[12] else { panic!() };
    assert_eq!((thresholds.input, thresholds.outcome, thresholds.steps), (0, 1, 5));
    assert_eq!((thresholds.replications, thresholds.alternatives.as_slice()), (6, &[of(0), of(1)][..]));
}

#[test]
fn the_command_lines_number_takes_the_place_of_the_studys_but_not_of_an_analysis_own() {
    let text = "version: 1\nname: t\nreplications: 30\nchange: {estate: {synthetic: {workloads: 20}}}\n\
                analyses: [compare, compare: {replications: 40}]\n";
    let folder = folder(&[("study.yaml", text)]);
    let planned = load(&folder.path().join("study.yaml"), Some(12)).expect("a plan");
    let fixed = |place: usize| match &planned.study.analyses[place] {
        Analysis::Compare(compare) => compare.replications,
        other => panic!("{other:?}"),
    };
    assert_eq!((fixed(0), fixed(1)), (Replications::Fixed(12), Replications::Fixed(40)));
}

#[test]
fn two_levers_of_two_values_make_four_worlds_and_the_estate_is_read_once() {
    let planned = planned(
        "strategies: [renew, hyper-v]
levers:
  engineers: {setting: migration.engineers, values: [2, 8]}
  discount: {values: {none: {uncertain: {vcf_discount: 0 %}}, usual: {}}}
analyses: [compare, robust]
",
    );
    assert_eq!((planned.worlds.len(), planned.identity.estates.len()), (4, 1));
    assert_eq!(
        names(&planned),
        [
            "renew/engineers=2,discount=none",
            "renew/engineers=2,discount=usual",
            "renew/engineers=8,discount=none",
            "renew/engineers=8,discount=usual",
            "hyper-v/engineers=2,discount=none",
            "hyper-v/engineers=2,discount=usual",
            "hyper-v/engineers=8,discount=none",
            "hyper-v/engineers=8,discount=usual",
        ]
    );
    let sixth = AlternativeId::from_index(5);
    let alternative = &planned.study.alternatives[sixth];
    assert_eq!(alternative.label, "Hyper-V on the same hosts (engineers 2, discount usual)");
    assert_eq!(
        (alternative.strategy.as_str(), alternative.settings.as_slice()),
        ("hyper-v", &["2".to_owned(), "usual".to_owned()][..])
    );
    assert_eq!(planned.study.levers, ["engineers", "discount"]);
    let (world, strategy) = planned.contenders[sixth];
    assert_eq!((world, planned.worlds[world].strategies[strategy].name.as_str()), (1, "hyper-v"));
    let engineers = |place: usize| planned.identity.variants[place].scenario.text.contains("engineers: 8");
    assert_eq!([0, 1, 2, 3].map(engineers), [false, false, true, true]);
    let hashes: std::collections::BTreeSet<_> =
        planned.identity.variants.iter().map(|variant| &variant.scenario.sha256).collect();
    assert_eq!(hashes.len(), 4);
    // The discount is certain in half of the variants: an input, with a word about it.
    let doubt = "`uncertain.vcf_discount` is not the same in the variant `engineers=2,discount=none`";
    assert!(planned.warnings.contains(doubt), "{}", planned.warnings);
}

#[test]
fn named_variants_may_change_the_estate_which_is_then_kept_twice() {
    let planned = planned(
        "strategies: [renew, shrink]
variants:
  as-is:
  more: {estate: {synthetic: {workloads: 24}}}
analyses: [compare]
",
    );
    assert_eq!(names(&planned), ["renew/as-is", "renew/more", "shrink/as-is", "shrink/more"]);
    assert_eq!(planned.study.alternatives[AlternativeId::from_index(1)].label, "Renew as is (more)");
    assert_eq!(planned.worlds.iter().map(|world| world.workloads.len()).collect::<Vec<_>>(), [20, 24]);
    let estates: Vec<usize> = planned.identity.variants.iter().map(|variant| variant.estate).collect();
    assert_eq!((estates, planned.identity.estates.len()), (vec![0, 1], 2));
    let folder = tempfile::tempdir().expect("a temporary folder");
    planned.write_inputs(folder.path()).expect("written inputs");
    let mut written: Vec<String> = std::fs::read_dir(folder.path().join("inputs"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    written.sort();
    assert_eq!(written, ["estate-1.csv", "estate-2.csv", "scenario-1.yaml", "scenario-2.yaml", "study.yaml"]);
}

#[test]
fn reordering_strategies_reorders_alternatives_and_renames_none() {
    let of = |strategies: &str| {
        let planned = planned(&format!("strategies: {strategies}\nanalyses: [compare]\n"));
        let mut names: Vec<String> = names(&planned).iter().map(|name| (*name).to_owned()).collect();
        let first = names[0].clone();
        names.sort();
        (first, names)
    };
    let (one, all) = of("[renew, hyper-v, shrink]");
    let (other, same) = of("[shrink, renew, hyper-v]");
    assert_eq!((one.as_str(), other.as_str()), ("renew", "shrink"));
    assert_eq!(all, same);
}

#[test]
fn values_are_read_in_the_unit_of_their_outcome() {
    let planned = planned(
        "outcomes:
  - {figure: cost.npv, target: 350 kEUR}
  - {figure: migration.finished_at, target: 2028-03-31}
  - {figure: availability.mean, target: 99.9 %}
  - {figure: availability.vm_hours_down, target: 2 days}
  - {figure: lock_in.exit_cost, target: 1 MEUR}
  - {figure: lock_in.exit_months, target: 6 months}
  - {figure: sovereignty.score_percent, target: 70}
analyses: [{select: {of: migration.finished_at, delta: 30 days}}]
",
    );
    let [npv, finished, up, down, exit, months, score] = planned.study.outcomes.as_slice() else { panic!() };
    assert_eq!(npv.target, Some(350e3));
    // 456 days to the end of that day, less a second.
    let by = (456.0 * 86_400.0 - 1.0) / 86_400.0 / 365.25;
    assert!((finished.target.expect("a target") - by).abs() < 1e-12, "rounding only");
    let horizon = planned.worlds[0].calendar.years(planned.worlds[0].horizon());
    assert_eq!((finished.unit, finished.missing), (Unit::Date, Some(horizon)));
    assert!(!finished.misses(455.99 / 365.25) && finished.misses(456.01 / 365.25));
    assert_eq!((up.target, up.better, up.unit), (Some(99.9 / 100.0), Better::Higher, Unit::Share));
    assert_eq!((down.target, down.label.as_str()), (Some(48.0), "Workload hours down (hours)"));
    // Where nobody can be left, leaving costs nothing.
    assert_eq!((exit.missing, months.target, score.target), (Some(0.0), Some(6.0), Some(70.0)));
    assert!(planned.rehearse);
    let Analysis::Select(select) = &planned.study.analyses[0] else { panic!() };
    assert!((select.delta - 30.0 / 365.25).abs() < 1e-15, "rounding only");
}

#[test]
fn all_mistakes_of_a_study_and_of_its_changes_come_at_once() {
    let said = refused(
        "strategies: [renew, hyperv]
levers: {engineers: {setting: migration.enginers, values: [2, 4]}}
outcomes: [cost.nvp]
analyses: [{compare: {level: 30 %}}]
",
    );
    // The lever spoils the variants, so names are not looked up in them yet.
    assert!(said.contains("`enginers` is not a key") && said.contains("`level` cannot be 30 %"), "{said}");
}

fn bad_studies() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_studies")
}

/// The names, without their ending, of the bad studies' files that end in `ending`.
fn files(ending: &str) -> std::collections::BTreeSet<String> {
    fs::read_dir(bad_studies())
        .expect("the folder of bad studies")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a UTF-8 name"))
        .filter_map(|name| name.strip_suffix(ending).map(str::to_owned))
        .collect()
}

/// Each file of `tests/bad_studies/` is a mistake that a newcomer makes; beside it stands
/// what the program says about it, word for word. `PORTOLAN_BLESS=1` writes the texts anew.
#[test]
fn every_bad_study_is_refused_with_the_expected_message() {
    let bless = std::env::var_os("PORTOLAN_BLESS").is_some();
    let mut wrong = Vec::new();
    let prefix = format!("{}{}", bad_studies().display(), std::path::MAIN_SEPARATOR);
    for name in files(".yaml") {
        let error = load(&bad_studies().join(format!("{name}.yaml")), None).expect_err(&name);
        let refused = error.downcast_ref::<Refused>().unwrap_or_else(|| panic!("{name}: {error}"));
        for message in refused.diagnostics.sorted() {
            let advice = message.notes.len() + message.help.len() + message.related.len();
            assert!(message.spot.is_some() && advice > 0, "{name}: {}", message.title);
            assert!(!message.title.ends_with('.'), "{name}: {}", message.title);
        }
        let said = refused.to_string().replace(&prefix, "");
        let expected = bad_studies().join(format!("{name}.expected.txt"));
        if bless {
            fs::write(&expected, said).expect("a written message");
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("== {name}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "these messages are not the expected ones:\n{}", wrong.join("\n"));
    assert_eq!(files(".yaml"), files(".expected.txt"), "no expected message is left over");
}
