//! Callback latency: from the moment the C driver calls back to the moment the task runs; and what the
//! callback costs the driver's I/O thread.
//!
//! Against the fake driver, whose answers carry the time at which their callback was called, each its own.
//! Its I/O thread answers in bursts, as a driver does that reads many answers from one socket: when 16
//! requests have come, or 200 µs after the first.
//!
//! - *idle*: one task, one request at a time. Executor and threads have gone to sleep in the 200 µs.
//! - *busy*, *busy-1024*: 64 and 1,024 tasks, each with a request in flight. A task that is woken waits for
//!   those before it: this is latency with a queue in it.
//!
//! The time ends where the task has its page: what the library does in that poll is in it. The I/O
//! thread's time is what the callback takes, waking included. On the driver's threads (`driver-threads`)
//! the task itself runs in there, up to its next request, which takes no other thread. `c` is a callback that does
//! nothing: the floor of what is measured.
//!
//! `lab-callback [--rounds N] [--short]` prints the lab's JSON records, one line for each round, load and
//! client; five rounds without a word. Every run is a process of its own; rounds are interleaved. A short run is
//! a quarter of a whole one.

mod executor;
mod floor;
mod load;
mod options;
mod record;
mod task;

use std::process::{Command, ExitCode};

use async_cassandra::Session;

use crate::load::Load;
use crate::options::{Options, Run};

/// Threads of the executors that have a pool: they take it from the environment, but for tokio's.
const THREADS: usize = 2;

fn main() -> ExitCode {
    let done = match Options::parse(std::env::args().skip(1)) {
        Ok(Options::All { rounds, short }) => all(rounds, short),
        Ok(Options::One(run)) => {
            println!("{}", one(&run));
            Ok(())
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Every round of every load and client, each in a process of its own, whose output is ours.
fn all(rounds: u64, short: bool) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut clients: Vec<&str> = std::iter::once(floor::NAME).chain(executor::NAMES).collect();
    for round in 1..=rounds {
        for load in Load::ALL {
            for client in &clients {
                let run = Run { client: (*client).to_owned(), load, round, short };
                let status = Command::new(&program)
                    .args(run.arguments())
                    .env("ASYNC_STD_THREAD_COUNT", THREADS.to_string())
                    .env("SMOL_THREADS", THREADS.to_string())
                    .status()
                    .map_err(|error| error.to_string())?;
                if !status.success() {
                    return Err(format!("{:?}: {status}", run.arguments()));
                }
            }
        }
        // Nobody is always the first, or always after the same one's heat.
        clients.rotate_left(1);
    }
    Ok(())
}

fn one(run: &Run) -> serde_json::Value {
    let (tasks, requests) = (run.load.tasks(), run.load.requests(run.short));
    if run.client == floor::NAME {
        floor::run(tasks, requests);
        return record::record(run, &[], &fake_driver::callback_times());
    }
    async_cassandra::driver::load_from(fake_driver::path()).expect("the fake driver loads");
    let session = pollster::block_on(Session::builder().contact_points(["bursts"]).connect());
    let session = session.expect("the fake driver connects");
    let prepared = pollster::block_on(session.prepare("STAMP")).expect("it is understood");
    let latencies =
        executor::run(&run.client, &session, tasks, || task::latencies(prepared.clone(), requests));
    let times = fake_driver::callback_times();
    pollster::block_on(session.close()).expect("it closes");
    record::record(run, &latencies, &times)
}
