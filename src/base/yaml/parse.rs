//! Parser events to a located tree.

use std::collections::HashMap;
use std::ops::Range;

use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span, StructureStyle};

use super::{Key, Kind, Node, Style};
use crate::base::diagnostics::{Diagnostic, Diagnostics, SourceId, Sources, Spot};

/// The most values a file may hold once its aliases are expanded. A scenario of
/// thousands of lines stays far below it; a chain of nested aliases ("billion
/// laughs") does not.
const MAX_NODES: usize = 200_000;

/// The tree of a text of one YAML document.
///
/// # Errors
/// Collects what is wrong. Nothing is returned when the text has no usable tree:
/// a syntax error, an empty text, several documents, an alias that is unknown,
/// endless or explosive, or a key that is not text. With duplicate keys, all of
/// them are reported and the tree of the first ones is returned, so that other
/// errors are found in the same pass.
pub fn parse(source: SourceId, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Node> {
    let text = sources.source(source).text.as_str();
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    let mut builder = Builder::new(source, text);
    for event in Parser::new_from_str_with_options(text, options) {
        let step = match event {
            Ok((event, span)) => builder.event(event, span, diagnostics),
            Err(error) => Err(Box::new(builder.syntax_error(&error))),
        };
        if let Err(fatal) = step {
            diagnostics.push(*fatal);
            return None;
        }
    }
    if builder.root.as_ref().is_none_or(Node::is_null) {
        diagnostics.push(
            Diagnostic::error(Spot::whole(source), "This file is empty")
                .note("Expected keys with values, such as `name: vmware-exit`."),
        );
        return None;
    }
    builder.root
}

type Step = Result<(), Box<Diagnostic>>;

/// A collection that is still open.
enum Frame {
    Sequence { items: Vec<Node>, open: Open },
    Mapping { entries: Vec<(Key, Node)>, merges: Vec<(Spot, Node)>, key: Option<Key>, open: Open },
}

/// What is known of a collection from its first event.
#[derive(Clone, Copy)]
struct Open {
    anchor: usize,
    style: StructureStyle,
    range: (usize, usize),
    nodes_before: usize,
}

struct Builder<'a> {
    source: SourceId,
    text: &'a str,
    stack: Vec<Frame>,
    root: Option<Node>,
    documents: usize,
    anchored: HashMap<usize, (Node, usize)>,
    nodes: usize,
}

impl<'a> Builder<'a> {
    fn new(source: SourceId, text: &'a str) -> Self {
        Self { source, text, stack: Vec::new(), root: None, documents: 0, anchored: HashMap::new(), nodes: 0 }
    }

    fn event(&mut self, event: Event<'_>, span: Span, diagnostics: &mut Diagnostics) -> Step {
        let range = byte_range(&span, self.text);
        let spot = Spot::new(self.source, range.clone());
        if let Some(tag) = event.tag().filter(|tag| !tag.is_yaml_core_schema()) {
            return fatal(
                Diagnostic::error(spot, format!("The YAML tag `{}` is not understood here", tag.original()))
                    .help("Remove the tag; if the text is meant to begin with `!`, put it in quotes."),
            );
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return fatal(
                        Diagnostic::error(spot, "This file holds several YAML documents")
                            .note("Expected one document; `---` begins another.")
                            .help("Keep one document per file."),
                    );
                }
            }
            Event::Scalar(text, style, anchor, _) => {
                let style = if style == ScalarStyle::Plain { Style::Plain } else { Style::Quoted };
                let text = text.into_owned();
                if self.awaits_key() {
                    return self.key(text, spot);
                }
                self.count(1, spot)?;
                self.value(Node { spot, kind: Kind::Scalar { text, style } }, anchor, 1, diagnostics)?;
            }
            Event::SequenceStart(style, anchor, _) => {
                let open = self.open(spot, style, anchor, range)?;
                self.stack.push(Frame::Sequence { items: Vec::new(), open });
            }
            Event::MappingStart(style, anchor, _) => {
                let open = self.open(spot, style, anchor, range)?;
                self.stack.push(Frame::Mapping { entries: Vec::new(), merges: Vec::new(), key: None, open });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range, diagnostics)?,
            Event::Alias(id) => {
                if self.awaits_key() {
                    return fatal(not_a_key(spot));
                }
                let Some((node, size)) = self.anchored.get(&id).cloned() else {
                    return fatal(
                        Diagnostic::error(spot, "This alias stands for a value that contains it")
                            .help("Write the value out, or move the anchor to a smaller part."),
                    );
                };
                self.count(size, spot)?;
                self.value(node, 0, size, diagnostics)?;
            }
            Event::UnresolvedAlias(name) => {
                return fatal(
                    Diagnostic::error(spot, format!("No anchor `&{name}` comes before this alias"))
                        .help("Declare the anchor earlier in the file, or put a text that begins with `*` in quotes."),
                );
            }
            _ => {}
        }
        Ok(())
    }

    fn awaits_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame::Mapping { key: None, .. }))
    }

    fn open(
        &mut self,
        spot: Spot,
        style: StructureStyle,
        anchor: usize,
        range: Range<usize>,
    ) -> Result<Open, Box<Diagnostic>> {
        if self.awaits_key() {
            return Err(Box::new(not_a_key(spot)));
        }
        self.count(1, spot)?;
        Ok(Open { anchor, style, range: (range.start, range.end), nodes_before: self.nodes - 1 })
    }

    /// Books `more` values against [`MAX_NODES`].
    fn count(&mut self, more: usize, spot: Spot) -> Step {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        fatal(
            Diagnostic::error(
                spot,
                format!("This file holds more than {MAX_NODES} values once its aliases are expanded"),
            )
            .help("Write less of it with aliases, or put large tables into an inventory file."),
        )
    }

    fn key(&mut self, text: String, spot: Spot) -> Step {
        if text.is_empty() {
            return fatal(
                Diagnostic::error(spot, "A key is missing before this colon")
                    .help("Write `key: value`; if the colon belongs to a text, put the text in quotes."),
            );
        }
        if let Some(Frame::Mapping { key, .. }) = self.stack.last_mut() {
            *key = Some(Key { text, spot });
        }
        Ok(())
    }

    /// Puts a finished value where it belongs; `size` counts the values in it.
    fn value(&mut self, mut node: Node, anchor: usize, size: usize, diagnostics: &mut Diagnostics) -> Step {
        if let Some(Frame::Mapping { key: Some(key), .. }) = self.stack.last()
            && node.is_null()
            && node.spot.start == node.spot.end
        {
            node.spot = key.spot;
        }
        if anchor != 0 {
            self.anchored.insert(anchor, (node.clone(), size));
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame::Sequence { items, .. }) => items.push(node),
            Some(Frame::Mapping { entries, merges, key, .. }) => {
                let Some(key) = key.take() else {
                    return fatal(not_a_key(node.spot));
                };
                if key.text == "<<" {
                    merges.push((key.spot, node));
                } else if let Some((first, _)) = entries.iter().find(|(known, _)| known.text == key.text) {
                    diagnostics.push(
                        Diagnostic::error(key.spot, format!("The key `{}` is written twice", key.text))
                            .label("the second time")
                            .related(first.spot, "the first time")
                            .help("Keep one of the two."),
                    );
                } else {
                    entries.push((key, node));
                }
            }
        }
        Ok(())
    }

    fn close(&mut self, end: Range<usize>, diagnostics: &mut Diagnostics) -> Step {
        let (kind, open, first) = match self.stack.pop() {
            Some(Frame::Sequence { items, open }) => {
                let first = items.first().map(|item| item.spot);
                (Kind::Sequence(items), open, first)
            }
            Some(Frame::Mapping { mut entries, merges, open, .. }) => {
                for (spot, node) in merges {
                    merge_into(&mut entries, spot, node)?;
                }
                let first = entries.first().map(|(key, _)| key.spot);
                (Kind::Mapping(entries), open, first)
            }
            None => return Ok(()),
        };
        let spot = self.collection_spot(open, end, first);
        let size = self.nodes - open.nodes_before;
        self.value(Node { spot, kind }, open.anchor, size, diagnostics)
    }

    /// See [`Node`] for what the spot of a collection covers.
    fn collection_spot(&self, open: Open, end: Range<usize>, first: Option<Spot>) -> Spot {
        let (start, start_end) = open.range;
        if open.style == StructureStyle::Flow {
            let line_end = self.text[start..].find(['\n', '\r']).map_or(self.text.len(), |at| start + at);
            return Spot::new(self.source, start..end.end.min(line_end).max(start));
        }
        match self.stack.last() {
            Some(Frame::Mapping { key: Some(key), .. }) => key.spot,
            _ => first.unwrap_or_else(|| Spot::new(self.source, start..start_end)),
        }
    }

    fn syntax_error(&self, error: &ScanError) -> Diagnostic {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let at = self.text.floor_char_boundary(at);
        let end = self.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        let info = error.info();
        let mut diagnostic =
            Diagnostic::error(Spot::new(self.source, at..end), "This is not valid YAML").label(info.clone());
        let line_start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text[line_start..].lines().next().unwrap_or("");
        let indentation = &line[..line.len() - line.trim_start().len()];
        if indentation.contains('\t') || info.contains("tab") {
            diagnostic = diagnostic.help("Indent with spaces: YAML does not allow tabs there.");
        } else if line.matches(": ").count() > 1 && !line.contains(['{', '"', '\'']) {
            diagnostic = diagnostic.help("If the value contains a colon, put it in quotes.");
        } else {
            diagnostic = diagnostic
                .help("Look at this line and the one above it: indentation, quotes, brackets and the space after a colon.");
        }
        diagnostic
    }
}

/// Adds the entries that `<<` brings: keys that are written out win, and of
/// several mappings the earlier one.
fn merge_into(entries: &mut Vec<(Key, Node)>, spot: Spot, node: Node) -> Step {
    match node.kind {
        Kind::Mapping(more) => {
            for (key, value) in more {
                if entries.iter().all(|(known, _)| known.text != key.text) {
                    entries.push((key, value));
                }
            }
            Ok(())
        }
        Kind::Sequence(items) if items.iter().all(|item| item.as_mapping().is_some()) => {
            items.into_iter().try_for_each(|item| merge_into(entries, spot, item))
        }
        _ => fatal(
            Diagnostic::error(spot, "`<<` merges mappings only")
                .note(format!("Expected an alias to a mapping, found {}.", node.described())),
        ),
    }
}

fn not_a_key(spot: Spot) -> Diagnostic {
    Diagnostic::error(spot, "A key must be a plain text")
        .note("Expected `key: value`, found a list, a mapping or an alias in place of the key.")
        .help("If the text is meant to begin with `{`, `[` or `*`, put it in quotes.")
}

fn fatal(diagnostic: Diagnostic) -> Step {
    Err(Box::new(diagnostic))
}

/// The bytes of `span` without the white space that the parser may count at the
/// end of a plain or block scalar.
fn byte_range(span: &Span, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.byte_offset().unwrap_or(0).min(text.len()));
    let end = text.floor_char_boundary(span.end.byte_offset().unwrap_or(start).clamp(start, text.len()));
    start..start + text[start..end].trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::Color;

    fn read(text: &str) -> (Option<Node>, Sources, Diagnostics) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("test.yaml", text);
        let node = parse(source, &sources, &mut diagnostics);
        (node, sources, diagnostics)
    }

    fn refusal(text: &str) -> String {
        let (_, sources, diagnostics) = read(text);
        assert!(diagnostics.has_errors(), "accepted: {text:?}");
        diagnostics.render(&sources, Color::Never)
    }

    /// Every key and every scalar must cover exactly its own text.
    fn check_places(node: &Node, sources: &Sources) {
        match &node.kind {
            Kind::Scalar { text, style: Style::Plain } if !node.is_null() => {
                assert_eq!(sources.text(node.spot), text);
            }
            Kind::Scalar { text, .. } => {
                assert!(node.is_null() || sources.text(node.spot).trim_matches(['"', '\'']) == text);
            }
            Kind::Sequence(items) => items.iter().for_each(|item| check_places(item, sources)),
            Kind::Mapping(entries) => {
                for (key, value) in entries {
                    assert_eq!(sources.text(key.spot).trim_matches(['"', '\'']), key.text);
                    check_places(value, sources);
                }
            }
        }
    }

    #[test]
    fn every_key_and_value_knows_its_place() {
        let text = "a: 1\n\"quoted key\" : 'v'\nété: {b: [x,  y z], c: \"ü\"}\nlist:\n  - p: 007 # note\n    q: 2x16c-512g\n  - plain text \n";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let (node, sources, diagnostics) = read(&text);
            assert!(diagnostics.is_empty(), "{}", diagnostics.render(&sources, Color::Never));
            let node = node.expect("a tree");
            check_places(&node, &sources);
            let list = node.value("list").expect("a list");
            assert_eq!(sources.text(list.spot), "list");
            assert_eq!(sources.text(node.value("été").expect("a mapping").spot), "{b: [x,  y z], c: \"ü\"}");
            let first = &list.as_sequence().expect("items")[0];
            assert_eq!(first.value("p").and_then(Node::as_text), Some("007"));
        }
    }

    #[test]
    fn an_empty_value_is_shown_at_its_key() {
        let (node, sources, _) = read("a:\nb: 1\n");
        let node = node.expect("a tree");
        let empty = node.value("a").expect("a value");
        assert!(empty.is_null());
        assert_eq!(sources.text(empty.spot), "a");
    }

    #[test]
    fn all_duplicate_keys_are_reported_at_once() {
        let (node, _, diagnostics) = read("a: 1\na: 2\nb: {c: 1, c: 2}\n");
        assert_eq!(diagnostics.errors(), 2);
        assert_eq!(node.expect("a tree").value("a").and_then(Node::as_text), Some("1"));
    }

    #[test]
    fn aliases_and_merge_keys_keep_the_place_of_their_definition() {
        let (node, sources, diagnostics) =
            read("base: &base {x: 1, y: 2}\none: {<<: *base, y: 3}\ntwo: *base\n");
        assert!(diagnostics.is_empty(), "{}", diagnostics.render(&sources, Color::Never));
        let node = node.expect("a tree");
        let one = node.value("one").expect("a mapping");
        assert_eq!(one.value("y").and_then(Node::as_text), Some("3"));
        assert_eq!(sources.position(one.value("x").expect("merged").spot).line, 1);
        assert_eq!(node.value("two").and_then(|two| two.value("y")).and_then(Node::as_text), Some("2"));
    }

    #[test]
    fn a_bomb_of_aliases_is_refused_quickly() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{}, ", level - 1).repeat(9);
            text.push_str(&format!("a{level}: &a{level} [{alias}x]\n"));
        }
        assert!(refusal(&text).contains("once its aliases are expanded"));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "empty"),
            ("# only a comment\n", "empty"),
            ("a: 1\n---\nb: 2\n", "several YAML documents"),
            ("a:\n\tb: 1\n", "spaces"),
            ("a: [1, 2\n", "not valid YAML"),
            ("a: \"open\n", "not valid YAML"),
            ("a: *nobody\n", "No anchor `&nobody`"),
            ("a: &a [*a]\n", "contains it"),
            ("? [x]\n: 1\n", "key must be"),
            ("a: !secret x\n", "tag `!secret`"),
            ("note: see: this\n", "quotes"),
            ("<<: 3\n", "merges mappings only"),
        ] {
            let message = refusal(text);
            assert!(message.contains(reason), "{text:?} gave\n{message}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_parser_or_the_messages_panic(text in "([ \\t\\r\\n:,{}\\[\\]&*!|>'\"%@`#?-]|[a-zé0-9]|<<: |a: |- |\\PC){0,60}") {
            let (node, sources, diagnostics) = read(&text);
            proptest::prop_assert!(node.is_some() || diagnostics.has_errors());
            let _ = diagnostics.render(&sources, Color::Never);
            let _ = diagnostics.to_json(&sources);
        }
    }
}
