//! `charges.csv`: every line of the ledger of every strategy's illustrative path,
//! in the columns of FOCUS 1.2, the FinOps Open Cost and Usage Specification.
//!
//! All 21 mandatory columns are there, the conditional ones that a forecast can
//! fill, and our own with the prefix `x_`. `BilledCost` is cash: its sum over a
//! strategy is its total in `summary.json`, to the micro-unit. `EffectiveCost` is
//! what use cost: the purchase of a commitment has none, and what it covered, or
//! left unused, has its share of it without being billed, so that of each commitment
//! the effective cost of use is what was billed for purchases. What else is paid in
//! advance, such as a year of licences, covers no row of its own and keeps its cost.
//! `ContractedCost` is the price by the hour that was agreed, `ListCost` the price
//! before what a scenario says was negotiated.

mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use rayon::prelude::*;

use super::csv_text::{field, instant, shown};
use super::meter_text::{Frequency, commitment_type, meter_text, payee};
use super::reading::{Reading, StrategyReading};
use crate::base::ids::IdVec;
use crate::base::units::{Price, SimTime};
use crate::simulation::journal::{Category, CommitmentUse, Entry, Meter, MoveOutcome, Nature};
use crate::world::{ApplicationId, FigureId, Provenance, SiteId, World};
use row::{Discounted, Row, Rows};

/// Columns in groups that change together, so that a row is mostly spliced from
/// groups that were written before.
const HEADER: [&str; 64] = [
    // The strategy.
    "x_Strategy",
    "x_Quantile",
    "x_PathReplication",
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
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountCategory",
    "CommitmentDiscountType",
    "CommitmentDiscountStatus",
    "CommitmentDiscountUnit",
    "x_Category",
    "x_Nature",
    "x_FigureName",
    "x_UnitPriceSource",
    "x_UnitPriceDate",
    // The application.
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
    "x_Application",
    "x_Wave",
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
    "CommitmentDiscountQuantity",
    "ListCost",
    "ContractedCost",
    "EffectiveCost",
    "BilledCost",
    "x_PaidAt",
];

/// The file, in order of strategy and time.
pub(crate) fn charges_csv(reading: &Reading<'_>) -> Vec<u8> {
    let ledgers: Vec<Vec<u8>> =
        reading.strategies.par_iter().map(|strategy| ledger(reading, strategy)).collect();
    let mut file = Vec::with_capacity(ledgers.iter().map(Vec::len).sum::<usize>() + 2_000);
    super::csv_text::row(&mut file, HEADER);
    for ledger in ledgers {
        file.extend_from_slice(&ledger);
    }
    file
}

/// What the columns of a meter depend on.
type MeterKey = (Meter, Category, Option<SiteId>, FigureId, Nature, Option<Discounted>);
/// What the columns of a price depend on.
type PriceKey = (FigureId, Price, Price, Price);

fn ledger(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> Vec<u8> {
    let world = reading.world;
    let mut name = Vec::new();
    field(&mut name, &strategy.strategy.name);
    shown(&mut name, format_args!(",{:.4}", strategy.results.path.npv_percentile / 100.0));
    shown(&mut name, format_args!(",{}", reading.results.path_replication));
    let months: Vec<Vec<u8>> = (0..world.calendar.months()).map(|month| period(world, month, None)).collect();
    let entries = &strategy.results.path.journal.entries;
    let waves = waves(world, entries);
    let applications: IdVec<ApplicationId, Vec<u8>> =
        world.applications.ids().map(|id| account(&world.applications[id].name, waves[id])).collect();
    // Both maps are looked up and never iterated.
    let mut meters: HashMap<MeterKey, Vec<u8>> = HashMap::new();
    let mut prices: HashMap<PriceKey, Vec<u8>> = HashMap::new();
    let mut dates: HashMap<u64, String> = HashMap::new();
    let of = Rows::new(world, &reading.results.path_figures);
    let mut file = Vec::new();
    for row in entries.iter().filter_map(|(_, entry)| of.row(entry)) {
        let meter = (row.meter, row.category, row.site, row.figure, row.nature, row.commitment);
        let price = (row.figure, row.contracted_price, row.list_price, row.rate);
        let month = (row.month as usize).min(months.len() - 1);
        file.extend_from_slice(&name);
        match row.term_paid_at_once(world) {
            Some(term) => file.extend_from_slice(&period(world, month, Some(term))),
            None => file.extend_from_slice(&months[month]),
        }
        file.extend_from_slice(meters.entry(meter).or_insert_with(|| meter_columns(world, &row)));
        match row.application {
            Some(application) => file.extend_from_slice(&applications[application]),
            None => file.extend_from_slice(b",,,,,,"),
        }
        file.extend_from_slice(prices.entry(price).or_insert_with(|| price_columns(world, &row)));
        amounts(&mut file, world, &row);
        file.push(b',');
        if let Some(paid_at) = row.paid_at {
            let date = dates.entry(paid_at.as_ns()).or_insert_with(|| instant(&world.calendar, paid_at));
            file.extend_from_slice(date.as_bytes());
        }
        file.push(b'\n');
    }
    file
}

/// Quantities and costs.
fn amounts(file: &mut Vec<u8>, world: &World, row: &Row) {
    file.push(b',');
    shown(file, row.effective_in_pricing_currency);
    file.push(b',');
    let quantity = file.len();
    shown(file, row.quantity);
    let quantity = quantity..file.len();
    file.push(b',');
    if row.consumed {
        file.extend_from_within(quantity.clone());
    }
    file.push(b',');
    match row.commitment {
        // Committed spend is counted in what is paid for it, committed use in its unit.
        Some(part) if !is_use(world, part) => {
            shown(file, if part.use_of.is_some() { row.effective } else { row.billed });
        }
        Some(_) => file.extend_from_within(quantity),
        None => {}
    }
    for cost in [row.list, row.contracted, row.effective, row.billed] {
        file.push(b',');
        shown(file, cost);
    }
}

/// Whether a commitment is to a use rather than to a spend.
fn is_use(world: &World, part: Discounted) -> bool {
    world.offers[world.commitments[part.commitment].offer].hosts().is_some()
}

/// The wave in which each application moved, where it did.
fn waves(world: &World, entries: &[(SimTime, Entry)]) -> IdVec<ApplicationId, Option<u32>> {
    let mut waves = IdVec::filled(None, world.applications.len());
    for (_, entry) in entries {
        if let Entry::Move(moved) = entry
            && matches!(moved.outcome, MoveOutcome::Completed | MoveOutcome::Retired)
        {
            waves[world.workloads[moved.workload].application].get_or_insert(moved.wave);
        }
    }
    waves
}

/// The billing period is the calendar month; the charge period is the part of it
/// within the horizon, or the term that is paid at once. Ends are exclusive.
fn period(world: &World, month: usize, term: Option<(SimTime, SimTime)>) -> Vec<u8> {
    let calendar = &world.calendar;
    let first = calendar.date(calendar.month_start(month)).first_of_month();
    let next = first.last_of_month().tomorrow().unwrap_or(first.last_of_month());
    let midnight = |day: jiff::civil::Date| format!("{day}T00:00:00Z");
    let start = calendar.month_start(month);
    let (from, until) = term.unwrap_or((start, start + calendar.month_span(month)));
    let mut columns = Vec::new();
    for text in [midnight(first), midnight(next), instant(calendar, from), instant(calendar, until)] {
        columns.push(b',');
        columns.extend_from_slice(text.as_bytes());
    }
    columns
}

fn account(application: &str, wave: Option<u32>) -> Vec<u8> {
    let tags = serde_json::json!({ "application": application }).to_string();
    let wave = wave.map_or_else(String::new, |wave| wave.to_string());
    splice(&[application, application, "Application", &tags, application, &wave])
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

fn meter_columns(world: &World, row: &Row) -> Vec<u8> {
    let text = meter_text(world, row.meter);
    let payee = payee(world, row.site, row.meter);
    let figure = &world.figures[row.figure];
    let (source, date) = match &figure.provenance {
        Provenance::Published { source, date, confidence } => {
            (format!("{source} (confidence {confidence})"), date.as_str())
        }
        Provenance::Assumption { reason } => (format!("assumption: {reason}"), ""),
        Provenance::User { place } => (format!("stated by the user in {place}"), ""),
    };
    // A purchase is never usage-based, and a credit never recurs by itself; what is
    // covered is used, however the commitment is paid.
    let covered = row.commitment.and_then(|part| part.use_of);
    let frequency = match (row.focus_category, text.frequency) {
        ("Purchase", Frequency::UsageBased) | ("Credit", _) => Frequency::OneTime,
        ("Usage", _) if covered.is_some() => Frequency::UsageBased,
        (_, frequency) => frequency,
    };
    let pricing = match (row.focus_category, covered) {
        ("Credit", _) => "",
        (_, Some(_)) => "Committed",
        (_, None) => "Standard",
    };
    let (region, site) =
        row.site.map_or(("", ""), |site| (&world.sites[site].region, &world.sites[site].name));
    let sku = format!("{}/{}", text.resource, text.unit);
    let how = match (row.commitment, covered) {
        (Some(part), Some(CommitmentUse::Used)) => {
            format!(", covered by {}", world.commitments[part.commitment].name)
        }
        (Some(part), Some(CommitmentUse::Unused)) => {
            format!(", not used of {}", world.commitments[part.commitment].name)
        }
        _ => String::new(),
    };
    let description = format!("{} ({}), {}{how}", text.service, text.resource, row.category.label());
    let account = format!("{}/{}", world.name, payee.key);
    let mut columns = splice(&[
        row.focus_category,
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
        pricing,
        &text.unit,
        if row.consumed { &text.unit } else { "" },
    ]);
    columns.extend_from_slice(&commitment_columns(world, row.commitment));
    columns.extend_from_slice(&splice(&[
        row.category.key(),
        match row.nature {
            Nature::Opex => "opex",
            Nature::Capex => "capex",
            Nature::Credit => "credit",
        },
        &figure.name,
        &source,
        date,
    ]));
    columns
}

fn commitment_columns(world: &World, part: Option<Discounted>) -> Vec<u8> {
    let Some(part) = part else { return splice(&[""; 6]) };
    let terms = &world.commitments[part.commitment];
    let unit = meter_text(world, Meter::Commitment(part.commitment)).unit;
    splice(&[
        &terms.name,
        &terms.name,
        if is_use(world, part) { "Usage" } else { "Spend" },
        commitment_type(world.offers[terms.offer].kind),
        match part.use_of {
            Some(CommitmentUse::Used) => "Used",
            Some(CommitmentUse::Unused) => "Unused",
            None => "",
        },
        &unit,
    ])
}

fn price_columns(world: &World, row: &Row) -> Vec<u8> {
    let billing = world.currency;
    let pricing = world.figures[row.figure].currency.unwrap_or(billing);
    // Fifteen digits of the product: what the amount itself was computed from is
    // the price and the rate, which stand beside it.
    let converted = |price: Price| match row.rate == Price::ONE {
        true => price.to_string(),
        false => Price::from_f64(price.as_f64() * row.rate.as_f64()).to_string(),
    };
    splice(&[
        billing.code(),
        pricing.code(),
        &converted(row.list_price),
        &converted(row.contracted_price),
        &row.list_price.to_string(),
        &row.contracted_price.to_string(),
        &row.rate.to_string(),
    ])
}
