//! Where licences of one's own may be used, on what ground, and how they are counted.
//!
//! One table, [`requirement`], says what each kind of destination asks of a licence, and
//! [`carry`] compares it with how the licence is held. Microsoft's rules
//! (azure.microsoft.com, hybrid-benefit FAQ; microsoft.com, Flexible Virtualization
//! Benefit, 2022-10-01; product terms on Listed Providers, 2019-10-01, widely stated,
//! primary text not read):
//!
//! | destination | Windows Server | SQL Server |
//! |---|---|---|
//! | one's own hosts | any licence | any licence |
//! | Azure | Hybrid Benefit, with Software Assurance | the same |
//! | Listed Provider, dedicated | bought before 2019-10-01 | Licence Mobility, with Software Assurance |
//! | Listed Provider, shared | not at all | Licence Mobility, with Software Assurance |
//! | any other hoster | Flexible Virtualization, with Software Assurance | the same |

use crate::base::units::Span;
use crate::world::{CountedBy, DualUse};

/// Cores that a Windows guest counts for at least where it is licensed by virtual core.
const WINDOWS_MINIMUM_PER_GUEST: u32 = 8;
/// Virtual processors of a managed database that one core of SQL Server Enterprise
/// covers.
const SERVICE_VCPUS_PER_ENTERPRISE_CORE: u32 = 4;
/// How long a licence may be used in both places while a workload moves to Azure.
const MIGRATION: Span = Span::from_days(180);

/// Whose terms decide where a licence may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Terms {
    /// Windows Server Datacenter.
    WindowsDatacenter,
    /// Windows Server Standard.
    WindowsStandard,
    /// SQL Server Enterprise.
    SqlEnterprise,
    /// SQL Server Standard.
    SqlStandard,
    /// A subscription that may be taken along, such as VMware Cloud Foundation.
    PortableSubscription,
    /// Bound to its owner's hosts, such as System Center.
    Bound,
}

/// How a licence is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whether it is maintained.
    pub by: Maintenance,
    /// When it was bought.
    pub bought: Bought,
}

/// Whether a licence is maintained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Maintenance {
    /// Bought once, and no more.
    Nothing,
    /// With Software Assurance.
    Assurance,
    /// Rented.
    Subscription,
}

/// When a licence was bought: the terms on Listed Providers changed on 2019-10-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bought {
    /// Before that day.
    BeforeOctober2019,
    /// On that day or later.
    Since,
}

/// Who runs the hosts of a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// The licence's owner.
    Own,
    /// The vendor of the licence itself: Azure, for Microsoft's.
    Vendor,
    /// A Listed Provider: Alibaba, Amazon, Google (and Microsoft, for others' licences).
    Listed,
    /// Any other hoster: an Authorized Outsourcer outside their data centres.
    Outsourcer,
}

/// How a destination is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tenancy {
    /// Instances beside other customers'.
    Shared,
    /// Hosts for one customer alone.
    Dedicated,
    /// A service in place of the VM, such as a managed database.
    Service,
}

/// A kind of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Who runs it.
    pub host: Host,
    /// How it is shared.
    pub tenancy: Tenancy,
}

/// What a kind of destination asks of a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requirement {
    /// Any licence will do.
    Any,
    /// It must be maintained, or rented.
    Maintained,
    /// It must have been bought before 2019-10-01.
    Old,
    /// None will do.
    Impossible,
}

/// A licence that may be used at a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carriage {
    /// On what ground, for people.
    pub basis: &'static str,
    /// How it is counted there.
    pub counted: CountedBy,
    /// Whether it may still be used where its workloads came from.
    pub dual_use: DualUse,
}

/// Why a licence may not be used at a destination. Each prints as a sentence without
/// its full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCarried {
    /// It is bound to its owner's hosts.
    #[error("the licence is bound to its owner's own hosts")]
    Bound,
    /// It must be maintained.
    #[error("the licence counts there only with Software Assurance or as a subscription")]
    NotMaintained,
    /// A Listed Provider's shared hosts take none.
    #[error("a Listed Provider takes no Windows licence of one's own on shared hosts")]
    Listed,
    /// It was bought too late.
    #[error(
        "a Listed Provider takes Windows licences of one's own only if bought before 2019-10-01, on dedicated hosts"
    )]
    TooNew,
    /// A service comes with its licence.
    #[error("a service in place of the machine comes with its licence")]
    Service,
}

/// What a kind of destination asks of a licence.
pub fn requirement(terms: Terms, place: Place) -> Requirement {
    use Terms::{
        Bound, PortableSubscription, SqlEnterprise, SqlStandard, WindowsDatacenter, WindowsStandard,
    };
    match (terms, place.host, place.tenancy) {
        (_, Host::Own, _) => Requirement::Any,
        (Bound, ..) => Requirement::Impossible,
        (SqlEnterprise | SqlStandard, Host::Vendor, Tenancy::Service) => Requirement::Maintained,
        (_, _, Tenancy::Service) => Requirement::Impossible,
        (PortableSubscription, ..) => Requirement::Maintained,
        (WindowsDatacenter | WindowsStandard, Host::Listed, Tenancy::Shared) => Requirement::Impossible,
        (WindowsDatacenter | WindowsStandard, Host::Listed, Tenancy::Dedicated) => Requirement::Old,
        (
            WindowsDatacenter | WindowsStandard | SqlEnterprise | SqlStandard,
            Host::Vendor | Host::Listed | Host::Outsourcer,
            Tenancy::Shared | Tenancy::Dedicated,
        ) => Requirement::Maintained,
    }
}

/// Whether a licence that is so held may be used at such a destination.
///
/// # Errors
/// Why it may not.
pub fn carry(terms: Terms, held: Held, place: Place) -> Result<Carriage, NotCarried> {
    carry_if(requirement(terms, place), terms, held, place)
}

/// As [`carry`], with what the destination asks stated: by its own terms, where they
/// differ from what its kind asks.
///
/// # Errors
/// Why it may not.
pub fn carry_if(
    requirement: Requirement,
    terms: Terms,
    held: Held,
    place: Place,
) -> Result<Carriage, NotCarried> {
    let met = match requirement {
        Requirement::Any => Ok(()),
        Requirement::Maintained if held.by == Maintenance::Nothing => Err(NotCarried::NotMaintained),
        Requirement::Maintained => Ok(()),
        Requirement::Old if held.bought == Bought::Since => Err(NotCarried::TooNew),
        Requirement::Old => Ok(()),
        Requirement::Impossible => Err(match (terms, place.tenancy) {
            (Terms::Bound, _) => NotCarried::Bound,
            (_, Tenancy::Service) => NotCarried::Service,
            _ => NotCarried::Listed,
        }),
    };
    met.map(|()| Carriage {
        basis: basis(terms, place.host),
        counted: counted(terms, place),
        dual_use: dual_use(terms, place.host),
    })
}

fn basis(terms: Terms, host: Host) -> &'static str {
    let windows = matches!(terms, Terms::WindowsDatacenter | Terms::WindowsStandard);
    match host {
        Host::Own => "one's own hosts",
        _ if terms == Terms::PortableSubscription => "a subscription that may be taken along",
        Host::Vendor => "Azure Hybrid Benefit",
        Host::Listed if windows => "licences bought before 2019-10-01, on dedicated hosts",
        Host::Listed => "Licence Mobility",
        Host::Outsourcer => "Flexible Virtualization",
    }
}

/// How a licence is counted at a kind of destination.
fn counted(terms: Terms, place: Place) -> CountedBy {
    let by_minimum = CountedBy::VirtualCores { minimum: WINDOWS_MINIMUM_PER_GUEST };
    match (terms, place.host, place.tenancy) {
        (Terms::SqlEnterprise, _, Tenancy::Service) => {
            CountedBy::ServiceVcpus { per_core: SERVICE_VCPUS_PER_ENTERPRISE_CORE }
        }
        (Terms::SqlStandard, _, Tenancy::Service) => CountedBy::ServiceVcpus { per_core: 1 },
        // The licence's own floor per guest applies, wherever it is.
        (Terms::SqlEnterprise | Terms::SqlStandard, ..) => CountedBy::VirtualCores { minimum: 0 },
        (Terms::WindowsDatacenter, Host::Vendor, Tenancy::Dedicated) => CountedBy::HostCores,
        (Terms::WindowsDatacenter | Terms::WindowsStandard, Host::Vendor, _) => CountedBy::HalfLicences,
        (Terms::WindowsDatacenter | Terms::WindowsStandard, _, Tenancy::Shared) => by_minimum,
        _ => CountedBy::HostCores,
    }
}

/// Whether a licence that is used at a kind of destination may still be used where its
/// workloads came from.
///
/// Hybrid Benefit: Standard either on the owner's premises or in Azure, both for 180 days
/// while migrating; Datacenter in both at once without limit. The same 180 days are
/// granted for SQL Server (azure-docs, SQL Server hybrid benefit).
pub fn dual_use(terms: Terms, host: Host) -> DualUse {
    match (host, terms) {
        (Host::Own, _) => DualUse::AtHome,
        (Host::Vendor, Terms::WindowsDatacenter) => DualUse::Unlimited,
        (Host::Vendor, Terms::WindowsStandard | Terms::SqlEnterprise | Terms::SqlStandard) => {
            DualUse::For(MIGRATION)
        }
        _ => DualUse::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Bought::{BeforeOctober2019, Since};
    use Host::{Listed, Outsourcer, Own, Vendor};
    use Maintenance::{Assurance, Nothing, Subscription};
    use Tenancy::{Dedicated, Service, Shared};
    use Terms::{
        Bound, PortableSubscription, SqlEnterprise, SqlStandard, WindowsDatacenter, WindowsStandard,
    };

    fn held(by: Maintenance, bought: Bought) -> Held {
        Held { by, bought }
    }

    fn basis_of(terms: Terms, held: Held, host: Host, tenancy: Tenancy) -> Result<&'static str, String> {
        carry(terms, held, Place { host, tenancy })
            .map(|carriage| carriage.basis)
            .map_err(|reason| reason.to_string())
    }

    #[test]
    fn any_licence_counts_on_its_owners_hosts() {
        for terms in [WindowsDatacenter, WindowsStandard, SqlEnterprise, SqlStandard, Bound] {
            assert_eq!(basis_of(terms, held(Nothing, Since), Own, Dedicated), Ok("one's own hosts"));
        }
        let elsewhere = basis_of(Bound, held(Assurance, Since), Outsourcer, Dedicated);
        assert_eq!(elsewhere, Err("the licence is bound to its owner's own hosts".to_owned()));
    }

    #[test]
    fn azure_asks_for_assurance_or_a_subscription() {
        // azure.microsoft.com, hybrid-benefit FAQ.
        for terms in [WindowsDatacenter, WindowsStandard, SqlEnterprise, SqlStandard] {
            for tenancy in [Shared, Dedicated] {
                for by in [Assurance, Subscription] {
                    assert_eq!(basis_of(terms, held(by, Since), Vendor, tenancy), Ok("Azure Hybrid Benefit"));
                }
                let bare = basis_of(terms, held(Nothing, BeforeOctober2019), Vendor, tenancy);
                assert!(bare.is_err_and(|reason| reason.contains("Software Assurance")));
            }
        }
    }

    #[test]
    fn a_listed_provider_takes_old_windows_licences_on_dedicated_hosts_and_sql_by_mobility() {
        let windows = |held, tenancy| basis_of(WindowsDatacenter, held, Listed, tenancy);
        let old = "licences bought before 2019-10-01, on dedicated hosts";
        assert_eq!(windows(held(Nothing, BeforeOctober2019), Dedicated), Ok(old));
        let new = windows(held(Assurance, Since), Dedicated).expect_err("it is too new");
        assert!(new.contains("only if bought before 2019-10-01"), "{new}");
        // Flexible Virtualization does not apply at a Listed Provider.
        let shared = windows(held(Assurance, BeforeOctober2019), Shared).expect_err("never there");
        assert!(shared.contains("no Windows licence"), "{shared}");
        for tenancy in [Shared, Dedicated] {
            assert_eq!(
                basis_of(SqlStandard, held(Assurance, Since), Listed, tenancy),
                Ok("Licence Mobility")
            );
            assert!(basis_of(SqlStandard, held(Nothing, Since), Listed, tenancy).is_err());
        }
    }

    #[test]
    fn other_hosters_take_what_is_maintained_since_october_2022() {
        // microsoft.com/licensing/guidance/Flexible-Virtualization-Benefit.
        for terms in [WindowsDatacenter, WindowsStandard, SqlEnterprise, SqlStandard] {
            for tenancy in [Shared, Dedicated] {
                let basis = basis_of(terms, held(Assurance, Since), Outsourcer, tenancy);
                assert_eq!(basis, Ok("Flexible Virtualization"));
                assert!(basis_of(terms, held(Nothing, Since), Outsourcer, tenancy).is_err());
            }
        }
    }

    #[test]
    fn a_service_comes_with_its_licence_but_azure_takes_sql_there() {
        let windows = basis_of(WindowsDatacenter, held(Assurance, Since), Vendor, Service);
        assert_eq!(windows, Err("a service in place of the machine comes with its licence".to_owned()));
        let place = Place { host: Vendor, tenancy: Service };
        let counted =
            |terms| carry(terms, held(Assurance, Since), place).map(|carriage| carriage.counted).ok();
        assert_eq!(counted(SqlEnterprise), Some(CountedBy::ServiceVcpus { per_core: 4 }));
        assert_eq!(counted(SqlStandard), Some(CountedBy::ServiceVcpus { per_core: 1 }));
        assert!(basis_of(SqlStandard, held(Assurance, Since), Listed, Service).is_err());
    }

    #[test]
    fn a_subscription_of_vmware_goes_along_and_a_perpetual_one_does_not() {
        let taken = basis_of(PortableSubscription, held(Subscription, Since), Listed, Dedicated);
        assert_eq!(taken, Ok("a subscription that may be taken along"));
        assert!(basis_of(PortableSubscription, held(Nothing, Since), Listed, Dedicated).is_err());
    }

    #[test]
    fn windows_is_counted_by_host_by_half_licence_or_by_virtual_core() {
        let counted = |terms, host, tenancy| {
            let old = held(Assurance, BeforeOctober2019);
            carry(terms, old, Place { host, tenancy }).map(|carriage| carriage.counted).ok()
        };
        assert_eq!(counted(WindowsDatacenter, Vendor, Dedicated), Some(CountedBy::HostCores));
        assert_eq!(counted(WindowsStandard, Vendor, Dedicated), Some(CountedBy::HalfLicences));
        assert_eq!(counted(WindowsDatacenter, Vendor, Shared), Some(CountedBy::HalfLicences));
        assert_eq!(counted(WindowsDatacenter, Listed, Dedicated), Some(CountedBy::HostCores));
        let by_guest = Some(CountedBy::VirtualCores { minimum: 8 });
        assert_eq!(counted(WindowsStandard, Outsourcer, Shared), by_guest);
        assert_eq!(counted(WindowsStandard, Outsourcer, Dedicated), Some(CountedBy::HostCores));
    }

    #[test]
    fn standard_may_be_used_twice_for_180_days_and_datacenter_for_ever_at_azure_alone() {
        assert_eq!(dual_use(WindowsStandard, Vendor), DualUse::For(Span::from_days(180)));
        assert_eq!(dual_use(WindowsDatacenter, Vendor), DualUse::Unlimited);
        for host in [Listed, Outsourcer] {
            assert_eq!(dual_use(WindowsDatacenter, host), DualUse::Never);
            assert_eq!(dual_use(WindowsStandard, host), DualUse::Never);
        }
    }
}
