//! When cutovers may start: weekly windows and freezes.

use std::borrow::Cow;

use super::Simulation;
use super::journal::Receiver;
use crate::base::units::{SimTime, Span};
use crate::world::{ApplicationId, CutoverCalendar, ScopedCalendar, SiteId, Window};

const WEEK: Span = Span::from_days(7);
/// Where there are no windows, nothing is tried twice a day.
const NEXT_DAY: Span = Span::from_days(1);

impl<R: Receiver> Simulation<'_, R> {
    /// The first instant, not before `now`, at which a group's cutover may start.
    pub(super) fn next_window(&self, group: ApplicationId, now: SimTime) -> SimTime {
        let CutoverCalendar { windows, freezes } = &*self.calendar_of(group);
        let mut from = now;
        // Every freeze pushes the search on at most once, so this ends.
        for _ in 0..=freezes.len() {
            let opens = windows
                .iter()
                .map(|window| self.next_opening(window.opens, window.length, from))
                .min()
                .unwrap_or(from);
            match freezes.iter().find(|freeze| freeze.from <= opens && opens < freeze.until) {
                Some(freeze) => from = freeze.until,
                None => return opens,
            }
        }
        from
    }

    /// When a group that could not go at `now` goes again: in a window not before
    /// `pause` has passed, and where there are none on the next day.
    pub(super) fn next_try(&self, group: ApplicationId, now: SimTime, pause: Span) -> SimTime {
        let open = self.calendar_of(group).windows.is_empty();
        self.next_window(group, now + if open { NEXT_DAY } else { pause })
    }

    /// The windows of a group: those that are stated for a part of the estate in which
    /// it is, else those of all. Freezes add up.
    fn calendar_of(&self, group: ApplicationId) -> Cow<'_, CutoverCalendar> {
        let usual = &self.world.factory.calendar;
        let scoped = &self.world.programme.calendars;
        if scoped.is_empty() {
            return Cow::Borrowed(usual);
        }
        let holds: Vec<&ScopedCalendar> =
            scoped.iter().filter(|scope| self.is_within(group, scope)).collect();
        let own = holds.iter().flat_map(|scope| scope.windows.iter().copied());
        let mut windows: Vec<Window> = own.collect();
        if windows.is_empty() {
            windows.clone_from(&usual.windows);
        }
        let freezes = holds.iter().flat_map(|scope| scope.freezes.iter()).chain(&usual.freezes);
        Cow::Owned(CutoverCalendar { windows, freezes: freezes.copied().collect() })
    }

    fn is_within(&self, group: ApplicationId, scope: &ScopedCalendar) -> bool {
        self.programme.members(group).into_iter().any(|workload| {
            let application = self.world.workloads[workload].application;
            let from = self.world.offers[self.source_offer(workload)].site;
            let to = self.assignment(workload).to.map(|to| self.world.offers[to].site);
            let at = |site: &SiteId| from == *site || to == Some(*site);
            (scope.sites.is_empty() || scope.sites.iter().any(at))
                && scope.applications.as_ref().is_none_or(|applications| applications[application])
        })
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
