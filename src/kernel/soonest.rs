//! The least of many times, most of which may change at once.

/// A time each for the numbers from zero, as a winner tree: the least is found in
/// O(log n), one is changed in O(log n), all are changed in O(n) with a constant far
/// below that of a heap. Of equal times the lower number comes first.
#[derive(Clone, Default, Debug)]
pub(super) struct Soonest {
    /// Node i has the children 2i and 2i + 1; the leaves are the second half.
    nodes: Vec<u64>,
    /// Leaves changed since the nodes above them were brought up to date.
    changed: Vec<u32>,
    /// The number of the least, while nothing has changed.
    least: u32,
}

impl Soonest {
    pub(super) const fn new() -> Self {
        Self { nodes: Vec::new(), changed: Vec::new(), least: 0 }
    }

    const fn leaves(&self) -> usize {
        self.nodes.len() / 2
    }

    /// Sets the time of a number; [`u64::MAX`] for never, as it is to begin with.
    #[inline]
    pub(super) fn set(&mut self, number: u32, time: u64) {
        if number as usize >= self.leaves() {
            self.grow(number as usize + 1);
        }
        let leaf = self.leaves() + number as usize;
        if self.nodes[leaf] != time {
            self.nodes[leaf] = time;
            self.changed.push(number);
        }
    }

    /// The least time and its number; nothing when all are never.
    #[inline]
    pub(super) fn first(&mut self) -> Option<(u64, u32)> {
        if !self.changed.is_empty() {
            self.update();
            let mut node = 1;
            while node < self.leaves() {
                node *= 2;
                node += usize::from(self.nodes[node] != self.nodes[node / 2]);
            }
            self.least = (node - self.leaves()) as u32;
        }
        let least = *self.nodes.get(1)?;
        (least < u64::MAX).then_some((least, self.least))
    }

    fn update(&mut self) {
        if self.changed.len() * 8 > self.leaves() {
            self.changed.clear();
            for node in (1..self.leaves()).rev() {
                self.nodes[node] = self.nodes[2 * node].min(self.nodes[2 * node + 1]);
            }
            return;
        }
        while let Some(number) = self.changed.pop() {
            let mut node = (self.leaves() + number as usize) / 2;
            while node > 0 {
                let least = self.nodes[2 * node].min(self.nodes[2 * node + 1]);
                if self.nodes[node] == least {
                    break;
                }
                self.nodes[node] = least;
                node /= 2;
            }
        }
    }

    #[cold]
    fn grow(&mut self, numbers: usize) {
        let (before, leaves) = (self.leaves(), numbers.next_power_of_two().max(8));
        let mut nodes = vec![u64::MAX; 2 * leaves];
        nodes[leaves..leaves + before].copy_from_slice(&self.nodes[before..]);
        self.nodes = nodes;
        self.changed.extend(0..leaves as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_least_is_that_of_a_search(
            steps in proptest::collection::vec(
                proptest::collection::vec((0..40_u32, prop_oneof![0..20_u64, Just(u64::MAX)]), 0..12), 1..60
            )
        ) {
            let mut soonest = Soonest::new();
            let mut times = vec![u64::MAX; 40];
            for step in steps {
                for (number, time) in step {
                    soonest.set(number, time);
                    times[number as usize] = time;
                }
                let least = times.iter().zip(0..).map(|(time, number)| (*time, number)).min();
                prop_assert_eq!(soonest.first(), least.filter(|(time, _)| *time < u64::MAX));
            }
        }
    }
}
