//! Hosts of one's own: as the scenario says, or as the inventory lists them.

use super::figures::Unit;
use super::offers::Written;
use super::sites::OWN;
use super::{Origin, Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::settings::Name;
use crate::base::units::{Bytes, Calendar, OneHost, Period, Power, PricePer, SimTime, Span, UnitPrice};
use crate::input::catalog::Kind;
use crate::input::scenario::{Hosts, Site as WrittenSite, Windows as WrittenWindows};
use crate::world::{
    Capacity, FigureId, GuestWindows, HostOffer, HostPrice, HostShape, Offer, OfferKind, OwnedHardware,
    Portability, SiteId,
};

/// The hosts that an inventory lists for a site, taken as equal.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListedHosts {
    pub count: u32,
    sockets: Option<u32>,
    cores: u32,
    memory: Option<Bytes>,
    mixed: bool,
}

impl Resolver<'_> {
    pub(super) fn owned_offer(&mut self, written: Written<'_>, hosts: &Hosts) -> Option<Offer> {
        let own = self.catalog.providers.get(OWN);
        let usual =
            written.offer.from.as_ref().and_then(|from| own.and_then(|own| own.offers.get(from.as_str())));
        let platform = match (&written.offer.platform, usual) {
            (Some(platform), _) => platform,
            (None, Some(usual)) => &usual.platform,
            (None, None) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        written.name.spot,
                        format!("The hosts of `{}` run no platform", written.full_name()),
                    )
                    .help("Add `platform: vsphere`, or another platform of the catalogue."),
                );
                return None;
            }
        };
        let platform_name = platform.clone();
        let platform = self.known_platform(&platform_name)?;
        let licences = match &written.offer.licences {
            Some(licences) => licences.clone(),
            None => {
                let listed = self.catalog.platforms.get(platform_name.as_str());
                let at = |name: &Name| Name { text: name.text.clone(), spot: platform_name.spot };
                listed.map(|platform| platform.licences.iter().map(at).collect()).unwrap_or_default()
            }
        };
        let licences = self.licence_uses(&licences, Portability::OnPremises);
        let windows = match written.offer.windows.unwrap_or(WrittenWindows::Carried) {
            WrittenWindows::Refused => GuestWindows::Refused,
            WrittenWindows::Carried => {
                let licence = self.windows_licence(written.offer, &licences, None);
                licence.map_or(GuestWindows::Refused, |licence| {
                    GuestWindows::Carried(self.carried_at_home(licence))
                })
            }
            WrittenWindows::Included => {
                self.diagnostics.push(
                    Diagnostic::error(
                        written.name.spot,
                        "Nobody includes a Windows licence on your own hosts",
                    )
                    .help("Write `windows: carried` or `windows: refused`."),
                );
                GuestWindows::Refused
            }
        };
        let software = self.software_of(written, None);
        let shape = self.shape_of(written, hosts);
        let path = format!("{}.hosts", written.path());
        let price = match (&hosts.price, &written.offer.price) {
            (Some(price), _) => {
                self.table.stated(&format!("{path}.price"), price, Unit::OWN, self.diagnostics)
            }
            (None, Some(price)) => self.table.stated_as::<UnitPrice, PricePer<OneHost>>(
                &format!("{path}.price"),
                price,
                Unit::OWN,
                self.diagnostics,
            ),
            (None, None) => self.usual_host_price(),
        };
        let mut hardware = self.usual_hardware(&path, price);
        if let Some(life) = hosts.life {
            hardware.life = life.span();
        }
        hardware.replace_at = self.replaced_at(hosts.bought, hardware.life);
        if let Some(watts) = &hosts.watts {
            hardware.watts =
                self.table.stated::<Power>(&format!("{path}.watts"), watts, Unit::OWN, self.diagnostics);
        }
        hardware.book_value = hosts.book_value.as_ref().map(|value| {
            self.table.stated(&format!("{path}.book_value"), value, Unit::OWN, self.diagnostics)
        });
        hardware.residual = hosts
            .residual
            .as_ref()
            .map(|share| self.table.stated(&format!("{path}.residual"), share, Unit::OWN, self.diagnostics));
        let (placement, levelling) = self.placing(written.offer.placement.as_ref());
        Some(Offer {
            name: written.full_name(),
            site: written.site,
            kind: OfferKind::OwnedHosts,
            platform,
            capacity: Capacity::Hosts(HostOffer {
                shape,
                initial: hosts.count.value,
                unit: 1,
                minimum: written.offer.minimum.unwrap_or(0),
                spare: written.offer.spare.unwrap_or(hosts.spare),
                maximum: hosts.maximum.or(written.offer.maximum),
                price: HostPrice::Owned(hardware),
                storage_included: Bytes::ZERO,
                reuses: None,
                placement,
                levelling,
            }),
            licences,
            windows,
            software,
            service_level: None,
            certifications: Vec::new(),
            gaia_x: None,
            provides: self.provided(written.offer, platform),
            profile: None,
        })
    }

    /// A host as the scenario or, in its place, the inventory describes it.
    fn shape_of(&mut self, written: Written<'_>, hosts: &Hosts) -> HostShape {
        let stated = hosts.shape;
        let listed = self.listed_hosts(written.site);
        let (sockets, cores, memory) = match listed {
            Some(listed) => (
                listed.sockets.unwrap_or(stated.sockets),
                listed.cores,
                listed.memory.unwrap_or(stated.memory),
            ),
            None => (stated.sockets, stated.cores(), stated.memory),
        };
        let vcpus = libm::round(f64::from(cores) * hosts.overcommit.get()) as u32;
        HostShape { sockets: sockets.max(1), cores, vcpus: vcpus.max(1), memory }
    }

    /// What the inventory lists of the hosts of a site: none for the scenario's own
    /// estate, and for an inventory without hosts there. Hosts of several sizes are
    /// taken as equal: as many as there are, with the mean of their cores and memory,
    /// rounded up, so that what licences count is not less than it is.
    pub(super) fn listed_hosts(&self, site: SiteId) -> Option<ListedHosts> {
        if self.origin == Origin::Scenario {
            return None;
        }
        let hosts: Vec<_> = self
            .estate
            .hosts
            .iter()
            .zip(&self.host_sites)
            .filter(|(_, at)| **at == Some(site))
            .map(|(host, _)| host)
            .collect();
        let count = u32::try_from(hosts.len()).ok().filter(|count| *count > 0)?;
        let cores = hosts.iter().map(|host| host.cores).sum::<u32>().div_ceil(count);
        let sizes: Vec<u64> = hosts.iter().filter_map(|host| host.memory).map(Bytes::get).collect();
        let memory =
            (!sizes.is_empty()).then(|| Bytes::new(sizes.iter().sum::<u64>().div_ceil(sizes.len() as u64)));
        let sockets: Vec<u32> = hosts.iter().filter_map(|host| host.sockets).collect();
        let commonest = sockets.iter().copied().max_by_key(|wanted| {
            (sockets.iter().filter(|sockets| *sockets == wanted).count(), std::cmp::Reverse(*wanted))
        });
        let mixed =
            hosts.windows(2).any(|pair| (pair[0].cores, pair[0].memory) != (pair[1].cores, pair[1].memory));
        Some(ListedHosts { count, sockets: commonest, cores: cores.max(1), memory, mixed })
    }

    /// Says where an inventory's hosts of several sizes are taken as equal.
    pub(super) fn warn_of_mixed_hosts(&mut self) {
        for site in self.sites.ids() {
            if let Some(listed) = self.listed_hosts(site).filter(|listed| listed.mixed) {
                let (name, spot) = (&self.sites[site].name, self.site_spot(site));
                self.diagnostics.push(
                    Diagnostic::warning(
                        spot,
                        format!("The {} hosts of `{name}` are of several sizes", listed.count),
                    )
                    .note(format!(
                        "They are taken as equal, with the mean of {} cores, rounded up.",
                        listed.cores
                    )),
                );
            }
        }
    }

    /// The price of the catalogue's own server.
    fn usual_host_price(&mut self) -> FigureId {
        let own = self.catalog.providers.get(OWN);
        let server = own.and_then(|own| own.offers.iter().find(|(_, offer)| offer.kind == Kind::OwnedHosts));
        let price = server.and_then(|(_, server)| server.price.as_ref()).and_then(|price| price.at(OWN));
        match price {
            Some(price) => self.table.price::<OneHost>(price, self.diagnostics),
            None => panic!("the catalogue has a server of one's own with a price, a test says"),
        }
    }

    /// Hardware of the usual life and draw.
    pub(super) fn usual_hardware(&mut self, path: &str, price: FigureId) -> OwnedHardware {
        let life = self.usual_life();
        OwnedHardware {
            price: self.charged(&format!("{path}.price"), price),
            life,
            replace_at: SimTime::NEVER,
            book_value: None,
            residual: None,
            watts: self.table.assumption::<Power>("server_power", Unit::OWN, self.diagnostics),
        }
    }

    fn usual_life(&self) -> Span {
        use crate::base::units::Written as _;
        let life = self.catalog.assumptions.get("server_life").and_then(|figure| figure.typical());
        let life = life.and_then(|life| Period::from_measure(&life.0).ok());
        life.map_or(Span::from_days(5 * 365), Period::span)
    }

    /// Hosts whose age nobody states are half-way through their life.
    fn replaced_at(&self, bought: Option<jiff::civil::Date>, life: Span) -> SimTime {
        let start = self.settings.start.value;
        let Some(bought) = bought else {
            return SimTime::START + Span::from_ns(life.as_ns() / 2);
        };
        let age = bought.duration_until(start).as_secs();
        match u64::try_from(age) {
            Ok(age) => {
                SimTime::START + Span::from_ns(life.as_ns().saturating_sub(Span::from_seconds(age).as_ns()))
            }
            // Bought after the start: they are new then.
            Err(_) => SimTime::START + life + Span::from_seconds(age.unsigned_abs()),
        }
    }

    /// Offers whose hosts are re-installed from others of the site. A host has the
    /// size it has, whatever is installed on it.
    pub(super) fn link_reused_hosts(&mut self, site_name: &Name, written: &WrittenSite) {
        for (name, offer) in written.offers.iter() {
            let Some(reuses) = offer.hosts.as_ref().and_then(|hosts| hosts.reuses.as_ref()) else { continue };
            let (Some(id), source) = (
                self.offer_named(site_name.as_str(), name.as_str()),
                self.offer_named(site_name.as_str(), reuses.as_str()),
            ) else {
                continue;
            };
            let Some(source) = source.filter(|source| *source != id && self.offers[*source].is_owned())
            else {
                let known: Vec<&str> = written
                    .offers
                    .iter()
                    .filter(|(other, offer)| *other != name && offer.hosts.is_some())
                    .map(|(other, _)| other.as_str())
                    .collect();
                self.diagnostics.push(unknown(reuses, "another offer of hosts of this site", &known));
                continue;
            };
            let source_shape = self.offers[source].hosts().map(|hosts| hosts.shape);
            if let Capacity::Hosts(hosts) = &mut self.offers[id].capacity {
                hosts.reuses = Some(source);
                if let Some(shape) = source_shape {
                    let per_core = hosts.shape.vcpus / hosts.shape.cores.max(1);
                    hosts.shape = HostShape { vcpus: (shape.cores * per_core).max(1), ..shape };
                }
            }
        }
    }

    /// The calendar of the scenario.
    pub(super) fn calendar(&self) -> Calendar {
        Calendar::new(self.settings.start.value, self.settings.end())
    }
}
