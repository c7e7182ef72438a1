//! How the driver connects, and how it notices that a connection is dead.

use std::net::{IpAddr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Mistakes, SessionBuilder};

/// Settings of the connections. Where an option is in another, the inner `None` switches the thing
/// off.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections {
    protocol_version: Option<u8>,
    pub(crate) io_threads: Option<u32>,
    pub(crate) per_host: Option<u32>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) resolve_timeout: Option<Duration>,
    pub(crate) heartbeat_interval: Option<Option<Duration>>,
    pub(crate) idle_timeout: Option<Option<Duration>>,
    pub(crate) keepalive: Option<Option<Duration>>,
    pub(crate) nodelay: Option<bool>,
    pub(crate) local_address: Option<IpAddr>,
    pub(crate) local_ports: Option<RangeInclusive<u16>>,
    pub(crate) no_compact: Option<bool>,
}

/// C's own intervals.
const HEARTBEAT: Duration = Duration::from_secs(30);
const IDLE: Duration = Duration::from_secs(60);

impl Connections {
    /// Always told to C, which would else try versions that no server here speaks.
    pub(crate) fn protocol_version(&self) -> u8 {
        self.protocol_version.unwrap_or(4)
    }

    /// Some drivers bind to an IPv4 address where none is given, and then reach no IPv6 host.
    pub(super) fn settle_family(&mut self, hosts: &[String]) {
        let is_ipv6 = |host: &String| host.parse::<Ipv6Addr>().is_ok();
        if self.local_address.is_none() && hosts.iter().all(is_ipv6) {
            self.local_address = Some(Ipv6Addr::UNSPECIFIED.into());
        }
    }

    pub(super) fn check(&self, wrong: &mut Mistakes) {
        if let Some(version) = self.protocol_version.filter(|version| !(3..=4).contains(version)) {
            wrong.add("protocol_version", format!("{version} is neither 3 nor 4"));
        }
        let nothing = "0 leaves nothing to send requests with";
        wrong.refuse_zero("io_threads", self.io_threads, nothing);
        wrong.refuse_zero("connections_per_host", self.per_host, nothing);
        let for_ever = "zero would mean no limit at all: write `Duration::MAX` for that";
        wrong.refuse_zero("connect_timeout", self.connect_timeout, for_ever);
        wrong.refuse_zero("resolve_timeout", self.resolve_timeout, for_ever);
        let off = "zero would switch it off: write `None` for that";
        wrong.refuse_zero("heartbeat_interval", self.heartbeat_interval.flatten(), off);
        wrong.refuse_zero("idle_timeout", self.idle_timeout.flatten(), off);
        wrong.refuse_zero("tcp_keepalive", self.keepalive.flatten(), off);
        self.check_silence(wrong);
        if let Some(ports) = &self.local_ports {
            if ports.is_empty() || *ports.start() < 1024 {
                let (from, to) = (ports.start(), ports.end());
                let text = format!("{from} to {to} is no range of ports from 1024 on");
                wrong.add("local_ports", text);
            }
        }
    }

    /// C closes a connection on which nothing came for the idle timeout, and only heartbeats bring
    /// something on one that is not used.
    fn check_silence(&self, wrong: &mut Mistakes) {
        let heartbeat = self.heartbeat_interval.unwrap_or(Some(HEARTBEAT));
        let idle = self.idle_timeout.unwrap_or(Some(IDLE));
        if let (Some(heartbeat), Some(idle)) = (heartbeat, idle) {
            if !heartbeat.is_zero() && !idle.is_zero() && idle <= heartbeat {
                let text = format!(
                    "{idle:?} is not more than the heartbeat interval of {heartbeat:?}: sound \
                     connections would be closed for want of a heartbeat"
                );
                wrong.add("idle_timeout", text);
            }
        }
    }
}

impl SessionBuilder {
    /// The version of the native protocol, 3 or 4. Default: 4, which every Cassandra since 2.2 and
    /// every ScyllaDB speaks. Drivers: all.
    pub fn protocol_version(mut self, version: u8) -> Self {
        self.settings.connections.protocol_version = Some(version);
        self
    }

    /// Threads of the C driver for requests, beside one for the session. Default: 1; with
    /// cpp-rs-driver, one for each processor. Each costs its own connections, but not with
    /// cpp-rs-driver. Drivers: all.
    pub fn io_threads(mut self, threads: u32) -> Self {
        self.settings.connections.io_threads = Some(threads);
        self
    }

    /// Connections to each host from each I/O thread. Default: 1, which carries 32,768 requests at
    /// once. Drivers: all; cpp-rs-driver counts for all threads together, and opens one for each
    /// shard by default.
    pub fn connections_per_host(mut self, connections: u32) -> Self {
        self.settings.connections.per_host = Some(connections);
        self
    }

    /// How long the C driver tries to connect to a host, in whole milliseconds, rounded up. Default:
    /// 5 s. Drivers: all.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connections.connect_timeout = Some(timeout);
        self
    }

    /// How long the C driver waits for the address of a contact point that is a name, in whole
    /// milliseconds, rounded up. Default: 5 s. Drivers: all.
    pub fn resolve_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connections.resolve_timeout = Some(timeout);
        self
    }

    /// How often a connection without traffic is asked for a sign of life, in whole seconds, rounded
    /// up; `None` for never, and then no dead connection is noticed by its
    /// [silence](Self::idle_timeout) either. Default: 30 s. Drivers: all.
    ///
    /// ```
    /// use async_cassandra::Session;
    /// use std::time::Duration;
    ///
    /// // A host that vanished is noticed within 10 s.
    /// let builder = Session::builder()
    ///     .heartbeat_interval(Duration::from_secs(3))
    ///     .idle_timeout(Duration::from_secs(10));
    /// ```
    pub fn heartbeat_interval(mut self, interval: impl Into<Option<Duration>>) -> Self {
        self.settings.connections.heartbeat_interval = Some(interval.into());
        self
    }

    /// How long nothing may come on a connection, answers to
    /// [heartbeats](Self::heartbeat_interval) included, before it is closed and its requests fail,
    /// in whole seconds, rounded up; `None` for ever. It must be more than the heartbeat interval.
    /// Default: 60 s.
    ///
    /// With cpp-rs-driver it is how long a heartbeat may stay without an answer. Drivers: all.
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.connections.idle_timeout = Some(timeout.into());
        self
    }

    /// Whether the operating system, too, probes connections without traffic (TCP keep-alive), and
    /// after how long, in whole seconds, rounded up; `None` for not at all. Default: on.
    ///
    /// DataStax's driver and ScyllaDB's fork lose the time and probe after 60 s, whatever is said
    /// here; cpp-rs-driver keeps it. Drivers: all.
    pub fn tcp_keepalive(mut self, after: impl Into<Option<Duration>>) -> Self {
        self.settings.connections.keepalive = Some(after.into());
        self
    }

    /// Whether small packets go at once (TCP_NODELAY) instead of waiting for more. Default: `true`.
    /// The driver gathers requests by itself, see [`coalesce`](Self::coalesce). Drivers: all.
    pub fn tcp_nodelay(mut self, yes: bool) -> Self {
        self.settings.connections.nodelay = Some(yes);
        self
    }

    /// The address of this machine from which connections are made. It must be of the family of the
    /// hosts' addresses, IPv4 or IPv6. Default: the operating system's choice.
    ///
    /// ScyllaDB's fork, which this crate embeds, reaches IPv4 hosts only unless it is told. Where all
    /// contact points are IPv6 addresses this crate does that; where they are names of IPv6 hosts,
    /// say `.local_address(Ipv6Addr::UNSPECIFIED.into())`. Drivers: all.
    pub fn local_address(mut self, address: IpAddr) -> Self {
        self.settings.connections.local_address = Some(address);
        self
    }

    /// The ports of this machine from which connections to the shards of ScyllaDB are made, 1024 or
    /// above: the port tells the server which shard to serve it from. Two sessions of one machine
    /// need ranges that do not overlap. With Cassandra it does nothing. Default: none, and
    /// connections land on shards as the server likes; cpp-rs-driver has a range by default.
    ///
    /// **ScyllaDB's fork never uses a port twice in a session, and ends the process when it runs out
    /// of them.** Each connection and each attempt of one takes a port for good: give it thousands,
    /// or leave this alone. cpp-rs-driver gives them back.
    ///
    /// Drivers: ScyllaDB's fork and cpp-rs-driver.
    pub fn local_ports(mut self, ports: RangeInclusive<u16>) -> Self {
        self.settings.connections.local_ports = Some(ports);
        self
    }

    /// Whether tables made with `COMPACT STORAGE` are shown as ordinary ones, with all their columns
    /// (`NO_COMPACT`, Cassandra 3.0.16 and later). Default: `false`. Drivers: not cpp-rs-driver.
    pub fn no_compact(mut self, yes: bool) -> Self {
        self.settings.connections.no_compact = Some(yes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(connections: &Connections) -> Result<(), String> {
        let mut wrong = Mistakes::default();
        connections.check(&mut wrong);
        wrong.or(()).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_connection_is_not_closed_before_its_heartbeat() {
        let of = |heartbeat: Option<Option<u64>>, idle: Option<Option<u64>>| {
            let seconds = |n: Option<u64>| n.map(Duration::from_secs);
            let heartbeat_interval = heartbeat.map(seconds);
            let idle_timeout = idle.map(seconds);
            mistakes(&Connections { heartbeat_interval, idle_timeout, ..Connections::default() })
        };
        assert_eq!(of(None, None), Ok(()));
        assert_eq!(of(Some(Some(5)), Some(Some(6))), Ok(()));
        assert!(of(Some(Some(60)), None).unwrap_err().contains("idle_timeout"));
        assert!(of(None, Some(Some(30))).unwrap_err().contains("30s"));
        // Without heartbeats C closes nothing for being idle.
        assert_eq!(of(Some(None), Some(Some(1))), Ok(()));
        assert_eq!(of(Some(Some(600)), Some(None)), Ok(()));
        assert!(of(Some(Some(0)), None).unwrap_err().contains("`None`"));
    }

    #[test]
    fn ports_that_c_refuses() {
        let of =
            |ports| mistakes(&Connections { local_ports: Some(ports), ..Connections::default() });
        assert_eq!(of(1024..=u16::MAX), Ok(()));
        assert!(of(1023..=2000).is_err());
        #[expect(clippy::reversed_empty_ranges, reason = "the mistake that is told")]
        let reversed = 3000..=2000;
        assert!(of(reversed).is_err());
    }
}
