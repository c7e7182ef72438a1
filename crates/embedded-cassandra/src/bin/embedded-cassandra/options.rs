//! What the command line says.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use embedded_cassandra::{Builder, Cassandra, Layout};
use lexopt::prelude::*;

pub const HELP: &str = "\
Real Apache Cassandra on this machine, without containers. Gone when this program ends.

Usage: embedded-cassandra start [OPTIONS]

  --nodes N         how many nodes, 1 by default
  --dc NAME:N,...   data centres instead, such as dc1:2,dc2:1
  --version V       a release of Cassandra 4.0, 4.1 or 5.0; 5.0.8 by default
  --auth            ask for a user and a password
  --tls DIR         speak TLS; puts ca.pem, client.pem and client-key.pem into DIR
  --require-client-certificates
                    with --tls: only clients with a certificate, such as client.pem
  --port N          the port for clients; by default 9042, or another if that is taken
  --address A       the first node's address in 127.0.0.0/8, the others follow;
                    by default 127.0.0.1, and for clusters one that is free
  --heap MB         the Java heap of each node, 512 by default
  --data-dir DIR    keep the data here; by default it goes with the nodes
  --extra-yaml TEXT a setting for cassandra.yaml, as `key: value`; can be repeated
  --fast-schema     faster changes of the schema, lost if a node is killed
  --java-home DIR   the Java to use: 17 for Cassandra 5.0, 11 for the others
  --start-timeout S seconds until a start is given up, 120 by default

Prints where to connect, then a line `ready`; Ctrl-C (or SIGTERM) stops all nodes and leaves nothing.
";

pub enum Wish {
    Help,
    Version,
    Start(Box<Options>),
}

pub struct Options {
    pub builder: Builder,
    /// `None`: one node that stands alone.
    pub layout: Option<Layout>,
    pub tls: Option<PathBuf>,
    pub require_client_certificates: bool,
    /// `None`: the usual one, if that is free.
    pub port: Option<u16>,
}

pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Wish, String> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    match parser.next().map_err(|e| e.to_string())? {
        None | Some(Short('h') | Long("help")) => return Ok(Wish::Help),
        Some(Short('V') | Long("version")) => return Ok(Wish::Version),
        Some(Value(command)) if command == "help" => return Ok(Wish::Help),
        Some(Value(command)) if command == "start" => {}
        Some(Value(command)) => {
            return Err(format!("there is no command {command:?}, only `start`"));
        }
        Some(other) => return Err(format!("{}; the command is `start`", other.unexpected())),
    }
    start(&mut parser)
}

fn start(parser: &mut lexopt::Parser) -> Result<Wish, String> {
    let mut builder = Cassandra::builder();
    let mut nodes: Option<usize> = None;
    let mut data_centers = None;
    let mut yaml = String::new();
    let mut port = None;
    let (mut tls, mut require_client_certificates) = (None, false);
    while let Some(option) = parser.next().map_err(|e| e.to_string())? {
        match option {
            Short('h') | Long("help") => return Ok(Wish::Help),
            Long("nodes") => nodes = Some(number(parser, "--nodes")?),
            Long("dc") => data_centers = Some(layout(&text(parser)?)?),
            Long("version") => builder = builder.version(text(parser)?),
            Long("auth") => builder = builder.auth(true),
            Long("tls") => tls = Some(path(parser)?),
            Long("require-client-certificates") => require_client_certificates = true,
            Long("port") => port = Some(number(parser, "--port")?),
            Long("address") => builder = builder.address(number(parser, "--address")?),
            Long("heap") => builder = builder.heap_mb(number(parser, "--heap")?),
            Long("data-dir") => builder = builder.data_dir(path(parser)?),
            Long("extra-yaml") => yaml.push_str(&(text(parser)? + "\n")),
            Long("fast-schema") => builder = builder.fast_schema(true),
            Long("java-home") => builder = builder.java_home(path(parser)?),
            Long("start-timeout") => {
                let seconds = number(parser, "--start-timeout")?;
                builder = builder.start_timeout(Duration::from_secs(seconds));
            }
            other => return Err(other.unexpected().to_string()),
        }
    }
    if require_client_certificates && tls.is_none() {
        return Err("--require-client-certificates goes with --tls".into());
    }
    let layout = match (nodes, data_centers) {
        (Some(_), Some(_)) => return Err("--nodes and --dc both say how many nodes".into()),
        (None | Some(1), None) => None,
        (Some(nodes), None) => Some(nodes.into()),
        (None, data_centers) => data_centers,
    };
    builder = builder.extra_yaml(yaml);
    let options = Options { builder, layout, tls, require_client_certificates, port };
    Ok(Wish::Start(Box::new(options)))
}

/// `dc1:2,dc2:1`.
fn layout(list: &str) -> Result<Layout, String> {
    let data_center = |part: &str| {
        let (name, nodes) = part.split_once(':')?;
        Some((name.to_owned(), nodes.parse().ok()?))
    };
    let all: Option<Vec<(String, usize)>> = list.split(',').map(data_center).collect();
    let all = all.ok_or_else(|| format!("--dc: {list:?} is not like dc1:2,dc2:1"))?;
    Ok(all.into())
}

fn text(parser: &mut lexopt::Parser) -> Result<String, String> {
    parser.value().and_then(|value| value.string()).map_err(|e| e.to_string())
}

fn path(parser: &mut lexopt::Parser) -> Result<PathBuf, String> {
    parser.value().map(PathBuf::from).map_err(|e| e.to_string())
}

fn number<T: std::str::FromStr>(parser: &mut lexopt::Parser, option: &str) -> Result<T, String> {
    let value = text(parser)?;
    value.parse().map_err(|_| format!("{option}: {value:?} is not what it takes; see --help"))
}
