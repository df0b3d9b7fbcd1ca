//! The analyses of a study, as they are asked for.

use serde_json::{Value, json};

use super::outcome::Quantity;
use super::word::{Kinds, OrWord};
use crate::base::diagnostics::Diagnostics;
use crate::base::settings::{Located, OneOrMany, Schemas, Setting, unexpected};
use crate::base::units::Share;
use crate::base::yaml::Node;

crate::kinds! {
    /// An analysis.
    pub enum AnalysisChoice as "an analysis" {
        /// How much of the variation is ignorance and how much is chance.
        Split(SplitSettings) = "split",
        /// Strategies under common random numbers, two by two.
        Compare(CompareSettings) = "compare",
        /// The best strategy, with a guarantee.
        Select(SelectSettings) = "select",
        /// Which uncertain inputs matter.
        Sensitivity(SensitivitySettings) = "sensitivity",
        /// Where among the uncertain inputs a strategy fails.
        Discover(DiscoverSettings) = "discover",
        /// Which strategy is least regretted.
        Robust(RobustSettings) = "robust",
        /// What cannot be improved without giving something up.
        Pareto(ParetoSettings) = "pareto",
        /// At which value of an input another strategy becomes the best.
        Thresholds(ThresholdsSettings) = "thresholds",
    }

    /// How inputs are found to matter.
    pub enum SensitivityMethod as "a method of sensitivity analysis" {
        /// One input at a time between two of its quantiles, the others at their modes.
        Tornado(TornadoSettings) = "tornado",
        /// Elementary effects on a grid (Morris 1991): cheap, for many inputs.
        Morris(MorrisSettings) = "morris",
        /// Variance-based first-order and total indices (Saltelli 2010, Jansen 1999).
        Sobol(SobolSettings) = "sobol",
    }
}

impl Kinds for AnalysisChoice {
    fn words() -> Vec<&'static str> {
        Self::FIELDS.iter().map(|field| field.key).collect()
    }
}

impl Kinds for SensitivityMethod {
    fn words() -> Vec<&'static str> {
        Self::FIELDS.iter().map(|field| field.key).collect()
    }
}

crate::choices! {
    /// Which pairs of strategies are compared.
    pub enum PairChoice as "which pairs are compared" {
        /// Each with the first.
        First = "first",
        /// Each with each.
        All = "all",
    }
    /// A procedure of ranking and selection.
    pub enum SelectBy as "a procedure of selection" {
        /// Kim and Nelson 2001: drops what is beaten as replications come; common random numbers; a guarantee.
        Kn = "kn",
        /// Rinott 1978: two stages, independent sampling; a guarantee.
        Rinott = "rinott",
        /// Chen 2000: spends a budget where it tells most; no guarantee.
        Ocba = "ocba",
    }
    /// How the points of a design are laid.
    pub enum PointLayout as "how points are laid" {
        /// A Sobol' sequence with Owen's scrambling.
        ScrambledSobol = "scrambled-sobol",
        /// A Sobol' sequence as it is.
        Sobol = "sobol",
        /// A Latin hypercube.
        LatinHypercube = "latin-hypercube",
    }
    /// What is done about chance where indices are estimated.
    pub enum SobolChance as "what is done about chance" {
        /// The indices are of the mean over the replications of a point.
        Averaged = "averaged",
        /// Chance is one more input, with indices of its own.
        Input = "input",
    }
}

crate::record! {
    /// How much of the variation is ignorance (the inputs) and how much is chance.
    pub struct SplitSettings as "a split" {
        /// Two nested loops: draws of the inputs, and replications with fresh chance for each of them.
        pub nested: Nested = "{}",
    }

    /// Two nested loops.
    pub struct Nested as "two nested loops" {
        /// Draws of all uncertain inputs, at least 2.
        pub draws: Located<u32> = "200",
        /// Replications with fresh chance for each draw, at least 2.
        pub replications: Located<u32> = "2",
    }

    /// Strategies under common random numbers, two by two.
    pub struct CompareSettings as "a comparison" {
        /// Which strategies, the first the one that the others are compared with; those of the study when left out.
        pub strategies: Option<OneOrMany<Located<String>>>,
        /// How many replications; those of the study when left out.
        pub replications: Option<Located<u32>>,
        /// Goes on until an interval is narrow enough, in place of `replications`.
        pub until: Option<Until>,
        /// The level of all intervals of one outcome together.
        pub level: Located<Share> = "95 %",
        /// Which pairs are compared.
        pub pairs: PairChoice = "first",
        /// Replications with all inputs at their modes, besides: they say what common random numbers save against chance alone. 0 for none.
        pub fixed: Located<u32> = "50",
    }

    /// Goes on until an interval is narrow enough.
    pub struct Until as "a stopping rule" {
        /// The half-width of every difference, in the unit of the outcome.
        pub half_width: Option<Quantity>,
        /// The half-width of every difference as a share of it, in place of `half_width`.
        pub relative: Option<Located<Share>>,
        /// Which outcome; the first of the study when left out.
        pub of: Option<Located<String>>,
        /// The rule is asked after every so many replications, at least 10.
        pub round: Located<u32> = "50",
        /// It goes on for at most so many replications.
        pub most: Located<u32> = "2000",
    }

    /// The best strategy, with a guarantee.
    pub struct SelectSettings as "a selection" {
        /// By which procedure.
        pub by: SelectBy = "kn",
        /// Which outcome; the first of the study when left out.
        pub of: Option<Located<String>>,
        /// Among which strategies; those of the study when left out.
        pub strategies: Option<OneOrMany<Located<String>>>,
        /// The least difference worth detecting, in the unit of the outcome; `ocba` needs none.
        pub delta: Option<Quantity>,
        /// The probability of a correct selection that is guaranteed.
        pub level: Located<Share> = "95 %",
        /// Replications of each strategy in the first stage, at least 2.
        pub first: Located<u32> = "20",
        /// Evaluations in all, of all strategies together.
        pub budget: Located<u32> = "5000",
    }

    /// Which number an analysis looks at: an outcome of one strategy, or by how much it differs from another's.
    pub struct MeasureOf as "a number to look at" {
        /// Which outcome; the first of the study when left out.
        pub outcome: Option<Located<String>>,
        /// Of which strategy; where levers vary with its setting, as in `renew/engineers=4`.
        pub strategy: Located<String>,
        /// Less that of this strategy, under the same inputs and the same chance.
        pub minus: Option<Located<String>>,
    }

    /// Which uncertain inputs matter.
    pub struct SensitivitySettings as "a sensitivity analysis" {
        /// By which method.
        pub by: OrWord<SensitivityMethod> = "tornado",
        /// Of which number.
        pub of: MeasureOf,
        /// Replications with fresh chance at every point, the same at all of them; the analysis is of their mean.
        pub replications: Located<u32> = "4",
    }

    /// One input at a time.
    pub struct TornadoSettings as "a tornado" {
        /// The lower quantile.
        pub low: Located<Share> = "10 %",
        /// The upper quantile.
        pub high: Located<Share> = "90 %",
    }

    /// Elementary effects.
    pub struct MorrisSettings as "a screening by Morris" {
        /// Trajectories through the grid, each of one point more than there are inputs.
        pub trajectories: Located<u32> = "20",
        /// Levels of the grid, an even number.
        pub levels: Located<u32> = "4",
    }

    /// Variance-based indices.
    pub struct SobolSettings as "an analysis of variance by Sobol'" {
        /// Rows of each of the two matrices; the points are this times the inputs plus two.
        pub rows: Located<u32> = "256",
        /// How the points are laid.
        pub points: PointLayout = "scrambled-sobol",
        /// Resamples of the bootstrap, for the intervals.
        pub resamples: Located<u32> = "1000",
        /// What is done about chance.
        pub chance: SobolChance = "averaged",
    }

    /// Where among the uncertain inputs a strategy fails: boxes by the patient rule induction method.
    pub struct DiscoverSettings as "a scenario discovery" {
        /// Of which number.
        pub of: MeasureOf,
        /// A future is of interest where the number is worse than this; when left out the target of the outcome, and zero for a difference.
        pub worse_than: Option<Quantity>,
        /// Futures: points of a Latin hypercube over the inputs.
        pub futures: Located<u32> = "400",
        /// Replications of each future, over whose mean the number is taken.
        pub replications: Located<u32> = "2",
        /// The share of the points in a box that one step peels off.
        pub peel: Located<Share> = "5 %",
        /// The least share of all points that a box may hold.
        pub least_mass: Located<Share> = "5 %",
        /// The most boxes.
        pub boxes: Located<u32> = "2",
    }

    /// Which strategy is least regretted over uncertain futures.
    pub struct RobustSettings as "an analysis of robustness" {
        /// Which outcome; the first of the study when left out. Its target is what satisficing asks for.
        pub of: Option<Located<String>>,
        /// Which strategies; those of the study when left out.
        pub strategies: Option<OneOrMany<Located<String>>>,
        /// Futures: points of a Latin hypercube over the inputs.
        pub futures: Located<u32> = "400",
        /// Replications of each future, over whose mean the outcome is taken.
        pub replications: Located<u32> = "2",
        /// The weight of the worst future against the best one (Hurwicz).
        pub pessimism: Located<Share> = "50 %",
        /// The share of worst futures whose mean is the conditional value at risk.
        pub tail: Located<Share> = "5 %",
    }

    /// What cannot be improved without giving something up.
    pub struct ParetoSettings as "a front" {
        /// What is wanted, 2 to 4 of them: outcomes, whose means are taken, or `{tail: outcome}` for the mean of its worst 5 %. The outcomes of the study when left out.
        pub objectives: Option<Vec<ObjectiveChoice>>,
        /// Which strategies; those of the study in every setting of the levers when left out.
        pub strategies: Option<OneOrMany<Located<String>>>,
        /// Replications of each; those of the study when left out.
        pub replications: Option<Located<u32>>,
    }

    /// At which value of an input another strategy becomes the best.
    pub struct ThresholdsSettings as "a search for thresholds" {
        /// Which input; one figure, not a group.
        pub input: Located<String>,
        /// Which outcome; the first of the study when left out.
        pub of: Option<Located<String>>,
        /// Which strategies; those of the study when left out.
        pub strategies: Option<OneOrMany<Located<String>>>,
        /// Values that are tried, at least 2: quantiles evenly apart, the ends included.
        pub steps: Located<u32> = "9",
        /// Replications at each value.
        pub replications: Located<u32> = "40",
    }
}

crate::kinds! {
    /// A statistic of an outcome.
    pub enum OutcomeStatistic as "a statistic of an outcome" {
        /// The mean of the replications.
        Mean(Located<String>) = "mean",
        /// The mean of the worst 5 % of the replications: risk.
        Tail(Located<String>) = "tail",
    }
}

/// One objective of a front: an outcome, whose mean is taken, or a statistic of one.
#[derive(Clone, PartialEq, Debug)]
pub struct ObjectiveChoice(pub OutcomeStatistic);

impl Setting for ObjectiveChoice {
    const WHAT: &'static str = "an outcome, or a statistic of one";

    fn schema(schemas: &mut Schemas) -> Value {
        let whole = OutcomeStatistic::schema(schemas);
        json!({ "anyOf": [{ "type": "string", "examples": ["cost.npv"] }, whole] })
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_some() {
            return OutcomeStatistic::read(node, diagnostics).map(Self);
        }
        let Some(text) = node.as_text() else {
            diagnostics.push(unexpected(node, Self::WHAT).note("Such as `cost.npv` or `{tail: cost.npv}`."));
            return None;
        };
        Some(Self(OutcomeStatistic::Mean(Located { value: text.to_owned(), spot: node.spot })))
    }
}
