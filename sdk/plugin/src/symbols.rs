//! Venue symbols to dense numbers.

/// A table from a venue's symbol to the number that the adapter gave it. Looking up allocates
/// nothing; the hash has a fixed seed, so that two runs are the same to the last probe.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    /// A power of two long, at most half full; 0 is free, otherwise an entry's place plus one.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    text: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Key,
    start: u32,
    number: u32,
}

/// What tells symbols apart without looking at their text, if they have at most sixteen bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    words: [u64; 2],
    len: u32,
}

impl Symbols {
    /// The number of `symbol`.
    #[inline(always)]
    pub fn get(&self, symbol: &[u8]) -> Option<u32> {
        self.find(&Key::of(symbol), symbol).map(|entry| self.entries[entry].number)
    }

    /// Gives `symbol` a number; answers the one it had.
    ///
    /// # Panics
    ///
    /// Beyond 4 GiB of symbols.
    pub fn insert(&mut self, symbol: &[u8], number: u32) -> Option<u32> {
        let key = Key::of(symbol);
        if let Some(entry) = self.find(&key, symbol) {
            return Some(std::mem::replace(&mut self.entries[entry].number, number));
        }
        let small = |len| u32::try_from(len).expect("symbols take less than 4 GiB");
        self.entries.push(Entry { key, start: small(self.text.len()), number });
        self.text.extend_from_slice(symbol);
        if self.entries.len() * 2 > self.slots.len() {
            let slots = (self.entries.len() * 4).next_power_of_two().max(16);
            self.slots = vec![0; slots];
            for entry in 0..self.entries.len() {
                self.place(entry);
            }
        } else {
            self.place(self.entries.len() - 1);
        }
        None
    }

    /// Symbols in the table.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[inline(always)]
    fn find(&self, key: &Key, symbol: &[u8]) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = key.hash() as usize & mask;
        loop {
            let place = (*self.slots.get(at)? as usize).checked_sub(1)?;
            let entry = self.entries.get(place)?;
            if entry.key == *key && (key.is_all() || self.text_of(entry) == symbol) {
                return Some(place);
            }
            at = (at + 1) & mask;
        }
    }

    fn text_of(&self, entry: &Entry) -> &[u8] {
        &self.text[entry.start as usize..][..entry.key.len as usize]
    }

    fn place(&mut self, entry: usize) {
        let mask = self.slots.len() - 1;
        let mut at = self.entries[entry].key.hash() as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = entry as u32 + 1;
    }
}

impl Key {
    /// First and last bytes, which may overlap; of a long symbol the first word is a hash.
    #[inline(always)]
    fn of(symbol: &[u8]) -> Self {
        let len = symbol.len() as u32;
        let words = if let (Some(first), Some(last)) = (symbol.first_chunk(), symbol.last_chunk()) {
            let first = u64::from_le_bytes(*first);
            [if len <= 16 { first } else { hash(symbol) }, u64::from_le_bytes(*last)]
        } else if let (Some(first), Some(last)) = (symbol.first_chunk(), symbol.last_chunk()) {
            [u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()]
        } else {
            [symbol.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)), 0]
        };
        Self { words, len }
    }

    /// Equal keys are equal symbols.
    const fn is_all(&self) -> bool {
        self.len <= 16
    }

    #[inline(always)]
    fn hash(&self) -> u64 {
        mix(mix(self.len.into(), self.words[0]), self.words[1])
    }
}

/// Of all but the last bytes, eight a multiplication.
fn hash(symbol: &[u8]) -> u64 {
    let (chunks, _) = symbol.as_chunks();
    chunks.iter().fold(0, |hash, &chunk| mix(hash, u64::from_le_bytes(chunk)))
}

#[inline]
fn mix(hash: u64, word: u64) -> u64 {
    let seeded = hash ^ word ^ 0x9e37_79b9_7f4a_7c15;
    let wide = u128::from(seeded) * 0xd6e8_feb8_6659_fd93;
    (wide >> 64) as u64 ^ wide as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_put_in_and_nothing_else() {
        let mut table = Symbols::default();
        assert_eq!(table.get(b"BTCUSDT"), None);
        let name = |n: u32| "S".repeat(n as usize % 40) + &n.to_string();
        for n in 0..20_000 {
            assert_eq!(table.insert(name(n).as_bytes(), n), None);
        }
        assert_eq!(table.len(), 20_000);
        for n in 0..20_000 {
            assert_eq!(table.get(name(n).as_bytes()), Some(n));
            assert_eq!(table.get(format!("{}x", name(n)).as_bytes()), None);
        }
    }

    #[test]
    fn takes_keys_of_any_length_and_bytes() {
        let mut table = Symbols::default();
        let long = [7; 1000];
        for len in 0..long.len() {
            assert_eq!(table.insert(&long[..len], len as u32), None);
        }
        table.insert("我踏马来了USDT".as_bytes(), 5000);
        for len in 0..long.len() {
            assert_eq!(table.get(&long[..len]), Some(len as u32));
        }
        assert_eq!(table.get("我踏马来了USDT".as_bytes()), Some(5000));
    }

    #[test]
    fn a_second_number_replaces_the_first() {
        let mut table = Symbols::default();
        assert!(table.is_empty());
        assert_eq!(table.insert(b"BTCUSDT", 1), None);
        assert_eq!(table.insert(b"BTCUSDT", 2), Some(1));
        assert_eq!((table.get(b"BTCUSDT"), table.len()), (Some(2), 1));
    }

    #[test]
    fn keys_of_real_shape_spread() {
        let mut low = vec![0u32; 4096];
        for n in 0..2048u32 {
            let key = format!("{n:03}USDT");
            low[Key::of(key.as_bytes()).hash() as usize & 4095] += 1;
        }
        assert!(low.iter().all(|&hits| hits < 8), "{:?}", low.iter().max());
    }
}
