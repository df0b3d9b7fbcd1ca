//! `portolan catalog list`: what there is.

use clap::ValueEnum;
use serde::Serialize;

use super::table::{printed, table};
use crate::base::settings::Entries;
use crate::input::catalog::Catalog;

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListKind {
    /// Organisations that run sites.
    Providers,
    /// What can be bought of them.
    Offers,
    /// Virtualisation stacks.
    Platforms,
    /// Respects in which platforms differ.
    Facets,
    /// Software licences.
    Licences,
    /// Migration tools.
    Tools,
    /// Named figures used when a scenario does not state its own.
    Assumptions,
    /// Answers to the sovereignty framework, by kind of provider.
    Profiles,
    /// Companies and public bodies.
    Parties,
    /// Published sources of figures.
    Sources,
    /// Figures that nobody publishes and that you must state to use them.
    Needed,
}

impl ListKind {
    fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// One line of a list.
#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
}

impl Row {
    fn new(name: impl ToString, label: impl ToString, detail: impl ToString) -> Self {
        Self { name: name.to_string(), label: label.to_string(), detail: detail.to_string() }
    }
}

/// How many things of a kind there are.
#[derive(Serialize)]
pub(super) struct Count {
    kind: String,
    count: usize,
    names: Vec<String>,
}

pub(super) fn counts(catalog: &Catalog) -> Vec<Count> {
    let count = |kind: &ListKind| {
        let names: Vec<String> = rows(catalog, *kind).into_iter().map(|row| row.name).collect();
        Count { kind: kind.word(), count: names.len(), names }
    };
    ListKind::value_variants().iter().map(count).collect()
}

pub(super) fn overview(catalog: &Catalog) -> String {
    let mut table = table(&["kind", "how many", "names"]);
    for Count { kind, count, names } in counts(catalog) {
        let shown = names.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
        let more = if names.len() > 12 { ", …" } else { "" };
        table.add_row([kind, count.to_string(), shown + more]);
    }
    let figures = catalog.figures("").len();
    printed(&table)
        + &format!(
            "\n{figures} figures. `portolan catalog list KIND` lists one kind, `portolan catalog show NAME` shows one thing.\n"
        )
}

pub(super) fn text(catalog: &Catalog, kind: ListKind) -> String {
    let detail = match kind {
        ListKind::Providers => "regions",
        ListKind::Offers => "kind, platform",
        ListKind::Platforms => "supplier, management plane",
        ListKind::Facets => "group",
        ListKind::Licences => "kind, price",
        ListKind::Tools => "methods",
        ListKind::Assumptions => "figure",
        ListKind::Profiles => "rests on",
        ListKind::Parties => "jurisdiction",
        ListKind::Sources => "date, licence",
        ListKind::Needed => "seen",
    };
    let mut table = table(&["name", "", detail]);
    for row in rows(catalog, kind) {
        table.add_row([row.name, row.label, row.detail]);
    }
    printed(&table)
}

pub(super) fn rows(catalog: &Catalog, kind: ListKind) -> Vec<Row> {
    fn all<T>(entries: &Entries<T>, row: impl Fn(&str, &T) -> Row) -> Vec<Row> {
        entries.iter().map(|(name, entry)| row(name.as_str(), entry)).collect()
    }
    match kind {
        ListKind::Providers => all(&catalog.providers, |name, provider| {
            let regions: Vec<String> = provider
                .regions
                .iter()
                .map(|(region, place)| format!("{region} ({})", place.country))
                .collect();
            Row::new(name, &provider.label, regions.join(", "))
        }),
        ListKind::Offers => catalog
            .providers
            .iter()
            .flat_map(|(provider, sold)| {
                all(&sold.offers, |name, offer| {
                    Row::new(
                        format!("{provider}/{name}"),
                        &offer.label,
                        format!("{}, {}", offer.kind, offer.platform),
                    )
                })
            })
            .collect(),
        ListKind::Platforms => all(&catalog.platforms, |name, platform| {
            Row::new(name, &platform.label, format!("{}, {}", platform.supplier, platform.management_plane))
        }),
        ListKind::Facets => all(&catalog.facets, |name, facet| Row::new(name, &facet.label, facet.group)),
        ListKind::Licences => all(&catalog.licences, |name, licence| {
            let price = catalog.figures(&format!("licences.{name}.price"));
            let price = price.first().map(|listed| listed.figure.as_str()).unwrap_or_default();
            Row::new(name, &licence.label, format!("{}, {price}", licence.kind))
        }),
        ListKind::Tools => all(&catalog.tools, |name, tool| {
            let methods: Vec<&str> = tool.methods.iter().map(|method| method.word()).collect();
            Row::new(name, &tool.label, methods.join(", "))
        }),
        ListKind::Assumptions => all(&catalog.assumptions, |name, _| {
            let listed = catalog.figures(&format!("assumptions.{name}"));
            let figure = listed.first().map(|listed| listed.figure.as_str()).unwrap_or_default();
            Row::new(name, catalog.assumption_label(name), figure)
        }),
        ListKind::Profiles => all(&catalog.profiles, |name, profile| {
            Row::new(name, &profile.label, profile.assumption.as_deref().unwrap_or("your own answers"))
        }),
        ListKind::Parties => all(&catalog.parties, |name, party| {
            let owner = party.owner.as_ref().map(|owner| format!(", owned by {owner}")).unwrap_or_default();
            Row::new(name, &party.label, format!("{}{owner}", party.jurisdiction))
        }),
        ListKind::Sources => all(&catalog.sources, |name, source| {
            Row::new(name, &source.cites, format!("{}, {}", source.date, source.licence))
        }),
        ListKind::Needed => catalog
            .figures("")
            .into_iter()
            .filter_map(|listed| {
                let range = listed.figure.strip_prefix("needed (").and_then(|text| text.strip_suffix(')'));
                let range = range.unwrap_or_default().to_owned();
                listed.needed.map(|why| Row::new(&listed.path, why, range))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_listed_and_has_something_in_it() {
        let catalog = Catalog::embedded();
        for kind in ListKind::value_variants() {
            let rows = rows(&catalog, *kind);
            assert!(rows.len() >= 8, "{kind:?} has {} rows", rows.len());
            let text = text(&catalog, *kind);
            assert!(text.contains(&rows[0].name), "{text}");
            assert!(rows.iter().all(|row| !row.label.is_empty()), "{kind:?} has a row without a text");
        }
    }

    #[test]
    fn offers_are_listed_under_their_provider() {
        let text = text(&Catalog::embedded(), ListKind::Offers);
        assert!(text.contains("azure/dsv5-type1") && text.contains("dedicated_host, azure"), "{text}");
    }
}
