//! What answers consist of, appended to a vector.

/// A `short`.
pub fn short(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&(value as u16).to_be_bytes());
}

/// An `int`.
pub fn int(out: &mut Vec<u8>, value: i32) {
    out.extend_from_slice(&value.to_be_bytes());
}

/// A `string`.
pub fn string(out: &mut Vec<u8>, value: &str) {
    short(out, value.len());
    out.extend_from_slice(value.as_bytes());
}

/// `short bytes`.
pub fn short_bytes(out: &mut Vec<u8>, value: &[u8]) {
    short(out, value.len());
    out.extend_from_slice(value);
}

/// `bytes`, which may be null.
pub fn bytes(out: &mut Vec<u8>, value: Option<&[u8]>) {
    match value {
        Some(value) => {
            int(out, value.len() as i32);
            out.extend_from_slice(value);
        }
        None => int(out, -1),
    }
}

/// A `string multimap`.
pub fn string_multimap(out: &mut Vec<u8>, entries: &[(&str, &[&str])]) {
    short(out, entries.len());
    for (key, values) in entries {
        string(out, key);
        short(out, values.len());
        for value in *values {
            string(out, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_bytes() {
        let mut out = Vec::new();
        string(&mut out, "ab");
        bytes(&mut out, Some(&[9]));
        bytes(&mut out, None);
        short_bytes(&mut out, &[7]);
        string_multimap(&mut out, &[("k", &["v"])]);
        #[rustfmt::skip]
        assert_eq!(out, [
            0x00, 0x02, b'a', b'b',
            0x00, 0x00, 0x00, 0x01, 0x09,
            0xFF, 0xFF, 0xFF, 0xFF,
            0x00, 0x01, 0x07,
            0x00, 0x01, 0x00, 0x01, b'k', 0x00, 0x01, 0x00, 0x01, b'v',
        ]);
    }
}
