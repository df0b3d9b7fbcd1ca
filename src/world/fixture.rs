//! A small World for tests, in which every rule has a different answer.
//!
//! Two own sites, a public provider with instances and dedicated hosts, and a
//! trusted provider that takes no Windows. All figures are certain, so that tests
//! compute by hand.

use jiff::civil::date;

use super::*;
use crate::base::random::{Distribution, EntityKey, EntityKind};
use crate::base::units::{Bandwidth, Bytes, Span};

/// Collects figures.
#[derive(Default)]
pub struct Builder {
    /// The figures so far.
    pub figures: IdVec<FigureId, Figure>,
}

impl Builder {
    /// A certain price; its currency is the first three letters of its unit.
    pub fn price(&mut self, name: &str, unit: &str, value: f64) -> FigureId {
        self.push(name, unit, Currency::from_code(&unit[..3]), value)
    }

    /// A certain number.
    pub fn number(&mut self, name: &str, unit: &str, value: f64) -> FigureId {
        self.push(name, unit, None, value)
    }

    fn push(&mut self, name: &str, unit: &str, currency: Option<Currency>, value: f64) -> FigureId {
        let quantile = Distribution::Fixed(value).tabulate().expect("a fixed value is a distribution");
        let provenance = Provenance::Assumption { reason: "a test".into() };
        self.figures.push(Figure { name: name.into(), unit: unit.into(), currency, quantile, provenance })
    }

    /// The values of the figures, in a world that has only them.
    pub fn figures(&self) -> Figures {
        let mut world = world();
        let rate = Figure { name: "usd".into(), ..world.figures[world.exchange[0].1].clone() };
        world.figures = self.figures.clone();
        world.formulas.clear();
        world.exchange[0].1 = world.figures.push(rate);
        Figures::at_mode(&world)
    }
}

fn skus(figures: &mut Builder, prefix: &str, prices: [f64; 3]) -> Capacity {
    let sizes = [(2, 8), (4, 16), (8, 32)];
    let sku = |((vcpus, gib), price): ((u32, u64), f64)| {
        let name = format!("{prefix}{vcpus}");
        let per_hour = figures.price(&format!("sku.{name}"), "EUR/h", price);
        Sku { name, vcpus, memory: Bytes::from_gib(gib), per_hour }
    };
    Capacity::Skus(sizes.into_iter().zip(prices).map(sku).collect())
}

/// The World.
#[allow(clippy::too_many_lines)] // one world, told from top to bottom
pub fn world() -> World {
    let mut figures = Builder::default();
    let f = &mut figures;
    let usd = f.number("exchange.usd", "EUR/USD", 0.8);

    let mut parties = IdVec::new();
    let mut party = |name: &str, jurisdiction: &str| {
        let key = name.to_lowercase().replace(' ', "-");
        parties.push(Party { key, name: name.into(), jurisdiction: jurisdiction.into(), holders: None })
    };
    let [us, broadcom, microsoft, outscale, dassault] = [
        party("our company", "FR"),
        party("Broadcom", "US"),
        party("Microsoft", "US"),
        party("Outscale", "FR"),
        party("Dassault Systèmes", "FR"),
    ];

    let mut facets = IdVec::new();
    for (name, group, scale, minutes) in [
        ("network-overlay", FacetGroup::Transport, 1.0, 5.0),
        ("disk-format", FacetGroup::Syntactic, 2.0, 6.0),
        ("hypervisor-drivers", FacetGroup::Behavioural, 4.0, 7.0),
    ] {
        facets.push(Facet {
            name: name.into(),
            group,
            hours_per_vm: f.number(&format!("{name}.vm"), "h", scale),
            hours_per_application: f.number(&format!("{name}.application"), "h", 10.0 * scale),
            hours_per_estate: f.number(&format!("{name}.estate"), "h", 100.0 * scale),
            cutover_minutes: f.number(&format!("{name}.cutover"), "min", minutes),
        });
    }
    let mut platforms = IdVec::new();
    let mut platform = |name: &str, supplier, plane: &str, values: [&str; 3]| {
        platforms.push(Platform {
            name: name.into(),
            label: name.into(),
            supplier,
            management_plane: plane.into(),
            values: values.into_iter().map(String::from).collect(),
        })
    };
    let [vsphere, hyper_v, azure_platform, tina] = [
        platform("vsphere", broadcom, "vcenter", ["port-groups", "vmdk", "vmware"]),
        platform("hyper-v", microsoft, "system-center", ["switches", "vhdx", "hyper-v"]),
        platform("azure", microsoft, "azure", ["vnet", "vhd", "hyper-v"]),
        platform("tina", outscale, "cockpit", ["nets", "qcow2", "virtio"]),
    ];

    let framework = Framework {
        edition: "test".into(),
        editions: vec![Edition { name: "test".into(), weights: vec![50, 50] }],
        objectives: ["SOV-1", "SOV-2"]
            .map(|code| Objective { code: code.into(), name: code.into(), weight: 50 })
            .to_vec(),
        criteria: (0..2)
            .map(|objective| Criterion {
                objective,
                name: format!("criterion {objective}"),
                values: vec![0.0, 500.0, 1000.0],
                seals: vec![0, 1, 4],
            })
            .collect(),
    };
    let mut providers = IdVec::new();
    let mut provider = |name: &str, operator, owner, answers: [Option<u8>; 2]| {
        let profile = Profile { answers: answers.to_vec(), basis: "a test".into() };
        let exit = ExitTerms::default();
        providers.push(Provider { name: name.into(), label: name.into(), operator, owner, profile, exit })
    };
    let [own, azure, trusted] = [
        provider("own", us, us, [Some(2), Some(2)]),
        provider("azure", microsoft, microsoft, [Some(1), None]),
        provider("outscale", outscale, dassault, [Some(2), Some(2)]),
    ];

    let mut sites = IdVec::new();
    let mut site = |name: &str, provider, storage| {
        sites.push(Site {
            name: name.into(),
            provider,
            region: name.into(),
            country: "FR".into(),
            role: SiteRole::Main,
            storage,
            egress: None,
            services: Vec::new(),
        })
    };
    let [paris, lyon, azure_site, trusted_site] = [
        site("paris", own, None),
        site("lyon", own, None),
        site("azure", azure, Some(Tariff::flat(f.price("azure.storage", "EUR/GiB-month", 0.10)))),
        site("trusted", trusted, Some(Tariff::flat(f.price("trusted.storage", "EUR/GiB-month", 0.12)))),
    ];

    let mut licences = IdVec::new();
    let vcf = licences.push(Licence {
        name: "vcf".into(),
        label: "VCF".into(),
        supplier: broadcom,
        counting: Counting::Core { minimum_per_processor: 16, minimum_per_order: 72 },
        price: f.price("vcf.price", "USD/core-year", 350.0),
        perpetual: None,
    });
    let windows = licences.push(Licence {
        name: "windows".into(),
        label: "Windows Server Datacenter".into(),
        supplier: microsoft,
        counting: Counting::SixteenCorePack {
            minimum_per_processor: 8,
            minimum_per_host: 16,
            stacking: None,
        },
        price: f.price("windows.price", "USD/pack", 6_000.0),
        perpetual: Some(Perpetual {
            owned: Owned::Cores(28 * 16),
            assurance: Some(f.number("windows.assurance", "share", 0.25)),
        }),
    });

    let owned = |f: &mut Builder, name: &str, initial| {
        Capacity::Hosts(HostOffer {
            shape: HostShape { sockets: 2, cores: 32, vcpus: 128, memory: Bytes::from_gib(512) },
            initial,
            unit: 1,
            minimum: 0,
            spare: 1,
            maximum: None,
            price: HostPrice::Owned(OwnedHardware {
                price: f.price(&format!("{name}.host-price"), "EUR/host", 14_400.0),
                life: Span::from_days(1_800),
                replace_at: SimTime::NEVER,
                book_value: None,
                residual: None,
                watts: f.number(&format!("{name}.host-watts"), "W", 500.0),
            }),
            storage_included: Bytes::ZERO,
            reuses: None,
            placement: Placement::default(),
            levelling: None,
        })
    };
    let mut offers = IdVec::new();
    let mut offer = |name: &str, site, kind, platform, capacity, windows| {
        offers.push(Offer {
            name: name.into(),
            site,
            kind,
            platform,
            capacity,
            licences: Vec::new(),
            windows,
            software: Vec::new(),
            service_level: None,
            certifications: Vec::new(),
            gaia_x: None,
            provides: Vec::new(),
            profile: None,
        })
    };
    let carried_with = |dual_use| {
        GuestWindows::Carried(Carried { licence: windows, counted: CountedBy::HostCores, dual_use })
    };
    let carried = carried_with(DualUse::AtHome);
    let included = GuestWindows::Included(f.price("azure.windows", "EUR/vCPU-hour", 0.04));
    let dedicated = Capacity::Hosts(HostOffer {
        shape: HostShape { sockets: 2, cores: 64, vcpus: 100, memory: Bytes::from_gib(768) },
        initial: 0,
        unit: 1,
        minimum: 0,
        spare: 0,
        maximum: None,
        price: HostPrice::PerHour(f.price("azure.host", "EUR/h", 6.0)),
        storage_included: Bytes::ZERO,
        reuses: None,
        placement: Placement::default(),
        levelling: None,
    });
    let (paris_hosts, lyon_hosts, hyper_v_hosts) =
        (owned(f, "paris", 10), owned(f, "lyon", 4), owned(f, "hyper-v", 0));
    let home = offer("paris/vsphere", paris, OfferKind::OwnedHosts, vsphere, paris_hosts, carried);
    offer("paris/hyper-v", paris, OfferKind::OwnedHosts, hyper_v, hyper_v_hosts, carried);
    offer("lyon/vsphere", lyon, OfferKind::OwnedHosts, vsphere, lyon_hosts, carried);
    let sizes = skus(f, "d", [0.10, 0.20, 0.40]);
    offer("azure/instances", azure_site, OfferKind::Instances, azure_platform, sizes, included);
    offer(
        "azure/host",
        azure_site,
        OfferKind::DedicatedHost,
        azure_platform,
        dedicated,
        carried_with(DualUse::Unlimited),
    );
    let sizes = skus(f, "t", [0.15, 0.30, 0.60]);
    let trusted_offer =
        offer("trusted/instances", trusted_site, OfferKind::Instances, tina, sizes, GuestWindows::Refused);
    offers[trusted_offer].certifications.push("SecNumCloud".into());
    let on_premises = LicenceUse { licence: vcf, needs_portability: Portability::OnPremises };
    offers[home].licences.push(on_premises);

    let mut links = IdVec::new();
    for (name, between, mbit, ms) in [
        ("paris-lyon", [paris, lyon], 10_000, 5),
        ("paris-azure", [azure_site, paris], 1_000, 4),
        ("paris-trusted", [paris, trusted_site], 1_000, 20),
    ] {
        links.push(Link {
            name: name.into(),
            between,
            bandwidth: Bandwidth::from_mbit(mbit),
            rtt: Span::from_ns(ms * 1_000_000),
            loss: None,
            per_month: None,
            per_hour: None,
            per_gb: None,
        });
    }

    let window = f.number("tcp-window", "B", 1e6);
    let mut tools = IdVec::new();
    let mut installations = IdVec::new();
    for (name, method, from, to, rtt_ms, minutes) in [
        ("vmotion", Method::Live, vsphere, vsphere, Some(150), 0.0),
        ("hcx", Method::Replicated, vsphere, vsphere, None, 5.0),
        ("wac", Method::Conversion, vsphere, hyper_v, None, 15.0),
        ("azure-migrate", Method::Conversion, vsphere, azure_platform, Some(100), 20.0),
        ("v2v", Method::Cold, vsphere, tina, None, 10.0),
    ] {
        let cap = Cap { counted: Counted::Workloads, within: Within::Unit, most: 10 };
        let installation = installations.push(Installation {
            name: name.into(),
            units: 1,
            throughput: None,
            caps: vec![cap],
        });
        tools.push(Tool {
            name: name.into(),
            label: name.into(),
            methods: MethodSet::NONE.with(method),
            from: vec![from],
            to: vec![to],
            delivers_to: None,
            installation,
            per_copy: None,
            per_disk: None,
            per_host: None,
            caps: Vec::new(),
            streams: 1,
            window,
            minimum_bandwidth: None,
            most_snapshots: None,
            delta: None,
            precopy: None,
            capacity: None,
            cutover_minutes: f.number(&format!("{name}.cutover"), "min", minutes),
            cutover: Cutover::Parallel,
            hours_per_vm: None,
            trip: None,
            longest_rtt: rtt_ms.map(|ms: u64| Span::from_ns(ms * 1_000_000)),
            source: "a test".into(),
        });
    }

    let mut data_classes = IdVec::new();
    let confidential = data_classes.push(DataClass { name: "confidential".into() });
    let internal = data_classes.push(DataClass { name: "internal".into() });
    let mut applications = IdVec::new();
    let mut application = |name: &str, data_class| {
        let (downtime_per_hour, dependencies) = (None, Vec::new());
        let uses = Vec::new();
        applications.push(Application {
            name: name.into(),
            data_class,
            downtime_per_hour,
            dependencies,
            uses,
        })
    };
    let (erp, site_app) = (application("erp", confidential), application("web", internal));
    let peculiar = f.number("erp-db.extra", "h", 5.0);
    let mut workloads = IdVec::new();
    for (name, application, os, power, vcpus, gib, extra) in [
        ("erp-db", erp, OsFamily::Windows, Power::On, 8, 32, vec![peculiar]),
        ("erp-app", erp, OsFamily::Linux, Power::On, 4, 16, vec![]),
        ("web", site_app, OsFamily::Linux, Power::On, 4, 8, vec![]),
        ("archive", site_app, OsFamily::Other, Power::Off, 2, 4, vec![]),
    ] {
        workloads.push(Workload {
            name: name.into(),
            entity: EntityKey::new(EntityKind::new("workload"), name, 0),
            application,
            home,
            power,
            vcpus,
            memory: Bytes::from_gib(gib),
            disk: Bytes::from_gib(100),
            disks: vec![Bytes::from_gib(100)],
            datastore: None,
            cpu_use: Some(0.2),
            memory_use: Some(0.5),
            os,
            software: Vec::new(),
            excluded: MethodSet::NONE,
            extra_hours: extra,
        });
    }

    let mut contracts = IdVec::new();
    let calendar = Calendar::new(date(2027, 1, 1), date(2028, 1, 1));
    contracts.push(Contract {
        name: "vmware".into(),
        licence: vcf,
        cores: 448,
        price: f.price("vmware.price", "EUR/core-year", 49.0),
        ends: calendar.at(date(2027, 7, 1)),
        notice: Span::from_days(90),
        renewal: Renewal {
            price: licences[vcf].price,
            discount: f.number("vmware.discount", "share", 0.30),
            terms: vec![Term { years: 1 }, Term { years: 3 }],
            late_surcharge: Some(f.number("vmware.late", "share", 0.20)),
        },
    });

    let stay = Strategy {
        name: "renew".into(),
        label: "Renew".into(),
        assignments: IdVec::filled(None, workloads.len()),
        schedule: Schedule {
            start: SimTime::START,
            interval: Span::from_days(14),
            wave_sizes: vec![10],
            weekly: None,
        },
        contracts: IdVec::filled(ContractChoice::Renew(Term { years: 3 }), contracts.len()),
        consolidations: Vec::new(),
        commitments: Vec::new(),
    };
    let factory = Factory {
        rate: f.price("factory.rate", "EUR/h", 75.0),
        engineers: 4,
        hours_per_week: f.number("factory.week", "h", 30.0),
        hours_per_application: f.number("factory.application", "h", 8.0),
        hours_per_vm: f.number("factory.vm", "h", 3.0),
        daily_change: f.number("factory.change", "share", 0.05),
        compression: f.number("factory.compression", "share", 0.6),
        host_read: Bandwidth::from_mbit(4_000),
        written_disk: f.number("factory.written-disk", "share", 0.5),
        memory: MemoryUse {
            dirtied_per_busy_vcpu: f.number("factory.dirtied", "bit/s", 136e6),
            hot: f.number("factory.hot-memory", "share", 0.02),
            written: f.number("factory.written-memory", "share", 0.6),
        },
        delta_cycles: DeltaCycles::Mean,
        longest_stop: Span::from_hours(8),
        cutover_failure: f.number("factory.failure", "share", 0.05),
        rollback_minutes: f.number("factory.rollback", "min", 60.0),
        retention: Span::from_days(14),
        room_retry: Span::from_days(1),
        room_patience: Span::from_days(28),
        reinstall: Span::from_days(1),
        calendar: CutoverCalendar {
            windows: vec![Window { opens: Span::from_hours(5 * 24 + 20), length: Span::from_hours(10) }],
            freezes: Vec::new(),
        },
    };
    let operations = Operations {
        administrator_per_year: f.price("operations.administrator", "EUR/person-year", 85_000.0),
        workloads_per_administrator: f.number("operations.workloads", "workload", 80.0),
        hosts_per_administrator: f.number("operations.hosts", "host", 45.0),
        per_extra_management_plane: f.number("operations.planes", "share", 0.5),
        pue: f.number("operations.pue", "ratio", 1.5),
        electricity: f.price("operations.electricity", "EUR/kWh", 0.20),
        user_egress_gb: f.number("operations.egress", "GB/VM-month", 10.0),
        host_failures_per_year: f.number("operations.failures", "1/year", 0.05),
        host_repair_hours: f.number("operations.repair", "h", 24.0),
        failure_detection_seconds: f.number("operations.detection", "s", 15.0),
        restart_minutes: f.number("operations.restart", "min", 5.0),
        sizing_headroom: f.number("operations.headroom", "ratio", 1.5),
    };
    let discount_rate = f.number("discount-rate", "share/year", 0.07);
    World {
        usage: None,
        name: "fixture".into(),
        description: String::new(),
        currency: Currency::EUR,
        calendar,
        discount_rate,
        figures: figures.figures,
        formulas: Vec::new(),
        exchange: vec![(Currency::USD, usd)],
        parties,
        facets,
        platforms,
        providers,
        sites,
        offers,
        placement: PlacementRules::default(),
        links,
        licences,
        contracts,
        commitments: IdVec::new(),
        alliances: IdVec::new(),
        exits: Vec::new(),
        data_classes,
        facilities: IdVec::new(),
        applications,
        workloads,
        tools,
        installations,
        datastores: IdVec::new(),
        factory,
        programme: Programme::default(),
        operations,
        framework,
        strategies: [stay].into_iter().collect(),
        timeline: Vec::new(),
        limits: Limits {
            gates: vec![
                Gate { data_class: confidential, demand: Demand::Seal { objective: 0, seal: 3 } },
                Gate { data_class: confidential, demand: Demand::Seal { objective: 1, seal: 2 } },
            ],
            ..Limits::default()
        },
    }
}
