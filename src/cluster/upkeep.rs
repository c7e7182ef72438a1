//! What the driver does beside requests: schema, preparing ahead, traces, figures.

use std::time::Duration;

use super::{Mistakes, SessionBuilder};
use crate::statement::Consistency;

#[derive(Debug, Clone, Default)]
pub(crate) struct Upkeep {
    pub(crate) schema_metadata: Option<bool>,
    pub(crate) schema_agreement_wait: Option<Duration>,
    pub(crate) prepare_on_all_hosts: Option<bool>,
    pub(crate) tracing_wait: Option<Duration>,
    pub(crate) tracing_retry: Option<Duration>,
    pub(crate) tracing_consistency: Option<Consistency>,
    pub(crate) histogram_refresh: Option<Duration>,
}

impl Upkeep {
    pub(super) fn check(&self, wrong: &mut Mistakes) {
        let spin = "zero would ask without a pause";
        wrong.refuse_zero("tracing_retry", self.tracing_retry, spin);
        let never = "zero would leave nothing to look at";
        wrong.refuse_zero("histogram_refresh", self.histogram_refresh, never);
    }
}

impl SessionBuilder {
    /// Whether the driver reads the whole schema and keeps it up to date. Without it, connecting is
    /// quicker where there are many tables, and the schema cannot be looked at; only the keyspaces'
    /// replication is still read, for
    /// [`token_aware`](crate::LoadBalancing::token_aware). Default: `true`. Drivers: all.
    pub fn schema_metadata(mut self, yes: bool) -> Self {
        self.settings.upkeep.schema_metadata = Some(yes);
        self
    }

    /// How long a statement that changes the schema waits until all nodes agree on it, in whole
    /// milliseconds, rounded up. When they do not, it succeeds all the same. Default: 10 s.
    /// Drivers: all.
    pub fn schema_agreement_wait(mut self, most: Duration) -> Self {
        self.settings.upkeep.schema_agreement_wait = Some(most);
        self
    }

    /// Whether a statement is prepared on every connected host, not on one alone. Else the others
    /// learn it at its first use there, which costs that request two round trips more; so does a host
    /// that joins later. (One that was restarted remembers, from Cassandra 3.10 on.) Default: `true`.
    /// Drivers: not cpp-rs-driver, which always does.
    pub fn prepare_on_all_hosts(mut self, yes: bool) -> Self {
        self.settings.upkeep.prepare_on_all_hosts = Some(yes);
        self
    }

    /// How long a request that is traced waits until the server has written its trace, in whole
    /// milliseconds, rounded up. Its answer comes that much later. Default: 15 ms. Drivers: not
    /// cpp-rs-driver.
    pub fn tracing_wait(mut self, most: Duration) -> Self {
        self.settings.upkeep.tracing_wait = Some(most);
        self
    }

    /// How long the driver pauses between two looks for a trace, in whole milliseconds, rounded up.
    /// Default: 3 ms. Drivers: not cpp-rs-driver.
    pub fn tracing_retry(mut self, pause: Duration) -> Self {
        self.settings.upkeep.tracing_retry = Some(pause);
        self
    }

    /// The consistency with which the driver looks for a trace. Default:
    /// [`One`](Consistency::One). Drivers: not cpp-rs-driver.
    pub fn tracing_consistency(mut self, level: Consistency) -> Self {
        self.settings.upkeep.tracing_consistency = Some(level);
        self
    }

    /// How old the driver's latency figures may be before they start anew, in whole milliseconds,
    /// rounded up. Default: they never do and cover the session's whole life. Drivers: DataStax's
    /// 2.17.1 and later alone.
    pub fn histogram_refresh(mut self, interval: Duration) -> Self {
        self.settings.upkeep.histogram_refresh = Some(interval);
        self
    }
}
