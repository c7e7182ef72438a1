//! Callback latency, which a program of its own measures on the fake driver.

use std::process::{Command, Stdio};

use super::{Form, Output};
use crate::Result;

/// The name that `--only` knows it by.
pub const NAME: &str = "callback latency";

/// Runs the program, and keeps the records that it prints.
pub fn run(form: Form, rounds: u32, output: &mut Output) -> Result<()> {
    let program = std::env::current_exe()?.with_file_name("lab-callback");
    let mut command = Command::new(&program);
    command.args(["--rounds", &rounds.to_string()]).stderr(Stdio::inherit());
    if form == Form::Short {
        command.arg("--short");
    }
    let done = command.output().map_err(|error| format!("{}: {error}", program.display()))?;
    for record in String::from_utf8(done.stdout)?.lines() {
        output.write(record)?;
    }
    match done.status.success() {
        true => Ok(()),
        false => Err(format!("{}: {}", program.display(), done.status).into()),
    }
}
