//! What only the whole of a programme of moves shows: teams that nobody declares, lead
//! times that wait for each other, scopes of windows.

use std::collections::BTreeSet;

use super::{Checks, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::settings::{Name, OneOrMany};
use crate::input::scenario::{Lead, LeadKind, MigrationFactory, Team, WeeklyCapacity};

impl Checks<'_> {
    pub(super) fn programme(&mut self) {
        let migration = &self.settings.migration;
        for (name, team) in migration.teams.iter() {
            self.team(name, team);
        }
        for (name, factory) in migration.factories.iter() {
            self.factory(name, factory);
        }
        for (name, lead) in migration.leads.iter() {
            self.lead(name, lead);
        }
        self.circles();
        self.idle_tenders();
        if let Some(board) = &migration.board {
            let weeks = board.every.value.span().as_days() / 7.0;
            if weeks < 1.0 || libm::trunc(weeks) != weeks {
                self.say(
                    Diagnostic::error(board.every.spot, "A board meets every so many whole weeks")
                        .help("Write `every: 1 week` or `every: 2 weeks`."),
                );
            }
        }
        if let Some(hypercare) = &migration.hypercare {
            self.not_zero(hypercare.lasts.as_ref(), "lasts");
        }
        let windows = migration.windows.iter();
        let windows = windows.map(|window| (&window.site, &window.data_class, &window.criticality));
        let freezes = migration.freezes.iter();
        let freezes = freezes.map(|freeze| (&freeze.site, &freeze.data_class, &freeze.criticality));
        for (site, data_class, criticality) in windows.chain(freezes) {
            self.sites_exist(site);
            self.classes_exist(data_class);
            self.criticality_used(criticality);
        }
    }

    fn team(&mut self, name: &Name, team: &Team) {
        if team.heads.value == 0 {
            self.say(
                Diagnostic::error(team.heads.spot, format!("Nobody is in the team `{name}`"))
                    .help("Write how many people work in it, such as `heads: 3`, or remove the team."),
            );
        }
        match team.hours {
            Some(hours) => {
                let left = 24.0 - team.opens.since_midnight.as_hours();
                if hours.value.hours() <= 0.0 || hours.value.hours() > left {
                    self.say(
                        Diagnostic::error(
                            hours.spot,
                            format!(
                                "A working day of `{name}` is longer than nothing and ends before midnight"
                            ),
                        )
                        .note("It begins at `opens`, which is 09:00 when left out.")
                        .help("Write the hours that each person works on moves in a day, such as `6 h`."),
                    );
                }
            }
            None if team.days.is_some() || !team.holidays.is_empty() => self.say(
                Diagnostic::error(team.spot, format!("The team `{name}` has days but no hours"))
                    .note(
                        "Without `hours` the `hours_per_week` of the migration are stretched over all days.",
                    )
                    .help("Add how long each person works on moves in a day: `hours: 6 h`."),
            ),
            None => {}
        }
        if let Some(days) = team.days.as_ref().filter(|days| days.value.is_empty()) {
            self.say(
                Diagnostic::error(days.spot, format!("The team `{name}` works on no day"))
                    .help("Leave `days` out for Monday to Friday."),
            );
        }
    }

    fn factory(&mut self, name: &Name, factory: &MigrationFactory) {
        self.selector(&factory.select);
        self.sites_exist(&factory.to);
        let teams = &self.settings.migration.teams;
        if factory.teams.value.is_empty() {
            self.say(
                Diagnostic::error(factory.teams.spot, format!("The factory `{name}` has no team"))
                    .help("Name at least one of `migration.teams`."),
            );
        }
        for team in &factory.teams.value {
            if !teams.declares(team.as_str()) {
                let names: Vec<&str> = teams.names().collect();
                self.say(unknown(team, "team", &names, "migration.teams"));
            }
        }
    }

    fn lead(&mut self, name: &Name, lead: &Lead) {
        let leads = &self.settings.migration.leads;
        for earlier in lead.after.iter().flat_map(|names| names.iter()) {
            if !leads.declares(earlier.as_str()) {
                let names: Vec<&str> = leads.names().collect();
                self.say(unknown(earlier, "lead time", &names, "migration.leads"));
            }
        }
        if let Some(starts) = lead.starts {
            self.inside(starts, "This lead time");
        }
        self.sites_exist(&lead.site);
        self.classes_exist(&lead.data_class);
        let (missing, key, example) = match lead.kind {
            LeadKind::Circuit => (lead.link.is_none(), "link", "[paris, azure]"),
            LeadKind::LandingZone => (lead.site.is_none(), "site", "azure"),
            LeadKind::Accreditation => (lead.data_class.is_none(), "data_class", "confidential"),
            LeadKind::Training => (lead.platform.is_none(), "platform", "hyper-v"),
            LeadKind::Tender => (false, "", ""),
        };
        if missing {
            self.say(
                Diagnostic::error(lead.spot, format!("`{name}` does not say what waits for it"))
                    .note(format!("A lead time of the kind `{}` has `{key}`.", lead.kind))
                    .help(format!("Add `{key}: {example}`.")),
            );
        }
        let Some(link) = &lead.link else { return };
        self.pair(&link.value, "sites", link.spot);
        for site in &link.value {
            self.site_exists(site);
        }
        if let [one, other] = link.value.as_slice()
            && [one, other].iter().all(|site| self.settings.sites.declares(site.as_str()))
            && one.text != other.text
        {
            let joins = |between: &[Name]| {
                between.len() == 2 && between.iter().all(|end| end.text == one.text || end.text == other.text)
            };
            if !self.settings.links.iter().any(|link| joins(&link.between)) {
                self.say(
                    Diagnostic::error(link.spot, format!("No circuit joins `{one}` and `{other}`"))
                        .note("What `links` does not declare is the internet, which nobody delivers.")
                        .help(format!("Declare it: `links: [{{between: [{one}, {other}], bandwidth: 1 Gbit/s, rtt: 10 ms}}]`.")),
                );
            }
        }
    }

    /// Lead times that wait for each other are never there.
    fn circles(&mut self) {
        let leads = &self.settings.migration.leads;
        let mut there: BTreeSet<&str> = BTreeSet::new();
        loop {
            let before = there.len();
            for (name, lead) in leads.iter() {
                let mut after = lead.after.iter().flat_map(|names| names.iter());
                // What nobody declares has been said.
                if after.all(|name| there.contains(name.as_str()) || leads.get(name.as_str()).is_none()) {
                    there.insert(name.as_str());
                }
            }
            if there.len() == before {
                break;
            }
        }
        let stuck: Vec<&Name> =
            leads.iter().map(|(name, _)| name).filter(|name| !there.contains(name.as_str())).collect();
        if let [first, rest @ ..] = stuck.as_slice() {
            let mut message = Diagnostic::error(first.spot, format!("`{first}` waits for itself"))
                .note("Lead times that wait for each other are never there.")
                .help("Remove one of the `after`.");
            for other in rest {
                message = message.related(other.spot, "in the same circle, or after it");
            }
            self.say(message);
        }
    }

    /// A tender opens nothing by itself.
    fn idle_tenders(&mut self) {
        let leads = &self.settings.migration.leads;
        for (name, lead) in leads.iter().filter(|(_, lead)| lead.kind == LeadKind::Tender) {
            let awaited = leads.iter().any(|(_, other)| {
                other.after.iter().flat_map(|names| names.iter()).any(|after| after.text == name.text)
            });
            if !awaited && lead.site.is_none() && lead.data_class.is_none() && lead.platform.is_none() {
                self.say(
                    Diagnostic::warning(name.spot, format!("Nothing waits for the tender `{name}`")).help(
                        format!(
                            "Write `after: {name}` at what it is for, or name the `site` whose moves wait."
                        ),
                    ),
                );
            }
        }
    }

    pub(super) fn weekly(&mut self, weekly: &WeeklyCapacity) {
        for (key, count) in [("from", weekly.from), ("to", weekly.to)] {
            if count.value == 0 {
                self.say(
                    Diagnostic::error(count.spot, format!("`{key}` is at least one workload a week"))
                        .note("Published programmes start with 5 a week and grow to between 50 and 100."),
                );
            }
        }
        self.not_zero(Some(&weekly.over), "over");
    }

    fn sites_exist(&mut self, sites: &Option<OneOrMany<Name>>) {
        for site in sites.iter().flat_map(|sites| sites.iter()) {
            self.site_exists(site);
        }
    }

    fn classes_exist(&mut self, classes: &Option<OneOrMany<Name>>) {
        for class in classes.iter().flat_map(|classes| classes.iter()) {
            self.data_class_used(class);
        }
    }

    fn criticality_used(&mut self, degrees: &Option<OneOrMany<Name>>) {
        let rules = self.settings.estate.applications.iter();
        let mut known: Vec<&str> =
            rules.filter_map(|rule| rule.criticality.as_ref()).map(Name::as_str).collect();
        known.sort_unstable();
        known.dedup();
        for degree in degrees.iter().flat_map(|degrees| degrees.iter()) {
            if !known.contains(&degree.as_str()) {
                self.say(
                    unknown(degree, "degree of criticality", &known, "estate.applications").note(
                        "A degree is in use when a rule of `applications` has it as its `criticality`.",
                    ),
                );
            }
        }
    }
}
