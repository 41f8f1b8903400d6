//! The frame of an ELF file: for this machine, a shared library, and whole.
//!
//! `dlopen` maps what the program headers say without asking how long the file is: the first touch
//! beyond its end is a SIGBUS that ends the host. So every extent is checked here, the section
//! table's too, since it is all that a cut of the last per cent takes away.

use object::LittleEndian as LE;
use object::elf::{self, FileHeader64, ProgramHeader64};
use object::read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _, SectionTable};

use crate::refusal::Reason;

pub(crate) type Header = FileHeader64<LE>;
pub(crate) type Segment = ProgramHeader64<LE>;

/// `e_machine` of this host.
const MACHINE: elf::Machine =
    if cfg!(target_arch = "aarch64") { elf::EM_AARCH64 } else { elf::EM_X86_64 };

/// A shared library whose extents all lie within the file.
pub(crate) struct Image<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) segments: &'a [Segment],
    pub(crate) sections: SectionTable<'a, Header>,
}

impl<'a> Image<'a> {
    /// Checks the headers of `bytes`.
    ///
    /// # Errors
    /// The reasons from [`Reason::NotElf`] to [`Reason::Malformed`].
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Reason> {
        let header = identify(bytes)?;
        tables_end(header, bytes)?;
        let segments = header.program_headers(LE, bytes).map_err(malformed("program headers"))?;
        let sections = header.sections(LE, bytes).map_err(malformed("section table"))?;
        extents_end(segments, &sections, bytes)?;
        segments_in_order(segments)?;
        stack_not_executable(segments)?;
        Ok(Self { bytes, segments, sections })
    }

    /// The bytes of the file that are mapped at `address`, if all of them are in one segment.
    pub(crate) fn at(&self, address: u64, size: u64) -> Option<&'a [u8]> {
        let segment = self.loads().find(|segment| contains(segment, address, size))?;
        let start = segment.p_offset(LE).checked_add(address - segment.p_vaddr(LE))?;
        let start = usize::try_from(start).ok()?;
        self.bytes.get(start..start.checked_add(usize::try_from(size).ok()?)?)
    }

    fn loads(&self) -> impl Iterator<Item = &'a Segment> {
        self.segments.iter().filter(|segment| segment.p_type(LE) == elf::PT_LOAD)
    }
}

fn contains(segment: &Segment, address: u64, size: u64) -> bool {
    let start = segment.p_vaddr(LE);
    let end = start.saturating_add(segment.p_filesz(LE));
    address >= start && address.checked_add(size).is_some_and(|last| last <= end)
}

/// The header, if it is that of a shared library for this machine.
fn identify(bytes: &[u8]) -> Result<&Header, Reason> {
    if !bytes.starts_with(&elf::ELFMAG) {
        return Err(Reason::NotElf { found: first_bytes(bytes) });
    }
    let size = size_of::<Header>();
    if bytes.len() < size {
        return Err(truncated("ELF header", size as u64, bytes));
    }
    let (class, data) = (bytes[4], bytes[5]);
    if (class, data) != (elf::ELFCLASS64.0, elf::ELFDATA2LSB.0) {
        return Err(Reason::Class { class, data });
    }
    let header = Header::parse(bytes).map_err(malformed("ELF header"))?;
    if header.e_machine(LE) != MACHINE {
        return Err(Reason::Machine { expected: MACHINE.0, found: header.e_machine(LE).0 });
    }
    match header.e_type(LE) {
        elf::ET_DYN => Ok(header),
        elf::ET_EXEC => Err(Reason::NotShared { found: "an executable" }),
        elf::ET_REL => Err(Reason::NotShared { found: "an object file" }),
        _ => Err(Reason::NotShared { found: "another type" }),
    }
}

fn first_bytes(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "an empty file".to_owned();
    }
    let start: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    start.join(" ")
}

/// Both tables lie within the file. A linker writes the section table last, so that its end is the
/// length that the file should have.
fn tables_end(header: &Header, bytes: &[u8]) -> Result<(), Reason> {
    let segments = table("program headers", header.e_phnum(LE), header.e_phentsize(LE), 56)?;
    let sections = table("section table", header.e_shnum(LE), header.e_shentsize(LE), 64)?;
    let ends = [
        ("program headers", header.e_phoff(LE).saturating_add(segments)),
        ("section table", header.e_shoff(LE).saturating_add(sections)),
    ];
    within(ends.into_iter(), bytes)
}

/// Bytes of a table. An entry count of 0 or 0xffff (extended numbering) is no plugin's.
fn table(field: &'static str, count: u16, entry: u16, expected: u16) -> Result<u64, Reason> {
    if entry != expected || count == 0 || count == u16::MAX {
        let found = format!("{count} entries of {entry} bytes");
        return Err(Reason::Malformed { field, expected: "a table of 64-bit entries", found });
    }
    Ok(u64::from(count) * u64::from(entry))
}

/// The contents of all segments and sections lie within the file.
fn extents_end(
    segments: &[Segment],
    sections: &SectionTable<'_, Header>,
    bytes: &[u8],
) -> Result<(), Reason> {
    let segments = segments
        .iter()
        .map(|segment| ("last segment", segment.p_offset(LE).saturating_add(segment.p_filesz(LE))));
    let sections = sections.iter().filter(|section| section.sh_type(LE) != elf::SHT_NULL);
    let sections = sections
        .filter_map(|section| section.file_range(LE))
        .map(|(start, size)| ("last section", start.saturating_add(size)));
    within(segments.chain(sections), bytes)
}

/// Refuses the file if it is shorter than the greatest of `ends`.
fn within(ends: impl Iterator<Item = (&'static str, u64)>, bytes: &[u8]) -> Result<(), Reason> {
    match ends.max_by_key(|(_, end)| *end) {
        Some((what, end)) if end > bytes.len() as u64 => Err(truncated(what, end, bytes)),
        _ => Ok(()),
    }
}

fn truncated(what: &'static str, expected: u64, bytes: &[u8]) -> Reason {
    Reason::Truncated { what, expected, found: bytes.len() as u64 }
}

/// The dynamic linker reserves from the first segment to the end of the last one: out of order,
/// the others would be mapped over somebody else's memory.
fn segments_in_order(segments: &[Segment]) -> Result<(), Reason> {
    let mut end = 0;
    for segment in segments.iter().filter(|segment| segment.p_type(LE) == elf::PT_LOAD) {
        let (start, memory) = (segment.p_vaddr(LE), segment.p_memsz(LE));
        if start < end || segment.p_filesz(LE) > memory || start.checked_add(memory).is_none() {
            return Err(Reason::Malformed {
                field: "PT_LOAD",
                expected: "ascending segments, none larger in the file than in memory",
                found: format!("{memory} bytes at {start:#x} after {end:#x}"),
            });
        }
        end = start + memory;
    }
    Ok(())
}

/// Without the header the dynamic linker assumes an executable stack, and makes every thread's so.
fn stack_not_executable(segments: &[Segment]) -> Result<(), Reason> {
    let stack = segments.iter().find(|segment| segment.p_type(LE) == elf::PT_GNU_STACK);
    let found = match stack.map(|segment| segment.p_flags(LE).0) {
        Some(flags) if flags & elf::PF_X.0 == 0 => return Ok(()),
        Some(flags) => format!("{flags:#x}"),
        None => "no such header".to_owned(),
    };
    Err(Reason::ExecutableStack { found })
}

/// A structure that the reader refuses, with the reader's words.
pub(crate) fn malformed(field: &'static str) -> impl Fn(object::read::Error) -> Reason {
    move |error| Reason::Malformed {
        field,
        expected: "a well-formed structure",
        found: format!("\"{error}\""),
    }
}
