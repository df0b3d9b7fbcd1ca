//! The ordered index: trees of the largest free memory per free-vCPU class.
//!
//! Hosts in service with the same number of free virtual processors are a class. Each
//! class has an implicit tree over all host numbers, 32 wide: a word of its lowest
//! level is the largest free memory among 32 neighbouring hosts of that class, a word
//! above is the largest of 32 words below. The hosts themselves are the leaves, so a
//! class costs one word for 32 hosts. "The lowest host from here on with so much free
//! memory" reads at most 32 words a level, and the roots of all classes lie side by
//! side. An index on free processors alone would probe every host that has processors
//! but no memory.

use std::ops::{Range, RangeInclusive};

use super::pool::{Demand, Host, Pool};

const WIDTH: usize = 32;
/// The class of a host that is not in service.
const NO_CLASS: u32 = u32::MAX;

/// What the trees are over: for every host its class, and its free memory in MiB plus
/// one, so that zero is "no host here".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OrderedIndex {
    class: Vec<u32>,
    key: Vec<u32>,
    /// From the lowest level to the roots; class after class within a level.
    levels: Vec<Level>,
    classes: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Level {
    words: Vec<u32>,
    per_class: usize,
}

impl Level {
    #[inline]
    fn of_class(&self, class: u32) -> &[u32] {
        &self.words[class as usize * self.per_class..][..self.per_class]
    }
}

impl OrderedIndex {
    /// The index of these hosts, with room for as many again.
    pub(super) fn of(hosts: &[Host]) -> Self {
        let widest = hosts.iter().map(|host| host.capacity.vcpus).max().unwrap_or(0);
        let mut index = Self::with_room((2 * hosts.len()).max(WIDTH), widest + 1);
        for host in hosts {
            index.push(host);
        }
        index
    }

    fn with_room(hosts: usize, classes: u32) -> Self {
        let mut levels = Vec::new();
        let mut per_class = hosts.div_ceil(WIDTH);
        loop {
            levels.push(Level { words: vec![0; per_class * classes as usize], per_class });
            if per_class == 1 {
                break;
            }
            per_class = per_class.div_ceil(WIDTH);
        }
        Self { class: Vec::new(), key: Vec::new(), levels, classes }
    }

    /// Whether a host of this size can be appended without building the index anew.
    pub(super) fn has_room_for(&self, capacity: Demand) -> bool {
        self.class.len() < self.levels[0].per_class * WIDTH && capacity.vcpus < self.classes
    }

    pub(super) fn push(&mut self, host: &Host) {
        self.class.push(NO_CLASS);
        self.key.push(0);
        self.refresh(self.class.len() as u32 - 1, host);
    }

    /// Takes over what a host has become.
    #[inline]
    pub(super) fn refresh(&mut self, index: u32, host: &Host) {
        let at = index as usize;
        let (class, key) =
            if host.is_in_service() { (host.free.vcpus, host.free.mib + 1) } else { (NO_CLASS, 0) };
        let (old_class, old_key) = (self.class[at], self.key[at]);
        if (class, key) == (old_class, old_key) {
            return;
        }
        (self.class[at], self.key[at]) = (class, key);
        if class != NO_CLASS {
            self.raise(at, class, key);
        }
        if old_class != NO_CLASS && (old_class != class || key < old_key) {
            self.lower(at, old_class, old_key);
        }
    }

    /// A host of the class now has this key.
    #[inline]
    fn raise(&mut self, host: usize, class: u32, key: u32) {
        let mut at = host;
        for level in &mut self.levels {
            at /= WIDTH;
            let word = &mut level.words[class as usize * level.per_class + at];
            if *word >= key {
                return;
            }
            *word = key;
        }
    }

    /// A host of the class no longer has this key.
    #[inline]
    fn lower(&mut self, host: usize, class: u32, key: u32) {
        let mut at = host / WIDTH;
        let own = &self.levels[0].words[class as usize * self.levels[0].per_class + at];
        if *own > key {
            return;
        }
        let end = (at * WIDTH + WIDTH).min(self.class.len());
        let hosts = at * WIDTH..end;
        let mut largest = self.class[hosts.clone()]
            .iter()
            .zip(&self.key[hosts])
            .map(|(of, key)| if *of == class { *key } else { 0 })
            .fold(0, u32::max);
        for level in 0..self.levels.len() {
            let per_class = self.levels[level].per_class;
            let word = &mut self.levels[level].words[class as usize * per_class + at];
            if *word == largest {
                return;
            }
            *word = largest;
            let group = at / WIDTH * WIDTH;
            let words = &self.levels[level].of_class(class)[group..per_class.min(group + WIDTH)];
            largest = words.iter().copied().fold(0, u32::max);
            at /= WIDTH;
        }
    }

    /// The largest key of each class.
    #[inline]
    fn roots(&self) -> &[u32] {
        &self.levels[self.levels.len() - 1].words
    }

    /// The first block of 32 hosts at or after `from` with a host of the class whose
    /// key is at least `key`.
    #[inline]
    fn block(&self, class: u32, key: u32, from: usize) -> Option<usize> {
        let mut at = from;
        let mut level = 0;
        // Up, to the right, until a word is large enough.
        loop {
            let words = self.levels[level].of_class(class);
            let end = (at / WIDTH * WIDTH + WIDTH).min(words.len());
            if let Some(ahead) = words.get(at..end)?.iter().position(|word| *word >= key) {
                at += ahead;
                break;
            }
            if end == words.len() {
                return None;
            }
            at = end / WIDTH;
            level += 1;
        }
        // Down, to the left.
        while level > 0 {
            level -= 1;
            let words = self.levels[level].of_class(class);
            let end = (at * WIDTH + WIDTH).min(words.len());
            let below = words[at * WIDTH..end].iter().position(|word| *word >= key);
            at = at * WIDTH + below.expect("a word is the largest of those below it");
        }
        Some(at)
    }

    /// Checks every word against the hosts.
    pub(super) fn audit(&self, hosts: &[Host]) {
        let mut fresh = Self::with_room(self.levels[0].per_class * WIDTH, self.classes);
        for host in hosts {
            fresh.push(host);
        }
        assert!(*self == fresh, "the ordered index is not what the hosts are: {self:?}, {fresh:?}");
    }
}

/// The ordered index of a pool, for policies to search.
#[derive(Clone, Copy, Debug)]
pub struct Ordered<'p> {
    pool: &'p Pool,
    index: &'p OrderedIndex,
}

impl Pool {
    /// The ordered index, where the pool is large enough to keep one.
    pub fn ordered(&self) -> Option<Ordered<'_>> {
        self.ordered_index().map(|index| Ordered { pool: self, index })
    }
}

impl Ordered<'_> {
    /// The numbers of free virtual processors at which some host in service has the
    /// processors and the memory of `demand`, ascending. Reads one word a class.
    pub fn classes(&self, demand: Demand) -> impl DoubleEndedIterator<Item = u32> {
        let key = key(demand);
        let all: RangeInclusive<u32> = demand.vcpus..=self.index.classes - 1;
        let roots = self.index.roots();
        all.filter(move |class| roots[*class as usize] >= key)
    }

    /// The lowest host among `hosts` with exactly `free_vcpus` free that takes
    /// `demand` and is admitted.
    ///
    /// Cost: O(log hosts), of base 32, for every candidate that is refused and for
    /// every 32 of those whose memory would do but whose local disk does not.
    #[inline]
    pub fn lowest(
        &self,
        free_vcpus: u32,
        demand: Demand,
        hosts: Range<u32>,
        admits: &impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let key = key(demand);
        let index = self.index;
        let mut from = hosts.start as usize;
        let end = (hosts.end as usize).min(index.class.len());
        while from < end {
            let block = index.block(free_vcpus, key, from / WIDTH)?;
            let start = from.max(block * WIDTH);
            let stop = end.min(block * WIDTH + WIDTH);
            for at in start..stop {
                if index.class[at] == free_vcpus
                    && index.key[at] >= key
                    && self.pool.host(at as u32).free.disk_gib >= demand.disk_gib
                    && admits(at as u32)
                {
                    return Some(at as u32);
                }
            }
            from = block * WIDTH + WIDTH;
        }
        None
    }
}

/// The least key of a host that has the memory. No host has the largest.
#[inline]
const fn key(demand: Demand) -> u32 {
    demand.mib.saturating_add(1)
}
