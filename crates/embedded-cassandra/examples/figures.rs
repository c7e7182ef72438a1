//! Measures what the crate's page says about time and memory. `cargo run --release --example
//! figures -- RUNS` prints the least and the greatest of so many runs.

use std::time::{Duration, Instant};

use embedded_cassandra::{Authority, Cassandra, Error, Tls};

fn main() -> Result<(), Error> {
    let runs = std::env::args().nth(1).and_then(|runs| runs.parse().ok()).unwrap_or(3);
    // The first start of all also downloads and archives.
    for version in ["5.0.8", "4.1.10", "4.0.17"] {
        drop(Cassandra::builder().version(version).start()?);
    }
    let mut figures = Figures::default();
    for _ in 0..runs {
        let one = figures.time("one durable node", Cassandra::start)?;
        figures.memory("one durable node", &[&one]);
        figures.time("a change of the schema", || one.create_keyspace())?;
        figures.time("its orderly stop", || one.stop())?;
        figures.time("its restart", || one.restart())?;
        figures.time("its drop", || {
            drop(one);
            Ok(())
        })?;
        let fast = Cassandra::builder().fast_schema(true);
        let fast = figures.time("one with fast_schema", || fast.start())?;
        figures.time("a change of the schema with fast_schema", || fast.create_keyspace())?;
        drop(fast);
        let three = figures.time("three nodes", || Cassandra::builder().start_cluster(3))?;
        figures.memory("three nodes, each", &three.nodes().iter().collect::<Vec<_>>());
        figures.time("a kill and a restart, until all agree", || {
            three[1].kill()?;
            three[1].restart()?;
            three.wait_until_ready()
        })?;
        figures.time("a stop of all three", || three.stop())?;
        drop(three);
        let mut two = Cassandra::builder().start_cluster(2)?;
        figures.time("nodetool status", || two[0].nodetool(&["status"]))?;
        figures.time("a node joins", || two.add().map(drop))?;
        figures.time("a node leaves", || two.decommission(0))?;
        drop(two);
        for version in ["4.1.10", "4.0.17"] {
            let older = Cassandra::builder().version(version);
            let older = figures.time(version, || older.start())?;
            figures.memory(version, &[&older]);
        }
        let locked = Cassandra::builder().auth(true).tls(Tls::issued_by(&Authority::new()));
        figures.time("one with passwords and TLS", || locked.start())?;
    }
    figures.print();
    Ok(())
}

#[derive(Default)]
struct Figures(Vec<(String, Vec<f64>)>);

impl Figures {
    fn time<T>(&mut self, what: &str, act: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let began = Instant::now();
        let outcome = act()?;
        self.add(format!("{what}: s"), Duration::as_secs_f64(&began.elapsed()));
        Ok(outcome)
    }

    fn memory(&mut self, what: &str, nodes: &[&Cassandra]) {
        for node in nodes {
            let status = std::fs::read_to_string(format!("/proc/{}/status", node.pid()));
            let kib = status.ok().and_then(|status| {
                let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
                line.trim().strip_suffix(" kB")?.parse::<f64>().ok()
            });
            self.add(format!("{what}: MB resident"), kib.unwrap_or(f64::NAN) * 1.024 / 1000.0);
        }
    }

    fn add(&mut self, what: String, figure: f64) {
        match self.0.iter_mut().find(|(known, _)| *known == what) {
            Some((_, figures)) => figures.push(figure),
            None => self.0.push((what, vec![figure])),
        }
    }

    fn print(&self) {
        for (what, figures) in &self.0 {
            let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
            let greatest = figures.iter().copied().fold(0.0, f64::max);
            println!("{least:8.2} … {greatest:8.2}  {what}");
        }
    }
}
