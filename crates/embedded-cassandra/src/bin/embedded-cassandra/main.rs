//! Cassandra for people who do not write Rust: one command that starts nodes, says where they are,
//! and ends them with itself.

mod options;

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use embedded_cassandra::{Authority, Builder, Cassandra, Cluster, Error, Subject, Tls};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::options::{HELP, Options, Wish, parse};

const USUAL_PORT: u16 = 9042;
const FAILED: u8 = 1;
const MISUSED: u8 = 2;
/// What a shell says of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    match parse(std::env::args_os()) {
        Ok(Wish::Help) => say(HELP),
        Ok(Wish::Version) => say(concat!("embedded-cassandra ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Wish::Start(options)) => {
            if let Err(reason) = start(*options) {
                eprintln!("embedded-cassandra: {reason}");
                return FAILED.into();
            }
        }
        Err(reason) => {
            eprintln!("embedded-cassandra: {reason}\nembedded-cassandra --help tells more");
            return MISUSED.into();
        }
    }
    ExitCode::SUCCESS
}

fn start(options: Options) -> Result<(), String> {
    let Options { mut builder, layout, tls, require_client_certificates, port } = options;
    // Before anything is started: from now on Ctrl-C is ours.
    let (ready, ended) = watch_signals()?;
    let mut last = String::new();
    let progress = std::sync::Mutex::new(move |line: String| {
        if line != last {
            eprintln!("{line}");
            last = line;
        }
    });
    builder = builder.progress(move |step| {
        if let Ok(mut show) = progress.lock() {
            show(step.to_string());
        }
    });
    if let Some(folder) = &tls {
        builder = builder.tls(certificates(folder, require_client_certificates)?);
    }
    let nodes = match &layout {
        None => alone(&builder, port).map(|node| Nodes::One(Box::new(node))),
        Some(layout) => {
            // 9042, unless something else is said.
            let builder = port.into_iter().fold(builder, Builder::port);
            builder.start_cluster(layout.clone()).map(Nodes::Several)
        }
    };
    let nodes = nodes.map_err(|error| plain(&error))?;
    say(&nodes.describe(tls.as_deref()));
    // Fails when the signals came first; then there is no need to wait either.
    if ready.send(()).is_ok() {
        let _ = ended.recv();
    }
    eprintln!("stopping");
    // Nothing that was acknowledged is lost this way, and it takes no time.
    drop(nodes);
    Ok(())
}

enum Nodes {
    One(Box<Cassandra>),
    Several(Cluster),
}

impl Nodes {
    fn each(&self) -> Vec<&Cassandra> {
        match self {
            Self::One(node) => vec![node],
            Self::Several(cluster) => cluster.nodes().iter().collect(),
        }
    }

    /// One `name: value` a line, and at last `ready`.
    fn describe(&self, tls: Option<&Path>) -> String {
        let nodes = self.each();
        let points: Vec<String> = nodes.iter().map(|node| node.contact_point()).collect();
        let mut text = format!("contact points: {}\n", points.join(","));
        // Writing to a string does not fail.
        let _ = writeln!(text, "port: {}", nodes[0].port());
        for node in &nodes {
            let _ = writeln!(
                text,
                "node: {} in {}, {}, process {}, log {}",
                node.contact_point(),
                node.data_center(),
                node.rack(),
                node.pid(),
                node.log_path().display()
            );
        }
        if let Some(credentials) = nodes[0].credentials() {
            let _ = writeln!(text, "user: {}", credentials.user);
            let _ = writeln!(text, "password: {}", credentials.password);
        }
        if let Some(folder) = tls {
            let _ = writeln!(text, "trust: {}", folder.join(CA).display());
            let _ = writeln!(text, "client certificate: {}", folder.join(CLIENT).display());
            let _ = writeln!(text, "client key: {}", folder.join(CLIENT_KEY).display());
        }
        text.push_str("ready\n");
        text
    }
}

/// One node on `port`, or on the usual port, or on another if that is taken.
fn alone(builder: &Builder, port: Option<u16>) -> Result<Cassandra, Error> {
    match builder.clone().port(port.unwrap_or(USUAL_PORT)).start() {
        Err(Error::PortTaken { .. }) if port.is_none() => builder.start(),
        outcome => outcome,
    }
}

const CA: &str = "ca.pem";
const CLIENT: &str = "client.pem";
const CLIENT_KEY: &str = "client-key.pem";

/// Makes an authority and a client's certificate, and writes what a client needs.
fn certificates(folder: &Path, require: bool) -> Result<Tls, String> {
    let authority = Authority::new();
    let client = authority.issue(&Subject::new("client")).map_err(|e| e.to_string())?;
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for (name, text) in
        [(CA, authority.pem()), (CLIENT, &client.certificate_pem), (CLIENT_KEY, &client.key_pem)]
    {
        let path = folder.join(name);
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(if name == CLIENT_KEY { 0o600 } else { 0o644 })
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|e| format!("{}: {e}", path.display()))?;
    }
    let tls = Tls::issued_by(&authority);
    Ok(if require { tls.require_client_certificates(authority.pem()) } else { tls })
}

/// Ends the program when a signal comes while the nodes start: they die with it. Once `ready` was
/// sent, the first signal is told to the receiver, and the next ends the program.
fn watch_signals() -> Result<(SyncSender<()>, Receiver<()>), String> {
    let failed = |e: io::Error| format!("cannot wait for Ctrl-C: {e}");
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
    let (ready, is_ready) = sync_channel(1);
    let (end, ended) = sync_channel(1);
    let watch = move || {
        for _ in signals.forever() {
            if is_ready.try_recv().is_err() || end.send(()).is_err() {
                std::process::exit(INTERRUPTED);
            }
        }
    };
    thread::Builder::new().name("signals".into()).spawn(watch).map_err(failed)?;
    Ok((ready, ended))
}

/// The error in terms of the command line.
fn plain(error: &Error) -> String {
    let option = |setting: &str| match setting {
        "heap_mb" => "--heap".to_owned(),
        "layout" => "--nodes or --dc".to_owned(),
        other => format!("--{}", other.replace('_', "-")),
    };
    let text = match error {
        Error::Setting { name, reason } => format!("{}: {reason}", option(name)),
        other => other.to_string(),
    };
    if let Error::PortTaken { address } = error {
        return format!("something else listens on {address}; end it, or name another --port");
    }
    let settings = ["java_home", "start_timeout", "address", "data_dir", "port", "tls"];
    settings
        .iter()
        .fold(text, |text, setting| text.replace(&format!("Builder::{setting}"), &option(setting)))
}

/// Prints; whoever does not listen any more is not told.
fn say(text: &str) {
    let mut stdout = io::stdout();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
