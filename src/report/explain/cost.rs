//! Lines of a cost, with everything that stands behind each.

use serde::Serialize;

use super::page::Page;
use super::{PLAIN, money};
use crate::report::meter_text::{MeterText, meter_text};
use crate::report::money::{number, significant};
use crate::scoring::attribution::{Account, Amounts, Kind, Line, Nobody};
use crate::simulation::journal::Category;
use crate::world::{Figure, Provenance, World};

/// Lines of the ledger of one kind, or a workload's part of them, over the horizon.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostLine {
    /// The heading.
    pub category: &'static str,
    /// What was paid for.
    pub what: String,
    /// Where; empty for what is no site's.
    pub site: String,
    /// How many units.
    pub quantity: f64,
    /// The unit.
    pub unit: String,
    /// The lowest and the highest price of one unit, in the currency of the price.
    pub unit_price: [f64; 2],
    /// That currency.
    pub price_currency: String,
    /// What one unit of it was worth in the reporting currency.
    pub exchange_rate: f64,
    /// The figure that the price came from.
    pub figure: String,
    /// Where that figure comes from.
    pub source: String,
    /// By what the lines were shared; none for whole lines.
    pub shared_by: Option<&'static str>,
    /// The first and the last month, as `2027-01`.
    pub months: [String; 2],
    /// Lines of the ledger.
    pub ledger_lines: u32,
    /// What it amounts to.
    pub amount: f64,
    /// Its present value.
    pub present_value: f64,
}

/// What ledger lines of one kind contribute to a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution {
    /// The lines.
    #[serde(flatten)]
    pub line: CostLine,
    /// What the figure would be if the ledger had no other line.
    pub contributes: f64,
}

/// The sum of one heading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CategoryTotal {
    /// The heading.
    pub category: &'static str,
    /// What its lines amount to.
    pub amount: f64,
    /// Their present value.
    pub present_value: f64,
}

/// A part of a ledger that is no workload's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NobodyLine {
    /// Why.
    pub why: &'static str,
    /// What it amounts to.
    pub amount: f64,
    /// Its present value.
    pub present_value: f64,
}

/// Lines of a cost with their totals.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CostTable {
    /// The lines, by heading and then the largest first.
    pub lines: Vec<CostLine>,
    /// The sums of the headings.
    pub by_category: Vec<CategoryTotal>,
    /// The sum of all.
    pub amount: f64,
    /// Its present value.
    pub present_value: f64,
}

impl CostLine {
    /// The line in words and plain numbers.
    pub fn of(world: &World, line: &Line) -> Self {
        let Kind { category, meter, site, figure, key } = line.kind;
        let text = meter_text(world, meter);
        let figure = &world.figures[figure];
        let month = |month: u32| {
            let calendar = &world.calendar;
            let date = calendar.date(calendar.month_start(month as usize));
            format!("{}-{:02}", date.year(), date.month())
        };
        Self {
            category: category.label(),
            what: named(&text),
            site: site.map(|site| world.sites[site].name.clone()).unwrap_or_default(),
            quantity: line.quantity,
            unit: text.unit.into_owned(),
            unit_price: line.prices.map(|price| price.as_f64()),
            price_currency: figure.currency.unwrap_or(world.currency).code().to_owned(),
            exchange_rate: line.rate.as_f64(),
            figure: figure.name.clone(),
            source: source(figure),
            shared_by: key.map(|key| key.words()),
            months: line.months.map(month),
            ledger_lines: line.lines,
            amount: line.amounts.nominal.as_f64(),
            present_value: line.amounts.present.as_f64(),
        }
    }

    fn price(&self) -> String {
        // Whoever multiplies must come near the amount: a cent of a large price.
        let digits = |price: f64| {
            if price.abs() < 100.0 { significant(price, PLAIN) } else { number(price, 2, PLAIN) }
        };
        let [low, high] = self.unit_price.map(digits);
        let price = if low == high { low } else { format!("{low} to {high}") };
        let rate = match self.exchange_rate {
            1.0 => String::new(),
            rate => format!(" x {}", significant(rate, PLAIN)),
        };
        format!("{price} {}{rate}", self.price_currency)
    }

    fn headed(&self) -> String {
        format!("{}: {}", self.category, self.name())
    }

    fn name(&self) -> String {
        let is_named = self.site.is_empty() || self.what.contains(&self.site);
        if is_named { self.what.clone() } else { format!("{} at {}", self.what, self.site) }
    }
}

/// What is metered, without what it says already.
fn named(text: &MeterText<'_>) -> String {
    let (service, resource) = (&*text.service, &*text.resource);
    let tells_nothing = ["moves", "moves rolled back", "newcomers"].contains(&resource);
    if text.resource_type == "Staff" || tells_nothing || service.contains(resource) {
        service.to_owned()
    } else if resource.ends_with(&format!("/{service}")) {
        resource.to_owned()
    } else {
        format!("{service}, {resource}")
    }
}

/// Where a figure comes from, in a few words.
pub fn source(figure: &Figure) -> String {
    match &figure.provenance {
        Provenance::Published { source, date, confidence } => {
            format!("{source}, {date} (confidence {confidence})")
        }
        Provenance::Assumption { reason } => format!("assumption: {reason}"),
        Provenance::User { place } => format!("your own figure, {place}"),
    }
}

impl NobodyLine {
    /// The part in plain numbers.
    pub fn of((why, amounts): (&Nobody, &Amounts)) -> Self {
        Self { why: why.words(), amount: amounts.nominal.as_f64(), present_value: amounts.present.as_f64() }
    }
}

impl CostTable {
    /// All lines of an account.
    pub fn of(world: &World, account: &Account) -> Self {
        let lines = account.lines();
        let by_category = Category::ALL.into_iter().filter_map(|category| {
            let of_it = lines.iter().filter(|line| line.kind.category == category);
            let sum: Amounts = of_it.clone().map(|line| line.amounts).sum();
            (of_it.count() > 0).then(|| CategoryTotal {
                category: category.label(),
                amount: sum.nominal.as_f64(),
                present_value: sum.present.as_f64(),
            })
        });
        let total = account.total();
        Self {
            by_category: by_category.collect(),
            lines: lines.iter().map(|line| CostLine::of(world, line)).collect(),
            amount: total.nominal.as_f64(),
            present_value: total.present.as_f64(),
        }
    }

    /// The table with its notes: sources, and by what lines were shared.
    pub(super) fn write(&self, page: &mut Page, currency: &str) {
        let mut notes = Notes::default();
        let mut rows = Vec::new();
        for total in &self.by_category {
            rows.push(vec![
                total.category.to_uppercase(),
                String::new(),
                String::new(),
                money(total.amount),
                money(total.present_value),
                String::new(),
            ]);
            let lines = self.lines.iter().filter(|line| line.category == total.category);
            rows.extend(lines.map(|line| notes.row(line, &format!("  {}", line.name()))));
        }
        rows.push(vec![
            "TOTAL".to_owned(),
            String::new(),
            String::new(),
            money(self.amount),
            money(self.present_value),
            String::new(),
        ]);
        page.table(&header(currency), &[1, 2, 3, 4], &rows);
        notes.write(page);
    }
}

fn header(currency: &str) -> [&str; 6] {
    ["what", "quantity", "unit price", currency, "present value", "notes"]
}

/// Lines one below the other, with their notes.
pub(super) fn write_lines(page: &mut Page, lines: &[CostLine], currency: &str) {
    let mut notes = Notes::default();
    let rows: Vec<Vec<String>> = lines.iter().map(|line| notes.row(line, &line.headed())).collect();
    page.table(&header(currency), &[1, 2, 3, 4], &rows);
    notes.write(page);
}

/// The same with what each contributes to a figure in place of its present value.
pub(super) fn write_contributions(page: &mut Page, lines: &[Contribution], currency: &str) {
    let mut notes = Notes::default();
    let row = |Contribution { line, contributes }: &Contribution| {
        let mut row = notes.row(line, &line.headed());
        row[4] = money(*contributes);
        row
    };
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    let ledger = format!("ledger, {currency}");
    page.table(&["what", "quantity", "unit price", &ledger, "in the figure", "notes"], &[1, 2, 3, 4], &rows);
    notes.write(page);
}

/// Notes below a table: numbers for sources, letters for keys.
#[derive(Default)]
struct Notes {
    sources: Vec<String>,
    keys: Vec<&'static str>,
}

impl Notes {
    fn row(&mut self, line: &CostLine, name: &str) -> Vec<String> {
        let source = format!("{}: {}", line.figure, line.source);
        let number_of = place(&mut self.sources, source) + 1;
        let letter = line.shared_by.map(|key| letter(place(&mut self.keys, key))).unwrap_or_default();
        vec![
            name.to_owned(),
            format!("{} {}", quantity(line.quantity), line.unit),
            line.price(),
            money(line.amount),
            money(line.present_value),
            format!("{number_of}{letter}"),
        ]
    }

    fn write(&self, page: &mut Page) {
        page.blank();
        if !self.keys.is_empty() {
            page.paragraph("Shared among workloads by:");
            for (place, key) in self.keys.iter().enumerate() {
                page.note(&letter(place), key);
            }
        }
        page.paragraph("Prices from:");
        for (place, source) in self.sources.iter().enumerate() {
            page.note(&(place + 1).to_string(), source);
        }
    }
}

fn quantity(quantity: f64) -> String {
    if quantity.abs() < 1_000.0 { significant(quantity, PLAIN) } else { number(quantity, 0, PLAIN) }
}

fn letter(place: usize) -> String {
    let letter = char::from(b'a' + (place % 26) as u8);
    letter.to_string().repeat(place / 26 + 1)
}

/// The place of an entry, added where it is new.
fn place<T: PartialEq>(list: &mut Vec<T>, entry: T) -> usize {
    list.iter().position(|known| *known == entry).unwrap_or_else(|| {
        list.push(entry);
        list.len() - 1
    })
}
