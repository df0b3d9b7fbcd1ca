//! Where a workload is and why, what it costs, what it could have cost elsewhere.

use super::{Context, UnknownName, Walked};
use crate::base::settings::OneOrMany;
use crate::base::units::SimTime;
use crate::input::resolve::machine_of;
use crate::input::scenario::{Candidate, Glob, Rule};
use crate::planner::{self, Alternative, MONTHS, Verdict};
use crate::report::explain::{
    CostTable, GateNote, MoveNote, NextBest, OptionLine, PlaceNote, RuleNote, WorkloadExplanation,
    WorkloadInStrategy, decision_text, minute,
};
use crate::simulation::journal::{Decision, Entry, Journal, Move, OutageCause};
use crate::world::rules::choices::{self, described};
use crate::world::rules::effort::Moment;
use crate::world::rules::feasibility::{self, Way};
use crate::world::rules::gates::{self, ObjectiveSeal};
use crate::world::{
    Assignment, Demand, Disposition, OfferId, OsFamily, Power, RuleDemand, StrategyId, WorkloadId, World,
};

/// The workload of that name, or the only one that a pattern fits.
pub(super) fn find(world: &World, wanted: &str) -> Result<WorkloadId, UnknownName> {
    /// As many are named where a pattern fits several.
    const NAMED: usize = 8;
    if let Some(exact) = world.workloads.find(|workload| workload.name == wanted) {
        return Ok(exact);
    }
    let pattern = Glob::new(wanted);
    let fitting: Vec<WorkloadId> =
        world.workloads.ids().filter(|id| pattern.matches(&world.workloads[*id].name)).collect();
    match fitting.as_slice() {
        [] => {
            let names = world.workloads.iter().map(|workload| workload.name.as_str());
            Err(UnknownName::among("workload", wanted, names))
        }
        [only] => Ok(*only),
        several => {
            let mut names: Vec<&str> =
                several.iter().take(NAMED).map(|id| world.workloads[*id].name.as_str()).collect();
            if several.len() > NAMED {
                names.push("...");
            }
            let hint = format!("; the pattern fits {}: {}", several.len(), names.join(", "));
            Err(UnknownName { kind: "workload", name: wanted.to_owned(), hint })
        }
    }
}

pub(super) fn explain(
    context: &Context<'_>,
    paths: &[Walked<'_>],
    workload: WorkloadId,
) -> anyhow::Result<WorkloadExplanation> {
    let world = &context.run.world;
    let described = &world.workloads[workload];
    let application = &world.applications[described.application];
    // As things stand at the end of the horizon: its alliances, and its prices.
    let at = SimTime::from_ns(world.horizon().as_ns().saturating_sub(1));
    let figures = paths.first().map_or(&context.figures, |path| path.attribution.figures());
    let moment = Moment { world, figures, at };
    let options = planner::options(moment, workload);
    let subject = Subject { context, world, workload, options: &options };
    let os = match described.os {
        OsFamily::Windows => "Windows",
        OsFamily::Linux => "Linux",
        OsFamily::Other => "another system",
    };
    let power = if described.power == Power::On { "running" } else { "switched off, only stored" };
    Ok(WorkloadExplanation {
        run: context.run_note(),
        workload: described.name.clone(),
        application: application.name.clone(),
        data_class: world.data_classes[application.data_class].name.clone(),
        runs: format!("{os}, {power}"),
        vcpus: described.vcpus,
        memory_gib: described.memory.as_gib(),
        disk_gib: described.disk.as_gib(),
        home: world.offers[described.home].name.clone(),
        strategies: paths.iter().map(|path| subject.in_strategy(path)).collect(),
        options: options.iter().map(|option| subject.option(option)).collect(),
        option_months: MONTHS,
    })
}

/// The workload that is explained.
struct Subject<'s> {
    context: &'s Context<'s>,
    world: &'s World,
    workload: WorkloadId,
    options: &'s [Alternative],
}

impl Subject<'_> {
    fn in_strategy(&self, path: &Walked<'_>) -> WorkloadInStrategy {
        let world = self.world;
        let strategy = &world.strategies[path.strategy];
        let assignment = strategy.assignments[self.workload];
        let choice = assignment.and_then(|_| choices::choice(world, strategy, self.workload));
        let places = path.attribution.places(self.workload);
        let rule = self.rule(path.strategy);
        let mut why = choice.as_ref().map(|choice| choice.reasons(world)).unwrap_or_default();
        if let (Some((_, Some(rule))), None) = (&rule, assignment) {
            why.extend(self.why_it_stays(rule));
        }
        let minutes = self.minutes_down(&path.journal);
        let shared = path.attribution.finish(Some(self.workload));
        let end = places.last().and_then(|(_, offer)| *offer);
        WorkloadInStrategy {
            strategy: strategy.name.clone(),
            way: match (choice, assignment) {
                (Some(choice), _) => format!("{}, {}", disposition(assignment), described(world, choice.way)),
                (None, Some(_)) => "it is switched off for good".to_owned(),
                (None, None) => String::new(),
            },
            why,
            places: places
                .iter()
                .map(|(since, offer)| PlaceNote {
                    since: minute(&world.calendar, *since),
                    offer: offer.map(|offer| world.offers[offer].name.clone()),
                })
                .collect(),
            moves: self.moves(&path.journal, assignment),
            decisions: self.decisions(&path.journal),
            minutes_down_for_moves: minutes[0],
            minutes_down_otherwise: minutes[1],
            cost: CostTable::of(world, &shared.of_one),
            gates: self.gates(&places, rule.as_ref().and_then(|(_, rule)| *rule)),
            next_best: self.next_best(end),
            rule: rule.map(|(note, _)| note),
        }
    }

    /// The rule that decided, asked as the resolution asks: what is retired first, then
    /// the first rule that selects it.
    fn rule(&self, strategy: StrategyId) -> Option<(RuleNote, Option<&Rule>)> {
        let (run, world) = (self.context.run, self.world);
        let written = run.scenario.settings.strategies.get(&world.strategies[strategy].name)?;
        let described = &world.workloads[self.workload];
        let application = &world.applications[described.application];
        let candidate = Candidate {
            machine: machine_of(&run.estate, described)?,
            site: &world.site_of(described.home).name,
            application: &application.name,
            data_class: &world.data_classes[application.data_class].name,
        };
        let note = |rule: String, spot| {
            let position = run.sources.position(spot);
            let source = run.sources.source(spot.source);
            let text = block(&source.text, position.line);
            RuleNote { rule, text, place: format!("{}:{}", source.name, position.line) }
        };
        let is_retired = written
            .retire
            .as_ref()
            .is_some_and(|retire| retire.iter().any(|selector| selector.selects(&candidate)));
        if is_retired {
            return Some((note("`retire`".to_owned(), written.spot), None));
        }
        let mut rules = written.r#move.iter().enumerate();
        let (place, rule) = rules.find(|(_, rule)| rule.select.selects(&candidate))?;
        Some((note(format!("move rule {}", place + 1), rule.spot), Some(rule)))
    }

    /// Why a rule that selects it moves it nowhere.
    fn why_it_stays(&self, rule: &Rule) -> Vec<String> {
        let world = self.world;
        let home = world.workloads[self.workload].home;
        let targets: Vec<String> =
            rule.to.iter().flat_map(|OneOrMany(paths)| paths).map(ToString::to_string).collect();
        let is_target = |offer: OfferId| {
            let site = &world.site_of(offer).name;
            targets.iter().any(|target| *target == world.offers[offer].name || target == site)
        };
        if targets.is_empty() {
            return vec!["the rule says that it stays".to_owned()];
        }
        if is_target(home) {
            return vec![format!("it is at {} already", world.offers[home].name)];
        }
        let refused = self.options.iter().filter(|option| is_target(option.offer)).filter_map(|option| {
            let reasons = self.refusals(option);
            let name = &world.offers[option.offer].name;
            (!reasons.is_empty())
                .then(|| format!("the rule does not move it: {name}: {}", reasons.join("; ")))
        });
        let reasons: Vec<String> = refused.collect();
        if reasons.is_empty() {
            return vec!["the rule asks for a method, a tool or a link that does not carry it".to_owned()];
        }
        reasons
    }

    fn moves(&self, journal: &Journal, assignment: Option<Assignment>) -> Vec<MoveNote> {
        let world = self.world;
        let link = assignment.and_then(|assignment| assignment.link);
        let note = |entry: &Move| MoveNote {
            attempt: entry.attempt,
            wave: entry.wave,
            to: entry.to.map(|to| world.offers[to].name.clone()),
            way: described(world, Way { method: entry.method, tool: entry.tool, link }),
            prepared_from: minute(&world.calendar, entry.prepared_from),
            cutover: minute(&world.calendar, entry.cutover),
            outcome: entry.outcome.to_string(),
            minutes_down: entry.down_seconds / 60.0,
        };
        let of_it = journal.entries.iter().filter_map(|(_, entry)| match entry {
            Entry::Move(entry) if entry.workload == self.workload => Some(note(entry)),
            _ => None,
        });
        of_it.collect()
    }

    /// What was decided about it, with the dates.
    fn decisions(&self, journal: &Journal) -> Vec<String> {
        let world = self.world;
        let names_it = |decision: &Decision| match decision {
            Decision::NotPlaced { workload, .. }
            | Decision::RuleNotKept { workload, .. }
            | Decision::CopyDiverges { workload }
            | Decision::CutoverBroken { workload, .. }
            | Decision::MoveGivenUp { workload, .. } => *workload == self.workload,
            _ => false,
        };
        let told = journal.entries.iter().filter_map(|(at, entry)| match entry {
            Entry::Decision(decision) if names_it(decision) => {
                let text = decision_text(world, decision)?;
                Some(format!("{}: {text}", world.calendar.date(*at)))
            }
            _ => None,
        });
        told.collect()
    }

    /// Minutes down for moves, and for all else.
    fn minutes_down(&self, journal: &Journal) -> [f64; 2] {
        let mut minutes = [0.0; 2];
        for (_, entry) in &journal.entries {
            if let Entry::Outage(outage) = entry
                && outage.workload == self.workload
            {
                let is_move = matches!(outage.cause, OutageCause::Cutover | OutageCause::Rollback);
                let length = outage.until.min(self.world.horizon()).since(outage.from);
                minutes[usize::from(!is_move)] += length.as_seconds() / 60.0;
            }
        }
        minutes
    }

    /// Gates of its data, residency and certifications, at each place that it was at.
    fn gates(&self, places: &[(SimTime, Option<OfferId>)], rule: Option<&Rule>) -> Vec<GateNote> {
        let mut offers: Vec<OfferId> = Vec::new();
        for (_, offer) in places {
            offers.extend(offer.filter(|offer| !offers.contains(offer)));
        }
        let mut notes: Vec<GateNote> = offers.iter().flat_map(|offer| self.gates_at(*offer)).collect();
        let demanded = rule.and_then(|rule| rule.certified.as_ref());
        if let (Some(OneOrMany(demanded)), Some(end)) = (demanded, offers.last()) {
            let found = feasibility::is_certified(self.world, *end, demanded);
            notes.push(GateNote {
                demand: format!("certified {}, by the rule", demanded.join(", ")),
                offer: self.world.offers[*end].name.clone(),
                found: match &found {
                    Ok(()) => "held".to_owned(),
                    Err(refusal) => refusal.to_string(),
                },
                passes: found.is_ok(),
            });
        }
        notes
    }

    fn gates_at(&self, offer: OfferId) -> Vec<GateNote> {
        let world = self.world;
        let class = world.applications[world.workloads[self.workload].application].data_class;
        let name = &world.offers[offer].name;
        let mut notes = Vec::new();
        let violations = gates::violations(world, offer, class);
        let of_class = world.limits.gates.iter().enumerate().filter(|(_, gate)| gate.data_class == class);
        for (place, gate) in of_class {
            let violation = violations.iter().find(|violation| violation.gate == place);
            let found = match (violation, &gate.demand) {
                (Some(violation), _) => gates::found(world, violation),
                (None, Demand::Seal { objective, .. }) => self.seal(offer, *objective),
                (None, _) => "shown".to_owned(),
            };
            notes.push(GateNote {
                demand: format!("{} data, {}", world.data_classes[class].name, gates::demanded(world, gate)),
                offer: name.clone(),
                found,
                passes: violation.is_none(),
            });
        }
        for rule in world.placement.rules.iter() {
            let RuleDemand::Residency(countries) = &rule.demand else { continue };
            if rule.workloads.binary_search(&self.workload).is_ok() {
                let country = &world.site_of(offer).country;
                notes.push(GateNote {
                    demand: format!("data stays in {}, by the rule {}", countries.join(", "), rule.name),
                    offer: name.clone(),
                    found: format!("it is in {country}"),
                    passes: countries.contains(country),
                });
            }
        }
        notes
    }

    fn seal(&self, offer: OfferId, objective: usize) -> String {
        let (framework, profile) = (&self.world.framework, self.world.profile_of(offer));
        match gates::objective_seal(framework, profile, objective) {
            ObjectiveSeal::Proven(seal) => format!("SEAL {seal}"),
            ObjectiveSeal::NotProven { .. } => "not proven, and nothing is demanded".to_owned(),
        }
    }

    fn next_best(&self, end: Option<OfferId>) -> Option<NextBest> {
        let name = |offer: OfferId| self.world.offers[offer].name.clone();
        let other =
            self.options.iter().find(|option| Some(option.offer) != end && option.cost().is_some())?;
        let cost = other.cost()?;
        let chosen_cost = end
            .and_then(|end| self.options.iter().find(|option| option.offer == end))
            .and_then(Alternative::cost);
        Some(NextBest {
            chosen: end.map_or_else(|| "switched off".to_owned(), name),
            chosen_cost,
            offer: name(other.offer),
            cost,
            difference: chosen_cost.map(|chosen| cost - chosen),
        })
    }

    fn option(&self, option: &Alternative) -> OptionLine {
        let offer = self.world.offers[option.offer].name.clone();
        match option.verdict {
            Verdict::Feasible { month, one_off, cost, assignment } => OptionLine {
                offer,
                month: Some(month),
                one_off: Some(one_off),
                cost: Some(cost),
                way: assignment.map_or_else(String::new, |assignment| {
                    let Assignment { method, tool, link, .. } = assignment;
                    described(self.world, Way { method, tool, link })
                }),
                refused: Vec::new(),
            },
            Verdict::Refused { .. } => OptionLine {
                offer,
                month: None,
                one_off: None,
                cost: None,
                way: String::new(),
                refused: self.refusals(option),
            },
        }
    }

    /// Everything that stands against an option.
    fn refusals(&self, option: &Alternative) -> Vec<String> {
        let Verdict::Refused { refusals, gates } = &option.verdict else { return Vec::new() };
        let world = self.world;
        let mut reasons: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        reasons.extend(gates.iter().map(|violation| {
            let demanded = gates::demanded(world, &world.limits.gates[violation.gate]);
            format!("its data asks for {demanded}, and it has {}", gates::found(world, violation))
        }));
        if reasons.is_empty() {
            reasons.push("nothing on its menu is large enough for it with the use of this path".to_owned());
        }
        reasons
    }
}

/// The block of YAML that a line begins, in one line: as far as the lines after it are
/// indented deeper than the dash, or the key, that it belongs to.
fn block(text: &str, line: usize) -> String {
    /// Characters that are shown.
    const LONGEST: usize = 240;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<&str> = text.lines().collect();
    let Some(first) = lines.get(line.saturating_sub(1)) else { return String::new() };
    let above = line.checked_sub(2).and_then(|above| lines.get(above));
    // The dash of an item may stand on a line of its own above it.
    let outer = match above.filter(|above| above.trim() == "-") {
        Some(dash) => indent(dash),
        None => indent(first),
    };
    let below = lines[line..].iter().take_while(|next| indent(next) > outer && !next.trim().is_empty());
    let words: Vec<&str> =
        std::iter::once(first).chain(below).flat_map(|line| line.split_whitespace()).collect();
    let whole = words.join(" ");
    let shown: String = whole.chars().take(LONGEST).collect();
    if shown.len() < whole.len() { format!("{shown} ...") } else { shown }
}

fn disposition(assignment: Option<Assignment>) -> &'static str {
    match assignment.map(|assignment| assignment.disposition) {
        None | Some(Disposition::Retain) => "retain",
        Some(Disposition::Retire) => "retire",
        Some(Disposition::Relocate) => "relocate",
        Some(Disposition::Rehost) => "rehost",
        Some(Disposition::Replatform) => "replatform",
        Some(Disposition::Repurchase) => "repurchase",
        Some(Disposition::Refactor) => "refactor",
    }
}
