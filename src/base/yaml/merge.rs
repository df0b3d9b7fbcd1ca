//! Two trees into one: `extends:` and overrides.

use super::{Kind, Node};

/// `base` changed by `over`.
///
/// Mappings merge key by key and keep the order of `base`, new keys behind; in
/// all else the later value replaces the earlier. A key whose value in `over` is
/// `null` is removed. Two mappings that `alternatives` tells to be different ways
/// of saying one thing are not mixed: the later replaces the earlier. Every node
/// keeps the place it was written at.
pub fn merge(base: Node, over: Node, alternatives: fn(&Node, &Node) -> bool) -> Node {
    if alternatives(&base, &over) {
        return over;
    }
    let spot = over.spot;
    match (base.kind, over.kind) {
        (Kind::Mapping(mut entries), Kind::Mapping(changes)) => {
            for (key, value) in changes {
                match entries.iter().position(|(known, _)| known.text == key.text) {
                    Some(index) if value.is_null() => {
                        entries.remove(index);
                    }
                    Some(index) => {
                        // The key's own place follows the value, so that a message
                        // about it shows the file that had the last word.
                        let (_, earlier) = entries.remove(index);
                        entries.insert(index, (key, merge(earlier, value, alternatives)));
                    }
                    None => entries.push((key, value)),
                }
            }
            Node { spot, kind: Kind::Mapping(entries) }
        }
        (_, kind) => Node { spot, kind },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::{Diagnostics, Sources};
    use crate::base::yaml::parse;

    #[test]
    fn later_wins_null_removes_and_each_value_keeps_its_file() {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let mut tree = |name: &str, text: &str| {
            let source = sources.add(name, text);
            parse(source, &sources, &mut diagnostics).expect("a tree")
        };
        let base = tree("base.yaml", "a: {x: 1, y: 2}\nb: [1, 2]\nc: 3\n");
        let over = tree("over.yaml", "a: {y: 5, z: 6}\nb: [9]\nc: null\nd: 4\n");
        let merged = merge(base, over, |_, _| false);
        assert_eq!(merged.to_yaml(), "a:\n  x: 1\n  y: 5\n  z: 6\nb:\n  - 9\nd: 4\n");
        let file = |path: [&str; 2]| {
            let node = merged.value(path[0]).and_then(|node| node.value(path[1])).expect("a value");
            sources.source(node.spot.source).name.as_str()
        };
        assert_eq!((file(["a", "x"]), file(["a", "y"])), ("base.yaml", "over.yaml"));
    }

    #[test]
    fn alternatives_are_replaced_whole() {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let mut tree = |text: &str| {
            let source = sources.add("t.yaml", text);
            parse(source, &sources, &mut diagnostics).expect("a tree")
        };
        let base = tree("p: {low: 1, high: 2}\n");
        let over = tree("p: {uniform: [1, 2]}\n");
        let merged =
            merge(base, over, |one, other| one.value("low").is_some() && other.value("uniform").is_some());
        assert_eq!(merged.to_yaml(), "p:\n  uniform:\n    - 1\n    - 2\n");
    }
}
