//! Ids of trades that are no numbers.

/// The id of a trade as records have it, and whether it is a hash: the number that its text is, or
/// else the first 8 bytes, little-endian, of the BLAKE3 hash of its text.
#[inline]
pub fn trade_id(text: &[u8]) -> (u64, bool) {
    let number = || {
        let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
    };
    number().map_or_else(|| (hash(text), true), |number| (number, false))
}

fn hash(text: &[u8]) -> u64 {
    let hash = blake3::hash(text);
    hash.as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_and_texts_are_hashed() {
        assert_eq!(trade_id(b"2280000001739247417"), (2_280_000_001_739_247_417, false));
        // The BLAKE3 test vectors' input_len 0 begins af1349b9f5f9a1a6.
        assert_eq!(
            trade_id(b""),
            (u64::from_le_bytes([0xaf, 0x13, 0x49, 0xb9, 0xf5, 0xf9, 0xa1, 0xa6]), true)
        );
        assert!(trade_id(b"99999999999999999999").1, "more than 64 bits");
    }
}
