//! A span for each request, under OpenTelemetry's names for databases.
//!
//! It is made and ended by the thread that polls the request.
//!
//! Cost: nothing without feature `tracing`. With it some forty bytes in each request's future, and
//! two loads a request while nobody wants these spans; else what the subscriber takes.

use crate::error::Error;

/// What a span tells of its request.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only spans read it"))]
pub(crate) struct Subject<'a> {
    pub(crate) kind: Kind,
    /// The statement's text; of a batch, that of the first.
    pub(crate) cql: &'a str,
    pub(crate) keyspace: Option<&'a str>,
}

#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only spans read it"))]
pub(crate) enum Kind {
    Execute,
    Prepare,
    /// Of so many statements.
    Batch(usize),
}

/// The span of one request.
pub(crate) struct Span(#[cfg(feature = "tracing")] tracing::Span);

impl Span {
    #[cfg(feature = "tracing")]
    pub(crate) fn new(subject: Subject<'_>) -> Self {
        Self(described(subject))
    }

    #[cfg(not(feature = "tracing"))]
    pub(crate) fn new(_: Subject<'_>) -> Self {
        Self()
    }

    /// Notes how the request went, and ends the span.
    pub(crate) fn end<T>(&mut self, outcome: &Result<T, Error>) {
        #[cfg(feature = "tracing")]
        {
            let span = std::mem::replace(&mut self.0, tracing::Span::none());
            if let Err(error) = outcome {
                note(&span, error);
            }
        }
        #[cfg(not(feature = "tracing"))]
        let _ = outcome;
    }
}

#[cfg(feature = "tracing")]
impl Drop for Span {
    /// What has not ended by now is not waited for.
    fn drop(&mut self) {
        self.0.record("error.type", "abandoned");
    }
}

#[cfg(feature = "tracing")]
fn described(Subject { kind, cql, keyspace }: Subject<'_>) -> tracing::Span {
    use tracing::field::Empty;

    // Nothing of this is evaluated unless somebody wants the span.
    tracing::debug_span!(
        target: "async_cassandra::request",
        "request",
        otel.kind = "client",
        otel.name = &*operation(kind, cql),
        otel.status_code = Empty,
        db.system.name = "cassandra",
        db.namespace = keyspace,
        db.operation.name = &*operation(kind, cql),
        db.operation.batch.size = match kind {
            Kind::Batch(size) => Some(size as u64),
            _ => None,
        },
        db.query.text = cql,
        db.response.status_code = Empty,
        error.type = Empty,
    )
}

/// `SELECT`, `INSERT`, `BATCH`, `PREPARE`, …
#[cfg(feature = "tracing")]
fn operation(kind: Kind, cql: &str) -> std::borrow::Cow<'static, str> {
    match kind {
        Kind::Prepare => "PREPARE".into(),
        Kind::Batch(_) => "BATCH".into(),
        Kind::Execute => {
            let word = cql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next();
            word.unwrap_or_default().to_ascii_uppercase().into()
        }
    }
}

#[cfg(feature = "tracing")]
fn note(span: &tracing::Span, error: &Error) {
    if span.is_disabled() {
        return;
    }
    span.record("otel.status_code", "ERROR");
    // The name of the kind, without its fields.
    let kind = format!("{:?}", error.kind());
    let name = kind.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    span.record("error.type", name);
    // What comes from the server has its own code, as the protocol writes it.
    if let Some(code) = error.code().filter(|code| code >> 24 == 2) {
        span.record("db.response.status_code", format!("0x{:04X}", code & 0xFF_FFFF).as_str());
    }
}

#[cfg(all(test, feature = "tracing"))]
mod tests {
    use super::*;

    #[test]
    fn the_operation_is_the_first_word() {
        for (cql, name) in [
            ("SELECT * FROM t", "SELECT"),
            ("\n  insert into t (a) values (?)", "INSERT"),
            ("TRUNCATE", "TRUNCATE"),
            ("-- said\nSELECT", ""),
            ("", ""),
        ] {
            assert_eq!(operation(Kind::Execute, cql), name, "{cql}");
        }
        assert_eq!(operation(Kind::Prepare, "SELECT"), "PREPARE");
        assert_eq!(operation(Kind::Batch(3), "INSERT"), "BATCH");
    }
}
