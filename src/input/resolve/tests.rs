//! The default scenario, real inventories over it, and what is refused.

mod committed;
mod prices;

use std::path::{Path, PathBuf};

use super::*;
use crate::base::diagnostics::Color;
use crate::base::random::Draws;
use crate::base::units::Price;
use crate::input::estate::load;
use crate::input::scenario::{DEFAULT, preset};
use crate::world::rules::{commitments, licences};
use crate::world::{
    Change, ContractChoice, Demand, Disposition, FigureId, GuestWindows, HostPrice, Method, OsFamily, Owned,
    Perpetual, Portability, Power, Provenance, Strategy, Term,
};

struct Made {
    world: Result<World, Refusal>,
    messages: String,
}

fn made(text: &str, given: Option<&Path>) -> Made {
    made_with(text, given.map(|path| (load(path).expect("a sample is read"), Origin::Given)))
}

/// The World of a scenario with another estate than its own.
fn made_with(text: &str, other: Option<(Estate, Origin)>) -> Made {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let scenario = Scenario::read_text("scenario.yaml", text, &folder, &mut sources, &mut diagnostics);
    let scenario = scenario.unwrap_or_else(|| panic!("{}", diagnostics.render(&sources, Color::Never)));
    let catalog = Catalog::for_scenario(&scenario, &mut sources, &mut diagnostics).expect("a catalogue");
    let own = || (own_estate(&scenario, &mut diagnostics).expect("an estate"), Origin::Scenario);
    let (estate, origin) = other.unwrap_or_else(own);
    let inputs =
        Inputs { scenario: &scenario, catalog: &catalog, estate: &estate, origin, sources: &sources };
    let world = resolve(inputs, &mut diagnostics);
    Made { world, messages: diagnostics.render(&sources, Color::Never) }
}

fn default_text() -> &'static str {
    preset(DEFAULT).expect("the default scenario comes with the program").1
}

/// The default scenario with something replaced; it must be there.
fn changed(old: &str, new: &str) -> String {
    assert!(default_text().contains(old), "{old}");
    default_text().replace(old, new)
}

fn default_world() -> World {
    let made = made(default_text(), None);
    made.world.unwrap_or_else(|_| panic!("{}", made.messages))
}

fn offer<'w>(world: &'w World, name: &str) -> &'w Offer {
    world.offers.iter().find(|offer| offer.name == name).unwrap_or_else(|| panic!("no offer {name}"))
}

fn strategy<'w>(world: &'w World, name: &str) -> &'w Strategy {
    world
        .strategies
        .iter()
        .find(|strategy| strategy.name == name)
        .unwrap_or_else(|| panic!("no strategy {name}"))
}

fn refused(text: &str) -> String {
    let made = made(text, None);
    assert_eq!(made.world.err(), Some(Refusal::BadInput), "{}", made.messages);
    made.messages
}

#[test]
fn the_default_scenario_resolves_without_a_word() {
    let made = made(default_text(), None);
    assert_eq!(made.messages, "");
    assert!(made.world.is_ok());
}

#[test]
fn the_default_estate_is_300_machines_on_14_hosts() {
    let world = default_world();
    assert_eq!(world.workloads.len(), 300);
    let initial =
        |name| offer(&world, name).hosts().map(|hosts| (hosts.initial, hosts.shape.cores, hosts.shape.vcpus));
    assert_eq!(initial("paris/vsphere"), Some((10, 32, 128)));
    assert_eq!(initial("lyon/vsphere"), Some((4, 32, 128)));
    assert_eq!(initial("paris/hyper-v"), Some((0, 32, 128)));
    let reused = offer(&world, "paris/hyper-v").hosts().and_then(|hosts| hosts.reuses);
    assert_eq!(reused.map(|id| world.offers[id].name.as_str()), Some("paris/vsphere"));
    let windows = world.workloads.iter().filter(|workload| workload.os == OsFamily::Windows).count();
    assert!((60..240).contains(&windows), "{windows}: about half, as drawn");
    assert!(
        world.workloads.iter().all(|workload| workload.power == Power::Off || workload.cpu_use.is_some())
    );
}

#[test]
fn the_contract_covers_the_cores_until_the_end_of_its_last_day_and_renews_at_list_less_a_discount() {
    let world = default_world();
    let contract = world.contracts.iter().next().expect("the default has a contract");
    // 14 hosts of two processors of 16 cores.
    assert_eq!(contract.cores, 448);
    assert_eq!(world.calendar.date(contract.ends).to_string(), "2028-04-01");
    let figures = Figures::at_mode(&world);
    assert_eq!(figures.price(contract.price), Price::from_f64(45.0));
    // 350 USD less the mode of the discount, 30 %, at 1.1567 USD for one euro.
    let list = figures.in_reporting_currency(contract.renewal.price);
    assert!((list - 350.0 / 1.1567).abs() < 1e-6, "rates keep twelve decimals: {list}");
    let price =
        commitments::renewal_price(&figures, &contract.renewal, commitments::Ordered::InTime).to_string();
    assert_eq!(price, "245");
    assert_eq!(contract.renewal.terms, [1, 3, 5].map(|years| Term { years }));
    assert!(matches!(
        world.figures[contract.renewal.price].provenance,
        Provenance::Published { confidence: 'B', .. }
    ));
}

#[test]
fn licences_are_needed_where_their_platform_runs_and_what_the_hosts_need_is_owned() {
    let world = default_world();
    let uses = |name: &str| {
        let uses = offer(&world, name).licences.iter();
        uses.map(|used| (world.licences[used.licence].name.clone(), used.needs_portability))
            .collect::<Vec<_>>()
    };
    assert_eq!(uses("paris/vsphere"), [("vcf".to_owned(), Portability::OnPremises)]);
    assert_eq!(uses("aws/evs-i4i"), [("vcf".to_owned(), Portability::Required)]);
    assert_eq!(
        uses("lyon/hyper-v"),
        ["windows-datacenter", "system-center-datacenter"]
            .map(|name| (name.to_owned(), Portability::OnPremises))
    );
    let owned = |name: &str| {
        let licence = world.licences.iter().find(|licence| licence.name == name);
        licence.and_then(|licence| licence.perpetual).map(|Perpetual { owned, .. }| owned)
    };
    // Every host of 32 cores takes two packs; all 14 have Windows guests.
    assert_eq!(
        (owned("windows-datacenter"), owned("system-center-datacenter")),
        (Some(Owned::Cores(28 * 16)), Some(Owned::Cores(0)))
    );
    let windows = |name| offer(&world, name).windows;
    assert!(matches!(windows("azure/dsv5-type1"), GuestWindows::Carried(_)));
    assert!(matches!(windows("aws/evs-i4i"), GuestWindows::Included(_)));
}

#[test]
fn prices_of_sizes_follow_their_family_in_every_draw() {
    let world = default_world();
    let skus = offer(&world, "azure/instances").skus().expect("a menu");
    let price =
        |name: &str| skus.iter().find(|sku| sku.name == name).map(|sku| sku.per_hour).expect("a size");
    let nodes = offer(&world, "aws/evs-i4i").hosts().expect("nodes");
    let HostPrice::PerHour(node) = nodes.price else { panic!("nodes are rented") };
    let named = |end: &str| {
        world.figures.find(|figure| figure.name.ends_with(end)).expect("a figure of the catalogue")
    };
    let (bare, fee) = (named("evs-i4i.price.eu-west-3"), named("evs-i4i.fee"));
    for replication in 0..5 {
        let figures = Figures::draw(&world, &Draws { seed: 1, replication });
        let ratio = figures.value(price("d16s-v6")) / figures.value(price("d4s-v6"));
        assert!((ratio - 4.0).abs() < 1e-12, "rounding only: {ratio}");
        let sum = figures.value(bare) + figures.value(fee);
        assert!((figures.value(node) - sum).abs() < 1e-12, "rounding only");
    }
    assert_eq!(world.figures[price("d16s-v6")].unit, "EUR/h");
}

#[test]
fn every_figure_has_its_own_name_and_no_price_lacks_a_rate() {
    let world = default_world();
    let mut names: Vec<&str> = world.figures.iter().map(|figure| figure.name.as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    for figure in world.figures.iter() {
        let known = |currency| {
            currency == world.currency || world.exchange.iter().any(|(known, _)| *known == currency)
        };
        assert!(figure.currency.is_none_or(known), "{}", figure.name);
        assert!(
            !matches!(&figure.provenance, Provenance::Assumption { reason } if reason.is_empty()),
            "{} is assumed without a reason",
            figure.name
        );
    }
}

#[test]
fn each_strategy_does_what_its_rules_say() {
    let world = default_world();
    let names: Vec<&str> = world.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
    assert_eq!(names, ["renew", "shrink", "hyper-v", "azure-dedicated", "vmware-on-aws", "sovereign-first"]);
    let moves = |name| strategy(&world, name).planned_moves();
    assert_eq!((moves("renew"), moves("shrink"), strategy(&world, "shrink").consolidations.len()), (0, 0, 2));
    let first = |name| strategy(&world, name).contracts.iter().next().copied();
    assert_eq!(first("renew"), Some(ContractChoice::Renew(Term { years: 3 })));
    assert_eq!(first("hyper-v"), Some(ContractChoice::Leave));
    assert_eq!(moves("hyper-v"), 300);
    for (workload, assignment) in strategy(&world, "hyper-v").assignments.enumerate() {
        let assignment = assignment.expect("all move");
        let to = &world.offers[assignment.to.expect("somewhere")];
        assert_eq!(to.site, world.offers[world.workloads[workload].home].site, "within its site");
        assert_eq!(assignment.disposition, Disposition::Rehost);
        assert_ne!(assignment.method, Method::Live, "another hypervisor");
    }
    let relocated = strategy(&world, "vmware-on-aws").assignments.iter().flatten();
    assert!(relocated.into_iter().all(|assignment| assignment.disposition == Disposition::Relocate));
    for (workload, assignment) in strategy(&world, "sovereign-first").assignments.enumerate() {
        let class = world.applications[world.workloads[workload].application].data_class;
        let site = assignment.and_then(|assignment| assignment.to).map(|to| world.site_of(to).name.as_str());
        let wanted = if world.data_classes[class].name == "confidential" { "trusted" } else { "azure" };
        assert_eq!(site, Some(wanted), "{}", world.workloads[workload].name);
    }
}

#[test]
fn a_price_move_concerns_what_it_names_and_repeats_until_the_horizon() {
    let world = default_world();
    let figures = |label: &str| -> Vec<Vec<FigureId>> {
        let events = world.timeline.iter().filter(|event| event.label == label);
        events
            .filter_map(|event| match &event.change {
                Change::Prices { figures, .. } => Some(figures.clone()),
                Change::Fault { .. } => None,
            })
            .collect()
    };
    assert_eq!(figures("Electricity"), vec![vec![world.operations.electricity]; 4]);
    let azure = figures("Azure raises its prices");
    let skus = offer(&world, "azure/instances").skus().expect("a menu");
    assert!(skus.iter().all(|sku| azure[0].contains(&sku.per_hour)));
    assert!(!azure[0].contains(&world.operations.electricity));
    assert!(world.timeline.is_sorted_by_key(|event| event.at));
}

#[test]
fn every_pair_of_sites_has_a_way() {
    let world = default_world();
    for (a, b) in [("aws", "trusted"), ("azure", "trusted"), ("azure", "aws"), ("lyon", "trusted")] {
        let site = |name: &str| world.sites.find(|site| site.name == name).expect("a site");
        let link = world.links.iter().find(|link| link.joins(site(a), site(b))).expect("a way");
        assert!(link.name.starts_with("internet:"), "{}", link.name);
        assert_eq!((link.bandwidth, link.rtt), (INTERNET_BANDWIDTH, INTERNET_RTT));
    }
}

/// What a strategy costs in one replication, undiscounted.
fn total(world: &World, strategy: &Strategy) -> f64 {
    use crate::base::units::SimTime;
    use crate::simulation::journal::{Entry, Receiver};
    use crate::simulation::{Plan, Simulation};
    #[derive(Clone, Default)]
    struct Total(f64);
    impl Receiver for Total {
        fn receive(&mut self, _: SimTime, entry: &Entry) {
            if let Entry::Charge(charge) = entry {
                self.0 += charge.amount.as_f64();
            }
        }
    }
    let draws = Draws { seed: 42, replication: 0 };
    let (plan, figures) = (Plan::of(world, strategy), Figures::draw(world, &draws));
    let mut running = Simulation::start(world, plan, figures, draws, Total::default());
    running.run_to_horizon();
    running.close().0
}

#[test]
fn every_strategy_of_the_default_scenario_runs_and_costs_millions() {
    let world = default_world();
    for strategy in world.strategies.iter() {
        let total = total(&world, strategy);
        // 300 machines and 448 cores for five years.
        assert!((2e6..2e7).contains(&total), "{}: {total}", strategy.name);
    }
}

#[test]
fn confidential_data_passes_its_gates_only_at_the_trusted_site() {
    use crate::world::rules::gates;
    let world = default_world();
    let class = world.data_classes.find(|class| class.name == "confidential").expect("a class");
    let passes = |name: &str| {
        gates::passes(&world, world.offers.find(|offer| offer.name == name).expect("it is there"), class)
    };
    let offers = [
        "trusted/instances",
        "azure/instances",
        "azure/dsv5-type1",
        "aws/evs-i4i",
        "paris/vsphere",
        "paris/hyper-v",
    ];
    assert_eq!(offers.map(passes), [true, false, false, false, true, true]);
}

#[test]
fn a_filter_is_a_gate_and_of_several_destinations_the_one_that_passes_is_taken() {
    let text = changed(
        "gates: {confidential: {SOV-2: 3, SOV-3: 3}}",
        "filters: {confidential: {certified: SecNumCloud, residency: EU, not_under: [US]}}",
    );
    let text = text.replace("to: trusted}", "to: [azure/instances, trusted]}");
    let made = made(&text, None);
    let world = made.world.unwrap_or_else(|_| panic!("{}", made.messages));
    let demands: Vec<Demand> = world.limits.gates.iter().map(|gate| gate.demand.clone()).collect();
    assert_eq!(
        demands,
        [
            Demand::Certified("SecNumCloud".into()),
            Demand::Residency(vec!["EU".into()]),
            Demand::NotUnder(vec!["US".into()]),
        ]
    );
    let trusted = world.offers.find(|offer| offer.name == "trusted/instances");
    let class = world.data_classes.find(|class| class.name == "confidential").expect("a class");
    let moved: Vec<Option<OfferId>> = strategy(&world, "sovereign-first")
        .assignments
        .enumerate()
        .filter(|(id, _)| world.applications[world.workloads[*id].application].data_class == class)
        .filter_map(|(_, assignment)| Some(assignment.as_ref()?.to))
        .collect();
    assert!(moved.len() > 10 && moved.iter().all(|to| *to == trusted), "{moved:?}");
}

fn sample(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/inventories").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

#[test]
fn real_inventories_resolve_over_the_default_scenario() {
    for path in [
        "rvtools/kubev2v_example1.xlsx",
        "rvtools/rvtools_4.7_full.xlsx",
        "rvtools/rvtools_4.7_csv",
        "rvtools/rvtools_internal_headers_vInfo.csv",
        "rvtools/ibm_rvtools-small-complete.xlsx",
        "azure-migrate/azure_migrate_from_ame_core_report.csv",
        "azure-migrate/azure_migrate_import.csv",
    ] {
        let Some(path) = sample(path) else { continue };
        let kept = load(&path).expect("a sample is read").machines.len();
        let made = made(default_text(), Some(&path));
        let world = made.world.unwrap_or_else(|_| panic!("{}", path.display()));
        assert_eq!(world.workloads.len(), kept, "{}", path.display());
        for strategy in world.strategies.iter() {
            assert!(total(&world, strategy) > 0.0, "{}: {}", path.display(), strategy.name);
        }
    }
}

#[test]
fn an_inventorys_hosts_take_the_place_of_the_scenarios() {
    let Some(path) = sample("rvtools/kubev2v_example1.xlsx") else { return };
    let estate = load(&path).expect("a sample is read");
    let made = made(default_text(), Some(&path));
    let world = made.world.unwrap_or_else(|_| panic!("{}", made.messages));
    let hosts = offer(&world, "paris/vsphere").hosts().expect("hosts");
    assert!(hosts.initial as usize >= estate.hosts.len() && hosts.initial != 10, "{}", hosts.initial);
    // A site that no machine is mapped to keeps its hosts.
    assert_eq!(offer(&world, "lyon/vsphere").hosts().map(|hosts| hosts.initial), Some(4));
    let contract = world.contracts.iter().next().expect("a contract");
    let counting = world.licences[contract.licence].counting;
    let lyon = 4 * 32;
    assert_eq!(contract.cores, lyon + licences::counted_cores(counting, &hosts.shape, hosts.initial));
}

/// The default scenario's line of its own assumption on the fee of EVS.
fn fee_line() -> &'static str {
    default_text().lines().find(|line| line.trim().starts_with("fee:")).expect("the default states a fee")
}

#[test]
fn a_price_that_nobody_publishes_is_asked_for_with_the_lines_that_state_it() {
    let made = made(&changed(fee_line(), "          maximum: {value: 16 hosts}"), None);
    assert_eq!(made.world.err(), Some(Refusal::PriceMissing), "{}", made.messages);
    for wanted in [
        "A price is missing: `providers.aws.offers.evs-i4i.fee`",
        "`aws/evs-i4i` needs it",
        "            fee: your price, with its unit",
    ] {
        assert!(made.messages.contains(wanted), "{wanted}\n{}", made.messages);
    }
}

#[test]
fn where_sources_disagree_on_a_missing_price_their_range_is_shown() {
    let made = made(
        &changed("offers: [dsv5-type1, instances]", "offers: [dsv5-type1, instances, avs-av36p, avs-av36]"),
        None,
    );
    assert_eq!(made.world.err(), Some(Refusal::PriceMissing), "{}", made.messages);
    assert_eq!(made.messages.matches("A price is missing").count(), 2, "{}", made.messages);
    assert!(made.messages.contains("USD/h to 15.87 USD/h"), "{}", made.messages);
    assert!(made.messages.contains("price: {low: "), "{}", made.messages);
}

#[test]
fn a_missing_price_beside_a_mistake_is_a_mistake() {
    let text = changed("region: cloudgouv-eu-west-1", "region: cloudgov-eu-west-1");
    let messages = refused(&text);
    assert!(messages.contains("is not a region of 3DS Outscale"), "{messages}");
    assert!(messages.contains("Did you mean `cloudgouv-eu-west-1`?"), "{messages}");
}

#[test]
fn names_that_nobody_declares_are_shown_where_they_stand() {
    for (old, new, wanted) in [
        ("provider: outscale", "provider: outscal", "`outscal` is not a provider of the catalogue"),
        (
            "offers: [dsv5-type1, instances]",
            "offers: [dsv5-typ1, instances, dsv5-type1]",
            "`dsv5-typ1` is not an offer of Microsoft Azure",
        ),
        (
            "vsphere: {platform: vsphere, hosts: {count: 4",
            "vsphere: {platform: vspher, hosts: {count: 4",
            "`vspher` is not a platform",
        ),
        ("licence: vcf", "licence: vfc", "`vfc` is not a licence of the catalogue"),
        ("{provider: azure, change", "{provider: google, change", "google"),
    ] {
        let messages = refused(&changed(old, new));
        assert!(messages.contains(wanted), "{wanted}\n{messages}");
        assert!(messages.contains("scenario.yaml:"), "{messages}");
    }
}

#[test]
fn a_currency_without_a_rate_is_one_clear_error() {
    let messages = refused(&changed("price: 45 EUR/core-year", "price: 45 CHF/core-year"));
    assert!(messages.contains("No exchange rate from CHF to EUR"), "{messages}");
    assert!(messages.contains("exchange: {CHF: 1.00 EUR/CHF}"), "{messages}");
    let text = changed("contracts:\n  vmware:\n", "exchange: {CHF: 1.05 EUR/CHF}\ncontracts:\n  vmware:\n");
    let made = made(&text.replace("price: 45 EUR/core-year", "price: 45 CHF/core-year"), None);
    assert!(made.world.is_ok(), "{}", made.messages);
}

#[test]
fn a_method_that_is_asked_for_and_impossible_is_an_error_and_any_other_a_warning() {
    let asked =
        changed("{select: all, to: azure/dsv5-type1}", "{select: all, to: azure/dsv5-type1, method: live}");
    let messages = refused(&asked);
    assert!(messages.contains("300 workloads cannot be moved as `azure-dedicated` asks"), "{messages}");
    let uncertified = changed(
        "{select: all, to: azure/dsv5-type1}",
        "{select: all, to: azure/dsv5-type1, certified: SecNumCloud}",
    );
    let made = made(&uncertified, None);
    assert!(made.messages.contains("They stay where they are"), "{}", made.messages);
    let world = made.world.unwrap_or_else(|_| panic!("{}", made.messages));
    assert_eq!(strategy(&world, "azure-dedicated").planned_moves(), 0);
}

#[test]
fn too_few_hosts_are_filled_up_with_a_warning() {
    let text = changed(
        "placement:                       # which site a machine of the inventory runs at\n    - {site: lyon, match: {datacenter: \"*lyon*\"}}\n    - {site: paris}",
        "placement:\n    - {site: lyon}",
    );
    let made = made(&text, None);
    assert!(
        made.messages.contains("The machines of `lyon/vsphere` do not fit its 4 hosts"),
        "{}",
        made.messages
    );
    let world = made.world.unwrap_or_else(|_| panic!("{}", made.messages));
    assert!(offer(&world, "lyon/vsphere").hosts().is_some_and(|hosts| hosts.initial > 9));
}

fn with_a_giant() -> Estate {
    let rows = "VM,Powerstate,CPUs,Memory,Provisioned MiB\ngiant,poweredOn,200,1048576,1024\nweb,poweredOn,2,4096,1024\n";
    crate::input::estate::read("vInfo.csv", rows.as_bytes().to_vec()).expect("two machines")
}

#[test]
fn a_machine_larger_than_a_host_is_refused_in_ones_own_estate_and_believed_in_an_inventory() {
    let own = made_with(default_text(), Some((with_a_giant(), Origin::Scenario)));
    assert_eq!(own.world.err(), Some(Refusal::BadInput));
    assert!(
        own.messages.contains("1 machine of `paris/vsphere` is larger than a host, such as `giant`"),
        "{}",
        own.messages
    );
    let given = made_with(default_text(), Some((with_a_giant(), Origin::Given)));
    assert!(given.messages.contains("a host is taken to hold as much as the largest"), "{}", given.messages);
    let world = given.world.unwrap_or_else(|_| panic!("{}", given.messages));
    let shape = offer(&world, "paris/vsphere").hosts().expect("hosts").shape;
    assert_eq!((shape.cores, shape.vcpus, shape.memory.as_gib()), (32, 200, 1024.0));
    assert_eq!(world.contracts.iter().next().map(|contract| contract.cores), Some(448));
}

#[test]
fn one_instant_sizes_no_workload_and_a_measured_period_does() {
    let Some(rvtools) = sample("rvtools/rvtools_4.7_full.xlsx") else { return };
    let world = made(default_text(), Some(&rvtools)).world.expect("it resolves");
    assert!(
        world.workloads.iter().all(|workload| workload.cpu_use.is_none() && workload.memory_use.is_none())
    );
    let Some(azure) = sample("azure-migrate/azure_migrate_from_ame_core_report.csv") else { return };
    let world = made(default_text(), Some(&azure)).world.expect("it resolves");
    assert!(world.workloads.iter().any(|workload| workload.cpu_use.is_some()));
}

#[test]
fn an_offer_of_another_stack_than_its_providers_answers_for_itself() {
    let offers = "{instances: {}, vmware-secnumcloud: {price: 4 EUR/h}}";
    let site = format!("  ovh:\n    provider: ovhcloud\n    region: rbx\n    offers: {offers}\n\nlinks:\n");
    let made = made(&changed("\nlinks:\n", &site), None);
    let world = made.world.unwrap_or_else(|_| panic!("{}", made.messages));
    let profile =
        |name: &str| world.profile_of(world.offers.find(|offer| offer.name == name).expect("it is there"));
    assert_ne!(profile("ovh/instances").answers, profile("ovh/vmware-secnumcloud").answers);
    assert_eq!(profile("ovh/vmware-secnumcloud").answers.len(), world.framework.criteria.len());
}

/// The default scenario with what the lines add to it.
fn extended(lines: &str) -> String {
    format!("extends: vmware-exit\nname: what-if\n{lines}")
}

#[test]
fn applications_whose_machines_talk_go_together_by_the_published_sample() {
    let Some(export) = sample("other/azure_migrate_dependency_export_sample.csv") else { return };
    let rows: String = ["app1", "app2", "db1", "web1", "api1", "web2", "api2", "admin"]
        .map(|name| format!("{name}-server,2,4096,1024\n"))
        .concat();
    let inventory = format!("VM,CPUs,Memory,In Use MiB\n{rows}");
    let groups = |settings: &str| {
        let estate =
            crate::input::estate::read("vInfo.csv", inventory.clone().into_bytes()).expect("an inventory");
        let text = extended(&format!(
            "estate:\n  data_classes: [internal, confidential]\n  dependency_export: {{path: {:?}, {settings}}}\n",
            export.display().to_string()
        ));
        let made = made_with(&text, Some((estate, Origin::Given)));
        let world = made.world.unwrap_or_else(|_| panic!("{}", made.messages));
        let mut groups: Vec<Vec<String>> = Vec::new();
        for leader in world.applications.ids() {
            let of_group = world
                .workloads
                .iter()
                .filter(|workload| world.programme.leader(workload.application) == leader);
            let mut names: Vec<String> = of_group.map(|workload| workload.name.clone()).collect();
            names.sort();
            if names.len() > 1 {
                groups.push(names);
            }
        }
        groups.sort();
        groups
    };
    let names = |names: &[&str]| names.iter().map(|name| format!("{name}-server")).collect::<Vec<_>>();
    let apart = [names(&["api1", "web1"]), names(&["api2", "web2"])];
    let [one, two] = apart.clone();
    assert_eq!(
        groups("connections: 1"),
        [names(&["admin", "app1", "app2", "db1"]), one.clone(), two.clone()]
    );
    // Whoever administers a machine need not move with it.
    assert_eq!(
        groups("except_ports: [3389]"),
        [names(&["api1", "web1"]), names(&["api2", "web2"]), names(&["app1", "app2", "db1"])]
    );
    assert_eq!(groups("except_processes: [\"svchost*\"]"), apart);
    assert_eq!(groups("except_servers: [\"app1-*\"]"), apart);
    assert!(groups("connections: 2").is_empty(), "each pair was seen once");
}

#[test]
fn the_programme_of_the_example_is_as_it_is_written() {
    let text = preset("programme").expect("it comes with the program").1;
    let made = made(text, None);
    assert_eq!(made.messages, "");
    let world = made.world.expect("a world");
    let programme = &world.programme;
    let leads: Vec<&str> = programme.leads.iter().map(|lead| lead.name.as_str()).collect();
    assert_eq!(leads[..2], ["cloud-tender", "azure-paris"]);
    for lead in programme.leads.iter() {
        let earlier =
            |id: &crate::world::LeadId| leads.iter().position(|name| *name == programme.leads[*id].name);
        let own = leads.iter().position(|name| *name == lead.name);
        assert!(
            lead.after.iter().all(|id| earlier(id) < own),
            "{} stands after what it waits for",
            lead.name
        );
    }
    let calendar = |name: &str| {
        let team = programme.teams.iter().find(|team| team.name == name).expect("a team");
        team.calendar.clone().expect("it has hours")
    };
    assert_eq!(calendar("lyon-crew").weekdays, [true, true, false, true, true, false, false]);
    // From the 1st of January 2027 on: that day, 1 May (120), 14 July (194), Christmas (358).
    assert_eq!(calendar("planners").holidays[..4], [0, 120, 194, 358]);
    // The first Tuesday after Friday the 1st.
    let board = programme.board.expect("a board");
    assert_eq!(board.first.since(crate::base::units::SimTime::START).as_hours(), 4.0 * 24.0 + 10.0);
    let [crm, shop] = ["crm", "shop"]
        .map(|name| world.applications.find(|application| application.name == name).expect("an application"));
    assert_eq!((programme.leader(crm), programme.leader(shop)), (crm, crm));
    let of_lyon = programme.streams[1].takes.enumerate().filter(|(_, takes)| **takes);
    let mut sites = of_lyon.map(|(id, _)| world.site_of(world.workloads[id].home).name.as_str());
    assert!(sites.all(|site| site == "lyon"));
}

/// The default scenario with these alliances.
fn allied(alliances: &str) -> String {
    format!("{}\nalliances:\n{alliances}", default_text())
}

#[test]
fn alliances_name_what_they_change_and_when() {
    use crate::world::AllianceChange::{Effort, OnePlane, Portability, Sale};
    let text = "  bundle:\n    label: The bundle\n    from: 2026-01-01\n    until: 2029-07-01\n    effort: [{between: [hyper-v, azure], facet: [disk-format, firmware], remains: {low: 10 %, mode: 20 %, high: 40 %, assumption: a test}}]\n    one_plane: [hyper-v, azure]\n    carries: [{licence: vcf, to: aws/evs-i4i}]\n    sells: [azure]\n";
    let made = made(&allied(text), None);
    let world = made.world.unwrap_or_else(|_| panic!("{}", made.messages));
    let [alliance] = world.alliances.as_slice() else { panic!("one alliance") };
    assert_eq!((alliance.name.as_str(), alliance.label.as_str()), ("bundle", "The bundle"));
    assert_eq!(alliance.from, crate::base::units::SimTime::START, "it held before the start");
    assert_eq!(alliance.until, Some(world.calendar.at(jiff::civil::date(2029, 7, 1))));
    let platform =
        |name: &str| world.platforms.find(|platform| platform.name == name).expect("the default uses it");
    let pair = [platform("hyper-v"), platform("azure")];
    let facet = |name: &str| world.facets.find(|facet| facet.name == name);
    let figure = world.figures.find(|figure| figure.name == "alliances.bundle.effort.0.remains");
    let remains = figure.expect("what remains is a figure");
    let offer = |name: &str| world.offers.find(|offer| offer.name == name).expect("the default has it");
    let licence = world.licences.find(|licence| licence.name == "vcf").expect("the default has it");
    assert_eq!(
        alliance.changes,
        [
            Effort { between: pair, facet: facet("disk-format"), remains },
            Effort { between: pair, facet: facet("firmware"), remains },
            OnePlane { platforms: pair.to_vec() },
            Portability { licence, offer: offer("aws/evs-i4i") },
            Sale { offer: offer("azure/dsv5-type1") },
            Sale { offer: offer("azure/instances") },
        ]
    );
    assert!(
        matches!(&world.figures[remains].provenance, Provenance::Assumption { reason } if reason == "a test")
    );
}

#[test]
fn a_move_to_an_offer_of_an_alliance_is_judged_at_the_start_of_its_schedule() {
    let moved = |sold: &str| {
        let made = made(&allied(&format!("  entry: {{{sold}, sells: [trusted/instances]}}\n")), None);
        let world = made.world.unwrap_or_else(|_| panic!("{}", made.messages));
        let trusted = world.offers.find(|offer| offer.name == "trusted/instances");
        let goes = |strategy: &Strategy| {
            strategy.assignments.iter().flatten().filter(|assignment| assignment.to == trusted).count()
        };
        (world.strategies.iter().map(goes).sum::<usize>(), made.messages)
    };
    let (count, messages) = moved("from: 2027-01-01");
    assert!(count > 0 && messages.is_empty(), "{count} {messages}");
    let (count, messages) = moved("from: 2031-01-01");
    assert_eq!(count, 0);
    assert!(
        messages.contains("trusted/instances is not on sale: only with entry (from 2031-01-01 on)"),
        "{messages}"
    );
}

#[test]
fn an_alliance_between_platforms_that_nobody_uses_or_outside_the_horizon_is_doubted() {
    let made = made(
        &allied(
            "  far: {from: 2035-01-01, one_plane: [google, azure]}\n  past: {from: 2010-01-13, until: 2013-01-13, one_plane: [hyper-v, azure]}\n",
        ),
        None,
    );
    assert!(made.world.is_ok());
    for doubt in [
        "Nothing in the scenario runs on `google`",
        "`far` begins after the horizon",
        "`past` is over before the scenario starts",
    ] {
        assert!(made.messages.contains(doubt), "{doubt}: {}", made.messages);
    }
}
