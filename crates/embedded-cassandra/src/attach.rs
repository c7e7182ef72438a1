//! Asks a running JVM through its attach socket, as `jcmd` does, but without needing a JDK.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long the JVM may take to open its socket.
const SOCKET_DEADLINE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

/// Runs the diagnostic command `command` in the JVM that is process `node`, whose working folder is
/// `folder`, and returns what it printed. Its answer may take `timeout`.
///
/// The protocol is HotSpot's: a version, a command and three arguments, each ended by a zero byte;
/// the answer is a line with a code, then text.
pub(crate) fn jcmd(
    node: u32,
    folder: &Path,
    command: &str,
    timeout: Duration,
) -> io::Result<String> {
    let mut stream = connect(node, folder)?;
    stream.set_write_timeout(Some(SOCKET_DEADLINE))?;
    stream.set_read_timeout(Some(timeout))?;
    stream.write_all(format!("1\0jcmd\0{command}\0\0\0").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.strip_prefix("0\n") {
        Some(printed) => Ok(printed.to_owned()),
        None => Err(io::Error::other(answer)),
    }
}

/// Connects to the JVM's socket, which the JVM always puts under `/tmp`, and removes the file: a
/// JVM that is killed would leave it. The JVM opens another for whoever comes next.
fn connect(node: u32, folder: &Path) -> io::Result<UnixStream> {
    let path = PathBuf::from(format!("/tmp/.java_pid{node}"));
    // The JVM takes SIGQUIT for a wish to be asked when it finds this file in its folder.
    let wish = folder.join(format!(".attach_pid{node}"));
    let mut signal = Some(Signal::QUIT);
    let deadline = Instant::now() + SOCKET_DEADLINE;
    let connected = loop {
        match UnixStream::connect(&path) {
            Ok(stream) => break Ok(stream),
            Err(error) if Instant::now() >= deadline => break Err(error),
            Err(_) => {}
        }
        if let (Some(signal), Some(pid)) = (signal.take(), Pid::from_raw(node as i32)) {
            File::create(&wish)?;
            kill_process(pid, signal)?;
        }
        thread::sleep(POLL);
    };
    let _ = fs::remove_file(&wish);
    let _ = fs::remove_file(&path);
    connected
}
