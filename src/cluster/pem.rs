//! PEM text, cut into its blocks. What is inside a block is OpenSSL's business.
//!
//! The C driver reads certificates until one fails, and is content if the first did not: a bundle
//! with a damaged one in the middle would lose all that follow without a word. So each block goes to C
//! on its own.

use std::ops::Range;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// One block, with its first and its last line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    pub(super) text: &'a str,
}

impl Block<'_> {
    pub(super) fn is_certificate(&self) -> bool {
        matches!(self.label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE")
    }

    pub(super) fn is_key(&self) -> bool {
        self.label.ends_with("PRIVATE KEY")
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.label.starts_with("ENCRYPTED ") || self.text.contains("Proc-Type: 4,ENCRYPTED")
    }
}

/// The blocks of `pem`, in order; text between them is nobody's. The error says what is wrong.
pub(super) fn blocks(pem: &[u8]) -> Result<Vec<Block<'_>>, String> {
    let Ok(text) = std::str::from_utf8(pem) else {
        return Err("this is no PEM text (DER is not read; OpenSSL's commands convert it with \
                    `-inform der`)"
            .to_owned());
    };
    let mut found = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    for (line, place) in lines(text) {
        if let Some(label) = between(line, BEGIN) {
            if let Some((label, _)) = open {
                return Err(cut_short(found.len(), label));
            }
            open = Some((label, place.start));
        } else if let (Some(label), Some((begun, start))) = (between(line, END), open) {
            if label != begun {
                return Err(cut_short(found.len(), begun));
            }
            found.push(Block { label, text: &text[start..place.end] });
            open = None;
        }
    }
    match open {
        Some((label, _)) => Err(cut_short(found.len(), label)),
        None if found.is_empty() => {
            Err("this is no PEM text: no line begins with `-----BEGIN`".to_owned())
        }
        None => Ok(found),
    }
}

fn cut_short(before: usize, label: &str) -> String {
    format!("block {} ({label}) is cut short: its `-----END` is missing", before + 1)
}

/// The lines, each with its place, its end included.
fn lines(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let place = start..start + line.len();
        start = place.end;
        (line.trim_end(), place)
    })
}

fn between<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    line.strip_prefix(before)?.strip_suffix(DASHES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "# a comment\n\
        -----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\r\n\
        between\n\
        -----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nBBBB\n-----END RSA PRIVATE KEY-----";

    #[test]
    fn blocks_are_found_between_other_text() {
        let found = blocks(TWO.as_bytes()).unwrap();
        assert_eq!(found.len(), 2);
        assert!(found[0].is_certificate() && !found[0].is_key());
        assert_eq!(
            found[0].text,
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\r\n"
        );
        assert!(found[1].is_key() && found[1].is_encrypted());
    }

    #[test]
    fn what_is_no_pem_is_told() {
        assert!(blocks(b"").unwrap_err().contains("no PEM"));
        assert!(blocks(b"\x30\x82\xff\xff").unwrap_err().contains("-inform der"));
        let cut = TWO.rsplit_once('\n').unwrap().0;
        let text = blocks(cut.as_bytes()).unwrap_err();
        assert!(text.contains("block 2 (RSA PRIVATE KEY) is cut short"), "{text}");
        let lost = TWO.replace("-----END CERTIFICATE-----", "");
        assert!(blocks(lost.as_bytes()).unwrap_err().contains("block 1 (CERTIFICATE)"));
    }
}
