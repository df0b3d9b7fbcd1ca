//! What each analysis is asked for, with every name looked up.

use super::{KnownOutcome, alternatives, listed, quantity};
use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot, did_you_mean};
use crate::base::settings::{Located, OneOrMany};
use crate::base::units::Share;
use crate::input::study::{
    AnalysisChoice, CompareSettings, DiscoverSettings, MeasureOf, OutcomeStatistic, PairChoice,
    ParetoSettings, PointLayout, Quantity, RobustSettings, SelectBy, SelectSettings, SensitivityMethod,
    SensitivitySettings, SobolChance, SplitSettings, StudySettings, ThresholdsSettings, Until,
};
use crate::study::analyses::Analysis;
use crate::study::analyses::compare::{CompareSpec, Pairs, Replications, Width};
use crate::study::analyses::discover::DiscoverSpec;
use crate::study::analyses::pareto::{Objective, ParetoSpec, Statistic};
use crate::study::analyses::robust::RobustSpec;
use crate::study::analyses::select::{Procedure, SelectSpec};
use crate::study::analyses::sensitivity::{Chance, Method, Points, SensitivitySpec};
use crate::study::analyses::split::SplitSpec;
use crate::study::analyses::thresholds::ThresholdsSpec;
use crate::study::trials::AlternativeId;
use crate::study::{Measure, Study};
use crate::world::World;

/// What analyses speak of.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// What is written.
    pub settings: &'a StudySettings,
    /// The study so far: alternatives, inputs, outcomes.
    pub study: &'a Study,
    /// Its outcomes with what is known of their figures.
    pub outcomes: &'a [KnownOutcome],
    /// The first World.
    pub world: &'a World,
    /// Replications where an analysis states none.
    pub usual: u32,
}

/// The analyses of a study; those of which something is wrong are left out with a message.
pub(super) fn specify(context: Context<'_>, diagnostics: &mut Diagnostics) -> Vec<Analysis> {
    let mut writer = Writer { context, diagnostics };
    let written = context.settings.analyses.iter();
    written.filter_map(|analysis| writer.analysis(&analysis.value.0, analysis.spot)).collect()
}

struct Writer<'a, 'd> {
    context: Context<'a>,
    diagnostics: &'d mut Diagnostics,
}

impl Writer<'_, '_> {
    fn analysis(&mut self, written: &AnalysisChoice, spot: Spot) -> Option<Analysis> {
        Some(match written {
            AnalysisChoice::Split(SplitSettings { nested, .. }) => Analysis::Split(SplitSpec {
                draws: nested.draws.value,
                replications: nested.replications.value,
            }),
            AnalysisChoice::Compare(written) => Analysis::Compare(self.compare(written, spot)?),
            AnalysisChoice::Select(written) => Analysis::Select(self.select(written, spot)?),
            AnalysisChoice::Sensitivity(written) => Analysis::Sensitivity(self.sensitivity(written, spot)?),
            AnalysisChoice::Discover(written) => Analysis::Discover(self.discover(written, spot)?),
            AnalysisChoice::Robust(written) => Analysis::Robust(self.robust(written, spot)?),
            AnalysisChoice::Pareto(written) => Analysis::Pareto(self.pareto(written, spot)?),
            AnalysisChoice::Thresholds(written) => Analysis::Thresholds(self.thresholds(written, spot)?),
        })
    }

    fn compare(&mut self, written: &CompareSettings, spot: Spot) -> Option<CompareSpec> {
        let alternatives = self.several(&written.strategies, spot);
        let replications = match &written.until {
            Some(until) => self.until(until),
            None => Some(Replications::Fixed(
                written.replications.map_or(self.context.usual.max(2), |number| number.value),
            )),
        };
        Some(CompareSpec {
            alternatives: alternatives?,
            replications: replications?,
            level: fraction(written.level),
            pairs: match written.pairs {
                PairChoice::First => Pairs::First,
                PairChoice::All => Pairs::All,
            },
            fixed: written.fixed.value,
        })
    }

    fn until(&mut self, until: &Until) -> Option<Replications> {
        let outcome = self.outcome(until.of.as_ref())?;
        let width = match (&until.half_width, until.relative) {
            (Some(width), _) => Width::Absolute(self.distance(outcome, width)?),
            (None, relative) => Width::Relative(fraction(relative?)),
        };
        Some(Replications::Until { outcome, width, round: until.round.value, most: until.most.value })
    }

    fn select(&mut self, written: &SelectSettings, spot: Spot) -> Option<SelectSpec> {
        let alternatives = self.several(&written.strategies, spot);
        let outcome = self.outcome(written.of.as_ref());
        let delta = match (&written.delta, written.by) {
            (Some(delta), _) => outcome.and_then(|outcome| self.distance(outcome, delta)),
            (None, SelectBy::Ocba) => Some(0.0),
            (None, by) => {
                self.diagnostics.push(
                    Diagnostic::error(spot, format!("The key `delta` is missing: `{by}` needs it"))
                        .note("The least difference worth detecting: of strategies that differ by less, either may be selected.")
                        .help("Add `delta: 50 kEUR`, with your own value in the unit of the outcome."),
                );
                None
            }
        };
        if let (Some(alternatives), Some(_)) = (&alternatives, outcome) {
            let least = alternatives.len() as u64 * u64::from(written.first.value);
            if u64::from(written.budget.value) < least {
                self.diagnostics.push(
                    Diagnostic::error(written.budget.spot, "The budget ends within the first stage")
                        .note(format!(
                            "{} strategies with {} replications each are {least} evaluations.",
                            alternatives.len(),
                            written.first.value
                        ))
                        .help(format!("Write `budget: {}` or more.", 2 * least)),
                );
            }
        }
        Some(SelectSpec {
            procedure: match written.by {
                SelectBy::Kn => Procedure::Kn,
                SelectBy::Rinott => Procedure::Rinott,
                SelectBy::Ocba => Procedure::Ocba,
            },
            outcome: outcome?,
            alternatives: alternatives?,
            delta: delta?,
            level: fraction(written.level),
            first: written.first.value,
            budget: written.budget.value,
        })
    }

    fn sensitivity(&mut self, written: &SensitivitySettings, spot: Spot) -> Option<SensitivitySpec> {
        self.needs_inputs(spot);
        let method = match &written.by.0 {
            SensitivityMethod::Tornado(tornado) => {
                Method::Tornado { low: fraction(tornado.low), high: fraction(tornado.high) }
            }
            SensitivityMethod::Morris(morris) => {
                Method::Morris { trajectories: morris.trajectories.value, levels: morris.levels.value }
            }
            SensitivityMethod::Sobol(sobol) => Method::Sobol {
                rows: sobol.rows.value,
                points: match sobol.points {
                    PointLayout::ScrambledSobol => Points::ScrambledSobol,
                    PointLayout::Sobol => Points::Sobol,
                    PointLayout::LatinHypercube => Points::LatinHypercube,
                },
                resamples: sobol.resamples.value,
                chance: match sobol.chance {
                    SobolChance::Averaged => Chance::Averaged,
                    SobolChance::Input => Chance::Input,
                },
            },
        };
        let measure = self.measure(&written.of)?;
        Some(SensitivitySpec { measure, method, replications: written.replications.value })
    }

    fn discover(&mut self, written: &DiscoverSettings, spot: Spot) -> Option<DiscoverSpec> {
        self.needs_inputs(spot);
        let measure = self.measure(&written.of)?;
        let known = &self.context.outcomes[measure.outcome];
        let (target, figure) = (known.outcome.target, known.outcome.figure.clone());
        let worse_than = match (&written.worse_than, measure.minus, target) {
            (Some(text), Some(_), _) => self.difference(measure.outcome, text)?,
            (Some(text), None, _) => self.level(measure.outcome, text)?,
            (None, Some(_), _) => 0.0,
            (None, None, Some(target)) => target,
            (None, None, None) => {
                self.diagnostics.push(
                    Diagnostic::error(spot, "The key `worse_than` is missing: it says which futures are of interest")
                        .note(format!("`{figure}` has no target that could stand in its place."))
                        .help("Add `worse_than: 4 MEUR`, with your own value in the unit of the outcome; or `minus: renew` to look where another strategy does better."),
                );
                return None;
            }
        };
        Some(DiscoverSpec {
            measure,
            worse_than,
            futures: written.futures.value,
            replications: written.replications.value,
            peel: fraction(written.peel),
            least_mass: fraction(written.least_mass),
            boxes: written.boxes.value,
        })
    }

    fn robust(&mut self, written: &RobustSettings, spot: Spot) -> Option<RobustSpec> {
        self.needs_inputs(spot);
        let alternatives = self.several(&written.strategies, spot);
        Some(RobustSpec {
            outcome: self.outcome(written.of.as_ref())?,
            alternatives: alternatives?,
            futures: written.futures.value,
            replications: written.replications.value,
            pessimism: fraction(written.pessimism),
            tail: fraction(written.tail),
        })
    }

    fn pareto(&mut self, written: &ParetoSettings, spot: Spot) -> Option<ParetoSpec> {
        let alternatives = self.several(&written.strategies, spot);
        let mean = |outcome| Objective { outcome, statistic: Statistic::Mean };
        let objectives: Vec<Option<Objective>> = match &written.objectives {
            None => (0..self.context.outcomes.len()).map(|outcome| Some(mean(outcome))).collect(),
            Some(written) => written
                .iter()
                .map(|objective| match &objective.0 {
                    OutcomeStatistic::Mean(outcome) => self.outcome(Some(outcome)).map(mean),
                    OutcomeStatistic::Tail(outcome) => self
                        .outcome(Some(outcome))
                        .map(|outcome| Objective { outcome, statistic: Statistic::Tail }),
                })
                .collect(),
        };
        let objectives: Vec<Objective> = objectives.into_iter().collect::<Option<_>>()?;
        if !(2..=4).contains(&objectives.len()) {
            let known = self.context.outcomes.iter().map(|known| known.outcome.figure.as_str());
            self.diagnostics.push(
                Diagnostic::error(
                    spot,
                    format!("A front needs 2 to 4 objectives, found {}", objectives.len()),
                )
                .note(format!("The outcomes of the study are {}.", listed(known)))
                .help("Name outcomes of the study, as in `objectives: [cost.npv, {tail: cost.npv}]`."),
            );
            return None;
        }
        let twice = objectives.iter().enumerate().any(|(place, one)| objectives[..place].contains(one));
        if twice {
            self.diagnostics
                .push(Diagnostic::error(spot, "One objective is named twice").help("Remove one of the two."));
        }
        Some(ParetoSpec {
            objectives,
            alternatives: alternatives?,
            replications: written.replications.map_or(self.context.usual.max(2), |number| number.value),
        })
    }

    fn thresholds(&mut self, written: &ThresholdsSettings, spot: Spot) -> Option<ThresholdsSpec> {
        let alternatives = self.several(&written.strategies, spot);
        let input = self.input(&written.input);
        let outcome = self.outcome(written.of.as_ref());
        Some(ThresholdsSpec {
            input: input?,
            outcome: outcome?,
            alternatives: alternatives?,
            steps: written.steps.value,
            replications: written.replications.value,
        })
    }

    /// The place of an outcome; the first where none is named.
    fn outcome(&mut self, name: Option<&Located<String>>) -> Option<usize> {
        let known = self.context.outcomes;
        let Some(name) = name else { return (!known.is_empty()).then_some(0) };
        if let Some(place) = known.iter().position(|known| known.outcome.figure == name.value) {
            return Some(place);
        }
        // What is wrong with one that is declared has been said.
        let declared =
            self.context.settings.outcomes.iter().any(|outcome| outcome.0.figure.value == name.value);
        if !declared && !known.is_empty() {
            let figures = || known.iter().map(|known| known.outcome.figure.as_str());
            let message =
                Diagnostic::error(name.spot, format!("`{}` is not an outcome of this study", name.value));
            self.diagnostics.push(match did_you_mean(&name.value, figures()) {
                Some(near) => message.help(format!("Did you mean `{near}`?")),
                None => message
                    .note(format!("It looks at {}.", listed(figures())))
                    .help(format!("Add `{}` to `outcomes`.", name.value)),
            });
        }
        None
    }

    /// The place of an input that is one figure.
    fn input(&mut self, name: &Located<String>) -> Option<usize> {
        let inputs = &self.context.study.inputs;
        let wanted = name.value.strip_prefix('$').unwrap_or(&name.value);
        let bare = |known: &str| known == wanted || wanted.strip_prefix("uncertain.") == Some(known);
        let ends = |known: &str| known.ends_with(&format!(".{wanted}"));
        let place = inputs.iter().position(|known| bare(&known.name)).or_else(|| {
            let mut by_end = inputs.iter().enumerate().filter(|(_, known)| ends(&known.name));
            by_end.next().filter(|_| by_end.next().is_none()).map(|(place, _)| place)
        });
        let Some(place) = place else {
            // What is wrong with those that are declared has been said.
            if inputs.is_empty() && self.context.settings.inputs.is_some() {
                return None;
            }
            let names = || inputs.iter().map(|known| known.name.as_str());
            let message =
                Diagnostic::error(name.spot, format!("`{}` is not an input of this study", name.value));
            self.diagnostics.push(match did_you_mean(wanted, names()) {
                Some(near) => message.help(format!("Did you mean `{near}`?")),
                None => message
                    .note(format!("Its inputs are {}.", listed(names())))
                    .help("Add it to `inputs`; without `inputs`, all uncertain figures are."),
            });
            return None;
        };
        if inputs[place].quantile.is_none() {
            self.diagnostics.push(
                Diagnostic::error(
                    name.spot,
                    format!("`{}` is a group, which has no single value", name.value),
                )
                .help("Name one figure, and add it to `inputs` outside of the group."),
            );
            return None;
        }
        Some(place)
    }

    fn measure(&mut self, of: &MeasureOf) -> Option<Measure> {
        let study = self.context.study;
        let outcome = self.outcome(of.outcome.as_ref());
        let strategy = alternatives::one(study, &of.strategy, self.diagnostics);
        let minus = match &of.minus {
            Some(name) => Some(alternatives::one(study, name, self.diagnostics)?),
            None => None,
        };
        if let (Some(name), Some(_)) = (&of.minus, minus.filter(|minus| Some(*minus) == strategy)) {
            self.diagnostics.push(
                Diagnostic::error(name.spot, "A strategy does not differ from itself")
                    .related(of.strategy.spot, "the same one")
                    .help("Name another strategy under `minus`, or leave it out."),
            );
        }
        Some(Measure { outcome: outcome?, of: strategy?, minus })
    }

    /// At least two alternatives.
    fn several(
        &mut self,
        wanted: &Option<OneOrMany<Located<String>>>,
        spot: Spot,
    ) -> Option<Vec<AlternativeId>> {
        let names = wanted.as_ref().map(|OneOrMany(names)| names.as_slice());
        let found = alternatives::all(self.context.study, names, self.diagnostics)?;
        if found.len() < 2 {
            // What is wrong with strategies of the study has been said.
            let asked = self.context.settings.strategies.as_ref().map_or(0, |names| names.len());
            if wanted.is_some() || found.len() >= asked.min(2) {
                self.diagnostics.push(
                    Diagnostic::error(spot, "This analysis needs two strategies at least")
                        .help("Name more under `strategies`, or leave it out for all of the scenario."),
                );
            }
            return None;
        }
        Some(found)
    }

    fn needs_inputs(&mut self, spot: Spot) {
        if self.context.study.inputs.is_empty() && !self.diagnostics.has_errors() {
            self.diagnostics.push(
                Diagnostic::error(spot, "Nothing is uncertain that this analysis could move")
                    .help("Name uncertain figures under `inputs`, or give figures a range under `change`."),
            );
        }
    }

    /// A difference of an outcome of more than zero.
    fn distance(&mut self, outcome: usize, text: &Quantity) -> Option<f64> {
        let found = self.difference(outcome, text)?;
        if found > 0.0 {
            return Some(found);
        }
        self.diagnostics.push(
            Diagnostic::error(text.spot, format!("`{}` is not more than zero", text.text))
                .note("No number of replications tells strategies apart that differ by nothing."),
        );
        None
    }

    /// A difference of an outcome, of either sign.
    fn difference(&mut self, outcome: usize, text: &Quantity) -> Option<f64> {
        self.quantity(outcome, text, quantity::Sense::Difference)
    }

    fn level(&mut self, outcome: usize, text: &Quantity) -> Option<f64> {
        self.quantity(outcome, text, quantity::Sense::Target)
    }

    fn quantity(&mut self, outcome: usize, text: &Quantity, sense: quantity::Sense) -> Option<f64> {
        let known = &self.context.outcomes[outcome];
        quantity::value(known, text, sense, self.context.world, self.diagnostics)
    }
}

fn fraction(share: Located<Share>) -> f64 {
    share.value.fraction()
}
