//! Working time: the hours of the days on which a team works.

use crate::base::units::{SimTime, Span};

const DAY: Span = Span::from_days(1);

/// The hours in which a team works: the same hours on each of its weekdays, but for
/// holidays. Times are UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkCalendar {
    /// Time from midnight to the start of work.
    pub opens: Span,
    /// Hours worked on a working day; `opens` and these fit into one day.
    pub hours: Span,
    /// Whether it works on each day of the week, from Monday; at least one is true.
    pub weekdays: [bool; 7],
    /// The weekday on which the scenario starts, 0 for Monday.
    pub first_weekday: u8,
    /// Days without work, counted from the start of the scenario; sorted.
    pub holidays: Vec<u32>,
}

impl WorkCalendar {
    /// Whether the day so many days after the start is worked.
    fn is_worked(&self, day: u64) -> bool {
        let weekday = (u64::from(self.first_weekday) + day) % 7;
        let holiday = u32::try_from(day).is_ok_and(|day| self.holidays.binary_search(&day).is_ok());
        self.weekdays[weekday as usize] && !holiday
    }

    /// The working time of a day: from when until when; none on a day off.
    fn shift(&self, day: u64) -> Option<(SimTime, SimTime)> {
        let opens = SimTime::from_ns(day * DAY.as_ns()) + self.opens;
        self.is_worked(day).then_some((opens, opens + self.hours))
    }

    /// When so much work that starts at `from` is done by one head. Nothing is done
    /// at once, at whatever hour.
    pub fn after(&self, from: SimTime, work: Span) -> SimTime {
        let mut left = work;
        let mut at = from;
        let mut day = from.as_ns() / DAY.as_ns();
        while left > Span::ZERO {
            if let Some((opens, closes)) = self.shift(day) {
                at = at.max(opens);
                let here = closes.since(at);
                if left <= here {
                    return at + left;
                }
                left = left - here;
            }
            day += 1;
            at = at.max(SimTime::from_ns(day * DAY.as_ns()));
        }
        at
    }

    /// Working time from `from` until `until`.
    pub fn worked(&self, from: SimTime, until: SimTime) -> Span {
        let days = from.as_ns() / DAY.as_ns()..=until.as_ns() / DAY.as_ns();
        days.filter_map(|day| self.shift(day))
            .map(|(opens, closes)| closes.min(until).since(opens.max(from)))
            .fold(Span::ZERO, |sum, span| sum + span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seven hours from nine on, Monday to Friday; day 0 is a Friday, day 3, the
    /// Monday after it, is a holiday.
    fn office() -> WorkCalendar {
        WorkCalendar {
            opens: Span::from_hours(9),
            hours: Span::from_hours(7),
            weekdays: [true, true, true, true, true, false, false],
            first_weekday: 4,
            holidays: vec![3],
        }
    }

    fn hour(day: u64, hour: u64) -> SimTime {
        SimTime::START + Span::from_hours(day * 24 + hour)
    }

    #[test]
    fn work_is_done_in_working_hours_over_a_weekend_and_a_holiday() {
        let office = office();
        let after = |from, hours| office.after(from, Span::from_hours(hours));
        assert_eq!(after(hour(0, 10), 6), hour(0, 16), "to the end of the day");
        assert_eq!(after(hour(0, 10), 7), hour(4, 10), "the last hour is on Tuesday");
        assert_eq!(after(hour(0, 3), 2), hour(0, 11), "nobody starts at three in the morning");
        assert_eq!(after(hour(1, 12), 14), hour(5, 16), "Tuesday and Wednesday");
        assert_eq!(after(hour(1, 12), 0), hour(1, 12), "nothing is done at once");
    }

    #[test]
    fn working_time_between_two_instants_is_what_the_work_takes() {
        let office = office();
        assert_eq!(office.worked(hour(0, 10), hour(4, 10)), Span::from_hours(7));
        assert_eq!(office.worked(hour(1, 0), hour(4, 9)), Span::ZERO);
        for hours in [1, 6, 7, 8, 40, 200] {
            let work = Span::from_hours(hours);
            assert_eq!(office.worked(hour(0, 11), office.after(hour(0, 11), work)), work, "{hours}");
        }
    }
}
