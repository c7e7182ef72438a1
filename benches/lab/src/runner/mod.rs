//! Runs the matrix: every cell in every round, and in every cell each client once, in a process of its own,
//! in an order that moves on from round to round. What is compared was run within seconds of each other.

mod about;
mod callback;
mod matrix;
mod output;
mod run;
mod servers;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::options::Options;
use crate::{Error, Result};

use matrix::Cell;
use output::Output;
use run::Runs;
use servers::Server;

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Short,
    Whole,
}

impl std::str::FromStr for Form {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "short" => Ok(Self::Short),
            "whole" => Ok(Self::Whole),
            _ => Err(format!("there is no form {name}").into()),
        }
    }
}

/// `--into FOLDER`, `--rounds N`, and `--only PART` of a cell's name.
pub fn run(form: Form, arguments: &[String]) -> Result<()> {
    let mut options = Options::parse(arguments, &[])?;
    let folder: Option<PathBuf> = options.optional("into")?;
    let rounds: u32 = options.optional("rounds")?.unwrap_or(5);
    let only: String = options.optional("only")?.unwrap_or_default();
    options.finish()?;
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/lab"));

    let mut output = Output::create(&folder)?;
    output.write(&about::line(form)?)?;
    let started = Instant::now();
    let mut wrong = Vec::new();
    for server in ["stub", "cassandra"] {
        let mut cells = matrix::cells(form, server);
        cells.retain(|cell| cell.to_string().contains(&only));
        if cells.is_empty() {
            continue;
        }
        eprintln!("{server}: {} cells, {rounds} rounds", cells.len());
        let server = Server::start(server)?;
        let mut runs = Runs::new(&server);
        runs.warm_up()?;
        let (closed, open): (Vec<Cell>, Vec<Cell>) =
            cells.into_iter().partition(|cell| cell.share.is_none());
        for round in 1..=rounds {
            let at = started.elapsed().as_secs();
            eprintln!("{} round {round}, {} min {} s", server.name(), at / 60, at % 60);
            for cell in closed.iter().chain(&open) {
                runs.cell(cell, round, &mut output)?;
            }
        }
        wrong.append(&mut runs.wrong);
    }
    if callback::NAME.contains(&only) {
        eprintln!("{}, {rounds} rounds", callback::NAME);
        callback::run(form, rounds, &mut output)?;
    }
    let records = output.finish()?;
    let written = lab_report::write(&records, &folder)?;
    for note in &written.notes {
        eprintln!("noticed: {note}");
    }
    for file in &written.files {
        println!("{}", file.display());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{} runs went wrong:\n{}", wrong.len(), wrong.join("\n")).into())
}

/// Starts a node that clients can be tried against by hand, until standard input ends.
pub fn serve() -> Result<()> {
    let server = Server::start("cassandra")?;
    println!("listening {}", server.address());
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(())
}
