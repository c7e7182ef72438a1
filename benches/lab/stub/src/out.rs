//! What is to be written to a connection: bytes of its own, with pieces of shared bytes between them that
//! are written from where they lie.

use std::collections::VecDeque;
use std::io::{self, IoSlice, Write};
use std::ops::Range;
use std::sync::Arc;

/// How many pieces one write takes at most.
const PIECES: usize = 64;

/// Bytes to be written. Empty, it costs nothing; its memory is kept from batch to batch.
#[derive(Debug, Default)]
pub struct Out {
    /// The bytes of its own, all of them since it was last empty.
    pub own: Vec<u8>,
    /// How many of `own` are written.
    written: usize,
    shared: VecDeque<Shared>,
}

/// Shared bytes, to be written when all of `own` before `at` is.
#[derive(Debug)]
struct Shared {
    at: usize,
    bytes: Arc<[u8]>,
    range: Range<usize>,
}

impl Out {
    /// Appends shared bytes, without a copy.
    pub fn share(&mut self, bytes: Arc<[u8]>, range: Range<usize>) {
        self.shared.push_back(Shared { at: self.own.len(), bytes, range });
    }

    /// Nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.written == self.own.len() && self.shared.is_empty()
    }

    /// Appends what another has, of which nothing is written yet.
    pub fn append(&mut self, other: Out) {
        let before = self.own.len();
        self.own.extend_from_slice(&other.own);
        self.shared.extend(
            other.shared.into_iter().map(|piece| Shared { at: before + piece.at, ..piece }),
        );
    }

    /// Writes until nothing is left or `writer` takes no more; returns how many bytes it took.
    pub fn write_to(&mut self, mut writer: impl Write) -> io::Result<u64> {
        let mut total = 0;
        while !self.is_empty() {
            let result = if self.shared.is_empty() {
                writer.write(&self.own[self.written..])
            } else {
                let mut pieces = [IoSlice::new(&[]); PIECES];
                let count = self.gather(&mut pieces);
                writer.write_vectored(&pieces[..count])
            };
            match result {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    total += count as u64;
                    self.advance(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(total),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.own.clear();
        self.written = 0;
        Ok(total)
    }

    fn gather<'a>(&'a self, pieces: &mut [IoSlice<'a>; PIECES]) -> usize {
        let (mut count, mut from) = (0, self.written);
        for piece in self.shared.iter().take(PIECES / 2 - 1) {
            if from < piece.at {
                pieces[count] = IoSlice::new(&self.own[from..piece.at]);
                count += 1;
                from = piece.at;
            }
            pieces[count] = IoSlice::new(&piece.bytes[piece.range.clone()]);
            count += 1;
        }
        let until = self.shared.get(PIECES / 2 - 1).map_or(self.own.len(), |piece| piece.at);
        if from < until {
            pieces[count] = IoSlice::new(&self.own[from..until]);
            count += 1;
        }
        count
    }

    fn advance(&mut self, mut count: usize) {
        while count > 0 {
            let until = self.shared.front().map_or(self.own.len(), |piece| piece.at);
            let own = count.min(until - self.written);
            self.written += own;
            count -= own;
            let Some(piece) = self.shared.front_mut().filter(|_| count > 0) else { continue };
            let shared = count.min(piece.range.len());
            piece.range.start += shared;
            count -= shared;
            if piece.range.is_empty() {
                self.shared.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes at once, and every second time none.
    struct Slow {
        taken: Vec<u8>,
        step: usize,
        blocked: bool,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.write_vectored(&[IoSlice::new(bytes)])
        }

        fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
            self.blocked = !self.blocked;
            if self.blocked {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let before = self.taken.len();
            let bytes = pieces.iter().flat_map(|piece| piece.iter()).take(self.step);
            self.taken.extend(bytes);
            Ok(self.taken.len() - before)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn bytes_leave_in_their_order_however_few_are_taken() {
        for step in [1, 2, 3, 7, 1000] {
            let (mut out, mut expected) = (Out::default(), Vec::new());
            let shared: Arc<[u8]> = (100..200).collect();
            for i in 0..100_usize {
                if i % 3 != 0 {
                    out.own.push(i as u8);
                    expected.push(i as u8);
                }
                if i % 2 == 0 {
                    out.share(shared.clone(), i..i + 1);
                    expected.push(shared[i]);
                }
            }
            let mut all = Out::default();
            all.own.push(7);
            all.append(out);
            expected.insert(0, 7);
            let mut slow = Slow { taken: Vec::new(), step, blocked: false };
            let mut total = 0;
            while !all.is_empty() {
                total += all.write_to(&mut slow).unwrap();
            }
            assert_eq!(slow.taken, expected);
            assert_eq!(total, expected.len() as u64);
            assert!(all.own.is_empty());
        }
    }
}
