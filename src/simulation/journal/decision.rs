//! What was decided in a run, and why.

use std::fmt;

use super::Refusal;
use crate::base::units::{Money, SimTime};
use crate::world::{AllianceId, CommitmentId, ContractId, LeadId, OfferId, TeamId, WorkloadId};

/// Something was decided, and why.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// A contract was renewed for the cores then needed.
    Renewed {
        /// Which.
        contract: ContractId,
        /// Cores bought.
        cores: u32,
        /// Years bought.
        years: u32,
        /// Price per core-year over the old price.
        price_multiple: f64,
    },
    /// Something was left behind, and the shortest term on sale was bought.
    Bridged {
        /// Which.
        contract: ContractId,
        /// Cores bought.
        cores: u32,
        /// Years bought.
        years: u32,
        /// Workloads that still needed it.
        workloads: u32,
    },
    /// Notice was given that a contract is left at its end.
    NoticeGiven {
        /// Which.
        contract: ContractId,
    },
    /// A commitment was bought.
    Committed {
        /// Which.
        commitment: CommitmentId,
        /// How much.
        bought: Bought,
    },
    /// A commitment ended and was not bought again.
    CommitmentEnded {
        /// Which.
        commitment: CommitmentId,
    },
    /// A contract ended and nothing needed it any more.
    Lapsed {
        /// Which.
        contract: ContractId,
    },
    /// Hosts were bought or rented because nothing free could take a workload.
    HostsAdded {
        /// Where.
        offer: OfferId,
        /// How many.
        count: u32,
    },
    /// Emptied hosts were given back, or switched off.
    HostsReleased {
        /// Where.
        offer: OfferId,
        /// How many.
        count: u32,
    },
    /// Emptied hosts of one offer were re-installed for another.
    HostsReinstalled {
        /// For which offer.
        offer: OfferId,
        /// Whose they were.
        from: OfferId,
        /// How many.
        count: u32,
    },
    /// Hosts reached the end of their life and were replaced.
    HostsReplaced {
        /// Where.
        offer: OfferId,
        /// How many.
        count: u32,
    },
    /// A workload could not be placed.
    NotPlaced {
        /// Which.
        workload: WorkloadId,
        /// Where it should have gone.
        offer: OfferId,
        /// Why, host by host; nothing where the menu has no size for it.
        refusal: Box<Refusal>,
        /// When its group is tried again; never when it is given up.
        again: SimTime,
    },
    /// At the start a workload is where a rule of placement does not want it, since no
    /// host at its home would do.
    RuleNotKept {
        /// Which.
        workload: WorkloadId,
        /// Where.
        offer: OfferId,
    },
    /// Hosts were levelled by live moves.
    HostsLevelled {
        /// Where.
        offer: OfferId,
        /// How many workloads moved.
        moves: u32,
    },
    /// A dated price move of the scenario; the number is its place in the timeline.
    PricesMoved {
        /// Which.
        event: u32,
    },
    /// A dated fault of the scenario; the number is its place in the timeline.
    Faulted {
        /// Which.
        event: u32,
    },
    /// An alliance began, or has been in force since before the start.
    AllianceBegins {
        /// Which.
        alliance: AllianceId,
    },
    /// An alliance ended.
    AllianceEnds {
        /// Which.
        alliance: AllianceId,
    },
    /// A copy changes faster than its share of the network carries: it goes, if at all,
    /// with a long stop.
    CopyDiverges {
        /// Whose.
        workload: WorkloadId,
    },
    /// A group's cutover was broken off: it goes again in a later window.
    CutoverBroken {
        /// The member for which.
        workload: WorkloadId,
        /// Why.
        why: Broken,
    },
    /// A group's move was given up at its cutover: it stays where it is.
    MoveGivenUp {
        /// The member for which.
        workload: WorkloadId,
        /// Why.
        why: GivenUp,
    },
    /// Something that moves wait for was started.
    LeadStarted {
        /// What.
        lead: LeadId,
        /// When it will be there.
        until: SimTime,
    },
    /// Something that moves wait for is there.
    LeadMet {
        /// What.
        lead: LeadId,
    },
    /// Somebody left a team.
    StaffLeft {
        /// Which team; one beyond those of the world is the engineers of the factory.
        team: TeamId,
    },
    /// A replacement joined a team.
    StaffJoined {
        /// Which team, as above.
        team: TeamId,
    },
    /// A wave was started.
    WaveStarted {
        /// Its number, from 1.
        wave: u32,
        /// Workloads in it.
        workloads: u32,
    },
}

/// How much of a commitment was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bought {
    /// So many hosts.
    Hosts(u32),
    /// So much spend an hour, at list prices.
    SpendPerHour(Money),
}

/// Why a cutover was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// Its memory was written faster than it was copied.
    NotConverged,
    /// What it ran on failed.
    SourceDown,
    /// What was promised to it failed.
    TargetDown,
    /// Its circuit was down for too long.
    LinkDown,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConverged => "its memory was written faster than it was copied",
            Self::SourceDown => "its source was down",
            Self::TargetDown => "its destination was down",
            Self::LinkDown => "its circuit was down",
        })
    }
}

/// Why a move was given up at its cutover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GivenUp {
    /// Its disks change faster than they are copied, and the rest would take longer than
    /// the longest stop.
    OutrunByChanges,
    /// Its memory was written faster than it was copied at every attempt.
    NeverConverged,
}

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutrunByChanges => {
                "its disks change faster than they are copied, and the rest takes too long"
            }
            Self::NeverConverged => "its memory was written faster than it was copied at every attempt",
        })
    }
}
