//! What only the whole scenario shows: names that nobody declares, dates outside
//! the horizon, things said twice, rules that never apply.

mod programme;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Contract, ContractChoice, Estate, FaultTarget, OfferPath, Placing, PriceMove, PriceTarget, Rule,
    Selector, Settings, Site, Strategy, TraceEstate, unknown,
};
use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot, did_you_mean, one_of};
use crate::base::settings::{AnyFigure, Located, Name, Setting};
use crate::base::units::Period;

/// Whether the start and the horizon are the user's, or stand in for broken ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dates {
    Known,
    Unknown,
}

/// The provider whose hosts are the user's own.
const OWN: &str = "own";

/// Checks `settings` and collects what is wrong.
pub(super) fn check(settings: &Settings, dates: Dates, diagnostics: &mut Diagnostics) {
    let mut checks = Checks { settings, dates, diagnostics };
    checks.figures();
    checks.header();
    checks.estate();
    checks.sites();
    checks.links();
    checks.contracts();
    checks.timeline();
    checks.alliances();
    checks.exits();
    checks.strategies();
    checks.migration();
    checks.programme();
    checks.limits();
}

struct Checks<'a> {
    settings: &'a Settings,
    dates: Dates,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Checks<'a> {
    fn say(&mut self, message: Diagnostic) {
        self.diagnostics.push(message);
    }

    /// Every `$name` is declared, measures what it is used for, and every entry of
    /// `uncertain:` is used.
    fn figures(&mut self) {
        let settings = self.settings;
        let mut used: BTreeSet<&str> = BTreeSet::new();
        let mut messages = Vec::new();
        let mut visit = |figure: &'a dyn AnyFigure| {
            let Some(name) = figure.reference() else { return };
            used.insert(&name.text);
            if let Some(entry) = settings.uncertain.get(&name.text) {
                if let Err(error) = figure.accepts(&entry.spread) {
                    messages.push(
                        Diagnostic::error(
                            name.spot,
                            format!("`${}` measures something else: {error}", name.text),
                        )
                        .related(entry.spot, "it is stated here")
                        .note("A figure and the entry it refers to must have the same kind of unit."),
                    );
                }
            } else if !settings.uncertain.declares(&name.text) {
                let declared: Vec<&str> = settings.uncertain.names().collect();
                // The misspelt name is used, so to say.
                used.extend(settings.uncertain.near(&name.text));
                messages.push(unknown(name, "uncertain input", &declared, "uncertain"));
            }
        };
        settings.each_figure(&mut visit);
        for (name, entry) in settings.uncertain.iter() {
            if entry.spread.reference().is_some() {
                messages.push(
                    Diagnostic::error(
                        entry.spot,
                        format!("`{name}` refers to another entry of `uncertain:`"),
                    )
                    .help("Write its distribution here, or use the other name where this one is used."),
                );
            } else if !used.contains(name.as_str()) {
                messages.push(
                    Diagnostic::warning(name.spot, format!("The uncertain input `{name}` is never used"))
                        .help(format!("Write `${name}` where it holds, or remove it.")),
                );
            }
        }
        messages.into_iter().for_each(|message| self.say(message));
    }

    fn header(&mut self) {
        let settings = self.settings;
        let replications = settings.replications;
        if !(1..=1_000_000).contains(&replications.value) {
            self.say(
                Diagnostic::error(replications.spot, "`replications` must lie between 1 and 1,000,000")
                    .help("100 is enough for most comparisons; leave it out for that."),
            );
        }
        for (code, rate) in settings.exchange.iter() {
            let Some(stated) = rate.spread.typical() else { continue };
            let wanted = format!("{}/{code}", settings.currency);
            if stated.one.code() != code.as_str() || stated.of != settings.currency {
                let written = format!("{}/{}", stated.of, stated.one);
                self.say(
                    Diagnostic::error(rate.spot, format!("This rate is in {written}, not in {wanted}"))
                        .note(format!("Expected what one {code} is worth in {}.", settings.currency))
                        .help(if written == format!("{code}/{}", settings.currency) {
                            format!("Write the inverse: `{:.4} {wanted}`.", 1.0 / stated.value)
                        } else {
                            format!("Write it as `0.9 {wanted}`, with your own value.")
                        }),
                );
            }
        }
    }

    fn estate(&mut self) {
        let settings = self.settings;
        let estate: &Estate = &settings.estate;
        if let Some(TraceEstate(traces)) = &estate.traces {
            let other = [
                ("inventory", estate.inventory.as_ref().map(|inventory| inventory.path.spot)),
                ("synthetic", estate.synthetic.as_ref().map(|synthetic| synthetic.spot)),
            ];
            for (key, spot) in other {
                if let Some(spot) = spot {
                    self.say(
                        Diagnostic::error(traces.spot, format!("`{key}` and `traces` cannot stand together"))
                            .related(spot, "the other estate")
                            .help("To let these machines take their use from traces, write `utilisation: {traces: …}`."),
                    );
                }
            }
            if let Some(doubled) = estate.utilisation.as_ref().and_then(|usage| usage.traces.as_ref()) {
                self.say(
                    Diagnostic::error(doubled.spot, "The estate is made of traces already")
                        .related(traces.spot, "these")
                        .help("Remove one of the two `traces`."),
                );
            }
        }
        if let Some(usage) = &estate.utilisation {
            usage.check(self.diagnostics);
        }
        match (&estate.inventory, &estate.synthetic) {
            (None, None) if estate.traces.is_some() => {}
            (Some(inventory), Some(synthetic)) => self.say(
                Diagnostic::error(synthetic.spot, "`inventory` and `synthetic` cannot stand together")
                    .related(inventory.path.spot, "the inventory")
                    .help("Keep one of the two; in a file that extends another, write `synthetic: null` to remove it."),
            ),
            (None, None) => self.say(
                Diagnostic::error(estate.spot, "The estate has no machines")
                    .help("Add `inventory: rvtools.xlsx`, or `synthetic: {workloads: 300}` for a made-up estate."),
            ),
            (None, Some(synthetic)) if !(1..=1_000_000).contains(&synthetic.workloads.value) => self.say(
                Diagnostic::error(synthetic.workloads.spot, "`workloads` must lie between 1 and 1,000,000")
                    .help("Write how many machines to make up, such as `300`."),
            ),
            _ => {}
        }
        let mut all: Option<Spot> = None;
        for rule in &estate.placement {
            self.site_exists(&rule.site);
            if let Some(earlier) = all {
                self.say(
                    Diagnostic::warning(rule.spot, "This rule never applies")
                        .related(earlier, "this rule already takes every machine")
                        .help("Put the rule without `match` last."),
                );
            } else if rule.r#match.as_ref().is_none_or(super::Match::is_empty) {
                all = Some(rule.spot);
            }
        }
        for rule in &estate.applications {
            rule.check(self.diagnostics);
            if let Some(class) = &rule.data_class {
                self.data_class_declared(class);
            }
        }
        if let Some(declared) = &estate.data_classes {
            self.repeated(declared.iter(), "class of data");
            self.data_class_declared(&estate.data_class);
        }
        for (_, rule) in estate.rules.iter() {
            rule.check(self.diagnostics);
            self.selector(&rule.select);
            if let Some(group) = rule.group() {
                self.host_group_exists(group);
            }
            if let Some(quota) = &rule.quota {
                self.offer_exists(&quota.offer);
                if quota.offer.offer.is_none() {
                    self.say(
                        Diagnostic::error(
                            quota.offer.spot,
                            format!("`{}` is a site, and a quota is for an offer", quota.offer),
                        )
                        .help(format!("Write `{}/` and the name of the offer.", quota.offer)),
                    );
                }
            }
        }
        for (_, select) in estate.move_groups.iter() {
            self.selector(select);
        }
        for exchange in &estate.dependencies {
            self.pair(&exchange.between, "applications", exchange.spot);
        }
    }

    /// A group of hosts that a rule names must be declared by an offer.
    fn host_group_exists(&mut self, group: &Name) {
        let sites = self.settings.sites.iter();
        let offers = sites.flat_map(|(_, site)| site.offers.iter());
        let groups: Vec<&str> = offers.flat_map(|(_, offer)| offer.host_groups.names()).collect();
        if !groups.contains(&group.text.as_str()) {
            self.say(
                unknown(group, "group of hosts", &groups, "host_groups of an offer")
                    .note("An offer declares groups by numbers of hosts: `host_groups: {oracle: 1-2}`."),
            );
        }
    }

    /// With an explicit list of classes, only those may be used.
    fn data_class_declared(&mut self, class: &Name) {
        let Some(declared) = &self.settings.estate.data_classes else { return };
        if declared.iter().all(|known| known.text != class.text) {
            let names: Vec<&str> = declared.iter().map(Name::as_str).collect();
            self.say(unknown(class, "class of data", &names, "estate.data_classes"));
        }
    }

    /// A class that a gate or a selection speaks of must be in use.
    fn data_class_used(&mut self, class: &Name) {
        let names: Vec<&str> =
            self.settings.estate.data_class_names().into_iter().map(Name::as_str).collect();
        if !names.contains(&class.text.as_str()) {
            self.say(
                unknown(class, "class of data", &names, "estate")
                    .note("A class is in use when an application has it as its `data_class`."),
            );
        }
    }

    fn sites(&mut self) {
        let settings = self.settings;
        if settings.sites.names().next().is_none() {
            self.say(
                Diagnostic::error(settings.spot, "The scenario has no site")
                    .note("A site is a place where workloads run: a data centre or a provider's region.")
                    .help("Add `sites:` with at least one, such as `paris: {provider: own, country: FR, offers: {vsphere: {platform: vsphere, hosts: {count: 10, shape: 2x16c-512g}}}}`."),
            );
        }
        for (name, site) in settings.sites.iter() {
            self.site(name, site);
        }
        let offers = settings.sites.iter().flat_map(|(_, site)| site.offers.iter());
        self.repeated(
            offers.flat_map(|(_, offer)| offer.host_groups.iter().map(|(group, _)| group)),
            "group of hosts",
        );
    }

    fn site(&mut self, name: &Name, site: &Site) {
        if name.text.contains('/') {
            self.say(
                Diagnostic::error(name.spot, format!("The name of the site `{name}` contains a slash"))
                    .note("`site/offer` means an offer of a site, so a site's name has no slash."),
            );
        }
        let owned = site.provider.text == OWN;
        if owned && site.country.is_none() {
            self.say(
                Diagnostic::error(site.spot, format!("The site `{name}` has no country"))
                    .note("Where data lies decides who can compel access to it.")
                    .help("Add `country: FR`, with your own country."),
            );
        }
        if !owned && site.region.is_none() {
            self.say(
                Diagnostic::error(site.spot, format!("The site `{name}` has no region"))
                    .note(format!("Prices and places of `{}` differ from region to region.", site.provider))
                    .help("Add `region:` with the name the provider gives it; `portolan catalog show` lists them."),
            );
        }
        for (offer_name, offer) in site.offers.iter() {
            if let Some(Placing::With(placement)) = &offer.placement {
                placement.check(self.diagnostics);
                if let Some(rebalance) = &placement.rebalance {
                    self.not_zero(Some(&rebalance.every), "every");
                }
            }
            if let Some(hosts) = &offer.hosts {
                if offer.platform.is_none() && offer.from.is_none() {
                    self.say(
                        Diagnostic::error(
                            offer.spot,
                            format!("The offer `{offer_name}` has hosts but no platform"),
                        )
                        .help("Add `platform: vsphere`, or another platform of the catalogue."),
                    );
                }
                if let Some(reused) = &hosts.reuses {
                    self.reuse(offer_name, reused, site);
                }
                if let Some(maximum) = hosts.maximum.filter(|maximum| *maximum < hosts.count.value) {
                    self.say(
                        Diagnostic::error(
                            hosts.count.spot,
                            format!("There are {} hosts, but the maximum is {maximum}", hosts.count.value),
                        )
                        .help("Raise `maximum`, or lower `count`."),
                    );
                }
            } else if let (Some(minimum), Some(maximum)) = (offer.minimum, offer.maximum)
                && minimum > maximum
            {
                self.say(
                    Diagnostic::error(
                        offer.spot,
                        format!("The minimum of `{offer_name}`, {minimum}, is above its maximum, {maximum}"),
                    )
                    .help("Raise the one or lower the other."),
                );
            }
        }
        for (service_name, service) in site.services.iter() {
            service.check(service_name, self.diagnostics);
            if let Some(until) = service.committed_until
                && self.dates == Dates::Known
                && until.value < self.settings.start.value
            {
                self.say(
                    Diagnostic::warning(
                        until.spot,
                        format!("The commitment of `{service_name}` is over before the scenario starts"),
                    )
                    .help("Leave `committed_until` out when nothing is committed any more."),
                );
            }
        }
    }

    fn reuse(&mut self, offer: &Name, reused: &Name, site: &Site) {
        if reused.text == offer.text {
            self.say(Diagnostic::error(
                reused.spot,
                format!("The offer `{offer}` cannot reuse its own hosts"),
            ));
        } else if !site.offers.declares(&reused.text) {
            let names: Vec<&str> = site.offers.names().collect();
            self.say(
                unknown(reused, "offer", &names, "offers of this site")
                    .note("Hosts are reused within a site."),
            );
        } else if site.offers.get(&reused.text).is_some_and(|other| other.hosts.is_none()) {
            self.say(
                Diagnostic::error(
                    reused.spot,
                    format!("The offer `{reused}` has no hosts that could be reused"),
                )
                .note("Only hosts of one's own can be installed anew for another platform."),
            );
        }
    }

    fn links(&mut self) {
        let mut seen: Vec<([&str; 2], Spot)> = Vec::new();
        let mut names: Vec<(String, Spot)> = Vec::new();
        for link in &self.settings.links {
            self.pair(&link.between, "sites", link.spot);
            for site in &link.between {
                self.site_exists(site);
            }
            let [one, other] = link.between.as_slice() else { continue };
            let ends = if one.text < other.text {
                [one.as_str(), other.as_str()]
            } else {
                [other.as_str(), one.as_str()]
            };
            let name = link.name.as_ref().map_or_else(|| format!("{one}-{other}"), |name| name.text.clone());
            if let Some((_, first)) = names.iter().find(|(known, _)| *known == name) {
                self.say(
                    Diagnostic::error(link.spot, format!("Two links are called `{name}`"))
                        .related(*first, "the first one")
                        .help("Give each a `name` of its own."),
                );
            } else if let Some((_, first)) = seen.iter().find(|(known, _)| *known == ends)
                && link.name.is_none()
            {
                self.say(
                    Diagnostic::error(
                        link.spot,
                        format!("There are two links between `{one}` and `{other}`"),
                    )
                    .related(*first, "the first one")
                    .help("Give the second a `name`, such as `name: spare`, or write one link with the bandwidth of both."),
                );
            }
            names.push((name, link.spot));
            seen.push((ends, link.spot));
        }
    }

    fn contracts(&mut self) {
        for (name, contract) in self.settings.contracts.iter() {
            self.contract(name, contract);
        }
    }

    fn contract(&mut self, name: &Name, contract: &Contract) {
        let (start, end) = (self.settings.start.value, self.settings.end());
        let ends = contract.ends;
        if self.dates == Dates::Known && ends.value < start {
            self.say(
                Diagnostic::error(
                    ends.spot,
                    format!("The contract `{name}` ends on {}, before the scenario starts", ends.value),
                )
                .related(self.settings.start.spot, format!("it starts on {start}"))
                .help("State the contract that is in force at the start, or start earlier."),
            );
        } else if self.dates == Dates::Known && ends.value >= end {
            self.say(
                Diagnostic::warning(
                    ends.spot,
                    format!("The contract `{name}` ends after the horizon, so its renewal is not seen"),
                )
                .note(format!("The last simulated day is the one before {end}.")),
            );
        }
        let terms = &contract.renewal.terms;
        if terms.is_empty() {
            self.say(
                Diagnostic::error(
                    contract.renewal.spot,
                    format!("The renewal of `{name}` has no term on sale"),
                )
                .help("Write `terms: [1 year, 3 years]`, or leave `terms` out."),
            );
        }
        if let Some(notice) = contract.notice.before(ends.value)
            && self.dates == Dates::Known
            && notice < start
            && ends.value >= start
        {
            self.say(
                Diagnostic::warning(
                    ends.spot,
                    format!("The notice of `{name}` was due on {notice}, before the scenario starts"),
                )
                .note(format!("{} before its end it renews by itself.", contract.notice)),
            );
        }
    }

    fn timeline(&mut self) {
        for event in &self.settings.timeline {
            self.inside(event.at, "This event");
            self.not_zero(event.every.as_ref(), "every");
            event.check(self.diagnostics);
            if let Some(fault) = &event.fault {
                self.not_zero(Some(&fault.r#for), "for");
                match fault.target() {
                    Some(FaultTarget::Host(path, _)) => self.offer_exists(path),
                    // Circuits and sites are looked up where they are resolved.
                    Some(FaultTarget::Link(_) | FaultTarget::Site(_)) | None => {}
                }
            }
            match event.price.as_ref().and_then(PriceMove::target) {
                Some(PriceTarget::Offer(path)) => self.offer_exists(path),
                Some(PriceTarget::Provider(name)) => {
                    let providers: Vec<&str> =
                        self.settings.sites.iter().map(|(_, site)| site.provider.as_str()).collect();
                    if !providers.contains(&name.as_str()) {
                        let mut distinct = providers;
                        distinct.sort_unstable();
                        distinct.dedup();
                        self.say(unknown(name, "site of the provider", &distinct, "sites"));
                    }
                }
                Some(PriceTarget::Licence(_) | PriceTarget::All(_)) | None => {}
            }
        }
    }

    fn exits(&mut self) {
        let dates = &self.settings.exits.at;
        for (place, date) in dates.iter().enumerate() {
            self.inside(*date, "This exit");
            if let Some(first) = dates[..place].iter().find(|first| first.value == date.value) {
                self.say(
                    Diagnostic::error(date.spot, "An exit on this day is rehearsed already")
                        .related(first.spot, "the first one")
                        .help("Write each day once."),
                );
            }
        }
    }

    fn alliances(&mut self) {
        for (name, alliance) in self.settings.alliances.iter() {
            alliance.check(name, self.diagnostics);
            for easing in alliance.easings() {
                self.pair(&easing.between, "platforms", easing.spot);
            }
            self.repeated(alliance.one_plane.iter().flatten(), "platform");
            let carried = alliance.carries.iter().flatten().map(|carried| &carried.to);
            for path in carried.chain(alliance.sells.iter().flatten()) {
                self.offer_exists(path);
            }
        }
    }

    fn strategies(&mut self) {
        let settings = self.settings;
        if settings.strategies.names().next().is_none() {
            self.say(
                Diagnostic::error(settings.spot, "The scenario has no strategy")
                    .note("The first strategy is the one that the others are compared with, usually doing nothing.")
                    .help("Add `strategies:` with at least one, such as `renew: {}`."),
            );
        }
        for (name, strategy) in settings.strategies.iter() {
            self.strategy(name, strategy);
        }
    }

    fn strategy(&mut self, name: &Name, strategy: &Strategy) {
        let settings = self.settings;
        let mut all: Option<Spot> = None;
        for rule in &strategy.r#move {
            self.rule(rule);
            if let Some(earlier) = all {
                self.say(
                    Diagnostic::warning(rule.spot, "This rule never applies")
                        .related(earlier, "this rule already takes every workload")
                        .note("For each workload the first rule that selects it decides.")
                        .help("Put the rule that selects all last."),
                );
            } else if rule.select.takes_all() {
                all = Some(rule.spot);
            }
        }
        for selector in strategy.retire.iter().flat_map(|selectors| selectors.iter()) {
            self.selector(selector);
        }
        for (contract, choice) in strategy.contracts.iter() {
            self.choice(contract, choice);
        }
        for consolidation in &strategy.consolidate {
            self.offer_exists(&consolidation.offer);
            self.inside(consolidation.at, "This consolidation");
        }
        for commitment in &strategy.commit {
            commitment.check(self.diagnostics);
            self.offer_exists(&commitment.offer);
            if let Some(from) = commitment.from {
                self.inside(from, "This commitment");
            }
        }
        if let Some(schedule) = &strategy.schedule {
            if let Some(start) = schedule.start {
                self.inside(start, "This schedule");
            }
            self.not_zero(Some(&schedule.every), "every");
            if let Some(weekly) = &schedule.per_week {
                self.weekly(weekly);
            }
            if schedule.waves.value.is_empty() || schedule.waves.value.contains(&0) {
                self.say(
                    Diagnostic::error(schedule.waves.spot, "Every wave needs at least one workload")
                        .note("Expected the sizes of the first waves, such as `[5, 10, 20]`; the last one holds for all later waves."),
                );
            }
            let moves = strategy.r#move.iter().any(Rule::moves) || strategy.retire.is_some();
            if !moves && !settings.strategies.is_empty() {
                self.say(
                    Diagnostic::warning(
                        schedule.spot,
                        format!("The strategy `{name}` has a schedule but nothing to move"),
                    )
                    .help("Add `move:`, or remove the schedule."),
                );
            }
        }
    }

    fn rule(&mut self, rule: &Rule) {
        rule.check(self.diagnostics);
        self.selector(&rule.select);
        for path in rule.to.iter().flat_map(|paths| paths.iter()) {
            self.offer_exists(path);
        }
    }

    fn selector(&mut self, selector: &Selector) {
        let Some(conditions) = selector.conditions() else { return };
        for site in conditions.site.iter().flat_map(|sites| sites.iter()) {
            self.site_exists(site);
        }
        for class in conditions.data_class.iter().flat_map(|classes| classes.iter()) {
            self.data_class_used(class);
        }
    }

    fn choice(&mut self, name: &Name, choice: &ContractChoice) {
        let contracts = &self.settings.contracts;
        if !contracts.declares(&name.text) {
            let names: Vec<&str> = contracts.names().collect();
            self.say(unknown(name, "contract", &names, "contracts"));
        }
        let (Some(contract), ContractChoice::Renew(term)) = (contracts.get(&name.text), choice) else {
            return;
        };
        let terms = &contract.renewal.terms;
        if !terms.is_empty() && terms.iter().all(|known| known.value != term.value) {
            let words: Vec<String> = terms.iter().map(|term| term.value.to_string()).collect();
            self.say(
                Diagnostic::error(
                    term.spot,
                    format!("The contract `{name}` cannot be renewed for {}", term.value),
                )
                .note(format!("Terms on sale: {}.", one_of(words.iter().map(String::as_str))))
                .help("Choose one of them, or add the term to `renewal.terms`."),
            );
        }
    }

    fn migration(&mut self) {
        let migration = &self.settings.migration;
        if let Some(engineers) = migration.engineers.filter(|engineers| engineers.value == 0) {
            self.say(
                Diagnostic::error(engineers.spot, "Nobody works on the migration")
                    .note("Expected at least one engineer; without one no move is ever prepared."),
            );
        }
        for window in &migration.windows {
            self.not_zero(Some(&window.length), "length");
            let week = 7.0 * 24.0 * 3_600.0;
            if window.length.value.count * window.length.value.unit.seconds() > week {
                self.say(
                    Diagnostic::error(window.length.spot, "A weekly window cannot be longer than a week")
                        .help("Leave `windows` out when cutovers may start at any time."),
                );
            }
        }
        for freeze in &migration.freezes {
            if freeze.until.value <= freeze.from.value {
                self.say(
                    Diagnostic::error(freeze.until.spot, "This freeze ends before it begins")
                        .related(freeze.from.spot, "it begins here")
                        .note("`until` is the first day after the freeze."),
                );
            }
        }
    }

    fn limits(&mut self) {
        let limits = &self.settings.limits;
        if let Some(finish) = limits.finish_by {
            self.inside(finish, "This limit");
        }
        if let Some(budget) = &limits.budget
            && budget.value.value.as_f64() < 0.0
        {
            self.say(
                Diagnostic::error(budget.spot, "A budget cannot be negative")
                    .help("Write the most that may be spent, such as `9 MEUR`."),
            );
        }
        for (class, gates) in limits.gates.iter() {
            self.data_class_used(class);
            for (objective, level) in gates.iter() {
                let known = ["SOV-1", "SOV-2", "SOV-3", "SOV-4", "SOV-5", "SOV-6", "SOV-7", "SOV-8"];
                if !known.contains(&objective.as_str()) {
                    let message = Diagnostic::error(
                        objective.spot,
                        format!("`{objective}` is not an objective of sovereignty"),
                    )
                    .note("The framework has the objectives `SOV-1` to `SOV-8`.");
                    self.say(match did_you_mean(&objective.text, known) {
                        Some(near) => message.help(format!("Did you mean `{near}`?")),
                        None => message,
                    });
                }
                if level.value > 4 {
                    self.say(
                        Diagnostic::error(level.spot, format!("There is no assurance level {}", level.value))
                            .note("The levels (SEAL) go from 0 to 4."),
                    );
                }
            }
        }
        for (class, filter) in limits.filters.iter() {
            self.data_class_used(class);
            if let Some(level) = filter.gaia_x.filter(|level| !(1..=3).contains(&level.value)) {
                self.say(
                    Diagnostic::error(
                        level.spot,
                        format!("There is no Gaia-X label of level {}", level.value),
                    )
                    .note("Its levels go from 1 to 3."),
                );
            }
        }
    }

    fn site_exists(&mut self, site: &Name) {
        let sites = &self.settings.sites;
        if !sites.declares(&site.text) {
            let names: Vec<&str> = sites.names().collect();
            self.say(unknown(site, "site", &names, "sites"));
        }
    }

    fn offer_exists(&mut self, path: &OfferPath) {
        let sites = &self.settings.sites;
        if !sites.declares(&path.site) {
            let names: Vec<&str> = sites.names().collect();
            self.say(unknown(&Name { text: path.site.clone(), spot: path.spot }, "site", &names, "sites"));
            return;
        }
        let (Some(site), Some(offer)) = (sites.get(&path.site), &path.offer) else { return };
        if !site.offers.declares(offer) {
            let names: Vec<&str> = site.offers.names().collect();
            let name = Name { text: offer.clone(), spot: path.spot };
            self.say(
                unknown(&name, "offer", &names, &format!("sites.{}.offers", path.site))
                    .related(site.spot, "at this site"),
            );
        }
    }

    /// `between` names two different things.
    fn pair(&mut self, between: &[Name], things: &str, spot: Spot) {
        match between {
            [one, other] if one.text == other.text => {
                self.say(
                    Diagnostic::error(other.spot, format!("`{one}` stands on both sides of `between`"))
                        .help(format!("Name two different {things}.")),
                );
            }
            [_, _] => {}
            _ => self.say(
                Diagnostic::error(spot, format!("`between` names {} {things}, not two", between.len()))
                    .help(format!("Write `between: [one, other]` with the names of two {things}.")),
            ),
        }
    }

    fn repeated<'n>(&mut self, names: impl Iterator<Item = &'n Name>, kind: &str) {
        let mut seen: Vec<&Name> = Vec::new();
        for name in names {
            if let Some(first) = seen.iter().find(|known| known.text == name.text) {
                self.say(
                    Diagnostic::error(name.spot, format!("The {kind} `{name}` is declared twice"))
                        .related(first.spot, "the first time")
                        .help("Give one of the two another name."),
                );
            } else {
                seen.push(name);
            }
        }
    }

    /// A date must lie in the horizon.
    fn inside(&mut self, date: Located<Date>, what: &str) {
        let (start, end) = (self.settings.start.value, self.settings.end());
        if self.dates == Dates::Unknown || (start..end).contains(&date.value) {
            return;
        }
        let side = if date.value < start { "before the scenario starts" } else { "after the horizon" };
        self.say(
            Diagnostic::error(date.spot, format!("{what} is dated {}, {side}", date.value))
                .note(format!("The scenario runs from {start} to the day before {end}.")),
        );
    }

    fn not_zero(&mut self, period: Option<&Located<Period>>, key: &str) {
        if let Some(period) = period.filter(|period| period.value.count <= 0.0) {
            self.say(
                Diagnostic::error(period.spot, format!("`{key}` must be longer than nothing"))
                    .help("Write a length of time above zero, such as `2 weeks`."),
            );
        }
    }
}
