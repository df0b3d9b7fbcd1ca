//! `report.html`: one page that needs nothing else: no script, no request.
//!
//! The first screen is the answer; everything behind it is there to be checked.

mod answers;
mod bottlenecks;
mod commitments;
mod exits;
mod sources;
mod tables;

pub(super) use tables::decided;

use std::collections::BTreeSet;

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde_json::{Value, json};

use super::answer;
use super::dates::{day, month};
use super::definitions::{self, DEFINITIONS, Definition};
use super::money::Typography;
use super::reading::Reading;
use super::{ReportError, RunMeta};

const TEMPLATE: &str = include_str!("../templates/report.html");
/// The macros of a table, for every page.
pub(super) const TABLE: &str = include_str!("../templates/table.html");
/// The style of every page.
pub(super) const STYLE: &str = include_str!("../templates/report.css");

/// The page; `pictures` are its figures, in order.
pub(crate) fn report_html(
    reading: &Reading<'_>,
    meta: &RunMeta,
    pictures: &[Picture<'_>],
) -> Result<Vec<u8>, ReportError> {
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    environment.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("table.html", TABLE)?;
    environment.add_template("report.html", TEMPLATE)?;
    let page = environment.get_template("report.html")?.render(Serde(context(reading, meta, pictures)))?;
    Ok(page.into_bytes())
}

/// A figure of the page.
#[derive(serde::Serialize)]
pub(crate) struct Picture<'p> {
    /// Its anchor, and the stem of its files.
    pub stem: &'p str,
    /// Its title.
    pub title: &'p str,
    /// How to read it.
    pub guide: &'p str,
    /// The SVG, put into the page as it is.
    pub svg: &'p str,
    /// What it shows.
    pub data: &'p super::data_table::DataTable,
}

fn context(reading: &Reading<'_>, meta: &RunMeta, pictures: &[Picture<'_>]) -> Value {
    let (world, results) = (reading.world, reading.results);
    let calendar = &world.calendar;
    let mut page = json!({
        "sovereignty": {
            "gates": tables::sovereignty(reading),
            "seals": tables::seals(reading),
            "exposure": tables::exposure(reading),
            "profiles": sources::profiles(reading),
        },
        "style": STYLE,
        "fonts": fonts(),
        "name": world.name,
        "description": world.description,
        "question": question(reading),
        "title": answer::title(reading),
        "sentences": answer::sentences(reading, Typography::Fine),
        "changes": answers::what_would_change_it(reading),
        "overview": answers::overview(reading),
        "broken": answers::broken_limits(reading),
        "pictures": pictures,
        "costs": tables::costs(reading),
        "commitments": commitments::commitments(reading),
        "moves": moves(reading),
        "events": tables::events(reading),
        "exits": tables::exits(reading),
        "leaving": leaving(reading),
        "availability": tables::availability(reading),
        "utilisation": tables::utilisation(reading),
        "assumptions": sources::assumptions(reading),
        "prices": sources::prices(reading),
        "framework": world.framework.edition,
        "replications": results.replications,
        "path_replication": results.path_replication,
        "percentiles": reading.strategies.iter()
            .map(|strategy| format!("{} {:.0}", strategy.strategy.name, strategy.results.path.npv_percentile))
            .collect::<Vec<_>>()
            .join(", "),
        "first": reading.first().strategy.name,
        "currency": world.currency.code(),
        "from": month(calendar.start()),
        "start": day(calendar.start()),
        "end": day(calendar.end()),
        "workloads": world.workloads.len(),
        "applications": world.applications.len(),
        "sites": world.sites.len(),
        "meta": {
            "version": meta.version,
            "command": meta.command,
            "seed": results.seed,
            "scenario_sha256": meta.scenario_sha256,
            "inventory": meta.inventory,
            "inventory_sha256": meta.inventory_sha256,
        },
    });
    page["definitions"] = definitions(reading).into();
    page["words"] = ["cost.npv", "range", "beats", "path"].map(definition_json).to_vec().into();
    page
}

/// The definitions of the words of the page and of every group of figures that this run
/// has: a column may be of a figure that only other runs have.
fn definitions(reading: &Reading<'_>) -> Vec<Value> {
    let group = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let groups: BTreeSet<String> = reading.first().path.iter().map(|(name, _)| group(name)).collect();
    let shown = |known: &&Definition| known.is_word() || groups.contains(&group(known.name));
    DEFINITIONS.iter().filter(shown).map(|known| definition_json(known.name)).collect()
}

/// A definition with its anchor.
fn definition_json(name: &str) -> Value {
    definitions::definition(name).map_or(Value::Null, |known| {
        json!({
            "name": known.name,
            "anchor": known.anchor(),
            "title": known.title,
            "text": known.text,
            "unit": known.unit,
            "formula": known.formula,
            "source": known.source,
            "figure": !known.is_word(),
        })
    })
}

fn moves(reading: &Reading<'_>) -> Value {
    json!({
        "summary": tables::moves(reading),
        "facets": tables::facets(reading),
        "pairs": tables::pairs(reading),
        "across": tables::across(reading),
        "waits": bottlenecks::waits(reading),
        "reliefs": bottlenecks::reliefs(reading),
    })
}

fn leaving(reading: &Reading<'_>) -> Value {
    json!({
        "kept": exits::kept_by(reading),
        "components": exits::components(reading),
        "figures": exits::figures(reading),
        "parties": exits::parties(reading),
        "periods": exits::periods(reading),
    })
}

fn question(reading: &Reading<'_>) -> String {
    let calendar = &reading.world.calendar;
    format!(
        "{} workloads, {} strategies, from {} to {}; {} replications of each.",
        reading.world.workloads.len(),
        reading.strategies.len(),
        day(calendar.start()),
        day(calendar.end()),
        reading.results.replications
    )
}

/// The fonts that the plots are set in, so that their labels are as wide as they
/// were measured.
#[cfg(feature = "plots")]
pub(super) fn fonts() -> Vec<Value> {
    use super::plots::{BOLD, REGULAR};
    [(400, REGULAR), (700, BOLD)]
        .into_iter()
        .map(|(weight, font)| json!({"weight": weight, "base64": base64(font)}))
        .collect()
}

/// None: without plots nothing is measured.
#[cfg(not(feature = "plots"))]
pub(super) fn fonts() -> Vec<Value> {
    Vec::new()
}

/// RFC 4648, section 4, with padding.
#[cfg(any(feature = "plots", test))]
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word =
            group.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { digit as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    fn page() -> String {
        let (world, results) = fixture();
        let meta =
            RunMeta { version: "0.1.0".to_owned(), command: "portolan run".to_owned(), ..RunMeta::default() };
        let page = report_html(&Reading::new(&world, &results), &meta, &[]).expect("it is rendered");
        String::from_utf8(page).expect("it is text")
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn the_page_asks_for_nothing_from_outside() {
        let page = page();
        assert!(page.contains("default-src 'none'"));
        for outside in ["http://", "https://", "<script", "<link", "@import", "url(http", "src=\"/"] {
            let found = page.find(outside).map(|at| page[at..].chars().take(80).collect::<String>());
            assert_eq!(found, None, "{outside}");
        }
    }

    #[test]
    fn names_of_the_user_are_escaped() {
        let (mut world, results) = fixture();
        world.description = "<b>bold</b> & \"quoted\"".to_owned();
        let page =
            report_html(&Reading::new(&world, &results), &RunMeta::default(), &[]).expect("it is rendered");
        let page = String::from_utf8(page).expect("it is text");
        assert!(page.contains("&lt;b&gt;bold&lt;&#x2f;b&gt; &amp;") && !page.contains("<b>bold"));
    }

    #[test]
    fn every_assumption_is_listed_with_its_range_and_reason() {
        let page = page();
        assert!(page.contains("uncertain.vcf_discount"));
        assert!(page.contains("no figure is published; consultants"));
    }

    #[test]
    fn scores_link_to_their_definitions() {
        let page = page();
        for figure in ["cost.npv", "lock_in.exit_cost", "sovereignty.gate_violations", "availability.mean"] {
            let anchor = definitions::definition(figure).expect("it is defined").anchor();
            assert!(page.contains(&format!("<a class=\"def\" href=\"#{anchor}\">")), "{figure}");
            assert!(page.contains(&format!("<dt id=\"{anchor}\">")), "{figure}");
        }
    }

    #[test]
    fn every_link_within_the_page_has_its_target() {
        let page = page();
        for link in page.split("href=\"#").skip(1) {
            let anchor = link.split('"').next().expect("a link is closed");
            assert!(page.contains(&format!("id=\"{anchor}\"")), "#{anchor}");
        }
    }
}
