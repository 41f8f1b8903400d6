//! What a plugin file says about itself, and whether this host can work with it.

use std::fmt;
use std::mem::offset_of;

use patchbay_abi::{self as abi, PluginDecl, Slot};

use crate::refusal::Reason;

/// Bytes of [`PluginDecl`] before its first pointer: plain data, readable from the file.
pub(crate) const PREFIX: usize = offset_of!(PluginDecl, vtable);

/// `sizeof(PluginDecl)` in the first version of this major.
pub(crate) const FIRST_SIZE: u32 = 216;

const _: () = assert!(FIRST_SIZE as usize <= size_of::<PluginDecl>());

const SLOT: u32 = size_of::<Slot>() as u32;

/// What a plugin is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// Speaks with an exchange.
    Adapter,
    /// Trades.
    Strategy,
}

/// What a plugin file says about itself. The host has checked it and can work with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    /// Adapter or strategy.
    pub kind: Kind,
    /// Name, `[a-z0-9-]`; the venue's name for an adapter.
    pub name: String,
    /// Version of the plugin.
    pub version: String,
    /// Compiler and profile; informative, never compared.
    pub build: String,
    /// Major, minor that it was built against, oldest host minor that it accepts.
    pub abi: (u32, u32, u32),
    /// [`patchbay_abi`]'s `FLAG_*`.
    pub flags: u32,
    /// Bytes of a slot.
    pub slot_size: u32,
    /// Hash over the layouts of the ABI.
    pub layout_hash: u32,
    /// Of the whole file.
    pub sha256: [u8; 32],
    /// Bytes of the file.
    pub size: u64,
}

/// Checks the plain data of a descriptor, most telling difference first: with another major no
/// other field means anything.
///
/// # Errors
/// The reasons from [`Reason::Magic`] to [`Reason::Text`].
pub(crate) fn check(
    prefix: &[u8; PREFIX],
    sha256: [u8; 32],
    size: u64,
) -> Result<Manifest, Reason> {
    versions(prefix)?;
    layouts(prefix)?;
    let flags = u32_at(prefix, offset_of!(PluginDecl, flags));
    panics(flags)?;
    Ok(Manifest {
        kind: kind(prefix)?,
        name: name(prefix)?,
        version: text(prefix, "version", offset_of!(PluginDecl, version), 24)?,
        build: text(prefix, "build", offset_of!(PluginDecl, build), 72)?,
        abi: (
            u32_at(prefix, offset_of!(PluginDecl, abi_major)),
            u32_at(prefix, offset_of!(PluginDecl, abi_minor)),
            u32_at(prefix, offset_of!(PluginDecl, abi_minor_min)),
        ),
        flags,
        slot_size: u32_at(prefix, offset_of!(PluginDecl, slot_size)),
        layout_hash: u32_at(prefix, offset_of!(PluginDecl, layout_hash)),
        sha256,
        size,
    })
}

fn versions(prefix: &[u8; PREFIX]) -> Result<(), Reason> {
    let magic = u64_at(prefix, offset_of!(PluginDecl, magic));
    if magic != abi::MAGIC {
        return Err(Reason::Magic { found: magic });
    }
    let major = u32_at(prefix, offset_of!(PluginDecl, abi_major));
    if major != abi::ABI_MAJOR {
        return Err(Reason::Major { found: major });
    }
    let size = u32_at(prefix, offset_of!(PluginDecl, struct_size));
    if size < FIRST_SIZE {
        return Err(Reason::StructSize { expected: FIRST_SIZE, found: size });
    }
    let minor = u32_at(prefix, offset_of!(PluginDecl, abi_minor_min));
    if minor > abi::ABI_MINOR {
        return Err(Reason::Minor { found: minor });
    }
    Ok(())
}

fn layouts(prefix: &[u8; PREFIX]) -> Result<(), Reason> {
    let slot = u32_at(prefix, offset_of!(PluginDecl, slot_size));
    if slot != SLOT {
        return Err(Reason::SlotSize { expected: SLOT, found: slot });
    }
    let hash = u32_at(prefix, offset_of!(PluginDecl, layout_hash));
    if hash != abi::layout::HASH {
        return Err(Reason::LayoutHash { found: hash });
    }
    Ok(())
}

/// A panic must end inside the plugin: unwinding, and caught by the SDK's guard.
fn panics(flags: u32) -> Result<(), Reason> {
    if flags & abi::FLAG_NO_PANIC != 0 {
        return Ok(());
    }
    if flags & abi::FLAG_UNWIND == 0 {
        return Err(Reason::Abort { found: flags });
    }
    if flags & abi::FLAG_GUARDED == 0 {
        return Err(Reason::Unguarded { found: flags });
    }
    Ok(())
}

fn kind(prefix: &[u8; PREFIX]) -> Result<Kind, Reason> {
    match u32_at(prefix, offset_of!(PluginDecl, kind)) {
        abi::KIND_ADAPTER => Ok(Kind::Adapter),
        abi::KIND_STRATEGY => Ok(Kind::Strategy),
        found => Err(Reason::UnknownKind { found }),
    }
}

fn name(prefix: &[u8; PREFIX]) -> Result<String, Reason> {
    let name = text(prefix, "name", offset_of!(PluginDecl, name), 32)?;
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if !name.is_empty() && name.bytes().all(allowed) {
        return Ok(name);
    }
    Err(Reason::Text { field: "name", expected: "one or more of a-z, 0-9 and -", found: name })
}

/// A zero-padded text. It goes to terminals and logs, hence no control characters.
fn text(
    prefix: &[u8; PREFIX],
    field: &'static str,
    offset: usize,
    size: usize,
) -> Result<String, Reason> {
    let bytes = prefix[offset..offset + size].split(|byte| *byte == 0).next().unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(char::is_control) => Ok(text.to_owned()),
        _ => {
            let found = String::from_utf8_lossy(bytes).into_owned();
            Err(Reason::Text { field, expected: "UTF-8 without control characters", found })
        }
    }
}

fn u32_at(prefix: &[u8; PREFIX], offset: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&prefix[offset..offset + 4]);
    u32::from_ne_bytes(bytes)
}

fn u64_at(prefix: &[u8; PREFIX], offset: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&prefix[offset..offset + 8]);
    u64::from_ne_bytes(bytes)
}

/// The first field in which two descriptors differ.
pub(crate) fn difference(a: &[u8; PREFIX], b: &[u8; PREFIX]) -> Option<&'static str> {
    let place = a.iter().zip(b).position(|(a, b)| a != b)?;
    let decl = abi::layout::TYPES.iter().find(|ty| ty.name == "PluginDecl")?;
    decl.fields.iter().rev().find(|(_, offset)| *offset <= place).map(|(name, _)| *name)
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Adapter => "adapter",
            Self::Strategy => "strategy",
        })
    }
}

/// One line a field, for `patchbay plugin inspect`.
impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, oldest) = self.abi;
        writeln!(f, "kind     {}", self.kind)?;
        writeln!(f, "name     {}", self.name)?;
        writeln!(f, "version  {}", self.version)?;
        writeln!(f, "build    {}", self.build)?;
        writeln!(f, "abi      {major}.{minor}, with hosts from {major}.{oldest}")?;
        writeln!(f, "flags    {}", Flags(self.flags))?;
        writeln!(f, "slot     {} bytes", self.slot_size)?;
        writeln!(f, "layout   {:08x}", self.layout_hash)?;
        writeln!(f, "sha-256  {}", Hex(&self.sha256))?;
        write!(f, "size     {} bytes", self.size)
    }
}

struct Flags(u32);

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (abi::FLAG_UNWIND, "unwind"),
            (abi::FLAG_GUARDED, "guarded"),
            (abi::FLAG_HAS_STATE, "has-state"),
            (abi::FLAG_MULTI_INSTANCE, "multi-instance"),
            (abi::FLAG_NO_PANIC, "no-panic"),
        ];
        let set = names.iter().filter(|(flag, _)| self.0 & flag != 0);
        let set: Vec<&str> = set.map(|(_, name)| *name).collect();
        f.write_str(&set.join(" "))
    }
}

/// Lower-case hexadecimal digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
