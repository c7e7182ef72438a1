//! Locks between processes: a locked file, released by the kernel when its holder ends.
//!
//! The file stays when the lock is gone; what counts is the lock. Two handles exclude one another
//! inside one process too.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

/// How often a busy lock is tried again.
const RETRY: Duration = Duration::from_millis(50);

/// Opens the file that stands for a lock, and creates it if need be.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Takes the lock if nobody holds it.
pub(crate) fn try_take(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Waits for the lock until `deadline`; `false` when it is still held then.
pub(crate) fn take(file: &File, deadline: Instant) -> io::Result<bool> {
    loop {
        if try_take(file)? {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        thread::sleep(RETRY);
    }
}
