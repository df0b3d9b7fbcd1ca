//! The applications that a synthetic estate is drawn from.

/// A kind of application: how often it is met and what it consists of.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplicationPattern {
    /// The front of its machines' names, e.g. `erp`; further ones are `erp2`, `erp3`.
    pub name: String,
    /// How often it is drawn, relative to the others; above zero.
    pub weight: f64,
    /// Its roles.
    pub tiers: Vec<Tier>,
}

/// A role in an application.
#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    /// The role, as in `erp-db-01`.
    pub role: String,
    /// Fewest machines.
    pub least: u32,
    /// Most machines.
    pub most: u32,
    /// Which role of an application gets the larger machines: the highest rank first.
    pub rank: u32,
    /// Data disks of each machine.
    pub data_disks: u32,
    /// The median size of a data disk.
    pub data_disk_gib: u32,
    /// The system it runs on.
    pub system: TierSystem,
}

/// The operating system of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierSystem {
    /// Windows or Linux, by the estate's share.
    Either,
    /// Windows Server.
    Windows,
    /// A client Windows.
    WindowsDesktop,
    /// Linux.
    Linux,
}

/// Applications as a company of a few thousand people has them; an assumption.
pub fn usual_patterns() -> Vec<ApplicationPattern> {
    use TierSystem::{Either, Linux, Windows, WindowsDesktop};
    let tier = |role: &str, machines: (u32, u32), rank, data: (u32, u32), system| Tier {
        role: role.to_owned(),
        least: machines.0,
        most: machines.1,
        rank,
        data_disks: data.0,
        data_disk_gib: data.1,
        system,
    };
    let pattern = |name: &str, weight, tiers| ApplicationPattern { name: name.to_owned(), weight, tiers };
    vec![
        pattern(
            "erp",
            2.0,
            vec![
                tier("web", (1, 2), 0, (0, 0), Either),
                tier("app", (2, 6), 1, (1, 80), Either),
                tier("db", (1, 2), 2, (3, 400), Either),
            ],
        ),
        pattern(
            "crm",
            1.5,
            vec![
                tier("web", (1, 2), 0, (0, 0), Either),
                tier("app", (1, 3), 1, (1, 60), Either),
                tier("db", (1, 2), 2, (2, 250), Either),
            ],
        ),
        pattern(
            "shop",
            2.0,
            vec![tier("web", (2, 5), 0, (0, 0), Linux), tier("db", (1, 2), 1, (2, 150), Linux)],
        ),
        pattern(
            "mail",
            0.6,
            vec![tier("edge", (1, 2), 0, (0, 0), Windows), tier("store", (2, 4), 1, (3, 600), Windows)],
        ),
        pattern("files", 0.8, vec![tier("file", (1, 3), 0, (2, 900), Windows)]),
        pattern(
            "dwh",
            0.8,
            vec![tier("etl", (1, 3), 0, (1, 200), Linux), tier("db", (1, 2), 1, (4, 600), Linux)],
        ),
        pattern(
            "ci",
            1.0,
            vec![tier("runner", (2, 6), 0, (1, 100), Linux), tier("repo", (1, 1), 1, (1, 300), Linux)],
        ),
        pattern(
            "mes",
            1.0,
            vec![tier("app", (1, 3), 0, (1, 60), Windows), tier("db", (1, 1), 1, (2, 120), Windows)],
        ),
        pattern("intranet", 2.0, vec![tier("web", (1, 2), 0, (1, 40), Either)]),
        pattern("print", 1.0, vec![tier("spool", (1, 2), 0, (0, 0), Windows)]),
        pattern("dir", 0.7, vec![tier("dc", (2, 3), 0, (0, 0), Windows)]),
        pattern("monitor", 0.8, vec![tier("poll", (1, 3), 0, (1, 100), Linux)]),
        pattern("vdi", 0.3, vec![tier("desk", (4, 10), 0, (0, 0), WindowsDesktop)]),
        pattern("tool", 4.0, vec![tier("app", (1, 1), 0, (1, 40), Either)]),
    ]
}
