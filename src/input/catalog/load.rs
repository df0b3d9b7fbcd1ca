//! From the embedded files, and what a user lays over them, to a catalogue.

use super::figure::is_figure;
use super::listing::paths;
use super::{
    Catalog, Facet, Facility, Figure, Licence, Party, Plain, Platform, Profile, Provider, Source, Tool,
};
use super::{check, embedded, sovereignty};
use crate::base::diagnostics::{Diagnostic, Diagnostics, Sources};
use crate::base::settings::{Entries, Setting};
use crate::base::units::{Atom, Unit};
use crate::base::yaml::{Key, Kind, Node, merge, parse};

crate::record! {
    /// A tree of the catalogue: the embedded one, or what a user lays over it.
    struct Tree as "a catalogue" {
        /// Published sources of figures, by key.
        sources: Entries<Source>,
        /// Companies and public bodies.
        parties: Entries<Party>,
        /// Respects in which platforms differ.
        facets: Entries<Facet>,
        /// What applications lean on beside machines.
        facilities: Entries<Facility>,
        /// Virtualisation stacks.
        platforms: Entries<Platform>,
        /// Software licences.
        licences: Entries<Licence>,
        /// Migration tools.
        tools: Entries<Tool>,
        /// Named figures that the model uses when a scenario does not state its own.
        assumptions: Entries<Figure<Plain>>,
        /// Organisations that run sites.
        providers: Entries<Provider>,
        /// What kinds of provider answer to the sovereignty framework.
        profiles: Entries<Profile>,
    }
}

impl Catalog {
    /// The catalogue of the program, without anything of the user's.
    ///
    /// # Panics
    /// If the embedded files are broken, which a test excludes.
    pub fn embedded() -> Self {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let catalog = Self::load(&[], &mut sources, &mut diagnostics);
        match catalog {
            Some(catalog) if !diagnostics.has_errors() => catalog,
            _ => {
                let titles: Vec<&str> = diagnostics.sorted().iter().map(|d| d.title.as_str()).collect();
                panic!("the embedded catalogue is broken: {titles:?}")
            }
        }
    }

    /// The catalogue of the program with `overrides` laid over it, one after the
    /// other. Texts go to `sources`, messages about all of them to `diagnostics`.
    ///
    /// Nothing is returned when the embedded files have no tree. With broken
    /// overrides something is returned, for further checks only: look at
    /// [`Diagnostics::has_errors`].
    pub fn load(overrides: &[Node], sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Self> {
        let base = embedded_tree(sources, diagnostics)?;
        let tree = overrides.iter().fold(base, |tree, over| {
            same_units(&tree, over, diagnostics);
            let over = with_labels(&tree, over.clone());
            merge(tree, over, replaces_figure)
        });
        let read = Tree::read(&tree, diagnostics)?;
        let criteria = sovereignty::criteria(sovereignty::CRITERIA)
            .expect("the embedded table of criteria is read, a test says");
        let catalog = Self {
            sources: read.sources,
            parties: read.parties,
            facets: read.facets,
            facilities: read.facilities,
            platforms: read.platforms,
            licences: read.licences,
            tools: read.tools,
            assumptions: read.assumptions,
            providers: read.providers,
            profiles: read.profiles,
            criteria,
            paths: paths(&tree),
            tree,
        };
        check::references(&catalog, diagnostics);
        Some(catalog)
    }
}

fn embedded_tree(sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut tree: Option<Node> = None;
    for (name, text) in embedded::FILES {
        let source = sources.add(*name, *text);
        let node = parse(source, sources, diagnostics)?;
        tree = Some(match tree {
            Some(tree) => merge(tree, node, |_, _| false),
            None => node,
        });
    }
    tree
}

/// Whether `over` states a figure anew: then nothing of the old one is kept, least
/// of all its source, which does not vouch for the new number.
fn replaces_figure(base: &Node, over: &Node) -> bool {
    is_figure(base) && is_figure(over)
}

/// Collects what `over` says of assumptions of `base` in units of another kind: the
/// model would take minutes for euros.
fn same_units(base: &Node, over: &Node, diagnostics: &mut Diagnostics) {
    let unit = |node: &Node| {
        let figure = Figure::<Plain>::read(node, &mut Diagnostics::new())?;
        figure.typical().map(|plain| plain.0.unit.clone())
    };
    let assumptions = over.value("assumptions").and_then(Node::as_mapping).unwrap_or_default();
    for (name, stated) in assumptions {
        let known = base.value("assumptions").and_then(|known| known.value(&name.text));
        let (Some(known), Some(mine)) = (known.and_then(unit), unit(stated)) else { continue };
        if !alike(&known, &mine) {
            let wanted = if known.over == Atom::Times {
                "a number without a unit".to_owned()
            } else {
                format!("`{known}`")
            };
            diagnostics.push(
                Diagnostic::error(
                    stated.spot,
                    format!("`{}` is stated in a unit of another kind", name.text),
                )
                .note(format!("The catalogue has it in {wanted}.")),
            );
        }
    }
}

/// Whether two units measure the same kind of thing, counted by the same: prices may
/// be in any currency and times in any unit, but nothing converts a price per day.
fn alike(one: &Unit, other: &Unit) -> bool {
    let same = match (one.over, other.over) {
        (Atom::Thing(one), Atom::Thing(other)) => one == other,
        (one, other) => std::mem::discriminant(&one) == std::mem::discriminant(&other),
    };
    same && one.per == other.per
}

/// `over` with the label and the group of every assumption that it restates: these
/// name the assumption, whatever its number is.
fn with_labels(base: &Node, mut over: Node) -> Node {
    let Some(known) = base.value("assumptions") else { return over };
    let Kind::Mapping(entries) = &mut over.kind else { return over };
    let Some((_, assumptions)) = entries.iter_mut().find(|(key, _)| key.text == "assumptions") else {
        return over;
    };
    let Kind::Mapping(assumptions) = &mut assumptions.kind else { return over };
    for (key, value) in assumptions {
        let Some(known) = known.value(&key.text) else { continue };
        if matches!(value.kind, Kind::Scalar { .. }) && !value.is_null() {
            let number = (Key { text: "value".to_owned(), spot: value.spot }, value.clone());
            value.kind = Kind::Mapping(vec![number]);
        }
        let Kind::Mapping(entries) = &mut value.kind else { continue };
        for word in ["label", "group"] {
            if entries.iter().all(|(key, _)| key.text != word) {
                entries.extend(known.entry(word).cloned());
            }
        }
    }
    over
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::catalog::{Content, Provenance};

    fn with(overrides: &str) -> (Option<Catalog>, Vec<String>) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("mine.yaml", overrides);
        let over = parse(source, &sources, &mut diagnostics).expect("a tree");
        let catalog = Catalog::load(&[over], &mut sources, &mut diagnostics);
        let messages = diagnostics
            .sorted()
            .iter()
            .map(|message| {
                let position = message
                    .spot
                    .map(|spot| (sources.source(spot.source).name.clone(), sources.position(spot)));
                format!("{position:?}: {} {:?} {:?}", message.title, message.notes, message.help)
            })
            .collect();
        (catalog, messages)
    }

    #[test]
    fn the_embedded_catalogue_holds_together() {
        let (catalog, messages) = with("sources: {}\n");
        assert!(messages.is_empty(), "{messages:#?}");
        assert!(catalog.is_some());
    }

    #[test]
    fn a_users_figure_replaces_all_of_the_old_one_and_is_the_users() {
        let (catalog, messages) = with(
            "providers: {azure: {offers: {dsv5-type1: {price: {francecentral: {value: 5 EUR/h}}}}}}\n\
             assumptions: {engineer_rate: 90 EUR/h}\n",
        );
        assert!(messages.is_empty(), "{messages:#?}");
        let catalog = catalog.expect("a catalogue");
        let host = catalog.providers.get("azure").and_then(|azure| azure.offers.get("dsv5-type1"));
        let price = host.and_then(|host| host.price.as_ref()).expect("a price");
        let mine = price.at("francecentral").expect("it is sold there");
        assert_eq!(mine.typical().map(ToString::to_string).as_deref(), Some("5 EUR/h"));
        assert_eq!(mine.provenance, Provenance::Stated);
        assert!(matches!(price.at("westeurope").map(|p| &p.provenance), Some(Provenance::Published { .. })));
        assert_eq!(catalog.path_of(mine.spot), "providers.azure.offers.dsv5-type1.price.francecentral");
        assert_eq!(catalog.assumption_label("engineer_rate"), "Cost of a migration engineer");
    }

    #[test]
    fn a_missing_price_can_be_stated_by_the_user() {
        let path = "providers: {aws: {offers: {evs-i4i: {fee: {low: 0.5 USD/h, mode: 1 USD/h, high: 2 USD/h, assumption: guess}}}}}\n";
        let fee = |catalog: &Catalog| {
            let offer =
                catalog.providers.get("aws").and_then(|aws| aws.offers.get("evs-i4i")).expect("it is there");
            offer.fee.clone().expect("it has a fee")
        };
        assert!(matches!(fee(&Catalog::embedded()).content, Content::Needed { .. }));
        let (catalog, messages) = with(path);
        assert!(messages.is_empty(), "{messages:#?}");
        assert!(fee(&catalog.expect("a catalogue")).known().is_some());
    }

    #[test]
    fn a_mistake_in_a_private_file_is_shown_where_it_stands() {
        let (_, messages) = with(
            "providers:\n  azure:\n    offers:\n      dsv5-type1:\n        price:\n          francecentrl: 5 EUR/h\n        platform: azur\n",
        );
        assert_eq!(messages.len(), 2, "{messages:#?}");
        assert!(messages[0].contains("mine.yaml") && messages[0].contains("line: 6"), "{messages:#?}");
        assert!(messages[0].contains("Did you mean `francecentral`?"), "{messages:#?}");
        assert!(
            messages[1].contains("line: 7") && messages[1].contains("`azur` is not a platform"),
            "{messages:#?}"
        );
    }

    #[test]
    fn an_assumption_keeps_its_kind_of_unit() {
        let (_, messages) =
            with("assumptions: {engineer_rate: 90 min, pue: 1.4, electricity: 0.2 USD/kWh}\n");
        assert_eq!(messages.len(), 1, "{messages:#?}");
        assert!(messages[0].contains("`engineer_rate` is stated in a unit of another kind"), "{messages:#?}");
        assert!(messages[0].contains("`EUR/h`"), "{messages:#?}");
    }

    #[test]
    fn a_price_in_the_wrong_unit_is_refused() {
        let (_, messages) =
            with("providers: {azure: {offers: {dsv5-type1: {price: {francecentral: 4500 EUR/month}}}}}\n");
        assert_eq!(messages.len(), 1, "{messages:#?}");
        assert!(messages[0].contains("is not a price by an hour"), "{messages:#?}");
    }
}
