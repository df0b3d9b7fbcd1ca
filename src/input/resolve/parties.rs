//! Parties, providers, platforms and facets: of the catalogue's, those that the
//! scenario uses.

use super::Resolver;
use super::figures::Unit;
use crate::base::ids::IdVec;
use crate::base::units::{Gigabyte, Period};
use crate::input::catalog;
use crate::world::{
    ExitCondition, ExitRoute, ExitTerms, Facet, FacetGroup, FacetId, FreeExit, Holder, Party, PartyId,
    Platform, PlatformId, Profile, Provider, ProviderId,
};

impl Resolver<'_> {
    /// Every facet: platforms are compared in all of them.
    pub(super) fn facets(&mut self) -> IdVec<FacetId, Facet> {
        let mut facets = IdVec::new();
        for (name, facet) in self.catalog.facets.iter() {
            let mut hours = |figure, unit| self.table.listed::<Period>(figure, unit, self.diagnostics);
            facets.push(Facet {
                name: name.text.clone(),
                group: group(facet.group),
                hours_per_vm: hours(&facet.hours_per_vm, Unit::HOURS),
                hours_per_application: hours(&facet.hours_per_application, Unit::HOURS),
                hours_per_estate: hours(&facet.hours_per_estate, Unit::HOURS),
                cutover_minutes: hours(&facet.cutover_minutes, Unit::MINUTES),
            });
        }
        facets
    }

    /// The party of this name; the catalogue's checks have seen that it is there.
    pub(super) fn party(&mut self, name: &str) -> PartyId {
        if let Some(known) = self.party_names.get_index_of(name) {
            return crate::base::ids::Id::from_index(known);
        }
        let (label, jurisdiction, holders) = match self.catalog.parties.get(name) {
            Some(party) => (party.label.clone(), party.jurisdiction.clone(), holders(party)),
            None => (name.to_owned(), String::new(), None),
        };
        self.party_names.insert(name.to_owned());
        self.parties.push(Party { key: name.to_owned(), name: label, jurisdiction, holders })
    }

    /// The platform of this name, if the catalogue has it.
    pub(super) fn platform(&mut self, name: &str) -> Option<PlatformId> {
        if let Some(known) = self.platforms.find(|platform| platform.name == name) {
            return Some(known);
        }
        let platform = self.catalog.platforms.get(name)?;
        let values = self
            .catalog
            .facets
            .iter()
            .map(|(facet, _)| platform.facets.get(facet.as_str()).cloned().unwrap_or_default());
        let values = values.collect();
        let supplier = self.party(platform.supplier.as_str());
        Some(self.platforms.push(Platform {
            name: name.to_owned(),
            label: platform.label.clone(),
            supplier,
            management_plane: platform.management_plane.clone(),
            values,
        }))
    }

    /// The provider of this name, if the catalogue has it.
    pub(super) fn provider(&mut self, name: &str) -> Option<ProviderId> {
        if let Some(known) = self.providers.find(|provider| provider.name == name) {
            return Some(known);
        }
        let provider = self.catalog.providers.get(name)?;
        let (operator, owner) = (self.party(provider.operator.as_str()), self.party(provider.owner.as_str()));
        let profile = self.profile(provider.profile.as_str());
        let exit = self.exit_terms(&provider.exit);
        let (name, label) = (name.to_owned(), provider.label.clone());
        Some(self.providers.push(Provider { name, label, operator, owner, profile, exit }))
    }

    fn exit_terms(&mut self, listed: &catalog::Exit) -> ExitTerms {
        let at_cost =
            listed.at_cost.as_ref().map(|price| self.table.price::<Gigabyte>(price, self.diagnostics));
        let programmes = listed.free.iter().map(|(name, programme)| FreeExit {
            name: name.text.clone(),
            since: programme.since,
            window: programme.window.map(Period::span),
            asks: match programme.asks {
                catalog::Asked::Nothing => ExitCondition::Nothing,
                catalog::Asked::CloseAccount => ExitCondition::AccountClosed,
                catalog::Asked::CancelSubscriptions => ExitCondition::SubscriptionsCancelled,
            },
            over: match programme.over {
                catalog::Over::Any => ExitRoute::Any,
                catalog::Over::Internet => ExitRoute::Internet,
                catalog::Over::PremiumTier => ExitRoute::PremiumTier,
            },
            source: self
                .catalog
                .cited(programme.source.as_str())
                .map_or_else(String::new, |(cites, _)| cites.to_owned()),
        });
        ExitTerms { notice: listed.notice.map(Period::span), programmes: programmes.collect(), at_cost }
    }

    /// What a kind of provider answers.
    pub(super) fn profile(&self, name: &str) -> Profile {
        let Some(profile) = self.catalog.profiles.get(name) else { return Profile::default() };
        let basis = profile.assumption.clone().unwrap_or_default();
        Profile {
            answers: profile.in_order(&self.catalog.criteria),
            basis: if basis.is_empty() {
                profile.label.clone()
            } else {
                format!("{}: {basis}", profile.label)
            },
        }
    }
}

/// Who holds a party, where anybody says so.
fn holders(party: &catalog::Party) -> Option<Vec<Holder>> {
    let holders: Vec<Holder> = party
        .holders
        .iter()
        .map(|(name, holder)| Holder {
            name: name.text.clone(),
            jurisdiction: holder.jurisdiction.clone(),
            capital: holder.capital.fraction(),
            votes: holder.votes.unwrap_or(holder.capital).fraction(),
        })
        .collect();
    (!holders.is_empty()).then_some(holders)
}

fn group(group: catalog::FacetGroup) -> FacetGroup {
    match group {
        catalog::FacetGroup::Transport => FacetGroup::Transport,
        catalog::FacetGroup::Syntactic => FacetGroup::Syntactic,
        catalog::FacetGroup::Semantic => FacetGroup::Semantic,
        catalog::FacetGroup::Behavioural => FacetGroup::Behavioural,
        catalog::FacetGroup::Policy => FacetGroup::Policy,
    }
}
