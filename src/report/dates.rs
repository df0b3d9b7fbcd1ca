//! Dates as people write them; files for machines have ISO 8601.

use jiff::civil::Date;

use crate::base::units::{Calendar, SimTime};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `31 March 2028`.
pub(crate) fn day(date: Date) -> String {
    format!("{} {}", date.day(), month(date))
}

/// The last day of what ends at `end`: a contract that runs through 31 March ends
/// at the first instant of April.
pub(crate) fn last_day(calendar: &Calendar, end: SimTime) -> String {
    day(calendar.date(SimTime::from_ns(end.as_ns().saturating_sub(1))))
}

/// `March 2028`.
pub(crate) fn month(date: Date) -> String {
    format!("{} {}", MONTHS[usize::from(date.month().unsigned_abs()) - 1], date.year())
}

/// `Mar 2028`, in a table.
pub(crate) fn brief_month(date: Date) -> String {
    format!("{} {}", &MONTHS[usize::from(date.month().unsigned_abs()) - 1][..3], date.year())
}

/// `2028-03`, where room is scarce.
pub(crate) fn short_month(date: Date) -> String {
    format!("{}-{:02}", date.year(), date.month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_date_is_written_out() {
        assert_eq!(day(date(2028, 3, 31)), "31 March 2028");
        assert_eq!(month(date(2027, 12, 1)), "December 2027");
        let calendar = Calendar::new(date(2027, 1, 1), date(2029, 1, 1));
        assert_eq!(last_day(&calendar, calendar.at(date(2028, 4, 1))), "31 March 2028");
        assert_eq!(short_month(date(2028, 3, 31)), "2028-03");
        assert_eq!(brief_month(date(2028, 3, 31)), "Mar 2028");
    }
}
