//! Circuits: what they cost by the hour, and by the gigabyte in place of a tariff.

use super::*;
use crate::world::{Dependency, Link, LinkId, SiteId, Tariff, Tool};

/// What data costs that leaves Azure by its tariff: far more than over the circuit.
const TARIFF: f64 = 0.09;

/// The web application runs at Azure from the start, with a tariff; a circuit joins
/// Azure and the trusted site, by the hour and by the gigabyte.
fn joined() -> (World, LinkId, SiteId) {
    let mut world = calm();
    let users = world.operations.user_egress_gb;
    certain(&mut world, users, 0.0);
    let (azure, trusted) = (offer(&world, "azure/instances"), offer(&world, "trusted/instances"));
    for name in ["web", "archive"] {
        let id = workload(&world, name);
        world.workloads[id].home = azure;
    }
    let site = world.offers[azure].site;
    let per_gb = price(&mut world, "azure.egress", TARIFF);
    world.sites[site].egress = Some(Tariff::flat(per_gb));
    let [from, to] = [azure, trusted].map(|offer| world.offers[offer].platform);
    let tool = world.tools.find(|tool| tool.name == "v2v").expect("the fixture has it");
    world.tools[tool] = Tool { from: vec![from], to: vec![to], ..world.tools[tool].clone() };
    let between = [azure, trusted].map(|offer| world.offers[offer].site);
    let (per_hour, per_gb) = (price(&mut world, "port", 0.30), price(&mut world, "port.data", 0.02));
    let like = world.links.iter().next().expect("the fixture has links").clone();
    let name = "azure-trusted".into();
    let (per_hour, per_gb) = (Some(per_hour), Some(per_gb));
    let link = world.links.push(Link { name, between, per_hour, per_gb, ..like });
    (world, link, site)
}

#[test]
fn a_circuit_by_the_hour_is_paid_from_its_first_use_and_its_data_in_place_of_the_tariff() {
    let (world, link, azure) = joined();
    let (web, trusted) = (workload(&world, "web"), offer(&world, "trusted/instances"));
    let journal = run(&world, &moving(&world, &[(web, trusted)]), 0);
    let [(_, entry)] = moves(&journal)[..] else { panic!("one move") };
    let charges = charges(&journal);
    // 100 GiB at 0.6 of their size are 64.424509 GB, at 2 cents each.
    let data: Vec<_> = charges.iter().filter(|c| c.meter == Meter::CircuitData(link)).collect();
    let [data] = data[..] else { panic!("one line, not {data:?}") };
    assert_eq!((data.quantity.micros(), data.amount), (64_424_509, euros(1.288_490)));
    assert_eq!((data.category, data.site), (Category::Migration, Some(azure)));
    assert_eq!(sum(&charges, |c| c.meter == Meter::Egress(azure)), euros(0.0), "not by the tariff, too");
    // A cold move uses it from its cutover on, to the end of the year, at 30 cents an hour.
    let hours = world.horizon().since(entry.cutover).as_hours();
    let paid = sum(&charges, |c| c.meter == Meter::Circuit(link)).as_f64();
    // One line a month is rounded to a millionth of an hour.
    assert!((paid - 0.30 * hours).abs() < 12.0 * 0.30 * 1e-6, "{paid}");
}

#[test]
fn applications_that_are_joined_by_a_circuit_send_over_it() {
    let (mut world, link, azure) = joined();
    let (web, erp) = (workload(&world, "web"), workload(&world, "erp-db"));
    let with = world.workloads[web].application;
    let gb_per_month = price(&mut world, "exchanged", 60.0);
    let erp = world.workloads[erp].application;
    world.applications[erp].dependencies = vec![Dependency { with, gb_per_month }];
    let stays = world.strategies[Id::from_index(0)].clone();
    let sent = |world: &World| {
        let charges = charges(&run(world, &stays, 0));
        let of = |meter| sum(&charges, |c| c.meter == meter && c.category == Category::Network);
        let paris = world.links.find(|link| link.name == "paris-azure").expect("the fixture has it");
        [Meter::Egress(azure), Meter::CircuitData(paris), Meter::CircuitData(link)].map(of)
    };
    // Half of 60 GB a month leave Azure for Paris; the other half leaves Paris, for nothing.
    assert_eq!(sent(&world), [euros(12.0 * 30.0 * TARIFF), euros(0.0), euros(0.0)]);
    let paris = world.links.find(|link| link.name == "paris-azure").expect("the fixture has it");
    world.links[paris].per_gb = Some(price(&mut world, "paris.data", 0.025));
    assert_eq!(sent(&world), [euros(0.0), euros(12.0 * 30.0 * 0.025), euros(0.0)]);
}
