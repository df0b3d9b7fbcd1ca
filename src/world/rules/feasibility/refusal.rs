//! Why a workload cannot run somewhere, or cannot get there.

use jiff::civil::Date;

use crate::base::units::{Bandwidth, Bytes, Span};
use crate::world::Within;
use crate::world::rules::demand::Need;

/// Why a workload cannot run somewhere or get there in some way. Nothing has been
/// changed when it is returned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It runs Windows and the offer does not take it.
    #[error("{offer} does not take Windows, which {workload} runs")]
    Windows {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
    },
    /// It runs software whose licence can neither be carried to the offer nor bought there.
    #[error("{workload} runs {software}, which {offer} does not sell: {reason}")]
    Software {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
        /// The licence's name for people.
        software: String,
        /// Why it cannot be carried.
        reason: String,
    },
    /// No host or size is large enough.
    #[error(
        "{workload} needs {vcpus} vCPU and {gib} GiB; the largest of {offer} is {largest_vcpus} vCPU and {largest_gib} GiB",
        vcpus = .need.vcpus, gib = gib(*.need), largest_vcpus = .largest.vcpus, largest_gib = gib(*.largest)
    )]
    TooLarge {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
        /// What it needs.
        need: Need,
        /// The host, or the size with the most processors and then memory.
        largest: Need,
    },
    /// Its data may not go to the offer's country.
    #[error("{workload} may not leave {countries}, by the rule {rule}; {offer} is in {country}")]
    Residency {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
        /// The offer's country.
        country: String,
        /// The countries allowed.
        countries: String,
        /// The rule's name.
        rule: String,
    },
    /// What it runs is licensed on hosts of another offer alone.
    #[error(
        "{workload} runs only on the hosts {group} of {licensed}, by the rule {rule}, and not at {offer}"
    )]
    NotLicensed {
        /// The workload's name.
        workload: String,
        /// The offer's name.
        offer: String,
        /// The name of the group of licensed hosts.
        group: String,
        /// The name of their offer.
        licensed: String,
        /// The rule's name.
        rule: String,
    },
    /// A demanded certification is not held.
    #[error("{offer} does not hold {certification}")]
    NotCertified {
        /// The offer's name.
        offer: String,
        /// The certification demanded.
        certification: String,
    },
    /// An offer is sold only while an alliance is in force.
    #[error("on {date} {offer} is not on sale: only with {alliances}")]
    NotOnSale {
        /// The offer's name.
        offer: String,
        /// The alliances that sell it, with their dates.
        alliances: String,
        /// The date at which it was asked for.
        date: Date,
    },
    /// A licence goes to an offer only while an alliance is in force.
    #[error("on {date} {licence} may not be carried to {offer}: only with {alliances}")]
    NotPortable {
        /// The licence's name for people.
        licence: String,
        /// The offer's name.
        offer: String,
        /// The alliances that carry it there, with their dates.
        alliances: String,
        /// The date at which it was asked for.
        date: Date,
    },
    /// No circuit joins the two sites.
    #[error("no link joins {from} and {to}; add one to `links`")]
    NoLink {
        /// A site's name.
        from: String,
        /// The other's.
        to: String,
    },
    /// The workload's hardware or guest excludes the method.
    #[error("{workload} cannot be moved by {method}: its blockers exclude it")]
    Excluded {
        /// The workload's name.
        workload: String,
        /// The method's name.
        method: &'static str,
    },
    /// The platforms differ in a way that the method does not bridge.
    #[error("{method} does not convert, and {from} and {to} differ in {facet}")]
    NeedsConversion {
        /// The method's name.
        method: &'static str,
        /// A platform's name.
        from: String,
        /// The other's.
        to: String,
        /// The facet's name.
        facet: String,
    },
    /// There is nothing that the method would convert.
    #[error("{from} and {to} agree in disks and drivers: there is nothing to convert")]
    NothingToConvert {
        /// A platform's name.
        from: String,
        /// The other's.
        to: String,
    },
    /// A tool does not read from the source.
    #[error("{tool} does not read from {platform}")]
    NotRead {
        /// The tool's name.
        tool: String,
        /// The platform's name.
        platform: String,
    },
    /// A tool does not write to the destination.
    #[error("{tool} does not write to {platform}")]
    NotWritten {
        /// The tool's name.
        tool: String,
        /// The platform's name.
        platform: String,
    },
    /// The link is too long for a tool.
    #[error("{tool} works over {longest} ms at most, and {link} takes {rtt} ms", longest = ms(*.longest), rtt = ms(*.rtt))]
    TooFar {
        /// The tool's name.
        tool: String,
        /// The link's name.
        link: String,
        /// The longest round trip that it works over.
        longest: Span,
        /// The link's round trip.
        rtt: Span,
    },
    /// The link is too thin for a tool.
    #[error(
        "{tool} needs {least} Mbit/s for each copy, and {link} carries {carried} Mbit/s",
        least = mbit(*.least), carried = mbit(*.carried)
    )]
    TooThin {
        /// The tool's name.
        tool: String,
        /// The link's name.
        link: String,
        /// The least bandwidth of a copy.
        least: Bandwidth,
        /// What the link carries.
        carried: Bandwidth,
    },
    /// The link is wide enough, but over its distance one copy does not get what the
    /// tool needs.
    #[error(
        "{tool} needs {least} Mbit/s for each copy, and its window lets through {carried} Mbit/s over {rtt} ms of {link}",
        least = mbit(*.least), carried = mbit(*.carried), rtt = ms(*.rtt)
    )]
    TooSlow {
        /// The tool's name.
        tool: String,
        /// The link's name.
        link: String,
        /// The least bandwidth of a copy.
        least: Bandwidth,
        /// What one copy gets.
        carried: Bandwidth,
        /// The link's round trip.
        rtt: Span,
    },
    /// A tool does not deliver to sites of this provider.
    #[error("{tool} does not deliver to sites of {provider}")]
    NotDelivered {
        /// The tool's name.
        tool: String,
        /// The provider's name.
        provider: String,
    },
    /// A workload does not fit on one travelling appliance.
    #[error("{workload} has {disk} GB, and one appliance of {tool} holds {capacity} GB", disk = gb(*.disk), capacity = gb(*.capacity))]
    ExceedsAppliance {
        /// The workload's name.
        workload: String,
        /// The tool's name.
        tool: String,
        /// What the workload has.
        disk: Bytes,
        /// What one appliance holds.
        capacity: Bytes,
    },
    /// A workload has more disks than a tool copies at once.
    #[error("{workload} has {disks} disks, and {tool} copies {most} at once of one {within}", within = place(*.within))]
    TooManyDisks {
        /// The workload's name.
        workload: String,
        /// The tool's name.
        tool: String,
        /// Its disks.
        disks: usize,
        /// The most at once.
        most: u32,
        /// Of what.
        within: Within,
    },
    /// Nothing that joins two platforms carries a method.
    #[error("no tool carries {method} from {from} to {to}")]
    NobodyCarries {
        /// The method's name.
        method: &'static str,
        /// The source platform.
        from: String,
        /// The destination's.
        to: String,
    },
    /// A tool is asked for, and none is needed.
    #[error("{offer} is at the same site and of the same platform: no tool is needed")]
    NoToolNeeded {
        /// The destination.
        offer: String,
    },
    /// A link is asked for that does not join the two sites.
    #[error("the link {link} does not join {from} and {to}")]
    NotJoined {
        /// The link's name.
        link: String,
        /// A site's name.
        from: String,
        /// The other's.
        to: String,
    },
    /// A tool carries none of the methods that remain.
    #[error("{tool} does not carry {methods}")]
    NotCarried {
        /// The tool's name.
        tool: String,
        /// The methods, in words.
        methods: String,
    },
    /// There is no tool at all.
    #[error("the scenario has no migration tool")]
    NoTool,
}

fn gib(need: Need) -> f64 {
    need.memory.as_gib()
}

fn ms(span: Span) -> f64 {
    span.as_seconds() * 1_000.0
}

fn mbit(bandwidth: Bandwidth) -> f64 {
    // Whole Mbit/s and a tenth where there are less than a hundred.
    let tenths = libm::round(bandwidth.as_bits() as f64 / 1e5);
    if tenths < 1_000.0 { tenths / 10.0 } else { libm::round(tenths / 10.0) }
}

fn gb(bytes: Bytes) -> f64 {
    libm::round(bytes.as_gb())
}

fn place(within: Within) -> &'static str {
    match within {
        Within::Manager => "manager",
        Within::Unit => "appliance",
        Within::Host => "host",
        Within::Datastore => "datastore",
    }
}
