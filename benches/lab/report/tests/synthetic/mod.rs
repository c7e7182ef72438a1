//! Records as a session would leave them, drawn from a seed: figures of the size that the prototypes had.

use serde_json::{Value, json};

/// Every client, with what a request costs it in µs of CPU: against the stub, against Cassandra.
const CLIENTS: [(&str, f64, f64); 10] = [
    ("c", 1.32, 14.2),
    ("driver-threads", 1.33, 14.6),
    ("tokio-mt", 1.60, 21.5),
    ("tokio-ct", 1.52, 18.0),
    ("async-std", 1.95, 26.0),
    ("smol", 1.75, 24.0),
    ("threads", 2.15, 29.0),
    ("cassandra-cpp", 1.81, 25.1),
    ("scylla", 1.95, 12.2),
    ("cdrs-tokio", 2.60, 17.0),
];

const LEVELS: [(u64, f64); 6] =
    [(1, 9.0), (16, 1.7), (64, 1.0), (256, 0.88), (1024, 0.85), (4096, 0.93)];

/// A sequence of numbers that a seed decides (SplitMix64).
struct Draw(u64);

impl Draw {
    /// The next number, from 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A factor around one.
    fn about_one(&mut self, spread: f64) -> f64 {
        1.0 + spread * (self.next() + self.next() + self.next() - 1.5)
    }

    /// A histogram around a median, with a tail.
    fn latencies(&mut self, median_ns: f64, tail: f64, samples: u32) -> Value {
        let mut buckets = std::collections::BTreeMap::new();
        for _ in 0..samples {
            let mut ns = median_ns * (0.35 * (self.next() + self.next() + self.next() - 1.5)).exp();
            if self.next() < 0.02 {
                ns *= 1.0 - tail * self.next().max(1e-9).ln();
            }
            // Two digits, as a histogram of two would keep.
            let digit = 10_f64.powf(ns.log10().floor() - 1.0);
            *buckets.entry(((ns / digit).round() * digit) as u64).or_insert(0_u64) += 1;
        }
        let mut seen = 0;
        let mut at = |share: f64| {
            seen = 0;
            buckets
                .iter()
                .find(|(_, count)| {
                    seen += **count;
                    seen as f64 >= share * f64::from(samples)
                })
                .map(|(value, _)| *value)
        };
        json!({
            "latency_ns": {"p50": at(0.5), "p99": at(0.99), "p999": at(0.999), "max": at(1.0)},
            "latency_histogram": buckets.iter().collect::<Vec<_>>(),
        })
    }
}

fn with(mut record: Value, more: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut record, more) else { unreachable!() };
    fields.extend(more);
    record
}

/// What runs cost, and what they are of.
fn run(draw: &mut Draw, server: &str, client: &str, cpu_us: f64, requests: u64) -> Value {
    let noise = draw.about_one(0.04);
    let cpu = cpu_us * noise * 1e3 * requests as f64;
    let rust = client != "c";
    let allocations = if rust { Some((2.4 * requests as f64) as u64) } else { None };
    json!({
        "server": server, "client": client, "requests": requests,
        "wall_ns": (cpu * 0.8) as u64,
        "user_ns": (cpu * 0.62) as u64, "system_ns": (cpu * 0.38) as u64,
        "voluntary_switches": (requests as f64 * 0.02 * draw.about_one(0.5)) as u64,
        "involuntary_switches": requests / 4_000,
        "syscalls": null,
        "allocations": allocations,
        "allocated_bytes": allocations.map(|count| count * 190),
        "peak_rss_kib": (14_000.0 * draw.about_one(0.05)) as u64,
        "rss_before_kib": 11_000,
    })
}

/// The records of a whole session, a line each.
pub fn session(seed: u64, rounds: u64) -> Vec<Value> {
    let mut draw = Draw(seed);
    let mut lines = vec![json!({"about": {
        "machine": "a made-up processor, 2 cores, 8 GiB, Linux 6.1", "date": "2026-12-01", "form": "whole",
        "versions": {"async-cassandra": "0.1.0", "c driver": "2.16.2", "cassandra-cpp": "3.0.2",
            "scylla": "1.9.0", "cdrs-tokio": "9.0.0", "cassandra": "5.0.8", "rustc": "1.95.0"},
    }})];
    for round in 1..=rounds {
        for server in ["stub", "cassandra"] {
            for (client, stub, cassandra) in CLIENTS {
                let base = if server == "stub" { stub } else { cassandra };
                requests(&mut draw, &mut lines, server, client, base, round);
                streams(&mut draw, &mut lines, server, client, base, round);
                once(&mut draw, &mut lines, server, client, round);
                open_loop(&mut draw, &mut lines, server, client, base, round);
            }
        }
        callbacks(&mut draw, &mut lines, round);
    }
    lines
}

fn requests(
    draw: &mut Draw,
    lines: &mut Vec<Value>,
    server: &str,
    client: &str,
    base: f64,
    round: u64,
) {
    for (work, factor) in [("select", 1.0), ("insert", 1.1), ("select-1k", 1.2)] {
        for (in_flight, level) in LEVELS {
            let level = if server == "stub" { level } else { level.powf(0.4) };
            let more = with(
                draw.latencies(base * 600.0 * in_flight as f64, 1.5, 500),
                json!({"work": work, "in_flight": in_flight, "round": round}),
            );
            let record = run(draw, server, client, base * factor * level, 100_000);
            let mut record = with(record, more);
            if client != "c" {
                let live = 300_000.0 + 830.0 * in_flight as f64 * draw.about_one(0.02);
                record["live_bytes_peak"] = json!(live as u64);
            }
            lines.push(record);
            if round == 1 && work == "select" {
                // Counted in a run of its own, which is slow.
                let slow = run(draw, server, client, base * 9.0, 10_000);
                let calls = (10_000.0 * 0.3 * level) as u64;
                lines.push(with(
                    slow,
                    json!({"work": work, "in_flight": in_flight, "round": round, "syscalls": calls}),
                ));
            }
        }
    }
}

fn streams(
    draw: &mut Draw,
    lines: &mut Vec<Value>,
    server: &str,
    client: &str,
    base: f64,
    round: u64,
) {
    let prefetches: &[Option<u64>] = match client {
        "c" | "cassandra-cpp" | "scylla" | "cdrs-tokio" => &[None],
        _ => &[Some(0), Some(2)],
    };
    for page_size in [100, 1000, 5000] {
        for prefetch in prefetches {
            let row = 0.09 + base.sqrt() * 0.03 + 9.0 * base / page_size as f64;
            let record = run(
                draw,
                server,
                client,
                row * if prefetch.is_some() { 0.98 } else { 1.0 },
                1_000_000,
            );
            lines.push(with(
                record,
                json!({"work": "stream", "round": round, "page_size": page_size, "prefetch": prefetch}),
            ));
        }
    }
}

fn once(draw: &mut Draw, lines: &mut Vec<Value>, server: &str, client: &str, round: u64) {
    for (work, us) in [("connect", 2_900.0), ("prepare", 61.0)] {
        let more = with(
            draw.latencies(us * 1300.0, 0.4, 100),
            json!({"work": work, "in_flight": 1, "round": round}),
        );
        let record = run(draw, server, client, us, 100);
        lines.push(with(record, more));
    }
}

fn open_loop(
    draw: &mut Draw,
    lines: &mut Vec<Value>,
    server: &str,
    client: &str,
    base: f64,
    round: u64,
) {
    for share in [25_u64, 50, 75] {
        let slower = 1.0 / (1.0 - share as f64 / 110.0);
        let rate = 1e6 / base * share as f64 / 100.0;
        let more = with(
            draw.latencies(base * 22_000.0 * slower, 3.0 * slower, 2_000),
            json!({"work": "open-select", "in_flight": null, "round": round, "share_percent": share,
                "rate_per_second": rate, "wall_ns": (50_000.0 * 1e9 / rate) as u64}),
        );
        let record = run(draw, server, client, base * 2.4 / slower.sqrt(), 50_000);
        lines.push(with(record, more));
    }
}

fn callbacks(draw: &mut Draw, lines: &mut Vec<Value>, round: u64) {
    let runtimes = [
        ("driver-threads", 220.0, 1.0),
        ("tokio-mt", 5_200.0, 9.0),
        ("tokio-ct", 4_100.0, 40.0),
        ("async-std", 6_900.0, 10.0),
        ("smol", 6_100.0, 12.0),
        ("threads", 8_000.0, 1.5),
    ];
    for (client, ns, busy) in runtimes {
        for (load, factor) in [("idle", 1.0), ("busy", busy)] {
            let latencies = draw.latencies(ns * factor, 4.0, 20_000);
            let io = 83.0 * draw.about_one(0.1);
            lines.push(with(
                latencies,
                json!({"callback": true, "client": client, "load": load, "round": round, "count": 20_000,
                    "io_thread_ns_per_callback": io}),
            ));
        }
    }
}

/// The text of a file of records.
pub fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
