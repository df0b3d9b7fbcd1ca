//! `study.html`: one page that needs nothing else: no script, no request.
//!
//! The first screen is the question and every answer; each analysis has its section.

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde_json::{Value, json};

use super::sections::{Section, sections};
use super::view::View;
use super::words::words;
use crate::report::ReportError;
use crate::report::data_table::DataTable;
use crate::report::definitions::definition;
use crate::report::html::{Picture, STYLE, TABLE, fonts};

const TEMPLATE: &str = include_str!("../templates/study.html");
/// Up to so many columns a table is read at a glance; wider ones are folded away.
const WIDE: usize = 12;

/// The pictures of each finding, for the page.
#[cfg(feature = "plots")]
pub(super) fn pictures(drawn: &[Vec<crate::report::plots::Plot>]) -> Vec<Vec<Picture<'_>>> {
    drawn.iter().map(|plots| plots.iter().map(picture).collect()).collect()
}

#[cfg(feature = "plots")]
fn picture(plot: &crate::report::plots::Plot) -> Picture<'_> {
    let crate::report::plots::Plot { stem, title, guide, svg, data } = plot;
    Picture { stem, title, guide, svg, data }
}

/// The page; `pictures` are those of each finding, in order, or none at all.
pub(super) fn study_html(view: &View<'_>, pictures: &[Vec<Picture<'_>>]) -> Result<Vec<u8>, ReportError> {
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    environment.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("table.html", TABLE)?;
    environment.add_template("study.html", TEMPLATE)?;
    let page = environment.get_template("study.html")?.render(Serde(context(view, pictures)))?;
    Ok(page.into_bytes())
}

fn context(view: &View<'_>, pictures: &[Vec<Picture<'_>>]) -> Value {
    let (study, meta) = (view.study, view.meta);
    let sections = sections(view);
    let keys = sections.iter().flat_map(|section| section.words.iter().copied());
    let words = words(keys);
    let first = pictures.iter().flatten().next().map(|picture| json!(picture));
    let parts: Vec<Value> = sections
        .iter()
        .enumerate()
        .map(|(place, section)| part(section, pictures.get(place).map_or(&[], Vec::as_slice), place == 0))
        .collect();
    json!({
        "style": STYLE,
        "fonts": fonts(),
        "name": study.name,
        "question": study.question,
        "about": about(view),
        "sections": parts,
        "first": first,
        "stand_ins": view.stand_ins(),
        "words": words,
        "outcomes": outcomes(view),
        "alternatives": alternatives(view),
        "inputs": inputs(view),
        "held": study.held,
        "prices": prices(view),
        "evaluations": view.count(view.findings.evaluations() as f64),
        "start": crate::report::dates::day(meta.calendar.start()),
        "end": crate::report::dates::day(meta.calendar.end()),
        "meta": {
            "version": meta.version,
            "command": meta.command,
            "seed": meta.seed,
            "study_sha256": meta.study_sha256,
            "estate_sha256": meta.estate_sha256,
            "scenarios": meta.scenarios,
        },
    })
}

/// A section with its pictures; the first picture of the page stands on its first screen.
fn part(section: &Section, pictures: &[Picture<'_>], is_first: bool) -> Value {
    let folded = |table: &DataTable| json!({"table": table, "folded": table.rows.len() > 15 || table.header.len() > WIDE});
    json!({
        "anchor": section.anchor,
        "heading": section.heading,
        "answer": section.answer,
        "how": section.how,
        "tables": section.tables.iter().map(folded).collect::<Vec<_>>(),
        "more": section.more,
        "doubts": section.doubts,
        "says": section.says,
        "words": words(section.words.iter().copied()),
        "pictures": pictures.iter().skip(usize::from(is_first)).collect::<Vec<_>>(),
        "shown_above": is_first && !pictures.is_empty(),
    })
}

fn about(view: &View<'_>) -> String {
    let study = view.study;
    format!(
        "{} alternatives, {} uncertain inputs moved by designs, {} outcomes; {} to {}.",
        study.alternatives.len(),
        study.inputs.len(),
        study.outcomes.len(),
        crate::report::dates::day(view.meta.calendar.start()),
        crate::report::dates::day(view.meta.calendar.end()),
    )
}

/// What each outcome is, from the definitions of figures.
fn outcomes(view: &View<'_>) -> Vec<Value> {
    let outcome = |outcome: &crate::study::Outcome| {
        let wanted = match outcome.better {
            crate::study::Better::Lower => "less is better",
            crate::study::Better::Higher => "more is better",
        };
        let text = definition(&outcome.figure).map_or("", |known| known.text);
        json!({"figure": outcome.figure, "label": outcome.label, "wanted": wanted, "text": text})
    };
    view.study.outcomes.iter().map(outcome).collect()
}

fn alternatives(view: &View<'_>) -> DataTable {
    let mut header = vec!["Alternative".to_owned(), "What it is".to_owned(), "Strategy".to_owned()];
    header.extend(view.study.levers.iter().cloned());
    let rows = view.study.alternatives.iter().map(|alternative| {
        let mut row = vec![alternative.name.clone(), alternative.label.clone(), alternative.strategy.clone()];
        row.extend(
            (0..view.study.levers.len())
                .map(|lever| alternative.settings.get(lever).cloned().unwrap_or_default()),
        );
        row
    });
    let caption = "Alternatives; the first is what the others are compared with".to_owned();
    DataTable { caption, header, rows: rows.collect(), ..DataTable::default() }
}

fn inputs(view: &View<'_>) -> DataTable {
    let mut table = DataTable::new("Inputs that designs move", ["Input", "5 %", "Median", "95 %"]);
    for (place, input) in view.study.inputs.iter().enumerate() {
        let points = [0.05, 0.5, 0.95].map(|u| match &input.quantile {
            Some(quantile) => view.input_value(place, quantile.at(u)),
            None => "–".to_owned(),
        });
        let name = match input.columns.len() {
            1 => input.name.clone(),
            figures => format!("{} ({figures} figures together)", input.name),
        };
        table.rows.push(std::iter::once(name).chain(points).collect());
    }
    table
}

fn prices(view: &View<'_>) -> DataTable {
    let mut table = DataTable::new("Published prices and their dates", ["Source", "Date", "Figures"]);
    let rows = view.meta.prices_as_of.iter();
    table
        .rows
        .extend(rows.map(|price| vec![price.source.clone(), price.date.clone(), price.figures.to_string()]));
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::money::Typography;
    use crate::report::study::fixture::fixture;

    fn page(change: impl FnOnce(&mut crate::study::Study)) -> String {
        let (mut study, findings, meta) = fixture();
        change(&mut study);
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Fine };
        #[cfg(feature = "plots")]
        let drawn = crate::report::study::plots::plots(&view).expect("they are drawn");
        #[cfg(feature = "plots")]
        let pictures = pictures(&drawn);
        #[cfg(not(feature = "plots"))]
        let pictures = Vec::new();
        String::from_utf8(study_html(&view, &pictures).expect("it is rendered")).expect("it is text")
    }

    #[test]
    fn every_analysis_has_an_anchor_its_answer_and_a_link_to_it() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Fine };
        let page = page(|_| {});
        for anchor in view.anchors() {
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
            assert!(page.contains(&format!("href=\"#{anchor}\"")), "{anchor}");
        }
        for link in page.split("href=\"#").skip(1) {
            let anchor = link.split('"').next().expect("a link is closed");
            assert!(page.contains(&format!("id=\"{anchor}\"")), "#{anchor}");
        }
    }

    #[test]
    fn the_page_asks_for_nothing_from_outside() {
        let page = page(|_| {});
        assert!(page.contains("default-src 'none'"));
        // The name of SVG's own vocabulary is no address that is asked for.
        let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for outside in ["http://", "https://", "<script", "<link", "@import", "url(http", "src=\"/"] {
            let found = page.find(outside).map(|at| page[at..].chars().take(80).collect::<String>());
            assert_eq!(found, None, "{outside}");
        }
    }

    #[test]
    fn names_of_the_user_are_escaped() {
        let page = page(|study| study.question = "<b>Which</b> & why?".to_owned());
        assert!(page.contains("&lt;b&gt;Which&lt;&#x2f;b&gt; &amp; why?") && !page.contains("<b>Which"));
    }

    #[test]
    fn the_page_ends_with_what_it_rests_on() {
        let page = page(|_| {});
        for text in ["a".repeat(64), "d".repeat(64), "seed 42".to_owned(), "2026-09-14".to_owned()] {
            assert!(page.contains(&text), "{text}");
        }
    }
}
