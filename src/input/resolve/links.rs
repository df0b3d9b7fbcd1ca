//! Circuits between sites: those of the scenario, and the internet between all others.

use super::figures::Unit;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::ids::IdVec;
use crate::base::settings::Figure;
use crate::base::units::{Bandwidth, Gigabyte, PricePer, Share, Span, TimeUnit};
use crate::input::scenario::CircuitPrice;
use crate::world::{Link, LinkId, SiteId};

/// What two sites without a circuit of their own get over the internet: an
/// assumption, for an encrypted tunnel between gateways of a usual size.
pub const INTERNET_BANDWIDTH: Bandwidth = Bandwidth::from_mbit(500);
/// Round-trip time of that tunnel: an assumption, for sites of one continent.
pub const INTERNET_RTT: Span = Span::from_ns(20_000_000);

impl Resolver<'_> {
    /// Every circuit of the scenario, and one over the internet for every pair of
    /// sites that none joins, so that each site has a way out.
    pub(super) fn links(&mut self) -> IdVec<LinkId, Link> {
        let settings = self.settings;
        let mut links: IdVec<LinkId, Link> = IdVec::new();
        for written in &settings.links {
            let [one, other] = written.between.as_slice() else { continue };
            let ends = [one, other].map(|name| {
                let site = self.site_named(name.as_str());
                if site.is_none() && !settings.sites.declares(name.as_str()) {
                    let known: Vec<&str> = settings.sites.names().collect();
                    self.diagnostics.push(unknown(name, "a site", &known));
                }
                site
            });
            let [Some(a), Some(b)] = ends else { continue };
            if a == b {
                self.diagnostics.push(
                    Diagnostic::error(other.spot, "A link joins two different sites")
                        .related(one.spot, "the same site"),
                );
                continue;
            }
            let name =
                written.name.as_ref().map_or_else(|| format!("{one}-{other}"), |name| name.text.clone());
            let loss = written.loss.as_ref().map(|loss| {
                let path = format!("links.{name}.loss");
                self.table.stated::<Share>(&path, loss, Unit::OWN, self.diagnostics)
            });
            let path = format!("links.{name}.price");
            let price = written.price.as_ref().map(|price| {
                let figure = self.table.stated::<CircuitPrice>(&path, price, Unit::OWN, self.diagnostics);
                self.table.charged(&path, figure)
            });
            let is_hourly = written.price.as_ref().is_some_and(|price| self.is_hourly(price));
            let (per_month, per_hour) = if is_hourly { (None, price) } else { (price, None) };
            let path = format!("links.{name}.per_gb");
            let per_gb = written.per_gb.as_ref().map(|price| {
                let figure =
                    self.table.stated::<PricePer<Gigabyte>>(&path, price, Unit::OWN, self.diagnostics);
                self.table.charged(&path, figure)
            });
            links.push(Link {
                name,
                between: [a, b],
                bandwidth: written.bandwidth,
                rtt: written.rtt.span(),
                loss,
                per_month,
                per_hour,
                per_gb,
            });
        }
        let sites: Vec<SiteId> = self.sites.ids().collect();
        for (index, a) in sites.iter().enumerate() {
            for b in &sites[index + 1..] {
                if links.iter().any(|link| link.joins(*a, *b)) {
                    continue;
                }
                links.push(Link {
                    name: format!("internet:{}-{}", self.sites[*a].name, self.sites[*b].name),
                    between: [*a, *b],
                    bandwidth: INTERNET_BANDWIDTH,
                    rtt: INTERNET_RTT,
                    loss: None,
                    per_month: None,
                    per_hour: None,
                    per_gb: None,
                });
            }
        }
        links
    }

    /// Whether a circuit is paid by the hour; as an entry of `uncertain:` says, when its
    /// price is one.
    fn is_hourly(&self, price: &Figure<CircuitPrice>) -> bool {
        let hourly = |price: &CircuitPrice| price.every == TimeUnit::Hour;
        if let Some(price) = price.spread.typical() {
            return hourly(price);
        }
        let entry = price.spread.reference().and_then(|name| self.settings.uncertain.get(name.as_str()));
        let spread = entry.and_then(|entry| entry.spread.typed::<CircuitPrice>().ok());
        spread.as_ref().and_then(|spread| spread.typical()).is_some_and(hourly)
    }
}
