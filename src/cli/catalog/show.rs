//! `portolan catalog show NAME`: one thing with all its figures.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Unknown;
use super::table::{printed, table, width, wrapped};
use crate::base::diagnostics::{did_you_mean, one_of};
use crate::base::units::UnitPrice;
use crate::input::catalog::{Asked, Catalog, Figure, Listed, Offer, Over, Profile, Provenance, Provider};

/// In place of a figure that nobody publishes.
const YOURS: &str = "you state it";

/// What was found under a name.
pub(super) struct Found {
    /// Its dotted path.
    path: String,
    /// Other things of the same name.
    also: Vec<String>,
}

/// The headings under which a bare name is looked for, in this order.
const HEADINGS: [&str; 10] = [
    "providers",
    "platforms",
    "licences",
    "tools",
    "facets",
    "facilities",
    "assumptions",
    "profiles",
    "parties",
    "sources",
];

/// What `name` means: a path, `provider/offer`, or a name of any heading.
pub(super) fn find(catalog: &Catalog, name: &str) -> Result<Found, Unknown> {
    let path = match name.split_once('/') {
        Some((provider, offer)) => format!("providers.{provider}.offers.{offer}"),
        None => name.to_owned(),
    };
    if is_declared(catalog, &path) {
        return Ok(Found { path, also: Vec::new() });
    }
    let mut paths =
        HEADINGS.iter().map(|heading| format!("{heading}.{name}")).filter(|path| is_declared(catalog, path));
    if let Some(path) = paths.next() {
        return Ok(Found { path, also: paths.collect() });
    }
    let names = names(catalog);
    let hint = match did_you_mean(name, names.iter().map(String::as_str)) {
        Some(near) => format!(" Did you mean `{near}`?"),
        None => format!(" Known are {} and more: `portolan catalog list`.", one_of(providers(catalog))),
    };
    Err(Unknown { name: name.to_owned(), hint })
}

fn providers(catalog: &Catalog) -> impl Iterator<Item = &str> {
    catalog.providers.iter().map(|(name, _)| name.as_str())
}

/// Every name that can be shown.
fn names(catalog: &Catalog) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (provider, sold) in catalog.providers.iter() {
        names.push(provider.text.clone());
        names.extend(sold.offers.iter().map(|(offer, _)| format!("{provider}/{offer}")));
    }
    names.extend(catalog.platforms.names().map(str::to_owned));
    names.extend(catalog.licences.names().map(str::to_owned));
    names.extend(catalog.tools.names().map(str::to_owned));
    names.extend(catalog.facets.names().map(str::to_owned));
    names.extend(catalog.facilities.names().map(str::to_owned));
    names.extend(catalog.assumptions.names().map(str::to_owned));
    names.extend(catalog.profiles.names().map(str::to_owned));
    names.extend(catalog.parties.names().map(str::to_owned));
    names.extend(catalog.sources.names().map(str::to_owned));
    names.extend(catalog.figures("").into_iter().map(|listed| listed.path));
    names
}

fn is_declared(catalog: &Catalog, path: &str) -> bool {
    catalog.holds(path)
}

/// The figures below a path, with the citations of their sources.
pub(super) fn json(catalog: &Catalog, found: &Found) -> Value {
    let figures: Vec<Value> = catalog
        .figures(&found.path)
        .iter()
        .map(|listed| {
            let mut figure = json!(listed);
            if let Some((cites, date)) = listed.source.as_deref().and_then(|source| catalog.cited(source)) {
                figure["cites"] = json!(cites);
                figure["date"] = json!(listed.date.as_deref().unwrap_or(date.as_str()));
            }
            figure
        })
        .collect();
    json!({ "path": found.path, "label": catalog.text_at(&found.path, "label"), "figures": figures })
}

/// The thing for people: what it is, then its figures, then their sources.
pub(super) fn text(catalog: &Catalog, found: &Found) -> String {
    let label = catalog.text_at(&found.path, "label").unwrap_or(&found.path);
    let mut text = format!("{label}\n{}\n", found.path);
    let keys: Vec<&str> = found.path.split('.').collect();
    match keys.as_slice() {
        ["providers", name] => {
            if let Some(provider) = catalog.providers.get(name) {
                text += &provider_card(catalog, provider);
            }
        }
        ["providers", name, "offers", offer] => {
            let provider = catalog.providers.get(name);
            if let Some((provider, offer)) =
                provider.and_then(|p| p.offers.get(offer).map(|offer| (p, offer)))
            {
                text += &offer_card(catalog, provider, offer);
            }
        }
        ["profiles", name] => {
            text += &words(catalog, &found.path);
            if let Some(profile) = catalog.profiles.get(name) {
                text += &answers(catalog, profile);
            }
        }
        _ => text += &words(catalog, &found.path),
    }
    let mut figures = catalog.figures(&found.path);
    if let ["providers", name] = keys.as_slice() {
        // What is sold has a page of its own each; here it would bury the rest.
        figures.retain(|listed| !listed.path.starts_with(&format!("{}.offers.", found.path)));
        text += &format!("\nThe figures of an offer: portolan catalog show {name}/OFFER\n");
    }
    if !figures.is_empty() {
        text += "\n";
        text += &figures_list(catalog, &found.path, &figures);
        text += &citations(catalog, &figures);
    }
    for other in &found.also {
        text += &format!("\nAlso `{other}`: portolan catalog show {other}\n");
    }
    text
}

/// A line of a card.
fn line(label: &str, says: impl AsRef<str>) -> String {
    format!("  {label:<14} {}\n", says.as_ref())
}

/// The plain words of anything: what is neither a figure nor a list of them.
fn words(catalog: &Catalog, path: &str) -> String {
    let words = catalog.words(path);
    let shown = words.iter().filter(|(key, _)| !["label", "source", "confidence"].contains(&key.as_str()));
    shown.map(|(key, says)| line(&key.replace('_', " "), says)).collect()
}

/// The answers of a profile, and the least SEAL of each objective.
fn answers(catalog: &Catalog, profile: &Profile) -> String {
    let answers = profile.in_order(&catalog.criteria);
    let mut table = table(&["objective", "", "criterion", "answer", "SEAL"]);
    let mut least: Vec<(&str, Option<u8>)> = Vec::new();
    for (criterion, answer) in catalog.criteria.iter().zip(&answers) {
        let seal = answer.and_then(|index| criterion.seals.get(usize::from(index)).copied());
        let last = criterion.values.len().saturating_sub(1);
        table.add_row([
            criterion.objective.clone(),
            criterion.number.to_string(),
            criterion.name.clone(),
            answer.map_or_else(|| "unanswered".to_owned(), |index| format!("{index} of {last}")),
            seal.map_or_else(|| "-".to_owned(), |seal| seal.to_string()),
        ]);
        match least.last_mut().filter(|(objective, _)| *objective == criterion.objective) {
            Some((_, lowest)) => *lowest = [*lowest, seal].into_iter().flatten().min(),
            None => least.push((&criterion.objective, seal)),
        }
    }
    let least: Vec<String> = least
        .into_iter()
        .map(|(objective, seal)| {
            format!("{objective} {}", seal.map_or("-".to_owned(), |seal| seal.to_string()))
        })
        .collect();
    format!(
        "\nAnswers, 0 the weakest\n{}\nLeast SEAL of the answered criteria: {}\n",
        printed(&table),
        least.join(", ")
    )
}

fn provider_card(catalog: &Catalog, provider: &Provider) -> String {
    let party = |name: &str| {
        catalog
            .parties
            .get(name)
            .map_or_else(|| name.to_owned(), |party| format!("{} ({})", party.label, party.jurisdiction))
    };
    let regions: Vec<String> =
        provider.regions.iter().map(|(name, region)| format!("{name} ({})", region.country)).collect();
    let mut card = line("operator", party(provider.operator.as_str()));
    card += &line("owner", party(provider.owner.as_str()));
    card +=
        &line("regions", if regions.is_empty() { "your own rooms".to_owned() } else { regions.join(", ") });
    card += &line("sovereignty", format!("{} (an assumption)", provider.profile));
    let note = provider.exit.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
    card += &line("leaving", format!("{}{note}", free_exits(provider)));

    card += "\nOffers, with the typical price by the hour and how sure it is\n";
    let priced = |region: &str| provider.offers.iter().any(|(_, offer)| provider.sells(offer, region));
    let regions: Vec<&str> = provider
        .regions
        .iter()
        .map(|(region, _)| region.as_str())
        .filter(|region| priced(region))
        .take(4)
        .collect();
    let mut headings = vec!["offer", "what", "size"];
    headings.extend(&regions);
    if regions.is_empty() {
        headings.push("price");
    }
    let mut table = table(&headings);
    for (name, offer) in provider.offers.iter() {
        let mut row =
            vec![name.text.clone(), format!("{} ({})", offer.label, offer.kind), size_of(provider, offer)];
        if regions.is_empty() {
            row.push(price_in("", offer));
        }
        row.extend(regions.iter().map(|region| price_in(region, offer)));
        table.add_row(row);
    }
    card + &printed(&table)
}

fn size_of(provider: &Provider, offer: &Offer) -> String {
    if let Some(shape) = &offer.shape {
        return format!("{} cores, {} GiB", shape.cores, whole(shape.memory.as_gib()));
    }
    let region = provider.regions.iter().find(|(region, _)| !offer.sizes(region.as_str()).is_empty());
    let sizes = region.map(|(region, _)| offer.sizes(region.as_str())).unwrap_or_default();
    match (sizes.iter().map(|size| size.vcpus).min(), sizes.iter().map(|size| size.vcpus).max()) {
        (Some(least), Some(most)) => format!("{} sizes, {least} to {most} vCPU", sizes.len()),
        _ => String::new(),
    }
}

/// The typical price of a host, or of the smallest size, and how sure it is.
fn price_in(region: &str, offer: &Offer) -> String {
    let sure = |figure: &Figure<UnitPrice>| match &figure.provenance {
        Provenance::Published { confidence, .. } => confidence.word(),
        Provenance::Assumed { .. } => "assumed",
        Provenance::Stated => "yours",
    };
    if let Some(price) = &offer.price {
        return price.at(region).map_or_else(
            || "-".to_owned(),
            |figure| match figure.typical() {
                Some(price) => format!("{price} {}", sure(figure)),
                None => YOURS.to_owned(),
            },
        );
    }
    let sizes = offer.sizes(region);
    let known = sizes.iter().filter_map(|size| Some((size.typical()?, size.price.first()?.0)));
    match known.min_by(|(one, _), (other, _)| one.total_cmp(other)) {
        Some((price, figure)) => {
            let currency = figure.typical().map(|price| price.currency.to_string()).unwrap_or_default();
            format!("from {price:.4} {currency}/h {}", sure(figure))
        }
        None if sizes.is_empty() => "-".to_owned(),
        None => YOURS.to_owned(),
    }
}

fn whole(number: f64) -> String {
    format!("{number:.0}")
}

fn offer_card(catalog: &Catalog, provider: &Provider, offer: &Offer) -> String {
    let platform = catalog.platforms.get(offer.platform.as_str());
    let mut card = line("kind", offer.kind.word());
    card += &line("platform", platform.map_or(offer.platform.as_str(), |platform| platform.label.as_str()));
    let names = |names: &[crate::base::settings::Name]| {
        names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
    };
    if !offer.certifications.is_empty() {
        let only = if offer.certified_regions.is_empty() {
            String::new()
        } else {
            format!(", in {} only", names(&offer.certified_regions))
        };
        card += &line("certified", offer.certifications.join(", ") + &only);
    }
    if let Some(level) = offer.gaia_x {
        card += &line("Gaia-X label", format!("level {level}"));
    }
    if !offer.licences.is_empty() {
        card += &line("you bring", names(&offer.licences));
    }
    if !offer.licences_included.is_empty() {
        card += &line("includes", names(&offer.licences_included));
    }
    if let Some(note) = &offer.licence_note {
        card += &line("licences", note);
    }
    card += &line("own Windows", offer.windows.carry.word());
    if let Some(sale) = offer.sale.as_ref().filter(|sale| sale.closed) {
        let ends = sale.ends.as_ref().map(|date| format!("; ends {date}")).unwrap_or_default();
        card += &line("sale", format!("closed to new customers{ends}"));
    }
    card + &menu(provider, offer)
}

/// The sizes on the menu, with the typical price in each region.
fn menu(provider: &Provider, offer: &Offer) -> String {
    let regions: Vec<&str> = provider.regions.iter().map(|(region, _)| region.as_str()).collect();
    let sold: Vec<(&str, Vec<_>)> = regions
        .iter()
        .map(|region| (*region, offer.sizes(region)))
        .filter(|(_, sizes)| !sizes.is_empty())
        .collect();
    let Some((_, first)) = sold.iter().max_by_key(|(_, sizes)| sizes.len()) else { return String::new() };
    let mut headings = vec!["size", "vCPU", "GiB"];
    headings.extend(sold.iter().map(|(region, _)| *region));
    headings.push("");
    let mut table = table(&headings);
    for size in first {
        let mut row = vec![size.name.clone(), size.vcpus.to_string(), whole(size.memory.as_gib())];
        for (_, sizes) in &sold {
            let here = sizes.iter().find(|other| other.name == size.name);
            let price = here.and_then(|size| {
                let currency = size.price.first().and_then(|(figure, _)| figure.typical())?.currency;
                size.typical().map(|price| format!("{price:.4} {currency}/h"))
            });
            row.push(price.unwrap_or_else(|| if here.is_some() { YOURS } else { "-" }.to_owned()));
        }
        row.push(size.derived.clone().unwrap_or_default());
        table.add_row(row);
    }
    let derived = first.iter().any(|size| size.derived.is_some());
    let rule = if derived { "Sizes with a factor follow the provider's own linear rule.\n" } else { "" };
    format!("\nSizes\n{}{rule}", printed(&table))
}

/// One line a figure, and below it what a reader should know.
fn figures_list(catalog: &Catalog, path: &str, figures: &[Listed]) -> String {
    let rows: Vec<(&str, String, &Listed)> = figures
        .iter()
        .map(|listed| {
            let name = listed.path.strip_prefix(path).unwrap_or(&listed.path).trim_start_matches('.');
            let name = if name.is_empty() { path.rsplit('.').next().unwrap_or(path) } else { name };
            (name, listed.figure.replace("needed", YOURS), listed)
        })
        .collect();
    let widest = |length: &dyn Fn(&(&str, String, &Listed)) -> usize, most: usize| {
        rows.iter().map(length).max().unwrap_or(0).min(most)
    };
    let names = widest(&|(name, ..)| name.chars().count(), 48);
    let numbers = widest(&|(_, figure, _)| figure.chars().count(), 44);
    let mut text = format!("Figures (each is overridden by its path below `{path}`)\n");
    for (name, figure, listed) in &rows {
        let cited = listed.source.as_deref().and_then(|source| catalog.cited(source));
        let date = listed.date.as_deref().or(cited.map(|(_, date)| date.as_str())).unwrap_or_default();
        let sure = match (&listed.confidence, &listed.assumption, &listed.needed) {
            (Some(confidence), _, _) => confidence.as_str(),
            (None, Some(_), _) => "assumed",
            (None, None, Some(_)) => "unknown",
            (None, None, None) => "yours",
        };
        let source = listed.source.as_deref().unwrap_or_default();
        let line = format!("  {name:<names$}  {figure:<numbers$}  {date:<10}  {sure:<7}  {source}");
        text += line.trim_end();
        text.push('\n');
        let why = [listed.needed.as_deref(), listed.assumption.as_deref(), listed.note.as_deref()];
        let why: Vec<&str> = why.into_iter().flatten().collect();
        text += &wrapped(&why.join("; "), "      ", usize::from(width()));
    }
    text
}

fn citations(catalog: &Catalog, figures: &[Listed]) -> String {
    let keys: BTreeSet<&str> = figures.iter().filter_map(|listed| listed.source.as_deref()).collect();
    let cited = keys.into_iter().filter_map(|key| catalog.cited(key).map(|(cites, date)| (key, cites, date)));
    let lines: String = cited.map(|(key, cites, date)| format!("  {key}: {cites} ({date})\n")).collect();
    if lines.is_empty() {
        String::new()
    } else {
        format!(
            "\nSources\n{lines}Sure: A official or two sources agree, B one good list, C weak or derived, D anecdote.\n"
        )
    }
}

/// The programmes under which data leaves freely, in words.
fn free_exits(provider: &Provider) -> String {
    let programmes = provider.exit.free.iter().map(|(name, programme)| {
        let since = programme.since.map(|since| format!(" since {since}")).unwrap_or_default();
        let window = programme.window.map(|window| format!(" for {window}")).unwrap_or_default();
        let asked = match programme.asks {
            Asked::Nothing => "",
            Asked::CloseAccount => ", when the account is closed",
            Asked::CancelSubscriptions => ", when all subscriptions are cancelled",
        };
        let over = match programme.over {
            Over::Any => "",
            Over::Internet => ", over the internet",
            Over::PremiumTier => ", over the premium tier",
        };
        let note = programme.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        format!("data out is free{since}{window}{asked}{over}: {name}{note}")
    });
    let programmes: Vec<String> = programmes.collect();
    if programmes.is_empty() { "data out is charged by the tariff".to_owned() } else { programmes.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str) -> String {
        let catalog = Catalog::embedded();
        let found = find(&catalog, name).unwrap_or_else(|error| panic!("{error}"));
        text(&catalog, &found)
    }

    #[test]
    fn a_provider_is_shown_with_its_offers_its_figures_and_their_sources() {
        let text = shown("azure");
        for wanted in [
            "Microsoft Ireland Operations (IE)",
            "dsv5-type1",
            "6.16 USD/h",
            "2024-08-09",
            "coroot/cloud-pricing",
        ] {
            assert!(text.contains(wanted), "{wanted} is missing in\n{text}");
        }
        assert!(text.contains("Also `platforms.azure`"), "{text}");
        assert!(!text.contains("families.dsv4.price"), "{text}");
    }

    #[test]
    fn an_offer_is_shown_by_its_short_name_with_its_menu() {
        let text = shown("outscale/instances");
        assert!(text.contains("SecNumCloud, in cloudgouv-eu-west-1 only"), "{text}");
        assert!(text.contains("4c-16g") && text.contains("you state it"), "{text}");
        let text = shown("aws/instances");
        assert!(text.contains("7.3600 USD/h") && text.contains("32 x m6i.xlarge"), "{text}");
    }

    #[test]
    fn a_profile_is_shown_with_every_answer_and_the_least_seal() {
        let text = shown("eu-secnumcloud-own-stack");
        assert!(text.contains("HPC sovereignty") && text.contains("unanswered"), "{text}");
        // What the default scenario asks of confidential data.
        assert!(text.contains("SOV-2 3, SOV-3 3"), "{text}");
    }

    #[test]
    fn one_figure_is_shown_by_its_path() {
        let text = shown("providers.aws.offers.evs-i4i.fee");
        assert!(text.contains("ask your account team") && text.contains("unknown"), "{text}");
    }

    #[test]
    fn every_name_in_a_list_can_be_shown() {
        let catalog = Catalog::embedded();
        for name in names(&catalog) {
            let found = find(&catalog, &name).unwrap_or_else(|error| panic!("{error}"));
            assert!(text(&catalog, &found).lines().count() > 2, "{name} shows nothing");
            assert!(json(&catalog, &found)["figures"].is_array());
        }
    }

    #[test]
    fn an_unknown_name_suggests_the_one_probably_meant() {
        let catalog = Catalog::embedded();
        let error =
            |name: &str| find(&catalog, name).err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(error("azzure"), "`azzure` is not in the catalogue. Did you mean `azure`?");
        assert!(error("zzzzzzzzzz").contains("`portolan catalog list`"), "{}", error("zzzzzzzzzz"));
    }
}
