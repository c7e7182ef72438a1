//! The kind of key in a PEM block, where it can be seen.
//!
//! OpenSSL keeps one certificate and one key of each kind, and does not compare those of different
//! kinds: a certificate with a key of another kind would never be shown, without a word. So kinds are
//! compared here, by the algorithm's identifier inside the block. An encrypted key shows none, and a
//! block that shows more than one is left alone.

use super::pem::Block;

/// Names and DER-encoded identifiers of the algorithms of public keys.
const KINDS: [(&str, &[u8]); 4] = [
    ("RSA", &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]),
    ("EC", &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]),
    ("Ed25519", &[6, 3, 0x2b, 0x65, 0x70]),
    ("Ed448", &[6, 3, 0x2b, 0x65, 0x71]),
];

/// The kind of the key that a certificate is for, or that a key is.
pub(super) fn of(block: &Block<'_>) -> Option<&'static str> {
    match block.label {
        "RSA PRIVATE KEY" => return Some("RSA"),
        "EC PRIVATE KEY" => return Some("EC"),
        _ => {}
    }
    let der = decode(block.text);
    let mut found = KINDS.iter().filter(|(_, id)| der.windows(id.len()).any(|part| part == *id));
    match (found.next(), found.next()) {
        (Some((name, _)), None) => Some(name),
        _ => None,
    }
}

/// The bytes of a block's lines, as far as they are base64.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for line in text.lines().filter(|line| !line.starts_with('-')) {
        for value in line.bytes().filter_map(value) {
            bits = bits << 6 | u32::from(value);
            count += 6;
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count) as u8);
            }
        }
    }
    bytes
}

fn value(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'a'..=b'z' => Some(character - b'a' + 26),
        b'0'..=b'9' => Some(character - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(label: &str, base64: &str) -> Option<&'static str> {
        let text = format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n");
        of(&Block { label, text: &text })
    }

    #[test]
    fn kinds_are_seen_where_they_can_be() {
        // The beginnings of PKCS#8 keys.
        assert_eq!(kind("PRIVATE KEY", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEH"), Some("EC"));
        assert_eq!(kind("PRIVATE KEY", "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgw"), Some("RSA"));
        assert_eq!(kind("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEIA=="), Some("Ed25519"));
        assert_eq!(kind("RSA PRIVATE KEY", "AAAA"), Some("RSA"));
        assert_eq!(
            kind("ENCRYPTED PRIVATE KEY", "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAc"),
            None
        );
        // An RSA key in a certificate signed with Ed25519: two identifiers.
        assert_eq!(kind("CERTIFICATE", "BgkqhkiG9w0BAQEGAytlcA=="), None);
    }
}
