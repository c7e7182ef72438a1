//! The stub, from the program beside this one.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::Result;

pub struct Stub {
    process: Child,
    /// Kept open: it says at its end what it did.
    _output: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Stub {
    pub fn start() -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("lab-stub");
        let mut command = Command::new(&program);
        // It ends when its input does, so with this process too.
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process =
            command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut line = String::new();
        output.read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening ").ok_or("the stub did not start")?;
        Ok(Self { address: address.parse()?, process, _output: output })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It may have ended by itself.
        let _ = self.process.wait();
    }
}
