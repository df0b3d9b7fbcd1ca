//! Text of a given width: headings, wrapped sentences, lists and aligned tables.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

/// Text in the making.
pub(super) struct Page {
    text: String,
    width: usize,
}

impl Page {
    pub fn new(width: usize) -> Self {
        Self { text: String::new(), width: width.max(60) }
    }

    pub fn title(&mut self, text: &str) {
        self.wrapped(text, "", "");
    }

    /// A heading, underlined, with a line free above it.
    pub fn heading(&mut self, text: &str) {
        self.text.push('\n');
        self.wrapped(text, "", "");
        let length = text.chars().count().min(self.width);
        self.text.push_str(&"-".repeat(length));
        self.text.push('\n');
    }

    pub fn paragraph(&mut self, text: &str) {
        self.wrapped(text, "", "");
    }

    pub fn item(&mut self, text: &str) {
        self.wrapped(text, "  - ", "    ");
    }

    /// A note with its mark: `[1] The source`.
    pub fn note(&mut self, mark: &str, text: &str) {
        let first = format!("  [{mark}] ");
        let rest = " ".repeat(first.chars().count());
        self.wrapped(text, &first, &rest);
    }

    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A table whose columns after the first are aligned to the right as far as `right`
    /// says so; long cells are wrapped.
    pub fn table(&mut self, header: &[&str], right: &[usize], rows: &[Vec<String>]) {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(self.width as u16);
        let cell = |place: usize, text: &str| {
            let to = if right.contains(&place) { CellAlignment::Right } else { CellAlignment::Left };
            Cell::new(text).set_alignment(to)
        };
        table.set_header(header.iter().enumerate().map(|(place, text)| cell(place, text)));
        for row in rows {
            table.add_row(row.iter().enumerate().map(|(place, text)| cell(place, text)));
        }
        let last = header.len().saturating_sub(1);
        for (place, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if place == last { 0 } else { 2 }));
        }
        for line in table.lines() {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    pub fn finish(self) -> String {
        self.text
    }

    fn wrapped(&mut self, text: &str, first: &str, rest: &str) {
        self.text.push_str(first);
        let mut column = first.chars().count();
        let mut begins = true;
        let held = held_together(text);
        for word in held.split([' ', '\n']).filter(|word| !word.is_empty()) {
            let length = word.chars().count();
            if !begins && column + 1 + length > self.width {
                self.text.push('\n');
                self.text.push_str(rest);
                (column, begins) = (rest.chars().count(), true);
            }
            if !begins {
                self.text.push(' ');
                column += 1;
            }
            self.text.extend(word.chars().map(|c| if c == HELD { ' ' } else { c }));
            column += length;
            begins = false;
        }
        self.text.push('\n');
    }
}

/// A space at which no line may be broken.
const HELD: char = '\u{a0}';

/// The text with the spaces within a number held: `13 493` is one word.
fn held_together(text: &str) -> String {
    let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let chars: Vec<char> = text.chars().collect();
    let held = chars.iter().enumerate().map(|(place, c)| {
        let before = place.checked_sub(1).and_then(|before| chars.get(before));
        if *c == ' ' && digit(before) && digit(chars.get(place + 1)) { HELD } else { *c }
    });
    held.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_not_broken_at_its_thousands() {
        let mut page = Page::new(60);
        page.paragraph(&format!("{} 13 493 EUR", "x".repeat(55)));
        assert_eq!(page.finish(), format!("{}\n13 493 EUR\n", "x".repeat(55)));
    }

    #[test]
    fn lines_keep_to_the_width_and_lists_hang() {
        let mut page = Page::new(60);
        page.heading("Why it is there");
        page.item(&"word ".repeat(30));
        page.note("12", &"source ".repeat(20));
        let row = vec!["a very long name of something that was bought ".repeat(2), "12 345".to_owned()];
        page.table(&["what", "EUR"], &[1], &[row]);
        let text = page.finish();
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
        assert!(text.contains("\n    word") && text.contains("\n       source") && text.contains("\n----"));
    }
}
