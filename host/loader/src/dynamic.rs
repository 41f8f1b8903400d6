//! The dynamic table and symbols of an ELF file: what it would pull in, and its descriptor.

use object::LittleEndian as LE;
use object::elf::{self, Dyn64, DynamicTag, Sym64};
use object::read::elf::{Dyn as _, ProgramHeader as _, SectionHeader as _, Sym as _, SymbolTable};
use patchbay_abi::{PluginDecl, SYMBOL};

use crate::elf::{Header, Image, malformed};
use crate::manifest::{FIRST_SIZE, PREFIX};
use crate::refusal::Reason;

/// Libraries that a plugin may need: the C library and the unwinder, which the host has too.
pub const ALLOWED: &[&str] = &[
    "libc.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
    "libpthread.so.0",
    "libdl.so.2",
    "librt.so.1",
];

/// Entries that bring a search path or another library, and the linker options that make them.
const FORBIDDEN: &[(DynamicTag, &str, &str)] = &[
    (elf::DT_RPATH, "DT_RPATH", "-rpath"),
    (elf::DT_RUNPATH, "DT_RUNPATH", "-rpath"),
    (elf::DT_AUDIT, "DT_AUDIT", "--audit"),
    (elf::DT_DEPAUDIT, "DT_DEPAUDIT", "--depaudit"),
    (elf::DT_AUXILIARY, "DT_AUXILIARY", "--auxiliary"),
    (elf::DT_FILTER, "DT_FILTER", "--filter"),
    (elf::DT_CONFIG, "DT_CONFIG", "-c"),
];

/// Name of every major's symbol, without the number.
const SYMBOL_STEM: &[u8] = b"PATCHBAY_PLUGIN_V";

/// The table that the dynamic linker will read, found as it finds it: by address.
pub(crate) struct Dynamic<'a> {
    image: &'a Image<'a>,
    entries: &'a [Dyn64<LE>],
    strings: &'a [u8],
}

impl<'a> Dynamic<'a> {
    /// Finds the table and its strings.
    ///
    /// # Errors
    /// [`Reason::Malformed`]; [`Reason::NotShared`] for a position-independent executable.
    pub(crate) fn parse(image: &'a Image<'a>) -> Result<Self, Reason> {
        let entries = entries(image)?;
        if value(entries, elf::DT_FLAGS_1).is_some_and(|flags| flags & elf::DF_1_PIE.0 != 0) {
            return Err(Reason::NotShared { found: "an executable" });
        }
        let strings = value(entries, elf::DT_STRTAB).zip(value(entries, elf::DT_STRSZ));
        match strings.and_then(|(address, size)| image.at(address, size)) {
            Some(strings) => Ok(Self { image, entries, strings }),
            None => Err(missing("DT_STRTAB", "strings within a segment")),
        }
    }

    /// Refuses the file if mapping it would load anything but the allowed libraries.
    ///
    /// # Errors
    /// [`Reason::Dependency`], [`Reason::LinkerTag`].
    pub(crate) fn loads_only_allowed(&self) -> Result<(), Reason> {
        for entry in self.entries {
            let found = || self.string(entry.d_val(LE));
            if entry.d_tag(LE) == elf::DT_NEEDED && !ALLOWED.contains(&found().as_str()) {
                return Err(Reason::Dependency { allowed: ALLOWED, found: found() });
            }
            let forbidden = FORBIDDEN.iter().find(|(tag, ..)| *tag == entry.d_tag(LE));
            if let Some((_, tag, option)) = forbidden {
                return Err(Reason::LinkerTag { tag, found: found(), option });
            }
        }
        Ok(())
    }

    /// The plain data of the descriptor, as the file has it.
    ///
    /// # Errors
    /// [`Reason::NoSymbol`], [`Reason::OtherMajor`], [`Reason::NotData`], [`Reason::Malformed`].
    pub(crate) fn descriptor(&self) -> Result<[u8; PREFIX], Reason> {
        let symbols = self.symbols()?;
        let Some(symbol) = find(&symbols, |name| name == SYMBOL.as_bytes()) else {
            return Err(no_symbol(&symbols));
        };
        if symbol.st_type() != elf::STT_OBJECT {
            let found = format!("a symbol of type {}", symbol.st_type().0);
            return Err(Reason::NotData { expected: "data (an object symbol)", found });
        }
        let (address, size) = (symbol.st_value(LE), symbol.st_size(LE));
        let aligned = address.is_multiple_of(align_of::<PluginDecl>() as u64);
        let whole = aligned && size >= u64::from(FIRST_SIZE);
        let data = self.image.at(address, size).filter(|_| whole);
        match data.and_then(<[u8]>::first_chunk) {
            Some(prefix) => Ok(*prefix),
            None => Err(Reason::NotData {
                expected: "a whole PluginDecl in initialised data",
                found: format!("{size} bytes at {address:#x}"),
            }),
        }
    }

    /// The symbols, from the section table, which alone says how many there are; they must be those
    /// that the dynamic linker will see.
    fn symbols(&self) -> Result<SymbolTable<'a, Header>, Reason> {
        let sections = &self.image.sections;
        let symbols = sections.symbols(LE, self.image.bytes, elf::SHT_DYNSYM);
        let symbols = symbols.map_err(malformed("dynamic symbols"))?;
        if symbols.is_empty() {
            return Err(Reason::NoSymbol);
        }
        let address = |index| sections.section(index).map(|section| section.sh_addr(LE)).ok();
        let table = address(symbols.section()) == value(self.entries, elf::DT_SYMTAB);
        let names = address(symbols.string_section()) == value(self.entries, elf::DT_STRTAB);
        if table && names {
            return Ok(symbols);
        }
        Err(Reason::Malformed {
            field: "DT_SYMTAB",
            expected: "the addresses that the section table gives",
            found: "others".to_owned(),
        })
    }

    fn string(&self, offset: u64) -> String {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let text = self.strings.get(start..).unwrap_or_default();
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    }
}

/// The entries up to `DT_NULL`. The dynamic linker goes by the segment's address, so do we.
fn entries<'a>(image: &Image<'a>) -> Result<&'a [Dyn64<LE>], Reason> {
    let absent = || missing("PT_DYNAMIC", "a table within a segment");
    let mut segments = image.segments.iter().filter(|it| it.p_type(LE) == elf::PT_DYNAMIC);
    let (Some(segment), None) = (segments.next(), segments.next()) else {
        return Err(absent());
    };
    let size = segment.p_filesz(LE);
    let table = image.at(segment.p_vaddr(LE), size).ok_or_else(absent)?;
    let count = table.len() / size_of::<Dyn64<LE>>();
    let (table, _) = object::pod::slice_from_bytes(table, count).map_err(|()| absent())?;
    let end = table.iter().position(|entry: &Dyn64<LE>| entry.d_tag(LE) == elf::DT_NULL);
    end.map(|end| &table[..end]).ok_or_else(|| missing("PT_DYNAMIC", "a last entry DT_NULL"))
}

/// The dynamic linker keeps the last entry of a tag.
fn value(entries: &[Dyn64<LE>], tag: DynamicTag) -> Option<u64> {
    entries.iter().rev().find(|entry| entry.d_tag(LE) == tag).map(|entry| entry.d_val(LE))
}

fn missing(field: &'static str, expected: &'static str) -> Reason {
    Reason::Malformed { field, expected, found: "none".to_owned() }
}

/// The first defined symbol of such a name.
fn find<'a>(
    symbols: &SymbolTable<'a, Header>,
    wanted: impl Fn(&[u8]) -> bool,
) -> Option<&'a Sym64<LE>> {
    symbols.iter().find(|symbol| {
        let defined = symbol.st_shndx(LE) != elf::SHN_UNDEF && symbol.st_bind() != elf::STB_LOCAL;
        defined && symbols.symbol_name(LE, symbol).is_ok_and(&wanted)
    })
}

/// Why the symbol is not there: perhaps the plugin is of another major.
fn no_symbol(symbols: &SymbolTable<'_, Header>) -> Reason {
    let other = find(symbols, |name| major(name).is_some());
    let name = other.and_then(|symbol| symbols.symbol_name(LE, symbol).ok());
    match name.and_then(major) {
        Some(found) => Reason::OtherMajor { found },
        None => Reason::NoSymbol,
    }
}

fn major(name: &[u8]) -> Option<String> {
    let digits = name.strip_prefix(SYMBOL_STEM)?;
    let number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    number.then(|| String::from_utf8_lossy(digits).into_owned())
}
