//! The one exported symbol: what a plugin is, readable from the file without running it.

use core::ffi::c_void;

use crate::{Slot, Status, Str, layout};

/// Major version: equal on both sides or no contact. It is part of [`SYMBOL`]'s name.
pub const ABI_MAJOR: u32 = 0;
/// Minor version: functions and fields appended so far.
pub const ABI_MINOR: u32 = 3;
/// Name of the exported [`PluginDecl`].
pub const SYMBOL: &str = "PATCHBAY_PLUGIN_V0";
/// `PluginDecl::magic`: the bytes `PATCHBAY`.
pub const MAGIC: u64 = u64::from_le_bytes(*b"PATCHBAY");

/// `PluginDecl::kind`: an exchange adapter; `vtable` is an [`crate::AdapterVtable`].
pub const KIND_ADAPTER: u32 = 1;
/// `PluginDecl::kind`: a strategy; `vtable` is a [`crate::StrategyVtable`].
pub const KIND_STRATEGY: u32 = 2;

/// `PluginDecl::flags`: built with unwinding panics. Without it the host refuses the file, unless
/// [`FLAG_NO_PANIC`] is set.
pub const FLAG_UNWIND: u32 = 1;
/// `PluginDecl::flags`: every entry catches panics inside the plugin.
pub const FLAG_GUARDED: u32 = 2;
/// `PluginDecl::flags`: strategy with saved state; `save` and `restore` are required.
pub const FLAG_HAS_STATE: u32 = 4;
/// `PluginDecl::flags`: several instances may live at once.
pub const FLAG_MULTI_INSTANCE: u32 = 8;
/// `PluginDecl::flags`: written in a language without panics (C), so that neither unwinding nor a
/// guard is needed.
pub const FLAG_NO_PANIC: u32 = 16;

/// The descriptor exported as `PATCHBAY_PLUGIN_V0`.
///
/// Everything before `vtable` is plain data: the loader reads it from the file image through the
/// dynamic symbol table, before any code of the file can run.
#[repr(C)]
pub struct PluginDecl {
    /// [`MAGIC`].
    pub magic: u64,
    /// Bytes of this struct as the plugin knows it.
    pub struct_size: u32,
    /// [`ABI_MAJOR`] that the plugin was built against; must equal the host's.
    pub abi_major: u32,
    /// [`ABI_MINOR`] that the plugin was built against.
    pub abi_minor: u32,
    /// Oldest host minor that the plugin accepts.
    pub abi_minor_min: u32,
    /// [`KIND_ADAPTER`] or [`KIND_STRATEGY`].
    pub kind: u32,
    /// `FLAG_*`.
    pub flags: u32,
    /// `sizeof(Slot)`: 64.
    pub slot_size: u32,
    /// [`layout::HASH`]: hash over the layouts that never change within a major version; equal on
    /// both sides.
    pub layout_hash: u32,
    /// Name, zero-padded UTF-8, `[a-z0-9-]`; the venue's name for an adapter.
    pub name: [u8; 32],
    /// Version of the plugin, zero-padded UTF-8.
    pub version: [u8; 24],
    /// Compiler and profile, zero-padded UTF-8; informative, never compared.
    pub build: [u8; 72],
    /// [`crate::AdapterVtable`] or [`crate::StrategyVtable`], by `kind`; static.
    pub vtable: *const c_void,
    /// Default configuration table, TOML text; static. Empty if there is nothing to configure.
    pub defaults: Str,
    /// Schema of the configuration's keys, TOML text; static. See `docs/abi.md`, "Configuration".
    pub schema: Str,
    /// Finds an extension table by id (`"patchbay.execution/0"`); null if the plugin has none.
    /// `[any-thread]`; the answer is static.
    pub query: Option<unsafe extern "C" fn(id: Str) -> *const c_void>,
}

// SAFETY: a descriptor is immutable static data; its pointers lead to immutable static data.
unsafe impl Sync for PluginDecl {}

/// Where a plugin's log lines and panics go. Static for the life of the process.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Log {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Host minor.
    pub abi_minor: u32,
    /// First argument of `write`.
    pub ctx: *mut c_void,
    /// Writes one line. `[any-thread]`; `text` is copied.
    pub write: Option<unsafe extern "C" fn(ctx: *mut c_void, level: u32, text: Str)>,
}

// SAFETY: `write` is documented as callable from any thread with `ctx` as its argument.
unsafe impl Send for Log {}
// SAFETY: as above.
unsafe impl Sync for Log {}

/// One value of the plugin's configuration table, flattened: the key of a nested table is dotted,
/// the elements of an array are numbered from 0 (`symbols.0`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ConfigEntry {
    /// Dotted key.
    pub key: Str,
    /// Text, if `kind` is [`CONFIG_TEXT`].
    pub text: Str,
    /// Value, if `kind` is [`CONFIG_INT`]; 0 or 1 if [`CONFIG_BOOL`].
    pub integer: i64,
    /// Value, if `kind` is [`CONFIG_FLOAT`].
    pub real: f64,
    /// `CONFIG_*`.
    pub kind: u32,
    /// Zero.
    pub reserved: u32,
}

/// `ConfigEntry::kind`: UTF-8 text.
pub const CONFIG_TEXT: u32 = 1;
/// `ConfigEntry::kind`: integer.
pub const CONFIG_INT: u32 = 2;
/// `ConfigEntry::kind`: double.
pub const CONFIG_FLOAT: u32 = 3;
/// `ConfigEntry::kind`: boolean.
pub const CONFIG_BOOL: u32 = 4;

/// What an instance is created with.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Create {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Number of the instance within the host, stable in the journal.
    pub instance: u32,
    /// Seed for anything that must look random; journalled.
    pub seed: u64,
    /// Log, valid for the life of the process.
    pub log: *const Log,
    /// Configuration, sorted by the bytes of the key.
    pub config: *const ConfigEntry,
    /// Entries in `config`.
    pub config_len: usize,
}

/// Writes saved state in pieces; answers [`crate::FULL`] beyond the host's bound.
pub type WriteFn = unsafe extern "C" fn(ctx: *mut c_void, bytes: crate::Bytes) -> Status;

const _: () = assert!(size_of::<Slot>() == 64 && layout::HASH != 0);
