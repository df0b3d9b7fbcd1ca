//! What lies between two platforms of the catalogue: the facets in which they differ,
//! what each takes, and what alliances leave of it.

use jiff::civil::Date;
use serde::Serialize;

use super::WorkScope;
use crate::base::diagnostics::{Diagnostic, Diagnostics, did_you_mean, one_of};
use crate::base::random::Distribution;
use crate::base::settings::{Figure as Stated, Name, Spread};
use crate::base::units::{Period, Share, Written};
use crate::input::catalog::{Catalog, Facet, Figure, Provenance};
use crate::input::scenario::Scenario;

/// Uniform numbers at which the ends of an unbounded distribution are read.
const TAILS: [f64; 2] = [0.05, 0.95];

/// A figure with its range: from its least value to its greatest, or from its 5 % to
/// its 95 % point where it has no ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Range {
    pub low: f64,
    pub mode: f64,
    pub high: f64,
}

impl Range {
    /// All of it, or all of nothing.
    pub const ONE: Self = Self { low: 1.0, mode: 1.0, high: 1.0 };

    fn of(distribution: &Distribution) -> Self {
        let [low, high] = match distribution {
            Distribution::Fixed(value) => [*value; 2],
            Distribution::Uniform { low, high }
            | Distribution::Pert { low, high, .. }
            | Distribution::Triangular { low, high, .. } => [*low, *high],
            other => TAILS.map(|u| other.quantile(u)),
        };
        Self { low, mode: distribution.mode(), high }
    }

    pub fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, mode: self.mode + other.mode, high: self.high + other.high }
    }

    pub fn times(self, other: Self) -> Self {
        Self { low: self.low * other.low, mode: self.mode * other.mode, high: self.high * other.high }
    }

    pub fn scaled(self, factor: f64) -> Self {
        self.times(Self { low: factor, mode: factor, high: factor })
    }

    /// Whether it cannot be but nothing.
    fn is_nothing(self) -> bool {
        self.high <= 0.0
    }
}

/// What an alliance in force leaves of the work between two platforms.
#[derive(Clone, Debug)]
pub(super) struct Easing {
    /// The alliance, for people.
    pub alliance: String,
    between: [String; 2],
    /// In these facets; in all without.
    facets: Option<Vec<String>>,
    remains: Range,
}

/// The catalogue and the alliances in force.
#[derive(Clone, Copy)]
pub(super) struct Between<'a> {
    pub catalog: &'a Catalog,
    pub easings: &'a [Easing],
}

/// One facet between two platforms.
pub(super) struct Difference<'a> {
    pub name: &'a str,
    pub facet: &'a Facet,
    /// The values of the one and of the other.
    pub values: [&'a str; 2],
    /// What alliances leave of the work, a share.
    pub remains: Range,
    /// The alliances that changed it.
    pub by: Vec<&'a str>,
}

/// What all facets between two platforms take together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell<'a> {
    /// Hours of an engineer.
    pub hours: Range,
    /// Facets in which they differ.
    pub differs: usize,
    /// The alliances that changed it, each once.
    pub by: Vec<&'a str>,
}

impl<'a> Between<'a> {
    /// Every facet between two platforms of the catalogue, in its order.
    pub fn facets(self, from: &str, to: &str) -> Vec<Difference<'a>> {
        let rows = [from, to].map(|name| self.catalog.platforms.get(name));
        let value = |place: usize, facet: &str| -> &'a str {
            rows[place].and_then(|row| row.facets.get(facet)).map_or("", String::as_str)
        };
        let difference = |(name, facet): (&'a Name, &'a Facet)| {
            let name = name.as_str();
            let values = [value(0, name), value(1, name)];
            let mut difference = Difference { name, facet, values, remains: Range::ONE, by: Vec::new() };
            for easing in self.easings.iter().filter(|easing| easing.concerns([from, to], name)) {
                if values[0] != values[1] {
                    difference.remains = difference.remains.times(easing.remains);
                    difference.by.push(&easing.alliance);
                }
            }
            difference
        };
        self.catalog.facets.iter().map(difference).collect()
    }

    /// The work between two platforms in a scope.
    pub fn cell(self, from: &str, to: &str, scope: WorkScope) -> Cell<'a> {
        let mut cell = Cell::default();
        for difference in self.facets(from, to) {
            cell.hours = cell.hours.plus(difference.hours(scope));
            cell.differs += usize::from(!difference.agrees());
            for alliance in difference.by {
                if !cell.by.contains(&alliance) {
                    cell.by.push(alliance);
                }
            }
        }
        cell
    }
}

impl Difference<'_> {
    /// Whether nothing is to be done: the values are the same, or alliances have made
    /// the platforms agree.
    pub fn agrees(&self) -> bool {
        self.values[0] == self.values[1] || self.remains.is_nothing()
    }

    /// Hours of an engineer in a scope.
    pub fn hours(&self, scope: WorkScope) -> Range {
        if self.agrees() { Range::default() } else { facet_hours(self.facet, scope).times(self.remains) }
    }

    /// Minutes that it adds to a cutover; alliances take them away only where the
    /// platforms have come to agree.
    pub fn cutover_minutes(&self) -> Range {
        if self.agrees() { Range::default() } else { of_time(&self.facet.cutover_minutes).scaled(60.0) }
    }
}

/// Hours of an engineer that a difference takes in a scope.
pub(super) fn facet_hours(facet: &Facet, scope: WorkScope) -> Range {
    of_time(match scope {
        WorkScope::Vm => &facet.hours_per_vm,
        WorkScope::Application => &facet.hours_per_application,
        WorkScope::Estate => &facet.hours_per_estate,
    })
}

/// Where the hours of a facet come from.
pub(super) fn basis(catalog: &Catalog, figure: &Figure<Period>) -> String {
    match &figure.provenance {
        Provenance::Published { source, .. } => {
            catalog.cited(source.as_str()).map_or_else(|| source.text.clone(), |(cites, _)| cites.to_owned())
        }
        Provenance::Assumed { reason } => format!("assumed: {reason}"),
        Provenance::Stated => "yours".to_owned(),
    }
}

/// A length of time, in hours.
fn of_time(figure: &Figure<Period>) -> Range {
    of_figure(figure).scaled(1.0 / 3_600.0)
}

/// A figure of the catalogue, in its own unit; nothing where nobody knows it.
pub(super) fn of_figure<T: Written>(figure: &Figure<T>) -> Range {
    let distribution = figure.known().and_then(Spread::distribution);
    distribution.map_or(Range::default(), |distribution| Range::of(&distribution))
}

impl Easing {
    fn concerns(&self, pair: [&str; 2], facet: &str) -> bool {
        let [one, other] = self.between.each_ref().map(String::as_str);
        (pair == [one, other] || pair == [other, one])
            && self.facets.as_ref().is_none_or(|facets| facets.iter().any(|named| named == facet))
    }
}

/// What the alliances of a scenario that hold on a day leave of work. Names that the
/// catalogue does not know are collected.
pub(super) fn in_force(
    scenario: &Scenario,
    catalog: &Catalog,
    at: Date,
    diagnostics: &mut Diagnostics,
) -> Vec<Easing> {
    let mut easings = Vec::new();
    for (name, alliance) in scenario.settings.alliances.iter() {
        for written in alliance.easings() {
            for platform in &written.between {
                says_known(
                    platform,
                    "a platform",
                    &catalog.platforms.names().collect::<Vec<_>>(),
                    diagnostics,
                );
            }
            let facets = written.facet.as_ref().map(|facets| {
                for facet in facets.iter() {
                    says_known(facet, "a facet", &catalog.facets.names().collect::<Vec<_>>(), diagnostics);
                }
                facets.iter().map(|facet| facet.text.clone()).collect()
            });
            if let ([one, other], true) = (written.between.as_slice(), alliance.holds(at)) {
                easings.push(Easing {
                    alliance: alliance.label(name).to_owned(),
                    between: [one.text.clone(), other.text.clone()],
                    facets,
                    remains: share(scenario, &written.remains),
                });
            }
        }
    }
    easings
}

fn says_known(name: &Name, what: &str, known: &[&str], diagnostics: &mut Diagnostics) {
    if known.contains(&name.as_str()) {
        return;
    }
    let message = Diagnostic::error(name.spot, format!("`{name}` is not {what} of the catalogue"));
    diagnostics.push(match did_you_mean(name.as_str(), known.iter().copied()) {
        Some(near) => message.help(format!("Did you mean `{near}`?")),
        None => message.note(format!("Known are {}.", one_of(known.iter().copied()))),
    });
}

/// A share of the scenario, that of an entry of `uncertain:` where it refers to one.
fn share(scenario: &Scenario, stated: &Stated<Share>) -> Range {
    let referred = stated.spread.reference().map(|name| {
        let entry = scenario.settings.uncertain.get(name.as_str())?;
        entry.spread.typed::<Share>().ok()?.distribution()
    });
    let distribution = referred.unwrap_or_else(|| stated.spread.distribution());
    // What is wrong with a reference, the scenario's own checks have said.
    distribution.map_or(Range::ONE, |distribution| Range::of(&distribution))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::Sources;
    use crate::base::yaml::parse;

    fn with(overrides: &str) -> Catalog {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("mine.yaml", overrides);
        let over = parse(source, &sources, &mut diagnostics).expect("a tree");
        let catalog = Catalog::load(&[over], &mut sources, &mut diagnostics).expect("a catalogue");
        assert!(!diagnostics.has_errors());
        catalog
    }

    fn cells(catalog: &Catalog) -> Vec<(String, String, Range, usize)> {
        let between = Between { catalog, easings: &[] };
        let names: Vec<&str> = catalog.platforms.names().collect();
        let pairs = names.iter().flat_map(|from| names.iter().map(move |to| (*from, *to)));
        pairs
            .map(|(from, to)| {
                let cell = between.cell(from, to, WorkScope::Vm);
                (from.to_owned(), to.to_owned(), cell.hours, cell.differs)
            })
            .collect()
    }

    #[test]
    fn cells_are_sums_over_the_facets_that_differ_the_same_both_ways_and_nothing_within() {
        let catalog = Catalog::embedded();
        let between = Between { catalog: &catalog, easings: &[] };
        // From vSphere to the same run by a provider: network 0.4 h and identity 0.05 h.
        let cell = between.cell("vsphere", "vsphere-cloud", WorkScope::Vm);
        assert_eq!(cell.differs, 2);
        assert!((cell.hours.mode - 0.45).abs() < 1e-12, "rounding of two seconds' figures: {cell:?}");
        assert!((cell.hours.low - 0.22).abs() < 1e-12 && (cell.hours.high - 0.9).abs() < 1e-12, "{cell:?}");
        let names: Vec<&str> = catalog.platforms.names().collect();
        for from in &names {
            assert_eq!(between.cell(from, from, WorkScope::Estate), Cell::default());
            for to in &names {
                assert_eq!(
                    between.cell(from, to, WorkScope::Application),
                    between.cell(to, from, WorkScope::Application)
                );
            }
        }
    }

    #[test]
    fn another_value_of_one_platform_changes_its_row_and_its_column_and_nothing_else() {
        let usual = cells(&Catalog::embedded());
        // A value that no other platform has, in the two facets that it shares with others.
        let changed = cells(&with(
            "platforms: {azure: {facets: {hypervisor-drivers: of-its-own, firmware: of-its-own}}}\n",
        ));
        assert_eq!(usual.len(), changed.len());
        for (before, after) in usual.iter().zip(&changed) {
            let of_azure = (before.0 == "azure" || before.1 == "azure") && before.0 != before.1;
            // Of all platforms Hyper-V alone shares these values with Azure.
            let with_hyper_v = of_azure && (before.0 == "hyper-v" || before.1 == "hyper-v");
            assert_eq!(before != after, with_hyper_v, "{before:?} {after:?}");
            if with_hyper_v {
                assert_eq!(after.3, before.3 + 2);
            }
        }
        // A network that all others share with it changes the whole row and column.
        let shared = "{facets: {network-overlay: the-same}}";
        let names = ["vsphere", "vsphere-cloud", "hyper-v", "kvm-openstack", "outscale-tina", "xcp-ng"];
        let all: Vec<String> = names.iter().map(|name| format!("{name}: {shared}")).collect();
        let alike = with(&format!("platforms: {{{}}}\n", all.join(", ")));
        let apart = with(&format!("platforms: {{{}}}\n", all[1..].join(", ")));
        for (before, after) in cells(&apart).iter().zip(&cells(&alike)) {
            let between_those = names.contains(&before.0.as_str()) && names.contains(&before.1.as_str());
            let of_vsphere = (before.0 == "vsphere") != (before.1 == "vsphere");
            assert_eq!(before != after, between_those && of_vsphere, "{before:?} {after:?}");
        }
    }

    #[test]
    fn an_alliance_changes_its_pair_both_ways_while_it_holds() {
        let text = "version: 1\nname: t\nstart: 2027-01-01\nhorizon: 5 years\n\
            estate: {synthetic: {workloads: 10}}\n\
            sites: {paris: {provider: own, country: FR, offers: {vsphere: {platform: vsphere, hosts: {count: 2, shape: 2x16c-512g}}}}}\n\
            strategies: {renew: {}}\n\
            uncertain: {left: {low: 10 %, mode: 20 %, high: 50 %}}\n\
            alliances:\n\
            \x20 bundle: {label: The bundle, from: 2028-01-01, until: 2030-01-01, effort: [\
            {between: [vsphere, azure], facet: [disk-format, firmware], remains: 0 %},\
            {between: [vsphere, azure], facet: hypervisor-drivers, remains: $left}]}\n";
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let folder = std::path::Path::new(".");
        let scenario = Scenario::read_text("t.yaml", text, folder, &mut sources, &mut diagnostics);
        let scenario = scenario.expect("a scenario");
        let catalog = Catalog::embedded();
        let mut cell = |date: &str, to: &str| {
            let at = date.parse().expect("a date");
            let easings = in_force(&scenario, &catalog, at, &mut diagnostics);
            let cell = Between { catalog: &catalog, easings: &easings }.cell("vsphere", to, WorkScope::Vm);
            (cell.hours, cell.differs, cell.by.join(", "))
        };
        let ((before, eight, by), (during, six, bundle)) =
            (cell("2027-12-31", "azure"), cell("2028-01-01", "azure"));
        assert_eq!((eight, six, by.as_str(), bundle.as_str()), (8, 6, "", "The bundle"));
        // Disks and firmware take 0.15 h each; of the drivers' 0.5 h a fifth remains.
        assert!((before.mode - during.mode - (0.30 + 0.4)).abs() < 1e-12, "{before:?} {during:?}");
        // At the worst half of 1 h remains, and 0.3 h each go away.
        assert!((before.high - during.high - (0.60 + 0.5)).abs() < 1e-12, "{before:?} {during:?}");
        assert_eq!(cell("2030-01-01", "azure"), (before, 8, String::new()));
        assert_eq!(cell("2028-01-01", "nitro"), cell("2027-01-01", "nitro"));
        assert!(!diagnostics.has_errors());
    }
}
