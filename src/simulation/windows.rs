//! When cutovers may start: weekly windows and freezes.

use super::Simulation;
use super::journal::Receiver;
use crate::base::units::{SimTime, Span};

const WEEK: Span = Span::from_days(7);
/// Where there are no windows, nothing is tried twice a day.
const NEXT_DAY: Span = Span::from_days(1);

impl<R: Receiver> Simulation<'_, R> {
    /// The first instant, not before `now`, at which a cutover may start.
    pub(super) fn next_window(&self, now: SimTime) -> SimTime {
        let calendar = &self.world.factory.calendar;
        let mut from = now;
        // Every freeze pushes the search on at most once, so this ends.
        for _ in 0..=calendar.freezes.len() {
            let opens = calendar
                .windows
                .iter()
                .map(|window| self.next_opening(window.opens, window.length, from))
                .min()
                .unwrap_or(from);
            match calendar.freezes.iter().find(|freeze| freeze.from <= opens && opens < freeze.until) {
                Some(freeze) => from = freeze.until,
                None => return opens,
            }
        }
        from
    }

    /// When a group that could not go at `now` goes again: in a window not before
    /// `pause` has passed, and where there are none on the next day.
    pub(super) fn next_try(&self, now: SimTime, pause: Span) -> SimTime {
        let open = self.world.factory.calendar.windows.is_empty();
        self.next_window(now + if open { NEXT_DAY } else { pause })
    }

    /// The first instant, not before `from`, inside a weekly window.
    fn next_opening(&self, opens: Span, length: Span, from: SimTime) -> SimTime {
        // Shift time so that weeks begin on Mondays.
        let since_monday =
            Span::from_days(self.world.calendar.start().weekday().to_monday_zero_offset() as u64);
        let shifted = from + since_monday;
        let week = shifted.as_ns() / WEEK.as_ns();
        let into = Span::from_ns(shifted.as_ns() % WEEK.as_ns());
        // A window may have opened at the end of the week before.
        let opened = if into >= opens { into - opens } else { into + WEEK - opens };
        if opened < length {
            return from;
        }
        let weeks = if into < opens { week } else { week + 1 };
        let next = Span::from_ns(weeks * WEEK.as_ns()) + opens - since_monday;
        SimTime::START + next
    }
}
