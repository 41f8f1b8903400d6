//! Why a plugin file is not loaded: one variant a reason, each with what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use patchbay_abi as abi;
use patchbay_plugin::bind::BindError;

use crate::manifest::{Hex, Kind};

/// A plugin file that was refused.
#[derive(Debug, thiserror::Error)]
#[error("plugin {}: {reason}", file.display())]
pub struct Refusal {
    /// The file, as the caller named it.
    pub file: PathBuf,
    /// Which check refused it.
    pub reason: Reason,
}

impl Refusal {
    pub(crate) fn of(file: &Path) -> impl Fn(Reason) -> Self {
        move |reason| Self { file: file.to_path_buf(), reason }
    }
}

/// A check that refused a file: the field, what was expected, what was found, and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The file or one of its folders cannot be read.
    #[error(
        "{what}: expected it to be readable, found \"{error}\"; check the path and its permissions"
    )]
    Unreadable {
        /// File or folder.
        what: String,
        /// What the system said.
        error: io::Error,
    },
    /// The name is a symbolic link.
    #[error(
        "file type: expected a regular file, found a symbolic link; name the file that it leads \
         to, or install a copy"
    )]
    SymbolicLink,
    /// A folder, a pipe, a socket or a device.
    #[error("file type: expected a regular file, found {found}; name the plugin's .so file")]
    FileType {
        /// What it is.
        found: &'static str,
    },
    /// Somebody else owns the file or a folder on the way to it.
    #[error(
        "owner of {}: expected {}, found user {found}; chown it to one of them, after making sure \
         where it comes from", place.display(), Users(*.expected)
    )]
    Owner {
        /// File or folder.
        place: PathBuf,
        /// The running user.
        expected: u32,
        /// Owner.
        found: u32,
    },
    /// Others may change the file or a folder on the way to it.
    #[error(
        "mode of {}: expected no write permission for group and others, found {found:04o}; keep \
         plugins in a folder of their own, or run chmod go-w on it", place.display()
    )]
    Writable {
        /// File or folder.
        place: PathBuf,
        /// Permission bits.
        found: u32,
    },
    /// Larger than any plugin.
    #[error(
        "length: expected at most {limit} bytes, found {found}; strip debug information from it"
    )]
    TooLarge {
        /// Bound.
        limit: u64,
        /// Bytes.
        found: u64,
    },
    /// The file was written while it was read.
    #[error(
        "content: expected a file at rest, found one that changed while it was read; install \
         plugins by writing a temporary file and renaming it"
    )]
    Changing,
    /// Not an ELF file at all.
    #[error(
        "ELF magic: expected the bytes 7f 45 4c 46, found {found}; name a shared library, built as \
         a cdylib or with cc -shared"
    )]
    NotElf {
        /// First bytes.
        found: String,
    },
    /// 32 bits or big-endian.
    #[error(
        "ELF class and data: expected 2 and 1 (64 bits, little-endian), found {class} and {data}; \
         build it for this machine"
    )]
    Class {
        /// `EI_CLASS`.
        class: u8,
        /// `EI_DATA`.
        data: u8,
    },
    /// Built for another processor.
    #[error("ELF machine: expected {expected}, found {found}; build it for this machine")]
    Machine {
        /// This machine's number.
        expected: u16,
        /// The file's.
        found: u16,
    },
    /// An object file, a core or an executable.
    #[error(
        "ELF type: expected a shared library, found {found}; build it as a cdylib, or with cc \
         -shared"
    )]
    NotShared {
        /// What it is.
        found: &'static str,
    },
    /// Shorter than its own headers say.
    #[error(
        "length: expected at least {expected} bytes (end of the {what}), found {found}; the file \
         is truncated, copy it again"
    )]
    Truncated {
        /// What ends beyond the file.
        what: &'static str,
        /// How long the file should be.
        expected: u64,
        /// How long it is.
        found: u64,
    },
    /// A structure of the ELF file that contradicts itself or is missing.
    #[error("{field}: expected {expected}, found {found}; build the file again")]
    Malformed {
        /// Structure.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// Needs a library that plugins may not need.
    #[error("DT_NEEDED: expected only {}, found {found:?}; link it statically", allowed.join(", "))]
    Dependency {
        /// Libraries that a plugin may need.
        allowed: &'static [&'static str],
        /// The other one.
        found: String,
    },
    /// Brings a search path, or makes the dynamic linker load more than `DT_NEEDED` says.
    #[error("{tag}: expected none, found {found:?}; link without {option}")]
    LinkerTag {
        /// Entry of the dynamic table.
        tag: &'static str,
        /// Its text.
        found: String,
        /// Linker option that makes it.
        option: &'static str,
    },
    /// Mapping the file would make every stack of the process executable.
    #[error(
        "PT_GNU_STACK: expected flags without execution, found {found}; link with -z noexecstack"
    )]
    ExecutableStack {
        /// Flags, or that there are none.
        found: String,
    },
    /// A shared library, but no plugin.
    #[error(
        "dynamic symbol: expected {}, found no symbol of that kind; export it with \
         export_adapter! or export_strategy! and the feature `export`, or in C as patchbay.h shows",
        abi::SYMBOL
    )]
    NoSymbol,
    /// Only the symbol of another major version.
    #[error(
        "dynamic symbol: expected {}, found PATCHBAY_PLUGIN_V{found}; rebuild it with the SDK of \
         ABI major {}",
        abi::SYMBOL,
        abi::ABI_MAJOR
    )]
    OtherMajor {
        /// Major version in the symbol's name.
        found: String,
    },
    /// The symbol is not a descriptor in initialised data.
    #[error("{}: expected {expected}, found {found}; export a static PluginDecl", abi::SYMBOL)]
    NotData {
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// `magic` differs.
    #[error(
        "magic: expected {:#018x}, found {found:#018x}; export a static PluginDecl",
        abi::MAGIC
    )]
    Magic {
        /// Value.
        found: u64,
    },
    /// `abi_major` differs.
    #[error(
        "abi_major: expected {}, found {found}; rebuild it with the SDK of this host",
        abi::ABI_MAJOR
    )]
    Major {
        /// Value.
        found: u32,
    },
    /// `struct_size` is smaller than the first version of this major.
    #[error(
        "struct_size: expected at least {expected}, found {found}; set it to sizeof(PluginDecl)"
    )]
    StructSize {
        /// Smallest size.
        expected: u32,
        /// Value.
        found: u32,
    },
    /// The plugin wants a newer host.
    #[error(
        "abi_minor_min: expected at most {}, found {found}; update the host, or build the plugin \
         for minor {0}",
        abi::ABI_MINOR
    )]
    Minor {
        /// Value.
        found: u32,
    },
    /// `kind` is none that this host knows.
    #[error("kind: expected 1 (adapter) or 2 (strategy), found {found}; set it to one of them")]
    UnknownKind {
        /// Value.
        found: u32,
    },
    /// A strategy in the place of an adapter, or the other way round.
    #[error("kind: expected {expected}, found {found}; name the plugin where a {found} belongs")]
    WrongKind {
        /// What was asked for.
        expected: Kind,
        /// What the file is.
        found: Kind,
    },
    /// `slot_size` differs.
    #[error("slot_size: expected {expected}, found {found}; rebuild it with the SDK of this host")]
    SlotSize {
        /// The host's.
        expected: u32,
        /// Value.
        found: u32,
    },
    /// `layout_hash` differs.
    #[error(
        "layout_hash: expected {:#010x}, found {found:#010x}; rebuild it with the SDK of this \
         host",
        abi::layout::HASH
    )]
    LayoutHash {
        /// Value.
        found: u32,
    },
    /// Built with `panic = "abort"`: a panic would end the host.
    #[error(
        "flags: expected UNWIND, found {found:#x} (panic = \"abort\"); build it with panic = \
         \"unwind\", or set NO_PANIC in a language without panics"
    )]
    Abort {
        /// `flags`.
        found: u32,
    },
    /// Built without the SDK's guard: a panic would end the host.
    #[error(
        "flags: expected GUARDED, found {found:#x} (entries do not catch panics); export it with \
         the SDK's macros"
    )]
    Unguarded {
        /// `flags`.
        found: u32,
    },
    /// A text that is not what its field allows.
    #[error("{field}: expected {expected}, found {found:?}; change it and build again")]
    Text {
        /// Field.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// Trust is by list, and the file's name is not listed.
    #[error(
        "trust: expected an entry for this file in plugins.toml, found none; after checking where \
         it comes from, add SHA-256 {}", Hex(.found)
    )]
    NotListed {
        /// SHA-256.
        found: [u8; 32],
    },
    /// Trust is by list, and the file is not the listed one.
    #[error(
        "SHA-256: expected {} (plugins.toml), found {}; install the listed file, or list this one",
        Hex(.expected), Hex(.found)
    )]
    OtherContent {
        /// Listed.
        expected: [u8; 32],
        /// Found.
        found: [u8; 32],
    },
    /// The private copy cannot be made.
    #[error(
        "staging: expected to write {}, found \"{error}\"; give the staging folder room and \
         permissions", path.display()
    )]
    Staging {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The dynamic linker refused it: a symbol or version that is nowhere, a `noexec` mount.
    #[error(
        "mapping: expected the dynamic linker to accept it, found \"{found}\"; link what is \
         missing into it, and keep the staging folder off noexec mounts"
    )]
    Mapping {
        /// What the dynamic linker said.
        found: String,
    },
    /// The mapped descriptor is not the one in the file.
    #[error(
        "{field}: expected the file's value in memory, found another one; nothing may write to \
         the descriptor, not even a constructor"
    )]
    MemoryDiffers {
        /// First field that differs.
        field: &'static str,
    },
    /// The vtable does not hold what its kind requires.
    #[error("vtable: expected every required function, found \"{0}\"; implement what is missing")]
    Binding(BindError),
}

struct Users(u32);

impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("user 0 (root)"),
            user => write!(f, "user 0 (root) or user {user} (the running user)"),
        }
    }
}
