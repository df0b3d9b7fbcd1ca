//! What rules say of leaving a provider: who may charge for the data taken out, and
//! within which periods a customer must be let go.
//!
//! Two sorts of rules hold side by side, and the law goes first. The **Data Act**,
//! Regulation (EU) 2023/2854, chapter VI (as summarised by sorena.io, aetos-data.com and
//! fast-lta.de): it applies from 2025-09-12; until 2027-01-12 a provider may charge at
//! most what a switch costs it, from then on nothing. It removes switching charges, of
//! which egress on leaving is one. It removes neither penalties for ending a term early
//! nor the price of data that is exchanged while both are used. **Programmes** of
//! providers (Google 2024-01-11, AWS 2024-03, Azure 2024-03-13) let data go freely under
//! conditions of their own.
//!
//! What applies is judged on the day on which the data leaves.

use jiff::civil::{Date, date};

use super::regions;
use crate::base::units::{SimTime, Span};
use crate::world::{ContractId, ExitRoute, OfferId, PartyId, ProviderId, SiteId, Strategy, World};

/// The Data Act applies from this day on.
pub const DATA_ACT_APPLIES: Date = date(2025, 9, 12);
/// From this day on a provider charges nothing for a switch.
pub const NO_SWITCHING_CHARGES: Date = date(2027, 1, 12);
/// The transition in which a provider must have a customer switched. The customer may
/// extend it once.
pub const TRANSITION: Span = Span::from_days(30);
/// Where thirty days are technically unfeasible the provider may take so many months.
pub const LONGEST_TRANSITION_MONTHS: i32 = 7;

/// What may be charged for a switch from a place in a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchingCharges {
    /// Whatever the tariff says.
    Tariff,
    /// At most what it costs the provider.
    AtCost,
    /// Nothing.
    Nothing,
}

/// What the Data Act lets a provider charge for a switch on a day.
pub fn switching_charges(country: &str, on: Date) -> SwitchingCharges {
    if !regions::in_eea(country) || on < DATA_ACT_APPLIES {
        SwitchingCharges::Tariff
    } else if on < NO_SWITCHING_CHARGES {
        SwitchingCharges::AtCost
    } else {
        SwitchingCharges::Nothing
    }
}

/// A rule under which data leaves for less than the tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitRule {
    /// The European Data Act.
    DataAct,
    /// A programme of a provider: its place among those of [`ExitTerms`](crate::world::ExitTerms).
    Programme(ProviderId, u32),
}

impl ExitRule {
    /// Its name for people, such as `the Data Act`.
    pub fn words(self, world: &World) -> String {
        match self {
            Self::DataAct => "the Data Act".to_owned(),
            Self::Programme(provider, place) => {
                let provider = &world.providers[provider];
                let programme = &provider.exit.programmes[place as usize];
                format!("the {} exit of {}", programme.name, provider.label)
            }
        }
    }
}

/// Data that leaves a site for good.
#[derive(Clone, Copy, Debug)]
pub struct Departure {
    /// The site that it leaves.
    pub from: SiteId,
    /// The site that it reaches.
    pub to: SiteId,
    /// When it leaves.
    pub at: SimTime,
    /// When the customer gave notice and began to leave.
    pub began: SimTime,
    /// What stays with the provider.
    pub account: Account,
    /// By which way it goes.
    pub by: Way,
}

/// What stays with a provider after a departure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// Something: the account stays open.
    Kept,
    /// Nothing: the account is closed.
    Closed,
}

/// By which way data leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// At the tariff of the site: as what goes over the internet.
    Tariff,
    /// Over a circuit that has a price of its own for data.
    Circuit,
}

/// What data that leaves for good is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCharge {
    /// As any other data.
    Tariff,
    /// At most what it costs the provider, by this rule.
    AtCost(ExitRule),
    /// Nothing, by this rule.
    Nothing(ExitRule),
}

/// What data that leaves for good is charged. Between sites of one provider nothing is
/// left, and one's own rooms are nobody's to leave: the tariff, if any, holds.
pub fn egress_on_leaving(world: &World, departure: &Departure) -> ExitCharge {
    let (from, to) = (&world.sites[departure.from], &world.sites[departure.to]);
    if from.provider == to.provider || is_own(world, from.provider) {
        return ExitCharge::Tariff;
    }
    let on = world.calendar.date(departure.at);
    let law = switching_charges(&from.country, on);
    if law == SwitchingCharges::Nothing {
        return ExitCharge::Nothing(ExitRule::DataAct);
    }
    let since_notice = departure.at.since(departure.began);
    let programmes = world.providers[from.provider].exit.programmes.iter();
    let holds = programmes.enumerate().find(|(_, programme)| {
        programme.since.is_none_or(|since| since <= on)
            && programme.window.is_none_or(|window| since_notice <= window)
            && (departure.account == Account::Closed || !programme.asks.leaves_nothing())
            && (departure.by == Way::Tariff || programme.over == ExitRoute::Any)
    });
    match (holds, law) {
        (Some((place, _)), _) => ExitCharge::Nothing(ExitRule::Programme(from.provider, place as u32)),
        (None, SwitchingCharges::AtCost) => ExitCharge::AtCost(ExitRule::DataAct),
        (None, _) => ExitCharge::Tariff,
    }
}

/// Whether a provider is the user: it owns hosts at one of its sites.
fn is_own(world: &World, provider: ProviderId) -> bool {
    world.offers.enumerate().any(|(id, offer)| offer.is_owned() && world.provider_of(id) == provider)
}

/// A period within which a party must be left, or for which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodKind {
    /// The notice of a contract on what the party sells.
    ContractNotice(ContractId),
    /// What is left of the terms that are owed to the party already.
    TermsOwed,
    /// The notice that a provider asks.
    ProviderNotice(ProviderId),
    /// The time in which a programme lets data go freely.
    Programme(ProviderId, u32),
    /// The Data Act's transition.
    Transition,
    /// Its alternative, where thirty days are technically unfeasible.
    LongestTransition,
}

/// A period within which a party must be left, or for which it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period {
    /// Which.
    pub kind: PeriodKind,
    /// How long it lasts.
    pub length: Span,
}

/// A period against the time that leaving takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// The period.
    pub period: Period,
    /// Whether everything that can leave has left within it.
    pub feasible: bool,
}

/// The periods that count when a party is left at `at`, of which `held` says what offers
/// hold something. `owed_until` is when the last term that is owed to the party ends.
pub fn periods(
    world: &World,
    party: PartyId,
    at: SimTime,
    held: &[OfferId],
    owed_until: Option<SimTime>,
) -> Vec<Period> {
    let mut periods = Vec::new();
    for (id, contract) in world.contracts.enumerate() {
        if world.licences[contract.licence].supplier == party {
            periods.push(Period { kind: PeriodKind::ContractNotice(id), length: contract.notice });
        }
    }
    if let Some(until) = owed_until.filter(|until| *until > at) {
        periods.push(Period { kind: PeriodKind::TermsOwed, length: until.since(at) });
    }
    let on = world.calendar.date(at);
    for (id, provider) in world.providers.enumerate() {
        let stands_behind = provider.operator == party || provider.owner == party;
        let holds = held.iter().any(|offer| world.provider_of(*offer) == id);
        if !stands_behind || !holds || is_own(world, id) {
            continue;
        }
        if let Some(length) = provider.exit.notice {
            periods.push(Period { kind: PeriodKind::ProviderNotice(id), length });
        }
        for (place, programme) in provider.exit.programmes.iter().enumerate() {
            if let Some(length) = programme.window.filter(|_| programme.since.is_none_or(|since| since <= on))
            {
                periods.push(Period { kind: PeriodKind::Programme(id, place as u32), length });
            }
        }
    }
    // A switch: data leaves a provider's site in the European Economic Area.
    let switches = held.iter().any(|offer| {
        let site = world.site_of(*offer);
        !is_own(world, site.provider) && regions::in_eea(&site.country)
    });
    if switches && on >= DATA_ACT_APPLIES {
        periods.push(Period { kind: PeriodKind::Transition, length: TRANSITION });
        let months = jiff::Span::new().months(LONGEST_TRANSITION_MONTHS);
        if let Ok(until) = on.checked_add(months) {
            let length = world.calendar.at(until).since(world.calendar.at(on));
            periods.push(Period { kind: PeriodKind::LongestTransition, length });
        }
    }
    periods
}

/// Each period against the time that leaving takes. Where some workload cannot leave, no
/// period is long enough.
pub fn verdicts(periods: Vec<Period>, needed: Span, stranded: u32) -> Vec<Verdict> {
    let judge = |period: Period| Verdict { period, feasible: stranded == 0 && needed <= period.length };
    periods.into_iter().map(judge).collect()
}

/// A technology supplier whom a strategy keeps though the operator changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptSupplier {
    /// The supplier.
    pub supplier: PartyId,
    /// The operator before.
    pub before: PartyId,
    /// The operator afterwards.
    pub after: PartyId,
    /// Workloads for which that is so.
    pub workloads: u32,
}

/// Where a strategy changes the operator and not the supplier: vSphere from one's own
/// hosts to a VMware cloud. In the order of the suppliers and operators.
pub fn kept_suppliers(world: &World, strategy: &Strategy) -> Vec<KeptSupplier> {
    let mut kept: std::collections::BTreeMap<(PartyId, PartyId, PartyId), u32> =
        std::collections::BTreeMap::new();
    for (workload, assignment) in strategy.assignments.enumerate() {
        let Some(to) = assignment.and_then(|assignment| assignment.to) else { continue };
        let from = world.workloads[workload].home;
        let operator = |offer: OfferId| world.providers[world.provider_of(offer)].operator;
        let (before, after) = (operator(from), operator(to));
        let supplier = world.supplier_of(from);
        if before != after && supplier == world.supplier_of(to) && supplier != after {
            *kept.entry((supplier, before, after)).or_default() += 1;
        }
    }
    kept.into_iter()
        .map(|((supplier, before, after), workloads)| KeptSupplier { supplier, before, after, workloads })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Calendar;
    use crate::world::{ExitCondition, FreeExit, fixture};

    fn site(world: &World, name: &str) -> SiteId {
        world.sites.find(|site| site.name == name).expect("the fixture has this site")
    }

    /// The fixture from 2024 on, with what Azure, say, grants.
    fn granting(asks: ExitCondition, over: ExitRoute) -> World {
        let mut world = fixture::world();
        world.calendar = Calendar::new(date(2024, 1, 1), date(2029, 1, 1));
        let provider = world.sites[site(&world, "azure")].provider;
        world.providers[provider].exit.programmes.push(FreeExit {
            name: "free".into(),
            since: Some(date(2024, 3, 13)),
            window: Some(Span::from_days(60)),
            asks,
            over,
            source: "a test".into(),
        });
        world
    }

    /// What data is charged that leaves Azure on a day, so long after notice.
    fn charged(world: &World, on: Date, days: u64, account: Account, by: Way) -> ExitCharge {
        let at = world.calendar.at(on);
        let began = SimTime::from_ns(at.as_ns() - Span::from_days(days).as_ns());
        let (from, to) = (site(world, "azure"), site(world, "paris"));
        egress_on_leaving(world, &Departure { from, to, at, began, account, by })
    }

    #[test]
    fn the_data_act_lets_a_switch_cost_what_it_costs_and_then_nothing() {
        let on = |country: &str, year, month, day| switching_charges(country, date(year, month, day));
        assert_eq!(on("FR", 2025, 9, 11), SwitchingCharges::Tariff);
        assert_eq!(on("FR", 2025, 9, 12), SwitchingCharges::AtCost);
        assert_eq!(on("FR", 2027, 1, 11), SwitchingCharges::AtCost);
        assert_eq!(on("FR", 2027, 1, 12), SwitchingCharges::Nothing);
        assert_eq!(on("NO", 2027, 1, 12), SwitchingCharges::Nothing, "the European Economic Area");
        assert_eq!(on("CH", 2030, 1, 1), SwitchingCharges::Tariff);
        assert_eq!(on("US", 2030, 1, 1), SwitchingCharges::Tariff);
    }

    #[test]
    fn a_programme_holds_from_its_day_for_its_time_and_on_its_conditions() {
        let world = granting(ExitCondition::SubscriptionsCancelled, ExitRoute::Internet);
        let provider = world.sites[site(&world, "azure")].provider;
        let free = ExitCharge::Nothing(ExitRule::Programme(provider, 0));
        let (closed, tariff) = (Account::Closed, Way::Tariff);
        assert_eq!(charged(&world, date(2024, 3, 12), 1, closed, tariff), ExitCharge::Tariff);
        assert_eq!(charged(&world, date(2024, 6, 1), 60, closed, tariff), free);
        assert_eq!(charged(&world, date(2024, 6, 1), 61, closed, tariff), ExitCharge::Tariff);
        assert_eq!(charged(&world, date(2024, 6, 1), 1, Account::Kept, tariff), ExitCharge::Tariff);
        assert_eq!(charged(&world, date(2024, 6, 1), 1, closed, Way::Circuit), ExitCharge::Tariff);
        let easy = granting(ExitCondition::Nothing, ExitRoute::Any);
        assert_eq!(charged(&easy, date(2024, 6, 1), 1, Account::Kept, Way::Circuit), free);
    }

    #[test]
    fn the_law_goes_first_and_covers_what_no_programme_does() {
        let world = granting(ExitCondition::AccountClosed, ExitRoute::PremiumTier);
        let late = |on| charged(&world, on, 61, Account::Kept, Way::Circuit);
        assert_eq!(late(date(2026, 6, 1)), ExitCharge::AtCost(ExitRule::DataAct));
        assert_eq!(late(date(2027, 1, 12)), ExitCharge::Nothing(ExitRule::DataAct));
        let soon = |on| charged(&world, on, 1, Account::Closed, Way::Tariff);
        assert!(matches!(soon(date(2026, 6, 1)), ExitCharge::Nothing(ExitRule::Programme(..))));
        assert_eq!(soon(date(2027, 1, 12)), ExitCharge::Nothing(ExitRule::DataAct));
    }

    #[test]
    fn between_sites_of_one_provider_nothing_is_left() {
        let mut world = granting(ExitCondition::Nothing, ExitRoute::Any);
        let (azure, lyon) = (site(&world, "azure"), site(&world, "lyon"));
        world.sites[lyon].provider = world.sites[azure].provider;
        let at = world.calendar.at(date(2028, 1, 1));
        let departure =
            Departure { from: azure, to: lyon, at, began: at, account: Account::Kept, by: Way::Tariff };
        assert_eq!(egress_on_leaving(&world, &departure), ExitCharge::Tariff);
    }

    #[test]
    fn the_time_needed_is_judged_against_every_period() {
        let mut world = granting(ExitCondition::Nothing, ExitRoute::Any);
        let microsoft = world.parties.find(|party| party.name == "Microsoft").expect("a fixture's party");
        let azure = world.offers.find(|offer| offer.name == "azure/host").expect("a fixture's offer");
        let provider = world.provider_of(azure);
        world.providers[provider].exit.notice = Some(Span::from_days(730));
        let at = world.calendar.at(date(2027, 2, 1));
        let found = periods(&world, microsoft, at, &[azure], Some(at + Span::from_days(400)));
        let needed = Span::from_days(425);
        let verdicts: Vec<_> = verdicts(found, needed, 0)
            .into_iter()
            .map(|verdict| (verdict.period.kind, verdict.period.length.as_days(), verdict.feasible))
            .collect();
        assert_eq!(
            verdicts,
            [
                (PeriodKind::TermsOwed, 400.0, false),
                (PeriodKind::ProviderNotice(provider), 730.0, true),
                (PeriodKind::Programme(provider, 0), 60.0, false),
                (PeriodKind::Transition, 30.0, false),
                // From the first of February to the first of September.
                (PeriodKind::LongestTransition, 212.0, false),
            ]
        );
        // Nothing is held: there is nothing to switch.
        assert!(periods(&world, microsoft, at, &[], None).is_empty());
    }

    #[test]
    fn a_vmware_cloud_changes_the_operator_and_not_the_supplier() {
        let mut world = fixture::world();
        let host = world.offers.find(|offer| offer.name == "azure/host").expect("a fixture's offer");
        let vsphere = world.offers[world.workloads.iter().next().expect("a workload").home].platform;
        let mut strategy = world.strategies.iter().next().expect("a strategy").clone();
        let to = |offer| crate::world::Assignment {
            disposition: crate::world::Disposition::Relocate,
            to: Some(offer),
            method: crate::world::Method::Live,
            tool: None,
            link: None,
        };
        strategy.assignments = crate::base::ids::IdVec::filled(Some(to(host)), world.workloads.len());
        assert!(kept_suppliers(&world, &strategy).is_empty(), "Azure's own stack is Microsoft's");
        world.offers[host].platform = vsphere;
        let [kept] = kept_suppliers(&world, &strategy)[..] else { panic!("one supplier is kept") };
        let name = |party: PartyId| world.parties[party].name.as_str();
        assert_eq!(
            (name(kept.supplier), name(kept.before), name(kept.after), kept.workloads),
            ("Broadcom", "our company", "Microsoft", 4)
        );
    }
}
