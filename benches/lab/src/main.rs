//! The laboratory: this client and its peers at the same work, each run a process of its own.
//!
//! `lab short` and `lab whole` run the matrix; `lab client NAME WORK …` is one run of it, and prints one
//! record. See `benches/lab/run`.

mod client;
mod executor;
mod job;
mod measure;
mod options;
mod record;
mod runner;
mod work;

use std::process::ExitCode;

/// What a mistake is here: a text for the terminal.
type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Error> = std::result::Result<T, E>;

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lab: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    match arguments.split_first() {
        Some((word, rest)) if word == "client" => {
            let job = job::Job::parse(rest)?;
            println!("{}", client::run(&job)?);
            Ok(())
        }
        Some((word, rest)) if word == "short" || word == "whole" => {
            runner::run(word.parse()?, rest)
        }
        Some((word, [])) if word == "cassandra" => runner::serve(),
        _ => Err(USAGE.into()),
    }
}

const USAGE: &str = "\
lab short|whole [--into FOLDER] [--rounds N] [--only PART]
lab client NAME WORK --address IP:PORT [--in-flight N] [--requests N] [--page-size N] [--prefetch N]
    [--rate PER_SECOND] [--server NAME] [--round N] [--share PERCENT] [--count]
lab cassandra: a node with the tables of the works, until standard input ends
  NAME: c driver-threads tokio-mt tokio-ct tokio-mt-queue tokio-ct-queue async-std smol threads cassandra-cpp scylla cdrs-tokio
  WORK: select insert select-1k insert-1k select-100k insert-100k fan-out stream stream-borrowed
        connect prepare open-select";
