//! What C tries again by itself.

/// Which failures of a request C answers by trying it again, before anybody here hears of them.
///
/// | what happened | [`standard`](Self::standard) | [`fallthrough`](Self::fallthrough) |
/// |---|---|---|
/// | too few replicas alive ([`Unavailable`](crate::ErrorKind::Unavailable)) | once, on the next host | no |
/// | read timeout, enough replicas answered, but not the one asked for the data | once, on the same host | no |
/// | write timeout of the log of a batch, request idempotent | once, on the same host | no |
/// | coordinator overloaded or failing, request idempotent | next host, until none is left | no |
/// | any other timeout, read or write failure, any other error | no | no |
/// | connection lost on the way, request idempotent | next host | next host |
/// | connection lost on the way, request not idempotent | no: [`Timeout`](crate::ErrorKind::Timeout) at once | the same |
/// | coordinator still joining, no connection to the host | next host | next host |
/// | statement not prepared there | prepared, then once more on the same host | the same |
///
/// When the next host is wanted and none is left, the error is
/// [`NoHosts`](crate::ErrorKind::NoHosts), and what the last one said is lost: on a single node, and
/// with the standard policy, `Unavailable` is never seen.
///
/// So a request that does not say [`idempotent`](crate::Options::idempotent) is tried again only
/// where C knows that it did no harm: it did not run, or it was a read. What is left to the program
/// is told by [`Error::is_retryable`](crate::Error::is_retryable). All attempts together have one
/// request timeout.
///
/// C takes no policy of one's own; for that, set [`fallthrough`](Self::fallthrough) and loop over the
/// request. Its deprecated "downgrading" policy, which answers a failed write with success, is not
/// offered.
///
/// ```
/// use async_cassandra::RetryPolicy;
///
/// assert_eq!(RetryPolicy::default(), RetryPolicy::standard());
/// let watched = RetryPolicy::standard().logged();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "a retry policy does nothing before a builder, a profile or a request takes it"]
pub struct RetryPolicy {
    pub(crate) kind: RetryKind,
    pub(crate) logged: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RetryKind {
    Standard,
    Fallthrough,
}

impl RetryPolicy {
    /// C's own: tries again where it can do no harm. The default.
    pub const fn standard() -> Self {
        Self { kind: RetryKind::Standard, logged: false }
    }

    /// Hands every error of a server to the caller.
    pub const fn fallthrough() -> Self {
        Self { kind: RetryKind::Fallthrough, logged: false }
    }

    /// The same, and C logs each retry at level INFO.
    pub const fn logged(mut self) -> Self {
        self.logged = true;
        self
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::standard()
    }
}
