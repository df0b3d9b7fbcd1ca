//! A few figures of many runs: which folds they take, and where they stand.

use super::{Score, Scorecard, Scorer};
use crate::base::units::Money;
use crate::world::World;

/// A part of a scorecard, by the first word of its figures' dotted names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// `cost.…`
    Cost,
    /// `commitments.…`
    Commitments,
    /// `migration.…`
    Migration,
    /// `interoperability.…`
    Interoperability,
    /// `lock_in.…`, without what an exit rehearsal finds.
    LockIn,
    /// `sovereignty.…`
    Sovereignty,
    /// `availability.…`
    Availability,
    /// `utilisation.…`
    Utilisation,
}

impl Section {
    /// All, in the order of the report.
    pub const ALL: [Self; 8] = [
        Self::Cost,
        Self::Commitments,
        Self::Migration,
        Self::Interoperability,
        Self::LockIn,
        Self::Sovereignty,
        Self::Availability,
        Self::Utilisation,
    ];

    /// The first word of its figures' names.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Commitments => "commitments",
            Self::Migration => "migration",
            Self::Interoperability => "interoperability",
            Self::LockIn => "lock_in",
            Self::Sovereignty => "sovereignty",
            Self::Availability => "availability",
            Self::Utilisation => "utilisation",
        }
    }

    fn of(figure: &str) -> Option<Self> {
        let (first, _) = figure.split_once('.')?;
        Self::ALL.into_iter().find(|section| section.key() == first)
    }
}

/// Parts of a scorecard: what a [`Scorer`] folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sections(u8);

impl Sections {
    /// None.
    pub const NONE: Self = Self(0);
    /// The whole scorecard.
    pub const ALL: Self = Self(u8::MAX);

    /// These and one more.
    pub const fn and(self, section: Section) -> Self {
        Self(self.0 | 1 << section as u8)
    }

    /// Whether a part is among them.
    #[inline]
    pub const fn has(self, section: Section) -> bool {
        self.0 & 1 << section as u8 != 0
    }
}

/// Figures to read from every run of a World, found by their dotted names once.
#[derive(Clone, Debug)]
pub struct Reading {
    sections: Sections,
    /// For each figure its part and its place there.
    places: Vec<(Section, usize)>,
}

/// What was read from one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The figures, in the order in which they were named.
    pub scores: Vec<Score>,
    /// [`Cost::cumulative`](super::Cost::cumulative), where a figure of the cost is read;
    /// else nothing.
    pub cumulative: Vec<Money>,
}

impl Reading {
    /// The figures of these dotted names.
    ///
    /// # Errors
    /// The first name that no scorecard of the World has.
    pub fn of<'a>(world: &World, names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        let strategy = world.strategies.ids().next().expect("a world has a strategy");
        let empty = Scorer::new(world, strategy, 0.0).finish();
        let mut reading = Self { sections: Sections::NONE, places: Vec::new() };
        for name in names {
            let section = Section::of(name).ok_or(name)?;
            let figures = empty.figures_of(world, section);
            let place = figures.iter().position(|(known, _)| known == name).ok_or(name)?;
            reading.sections = reading.sections.and(section);
            reading.places.push((section, place));
        }
        Ok(reading)
    }

    /// The same, and the months of the cost, whatever else is read.
    pub fn with_cumulative_cost(self) -> Self {
        Self { sections: self.sections.and(Section::Cost), ..self }
    }

    /// What a scorer has to fold for them.
    pub const fn sections(&self) -> Sections {
        self.sections
    }

    /// Nothing read yet.
    pub(super) fn unread(&self) -> Read {
        Read { scores: vec![Score::Missing; self.places.len()], cumulative: Vec::new() }
    }

    /// Takes the figures of a part, which are listed in full.
    pub(super) fn take(&self, section: Section, listed: &[(String, Score)], into: &mut Read) {
        for ((of, place), score) in self.places.iter().zip(&mut into.scores) {
            if *of == section {
                *score = listed[*place].1;
            }
        }
    }
}

impl Scorecard {
    /// Figures that were found by their names, of a scorecard that is whole.
    pub fn read(&self, world: &World, reading: &Reading) -> Read {
        let mut read = reading.unread();
        for section in Section::ALL.into_iter().filter(|section| reading.sections.has(*section)) {
            reading.take(section, &self.figures_of(world, section), &mut read);
        }
        if reading.sections.has(Section::Cost) {
            read.cumulative.clone_from(&self.cost.cumulative);
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::Draws;
    use crate::simulation::{Plan, Simulation};
    use crate::world::{Figures, fixture};

    #[test]
    fn what_is_read_is_what_the_whole_scorecard_says() {
        let world = fixture::world();
        let names: Vec<String> = {
            let strategy = world.strategies.ids().next().expect("a fixture's");
            let empty = Scorer::new(&world, strategy, 0.0).finish();
            empty.figures(&world).into_iter().map(|(name, _)| name).collect()
        };
        let draws = Draws { seed: 7, replication: 3 };
        for (strategy, described) in world.strategies.enumerate() {
            let run = |scorer| {
                let figures = Figures::draw(&world, &draws);
                let mut running =
                    Simulation::start(&world, Plan::of(&world, described), figures, draws, scorer);
                running.run_to_horizon();
                running.close()
            };
            let whole = run(Scorer::new(&world, strategy, 0.07)).finish();
            for name in &names {
                let reading = Reading::of(&world, [name.as_str()]).expect("a figure of the world");
                let read = run(Scorer::of(&world, strategy, 0.07, reading.sections())).read(&reading);
                let figures = whole.figures(&world);
                let known = figures.iter().find(|(known, _)| known == name).map(|(_, score)| *score);
                assert_eq!(read.scores, [known.expect("it is there")], "{name} of {}", described.name);
                assert_eq!(read, whole.read(&world, &reading), "{name} of {}", described.name);
            }
        }
    }

    #[test]
    fn a_name_that_no_scorecard_has_is_told() {
        let world = fixture::world();
        assert_eq!(Reading::of(&world, ["cost.npv", "cost.nvp"]).err(), Some("cost.nvp"));
        assert_eq!(Reading::of(&world, ["npv"]).err(), Some("npv"));
        let cost = Reading::of(&world, ["cost.npv"]).expect("there is a cost");
        assert!(cost.sections().has(Section::Cost) && !cost.sections().has(Section::LockIn));
    }
}
