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
    hash: u64,
    start: u32,
    len: u32,
    number: u32,
}

impl Symbols {
    /// The number of `symbol`.
    #[inline]
    pub fn get(&self, symbol: &[u8]) -> Option<u32> {
        self.find(hash(symbol), symbol).map(|entry| self.entries[entry].number)
    }

    /// Gives `symbol` a number; answers the one it had.
    ///
    /// # Panics
    ///
    /// Beyond 4 GiB of symbols.
    pub fn insert(&mut self, symbol: &[u8], number: u32) -> Option<u32> {
        let hash = hash(symbol);
        if let Some(entry) = self.find(hash, symbol) {
            return Some(std::mem::replace(&mut self.entries[entry].number, number));
        }
        let small = |len| u32::try_from(len).expect("symbols take less than 4 GiB");
        self.entries.push(Entry {
            hash,
            start: small(self.text.len()),
            len: small(symbol.len()),
            number,
        });
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

    #[inline]
    fn find(&self, hash: u64, symbol: &[u8]) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let entry = (self.slots[at] as usize).checked_sub(1)?;
            let Entry { hash: other, start, len, .. } = self.entries[entry];
            if other == hash && &self.text[start as usize..][..len as usize] == symbol {
                return Some(entry);
            }
            at = (at + 1) & mask;
        }
    }

    fn place(&mut self, entry: usize) {
        let mask = self.slots.len() - 1;
        let mut at = self.entries[entry].hash as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = entry as u32 + 1;
    }
}

/// Eight bytes a multiplication; the last eight may overlap those before.
#[inline]
fn hash(symbol: &[u8]) -> u64 {
    let start = symbol.len() as u64;
    if let Some(last) = symbol.last_chunk() {
        let (chunks, _) = symbol.as_chunks();
        let hash = chunks.iter().fold(start, |hash, &chunk| mix(hash, chunk));
        return mix(hash, *last);
    }
    let mut word = [0; 8];
    for (to, &from) in word.iter_mut().zip(symbol) {
        *to = from;
    }
    mix(start, word)
}

#[inline]
fn mix(hash: u64, word: [u8; 8]) -> u64 {
    let seeded = hash ^ u64::from_le_bytes(word) ^ 0x9e37_79b9_7f4a_7c15;
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
            low[hash(key.as_bytes()) as usize & 4095] += 1;
        }
        assert!(low.iter().all(|&hits| hits < 8), "{:?}", low.iter().max());
    }
}
