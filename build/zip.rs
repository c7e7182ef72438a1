//! Takes single files out of a wheel (a zip archive), as far as the pinned wheels need it: stored
//! or deflated members, no zip64, no encryption. Trusts its input no further than not to crash on
//! it: the archive's hash was checked before.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// The content of the member called `name`.
pub fn member(archive: &[u8], name: &str) -> Option<Vec<u8>> {
    let end = archive.windows(4).rposition(|bytes| bytes == b"PK\x05\x06")?;
    let count = u16_at(archive, end + 10)?;
    let mut at = u32_at(archive, end + 16)?;
    for _ in 0..count {
        let (name_len, extra, comment) =
            (u16_at(archive, at + 28)?, u16_at(archive, at + 30)?, u16_at(archive, at + 32)?);
        if archive.get(at + 46..at + 46 + name_len)? == name.as_bytes() {
            return extract(archive, at);
        }
        at += 46 + name_len + extra + comment;
    }
    None
}

/// The content of the member whose entry in the directory is at `entry`.
fn extract(archive: &[u8], entry: usize) -> Option<Vec<u8>> {
    let (method, packed, size) =
        (u16_at(archive, entry + 10)?, u32_at(archive, entry + 20)?, u32_at(archive, entry + 24)?);
    let header = u32_at(archive, entry + 42)?;
    let start = header + 30 + u16_at(archive, header + 26)? + u16_at(archive, header + 28)?;
    let bytes = archive.get(start..start + packed)?;
    let content = match method {
        0 => bytes.to_vec(),
        8 => decompress_to_vec_with_limit(bytes, size).ok()?,
        _ => return None,
    };
    (content.len() == size).then_some(content)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}
