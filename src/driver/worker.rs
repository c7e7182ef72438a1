//! A thread that does one kind of job, one after the other, as long as the process lives.
//!
//! Cost: an unbounded queue (one lock, never a wait for the thread to take something) and a thread
//! switch a job. The thread starts once, before the first session, so that no callback has to.

use std::sync::{Mutex, OnceLock, PoisonError};

use callback_bridge::contain;
use flume::Sender;

use crate::error::{Error, ErrorKind, Result};

pub(crate) struct Worker<T: 'static> {
    name: &'static str,
    job: fn(T),
    queue: OnceLock<Sender<T>>,
    starting: Mutex<()>,
}

impl<T: Send + 'static> Worker<T> {
    pub(crate) const fn new(name: &'static str, job: fn(T)) -> Self {
        Self { name, job, queue: OnceLock::new(), starting: Mutex::new(()) }
    }

    /// Starts the thread, if it does not run yet.
    pub(crate) fn start(&self) -> Result<()> {
        let _one = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.queue.get().is_some() {
            return Ok(());
        }
        let (sender, receiver) = flume::unbounded::<T>();
        let job = self.job;
        let thread = std::thread::Builder::new().name(self.name.into()).spawn(move || {
            for item in receiver {
                contain(|| job(item));
            }
        });
        match thread {
            Ok(_) => {
                self.queue.set(sender).unwrap_or_else(|_| unreachable!("started under a lock"))
            }
            Err(error) => {
                let text = format!("the system starts no thread for the {}", self.name);
                return Err(Error::new(ErrorKind::Driver, text).with_source(error));
            }
        }
        Ok(())
    }

    /// Gives the thread a job. Never waits.
    pub(crate) fn send(&self, item: T) {
        let queue = self.queue.get().expect("every connect starts the workers first");
        // The thread lives as long as the process, so the queue is never closed.
        let _ = queue.send(item);
    }
}
