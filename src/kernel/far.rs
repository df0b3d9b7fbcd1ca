//! Items whose turn is far off, unsorted: the part of a large heap that need not be one.
//!
//! Keys beyond a horizon lie in buckets of equal width, chained in lists through one flat
//! array, so an insertion, a removal and a move cost a constant. Whenever the sorted part
//! runs empty it is given the next bucket, a dozen items or so, and the horizon moves
//! behind them. Keys beyond the last bucket wait in a list of their own and are spread
//! over new buckets when all have been used up. (The idea is that of the ladder queue:
//! Tang, Goh and Thng, ACM TOMACS 15 (2005), with the sorted bottom kept as a heap, which
//! bounds the worst case, all keys in one bucket, by that of the heap.)

use super::heap::Entry;

/// Marks the end of a list.
const NONE: u32 = u32::MAX;
/// Set in the place of an item that is far; the other bits are its bucket.
const FAR: u32 = 1 << 31;
/// Below this many, a heap is as fast. In tests few are enough, so that each of them
/// passes through here.
const FEWEST: usize = if cfg!(test) { 8 } else { 512 };
/// Buckets for so many items each, where they lie densest about three times as many.
const ITEMS_PER_BUCKET: usize = 4;
const MOST_BUCKETS: usize = 1 << 18;
/// Keys looked at to find the scale on which they lie.
const SAMPLE: usize = 63;
/// The buckets reach so many times as far as the median key.
const MEDIANS: u64 = 4;

#[derive(Clone, Copy, Debug)]
struct Node {
    entry: Entry,
    next: u32,
    previous: u32,
}

/// Items beyond the horizon, by slot.
#[derive(Clone, Debug)]
pub(super) struct Far {
    /// The last key that belongs to the sorted part: all keys while nothing is far.
    horizon: u64,
    /// By slot; what is not in a list is out of date.
    nodes: Vec<Node>,
    /// The first of each bucket, and last of those beyond all buckets.
    heads: Vec<u32>,
    /// The first key of the first bucket.
    base: u64,
    /// A bucket is 2^shift keys wide.
    shift: u32,
    /// The first bucket that the sorted part has not been given.
    next: usize,
    len: usize,
    /// So many sorted items are worth being spread over new buckets.
    worth: usize,
}

impl Far {
    pub(super) const fn new() -> Self {
        Self {
            horizon: u64::MAX,
            nodes: Vec::new(),
            heads: Vec::new(),
            base: 0,
            shift: 0,
            next: 0,
            len: 0,
            worth: 2 * FEWEST,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Whether a key is beyond the horizon.
    #[inline]
    pub(super) const fn takes(&self, key: u64) -> bool {
        key > self.horizon
    }

    /// Whether the place is one that [`Self::insert`] gave.
    #[inline]
    pub(super) const fn holds(place: u32) -> bool {
        place & FAR != 0
    }

    /// Whether so many sorted items are worth [`Self::spread`].
    #[inline]
    pub(super) const fn is_worth(&self, sorted: usize) -> bool {
        sorted >= self.worth
    }

    /// Files an item and returns its place.
    #[inline]
    pub(super) fn insert(&mut self, entry: Entry) -> u32 {
        let bucket = (((entry.key - self.base) >> self.shift) as usize).min(self.heads.len() - 1);
        let slot = entry.slot();
        if slot >= self.nodes.len() {
            self.nodes.resize(slot + 1, Node { entry, next: NONE, previous: NONE });
        }
        let next = std::mem::replace(&mut self.heads[bucket], slot as u32);
        if next != NONE {
            self.nodes[next as usize].previous = slot as u32;
        }
        self.nodes[slot] = Node { entry, next, previous: NONE };
        self.len += 1;
        FAR | bucket as u32
    }

    /// Takes an item out of its place.
    #[inline]
    pub(super) fn remove(&mut self, slot: usize, place: u32) -> Entry {
        let node = self.nodes[slot];
        if node.previous == NONE {
            self.heads[(place & !FAR) as usize] = node.next;
        } else {
            self.nodes[node.previous as usize].next = node.next;
        }
        if node.next != NONE {
            self.nodes[node.next as usize].previous = node.previous;
        }
        self.len -= 1;
        node.entry
    }

    /// The key and order of an item that is far.
    #[inline]
    pub(super) fn entry(&self, slot: usize) -> Entry {
        self.nodes[slot].entry
    }

    /// Moves the horizon behind the next items, which come out unsorted: at least one, if
    /// there is any. `placed` is told where those are now that stay.
    pub(super) fn advance(&mut self, sorted: &mut Vec<Entry>, mut placed: impl FnMut(Entry, u32)) {
        debug_assert!(sorted.is_empty());
        while self.len > 0 && sorted.is_empty() {
            let beyond = self.heads.len() - 1;
            while self.next < beyond && self.heads[self.next] == NONE {
                self.next += 1;
            }
            self.empty(self.next, sorted);
            if self.next == beyond {
                self.file(sorted, &mut placed);
            } else {
                self.next += 1;
                let end = u128::from(self.base) + ((self.next as u128) << self.shift);
                self.horizon = u64::try_from(end - 1).unwrap_or(u64::MAX);
            }
        }
        if self.len == 0 {
            self.horizon = u64::MAX;
        }
    }

    /// Spreads all items, sorted ones included, over new buckets, unless they are few, and
    /// moves the horizon behind the first of them.
    pub(super) fn spread(&mut self, sorted: &mut Vec<Entry>, mut placed: impl FnMut(Entry, u32)) {
        self.take_all(sorted);
        self.file(sorted, &mut placed);
        if sorted.is_empty() {
            self.advance(sorted, placed);
        }
        // If they lie too close for buckets, it is not tried again at every insertion.
        self.worth = (4 * sorted.len()).max(2 * FEWEST);
    }

    /// Takes all items out, in no order.
    pub(super) fn take_all(&mut self, sorted: &mut Vec<Entry>) {
        for bucket in 0..self.heads.len() {
            self.empty(bucket, sorted);
        }
        self.horizon = u64::MAX;
    }

    /// Files items in buckets made for them, unless they are few. Nothing else is far.
    fn file(&mut self, items: &mut Vec<Entry>, placed: &mut impl FnMut(Entry, u32)) {
        debug_assert!(self.len == 0);
        self.horizon = u64::MAX;
        if items.len() < FEWEST {
            return;
        }
        let first = items.iter().map(|entry| entry.key).min().expect("they are many");
        let mut sample: Vec<u64> =
            (0..SAMPLE).map(|index| items[index * items.len() / SAMPLE].key - first).collect();
        let median = *sample.select_nth_unstable(SAMPLE / 2).1;
        let buckets = (items.len() / ITEMS_PER_BUCKET).next_power_of_two().min(MOST_BUCKETS);
        let width = median.saturating_mul(MEDIANS) / buckets as u64;
        self.base = first;
        self.shift = u64::BITS - width.leading_zeros();
        self.next = 0;
        self.heads.clear();
        self.heads.resize(buckets + 1, NONE);
        for entry in items.drain(..) {
            let place = self.insert(entry);
            placed(entry, place);
        }
    }

    fn empty(&mut self, bucket: usize, sorted: &mut Vec<Entry>) {
        let mut slot = std::mem::replace(&mut self.heads[bucket], NONE);
        while slot != NONE {
            let node = self.nodes[slot as usize];
            sorted.push(node.entry);
            self.len -= 1;
            slot = node.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
    use crate::kernel::Priority;
    use crate::kernel::heap::IndexedHeap;
    use std::collections::BTreeMap;

    fn numbers(label: &'static str) -> Stream {
        let test = EntityKey::new(EntityKind::new("test"), "far", 0);
        Draws { seed: 7, replication: 0 }.stream(Purpose::new(label), test)
    }

    /// Keys on very different scales, with ties, against a sorted map.
    fn agrees_with_a_sorted_map(purpose: &'static str, mut key_after: impl FnMut(&mut Stream, u64) -> u64) {
        let mut numbers = numbers(purpose);
        let mut heap = IndexedHeap::new();
        let mut sorted = BTreeMap::new();
        let (mut now, mut sequence) = (0, 0);
        let mut most_far = 0;
        for step in 0..60_000_u64 {
            // It grows to some five thousand, then shrinks to nothing, then grows again.
            let growing = step % 40_000 < 20_000;
            if numbers.below(8) < if growing { 5 } else { 3 } {
                let key = key_after(&mut numbers, now);
                let handle = heap.push(key, Priority::NORMAL, sequence);
                sorted.insert((key, sequence), handle);
                sequence += 1;
            } else if numbers.below(4) == 0 && !sorted.is_empty() {
                let from = (now + numbers.below(1_000), 0);
                if let Some((&id, &handle)) = sorted.range(from..).next() {
                    sorted.remove(&id);
                    assert_eq!(heap.key(handle), Some(id.0));
                    if numbers.below(2) == 0 {
                        assert_eq!(heap.remove(handle), Some(id.1));
                    } else {
                        let key = key_after(&mut numbers, now);
                        assert!(heap.rekey(handle, key));
                        // Its item stays what it was, so it is numbered as it leaves.
                        assert_eq!(heap.remove(handle), Some(id.1));
                        let handle = heap.push(key, Priority::NORMAL, sequence);
                        sorted.insert((key, sequence), handle);
                        sequence += 1;
                    }
                }
            } else {
                let expected = sorted.pop_first().map(|(id, _)| id);
                assert_eq!(heap.peek().map(|(key, item)| (key, *item)), expected);
                assert_eq!(heap.pop_until(u64::MAX), expected);
                now = expected.map_or(now, |id| id.0);
            }
            assert_eq!(heap.len(), sorted.len());
            most_far = most_far.max(heap.far_len());
        }
        assert!(most_far > 100, "only {most_far} were ever far");
        while let Some((id, _)) = sorted.pop_first() {
            assert_eq!(heap.pop_until(u64::MAX), Some(id));
        }
        assert!(heap.is_empty());
    }

    #[test]
    fn exponential_keys_leave_in_order() {
        agrees_with_a_sorted_map("exponential", |numbers, now| now + numbers.exponential(1e6) as u64);
    }

    #[test]
    fn keys_of_few_values_leave_in_order() {
        agrees_with_a_sorted_map("few", |numbers, now| now + numbers.below(5) * 1_000);
    }

    #[test]
    fn keys_on_every_scale_leave_in_order() {
        agrees_with_a_sorted_map("scales", |numbers, now| {
            let scale = numbers.below(50);
            now.saturating_add(numbers.below(2 << scale))
        });
    }

    #[test]
    fn keys_near_the_end_of_all_keys_leave_in_order() {
        agrees_with_a_sorted_map("end", |numbers, now| {
            let from = now.max(u64::MAX - 1_000_000);
            from.saturating_add(numbers.below(50_000))
        });
    }

    #[test]
    fn what_lies_too_close_for_buckets_is_left_to_the_heap() {
        let mut far = Far::new();
        let mut sorted: Vec<Entry> = (0..1_000).map(|slot| Entry { key: 9, order: slot }).collect();
        far.spread(&mut sorted, |_, _| {});
        assert_eq!((sorted.len(), far.len()), (1_000, 0));
        assert!(!far.is_worth(1_001) && far.is_worth(4_000));
    }
}
