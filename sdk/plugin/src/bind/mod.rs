//! The host's end of the boundary: a mapped descriptor becomes instances that are safe to call.

mod adapter;
mod host;
mod strategy;

use std::ffi::c_void;

use patchbay_abi::{self as abi, AdapterVtable, PluginDecl, Status, StrategyVtable};

pub use adapter::{AdapterInstance, Answer, Call, Command};
pub use strategy::{Books, Outcome, Saved, StrategyInstance};

use crate::export::{AdapterExport, StrategyExport};
use crate::{Adapter, Strategy, Value, config};

/// Why a mapped plugin cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// Not a descriptor of this ABI.
    #[error(
        "field `{field}`: expected {expected}, found {found}; rebuild the plugin with this host's SDK"
    )]
    Field {
        /// Field of [`PluginDecl`].
        field: &'static str,
        /// What the host wants.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A required function is missing.
    #[error("function `{function}` is missing from the plugin's table; it is required")]
    Missing {
        /// Entry of the function table.
        function: &'static str,
    },
    /// The plugin is of the other kind.
    #[error("the plugin is {found}, expected {expected}")]
    Kind {
        /// Wanted.
        expected: &'static str,
        /// Found.
        found: &'static str,
    },
    /// `create` failed; its reason is in the log.
    #[error("`create` answered status {status}; the reason is in the log")]
    Create {
        /// What it answered.
        status: Status,
    },
}

/// The functions of a plugin, complete: what it lacks is filled with stubs.
#[derive(Clone, Copy)]
enum Table {
    Adapter(AdapterVtable),
    Strategy(StrategyVtable),
}

/// A mapped plugin whose descriptor was found right.
#[derive(Clone, Copy)]
pub struct Plugin {
    table: Table,
    decl: &'static PluginDecl,
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin").field("name", &self.name()).finish_non_exhaustive()
    }
}

// SAFETY: function pointers and immutable static data; calls need an instance, which is not `Sync`.
unsafe impl Send for Plugin {}
// SAFETY: as above.
unsafe impl Sync for Plugin {}

impl Plugin {
    /// Binds a mapped descriptor.
    ///
    /// # Errors
    ///
    /// [`BindError`] if a field disagrees or a required function is missing.
    ///
    /// # Safety
    ///
    /// `decl` is the exported descriptor of a library that stays mapped for the life of the process
    /// and follows `docs/abi.md`.
    pub unsafe fn from_raw(decl: *const PluginDecl) -> Result<Self, BindError> {
        // SAFETY: mapped for good by the caller's contract.
        let decl: &'static PluginDecl = unsafe { &*decl };
        check(decl)?;
        let table = match decl.kind {
            abi::KIND_ADAPTER => {
                // SAFETY: by `kind`, `vtable` leads to an adapter's table.
                let table = unsafe { prefix(decl.vtable, adapter::STUBS) };
                adapter::require(&table)?;
                Table::Adapter(table)
            }
            _ => {
                // SAFETY: by `kind`, `vtable` leads to a strategy's table.
                let table = unsafe { prefix(decl.vtable, strategy::STUBS) };
                strategy::require(&table, decl.flags & abi::FLAG_HAS_STATE != 0)?;
                Table::Strategy(table)
            }
        };
        Ok(Self { table, decl })
    }

    /// An adapter that is linked into this program.
    pub fn linked_adapter<A: Adapter>() -> Self {
        let decl: &'static PluginDecl = &AdapterExport::<A>::DECL;
        // SAFETY: built by this SDK for this program.
        unsafe { Self::from_raw(decl) }.expect("the SDK fills its own descriptor")
    }

    /// A strategy that is linked into this program.
    pub fn linked_strategy<S: Strategy>() -> Self {
        let decl: &'static PluginDecl = &StrategyExport::<S>::DECL;
        // SAFETY: built by this SDK for this program.
        unsafe { Self::from_raw(decl) }.expect("the SDK fills its own descriptor")
    }

    /// Name.
    pub fn name(&self) -> &'static str {
        abi::unfixed(&self.decl.name)
    }

    /// Version.
    pub fn version(&self) -> &'static str {
        abi::unfixed(&self.decl.version)
    }

    /// Default configuration table, TOML.
    pub fn defaults(&self) -> &'static str {
        // SAFETY: static text of a library that stays mapped.
        unsafe { self.decl.defaults.as_str() }.unwrap_or("")
    }

    /// Schema of the configuration's keys, TOML.
    pub fn schema(&self) -> &'static str {
        // SAFETY: as for `defaults`.
        unsafe { self.decl.schema.as_str() }.unwrap_or("")
    }

    /// Makes an instance of an adapter. `config` is sorted by key.
    ///
    /// # Errors
    ///
    /// If the plugin is a strategy, or refuses the configuration.
    pub fn adapter(
        &self,
        config: &[(&str, Value<'_>)],
        seed: u64,
        instance: u32,
        log: Log,
    ) -> Result<AdapterInstance, BindError> {
        match &self.table {
            Table::Adapter(table) => {
                AdapterInstance::new(*table, &Making { config, seed, instance, log })
            }
            Table::Strategy(_) => {
                Err(BindError::Kind { expected: "an adapter", found: "a strategy" })
            }
        }
    }

    /// Makes an instance of a strategy. `config` is sorted by key.
    ///
    /// # Errors
    ///
    /// If the plugin is an adapter, or refuses the configuration.
    pub fn strategy(
        &self,
        config: &[(&str, Value<'_>)],
        seed: u64,
        instance: u32,
        log: Log,
    ) -> Result<StrategyInstance, BindError> {
        match &self.table {
            Table::Strategy(table) => {
                StrategyInstance::new(*table, &Making { config, seed, instance, log })
            }
            Table::Adapter(_) => {
                Err(BindError::Kind { expected: "a strategy", found: "an adapter" })
            }
        }
    }
}

/// Receives log lines and panics of a plugin: level (`LOG_*`) and text. Called from any thread, as
/// long as the process lives.
pub type Log = &'static (dyn Fn(u32, &str) + Send + Sync);

/// What an instance is made with.
struct Making<'a> {
    config: &'a [(&'a str, Value<'a>)],
    seed: u64,
    instance: u32,
    log: Log,
}

type CreateFn = unsafe extern "C" fn(*const abi::Create, *mut *mut c_void) -> Status;

/// Makes an instance; what the plugin gave for it.
///
/// # Safety
///
/// `create` follows the contract of its table.
unsafe fn made(create: Option<CreateFn>, about: &Making<'_>) -> Result<*mut c_void, BindError> {
    let entries = config::lend(about.config);
    let arguments = abi::Create {
        struct_size: size_of::<abi::Create>() as u32,
        instance: about.instance,
        seed: about.seed,
        log: log_table(about.log),
        config: entries.as_ptr(),
        config_len: entries.len(),
    };
    let mut instance = std::ptr::null_mut();
    let create = create.ok_or(BindError::Missing { function: "create" })?;
    // SAFETY: the caller's contract; arguments live until the call returns.
    match unsafe { create(&raw const arguments, &raw mut instance) } {
        abi::OK => Ok(instance),
        status => Err(BindError::Create { status }),
    }
}

fn check(decl: &PluginDecl) -> Result<(), BindError> {
    let wrong = |field, expected: &dyn std::fmt::Display, found: &dyn std::fmt::Display| {
        Err(BindError::Field { field, expected: expected.to_string(), found: found.to_string() })
    };
    if decl.magic != abi::MAGIC {
        return wrong("magic", &format!("{:#x}", abi::MAGIC), &format!("{:#x}", decl.magic));
    }
    if (decl.struct_size as usize) < size_of::<PluginDecl>() {
        return wrong("struct_size", &size_of::<PluginDecl>(), &decl.struct_size);
    }
    if decl.abi_major != abi::ABI_MAJOR {
        return wrong("abi_major", &abi::ABI_MAJOR, &decl.abi_major);
    }
    if decl.abi_minor_min > abi::ABI_MINOR {
        return wrong("abi_minor_min", &format!("at most {}", abi::ABI_MINOR), &decl.abi_minor_min);
    }
    if decl.slot_size as usize != size_of::<abi::Slot>() {
        return wrong("slot_size", &size_of::<abi::Slot>(), &decl.slot_size);
    }
    if decl.layout_hash != abi::layout::HASH {
        return wrong("layout_hash", &abi::layout::HASH, &decl.layout_hash);
    }
    if ![abi::KIND_ADAPTER, abi::KIND_STRATEGY].contains(&decl.kind) {
        return wrong("kind", &"1 (adapter) or 2 (strategy)", &decl.kind);
    }
    if decl.vtable.is_null() {
        return wrong("vtable", &"a function table", &"null");
    }
    Ok(())
}

/// Copies as much of the plugin's table as both sides know over `stubs`; null entries keep the
/// stub.
///
/// # Safety
///
/// `from` leads to a table that begins with its size (`usize`), is readable for that size, and
/// consists of words: the size first, then data words or nullable function pointers as in `T`.
unsafe fn prefix<T: Copy>(from: *const c_void, stubs: T) -> T {
    let mut out = stubs;
    // SAFETY: every table begins with its size.
    let known = unsafe { *from.cast::<usize>() }.min(size_of::<T>());
    let words = known / size_of::<usize>();
    let (source, target) = (from.cast::<usize>(), (&raw mut out).cast::<usize>());
    for i in 0..words {
        // SAFETY: `i` is within the smaller of the two tables.
        unsafe {
            let word = *source.add(i);
            if word != 0 {
                *target.add(i) = word;
            }
        }
    }
    out
}

/// Log table for plugins; leaked, since plugins keep it for the life of the process.
fn log_table(log: Log) -> &'static abi::Log {
    unsafe extern "C" fn write(ctx: *mut c_void, level: u32, text: abi::Str) {
        // SAFETY: `ctx` is the leaked reference below, which is never written to.
        let log: Log = unsafe { *ctx.cast::<Log>() };
        // SAFETY: text of a plugin, valid for the call.
        log(level, unsafe { text.as_str() }.unwrap_or("a line that is not UTF-8"));
    }
    Box::leak(Box::new(abi::Log {
        struct_size: size_of::<abi::Log>() as u32,
        abi_minor: abi::ABI_MINOR,
        ctx: Box::into_raw(Box::new(log)).cast(),
        write: Some(write),
    }))
}
