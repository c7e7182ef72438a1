//! Runs of a cell: a process for each client.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::matrix::Cell;
use super::output::Output;
use super::servers::Server;
use crate::Result;
use crate::client::Client;

/// No run takes nearly as long.
const LIMIT: Duration = Duration::from_secs(120);

pub struct Runs<'s> {
    server: &'s Server,
    /// Requests a second that each client came to with its best number in flight, for the open loop.
    best: HashMap<Client, f64>,
    /// The rate of each share, which stays what it was in the first round.
    rates: HashMap<u32, u64>,
    /// What failed, for the end.
    pub wrong: Vec<String>,
}

impl<'s> Runs<'s> {
    pub fn new(server: &'s Server) -> Self {
        Self { server, best: HashMap::new(), rates: HashMap::new(), wrong: Vec::new() }
    }

    /// Lets a server that compiles what it runs often do so.
    pub fn warm_up(&self) -> Result<()> {
        for cell in self.server.warm_up() {
            for &client in &cell.clients {
                self.run(&cell, client, 0, None, false)?;
            }
        }
        Ok(())
    }

    /// Each client once, the first one another in each round. In the first round each is run once more
    /// to count, where the cell says so.
    pub fn cell(&mut self, cell: &Cell, round: u32, output: &mut Output) -> Result<()> {
        let rate = cell.share.map(|share| self.rate(share)).transpose()?;
        let mut clients = cell.clients.clone();
        let first = round as usize % clients.len();
        clients.rotate_left(first);
        let mut sums: Vec<(Client, Value)> = Vec::new();
        for &client in &clients {
            let Some(record) = self.noted(cell, client, round, rate, false) else { continue };
            output.write(&record.to_string())?;
            sums.push((client, record["checksum"].clone()));
            self.remember(cell, client, &record);
        }
        if let Some((_, sum)) = sums.first() {
            let odd = sums.iter().find(|(_, other)| other != sum);
            if let Some((client, other)) = odd {
                self.wrong.push(format!("{cell}: {client} read {other}, another {sum}"));
            }
        }
        if cell.counted && round == 1 {
            for client in clients {
                if let Some(record) = self.noted(cell, client, round, rate, true) {
                    output.write(&record.to_string())?;
                }
            }
        }
        Ok(())
    }

    /// So many percent of what every client of the open loop came to in a closed one: the rate is the
    /// same for all, and none is asked for more than it can do.
    fn rate(&mut self, share: u32) -> Result<u64> {
        if let Some(rate) = self.rates.get(&share) {
            return Ok(*rate);
        }
        let best = Client::OPEN.iter().filter_map(|client| self.best.get(client)).copied();
        let least =
            best.min_by(f64::total_cmp).ok_or("an open loop wants a closed one before it")?;
        let rate = (least * f64::from(share) / 100.0) as u64;
        self.rates.insert(share, rate);
        Ok(rate)
    }

    fn remember(&mut self, cell: &Cell, client: Client, record: &Value) {
        if !cell.is_select() {
            return;
        }
        let figure = |name: &str| record[name].as_f64().unwrap_or(0.0);
        let rate = figure("requests") / figure("wall_ns").max(1.0) * 1e9;
        let best = self.best.entry(client).or_default();
        *best = best.max(rate);
    }

    /// A run that fails is told, and the others go on.
    fn noted(
        &mut self,
        cell: &Cell,
        client: Client,
        round: u32,
        rate: Option<u64>,
        count: bool,
    ) -> Option<Value> {
        match self.run(cell, client, round, rate, count) {
            Ok(record) => Some(record),
            Err(error) => {
                let text = format!("{cell}, {client}, round {round}: {error}");
                eprintln!("{text}");
                // A peer that cannot hold a rate is a result: its rounds are missing in the report.
                if cell.share.is_none() || !client.is_peer() {
                    self.wrong.push(text);
                }
                None
            }
        }
    }

    fn run(
        &self,
        cell: &Cell,
        client: Client,
        round: u32,
        rate: Option<u64>,
        count: bool,
    ) -> Result<Value> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["client", &client.to_string(), &cell.work.to_string()]);
        command.args(["--address", &self.server.address().to_string()]);
        command.args(["--server", self.server.name(), "--round", &round.to_string()]);
        let requests = match (count, rate) {
            (true, _) => (cell.requests / 10).max(2 * u64::from(cell.in_flight)),
            (false, Some(rate)) => rate * cell.requests,
            (false, None) => cell.requests,
        };
        let figures = [
            ("--in-flight", Some(u64::from(cell.in_flight))),
            ("--requests", Some(requests)),
            ("--page-size", cell.page_size.map(u64::from)),
            ("--prefetch", cell.prefetch.map(u64::from)),
            ("--rate", rate),
            ("--share", cell.share.map(u64::from)),
        ];
        for (name, figure) in figures {
            if let Some(figure) = figure {
                command.args([name, &figure.to_string()]);
            }
        }
        if count {
            command.arg("--count");
        }
        let output = said(command)?;
        Ok(serde_json::from_str(&output)?)
    }
}

/// What a process says, if it ends well and in time.
fn said(mut command: Command) -> Result<String> {
    let child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let pid = libc::pid_t::try_from(child.id())?;
    let output = in_time(child).ok_or_else(|| {
        // SAFETY: it is our child, and has not been waited for: the thread that does still waits.
        unsafe { libc::kill(pid, libc::SIGKILL) };
        format!("it did not end in {LIMIT:?}")
    })??;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}", output.status, words.trim()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn in_time(child: Child) -> Option<std::io::Result<std::process::Output>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || send.send(child.wait_with_output()));
    receive.recv_timeout(LIMIT).ok()
}
