//! `patchbay check`: a configuration and everything it names.
