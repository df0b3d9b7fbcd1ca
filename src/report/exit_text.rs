//! One exit for people: what it takes, where everything goes, and why not.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::dates::{brief_month, last_day};
use super::exit_words::{kept, length, offer, on, ranged, verdicts, waived, workloads};
use super::money::{MoneyScale, Typography, amount, percent};
use super::table::wrap;
use crate::simulation::journal::MoveOutcome;
use crate::study::{ExitStudy, ExplainedExit, StrategyExit};
use crate::world::rules::exit::kept_suppliers;
use crate::world::{PartyId, World};

const PLAIN: Typography = Typography::Plain;
/// Rows of a table that are shown; the rest is counted.
const SHOWN: usize = 12;
/// Columns of the list of parties.
const LIST_WIDTH: u16 = 96;

/// What an exit takes, in lines no wider than `width`.
pub fn exit_text(world: &World, study: &ExitStudy, width: usize) -> String {
    let mut out = String::new();
    let party = &world.parties[study.question.party].name;
    let on = on(world, study.question.at);
    let times = if study.replications == 1 { "once" } else { "times" };
    let many =
        if study.replications == 1 { times.to_owned() } else { format!("{} {times}", study.replications) };
    wrap(
        &mut out,
        &format!(
            "Leaving {party} on {on}, rehearsed {many} under each strategy, with the same links, people and windows \
             as any other move. Costs are discounted to that day; ranges hold nine replications of ten."
        ),
        width,
    );
    for exit in &study.strategies {
        out.push('\n');
        strategy(&mut out, world, study, exit, width);
    }
    out.push('\n');
    for line in legend() {
        wrap(&mut out, line, width);
    }
    out
}

fn strategy(out: &mut String, world: &World, study: &ExitStudy, exit: &StrategyExit, width: usize) {
    let strategy = &world.strategies[exit.strategy];
    wrap(out, &format!("{}: {}", strategy.name, strategy.label), width);
    let party = study.question.party;
    if exit.untouched_in == study.replications {
        indent(out, "Nothing depends on it at that date, and nothing is owed to it.", width);
        return;
    }
    let scale = MoneyScale::fitting(exit.cost.p95.abs().max(exit.cost.mean), world.currency);
    let bound = if exit.stranded_in > 0 { "at least " } else { "" };
    indent(
        out,
        &format!(
            "It costs {bound}{}; {:.1} months until the last that can has left, {:.1} until nothing is owed any more.",
            ranged(&exit.cost, scale, PLAIN),
            exit.needed_months.mean,
            exit.months.mean
        ),
        width,
    );
    if let Some(rises) = &exit.tolerated_rise {
        let told = if rises.p95 == 0.0 {
            "Leaving pays now: a rise of its prices of 0 % is tolerated, within 36 months.".to_owned()
        } else {
            let [mean, low, high] = [rises.mean, rises.p5, rises.p95].map(|share| percent(share, PLAIN));
            format!("Its prices may rise by {mean} ({low} to {high}) before leaving pays within 36 months.")
        };
        indent(out, &told, width);
    }
    out.push('\n');
    components(out, exit, scale);
    if exit.beside.mean > 0.0 {
        let beside = amount(exit.beside.mean, world.currency, PLAIN);
        indent(
            out,
            &format!(
                "Beside it, not cash: perpetual licences used nowhere any more and book value, {beside}."
            ),
            width,
        );
    }
    explained(out, world, study.typical, exit, width);
    for supplier in kept_suppliers(world, strategy).iter().filter(|kept| kept.supplier == party) {
        indent(out, &kept(world, supplier, PLAIN), width);
    }
}

fn components(out: &mut String, exit: &StrategyExit, scale: MoneyScale) {
    let mut table = plain_table(["part", &format!("mean, {}", scale.unit()), "5 to 95 %", "typical"]);
    let row = |name: &str, mean: f64, range: [f64; 2], typical: f64| {
        let number = |value| scale.number(value, PLAIN);
        let range = format!("{} to {}", number(range[0]), number(range[1]));
        [name.to_owned(), number(mean), range, number(typical)]
    };
    for (component, summary) in &exit.by_component {
        let typical = exit.typical.exit.by_component.of(*component).as_f64();
        // What shows as nothing in this unit is not worth a line.
        let shown = row(component.label(), summary.mean, [summary.p5, summary.p95], typical);
        let is_something = |cell: &String| cell.chars().any(|digit| ('1'..='9').contains(&digit));
        if shown[1..].iter().any(is_something) {
            table.add_row(shown);
        }
    }
    let whole = exit.typical.exit.cost.as_f64();
    table.add_row(row("the whole", exit.cost.mean, [exit.cost.p5, exit.cost.p95], whole));
    print_table(out, table, 1);
}

fn explained(out: &mut String, world: &World, replication: u32, exit: &StrategyExit, width: usize) {
    let ExplainedExit { exit: numbers, destinations, timeline, obstacles, failed, held, end } = &exit.typical;
    out.push('\n');
    indent(
        out,
        &format!(
            "The typical case, replication {replication}: {} depend on it, and {}.",
            workloads(*held, PLAIN),
            match numbers.stranded == *held {
                true => "none can leave".to_owned(),
                false => format!("the last that can has left on {}", on(world, end.left)),
            }
        ),
        width,
    );
    if !destinations.is_empty() {
        let mut table = plain_table(["workloads", "from", "to", "how", "with"]);
        for way in destinations.iter().take(SHOWN) {
            let tool = way.tool.map_or("–", |tool| world.tools[tool].label.as_str());
            table.add_row([
                way.workloads.to_string(),
                offer(world, way.from).to_owned(),
                offer(world, way.to).to_owned(),
                way.method.name().to_owned(),
                tool.to_owned(),
            ]);
        }
        print_table(out, table, 5);
        more(out, destinations.len(), "ways", width);
        out.push('\n');
        let money = MoneyScale::fitting(numbers.cost.as_f64(), world.currency);
        let mut table = plain_table(["month", "moved", &format!("charged, {}", money.unit())]);
        for month in timeline {
            let when = brief_month(world.calendar.date(month.from));
            table.add_row([when, month.moved.to_string(), money.number(month.charged.as_f64(), PLAIN)]);
        }
        print_table(out, table, 1);
    }
    if numbers.stranded > 0 {
        out.push('\n');
        indent(out, &format!("{} have nowhere to go:", workloads(numbers.stranded, PLAIN)), width);
        let mut table = plain_table(["workloads", "destination", "what is against it"]);
        for (to, obstacle, count) in obstacles.iter().take(SHOWN) {
            table.add_row([count.to_string(), offer(world, *to).to_owned(), obstacle.words().to_owned()]);
        }
        print_table(out, table, 3);
        more(out, obstacles.len(), "reasons", width);
    }
    out.push('\n');
    for (outcome, count) in failed {
        let again = if *outcome == MoveOutcome::RolledBack { ", and tried again" } else { "" };
        indent(out, &format!("{}: {outcome}{again}.", workloads(*count, PLAIN)), width);
    }
    indent(out, &format!("Periods: {}.", verdicts(world, numbers, PLAIN)), width);
    let free = waived(world, numbers, PLAIN);
    if free.is_empty() {
        indent(out, "Rules: no data left freely under a rule.", width);
    }
    for sentence in free {
        indent(out, &format!("Rules: {sentence}."), width);
    }
    let owed = end.free.since(end.began);
    if end.free > end.left {
        indent(
            out,
            &format!(
                "The last obligation to it ends after {}, on {}.",
                length(owed, PLAIN),
                last_day(&world.calendar, end.free)
            ),
            width,
        );
    }
}

/// What is in the figures and what is not.
fn legend() -> [&'static str; 2] {
    [
        "Costs leave out what the estate goes on costing, there or elsewhere, hosts bought to stay among it. Where some \
         have nowhere to go they are a lower bound.",
        "Stranded terms: what was paid, or is owed, for time after everything has left. Typical: the replication \
         nearest the median cost.",
    ]
}

/// The parties that can be left, for whoever named another.
pub fn party_list(world: &World, parties: &[PartyId]) -> String {
    let mut table = plain_table(["--party", "who it is", "what it stands behind"]);
    for party in parties {
        let described = &world.parties[*party];
        let mut behind: Vec<String> = Vec::new();
        for provider in world.providers.iter() {
            if provider.operator == *party {
                behind.push(format!("operates {}", provider.label));
            } else if provider.owner == *party {
                behind.push(format!("owns the operator of {}", provider.label));
            }
        }
        for platform in world.platforms.iter().filter(|platform| platform.supplier == *party) {
            behind.push(format!("makes {}", platform.label));
        }
        table.add_row([described.key.clone(), described.name.clone(), behind.join(", ")]);
    }
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(LIST_WIDTH);
    let mut out = String::new();
    print_table(&mut out, table, 3);
    out
}

fn plain_table<'t>(header: impl IntoIterator<Item = &'t str>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header.into_iter().map(Cell::new));
    table
}

/// Prints a table, indented; all columns after the first `words` are numbers.
fn print_table(out: &mut String, mut table: Table, words: usize) {
    let columns = table.column_iter_mut().count();
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if place + 1 == columns { 0 } else { 2 }));
        if place >= words {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.lines() {
        out.push_str(&format!("  {}\n", line.trim_end()).replace("  \n", "\n"));
    }
}

fn more(out: &mut String, count: usize, noun: &str, width: usize) {
    if count > SHOWN {
        indent(out, &format!("and {} more {noun}.", count - SHOWN), width);
    }
}

fn indent(out: &mut String, text: &str, width: usize) {
    let mut lines = String::new();
    wrap(&mut lines, text, width.saturating_sub(2));
    for line in lines.lines() {
        out.push_str(&format!("  {line}\n"));
    }
}
