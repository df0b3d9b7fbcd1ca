//! Whether a catalogue holds together: every name that is used is declared, every
//! platform has a value for every facet, every price is counted by something that
//! can be charged.

use super::{
    Catalog, Criterion, Holder, Kind, LicenceKind, Offer, Party, Profile, Provenance, Provider, Regional,
    Tool,
};
use crate::base::diagnostics::{Diagnostic, Diagnostics, did_you_mean, one_of};
use crate::base::settings::{Entries, Name};
use crate::base::units::{Bytes, Meter, Thing, TimeUnit, UnitPrice};
use crate::base::yaml::Node;

/// What disks are charged by.
const GIB: Bytes = Bytes::from_gib(1);
/// What networks are charged by.
const GB: Bytes = Bytes::new(1_000_000_000);

/// Collects what does not hold together.
pub(super) fn references(catalog: &Catalog, diagnostics: &mut Diagnostics) {
    let check = &mut Check { diagnostics };
    check.every_source(catalog);
    for (_, party) in catalog.parties.iter() {
        check.optional(party.owner.as_ref(), &catalog.parties, "a party");
        check.holders(party);
    }
    for (_, platform) in catalog.platforms.iter() {
        check.declared(&platform.supplier, &catalog.parties, "a party");
        for licence in &platform.licences {
            check.licence_or_family(licence, catalog);
        }
        for facility in &platform.provides {
            check.declared(facility, &catalog.facilities, "a facility");
        }
        for (facet, _) in platform.facets.iter() {
            check.declared(facet, &catalog.facets, "a facet");
        }
        for (facet, _) in catalog.facets.iter().filter(|(facet, _)| !platform.facets.declares(facet.as_str()))
        {
            check.diagnostics.push(
                Diagnostic::error(
                    platform.spot,
                    format!("`{}` has no value for the facet `{facet}`", platform.label),
                )
                .note("A platform has a value for every facet, so that any two can be compared."),
            );
        }
    }
    for (_, licence) in catalog.licences.iter() {
        check.declared(&licence.supplier, &catalog.parties, "a party");
        check.licence_price(licence);
    }
    for (_, tool) in catalog.tools.iter() {
        check.declared(&tool.supplier, &catalog.parties, "a party");
        for platform in tool.from.iter().chain(tool.to.iter()).filter(|name| name.as_str() != "all") {
            check.declared(platform, &catalog.platforms, "a platform");
        }
        for provider in tool.delivers_to.iter().flat_map(|providers| providers.iter()) {
            check.declared(provider, &catalog.providers, "a provider");
        }
        check.sharing(tool, catalog);
    }
    for (_, profile) in catalog.profiles.iter() {
        check.answers(profile, &catalog.criteria);
    }
    for (_, provider) in catalog.providers.iter() {
        check.provider(provider, catalog);
    }
}

struct Check<'d> {
    diagnostics: &'d mut Diagnostics,
}

impl Check<'_> {
    fn declared<T>(&mut self, name: &Name, declared: &Entries<T>, what: &str) {
        if declared.declares(name.as_str()) {
            return;
        }
        let message = Diagnostic::error(name.spot, format!("`{name}` is not {what} of the catalogue"));
        self.diagnostics.push(match declared.near(name.as_str()) {
            Some(near) => message.help(format!("Did you mean `{near}`?")),
            None => message.note(format!("Known are {}.", one_of(declared.names()))),
        });
    }

    /// Nobody holds more of a company than there is.
    fn holders(&mut self, party: &Party) {
        let capital: f64 = party.holders.iter().map(|(_, holder)| holder.capital.fraction()).sum();
        let votes = |holder: &Holder| holder.votes.unwrap_or(holder.capital).fraction();
        let votes: f64 = party.holders.iter().map(|(_, holder)| votes(holder)).sum();
        // Shares are written in percent: their sum may be a hair above the whole.
        if capital.max(votes) > 1.0 + 1e-9 {
            self.diagnostics.push(
                Diagnostic::error(
                    party.spot,
                    format!("The holders of `{}` have more than all of it", party.label),
                )
                .note(format!(
                    "{:.1} % of the capital and {:.1} % of the votes.",
                    capital * 100.0,
                    votes * 100.0
                )),
            );
        }
    }

    fn label_level(&mut self, offer: &Offer) {
        if offer.gaia_x.is_some_and(|level| !(1..=3).contains(&level)) {
            self.diagnostics.push(
                Diagnostic::error(offer.spot, "Levels of the Gaia-X label go from 1 to 3")
                    .help("Leave `gaia_x` out where no label is held."),
            );
        }
    }

    fn optional<T>(&mut self, name: Option<&Name>, declared: &Entries<T>, what: &str) {
        if let Some(name) = name {
            self.declared(name, declared, what);
        }
    }

    /// Appliances that are shared have the limits of the tool that brings them.
    fn sharing(&mut self, tool: &Tool, catalog: &Catalog) {
        let Some(shares) = &tool.shares else { return };
        self.declared(shares, &catalog.tools, "a tool");
        if catalog.tools.get(shares.as_str()).is_some_and(|owner| owner.shares.is_some()) {
            self.diagnostics.push(
                Diagnostic::error(shares.spot, format!("`{shares}` has no appliances of its own"))
                    .note("It works through another's, too.")
                    .help("Name the tool that has them."),
            );
        }
        if let Some(throughput) = &tool.throughput {
            self.diagnostics.push(
                Diagnostic::error(throughput.spot, "Shared appliances carry what their own tool says")
                    .help(format!("Leave `throughput` out here, or state it of `{shares}`.")),
            );
        }
    }

    fn licence_or_family(&mut self, name: &Name, catalog: &Catalog) {
        let families = || catalog.licences.iter().map(|(_, licence)| licence.family.as_str());
        if families().all(|family| family != name.as_str()) {
            self.declared(name, &catalog.licences, "a licence");
        }
    }

    /// Every `source:` names a source, wherever it stands.
    fn every_source(&mut self, catalog: &Catalog) {
        fn walk(node: &Node, found: &mut impl FnMut(&Node)) {
            for (key, value) in node.as_mapping().unwrap_or_default() {
                if matches!(key.text.as_str(), "source" | "certifications_source")
                    && value.as_text().is_some()
                {
                    found(value);
                } else {
                    walk(value, found);
                }
            }
        }
        for (_, tree) in catalog.tree.as_mapping().unwrap_or_default() {
            walk(tree, &mut |node| {
                let name = Name { text: node.as_text().unwrap_or_default().to_owned(), spot: node.spot };
                self.declared(&name, &catalog.sources, "a source");
            });
        }
    }

    fn licence_price(&mut self, licence: &super::Licence) {
        let fits = match licence.kind {
            LicenceKind::Perpetual => licence.pack_price().is_some(),
            LicenceKind::Subscription => licence.unit_price().is_some_and(|price| {
                matches!(price.meter, Meter::Each(Thing::Core | Thing::Vcpu | Thing::Vm))
                    && price.every.is_some()
            }),
        };
        if licence.price.known().is_some() && !fits {
            let wanted = match licence.kind {
                LicenceKind::Perpetual => "an amount for one pack, such as `6771 USD`",
                LicenceKind::Subscription => "a price per counted unit and time, such as `350 USD/core-year`",
            };
            self.diagnostics.push(
                Diagnostic::error(licence.price.spot, "This price does not fit the kind of licence")
                    .note(format!("A {} licence has {wanted}.", licence.kind)),
            );
        }
    }

    fn answers(&mut self, profile: &Profile, criteria: &[Criterion]) {
        for (objective, answers) in profile.answers.iter() {
            let of_objective =
                || criteria.iter().filter(|criterion| criterion.objective == objective.as_str());
            if of_objective().next().is_none() {
                let known = criteria.iter().map(|criterion| criterion.objective.as_str());
                let message = Diagnostic::error(objective.spot, format!("`{objective}` is not an objective"));
                self.diagnostics.push(match did_you_mean(objective.as_str(), known) {
                    Some(near) => message.help(format!("Did you mean `{near}`?")),
                    None => message.note("Objectives are `SOV-1` to `SOV-8`."),
                });
                continue;
            }
            for (number, answer) in answers.iter() {
                let criterion =
                    of_objective().find(|criterion| criterion.number.to_string() == number.as_str());
                let problem = match criterion {
                    None => Some(format!("{objective} has no criterion {number}")),
                    Some(criterion) => answer
                        .0
                        .is_some_and(|index| usize::from(index) >= criterion.values.len())
                        .then(|| {
                            format!("`{}` has answers 0 to {}", criterion.name, criterion.values.len() - 1)
                        }),
                };
                if let Some(problem) = problem {
                    self.diagnostics.push(Diagnostic::error(number.spot, problem));
                }
            }
        }
    }

    fn provider(&mut self, provider: &Provider, catalog: &Catalog) {
        self.declared(&provider.operator, &catalog.parties, "a party");
        self.declared(&provider.owner, &catalog.parties, "a party");
        self.declared(&provider.profile, &catalog.profiles, "a sovereignty profile");
        if let Some(storage) = &provider.storage {
            self.declared(&storage.default, &storage.classes, "a storage class");
            for (_, class) in storage.classes.iter() {
                self.regions(&class.price, provider);
                self.counted(&class.price, "a GiB-month", |price| {
                    price.meter == Meter::Data(GIB) && price.every == Some(TimeUnit::Month)
                });
                for (_, tier) in class.tiers.iter() {
                    self.regions(&tier.price, provider);
                    self.counted(&tier.price, "a GiB-month", |price| {
                        price.meter == Meter::Data(GIB) && price.every == Some(TimeUnit::Month)
                    });
                }
            }
        }
        if let Some(egress) = &provider.egress {
            for (_, tier) in egress.tiers.iter() {
                self.regions(&tier.price, provider);
                self.counted(&tier.price, "a GB", |price| {
                    price.meter == Meter::Data(GB) && price.every.is_none()
                });
            }
        }
        for (_, service) in provider.services.iter() {
            self.regions(&service.price, provider);
            self.counted(&service.price, "a month, a GiB-month or a VM-month", |price| {
                price.every == Some(TimeUnit::Month)
            });
        }
        for (_, offer) in provider.offers.iter() {
            self.offer(offer, provider, catalog);
        }
    }

    fn offer(&mut self, offer: &Offer, provider: &Provider, catalog: &Catalog) {
        self.declared(&offer.platform, &catalog.platforms, "a platform");
        self.label_level(offer);
        self.optional(offer.profile.as_ref(), &catalog.profiles, "a sovereignty profile");
        self.optional(offer.service_level.as_ref(), &provider.service_levels, "a service level");
        self.optional(offer.windows.licence.as_ref(), &catalog.licences, "a licence");
        for (licence, _) in offer.software.iter() {
            self.declared(licence, &catalog.licences, "a licence");
        }
        for licence in offer.licences.iter().chain(&offer.licences_included) {
            self.licence_or_family(licence, catalog);
        }
        for region in &offer.certified_regions {
            self.declared(region, &provider.regions, "a region");
        }
        let prices = offer
            .price
            .iter()
            .chain(offer.families.iter().map(|(_, family)| &family.price))
            .chain(offer.custom.iter().flat_map(|custom| [&custom.vcpu, &custom.memory]));
        for price in prices {
            self.regions(price, provider);
        }
        let hourly = |price: &UnitPrice| price.every == Some(TimeUnit::Hour);
        let once = |price: &UnitPrice| price.meter == Meter::Each(Thing::Host) && price.every.is_none();
        match (&offer.price, offer.kind) {
            (Some(price), Kind::OwnedHosts | Kind::Bundle) => self.counted(price, "a host", once),
            (Some(price), _) => self.counted(price, "an hour", hourly),
            (None, _) => {}
        }
        for (_, family) in offer.families.iter() {
            self.counted(&family.price, "an hour", hourly);
        }
        let sells = match offer.kind {
            Kind::Instances => !offer.families.is_empty() || offer.custom.is_some(),
            Kind::ManagedService => offer.price.is_some() || !offer.families.is_empty(),
            Kind::OwnedHosts | Kind::DedicatedHost | Kind::ManagedNodes | Kind::Bundle => {
                offer.price.is_some() && offer.shape.is_some()
            }
        };
        if !sells {
            let wanted = match offer.kind {
                Kind::Instances => "`families` or `custom` sizes",
                Kind::ManagedService => "a `price` or `families`",
                _ => "a `shape` and a `price`",
            };
            self.diagnostics.push(
                Diagnostic::error(offer.spot, format!("`{}` does not say what it sells", offer.label))
                    .note(format!("An offer of kind `{}` needs {wanted}.", offer.kind)),
            );
        }
    }

    /// Regions of a price are regions of its provider.
    fn regions(&mut self, price: &Regional<UnitPrice>, provider: &Provider) {
        for region in price.iter().filter_map(|(region, _)| region) {
            self.declared(region, &provider.regions, "a region");
        }
    }

    /// A price is counted by what it is charged by.
    fn counted(&mut self, price: &Regional<UnitPrice>, by: &str, ok: impl Fn(&UnitPrice) -> bool) {
        for (_, figure) in price.iter() {
            let wrong = figure.typical().filter(|price| !ok(price));
            if let Some(wrong) = wrong {
                self.diagnostics.push(
                    Diagnostic::error(figure.spot, format!("`{wrong}` is not a price by {by}"))
                        .note(match &figure.provenance {
                            Provenance::Stated => "Convert your figure to that unit; 730 hours are a month.",
                            _ => "Every figure of this kind is counted alike, so that nothing is priced in two ways.",
                        }),
                );
            }
        }
    }
}
