//! `charges.csv`: every line of the ledger of every strategy's illustrative path,
//! in the columns of FOCUS 1.2, the FinOps Open Cost and Usage Specification.
//!
//! All 21 mandatory columns are there, the conditional ones that a forecast can
//! fill, and our own with the prefix `x_`. Costs are cash: effective, contracted
//! and list cost equal the billed one, because a simulation knows one price and
//! amortises nothing. The sum of `BilledCost` over a strategy is its total in
//! `summary.json`, to the micro-unit.

use std::collections::HashMap;

use rayon::prelude::*;

use super::csv_text::{field, instant, row, shown};
use super::meter_text::{Frequency, focus_charge_category, meter_text, payee};
use super::reading::{Reading, StrategyReading, charges};
use crate::base::ids::IdVec;
use crate::base::units::Price;
use crate::simulation::journal::{Category, Charge, Meter, Nature};
use crate::world::{ApplicationId, FigureId, Provenance, SiteId, World};

/// Columns in groups that change together, so that a row is mostly spliced from
/// groups that were written before.
const HEADER: [&str; 54] = [
    // The strategy.
    "x_Strategy",
    // The month.
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    // The meter.
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ServiceCategory",
    "ServiceSubcategory",
    "ServiceName",
    "ProviderName",
    "PublisherName",
    "InvoiceIssuerName",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "SkuId",
    "SkuMeter",
    "SkuPriceId",
    "PricingCategory",
    "PricingUnit",
    "ConsumedUnit",
    "x_Category",
    "x_Nature",
    "x_FigureName",
    "x_UnitPriceSource",
    "x_UnitPriceDate",
    // The application.
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "x_Application",
    // The price.
    "BillingCurrency",
    "PricingCurrency",
    "ListUnitPrice",
    "ContractedUnitPrice",
    "PricingCurrencyListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
    "x_ExchangeRate",
    // The line itself.
    "PricingCurrencyEffectiveCost",
    "PricingQuantity",
    "ConsumedQuantity",
    "ListCost",
    "ContractedCost",
    "EffectiveCost",
    "BilledCost",
    "x_PaidAt",
    "x_PathReplication",
];

/// The file, in order of strategy and time.
pub(crate) fn charges_csv(reading: &Reading<'_>) -> Vec<u8> {
    let ledgers: Vec<Vec<u8>> =
        reading.strategies.par_iter().map(|strategy| ledger(reading, strategy)).collect();
    let mut file = Vec::with_capacity(ledgers.iter().map(Vec::len).sum::<usize>() + 2_000);
    row(&mut file, HEADER);
    for ledger in ledgers {
        file.extend_from_slice(&ledger);
    }
    file
}

/// What the columns of a meter depend on.
type MeterKey = (Meter, Category, Option<SiteId>, FigureId, Nature);
/// What the columns of a price depend on.
type PriceKey = (FigureId, Price, Price);

fn ledger(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> Vec<u8> {
    let world = reading.world;
    let mut name = Vec::new();
    field(&mut name, &strategy.strategy.name);
    let months: Vec<Vec<u8>> = (0..world.calendar.months()).map(|month| period(world, month)).collect();
    let applications: IdVec<ApplicationId, Vec<u8>> =
        world.applications.iter().map(|application| account(&application.name)).collect();
    let path = format!(",{}\n", reading.results.path_replication);
    // Both maps are looked up and never iterated.
    let mut meters: HashMap<MeterKey, Vec<u8>> = HashMap::new();
    let mut prices: HashMap<PriceKey, Vec<u8>> = HashMap::new();
    let mut dates: HashMap<u64, String> = HashMap::new();
    let mut rows = Vec::new();
    for charge in charges(&strategy.results.path.journal) {
        let meter = (charge.meter, charge.category, charge.site, charge.figure, charge.nature);
        let price = (charge.figure, charge.unit_price, charge.rate);
        rows.extend_from_slice(&name);
        rows.extend_from_slice(&months[(charge.month as usize).min(months.len() - 1)]);
        rows.extend_from_slice(meters.entry(meter).or_insert_with(|| meter_columns(world, charge)));
        match charge.application {
            Some(application) => rows.extend_from_slice(&applications[application]),
            None => rows.extend_from_slice(b",,,,"),
        }
        rows.extend_from_slice(prices.entry(price).or_insert_with(|| price_columns(world, charge)));
        rows.push(b',');
        shown(&mut rows, charge.unit_price.charge(charge.quantity, Price::ONE));
        rows.push(b',');
        let quantity = rows.len();
        shown(&mut rows, charge.quantity);
        let quantity = quantity..rows.len();
        rows.push(b',');
        if focus_charge_category(charge) == "Usage" {
            rows.extend_from_within(quantity);
        }
        let cost = rows.len();
        rows.push(b',');
        shown(&mut rows, charge.amount);
        let cost = cost..rows.len();
        for _ in 0..3 {
            rows.extend_from_within(cost.clone());
        }
        rows.push(b',');
        let date =
            dates.entry(charge.paid_at.as_ns()).or_insert_with(|| instant(&world.calendar, charge.paid_at));
        rows.extend_from_slice(date.as_bytes());
        rows.extend_from_slice(path.as_bytes());
    }
    rows
}

/// The billing period is the calendar month; the charge period is the part of it
/// within the horizon. Ends are exclusive.
fn period(world: &World, month: usize) -> Vec<u8> {
    let calendar = &world.calendar;
    let first = calendar.date(calendar.month_start(month)).first_of_month();
    let next = first.last_of_month().tomorrow().unwrap_or(first.last_of_month());
    let midnight = |day: jiff::civil::Date| format!("{day}T00:00:00Z");
    let mut columns = Vec::new();
    for text in [
        midnight(first),
        midnight(next),
        instant(calendar, calendar.month_start(month)),
        instant(calendar, calendar.month_start(month) + calendar.month_span(month)),
    ] {
        columns.push(b',');
        columns.extend_from_slice(text.as_bytes());
    }
    columns
}

fn account(application: &str) -> Vec<u8> {
    splice(&[application, application, "Application", application])
}

/// Each field after a comma.
fn splice(fields: &[&str]) -> Vec<u8> {
    let mut columns = Vec::new();
    for text in fields {
        columns.push(b',');
        field(&mut columns, text);
    }
    columns
}

fn meter_columns(world: &World, charge: &Charge) -> Vec<u8> {
    let text = meter_text(world, charge.meter);
    let payee = payee(world, charge);
    let figure = &world.figures[charge.figure];
    let category = focus_charge_category(charge);
    let (source, date) = match &figure.provenance {
        Provenance::Published { source, date, confidence } => {
            (format!("{source} (confidence {confidence})"), date.as_str())
        }
        Provenance::Assumption { reason } => (format!("assumption: {reason}"), ""),
        Provenance::User { place } => (format!("stated by the user in {place}"), ""),
    };
    // A purchase is never usage-based, and a credit never recurs by itself.
    let frequency = match (category, text.frequency) {
        ("Purchase", Frequency::UsageBased) | ("Credit", _) => Frequency::OneTime,
        (_, frequency) => frequency,
    };
    let (region, site) =
        charge.site.map_or(("", ""), |site| (&world.sites[site].region, &world.sites[site].name));
    let sku = format!("{}/{}", text.resource, text.unit);
    let description = format!("{} ({}), {}", text.service, text.resource, charge.category.label());
    let account = format!("{}/{}", world.name, payee.key);
    splice(&[
        category,
        "",
        &description,
        frequency.focus(),
        text.focus_category,
        text.focus_subcategory,
        &text.service,
        payee.label,
        payee.issuer,
        payee.issuer,
        &account,
        payee.label,
        "Simulated",
        region,
        site,
        &text.resource,
        &text.resource,
        text.resource_type,
        &sku,
        &text.service,
        &figure.name,
        if category == "Credit" { "" } else { "Standard" },
        &text.unit,
        if category == "Usage" { &text.unit } else { "" },
        charge.category.key(),
        match charge.nature {
            Nature::Opex => "opex",
            Nature::Capex => "capex",
            Nature::Credit => "credit",
        },
        &figure.name,
        &source,
        date,
    ])
}

fn price_columns(world: &World, charge: &Charge) -> Vec<u8> {
    let billing = world.currency;
    let pricing = world.figures[charge.figure].currency.unwrap_or(billing);
    // Fifteen digits of the product: what the amount itself was computed from is
    // the price and the rate, which stand beside it.
    let converted = match charge.rate == Price::ONE {
        true => charge.unit_price,
        false => Price::from_f64(charge.unit_price.as_f64() * charge.rate.as_f64()),
    }
    .to_string();
    let price = charge.unit_price.to_string();
    let rate = charge.rate.to_string();
    splice(&[billing.code(), pricing.code(), &converted, &converted, &price, &price, &rate])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::report::fixture::fixture;
    use crate::report::{RunMeta, summary::summary_json};

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
            *sums.entry((row[strategy].to_owned(), row[category].to_owned())).or_default() +=
                micros(&row[cost]);
        }
        let (world, results) = fixture();
        let summary =
            summary_json(&Reading::new(&world, &results), &RunMeta::default()).expect("it can be written");
        let summary: serde_json::Value = serde_json::from_slice(&summary).expect("it is JSON");
        for written in summary["strategies"].as_array().expect("a list") {
            let name = written["name"].as_str().expect("a name").to_owned();
            let micros =
                |value: &serde_json::Value| (value.as_f64().expect("a number") * 1e6).round() as i128;
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
        let list = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/data/focus/focus_v1_2_columns.csv");
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
}
