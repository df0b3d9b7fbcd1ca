//! The programme of moves: teams with their calendars, what moves wait for, and who
//! serves, approves, tests and watches.

use std::collections::BTreeMap;

use super::figures::Unit;
use super::workloads::Machines;
use super::{Resolver, unknown};
use crate::base::ids::{Id, IdVec};
use crate::base::settings::{Name, OneOrMany};
use crate::base::units::{Calendar, Effort, EventRate, Period, Share, Span};
use crate::input::scenario::{
    Freeze as WrittenFreeze, Lead as WrittenLead, Settings, Team as WrittenTeam, Window as WrittenWindow,
};
use crate::world::{
    Acceptance, Application, ApplicationId, Board, DataClass, DataClassId, Freeze, Gates, Hypercare, Lead,
    LeadId, Link, LinkId, Programme, ScopedCalendar, SiteId, Stream, Team, TeamId, Turnover, Window,
    WorkCalendar, World,
};

const DAY: Span = Span::from_days(1);
/// Days off are known for exit rehearsals too, which go on after the horizon.
const YEARS_BEYOND: i16 = 10;

/// What of a World is known when its programme is made.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub calendar: &'a Calendar,
    pub links: &'a IdVec<LinkId, Link>,
    pub data_classes: &'a IdVec<DataClassId, DataClass>,
    pub applications: &'a IdVec<ApplicationId, Application>,
}

impl Resolver<'_> {
    /// The programme, but for what depends on single workloads: see [`bind`].
    pub(super) fn programme(&mut self, known: Known<'_>) -> Programme {
        let settings = self.settings;
        let written = &settings.migration;
        let hours = |resolver: &mut Self, path: &str, figure: &Option<_>| {
            let figure = figure.as_ref()?;
            Some(resolver.table.stated::<Effort>(path, figure, Unit::OWN, resolver.diagnostics))
        };
        Programme {
            led_by: BTreeMap::new(),
            teams: written.teams.iter().map(|(name, team)| self.team(name, team, known.calendar)).collect(),
            streams: Vec::new(),
            leads: self.leads(known),
            firewall_hours: hours(self, "migration.firewall_rules", &written.firewall_rules),
            readdressing_hours: hours(self, "migration.readdressing", &written.readdressing),
            board: self.board(known.calendar),
            acceptance: self.acceptance(),
            hypercare: self.hypercare(),
            turnover: self.turnover(),
            calendars: self.scoped_calendars(known),
        }
    }

    fn team(&mut self, name: &Name, written: &WrittenTeam, calendar: &Calendar) -> Team {
        let path = format!("migration.teams.{name}.rate");
        let rate = written.rate.as_ref().map(|rate| {
            let rate = self.table.stated(&path, rate, Unit::OWN, self.diagnostics);
            self.table.charged(&path, rate)
        });
        let first_weekday = calendar.start().weekday().to_monday_zero_offset() as u8;
        let working = written.hours.map(|hours| {
            let mut weekdays = [true, true, true, true, true, false, false];
            if let Some(days) = &written.days {
                weekdays =
                    std::array::from_fn(|day| days.value.iter().any(|known| known.since_monday == day));
            }
            let years = calendar.start().year()..=calendar.end().year() + YEARS_BEYOND;
            let dates =
                years.flat_map(|year| written.holidays.iter().filter_map(move |day| day.date_in(year)));
            let mut holidays: Vec<u32> = dates
                .filter(|date| *date >= calendar.start())
                .map(|date| (calendar.at(date).as_ns() / DAY.as_ns()) as u32)
                .collect();
            holidays.sort_unstable();
            holidays.dedup();
            WorkCalendar {
                opens: written.opens.since_midnight,
                hours: Span::from_hours_f64(hours.value.hours()),
                weekdays,
                first_weekday,
                holidays,
            }
        });
        Team {
            name: name.text.clone(),
            role: written.role.role(),
            heads: written.heads.value.max(1),
            calendar: working,
            rate,
        }
    }

    /// Lead times, each after those that it waits for. One that waits for itself has
    /// been refused.
    fn leads(&mut self, known: Known<'_>) -> IdVec<LeadId, Lead> {
        let settings = self.settings;
        let mut left: Vec<(&Name, &WrittenLead)> = settings.migration.leads.iter().collect();
        let mut leads: IdVec<LeadId, Lead> = IdVec::new();
        let known_names: Vec<&str> = settings.migration.leads.names().collect();
        loop {
            let place = left.iter().position(|(_, lead)| {
                let mut after = lead.after.iter().flat_map(|names| names.iter());
                after.all(|name| {
                    leads.iter().any(|lead| lead.name == name.text) || !known_names.contains(&name.as_str())
                })
            });
            let Some(place) = place else { return leads };
            let (name, written) = left.remove(place);
            let after = written.after.iter().flat_map(|names| names.iter());
            let after =
                after.filter_map(|name| leads.find(|lead| lead.name == name.text)).collect::<Vec<LeadId>>();
            let path = format!("migration.leads.{name}");
            let lead = Lead {
                name: name.text.clone(),
                kind: written.kind.kind(),
                takes: self.figure_or::<Period>(
                    &format!("{path}.takes"),
                    &written.takes,
                    written.kind.assumption(),
                    Unit::HOURS,
                ),
                starts: written.starts.map(|starts| known.calendar.at(starts.value)),
                after,
                hours: written.hours.as_ref().map(|hours| {
                    self.table.stated(&format!("{path}.hours"), hours, Unit::OWN, self.diagnostics)
                }),
                gates: self.gates(written, known),
            };
            leads.push(lead);
        }
    }

    fn gates(&mut self, written: &WrittenLead, known: Known<'_>) -> Gates {
        let mut platforms = Vec::new();
        for name in named(&written.platform) {
            match self.platforms.find(|platform| platform.name == name.text) {
                Some(platform) => platforms.push(platform),
                None => {
                    let names: Vec<&str> =
                        self.platforms.iter().map(|platform| platform.name.as_str()).collect();
                    self.diagnostics.push(unknown(name, "a platform", &names));
                }
            }
        }
        let links = match written.link.as_ref().map(|link| link.value.as_slice()) {
            Some([one, other]) => match (self.site_named(one.as_str()), self.site_named(other.as_str())) {
                (Some(a), Some(b)) => {
                    let joins = known.links.enumerate().filter(|(_, link)| link.joins(a, b));
                    joins.map(|(id, _)| id).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        Gates {
            links,
            sites: self.sites_named(&written.site),
            data_classes: classes_named(&written.data_class, known.data_classes),
            platforms,
        }
    }

    fn sites_named(&self, names: &Option<OneOrMany<Name>>) -> Vec<SiteId> {
        named(names).filter_map(|name| self.site_named(name.as_str())).collect()
    }

    fn board(&mut self, calendar: &Calendar) -> Option<Board> {
        let written = self.settings.migration.board.as_ref()?;
        let since_monday = Span::from_days(calendar.start().weekday().to_monday_zero_offset() as u64);
        let week = Span::from_days(7);
        let into = if written.meets.since_monday >= since_monday {
            written.meets.since_monday - since_monday
        } else {
            written.meets.since_monday + week - since_monday
        };
        Some(Board {
            first: crate::base::units::SimTime::START + into,
            every: written.every.value.span().max(week),
            notice: self.period(written.notice, "board_notice").span(),
        })
    }

    fn acceptance(&mut self) -> Option<Acceptance> {
        let written = self.settings.migration.acceptance.as_ref()?;
        let hours = self.figure_or::<Effort>(
            "migration.acceptance.hours",
            &written.hours,
            "acceptance_test",
            Unit::OWN,
        );
        Some(Acceptance { at: written.when.at(), hours })
    }

    fn hypercare(&mut self) -> Option<Hypercare> {
        let written = self.settings.migration.hypercare.as_ref()?;
        let lasts = self.period(written.lasts.map(|lasts| lasts.value), "hypercare").span();
        let hours_per_day = self.figure_or::<Effort>(
            "migration.hypercare.hours_per_day",
            &written.hours_per_day,
            "hypercare_hours",
            Unit::OWN,
        );
        Some(Hypercare { days: lasts.as_ns().div_ceil(DAY.as_ns()) as u32, hours_per_day })
    }

    fn turnover(&mut self) -> Option<Turnover> {
        let written = self.settings.migration.turnover.as_ref()?;
        Some(Turnover {
            per_year: self.figure_or::<EventRate>(
                "migration.turnover.leave",
                &written.leave,
                "staff_turnover",
                Unit::OWN,
            ),
            hiring_hours: self.figure_or::<Period>(
                "migration.turnover.hiring",
                &written.hiring,
                "hiring_time",
                Unit::HOURS,
            ),
            ramp_hours: self.figure_or::<Period>(
                "migration.turnover.ramp_up",
                &written.ramp_up,
                "ramp_up",
                Unit::HOURS,
            ),
            first_share: self.figure_or::<Share>(
                "migration.turnover.first_week",
                &written.first_week,
                "newcomer_share",
                Unit::above_zero("%"),
            ),
        })
    }

    /// Windows and freezes that hold for a part of the estate; those of all are the
    /// factory's.
    fn scoped_calendars(&mut self, known: Known<'_>) -> Vec<ScopedCalendar> {
        let settings = self.settings;
        let mut scoped = Vec::new();
        for window in settings.migration.windows.iter().filter(|window| window.is_scoped()) {
            let WrittenWindow { opens, length, site, data_class, criticality, .. } = window;
            let windows = vec![Window { opens: opens.since_monday, length: length.value.span() }];
            let (sites, applications) = self.scope(Scope { site, data_class, criticality }, known);
            scoped.push(ScopedCalendar { sites, applications, windows, freezes: Vec::new() });
        }
        for freeze in settings.migration.freezes.iter().filter(|freeze| freeze.is_scoped()) {
            let WrittenFreeze { from, until, site, data_class, criticality, .. } = freeze;
            let (from, until) = (known.calendar.at(from.value), known.calendar.at(until.value));
            let (sites, applications) = self.scope(Scope { site, data_class, criticality }, known);
            let freezes = vec![Freeze { from, until }];
            scoped.push(ScopedCalendar { sites, applications, windows: Vec::new(), freezes });
        }
        scoped
    }

    fn scope(&self, scope: Scope<'_>, known: Known<'_>) -> (Vec<SiteId>, Option<IdVec<ApplicationId, bool>>) {
        let sites = self.sites_named(scope.site);
        if scope.data_class.is_none() && scope.criticality.is_none() {
            return (sites, None);
        }
        let classes = classes_named(scope.data_class, known.data_classes);
        let holds = |(id, application): (ApplicationId, &Application)| {
            let degree = self.criticality.get(id).and_then(Option::as_deref);
            (scope.data_class.is_none() || classes.contains(&application.data_class))
                && (scope.criticality.is_none()
                    || named(scope.criticality).any(|name| degree == Some(name.as_str())))
        };
        (sites, Some(known.applications.enumerate().map(holds).collect()))
    }
}

/// For what a window or a freeze holds.
#[derive(Clone, Copy)]
struct Scope<'a> {
    site: &'a Option<OneOrMany<Name>>,
    data_class: &'a Option<OneOrMany<Name>>,
    criticality: &'a Option<OneOrMany<Name>>,
}

fn named(names: &Option<OneOrMany<Name>>) -> impl Iterator<Item = &Name> {
    names.iter().flat_map(|names| names.iter())
}

fn classes_named(
    names: &Option<OneOrMany<Name>>,
    classes: &IdVec<DataClassId, DataClass>,
) -> Vec<DataClassId> {
    named(names).filter_map(|name| classes.find(|class| class.name == name.text)).collect()
}

/// The migration factories of the scenario over the workloads of a world.
pub(super) fn streams(world: &World, settings: &Settings, machines: Machines<'_>) -> Vec<Stream> {
    let team = |name: &Name| world.programme.teams.find(|team| team.name == name.text);
    let site = |name: &Name| world.sites.find(|site| site.name == name.text);
    settings
        .migration
        .factories
        .iter()
        .map(|(name, written)| Stream {
            name: name.text.clone(),
            takes: world
                .workloads
                .ids()
                .map(|workload| written.select.selects(&machines.candidate(world, workload)))
                .collect(),
            to: named(&written.to).filter_map(site).collect(),
            teams: written.teams.value.iter().filter_map(team).collect::<Vec<TeamId>>(),
        })
        .collect()
}

/// Applications that go together, each with the one that leads them: of every group the
/// first by name, so that the order of an inventory changes nobody's luck.
pub(super) fn leaders(world: &World, ties: &[Vec<ApplicationId>]) -> BTreeMap<ApplicationId, ApplicationId> {
    let mut leads: Vec<usize> = (0..world.applications.len()).collect();
    fn root(leads: &[usize], mut of: usize) -> usize {
        while leads[of] != of {
            of = leads[of];
        }
        of
    }
    for tie in ties {
        for pair in tie.windows(2) {
            let (one, other) = (root(&leads, pair[0].index()), root(&leads, pair[1].index()));
            let name = |index: usize| &world.applications[ApplicationId::from_index(index)].name;
            let (first, second) = if name(one) <= name(other) { (one, other) } else { (other, one) };
            leads[second] = first;
        }
    }
    (0..leads.len())
        .filter(|index| leads[*index] != *index)
        .map(|index| (ApplicationId::from_index(index), ApplicationId::from_index(root(&leads, index))))
        .collect()
}
