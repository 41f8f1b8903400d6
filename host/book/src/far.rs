//! Levels too far from the best for the window: sorted blocks in an arena.
//!
//! A directory in rising order of keys names the blocks; a key is found by binary search in the
//! directory and then in its block. Blocks that empty are used again, and neighbours that together
//! fill three quarters of a block are joined, so that churn neither allocates nor scatters.

/// Levels in a block.
const BLOCK: usize = 64;

/// Neighbours with no more levels than this become one block, which leaves room to grow.
const JOINED: usize = BLOCK / 4 * 3;

#[derive(Clone, Copy, Debug)]
struct Block {
    len: usize,
    keys: [i64; BLOCK],
    quantities: [i64; BLOCK],
}

impl Block {
    const EMPTY: Self = Self { len: 0, keys: [0; BLOCK], quantities: [0; BLOCK] };

    fn keys(&self) -> &[i64] {
        &self.keys[..self.len]
    }

    fn insert(&mut self, at: usize, key: i64, qty: i64) {
        self.keys.copy_within(at..self.len, at + 1);
        self.quantities.copy_within(at..self.len, at + 1);
        (self.keys[at], self.quantities[at]) = (key, qty);
        self.len += 1;
    }

    fn remove(&mut self, at: usize) {
        self.keys.copy_within(at + 1..self.len, at);
        self.quantities.copy_within(at + 1..self.len, at);
        self.len -= 1;
    }

    /// Takes the levels from `at` on out into a block of their own.
    fn split_off(&mut self, at: usize) -> Self {
        let mut upper = Self::EMPTY;
        upper.append(self, at);
        self.len = at;
        upper
    }

    /// Copies `other`'s levels from `from` on behind this block's own.
    fn append(&mut self, other: &Self, from: usize) {
        let (at, end) = (self.len, self.len + other.len - from);
        self.keys[at..end].copy_from_slice(&other.keys[from..other.len]);
        self.quantities[at..end].copy_from_slice(&other.quantities[from..other.len]);
        self.len = end;
    }
}

/// A block's place in the order: its lowest key.
#[derive(Clone, Copy, Debug)]
struct Entry {
    lowest: i64,
    block: u32,
}

/// Sorted far storage of one side; a higher key is a better price.
#[derive(Clone, Debug)]
pub(crate) struct Far {
    arena: Vec<Block>,
    free: Vec<u32>,
    directory: Vec<Entry>,
    len: usize,
}

impl Far {
    /// With room for `levels` levels before it must grow, whatever order they come in.
    pub(crate) fn new(levels: usize) -> Self {
        // Neighbours hold more than `JOINED` together, so half of it each on average.
        let blocks = levels.div_ceil(JOINED / 2) + 1;
        Self {
            arena: Vec::with_capacity(blocks),
            free: Vec::with_capacity(blocks),
            directory: Vec::with_capacity(blocks),
            len: 0,
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Reserved and touched memory, in bytes.
    pub(crate) const fn memory(&self) -> (usize, usize) {
        let (number, entry, block) = (size_of::<u32>(), size_of::<Entry>(), size_of::<Block>());
        let reserved = self.arena.capacity() * block
            + self.free.capacity() * number
            + self.directory.capacity() * entry;
        (reserved, self.arena.len() * (block + number + entry))
    }

    pub(crate) fn clear(&mut self) {
        self.arena.clear();
        self.free.clear();
        self.directory.clear();
        self.len = 0;
    }

    /// The best key and its quantity.
    pub(crate) fn best(&self) -> Option<(i64, i64)> {
        let block = self.block(self.directory.len().checked_sub(1)?);
        Some((block.keys[block.len - 1], block.quantities[block.len - 1]))
    }

    /// Sets a level; 0 removes it. Returns the quantity before, 0 if there was none.
    pub(crate) fn set(&mut self, key: i64, qty: i64) -> i64 {
        let Some(place) = self.place(key) else {
            if qty != 0 {
                self.open(0, key, qty);
            }
            return 0;
        };
        let found = self.block(place).keys().binary_search(&key);
        match (found, qty) {
            (Ok(at), 0) => self.remove(place, at),
            (Ok(at), _) => std::mem::replace(&mut self.block_mut(place).quantities[at], qty),
            (Err(_), 0) => 0,
            (Err(at), _) => {
                self.insert(place, at, key, qty);
                0
            }
        }
    }

    /// Takes the best level out if its key is at least `least`.
    pub(crate) fn pop_from(&mut self, least: i64) -> Option<(i64, i64)> {
        let best = self.best().filter(|&(key, _)| key >= least)?;
        let place = self.directory.len() - 1;
        self.remove(place, self.block(place).len - 1);
        Some(best)
    }

    /// All levels, best first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.directory.iter().rev().flat_map(|entry| {
            let block = &self.arena[entry.block as usize];
            (0..block.len).rev().map(move |at| (block.keys[at], block.quantities[at]))
        })
    }

    /// Place of the block that holds `key` or would; `None` if there is no block.
    fn place(&self, key: i64) -> Option<usize> {
        if self.directory.is_empty() {
            return None;
        }
        Some(self.directory.partition_point(|entry| entry.lowest <= key).saturating_sub(1))
    }

    fn block(&self, place: usize) -> &Block {
        &self.arena[self.directory[place].block as usize]
    }

    fn block_mut(&mut self, place: usize) -> &mut Block {
        &mut self.arena[self.directory[place].block as usize]
    }

    fn insert(&mut self, place: usize, at: usize, key: i64, qty: i64) {
        if self.block(place).len < BLOCK {
            self.block_mut(place).insert(at, key, qty);
            self.len += 1;
            let entry = &mut self.directory[place];
            entry.lowest = entry.lowest.min(key);
            return;
        }
        // Runs in order, as a snapshot brings them, fill blocks instead of halving them.
        if at == BLOCK {
            return self.open(place + 1, key, qty);
        }
        if at == 0 {
            return self.open(place, key, qty);
        }
        self.make_room(place);
        self.set(key, qty);
    }

    /// Makes room in a full block: a neighbour takes what it can, or the block is halved. That
    /// fills blocks to about four fifths where halving alone leaves two thirds.
    fn make_room(&mut self, place: usize) {
        let has_room = |at: usize| at < self.directory.len() && self.block(at).len <= JOINED;
        if has_room(place + 1) {
            self.level_out(place);
        } else if place > 0 && has_room(place - 1) {
            self.level_out(place - 1);
        } else {
            let upper = self.block_mut(place).split_off(BLOCK / 2);
            self.enter(place + 1, upper);
        }
    }

    /// Shares the levels of the block at `place` and the next one evenly.
    fn level_out(&mut self, place: usize) {
        let (mut lower, mut upper) = (*self.block(place), *self.block(place + 1));
        let half = (lower.len + upper.len) / 2;
        if lower.len > half {
            let mut moved = lower.split_off(half);
            moved.append(&upper, 0);
            upper = moved;
        } else {
            let rest = upper.split_off(half - lower.len);
            lower.append(&upper, 0);
            upper = rest;
        }
        self.directory[place + 1].lowest = upper.keys[0];
        *self.block_mut(place) = lower;
        *self.block_mut(place + 1) = upper;
    }

    /// A new block at `place` with one level.
    fn open(&mut self, place: usize, key: i64, qty: i64) {
        let mut block = Block::EMPTY;
        block.insert(0, key, qty);
        self.enter(place, block);
        self.len += 1;
    }

    fn enter(&mut self, place: usize, block: Block) {
        let lowest = block.keys[0];
        let number = if let Some(number) = self.free.pop() {
            self.arena[number as usize] = block;
            number
        } else {
            self.arena.push(block);
            (self.arena.len() - 1) as u32
        };
        self.directory.insert(place, Entry { lowest, block: number });
    }

    fn remove(&mut self, place: usize, at: usize) -> i64 {
        let block = self.block_mut(place);
        let before = block.quantities[at];
        block.remove(at);
        let (emptied, lowest) = (block.len == 0, block.keys[0]);
        self.directory[place].lowest = lowest;
        self.len -= 1;
        if emptied {
            self.leave(place);
        } else if place + 1 < self.directory.len() && self.joins(place) {
            self.join(place);
        } else if place > 0 && self.joins(place - 1) {
            self.join(place - 1);
        }
        before
    }

    /// Whether the block at `place` and the next one fill three quarters of a block at most.
    fn joins(&self, place: usize) -> bool {
        self.block(place).len + self.block(place + 1).len <= JOINED
    }

    fn join(&mut self, place: usize) {
        let next = *self.block(place + 1);
        self.block_mut(place).append(&next, 0);
        self.leave(place + 1);
    }

    fn leave(&mut self, place: usize) {
        let entry = self.directory.remove(place);
        self.free.push(entry.block);
    }
}
