//! What the file promises.

use std::collections::BTreeMap;

use super::*;
use crate::base::ids::Id;
use crate::base::units::{Money, Quantity};
use crate::report::fixture::fixture;
use crate::report::{RunMeta, summary::summary_json};
use crate::simulation::journal::{Charge, Covered};
use crate::world::{
    Capacity, Commitment, Committed, ContractId, HostPrice, OfferId, OfferKind, Payment, StrategyId,
};

fn table() -> (Vec<String>, Vec<csv::StringRecord>) {
    let (world, results) = fixture();
    let file = charges_csv(&Reading::new(&world, &results));
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let header = reader.headers().expect("there is a header").iter().map(str::to_owned).collect();
    (header, reader.records().map(|row| row.expect("it is well formed")).collect())
}

fn column(header: &[String], name: &str) -> usize {
    header.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"))
}

fn micros(text: &str) -> i128 {
    let (whole, decimals) = text.split_once('.').expect("an amount has six decimals");
    assert_eq!(decimals.len(), 6, "{text}");
    format!("{whole}{decimals}").parse().expect("an amount is a number")
}

#[test]
fn the_lines_add_up_to_the_totals_of_the_summary_to_the_last_micro_unit() {
    let (header, rows) = table();
    let (strategy, cost) = (column(&header, "x_Strategy"), column(&header, "BilledCost"));
    let category = column(&header, "x_Category");
    let mut sums: BTreeMap<(String, String), i128> = BTreeMap::new();
    for row in &rows {
        *sums.entry((row[strategy].to_owned(), "total".to_owned())).or_default() += micros(&row[cost]);
        *sums.entry((row[strategy].to_owned(), row[category].to_owned())).or_default() += micros(&row[cost]);
    }
    let (world, results) = fixture();
    let summary =
        summary_json(&Reading::new(&world, &results), &RunMeta::default()).expect("it can be written");
    let summary: serde_json::Value = serde_json::from_slice(&summary).expect("it is JSON");
    for written in summary["strategies"].as_array().expect("a list") {
        let name = written["name"].as_str().expect("a name").to_owned();
        let micros = |value: &serde_json::Value| (value.as_f64().expect("a number") * 1e6).round() as i128;
        let cost = &written["path"]["cost"];
        assert_eq!(sums[&(name.clone(), "total".to_owned())], micros(&cost["total"]), "{name}");
        for (category, amount) in cost["by_category"].as_object().expect("an object") {
            let sum = sums.get(&(name.clone(), category.clone())).copied().unwrap_or(0);
            assert_eq!(sum, micros(amount), "{name} {category}");
        }
    }
}

#[test]
fn every_mandatory_column_is_there_and_filled_where_null_is_not_allowed() {
    const MANDATORY: [(&str, bool); 21] = [
        ("BilledCost", false),
        ("BillingAccountId", false),
        ("BillingAccountName", true),
        ("BillingCurrency", false),
        ("BillingPeriodEnd", false),
        ("BillingPeriodStart", false),
        ("ChargeCategory", false),
        ("ChargeClass", true),
        ("ChargeDescription", true),
        ("ChargePeriodEnd", false),
        ("ChargePeriodStart", false),
        ("ContractedCost", false),
        ("EffectiveCost", false),
        ("InvoiceIssuerName", false),
        ("ListCost", false),
        ("PricingQuantity", true),
        ("PricingUnit", true),
        ("ProviderName", false),
        ("PublisherName", false),
        ("ServiceCategory", false),
        ("ServiceName", false),
    ];
    let (header, rows) = table();
    assert!(rows.len() > 500, "the fixture's ledger has hundreds of lines");
    for (name, may_be_null) in MANDATORY {
        let column = column(&header, name);
        assert!(may_be_null || rows.iter().all(|row| !row[column].is_empty()), "{name}");
    }
}

#[test]
fn every_column_that_is_not_ours_is_one_of_the_specification() {
    let list =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/focus/focus_v1_2_columns.csv");
    let Ok(list) = std::fs::read_to_string(&list) else {
        eprintln!("skipped: {} is not there", list.display());
        return;
    };
    let known: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(known.len(), 57);
    for name in HEADER.iter().filter(|name| !name.starts_with("x_")) {
        assert!(known.contains(name), "{name} is not a column of FOCUS 1.2");
    }
    for line in list.lines().filter(|line| line.contains(",Mandatory,")) {
        let name = line.split(',').next().expect("a line has fields");
        assert!(HEADER.contains(&name), "{name} is mandatory");
    }
}

#[test]
fn a_line_in_dollars_shows_its_price_in_both_currencies_and_their_rate() {
    let (header, rows) = table();
    let at = |row: &csv::StringRecord, name: &str| row[column(&header, name)].to_owned();
    let line = rows
        .iter()
        .find(|row| at(row, "SkuPriceId") == "azure.d4s_v5")
        .expect("one strategy rents instances");
    assert_eq!(at(line, "PricingCurrency"), "USD");
    assert_eq!(at(line, "PricingCurrencyContractedUnitPrice"), "0.2304");
    assert_eq!(at(line, "x_ExchangeRate"), "0.8645");
    assert_eq!(at(line, "ContractedUnitPrice"), "0.1991808");
    assert_eq!(at(line, "ResourceName"), "azure/instances D4s v5");
    assert_eq!(at(line, "ProviderName"), "Microsoft Azure");
    assert_eq!(at(line, "ChargeCategory"), "Usage");
    assert_eq!(at(line, "x_UnitPriceSource"), "Price list of the maker, \"azure.d4s_v5\" (confidence A)");
    assert!(at(line, "ChargePeriodEnd").ends_with("-01T00:00:00Z"));
}

#[test]
fn a_purchase_is_never_usage_based() {
    let (header, rows) = table();
    let (category, frequency) = (column(&header, "ChargeCategory"), column(&header, "ChargeFrequency"));
    let purchases: Vec<_> = rows.iter().filter(|row| &row[category] == "Purchase").collect();
    assert!(!purchases.is_empty() && purchases.iter().all(|row| &row[frequency] != "Usage-Based"));
}

/// The fixture with two commitments on the path of its last strategy: two hosts for a
/// year, paid at once and half used in its first month, and spend on instances, paid by
/// the month.
fn with_commitments() -> (World, crate::study::Results) {
    let (mut world, mut results) = fixture();
    let dollars = world.figures.find(|figure| figure.name == "azure.d4s_v5").expect("it is there");
    let azure = SiteId::from_index(2);
    let mut rented = world.offers[OfferId::from_index(0)].clone();
    (rented.name, rented.site, rented.kind) = ("azure/host".into(), azure, OfferKind::DedicatedHost);
    let Capacity::Hosts(hosts) = &mut rented.capacity else { panic!("the fixture's first offer has hosts") };
    hosts.price = HostPrice::PerHour(dollars);
    let rented = world.offers.push(rented);
    let menu = OfferId::from_index(3);
    let discount = world.contracts[ContractId::from_index(0)].renewal.discount;
    let first = Commitment {
        name: "sovereign-first/azure/host/1".into(),
        offer: rented,
        quantity: Committed::Hosts(2),
        from: world.calendar.at(jiff::civil::date(2027, 3, 1)),
        months: 12,
        discount,
        excluded: Vec::new(),
        payment: Payment::Upfront,
        early_exit: discount,
        renews: false,
    };
    let spend = Commitment {
        name: "sovereign-first/azure/instances/2".into(),
        offer: menu,
        quantity: Committed::ShareOfUse(0.5),
        payment: Payment::Monthly,
        ..first.clone()
    };
    let at = first.from;
    let [first, spend] = [first, spend].map(|commitment| world.commitments.push(commitment));
    let rate = results.path_figures.rate(dollars);
    let micros = Money::from_micros;
    let charge = |meter, figure, unit_price: Price, rate, quantity| {
        Entry::Charge(Charge {
            crossing: None,
            meter,
            category: Category::Compute,
            site: Some(azure),
            application: None,
            month: 2,
            quantity,
            unit_price,
            rate,
            figure,
            amount: unit_price.charge(quantity, rate),
            paid_at: at,
            nature: Nature::Opex,
        })
    };
    let covered = |commitment, meter, figure, rate, quantity, use_of, amount| {
        Entry::Covered(Covered {
            commitment,
            meter,
            site: azure,
            application: (use_of == CommitmentUse::Used).then_some(ApplicationId::from_index(0)),
            month: 2,
            quantity,
            use_of,
            list_price: if matches!(meter, Meter::Commitment(_)) {
                Price::ONE
            } else {
                Price::from_f64(0.2304)
            },
            rate,
            figure,
            amount,
        })
    };
    let hours = Quantity::from_units(2 * 24 * 366);
    let paid = Price::from_f64(0.12).charge(hours, rate);
    let (used, unused) = (micros(60_000_000), micros(paid.micros() - 60_000_000));
    let (host, size) = (Meter::HostHours(rented), Meter::InstanceHours(menu, 0));
    let units = Quantity::from_units;
    let entries = [
        charge(Meter::Commitment(first), dollars, Price::from_f64(0.12), rate, hours),
        charge(Meter::Commitment(spend), discount, Price::from_f64(0.6), Price::ONE, units(100)),
        covered(first, host, dollars, rate, units(744), CommitmentUse::Used, used),
        covered(first, host, dollars, rate, units(744), CommitmentUse::Unused, unused),
        covered(spend, size, dollars, rate, units(300), CommitmentUse::Used, micros(45_000_001)),
        covered(
            spend,
            Meter::Commitment(spend),
            discount,
            Price::ONE,
            units(25),
            CommitmentUse::Unused,
            micros(14_999_999),
        ),
    ];
    let journal = &mut results.strategies[StrategyId::from_index(2)].path.journal;
    journal.entries.extend(entries.map(|entry| (at, entry)));
    (world, results)
}

/// The rows of commitments, by column.
fn commitments() -> Vec<BTreeMap<String, String>> {
    let (world, results) = with_commitments();
    let file = charges_csv(&Reading::new(&world, &results));
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let rows = reader.deserialize().map(|row| row.expect("it is well formed"));
    rows.filter(|row: &BTreeMap<String, String>| !row["CommitmentDiscountId"].is_empty()).collect()
}

#[test]
fn of_each_commitment_the_effective_cost_of_use_is_what_was_billed_for_purchases() {
    let mut sums: BTreeMap<String, [i128; 2]> = BTreeMap::new();
    for row in commitments() {
        let sums = sums.entry(row["CommitmentDiscountId"].clone()).or_default();
        match row["ChargeCategory"].as_str() {
            "Purchase" => {
                assert_eq!(row["EffectiveCost"], "0.000000", "it covers later charges");
                assert_eq!(row["CommitmentDiscountStatus"], "");
                assert_eq!(row["PricingCategory"], "Standard");
                sums[0] += micros(&row["BilledCost"]);
            }
            "Usage" => {
                assert_eq!(row["BilledCost"], "0.000000", "it is paid by the commitment");
                assert_eq!(row["PricingCategory"], "Committed");
                sums[1] += micros(&row["EffectiveCost"]);
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(sums.len(), 2);
    assert!(sums.values().all(|[billed, effective]| billed == effective && *billed > 0), "{sums:?}");
}

#[test]
fn what_is_not_used_of_a_commitment_is_consumed_by_nobody() {
    for row in commitments() {
        let consumed = !row["ConsumedQuantity"].is_empty();
        assert_eq!(consumed, row["CommitmentDiscountStatus"] == "Used", "{row:?}");
        assert_eq!(consumed, !row["ConsumedUnit"].is_empty());
        assert_eq!(consumed, !row["x_Application"].is_empty());
    }
}

#[test]
fn a_commitment_is_counted_in_its_unit_and_the_parts_make_the_whole() {
    let rows = commitments();
    let quantity = |id: &str, category: &str| -> f64 {
        let of = rows
            .iter()
            .filter(|row| row["CommitmentDiscountId"].ends_with(id) && row["ChargeCategory"] == category);
        of.map(|row| row["CommitmentDiscountQuantity"].parse::<f64>().expect("a number")).sum()
    };
    // Hosts by the hour: the fixture's path ends within the term.
    assert_eq!((quantity("/1", "Purchase"), quantity("/1", "Usage")), (17_568.0, 1_488.0));
    // Spend in the money that is paid for it.
    assert_eq!((quantity("/2", "Purchase"), quantity("/2", "Usage")), (60.0, 60.0));
    let first =
        |id: &str| rows.iter().find(|row| row["CommitmentDiscountId"].ends_with(id)).expect("it is there");
    let words = |id| {
        let row = first(id);
        ["Category", "Type", "Unit"].map(|part| row[&format!("CommitmentDiscount{part}")].clone())
    };
    assert_eq!(words("/1"), ["Usage", "Reserved hosts", "Host-Hours"]);
    assert_eq!(words("/2"), ["Spend", "Savings plan", "EUR"]);
    // What is paid at once is charged for its whole term, in the month of purchase.
    let period = |row: &BTreeMap<String, String>| {
        ["BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"].map(|name| row[name][..10].to_owned())
    };
    assert_eq!(period(first("/1")), ["2027-04-01", "2027-03-01", "2028-03-01"]);
    assert_eq!(period(first("/2")), ["2027-04-01", "2027-03-01", "2027-04-01"]);
}

#[test]
fn costs_follow_from_prices_and_what_is_negotiated_is_never_dearer_than_the_list() {
    let (world, results) = with_commitments();
    let file = charges_csv(&Reading::new(&world, &results));
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let (mut renewed, mut rows) = (0, 0);
    for row in reader.deserialize() {
        let row: BTreeMap<String, String> = row.expect("it is well formed");
        let number = |name: &str| row[name].parse::<f64>().unwrap_or_else(|_| panic!("{name}: {row:?}"));
        // Prices have fifteen digits in the billing currency, amounts six decimals.
        let near = |price: &str, cost: &str| {
            let (product, cost) = (number(price) * number("PricingQuantity"), number(cost));
            (product - cost).abs() <= 1e-6 + cost.abs() * 1e-9
        };
        assert!(near("ListUnitPrice", "ListCost"), "{row:?}");
        assert!(near("ContractedUnitPrice", "ContractedCost"), "{row:?}");
        assert!(number("ListCost") >= number("ContractedCost"), "{row:?}");
        if row["CommitmentDiscountId"].is_empty() {
            assert_eq!(
                (&row["EffectiveCost"], &row["ContractedCost"]),
                (&row["BilledCost"], &row["BilledCost"])
            );
        }
        if row["ServiceName"].ends_with("renewed") {
            // What the path drew of the discount on the list price is taken off.
            let discount =
                results.path_figures.value(world.contracts[ContractId::from_index(0)].renewal.discount);
            let left = number("ContractedCost") / number("ListCost");
            assert!((left - (1.0 - discount)).abs() < 1e-9, "{row:?}");
            renewed += 1;
        }
        rows += 1;
    }
    assert!(renewed > 0 && rows > 500, "{renewed} of {rows}");
}

#[test]
fn a_line_says_its_wave_its_quantile_and_its_application_as_a_tag() {
    let (header, rows) = table();
    let at = |row: &csv::StringRecord, name: &str| row[column(&header, name)].to_owned();
    assert!(rows.iter().all(|row| at(row, "x_Quantile") == "0.5200" && at(row, "x_PathReplication") == "37"));
    let (mut moved, mut stayed) = (0, 0);
    for row in &rows {
        let (wave, application) = (at(row, "x_Wave"), at(row, "x_Application"));
        if at(row, "x_Strategy") == "renew" || application.is_empty() {
            assert_eq!(wave, "", "nothing of it moved");
            stayed += 1;
        } else if !wave.is_empty() {
            assert!(wave.parse::<u32>().is_ok_and(|wave| wave >= 1), "{wave}");
            moved += 1;
        }
        if application.is_empty() {
            assert_eq!(at(row, "Tags"), "");
        } else {
            let tags: serde_json::Value = serde_json::from_str(&at(row, "Tags")).expect("an object");
            assert_eq!(tags, serde_json::json!({ "application": application }));
        }
    }
    assert!(moved > 100 && stayed > 100, "{moved} {stayed}");
}
