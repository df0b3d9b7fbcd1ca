//! The waves of one strategy on its path: prepare, copy, cut over, keep the source.

use std::collections::BTreeMap;

use super::axes::{Scale, dates};
use super::labels::fit;
use super::style::{ALARM, Anchor, Canvas, Caption, Frame, GREY, GRID, INK, Ink, SHADE, draw};
use super::{DataTable, Plot, PlotError};
use crate::base::units::{SimTime, Span};
use crate::report::dates::{day, last_day};
use crate::report::reading::{Reading, StrategyReading};
use crate::simulation::journal::{Decision, Entry, Move, MoveOutcome};
use crate::world::World;
use plotters::style::RGBColor;

const WEEK: Span = Span::from_days(7);
const LEFT: f64 = 132.0;
const RIGHT: f64 = 728.0;
const TOP: f64 = 126.0;
const PREPARE: RGBColor = RGBColor(0xB9, 0xC4, 0xD0);
const COPY: RGBColor = RGBColor(0x5B, 0x9B, 0xD5);
const CUTOVER: RGBColor = RGBColor(0x12, 0x3C, 0x69);
const RETAIN: RGBColor = RGBColor(0xF2, 0xC9, 0x8A);
/// What has to be there first.
const LEAD: RGBColor = RGBColor(0x8C, 0x7A, 0xB8);
/// Cutovers, paler.
const WINDOW: RGBColor = RGBColor(0x7D, 0x94, 0xB0);

/// Whether there is a wave to draw.
pub(crate) fn has_moves(strategy: &StrategyReading<'_>) -> bool {
    moves(strategy).next().is_some()
}

fn moves<'r>(strategy: &'r StrategyReading<'_>) -> impl Iterator<Item = &'r Move> {
    strategy.results.path.journal.entries.iter().filter_map(|(_, entry)| match entry {
        Entry::Move(moved) => Some(moved),
        _ => None,
    })
}

/// What a wave did, and when.
struct Wave {
    prepared: (SimTime, SimTime),
    copied: (SimTime, SimTime),
    /// Each cutover with the number of workloads, and how many of them failed.
    cutovers: BTreeMap<SimTime, (u32, u32)>,
    kept_until: SimTime,
    completed: u32,
    failed: u32,
    unplaced: u32,
    given_up: u32,
    retired: u32,
}

fn waves(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> BTreeMap<u32, Wave> {
    let mut waves: BTreeMap<u32, Wave> = BTreeMap::new();
    for moved in moves(strategy) {
        let wave = waves.entry(moved.wave).or_insert(Wave {
            prepared: (moved.prepared_from, moved.copied_from),
            copied: (moved.copied_from, moved.copied),
            cutovers: BTreeMap::new(),
            kept_until: moved.cutover,
            completed: 0,
            failed: 0,
            unplaced: 0,
            given_up: 0,
            retired: 0,
        });
        let widen = |span: &mut (SimTime, SimTime), from: SimTime, until: SimTime| {
            *span = (span.0.min(from), span.1.max(until));
        };
        widen(&mut wave.prepared, moved.prepared_from, moved.copied_from);
        if moved.outcome == MoveOutcome::Unplaced {
            wave.unplaced += 1;
            continue;
        }
        widen(&mut wave.copied, moved.copied_from, moved.copied);
        let cutover = wave.cutovers.entry(moved.cutover).or_default();
        cutover.0 += 1;
        match moved.outcome {
            MoveOutcome::Completed => {
                wave.completed += 1;
                wave.kept_until = wave.kept_until.max(moved.cutover + reading.world.factory.retention);
            }
            MoveOutcome::RolledBack => {
                wave.failed += 1;
                cutover.1 += 1;
            }
            MoveOutcome::Retired => wave.retired += 1,
            MoveOutcome::GivenUp => wave.given_up += 1,
            MoveOutcome::Unplaced => {}
        }
    }
    waves
}

/// What moves waited for before they could start: what, since when, and until when.
fn leads<'r>(reading: &Reading<'r>, strategy: &StrategyReading<'_>) -> Vec<(&'r str, SimTime, SimTime)> {
    let entries = strategy.results.path.journal.entries.iter();
    let started = entries.filter_map(|(at, entry)| match entry {
        Entry::Decision(Decision::LeadStarted { lead, until }) => {
            Some((reading.world.programme.leads[*lead].name.as_str(), *at, *until))
        }
        _ => None,
    });
    started.collect()
}

/// Draws it.
pub(crate) fn plot(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> Result<Plot, PlotError> {
    let world = reading.world;
    let calendar = &world.calendar;
    let (waves, leads) = (waves(reading, strategy), leads(reading, strategy));
    let from = waves.values().map(|wave| wave.prepared.0).min().unwrap_or_default();
    let from = leads.iter().map(|(_, at, _)| *at).fold(from, SimTime::min);
    let last = waves.values().map(|wave| wave.kept_until.max(wave.copied.1)).max().unwrap_or_default();
    let contracts = || world.contracts.iter().filter(|contract| contract.ends < calendar.horizon());
    // A contract's end is what the waves race against: it belongs on the axis
    // unless it is so far off that the waves would shrink to nothing.
    let reach = from + last.since(from) + last.since(from) + last.since(from);
    let until =
        contracts().map(|contract| contract.ends).filter(|end| *end <= reach).fold(last, SimTime::max);
    let until = (until + Span::from_days(12)).min(calendar.horizon().max(last));
    let title = title(reading, strategy);
    let subtitle = format!(
        "Waves of the illustrative path, replication {} of {}. Grey columns: no cutover may start.",
        reading.results.path_replication, reading.results.replications
    );
    let description =
        format!("{} waves from {} to {}.", waves.len(), day(calendar.date(from)), day(calendar.date(last)));
    let rows = waves.len() + leads.len();
    let row = (560.0 / rows.max(1) as f64).clamp(11.0, 30.0);
    let bottom = TOP + rows as f64 * row;
    let x = Scale { values: (calendar.years(from), calendar.years(until)), pixels: (LEFT, RIGHT) };
    let at = |instant: SimTime| x.at(calendar.years(instant)).clamp(LEFT, RIGHT);
    let svg = draw(
        bottom + 44.0,
        &Caption { title: &title, subtitle: &subtitle, description: &description },
        |canvas| {
            let shown = if leads.is_empty() { Leads::None } else { Leads::Drawn };
            key(canvas, world.factory.retention.as_days(), shown)?;
            for (opens, closes) in windows(world, from, until, RIGHT - LEFT) {
                let mark = Frame {
                    left: at(opens),
                    top: TOP - 7.0,
                    right: at(closes).max(at(opens) + 1.0),
                    bottom: TOP - 2.0,
                };
                canvas.rectangle(mark, WINDOW, 1.0)?;
            }
            for freeze in &world.factory.calendar.freezes {
                if freeze.until > from && freeze.from < until {
                    let column =
                        Frame { left: at(freeze.from), top: TOP - 4.0, right: at(freeze.until), bottom };
                    canvas.rectangle(column, SHADE, 1.0)?;
                    let middle = (column.left + column.right) / 2.0;
                    canvas.text(
                        (middle, bottom + 36.0),
                        "freeze",
                        Ink::new(11.0, GREY).at(Anchor::Middle),
                    )?;
                }
            }
            for (instant, text) in dates(calendar, from, until, RIGHT - LEFT) {
                canvas.line(&[(at(instant), TOP - 4.0), (at(instant), bottom + 4.0)], 1.0, GRID)?;
                canvas.text((at(instant), bottom + 20.0), &text, Ink::new(12.0, GREY).at(Anchor::Middle))?;
            }
            canvas.line(&[(LEFT, bottom), (RIGHT, bottom)], 1.0, INK)?;
            for (place, (name, since, until)) in leads.iter().enumerate() {
                let top = TOP + place as f64 * row;
                let (baseline, ink) = (top + row / 2.0 + 4.0, Ink::new(row.clamp(11.0, 12.0), INK));
                let label = fit(canvas, &[name], LEFT - 24.0, ink);
                canvas.text((LEFT - 12.0, baseline), &label, ink.at(Anchor::End))?;
                let bar = Frame {
                    left: at(*since),
                    top: top + row * 0.3,
                    right: at(*until).max(at(*since) + 1.0),
                    bottom: top + row * 0.66,
                };
                canvas.rectangle(bar, LEAD, 1.0)?;
                canvas.text((RIGHT + 12.0, baseline), &day(calendar.date(*until)), ink)?;
            }
            for (place, (number, wave)) in waves.iter().enumerate() {
                let place = leads.len() + place;
                let top = TOP + place as f64 * row;
                let shown = row >= 16.0 || place % 2 == 0;
                let size = if row >= 16.0 { 12.0 } else { 11.0 };
                if shown {
                    let baseline = top + row / 2.0 + 4.0;
                    canvas.text(
                        (LEFT - 12.0, baseline),
                        &format!("Wave {number}"),
                        Ink::new(size, INK).at(Anchor::End),
                    )?;
                    canvas.text((RIGHT + 12.0, baseline), &outcome(wave), Ink::new(size, INK))?;
                }
                draw_wave(canvas, wave, &Lane { top, row, at: &at })?;
            }
            for contract in contracts().filter(|contract| contract.ends >= from && contract.ends <= until) {
                let x = at(contract.ends);
                canvas.dashed((x, TOP - 14.0), (x, bottom), ALARM)?;
                let text = format!("{} contract ends, {}", contract.name, last_day(calendar, contract.ends));
                let ink = Ink::new(12.0, ALARM);
                let anchor = if x + canvas.text_width(&text, ink) / 2.0 > RIGHT {
                    Anchor::End
                } else {
                    Anchor::Middle
                };
                canvas.text((x, TOP - 18.0), &text, ink.at(anchor))?;
            }
            Ok(())
        },
    )?;
    Ok(Plot {
        stem: format!("waves-{}", strategy.strategy.name),
        title,
        guide: format!(
            "Each row is a wave. Above: engineers prepare it; below: its disks are copied, then the source is kept \
             for {:.0} days, while both sides are paid. A dark stroke is a cutover; a red one had a group that \
             failed and was rolled back, to be tried again in a later window. The short strokes along the top are the \
             cutover windows, where there is room to tell them apart.",
            world.factory.retention.as_days()
        ),
        svg,
        data: data(reading, &waves),
    })
}

/// The cutover windows between two instants; none where they are so many that nobody
/// could tell them apart.
fn windows(world: &World, from: SimTime, until: SimTime, width: f64) -> Vec<(SimTime, SimTime)> {
    const ROOM: f64 = 3.0;
    let calendar = &world.factory.calendar;
    let weeks = until.since(from).as_days() / 7.0;
    if weeks * calendar.windows.len() as f64 * ROOM > width {
        return Vec::new();
    }
    let monday = Span::from_days(world.calendar.start().weekday().to_monday_zero_offset() as u64);
    let first = ((from + monday).as_ns() / WEEK.as_ns()).saturating_sub(1);
    let last = (until + monday).as_ns() / WEEK.as_ns();
    let frozen = |at: SimTime| calendar.freezes.iter().any(|freeze| freeze.from <= at && at < freeze.until);
    (first..=last)
        .flat_map(|week| calendar.windows.iter().map(move |window| (week, window)))
        .filter_map(|(week, window)| {
            let since = Span::from_ns(week * WEEK.as_ns()) + window.opens;
            let opens = SimTime::from_ns(since.as_ns().checked_sub(monday.as_ns())?);
            let closes = opens + window.length;
            (closes > from && opens < until && !frozen(opens)).then_some((opens.max(from), closes.min(until)))
        })
        .collect()
}

fn title(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> String {
    let label = &strategy.strategy.label;
    let calendar = &reading.world.calendar;
    let migration = &strategy.results.path.scorecard.migration;
    match migration.finished_at {
        Some(at) => {
            let late = reading.world.contracts.iter().find(|contract| contract.ends < at);
            match late {
                Some(contract) => format!(
                    "{label}: done on {}, {:.0} days after the {} contract ends",
                    day(calendar.date(at)),
                    at.since(contract.ends).as_days(),
                    contract.name
                ),
                None => format!("{label}: all moved by {}", day(calendar.date(at))),
            }
        }
        None => format!("{label}: {} of {} workloads moved", migration.completed, migration.planned),
    }
}

/// Whether there are rows of what moves wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leads {
    None,
    Drawn,
}

fn key(canvas: &Canvas<'_>, retention_days: f64, leads: Leads) -> Result<(), PlotError> {
    let ink = Ink::new(13.0, INK);
    let mut left = 24.0;
    let kept = format!("source kept {retention_days:.0} days");
    let marks = [
        ("preparation", PREPARE, 12.0),
        ("copy", COPY, 12.0),
        ("cutover", CUTOVER, 3.0),
        ("rolled back", ALARM, 3.0),
        (kept.as_str(), RETAIN, 12.0),
        ("window", WINDOW, 5.0),
    ];
    let lead = (leads == Leads::Drawn).then_some(("lead time", LEAD, 12.0));
    for (text, colour, width) in marks.into_iter().chain(lead) {
        canvas.rectangle(Frame { left, top: 73.0, right: left + width, bottom: 85.0 }, colour, 1.0)?;
        canvas.text((left + width + 6.0, 84.0), text, ink)?;
        left += width + 6.0 + canvas.text_width(text, ink) + 22.0;
    }
    Ok(())
}

struct Lane<'a> {
    top: f64,
    row: f64,
    at: &'a dyn Fn(SimTime) -> f64,
}

fn draw_wave(canvas: &Canvas<'_>, wave: &Wave, lane: &Lane<'_>) -> Result<(), PlotError> {
    let Lane { top, row, at } = lane;
    let (upper, middle, lower) = (top + row * 0.14, top + row * 0.46, top + row * 0.82);
    let bar = |from: SimTime, until: SimTime, top: f64, bottom: f64| Frame {
        left: at(from),
        top,
        right: at(until).max(at(from) + 1.0),
        bottom,
    };
    canvas.rectangle(bar(wave.prepared.0, wave.prepared.1, upper, middle), PREPARE, 1.0)?;
    if let Some((first, _)) = wave.cutovers.first_key_value()
        && wave.kept_until > *first
    {
        canvas.rectangle(bar(*first, wave.kept_until, middle, lower), RETAIN, 1.0)?;
    }
    canvas.rectangle(bar(wave.copied.0, wave.copied.1, middle, lower), COPY, 1.0)?;
    for (instant, (_, failed)) in &wave.cutovers {
        let x = at(*instant);
        let colour = if *failed > 0 { ALARM } else { CUTOVER };
        canvas.rectangle(
            Frame { left: x - 1.25, top: upper, right: x + 1.25, bottom: lower },
            colour,
            1.0,
        )?;
    }
    Ok(())
}

fn outcome(wave: &Wave) -> String {
    let mut parts = vec![format!("{} moved", wave.completed)];
    for (count, word) in [
        (wave.retired, "retired"),
        (wave.failed, "rolled back"),
        (wave.unplaced, "unplaced"),
        (wave.given_up, "given up"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    parts.join(", ")
}

fn data(reading: &Reading<'_>, waves: &BTreeMap<u32, Wave>) -> DataTable {
    let header = [
        "Wave",
        "Prepared from",
        "Copied from",
        "Copied until",
        "First cutover",
        "Last cutover",
        "Source kept until",
        "Outcome",
    ];
    let date = |at: SimTime| reading.world.calendar.date(at).to_string();
    let rows = waves
        .iter()
        .map(|(number, wave)| {
            let cutover = |at: Option<(&SimTime, _)>| at.map_or_else(|| "–".to_owned(), |(at, _)| date(*at));
            vec![
                number.to_string(),
                date(wave.prepared.0),
                date(wave.copied.0),
                date(wave.copied.1),
                cutover(wave.cutovers.first_key_value()),
                cutover(wave.cutovers.last_key_value()),
                date(wave.kept_until),
                outcome(wave),
            ]
        })
        .collect();
    DataTable {
        caption: "Waves on the path".to_owned(),
        header: header.map(str::to_owned).into(),
        rows,
        ..DataTable::default()
    }
}
