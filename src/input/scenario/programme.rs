//! The programme of moves: teams, migration factories, what moves wait for, who
//! approves, tests and watches, and who leaves.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::operations::{DAYS, Opening};
use super::selector::Selector;
use crate::base::diagnostics::Diagnostics;
use crate::base::settings::{Figure, Located, Name, OneOrMany, Schemas, Setting, unexpected};
use crate::base::units::{Effort, EventRate, Hourly, Period, PricePer, Share, Span};
use crate::base::yaml::Node;
use crate::world;

crate::choices! {
    /// What a team does.
    pub enum TeamRole as "what a team does" {
        /// Discovery and planning, before anybody else starts.
        Planner = "planner",
        /// Conversion, copies, cutovers, hypercare, and whatever has no team of its own.
        Engineer = "engineer",
        /// Firewall rules, addresses, differences between networks.
        Network = "network",
        /// The acceptance test.
        Owner = "owner",
    }
    /// What is prepared long before a move.
    pub enum LeadKind as "what is prepared long before a move" {
        /// A call for tenders: others are `after` it.
        Tender = "tender",
        /// The delivery of a circuit: nothing that goes over its `link` starts before.
        Circuit = "circuit",
        /// Accounts, networks and guard rails at a `site`.
        LandingZone = "landing-zone",
        /// Leave to hold data of a `data_class`, at a `site` or anywhere.
        Accreditation = "accreditation",
        /// The crew learns a `platform`.
        Training = "training",
    }
    /// When an application's owner tests it.
    pub enum TestedAt as "when an owner tests" {
        /// The copy, before the cutover.
        BeforeCutover = "before-cutover",
        /// The running application; its source is kept until then.
        AfterCutover = "after-cutover",
    }
}

crate::record! {
    /// A team: people with one role and one calendar.
    pub struct Team as "a team" {
        /// What it does.
        pub role: TeamRole = "engineer",
        /// How many people.
        pub heads: Located<u32>,
        /// Hours that each works on the programme on a working day; left out, the `hours_per_week` of the migration are stretched over the week.
        pub hours: Option<Located<Effort>>,
        /// When a working day begins, in UTC.
        pub opens: TimeOfDay = "09:00",
        /// The days on which it works; Monday to Friday when left out.
        pub days: Option<Located<Vec<Weekday>>>,
        /// Days off: dates, or a month and a day for every year.
        pub holidays: Vec<Holiday> = "[]",
        /// Cost of an hour; that of the migration when left out.
        pub rate: Option<Figure<PricePer<Hourly>>>,
    }

    /// A migration factory: teams that serve a part of the estate, with waves of their own.
    pub struct MigrationFactory as "a migration factory" {
        /// Which workloads it takes; a move group goes to the first factory that takes one of its workloads.
        pub select: Selector = "all",
        /// Only those that go to these sites.
        pub to: Option<OneOrMany<Name>>,
        /// Its teams. A role without one is filled by its engineers.
        pub teams: Located<Vec<Name>>,
    }

    /// Something that takes long and must be there before a move group starts.
    pub struct Lead as "a lead time" {
        /// What it is.
        pub kind: LeadKind,
        /// How long it takes; an assumption of the catalogue when left out.
        pub takes: Option<Figure<Period>>,
        /// The day on which it is begun at the earliest; the start of the strategy when left out.
        pub starts: Option<Located<Date>>,
        /// What must be there before it is begun.
        pub after: Option<OneOrMany<Name>>,
        /// The two sites that the circuit joins.
        pub link: Option<Located<Vec<Name>>>,
        /// For moves to these sites.
        pub site: Option<OneOrMany<Name>>,
        /// For data of these classes.
        pub data_class: Option<OneOrMany<Name>>,
        /// For moves to these platforms from others.
        pub platform: Option<OneOrMany<Name>>,
        /// Hours of work that it takes, at the rate of the migration.
        pub hours: Option<Figure<Effort>>,
    }

    /// A change-approval board.
    pub struct Board as "a change board" {
        /// When it meets: a day of the week and a time, in UTC.
        pub meets: Opening,
        /// Time between two meetings, in whole weeks.
        pub every: Located<Period> = "1 week",
        /// How long before a meeting a cutover is asked for.
        pub notice: Option<Period>,
    }

    /// The test of an application by its owner.
    pub struct Acceptance as "an acceptance test" {
        /// Before the cutover or after it.
        pub when: TestedAt = "after-cutover",
        /// Hours for each application.
        pub hours: Option<Figure<Effort>>,
    }

    /// The attention that a moved application gets.
    pub struct Hypercare as "hypercare" {
        /// For how long after the cutover, in days.
        pub lasts: Option<Located<Period>>,
        /// Hours of the crew for each application and day.
        pub hours_per_day: Option<Figure<Effort>>,
    }

    /// Staff who leave, and replacements who come and learn.
    pub struct Turnover as "the turnover of staff" {
        /// How many of a hundred leave in a year.
        pub leave: Option<Figure<EventRate>>,
        /// How long until a replacement starts.
        pub hiring: Option<Figure<Period>>,
        /// How long until a replacement does as much as the others.
        pub ramp_up: Option<Figure<Period>>,
        /// What a replacement does in the first week, as a share of what the others do.
        pub first_week: Option<Figure<Share>>,
    }

    /// Workloads moved in a week by each factory: more as it learns.
    pub struct WeeklyCapacity as "a weekly capacity" {
        /// At the start of the strategy.
        pub from: Located<u32>,
        /// After the ramp.
        pub to: Located<u32>,
        /// How long it takes to get there.
        pub over: Located<Period>,
    }
}

impl TeamRole {
    /// The role in the world.
    pub const fn role(self) -> world::Role {
        match self {
            Self::Planner => world::Role::Planner,
            Self::Engineer => world::Role::Engineer,
            Self::Network => world::Role::Network,
            Self::Owner => world::Role::Owner,
        }
    }
}

impl LeadKind {
    /// The kind in the world.
    pub const fn kind(self) -> world::LeadKind {
        match self {
            Self::Tender => world::LeadKind::Tender,
            Self::Circuit => world::LeadKind::Circuit,
            Self::LandingZone => world::LeadKind::LandingZone,
            Self::Accreditation => world::LeadKind::Accreditation,
            Self::Training => world::LeadKind::Training,
        }
    }

    /// The catalogue's assumption of how long it takes.
    pub const fn assumption(self) -> &'static str {
        match self {
            Self::Tender => "lead_tender",
            Self::Circuit => "lead_circuit",
            Self::LandingZone => "lead_landing_zone",
            Self::Accreditation => "lead_accreditation",
            Self::Training => "lead_training",
        }
    }
}

impl TestedAt {
    /// The instant in the world.
    pub const fn at(self) -> world::TestedAt {
        match self {
            Self::BeforeCutover => world::TestedAt::Copy,
            Self::AfterCutover => world::TestedAt::Cutover,
        }
    }
}

/// A time of the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeOfDay {
    /// Time since midnight.
    pub since_midnight: Span,
}

impl Setting for TimeOfDay {
    const WHAT: &'static str = "a time of the day";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$", "examples": ["09:00"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        // Any day stands for the day that is not said.
        let time = node.as_text().and_then(|text| Opening::parse(&format!("Monday {text}")));
        if time.is_none() {
            diagnostics.push(
                unexpected(node, Self::WHAT)
                    .note("Expected a time of 24 hours in quotes, such as `\"09:00\"`."),
            );
        }
        time.map(|opening| Self { since_midnight: opening.since_monday })
    }
    fn example() -> Option<String> {
        Some("09:00".to_owned())
    }
}

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weekday {
    /// Days since Monday.
    pub since_monday: usize,
}

impl Setting for Weekday {
    const WHAT: &'static str = "a day of the week";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "examples": ["Monday"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let day = node.as_text().and_then(|text| {
            DAYS.iter().position(|day| day.eq_ignore_ascii_case(text) || day[..3].eq_ignore_ascii_case(text))
        });
        if day.is_none() {
            diagnostics.push(
                unexpected(node, Self::WHAT).note("Expected a day such as `Monday`, or `Mon` for short."),
            );
        }
        day.map(|since_monday| Self { since_monday })
    }
    fn example() -> Option<String> {
        Some("Monday".to_owned())
    }
}

/// A day off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holiday {
    /// On one date.
    Once(Date),
    /// In every year, on this day of this month.
    Yearly {
        /// From 1 for January.
        month: i8,
        /// From 1.
        day: i8,
    },
}

impl Holiday {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(date) = text.parse::<Date>() {
            return Some(Self::Once(date));
        }
        let (month, day) = text.split_once('-')?;
        let part = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() == 2);
        let (month, day) = (part(month)?, part(day)?);
        // A leap year has every day that any year has.
        Date::new(2028, month, day).ok()?;
        Some(Self::Yearly { month, day })
    }

    /// The date of this day off in a year, if it has one.
    pub fn date_in(self, year: i16) -> Option<Date> {
        match self {
            Self::Once(date) => (date.year() == year).then_some(date),
            Self::Yearly { month, day } => Date::new(year, month, day).ok(),
        }
    }
}

impl Setting for Holiday {
    const WHAT: &'static str = "a day off";
    fn schema(_: &mut Schemas) -> Value {
        json!({
            "type": "string",
            "pattern": "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$",
            "examples": ["2027-05-06", "05-01"],
        })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let day = node.as_text().and_then(Self::parse);
        if day.is_none() {
            diagnostics.push(unexpected(node, Self::WHAT).note(
                "Expected a date such as `2027-05-06`, or a month and a day for every year, such as `05-01`.",
            ));
        }
        day
    }
    fn example() -> Option<String> {
        Some("05-01".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_off_is_a_date_or_comes_every_year() {
        assert_eq!(Holiday::parse("2027-05-06"), Some(Holiday::Once(date(2027, 5, 6))));
        let labour = Holiday::parse("05-01").expect("a day off");
        assert_eq!(labour.date_in(2031), Some(date(2031, 5, 1)));
        let leap = Holiday::parse("02-29").expect("some years have it");
        assert_eq!((leap.date_in(2027), leap.date_in(2028)), (None, Some(date(2028, 2, 29))));
        for bad in ["13-01", "5-1", "02-30", "May 1", ""] {
            assert_eq!(Holiday::parse(bad), None, "{bad}");
        }
    }
}
