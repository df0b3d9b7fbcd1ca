//! Strategies: rules become one assignment for each workload.

use std::collections::BTreeMap;

use super::workloads::{self, Machines};
use super::{Origin, unknown};
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::ids::IdVec;
use crate::base::settings::{Name, OneOrMany};
use crate::base::units::{SimTime, Span};
use crate::input::estate::Machine;
use crate::input::estate::blockers::Exclusion;
use crate::input::scenario::{
    ContractChoice as WrittenChoice, OfferPath, Rule, Schedule as WrittenSchedule, Settings,
    Strategy as WrittenStrategy,
};
use crate::world::rules::demand::need_at;
use crate::world::rules::feasibility::{self, Passage, Refusal, Way, Wish};
use crate::world::rules::gates;
use crate::world::rules::tariffs;
use crate::world::{
    Assignment, Capacity, Consolidation, ContractChoice, Disposition, Figures, HostPrice, LinkId, Method,
    OfferId, OfferKind, Power, Schedule, Strategy, Term, ToolId, WeeklyCapacity, WorkloadId, World,
};

/// The term for which a contract renews when nobody says.
const USUAL_TERM_YEARS: u32 = 3;

/// Makes the strategies of a world that has everything else.
pub(super) struct Strategist<'a> {
    pub world: &'a World,
    pub settings: &'a Settings,
    pub machines: Machines<'a>,
    pub origin: Origin,
    pub figures: Figures,
    pub diagnostics: &'a mut Diagnostics,
}

/// What a rule asks for a machine, and the instant at which it is judged: that at which
/// the strategy's schedule starts, though most moves come later. What an alliance allows
/// on the way is not waited for, and what it stops allowing is not noticed.
#[derive(Clone, Copy)]
struct Sought<'a> {
    machine: &'a Machine,
    rule: &'a Rule,
    at: SimTime,
}

/// Why a rule did not move a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unmoved {
    workload: WorkloadId,
    reason: String,
    /// The reason without the workload's name, to count by.
    kind: String,
}

impl Strategist<'_> {
    /// The strategy as the world has it.
    pub fn strategy(&mut self, name: &Name, written: &WrittenStrategy) -> Strategy {
        let world = self.world;
        let mut assignments: IdVec<WorkloadId, Option<Assignment>> =
            IdVec::filled(None, world.workloads.len());
        let mut unmoved: BTreeMap<usize, Vec<Unmoved>> = BTreeMap::new();
        let targets: Vec<Vec<OfferId>> = written.r#move.iter().map(|rule| self.targets(rule)).collect();
        let schedule = self.schedule(written.schedule.as_ref());
        for rule in &written.r#move {
            self.check_names(rule);
        }
        let mut selected = vec![0_usize; written.r#move.len()];
        for workload in world.workloads.ids() {
            let machine = self.machines.of(workload);
            let candidate = self.machines.candidate(world, workload);
            let retired = written
                .retire
                .as_ref()
                .is_some_and(|retire| retire.iter().any(|selector| selector.selects(&candidate)));
            if retired {
                assignments[workload] = Some(RETIRED);
                continue;
            }
            let rule = written.r#move.iter().enumerate().find(|(_, rule)| rule.select.selects(&candidate));
            let Some((index, rule)) = rule else { continue };
            selected[index] += 1;
            let sought = Sought { machine, rule, at: schedule.start };
            match self.assignment(workload, sought, &targets[index]) {
                Ok(assignment) => assignments[workload] = assignment,
                Err(why) => unmoved.entry(index).or_default().push(why),
            }
        }
        self.report_unmoved(name, written, &unmoved);
        for (rule, count) in written.r#move.iter().zip(selected) {
            // A rule for the scenario's own machines need not speak of another's.
            if count == 0 && self.origin == Origin::Scenario {
                self.diagnostics.push(
                    Diagnostic::warning(rule.spot, format!("No workload is left for this rule of `{name}`"))
                        .note("Rules are asked in order, and the first that selects a workload decides."),
                );
            }
        }
        let moves =
            assignments.iter().flatten().any(|assignment| assignment.disposition != Disposition::Retire);
        Strategy {
            name: name.text.clone(),
            label: written.label.clone().unwrap_or_else(|| name.text.clone()),
            assignments,
            schedule,
            contracts: self.contracts(name, written, moves || !written.r#move.is_empty()),
            consolidations: self.consolidations(written),
            commitments: Vec::new(),
        }
    }

    /// The offers that a rule names, in its order of preference; for a site its
    /// offers, cheapest first for each workload.
    fn targets(&mut self, rule: &Rule) -> Vec<OfferId> {
        let mut offers = Vec::new();
        for path in rule.to.iter().flat_map(|to| to.iter()) {
            offers.extend(self.offers_at(path));
        }
        offers
    }

    fn offers_at(&mut self, path: &OfferPath) -> Vec<OfferId> {
        let Some(site) = self.world.sites.find(|site| site.name == path.site) else {
            // The scenario's own checks name what is unknown.
            return Vec::new();
        };
        let of_site = self.world.offers.enumerate().filter(|(_, offer)| offer.site == site);
        match &path.offer {
            None => of_site.map(|(id, _)| id).collect(),
            Some(_) => {
                of_site.filter(|(_, offer)| offer.name == path.to_string()).map(|(id, _)| id).collect()
            }
        }
    }

    /// Where a rule sends a workload; nowhere when it is there already.
    fn assignment(
        &self,
        workload: WorkloadId,
        sought: Sought<'_>,
        targets: &[OfferId],
    ) -> Result<Option<Assignment>, Unmoved> {
        let rule = sought.rule;
        if let Some(disposition) = rule.disposition.filter(|disposition| !disposition.moves()) {
            return Ok((disposition.disposition() == Disposition::Retire).then_some(RETIRED));
        }
        let home = self.world.workloads[workload].home;
        let class = self.world.applications[self.world.workloads[workload].application].data_class;
        // A gate is a veto: of several destinations, neither a lower price nor an earlier
        // place in the list makes up for it. One that the rule alone names is the user's
        // will, and a broken limit.
        let (kept, broken): (Vec<OfferId>, Vec<OfferId>) = self
            .by_preference(rule, targets, workload)
            .into_iter()
            .partition(|offer| gates::passes(self.world, *offer, class));
        let mut first: Option<Unmoved> = None;
        for offer in kept.into_iter().chain(broken) {
            if offer == home {
                return Ok(None);
            }
            match self.passage(workload, sought, offer) {
                Ok(Way { method, tool, link }) => {
                    let from = self.world.offers[home].platform;
                    let found = feasibility::disposition(self.world, from, offer, sought.at);
                    let disposition = rule.disposition.map_or(found, |stated| stated.disposition());
                    return Ok(Some(Assignment { disposition, to: Some(offer), method, tool, link }));
                }
                Err(why) => {
                    first.get_or_insert(why);
                }
            }
        }
        Err(first.unwrap_or_else(|| Unmoved {
            workload,
            reason: "there is nowhere to go".to_owned(),
            kind: "there is nowhere to go".to_owned(),
        }))
    }

    /// The targets in order of preference: as the rule lists them, and within a site
    /// that it names whole the cheapest for the workload first.
    fn by_preference(&self, rule: &Rule, targets: &[OfferId], workload: WorkloadId) -> Vec<OfferId> {
        let mut rest = targets;
        let mut ordered = Vec::new();
        for path in rule.to.iter().flat_map(|to| to.iter()) {
            let prefix = path.to_string();
            let count = match &path.offer {
                Some(_) => usize::from(rest.first().is_some_and(|id| self.world.offers[*id].name == prefix)),
                None => rest.iter().take_while(|id| self.world.site_of(**id).name == path.site).count(),
            };
            let (these, others) = rest.split_at(count);
            let mut these: Vec<(f64, OfferId)> =
                these.iter().map(|offer| (self.monthly_cost(workload, *offer), *offer)).collect();
            these.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            ordered.extend(these.into_iter().map(|(_, offer)| offer));
            rest = others;
        }
        ordered
    }

    /// What a workload costs an hour at an offer, to compare offers of one site: the
    /// cheapest size that covers it, or its larger share of a host (of the hosts'
    /// price over their life, when they are bought). Infinite when it does not fit.
    fn monthly_cost(&self, workload: WorkloadId, offer: OfferId) -> f64 {
        let (described, offer) = (&self.world.workloads[workload], &self.world.offers[offer]);
        if described.power == Power::Off {
            return 0.0;
        }
        let headroom = self.figures.value(self.world.operations.sizing_headroom);
        let need = need_at(described, offer, headroom);
        let included = tariffs::included_licences(described, offer);
        match &offer.capacity {
            Capacity::Skus(skus) => tariffs::cheapest_sku(skus, &self.figures, need, &included)
                .map_or(f64::INFINITY, |sku| tariffs::sku_per_hour(&skus[sku], &self.figures, &included)),
            Capacity::Hosts(hosts) if need.exceeds(&hosts.shape) => f64::INFINITY,
            Capacity::Hosts(hosts) => {
                let processors = f64::from(need.vcpus) / f64::from(hosts.shape.vcpus);
                let memory = need.memory.as_gib() / hosts.shape.memory.as_gib();
                let host = match &hosts.price {
                    HostPrice::PerHour(figure) => self.figures.in_reporting_currency(*figure),
                    HostPrice::Owned(hardware) => {
                        self.figures.in_reporting_currency(hardware.price) / hardware.life.as_hours()
                    }
                };
                let per_vcpu: f64 =
                    included.iter().map(|figure| self.figures.in_reporting_currency(*figure)).sum();
                let guests = per_vcpu * f64::from(described.vcpus);
                host * processors.max(memory) + guests
            }
        }
    }

    fn passage(
        &self,
        workload: WorkloadId,
        Sought { machine, rule, at }: Sought<'_>,
        offer: OfferId,
    ) -> Result<Way, Unmoved> {
        let refused = |refusal: Refusal| self.unmoved(workload, refusal.to_string());
        feasibility::can_run(self.world, workload, offer).map_err(refused)?;
        feasibility::is_obtainable(self.world, workload, offer, at).map_err(refused)?;
        let demanded: Vec<String> =
            rule.certified.as_ref().map(|OneOrMany(names)| names.clone()).unwrap_or_default();
        feasibility::is_certified(self.world, offer, &demanded).map_err(refused)?;
        if let Some(exclusion) = destination(self.world.offers[offer].kind)
            && let Some(blocker) = workloads::excluding(machine, exclusion)
        {
            let (name, because) = (&self.world.workloads[workload].name, blocker.rule().because);
            let offer = &self.world.offers[offer].name;
            return Err(self.unmoved(workload, format!("{name} cannot run at {offer}: {because}")));
        }
        let passage = Passage::from_home(self.world, workload, offer, at);
        let wanted = rule.method.method();
        let refusals = |refusals: Vec<Refusal>| {
            let reason =
                refusals.first().map_or_else(|| "nothing carries it".to_owned(), ToString::to_string);
            self.unmoved(workload, reason)
        };
        let wish = Wish { method: wanted, tool: self.tool_of(rule), link: self.link_of(rule) };
        let found = feasibility::way(self.world, passage, wish).map_err(refusals)?;
        let from = self.world.offers[passage.from].platform;
        let converts =
            feasibility::needs_conversion(self.world, from, self.world.offers[offer].platform, at).is_some();
        if converts && found.method != Method::Rebuild && workloads::is_unconvertible(machine) {
            // However its disks are copied, its guest does not run elsewhere.
            if wanted.is_none() {
                let rebuilt = Wish { method: Some(Method::Rebuild), ..wish };
                return feasibility::way(self.world, passage, rebuilt).map_err(refusals);
            }
            let name = &self.world.workloads[workload].name;
            let because =
                workloads::excluding(machine, Exclusion::Conversion).map_or("", |kind| kind.rule().because);
            return Err(self.unmoved(workload, format!("{name} cannot be converted: {because}")));
        }
        Ok(found)
    }

    /// The tool that a rule names, where it is known.
    fn tool_of(&self, rule: &Rule) -> Option<ToolId> {
        let name = rule.tool.as_ref()?;
        self.world.tools.find(|tool| tool.name == name.text)
    }

    /// The link that a rule names, where it is known.
    fn link_of(&self, rule: &Rule) -> Option<LinkId> {
        let name = rule.link.as_ref()?;
        self.world.links.find(|link| link.name == name.text)
    }

    /// What a rule names must be there.
    fn check_names(&mut self, rule: &Rule) {
        if let Some(name) = rule.tool.as_ref().filter(|_| self.tool_of(rule).is_none()) {
            let known: Vec<&str> = self.world.tools.iter().map(|tool| tool.name.as_str()).collect();
            self.diagnostics.push(unknown(
                name,
                "a migration tool between platforms of this scenario",
                &known,
            ));
        }
        if let Some(name) = rule.link.as_ref().filter(|_| self.link_of(rule).is_none()) {
            let known: Vec<&str> = self.world.links.iter().map(|link| link.name.as_str()).collect();
            self.diagnostics.push(unknown(name, "a link", &known));
        }
    }

    fn unmoved(&self, workload: WorkloadId, reason: String) -> Unmoved {
        let kind = reason.replace(&self.world.workloads[workload].name, "it");
        Unmoved { workload, reason, kind }
    }

    /// A workload that a rule moves by a method of its own must be able to move so; of
    /// the others it is said how many stay, and most often why.
    fn report_unmoved(
        &mut self,
        name: &Name,
        written: &WrittenStrategy,
        unmoved: &BTreeMap<usize, Vec<Unmoved>>,
    ) {
        for (index, stay) in unmoved {
            let rule = &written.r#move[*index];
            let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
            for why in stay {
                *kinds.entry(&why.kind).or_default() += 1;
            }
            let commonest = kinds.iter().max_by_key(|(_, count)| **count).map(|(kind, _)| *kind);
            let example = stay.iter().find(|why| Some(why.kind.as_str()) == commonest).unwrap_or(&stay[0]);
            let title = match stay.len() {
                1 => format!("One workload cannot be moved as `{name}` asks"),
                count => format!("{count} workloads cannot be moved as `{name}` asks"),
            };
            let asked = rule.method.method().is_some() || rule.tool.is_some() || rule.link.is_some();
            let message = if asked {
                Diagnostic::error(rule.spot, title).help(
                    "Select fewer, choose another destination, or leave `method`, `tool` and `link` out.",
                )
            } else {
                Diagnostic::warning(rule.spot, title).note("They stay where they are.")
            };
            let often = if stay.len() > 1 { "Most often: " } else { "" };
            self.diagnostics.push(message.note(format!("{often}{}.", example.reason)));
        }
    }

    fn schedule(&mut self, written: Option<&WrittenSchedule>) -> Schedule {
        let Some(written) = written else {
            return Schedule {
                start: SimTime::START,
                interval: Span::from_days(14),
                wave_sizes: vec![5, 10, 20, 30],
                weekly: None,
            };
        };
        let interval = written.every.value.span();
        let mut wave_sizes = written.waves.value.clone();
        if wave_sizes.is_empty() || wave_sizes.contains(&0) {
            self.diagnostics.push(
                Diagnostic::error(written.waves.spot, "A wave has at least one workload")
                    .help("Write `waves: [5, 10, 20, 30]`; the last number holds for all later waves."),
            );
            wave_sizes = vec![1];
        }
        if interval == Span::ZERO {
            self.diagnostics.push(Diagnostic::error(
                written.every.spot,
                "Waves start one after the other: `every` is more than nothing",
            ));
        }
        let calendar = &self.world.calendar;
        let start = written.start.map_or(SimTime::START, |start| {
            if start.value >= calendar.end() {
                self.diagnostics.push(
                    Diagnostic::error(start.spot, "This schedule starts after the horizon")
                        .note(format!("The horizon ends on {}.", calendar.end())),
                );
            }
            calendar.at(start.value)
        });
        let weekly = written.per_week.as_ref().map(|weekly| WeeklyCapacity {
            from: f64::from(weekly.from.value),
            to: f64::from(weekly.to.value),
            over: weekly.over.value.span(),
        });
        Schedule { start, interval, wave_sizes, weekly }
    }

    fn contracts(
        &mut self,
        name: &Name,
        written: &WrittenStrategy,
        moves: bool,
    ) -> IdVec<crate::world::ContractId, ContractChoice> {
        for (contract, _) in written.contracts.iter() {
            if !self.settings.contracts.declares(contract.as_str()) {
                let known: Vec<&str> = self.settings.contracts.names().collect();
                self.diagnostics.push(unknown(contract, "a contract", &known));
            }
        }
        let world = self.world;
        world
            .contracts
            .iter()
            .map(|contract| {
                let terms = &contract.renewal.terms;
                match written.contracts.get(&contract.name) {
                    Some(WrittenChoice::Leave) => ContractChoice::Leave,
                    Some(WrittenChoice::Renew(term)) => {
                        let wanted = Term { years: term.value.years };
                        if !terms.contains(&wanted) {
                            let on_sale: Vec<String> =
                                terms.iter().map(|term| format!("{} years", term.years)).collect();
                            self.diagnostics.push(
                                Diagnostic::error(
                                    term.spot,
                                    format!("`{name}` renews for a term that is not on sale"),
                                )
                                .note(format!(
                                    "The contract `{}` renews for {}.",
                                    contract.name,
                                    on_sale.join(", ")
                                )),
                            );
                        }
                        ContractChoice::Renew(wanted)
                    }
                    None if moves => ContractChoice::Leave,
                    None => ContractChoice::Renew(usual_term(terms)),
                }
            })
            .collect()
    }

    fn consolidations(&mut self, written: &WrittenStrategy) -> Vec<Consolidation> {
        let mut consolidations = Vec::new();
        for consolidation in &written.consolidate {
            for offer in self.offers_at(&consolidation.offer) {
                if self.world.offers[offer].hosts().is_some() {
                    let at = self.world.calendar.at(consolidation.at.value);
                    consolidations.push(Consolidation { offer, at });
                } else if consolidation.offer.offer.is_some() {
                    self.diagnostics.push(
                        Diagnostic::error(
                            consolidation.offer.spot,
                            format!("`{}` has no hosts to give up", consolidation.offer),
                        )
                        .note("Hosts are consolidated; sizes are paid one by one."),
                    );
                }
            }
        }
        consolidations
    }
}

const RETIRED: Assignment =
    Assignment { disposition: Disposition::Retire, to: None, method: Method::Cold, tool: None, link: None };

/// The exclusion that keeps machines from a kind of offer.
fn destination(kind: OfferKind) -> Option<Exclusion> {
    match kind {
        OfferKind::DedicatedHost => Some(Exclusion::DedicatedHost),
        OfferKind::ManagedNodes => Some(Exclusion::ManagedNodes),
        OfferKind::Instances | OfferKind::ManagedService => Some(Exclusion::Instances),
        OfferKind::OwnedHosts | OfferKind::Bundle => None,
    }
}

/// Three years, or else the term on sale that is nearest to it, the shorter of two.
fn usual_term(terms: &[Term]) -> Term {
    let nearest = terms.iter().min_by_key(|term| (term.years.abs_diff(USUAL_TERM_YEARS), term.years));
    *nearest.expect("a contract has a term on sale")
}
