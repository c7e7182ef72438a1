//! The stub as a program. It says `listening IP:PORT` when clients can connect; it ends when its standard
//! input ends, at SIGTERM, or when the thread that started it ends, and then prints a line of JSON: what it did,
//! and the CPU time that it took.

use std::io::{self, Write};
use std::process::ExitCode;

use lab_stub::options::{Options, USAGE};
use lab_stub::server::Server;
use rustix::process::{Signal, set_parent_process_death_signal};
use rustix::time::{ClockId, clock_gettime};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("lab-stub: {message}\nusage: {USAGE}");
            return ExitCode::from(2);
        }
    };
    match serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lab-stub: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(options: &Options) -> io::Result<()> {
    let server = Server::bind(options)?;
    let stop = server.stop();
    stop.on_signal(Signal::TERM.as_raw())?;
    set_parent_process_death_signal(Some(Signal::TERM))?;
    // Epoll takes no files, and the standard input may be one.
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        stop.stop();
    });
    let mut out = io::stdout();
    writeln!(out, "listening {}", server.address())?;
    out.flush()?;
    let totals = server.run()?;
    let cpu = clock_gettime(ClockId::ProcessCPUTime);
    let cpu_ns = cpu.tv_sec * 1_000_000_000 + cpu.tv_nsec;
    writeln!(
        out,
        "{{\"cpu_ns\":{cpu_ns},\"connections\":{},\"requests\":{},\"bytes_in\":{},\"bytes_out\":{}}}",
        totals.connections, totals.requests, totals.bytes_in, totals.bytes_out
    )
}
