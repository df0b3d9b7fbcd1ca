//! Offers of the catalogue at the scenario's sites: rented hosts and nodes, menus of
//! sizes, service levels and certifications.

use super::figures::Unit;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::settings::Name;
use crate::base::units::{Bytes, HostHour, Meter, OneHost, PricePer, Share, TimeUnit, UnitPrice};
use crate::input::catalog::{self, Kind};
use crate::input::scenario::{Offer as WrittenOffer, Site as WrittenSite};
use crate::world::{
    Capacity, Credit, FigureId, HostOffer, HostPrice, HostShape, LicenceUse, Multiple, Offer, OfferId,
    OfferKind, Portability, ServiceLevel, SiteId, Sku,
};

/// Virtual processors of a size at least: GiB and vCPU are whole from here on.
const HOURS_PER_MONTH: f64 = 730.0;
const HOURS_PER_YEAR: f64 = 8_760.0;
/// Nodes of a managed cluster hold one more than they need, so that one may fail.
const SPARE_NODES: u32 = 1;

/// An offer as the scenario writes it, and where.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub site: SiteId,
    pub site_name: &'a Name,
    pub provider: &'a Name,
    pub name: &'a Name,
    pub offer: &'a WrittenOffer,
}

impl Written<'_> {
    /// `site/offer`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.site_name, self.name)
    }

    /// The path of the offer in the scenario.
    pub fn path(&self) -> String {
        format!("sites.{}.offers.{}", self.site_name, self.name)
    }
}

impl Resolver<'_> {
    /// Every offer of every site, in the order of the file.
    pub(super) fn resolve_offers(&mut self) {
        let settings = self.settings;
        for (site_name, site) in settings.sites.iter() {
            let Some(id) = self.site_named(site_name.as_str()) else { continue };
            self.resolve_offers_of(id, site_name, site);
        }
    }

    fn resolve_offers_of(&mut self, site: SiteId, site_name: &Name, written: &WrittenSite) {
        for (name, offer) in written.offers.iter() {
            let written = Written { site, site_name, provider: &written.provider, name, offer };
            self.table.needed_by = (format!("The offer `{}`", written.full_name()), Some(name.spot));
            let resolved = match &offer.hosts {
                Some(hosts) => self.owned_offer(written, hosts),
                None => self.listed_offer(written),
            };
            if let Some(resolved) = resolved {
                self.offers.push(resolved);
            }
        }
        self.link_reused_hosts(site_name, written);
    }

    /// The offer `site/offer`, if it could be resolved.
    pub(super) fn offer_named(&self, site: &str, offer: &str) -> Option<OfferId> {
        let wanted = format!("{site}/{offer}");
        self.offers.find(|offer| offer.name == wanted)
    }

    fn listed_offer(&mut self, written: Written<'_>) -> Option<Offer> {
        let provider = self.catalog.providers.get(written.provider.as_str())?;
        let key = written.offer.from.as_ref().unwrap_or(written.name);
        let Some(listed) = provider.offers.get(key.as_str()) else {
            let known: Vec<&str> = provider.offers.names().collect();
            let what = format!("an offer of {} in the catalogue", provider.label);
            self.diagnostics.push(unknown(key, &what, &known));
            return None;
        };
        let region = self.sites[written.site].region.clone();
        let owned = matches!(listed.kind, Kind::OwnedHosts | Kind::Bundle);
        if !owned && !provider.sells(listed, &region) {
            self.diagnostics.push(
                Diagnostic::error(key.spot, format!("`{key}` has no price in `{region}`"))
                    .note(format!("The catalogue prices it {}.", where_sold(listed)))
                    .help("Choose another region, or state a price under `catalog:`."),
            );
            return None;
        }
        let platform = written.offer.platform.as_ref().unwrap_or(&listed.platform);
        let platform = self.known_platform(platform)?;
        let capacity = match listed.kind {
            Kind::Instances | Kind::ManagedService => Capacity::Skus(self.menu(written, listed, &region)?),
            _ => Capacity::Hosts(self.rented_hosts(written, listed, &region)?),
        };
        let needs_portability = if owned { Portability::OnPremises } else { Portability::Required };
        let licences = self
            .licence_uses(written.offer.licences.as_deref().unwrap_or(&listed.licences), needs_portability);
        let windows = self.windows_of(written, provider, listed, &licences);
        let software = self.software_of(written, Some((provider, listed)));
        let certified = listed.certified_regions.is_empty()
            || listed.certified_regions.iter().any(|known| known.as_str() == region);
        let provides = self.provided(written.offer, platform);
        Some(Offer {
            name: written.full_name(),
            site: written.site,
            kind: kind(listed.kind),
            platform,
            capacity,
            licences,
            windows,
            software,
            service_level: self.service_level(provider, listed),
            certifications: if certified { listed.certifications.clone() } else { Vec::new() },
            gaia_x: listed.gaia_x.map(|level| level.min(3) as u8),
            provides,
            profile: listed.profile.as_ref().map(|profile| self.profile(profile.as_str())),
        })
    }

    /// Hosts or nodes by the hour; bought ones for a bundle of one's own.
    fn rented_hosts(
        &mut self,
        written: Written<'_>,
        listed: &catalog::Offer,
        region: &str,
    ) -> Option<HostOffer> {
        let (shape, offer) = (listed.shape.as_ref()?, written.offer);
        let stated = shape.vcpus.map(|stated| {
            // What can be placed is less than the nominal size where its seller says so.
            let packed = listed.packing.as_ref().and_then(|packing| packing.vcpus.typical());
            packed.map_or(stated, |count| count.0.min(stated))
        });
        let vcpus = stated.unwrap_or_else(|| shape.cores * self.usual_overcommit());
        let count = |figure: &Option<catalog::Figure<catalog::Count>>| {
            figure.as_ref().and_then(|figure| figure.typical()).map(|count| count.0)
        };
        let spare = if listed.kind == Kind::ManagedNodes { SPARE_NODES } else { 0 };
        let path = format!("{}.price", written.path());
        let price = if matches!(listed.kind, Kind::OwnedHosts | Kind::Bundle) {
            let price = match (&offer.price, listed.price.as_ref().and_then(|price| price.at(region))) {
                (Some(price), _) => self.table.stated_as::<UnitPrice, PricePer<OneHost>>(
                    &path,
                    price,
                    Unit::OWN,
                    self.diagnostics,
                ),
                (None, Some(price)) => self.table.price::<OneHost>(price, self.diagnostics),
                (None, None) => return None,
            };
            HostPrice::Owned(self.usual_hardware(&path, price))
        } else {
            let hourly = match (&offer.price, listed.price.as_ref().and_then(|price| price.at(region))) {
                (Some(price), _) => self.table.stated_as::<UnitPrice, PricePer<HostHour>>(
                    &path,
                    price,
                    Unit::OWN,
                    self.diagnostics,
                ),
                (None, Some(price)) => self.table.price::<HostHour>(price, self.diagnostics),
                (None, None) => return None,
            };
            let mut sum = vec![Multiple::once(hourly)];
            if let Some(fee) = &listed.fee {
                sum.push(Multiple::once(self.table.price::<HostHour>(fee, self.diagnostics)));
            }
            let shares = self.discount(written);
            HostPrice::PerHour(if sum.len() == 1 && shares.is_empty() {
                self.table.charged(&path, hourly)
            } else {
                self.table.derived(&path, sum, shares, None)
            })
        };
        let (placement, levelling) = self.placing(offer.placement.as_ref());
        Some(HostOffer {
            shape: HostShape { sockets: shape.sockets, cores: shape.cores, vcpus, memory: shape.memory },
            initial: 0,
            unit: count(&listed.unit).unwrap_or(1).max(1),
            minimum: offer.minimum.or(count(&listed.minimum)).unwrap_or(0),
            spare: offer.spare.unwrap_or(spare),
            maximum: offer.maximum.or(count(&listed.maximum)),
            price,
            storage_included: listed
                .storage_included
                .as_ref()
                .and_then(|storage| storage.typical())
                .copied()
                .unwrap_or(Bytes::ZERO),
            reuses: None,
            placement,
            levelling,
        })
    }

    /// The sizes on sale in a region.
    fn menu(&mut self, written: Written<'_>, listed: &catalog::Offer, region: &str) -> Option<Vec<Sku>> {
        if let Some(price) = &written.offer.price {
            self.diagnostics.push(
                Diagnostic::error(price.spot, "A menu of sizes has no single price")
                    .help("Write `discount`, or state the prices of its families under `catalog:`."),
            );
        }
        let sizes = listed.sizes(region);
        if sizes.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(
                    written.name.spot,
                    format!("`{}` has no sizes to choose from", written.full_name()),
                )
                .note("A service in place of the VM is simulated by its sizes: `families` in the catalogue.")
                .help("State its sizes under `catalog:`, or move these workloads to another offer."),
            );
            return None;
        }
        let mut shares = self.discount(written);
        if let Some(premium) = &listed.premium
            && listed.custom.is_some()
        {
            shares.push(Multiple::once(self.table.listed::<Share>(premium, Unit::OWN, self.diagnostics)));
        }
        let mut skus = Vec::new();
        for size in &sizes {
            let mut sum = Vec::new();
            for (figure, times) in &size.price {
                let part = self.table.listed::<UnitPrice>(figure, Unit::OWN, self.diagnostics);
                let hourly = figure.typical().map_or(Some(1.0), per_hour);
                let Some(hourly) = hourly else {
                    self.diagnostics.push(
                        Diagnostic::error(
                            figure.spot,
                            "This price recurs neither by the hour nor by the month",
                        )
                        .note("Sizes are charged by the hour."),
                    );
                    continue;
                };
                sum.push(Multiple { figure: part, times: times * hourly });
            }
            let path = format!("{}.{}", written.path(), size.name);
            let plain = matches!(sum.as_slice(), [only] if only.times == 1.0) && shares.is_empty();
            let per_hour = match sum.first() {
                None => continue,
                Some(only) if plain => self.table.charged(&path, only.figure),
                Some(_) => {
                    let per_hour = self.table.derived(&path, sum, shares.clone(), size.derived.as_deref());
                    self.table.per_hour(per_hour);
                    per_hour
                }
            };
            skus.push(Sku { name: size.name.clone(), vcpus: size.vcpus, memory: size.memory, per_hour });
        }
        Some(skus)
    }

    fn discount(&mut self, written: Written<'_>) -> Vec<Multiple> {
        let path = format!("{}.discount", written.path());
        let discount = written.offer.discount.as_ref();
        let discount = discount.map(|share| self.table.stated(&path, share, Unit::OWN, self.diagnostics));
        discount.map(|figure| Multiple { figure, times: -1.0 }).into_iter().collect()
    }

    /// The platform of this name, or a message.
    pub(super) fn known_platform(&mut self, name: &Name) -> Option<crate::world::PlatformId> {
        let found = self.platform(name.as_str());
        // One that is declared and could not be read has its message already.
        if found.is_none() && !self.catalog.platforms.declares(name.as_str()) {
            let known: Vec<&str> = self.catalog.platforms.names().collect();
            self.diagnostics.push(unknown(name, "a platform of the catalogue", &known));
        }
        found
    }

    fn service_level(&self, provider: &catalog::Provider, listed: &catalog::Offer) -> Option<ServiceLevel> {
        let level = provider.service_levels.get(listed.service_level.as_ref()?.as_str())?;
        let source = level.source.as_ref().and_then(|source| self.catalog.cited(source.as_str()));
        Some(ServiceLevel {
            target: level.target?.fraction(),
            credits: level
                .credits
                .iter()
                .map(|step| Credit { below: step.below.fraction(), share: step.credit.fraction() })
                .collect(),
            source: source.map(|(cites, date)| format!("{cites}, {date}")).unwrap_or_default(),
        })
    }

    /// The licences that the hosts of an offer need.
    pub(super) fn licence_uses(&mut self, names: &[Name], needs_portability: Portability) -> Vec<LicenceUse> {
        let mut uses: Vec<LicenceUse> = Vec::new();
        for name in names {
            if let Some(licence) = self.licence_or_family(name)
                && uses.iter().all(|known| known.licence != licence)
            {
                uses.push(LicenceUse { licence, needs_portability });
            }
        }
        uses
    }

    /// Virtual processors placed on a core where neither seller nor user says.
    fn usual_overcommit(&self) -> u32 {
        let assumed = self.catalog.assumptions.get("cpu_overcommit").and_then(|figure| figure.typical());
        assumed.map_or(4, |ratio| libm::round(ratio.0.value) as u32).max(1)
    }

    /// The figure `figure` is charged by, when nothing else changes it.
    pub(super) fn charged(&mut self, path: &str, figure: FigureId) -> FigureId {
        self.table.charged(path, figure)
    }
}

/// What one unit of a price is an hour, for GiB where it counts data.
fn per_hour(price: &UnitPrice) -> Option<f64> {
    let time = match price.every? {
        TimeUnit::Hour => 1.0,
        TimeUnit::Month => 1.0 / HOURS_PER_MONTH,
        TimeUnit::Year => 1.0 / HOURS_PER_YEAR,
        _ => return None,
    };
    Some(match price.meter {
        Meter::Data(unit) if unit > Bytes::ZERO => time / unit.as_gib(),
        _ => time,
    })
}

fn where_sold(listed: &catalog::Offer) -> String {
    let prices = listed
        .price
        .iter()
        .chain(listed.families.iter().map(|(_, family)| &family.price))
        .chain(listed.custom.iter().map(|custom| &custom.vcpu));
    let mut regions: Vec<&str> =
        prices.flat_map(|price| price.iter()).filter_map(|(region, _)| region).map(Name::as_str).collect();
    regions.sort_unstable();
    regions.dedup();
    format!("in {}", crate::base::diagnostics::one_of(regions))
}

fn kind(kind: Kind) -> OfferKind {
    match kind {
        Kind::OwnedHosts => OfferKind::OwnedHosts,
        Kind::DedicatedHost => OfferKind::DedicatedHost,
        Kind::ManagedNodes => OfferKind::ManagedNodes,
        Kind::Instances => OfferKind::Instances,
        Kind::ManagedService => OfferKind::ManagedService,
        Kind::Bundle => OfferKind::Bundle,
    }
}
