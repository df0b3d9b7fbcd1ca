//! Licences of guests at an offer: Windows and what else runs in machines, carried
//! where the terms allow it, paid in the price where they do not and it is sold.

use super::figures::Unit;
use super::offers::Written;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::settings::Name;
use crate::base::units::{PricePer, UnitPrice, VcpuHour};
use crate::input::catalog::{self, Licence};
use crate::input::estate::Machine;
use crate::input::scenario::{
    Maintenance as WrittenMaintenance, Offer as WrittenOffer, Windows as WrittenWindows,
};
use crate::world::rules::portability::{
    self, Bought, Carriage, Held, Host, Maintenance, NotCarried, Place, Requirement, Tenancy,
};
use crate::world::{Carried, Counting, GuestSoftware, GuestWindows, LicenceId, LicenceUse, SoftwareTerms};

/// The licence of Windows guests where nothing else is said.
pub(super) const WINDOWS: &str = "windows-datacenter";
/// The day from which Listed Providers take no licence that was bought.
const OCTOBER_2019: jiff::civil::Date = jiff::civil::date(2019, 10, 1);
/// One's own hosts.
const HOME: Place = Place { host: Host::Own, tenancy: Tenancy::Dedicated };

impl Resolver<'_> {
    /// The licences of the estate's rules on software, which are counted by virtual core.
    pub(super) fn resolve_software(&mut self) {
        let settings = self.settings;
        for rule in &settings.estate.software {
            let name = &rule.licence;
            self.table.needed_by = (format!("The software `{name}`"), Some(name.spot));
            let licence = self.licence(name.as_str());
            let by_core = licence
                .filter(|licence| matches!(self.licences[*licence].counting, Counting::VirtualCore { .. }));
            if by_core.is_none() {
                let known: Vec<&str> = self
                    .catalog
                    .licences
                    .iter()
                    .filter(|(_, licence)| licence.counting.metric == catalog::Metric::Vcpu)
                    .map(|(name, _)| name.as_str())
                    .collect();
                self.diagnostics.push(unknown(name, "a licence that counts virtual cores", &known));
            }
            let matches =
                |machine: &Machine| rule.r#match.as_ref().is_none_or(|pattern| pattern.matches(machine));
            if !self.estate.machines.iter().any(matches) {
                self.diagnostics.push(
                    Diagnostic::warning(rule.spot, format!("No machine runs `{name}` by this rule"))
                        .help("Check its `match`."),
                );
            }
            self.software.push(by_core);
        }
    }

    /// The licences of the software in a machine, each once.
    pub(super) fn software_in(&self, machine: &Machine) -> Vec<LicenceId> {
        let rules = self.settings.estate.software.iter().zip(&self.software);
        let mut found: Vec<LicenceId> = rules
            .filter(|(rule, _)| rule.r#match.as_ref().is_none_or(|pattern| pattern.matches(machine)))
            .filter_map(|(_, licence)| *licence)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How software of guests is licensed at an offer, of the catalogue or of one's own:
    /// by the price that the scenario states; else carried; else by the price that its
    /// seller includes, which is asked of the user where nobody publishes it.
    pub(super) fn software_of(
        &mut self,
        written: Written<'_>,
        listed: Option<(&catalog::Provider, &catalog::Offer)>,
    ) -> Vec<GuestSoftware> {
        for (name, _) in written.offer.software.iter() {
            if !self.catalog.licences.declares(name.as_str()) {
                let known: Vec<&str> = self.catalog.licences.names().collect();
                self.diagnostics.push(unknown(name, "a licence of the catalogue", &known));
            }
        }
        let mut licences: Vec<LicenceId> = self.software.iter().flatten().copied().collect();
        licences.sort_unstable();
        licences.dedup();
        licences
            .into_iter()
            .map(|licence| GuestSoftware { licence, terms: self.software_terms(written, listed, licence) })
            .collect()
    }

    fn software_terms(
        &mut self,
        written: Written<'_>,
        listed: Option<(&catalog::Provider, &catalog::Offer)>,
        licence: LicenceId,
    ) -> SoftwareTerms {
        let name = self.licences[licence].name.clone();
        let path = format!("{}.software.{name}", written.path());
        if let Some(price) = written.offer.software.get(&name) {
            let figure = self.table.stated(&path, price, Unit::OWN, self.diagnostics);
            return SoftwareTerms::Included(self.table.charged(&path, figure));
        }
        let known = self.known_licence(&name);
        let place = listed.map_or(HOME, |(provider, offer)| provider.place_for(offer.kind, known));
        let terms = known.portability_terms();
        let reason = match portability::carry(terms, self.held(&name), place) {
            Ok(carriage) => return SoftwareTerms::Carried(carried(licence, carriage)),
            Err(reason) => reason,
        };
        match listed.and_then(|(_, offer)| offer.software.get(&name)) {
            Some(price) => {
                let figure = self.table.listed_as_quantity::<UnitPrice, PricePer<VcpuHour>>(
                    price,
                    Unit::OWN,
                    self.diagnostics,
                );
                SoftwareTerms::Included(self.table.charged(&path, figure))
            }
            None => SoftwareTerms::Refused(reason.to_string()),
        }
    }

    /// How Windows guests are licensed at an offer of the catalogue: as the scenario
    /// says; else carried where the user's licences, as they are held, count; else in the
    /// price where it is sold.
    pub(super) fn windows_of(
        &mut self,
        written: Written<'_>,
        provider: &catalog::Provider,
        listed: &catalog::Offer,
        used: &[LicenceUse],
    ) -> GuestWindows {
        let rule = &listed.windows;
        let carried = self.windows_carried(written, provider, listed, used);
        let choice = written.offer.windows.unwrap_or(match &carried {
            Some((_, Ok(_))) => WrittenWindows::Carried,
            _ if rule.included.is_some() => WrittenWindows::Included,
            _ => WrittenWindows::Refused,
        });
        match choice {
            WrittenWindows::Refused => GuestWindows::Refused,
            WrittenWindows::Carried => match carried {
                Some((carried, judged)) => {
                    if let Err(reason) = judged {
                        self.diagnostics.push(
                            Diagnostic::warning(
                                written.name.spot,
                                format!(
                                    "Windows licences of your own may not count at `{}`",
                                    written.full_name()
                                ),
                            )
                            .note(format!("As they are held, {reason}."))
                            .help("Say how they are held under `licences:`, or write `windows: included`."),
                        );
                    }
                    GuestWindows::Carried(carried)
                }
                None => GuestWindows::Refused,
            },
            WrittenWindows::Included => match &rule.included {
                Some(price) => {
                    let figure = self.table.listed::<UnitPrice>(price, Unit::OWN, self.diagnostics);
                    let path = format!("{}.windows", written.path());
                    GuestWindows::Included(self.table.charged(&path, figure))
                }
                None => {
                    self.diagnostics.push(
                        Diagnostic::error(
                            written.name.spot,
                            format!("`{}` does not sell Windows licences in its price", written.full_name()),
                        )
                        .help("Write `windows: carried` or `windows: refused`."),
                    );
                    GuestWindows::Refused
                }
            },
        }
    }

    /// How one's own Windows licence would be used at an offer, and whether it may be:
    /// the offer says what it asks, the table of portability the rest.
    fn windows_carried(
        &mut self,
        written: Written<'_>,
        provider: &catalog::Provider,
        listed: &catalog::Offer,
        used: &[LicenceUse],
    ) -> Option<(Carried, Result<(), NotCarried>)> {
        let licence = self.windows_licence(written.offer, used, listed.windows.licence.as_ref())?;
        let name = self.licences[licence].name.clone();
        let known = self.known_licence(&name);
        let (terms, place) = (known.portability_terms(), provider.place_for(listed.kind, known));
        let held = self.held(&name);
        let judged = portability::carry_if(listed.windows.carry.requirement(), terms, held, place);
        let anyway = portability::carry_if(Requirement::Any, terms, held, place).ok()?;
        Some((carried(licence, judged.unwrap_or(anyway)), judged.map(|_| ())))
    }

    /// The licence of Windows guests at an offer: the one that the scenario names; else
    /// the one of its hosts; else the catalogue's.
    pub(super) fn windows_licence(
        &mut self,
        written: &WrittenOffer,
        used: &[LicenceUse],
        listed: Option<&Name>,
    ) -> Option<LicenceId> {
        let family = self.known_licence(WINDOWS).family.text.clone();
        let is_windows = |licence: &str| {
            self.catalog.licences.get(licence).is_some_and(|known| known.family.as_str() == family)
        };
        if let Some(name) = &written.windows_licence {
            if is_windows(name.as_str())
                && let Some(licence) = self.licence(name.as_str())
                && self.licences[licence].perpetual.is_some()
            {
                return Some(licence);
            }
            let names = self.catalog.licences.iter().filter(|(_, known)| {
                known.family.as_str() == family && known.kind == catalog::LicenceKind::Perpetual
            });
            let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
            self.diagnostics.push(unknown(name, "a licence of Windows guests", &names));
            return None;
        }
        let of_hosts = used.iter().map(|used| used.licence).find(|licence| {
            self.licences[*licence].perpetual.is_some() && is_windows(&self.licences[*licence].name)
        });
        of_hosts.or_else(|| self.licence(listed.map_or(WINDOWS, Name::as_str)))
    }

    /// A licence of one's own on one's own hosts.
    pub(super) fn carried_at_home(&self, licence: LicenceId) -> Carried {
        let name = &self.licences[licence].name;
        let terms = self.known_licence(name).portability_terms();
        let carriage = portability::carry(terms, self.held(name), HOME);
        carried(licence, carriage.expect("any licence counts on its owner's hosts"))
    }

    /// How a perpetual licence is held: with maintenance and bought of late, unless the
    /// scenario says otherwise.
    pub(super) fn held(&self, licence: &str) -> Held {
        let written = self.settings.licences.get(licence);
        let by = match written.map(|written| written.maintenance) {
            Some(WrittenMaintenance::Nothing) => Maintenance::Nothing,
            Some(WrittenMaintenance::Assurance) | None => Maintenance::Assurance,
        };
        let bought = match written.and_then(|written| written.bought) {
            Some(day) if day < OCTOBER_2019 => Bought::BeforeOctober2019,
            _ => Bought::Since,
        };
        Held { by, bought }
    }

    fn known_licence(&self, name: &str) -> &Licence {
        self.catalog.licences.get(name).expect("only licences of the catalogue are resolved")
    }
}

fn carried(licence: LicenceId, carriage: Carriage) -> Carried {
    Carried { licence, counted: carriage.counted, dual_use: carriage.dual_use }
}
