//! The model on the kernel: one strategy, one replication, from the start of the
//! scenario to its horizon.
//!
//! A run is a pure function of the World, a plan, the figures of a replication and
//! the address of its chance events. It writes a Journal and nothing else. The
//! state is plain data: a copy of the simulation is a fork, which is how an exit
//! is rehearsed.
//!
//! Each file holds one topic of the model as methods of [`Simulation`]: `estate`
//! (where workloads are), `capacity` (hosts), `alliances` (that begin and end), `contracts`,
//! `commitments` (what is bought for a term), `programme` (waves, teams and what moves wait
//! for), `transport` (everything in flight), `copying`, `cutover`,
//! `faults`, `availability`, `services` (what a site
//! charges whatever runs there), `settlement` (the month's bill), `usage` (what is used
//! of what is allocated).

mod alliances;
mod availability;
pub mod billing;
mod bottleneck;
mod capacity;
mod commitments;
mod contracts;
mod copying;
mod cutover;
mod estate;
mod event;
mod exit;
mod facilities;
mod faults;
pub mod fleet;
mod hardware;
pub mod journal;
mod levelling;
mod perpetual;
pub mod placement;
mod plan;
mod programme;
mod services;
mod settlement;
#[cfg(test)]
mod tests;
mod tiered;
pub mod transport;
mod usage;
mod windows;

#[cfg(test)]
pub(crate) use event::exogenous;
pub use exit::{ExitEnd, Rehearsal};
pub use plan::Plan;

use crate::base::ids::IdVec;
use crate::base::random::Draws;
use crate::base::units::{Money, SimTime};
use crate::kernel::{Engine, EventId, Model, Scheduler};
use crate::world::rules::effort::Moment;
use crate::world::{Figures, LinkId, OfferId, SiteId, WorkloadId, World};

use billing::{Gauges, Level, Month};
use bottleneck::Waits;
use commitments::Commitments;
use copying::Copying;
use cutover::Cutovers;
use event::Event;
use exit::Leaving;
use journal::{Charge, Decision, Entry, Receiver};
use placement::{Filters, Pool, RuleBook};
use programme::{Beginning, Programme};
use usage::UseBook;

pub use estate::{Place, Spot};

/// One strategy in one replication.
#[derive(Clone, Debug)]
pub struct Simulation<'w, R> {
    world: &'w World,
    plan: Plan,
    draws: Draws,
    figures: Figures,
    journal: R,
    /// The last month that charges are booked in.
    last_month: usize,

    // Where everything is.
    places: IdVec<WorkloadId, Option<Place>>,
    /// Room promised at a destination while a move is under way.
    promised: IdVec<WorkloadId, Option<Place>>,
    /// Room kept at a source after a move.
    retained: IdVec<WorkloadId, Option<Place>>,
    /// How many sources are kept.
    sources_kept: u32,
    /// Counts what changes who is where, which hosts there are, and what anything needs: what
    /// was worked out from that alone holds until the next.
    changes: u64,
    /// The change after which each offer had no host to spare.
    consolidated: IdVec<OfferId, u64>,
    /// Since when it has been kept; of no meaning where none is.
    kept_since: IdVec<WorkloadId, SimTime>,
    pools: IdVec<OfferId, Option<Pool>>,
    /// Who may be on which hosts of each offer, and who is.
    filters: IdVec<OfferId, Filters>,
    /// The host of each offer that took the last workload.
    last_taken: IdVec<OfferId, u32>,
    /// How often each workload has been put on a host.
    turns: IdVec<WorkloadId, u32>,
    /// Emptied hosts that another offer may take over: when each must be replaced.
    switched_off: IdVec<OfferId, Vec<SimTime>>,

    // What is metered.
    gauges: Gauges,
    hosts: IdVec<OfferId, HostLevels>,
    running: IdVec<SiteId, Level>,
    /// What each site holds, and since when it holds nothing.
    sites: IdVec<SiteId, services::SiteUse>,
    present: Level,
    owned_hosts: Level,
    /// Running Windows guests on each offer.
    windows_on: IdVec<OfferId, u32>,
    /// Workloads whose management plane is that of each platform.
    on_platform: Vec<u32>,
    /// Storage used where an offer includes some.
    pooled_storage: IdVec<OfferId, u64>,
    /// Storage at sites whose tariff has tiers.
    stored: tiered::Stored,
    /// What providers were paid this month.
    spent: services::Spent,
    /// What one host bought since the start cost, by when it must be replaced.
    hardware_paid: std::collections::BTreeMap<(OfferId, SimTime), Money>,
    /// Gigabytes that copies took out of each site this month.
    copied_out: IdVec<SiteId, f64>,
    /// The same over circuits that have a price for it, from one of their ends.
    copied_over: std::collections::BTreeMap<(LinkId, SiteId), f64>,
    circuits_open: IdVec<LinkId, bool>,
    /// Provider-caused downtime of workloads this month.
    failed_this_month: Vec<settlement::Failure>,
    /// When what runs by time was last charged.
    settled_at: SimTime,
    /// When the books of a month were last closed.
    month_settled_at: SimTime,

    // What is owed.
    holdings: Vec<contracts::Holding>,
    cores_owned: Vec<u32>,
    /// Cores of each licence that were needed after a change, while no source was kept.
    cores_known: Vec<(u64, u32)>,
    commitments: Commitments,

    // What is moving.
    programme: Programme,
    waits: Waits,
    copying: Copying,
    cutovers: Cutovers,
    /// Faults of the scenario that have each site down.
    sites_down: IdVec<SiteId, u32>,
    down: IdVec<WorkloadId, Option<(SimTime, journal::OutageCause)>>,
    /// The next failure of the host under each instance.
    instance_failures: IdVec<WorkloadId, Option<EventId>>,
    /// What is being left for good, in an exit rehearsal.
    exit: Option<Leaving>,
    /// The meters of use, where they are asked for.
    use_book: Option<UseBook>,
}

/// The hosts of an offer over time.
#[derive(Clone, Copy, Debug, Default)]
struct HostLevels {
    hosts: Level,
    /// Virtual processors kept for workloads that have left.
    retained_vcpus: Level,
}

impl<'w, R: Receiver> Simulation<'w, R> {
    /// The simulation of a plan, ready at the start of the scenario.
    pub fn start(world: &'w World, plan: Plan, figures: Figures, draws: Draws, journal: R) -> Running<'w, R> {
        let mut scheduler = Scheduler::new();
        let programme = Programme::of(&Beginning {
            world,
            plan: &plan,
            figures: &figures,
            from: &|workload| world.workloads[workload].home,
            before: None,
        });
        let mut simulation = Self {
            world,
            draws,
            figures,
            journal,
            last_month: world.calendar.months() - 1,
            places: IdVec::filled(None, world.workloads.len()),
            promised: IdVec::filled(None, world.workloads.len()),
            retained: IdVec::filled(None, world.workloads.len()),
            sources_kept: 0,
            changes: 0,
            consolidated: IdVec::filled(u64::MAX, world.offers.len()),
            kept_since: IdVec::filled(SimTime::START, world.workloads.len()),
            pools: world.offers.iter().map(|offer| offer.hosts().map(capacity::empty_pool)).collect(),
            filters: world.offers.ids().map(|offer| Filters::new(RuleBook::of(world, offer))).collect(),
            last_taken: IdVec::filled(0, world.offers.len()),
            turns: IdVec::filled(0, world.workloads.len()),
            switched_off: IdVec::filled(Vec::new(), world.offers.len()),
            gauges: Gauges::default(),
            hosts: IdVec::filled(HostLevels::default(), world.offers.len()),
            running: IdVec::filled(Level::default(), world.sites.len()),
            sites: IdVec::filled(services::SiteUse::default(), world.sites.len()),
            present: Level::default(),
            owned_hosts: Level::default(),
            windows_on: IdVec::filled(0, world.offers.len()),
            on_platform: vec![0; world.platforms.len()],
            pooled_storage: IdVec::filled(0, world.offers.len()),
            stored: tiered::Stored::default(),
            spent: services::Spent::of(world),
            hardware_paid: std::collections::BTreeMap::new(),
            copied_out: IdVec::filled(0.0, world.sites.len()),
            copied_over: std::collections::BTreeMap::new(),
            circuits_open: IdVec::filled(false, world.links.len()),
            failed_this_month: Vec::new(),
            settled_at: SimTime::START,
            month_settled_at: SimTime::START,
            instance_failures: IdVec::filled(None, world.workloads.len()),
            exit: None,
            use_book: world.usage.as_ref().map(|usage| UseBook::new(world, usage)),
            holdings: Vec::new(),
            cores_owned: vec![0; world.licences.len()],
            cores_known: vec![(u64::MAX, 0); world.licences.len()],
            commitments: Commitments::default(),
            programme,
            waits: Waits::default(),
            copying: Copying::of(world, SimTime::START),
            cutovers: Cutovers::of(world),
            sites_down: IdVec::filled(0, world.sites.len()),
            down: IdVec::filled(None, world.workloads.len()),
            plan,
        };
        simulation.open_services(&mut scheduler);
        simulation.settle_in(&mut scheduler);
        simulation.inherit_contracts(&mut scheduler);
        simulation.schedule_plan(&mut scheduler);
        simulation.schedule_levelling(&mut scheduler);
        simulation.schedule_calendar(&mut scheduler);
        simulation.schedule_commitments(&mut scheduler);
        simulation.sample_use(&mut scheduler);
        Running { engine: Engine::resume(simulation, scheduler) }
    }

    /// Puts the dated events of the world into the future.
    fn schedule_calendar(&mut self, scheduler: &mut Scheduler<Event>) {
        for (index, event) in self.world.timeline.iter().enumerate() {
            scheduler.schedule_at(event.at, Event::TimelineReached(index as u32));
        }
        for (index, consolidation) in self.plan.consolidations.iter().enumerate() {
            scheduler.schedule_at(consolidation.at, Event::Consolidate(index as u32));
        }
        self.schedule_alliances(scheduler);
        scheduler.schedule_at(self.world.calendar.month_start(1), Event::MonthEnds);
    }

    fn post(&mut self, at: SimTime, charge: Charge) {
        self.spent.note(&charge);
        self.journal.receive(at, &Entry::Charge(charge));
    }

    fn decide(&mut self, at: SimTime, decision: Decision) {
        self.journal.receive(at, &Entry::Decision(decision));
    }

    /// What work at `at` depends on.
    fn moment(&self, at: SimTime) -> Moment<'_> {
        Moment { world: self.world, figures: &self.figures, at }
    }

    /// The month that charges made at `now` belong to. What falls on the instant
    /// at which a month ends belongs to the month that ends.
    fn month(&self, now: SimTime) -> Month {
        let calendar = &self.world.calendar;
        let known = calendar.month_of(now);
        let month = if known > 0 && calendar.month_start(known) == now { known - 1 } else { known };
        Month { index: month.min(self.last_month) as u32, span: calendar.civil_month_span(month) }
    }

    /// The same day so many years later, or earlier when negative; the last of
    /// February for the 29th. None before the start, and beyond all dates.
    ///
    /// Always counted from the first of a series: a step of one year from the 28th
    /// of February does not come back to the 29th.
    fn anniversary(&self, of: SimTime, years: i32) -> Option<SimTime> {
        let calendar = &self.world.calendar;
        let date = calendar.date(of).checked_add(jiff::Span::new().years(years)).ok()?;
        (date >= calendar.start()).then(|| calendar.at(date))
    }
}

impl<R: Receiver> Model for Simulation<'_, R> {
    type Event = Event;

    fn handle(&mut self, event: Event, scheduler: &mut Scheduler<Event>) {
        #[cfg(test)]
        event::exogenous::note(event, scheduler.now());
        match event {
            Event::MonthEnds => self.month_ends(scheduler),
            Event::TimelineReached(index) => self.timeline_reached(index, scheduler),
            Event::AllianceBegins(alliance) => self.alliance_begins(alliance, scheduler.now()),
            Event::AllianceEnds(alliance) => self.alliance_ends(alliance, scheduler.now()),
            Event::NoticeDue(contract) => self.decide(scheduler.now(), Decision::NoticeGiven { contract }),
            Event::TermEnds(holding) => self.term_ends(holding, scheduler),
            Event::PaymentDue(holding) => self.pay_year(holding, scheduler),
            Event::CommitmentBought(place) => self.commitment_bought(place, scheduler),
            Event::CommitmentEnds(number) => self.commitment_ends(number, scheduler),
            Event::HardwareAges(offer) => self.hardware_ages(offer, scheduler),
            Event::Consolidate(index) => {
                let offer = self.plan.consolidations[index as usize].offer;
                self.consolidate(offer, scheduler);
            }
            Event::HostsLevelled(offer) => self.level_hosts(offer, scheduler),
            Event::WaveStarts(wave) => self.wave_starts(wave, scheduler),
            Event::LeadStarts(lead) => self.lead_starts(lead, scheduler.now()),
            Event::LeadMet(lead) => self.lead_met(lead, scheduler.now()),
            Event::GroupMayStart(group) => self.admit(group, scheduler),
            Event::PartDone(team, seat) => self.part_done(team, seat, scheduler),
            Event::TestDone(group) => self.part_tested(group, scheduler),
            Event::HypercareDay(group) => self.hypercare_day(group, scheduler),
            Event::StaffLeaves(team, seat) => self.staff_leaves(team, seat, scheduler),
            Event::StaffJoins(team, seat) => self.staff_joins(team, seat, scheduler),
            Event::RoomSought(group) => self.start_copies(group, scheduler),
            Event::CopyMayStart(workload) => self.copy_may_start(workload, scheduler),
            Event::CopiesProgress => self.copies_progress(scheduler),
            Event::LinksRead => self.links_read(scheduler),
            Event::CutoverStarts(group) => self.cutover_starts(group, scheduler),
            Event::Converted(workload) => self.converted(workload, scheduler),
            Event::CutoverOverdue(group) => self.cutover_overdue(group, scheduler),
            Event::FaultEnds(index) => self.fault_ends(index, scheduler),
            Event::RolledBack(group) => self.rolled_back(group, scheduler),
            Event::RetentionEnds(group) => self.retention_ends(group, scheduler),
            Event::HostInstalled(offer, host) => self.host_installed(offer, host),
            Event::HostFails(offer, host) => self.host_fails(offer, host, scheduler),
            Event::HostRepaired(offer, host) => self.host_repaired(offer, host, scheduler),
            Event::InstanceFails(workload) => self.instance_fails(workload, scheduler),
            Event::UseSampled => self.sample_use(scheduler),
            Event::ExitBegins => self.exit_begins(scheduler),
        }
        #[cfg(debug_assertions)]
        if self.world.workloads.len() <= AUDITED_ALWAYS || event == Event::MonthEnds {
            self.audit();
        }
    }
}

/// Worlds with no more workloads have their books audited after every event of a
/// debug build, larger ones when a month ends: an audit looks at every workload.
#[cfg(debug_assertions)]
const AUDITED_ALWAYS: usize = 32;

/// A simulation with its clock.
#[derive(Clone, Debug)]
pub struct Running<'w, R: Receiver> {
    engine: Engine<Simulation<'w, R>>,
}

impl<'w, R: Receiver> Running<'w, R> {
    /// Runs to the end of the horizon. What is due at that instant belongs to the
    /// time after it.
    pub fn run_to_horizon(&mut self) {
        let horizon = self.engine.model().world.horizon();
        self.engine.run_until(SimTime::from_ns(horizon.as_ns() - 1));
    }

    /// Runs to an instant of the horizon. What is due at that instant belongs to the time
    /// after it.
    pub fn run_to(&mut self, at: SimTime) {
        if let Some(before) = at.as_ns().checked_sub(1) {
            self.engine.run_until(SimTime::from_ns(before));
        }
    }

    /// Closes the books at the end of the horizon and gives back the Journal.
    pub fn close(self) -> R {
        let (mut simulation, _) = self.engine.into_parts();
        let horizon = simulation.world.horizon();
        simulation.read_links(horizon);
        simulation.end_outages(horizon);
        simulation.settle_month(horizon);
        simulation.close_use(horizon);
        simulation.owe_remaining_years(horizon);
        simulation.owe_remaining_terms(horizon);
        simulation.owe_remaining_services(horizon);
        simulation.write_off_services(horizon);
        simulation.write_off_switched_off(horizon);
        simulation.report_book_values(horizon);
        simulation.journal.receive(horizon, &Entry::End);
        simulation.journal
    }

    /// Where each workload is; nowhere when it is retired.
    pub fn places(&self) -> IdVec<WorkloadId, Option<OfferId>> {
        self.engine.model().places.iter().map(|place| place.map(|place| place.offer)).collect()
    }

    /// The figures as they stand now, dated price moves included.
    pub fn figures(&self) -> &Figures {
        &self.engine.model().figures
    }
}
