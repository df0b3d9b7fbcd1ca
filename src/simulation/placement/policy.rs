//! The policies by name.

use super::{Demand, Pool, best_fit, first_fit, next_fit, random_fit, worst_fit};

/// A rule that chooses among the hosts that could take a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// [`first_fit`].
    FirstFit,
    /// [`next_fit`].
    NextFit,
    /// [`best_fit`].
    BestFit,
    /// [`worst_fit`].
    WorstFit,
    /// [`random_fit`].
    RandomFit,
}

/// What a policy needs beside the pool: policies remember nothing.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Turn {
    /// The host that took the last workload; 0 at the start.
    pub last: u32,
    /// A uniform number in [0, 1), fresh for each choice.
    pub uniform: f64,
}

impl Policy {
    /// All, in the order of the manual.
    pub const ALL: [Self; 5] =
        [Self::FirstFit, Self::NextFit, Self::BestFit, Self::WorstFit, Self::RandomFit];

    /// Its name in scenarios and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstFit => "first-fit",
            Self::NextFit => "next-fit",
            Self::BestFit => "best-fit",
            Self::WorstFit => "worst-fit",
            Self::RandomFit => "random-fit",
        }
    }

    /// The policy of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Whether it scores hosts and so wants the pool to keep an index of free states
    /// ([`Pool::index_states`]).
    pub const fn scores(self) -> bool {
        match self {
            Self::FirstFit | Self::NextFit | Self::BestFit | Self::WorstFit | Self::RandomFit => false,
        }
    }

    /// Whether it reads [`Turn::uniform`].
    pub const fn draws(self) -> bool {
        matches!(self, Self::RandomFit)
    }

    /// The host for a workload; nothing when no host that is admitted takes it.
    #[inline]
    pub fn choose(
        self,
        pool: &Pool,
        demand: Demand,
        turn: Turn,
        admits: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        match self {
            Self::FirstFit => first_fit(pool, demand, admits),
            Self::NextFit => next_fit(pool, demand, turn.last, admits),
            Self::BestFit => best_fit(pool, demand, admits),
            Self::WorstFit => worst_fit(pool, demand, admits),
            Self::RandomFit => random_fit(pool, demand, turn.uniform, admits),
        }
    }
}
