//! The edits to the driver's ELF file that object-rewrite has no call for. Each works on the bytes
//! of a 64-bit little-endian file and answers `None` when the file is not laid out as expected.

const PROGRAM_HEADER: usize = 56;
const SECTION_HEADER: usize = 64;
const LOAD: u64 = 1;
const DYNAMIC: u64 = 2;
const PLAIN_DATA: u64 = 1;
const STATIC_SYMBOLS: u64 = 2;
const NO_BITS: u64 = 8;
const DYNAMIC_SYMBOLS: u64 = 11;
const DT_NULL: u64 = 0;
const DT_SYMBOLIC: u64 = 16;

/// Overwrites the first string `old` of the file with the shorter `new`, padded with NUL.
///
/// Strings of an ELF file are shared: this changes the needed entry and the version references
/// together, which must agree for the dynamic loader.
pub fn replace_string(file: &mut [u8], old: &str, new: &str) -> Option<()> {
    let mut pattern = old.as_bytes().to_vec();
    pattern.push(0);
    let at = file.windows(pattern.len()).position(|window| window == pattern)?;
    let (head, tail) = file.get_mut(at..at + old.len())?.split_at_mut_checked(new.len())?;
    head.copy_from_slice(new.as_bytes());
    tail.fill(0);
    Some(())
}

/// Makes plain data of the static symbol table and its strings, which can then be deleted as
/// sections: as a symbol table the rewriter wants to keep it.
pub fn forget_static_symbols(file: &mut [u8]) -> Option<()> {
    let symbols = sections(file)?.find(|&at| read(file, at + 4, 4) == Some(STATIC_SYMBOLS))?;
    let strings = sections(file)?.nth(read(file, symbols + 40, 4)? as usize)?;
    write(file, symbols + 4, 4, PLAIN_DATA)?;
    write(file, strings + 4, 4, PLAIN_DATA)
}

/// The undefined dynamic symbols for which `wanted` holds.
pub fn undefined_symbols(file: &[u8], wanted: fn(&str) -> bool) -> Option<Vec<String>> {
    let symbols = sections(file)?.find(|&at| read(file, at + 4, 4) == Some(DYNAMIC_SYMBOLS))?;
    let (start, size) = (word(file, symbols + 24)?, word(file, symbols + 32)?);
    let strings = sections(file)?.nth(read(file, symbols + 40, 4)? as usize)?;
    let names = word(file, strings + 24)?;
    let mut found = Vec::new();
    for at in (start..start + size).step_by(24) {
        let name =
            file.get(names + read(file, at, 4)? as usize..)?.split(|byte| *byte == 0).next()?;
        let name = std::str::from_utf8(name).ok()?;
        if read(file, at + 6, 2)? == 0 && wanted(name) {
            found.push(name.to_owned());
        }
    }
    Some(found)
}

/// Makes the library look up its symbols in itself first, so that no library that the program links
/// can replace parts of it (a second libuv, say). Uses one of the empty entries at the end of the
/// dynamic section.
pub fn bind_to_itself(file: &mut [u8]) -> Option<()> {
    let header = program_headers(file)?.find(|&at| read(file, at, 4) == Some(DYNAMIC))?;
    let (start, size) = (word(file, header + 8)?, word(file, header + 32)?);
    let free = (start..start + size).step_by(16).find(|&at| read(file, at, 8) == Some(DT_NULL))?;
    // One empty entry has to stay behind it: it ends the section.
    if free + 32 > start + size {
        return None;
    }
    write(file, free, 8, DT_SYMBOLIC)
}

/// The file without the gaps that deleted sections left between its segments.
pub fn close_gaps(file: &[u8]) -> Option<Vec<u8>> {
    let mut segments: Vec<Moved> = Vec::new();
    for at in program_headers(file)?.filter(|&at| read(file, at, 4) == Some(LOAD)) {
        let (from, size, align) =
            (word(file, at + 8)?, word(file, at + 32)?, word(file, at + 48)?.max(1));
        let cursor = segments.last().map_or(0, |last| last.to + last.size);
        // A segment's place in the file and in memory agree modulo its alignment.
        let to = cursor + (from % align + align - cursor % align) % align;
        segments.push(Moved { from, size, to });
    }
    if segments.windows(2).any(|pair| pair[0].from > pair[1].from) || segments.first()?.from != 0 {
        return None;
    }
    let mut result = Vec::new();
    for segment in &segments {
        result.resize(segment.to, 0);
        result.extend_from_slice(file.get(segment.from..segment.from + segment.size)?);
    }
    for at in program_headers(file)? {
        let old = word(file, at + 8)?;
        if let Some(new) = moved(&segments, old) {
            write(&mut result, at + 8, 8, new as u64)?;
        }
    }
    append_sections(file, &segments, &mut result)?;
    Some(result)
}

/// A loaded segment and its old and new place.
struct Moved {
    from: usize,
    size: usize,
    to: usize,
}

fn moved(segments: &[Moved], offset: usize) -> Option<usize> {
    let inside = |segment: &&Moved| (segment.from..=segment.from + segment.size).contains(&offset);
    segments.iter().rev().find(inside).map(|segment| segment.to + offset - segment.from)
}

/// Appends what lies outside the segments: the sections that are not loaded, and the table of
/// sections.
fn append_sections(file: &[u8], segments: &[Moved], result: &mut Vec<u8>) -> Option<()> {
    let mut table = Vec::new();
    for at in sections(file)? {
        let mut header = file.get(at..at + SECTION_HEADER)?.to_vec();
        let (kind, flags, old, size) = (
            read(file, at + 4, 4)?,
            read(file, at + 8, 8)?,
            word(file, at + 24)?,
            word(file, at + 32)?,
        );
        let new = if flags & 2 != 0 || kind == NO_BITS || size == 0 {
            moved(segments, old).unwrap_or(old)
        } else {
            let new = result.len().next_multiple_of(16);
            result.resize(new, 0);
            result.extend_from_slice(file.get(old..old + size)?);
            new
        };
        write(&mut header, 24, 8, new as u64)?;
        table.extend_from_slice(&header);
    }
    result.resize(result.len().next_multiple_of(16), 0);
    let start = result.len() as u64;
    result.extend_from_slice(&table);
    write(result, 40, 8, start)
}

/// Where each program header is.
fn program_headers(file: &[u8]) -> Option<impl Iterator<Item = usize> + use<>> {
    let (start, count) = (word(file, 32)?, read(file, 56, 2)? as usize);
    Some((0..count).map(move |number| start + number * PROGRAM_HEADER))
}

/// Where each section header is.
fn sections(file: &[u8]) -> Option<impl Iterator<Item = usize> + use<>> {
    let (start, count) = (word(file, 40)?, read(file, 60, 2)? as usize);
    Some((0..count).map(move |number| start + number * SECTION_HEADER))
}

fn word(file: &[u8], at: usize) -> Option<usize> {
    read(file, at, 8)?.try_into().ok()
}

fn read(file: &[u8], at: usize, bytes: usize) -> Option<u64> {
    let mut value = [0; 8];
    value[..bytes].copy_from_slice(file.get(at..at.checked_add(bytes)?)?);
    Some(u64::from_le_bytes(value))
}

fn write(file: &mut [u8], at: usize, bytes: usize, value: u64) -> Option<()> {
    file.get_mut(at..at + bytes)?.copy_from_slice(&value.to_le_bytes()[..bytes]);
    Some(())
}
