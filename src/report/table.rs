//! The table that a run prints: one row a strategy, the answer above it, what the
//! figures mean below.

use comfy_table::{Cell, CellAlignment, Table, presets};

use super::answer;
use super::dates::short_month;
use super::money::{MoneyScale, Typography, number, percent};
use super::reading::{Reading, StrategyReading};
use crate::base::ids::Id;
use crate::base::units::{SimTime, Span};
use crate::study::{Results, Summary};
use crate::world::World;

const PLAIN: Typography = Typography::Plain;
/// Lines of the header.
const HEADER_LINES: usize = 2;
const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[31m";
const PLAIN_AGAIN: &str = "\u{1b}[0m";
/// Below this width, columns that the page has too are left out.
const WIDE: usize = 110;
/// The least width that is written for.
const NARROWEST: usize = 60;

/// Where the table is printed.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Its width in columns; less than 60 is taken as 60.
    pub width: usize,
    /// Whether it shows colours.
    pub colour: Colour,
}

/// Whether escape sequences for colour are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// They are.
    On,
    /// Plain text: a file, a pipe, `NO_COLOR`.
    Off,
}

/// The answer, the table and its legend, each line ended, no wider than the
/// terminal as far as the names of the strategies allow.
pub fn table(world: &World, results: &Results, terminal: Terminal) -> String {
    let reading = Reading::new(world, results);
    let width = terminal.width.max(NARROWEST);
    let mut text = String::new();
    for sentence in answer::sentences(&reading, PLAIN) {
        wrap(&mut text, &sentence, width);
    }
    text.push('\n');
    text.push_str(&body(&reading, width, terminal.colour));
    text.push('\n');
    for line in legend(&reading, width) {
        wrap(&mut text, &line, width);
    }
    text
}

struct Column<'r> {
    header: [String; HEADER_LINES],
    alignment: CellAlignment,
    cell: Box<dyn Fn(&StrategyReading<'_>) -> String + 'r>,
}

fn body(reading: &Reading<'_>, width: usize, colour: Colour) -> String {
    let columns = columns(reading, width);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(columns.iter().map(|column| {
        Cell::new(format!("{}\n{}", column.header[0], column.header[1])).set_alignment(column.alignment)
    }));
    for strategy in &reading.strategies {
        table.add_row(
            columns.iter().map(|column| Cell::new((column.cell)(strategy)).set_alignment(column.alignment)),
        );
    }
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if place + 1 == columns.len() { 0 } else { 2 }));
    }
    // No cell has a line break, so that a strategy is a line.
    let best = HEADER_LINES + answer::best(reading).id.index();
    let mut text = String::new();
    for (place, line) in table.lines().enumerate() {
        let line = line.trim_end();
        match colour {
            Colour::Off => text.push_str(line),
            Colour::On if place < HEADER_LINES || place == best => {
                text.push_str(&format!("{BOLD}{}{PLAIN_AGAIN}", alarmed(line)));
            }
            Colour::On => text.push_str(&alarmed(line)),
        }
        text.push('\n');
    }
    text
}

/// The line with everything that broke in red. Escapes are put in after the
/// columns are laid out, because they have no width.
fn alarmed(line: &str) -> String {
    let mut coloured = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some(end) = rest.find('!') {
        let start = rest[..end].rfind(' ').map_or(0, |gap| gap + 1);
        coloured.push_str(&format!("{}{RED}{}{PLAIN_AGAIN}", &rest[..start], &rest[start..=end]));
        rest = &rest[end + 1..];
    }
    coloured.push_str(rest);
    coloured
}

fn columns<'r>(reading: &'r Reading<'_>, width: usize) -> Vec<Column<'r>> {
    let world = reading.world;
    let npv = MoneyScale::fitting(reading.largest("cost.npv"), world.currency);
    let exit = MoneyScale::fitting(reading.largest("lock_in.exit_cost"), world.currency);
    let wide = width >= WIDE;
    let first = &reading.first().strategy.name;
    let mut columns: Vec<Column<'r>> = Vec::new();
    let mut add =
        |header: [&str; HEADER_LINES], alignment, cell: Box<dyn Fn(&StrategyReading<'_>) -> String + 'r>| {
            columns.push(Column { header: header.map(str::to_owned), alignment, cell });
        };
    let right = CellAlignment::Right;
    add(["", "strategy"], CellAlignment::Left, Box::new(|strategy| strategy.strategy.name.clone()));
    let unit = npv.unit();
    let cost = move |strategy: &StrategyReading<'_>, point: fn(&Summary) -> f64| {
        strategy.forecast("cost.npv").map_or_else(dash, |summary| npv.number(point(summary), PLAIN))
    };
    add(
        ["NPV", &format!("mean, {unit}")],
        right,
        Box::new(move |strategy| {
            format!("{} ± {}", cost(strategy, |s| s.mean), cost(strategy, |s| s.half_width_95))
        }),
    );
    if wide {
        add(["P80", &unit], right, Box::new(move |strategy| cost(strategy, |s| s.p80)));
    }
    add(
        ["5 to 95 %", &unit],
        right,
        Box::new(move |strategy| format!("{} to {}", cost(strategy, |s| s.p5), cost(strategy, |s| s.p95))),
    );
    let beats = if first.chars().count() <= 12 { first.as_str() } else { "the first" };
    add(
        ["beats", beats],
        right,
        Box::new(|strategy| strategy.results.beats_first.map_or_else(dash, |share| percent(share, PLAIN))),
    );
    add(
        ["moves", "done"],
        right,
        Box::new(|strategy| {
            if !strategy.moves() {
                return dash();
            }
            let done = number(strategy.mean("migration.completed"), 0, PLAIN);
            format!("{done}/{}", strategy.strategy.planned_moves())
        }),
    );
    if wide {
        add(["finished", "(median)"], right, Box::new(move |strategy| finished(world, strategy)));
        add(
            ["down for", "moves, h"],
            right,
            Box::new(|strategy| {
                let hours = strategy.forecast("migration.downtime_hours").filter(|_| strategy.moves());
                hours.map_or_else(dash, |hours| number(hours.mean, 0, PLAIN))
            }),
        );
    }
    add(
        ["exit", &exit.unit()],
        right,
        Box::new(move |strategy| {
            let cost = strategy.forecast("lock_in.exit_cost").map(|cost| exit.number(cost.mean, PLAIN));
            let is_bound = strategy.results.rehearsals.stranded > 0;
            cost.map_or_else(dash, |cost| if is_bound { format!(">={cost}") } else { cost })
        }),
    );
    let broken =
        |count: f64| if count > 0.0 { format!("{}!", number(count, 0, PLAIN)) } else { "ok".to_owned() };
    // The gates are one of the limits; where there is room they stand alone too.
    if wide && !world.limits.gates.is_empty() {
        add(
            ["", "gates"],
            right,
            Box::new(move |strategy| broken(strategy.mean("sovereignty.gate_violations").ceil())),
        );
    }
    add(["", "limits"], right, Box::new(move |strategy| broken(strategy.results.broken.len() as f64)));
    columns
}

fn dash() -> String {
    "-".to_owned()
}

/// The month of the median finish; the legend says when some never finish.
fn finished(world: &World, strategy: &StrategyReading<'_>) -> String {
    let finish = strategy.forecast("migration.finished_at").filter(|finish| finish.n > 0 && strategy.moves());
    finish.map_or_else(dash, |finish| {
        let at = SimTime::START + Span::from_hours_f64(finish.p50 * 365.25 * 24.0);
        short_month(world.calendar.date(at))
    })
}

fn legend(reading: &Reading<'_>, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for strategy in reading.strategies.iter().filter(|strategy| !strategy.results.broken.is_empty()) {
        let limits = answer::broken(strategy, PLAIN).join("; ");
        lines.push(format!("Broken by {}: {limits} of the replications.", strategy.strategy.name));
    }
    // A finish that not every replication reaches would read as if it were sure.
    let unfinished: Vec<String> = reading
        .strategies
        .iter()
        .filter(|strategy| strategy.moves())
        .filter_map(|strategy| {
            let finish = strategy.forecast("migration.finished_at").map_or(0, |finish| finish.n);
            let never = reading.results.replications - finish.min(reading.results.replications);
            let share = f64::from(never) / f64::from(reading.results.replications);
            (never > 0).then(|| format!("{} in {}", strategy.strategy.name, percent(share, PLAIN)))
        })
        .collect();
    if !unfinished.is_empty() {
        lines.push(format!("Moves that never all finish: {} of the replications.", unfinished.join(", ")));
    }
    let stranding: Vec<&str> = reading
        .strategies
        .iter()
        .filter(|strategy| strategy.results.rehearsals.stranded > 0)
        .map(|strategy| strategy.strategy.name.as_str())
        .collect();
    if !stranding.is_empty() {
        let names = stranding.join(", ");
        lines.push(format!("exit is a lower bound where some workloads have nowhere to go: {names}."));
    }
    lines.push(meaning(reading, width));
    lines
}

/// What the columns mean.
fn meaning(reading: &Reading<'_>, width: usize) -> String {
    let of =
        |count: u32, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
    let replications = reading.results.replications;
    let range = match replications {
        1 => "One replication: mean, range and chances say nothing of what else may come.".to_owned(),
        _ => {
            let p80 = if width >= WIDE { "; P80: enough in 4 of 5" } else { "" };
            format!(
                "±: 95 % half-width of the mean of {replications} replications. 5 to 95 %: range of outcomes, \
                 inputs and chance together{p80}."
            )
        }
    };
    let rehearsals = reading.strategies.iter().map(|strategy| strategy.results.rehearsals.replications).max();
    format!(
        "NPV: present value of all cost. {range} exit: cost of leaving at the horizon's end, {}. A number with an \
         exclamation mark: so many are broken.",
        of(rehearsals.unwrap_or(0), "rehearsal")
    )
}

/// Appends `text` in lines no wider than `width`.
pub(crate) fn wrap(out: &mut String, text: &str, width: usize) {
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        }
        if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    fn printed(width: usize, colour: Colour) -> String {
        let (world, results) = fixture();
        table(&world, &results, Terminal { width, colour })
    }

    #[test]
    fn the_table_fits_the_widths_it_is_made_for() {
        for width in [80, 120] {
            for line in printed(width, Colour::Off).lines() {
                assert!(line.chars().count() <= width, "{} > {width}: {line}", line.chars().count());
            }
        }
    }

    #[test]
    fn a_pipe_gets_plain_text_and_a_terminal_gets_colours() {
        assert!(!printed(120, Colour::Off).contains('\u{1b}'));
        assert!(printed(120, Colour::On).contains("\u{1b}["));
    }

    #[test]
    fn the_wide_table_has_every_column_of_the_answer() {
        insta::assert_snapshot!(printed(120, Colour::Off), @r"
        Cheapest on average: hyper-v, which saves 1.28 MEUR (0.70 to 2.11 in nine replications of ten) against renew, in present
        value; it costs less in 100 % of the replications.
        Next comes sovereign-first, 607 kEUR dearer on average.

                                 NPV   P80     5 to 95 %  beats    moves  finished  down for  exit
        strategy          mean, MEUR  MEUR          MEUR  renew     done  (median)  moves, h  kEUR  gates  limits
        renew            2.98 ± 0.12  3.58  2.26 to 4.01      -        -         -         -   313     2!      1!
        hyper-v          1.70 ± 0.02  1.82  1.56 to 1.90  100 %  120/120   2027-08       280   241     2!      ok
        sovereign-first  2.31 ± 0.05  2.56  2.01 to 2.74  100 %  121/120   2027-08       281   694     ok      ok

        Broken by renew: budget of 2.5 MEUR in 62 % of the replications.
        NPV: present value of all cost. ±: 95 % half-width of the mean of 100 replications. 5 to 95 %: range of outcomes, inputs
        and chance together; P80: enough in 4 of 5. exit: cost of leaving at the horizon's end, 20 rehearsals. A number with an
        exclamation mark: so many are broken.
        ");
    }

    #[test]
    fn the_narrow_table_keeps_what_decides() {
        insta::assert_snapshot!(printed(80, Colour::Off), @r"
        Cheapest on average: hyper-v, which saves 1.28 MEUR (0.70 to 2.11 in nine
        replications of ten) against renew, in present value; it costs less in 100 % of
        the replications.
        Next comes sovereign-first, 607 kEUR dearer on average.

                                 NPV     5 to 95 %  beats    moves  exit
        strategy          mean, MEUR          MEUR  renew     done  kEUR  limits
        renew            2.98 ± 0.12  2.26 to 4.01      -        -   313      1!
        hyper-v          1.70 ± 0.02  1.56 to 1.90  100 %  120/120   241      ok
        sovereign-first  2.31 ± 0.05  2.01 to 2.74  100 %  121/120   694      ok

        Broken by renew: budget of 2.5 MEUR in 62 % of the replications.
        NPV: present value of all cost. ±: 95 % half-width of the mean of 100
        replications. 5 to 95 %: range of outcomes, inputs and chance together. exit:
        cost of leaving at the horizon's end, 20 rehearsals. A number with an
        exclamation mark: so many are broken.
        ");
    }
}
