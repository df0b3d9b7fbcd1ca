//! How the estate is run from day to day, and how moves are made. What is left out
//! comes from the catalogue's assumptions.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::programme::{Acceptance, Board, Hypercare, Lead, MigrationFactory, Team, Turnover};
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{Entries, Figure, Located, Name, OneOrMany, Ratio, Schemas, Setting, unexpected};
use crate::base::units::{
    Bandwidth, Effort, EventRate, Hourly, KilowattHour, Period, PricePer, Share, Span, Traffic, Yearly,
};
use crate::base::yaml::Node;

crate::record! {
    /// How the estate is run from day to day.
    pub struct Operations as "the operations" {
        /// Cost of an administrator.
        pub administrator: Option<Figure<PricePer<Yearly>>>,
        /// How many workloads one administrator runs.
        pub workloads_per_administrator: Option<Figure<Ratio>>,
        /// How many hosts of one's own one administrator runs.
        pub hosts_per_administrator: Option<Figure<Ratio>>,
        /// Share of an administrator that each management plane beyond the first takes.
        pub extra_management_plane: Option<Figure<Share>>,
        /// Power usage effectiveness of one's own rooms.
        pub pue: Option<Figure<Ratio>>,
        /// Price of electricity.
        pub electricity: Option<Figure<PricePer<KilowattHour>>>,
        /// What one running workload sends to its users.
        pub user_egress: Option<Figure<Traffic>>,
        /// How often one host fails.
        pub host_failures: Option<Figure<EventRate>>,
        /// How long until a failed host is back.
        pub host_repair: Option<Figure<Period>>,
        /// How long until a failed host is noticed.
        pub failure_detection: Option<Figure<Period>>,
        /// How long until a restarted workload serves again.
        pub restart: Option<Figure<Period>>,
        /// Demand is sized at mean use times this, at most what is allocated.
        pub sizing_headroom: Option<Figure<Ratio>>,
    }

    /// How moves are prepared, copied, cut over and retried.
    pub struct Migration as "the migration" {
        /// Cost of an engineer's hour.
        pub rate: Option<Figure<PricePer<Hourly>>>,
        /// Engineers on the programme.
        pub engineers: Option<Located<u32>>,
        /// Hours that an engineer works on it in a week.
        pub hours_per_week: Option<Figure<Effort>>,
        /// Project work for each application, whatever the platforms.
        pub hours_per_application: Option<Figure<Effort>>,
        /// Work for each VM, whatever the platforms.
        pub hours_per_vm: Option<Figure<Effort>>,
        /// Share of a workload's disk that changes in a day.
        pub daily_change: Option<Figure<Share>>,
        /// Bytes sent for each byte of disk, after compression.
        pub compression: Option<Figure<Ratio>>,
        /// What one source host can be read at.
        pub host_read: Option<Bandwidth>,
        /// Share of a workload's disk that is ever written to while it waits for its cutover.
        pub written_disk: Option<Figure<Share>>,
        /// What one virtual processor that is always busy newly dirties of the memory.
        pub memory_dirtied: Option<Figure<Bandwidth>>,
        /// Share of the memory that is dirty again at once.
        pub memory_hot: Option<Figure<Share>>,
        /// Share of the memory that is ever written to.
        pub memory_written: Option<Figure<Share>>,
        /// How closely the cycles that keep waiting copies in sync are followed; by their mean load
        /// when left out.
        pub delta_cycles: Option<FollowedCycles>,
        /// The longest stop for the rest of a copy that cannot be kept in sync; its move is given
        /// up where that takes longer.
        pub longest_stop: Option<Period>,
        /// Probability that a group's cutover fails and is rolled back.
        pub cutover_failure: Option<Figure<Share>>,
        /// Time lost before a failed cutover is rolled back.
        pub rollback: Option<Figure<Period>>,
        /// How long the source is kept after a cutover.
        pub retention: Option<Period>,
        /// After how long a move group that found no room is tried again.
        pub room_retry: Option<Located<Period>>,
        /// After how long without room a move group stays where it is for good.
        pub room_patience: Option<Period>,
        /// How long an emptied host takes to be installed for another platform.
        pub reinstall: Option<Period>,
        /// When cutovers may start, each week; at any time when left out.
        pub windows: Vec<Window> = "[]",
        /// When no cutover starts.
        pub freezes: Vec<Freeze> = "[]",
        /// Work on firewall rules for each application of which a workload changes its site or platform; none when left out.
        pub firewall_rules: Option<Figure<Effort>>,
        /// Work on a new address for each workload that changes its site and is not moved live; none when left out.
        pub readdressing: Option<Figure<Effort>>,
        /// Who works on moves, in place of `engineers`; what has no team is done by those.
        pub teams: Entries<Team>,
        /// Migration factories, each with teams and waves of its own; one with all teams when left out.
        pub factories: Entries<MigrationFactory>,
        /// What takes long and must be there before a move group starts.
        pub leads: Entries<Lead>,
        /// A board that approves cutovers; nobody need approve when left out.
        pub board: Option<Board>,
        /// A test by each application's owner; a part of the work on the application when left out.
        pub acceptance: Option<Acceptance>,
        /// The attention that moved applications get; none when left out.
        pub hypercare: Option<Hypercare>,
        /// Staff who leave and are replaced; all stay when left out.
        pub turnover: Option<Turnover>,
        /// How tools of the catalogue are set up here.
        pub tools: Entries<ToolSetting>,
    }

    /// How a tool of the catalogue is set up.
    pub struct ToolSetting as "the set-up of a tool" {
        /// Its appliances (meshes, proxies, converters); one when left out.
        pub units: Located<u32>,
    }

    /// A weekly window in which cutovers may start.
    pub struct Window as "a cutover window" {
        /// When it opens: a day of the week and a time, in UTC.
        pub opens: Opening,
        /// How long it stays open.
        pub length: Located<Period>,
        /// Only for move groups that come from or go to these sites, in place of the windows of all.
        pub site: Option<OneOrMany<Name>>,
        /// Only for applications with data of these classes.
        pub data_class: Option<OneOrMany<Name>>,
        /// Only for applications of these degrees of criticality.
        pub criticality: Option<OneOrMany<Name>>,
    }

    /// A time without cutovers.
    pub struct Freeze as "a freeze" {
        /// Its first day.
        pub from: Located<Date>,
        /// The first day after it.
        pub until: Located<Date>,
        /// Only for move groups that come from or go to these sites.
        pub site: Option<OneOrMany<Name>>,
        /// Only for applications with data of these classes.
        pub data_class: Option<OneOrMany<Name>>,
        /// Only for applications of these degrees of criticality.
        pub criticality: Option<OneOrMany<Name>>,
    }
}

crate::choices! {
    /// How closely the cycles of waiting copies are followed.
    pub enum FollowedCycles as "how cycles are followed" {
        /// By their mean load on the network: fast.
        Mean = "mean",
        /// Each by itself, with its place among the copies: exact, and slow for large estates.
        Each = "each",
    }
}

impl Window {
    /// Whether it holds only for a part of the estate.
    pub fn is_scoped(&self) -> bool {
        self.site.is_some() || self.data_class.is_some() || self.criticality.is_some()
    }
}

impl Freeze {
    /// Whether it holds only for a part of the estate.
    pub fn is_scoped(&self) -> bool {
        self.site.is_some() || self.data_class.is_some() || self.criticality.is_some()
    }
}

pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A time of the week.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opening {
    /// Time since Monday midnight.
    pub since_monday: Span,
}

impl Opening {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.trim().split_once(' ')?;
        let day = DAYS.iter().position(|known| {
            known.eq_ignore_ascii_case(day)
                || known.get(..3).is_some_and(|short| short.eq_ignore_ascii_case(day))
        })?;
        let (hour, minute) = time.trim().split_once(':')?;
        let part = |text: &str, limit: u64| {
            text.parse().ok().filter(|value: &u64| text.len() == 2 && *value < limit)
        };
        let minutes = day as u64 * 24 * 60 + part(hour, 24)? * 60 + part(minute, 60)?;
        Some(Self { since_monday: Span::from_minutes(minutes) })
    }
}

impl Setting for Opening {
    const WHAT: &'static str = "a day of the week and a time";
    fn schema(_: &mut Schemas) -> Value {
        json!({
            "type": "string",
            "pattern": "^[A-Za-z]+ [0-9]{2}:[0-9]{2}$",
            "examples": ["Saturday 20:00"],
        })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let opening = node.as_text().and_then(Self::parse);
        if opening.is_none() {
            let message = match node.as_text() {
                Some(text) => Diagnostic::error(node.spot, format!("`{text}` is not {}", Self::WHAT)),
                None => unexpected(node, Self::WHAT),
            };
            diagnostics
                .push(message.note("Expected a day and a time of 24 hours, such as `Saturday 20:00`."));
        }
        opening
    }
    fn example() -> Option<String> {
        Some("Saturday 20:00".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_opens_so_long_after_monday() {
        let hours = |text: &str| Opening::parse(text).map(|opening| opening.since_monday);
        assert_eq!(hours("Monday 00:00"), Some(Span::ZERO));
        assert_eq!(hours("Saturday 20:00"), Some(Span::from_hours(5 * 24 + 20)));
        assert_eq!(hours("sun 06:30"), Some(Span::from_minutes((6 * 24 + 6) * 60 + 30)));
        for bad in
            ["Saturday", "20:00", "Caturday 20:00", "Saturday 24:00", "Saturday 8:00", "Saturday 20:60"]
        {
            assert_eq!(hours(bad), None, "{bad}");
        }
    }
}
