//! How a server is told to end.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

/// Ends a server, from any thread.
#[derive(Clone, Debug)]
pub struct Stop(Arc<UnixStream>);

impl Stop {
    /// The two ends: of who stops, and of who is stopped.
    pub(crate) fn pair() -> io::Result<(Stop, UnixStream)> {
        let (stop, stopped) = UnixStream::pair()?;
        stop.set_nonblocking(true)?;
        Ok((Stop(Arc::new(stop)), stopped))
    }

    /// Ends the server. Does not wait for it.
    pub fn stop(&self) {
        // Fails only where the server is gone, or was told so often that the socket is full.
        let _ = (&*self.0).write(&[1]);
    }

    /// Ends the server when the process gets this signal.
    pub fn on_signal(&self, signal: i32) -> io::Result<()> {
        signal_hook::low_level::pipe::register(signal, self.0.try_clone()?).map(drop)
    }
}
