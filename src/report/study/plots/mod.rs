//! Pictures of findings: one file a picture.
//!
//! Each says its finding in its title, its unit and what a line is in its subtitle. The
//! tables of the section have the figures; a picture that shows more carries its own.

mod axis;
mod boxes;
mod differences;
mod fan;
mod morris;
mod pareto;
mod placing;
mod regret;
mod rows;
mod sobol;
mod split;
mod strips;
mod thresholds;
mod tornado;

use rayon::prelude::*;

use super::names::shortened;
use super::view::View;
use crate::base::units::{Calendar, SimTime};
use crate::report::plots::style::{GREY, INK, Ink, width_of};
use crate::report::plots::{Plot, PlotError};
use crate::study::Measure;
use crate::study::analyses::Finding;
use crate::study::analyses::sensitivity::Effects;

/// The pictures of every finding, in the order of the study.
pub(super) fn plots(view: &View<'_>) -> Result<Vec<Vec<Plot>>, PlotError> {
    let anchors = view.anchors();
    let findings: Vec<(&Finding, &String)> = view.findings.findings.iter().zip(&anchors).collect();
    findings.par_iter().map(|(finding, anchor)| of_finding(view, finding, anchor)).collect()
}

fn of_finding(view: &View<'_>, finding: &Finding, anchor: &str) -> Result<Vec<Plot>, PlotError> {
    let mut plots = Vec::new();
    match finding {
        Finding::Compare(found) => {
            for (place, compared) in found.outcomes.iter().enumerate() {
                plots.extend(differences::plot(view, anchor, found, compared)?);
                plots.push(strips::plot(view, anchor, found, compared)?);
                if place == 0 {
                    plots.extend(fan::plot(view, anchor, found)?);
                }
            }
        }
        Finding::Split(found) => {
            let mut outcomes: Vec<usize> = found.parts.iter().map(|parts| parts.outcome).collect();
            outcomes.sort_unstable();
            outcomes.dedup();
            for outcome in outcomes {
                plots.extend(split::plot(view, anchor, found, outcome)?);
            }
        }
        // Its table says all: who was kept, and after how many replications others went.
        Finding::Select(_) => {}
        Finding::Sensitivity(found) => plots.push(match &found.effects {
            Effects::Tornado { centre, bars } => tornado::plot(view, anchor, found, (*centre, bars))?,
            Effects::Morris { effects } => morris::plot(view, anchor, found, effects)?,
            Effects::Sobol { indices, .. } => sobol::plot(view, anchor, found, indices)?,
        }),
        Finding::Discover(found) => {
            for place in 0..found.boxes.len() {
                plots.extend(boxes::plot(view, anchor, found, place)?);
            }
        }
        Finding::Robust(found) => plots.push(regret::plot(view, anchor, found)?),
        Finding::Pareto(found) => {
            for upwards in 1..found.objectives.len() {
                for across in 0..upwards {
                    plots.push(pareto::plot(view, anchor, found, [across, upwards])?);
                }
            }
        }
        Finding::Thresholds(found) => plots.push(thresholds::plot(view, anchor, found)?),
    }
    Ok(plots)
}

/// The name of a picture's files: `compare-strips-cost-npv`.
fn stem(anchor: &str, parts: &[&str]) -> String {
    let mut stem = anchor.to_owned();
    for part in parts {
        stem.push('-');
        stem.extend(part.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }));
    }
    stem
}

/// The width of a picture between its margins.
const ROOM: f64 = 850.0;
/// So many characters of a name stand in a subtitle or a title beside other words.
const NAME: usize = 32;

/// A title that fits, cut in the middle if it must be.
fn title(text: String) -> String {
    let ink = Ink::new(19.0, INK).bold();
    shortened(&[&text], |text| width_of(text, ink) * rows::BOLDER <= ROOM).remove(0)
}

/// A subtitle that fits: with its last part where there is room for it.
fn subtitle(text: String, last: &str) -> String {
    let fits = |text: &str| width_of(text, Ink::new(13.0, GREY)) <= ROOM;
    let whole = format!("{text}{last}");
    if fits(&whole) {
        return whole;
    }
    shortened(&[text.trim_end_matches(';')], fits).remove(0)
}

/// A name beside other words.
fn short(name: &str) -> String {
    shortened(&[name], |text| text.chars().count() <= NAME).remove(0)
}

/// A measure in names that are not too long: `cost.npv of hyper-v − renew`.
fn brief_measure(view: &View<'_>, measure: &Measure) -> String {
    let figure = &view.outcome(measure.outcome).figure;
    let names: Vec<&str> =
        [Some(measure.of), measure.minus].into_iter().flatten().map(|id| view.name(id)).collect();
    let room = NAME / names.len();
    let cut = shortened(&names, |text| text.chars().count() <= room);
    format!("{figure} of {}", cut.join(" − "))
}

/// The end of so many months from the start.
fn date_after(calendar: &Calendar, months: usize) -> SimTime {
    calendar.month_start(months.min(calendar.months()))
}

#[cfg(test)]
mod tests {
    use resvg::usvg::{Group, Node, Options, Tree, fontdb};
    use std::sync::Arc;

    use super::*;
    use crate::report::money::Typography;
    use crate::report::plots::{BOLD, REGULAR};
    use crate::report::study::fixture::fixture;

    /// Every text of a picture with its place: left, top, right, bottom.
    fn texts(group: &Group, found: &mut Vec<(String, [f32; 4])>) {
        for node in group.children() {
            match node {
                Node::Group(group) => texts(group, found),
                Node::Text(text) => {
                    let place = text.abs_bounding_box();
                    let words: String = text.chunks().iter().map(|chunk| chunk.text()).collect();
                    found.push((words, [place.left(), place.top(), place.right(), place.bottom()]));
                }
                _ => {}
            }
        }
    }

    /// What is wrong with the texts of the pictures of a study: cut, or over each other.
    fn wrong_texts(view: &View<'_>) -> Vec<String> {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(BOLD.to_vec());
        let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
        let mut wrong = Vec::new();
        for plot in plots(view).expect("they are drawn").iter().flatten() {
            let tree = Tree::from_str(&plot.svg, &options).expect("it is an SVG");
            let mut found = Vec::new();
            texts(tree.root(), &mut found);
            assert!(found.len() > 3, "{} has texts", plot.stem);
            let size = tree.size();
            for (place, (text, [left, top, right, bottom])) in found.iter().enumerate() {
                if *left < 0.0 || *top < 0.0 || *right > size.width() || *bottom > size.height() {
                    wrong.push(format!("{}: {text:?} is cut", plot.stem));
                }
                for (other, [l, t, r, b]) in &found[..place] {
                    // Boxes have the height of the line, which is more than that of its
                    // letters: they may touch by two pixels.
                    if left < r && l < right && top + 2.0 < *b && *t + 2.0 < *bottom {
                        wrong.push(format!("{}: {text:?} lies over {other:?}", plot.stem));
                    }
                }
            }
        }
        wrong
    }

    #[test]
    fn no_text_of_a_picture_is_cut_or_lies_over_another() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Fine };
        let wrong = wrong_texts(&view);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn names_of_any_length_are_neither_cut_off_nor_over_each_other() {
        let (mut study, findings, meta) = fixture();
        let stretched =
            |text: &str| format!("{text} with a name that goes on WELL beyond what anybody would write");
        for alternative in study.alternatives.iter_mut() {
            alternative.name = stretched(&alternative.name);
            alternative.label = stretched(&alternative.label);
        }
        study.inputs.iter_mut().for_each(|input| input.name = stretched(&input.name));
        study.outcomes.iter_mut().for_each(|outcome| outcome.label = stretched(&outcome.label));
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Fine };
        let wrong = wrong_texts(&view);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_kind_of_finding_but_a_selection_has_its_pictures_under_names_of_their_own() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Fine };
        let drawn = plots(&view).expect("they are drawn");
        let mut stems: Vec<&str> = drawn.iter().flatten().map(|plot| plot.stem.as_str()).collect();
        for expected in [
            "compare-1-differences-cost-npv",
            "compare-1-strips-migration-finished-at",
            "compare-1-cumulative-cost",
            "split-cost-npv",
            "sensitivity-1-tornado",
            "sensitivity-2-morris",
            "sensitivity-3-sobol",
            "discover-1-box-1",
            "discover-1-box-2",
            "robust-regret",
            "pareto-front-1-2",
            "pareto-front-2-3",
            "thresholds-2-lines",
        ] {
            assert!(stems.contains(&expected), "{expected} of {stems:?}");
        }
        let count = stems.len();
        stems.sort_unstable();
        stems.dedup();
        assert_eq!(stems.len(), count);
        for plot in drawn.iter().flatten() {
            assert!(!plot.svg.contains("NaN") && !plot.svg.contains("inf"), "{}", plot.stem);
        }
    }
}
