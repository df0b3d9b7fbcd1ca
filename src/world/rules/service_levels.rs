//! What a promise of availability allows, and pays when it is broken.

use crate::base::units::Span;
use crate::world::ServiceLevel;

/// The share of the month's fee that is credited at this uptime: the largest among
/// the steps whose bound the uptime stays below; zero when none is reached.
///
/// Monthly uptime is (minutes of the month - minutes down) / minutes of the month
/// (OVHcloud, Azure and AWS service-level agreements). Steps are cumulative bounds,
/// not additions: below 95 % the step of 95 % replaces those above it.
pub fn credit_share(level: &ServiceLevel, uptime: f64) -> f64 {
    level
        .credits
        .iter()
        .filter(|credit| uptime < credit.below)
        .fold(0.0, |most, credit| credit.share.max(most))
}

/// How long a workload may be down within `span` before `target`, a share, is missed.
pub fn allowed_downtime(target: f64, span: Span) -> Span {
    Span::from_seconds_f64(span.as_seconds() * (1.0 - target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Credit;

    #[test]
    fn allowed_downtime_agrees_with_the_published_table() {
        // A month of 730 hours, as providers tabulate it, to the digits they give.
        let minutes = |target| allowed_downtime(target, Span::from_hours(730)).as_hours() * 60.0;
        for (target, published, digit) in [
            (0.999, 43.8, 0.05),
            (0.9995, 21.9, 0.05),
            (0.9999, 4.4, 0.05),
            (0.995, 219.0, 0.5),
            (0.95, 2190.0, 0.5),
        ] {
            assert!((minutes(target) - published).abs() < digit, "{target}: {}", minutes(target));
        }
        assert_eq!(allowed_downtime(1.0, Span::from_hours(730)), Span::ZERO);
    }

    #[test]
    fn the_worst_step_reached_is_credited_alone() {
        // Azure, across zones: <99.99 10 %, <99 25 %, <95 100 %.
        let level = ServiceLevel {
            target: 0.9999,
            credits: [(0.9999, 0.10), (0.99, 0.25), (0.95, 1.0)]
                .map(|(below, share)| Credit { below, share })
                .into(),
            source: String::new(),
        };
        let credits =
            [1.0, 0.9999, 0.9998, 0.99, 0.989, 0.95, 0.5].map(|uptime| credit_share(&level, uptime));
        assert_eq!(credits, [0.0, 0.0, 0.10, 0.10, 0.25, 0.25, 1.0]);
    }
}
