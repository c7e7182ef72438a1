//! Where a page starts, as a value that can leave the process.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The longest text that is looked at. A state has a partition key of at most 64 KiB in it, and a
/// clustering key of as much.
const MOST_LETTERS: usize = 1 << 20;

/// Where a page starts, as the server told.
///
/// It belongs to one statement with one set of values: used with others, the server answers with an
/// error or, worse, with other rows. It may be kept, given to another process, and used more than once,
/// as long as the table is there.
///
/// # As text
/// `to_string` gives URL-safe base64 (letters, digits, `-`, `_`) with a check sum, a third longer than
/// the state and six letters more; `parse` refuses what is damaged, cut short or no such text, with
/// [`ErrorKind::PagingState`], before anything is sent.
///
/// # Trust
/// The server trusts it: it is a place in a table, and it may hold values of a key. The check sum finds
/// accidents and no intent. What a client could change needs a signature of yours, over the text
/// together with the values that it belongs to; what a client should not read needs encryption.
///
/// ```
/// use async_cassandra::PagingState;
///
/// let state = PagingState::from_bytes(&[1, 2, 3]);
/// let token = state.to_string();
/// assert_eq!(token.parse::<PagingState>()?, state);
/// assert!("AQIDx".parse::<PagingState>().is_err());
/// # Ok::<(), async_cassandra::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PagingState(Arc<[u8]>);

impl PagingState {
    /// A state from the server's own bytes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The server's own bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PagingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PagingState({self})")
    }
}

impl fmt::Display for PagingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0.to_vec();
        bytes.extend(check_sum(&self.0));
        for chunk in bytes.chunks(3) {
            let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
            let word = word << (8 * (3 - chunk.len()));
            for at in 0..=chunk.len() {
                let six = word >> (18 - 6 * at) & 63;
                write!(f, "{}", char::from(ALPHABET[six as usize]))?;
            }
        }
        Ok(())
    }
}

impl FromStr for PagingState {
    type Err = Error;

    fn from_str(token: &str) -> Result<Self, Error> {
        let damaged = || Error::new(ErrorKind::PagingState, "the text is damaged or cut short");
        // Nobody's state is that long, and a text from outside is no reason to allocate any amount.
        if token.len() > MOST_LETTERS {
            let text = format!("{} letters are more than any server's state has", token.len());
            return Err(Error::new(ErrorKind::PagingState, text));
        }
        let mut bytes = decode(token).ok_or_else(damaged)?;
        let at = bytes.len().checked_sub(4).ok_or_else(damaged)?;
        let sum = bytes.split_off(at);
        if sum != check_sum(&bytes) {
            return Err(damaged());
        }
        Ok(Self(bytes.into()))
    }
}

fn decode(token: &str) -> Option<Vec<u8>> {
    if token.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(token.len() / 4 * 3 + 2);
    for chunk in token.as_bytes().chunks(4) {
        let mut word = 0_u32;
        for letter in chunk {
            let six = ALPHABET.iter().position(|known| known == letter)?;
            word = word << 6 | six as u32;
        }
        word <<= 6 * (4 - chunk.len());
        let [_, first, second, third] = word.to_be_bytes();
        // Bits that stand for no byte: one state has one text.
        if [first, second, third].iter().skip(chunk.len() - 1).any(|bits| *bits != 0) {
            return None;
        }
        bytes.extend([first, second, third].into_iter().take(chunk.len() - 1));
    }
    Some(bytes)
}

/// FNV-1a with 32 bits: finds a slip, stops no attacker.
fn check_sum(bytes: &[u8]) -> [u8; 4] {
    let step = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(0x811c_9dc5, step).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_survives() {
        for length in 0..100 {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 37) as u8).collect();
            let state = PagingState::from_bytes(&bytes);
            assert_eq!(state.to_string().parse::<PagingState>().unwrap().as_bytes(), bytes);
        }
    }

    #[test]
    fn damage_is_refused() {
        let token = PagingState::from_bytes(b"page 2 of 7").to_string();
        for at in 0..token.len() {
            let mut broken = token.clone().into_bytes();
            broken[at] = if broken[at] == b'A' { b'B' } else { b'A' };
            let broken = String::from_utf8(broken).unwrap();
            assert!(broken.parse::<PagingState>().is_err(), "{broken}");
            assert!(token[..at].parse::<PagingState>().is_err());
        }
        for text in ["", "A", "ä+/=", &"A".repeat(MOST_LETTERS + 4)] {
            let error = text.parse::<PagingState>().unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::PagingState);
        }
    }

    #[test]
    fn one_state_has_one_text() {
        for length in 0..10 {
            let token = PagingState::from_bytes(&vec![7; length]).to_string();
            let (last, rest) = token.as_bytes().split_last().unwrap();
            for other in ALPHABET.iter().filter(|letter| *letter != last) {
                let mut text = rest.to_vec();
                text.push(*other);
                let text = String::from_utf8(text).unwrap();
                assert!(text.parse::<PagingState>().is_err(), "{text} beside {token}");
            }
        }
    }
}
