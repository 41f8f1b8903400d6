//! Golden layout of the ABI, the C header, and the same numbers asserted in C.
