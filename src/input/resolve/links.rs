//! Circuits between sites: those of the scenario, and the internet between all others.

use super::figures::Unit;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::ids::IdVec;
use crate::base::units::{Bandwidth, Monthly, PricePer, Share, Span};
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
        for (index, written) in settings.links.iter().enumerate() {
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
            let mut name = format!("{one}-{other}");
            if links.iter().any(|link| link.name == name) {
                name = format!("{name}-{}", index + 1);
            }
            let loss = written.loss.as_ref().map(|loss| {
                let path = format!("links.{name}.loss");
                self.table.stated::<Share>(&path, loss, Unit::OWN, self.diagnostics)
            });
            let path = format!("links.{name}.price");
            let per_month = written.price.as_ref().map(|price| {
                let figure =
                    self.table.stated::<PricePer<Monthly>>(&path, price, Unit::OWN, self.diagnostics);
                self.table.charged(&path, figure)
            });
            links.push(Link {
                name,
                between: [a, b],
                bandwidth: written.bandwidth,
                rtt: written.rtt.span(),
                loss,
                per_month,
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
                });
            }
        }
        links
    }
}
