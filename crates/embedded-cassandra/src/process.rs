//! Children that die with this process, however it ends.
//!
//! Linux sends a child its parent-death signal when the *thread* that forked it ends, so every
//! child is forked by one thread that lives as long as the process: a test's thread, or the
//! worker of a runtime, may end long before the node does. Costs one parked thread per process.
//!
//! They cannot lock memory either. Cassandra locks all it has mapped where it may, as root may: that
//! is for servers, and makes a node of tests twice as large (440 MB where 250 are used).
//!
//! This module holds the crate's only `unsafe` code: there is no safe way to run something between
//! `fork` and `exec`, and nothing else closes the gap in which a child would outlive its parent.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::thread;

use rustix::process::{
    Resource, Rlimit, Signal, getpid, getppid, getrlimit, set_parent_process_death_signal,
    setrlimit,
};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};

struct Job {
    command: Command,
    reply: SyncSender<io::Result<Child>>,
}

static SPAWNER: OnceLock<Sender<Job>> = OnceLock::new();

/// Starts `command` in a process group of its own, so that Ctrl-C reaches this program and not
/// the child; the child is killed when this process ends.
///
/// Blocks until the child has called `exec`, or has failed to.
pub(crate) fn spawn(mut command: Command) -> io::Result<Child> {
    command.process_group(0);
    prepare(&mut command);
    let (reply, answer) = sync_channel(1);
    let gone = || io::Error::other("the thread that starts processes is gone");
    spawner()?.send(Job { command, reply }).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}

fn spawner() -> io::Result<&'static Sender<Job>> {
    if let Some(sender) = SPAWNER.get() {
        return Ok(sender);
    }
    let (sender, jobs) = channel::<Job>();
    thread::Builder::new().name("embedded-cassandra".into()).spawn(move || {
        for mut job in jobs {
            // Nobody waits any more if the reply fails; the child then dies with the process.
            let _ = job.reply.send(job.command.spawn());
        }
    })?;
    // Of two threads that race here one loses: its channel closes and its thread ends, unused.
    Ok(SPAWNER.get_or_init(|| sender))
}

fn prepare(command: &mut Command) {
    let parent = getpid();
    let none = Rlimit { current: Some(0), ..getrlimit(Resource::Memlock) };
    let arm = move || {
        // Who may not do the first has no such capability to lose.
        let _ = remove_capability_from_bounding_set(CapabilitySet::IPC_LOCK);
        let _ = setrlimit(Resource::Memlock, none);
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // The parent may have died before the line above; then the signal will never come.
        if getppid() == Some(parent) { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    };
    // SAFETY: `arm` runs between fork and exec, where only async-signal-safe calls are allowed. It
    // makes four system calls (prctl twice, setrlimit, getppid) and builds errors from plain
    // integers: it takes no lock, allocates nothing and touches no memory that another thread could
    // have left half written.
    unsafe { command.pre_exec(arm) };
}
