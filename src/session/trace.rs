//! What the servers did for one request, step by step.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::Session;
use crate::cql::{Timestamp, Uuid};
use crate::error::{Error, ErrorKind, Result};

/// How long a trace may take to be complete. The servers write it behind the answer's back.
const PATIENCE: Duration = Duration::from_secs(2);
/// The first wait between two looks; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(5);

/// What the servers did for one request that was executed with `tracing(true)`. Made by
/// [`Session::trace`].
///
/// `Display` is a line for the request and one for each event, with the time since the event's own
/// node first heard of the request.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The trace's id, which [`Page::tracing_id`](crate::Page::tracing_id) gave.
    pub id: Uuid,
    /// The kind of request, in the server's words.
    pub request: String,
    /// The node that the request was sent to, as the nodes know each other.
    pub coordinator: Option<IpAddr>,
    /// The address that the request came from.
    pub client: Option<IpAddr>,
    /// When it began, by the coordinator's clock.
    pub started_at: Option<Timestamp>,
    /// How long it took on the coordinator. `None` while the trace is still being written.
    pub duration: Option<Duration>,
    /// What happened, in the order of the events' own clocks.
    pub events: Vec<TraceEvent>,
}

/// One step of a [`Trace`].
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceEvent {
    /// What was done.
    pub activity: String,
    /// The node that did it, as the nodes know each other.
    pub source: Option<IpAddr>,
    /// Time since that node first heard of the request.
    pub elapsed: Option<Duration>,
    /// The thread that did it.
    pub thread: Option<String>,
}

type Head = (Option<String>, Option<IpAddr>, Option<IpAddr>, Option<Timestamp>, Option<i32>);
type Event = (Option<String>, Option<IpAddr>, Option<i32>, Option<String>);

impl Session {
    /// Reads the trace of a request that was executed with `tracing(true)`.
    ///
    /// The servers write a trace after they have answered. This looks for it until it is complete,
    /// for two seconds at most, on the session's [`Runtime`](crate::rt::Runtime). Replicas that are
    /// later than the coordinator may still add events.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let page = session.query("SELECT name FROM users WHERE id = 1", ()).tracing(true).await?;
    /// if let Some(id) = page.tracing_id() {
    ///     println!("{}", session.trace(id).await?);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NoTrace`]: nothing was found under this id. [`ErrorKind::NoTimer`]: the runtime
    /// cannot wait. Besides those of any request; it reads `system_traces`, which the user may have
    /// to be granted.
    pub async fn trace(&self, id: Uuid) -> Result<Trace> {
        let (mut waited, mut wait) = (Duration::ZERO, FIRST_WAIT);
        let head = loop {
            let head = self.trace_head(id).await?;
            let complete = matches!(head, Some((_, _, _, _, Some(_))));
            if complete || waited >= PATIENCE {
                break head;
            }
            self.runtime().sleep(wait).await.map_err(no_timer)?;
            (waited, wait) = (waited + wait, wait * 2);
        };
        let Some((request, coordinator, client, started_at, micros)) = head else {
            return Err(Error::new(ErrorKind::NoTrace, id.to_string()));
        };
        Ok(Trace {
            id,
            request: request.unwrap_or_default(),
            coordinator,
            client,
            started_at,
            duration: duration(micros),
            events: self.trace_events(id).await?,
        })
    }

    async fn trace_head(&self, id: Uuid) -> Result<Option<Head>> {
        let cql = "SELECT request, coordinator, client, started_at, duration \
                   FROM system_traces.sessions WHERE session_id = ?";
        self.query(cql, (id,)).idempotent(true).maybe_one().await
    }

    async fn trace_events(&self, id: Uuid) -> Result<Vec<TraceEvent>> {
        let cql = "SELECT activity, source, source_elapsed, thread \
                   FROM system_traces.events WHERE session_id = ?";
        let rows = self.query(cql, (id,)).idempotent(true).all::<Event>().await?;
        let event = |(activity, source, micros, thread): Event| {
            let activity = activity.unwrap_or_default();
            TraceEvent { activity, source, elapsed: duration(micros), thread }
        };
        Ok(rows.into_iter().map(event).collect())
    }
}

fn no_timer(cause: crate::rt::NoTimer) -> Error {
    Error::new(ErrorKind::NoTimer, "").with_source(cause)
}

/// A negative number is damage, shown as zero.
fn duration(micros: Option<i32>) -> Option<Duration> {
    micros.map(|micros| Duration::from_micros(micros.max(0) as u64))
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trace {}: {}", self.id, self.request)?;
        if let Some(coordinator) = self.coordinator {
            write!(f, " on {coordinator}")?;
        }
        match self.duration {
            Some(duration) => write!(f, ", {duration:?}")?,
            None => f.write_str(", not complete yet")?,
        }
        self.events.iter().try_for_each(|event| write!(f, "\n  {event}"))
    }
}

impl fmt::Display for TraceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(elapsed) = self.elapsed {
            write!(f, "{elapsed:?} ")?;
        }
        if let Some(source) = self.source {
            write!(f, "{source} ")?;
        }
        f.write_str(&self.activity)?;
        match &self.thread {
            Some(thread) => write!(f, " [{thread}]"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_one_line_an_event() {
        let localhost = IpAddr::from([127, 0, 0, 1]);
        let mut trace = Trace {
            id: Uuid::NIL,
            request: "Execute CQL3 query".to_owned(),
            coordinator: Some(localhost),
            client: None,
            started_at: None,
            duration: duration(Some(1234)),
            events: vec![TraceEvent {
                activity: "Parsing".to_owned(),
                source: Some(localhost),
                elapsed: duration(Some(45)),
                thread: Some("Native-1".to_owned()),
            }],
        };
        assert_eq!(
            trace.to_string(),
            "trace 00000000-0000-0000-0000-000000000000: Execute CQL3 query on 127.0.0.1, 1.234ms\n  \
             45µs 127.0.0.1 Parsing [Native-1]"
        );
        trace.duration = None;
        assert!(trace.to_string().contains("not complete yet"), "{trace}");
    }
}
