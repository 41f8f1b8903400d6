//! Where the digits of a number go.

/// Where each of sixteen digits comes from.
pub(super) type Shuffle = [u8; 16];

/// By decimal places wanted, then by bytes from the dot to the end (0 without a dot): moves digits
/// from a text that ends at byte 15 to their places in a mantissa that ends there, and leaves out
/// the dot and what lies beyond the places. The first index is below 16; 32 rows let the second be
/// cut to five bits instead of being checked.
pub(super) static SHUFFLES: [[Shuffle; 32]; 16] = {
    let mut all = [[[0x80; 16]; 32]; 16];
    let mut places = 0;
    while places < 16 {
        let mut tail = 0;
        while tail < 18 {
            all[places][tail] = shuffle(places as i32, tail as i32);
            tail += 1;
        }
        places += 1;
    }
    all
};

const fn shuffle(places: i32, tail: i32) -> Shuffle {
    let mut from = [0x80; 16];
    let mut to = 0;
    while to < 16 {
        // The dot lies at 16 - tail; the unit's place is 15 - places. Digits before the dot move by
        // one byte less than those behind it.
        let fraction = to >= 16 - places;
        let source = to + places - tail + if fraction { 1 } else { 0 };
        if source >= 0 && source < 16 {
            from[to as usize] = source as u8;
        }
        to += 1;
    }
    from
}

/// Sixteen zeros, then ones: sixteen bytes from `n` on have ones in their last `n`.
pub(super) static ONES: [u8; 48] = {
    let mut ones = [0xff; 48];
    let mut i = 0;
    while i < 16 {
        ones[i] = 0;
        i += 1;
    }
    ones
};
