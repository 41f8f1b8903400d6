//! All that needs `unsafe` here: mapping a library and reading its descriptor.
#![allow(unsafe_code)]

use std::error::Error;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::ptr::NonNull;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use patchbay_abi::{PluginDecl, SYMBOL};
use patchbay_plugin::bind::Plugin;

use crate::manifest::PREFIX;
use crate::refusal::Reason;

/// The descriptor of a mapped library. It lives as long as the process, since libraries are never
/// unmapped.
#[derive(Clone, Copy)]
pub(crate) struct Mapped(NonNull<PluginDecl>);

/// Maps a staged file for the rest of the process; its constructors run here.
///
/// # Errors
/// [`Reason::Mapping`] with the dynamic linker's words.
pub(crate) fn map(staged: &Path) -> Result<Mapped, Reason> {
    // SAFETY: constructors of the library run. The file has passed every check that can be made
    // without running it; beyond that a plugin is trusted by the operator, as docs/abi.md says.
    let library = unsafe { Library::open(Some(staged), RTLD_NOW | RTLD_LOCAL) };
    // Pinned before anything can fail: unloading a library whose code ran is unsound (thread-local
    // destructors, threads, atexit handlers lead into it).
    let library = ManuallyDrop::new(library.map_err(refused)?);
    // SAFETY: the symbol is data of type PluginDecl, by the check of the file's symbol table; its
    // address is taken, nothing is read.
    let symbol = unsafe { library.get::<*mut PluginDecl>(SYMBOL) }.map_err(refused)?;
    match NonNull::new(*symbol) {
        Some(decl) => Ok(Mapped(decl)),
        None => Err(Reason::Mapping { found: format!("{SYMBOL} is null") }),
    }
}

impl Mapped {
    /// The descriptor's plain data as it is in memory now.
    pub(crate) fn prefix(self) -> [u8; PREFIX] {
        // SAFETY: the symbol's size, checked in the file, covers the whole descriptor, within one
        // segment of initialised data, which stays mapped; bytes have no alignment.
        unsafe { self.0.cast::<[u8; PREFIX]>().read() }
    }

    /// The safe side of the descriptor.
    ///
    /// # Errors
    /// [`Reason::Binding`] if the vtable lacks what its kind requires.
    pub(crate) fn bind(self) -> Result<Plugin, Reason> {
        // SAFETY: magic, major, sizes and layout of the descriptor were checked in the file and
        // again in memory, and the library is never unmapped.
        unsafe { Plugin::from_raw(self.0.as_ptr()) }.map_err(Reason::Binding)
    }
}

/// libloading's own text is only "dlopen failed"; what failed is in its source.
fn refused(error: libloading::Error) -> Reason {
    let found = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    Reason::Mapping { found }
}
