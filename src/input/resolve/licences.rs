//! Licences that something in the scenario needs, and the contracts in force.

use super::figures::Unit;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::ids::IdVec;
use crate::base::random::Distribution;
use crate::base::settings::Name;
use crate::base::units::{Calendar, CoreYear, Measure, Once, PricePer, Share, YearlyRate};
use crate::input::catalog::{Count, Figure, Licence as ListedLicence, LicenceKind, Metric, VmsCounted};
use crate::input::scenario::{Contract as WrittenContract, ListPrice, Owned as WrittenOwned};
use crate::world::rules::licences as rules;
use crate::world::rules::portability::Maintenance;
use crate::world::{
    Contract, ContractId, Counting, FigureId, GuestWindows, GuestsCounted, Licence, LicenceId, OfferId,
    OsFamily, Owned, Perpetual, Portability, Renewal, Stacking, Term, WholeHost, Workload, WorkloadId,
};

/// Cores of one pack of a perpetual licence of hosts.
const CORES_PER_PACK: u32 = 16;
/// Cores of one pack of a perpetual licence of guests.
const CORES_PER_SMALL_PACK: u32 = 2;

impl Resolver<'_> {
    /// The licence of this name, if the catalogue has it and the simulation can
    /// count it.
    pub(super) fn licence(&mut self, name: &str) -> Option<LicenceId> {
        if let Some(known) = self.licences.find(|licence| licence.name == name) {
            return Some(known);
        }
        let listed = self.catalog.licences.get(name)?;
        let count = |figure: &Option<Figure<Count>>| {
            figure.as_ref().and_then(|figure| figure.typical()).map_or(0, |count| count.0)
        };
        let pack = listed.counting.pack.as_ref().and_then(|pack| pack.typical()).map(|count| count.0);
        let minimum_per_processor = count(&listed.counting.minimum_per_processor);
        let (counting, price, perpetual) = match (listed.counting.metric, listed.kind, pack) {
            (Metric::Core, LicenceKind::Subscription, None) => {
                let minimum_per_order = count(&listed.counting.minimum_per_order);
                let counting = Counting::Core { minimum_per_processor, minimum_per_order };
                let price = self.table.listed_as_quantity::<Measure, PricePer<CoreYear>>(
                    &listed.price,
                    Unit::OWN,
                    self.diagnostics,
                );
                (counting, price, None)
            }
            (Metric::Core, LicenceKind::Perpetual, Some(CORES_PER_PACK)) => {
                let of = match listed.counting.vms_counted {
                    VmsCounted::Windows => GuestsCounted::Windows,
                    VmsCounted::All => GuestsCounted::All,
                };
                let guests = listed
                    .counting
                    .vms_per_licensing
                    .as_ref()
                    .map(|_| count(&listed.counting.vms_per_licensing));
                let counting = Counting::SixteenCorePack {
                    minimum_per_processor,
                    minimum_per_host: count(&listed.counting.minimum_per_host),
                    stacking: guests.map(|guests| Stacking { guests, of }),
                };
                let (price, perpetual) = self.perpetual(name, listed);
                (counting, price, Some(perpetual))
            }
            (Metric::Vcpu, LicenceKind::Perpetual, Some(CORES_PER_SMALL_PACK)) => {
                let minimum = listed.counting.whole_host.as_ref().map(|_| count(&listed.counting.whole_host));
                let counting = Counting::VirtualCore {
                    minimum_per_guest: count(&listed.counting.minimum_per_vm),
                    whole_host: minimum.map(|minimum_per_processor| WholeHost { minimum_per_processor }),
                };
                let (price, perpetual) = self.perpetual(name, listed);
                (counting, price, Some(perpetual))
            }
            _ => return None,
        };
        let supplier = self.party(listed.supplier.as_str());
        Some(self.licences.push(Licence {
            name: name.to_owned(),
            label: listed.label.clone(),
            supplier,
            counting,
            price,
            perpetual,
        }))
    }

    /// What a pack of a licence costs, and how it is held.
    fn perpetual(&mut self, name: &str, listed: &ListedLicence) -> (FigureId, Perpetual) {
        let price = self.table.listed_as_quantity::<Measure, PricePer<Once>>(
            &listed.price,
            Unit::OWN,
            self.diagnostics,
        );
        let assurance = match (self.held(name).by, &listed.assurance) {
            (Maintenance::Nothing, _) => None,
            (_, Some(assurance)) => {
                Some(self.table.listed::<YearlyRate>(assurance, Unit::OWN, self.diagnostics))
            }
            (_, None) => Some(self.table.assumed(
                "licences.no-assurance",
                "%/year",
                Distribution::Fixed(0.0),
                "the catalogue knows of no yearly maintenance",
            )),
        };
        (price, Perpetual { owned: Owned::AsNeeded, assurance })
    }

    /// The licence of this name; for a family, the one of that family that a
    /// contract holds.
    pub(super) fn licence_or_family(&mut self, name: &Name) -> Option<LicenceId> {
        if self.catalog.licences.declares(name.as_str()) {
            let licence = self.licence(name.as_str());
            if licence.is_none() {
                self.diagnostics
                    .push(Diagnostic::error(name.spot, format!("`{name}` cannot be counted on hosts")).note(
                    "Licences per core of hosts can be simulated: by subscription, or in packs of 16 cores.",
                ));
            }
            return licence;
        }
        let of_family = |licence: &str| {
            self.catalog.licences.get(licence).is_some_and(|licence| licence.family.as_str() == name.as_str())
        };
        let held = self
            .settings
            .contracts
            .iter()
            .map(|(_, contract)| contract.licence.text.clone())
            .find(|licence| of_family(licence));
        if let Some(held) = held {
            return self.licence(&held);
        }
        let members: Vec<&str> = self
            .catalog
            .licences
            .iter()
            .filter(|(_, licence)| licence.family.as_str() == name.as_str())
            .map(|(name, _)| name.as_str())
            .collect();
        if members.is_empty() {
            let known: Vec<&str> = self.catalog.licences.names().collect();
            self.diagnostics.push(unknown(name, "a licence of the catalogue", &known));
        } else {
            let licences = crate::base::diagnostics::one_of(members.iter().copied());
            self.diagnostics.push(
                Diagnostic::error(name.spot, format!("No contract holds a `{name}` licence for these hosts"))
                    .note(format!("A contract for {licences} would cover them."))
                    .help(format!(
                        "Add `contracts: {{{name}: {{licence: {}, price: 45 EUR/core-year, ends: 2028-03-31, renewal: {{}}}}}}`, with your own figures.",
                        members[0]
                    )),
            );
        }
        None
    }

    /// The contracts in force at the start.
    pub(super) fn contracts(&mut self, calendar: &Calendar) -> IdVec<ContractId, Contract> {
        let settings = self.settings;
        let mut contracts = IdVec::new();
        for (name, written) in settings.contracts.iter() {
            self.table.needed_by = (format!("The contract `{name}`"), Some(name.spot));
            if !self.catalog.licences.declares(written.licence.as_str()) {
                let known: Vec<&str> = self.catalog.licences.names().collect();
                self.diagnostics.push(unknown(&written.licence, "a licence of the catalogue", &known));
                continue;
            }
            if let Some(contract) = self.contract(name, written, calendar) {
                contracts.push(contract);
            }
        }
        contracts
    }

    fn contract(&mut self, name: &Name, written: &WrittenContract, calendar: &Calendar) -> Option<Contract> {
        let licence = self.licence_or_family(&written.licence)?;
        if self.licences[licence].perpetual.is_some() {
            self.diagnostics.push(
                Diagnostic::error(
                    written.licence.spot,
                    format!("`{}` is bought once, not by contract", written.licence),
                )
                .help(format!(
                    "Say how many packs are owned: `licences: {{{}: {{owned: all}}}}`.",
                    written.licence
                )),
            );
            return None;
        }
        let path = format!("contracts.{name}");
        let price = self.table.stated(&format!("{path}.price"), &written.price, Unit::OWN, self.diagnostics);
        let listed = self.licences[licence].price;
        let renewal = &written.renewal;
        let renewal_price = match &renewal.price {
            ListPrice::List => listed,
            ListPrice::Offered(price) => {
                self.table.stated(&format!("{path}.renewal.price"), price, Unit::OWN, self.diagnostics)
            }
        };
        let discount = match &renewal.discount {
            Some(discount) => self.table.stated::<Share>(
                &format!("{path}.renewal.discount"),
                discount,
                Unit::OWN,
                self.diagnostics,
            ),
            None => self.table.assumed(
                &format!("{path}.renewal.discount"),
                "%",
                Distribution::Fixed(0.0),
                "no discount is stated",
            ),
        };
        let late_surcharge =
            match (&renewal.late_surcharge, self.catalog.licences.get(written.licence.as_str())) {
                (Some(share), _) => Some(self.table.stated::<Share>(
                    &format!("{path}.renewal.late_surcharge"),
                    share,
                    Unit::OWN,
                    self.diagnostics,
                )),
                (None, Some(listed)) => listed
                    .late_surcharge
                    .as_ref()
                    .map(|share| self.table.listed::<Share>(share, Unit::OWN, self.diagnostics)),
                (None, None) => None,
            };
        let mut terms: Vec<Term> =
            renewal.terms.iter().map(|term| Term { years: term.value.years }).collect();
        terms.sort_unstable();
        terms.dedup();
        if terms.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(renewal.spot, format!("The contract `{name}` has no term on sale"))
                    .help("Write `terms: [1 year, 3 years]`."),
            );
            return None;
        }
        // Its last day is covered: it ends when the next one begins.
        let ends = written.ends.value.tomorrow().unwrap_or(written.ends.value);
        if ends <= calendar.start() {
            self.diagnostics.push(
                Diagnostic::error(
                    written.ends.spot,
                    format!("The contract `{name}` has ended before the start"),
                )
                .label(format!("the scenario starts on {}", calendar.start()))
                .help("Remove the contract, or give the end of the one that runs now."),
            );
        }
        let cores = written.cores.unwrap_or_else(|| self.cores_at_start(licence));
        Some(Contract {
            name: name.text.clone(),
            licence,
            cores,
            price: self.table.charged(&format!("{path}.price"), price),
            ends: calendar.at(ends),
            notice: written.notice.span(),
            renewal: Renewal { price: renewal_price, discount, terms, late_surcharge },
        })
    }

    /// The cores that the user's hosts at the start count for, by the licence's rule.
    pub(super) fn cores_at_start(&self, licence: LicenceId) -> u32 {
        let counting = self.licences[licence].counting;
        let needing = self.offers.iter().filter(|offer| {
            offer
                .licences
                .iter()
                .any(|used| used.licence == licence && used.needs_portability == Portability::OnPremises)
        });
        needing
            .filter_map(|offer| offer.hosts())
            .map(|hosts| rules::counted_cores(counting, &hosts.shape, hosts.initial))
            .sum()
    }

    /// Says how many packs of each perpetual licence are owned: as many as the
    /// scenario says, else as the hosts at the start need, which is what their
    /// owner must have.
    pub(super) fn own_packs(&mut self, workloads: &IdVec<WorkloadId, Workload>) {
        for (name, _) in self.settings.licences.iter() {
            match self.licence(name.as_str()) {
                Some(id) if self.licences[id].perpetual.is_some() => {}
                Some(_) => self.diagnostics.push(
                    Diagnostic::error(name.spot, format!("`{name}` is a subscription, which nobody owns"))
                        .help("State it under `contracts:`."),
                ),
                None if self.catalog.licences.declares(name.as_str()) => self
                    .diagnostics
                    .push(Diagnostic::error(name.spot, format!("`{name}` cannot be counted on hosts"))),
                None => {
                    let known: Vec<&str> = self.catalog.licences.names().collect();
                    self.diagnostics.push(unknown(name, "a licence of the catalogue", &known));
                }
            }
        }
        for id in self.licences.ids() {
            let counting = self.licences[id].counting;
            let written = self.settings.licences.get(&self.licences[id].name).map(|licence| licence.owned);
            let owned = match written {
                Some(WrittenOwned::Packs(packs)) => Owned::Cores(packs * counting.cores_per_pack()),
                // Which guests are on which host only the simulation knows.
                Some(WrittenOwned::All) | None if counting.counts_guests() => Owned::AsNeeded,
                Some(WrittenOwned::All) | None => Owned::Cores(self.cores_owned_at_start(id, workloads)),
            };
            if let Some(perpetual) = &mut self.licences[id].perpetual {
                perpetual.owned = owned;
            }
        }
    }

    fn cores_owned_at_start(&self, licence: LicenceId, workloads: &IdVec<WorkloadId, Workload>) -> u32 {
        let counting = self.licences[licence].counting;
        let has_windows = |offer: OfferId| {
            workloads.iter().any(|workload| workload.home == offer && workload.os == OsFamily::Windows)
        };
        let mut cores = 0;
        for (id, offer) in self.offers.enumerate() {
            let Some(hosts) = offer.hosts().filter(|hosts| hosts.initial > 0) else { continue };
            let installed = offer.licences.iter().any(|used| used.licence == licence);
            let carried =
                matches!(offer.windows, GuestWindows::Carried(carried) if carried.licence == licence);
            if installed || carried && has_windows(id) {
                cores += rules::host_cores(counting, &hosts.shape, 0) * hosts.initial;
            }
        }
        cores
    }

    /// Hosts whose subscription no contract covers would run for nothing.
    pub(super) fn covered(&mut self, contracts: &IdVec<ContractId, Contract>) {
        for (id, licence) in self.licences.enumerate() {
            if licence.perpetual.is_some() || contracts.iter().any(|contract| contract.licence == id) {
                continue;
            }
            let offers: Vec<&str> = self
                .offers
                .iter()
                .filter(|offer| offer.licences.iter().any(|used| used.licence == id))
                .map(|offer| offer.name.as_str())
                .collect();
            if !offers.is_empty() {
                let name = &licence.name;
                self.diagnostics.push(
                    Diagnostic::error(None, format!("No contract covers the licence `{name}`"))
                        .note(format!("The hosts of {} need it.", offers.join(" and ")))
                        .help(format!(
                            "Add a contract for it: `contracts: {{{name}: {{licence: {name}, price: 350 USD/core-year, ends: 2028-03-31, renewal: {{}}}}}}`, with your own figures."
                        )),
                );
            }
        }
    }
}
