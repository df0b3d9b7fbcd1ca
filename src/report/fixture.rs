//! A small estate with results made by hand, for the tests of the report: two own
//! sites, a public cloud and a sovereign one; one strategy stays, two leave.
//!
//! Amounts are plausible so that the pictures can be judged, but nothing here is
//! simulated: charges fall on every month and moves on every second Saturday.

use indexmap::IndexMap;
use jiff::civil::date;

use crate::base::ids::{Id, IdVec};
use crate::base::random::Distribution;
use crate::base::units::{Bandwidth, Bytes, Calendar, Currency, Money, Quantity, SimTime, Span};
use crate::scoring::{Component, Components, ExitOutcome, GateViolation, PartyExit, Scorer};
use crate::simulation::journal::{
    Binding, Category, Charge, Decision, Entry, Journal, Meter, Move, MoveOutcome, Nature, Outage,
    OutageCause, Receiver, Waived,
};
use crate::study::{BrokenLimit, Curves, ExitRehearsals, Path, Relief, Results, StrategyResults, Summary};
use crate::world::rules::exit::{self, ExitRule, Period, PeriodKind};
use crate::world::*;

const WORKLOADS: usize = 120;
const APPLICATIONS: usize = 30;
const REPLICATIONS: usize = 100;

/// The world and results of the fixture.
pub(crate) fn fixture() -> (World, Results) {
    let world = world();
    let results = results(&world);
    (world, results)
}

struct Book {
    figures: IdVec<FigureId, Figure>,
}

impl Book {
    fn published(&mut self, name: &str, unit: &str, currency: Currency, value: f64) -> FigureId {
        self.figures.push(Figure {
            name: name.to_owned(),
            unit: unit.to_owned(),
            currency: Some(currency),
            quantile: Distribution::Fixed(value).tabulate().expect("a number is a distribution"),
            provenance: Provenance::Published {
                source: format!("Price list of the maker, \"{name}\""),
                date: "2026-06".to_owned(),
                confidence: 'A',
            },
        })
    }

    fn assumed(&mut self, name: &str, unit: &str, [low, mode, high]: [f64; 3]) -> FigureId {
        self.figures.push(Figure {
            name: name.to_owned(),
            unit: unit.to_owned(),
            currency: unit.starts_with("EUR").then_some(Currency::EUR),
            quantile: Distribution::Pert { low, mode, high }
                .tabulate()
                .expect("the fixture's ranges are in order"),
            provenance: Provenance::Assumption {
                reason: "no figure is published; consultants' range".to_owned(),
            },
        })
    }
}

fn party(name: &str, jurisdiction: &str) -> Party {
    let (key, jurisdiction) = (name.to_lowercase(), jurisdiction.to_owned());
    Party { key, name: name.to_owned(), jurisdiction, holders: None }
}

fn world() -> World {
    let mut book = Book { figures: IdVec::new() };
    let discount_rate = book.assumed("discount_rate", "%/year", [0.07, 0.07, 0.07]);
    let dollar = book.published("exchange.USD", "EUR/USD", Currency::EUR, 0.8645);
    let core_year = book.published("licences.vcf", "USD/core-year", Currency::USD, 350.0);
    let old_price = book.published("contracts.vmware.price", "EUR/core-year", Currency::EUR, 45.0);
    let discount = book.assumed("uncertain.vcf_discount", "%", [0.0, 0.30, 0.47]);
    let host_price = book.assumed("hardware.host", "EUR/host", [18_000.0, 24_000.0, 36_000.0]);
    let watts = book.assumed("hardware.watts", "W", [300.0, 420.0, 600.0]);
    let electricity = book.assumed("operations.electricity", "EUR/kWh", [0.11, 0.15, 0.22]);
    let instance = book.published("azure.d4s_v5", "USD/h", Currency::USD, 0.2304);
    let sovereign = book.published("outscale.tinav6", "EUR/h", Currency::EUR, 0.2512);
    let storage = book.published("azure.disk", "USD/GiB-month", Currency::USD, 0.0768);
    let engineer = book.assumed("migration.rate", "EUR/h", [70.0, 95.0, 140.0]);
    let administrator = book.assumed("operations.administrator", "EUR/year", [65_000.0, 78_000.0, 95_000.0]);
    let arrays = book.assumed("services.arrays", "EUR/month", [3_000.0, 4_200.0, 6_000.0]);
    let circuit = book.assumed("links.circuit", "EUR/month", [1_200.0, 1_800.0, 3_000.0]);
    let share = book.assumed("operations.share", "%", [0.01, 0.02, 0.04]);

    let parties: IdVec<PartyId, Party> = vec![
        party("Own organisation", "FR"),
        party("Microsoft", "US"),
        party("Broadcom", "US"),
        party("3DS Outscale", "FR"),
    ]
    .into();
    let [own, microsoft, broadcom, outscale] = [0, 1, 2, 3].map(PartyId::from_index);
    let facets: IdVec<FacetId, Facet> = [
        ("network", FacetGroup::Transport),
        ("disk-format", FacetGroup::Syntactic),
        ("drivers", FacetGroup::Behavioural),
    ]
    .into_iter()
    .map(|(name, group)| Facet {
        name: name.to_owned(),
        group,
        hours_per_vm: share,
        hours_per_application: share,
        hours_per_estate: share,
        cutover_minutes: share,
    })
    .collect();
    let platform = |name: &str, label: &str, supplier| Platform {
        name: name.to_owned(),
        label: label.to_owned(),
        supplier,
        management_plane: name.to_owned(),
        values: vec![name.to_owned(); 3].into(),
    };
    let platforms = vec![
        platform("vsphere", "VMware vSphere", broadcom),
        platform("hyper-v", "Hyper-V with System Center", microsoft),
        platform("azure", "Azure", microsoft),
        platform("tina", "3DS Outscale TINA", outscale),
    ]
    .into();
    let profile = |basis: &str| Profile { answers: vec![Some(1)], basis: basis.to_owned() };
    let provider = |name: &str, label: &str, operator| Provider {
        name: name.to_owned(),
        label: label.to_owned(),
        operator,
        owner: operator,
        profile: profile("public documents read by the authors; an assumption"),
        exit: ExitTerms::default(),
    };
    let providers: IdVec<ProviderId, Provider> = vec![
        provider("own", "Own", own),
        provider("azure", "Microsoft Azure", microsoft),
        provider("outscale", "3DS Outscale", outscale),
    ]
    .into();
    let site = |name: &str, provider, region: &str, role, storage| Site {
        name: name.to_owned(),
        provider: ProviderId::from_index(provider),
        region: region.to_owned(),
        country: "FR".to_owned(),
        role,
        storage,
        egress: None,
        services: vec![Service {
            name: "arrays, \"tier 1\"".to_owned(),
            kind: ServiceKind::Storage,
            basis: Basis::Month,
            spend: Vec::new(),
            price: arrays,
            committed_until: None,
            book_value: None,
        }],
    };
    let sites: IdVec<SiteId, Site> = vec![
        site("paris", 0, "paris", SiteRole::Main, None),
        site("lyon", 0, "lyon", SiteRole::DisasterRecovery, None),
        site("azure", 1, "francecentral", SiteRole::Main, Some(Tariff::flat(storage))),
        site("trusted", 2, "cloudgouv-eu-west-1", SiteRole::Main, Some(Tariff::flat(storage))),
    ]
    .into();
    let owned = |name: &str, site, platform| Offer {
        name: name.to_owned(),
        site: SiteId::from_index(site),
        kind: OfferKind::OwnedHosts,
        platform: PlatformId::from_index(platform),
        capacity: Capacity::Hosts(HostOffer {
            shape: HostShape { sockets: 2, cores: 32, vcpus: 128, memory: Bytes::from_gib(512) },
            initial: 6,
            unit: 1,
            minimum: 0,
            spare: 1,
            maximum: None,
            price: HostPrice::Owned(OwnedHardware {
                price: host_price,
                life: Span::from_days(6 * 365),
                replace_at: SimTime::START + Span::from_days(900),
                book_value: None,
                residual: None,
                watts,
            }),
            storage_included: Bytes::ZERO,
            reuses: None,
            placement: Placement::default(),
            levelling: None,
        }),
        licences: vec![],
        windows: GuestWindows::Refused,
        software: Vec::new(),
        service_level: None,
        certifications: vec![],
        gaia_x: None,
        provides: vec![],
        profile: None,
    };
    let shared = |name: &str, site, platform, sku: &str, per_hour| Offer {
        capacity: Capacity::Skus(vec![Sku {
            name: sku.to_owned(),
            vcpus: 4,
            memory: Bytes::from_gib(16),
            per_hour,
        }]),
        kind: OfferKind::Instances,
        ..owned(name, site, platform)
    };
    let offers: IdVec<OfferId, Offer> = vec![
        owned("paris/vsphere", 0, 0),
        owned("lyon/vsphere", 1, 0),
        owned("paris/hyper-v", 0, 1),
        shared("azure/instances", 2, 2, "D4s v5", instance),
        shared("trusted/instances", 3, 3, "tinav6.c4r16p2", sovereign),
    ]
    .into();
    let applications: IdVec<ApplicationId, Application> = (0..APPLICATIONS)
        .map(|number| Application {
            name: if number == 0 { "erp, finance".to_owned() } else { format!("app-{number:02}") },
            data_class: DataClassId::from_index(usize::from(number < 6)),
            downtime_per_hour: None,
            dependencies: vec![],
            uses: vec![],
        })
        .collect();
    let entity = book.figures[discount_rate].entity();
    let workloads: IdVec<WorkloadId, Workload> = (0..WORKLOADS)
        .map(|number| Workload {
            name: format!("srv-{number:03}"),
            entity,
            application: ApplicationId::from_index(number % APPLICATIONS),
            home: OfferId::from_index(usize::from(number % 4 == 3)),
            power: Power::On,
            vcpus: 4,
            memory: Bytes::from_gib(16),
            disk: Bytes::from_gib(120 + 7 * number as u64),
            disks: vec![Bytes::from_gib(120 + 7 * number as u64)],
            datastore: None,
            cpu_use: None,
            memory_use: None,
            os: OsFamily::Linux,
            software: vec![],
            excluded: MethodSet::NONE,
            extra_hours: vec![],
        })
        .collect();
    let calendar = Calendar::new(date(2027, 1, 1), date(2032, 1, 1));
    let licence = Licence {
        name: "vcf".to_owned(),
        label: "VMware Cloud Foundation".to_owned(),
        supplier: broadcom,
        counting: Counting::Core { minimum_per_processor: 16, minimum_per_order: 72 },
        price: core_year,
        perpetual: None,
    };
    let contract = Contract {
        name: "vmware".to_owned(),
        licence: LicenceId::from_index(0),
        cores: 1_536,
        price: old_price,
        ends: calendar.at(date(2028, 4, 1)),
        notice: Span::from_days(90),
        renewal: Renewal {
            price: core_year,
            discount,
            terms: vec![Term { years: 1 }, Term { years: 3 }],
            late_surcharge: None,
        },
    };
    let assign = |to: &dyn Fn(&Workload) -> Option<usize>| -> IdVec<WorkloadId, Option<Assignment>> {
        workloads
            .iter()
            .map(|workload| {
                to(workload).map(|offer| Assignment {
                    disposition: Disposition::Rehost,
                    to: Some(OfferId::from_index(offer)),
                    method: Method::Conversion,
                    tool: Some(ToolId::from_index(0)),
                    link: None,
                })
            })
            .collect()
    };
    let strategy = |name: &str, label: &str, assignments, choice| Strategy {
        name: name.to_owned(),
        label: label.to_owned(),
        assignments,
        schedule: Schedule {
            start: calendar.at(date(2027, 2, 1)),
            interval: Span::from_days(14),
            wave_sizes: vec![5, 10, 20],
            weekly: None,
        },
        contracts: vec![choice].into(),
        consolidations: vec![],
        commitments: vec![],
    };
    let renew = ContractChoice::Renew(Term { years: 3 });
    let strategies = vec![
        strategy("renew", "Renew as is", assign(&|_| None), renew),
        strategy("hyper-v", "Hyper-V on the same hosts", assign(&|_| Some(2)), ContractChoice::Leave),
        strategy(
            "sovereign-first",
            "Sovereign first, the rest public",
            assign(&|workload| Some(if workload.application.index() < 6 { 4 } else { 3 })),
            ContractChoice::Leave,
        ),
    ]
    .into();
    World {
        usage: None,
        name: "report-fixture".to_owned(),
        description: "A VMware contract ends in March 2028. Renew, change hypervisor, or leave?".to_owned(),
        currency: Currency::EUR,
        discount_rate,
        formulas: Vec::new(),
        exchange: vec![(Currency::USD, dollar)],
        parties,
        facets,
        platforms,
        providers,
        sites,
        offers,
        placement: PlacementRules::default(),
        links: vec![Link {
            name: "paris-azure".to_owned(),
            between: [SiteId::from_index(0), SiteId::from_index(2)],
            bandwidth: Bandwidth::from_mbit(2_000),
            rtt: Span::from_seconds_f64(0.004),
            loss: None,
            per_month: Some(circuit),
            per_hour: None,
            per_gb: None,
        }]
        .into(),
        licences: vec![licence].into(),
        contracts: vec![contract].into(),
        commitments: IdVec::new(),
        alliances: IdVec::new(),
        exits: Vec::new(),
        data_classes: vec![
            DataClass { name: "internal".to_owned() },
            DataClass { name: "confidential".to_owned() },
        ]
        .into(),
        facilities: IdVec::new(),
        applications,
        workloads,
        tools: vec![Tool {
            name: "converter".to_owned(),
            label: "Converter".to_owned(),
            methods: MethodSet::NONE.with(Method::Conversion),
            from: vec![],
            to: vec![],
            delivers_to: None,
            installation: InstallationId::from_index(0),
            per_copy: None,
            per_disk: None,
            per_host: None,
            caps: Vec::new(),
            streams: 1,
            window: share,
            minimum_bandwidth: None,
            most_snapshots: None,
            delta: None,
            precopy: None,
            capacity: None,
            cutover_minutes: share,
            cutover: Cutover::Parallel,
            hours_per_vm: None,
            trip: None,
            longest_rtt: None,
            source: "its manual".to_owned(),
        }]
        .into(),
        installations: vec![Installation {
            name: "converter".to_owned(),
            units: 1,
            throughput: None,
            caps: Vec::new(),
        }]
        .into(),
        datastores: IdVec::new(),
        programme: crate::world::Programme::default(),
        factory: Factory {
            rate: engineer,
            engineers: 4,
            hours_per_week: share,
            hours_per_application: share,
            hours_per_vm: share,
            daily_change: share,
            compression: share,
            host_read: Bandwidth::from_mbit(2_000),
            written_disk: share,
            memory: MemoryUse { dirtied_per_busy_vcpu: share, hot: share, written: share },
            delta_cycles: DeltaCycles::Mean,
            longest_stop: Span::from_hours(8),
            cutover_failure: share,
            rollback_minutes: share,
            retention: Span::from_days(14),
            room_retry: Span::from_days(1),
            room_patience: Span::from_days(28),
            reinstall: Span::from_days(2),
            calendar: CutoverCalendar {
                windows: vec![Window { opens: Span::from_hours(5 * 24 + 20), length: Span::from_hours(10) }],
                freezes: vec![Freeze {
                    from: calendar.at(date(2027, 12, 15)),
                    until: calendar.at(date(2028, 1, 5)),
                }],
            },
        },
        operations: Operations {
            administrator_per_year: administrator,
            workloads_per_administrator: share,
            hosts_per_administrator: share,
            per_extra_management_plane: share,
            pue: share,
            electricity,
            user_egress_gb: share,
            host_failures_per_year: share,
            host_repair_hours: share,
            failure_detection_seconds: share,
            restart_minutes: share,
            sizing_headroom: share,
        },
        framework: Framework {
            edition: "2026".to_owned(),
            editions: vec![],
            objectives: vec![Objective {
                code: "SOV-2".to_owned(),
                name: "Legal and jurisdictional".to_owned(),
                weight: 100,
            }],
            criteria: vec![Criterion {
                objective: 0,
                name: "seat".to_owned(),
                values: vec![0.0, 1.0],
                seals: vec![0, 4],
            }],
        },
        strategies,
        timeline: vec![],
        limits: Limits {
            budget: Some(Money::from_micros(2_500_000_000_000)),
            gates: vec![Gate {
                data_class: DataClassId::from_index(1),
                demand: Demand::Seal { objective: 0, seal: 3 },
            }],
            ..Limits::default()
        },
        figures: book.figures,
        calendar,
    }
}

fn results(world: &World) -> Results {
    let path_figures = Figures::at_mode(world);
    let mut strategies: IdVec<StrategyId, StrategyResults> =
        world.strategies.ids().map(|strategy| strategy_results(world, &path_figures, strategy)).collect();
    let npvs: Vec<f64> =
        strategies.iter().map(|strategy| strategy.path.scorecard.cost.npv.as_f64()).collect();
    for strategy in world.strategies.ids().skip(1) {
        let costs = |of: usize| -> Vec<f64> {
            factors(SPREADS[of]).into_iter().map(|factor| factor * npvs[of]).collect()
        };
        let savings: Vec<f64> =
            costs(0).into_iter().zip(costs(strategy.index())).map(|(first, own)| first - own).collect();
        let cheaper = savings.iter().filter(|saving| **saving > 0.0).count();
        strategies[strategy].beats_first = Some(cheaper as f64 / REPLICATIONS as f64);
        strategies[strategy].saving = Summary::of(&savings);
    }
    Results { seed: 42, replications: REPLICATIONS as u32, path_replication: 37, path_figures, strategies }
}

/// How uncertain each strategy's cost is.
const SPREADS: [f64; 3] = [0.30, 0.10, 0.16];

/// A factor for each replication, the same for all strategies: skewed to the right.
fn factors(spread: f64) -> Vec<f64> {
    (0..REPLICATIONS)
        .map(|replication| {
            let u = ((replication * 37 + 13) % REPLICATIONS) as f64 / REPLICATIONS as f64;
            1.0 + spread * (libm::pow(u, 1.6) * 2.2 - 0.8)
        })
        .collect()
}

/// Microsoft is left in 140 days for so much, of which a tenth is for data.
fn party_exit(cost: Money) -> PartyExit {
    let mut by_component = Components::default();
    let tenth = Money::from_micros(cost.micros() / 10);
    by_component.add(Component::Egress, tenth);
    by_component.add(Component::Conversion, cost - tenth);
    let period = |kind, days| Period { kind, length: Span::from_days(days) };
    let kinds = [(PeriodKind::TermsOwed, 400), (PeriodKind::Transition, 30)];
    let periods = kinds.map(|(kind, days)| period(kind, days)).to_vec();
    PartyExit {
        party: PartyId::from_index(1),
        cost,
        by_component,
        lost_licences: Money::from_micros(60_000_000_000),
        written_off: Money::ZERO,
        months: 7.5,
        needed: Span::from_days(140),
        stranded: 0,
        verdicts: exit::verdicts(periods, Span::from_days(140), 0),
        waived: vec![Waived {
            rule: ExitRule::DataAct,
            site: SiteId::from_index(2),
            quantity: Quantity::from_units(42_000),
            amount: Money::from_micros(2_900_000_000),
        }],
        tolerated_rise: Some(0.35),
    }
}

fn strategy_results(world: &World, figures: &Figures, strategy: StrategyId) -> StrategyResults {
    let journal = journal(world, figures, strategy);
    let mut scorer = Scorer::new(world, strategy, 0.07);
    for (at, entry) in &journal.entries {
        scorer.receive(*at, entry);
    }
    let mut scorecard = scorer.finish();
    let exit = [310_000_000_000, 240_000_000_000, 690_000_000_000][strategy.index()];
    scorecard.lock_in.exit = ExitOutcome::of(world.horizon(), vec![party_exit(Money::from_micros(exit))]);
    if strategy.index() < 2 {
        scorecard.sovereignty.violations = vec![GateViolation {
            data_class: DataClassId::from_index(1),
            gate: 0,
            offer: OfferId::from_index(0),
            found: crate::world::rules::gates::Found::Unanswered { criterion: 0 },
        }];
    }
    let factors = factors(SPREADS[strategy.index()]);
    let scaled = |value: f64| Summary::of(&factors.iter().map(|factor| factor * value).collect::<Vec<_>>());
    let forecast = scorecard
        .figures(world)
        .into_iter()
        .filter_map(|(name, score)| Some((name, scaled(score.as_f64(world)?)?)))
        .collect::<IndexMap<_, _>>();
    let mut running = 0.0;
    let mut by_month = vec![0.0; world.calendar.months()];
    for (_, entry) in &journal.entries {
        if let Entry::Charge(charge) = entry {
            by_month[charge.month as usize] += charge.amount.as_f64();
        }
    }
    let downtime =
        scorecard.downtime.iter().map(|hours| scaled(*hours).expect("there are replications")).collect();
    let moves = strategy.index() > 0;
    let relief = Relief {
        by: Binding::People,
        days: Some(13.0),
        more_moved: 0,
        saving: Money::from_micros(21_000_000_000),
    };
    let reliefs = if moves { vec![relief] } else { vec![] };
    let band = scaled(1.0).expect("there are replications");
    let cumulative = by_month
        .iter()
        .map(|amount| {
            running += amount;
            [running * band.p5, running * band.p50, running * band.p95]
        })
        .collect();
    StrategyResults {
        forecast,
        beats_first: None,
        saving: None,
        curves: Curves { cumulative },
        broken: match strategy.index() {
            0 => vec![BrokenLimit { limit: "budget of 2.5 MEUR".to_owned(), share: 0.62 }],
            _ => vec![],
        },
        rehearsals: ExitRehearsals { replications: 20, stranded: 0 },
        downtime,
        path: Path { npv_percentile: 52.0, scorecard, journal, reliefs },
    }
}

struct Ledger<'w> {
    world: &'w World,
    figures: &'w Figures,
    journal: Journal,
}

struct Line {
    meter: Meter,
    category: Category,
    site: Option<usize>,
    quantity: f64,
    figure: FigureId,
}

impl Ledger<'_> {
    fn charge(&mut self, month: usize, line: Line) {
        let Line { meter, category, site, quantity, figure } = line;
        let quantity = Quantity::from_f64(quantity);
        let at = self.world.calendar.month_start(month);
        let nature = if category == Category::Hardware { Nature::Capex } else { Nature::Opex };
        let charge = Charge {
            meter,
            category,
            site: site.map(SiteId::from_index),
            application: (category == Category::Compute)
                .then(|| ApplicationId::from_index(month % APPLICATIONS)),
            month: month as u32,
            quantity,
            unit_price: self.figures.price(figure),
            rate: self.figures.rate(figure),
            figure,
            amount: self.figures.charge(figure, quantity),
            paid_at: at,
            nature,
            crossing: None,
        };
        self.journal.receive(at, &Entry::Charge(charge));
    }
}

fn journal(world: &World, figures: &Figures, strategy: StrategyId) -> Journal {
    let find =
        |name: &str| world.figures.find(|figure| figure.name == name).expect("the fixture has the figure");
    let mut ledger = Ledger { world, figures, journal: Journal::default() };
    let mut place: Vec<OfferId> = world.workloads.iter().map(|workload| workload.home).collect();
    let contract = ContractId::from_index(0);
    let mut queue: Vec<(WorkloadId, Assignment)> = world.strategies[strategy]
        .assignments
        .enumerate()
        .filter_map(|(workload, assignment)| assignment.map(|assignment| (workload, assignment)))
        .rev()
        .collect();
    for month in 0..world.calendar.months() {
        let start = world.calendar.month_start(month);
        let count = |offer: usize| place.iter().filter(|at| at.index() == offer).count() as f64;
        let (own, azure, trusted) = (count(0) + count(1) + count(2), count(3), count(4));
        let vsphere = count(0) + count(1);
        if month == 14 && vsphere > 0.0 {
            let cores = 1_536;
            ledger.journal.receive(
                start,
                &Entry::Decision(Decision::Renewed { contract, cores, years: 3, price_multiple: 4.7 }),
            );
        }
        let old = month < 15;
        if vsphere > 0.0 || old {
            let (meter, figure, cores) = match old {
                true => (Meter::Contract(contract), find("contracts.vmware.price"), 1_536.0),
                false => (Meter::Subscription(contract), find("licences.vcf"), 1_536.0),
            };
            ledger.charge(
                month,
                Line { meter, category: Category::Licences, site: None, quantity: cores / 12.0, figure },
            );
        }
        if own > 0.0 {
            let (site, hosts) = (Some(0), libm::ceil(own / 12.0));
            let arrays = Line {
                meter: Meter::Service(SiteId::from_index(0), 0),
                category: Category::Storage,
                site,
                quantity: 1.0,
                figure: find("services.arrays"),
            };
            ledger.charge(month, arrays);
            let energy = Line {
                meter: Meter::Energy(OfferId::from_index(0)),
                category: Category::Energy,
                site,
                quantity: hosts * 480.0,
                figure: find("operations.electricity"),
            };
            ledger.charge(month, energy);
            if month == 30 {
                let hardware = Line {
                    meter: Meter::Hardware(OfferId::from_index(0)),
                    category: Category::Hardware,
                    site,
                    quantity: hosts,
                    figure: find("hardware.host"),
                };
                ledger.charge(month, hardware);
            }
        }
        for (site, count, figure) in [(2, azure, "azure.d4s_v5"), (3, trusted, "outscale.tinav6")] {
            if count > 0.0 {
                let offer = OfferId::from_index(site + 1);
                ledger.charge(
                    month,
                    Line {
                        meter: Meter::InstanceHours(offer, 0),
                        category: Category::Compute,
                        site: Some(site),
                        quantity: count * 730.0,
                        figure: find(figure),
                    },
                );
                let disks = Line {
                    meter: Meter::Storage(SiteId::from_index(site)),
                    category: Category::Storage,
                    site: Some(site),
                    quantity: count * 400.0,
                    figure: find("azure.disk"),
                };
                ledger.charge(month, disks);
            }
        }
        let staff = Line {
            meter: Meter::Administration,
            category: Category::Labour,
            site: None,
            quantity: 0.25,
            figure: find("operations.administrator"),
        };
        ledger.charge(month, staff);
        for half in 0..2 {
            let saturday = start + Span::from_days(5 + 14 * half) + Span::from_hours(20);
            let wave = (month as u64 * 2 + half + 1) as u32;
            let moved: Vec<_> = (0..10).filter_map(|_| queue.pop()).collect();
            if !moved.is_empty() {
                let decision = Decision::WaveStarted { wave, workloads: moved.len() as u32 };
                ledger.journal.receive(saturday, &Entry::Decision(decision));
                let hours = Line {
                    meter: Meter::Conversion(FacetId::from_index(1)),
                    category: Category::Migration,
                    site: None,
                    quantity: moved.len() as f64 * 14.0,
                    figure: find("migration.rate"),
                };
                ledger.charge(month, hours);
                let over = saturday + Span::from_days(42);
                let link = LinkId::from_index(0);
                for week in 2..4 {
                    let (from, until) =
                        (saturday + Span::from_days(7 * week), saturday + Span::from_days(7 * (week + 1)));
                    let carried = Bytes::from_gib(2_000 * (week + 1) * (1 + u64::from(wave % 3)));
                    ledger.journal.receive(until, &Entry::LinkUsed { link, from, until, carried });
                }
                for (by, days) in [
                    (Binding::People, 120),
                    (Binding::Circuit(link), 60 + 5 * u64::from(wave)),
                    (Binding::Window, 40),
                ] {
                    ledger.journal.receive(over, &Entry::Bound { wave, by, waited: Span::from_days(days) });
                }
            }
            for (number, (workload, assignment)) in moved.into_iter().enumerate() {
                let failed = (workload.index() + 3 * wave as usize).is_multiple_of(23);
                let outcome = if failed { MoveOutcome::RolledBack } else { MoveOutcome::Completed };
                let cutover = saturday + Span::from_days(35 + 7 * (number as u64 % 2));
                ledger.journal.receive(
                    cutover,
                    &Entry::Move(Move {
                        workload,
                        wave,
                        from: place[workload.index()],
                        to: assignment.to,
                        method: assignment.method,
                        tool: assignment.tool,
                        prepared_from: saturday,
                        copied_from: saturday + Span::from_days(12 + number as u64 / 2),
                        copied: saturday + Span::from_days(20 + number as u64),
                        cutover,
                        outcome,
                        down_seconds: 5_400.0,
                        attempt: 1,
                    }),
                );
                let from = cutover;
                let until = cutover + Span::from_minutes(90 + 10 * number as u64);
                let cause = if failed { OutageCause::Rollback } else { OutageCause::Cutover };
                let offer = place[workload.index()];
                ledger.journal.receive(until, &Entry::Outage(Outage { workload, offer, from, until, cause }));
                if failed {
                    queue.insert(0, (workload, assignment));
                } else if let Some(to) = assignment.to {
                    place[workload.index()] = to;
                    ledger.journal.receive(cutover, &Entry::Placed { workload, offer: Some(to) });
                }
            }
        }
        if month % 7 == 3 {
            let workload = WorkloadId::from_index(month);
            let from = start + Span::from_hours(100);
            let until = from + Span::from_minutes(12);
            ledger.journal.receive(
                until,
                &Entry::Outage(Outage {
                    workload,
                    offer: place[month],
                    from,
                    until,
                    cause: OutageCause::HostFailure,
                }),
            );
        }
    }
    ledger.journal.receive(world.horizon(), &Entry::End);
    // A month's moves are written down when they are planned; a journal is in
    // order of time.
    ledger.journal.entries.sort_by_key(|(at, _)| *at);
    ledger.journal
}
