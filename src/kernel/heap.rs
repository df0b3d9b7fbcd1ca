//! The indexed heap under the event list and the shared resources.
//!
//! A 4-ary implicit heap of 16-byte entries: a 64-bit key, then 4 bits of priority,
//! 32 of sequence and 28 of slot, compared as one 128-bit number. The payload stays
//! where it is, in a slab; a table from slot to place in the heap makes removal and
//! re-keying O(log n). A popped root leaves a hole that the next push fills, which
//! saves a pass over the tree when an event schedules its successor.
//!
//! Of a large heap only the part that is due soon is kept as one, see [`Far`]. Whenever
//! anything is pending, the least item is in the sorted part.

use super::Priority;
use super::far::Far;

const SLOT_BITS: u32 = 28;
const SEQUENCE_BITS: u32 = 32;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
const SEQUENCE_END: u64 = 1 << SEQUENCE_BITS;
const PRIORITY_SHIFT: u32 = SLOT_BITS + SEQUENCE_BITS;
const ARITY: usize = 4;
/// No slot has this number.
const NO_SLOT: u32 = u32::MAX;

/// One item of a heap; stale, and never mistaken for another, once the item has left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Handle {
    slot: u32,
    generation: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) key: u64,
    /// Priority, sequence and slot, from the most significant bit.
    pub(super) order: u64,
}

impl Entry {
    #[inline]
    fn rank(self) -> u128 {
        (u128::from(self.key) << 64) | u128::from(self.order)
    }

    #[inline]
    pub(super) fn slot(self) -> usize {
        (self.order & SLOT_MASK) as usize
    }
}

#[derive(Clone, Copy, Debug)]
struct Slot<T> {
    /// In the sorted part, or one that [`Far`] gave; of a free slot the next free one.
    position: u32,
    generation: u32,
    item: Option<T>,
}

/// Items in the order of (key, priority, sequence of insertion).
#[derive(Clone, Debug)]
pub(super) struct IndexedHeap<T> {
    /// The sorted part.
    entries: Vec<Entry>,
    /// Whether `entries[0]` has been popped and not yet replaced.
    hole: bool,
    far: Far,
    slots: Vec<Slot<T>>,
    /// The first slot that is free; each names the next in its `position`.
    vacant: u32,
    next_sequence: u64,
}

impl<T> IndexedHeap<T> {
    pub(super) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            hole: false,
            far: Far::new(),
            slots: Vec::new(),
            vacant: NO_SLOT,
            next_sequence: 0,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.sorted() + self.far.len()
    }

    #[inline]
    fn sorted(&self) -> usize {
        self.entries.len() - usize::from(self.hole)
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.sorted() == 0
    }

    #[inline]
    pub(super) fn push(&mut self, key: u64, priority: Priority, item: T) -> Handle {
        let (slot, generation) = match self.slots.get_mut(self.vacant as usize) {
            Some(free) => {
                free.item = Some(item);
                (std::mem::replace(&mut self.vacant, free.position), free.generation)
            }
            None => (self.grow(item), 0),
        };
        let order = self.next_order(priority) | u64::from(slot);
        self.place(Entry { key, order });
        Handle { slot, generation }
    }

    /// The least key and its item.
    #[inline]
    pub(super) fn peek(&self) -> Option<(u64, &T)> {
        let entry = self.least()?;
        Some((entry.key, self.slots[entry.slot()].item.as_ref().expect("an entry of the heap has its item")))
    }

    /// The least item.
    pub(super) fn first(&self) -> Option<Handle> {
        let slot = self.least()?.slot();
        Some(Handle { slot: slot as u32, generation: self.slots[slot].generation })
    }

    #[inline]
    fn least(&self) -> Option<&Entry> {
        if self.hole {
            // The root is gone, so the least is one of its children.
            self.entries.iter().skip(1).take(ARITY).min_by_key(|entry| entry.rank())
        } else {
            self.entries.first()
        }
    }

    /// Takes the least item whose key is at most `limit`.
    #[inline]
    pub(super) fn pop_until(&mut self, limit: u64) -> Option<(u64, T)> {
        self.fill_hole();
        let root = *self.entries.first()?;
        if root.key > limit {
            return None;
        }
        self.hole = true;
        let item = self.vacate(root.slot());
        self.keep_least_sorted();
        Some((root.key, item))
    }

    pub(super) fn contains(&self, handle: Handle) -> bool {
        self.slots.get(handle.slot as usize).is_some_and(|slot| slot.generation == handle.generation)
    }

    pub(super) fn key(&self, handle: Handle) -> Option<u64> {
        let position = self.position(handle)?;
        Some(if Far::holds(position) {
            self.far.entry(handle.slot as usize).key
        } else {
            self.entries[position as usize].key
        })
    }

    pub(super) fn item(&self, handle: Handle) -> Option<&T> {
        if self.contains(handle) { self.slots[handle.slot as usize].item.as_ref() } else { None }
    }

    pub(super) fn remove(&mut self, handle: Handle) -> Option<T> {
        self.fill_hole();
        let position = self.position(handle)?;
        self.take_out(handle.slot, position);
        self.keep_least_sorted();
        Some(self.vacate(handle.slot as usize))
    }

    /// Gives an item another key, as if it were inserted anew; whether it was there.
    pub(super) fn rekey(&mut self, handle: Handle, key: u64) -> bool {
        self.fill_hole();
        if !self.contains(handle) {
            return false;
        }
        // Drawn before the place is read: a renumbering changes the entries.
        let sequence = self.next_order(Priority::FIRST);
        let position = self.slots[handle.slot as usize].position;
        let slot = u64::from(handle.slot);
        if Far::holds(position) || self.far.takes(key) {
            let old = self.take_out(handle.slot, position);
            let order = old.order >> PRIORITY_SHIFT << PRIORITY_SHIFT | sequence | slot;
            self.place(Entry { key, order });
            self.keep_least_sorted();
        } else {
            let position = position as usize;
            let priority = self.entries[position].order >> PRIORITY_SHIFT << PRIORITY_SHIFT;
            self.settle(position, Entry { key, order: priority | sequence | slot });
        }
        true
    }

    /// Subtracts `amount` from every key.
    pub(super) fn lower_keys(&mut self, amount: u64) {
        self.gather();
        for entry in &mut self.entries {
            assert!(entry.key >= amount, "key {} would fall below zero by {amount}", entry.key);
            entry.key -= amount;
        }
    }

    #[cfg(test)]
    pub(super) fn far_len(&self) -> usize {
        self.far.len()
    }

    /// Goes on numbering from `next`, to come to the end within a test.
    #[cfg(test)]
    fn sequence_to(&mut self, next: u64) {
        self.next_sequence = next;
    }

    #[inline]
    fn position(&self, handle: Handle) -> Option<u32> {
        let slot = self.slots.get(handle.slot as usize)?;
        (slot.generation == handle.generation).then_some(slot.position)
    }

    /// Puts an entry where its key belongs.
    #[inline]
    fn place(&mut self, entry: Entry) {
        if self.far.takes(entry.key) {
            self.slots[entry.slot()].position = self.far.insert(entry);
            self.keep_least_sorted();
        } else if self.hole {
            self.hole = false;
            self.sift_down(0, entry);
        } else {
            self.entries.push(entry);
            self.sift_up(self.entries.len() - 1, entry);
            if self.far.is_worth(self.entries.len()) {
                self.spread();
            }
        }
    }

    /// Takes an entry from its place; there is no hole.
    #[inline]
    fn take_out(&mut self, slot: u32, position: u32) -> Entry {
        if Far::holds(position) {
            return self.far.remove(slot as usize, position);
        }
        let position = position as usize;
        let entry = self.entries[position];
        let last = self.entries.pop().expect("what has a place in the heap is in it");
        if position < self.entries.len() {
            self.settle(position, last);
        }
        entry
    }

    #[inline]
    fn keep_least_sorted(&mut self) {
        if self.sorted() == 0 && self.far.len() > 0 {
            self.refill();
        }
    }

    /// Gives the sorted part, which has run empty, the next items.
    #[inline(never)]
    fn refill(&mut self) {
        self.hole = false;
        self.entries.clear();
        let Self { far, entries, slots, .. } = self;
        far.advance(entries, |entry, position| slots[entry.slot()].position = position);
        self.build();
    }

    #[cold]
    fn spread(&mut self) {
        let Self { far, entries, slots, .. } = self;
        far.spread(entries, |entry, position| slots[entry.slot()].position = position);
        self.build();
    }

    /// Sorts all there is.
    #[cold]
    fn gather(&mut self) {
        self.fill_hole();
        if self.far.len() > 0 {
            self.far.take_all(&mut self.entries);
            self.build();
        }
    }

    /// Makes a heap of entries in any order (Floyd).
    fn build(&mut self) {
        for (position, entry) in self.entries.iter().enumerate() {
            self.slots[entry.slot()].position = position as u32;
        }
        if self.entries.len() > 1 {
            for position in (0..=(self.entries.len() - 2) / ARITY).rev() {
                self.sift_down(position, self.entries[position]);
            }
        }
    }

    #[cold]
    fn grow(&mut self, item: T) -> u32 {
        let slot = self.slots.len();
        assert!(slot as u64 <= SLOT_MASK, "more than {SLOT_MASK} items pending at once");
        self.slots.push(Slot { position: 0, generation: 0, item: Some(item) });
        slot as u32
    }

    #[inline]
    fn vacate(&mut self, slot: usize) -> T {
        let freed = &mut self.slots[slot];
        freed.position = std::mem::replace(&mut self.vacant, slot as u32);
        freed.generation = freed.generation.wrapping_add(1);
        freed.item.take().expect("an entry of the heap has its item")
    }

    #[inline]
    fn next_order(&mut self, priority: Priority) -> u64 {
        if self.next_sequence == SEQUENCE_END {
            self.renumber();
        }
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        (u64::from(priority.level()) << PRIORITY_SHIFT) | (sequence << SLOT_BITS)
    }

    /// Numbers the pending items from zero again, once in 2^32 insertions. Their order
    /// stays, so the heap stays a heap.
    #[cold]
    fn renumber(&mut self) {
        self.gather();
        let mut by_sequence: Vec<usize> = (0..self.entries.len()).collect();
        let sequence = |order: u64| (order >> SLOT_BITS) & (SEQUENCE_END - 1);
        by_sequence.sort_unstable_by_key(|position| sequence(self.entries[*position].order));
        for (rank, position) in by_sequence.into_iter().enumerate() {
            let order = &mut self.entries[position].order;
            *order = (*order >> PRIORITY_SHIFT << PRIORITY_SHIFT)
                | ((rank as u64) << SLOT_BITS)
                | (*order & SLOT_MASK);
        }
        self.next_sequence = self.entries.len() as u64;
    }

    /// Fills the hole that a pop has left, where no push is to follow but a look.
    #[inline]
    pub(super) fn close(&mut self) {
        self.fill_hole();
    }

    #[inline]
    fn fill_hole(&mut self) {
        if self.hole {
            self.hole = false;
            let last = self.entries.pop().expect("a hole is an entry");
            if !self.entries.is_empty() {
                self.sift_down(0, last);
            }
        }
    }

    /// Puts `entry` at `position` or wherever it belongs above or below.
    #[inline]
    fn settle(&mut self, position: usize, entry: Entry) {
        if position > 0 && entry.rank() < self.entries[(position - 1) / ARITY].rank() {
            self.sift_up(position, entry);
        } else {
            self.sift_down(position, entry);
        }
    }

    #[inline]
    fn put(&mut self, position: usize, entry: Entry) {
        self.entries[position] = entry;
        self.slots[entry.slot()].position = position as u32;
    }

    #[inline]
    fn sift_up(&mut self, mut position: usize, entry: Entry) {
        while position > 0 {
            let parent = (position - 1) / ARITY;
            let above = self.entries[parent];
            if above.rank() <= entry.rank() {
                break;
            }
            self.put(position, above);
            position = parent;
        }
        self.put(position, entry);
    }

    #[inline]
    fn sift_down(&mut self, position: usize, entry: Entry) {
        // Two events pending, as in a single queue: one comparison, without a branch
        // that nobody can foresee.
        if let [root, child] = self.entries.as_mut_slice() {
            let below = *child;
            let first = position == 1 || entry.rank() <= below.rank();
            let (a, b) = if position == 1 {
                (*root, entry)
            } else if first {
                (entry, below)
            } else {
                (below, entry)
            };
            (*root, *child) = (a, b);
            self.slots[a.slot()].position = 0;
            self.slots[b.slot()].position = 1;
            return;
        }
        self.sift_far_down(position, entry);
    }

    #[inline]
    fn sift_far_down(&mut self, mut position: usize, entry: Entry) {
        let rank = entry.rank();
        loop {
            let first = position * ARITY + 1;
            let (least, child) = match self.entries.get(first..first + ARITY) {
                Some(&[a, b, c, d]) => {
                    // A tournament: the two halves do not wait for each other.
                    let left = if b.rank() < a.rank() { (first + 1, b) } else { (first, a) };
                    let right = if d.rank() < c.rank() { (first + 3, d) } else { (first + 2, c) };
                    if right.1.rank() < left.1.rank() { right } else { left }
                }
                _ => {
                    let Some(mut child) = self.entries.get(first).copied() else { break };
                    let mut least = first;
                    for other in first + 1..self.entries.len() {
                        if self.entries[other].rank() < child.rank() {
                            (least, child) = (other, self.entries[other]);
                        }
                    }
                    (least, child)
                }
            };
            if rank <= child.rank() {
                break;
            }
            self.put(position, child);
            position = least;
        }
        self.put(position, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_sixteen_bytes() {
        assert_eq!(size_of::<Entry>(), 16);
    }

    #[test]
    fn order_survives_the_end_of_the_sequence_numbers() {
        let mut heap = IndexedHeap::new();
        heap.sequence_to(SEQUENCE_END - 3);
        let handles: Vec<Handle> = (0..6).map(|item| heap.push(9, Priority::NORMAL, item)).collect();
        // The renumbering fell in the middle: equal keys still leave in order of entry.
        heap.sequence_to(SEQUENCE_END);
        assert!(heap.rekey(handles[1], 9));
        heap.push(9, Priority::FIRST, 6);
        let order: Vec<i32> = std::iter::from_fn(|| heap.pop_until(u64::MAX)).map(|(_, item)| item).collect();
        assert_eq!(order, [6, 0, 2, 3, 4, 5, 1]);
    }

    #[test]
    fn a_stale_handle_reaches_nothing() {
        let mut heap = IndexedHeap::new();
        let first = heap.push(1, Priority::NORMAL, 'a');
        assert_eq!(heap.pop_until(1), Some((1, 'a')));
        let second = heap.push(2, Priority::NORMAL, 'b');
        assert_eq!(first.slot, second.slot);
        assert_eq!((heap.contains(first), heap.key(first), heap.item(first)), (false, None, None));
        assert_eq!((heap.remove(first), heap.rekey(first, 0)), (None, false));
        assert_eq!(heap.remove(second), Some('b'));
        assert!(heap.is_empty());
    }

    #[test]
    fn the_least_item_is_seen_through_the_hole() {
        let mut heap = IndexedHeap::new();
        for key in [5, 3, 8, 1, 9, 2] {
            heap.push(key, Priority::NORMAL, key);
        }
        assert_eq!(heap.pop_until(u64::MAX), Some((1, 1)));
        assert_eq!((heap.peek(), heap.len()), (Some((2, &2)), 5));
        heap.lower_keys(2);
        assert_eq!(heap.pop_until(u64::MAX), Some((0, 2)));
        assert_eq!(heap.pop_until(0), None);
    }
}
