//! Alliances: which platforms, facets, licences and offers they speak of.

use super::figures::Unit;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::ids::IdVec;
use crate::base::settings::Name;
use crate::base::units::{Calendar, Share};
use crate::input::scenario::{Alliance as Written, Carried, Easing, OfferPath};
use crate::world::{
    Alliance, AllianceChange, AllianceId, FacetId, GuestWindows, LicenceId, Offer, OfferId, PlatformId,
};

impl Resolver<'_> {
    /// The alliances, in the order of the file. What they say of platforms that the
    /// scenario does not use has no effect, which a warning says.
    pub(super) fn alliances(&mut self, calendar: &Calendar) -> IdVec<AllianceId, Alliance> {
        let settings = self.settings;
        settings.alliances.iter().map(|(name, written)| self.alliance(name, written, calendar)).collect()
    }

    fn alliance(&mut self, name: &Name, written: &Written, calendar: &Calendar) -> Alliance {
        self.doubt_dates(name, written, calendar);
        let mut changes = Vec::new();
        for (index, easing) in written.easings().enumerate() {
            changes.extend(self.eased(name, index, easing));
        }
        let platforms: Vec<PlatformId> = written
            .one_plane
            .iter()
            .flatten()
            .filter_map(|platform| self.allied_platform(platform))
            .collect();
        if platforms.len() > 1 {
            changes.push(AllianceChange::OnePlane { platforms });
        }
        for carried in written.carries.iter().flatten() {
            let Some(licence) = self.carried_licence(carried) else { continue };
            let offers = self.needing(licence, carried);
            changes.extend(offers.into_iter().map(|offer| AllianceChange::Portability { licence, offer }));
        }
        for path in written.sells.iter().flatten() {
            let sold = self.offers.enumerate().filter(|(_, offer)| self.is_of_path(offer, path));
            changes.extend(sold.map(|(offer, _)| AllianceChange::Sale { offer }));
        }
        Alliance {
            name: name.text.clone(),
            label: written.label(name).to_owned(),
            from: calendar.at(written.from.value),
            until: written.until.map(|until| calendar.at(until.value)),
            changes,
        }
    }

    /// An alliance that never holds within the horizon is worth a word.
    fn doubt_dates(&mut self, name: &Name, written: &Written, calendar: &Calendar) {
        let (start, end) = (calendar.start(), calendar.end());
        let over = written.until.filter(|until| until.value <= start);
        let (spot, when) = match over {
            Some(until) => (until.spot, "is over before the scenario starts"),
            None if written.from.value >= end => (written.from.spot, "begins after the horizon"),
            None => return,
        };
        self.diagnostics.push(
            Diagnostic::warning(spot, format!("The alliance `{name}` {when}"))
                .note(format!("The horizon goes from {start} to {end}.")),
        );
    }

    fn eased(&mut self, name: &Name, index: usize, easing: &Easing) -> Vec<AllianceChange> {
        let [one, other] = easing.between.as_slice() else { return Vec::new() };
        let ends = [one, other].map(|platform| self.allied_platform(platform));
        let facets: Vec<Option<FacetId>> = match &easing.facet {
            None => vec![None],
            Some(names) => names.iter().filter_map(|facet| self.allied_facet(facet)).map(Some).collect(),
        };
        let path = format!("alliances.{name}.effort.{index}.remains");
        let remains = self.table.stated::<Share>(&path, &easing.remains, Unit::OWN, self.diagnostics);
        let [Some(one), Some(other)] = ends else { return Vec::new() };
        let change = |facet| AllianceChange::Effort { between: [one, other], facet, remains };
        facets.into_iter().map(change).collect()
    }

    /// The platform of this name, if something in the scenario is of it.
    fn allied_platform(&mut self, name: &Name) -> Option<PlatformId> {
        let used = self.platforms.find(|platform| platform.name == name.text);
        if used.is_none() && self.catalog.platforms.declares(name.as_str()) {
            self.diagnostics.push(
                Diagnostic::warning(name.spot, format!("Nothing in the scenario runs on `{name}`"))
                    .note("What an alliance says of it changes nothing."),
            );
        } else if used.is_none() {
            let known: Vec<&str> = self.catalog.platforms.names().collect();
            self.diagnostics.push(unknown(name, "a platform of the catalogue", &known));
        }
        used
    }

    /// The facet of this name. World and catalogue have the same, in the same order.
    fn allied_facet(&mut self, name: &Name) -> Option<FacetId> {
        let place = self.catalog.facets.iter().position(|(facet, _)| facet.text == name.text);
        if place.is_none() {
            let known: Vec<&str> = self.catalog.facets.names().collect();
            self.diagnostics.push(unknown(name, "a respect in which platforms differ", &known));
        }
        place.map(crate::base::ids::Id::from_index)
    }

    /// The licence of this name, of those that something in the scenario needs.
    fn carried_licence(&mut self, carried: &Carried) -> Option<LicenceId> {
        let licence = self.licences.find(|licence| licence.name == carried.licence.text);
        if licence.is_none() {
            let known: Vec<&str> = self.licences.iter().map(|licence| licence.name.as_str()).collect();
            self.diagnostics.push(unknown(&carried.licence, "a licence that anything needs", &known));
        }
        licence
    }

    /// The offers that a path names and that need a licence, for their hosts or for
    /// Windows guests.
    fn needing(&mut self, licence: LicenceId, carried: &Carried) -> Vec<OfferId> {
        let needs = |offer: &Offer| {
            offer.licences.iter().any(|used| used.licence == licence)
                || matches!(offer.windows, GuestWindows::Carried(carried) if carried.licence == licence)
        };
        let of_path = self.offers.enumerate().filter(|(_, offer)| self.is_of_path(offer, &carried.to));
        let found: Vec<OfferId> = of_path.filter(|(_, offer)| needs(offer)).map(|(id, _)| id).collect();
        // An offer that is not there is named by the scenario's own checks.
        if found.is_empty() && self.offers.iter().any(|offer| self.is_of_path(offer, &carried.to)) {
            let Carried { licence, to, .. } = carried;
            self.diagnostics.push(
                Diagnostic::error(to.spot, format!("`{to}` needs no licence `{licence}`"))
                    .note("An alliance carries a licence to hosts that need it, or to offers that Windows guests bring their own to.")
                    .help("Remove this entry, or name the offer that needs the licence."),
            );
        }
        found
    }

    fn is_of_path(&self, offer: &Offer, path: &OfferPath) -> bool {
        match &path.offer {
            Some(_) => offer.name == path.to_string(),
            None => self.sites[offer.site].name == path.site,
        }
    }
}
