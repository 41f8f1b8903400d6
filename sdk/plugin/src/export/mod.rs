//! The plugin's end of the boundary: `extern "C"` functions around an author's type.

mod adapter;
mod strategy;

use std::ffi::c_void;

use patchbay_abi::{self as abi, PluginDecl, Status, Str};

use crate::guard::{Guarded, catch};
use crate::read::sized;
use crate::{Config, Error, config, log};

pub use adapter::AdapterExport;
pub use strategy::StrategyExport;

/// Flags of everything that this SDK builds: the guard is in the trampolines, and whether panics
/// unwind is decided by the profile.
const FLAGS: u32 = abi::FLAG_GUARDED
    | abi::FLAG_MULTI_INSTANCE
    | if cfg!(panic = "unwind") { abi::FLAG_UNWIND } else { 0 };

struct Description {
    kind: u32,
    flags: u32,
    name: &'static str,
    version: &'static str,
    defaults: &'static str,
    schema: &'static str,
    vtable: *const c_void,
}

const fn declare(about: &Description) -> PluginDecl {
    PluginDecl {
        magic: abi::MAGIC,
        struct_size: size_of::<PluginDecl>() as u32,
        abi_major: abi::ABI_MAJOR,
        abi_minor: abi::ABI_MINOR,
        abi_minor_min: abi::ABI_MINOR,
        kind: about.kind,
        flags: FLAGS | about.flags,
        slot_size: size_of::<abi::Slot>() as u32,
        layout_hash: abi::layout::HASH,
        name: abi::fixed(about.name),
        version: abi::fixed(about.version),
        build: abi::fixed(env!("PATCHBAY_BUILD")),
        vtable: about.vtable,
        defaults: Str::new(about.defaults),
        schema: Str::new(about.schema),
        query: None,
    }
}

/// # Safety
///
/// `create` follows the contract of [`abi::Create`]; `instance` is writable.
unsafe fn create_instance<T>(
    create: *const abi::Create,
    instance: *mut *mut c_void,
    build: impl FnOnce(&Config<'_>) -> Result<T, Error>,
) -> Status {
    // SAFETY: the caller's contract.
    let Some(create) = (unsafe { sized(create) }).filter(|_| !instance.is_null()) else {
        return abi::INVALID;
    };
    // SAFETY: the log lives as long as the process.
    let log = unsafe { log::Sink::new(create.log) };
    let built = catch(log, || {
        // SAFETY: the configuration lives until `create` returns.
        let entries = unsafe { config::read(&create) };
        build(&Config::new(&entries, create.seed, create.instance))
    });
    match built {
        Some(Ok(inner)) => {
            let boxed = Box::new(Guarded { inner, poisoned: false, log });
            // SAFETY: writable by the caller's contract.
            unsafe { *instance = Box::into_raw(boxed).cast() };
            abi::OK
        }
        Some(Err(error)) => {
            log.write(abi::LOG_ERROR, &error.to_string());
            abi::ERROR
        }
        None => abi::PANIC,
    }
}

/// # Safety
///
/// `instance` is null or came from [`create_instance`] with the same `T`, and is not used again.
unsafe fn destroy_instance<T>(instance: *mut c_void) -> Status {
    if instance.is_null() {
        return abi::OK;
    }
    // SAFETY: made by `Box::into_raw` in `create_instance`.
    let boxed: Box<Guarded<T>> = unsafe { Box::from_raw(instance.cast()) };
    let log = boxed.log;
    match catch(log, move || drop(boxed)) {
        Some(()) => abi::OK,
        None => abi::PANIC,
    }
}

/// # Safety
///
/// `instance` came from [`create_instance`] with the same `T` and is not in use elsewhere.
unsafe fn instance_mut<'a, T>(instance: *mut c_void) -> Option<&'a mut Guarded<T>> {
    // SAFETY: the caller's contract; null is answered by `None`.
    unsafe { instance.cast::<Guarded<T>>().as_mut() }
}
