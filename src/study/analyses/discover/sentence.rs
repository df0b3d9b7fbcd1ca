//! A box in words.

use super::{DiscoverSpec, FoundBox, Limit};
use crate::study::analyses::words;
use crate::study::question::{Better, Study};

/// What makes a future one of interest, a clause: "the net present cost of Sovereign first is
/// higher than that of Renew".
pub(super) fn event(study: &Study, spec: &DiscoverSpec) -> String {
    let measure = &spec.measure;
    let outcome = &study.outcomes[measure.outcome];
    let of = &study.alternatives[measure.of].label;
    let figure = words::within(&outcome.label);
    let Some(minus) = measure.minus else {
        let side = match outcome.better {
            Better::Lower => "over",
            Better::Higher => "under",
        };
        let value = words::amount(study, outcome, spec.worse_than);
        return format!("the {figure} of {of} is {side} {value}");
    };
    let minus = &study.alternatives[minus].label;
    let gap = words::difference(study, outcome, spec.worse_than.abs());
    let than = |relation: &str| format!("the {figure} of {of} is {relation} that of {minus}");
    // Worse than a threshold on the other side of zero is better by less than that.
    match (outcome.better, spec.worse_than) {
        (Better::Lower, 0.0) => than("higher than"),
        (Better::Higher, 0.0) => than("lower than"),
        (Better::Lower, by) if by > 0.0 => than(&format!("more than {gap} above")),
        (Better::Higher, by) if by < 0.0 => than(&format!("more than {gap} below")),
        (Better::Lower, _) => than(&format!("less than {gap} below, or above,")),
        (Better::Higher, _) => than(&format!("less than {gap} above, or below,")),
    }
}

/// The box that is number `place`, from 0, of those found.
pub(super) fn of(study: &Study, spec: &DiscoverSpec, found: &FoundBox, place: usize) -> String {
    let limits: Vec<String> = found.limits.iter().map(|limit| range(study, limit)).collect();
    let event = event(study, spec);
    let where_ = match (place, found.coverage > 0.5) {
        (0, true) => "mostly where",
        (0, false) => "more often where",
        _ => "of the rest, more often where",
    };
    let mut sentence = format!(
        "{event} {where_} {}: {} of such futures lie there, and {} of what lies there is such a future.",
        words::listed(&limits),
        words::percent(found.coverage),
        words::percent(found.density),
    );
    sentence[..1].make_ascii_uppercase();
    sentence
}

fn range(study: &Study, limit: &Limit) -> String {
    let input = &study.inputs[limit.input];
    let value = |value: f64| words::input_value(input, value);
    match (limit.low, limit.high) {
        (Some(low), Some(high)) => format!("{} is between {} and {}", input.name, value(low), value(high)),
        (Some(low), None) => format!("{} is over {}", input.name, value(low)),
        (None, Some(high)) => format!("{} is under {}", input.name, value(high)),
        (None, None) => format!("{} is anything", input.name),
    }
}
