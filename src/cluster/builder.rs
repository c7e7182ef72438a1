//! Settings of a session.

use std::fmt;

use super::{ContactPoint, Limits, Mistakes, Settings, Tls};
use crate::error::Result;
use crate::rt::{AnyRuntime, Runtime};
use crate::session::Connect;

/// Settings of a session, then [`connect`](Self::connect).
///
/// Nothing is checked or done before `connect`, which reports every mistake at once.
///
/// Each setting names the drivers that have it: "all" are DataStax's since 2.16.0, ScyllaDB's fork
/// of it, and ScyllaDB's cpp-rs-driver. One that the loaded driver lacks fails the connect with
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
///
/// ```no_run
/// # async fn f() -> async_cassandra::Result<()> {
/// use async_cassandra::Session;
/// use std::time::Duration;
///
/// let session = Session::builder()
///     .contact_points(["10.0.0.1", "10.0.0.2"])
///     .local_datacenter("dc1")
///     .keyspace("shop")
///     .request_timeout(Duration::from_secs(2))
///     .connect()
///     .await?;
/// # Ok(()) }
/// ```
#[must_use = "a builder does nothing before `connect`"]
pub struct SessionBuilder {
    pub(super) points: Vec<ContactPoint>,
    pub(super) local_datacenter: Option<String>,
    pub(super) runtime: Option<AnyRuntime>,
    pub(super) gathers: bool,
    pub(super) settings: Settings,
    pub(super) limits: Limits,
}

impl SessionBuilder {
    pub(crate) fn new() -> Self {
        Self {
            points: Vec::new(),
            local_datacenter: None,
            runtime: None,
            gathers: false,
            settings: Settings::default(),
            limits: Limits::default(),
        }
    }

    /// User and password, sent as they are to every node that wants a login: over [`tls`](Self::tls)
    /// where others might listen. A wrong one is
    /// [`ErrorKind::BadCredentials`](crate::ErrorKind::BadCredentials) at connect; once connected, a
    /// password that changes matters to new connections alone, which the driver then fails to make
    /// and logs. Default: none. Every driver.
    pub fn auth(mut self, user: &str, password: &str) -> Self {
        self.settings.credentials = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// The runtime that keeps this session's deadlines. Requests need none. Default:
    /// [`rt::Threads`](crate::rt::Threads).
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(AnyRuntime::new(runtime));
        self
    }

    /// Whether wakes are gathered for the runtime, instead of being sent to it one by one.
    ///
    /// An answer wakes the task that waits for it, from a thread of the C driver. For some runtimes such a
    /// wake from outside is dear: tokio's current-thread flavour makes a system call for each, even
    /// while it runs. With a completion queue the first answer of a burst wakes one task of ours, which is
    /// spawned on the session's [`runtime`](Self::runtime) at connect, and that wakes the others from inside.
    ///
    /// Worth it with many requests in flight on such a runtime: on tokio's current-thread flavour a request
    /// then takes a fifth to a quarter less CPU with 64 and more in flight. For tokio's multi-thread flavour,
    /// which does not make a system call for each, it changes nothing. (Both are measured: see
    /// `benches/report` in the repository.) An answer that comes alone takes one turn of the runtime more. Tasks that wait on
    /// another executor wait for that runtime too, so every task of the session should live on it; those of
    /// [`driver_threads`](crate::Session::driver_threads) are woken where they are, as ever. When the
    /// runtime ends, wakes are sent one by one.
    ///
    /// Default: `false`. `rt::Tokio`, `rt::AsyncStd` and `rt::Smol` can;
    /// [`rt::Threads`](crate::rt::Threads) runs no tasks, which is an error at connect. Ours: works with
    /// every driver.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")]
    /// # async fn f() -> async_cassandra::Result<()> {
    /// use async_cassandra::{Session, rt};
    ///
    /// let session = Session::builder()
    ///     .contact_points(["10.0.0.1"])
    ///     .runtime(rt::Tokio::current())
    ///     .completion_queue(true)
    ///     .connect()
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn completion_queue(mut self, on: bool) -> Self {
        self.gathers = on;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// [`ErrorKind::Setting`](crate::ErrorKind::Setting) names the first setting that makes no sense
    /// or that C refuses, the message all of them.
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported): the loaded driver lacks a setting.
    /// [`ErrorKind::NoDriver`](crate::ErrorKind::NoDriver): no C driver could be loaded.
    /// [`ErrorKind::NoHosts`](crate::ErrorKind::NoHosts) and others: the message says why, for each
    /// contact point as far as the driver tells.
    pub fn connect(mut self) -> Connect {
        let runtime = self.runtime.take().unwrap_or_default();
        let defaults = self.limits.defaults(self.settings.connections.protocol_version());
        let gathers = self.gathers;
        Connect::new(self.check(), runtime, gathers, defaults)
    }

    pub(super) fn check(mut self) -> Result<Settings> {
        let mut wrong = Mistakes::default();
        self.settings.contact.settle(&self.points, &mut wrong);
        self.settings.connections.settle_family(&self.settings.contact.hosts);
        self.settings.connections.check(&mut wrong);
        if self.settings.login.is_some() && self.settings.credentials.is_some() {
            wrong.add("authenticator", "`auth` was given too: one of the two logs in");
        }
        self.settings.tls.iter().flat_map(Tls::mistakes).for_each(|text| wrong.add("tls", text));
        self.settings.throughput.check(&mut wrong);
        self.settings.upkeep.check(&mut wrong);
        self.settings.identity.check(&mut wrong);
        if let Some(policy) = self.settings.reconnection {
            policy.check(&mut wrong);
        }
        self.settle_datacenter(&mut wrong);
        self.settings.requests.check(|setting, text| wrong.add(setting, text));
        self.settle_profiles(&mut wrong);
        self.limits.check(&mut wrong);
        self.settings.limits = self.limits.of_driver(self.settings.throughput.queue_size);
        wrong.or(self.settings)
    }
}

impl fmt::Debug for SessionBuilder {
    /// Shows no password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            contact,
            credentials,
            login: _,
            tls,
            connections,
            throughput,
            upkeep,
            identity,
            reconnection,
            timestamps,
            requests,
            profiles,
            limits: _,
        } = &self.settings;
        f.debug_struct("SessionBuilder")
            .field("contact_points", &self.points)
            .field("local_datacenter", &self.local_datacenter)
            .field("user", &credentials.as_ref().map(|(user, _)| user))
            .field("tls", tls)
            .field("contact", contact)
            .field("connections", connections)
            .field("throughput", throughput)
            .field("upkeep", upkeep)
            .field("identity", identity)
            .field("reconnection", reconnection)
            .field("timestamps", timestamps)
            .field("requests", requests)
            .field("profiles", profiles)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LoadBalancing, Profile, Reconnection, SpeculativeExecution};
    use super::*;
    use crate::error::ErrorKind;
    use crate::statement::Consistency;
    use std::time::Duration;

    #[test]
    fn every_mistake_is_named() {
        let zero = Duration::ZERO;
        let nobody = SpeculativeExecution::constant(zero, 0);
        let bad = Profile::new("bad").timeout(zero).speculative(nobody);
        let builder = SessionBuilder::new()
            .contact_points(["10.0.0.1:9042", "10.0.0.2:9043", "a b"])
            .protocol_version(5)
            .io_threads(0)
            .request_timeout(zero)
            .coalesce(Duration::MAX)
            .new_request_ratio(0)
            .tracing_retry(zero)
            .reconnection(Reconnection::constant(zero))
            .idle_timeout(Duration::from_secs(1))
            .application_name("")
            .local_datacenter("dc1")
            .load_balancing(LoadBalancing::round_robin().allow_hosts(["name"]))
            .speculative(nobody)
            .profile(&bad)
            .profile(&bad)
            .profile(&Profile::new(""));
        let error = builder.check().err().expect("refused");
        assert_eq!(*error.kind(), ErrorKind::Setting { name: "contact_points" });
        for part in [
            "10.0.0.2:9043",
            "`a b`",
            "protocol_version",
            "io_threads",
            "request_timeout",
            "coalesce",
            "new_request_ratio",
            "tracing_retry",
            "reconnection",
            "idle_timeout",
            "application_name",
            "local_datacenter",
            "load_balancing: `name`",
            "speculative",
            "`bad`: timeout",
            "`bad`: speculative",
            "two are called `bad`",
            "profile: the name is empty",
        ] {
            assert!(error.to_string().contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn a_port_may_come_with_a_contact_point() {
        let contact =
            SessionBuilder::new().contact_points(["[::1]:19042"]).check().unwrap().contact;
        assert_eq!((contact.hosts, contact.port), (vec!["::1".to_owned()], Some(19042)));
        assert_eq!(SessionBuilder::new().check().unwrap().contact.hosts, ["127.0.0.1"]);
    }

    #[test]
    fn ipv6_hosts_are_reached_from_an_ipv6_address() {
        let from = |hosts: &[&str]| {
            let builder = SessionBuilder::new().contact_points(hosts.iter().copied());
            builder.check().unwrap().connections.local_address
        };
        assert_eq!(
            from(&["::1", "[2001:db8::1]:9042"]),
            Some(std::net::Ipv6Addr::UNSPECIFIED.into())
        );
        assert_eq!(from(&["::1", "10.0.0.1"]), None);
        assert_eq!(from(&["db.example"]), None);
        assert_eq!(from(&[]), None);
    }

    #[test]
    fn the_local_datacenter_is_the_base_of_what_names_none() {
        let filtered = LoadBalancing::new().deny_hosts(["10.0.0.9"]);
        let base = LoadBalancing::dc_aware("dc1");
        let settings = SessionBuilder::new()
            .profile(&Profile::new("own").load_balancing(filtered.clone()))
            .local_datacenter("dc1")
            .load_balancing(filtered.clone())
            .check()
            .unwrap();
        let of = |policy: &Option<LoadBalancing>| policy.as_ref().unwrap().base().cloned();
        assert_eq!(of(&settings.requests.load_balancing), base.base().cloned());
        assert_eq!(of(&settings.profiles[0].requests().load_balancing), base.base().cloned());
        // The same said twice is no mistake, another is.
        let twice = SessionBuilder::new().local_datacenter("dc1").load_balancing(base.clone());
        assert!(twice.check().is_ok());
        let other = SessionBuilder::new().local_datacenter("dc2").load_balancing(base);
        assert!(other.check().is_err());
        // C guesses a data centre for the session, not for a profile.
        let guess = SessionBuilder::new().profile(&Profile::new("own").load_balancing(filtered));
        let error = guess.check().err().expect("refused").to_string();
        assert!(error.contains("local_datacenter"), "{error}");
    }

    #[test]
    fn profiles_get_the_consistency_that_c_forgets() {
        let own = Profile::new("own").consistency(Consistency::All);
        let settings = SessionBuilder::new()
            .profile(&Profile::new("none"))
            .profile(&own)
            .consistency(Consistency::Quorum)
            .check()
            .unwrap();
        let level = |at: usize| settings.profiles[at].requests().consistency;
        assert_eq!((level(0), level(1)), (Some(Consistency::Quorum), Some(Consistency::All)));
    }

    #[test]
    fn no_password_is_shown() {
        let builder = SessionBuilder::new().auth("ann", "s3cret");
        let shown = format!("{builder:?}");
        assert!(shown.contains("ann") && !shown.contains("s3cret"), "{shown}");
    }
}
