//! Logging in by other means than user and password: what a program implements, and the same with its
//! types erased, as the driver calls it.

use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::SessionBuilder;

/// Why an [`Authenticator`] gave up: any error. A text becomes one with `?` or `.into()`.
pub type AuthenticatorError = Box<dyn StdError + Send + Sync>;

/// Logs in to nodes by other means than user and password: a SASL mechanism, a token that expires.
///
/// Each new connection to a node that wants a login is one exchange: [`initial`](Self::initial), then
/// [`challenge`](Self::challenge) as often as the node asks, then [`success`](Self::success). A node
/// that refuses ends it without another call.
///
/// ```
/// use async_cassandra::{Authenticator, AuthenticatorError, Peer, Session};
///
/// /// What Cassandra's `PasswordAuthenticator` wants, with a password that may change.
/// struct Rotating(std::sync::Mutex<String>);
///
/// impl Authenticator for Rotating {
///     type Exchange = ();
///
///     fn initial(&self, _peer: &Peer<'_>) -> Result<(Vec<u8>, ()), AuthenticatorError> {
///         let password = self.0.lock().map_err(|_| "the password is lost")?;
///         Ok((format!("\0app\0{password}").into_bytes(), ()))
///     }
///
///     fn challenge(&self, _: &mut (), _: &[u8]) -> Result<Vec<u8>, AuthenticatorError> {
///         Err("this node wants more than a password".into())
///     }
/// }
///
/// let builder = Session::builder().authenticator(Rotating(std::sync::Mutex::new("secret".into())));
/// ```
///
/// # Where it runs
/// On the C driver's own threads, for several connections at once, as long as the session lives:
/// at connect, and whenever it connects to a node again. While a method runs, every connection of its
/// thread stands still: answer from memory, and fetch tokens elsewhere beforehand.
///
/// # Failures
/// An error, or a panic, ends the exchange and the connection. At connect it becomes
/// [`ErrorKind::Authenticator`](crate::ErrorKind::Authenticator), with your error as its `source()`;
/// later, the driver logs it and tries again after a while. With `panic = "abort"` a panic ends the
/// process, as everywhere.
pub trait Authenticator: Send + Sync + 'static {
    /// What an exchange remembers from step to step; `()` if nothing. Dropped when it is over, on the
    /// driver's thread.
    type Exchange: Send + 'static;

    /// Begins an exchange with `peer`: the first token, and what to remember.
    ///
    /// # Errors
    /// Whatever keeps it from making one; ends the exchange.
    fn initial(&self, peer: &Peer<'_>) -> Result<(Vec<u8>, Self::Exchange), AuthenticatorError>;

    /// Answers a challenge of the node.
    ///
    /// # Errors
    /// As [`initial`](Self::initial).
    fn challenge(
        &self,
        exchange: &mut Self::Exchange,
        token: &[u8],
    ) -> Result<Vec<u8>, AuthenticatorError>;

    /// The node accepts us, and may prove itself with a last token (empty if it sends none). By
    /// default that is ignored.
    ///
    /// # Errors
    /// The node is not who it should be; ends the exchange, and nothing is sent to it.
    fn success(
        &self,
        exchange: &mut Self::Exchange,
        token: &[u8],
    ) -> Result<(), AuthenticatorError> {
        let _ = (exchange, token);
        Ok(())
    }
}

/// Who wants a login.
#[derive(Debug, Clone, Copy)]
pub struct Peer<'a> {
    pub(crate) address: Option<IpAddr>,
    pub(crate) host_name: &'a str,
    pub(crate) class_name: &'a str,
}

impl<'a> Peer<'a> {
    /// The node's address. `None` only where the driver connects to something else than an address.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The node's host name, where the driver knows it: with
    /// [`Verify::ChainAndReverseDns`](crate::Verify::ChainAndReverseDns) the one that the reverse look-up
    /// gave.
    #[must_use]
    pub fn host_name(&self) -> Option<&'a str> {
        Some(self.host_name).filter(|name| !name.is_empty())
    }

    /// The node's authenticator, as it names it:
    /// `org.apache.cassandra.auth.PasswordAuthenticator`. Empty if it names none.
    #[must_use]
    pub fn class_name(&self) -> &'a str {
        self.class_name
    }
}

/// An authenticator of any type.
pub(crate) trait Begin: Send + Sync {
    fn begin(self: Arc<Self>, peer: &Peer<'_>) -> Begun;
}

/// An exchange of any authenticator.
pub(crate) trait Exchange: Send {
    fn challenge(&mut self, token: &[u8]) -> Result<Vec<u8>, AuthenticatorError>;
    fn success(&mut self, token: &[u8]) -> Result<(), AuthenticatorError>;
}

/// The first token, and the exchange that it begins.
pub(crate) type Begun = Result<(Vec<u8>, Box<dyn Exchange>), AuthenticatorError>;

struct Running<A: Authenticator> {
    authenticator: Arc<A>,
    exchange: A::Exchange,
}

impl<A: Authenticator> Begin for A {
    fn begin(self: Arc<Self>, peer: &Peer<'_>) -> Begun {
        let (token, exchange) = self.initial(peer)?;
        Ok((token, Box::new(Running { authenticator: self, exchange })))
    }
}

impl<A: Authenticator> Exchange for Running<A> {
    fn challenge(&mut self, token: &[u8]) -> Result<Vec<u8>, AuthenticatorError> {
        self.authenticator.challenge(&mut self.exchange, token)
    }

    fn success(&mut self, token: &[u8]) -> Result<(), AuthenticatorError> {
        self.authenticator.success(&mut self.exchange, token)
    }
}

/// What a session's connections share, and its connect looks at: the authenticator, and its last error.
#[derive(Clone)]
pub(crate) struct Login(Arc<Shared>);

struct Shared {
    authenticator: Arc<dyn Begin>,
    failure: Mutex<Option<Arc<dyn StdError + Send + Sync>>>,
}

impl Login {
    pub(crate) fn begin(&self, peer: &Peer<'_>) -> Begun {
        Arc::clone(&self.0.authenticator).begin(peer)
    }

    pub(crate) fn failed(&self, error: AuthenticatorError) {
        *self.0.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.into());
    }

    /// The error that [`failed`](Self::failed) was told last.
    pub(crate) fn failure(&self) -> Option<Arc<dyn StdError + Send + Sync>> {
        self.0.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl SessionBuilder {
    /// Logs in with `authenticator` in place of [`auth`](Self::auth): one or the other. Default: none.
    ///
    /// Not in every driver (`cass_cluster_set_authenticator_callbacks`): in others,
    /// ScyllaDB's cpp-rs-driver among them, connect fails with
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn authenticator(mut self, authenticator: impl Authenticator) -> Self {
        let authenticator: Arc<dyn Begin> = Arc::new(authenticator);
        let shared = Shared { authenticator, failure: Mutex::new(None) };
        self.settings.login = Some(Login(Arc::new(shared)));
        self
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}
