//! Levers and variants: the scenario as it could be decided.

use serde_json::{Value, json};

use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot};
use crate::base::settings::{Located, Name, Schemas, Setting, unexpected};
use crate::base::yaml::{Key, Kind, Node};
use crate::input::scenario;

/// The most variants of a study: each is a World of its own in memory.
const MOST_VARIANTS: usize = 256;

/// Settings of a scenario that are merged over it.
#[derive(Clone, PartialEq, Debug)]
pub struct Fragment(pub Node);

impl Setting for Fragment {
    const WHAT: &'static str = "settings of a scenario";

    fn schema(schemas: &mut Schemas) -> Value {
        scenario::Settings::schema(schemas)
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.is_null() {
            // A variant without a change: `as-is:`.
            return Some(Self(Node { spot: node.spot, kind: Kind::Mapping(Vec::new()) }));
        }
        if node.as_mapping().is_none() {
            diagnostics.push(
                unexpected(node, Self::WHAT).note("Such as `{migration: {engineers: 8}}`, as in a scenario."),
            );
            return None;
        }
        if let Some((key, _)) = node.entry("extends") {
            diagnostics.push(
                Diagnostic::error(key.spot, "A part of a scenario cannot extend another scenario")
                    .help("Name that scenario under `scenario`, or write the settings out."),
            );
            return None;
        }
        Some(Self(node.clone()))
    }
}

crate::record! {
    /// Something that can be decided beside the strategy, with the values that are tried.
    pub struct Lever as "a lever" {
        /// The setting that it moves, as a dotted path such as `migration.engineers`; left out where each value is a part of a scenario.
        pub setting: Option<Located<String>>,
        /// The values that are tried, at least one: a list, or names each with a value.
        pub values: LeverValues,
    }
}

/// The values of a lever.
#[derive(Clone, PartialEq, Debug)]
pub enum LeverValues {
    /// Values that are called what they are.
    List(Vec<Node>),
    /// Values under names.
    Named(Vec<(Name, Node)>),
}

impl Setting for LeverValues {
    const WHAT: &'static str = "a list of values, or names each with a value";

    fn schema(schemas: &mut Schemas) -> Value {
        let _ = schemas;
        json!({ "anyOf": [
            { "type": "array", "minItems": 1, "items": { "type": ["string", "number", "boolean"] } },
            { "type": "object", "minProperties": 1 },
        ] })
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if let Some(items) = node.as_sequence()
            && !items.is_empty()
        {
            let mut sound = true;
            for item in items.iter().filter(|item| item.as_text().is_none()) {
                sound = false;
                diagnostics.push(
                    Diagnostic::error(
                        item.spot,
                        format!("A value in a list needs a name of its own, found {}", item.described()),
                    )
                    .help("Write the values as `values: {some-name: …, another: …}`."),
                );
            }
            for (place, item) in items.iter().enumerate() {
                let Some(text) = item.as_text() else { continue };
                if let Some(first) = items[..place].iter().find(|known| known.as_text() == Some(text)) {
                    sound = false;
                    diagnostics.push(
                        Diagnostic::error(item.spot, format!("`{text}` stands here twice"))
                            .related(first.spot, "the first one")
                            .help("Remove one of them: their alternatives would be the same."),
                    );
                }
            }
            return sound.then(|| Self::List(items.to_vec()));
        }
        if let Some(entries) = node.as_mapping()
            && !entries.is_empty()
        {
            let named: Vec<_> = entries
                .iter()
                .filter_map(|(key, value)| Some((Name::of_key(key, diagnostics)?, value.clone())))
                .collect();
            return (named.len() == entries.len()).then_some(Self::Named(named));
        }
        diagnostics.push(unexpected(node, Self::WHAT).note("Such as `[2, 4, 8]`."));
        None
    }
}

/// The scenario in every way that a study looks at.
#[derive(Clone, PartialEq, Debug)]
pub struct Variants {
    /// The names of the levers, in the order of the file; `variant` where variants are
    /// named; none without either.
    pub levers: Vec<String>,
    /// The variants, at least one; the first lever varies slowest.
    pub variants: Vec<Variant>,
}

/// The scenario in one of the ways that a study looks at.
#[derive(Clone, PartialEq, Debug)]
pub struct Variant {
    /// What tells it apart, such as `engineers=4,wave=slow`; empty where there is only one.
    pub name: String,
    /// The setting of each lever.
    pub settings: Vec<String>,
    /// What is merged over the scenario, the later over the earlier.
    pub changes: Vec<Node>,
}

/// One value of a lever: what it is called, and what it merges over the scenario.
struct Position {
    name: String,
    change: Node,
}

impl Variants {
    /// The variants that a study's settings ask for.
    ///
    /// # Errors
    /// What is wrong is collected; nothing is returned then.
    pub fn of(settings: &super::StudySettings, diagnostics: &mut Diagnostics) -> Option<Self> {
        let common: Vec<Node> = settings.change.iter().map(|Fragment(node)| node.clone()).collect();
        let levers: Vec<(String, Option<Vec<Position>>)> = if settings.variants.is_empty() {
            let levers = settings.levers.iter();
            levers.map(|(name, lever)| (name.text.clone(), lever.positions(diagnostics))).collect()
        } else {
            let named = settings.variants.iter();
            let positions = named
                .map(|(name, Fragment(change))| Position { name: name.text.clone(), change: change.clone() })
                .collect();
            vec![("variant".to_owned(), Some(positions))]
        };
        let count = levers.iter().flat_map(|(_, positions)| positions).map(Vec::len);
        let count = count.fold(1_usize, usize::saturating_mul);
        if count > MOST_VARIANTS {
            let spot = settings.levers.iter().next().map(|(name, _)| name.spot);
            diagnostics.push(
                Diagnostic::error(spot, format!("These make {count} variants of the scenario"))
                    .note(format!("A study has {MOST_VARIANTS} at most."))
                    .help("Try fewer values, or fewer levers at once."),
            );
            return None;
        }
        let named = !settings.variants.is_empty();
        let mut variants = vec![Variant { name: String::new(), settings: Vec::new(), changes: common }];
        let mut names = Vec::new();
        for (lever, positions) in levers {
            let positions = positions?;
            names.push(lever.clone());
            variants = variants
                .iter()
                .flat_map(|variant| positions.iter().map(|position| variant.with(&lever, position, named)))
                .collect();
        }
        Some(Self { levers: names, variants })
    }
}

impl Variant {
    fn with(&self, lever: &str, position: &Position, named: bool) -> Self {
        let mut variant = self.clone();
        let said = if named { position.name.clone() } else { format!("{lever}={}", position.name) };
        if !variant.name.is_empty() {
            variant.name.push(',');
        }
        variant.name.push_str(&said);
        variant.settings.push(position.name.clone());
        variant.changes.push(position.change.clone());
        variant
    }
}

impl Lever {
    /// What each of its values merges over the scenario.
    fn positions(&self, diagnostics: &mut Diagnostics) -> Option<Vec<Position>> {
        let at = |value: &Node, setting: &Located<String>| nested(setting, value.clone());
        match (&self.setting, &self.values) {
            (Some(setting), LeverValues::List(items)) => Some(
                items
                    .iter()
                    .map(|item| Position {
                        name: item.as_text().unwrap_or_default().to_owned(),
                        change: at(item, setting),
                    })
                    .collect(),
            ),
            (Some(setting), LeverValues::Named(entries)) => Some(
                entries
                    .iter()
                    .map(|(name, value)| Position { name: name.text.clone(), change: at(value, setting) })
                    .collect(),
            ),
            (None, LeverValues::Named(entries)) => {
                let read = entries.iter().map(|(name, value)| {
                    let Fragment(change) = Fragment::read(value, diagnostics)?;
                    Some(Position { name: name.text.clone(), change })
                });
                read.collect::<Vec<_>>().into_iter().collect()
            }
            (None, LeverValues::List(_)) => {
                diagnostics.push(
                    Diagnostic::error(self.spot, "Nothing says which setting this lever moves")
                        .help("Add `setting: migration.engineers`, with the path of your own setting.")
                        .help("Or name the values, each with a part of a scenario: `values: {few: {migration: {engineers: 2}}}`."),
                );
                None
            }
        }
    }
}

/// `value` at a dotted path, every key of which knows its place in the text.
fn nested(setting: &Located<String>, value: Node) -> Node {
    let text = setting.value.as_str();
    // Quotes and escapes would move the places: then the whole text is the place.
    let plain = (setting.spot.end - setting.spot.start) as usize == text.len();
    let mut end = text.len();
    let mut node = value;
    for part in text.rsplit('.') {
        let start = end - part.len();
        let spot = if plain {
            Spot {
                start: setting.spot.start + start as u32,
                end: setting.spot.start + end as u32,
                ..setting.spot
            }
        } else {
            setting.spot
        };
        let key = Key { text: part.to_owned(), spot };
        node = Node { spot: node.spot, kind: Kind::Mapping(vec![(key, node)]) };
        end = start.saturating_sub(1);
    }
    node
}
