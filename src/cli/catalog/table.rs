//! Plain tables that fit a terminal.

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};

/// Columns that fit where the width of the terminal is not told.
const WIDTH: u16 = 120;

/// One line below the headings and none elsewhere.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Columns of the terminal.
pub(in crate::cli) fn width() -> u16 {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    told.unwrap_or(WIDTH).clamp(40, 400)
}

/// A table under a line of headings.
pub(in crate::cli) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width())
        .set_header(headings.iter().copied());
    // Names and paths are copied by people: they are not to be broken.
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}

/// The table as text that ends with a line break, without blanks at line ends.
pub(in crate::cli) fn printed(table: &Table) -> String {
    table.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// `text` in lines of at most `width` characters, each behind `indent`.
pub(in crate::cli) fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = line.chars().count() + 1 + word.chars().count() + indent.len();
        if !line.is_empty() && longer > width {
            lines += &format!("{indent}{line}\n");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    if line.is_empty() { lines } else { lines + &format!("{indent}{line}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_wrapped_between_words() {
        assert_eq!(wrapped("one two three", "  ", 9), "  one two\n  three\n");
        assert_eq!(wrapped("", "  ", 9), "");
    }
}
