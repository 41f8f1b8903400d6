//! Where the digits of a number go, and what they may be.

/// Where each of sixteen digits comes from.
pub(super) type Shuffle = [u8; 16];

/// By decimal places wanted, then by the dot's byte (the length, if there is none): moves digits
/// from a text that begins at byte 0 to their places in a mantissa that ends at byte 15, and leaves
/// out the dot and what lies beyond the places. The first index is below 16; 32 rows let the second
/// be cut to five bits instead of being checked.
pub(super) static SHUFFLES: [[Shuffle; 32]; 16] = {
    let mut all = [[[0x80; 16]; 32]; 16];
    let mut places = 0;
    while places < 16 {
        let mut dot = 0;
        while dot <= 16 {
            all[places][dot] = shuffle(places as i32, dot as i32);
            dot += 1;
        }
        places += 1;
    }
    all
};

const fn shuffle(places: i32, dot: i32) -> Shuffle {
    let mut from = [0x80; 16];
    let mut to = 0;
    while to < 16 {
        // The unit's place is 15 - places. Digits before the dot move by one byte less than those
        // behind it.
        let fraction = to >= 16 - places;
        let source = to + places - 16 + dot + if fraction { 1 } else { 0 };
        if source >= 0 && source < 16 {
            from[to as usize] = source as u8;
        }
        to += 1;
    }
    from
}

/// Ones, then zeros: sixteen bytes from `16 - n` on have ones in their first `n`.
pub(super) static WITHIN: [u8; 48] = {
    let mut ones = [0; 48];
    let mut i = 0;
    while i < 16 {
        ones[i] = 0xff;
        i += 1;
    }
    ones
};

/// As [`SHUFFLES`]: what each byte of the text, less `'0'`, may be at most. Digits are up to 9, but
/// beyond the places only zeros; at the dot's place stands a dot.
pub(super) static LIMITS: [[[u8; 16]; 32]; 16] = {
    let mut all = [[[0; 16]; 32]; 16];
    let mut places = 0;
    while places < 16 {
        let mut dot = 0;
        while dot <= 16 {
            let mut at = 0;
            while at < 16 && at <= dot + places {
                all[places][dot][at] = if at == dot { b'.'.wrapping_sub(b'0') } else { 9 };
                at += 1;
            }
            dot += 1;
        }
        places += 1;
    }
    all
};

/// 0 to 15, then nothing: sixteen bytes from `16 - n` on move the last `n` bytes to the front.
pub(super) static TO_FRONT: [u8; 32] = {
    let mut from = [0x80; 32];
    let mut i = 0;
    while i < 16 {
        from[i] = i as u8;
        i += 1;
    }
    from
};
