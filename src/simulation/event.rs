//! What can happen.

use crate::world::{AllianceId, ApplicationId, ContractId, LeadId, OfferId, TeamId, WorkloadId};

/// What can happen in a simulation. Numbers index the tables of the simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A month ends: meters are closed and what is free is given back.
    MonthEnds,
    /// A dated change of the scenario.
    TimelineReached(u32),
    /// An alliance begins, or is in force from the start.
    AllianceBegins(AllianceId),
    /// An alliance ends.
    AllianceEnds(AllianceId),
    /// The last day on which notice of a contract that is left can be given.
    NoticeDue(ContractId),
    /// Cores held under a contract end.
    TermEnds(u32),
    /// The next year of a holding is due.
    PaymentDue(u32),
    /// A commitment of the plan is bought: its place in the plan.
    CommitmentBought(u32),
    /// The term of a commitment that was bought ends: the number of the purchase.
    CommitmentEnds(u32),
    /// Owned hosts reach the end of their life.
    HardwareAges(OfferId),
    /// A consolidation of the strategy.
    Consolidate(u32),
    /// Hosts of an offer are levelled by live moves.
    HostsLevelled(OfferId),
    /// Work on a wave starts.
    WaveStarts(u32),
    /// What moves wait for is begun.
    LeadStarts(LeadId),
    /// What moves wait for is there.
    LeadMet(LeadId),
    /// All that a group waits for is there.
    GroupMayStart(ApplicationId),
    /// Somebody has done a part of the work on a group: their team and seat.
    PartDone(TeamId, u32),
    /// An owner who waits for nobody has tested an application of a group.
    TestDone(ApplicationId),
    /// Another day of attention to a group that has moved.
    HypercareDay(ApplicationId),
    /// Somebody leaves a seat of a team.
    StaffLeaves(TeamId, u32),
    /// Somebody takes a vacant seat of a team.
    StaffJoins(TeamId, u32),
    /// A group that found no room at its destination looks again.
    RoomSought(ApplicationId),
    /// The host promised to a workload is installed.
    CopyMayStart(WorkloadId),
    /// Something happens to what is in flight.
    CopiesProgress,
    /// What circuits carried is entered.
    LinksRead,
    /// The window of a group's cutover opens.
    CutoverStarts(ApplicationId),
    /// A workload is converted, started and tested at its destination.
    Converted(WorkloadId),
    /// A cutover whose circuit is down has lasted too long.
    CutoverOverdue(ApplicationId),
    /// A fault of the scenario's timeline is over.
    FaultEnds(u32),
    /// A group that was rolled back runs at its source again.
    RolledBack(ApplicationId),
    /// A moved group's sources need not be kept any longer.
    RetentionEnds(ApplicationId),
    /// A host of an offer is installed.
    HostInstalled(OfferId, u32),
    /// A host of an offer fails.
    HostFails(OfferId, u32),
    /// A failed host is back.
    HostRepaired(OfferId, u32),
    /// The hidden host of an instance fails.
    InstanceFails(WorkloadId),
    /// What is used is looked at.
    UseSampled,
    /// The evacuation of an exit rehearsal begins.
    ExitBegins,
}

/// What happens from outside, whatever a strategy does: for tests that compare runs.
#[cfg(test)]
pub(crate) mod exogenous {
    use super::Event;
    use crate::base::units::SimTime;
    use std::cell::RefCell;

    thread_local! {
        static LOG: RefCell<Option<Vec<(Event, SimTime)>>> = const { RefCell::new(None) };
    }

    pub(in crate::simulation) fn note(event: Event, at: SimTime) {
        let outside = matches!(
            event,
            Event::HostFails(..)
                | Event::InstanceFails(_)
                | Event::StaffLeaves(..)
                | Event::TimelineReached(_)
                | Event::FaultEnds(_)
        );
        LOG.with_borrow_mut(|log| log.as_mut().filter(|_| outside).map(|log| log.push((event, at))));
    }

    /// What happened from outside in `run`, on this thread, in order of time.
    pub(crate) fn of(run: impl FnOnce()) -> Vec<(Event, SimTime)> {
        LOG.set(Some(Vec::new()));
        run();
        LOG.take().expect("it was set")
    }
}
