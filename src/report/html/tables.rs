//! The tables behind the answer: cost, moves, contracts, gates, exit, availability.

use super::answers::{finished, moved};
use super::commitments::committed;
use super::sources::money;
use crate::base::units::SimTime;
use crate::report::data_table::DataTable;
use crate::report::dates::day;
use crate::report::money::{MoneyScale, Typography, number, percent, significant};
use crate::report::reading::{Reading, StrategyReading};
use crate::simulation::journal::{Category, Decision, Entry};
use crate::world::rules::gates;
use crate::world::{TeamId, World};

const FINE: Typography = Typography::Fine;

/// Cost by category, provider and year, and as it enters the books: means.
pub(super) fn costs(reading: &Reading<'_>) -> Vec<DataTable> {
    let scale = MoneyScale::fitting(reading.largest("cost.total"), reading.world.currency);
    let groups = [
        ("By category", "cost.by_category"),
        ("By provider", "cost.by_provider"),
        ("By year", "cost.by_year"),
    ];
    let mut tables: Vec<DataTable> = groups
        .into_iter()
        .map(|(title, group)| {
            let mut table = by_strategy(reading, title, scale).about(group);
            let names = reading.first().names_under(group);
            table.rows = names
                .into_iter()
                .map(|name| (label(reading.world, group, name), format!("{group}.{name}")))
                .map(|(label, figure)| row(reading, label, &figure, scale))
                .filter(|row| says_something(row))
                .collect();
            table.rows.push(row(reading, "Total".to_owned(), "cost.total", scale));
            table
        })
        .collect();
    let mut books = by_strategy(reading, "In the books", scale);
    let lines = [
        ("Running cost (opex)", "cost.opex"),
        ("Bought and owned (capex)", "cost.capex"),
        ("Total before discounting", "cost.total"),
        ("Present value", "cost.npv"),
        ("Book value written off, beside the cost", "cost.write_off"),
        ("Book value at the end, beside the cost", "cost.book_value"),
    ];
    books.rows = lines.map(|(label, figure)| row(reading, label.to_owned(), figure, scale)).into();
    tables.push(books.rows_defined(lines.map(|(_, figure)| figure)));
    tables
}

fn by_strategy(reading: &Reading<'_>, title: &str, scale: MoneyScale) -> DataTable {
    let header =
        std::iter::once("").chain(reading.strategies.iter().map(|strategy| strategy.strategy.name.as_str()));
    DataTable::new(format!("{title}: mean, {}, before discounting unless it says so", scale.unit()), header)
}

/// The means of a figure; what no strategy has, or has nothing of, is a dash.
fn row(reading: &Reading<'_>, label: String, figure: &str, scale: MoneyScale) -> Vec<String> {
    let cells = reading.strategies.iter().map(|strategy| match strategy.mean(figure) {
        0.0 => "–".to_owned(),
        mean => scale.number(mean, FINE),
    });
    std::iter::once(label).chain(cells).collect()
}

fn label(world: &World, group: &str, name: &str) -> String {
    match group {
        "cost.by_category" => {
            let category = Category::ALL.into_iter().find(|category| category.key() == name);
            category.map_or(name, |category| category.label()).to_owned()
        }
        "cost.by_provider" => {
            let provider = world.providers.iter().find(|provider| provider.name == name);
            provider.map_or(name, |provider| &provider.label).to_owned()
        }
        _ => name.to_owned(),
    }
}

/// Moves: how many, until when, how much downtime.
pub(super) fn moves(reading: &Reading<'_>) -> DataTable {
    let header = [
        "Strategy",
        "Moved",
        "Rolled back",
        "Unplaced",
        "Given up",
        "Finished",
        "Downtime, h (5 to 95 %)",
        "One-off work",
        "Running across platforms, a year",
    ];
    let mut table =
        DataTable::new("Moves: means over the replications; the month is that of the median.", header)
            .columns_defined([
                "",
                "migration.completed",
                "migration.rolled_back",
                "migration.unplaced",
                "migration.given_up",
                "migration.finished_at",
                "migration.downtime_hours",
                "interoperability.one_off",
                "interoperability.recurring_per_year",
            ]);
    for strategy in reading.strategies.iter().filter(|strategy| strategy.moves()) {
        let mean = |figure: &str| number(strategy.mean(figure), 1, FINE);
        let downtime = strategy.forecast("migration.downtime_hours").map_or_else(
            || "–".to_owned(),
            |hours| {
                format!(
                    "{} ({} to {})",
                    number(hours.mean, 0, FINE),
                    number(hours.p5, 0, FINE),
                    number(hours.p95, 0, FINE)
                )
            },
        );
        table.rows.push(vec![
            strategy.strategy.label.clone(),
            moved(strategy),
            mean("migration.rolled_back"),
            mean("migration.unplaced"),
            mean("migration.given_up"),
            finished(reading.world, strategy, reading.results.replications),
            downtime,
            money(reading, strategy.mean("interoperability.one_off")),
            money(reading, strategy.mean("interoperability.recurring_per_year")),
        ]);
    }
    table
}

/// One-off work of crossing platforms, by the respect in which they differ, and what is
/// replaced.
pub(super) fn facets(reading: &Reading<'_>) -> DataTable {
    let scale = MoneyScale::fitting(reading.largest("interoperability.one_off"), reading.world.currency);
    let title = "One-off work by what differs between the platforms";
    let mut table = by_strategy(reading, title, scale).about("interoperability.by_facet");
    for name in reading.first().names_under("interoperability.by_facet") {
        table.rows.push(row(reading, name.to_owned(), &format!("interoperability.by_facet.{name}"), scale));
    }
    let replaced = row(reading, "Services replaced".to_owned(), "interoperability.replacement", scale);
    table.rows.extend(Some(replaced).filter(|row| says_something(row)));
    table.rows.push(row(reading, "Total".to_owned(), "interoperability.one_off", scale));
    table
}

/// The same by the platforms left and reached; nothing where no strategy crosses any.
pub(super) fn pairs(reading: &Reading<'_>) -> DataTable {
    let scale = MoneyScale::fitting(reading.largest("interoperability.one_off"), reading.world.currency);
    let mut table = by_strategy(reading, "One-off work by the platforms left and reached", scale);
    for name in reading.first().names_under("interoperability.by_pair") {
        let label = name.replace("->", " → ");
        table.rows.push(row(reading, label, &format!("interoperability.by_pair.{name}"), scale));
    }
    table.rows.retain(|row| says_something(row));
    if !table.rows.is_empty() {
        table.rows.push(row(reading, "Total".to_owned(), "interoperability.one_off", scale));
    }
    table
}

/// What running across platforms and sites costs over the horizon, by what it is paid
/// for; nothing where no strategy does.
pub(super) fn across(reading: &Reading<'_>) -> DataTable {
    let scale = MoneyScale::fitting(reading.largest("interoperability.recurring"), reading.world.currency);
    let mut table = by_strategy(reading, "Running across platforms and sites, over the horizon", scale);
    for (label, key) in [
        ("Management planes beyond the first, with their skills", "management_planes"),
        ("Data between applications at different sites", "egress"),
        ("Circuits between sites", "circuits"),
        ("Licences bridged for what was left behind", "licences"),
        ("Services in place of those left", "replaced"),
    ] {
        table.rows.push(row(
            reading,
            label.to_owned(),
            &format!("interoperability.recurring_by.{key}"),
            scale,
        ));
    }
    table.rows.retain(|row| says_something(row));
    if !table.rows.is_empty() {
        table.rows.push(row(reading, "Total".to_owned(), "interoperability.recurring", scale));
    }
    table
}

/// Whether a row has an amount in any column.
fn says_something(row: &[String]) -> bool {
    row[1..].iter().any(|cell| cell.chars().any(|digit| ('1'..='9').contains(&digit)))
}

/// What was decided on the path of each strategy, in order of time: contracts one
/// by one, hosts and failures to place as they come.
pub(super) fn events(reading: &Reading<'_>) -> Vec<DataTable> {
    reading
        .strategies
        .iter()
        .map(|strategy| {
            let mut table = DataTable::new(strategy.strategy.label.clone(), ["Date", "What was decided"]);
            let mut many = Many::default();
            for (at, entry) in &strategy.results.path.journal.entries {
                let Entry::Decision(decision) = entry else { continue };
                if many.is_one_too_many(decision) {
                    continue;
                }
                if let Some(text) = decided(reading.world, decision) {
                    table.rows.push(vec![day(reading.world.calendar.date(*at)), text]);
                }
            }
            table.rows.extend(many.left_out().map(|text| vec!["over the horizon".to_owned(), text]));
            table
        })
        .filter(|table| !table.rows.is_empty())
        .collect()
}

/// A decision in words; none for those that are shown elsewhere.
pub(in crate::report) fn decided(world: &World, decision: &Decision) -> Option<String> {
    Some(match decision.clone() {
        Decision::Renewed { contract, cores, years, price_multiple } => format!(
            "{}: renewed for {} and {} cores, at {} times the former price per core-year.",
            world.contracts[contract].name,
            plural(years, "year"),
            number(f64::from(cores), 0, FINE),
            significant((price_multiple * 100.0).round() / 100.0, FINE)
        ),
        Decision::Bridged { contract, cores, years, workloads } => format!(
            "{}: bridged for {} and {} cores, because {} still needed it.",
            world.contracts[contract].name,
            plural(years, "year"),
            number(f64::from(cores), 0, FINE),
            plural(workloads, "workload")
        ),
        Decision::NoticeGiven { contract } => {
            format!("{}: notice given that it will be left.", world.contracts[contract].name)
        }
        Decision::Lapsed { contract } => {
            format!("{}: ended; nothing needed it any more.", world.contracts[contract].name)
        }
        Decision::Committed { commitment, bought } => committed(world, commitment, bought),
        Decision::CommitmentEnded { commitment } => {
            format!("{}: ended and was not bought again.", world.commitments[commitment].name)
        }
        Decision::HostsAdded { offer, count } => {
            format!("{}: {} added.", world.offers[offer].name, plural(count, "host"))
        }
        Decision::HostsReleased { offer, count } => {
            format!("{}: {} released.", world.offers[offer].name, plural(count, "host"))
        }
        Decision::HostsReinstalled { offer, from, count } => format!(
            "{}: {} of {} re-installed for it.",
            world.offers[offer].name,
            plural(count, "host"),
            world.offers[from].name
        ),
        Decision::HostsReplaced { offer, count } => {
            format!(
                "{}: {} replaced at the end of their life.",
                world.offers[offer].name,
                plural(count, "host")
            )
        }
        Decision::PricesMoved { event } => {
            let label = world.timeline.get(event as usize).map_or("a price move", |event| &event.label);
            format!("Prices move: {label}.")
        }
        Decision::Faulted { event } => {
            let label = world.timeline.get(event as usize).map_or("a fault", |event| &event.label);
            format!("A fault: {label}.")
        }
        Decision::AllianceBegins { alliance } => {
            let alliance = &world.alliances[alliance];
            match (alliance.from, alliance.until) {
                (SimTime::START, None) => format!("Alliance in force from the start: {}.", alliance.label),
                (SimTime::START, Some(until)) => format!(
                    "Alliance in force from the start, until {}: {}.",
                    day(world.calendar.date(until)),
                    alliance.label
                ),
                _ => format!("An alliance begins: {}.", alliance.label),
            }
        }
        Decision::AllianceEnds { alliance } => {
            format!("An alliance ends: {}.", world.alliances[alliance].label)
        }
        Decision::CopyDiverges { workload } => format!(
            "{}: its disks change faster than its share of the network carries.",
            world.workloads[workload].name
        ),
        Decision::CutoverBroken { workload, why } => {
            format!("{}: its group's cutover was broken off: {why}.", world.workloads[workload].name)
        }
        Decision::MoveGivenUp { workload, why } => {
            format!("{}: its group stays: {why}.", world.workloads[workload].name)
        }
        Decision::NotPlaced { workload, offer, refusal, again } => {
            let next = match again {
                SimTime::NEVER => "given up".to_owned(),
                again => format!("tried again on {}", day(world.calendar.date(again))),
            };
            let (workload, offer) = (&world.workloads[workload].name, &world.offers[offer].name);
            format!("{workload} finds no room at {offer}: {}; {next}.", refusal.words(world))
        }
        Decision::RuleNotKept { workload, offer } => format!(
            "{}: at {} from the start, though a rule forbids it on every host there.",
            world.workloads[workload].name, world.offers[offer].name
        ),
        Decision::HostsLevelled { offer, moves } => {
            format!(
                "{}: {} moved live to level the hosts.",
                world.offers[offer].name,
                plural(moves, "workload")
            )
        }
        Decision::LeadStarted { lead, until } => format!(
            "{}: begun; it will be there on {}.",
            world.programme.leads[lead].name,
            day(world.calendar.date(until))
        ),
        Decision::LeadMet { lead } => format!("{}: there.", world.programme.leads[lead].name),
        Decision::StaffLeft { team } => format!("{}: somebody left.", team_name(world, team)),
        Decision::StaffJoined { team } => format!("{}: a replacement started.", team_name(world, team)),
        Decision::WaveStarted { .. } => return None,
    })
}

fn team_name(world: &World, team: TeamId) -> &str {
    world.programme.teams.get(team).map_or("engineers", |team| &team.name)
}

/// Decisions of which a path may have hundreds: so many of each kind are shown.
#[derive(Default)]
struct Many {
    unplaced: u32,
    levelled: u32,
}

impl Many {
    const SHOWN: u32 = 12;

    /// Counts a decision; whether enough of its kind are shown already.
    fn is_one_too_many(&mut self, decision: &Decision) -> bool {
        let count = match decision {
            Decision::NotPlaced { .. } => &mut self.unplaced,
            Decision::HostsLevelled { .. } => &mut self.levelled,
            _ => return false,
        };
        *count += 1;
        *count > Self::SHOWN
    }

    fn left_out(&self) -> impl Iterator<Item = String> {
        let more = |count: u32| count.checked_sub(Self::SHOWN).filter(|more| *more > 0);
        let unplaced = more(self.unplaced)
            .map(|count| format!("{count} more times a workload found no room: see moves.csv."));
        let levelled = more(self.levelled).map(|count| format!("Hosts were levelled {count} more times."));
        unplaced.into_iter().chain(levelled)
    }
}

pub(super) fn plural(count: u32, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", number(f64::from(count), 0, FINE)),
    }
}

/// The gates, and what each strategy holds the data at on its path.
pub(super) fn sovereignty(reading: &Reading<'_>) -> DataTable {
    let world = reading.world;
    let header = std::iter::once("Gate")
        .chain(reading.strategies.iter().map(|strategy| strategy.strategy.name.as_str()));
    let mut table = DataTable::new(
        "Where the data lies at the end of the path. A gate fails closed: what no answer proves is a violation.",
        header,
    )
    .about("sovereignty.gate_violations");
    for (place, gate) in world.limits.gates.iter().enumerate() {
        let class = &world.data_classes[gate.data_class].name;
        let mut row = vec![format!("{class} data, {}", gates::demanded(world, gate))];
        row.extend(reading.strategies.iter().map(|strategy| {
            let violations = &strategy.results.path.scorecard.sovereignty.violations;
            let found: Vec<String> = violations
                .iter()
                .filter(|violation| violation.gate == place)
                .map(|violation| {
                    format!("{}: {}", world.offers[violation.offer].name, gates::found(world, violation))
                })
                .collect();
            if found.is_empty() { "✓ kept".to_owned() } else { format!("✗ {}", found.join("; ")) }
        }));
        table.rows.push(row);
    }
    let mut row = |label: String, text: &dyn Fn(&StrategyReading<'_>) -> String| {
        let cells = reading.strategies.iter().map(text);
        table.rows.push(std::iter::once(label).chain(cells).collect());
    };
    let tenths = |number: f64| significant((number * 10.0).round() / 10.0, FINE);
    row("Days with data where a gate forbids it".to_owned(), &|strategy| {
        number(strategy.mean("sovereignty.violation_days"), 0, FINE)
    });
    row("Lowest SEAL of all places".to_owned(), &|strategy| tenths(strategy.mean("sovereignty.seal")));
    for class in world.data_classes.iter() {
        let figure = format!("sovereignty.seal_by_class.{}", class.name);
        row(format!("Lowest SEAL of places with {} data", class.name), &|strategy| {
            strategy.forecast(&figure).map_or_else(|| "–".to_owned(), |seal| tenths(seal.mean))
        });
    }
    for edition in &world.framework.editions {
        let figure = format!("sovereignty.score_by_edition.v{}", edition.name.replace('.', "_"));
        let in_force = if edition.name == world.framework.edition { ", in force" } else { "" };
        row(format!("Score with the weights of {}{in_force}, %", edition.name), &|strategy| {
            tenths(strategy.mean(&figure))
        });
    }
    let classes = world.data_classes.iter().map(|class| format!("sovereignty.seal_by_class.{}", class.name));
    let editions = world.framework.editions.iter().map(|_| "sovereignty.score_by_edition".to_owned());
    let names: Vec<String> = std::iter::repeat_n(String::new(), world.limits.gates.len())
        .chain(["sovereignty.violation_days".to_owned(), "sovereignty.seal".to_owned()])
        .chain(classes)
        .chain(editions)
        .collect();
    table.rows_defined(names.iter().map(String::as_str))
}

/// The SEAL of each place, objective by objective: which of them decides.
pub(super) fn seals(reading: &Reading<'_>) -> DataTable {
    let world = reading.world;
    let objectives = &world.framework.objectives;
    let header = std::iter::once("Place").chain(objectives.iter().map(|objective| objective.code.as_str()));
    let names: Vec<String> =
        objectives.iter().map(|objective| format!("{} {}", objective.code, objective.name)).collect();
    let caption = format!(
        "SEAL of each place by objective, from 0 to 4; a dash where a binding criterion is not answered. {}.",
        names.join(", ")
    );
    let mut table = DataTable::new(caption, header).about("sovereignty.seal");
    for (id, offer) in world.offers.enumerate() {
        let seal = |objective| {
            let seal = gates::objective_seal(&world.framework, world.profile_of(id), objective);
            seal.proven().map_or_else(|| "–".to_owned(), |seal| seal.to_string())
        };
        table.rows.push(std::iter::once(offer.name.clone()).chain((0..objectives.len()).map(seal)).collect());
    }
    table
}

/// Whose law reaches the data at the end: shares of the disks by role and country.
pub(super) fn exposure(reading: &Reading<'_>) -> DataTable {
    let header = std::iter::once("Under the law of, through")
        .chain(reading.strategies.iter().map(|strategy| strategy.strategy.name.as_str()));
    let mut table = DataTable::new(
        "Share of the disks, at the end, held where a party in this role is under this law, mean.",
        header,
    )
    .about("sovereignty.exposure");
    let Some(first) = reading.strategies.first() else { return table };
    for exposure in &first.results.path.scorecard.sovereignty.exposure {
        let figure = format!("sovereignty.exposure.{}.{}", exposure.role.key(), exposure.law);
        let cells = reading.strategies.iter().map(|strategy| percent(strategy.mean(&figure), FINE));
        let label = format!("{}, {}", exposure.law, exposure.role.key());
        table.rows.push(std::iter::once(label).chain(cells).collect());
    }
    table.rows.sort();
    table
}

/// What leaving again would take.
pub(super) fn exits(reading: &Reading<'_>) -> DataTable {
    let scale = MoneyScale::fitting(reading.largest("lock_in.exit_cost"), reading.world.currency);
    let header = [
        "Strategy",
        "Exit cost (5 to 95 %)",
        "Months",
        "Years of spend",
        "By party",
        "Rehearsed",
        "Someone stranded",
        "Largest party's share",
        "HHI",
        "Commitments left",
    ];
    let caption = format!(
        "Leaving the party that is hardest to leave, at the end of the horizon. Where someone is stranded, the \
         cost is a lower bound: nobody knows what it takes to move those. {}.",
        scale.unit()
    );
    let mut table = DataTable::new(caption, header).columns_defined([
        "",
        "lock_in.exit_cost",
        "lock_in.exit_months",
        "lock_in.years_of_spend",
        "lock_in.by_party",
        "",
        "lock_in.exit_stranded",
        "lock_in.largest_party_share",
        "lock_in.hhi",
        "lock_in.remaining_commitment",
    ]);
    for strategy in &reading.strategies {
        let cost = strategy.forecast("lock_in.exit_cost").map_or_else(
            || "–".to_owned(),
            |cost| {
                let number = |amount| scale.number(amount, FINE);
                let bound = if strategy.results.rehearsals.stranded > 0 { "at least " } else { "" };
                format!("{bound}{} ({} to {})", number(cost.mean), number(cost.p5), number(cost.p95))
            },
        );
        let known = |figure: &str, decimals| {
            strategy
                .forecast(figure)
                .map_or_else(|| "–".to_owned(), |summary| number(summary.mean, decimals, FINE))
        };
        let rehearsals = &strategy.results.rehearsals;
        table.rows.push(vec![
            strategy.strategy.label.clone(),
            cost,
            known("lock_in.exit_months", 1),
            known("lock_in.years_of_spend", 2),
            parties(strategy, scale),
            plural(rehearsals.replications, "time"),
            if rehearsals.stranded == 0 { "never".to_owned() } else { plural(rehearsals.stranded, "time") },
            strategy
                .forecast("lock_in.largest_party_share")
                .map_or_else(|| "–".to_owned(), |share| percent(share.mean, FINE)),
            known("lock_in.hhi", 0),
            money(reading, strategy.mean("lock_in.remaining_commitment")),
        ]);
    }
    table
}

fn parties(strategy: &StrategyReading<'_>, scale: MoneyScale) -> String {
    let names = strategy.names_under("lock_in.by_party");
    let costs = names.into_iter().filter_map(|name| {
        let cost = strategy.forecast(&format!("lock_in.by_party.{name}"))?;
        Some(format!("{name} {}", scale.number(cost.mean, FINE)))
    });
    let text = costs.collect::<Vec<_>>().join(", ");
    if text.is_empty() { "–".to_owned() } else { text }
}

/// Used against allocated; nothing where it is not sampled.
pub(super) fn utilisation(reading: &Reading<'_>) -> Option<DataTable> {
    reading.world.usage.as_ref()?;
    let header = [
        "Strategy",
        "vCPU allocated",
        "vCPU used",
        "Cores",
        "GiB allocated",
        "GiB used",
        "Contention, %",
        "Overloaded host hours",
    ];
    let caption = "Used against allocated: means over the horizon and the replications.";
    let mut table = DataTable::new(caption, header).columns_defined([
        "",
        "utilisation.cpu_allocated",
        "utilisation.cpu_used",
        "utilisation.cpu_capacity",
        "utilisation.memory_allocated",
        "utilisation.memory_used",
        "utilisation.contention",
        "utilisation.overloaded_host_hours",
    ]);
    for strategy in &reading.strategies {
        let mean = |name: &str| strategy.mean(&format!("utilisation.{name}"));
        let whole = |value: f64, of: f64| {
            let share = if of > 0.0 { 100.0 * value / of } else { 0.0 };
            format!("{} ({} %)", number(value, 1, FINE), number(share, 0, FINE))
        };
        table.rows.push(vec![
            strategy.strategy.label.clone(),
            number(mean("cpu_allocated"), 1, FINE),
            whole(mean("cpu_used"), mean("cpu_allocated")),
            number(mean("cpu_capacity"), 1, FINE),
            number(mean("memory_allocated"), 0, FINE),
            whole(mean("memory_used"), mean("memory_allocated")),
            number(100.0 * mean("contention"), 2, FINE),
            number(mean("overloaded_host_hours"), 0, FINE),
        ]);
    }
    Some(table)
}

/// How much was down.
pub(super) fn availability(reading: &Reading<'_>) -> DataTable {
    let header = ["Strategy", "Workload time up, %", "Workload hours down (5 to 95 %)", "Service credits"];
    let mut table =
        DataTable::new("Availability over the horizon, for every cause: failures and moves.", header)
            .columns_defined([
                "",
                "availability.mean",
                "availability.vm_hours_down",
                "availability.sla_credits",
            ]);
    for strategy in &reading.strategies {
        let hours = strategy.forecast("availability.vm_hours_down").map_or_else(
            || "–".to_owned(),
            |hours| {
                format!(
                    "{} ({} to {})",
                    number(hours.mean, 0, FINE),
                    number(hours.p5, 0, FINE),
                    number(hours.p95, 0, FINE)
                )
            },
        );
        table.rows.push(vec![
            strategy.strategy.label.clone(),
            // Rounded down: what was down for a minute was not up all the time.
            number((strategy.mean("availability.mean") * 1e6).floor() / 1e4, 4, FINE),
            hours,
            money(reading, strategy.mean("availability.sla_credits")),
        ]);
    }
    table
}
