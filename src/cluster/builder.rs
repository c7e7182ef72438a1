//! Settings of a session.

use std::fmt;
use std::time::Duration;

use super::{ContactPoint, Limits, Tls};
use crate::driver::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::rt::{AnyRuntime, Runtime};
use crate::session::Connect;

/// Settings of a session, then [`connect`](Self::connect).
///
/// Nothing is checked or done before `connect`, which reports every mistake at once.
///
/// ```no_run
/// # async fn f() -> async_cassandra::Result<()> {
/// use async_cassandra::Session;
/// use std::time::Duration;
///
/// let session = Session::builder()
///     .contact_points(["10.0.0.1", "10.0.0.2"])
///     .keyspace("shop")
///     .request_timeout(Duration::from_secs(2))
///     .connect()
///     .await?;
/// # Ok(()) }
/// ```
#[must_use = "a builder does nothing before `connect`"]
pub struct SessionBuilder {
    points: Vec<ContactPoint>,
    runtime: Option<AnyRuntime>,
    pub(super) settings: Settings,
    pub(super) limits: Limits,
}

impl SessionBuilder {
    pub(crate) fn new() -> Self {
        let settings = Settings { protocol_version: 4, ..Settings::default() };
        Self { points: Vec::new(), runtime: None, settings, limits: Limits::default() }
    }

    /// Hosts to ask first; one that answers is enough, and tells of the others. Adds to those given
    /// before. All must have one port. Default: `127.0.0.1`.
    pub fn contact_points<I>(mut self, hosts: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<ContactPoint>,
    {
        self.points.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// The port of every node. Default: 9042.
    pub fn port(mut self, port: u16) -> Self {
        self.settings.port = Some(port);
        self
    }

    /// The keyspace of statements that name none. A name that is not all lower case goes in double
    /// quotes, as in CQL. Default: none.
    pub fn keyspace(mut self, name: &str) -> Self {
        self.settings.keyspace = Some(name.to_owned());
        self
    }

    /// User and password, sent as they are to every node that wants a login: over [`tls`](Self::tls)
    /// where others might listen. A wrong one is [`ErrorKind::BadCredentials`] at connect; once
    /// connected, a password that changes matters to new connections alone, which the driver then
    /// fails to make and logs. Default: none. Every driver.
    pub fn auth(mut self, user: &str, password: &str) -> Self {
        self.settings.credentials = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// The version of the native protocol, 3 or 4. Default: 4, which every Cassandra since 2.2 and
    /// every ScyllaDB speaks.
    pub fn protocol_version(mut self, version: u8) -> Self {
        self.settings.protocol_version = version;
        self
    }

    /// Threads of the C driver for requests, beside one for the session. Default: 1. Each costs its
    /// own connections.
    pub fn io_threads(mut self, threads: u32) -> Self {
        self.settings.io_threads = Some(threads);
        self
    }

    /// Connections to each host from each I/O thread. Default: 1, which carries 32,768 requests at
    /// once.
    pub fn connections_per_host(mut self, connections: u32) -> Self {
        self.settings.connections_per_host = Some(connections);
        self
    }

    /// How many requests may wait for each I/O thread to pick them up; one more fails with
    /// [`ErrorKind::QueueFull`], which [`max_in_flight`](Self::max_in_flight) prevents. Rounded up
    /// to a power of two. Default: 8192. Not every driver has it.
    pub fn queue_size(mut self, requests: u32) -> Self {
        self.settings.queue_size = Some(requests);
        self
    }

    /// How long the C driver tries to connect to a host, in whole milliseconds, rounded up. Default:
    /// 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = Some(timeout);
        self
    }

    /// How long the C driver waits for a request, retries included, in whole milliseconds, rounded
    /// up. Default: 12 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.settings.request_timeout = Some(timeout);
        self
    }

    /// The runtime that keeps this session's deadlines. Requests need none. Default:
    /// [`rt::Threads`](crate::rt::Threads).
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(AnyRuntime::new(runtime));
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// [`ErrorKind::Setting`] names the first setting that makes no sense, the message all of them.
    /// [`ErrorKind::NoDriver`]: no C driver could be loaded. [`ErrorKind::NoHosts`] and others: the
    /// message says why, for each contact point as far as the driver tells.
    pub fn connect(mut self) -> Connect {
        let runtime = self.runtime.take().unwrap_or_default();
        let defaults = self.limits.defaults(self.settings.protocol_version);
        Connect::new(self.check(), runtime, defaults)
    }

    fn check(self) -> Result<Settings> {
        let mut wrong = Mistakes::default();
        let mut settings = self.settings;
        self.limits.check(&mut wrong);
        settings.limits = self.limits.of_driver(settings.queue_size);
        resolve(&self.points, &mut settings, &mut wrong);
        if settings.port == Some(0) {
            wrong.add("port", "0 is no port");
        }
        if settings.keyspace.as_ref().is_some_and(|name| name.trim().is_empty()) {
            wrong.add("keyspace", "the name is empty");
        }
        if !(3..=4).contains(&settings.protocol_version) {
            let text = format!("{} is neither 3 nor 4", settings.protocol_version);
            wrong.add("protocol_version", text);
        }
        for (name, value) in [
            ("io_threads", settings.io_threads),
            ("connections_per_host", settings.connections_per_host),
            ("queue_size", settings.queue_size),
        ] {
            if value == Some(0) {
                wrong.add(name, "0 leaves nothing to send requests with");
            }
        }
        for (name, value) in [
            ("connect_timeout", settings.connect_timeout),
            ("request_timeout", settings.request_timeout),
        ] {
            if value == Some(Duration::ZERO) {
                let text = "zero would mean no limit at all: write `Duration::MAX` for that";
                wrong.add(name, text);
            }
        }
        if settings.login.is_some() && settings.credentials.is_some() {
            wrong.add("authenticator", "`auth` was given too: one of the two logs in");
        }
        settings.tls.iter().flat_map(Tls::mistakes).for_each(|text| wrong.add("tls", text));
        wrong.or(settings)
    }
}

/// Fills in hosts and port from the contact points.
fn resolve(points: &[ContactPoint], settings: &mut Settings, wrong: &mut Mistakes) {
    for point in points {
        match point.parts() {
            Err(text) => wrong.add("contact_points", text),
            Ok((name, port)) => {
                settings.hosts.push(name.to_owned());
                match (port, settings.port) {
                    (Some(new), Some(old)) if new != old => {
                        let text = format!(
                            "`{point}`: the C driver knows one port for all nodes, and {old} was \
                             given before"
                        );
                        wrong.add("contact_points", text);
                    }
                    (Some(new), _) => settings.port = Some(new),
                    (None, _) => {}
                }
            }
        }
    }
    if points.is_empty() {
        settings.hosts.push("127.0.0.1".to_owned());
    }
}

/// What is wrong with the settings, gathered so that all is told at once.
#[derive(Default)]
pub(super) struct Mistakes(Vec<(&'static str, String)>);

impl Mistakes {
    pub(super) fn add(&mut self, setting: &'static str, text: impl Into<String>) {
        self.0.push((setting, text.into()));
    }

    fn or(self, settings: Settings) -> Result<Settings> {
        let Some((name, _)) = self.0.first() else { return Ok(settings) };
        let texts = self.0.iter().map(|(name, text)| format!("{name}: {text}"));
        let kind = ErrorKind::Setting { name };
        Err(Error::new(kind, texts.collect::<Vec<_>>().join("; ")))
    }
}

impl fmt::Debug for SessionBuilder {
    /// Shows no password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.settings.credentials.as_ref().map(|(user, _)| user);
        f.debug_struct("SessionBuilder")
            .field("contact_points", &self.points)
            .field("port", &self.settings.port)
            .field("keyspace", &self.settings.keyspace)
            .field("user", &user)
            .field("tls", &self.settings.tls)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_named() {
        let builder = SessionBuilder::new()
            .contact_points(["10.0.0.1:9042", "10.0.0.2:9043", "a b"])
            .protocol_version(5)
            .io_threads(0)
            .request_timeout(Duration::ZERO);
        let error = builder.check().err().expect("refused");
        assert_eq!(*error.kind(), ErrorKind::Setting { name: "contact_points" });
        for part in ["10.0.0.2:9043", "`a b`", "protocol_version", "io_threads", "request_timeout"]
        {
            assert!(error.to_string().contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn a_port_may_come_with_a_contact_point() {
        let settings = SessionBuilder::new().contact_points(["[::1]:19042"]).check().unwrap();
        assert_eq!((settings.hosts, settings.port), (vec!["::1".to_owned()], Some(19042)));
        assert_eq!(SessionBuilder::new().check().unwrap().hosts, ["127.0.0.1"]);
    }
}
