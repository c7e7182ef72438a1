//! Which hosts a request may go to, and in which order they are tried.

use std::net::IpAddr;
use std::time::Duration;

use super::{ContactPoint, Mistakes, SessionBuilder};

/// Which hosts requests go to, in which order.
///
/// It starts from one of three bases, and the rest is laid over it:
///
/// | base | hosts, in turn |
/// |---|---|
/// | [`dc_aware`](Self::dc_aware) | those of one data centre, no others |
/// | [`rack_aware`](Self::rack_aware) | those of one rack, then of its data centre, then the others |
/// | [`round_robin`](Self::round_robin) | all |
///
/// [`new`](Self::new) names no base. For a session that is the data centre of the first contact
/// point that answers, or the one that
/// [`local_datacenter`](SessionBuilder::local_datacenter) names; for a
/// [`Profile`](crate::Profile) it is the session's base.
///
/// On top of the base, and unless told otherwise, the replicas of the partition come first
/// ([`token_aware`](Self::token_aware)). Hosts and data centres can be [allowed](Self::allow_hosts)
/// and [denied](Self::deny_hosts), slow hosts put last ([`latency_aware`](Self::latency_aware)).
///
/// ```
/// use async_cassandra::{LatencyAware, LoadBalancing};
///
/// let nearby = LoadBalancing::dc_aware("dc1")
///     .deny_hosts(["10.0.0.9"])
///     .latency_aware(LatencyAware::new().exclusion_threshold(3.0));
/// ```
///
/// The hosts that C connects to are those that the load balancing of the session or of one of its
/// profiles may use; to others there is no connection, not even for a request that is
/// [pinned](crate::Options::host) to one.
///
/// Drivers: all, but for [`rack_aware`](Self::rack_aware). C has no way to bring a policy of one's
/// own.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a load balancing does nothing before a builder or a profile takes it"]
pub struct LoadBalancing {
    base: Option<Base>,
    token_aware: Option<bool>,
    shuffle_replicas: Option<bool>,
    latency_aware: Option<LatencyAware>,
    filters: Filters,
}

/// What the rest is laid over.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Base {
    RoundRobin,
    Datacenter(String),
    Rack { datacenter: String, rack: String },
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Filters {
    allowed_hosts: Vec<ContactPoint>,
    denied_hosts: Vec<ContactPoint>,
    allowed_datacenters: Vec<String>,
    denied_datacenters: Vec<String>,
}

/// One of C's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    AllowHosts,
    DenyHosts,
    AllowDatacenters,
    DenyDatacenters,
}

impl LoadBalancing {
    /// No base of its own, replicas first.
    pub fn new() -> Self {
        Self {
            base: None,
            token_aware: None,
            shuffle_replicas: None,
            latency_aware: None,
            filters: Filters::default(),
        }
    }

    /// The hosts of one data centre, in turn, and no others: when none of them answers, requests
    /// fail with [`ErrorKind::NoHosts`](crate::ErrorKind::NoHosts). A name that the cluster does
    /// not have fails the connect.
    ///
    /// C's own "remote" knobs, which would let requests of `LOCAL_` consistencies leave the data
    /// centre, are deprecated there and not offered: for a second data centre, use a profile or a
    /// session of its own.
    pub fn dc_aware(datacenter: impl Into<String>) -> Self {
        Self { base: Some(Base::Datacenter(datacenter.into())), ..Self::new() }
    }

    /// The hosts of one rack, in turn; when none answers, those of its data centre; then, unless the
    /// consistency is a `LOCAL_` one, those of the others. C connects to all of them.
    ///
    /// Drivers: ScyllaDB's fork and cpp-rs-driver; in a [`Profile`](crate::Profile) cpp-rs-driver
    /// alone. With others the connect fails with
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn rack_aware(datacenter: impl Into<String>, rack: impl Into<String>) -> Self {
        let (datacenter, rack) = (datacenter.into(), rack.into());
        Self { base: Some(Base::Rack { datacenter, rack }), ..Self::new() }
    }

    /// All hosts of all data centres, in turn.
    pub fn round_robin() -> Self {
        Self { base: Some(Base::RoundRobin), ..Self::new() }
    }

    /// Whether the replicas of the partition come first, as far as the base allows them. Default:
    /// `true`.
    ///
    /// C knows the partition of a prepared statement whose partition key was bound. It reads the
    /// keyspaces' replication for this, even where
    /// [`schema_metadata`](SessionBuilder::schema_metadata) is off.
    pub fn token_aware(mut self, yes: bool) -> Self {
        self.token_aware = Some(yes);
        self
    }

    /// Whether the replicas of a partition are tried in a random order, which spreads the load, or in
    /// the order of the ring, which suits the servers' caches. Means something only with
    /// [`token_aware`](Self::token_aware). Default: `true`.
    pub fn shuffle_replicas(mut self, yes: bool) -> Self {
        self.shuffle_replicas = Some(yes);
        self
    }

    /// Hosts that answer much slower than the best one come last. Default: not.
    pub fn latency_aware(mut self, settings: LatencyAware) -> Self {
        self.latency_aware = Some(settings);
        self
    }

    /// Only these hosts, by address without a port, as the cluster knows them: C compares texts and
    /// resolves no name. Adds to those given before. Default: all.
    pub fn allow_hosts<I>(mut self, hosts: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<ContactPoint>,
    {
        self.filters.allowed_hosts.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// Not these hosts, by address as in [`allow_hosts`](Self::allow_hosts). Default: none.
    pub fn deny_hosts<I>(mut self, hosts: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<ContactPoint>,
    {
        self.filters.denied_hosts.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// Only these data centres. Adds to those given before. Default: all that the base allows.
    pub fn allow_datacenters<I>(mut self, datacenters: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filters.allowed_datacenters.extend(datacenters.into_iter().map(Into::into));
        self
    }

    /// Not these data centres. Adds to those given before. Default: none.
    pub fn deny_datacenters<I>(mut self, datacenters: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filters.denied_datacenters.extend(datacenters.into_iter().map(Into::into));
        self
    }

    pub(crate) fn base(&self) -> Option<&Base> {
        self.base.as_ref()
    }

    /// Takes over a base where it has none.
    pub(super) fn base_or(&mut self, base: Option<&Base>) {
        if self.base.is_none() {
            self.base = base.cloned();
        }
    }

    pub(crate) fn is_token_aware(&self) -> Option<bool> {
        self.token_aware
    }

    pub(crate) fn shuffles_replicas(&self) -> Option<bool> {
        self.shuffle_replicas
    }

    pub(crate) fn latency_settings(&self) -> Option<&LatencyAware> {
        self.latency_aware.as_ref()
    }

    /// C's lists that are not empty, each as the text that C takes.
    pub(crate) fn filters(&self) -> impl Iterator<Item = (Filter, String)> {
        let hosts = |hosts: &[ContactPoint]| {
            hosts.iter().filter_map(|host| address(host).ok()).collect::<Vec<_>>().join(",")
        };
        [
            (Filter::AllowHosts, hosts(&self.filters.allowed_hosts)),
            (Filter::DenyHosts, hosts(&self.filters.denied_hosts)),
            (Filter::AllowDatacenters, self.filters.allowed_datacenters.join(",")),
            (Filter::DenyDatacenters, self.filters.denied_datacenters.join(",")),
        ]
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
    }

    pub(super) fn check(&self, mut wrong: impl FnMut(String)) {
        match &self.base {
            None | Some(Base::RoundRobin) => {}
            Some(Base::Datacenter(name)) => check_name("data centre", name, &mut wrong),
            Some(Base::Rack { datacenter, rack }) => {
                check_name("data centre", datacenter, &mut wrong);
                check_name("rack", rack, &mut wrong);
            }
        }
        let Filters { allowed_hosts, denied_hosts, allowed_datacenters, denied_datacenters } =
            &self.filters;
        for host in allowed_hosts.iter().chain(denied_hosts) {
            if let Err(text) = address(host) {
                wrong(text);
            }
        }
        for name in allowed_datacenters.iter().chain(denied_datacenters) {
            check_name("data centre", name, &mut wrong);
            if name.contains(',') {
                wrong(format!("data centre `{name}`: C separates the names of a list by commas"));
            }
        }
        if let Some(settings) = &self.latency_aware {
            settings.check(&mut wrong);
        }
    }

    /// What limits the hosts, for the message of a request that found none.
    pub(super) fn limits(&self) -> String {
        let mut limits = Vec::new();
        match &self.base {
            Some(Base::Datacenter(name)) => limits.push(format!("data centre `{name}` only")),
            Some(Base::Rack { datacenter, rack }) => {
                limits.push(format!("rack `{rack}` of data centre `{datacenter}` first"));
            }
            Some(Base::RoundRobin) | None => {}
        }
        for (filter, list) in self.filters() {
            limits.push(match filter {
                Filter::AllowHosts => format!("allowed hosts: {list}"),
                Filter::DenyHosts => format!("denied hosts: {list}"),
                Filter::AllowDatacenters => format!("allowed data centres: {list}"),
                Filter::DenyDatacenters => format!("denied data centres: {list}"),
            });
        }
        limits.join(", ")
    }
}

impl Default for LoadBalancing {
    fn default() -> Self {
        Self::new()
    }
}

/// C trims the names of a list, and an empty local data centre means "any".
fn check_name(of: &str, name: &str, wrong: &mut impl FnMut(String)) {
    if name.is_empty() || name.trim() != name {
        wrong(format!("{of} `{name}`: a name is not empty and has no space around it"));
    }
}

/// The text by which C knows a host: its address.
fn address(host: &ContactPoint) -> Result<String, String> {
    let (name, port) = host.parts()?;
    match (name.parse::<IpAddr>(), port) {
        (Ok(address), None) => Ok(address.to_string()),
        _ => Err(format!(
            "`{host}`: C compares addresses and nothing else: write an address, without a port"
        )),
    }
}

/// When a host counts as slow.
///
/// C keeps an average of each host's latency. A host whose average is worse than the best one times
/// [`exclusion_threshold`](Self::exclusion_threshold) is tried after the others, until it has not
/// been measured for [`retry_period`](Self::retry_period).
///
/// Only answers with rows are measured. Drivers: all; DataStax's 2.16.0 takes the settings and
/// ignores them.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "these settings do nothing before a load balancing takes them"]
pub struct LatencyAware {
    pub(crate) exclusion_threshold: f64,
    pub(crate) scale: Duration,
    pub(crate) retry_period: Duration,
    pub(crate) update_rate: Duration,
    pub(crate) min_measured: u64,
}

impl LatencyAware {
    /// C's own settings.
    pub fn new() -> Self {
        Self {
            exclusion_threshold: 2.0,
            scale: Duration::from_millis(100),
            retry_period: Duration::from_secs(10),
            update_rate: Duration::from_millis(100),
            min_measured: 50,
        }
    }

    /// How many times worse than the best average a host may be. Default: 2.
    pub fn exclusion_threshold(mut self, times: f64) -> Self {
        self.exclusion_threshold = times;
        self
    }

    /// How long older measurements weigh, in whole milliseconds, rounded up. Default: 100 ms.
    pub fn scale(mut self, scale: Duration) -> Self {
        self.scale = scale;
        self
    }

    /// After how long without a measurement a slow host is tried again, in whole milliseconds,
    /// rounded up. Default: 10 s.
    pub fn retry_period(mut self, period: Duration) -> Self {
        self.retry_period = period;
        self
    }

    /// How often the best average is computed, in whole milliseconds, rounded up. Default: 100 ms.
    pub fn update_rate(mut self, rate: Duration) -> Self {
        self.update_rate = rate;
        self
    }

    /// How often a host must have been measured before it can count as slow. Default: 50.
    pub fn min_measured(mut self, times: u64) -> Self {
        self.min_measured = times;
        self
    }

    fn check(&self, wrong: &mut impl FnMut(String)) {
        if !(self.exclusion_threshold.is_finite() && self.exclusion_threshold >= 1.0) {
            let times = self.exclusion_threshold;
            wrong(format!("exclusion_threshold {times}: below 1 even the best host is slow"));
        }
        if self.scale.is_zero() {
            wrong("scale: C divides by it, so it cannot be zero".to_owned());
        }
        if self.update_rate.is_zero() {
            wrong("update_rate: zero would keep an I/O thread busy with nothing else".to_owned());
        }
    }
}

impl Default for LatencyAware {
    fn default() -> Self {
        Self::new()
    }
}

impl SessionBuilder {
    /// The data centre whose hosts are used, in turn, and no others; short for a
    /// [`load_balancing`](Self::load_balancing) with [`LoadBalancing::dc_aware`]. Default: that of
    /// the first contact point that answers, which is a guess where the contact points are of
    /// several.
    ///
    /// A name that the cluster does not have fails the connect with
    /// [`ErrorKind::NoHosts`](crate::ErrorKind::NoHosts). Drivers: all.
    pub fn local_datacenter(mut self, name: impl Into<String>) -> Self {
        self.local_datacenter = Some(name.into());
        self
    }

    /// Which hosts requests go to, in which order. Default: [`LoadBalancing::new`].
    pub fn load_balancing(mut self, policy: LoadBalancing) -> Self {
        self.settings.requests.load_balancing = Some(policy);
        self
    }

    /// Brings what `local_datacenter` said into the load balancing.
    pub(super) fn settle_datacenter(&mut self, wrong: &mut Mistakes) {
        let Some(name) = self.local_datacenter.take() else { return };
        let policy = self.settings.requests.load_balancing.get_or_insert_default();
        match policy.base() {
            None => policy.base = Some(Base::Datacenter(name)),
            Some(Base::Datacenter(other) | Base::Rack { datacenter: other, .. })
                if *other == name => {}
            Some(_) => wrong.add(
                "local_datacenter",
                format!("`load_balancing` says something else than the hosts of `{name}`"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(policy: &LoadBalancing) -> Vec<String> {
        let mut texts = Vec::new();
        policy.check(|text| texts.push(text));
        texts
    }

    #[test]
    fn lists_go_to_c_as_addresses_and_names() {
        let policy = LoadBalancing::round_robin()
            .allow_hosts(["10.0.0.1", "2001:DB8::1"])
            .allow_hosts([IpAddr::from([10, 0, 0, 2])])
            .deny_datacenters(["dc2", "dc3"]);
        assert_eq!(mistakes(&policy), [""; 0]);
        let lists: Vec<_> = policy.filters().collect();
        let hosts = "10.0.0.1,2001:db8::1,10.0.0.2".to_owned();
        assert_eq!(
            lists,
            [(Filter::AllowHosts, hosts), (Filter::DenyDatacenters, "dc2,dc3".to_owned())]
        );
        assert!(policy.limits().contains("denied data centres: dc2,dc3"), "{}", policy.limits());
    }

    #[test]
    fn what_c_could_not_match_is_refused() {
        for host in ["db.example", "10.0.0.1:9042", "a b"] {
            let texts = mistakes(&LoadBalancing::new().deny_hosts([host]));
            assert!(texts.len() == 1 && texts[0].contains(host), "{texts:?}");
        }
        for name in ["", " dc1", "dc1 "] {
            assert_eq!(mistakes(&LoadBalancing::dc_aware(name)).len(), 1, "`{name}`");
            assert_eq!(mistakes(&LoadBalancing::rack_aware("dc1", name)).len(), 1, "`{name}`");
            assert_eq!(mistakes(&LoadBalancing::new().allow_datacenters([name])).len(), 1);
        }
        let texts = mistakes(&LoadBalancing::new().allow_datacenters(["a,b"]));
        assert!(texts[0].contains("comma"), "{texts:?}");
        // A name on its own may hold one.
        assert_eq!(mistakes(&LoadBalancing::dc_aware("a,b")), [""; 0]);
    }

    #[test]
    fn latency_settings_that_c_would_choke_on() {
        let check =
            |settings: LatencyAware| mistakes(&LoadBalancing::new().latency_aware(settings));
        assert_eq!(check(LatencyAware::new()), [""; 0]);
        for times in [f64::NAN, f64::INFINITY, 0.5, -1.0] {
            assert_eq!(check(LatencyAware::new().exclusion_threshold(times)).len(), 1, "{times}");
        }
        assert!(check(LatencyAware::new().scale(Duration::ZERO))[0].starts_with("scale"));
        let rate = check(LatencyAware::new().update_rate(Duration::ZERO));
        assert!(rate[0].starts_with("update_rate"));
        assert_eq!(check(LatencyAware::new().retry_period(Duration::ZERO)), [""; 0]);
    }
}
