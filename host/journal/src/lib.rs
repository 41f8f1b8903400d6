//! The journal: every input and every turn, checksummed, replayable.
