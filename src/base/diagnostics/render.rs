//! Messages as text with carets, or as JSON.

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};
use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Related, Severity, SourceId, Sources, Spot, clamp_to_chars};

/// Whether a rendered text may carry terminal colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// Plain text, for files, tests and `NO_COLOR`.
    Never,
    /// ANSI colours, for a terminal.
    Ansi,
}

/// Lines of context kept above and below an annotated line.
const CONTEXT: usize = 1;

impl Diagnostics {
    /// All messages by place, each with its source line and a caret, an empty
    /// line between two. Empty when there are none, else ends with a newline.
    pub fn render(&self, sources: &Sources, color: Color) -> String {
        let mut text = String::new();
        for diagnostic in self.sorted() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&diagnostic.render(sources, color));
            text.push('\n');
        }
        text
    }

    /// All messages by place, for other programs: a list of objects with
    /// `severity`, `title`, `file`, `line`, `column`, `end_line`, `end_column`,
    /// `label`, `notes`, `help` and `related`.
    pub fn to_json(&self, sources: &Sources) -> Value {
        self.sorted().into_iter().map(|diagnostic| diagnostic.to_json(sources)).collect()
    }
}

impl Diagnostic {
    /// The message with its source line and a caret, without a final newline.
    pub fn render(&self, sources: &Sources, color: Color) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(normalize_untrusted_str(&self.title)));
        let mut texts: Vec<SourceId> = Vec::new();
        let places = self.spot.iter().chain(self.related.iter().map(|related| &related.spot));
        for place in places {
            if !texts.contains(&place.source) {
                texts.push(place.source);
            }
        }
        for source in texts {
            group = self.with_source(group, sources, source);
        }
        for note in &self.notes {
            group = group.element(Level::NOTE.message(normalize_untrusted_str(note)));
        }
        for help in &self.help {
            group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
        }
        let renderer = match color {
            Color::Never => Renderer::plain(),
            Color::Ansi => Renderer::styled(),
        };
        renderer.render(&[group])
    }

    /// `group` with the lines of `source` that this message speaks of.
    fn with_source<'a>(&'a self, group: Group<'a>, sources: &'a Sources, source: SourceId) -> Group<'a> {
        let primary = self.spot.filter(|spot| spot.source == source);
        let related: Vec<&Related> =
            self.related.iter().filter(|related| related.spot.source == source).collect();
        let kept = sources.source(source);
        if kept.text.is_empty() || (related.is_empty() && primary == Some(Spot::whole(source))) {
            return group.element(Origin::path(kept.name.as_str()));
        }
        let window = Window::around(
            &kept.text,
            primary.iter().copied().chain(related.iter().map(|related| related.spot)),
        );
        let mut snippet = Snippet::source(window.text).path(kept.name.as_str()).line_start(window.first_line);
        if let Some(spot) = primary {
            snippet = snippet.annotation(window.annotation(AnnotationKind::Primary, spot, &self.label));
        }
        for Related { spot, label } in related {
            snippet = snippet.annotation(window.annotation(AnnotationKind::Context, *spot, label));
        }
        group.element(snippet)
    }

    fn to_json(&self, sources: &Sources) -> Value {
        let mut object = match self.spot {
            Some(spot) => place(sources, spot),
            None => json!({}),
        };
        object["severity"] = json!(self.severity);
        object["title"] = json!(self.title);
        object["label"] = json!(self.label);
        object["notes"] = json!(self.notes);
        object["help"] = json!(self.help);
        object["related"] = self
            .related
            .iter()
            .map(|related| {
                let mut object = place(sources, related.spot);
                object["label"] = json!(related.label);
                object
            })
            .collect();
        object
    }
}

fn place(sources: &Sources, spot: Spot) -> Value {
    let start = sources.position(spot);
    let end = sources.position(Spot { start: spot.end, ..spot });
    json!({
        "file": sources.source(spot.source).name,
        "line": start.line, "column": start.column,
        "end_line": end.line, "end_column": end.column,
    })
}

/// The lines of a text around the annotated ones, so that a message about a long
/// file does not cost a walk through all of it.
struct Window<'a> {
    text: &'a str,
    offset: usize,
    first_line: usize,
}

impl<'a> Window<'a> {
    fn around(text: &'a str, spots: impl Iterator<Item = Spot>) -> Self {
        let (mut low, mut high) = (text.len(), 0);
        for spot in spots {
            let range = clamp_to_chars(text, spot.range());
            low = low.min(range.start);
            high = high.max(range.end);
        }
        let mut start = text[..low].rfind('\n').map_or(0, |newline| newline + 1);
        let mut end = text[high..].find('\n').map_or(text.len(), |newline| high + newline);
        for _ in 0..CONTEXT {
            start = text[..start.saturating_sub(1)].rfind('\n').map_or(0, |newline| newline + 1);
            end = text[end..].find('\n').map_or(text.len(), |newline| {
                text[end + newline + 1..].find('\n').map_or(text.len(), |next| end + newline + 1 + next)
            });
        }
        let first_line = text[..start].bytes().filter(|byte| *byte == b'\n').count() + 1;
        Self { text: &text[start..end.max(start)], offset: start, first_line }
    }

    fn annotation(&self, kind: AnnotationKind, spot: Spot, label: &str) -> Annotation<'a> {
        let range = spot.start as usize - self.offset.min(spot.start as usize)
            ..spot.end as usize - self.offset.min(spot.end as usize);
        let annotation = kind.span(clamp_to_chars(self.text, range));
        if label.is_empty() { annotation } else { annotation.label(normalize_untrusted_str(label)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_shows_the_line_a_caret_and_what_to_do() {
        let mut sources = Sources::new();
        let source = sources.add("plan.yaml", "name: x\nhorizon: 5\nseed: 1\n");
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(
            Diagnostic::error(Spot::new(source, 17..18), "`horizon` needs a unit")
                .label("a bare number")
                .note("Expected a length of time, such as `5 years`.")
                .related(Spot::new(source, 0..4), "in this scenario"),
        );
        insta::assert_snapshot!(diagnostics.render(&sources, Color::Never), @r"
        error: `horizon` needs a unit
         --> plan.yaml:2:10
          |
        1 | name: x
          | ---- in this scenario
        2 | horizon: 5
          |          ^ a bare number
          |
          = note: Expected a length of time, such as `5 years`.
        ");
    }

    #[test]
    fn json_names_file_line_and_column() {
        let mut sources = Sources::new();
        let source = sources.add("plan.yaml", "name: x\nhorizon: 5\n");
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(Diagnostic::warning(Spot::new(source, 17..18), "odd"));
        let json = diagnostics.to_json(&sources);
        assert_eq!((&json[0]["line"], &json[0]["column"]), (&json!(2), &json!(10)));
        assert_eq!((&json[0]["file"], &json[0]["severity"]), (&json!("plan.yaml"), &json!("warning")));
    }

    #[test]
    fn a_message_without_a_place_or_in_a_file_without_text_still_renders() {
        let mut sources = Sources::new();
        let empty = sources.add("empty.yaml", "");
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(Diagnostic::error(None, "no such file"));
        diagnostics.push(Diagnostic::error(Spot::whole(empty), "the file is empty"));
        let text = diagnostics.render(&sources, Color::Never);
        assert!(text.contains("error: no such file") && text.contains("empty.yaml"), "{text}");
    }
}
