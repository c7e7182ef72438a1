//! What the command line says.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// How a server is to behave.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Where it listens. Port 0: one is chosen.
    pub address: SocketAddr,
    /// How long each answer is held.
    pub delay: Duration,
    /// Which error is answered instead of how many percent of the results.
    pub error: Option<(i32, f64)>,
    /// How many rows the table `big` has.
    pub rows: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            delay: Duration::ZERO,
            error: None,
            rows: 1_000_000,
        }
    }
}

/// How the program is called.
pub const USAGE: &str =
    "lab-stub [--address IP:PORT] [--delay-us N] [--error CODE:PERCENT] [--rows N]";

impl Options {
    /// Reads the arguments, without the program's name.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Options, String> {
        let mut options = Options::default();
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} has no value"))?;
            let read = match name.as_str() {
                "--address" => value.parse().ok().map(|address| options.address = address),
                "--delay-us" => {
                    value.parse().ok().map(|us| options.delay = Duration::from_micros(us))
                }
                "--error" => error(&value).map(|error| options.error = Some(error)),
                "--rows" => value.parse().ok().map(|rows| options.rows = rows),
                _ => return Err(format!("no option is called {name}")),
            };
            read.ok_or_else(|| format!("{value} is no value of {name}"))?;
        }
        Ok(options)
    }
}

fn error(text: &str) -> Option<(i32, f64)> {
    let (code, percent) = text.split_once(':')?;
    let code = match code.strip_prefix("0x") {
        Some(digits) => i32::from_str_radix(digits, 16).ok()?,
        None => code.parse().ok()?,
    };
    let percent = percent.parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some((code, percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn every_option_is_read() {
        let options =
            parse("--address 127.0.0.1:9042 --delay-us 50 --error 0x1001:0.5 --rows 10").unwrap();
        assert_eq!(
            options,
            Options {
                address: "127.0.0.1:9042".parse().unwrap(),
                delay: Duration::from_micros(50),
                error: Some((0x1001, 0.5)),
                rows: 10,
            }
        );
        assert_eq!(parse(""), Ok(Options::default()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parse("--rows"), Err("--rows has no value".into()));
        assert_eq!(parse("--rows x"), Err("x is no value of --rows".into()));
        assert_eq!(parse("--error 1:101"), Err("1:101 is no value of --error".into()));
        assert_eq!(parse("--x 1"), Err("no option is called --x".into()));
    }
}
