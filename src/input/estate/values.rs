//! Numbers, truths and dates as inventories write them.

use jiff::civil::Date;

/// A whole number, however its thousands are set apart: `16384`, `16,384`, `16.384`,
/// `16 384`, `16'384`; a fraction is rounded. Nothing for text, for a negative number
/// or for more than 2^53, where a spreadsheet's numbers stop being exact.
pub fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.len() <= 15 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let number = if let Some(digits) = grouped(text) { digits.parse().ok()? } else { decimal(text)? };
    // The comparison also refuses what is not a number.
    (0.0..=9_007_199_254_740_992.0).contains(&number).then_some((number + 0.5) as u64)
}

/// The digits of a number whose every group of three is set apart by the same mark.
fn grouped(text: &str) -> Option<String> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(mark, ',' | '.' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}') {
        return None;
    }
    let mut groups = text.split(mark);
    let first = groups.next()?;
    let leads = (1..=3).contains(&first.len()) && !first.starts_with('0') && digits_only(first);
    let follow = groups.all(|group| group.len() == 3 && digits_only(group));
    (leads && follow).then(|| text.chars().filter(char::is_ascii_digit).collect())
}

fn digits_only(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// A decimal number: `53.66`, `53,66`, `1,234.5`, `1.234,5`, with or without `%`. The
/// mark that comes last is the decimal one, except that a lone comma before exactly
/// three digits sets thousands apart (`1,024`).
pub fn decimal(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('%');
    let mut plain: String =
        text.chars().filter(|c| !matches!(c, ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}')).collect();
    match (plain.rfind(','), plain.rfind('.')) {
        (Some(comma), Some(dot)) if comma > dot => plain = plain.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => plain = plain.replace(',', ""),
        (Some(_), None) if grouped(&plain).is_some() => plain = plain.replace(',', ""),
        (Some(_), None) => plain = plain.replace(',', "."),
        _ => {}
    }
    // Rust also reads "inf" and "nan" as numbers; no inventory means them.
    let numeric = plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !numeric {
        return None;
    }
    plain.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Whether the text says yes, in a language of a desktop that RVTools runs on.
pub fn is_true(text: &str) -> bool {
    ["true", "yes", "1", "wahr", "vrai", "verdadero", "vero"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
}

/// The date that the text begins with: `2026/11/01 09:30:00`, `2026-11-01T09:30`.
pub fn date(text: &str) -> Option<Date> {
    let day = text.trim().get(..10)?.replace('/', "-");
    day.parse().ok()
}

/// The datastore of a path as vSphere writes it: `[vmfs-01] web/web.vmx`.
pub fn datastore(path: &str) -> Option<&str> {
    let (name, _) = path.trim().strip_prefix('[')?.split_once(']')?;
    Some(name.trim()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_read_with_every_separator() {
        for text in
            ["16384", "16,384", "16.384", "16 384", "16'384", "16\u{a0}384", "16\u{202f}384", "16384.0"]
        {
            assert_eq!(whole(text), Some(16_384), "{text}");
        }
        assert_eq!(whole("1,048,576"), Some(1_048_576));
        assert_eq!(whole("0.406"), Some(0));
    }

    #[test]
    fn what_is_not_a_number_is_nothing() {
        for text in ["", "VM", "-1", "inf", "NaN", "12 apples", "1e400", "9999999999999999999", "--5", "１２"]
        {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_mark_is_the_decimal_one() {
        assert_eq!(decimal("53.66"), Some(53.66));
        assert_eq!(decimal("53,66 %"), Some(53.66));
        assert_eq!(decimal("1,234.5"), Some(1234.5));
        assert_eq!(decimal("1.234,5"), Some(1234.5));
        assert_eq!(decimal("1,024"), Some(1024.0));
        assert_eq!(decimal("53.664"), Some(53.664));
    }

    #[test]
    fn a_datastore_is_read_from_the_front_of_a_path() {
        assert_eq!(datastore("[vmfs-01] web/web.vmx"), Some("vmfs-01"));
        assert_eq!(datastore(" [NFS 2] db/db_1.vmdk"), Some("NFS 2"));
        assert_eq!(datastore("[] web/web.vmx"), None);
        assert_eq!(datastore("/vmfs/volumes/web.vmx"), None);
    }

    #[test]
    fn a_date_is_read_from_the_front_of_a_time_stamp() {
        assert_eq!(date("2026/11/01 09:30:00"), Some(jiff::civil::date(2026, 11, 1)));
        assert_eq!(date("tomorrow, maybe"), None);
        assert_eq!(date("éééééé"), None);
    }
}
