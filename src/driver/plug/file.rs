//! Looks at a file before the system's loader does, which tells a missing file from a wrong one,
//! and which crashes on a library that was cut short: it maps what the headers promise without a
//! look at the file's size.

use super::error::LoadErrorKind;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

type Refusal = (LoadErrorKind, String);

/// True for a file name without a folder, which the loader searches in its own places.
pub(super) fn is_bare(path: &Path) -> bool {
    path.components().count() == 1 && path.file_name() == Some(path.as_os_str())
}

/// Refuses what is not there and what is no complete shared library of this machine. A bare name is
/// left to the loader.
pub(super) fn check(path: &Path) -> Result<(), Refusal> {
    if is_bare(path) {
        return Ok(());
    }
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            (LoadErrorKind::NotFound, error.to_string())
        }
        _ => (LoadErrorKind::Refused, error.to_string()),
    };
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() {
        return Err(not_a_library("it is no regular file"));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    check_content(&mut file, found.len())
}

fn not_a_library(reason: &str) -> Refusal {
    (LoadErrorKind::NotALibrary, reason.to_owned())
}

fn check_content(file: &mut File, size: u64) -> Result<(), Refusal> {
    let mut header = [0; 64];
    file.read_exact(&mut header).map_err(|_| not_a_library("it is too short for an ELF file"))?;
    if header[..4] != *b"\x7fELF" {
        return Err(not_a_library("it is no ELF file"));
    }
    // 64 bits, little-endian, a shared object, for this machine.
    let machine = if cfg!(target_arch = "aarch64") { 183 } else { 62 };
    if header[4..6] != [2, 1] || number(&header, 16, 2) != 3 || number(&header, 18, 2) != machine {
        return Err(not_a_library("it is no shared library for this kind of machine"));
    }
    let (start, each, count) =
        (number(&header, 32, 8), number(&header, 54, 2), number(&header, 56, 2));
    if each != 56 || count == 0 {
        return Err(not_a_library("its header is damaged"));
    }
    let short = || not_a_library("it is cut short");
    file.seek(SeekFrom::Start(start)).map_err(|_| short())?;
    for _ in 0..count {
        let mut segment = [0; 56];
        file.read_exact(&mut segment).map_err(|_| short())?;
        let end = number(&segment, 8, 8).checked_add(number(&segment, 32, 8));
        if end.is_none_or(|end| end > size) {
            return Err(short());
        }
    }
    Ok(())
}

fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    bytes[at..at + length].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
