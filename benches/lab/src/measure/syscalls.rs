//! System calls, counted by `strace` where it is installed: it is attached to this process for the length
//! of the work. It slows the process a good deal, so this is for runs of their own, and where requests are
//! gathered into one write, a slower process may gather more of them.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;

pub struct Trace {
    strace: Child,
    summary: PathBuf,
}

impl Trace {
    /// `None` where there is no `strace`, or where it may not look.
    pub fn attach() -> Result<Option<Self>> {
        let own = std::process::id().to_string();
        let summary = std::env::temp_dir().join(format!("lab-syscalls-{own}"));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-c", "-U", "calls", "-p", &own, "-o"]).arg(&summary);
        strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(mut strace) = strace.spawn() else { return Ok(None) };
        let until = Instant::now() + Duration::from_secs(5);
        while !traced() {
            if strace.try_wait()?.is_some() || Instant::now() > until {
                let _ = strace.kill();
                strace.wait()?;
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(Some(Self { strace, summary }))
    }

    /// Ends it, and reads what it counted.
    pub fn detach(mut self) -> Result<u64> {
        let pid = libc::pid_t::try_from(self.strace.id())?;
        // SAFETY: it is our child, which has not been waited for.
        unsafe { libc::kill(pid, libc::SIGINT) };
        self.strace.wait()?;
        let text = fs::read_to_string(&self.summary)?;
        fs::remove_file(&self.summary)?;
        Ok(total(&text).ok_or("strace did not say how many calls there were")?)
    }
}

/// Whether every thread of this process has a tracer.
fn traced() -> bool {
    let Ok(threads) = fs::read_dir("/proc/self/task") else { return false };
    threads.flatten().all(|thread| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
        tracer.is_some_and(|pid| pid.trim() != "0")
    })
}

/// The last line of a summary with one column of figures.
fn total(summary: &str) -> Option<u64> {
    summary
        .lines()
        .rev()
        .find(|line| line.ends_with("total"))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}
