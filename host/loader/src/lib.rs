//! Finds, verifies and maps plugins; the only dlopen.
//!
//! A [`Loader`] takes a file through these steps; a [`Refusal`] of any says what to do about it:
//!
//! 1. read once, from a place that only root and the running user can change (`read`, `access`, `group`);
//! 2. an ELF file for this machine, whole, a shared library (`elf`), that would pull in nothing but
//!    the C library and exports a descriptor (`dynamic`);
//! 3. a descriptor that this host can work with (`manifest`);
//! 4. listed by SHA-256, where [`Trust`] says so;
//! 5. copied to a private file whose name was never used before (`stage`);
//! 6. mapped, never to be unmapped (`map`), its descriptor compared with the file's, and bound.
//!
//! No code of the file runs before step 6. After it the plugin shares the host's address space:
//! these checks stop accidents and strangers, not a trusted plugin that means harm.

mod access;
mod dynamic;
mod elf;
mod group;
mod loader;
mod manifest;
mod map;
mod read;
mod refusal;
mod stage;

pub use dynamic::ALLOWED;
pub use loader::{Found, Loaded, Loader, Trust, generations, inspect};
pub use manifest::{Kind, Manifest};
pub use read::MAX_FILE;
pub use refusal::{Reason, Refusal};
