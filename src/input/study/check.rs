//! What only the whole study shows, without its scenario.

use super::{
    AnalysisChoice, CompareSettings, OrWord, SensitivityMethod, SobolSettings, StudySettings,
    TornadoSettings, Until,
};
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::Located;
use crate::base::units::Share;

/// The most evaluations that one number of a study may ask for.
const MOST: u32 = 10_000_000;

/// Collects what is wrong with `study`.
pub(super) fn check(study: &StudySettings, diagnostics: &mut Diagnostics) {
    let checks = &mut Checks { diagnostics };
    if let Some(replications) = &study.replications {
        checks.count("replications", replications, 1);
    }
    if let (Some((lever, _)), Some((variant, _))) = (study.levers.iter().next(), study.variants.iter().next())
    {
        let error = Diagnostic::error(variant.spot, "`levers` and `variants` cannot stand together");
        checks.diagnostics.push(
            error
                .related(lever.spot, "the first lever")
                .note("Levers make a variant of every combination of their values; `variants` names each.")
                .help("Write one of them: a lever may have named values that are parts of a scenario."),
        );
    }
    if study.outcomes.is_empty() && !checks.diagnostics.has_errors() {
        checks.diagnostics.push(
            Diagnostic::error(study.spot, "This study looks at no outcome")
                .help("Write `outcomes: [cost.npv]`, or leave the key out."),
        );
    }
    if study.analyses.is_empty() && !checks.diagnostics.has_errors() {
        checks.diagnostics.push(
            Diagnostic::error(study.spot, "This study has no analysis")
                .note("Expected a list such as `analyses: [compare]`."),
        );
    }
    let mut figures: Vec<&Located<String>> = Vec::new();
    for outcome in &study.outcomes {
        let figure = &outcome.0.figure;
        if let Some(earlier) = figures.iter().find(|earlier| earlier.value == figure.value) {
            let error = Diagnostic::error(figure.spot, format!("`{}` is looked at twice", figure.value));
            checks
                .diagnostics
                .push(error.related(earlier.spot, "the first time").help("Remove one of them."));
        }
        figures.push(figure);
    }
    for analysis in &study.analyses {
        checks.analysis(analysis);
    }
}

struct Checks<'a> {
    diagnostics: &'a mut Diagnostics,
}

impl Checks<'_> {
    /// A count of at least `least`.
    fn count(&mut self, key: &str, count: &Located<u32>, least: u32) {
        if !(least..=MOST).contains(&count.value) {
            self.diagnostics.push(
                Diagnostic::error(count.spot, format!("`{key}` cannot be {}", count.value))
                    .note(format!("Expected a whole number from {least} to 10 000 000.")),
            );
        }
    }

    /// A share between two fractions, both excluded.
    fn between(&mut self, key: &str, share: &Located<Share>, low: f64, high: f64) {
        let fraction = share.value.fraction();
        if !(low < fraction && fraction < high) {
            let percent =
                |fraction: f64| format!("{} %", crate::base::units::Price::from_f64(fraction * 100.0));
            self.diagnostics.push(
                Diagnostic::error(share.spot, format!("`{key}` cannot be {}", percent(fraction)))
                    .note(format!("Expected more than {} and less than {}.", percent(low), percent(high))),
            );
        }
    }

    fn level(&mut self, level: &Located<Share>) {
        self.between("level", level, 0.5, 1.0);
    }

    fn analysis(&mut self, analysis: &Located<OrWord<AnalysisChoice>>) {
        match &analysis.value.0 {
            AnalysisChoice::Split(split) => {
                self.count("draws", &split.nested.draws, 2);
                self.count("replications", &split.nested.replications, 2);
            }
            AnalysisChoice::Compare(compare) => self.compare(compare),
            AnalysisChoice::Select(select) => {
                self.level(&select.level);
                self.count("first", &select.first, 2);
                self.count("budget", &select.budget, 4);
            }
            AnalysisChoice::Sensitivity(sensitivity) => {
                self.count("replications", &sensitivity.replications, 1);
                match &sensitivity.by.0 {
                    SensitivityMethod::Tornado(tornado) => self.tornado(tornado),
                    SensitivityMethod::Morris(morris) => {
                        self.count("trajectories", &morris.trajectories, 2);
                        if !morris.levels.value.is_multiple_of(2) || !(2..=100).contains(&morris.levels.value)
                        {
                            let title = format!("`levels` cannot be {}", morris.levels.value);
                            self.diagnostics.push(
                                Diagnostic::error(morris.levels.spot, title)
                                    .note("Expected an even number from 2 to 100, such as 4."),
                            );
                        }
                    }
                    SensitivityMethod::Sobol(sobol) => self.sobol(sobol),
                }
            }
            AnalysisChoice::Discover(discover) => {
                self.count("futures", &discover.futures, 20);
                self.count("replications", &discover.replications, 1);
                self.count("boxes", &discover.boxes, 1);
                self.between("peel", &discover.peel, 0.0, 0.5);
                self.between("least_mass", &discover.least_mass, 0.0, 1.0);
            }
            AnalysisChoice::Robust(robust) => {
                self.count("futures", &robust.futures, 2);
                self.count("replications", &robust.replications, 1);
                self.between("tail", &robust.tail, 0.0, 1.0);
            }
            AnalysisChoice::Pareto(pareto) => {
                if let Some(replications) = &pareto.replications {
                    self.count("replications", replications, 2);
                }
            }
            AnalysisChoice::Thresholds(thresholds) => {
                self.count("steps", &thresholds.steps, 2);
                self.count("replications", &thresholds.replications, 2);
            }
        }
    }

    fn compare(&mut self, compare: &CompareSettings) {
        self.level(&compare.level);
        if let Some(replications) = &compare.replications {
            self.count("replications", replications, 2);
        }
        if compare.fixed.value != 0 {
            self.count("fixed", &compare.fixed, 2);
        }
        let Some(until) = &compare.until else { return };
        if let Some(replications) = &compare.replications {
            self.diagnostics.push(
                Diagnostic::error(until.spot, "`replications` and `until` cannot stand together")
                    .related(replications.spot, "so many")
                    .help("Remove one of them; `until: {most: …}` is the most replications."),
            );
        }
        self.until(until);
    }

    fn until(&mut self, until: &Until) {
        self.count("round", &until.round, 10);
        self.count("most", &until.most, until.round.value.max(10));
        if let Some(relative) = &until.relative {
            self.between("relative", relative, 0.0, 1.0);
        }
        match (&until.half_width, &until.relative) {
            (Some(_), Some(relative)) => self.diagnostics.push(
                Diagnostic::error(relative.spot, "`half_width` and `relative` cannot stand together")
                    .help("Keep one of them."),
            ),
            (None, None) => self.diagnostics.push(
                Diagnostic::error(until.spot, "This stopping rule does not say how narrow")
                    .help("Add `half_width: 50 kEUR`, with your own value, or `relative: 10 %`."),
            ),
            _ => {}
        }
    }

    fn tornado(&mut self, tornado: &TornadoSettings) {
        self.between("low", &tornado.low, 0.0, 1.0);
        self.between("high", &tornado.high, 0.0, 1.0);
        if tornado.low.value >= tornado.high.value {
            self.diagnostics.push(
                Diagnostic::error(tornado.low.spot, "`low` is not below `high`")
                    .note("They are quantiles of each input, such as 10 % and 90 %."),
            );
        }
    }

    fn sobol(&mut self, sobol: &SobolSettings) {
        self.count("rows", &sobol.rows, 8);
        self.count("resamples", &sobol.resamples, 20);
    }
}
