//! The programme of moves: who works on it and when, what must be there before a
//! group starts, who approves and accepts, and which applications go together.
//!
//! What is left out of a [`Programme`] does not exist: without teams the engineers of
//! the [`Factory`](super::Factory) do all work, without a board nobody need approve.

use std::collections::BTreeMap;

use super::work_calendar::WorkCalendar;
use super::{
    ApplicationId, DataClassId, FigureId, Freeze, LeadId, LinkId, PlatformId, SiteId, TeamId, Window,
    WorkloadId,
};
use crate::base::ids::IdVec;
use crate::base::units::{SimTime, Span};

/// The programme of moves, beside what the factory says of the work itself.
#[derive(Clone, Debug, Default)]
pub struct Programme {
    /// Applications that do not lead their own move group, each with the one that does.
    /// A group goes whole or not at all.
    pub led_by: BTreeMap<ApplicationId, ApplicationId>,
    /// Who works on it; without any the engineers of the factory do.
    pub teams: IdVec<TeamId, Team>,
    /// Migration factories in their order; a group is served by the first that takes
    /// one of its workloads. Without any there is one, with all teams.
    pub streams: Vec<Stream>,
    /// What takes long and must be there before a group starts; each after those that
    /// it waits for.
    pub leads: IdVec<LeadId, Lead>,
    /// Hours of work on firewall rules for each application of which a workload changes
    /// its site or platform.
    pub firewall_hours: Option<FigureId>,
    /// Hours of work on a new address for each workload that changes its site and is
    /// not moved live.
    pub readdressing_hours: Option<FigureId>,
    /// Who approves cutovers.
    pub board: Option<Board>,
    /// The test by an application's owner.
    pub acceptance: Option<Acceptance>,
    /// The attention that a moved application gets.
    pub hypercare: Option<Hypercare>,
    /// Staff who leave and are replaced.
    pub turnover: Option<Turnover>,
    /// Cutover windows and freezes of a part of the estate.
    pub calendars: Vec<ScopedCalendar>,
}

impl Programme {
    /// The application that leads the move group of `application`: itself, when it
    /// moves alone.
    pub fn leader(&self, application: ApplicationId) -> ApplicationId {
        self.led_by.get(&application).copied().unwrap_or(application)
    }
}

/// What a team does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Discovery and planning, before anybody else starts.
    Planner,
    /// Conversion, copies, cutovers, hypercare, and whatever has no team of its own.
    Engineer,
    /// Networks: firewall rules, addresses, differences of transport.
    Network,
    /// The acceptance test.
    Owner,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Planner, Self::Engineer, Self::Network, Self::Owner];

    /// Its name in a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planner => "planner",
            Self::Engineer => "engineer",
            Self::Network => "network",
            Self::Owner => "owner",
        }
    }
}

/// People with one role and one calendar.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// What it does.
    pub role: Role,
    /// How many work at a time; above zero.
    pub heads: u32,
    /// When it works; none where the week's productive hours of the factory are
    /// stretched over the week.
    pub calendar: Option<WorkCalendar>,
    /// Cost of an hour; none for the factory's.
    pub rate: Option<FigureId>,
}

/// A migration factory: teams that serve a part of the estate, with waves of their own
/// beside those of other factories.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Its name.
    pub name: String,
    /// The workloads that it takes.
    pub takes: IdVec<WorkloadId, bool>,
    /// Where they go; anywhere when empty.
    pub to: Vec<SiteId>,
    /// Its teams; a role without one is filled by its engineers, and without engineers
    /// by those of the factory's settings.
    pub teams: Vec<TeamId>,
}

/// What is prepared long before a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeadKind {
    /// A call for tenders, which others wait for.
    Tender,
    /// The delivery of a circuit.
    Circuit,
    /// Accounts, networks and guard rails at a destination.
    LandingZone,
    /// Leave to hold a class of data at a destination.
    Accreditation,
    /// The crew learns a platform.
    Training,
}

impl LeadKind {
    /// Its name in a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tender => "tender",
            Self::Circuit => "circuit",
            Self::LandingZone => "landing-zone",
            Self::Accreditation => "accreditation",
            Self::Training => "training",
        }
    }
}

/// Something that takes long and must be there before a group starts. It is begun only
/// in a strategy that needs it, itself or through others.
#[derive(Clone, Debug)]
pub struct Lead {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: LeadKind,
    /// Hours that pass from its start until it is there.
    pub takes: FigureId,
    /// When it starts at the earliest; with the strategy when none.
    pub starts: Option<SimTime>,
    /// What must be there before it starts.
    pub after: Vec<LeadId>,
    /// Hours of an engineer that it takes.
    pub hours: Option<FigureId>,
    /// Who waits for it.
    pub gates: Gates,
}

/// Which moves wait for a lead: those for which everything that is stated holds; none
/// where nothing is stated.
#[derive(Clone, Debug, Default)]
pub struct Gates {
    /// They go over one of these circuits.
    pub links: Vec<LinkId>,
    /// They go to one of these sites.
    pub sites: Vec<SiteId>,
    /// Their data is of one of these classes.
    pub data_classes: Vec<DataClassId>,
    /// They go to one of these platforms from another.
    pub platforms: Vec<PlatformId>,
}

/// A change-approval board, which meets at the same hour of a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Board {
    /// Its first meeting.
    pub first: SimTime,
    /// Time between two meetings; above zero.
    pub every: Span,
    /// How long before a meeting a cutover must have been asked for.
    pub notice: Span,
}

impl Board {
    /// The meeting that decides on what is asked for at `asked`.
    pub fn meeting(&self, asked: SimTime) -> SimTime {
        let due = asked + self.notice;
        let since = due.since(self.first).as_ns();
        self.first + Span::from_ns(since.div_ceil(self.every.as_ns()) * self.every.as_ns())
    }
}

/// When an application's owner tests it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestedAt {
    /// Its copy, before the cutover.
    Copy,
    /// The running application, after the cutover; the source is kept until then.
    Cutover,
}

/// The test by an application's owner.
#[derive(Clone, Copy, Debug)]
pub struct Acceptance {
    /// When it is tested.
    pub at: TestedAt,
    /// Hours for each application.
    pub hours: FigureId,
}

/// The attention that a moved application gets.
#[derive(Clone, Copy, Debug)]
pub struct Hypercare {
    /// For how many days after its cutover; the source is kept at least as long.
    pub days: u32,
    /// Hours of the crew for each application and day.
    pub hours_per_day: FigureId,
}

/// Staff who leave and are replaced.
#[derive(Clone, Copy, Debug)]
pub struct Turnover {
    /// How often somebody leaves: the rate for each head in a year.
    pub per_year: FigureId,
    /// Hours from then until a replacement starts.
    pub hiring_hours: FigureId,
    /// Hours from then until the replacement does as much as the others.
    pub ramp_hours: FigureId,
    /// What a replacement does in the first week, as a share of what the others do;
    /// above zero.
    pub first_share: FigureId,
}

/// Cutover windows and freezes that hold for a part of the estate.
#[derive(Clone, Debug)]
pub struct ScopedCalendar {
    /// Groups with a workload that comes from or goes to one of these; any when empty.
    pub sites: Vec<SiteId>,
    /// Groups with one of these applications; any when none.
    pub applications: Option<IdVec<ApplicationId, bool>>,
    /// Windows in place of those of the factory.
    pub windows: Vec<Window>,
    /// Freezes beside those of the factory.
    pub freezes: Vec<Freeze>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_decides_at_the_first_meeting_after_its_notice() {
        let day = |days| SimTime::START + Span::from_days(days);
        let board = Board { first: day(4), every: Span::from_days(14), notice: Span::from_days(5) };
        assert_eq!(board.meeting(day(0)), day(18), "five days before day 4 is too late on day 0");
        assert_eq!(board.meeting(day(13)), day(18), "five days before day 18 are just enough");
        assert_eq!(board.meeting(day(14)), day(32));
        let hasty = Board { notice: Span::ZERO, ..board };
        assert_eq!(hasty.meeting(day(0)), day(4));
        assert_eq!(hasty.meeting(day(4)), day(4));
    }
}
