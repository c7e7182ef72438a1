//! Compares ways to turn a callback into a future, side by side in one run.
//!
//! `cargo run --release -- [--runs N] [--rounds N] [--json FILE]`, on a machine that is otherwise quiet.

mod burst;
mod contenders;
mod figures;
mod uncontended;

use std::fmt::Write;
use std::fs;
use std::process::Command;
use std::time::Duration;

use burst::{Burst, Runtime};
use contenders::*;
use figures::{Samples, median, ratio, runs};

/// A contender, its type erased.
struct Entry {
    name: &'static str,
    through_c: bool,
    uncontended: fn() -> f64,
    prepare_burst: fn(&tokio::runtime::Handle) -> Burst,
}

const fn entry<B: Bridge>() -> Entry {
    Entry {
        name: B::NAME,
        through_c: B::THROUGH_C,
        uncontended: uncontended::sample::<B>,
        prepare_burst: burst::prepare::<B>,
    }
}

/// Ours is the first.
const ENTRIES: [Entry; 8] = [
    entry::<Ours>(),
    entry::<ArcAtomicWaker>(),
    entry::<ArcMutex>(),
    entry::<TokioOneshot>(),
    entry::<TokioOneshotDirect>(),
    entry::<FuturesOneshot>(),
    entry::<FuturesOneshotDirect>(),
    entry::<Flume>(),
];

struct Options {
    runs: usize,
    rounds: usize,
    json: Option<String>,
}

fn main() -> Result<(), String> {
    let options = options()?;
    let machine = machine();
    for (what, value) in &machine {
        println!("{what:>16}: {value}");
    }
    println!("{:>16}: {} of {} rounds, interleaved", "runs", options.runs, options.rounds);

    let [requests] =
        interleaved(&options, |_| ENTRIES.map(|entry| move || [(entry.uncontended)()]));

    // One processor is the foreign thread's.
    let workers = std::thread::available_parallelism().map_or(1, |cpus| (cpus.get() - 1).max(1));
    let mut runtime = None;
    let [busy, idle, asleep, rounds] = interleaved(&options, |order| {
        // Another runtime and other tasks for each run: where they happen to lie in memory matters.
        let new = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).build();
        let new = runtime.insert(new.expect("a runtime starts"));
        let mut bursts = ENTRIES.map(|_| None);
        for &at in order {
            bursts[at] = Some((ENTRIES[at].prepare_burst)(new.handle()));
        }
        bursts.map(|burst| {
            let mut burst = burst.expect("the order has every contender");
            move || {
                let asleep = burst(Runtime::Asleep(Duration::from_micros(30)));
                let idle = burst(Runtime::JustIdle);
                let busy = burst(Runtime::Busy);
                [busy.callback, idle.callback, asleep.callback, idle.round]
            }
        })
    });
    drop(runtime);

    let results = [
        ("uncontended, ns a request", 0.6, requests),
        ("burst of 64 while the runtime is busy, ns of the foreign thread a callback", 0.95, busy),
        ("the same, the runtime just idle", 0.95, idle),
        ("the same, the runtime asleep for 30 us", 0.95, asleep),
        ("the runtime just idle, ns a request until all tasks wait again", 0.95, rounds),
    ];
    for (title, target, samples) in &results {
        show(title, *target, samples);
    }
    if let Some(path) = options.json {
        fs::write(&path, json(&machine, &results)).map_err(|error| format!("{path}: {error}"))?;
        println!("\nraw data: {path}");
    }
    Ok(())
}

fn options() -> Result<Options, String> {
    let mut options = Options { runs: 25, rounds: 200, json: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} takes a value"))?;
        let number = || value.parse().map_err(|_| format!("{name} takes a number, not {value}"));
        match name.as_str() {
            "--runs" => options.runs = number()?,
            "--rounds" => options.rounds = number()?,
            "--json" => options.json = Some(value),
            _ => return Err(format!("unknown option {name}: there are --runs, --rounds, --json")),
        }
    }
    options.runs = options.runs.max(1);
    options.rounds = options.rounds.max(1);
    Ok(options)
}

/// The samples of every contender, for each of `N` figures. `prepare` makes the contenders of a run, in the
/// order that it is given.
fn interleaved<const N: usize, F: FnMut() -> [f64; N]>(
    options: &Options,
    mut prepare: impl FnMut(&[usize]) -> [F; 8],
) -> [Vec<Samples>; N] {
    let mut samples = std::array::from_fn(|_| vec![Samples::new(); ENTRIES.len()]);
    let mut order: Vec<usize> = (0..ENTRIES.len()).collect();
    let mut shuffle = figures::shuffler();
    for run in 0..options.runs {
        shuffle(&mut order);
        let mut contenders = prepare(&order);
        for of_contender in samples.iter_mut().flatten() {
            of_contender.push(Vec::with_capacity(options.rounds));
        }
        // As many rounds again to warm up.
        for round in 0..options.rounds * 2 {
            shuffle(&mut order);
            for &at in &order {
                let figures = contenders[at]();
                if round < options.rounds {
                    continue;
                }
                for (samples, figure) in samples.iter_mut().zip(figures) {
                    samples[at][run].push(figure);
                }
            }
        }
    }
    samples
}

fn show(title: &str, target: f64, samples: &[Samples]) {
    let by_run: Vec<Vec<f64>> = samples.iter().map(runs).collect();
    println!("\n{title}");
    println!("  {:<28}{:>8}  ours / it, 95 % interval", "", "median");
    for (entry, figures) in ENTRIES.iter().zip(&by_run) {
        let ratio = ratio(&by_run[0], figures, target);
        print!("  {:<28}{:>8.1}", entry.name, median(figures));
        match entry.name {
            Ours::NAME => println!(),
            _ => println!("  {:.3}  [{:.3}, {:.3}]", ratio.median, ratio.low, ratio.high),
        }
    }
    for (which, all) in [("best of the others", false), ("best, boxes left out", true)] {
        let (best, figures) = ENTRIES
            .iter()
            .zip(&by_run)
            .skip(1)
            .filter(|(entry, _)| all || entry.through_c)
            .min_by(|a, b| median(a.1).total_cmp(&median(b.1)))
            .expect("there are others");
        let ratio = ratio(&by_run[0], figures, target);
        let verdict = match () {
            () if ratio.high <= target => "reached",
            () if ratio.low > target => "missed",
            () => "not decided",
        };
        println!(
            "  {which}: {}: {:.3} [{:.3}, {:.3}], at most {target}: {verdict} ({} of {} runs)",
            best.name, ratio.median, ratio.low, ratio.high, ratio.within.0, ratio.within.1
        );
    }
}

/// What the figures depend on.
fn machine() -> Vec<(&'static str, String)> {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown", |(_, model)| model.trim());
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let says = |command: &str, arguments: &[&str]| {
        let output = Command::new(command).args(arguments).output();
        output.map_or("unknown".into(), |output| {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        })
    };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut machine = vec![
        ("processor", format!("{cpus} x {model}")),
        ("kernel", says("uname", &["-sr"])),
        ("rustc", says("rustc", &["--version"])),
        ("load before", load.split(' ').take(3).collect::<Vec<_>>().join(" ")),
    ];
    // The lock file that this was built with.
    let lock = include_str!("../Cargo.lock");
    for name in ["atomic-waker", "callback-bridge", "flume", "futures-channel", "tokio"] {
        let version = lock.split("[[package]]").find_map(|package| {
            let mut lines = package.trim().lines();
            (lines.next()? == format!("name = \"{name}\"")).then_some(())?;
            lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
        });
        machine.push((name, version.unwrap_or("unknown").to_owned()));
    }
    machine
}

type Results = [(&'static str, f64, Vec<Samples>)];

/// Every sample, with what they were taken on.
fn json(machine: &[(&str, String)], results: &Results) -> String {
    let mut out = String::from("{\"machine\":{");
    for (at, (what, value)) in machine.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        write!(out, "{comma}{what:?}:{value:?}").expect("to a string");
    }
    out.push_str("},\"figures\":[");
    for (at, (title, target, samples)) in results.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        write!(out, "{comma}{{\"what\":{title:?},\"target\":{target},\"contenders\":[")
            .expect("to a string");
        for (at, (entry, samples)) in ENTRIES.iter().zip(samples).enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let (name, through_c) = (entry.name, entry.through_c);
            write!(out, "{comma}{{\"name\":{name:?},\"through_c\":{through_c},\"runs\":")
                .expect("to a string");
            write!(out, "{samples:.1?}}}").expect("to a string");
        }
        out.push_str("]}");
    }
    out.push_str("]}\n");
    out
}
