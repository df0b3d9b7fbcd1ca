//! The words of a study's page, a line each.

/// A word and what it means.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct Word {
    /// Its place in the list: its anchor is `word-` and this.
    pub key: &'static str,
    /// The word.
    pub title: &'static str,
    /// What it means.
    pub text: &'static str,
}

const fn word(key: &'static str, title: &'static str, text: &'static str) -> Word {
    Word { key, title, text }
}

/// Every word, in the order of the page.
pub(super) const WORDS: &[Word] = &[
    word(
        "half-width",
        "Half-width (±) and interval",
        "How precisely the replications know a mean: 95 % of intervals made this way cover it. More replications \
         narrow it; they do not narrow what may happen.",
    ),
    word(
        "range",
        "5 to 95 %",
        "The range of outcomes: nine replications in ten lie inside, inputs and chance together.",
    ),
    word(
        "best in",
        "Best in",
        "The share of the replications in which an alternative is the best under the same inputs and the same luck \
         (ties shared), with a Clopper–Pearson interval.",
    ),
    word(
        "bonferroni",
        "Intervals together",
        "Each interval is widened so that all of one outcome hold at the level together (Bonferroni).",
    ),
    word(
        "reduction",
        "Variance reduction",
        "(Var X + Var Y) / Var(X − Y): how many times more replications would be needed if the two alternatives did \
         not meet the same inputs and luck.",
    ),
    word(
        "indifference",
        "Indifference zone",
        "The least difference that matters: alternatives closer to the best than this are as good for the purpose.",
    ),
    word(
        "guarantee",
        "The guarantee of KN and Rinott",
        "If the best leads by the indifference zone or more and the outcomes are normal, it is selected with at least \
         the stated probability.",
    ),
    word(
        "ignorance",
        "Ignorance and chance",
        "Ignorance is the variance between draws of the inputs, chance the variance within one draw: luck that no \
         better knowledge of the inputs removes.",
    ),
    word(
        "pooled",
        "Pooled probability",
        "How often a target is missed over inputs and chance together, with a Clopper–Pearson interval; given the \
         inputs it is a frequency, whose 5 to 95 % range over the draws stands beside it.",
    ),
    word("mode", "At their modes", "Each input at its most likely value: one future, not a forecast."),
    word(
        "tornado",
        "Tornado",
        "Each input in turn goes from a low to a high quantile while the others stay at their modes; the widest bar \
         is on top.",
    ),
    word(
        "morris",
        "µ, µ* and sigma",
        "Over many steps of one input from changing starting points: the mean effect, the mean absolute effect and \
         the spread of the effects (Morris 1991; Campolongo 2007).",
    ),
    word(
        "first-order",
        "First-order index",
        "The share of the variance that would vanish if this input alone were known.",
    ),
    word(
        "total",
        "Total index",
        "The share of the variance that would stay if all other inputs were known: interactions included.",
    ),
    word(
        "negative",
        "Negative estimates",
        "An index cannot be below zero, its unbiased estimate can: close to zero it falls on both sides. It is shown \
         as it is.",
    ),
    word("coverage", "Coverage", "The share of all cases that a box holds."),
    word("density", "Density", "The share of the futures in a box that are cases."),
    word("mass", "Mass", "The share of all futures that a box holds."),
    word(
        "quasi-p",
        "Quasi-p",
        "How likely the box would be as dense by accident without this limit (Bryant and Lempert 2010).",
    ),
    word(
        "regret",
        "Regret",
        "How far an alternative is off the best choice of the same future: zero where it is the best.",
    ),
    word(
        "criteria",
        "Criteria",
        "Maximin: the best worst future (Wald). Hurwicz: worst and best weighed. Laplace: the mean. Starr: the share \
         of futures that meet the target. CVaR: the mean of the worst futures.",
    ),
    word(
        "efficient",
        "Efficient, on the front",
        "No other alternative is at least as good in every objective and better in one.",
    ),
    word(
        "knee",
        "Knee",
        "The alternative on the front nearest to the ideal point, every objective scaled to the front’s range.",
    ),
    word(
        "hypervolume",
        "Hypervolume",
        "The share of the box between the ideal point and the reference that the front dominates.",
    ),
    word("tail", "Worst 5 %", "The mean of the worst one in twenty replications: risk."),
    word(
        "threshold",
        "Threshold",
        "The value of an input at which the means of two alternatives cross, with a 95 % bootstrap interval over the \
         replications.",
    ),
];

/// The words of these keys, in the order of the page.
pub(super) fn words<'k>(keys: impl IntoIterator<Item = &'k str>) -> Vec<Word> {
    let keys: std::collections::BTreeSet<&str> = keys.into_iter().collect();
    WORDS.iter().filter(|word| keys.contains(word.key)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::money::Typography;
    use crate::report::study::fixture::fixture;
    use crate::report::study::sections::sections;
    use crate::report::study::view::View;

    #[test]
    fn every_word_that_a_section_leans_on_is_explained_and_every_word_is_leant_on() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Fine };
        let used: std::collections::BTreeSet<&str> =
            sections(&view).iter().flat_map(|section| section.words.iter().copied()).collect();
        let known: std::collections::BTreeSet<&str> = WORDS.iter().map(|word| word.key).collect();
        assert_eq!(used, known);
    }
}
