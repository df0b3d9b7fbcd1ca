//! What each meter is called: for people, and in the vocabulary of FOCUS.

use std::borrow::Cow;

use crate::simulation::journal::{Charge, Meter, Nature};
use crate::world::{CommitmentId, OfferId, OfferKind, Payment, ServiceKind, SiteId, World};

/// How a line of the ledger is described, whatever its month and application.
pub(crate) struct MeterText<'w> {
    /// What it is, in a few words: `Windows licences in the price`.
    pub service: Cow<'w, str>,
    /// The service category of FOCUS 1.2.
    pub focus_category: &'static str,
    /// The service sub-category of FOCUS 1.2.
    pub focus_subcategory: &'static str,
    /// What is metered: an offer, a site's service, a contract.
    pub resource: Cow<'w, str>,
    /// What kind of thing that is.
    pub resource_type: &'static str,
    /// The unit in which its quantity counts.
    pub unit: Cow<'w, str>,
    /// How often it falls due.
    pub frequency: Frequency,
}

/// How often a charge falls due, in the words of FOCUS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frequency {
    /// Once.
    OneTime,
    /// Every month or year, used or not.
    Recurring,
    /// As it is used.
    UsageBased,
}

impl Frequency {
    /// Its value in FOCUS.
    pub const fn focus(self) -> &'static str {
        match self {
            Self::OneTime => "One-Time",
            Self::Recurring => "Recurring",
            Self::UsageBased => "Usage-Based",
        }
    }
}

const COMPUTE: (&str, &str) = ("Compute", "Virtual Machines");
const SOFTWARE: (&str, &str) = ("Compute", "Other (Compute)");
const NETWORK: (&str, &str) = ("Networking", "Network Connectivity");
const STAFF: (&str, &str) = ("Management and Governance", "Other (Management and Governance)");
const MOVING: (&str, &str) = ("Migration", "Resource Migration");
const OTHER: (&str, &str) = ("Other", "Other (Other)");

/// Describes what `meter` meters.
pub(crate) fn meter_text(world: &World, meter: Meter) -> MeterText<'_> {
    use Frequency::{OneTime, Recurring, UsageBased};
    let offer = |offer: OfferId| Cow::from(world.offers[offer].name.as_str());
    let site = |site: SiteId| Cow::from(world.sites[site].name.as_str());
    let text = |service: &'static str,
                focus: (&'static str, &'static str),
                resource,
                resource_type,
                unit: &'static str,
                frequency| {
        MeterText {
            service: service.into(),
            focus_category: focus.0,
            focus_subcategory: focus.1,
            resource,
            resource_type,
            unit: unit.into(),
            frequency,
        }
    };
    match meter {
        Meter::HostHours(at) => {
            text("Hosts by the hour", COMPUTE, offer(at), "Host", "Host-Hours", UsageBased)
        }
        Meter::InstanceHours(at, size) => {
            let sizes = world.offers[at].skus().unwrap_or_default();
            let resource = match sizes.get(size as usize) {
                Some(sku) => format!("{} {}", world.offers[at].name, sku.name).into(),
                None => offer(at),
            };
            text("Instances", COMPUTE, resource, "Instance", "Instance-Hours", UsageBased)
        }
        Meter::IncludedWindows(at) => {
            text("Windows licences in the price", SOFTWARE, offer(at), "Licence", "vCPU-Hours", UsageBased)
        }
        Meter::IncludedSoftware(at, licence) => MeterText {
            service: format!("{} in the price", world.licences[licence].label).into(),
            ..text("", SOFTWARE, offer(at), "Licence", "vCPU-Hours", UsageBased)
        },
        Meter::Storage(at) => {
            text("Disks", ("Storage", "Block Storage"), site(at), "Disk", "GiB-Months", UsageBased)
        }
        Meter::Egress(at) => text("Data sent out", NETWORK, site(at), "Data transfer", "GB", UsageBased),
        Meter::Circuit(link) => {
            let unit = if world.links[link].per_hour.is_some() { "Hours" } else { "Months" };
            text("Circuit", NETWORK, world.links[link].name.as_str().into(), "Circuit", unit, Recurring)
        }
        Meter::Replacement(facility) => {
            let resource = world.facilities[facility].label.as_str().into();
            text("Work to replace a service", MOVING, resource, "Work", "Hours", OneTime)
        }
        Meter::Replaced(facility) => {
            let resource = world.facilities[facility].label.as_str().into();
            text("Service in place of another", OTHER, resource, "Service", "Application-Months", Recurring)
        }
        Meter::ManagedInstead(facility) => {
            let resource = world.facilities[facility].label.as_str().into();
            text("Saved by a managed service", STAFF, resource, "Service", "Application-Months", Recurring)
        }
        Meter::CircuitData(link) => {
            let resource = world.links[link].name.as_str().into();
            text("Data sent over a circuit", NETWORK, resource, "Data transfer", "GB", UsageBased)
        }
        Meter::Commitment(id) | Meter::EarlyExit(id) | Meter::RemainingTerm(id) => {
            commitment_text(world, meter, id)
        }
        Meter::Service(at, place) => service_text(world, at, place),
        Meter::RemainingService(at, place) => {
            let service = service_text(world, at, place);
            MeterText {
                resource: format!("{}, still owed after the horizon", service.resource).into(),
                ..service
            }
        }
        Meter::Contract(contract)
        | Meter::Subscription(contract)
        | Meter::Bridge(contract)
        | Meter::RemainingCommitment(contract) => {
            let contract = &world.contracts[contract];
            let licence = &world.licences[contract.licence].label;
            let kind = match meter {
                Meter::Contract(_) => "contract in force",
                Meter::Subscription(_) => "renewed",
                Meter::Bridge(_) => "bridge for what was left behind",
                _ => "still owed after the horizon",
            };
            MeterText {
                service: format!("{licence}, {kind}").into(),
                ..text("", SOFTWARE, contract.name.as_str().into(), "Contract", "Core-Years", Recurring)
            }
        }
        Meter::Packs(licence) | Meter::Assurance(licence) => {
            let licence = &world.licences[licence];
            let (kind, unit, frequency) = match meter {
                Meter::Packs(_) => ("perpetual", "Packs", OneTime),
                _ => ("maintenance", "Pack-Years", Recurring),
            };
            MeterText {
                service: format!("{}, {kind}", licence.label).into(),
                ..text("", SOFTWARE, licence.name.as_str().into(), "Licence", unit, frequency)
            }
        }
        Meter::Hardware(at) => text("Hosts bought", SOFTWARE, offer(at), "Host", "Hosts", OneTime),
        Meter::HardwareSold(at) => text("Hosts sold", SOFTWARE, offer(at), "Host", "Hosts", OneTime),
        Meter::Energy(at) => text("Electricity", OTHER, offer(at), "Host", "kWh", UsageBased),
        Meter::Administration => {
            text("Administrators", STAFF, "administration".into(), "Staff", "Person-Days", Recurring)
        }
        Meter::ExtraManagementPlanes => {
            let resource = "administration of further management planes".into();
            text(
                "Administrators of further management planes",
                STAFF,
                resource,
                "Staff",
                "Person-Days",
                Recurring,
            )
        }
        Meter::Conversion(facet) => {
            let facet = &world.facets[facet].name;
            MeterText {
                service: format!("Conversion: {facet}").into(),
                ..text("", MOVING, facet.as_str().into(), "Work", "Hours", OneTime)
            }
        }
        Meter::MoveWork => {
            text("Planning and tests of moves", MOVING, "moves".into(), "Work", "Hours", OneTime)
        }
        Meter::FirewallWork => text("Firewall rules", MOVING, "moves".into(), "Work", "Hours", OneTime),
        Meter::ReaddressingWork => text("New addresses", MOVING, "moves".into(), "Work", "Hours", OneTime),
        Meter::AcceptanceTest => {
            text("Acceptance tests by owners", MOVING, "moves".into(), "Work", "Hours", OneTime)
        }
        Meter::Hypercare => text("Hypercare after moves", MOVING, "moves".into(), "Work", "Hours", OneTime),
        Meter::LearningWork => {
            text("Hours lost while newcomers learn", MOVING, "newcomers".into(), "Work", "Hours", OneTime)
        }
        Meter::LeadWork(lead) => {
            let name = world.programme.leads[lead].name.as_str().into();
            text("Work on what moves wait for", MOVING, name, "Work", "Hours", OneTime)
        }
        Meter::RolledBackWork => {
            text("Work on moves rolled back", MOVING, "moves rolled back".into(), "Work", "Hours", OneTime)
        }
        Meter::Downtime(application) => {
            let name = world.applications[application].name.as_str().into();
            text("Downtime of an application", OTHER, name, "Application", "Hours", UsageBased)
        }
        Meter::ServiceCredit(at) => MeterText {
            unit: world.currency.code().into(),
            ..text("Service credit", COMPUTE, offer(at), "Credit", "", OneTime)
        },
    }
}

fn service_text(world: &World, at: SiteId, place: u32) -> MeterText<'_> {
    let service = &world.sites[at].services[place as usize];
    let (focus_category, focus_subcategory) = match service.kind {
        ServiceKind::Storage => ("Storage", "Storage Platforms"),
        ServiceKind::Backup => ("Storage", "Backup Storage"),
        ServiceKind::DisasterRecovery => ("Management and Governance", "Disaster Recovery"),
        ServiceKind::Network => ("Networking", "Network Infrastructure"),
        ServiceKind::Rooms => OTHER,
        ServiceKind::Support => ("Management and Governance", "Support"),
    };
    let unit = match service.basis {
        crate::world::Basis::Month => "Months",
        crate::world::Basis::GibMonth => "GiB-Months",
        crate::world::Basis::WorkloadMonth => "Workload-Months",
        crate::world::Basis::Spend => {
            world.figures[service.price].currency.as_ref().map_or("", |currency| currency.code())
        }
    };
    MeterText {
        service: service.name.as_str().into(),
        focus_category,
        focus_subcategory,
        resource: format!("{}/{}", world.sites[at].name, service.name).into(),
        resource_type: "Service",
        unit: unit.into(),
        frequency: Frequency::Recurring,
    }
}

/// A commitment counts what it is paid for: hours of hosts, or spend at list prices.
fn commitment_text(world: &World, meter: Meter, id: CommitmentId) -> MeterText<'_> {
    let commitment = &world.commitments[id];
    let (service, after, frequency) = match (meter, commitment.payment) {
        (Meter::EarlyExit(_), _) => ("Leaving a commitment early", "", Frequency::OneTime),
        (Meter::RemainingTerm(_), _) => {
            ("Commitment", ", still owed after the horizon", Frequency::Recurring)
        }
        (_, Payment::Monthly) => ("Commitment", "", Frequency::Recurring),
        (_, Payment::Upfront) => ("Commitment", "", Frequency::OneTime),
    };
    MeterText {
        service: service.into(),
        focus_category: COMPUTE.0,
        focus_subcategory: COMPUTE.1,
        resource: format!("{}{after}", commitment.name).into(),
        resource_type: "Commitment",
        unit: match world.offers[commitment.offer].hosts() {
            Some(_) => "Host-Hours".into(),
            None => world.currency.code().into(),
        },
        frequency,
    }
}

/// What sellers call a commitment on an offer of this kind.
pub(crate) const fn commitment_type(kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::OwnedHosts | OfferKind::DedicatedHost | OfferKind::Bundle => "Reserved hosts",
        OfferKind::ManagedNodes => "Node term",
        OfferKind::Instances | OfferKind::ManagedService => "Savings plan",
    }
}

/// What a charge is in FOCUS: use, a purchase, or money back.
pub(crate) fn focus_charge_category(charge: &Charge) -> &'static str {
    if charge.nature == Nature::Credit || matches!(charge.meter, Meter::ServiceCredit(_)) {
        return "Credit";
    }
    match charge.meter {
        Meter::Hardware(_)
        | Meter::HardwareSold(_)
        | Meter::Commitment(_)
        | Meter::EarlyExit(_)
        | Meter::RemainingTerm(_)
        | Meter::Contract(_)
        | Meter::Subscription(_)
        | Meter::Bridge(_)
        | Meter::RemainingCommitment(_)
        | Meter::RemainingService(..)
        | Meter::Packs(_)
        | Meter::Assurance(_) => "Purchase",
        _ => "Usage",
    }
}

/// Who issues the invoice of a charge.
pub(crate) struct Payee<'w> {
    /// The name by which scores list it: a provider, a licence seller, `own`.
    pub key: &'w str,
    /// Its name for people.
    pub label: &'w str,
    /// The legal person behind it.
    pub issuer: &'w str,
}

/// Who is paid: the provider of the site, else the seller of the licence, else
/// the user's own organisation.
pub(crate) fn payee(world: &World, site: Option<SiteId>, meter: Meter) -> Payee<'_> {
    if let Some(site) = site {
        let provider = &world.providers[world.sites[site].provider];
        let issuer = &world.parties[provider.operator].name;
        return Payee { key: &provider.name, label: &provider.label, issuer };
    }
    let licence = match meter {
        Meter::Contract(contract)
        | Meter::Subscription(contract)
        | Meter::Bridge(contract)
        | Meter::RemainingCommitment(contract) => Some(world.contracts[contract].licence),
        Meter::Packs(licence) | Meter::Assurance(licence) => Some(licence),
        _ => None,
    };
    match licence {
        Some(licence) => {
            let name = &world.parties[world.licences[licence].supplier].name;
            Payee { key: name, label: name, issuer: name }
        }
        None => Payee { key: "own", label: "Own organisation", issuer: "Own organisation" },
    }
}
