//! Chains of files: `extends:` followed and merged into one tree.

use std::io;
use std::path::{Path, PathBuf};

use crate::base::diagnostics::{Diagnostic, Diagnostics, SourceId, Sources, Spot, did_you_mean, one_of};
use crate::base::settings::alternatives;
use crate::base::yaml::{Node, merge, parse};

/// The scenarios that come with the program: name and text.
pub const PRESETS: &[(&str, &str)] = &[
    ("vmware-exit", include_str!("../../../scenarios/vmware-exit.yaml")),
    ("licensed-hosts", include_str!("../../../scenarios/licensed-hosts.yaml")),
    ("programme", include_str!("../../../scenarios/programme.yaml")),
    ("reservations", include_str!("../../../scenarios/reservations.yaml")),
    ("alliances", include_str!("../../../scenarios/alliances.yaml")),
];

/// The name of the scenario that runs when none is asked for.
pub const DEFAULT: &str = "vmware-exit";

/// The most files that one scenario may be made of, each counted as often as it is
/// extended.
const MOST_FILES: usize = 64;

/// Reads files and the files that they extend.
pub(super) struct Reader<'a> {
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    folders: Vec<(SourceId, PathBuf)>,
    /// What is being read, outermost first: an identity and the place it is
    /// extended at.
    chain: Vec<(Identity, Option<Spot>)>,
    files: usize,
}

/// What tells two texts of a chain apart.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Identity {
    File(PathBuf),
    Preset(&'static str),
    Text,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sources: &'a mut Sources, diagnostics: &'a mut Diagnostics) -> Self {
        Self { sources, diagnostics, folders: Vec::new(), chain: Vec::new(), files: 0 }
    }

    /// The merged tree of the file at `path`, or of the preset of that name.
    pub(super) fn file(mut self, path: &Path) -> Option<(Node, Vec<(SourceId, PathBuf)>)> {
        let tree = if path.exists() {
            self.read_file(path, None)
        } else if let Some((name, text)) = path.to_str().and_then(preset) {
            self.read_preset(name, text, None)
        } else {
            let title = format!("There is no file {}", path.display());
            self.diagnostics.push(with_presets(Diagnostic::error(None, title), &path.to_string_lossy()));
            None
        }?;
        Some((tree, self.folders))
    }

    /// The merged tree of a text.
    pub(super) fn text(
        mut self,
        source: SourceId,
        folder: &Path,
    ) -> Option<(Node, Vec<(SourceId, PathBuf)>)> {
        self.chain.push((Identity::Text, None));
        let tree = self.read_source(source, folder)?;
        Some((tree, self.folders))
    }

    fn read_file(&mut self, path: &Path, at: Option<Spot>) -> Option<Node> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.diagnostics.push(unreadable(path, &error, at));
                return None;
            }
        };
        let identity = Identity::File(path.canonicalize().unwrap_or_else(|_| path.to_owned()));
        let name = path.display().to_string();
        self.enter(identity, at, |reader| {
            let source = reader.sources.add_bytes(name, &bytes, reader.diagnostics)?;
            reader.read_source(source, path.parent().unwrap_or(Path::new("")))
        })
    }

    fn read_preset(&mut self, name: &'static str, text: &str, at: Option<Spot>) -> Option<Node> {
        self.enter(Identity::Preset(name), at, |reader| {
            let source = reader.sources.add(format!("<{name}>"), text);
            reader.read_source(source, Path::new(""))
        })
    }

    /// Reads one more text, unless it is being read already.
    fn enter(
        &mut self,
        identity: Identity,
        at: Option<Spot>,
        read: impl FnOnce(&mut Self) -> Option<Node>,
    ) -> Option<Node> {
        if let (Some(spot), true) = (at, self.chain.iter().any(|(known, _)| *known == identity)) {
            let mut message = Diagnostic::error(spot, "This file extends itself, directly or through others");
            for (_, through) in &self.chain {
                if let Some(through) = through {
                    message = message.related(*through, "through this one");
                }
            }
            self.diagnostics.push(message.help("Remove one `extends` of the circle."));
            return None;
        }
        self.files += 1;
        if self.files > MOST_FILES {
            self.diagnostics.push(
                Diagnostic::error(at, format!("This scenario is made of more than {MOST_FILES} files"))
                    .help("Extend fewer files, or extend shared ones only once."),
            );
            return None;
        }
        self.chain.push((identity, at));
        let tree = read(self);
        self.chain.pop();
        tree
    }

    /// The tree of one text over the trees that it extends.
    fn read_source(&mut self, source: SourceId, folder: &Path) -> Option<Node> {
        self.folders.push((source, folder.to_owned()));
        let mut tree = parse(source, self.sources, self.diagnostics)?;
        if tree.as_mapping().is_none() {
            self.diagnostics.push(
                Diagnostic::error(tree.spot, format!("Expected a scenario, found {}", tree.described()))
                    .note("A scenario begins with keys such as `version: 1` and `name: vmware-exit`."),
            );
            return None;
        }
        let Some((key, extended)) = tree.take("extends") else { return Some(tree) };
        let mut complete = true;
        let list = extended.as_sequence().unwrap_or(std::slice::from_ref(&extended));
        let mut base: Option<Node> = None;
        for item in list {
            let Some(text) = item.as_text() else {
                self.diagnostics.push(
                    Diagnostic::error(item.spot, "`extends` needs a path or the name of a scenario")
                        .related(key.spot, "in this setting"),
                );
                complete = false;
                continue;
            };
            let next = self.extended(text, item.spot, folder);
            complete &= next.is_some();
            base = match (base, next) {
                (Some(base), Some(next)) => Some(merge(base, next, alternatives)),
                (base, next) => base.or(next),
            };
        }
        // With a part missing, every further complaint would be a consequence.
        complete.then(|| match base {
            Some(base) => merge(base, tree, alternatives),
            None => tree,
        })
    }

    fn extended(&mut self, text: &str, spot: Spot, folder: &Path) -> Option<Node> {
        let path = folder.join(text);
        if path.exists() {
            return self.read_file(&path, Some(spot));
        }
        if let Some((name, preset)) = preset(text) {
            return self.read_preset(name, preset, Some(spot));
        }
        let title = format!("There is no scenario `{text}` to extend");
        let message = Diagnostic::error(spot, title).note(format!(
            "Looked for the file {}, and for a scenario of the program of that name.",
            path.display()
        ));
        self.diagnostics.push(with_presets(message, text));
        None
    }
}

/// The preset called `name`, also with the ending of its file.
pub fn preset(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.strip_suffix(".yaml").unwrap_or(name);
    PRESETS.iter().copied().find(|(known, _)| *known == name)
}

fn with_presets(message: Diagnostic, wanted: &str) -> Diagnostic {
    let names = || PRESETS.iter().map(|(name, _)| *name);
    match did_you_mean(wanted, names()) {
        Some(near) => message.help(format!("Did you mean `{near}`, which comes with the program?")),
        None => message.note(format!("With the program come {}.", one_of(names()))),
    }
}

fn unreadable(path: &Path, error: &io::Error, at: Option<Spot>) -> Diagnostic {
    let title = if path.is_dir() {
        format!("{} is a folder, not a scenario file", path.display())
    } else {
        format!("{} cannot be read", path.display())
    };
    let message = Diagnostic::error(at, title);
    if path.is_dir() { message.help("Name a file in it.") } else { message.note(error.to_string()) }
}

// The temporary folders of the tests come with the command line's dependencies.
#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;
    use crate::base::diagnostics::Color;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a written file");
        }
        folder
    }

    fn read(path: &Path) -> (Option<Node>, String) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let tree = Reader::new(&mut sources, &mut diagnostics).file(path).map(|(tree, _)| tree);
        (tree, diagnostics.render(&sources, Color::Never))
    }

    #[test]
    fn files_are_merged_from_the_farthest_to_the_nearest() {
        let folder = folder(&[
            ("a.yaml", "extends: sub/b.yaml\nname: a\nx: {one: 1}\n"),
            ("sub/b.yaml", "extends: [c.yaml, d.yaml]\nname: b\nx: {two: 2}\n"),
            ("sub/c.yaml", "x: {one: 9, two: 9, three: 3}\ny: 5\n"),
            ("sub/d.yaml", "y: 6\n"),
        ]);
        let (tree, messages) = read(&folder.path().join("a.yaml"));
        assert_eq!(messages, "");
        assert_eq!(
            tree.expect("a tree").to_json().to_string(),
            r#"{"x":{"one":1,"two":2,"three":3},"y":6,"name":"a"}"#
        );
    }

    #[test]
    fn a_circle_is_refused_and_shown() {
        let folder = folder(&[("a.yaml", "extends: b.yaml\nx: 1\n"), ("b.yaml", "extends: a.yaml\ny: 1\n")]);
        let (_, messages) = read(&folder.path().join("a.yaml"));
        assert!(messages.contains("extends itself") && messages.contains("through this one"), "{messages}");
    }

    #[test]
    fn a_doubling_chain_is_refused() {
        let files: Vec<(String, String)> = (0..20)
            .map(|i| (format!("f{i}.yaml"), format!("extends: [f{0}.yaml, f{0}.yaml]\nx: 1\n", i + 1)))
            .chain([("f20.yaml".to_owned(), "x: 1\n".to_owned())])
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let folder = folder(&files);
        let (_, messages) = read(&folder.path().join("f0.yaml"));
        assert!(messages.contains("more than 64 files"), "{messages}");
    }

    #[test]
    fn a_missing_file_a_folder_and_an_unknown_name_are_told_apart() {
        let folder = folder(&[("a.yaml", "extends: vmware-exti\nx: 1\n")]);
        let (_, messages) = read(&folder.path().join("nobody.yaml"));
        assert!(messages.contains("There is no file"), "{messages}");
        let (_, messages) = read(folder.path());
        assert!(messages.contains("is a folder"), "{messages}");
        let (_, messages) = read(&folder.path().join("a.yaml"));
        assert!(messages.contains("Did you mean `vmware-exit`"), "{messages}");
    }

    #[test]
    fn every_scenario_of_the_folder_comes_with_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of scenarios")
            .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
            .collect();
        names.sort();
        let mut known: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
