//! A node's process, from its start to its end; dropping this kills it.

use std::io;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::error::{Error, Result};

/// How long a node may take to drain and end.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);

pub(crate) struct Life {
    child: Child,
}

impl Life {
    pub(crate) fn new(child: Child) -> Self {
        Self { child }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended, if it has.
    pub(crate) fn exit_status(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().map_err(|e| Error::io("looking at the node", &e))
    }

    /// Sends a signal, if the process has not ended; says whether it had not.
    pub(crate) fn signal(&mut self, signal: Signal) -> Result<bool> {
        if self.exit_status()?.is_some() {
            return Ok(false);
        }
        // Not yet waited for, so the number is still the node's own.
        if let Some(pid) = Pid::from_raw(self.child.id() as i32) {
            kill_process(pid, signal)
                .map_err(|e| Error::io("sending the node a signal", &io::Error::from(e)))?;
        }
        Ok(true)
    }

    /// Stops all threads of the process where they are, and returns when they are; says whether the
    /// process had not ended.
    pub(crate) fn pause(&mut self) -> Result<bool> {
        if !self.signal(Signal::STOP)? {
            return Ok(false);
        }
        if let Some(pid) = Pid::from_raw(self.child.id() as i32) {
            let changed = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            waitid(WaitId::Pid(pid), changed)
                .map_err(|e| Error::io("pausing the node", &io::Error::from(e)))?;
        }
        Ok(true)
    }

    /// Ends the process at once and waits for that.
    pub(crate) fn kill(&mut self) -> Result<()> {
        let failed = |e: io::Error| Error::io("killing the node", &e);
        self.child.kill().map_err(failed)?;
        self.child.wait().map_err(failed)?;
        Ok(())
    }

    /// Lets the process end in order; one that was paused goes on for that.
    pub(crate) fn terminate(&mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        self.signal(Signal::CONT)?;
        let deadline = Instant::now() + STOP_TIMEOUT;
        while self.exit_status()?.is_none() {
            if Instant::now() >= deadline {
                self.kill()?;
                return Err(Error::StopTimeout { after: STOP_TIMEOUT });
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        // Fails only for a process that has been waited for already.
        let _ = self.kill();
    }
}
