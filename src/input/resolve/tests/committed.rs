//! Commitments of strategies.

use super::*;
use crate::world::{Commitment, Committed, Payment};

/// The default scenario with what one strategy commits to.
fn committing(to: &str) -> String {
    let written = format!("    label: Azure dedicated hosts\n    commit: [{{{to}}}]\n");
    changed("    label: Azure dedicated hosts\n", &written)
}

fn commitment(world: &World) -> &Commitment {
    let [id] = strategy(world, "azure-dedicated").commitments[..] else { panic!("one commitment") };
    &world.commitments[id]
}

fn world(text: &str) -> World {
    let made = made(text, None);
    assert_eq!(made.messages, "");
    made.world.expect("it resolves")
}

#[test]
fn a_discount_that_is_left_out_is_the_catalogues_for_the_term_and_leaving_is_assumed_to_cost_all() {
    let world =
        world(&committing("offer: azure/dsv5-type1, term: 36 months, coverage: 80 %, from: 2027-09-01"));
    let bought = commitment(&world);
    assert_eq!(bought.name, "azure-dedicated/azure/dsv5-type1/1");
    assert_eq!((bought.months, bought.payment, bought.renews), (36, Payment::Monthly, false));
    assert_eq!(bought.quantity, Committed::ShareOfUse(0.8));
    assert_eq!(world.calendar.date(bought.from), jiff::civil::date(2027, 9, 1));
    let figures = Figures::at_mode(&world);
    // 40 to 62 %, most likely 55 %.
    assert_eq!(figures.value(bought.discount), 0.55);
    assert_eq!(figures.value(bought.early_exit), 1.0);
    assert!(matches!(world.figures[bought.early_exit].provenance, Provenance::Assumption { .. }));
    assert!(world.strategies.iter().filter(|other| !other.commitments.is_empty()).count() == 1);
}

#[test]
fn what_was_agreed_takes_the_catalogues_place() {
    let world = world(&committing(
        "offer: azure/dsv5-type1, term: 2 years, hosts: 8, discount: 45 %, payment: upfront, early_exit: 12 %, renews: true",
    ));
    let (bought, figures) = (commitment(&world), Figures::at_mode(&world));
    assert_eq!((bought.months, bought.payment, bought.renews), (24, Payment::Upfront, true));
    assert_eq!((bought.quantity, bought.from), (Committed::Hosts(8), crate::base::units::SimTime::START));
    assert_eq!((figures.value(bought.discount), figures.value(bought.early_exit)), (0.45, 0.12));
    assert_eq!(world.figures[bought.discount].name, "strategies.azure-dedicated.commit.0.discount");
}

#[test]
fn sizes_of_families_that_no_term_is_sold_for_go_on_by_the_hour() {
    let world = world(&committing("offer: azure/instances, term: 3 years, coverage: 50 %"));
    let bought = commitment(&world);
    let skus = world.offers[bought.offer].skus().expect("it is a menu");
    let excluded: Vec<&str> = bought.excluded.iter().map(|size| skus[*size as usize].name.as_str()).collect();
    assert!(!excluded.is_empty() && excluded.len() < skus.len());
    assert!(excluded.iter().all(|name| name.ends_with("-v3")), "Dsv3 and Esv3 only: {excluded:?}");
}

#[test]
fn what_cannot_be_committed_to_is_refused_with_what_could_be() {
    for (written, expected) in [
        (
            "offer: azure/dsv5-type1, term: 2 years, hosts: 8",
            [
                "sells no commitment on `azure/dsv5-type1` for 2 years",
                "On sale are 1 year (monthly), 3 years (monthly).",
            ],
        ),
        (
            "offer: azure/dsv5-type1, term: 3 years, hosts: 8, payment: upfront",
            ["for 3 years, paid upfront", "or state `discount`"],
        ),
        (
            "offer: azure/instances, term: 3 years, hosts: 8",
            ["`azure/instances` is a menu of sizes and has no hosts", "Write `coverage: 80 %`"],
        ),
        (
            "offer: paris/vsphere, term: 3 years, hosts: 8",
            ["is not rented by the hour", "what is owned has none"],
        ),
        (
            "offer: azure, term: 3 years, hosts: 8",
            ["sells more than one thing", "A commitment covers `azure/dsv5-type1` or `azure/instances`."],
        ),
    ] {
        let messages = refused(&committing(written));
        assert!(expected.iter().all(|part| messages.contains(part)), "{written}: {messages}");
        assert_eq!(messages.matches("error: ").count(), 1, "one mistake, one message: {messages}");
    }
}

#[test]
fn a_term_that_is_not_sold_any_more_is_refused_with_its_source() {
    let text = committing("offer: azure/old, term: 3 years, hosts: 2");
    let text = text.replace(
        "offers: [dsv5-type1, instances]",
        "offers: {dsv5-type1: {}, instances: {}, old: {from: dsv3-type3}}",
    );
    let messages = refused(&text);
    assert!(messages.contains("A commitment on `azure/old` for 3 years is not sold any more"), "{messages}");
    assert!(messages.contains("reservations of older virtual machine series"), "{messages}");
}
