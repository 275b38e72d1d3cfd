//! An ELF file for this processor (elf(5)). The file is an allegation: whatever it says, reading it ends.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use object::LittleEndian;
use object::elf::{self, FileHeader64, ProgramHeader64};
use object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader, Sym};
use rewrite::{Bytes, Function, Text, frames, symbols};

use super::world::Found;

const ENDIAN: LittleEndian = LittleEndian;

type Header = FileHeader64<LittleEndian>;
type Segment = ProgramHeader64<LittleEndian>;

/// What the loader reads of a file.
#[derive(Debug, Default)]
pub(crate) struct Dynamic {
    /// The libraries that it needs (`DT_NEEDED`).
    pub(crate) needed: Vec<String>,
    /// Its own name (`DT_SONAME`).
    pub(crate) name: Option<String>,
    /// Where to look for libraries, also those of the libraries (`DT_RPATH`).
    pub(crate) inherited_path: Option<String>,
    /// Where to look for its libraries (`DT_RUNPATH`).
    pub(crate) own_path: Option<String>,
}

/// A file, and what its headers say.
pub(crate) struct Image {
    /// Its path in the world.
    pub(crate) path: PathBuf,
    pub(crate) identity: (u64, u64),
    bytes: Vec<u8>,
    /// The loader that it asks for.
    pub(crate) interpreter: Option<String>,
    pub(crate) dynamic: Dynamic,
}

impl Image {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(found: Found) -> Result<Self, String> {
        let Found { path, identity, bytes } = found;
        if !bytes.starts_with(&elf::ELFMAG) {
            return Err("not an ELF file".to_owned());
        }
        match (bytes.get(4), bytes.get(18..20)) {
            (Some(1), _) => return Err("a 32-bit program, which is not served".to_owned()),
            (Some(2), Some(&[62, 0])) if bytes.get(5) == Some(&1) => {}
            _ => return Err("for another processor".to_owned()),
        }
        let mut image = Self { path, identity, bytes, interpreter: None, dynamic: Dynamic::default() };
        let wrong = |error: object::read::Error| error.to_string();
        for segment in image.segments().map_err(wrong)? {
            let interpreter = segment.interpreter(ENDIAN, image.bytes.as_slice()).map_err(wrong)?;
            if let Some(name) = interpreter {
                image.interpreter = Some(text(name));
                break;
            }
        }
        image.dynamic = image.read_dynamic().map_err(wrong)?;
        Ok(image)
    }

    fn segments(&self) -> object::read::Result<&[Segment]> {
        let data = self.bytes.as_slice();
        Header::parse(data)?.program_headers(ENDIAN, data)
    }

    fn read_dynamic(&self) -> object::read::Result<Dynamic> {
        let data = self.bytes.as_slice();
        let mut entries: &[_] = &[];
        for segment in self.segments()? {
            if let Some(found) = segment.dynamic(ENDIAN, data)? {
                entries = found;
            }
        }
        let end = entries.iter().position(|entry| entry.tag(ENDIAN) == elf::DT_NULL).unwrap_or(entries.len());
        let entries = entries.get(..end).unwrap_or_default();
        let value =
            |tag| entries.iter().find(|entry| entry.tag(ENDIAN) == tag).map(|entry| entry.val(ENDIAN));
        let (Some(strings), Some(size)) = (value(elf::DT_STRTAB), value(elf::DT_STRSZ)) else {
            return Ok(Dynamic::default());
        };
        let table = self.at(strings, size).unwrap_or_default();
        let string = |offset: u64| {
            let rest = table.get(usize::try_from(offset).ok()?..)?;
            let end = rest.iter().position(|&byte| byte == 0)?;
            Some(text(rest.get(..end)?))
        };
        let named = |tag| value(tag).and_then(string);
        let needed = entries.iter().filter(|entry| entry.tag(ENDIAN) == elf::DT_NEEDED);
        Ok(Dynamic {
            needed: needed.filter_map(|entry| string(entry.val(ENDIAN))).collect(),
            name: named(elf::DT_SONAME),
            inherited_path: named(elf::DT_RPATH),
            own_path: named(elf::DT_RUNPATH),
        })
    }

    /// The bytes that lie at an address.
    fn at(&self, address: u64, size: u64) -> Option<&[u8]> {
        let loaded = self.segments().ok()?.iter().filter(|segment| segment.p_type(ENDIAN) == elf::PT_LOAD);
        let mut found = loaded
            .filter_map(|segment| segment.data_range(ENDIAN, self.bytes.as_slice(), address, size).ok()?);
        found.next()
    }

    /// The text of each executable segment, with the parts of it that hold code: sections, where there are any.
    pub(crate) fn texts(&self) -> Vec<(Text<'_>, Vec<Range<u64>>)> {
        let data = self.bytes.as_slice();
        let code = self.code_sections();
        let mut texts = Vec::new();
        for segment in self.segments().unwrap_or_default() {
            let is_code =
                segment.p_type(ENDIAN) == elf::PT_LOAD && segment.p_flags(ENDIAN).contains(elf::PF_X);
            let Some(bytes) = segment.data(ENDIAN, data).ok().filter(|_| is_code) else { continue };
            let address = segment.p_vaddr(ENDIAN);
            let whole = address..address.saturating_add(bytes.len() as u64);
            let inside = |part: &&Range<u64>| whole.start <= part.start && part.end <= whole.end;
            let mut parts: Vec<_> = code.iter().filter(inside).cloned().collect();
            if parts.is_empty() {
                parts.push(whole.clone());
            }
            texts.push((Text { address, bytes }, parts));
        }
        texts
    }

    fn code_sections(&self) -> Vec<Range<u64>> {
        let data = self.bytes.as_slice();
        let Ok(sections) = Header::parse(data).and_then(|header| header.sections(ENDIAN, data)) else {
            return Vec::new();
        };
        let code = sections.iter().filter(|section| section.sh_flags(ENDIAN).contains(elf::SHF_EXECINSTR));
        let range = |start: u64, size: u64| Some(start..start.checked_add(size)?);
        code.filter_map(|section| range(section.sh_addr(ENDIAN), section.sh_size(ENDIAN))).collect()
    }

    /// The function that holds an address, as the kernel finds it.
    pub(crate) fn function(&self, address: u64) -> Option<Function> {
        let segments = self.segments().ok()?;
        let header = segments.iter().find(|segment| segment.p_type(ENDIAN) == elf::PT_GNU_EH_FRAME);
        let by_frames = header.and_then(|header| frames::find(self, header.p_vaddr(ENDIAN), address));
        by_frames.or_else(|| symbols::find(self.bytes.as_slice(), address))
    }

    /// The names of functions, by where they start: its end, and the name.
    pub(crate) fn names(&self) -> BTreeMap<u64, (u64, String)> {
        let data = self.bytes.as_slice();
        let mut names = BTreeMap::new();
        let Ok(sections) = Header::parse(data).and_then(|header| header.sections(ENDIAN, data)) else {
            return names;
        };
        for kind in [elf::SHT_DYNSYM, elf::SHT_SYMTAB] {
            let Ok(table) = sections.symbols(ENDIAN, data, kind) else { continue };
            for symbol in table.iter().filter(|symbol| symbol.is_definition(ENDIAN, table.strings())) {
                let (start, size) = (symbol.st_value(ENDIAN), symbol.st_size(ENDIAN));
                if let Ok(name) = symbol.name(ENDIAN, table.strings())
                    && size > 0
                {
                    let end = start.saturating_add(size);
                    let shorter = |known: &(u64, String)| name.len() < known.1.len();
                    if names.get(&start).is_none_or(shorter) {
                        names.insert(start, (end, text(name)));
                    }
                }
            }
        }
        names
    }
}

impl Bytes for Image {
    fn read(&self, address: u64, target: &mut [u8]) -> bool {
        let found = self.at(address, target.len() as u64);
        found.map(|bytes| target.copy_from_slice(bytes)).is_some()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
