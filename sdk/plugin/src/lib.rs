//! What a plugin author depends on: traits, export macros, panic guard.
