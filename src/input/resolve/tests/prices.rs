//! Licences, tariffs and plans from what is written to what is charged: worked examples
//! on published prices.

use super::*;
use crate::base::units::{Bytes, Money, SimTime};
use crate::input::estate::{Machine, OsFamily as MachineOs, PowerState};
use crate::simulation::journal::{Charge, Entry, Journal, Meter};
use crate::simulation::{Plan, Simulation};
use crate::world::{Carried, CountedBy, DualUse, SoftwareTerms};

fn machine(name: &str, os_family: MachineOs) -> Machine {
    Machine {
        key: name.to_owned(),
        name: name.to_owned(),
        power: PowerState::On,
        cpus: 2,
        memory: Bytes::from_gib(8),
        os_family,
        ..Machine::default()
    }
}

/// An estate of these machines alone: a made-up one with others in it.
fn estate_of(machines: Vec<Machine>) -> Estate {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let scenario =
        Scenario::read_text("t.yaml", default_text(), Path::new("."), &mut sources, &mut diagnostics);
    let made_up = own_estate(&scenario.expect("it reads"), &mut diagnostics).expect("an estate");
    Estate { machines, hosts: Vec::new(), ..made_up }
}

/// A scenario of one year in dollars, of these machines.
fn of(rest: &str, machines: Vec<Machine>) -> Made {
    let text = format!(
        "version: 1\nname: t\ncurrency: USD\nstart: 2027-01-01\nhorizon: 1 year\n\
         estate: {{synthetic: {{workloads: 1}}}}\nstrategies: {{stay: {{}}}}\n{rest}"
    );
    let estate = estate_of(machines);
    made_with(&text, Some((estate, Origin::Scenario)))
}

fn linux(name: &str) -> Vec<Machine> {
    vec![machine(name, MachineOs::Linux)]
}

fn world(made: Made) -> World {
    made.world.unwrap_or_else(|refusal| panic!("{refusal}: {}", made.messages))
}

/// The ledger of the first strategy.
fn ledger(world: &World) -> Vec<Charge> {
    let strategy = world.strategies.iter().next().expect("a strategy");
    let draws = Draws { seed: 1, replication: 0 };
    let (plan, figures) = (Plan::of(world, strategy), Figures::draw(world, &draws));
    let mut running = Simulation::start(world, plan, figures, draws, Journal::default());
    running.run_to_horizon();
    let charge = |(_, entry): (SimTime, Entry)| match entry {
        Entry::Charge(charge) => Some(charge),
        _ => None,
    };
    running.close().entries.into_iter().filter_map(charge).collect()
}

fn sum(charges: &[Charge], meter: impl Fn(&Charge) -> bool) -> f64 {
    charges.iter().filter(|charge| meter(charge)).map(|charge| charge.amount).sum::<Money>().as_f64()
}

const EVS: &str = "sites: {evs: {provider: aws, region: us-east-1, offers: [evs-i4i]}}\n\
    contracts: {vmware: {licence: vcf, cores: 0, price: 350 USD/core-year, ends: 2027-12-31, renewal: {terms: [1 year]}}}\n";

#[test]
fn the_fee_of_evs_is_demanded_from_the_user() {
    let made = of(EVS, linux("small"));
    assert_eq!(made.world.err(), Some(Refusal::PriceMissing), "{}", made.messages);
    assert!(made.messages.contains("evs-i4i"), "{}", made.messages);
    assert!(made.messages.contains("EVS control-plane fee"), "{}", made.messages);
}

#[test]
fn the_floor_of_evs_is_four_hosts_and_256_cores_for_one_small_vm() {
    // AWS EVS user guide: at least 4 i4i.metal hosts and a VCF key of 256 cores; coroot
    // 2024-08: 10.982 USD/h in us-east-1; redresscompliance 2026-06: 350 USD/core-year.
    let stated = "catalog: {providers: {aws: {offers: {evs-i4i: {fee: 1 USD/h}}}}}\n";
    let world = world(of(&format!("{EVS}{stated}"), linux("small")));
    let charges = ledger(&world);
    let hosts = sum(&charges, |charge| matches!(charge.meter, Meter::HostHours(_)));
    let fee = 4.0 * 8_760.0;
    let (month, year) =
        ((hosts - fee) / 12.0, sum(&charges, |charge| matches!(charge.meter, Meter::Subscription(_))));
    println!("EVS floor: {month:.2} USD a month + {year:.0} USD a year of VCF + the fee");
    // 4 × 10.982 × 730 = 32,067.44, in months of 730 hours. Lines are rounded to the
    // micro-unit.
    assert!((month - 4.0 * 10.982 * 730.0).abs() < 1e-4, "{month}");
    assert_eq!((month.round(), year), (32_067.0, 89_600.0));
    let of_contracts = sum(&charges, |charge| matches!(charge.meter, Meter::Contract(_) | Meter::Bridge(_)));
    assert_eq!(of_contracts, 0.0, "the 256 cores are all that is paid to Broadcom");
}

#[test]
fn a_dedicated_host_costs_its_price_times_the_hours() {
    // Azure: coroot, cloud-pricing, 2024-08-09 (the CSV of dedicated hosts, eastus). AWS:
    // infracost 2024-07.
    let offers = [
        ("azure", "eastus", "dsv3-type3", 4.225),
        ("azure", "eastus", "dsv5-type1", 5.28),
        ("azure", "francecentral", "dsv5-type1", 6.16),
        ("azure", "eastus", "esv5-type1", 6.653),
        ("aws", "us-west-2", "dedicated-host-c5", 3.366),
        ("aws", "us-east-2", "dedicated-host-m5-1y", 3.193),
        ("aws", "us-east-2", "dedicated-host-m5-3y", 2.19),
    ];
    let site = |(index, (provider, region, offer, _)): (usize, &(&str, &str, &str, f64))| {
        format!("  s{index}: {{provider: {provider}, region: {region}, offers: [{offer}]}}\n")
    };
    let sites: String = offers.iter().enumerate().map(site).collect();
    let rules: Vec<String> =
        (0..offers.len()).map(|index| format!("{{site: s{index}, match: {{name: vm-{index}}}}}")).collect();
    let rest = format!("sites:\n{sites}").replace("strategies", "");
    let machines = (0..offers.len()).map(|index| machine(&format!("vm-{index}"), MachineOs::Linux)).collect();
    let text = format!(
        "version: 1\nname: t\ncurrency: USD\nstart: 2027-01-01\nhorizon: 1 year\n\
         estate: {{synthetic: {{workloads: 1}}, placement: [{}]}}\nstrategies: {{stay: {{}}}}\n{rest}",
        rules.join(", ")
    );
    let estate = estate_of(machines);
    let world = world(made_with(&text, Some((estate, Origin::Scenario))));
    let charges = ledger(&world);
    for (index, (provider, region, offer, price)) in offers.into_iter().enumerate() {
        let id = world
            .offers
            .find(|found| found.name == format!("s{index}/{offer}"))
            .expect("it is in the scenario");
        let lines: Vec<&Charge> =
            charges.iter().filter(|charge| charge.meter == Meter::HostHours(id)).collect();
        assert_eq!(lines.len(), 12, "{offer}");
        for line in &lines {
            let hours = world.calendar.month_span(line.month as usize).as_hours();
            // Amounts are rounded to the micro-unit.
            assert!((line.amount.as_f64() - price * hours).abs() < 1e-6, "{offer}: {line:?}");
        }
        let month = lines.iter().map(|line| line.amount).sum::<Money>().as_f64() / 12.0;
        println!("{provider} {offer} {region}: {month:.2} USD a month = {price} × 730 h");
        assert!((month - price * 730.0).abs() < 1e-5, "{offer}: {month}");
    }
}

const SITES: &str = "sites:\n\
    \x20 paris: {provider: own, country: FR, offers: {vsphere: {platform: vsphere, licences: [], hosts: {count: 2, shape: 2x16c-512g}}}}\n\
    \x20 azure: {provider: azure, region: francecentral, offers: {instances: {AZURE}, dsv5-type1: {}}}\n\
    \x20 aws: {provider: aws, region: eu-west-3, offers: {instances: {AWS}, dedicated-host-m6i: {}}}\n\
    \x20 ovh: {provider: ovhcloud, region: gra, offers: {instances: {}}}\n";

/// The scenario of those sites, with settings of the offers of two and further lines; in
/// it `db-sql-1` runs SQL Server Standard.
fn places(azure: &str, aws: &str, rest: &str) -> Made {
    let text = format!(
        "version: 1\nname: t\ncurrency: EUR\nexchange: {{USD: 0.87 EUR/USD}}\nstart: 2027-01-01\nhorizon: 1 year\n\
         estate: {{synthetic: {{workloads: 1}}, software: [{{licence: sql-standard, match: {{name: \"*sql*\"}}}}]}}\n\
         strategies: {{stay: {{}}}}\n{}{rest}",
        SITES.replace("AZURE", azure).replace("AWS", aws)
    );
    let machines = vec![machine("db-sql-1", MachineOs::Windows), machine("web-1", MachineOs::Linux)];
    made_with(&text, Some((estate_of(machines), Origin::Scenario)))
}

fn software<'w>(world: &'w World, name: &str) -> &'w SoftwareTerms {
    &offer(world, name).software.first().expect("some workload runs software").terms
}

#[test]
fn software_is_in_the_machines_that_match_and_carried_with_assurance_everywhere() {
    let world = world(places("", "", ""));
    let in_machine = |name: &str| {
        let found = world.workloads.iter().find(|workload| workload.name == name).expect("it is there");
        found.software.iter().map(|id| world.licences[*id].name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((in_machine("db-sql-1"), in_machine("web-1")), (vec!["sql-standard"], vec![]));
    for name in ["paris/vsphere", "azure/instances", "azure/dsv5-type1", "aws/instances", "ovh/instances"] {
        assert!(matches!(software(&world, name), SoftwareTerms::Carried(_)), "{name}");
    }
    let SoftwareTerms::Carried(azure) = software(&world, "azure/instances") else { panic!("carried") };
    assert_eq!(azure.dual_use, DualUse::For(crate::base::units::Span::from_days(180)));
    // What runs at the start is owned: 2 vCPU count as 4, two packs of two.
    let charges = ledger(&world);
    assert_eq!(sum(&charges, |charge| matches!(charge.meter, Meter::Packs(_))), 0.0);
    let sql = world.licences.find(|licence| licence.name == "sql-standard").expect("it is used");
    let year: f64 = charges
        .iter()
        .filter(|charge| charge.meter == Meter::Assurance(sql))
        .map(|charge| charge.quantity.as_f64())
        .sum();
    // Pack-years of 365.25 days; twelve lines, each rounded to a millionth.
    assert!((year - 2.0 * 365.0 / 365.25).abs() < 12e-6, "{year}");
}

#[test]
fn without_assurance_the_price_that_includes_it_is_demanded_and_who_sells_none_refuses() {
    let bare = "licences: {sql-standard: {maintenance: none}, windows-datacenter: {maintenance: none}}\n";
    let made = places("", "", bare);
    assert_eq!(made.world.err(), Some(Refusal::PriceMissing), "{}", made.messages);
    for provider in ["Azure", "AWS"] {
        let asked = format!(
            "the price of SQL Server Standard in the price of an instance is not in our sources: see the calculator of {provider}"
        );
        assert!(made.messages.contains(&asked), "{}", made.messages);
    }
    let price = "software: {sql-standard: 0.11 USD/vcpu-hour}";
    let world = world(places(price, price, bare));
    assert!(matches!(software(&world, "azure/instances"), SoftwareTerms::Included(_)));
    // A dedicated host at Azure, and OVHcloud, sell none in their price.
    for name in ["azure/dsv5-type1", "ovh/instances"] {
        assert_eq!(
            *software(&world, name),
            SoftwareTerms::Refused(
                "the licence counts there only with Software Assurance or as a subscription".into()
            ),
            "{name}"
        );
    }
    let db = world.workloads.find(|workload| workload.name == "db-sql-1").expect("it is there");
    let refused = |name: &str| {
        let to = world.offers.find(|offer| offer.name == name).expect("it is there");
        crate::world::rules::feasibility::can_run(&world, db, to).map_err(|refusal| refusal.to_string())
    };
    assert_eq!(refused("azure/instances"), Ok(()));
    let ovh = refused("ovh/instances").expect_err("neither carried nor sold");
    assert!(ovh.starts_with("db-sql-1 runs SQL Server"), "{ovh}");
    // Windows without assurance: in the price at Azure.
    assert!(matches!(offer(&world, "azure/instances").windows, GuestWindows::Included(_)));
}

#[test]
fn licences_bought_before_october_2019_go_to_dedicated_hosts_of_a_listed_provider() {
    let usual = world(places("", "", ""));
    assert!(matches!(offer(&usual, "aws/dedicated-host-m6i").windows, GuestWindows::Included(_)));
    let old = world(places("", "", "licences: {windows-datacenter: {bought: 2018-05-01}}\n"));
    let GuestWindows::Carried(carried) = offer(&old, "aws/dedicated-host-m6i").windows else {
        panic!("old licences are carried there")
    };
    assert_eq!((carried.counted, carried.dual_use), (CountedBy::HostCores, DualUse::Never));
    assert!(matches!(offer(&old, "aws/instances").windows, GuestWindows::Included(_)));
}

#[test]
fn the_edition_of_windows_is_the_one_that_is_said_or_that_of_the_hosts() {
    let at = |offer_settings: &str| {
        let rest = format!(
            "sites: {{paris: {{provider: own, country: FR, offers: {{hyper-v: {{platform: hyper-v, hosts: {{count: 2, shape: 2x16c-512g}}, {offer_settings}}}}}}}}}\n"
        );
        let world = world(of(&rest, vec![machine("app-1", MachineOs::Windows)]));
        let GuestWindows::Carried(Carried { licence, .. }) = offer(&world, "paris/hyper-v").windows else {
            panic!("carried at home")
        };
        (world.licences[licence].name.clone(), world)
    };
    assert_eq!(at("licences: []").0, "windows-datacenter");
    assert_eq!(at("licences: [], windows_licence: windows-standard").0, "windows-standard");
    let (of_hosts, world) = at("licences: [windows-standard, system-center-standard]");
    assert_eq!(of_hosts, "windows-standard");
    // Two hosts of 32 cores, each licensed once: the host with the guest, and the other.
    // System Center the same. 4 packs each, all owned.
    let charges = ledger(&world);
    for name in ["windows-standard", "system-center-standard"] {
        let licence = world.licences.find(|licence| licence.name == name).expect("it is used");
        let packs: f64 = charges
            .iter()
            .filter(|charge| charge.meter == Meter::Assurance(licence))
            .map(|charge| charge.quantity.as_f64())
            .sum();
        assert!((packs - 4.0 * 365.0 / 365.25).abs() < 12e-6, "{name}: {packs}");
    }
    assert_eq!(sum(&charges, |charge| matches!(charge.meter, Meter::Packs(_))), 0.0);
}

#[test]
fn a_class_of_storage_brings_its_tiers_and_a_support_plan_its_shares() {
    let site = |settings: &str| {
        of(
            &format!(
                "sites: {{azure: {{provider: azure, region: eastus, offers: [dsv5-type1], {settings}}}}}\n"
            ),
            linux("small"),
        )
    };
    let plan = "services: {plan: {kind: support, support: {minimum: 100 USD/month, tiers: [{from: 0 USD, share: 10 %}, {from: 10000 USD, share: 7 %}]}}}";
    let made = world(site(&format!("storage_class: blob-hot, {plan}")));
    let azure = made.sites.iter().next().expect("a site");
    let storage = azure.storage.as_ref().expect("it has storage");
    let figures = Figures::at_mode(&made);
    let tiers: Vec<(u64, f64)> =
        storage.tiers.iter().map(|tier| (tier.from, figures.value(tier.price))).collect();
    assert_eq!(tiers, [(0, 0.0208), (51_200, 0.01997), (563_200, 0.01914)]);
    // One host at 5.28 USD/h: a tenth of a month of 744 hours, 3,928.32.
    let january: Vec<f64> = ledger(&made)
        .into_iter()
        .filter(|charge| matches!(charge.meter, Meter::Service(..)) && charge.month == 0)
        .map(|charge| charge.amount.as_f64())
        .collect();
    let [share] = january[..] else { panic!("one tier is reached: {january:?}") };
    assert!((share - 392.832).abs() < 1e-6, "{share}");

    let wrong = |settings: &str| {
        let made = site(settings);
        assert_eq!(made.world.err(), Some(Refusal::BadInput), "{}", made.messages);
        made.messages
    };
    let messages = wrong("storage_class: blob-hott");
    assert!(messages.contains("`blob-hott` is not a class of storage"), "{messages}");
    assert!(messages.contains("Did you mean `blob-hot`?"), "{messages}");
}
