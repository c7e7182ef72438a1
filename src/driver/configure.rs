//! The options that C takes on a statement and on a batch alike.

use std::net::SocketAddr;
use std::time::Duration;

use super::cluster::check;
use super::retry_policy::RetryPolicy;
use super::statement::{Statement, inet_to_c};
use super::units::millis;
use super::{Batch, Payload, plug, sys};
use crate::cluster;
use crate::error::{Error, ErrorKind, Result};

/// What takes the options of a request. C reads them when it sends, again at each retry: so they are
/// written before it is executed, and not after.
pub(crate) trait Configure {
    /// A level's number in the protocol.
    fn set_consistency(&mut self, level: u16) -> Result<()>;

    /// A level's number in the protocol.
    fn set_serial_consistency(&mut self, level: u16) -> Result<()>;

    /// Rounded up to whole milliseconds, so that a short timeout never becomes zero, which C reads
    /// as "none".
    fn set_timeout(&mut self, timeout: Duration) -> Result<()>;

    fn set_idempotent(&mut self, yes: bool) -> Result<()>;

    /// Microseconds since the epoch.
    fn set_timestamp(&mut self, micros: i64) -> Result<()>;

    fn set_tracing(&mut self, on: bool) -> Result<()>;

    /// Not every driver can, as with the next.
    fn set_retry(&mut self, policy: cluster::RetryPolicy) -> Result<()>;

    /// C looks the profile up when it sends: a name that it does not know fails there.
    fn set_profile(&mut self, name: &str) -> Result<()>;

    /// The one host that it goes to.
    fn set_host(&mut self, host: SocketAddr) -> Result<()>;

    /// C takes a reference. Not every driver can.
    fn set_payload(&mut self, payload: &Payload) -> Result<()>;
}

impl Configure for Statement {
    fn set_consistency(&mut self, level: u16) -> Result<()> {
        // SAFETY: a live statement, and `&mut` says that nobody else writes to it.
        let code = unsafe { sys::cass_statement_set_consistency(self.as_ptr(), level.into()) };
        check("consistency", code)
    }

    fn set_serial_consistency(&mut self, level: u16) -> Result<()> {
        // SAFETY: as in `set_consistency`.
        let code =
            unsafe { sys::cass_statement_set_serial_consistency(self.as_ptr(), level.into()) };
        check("serial_consistency", code)
    }

    fn set_timeout(&mut self, timeout: Duration) -> Result<()> {
        let millis = millis(timeout).into();
        // SAFETY: as in `set_consistency`.
        check("timeout", unsafe { sys::cass_statement_set_request_timeout(self.as_ptr(), millis) })
    }

    fn set_idempotent(&mut self, yes: bool) -> Result<()> {
        // SAFETY: as in `set_consistency`.
        let code = unsafe { sys::cass_statement_set_is_idempotent(self.as_ptr(), yes.into()) };
        check("idempotent", code)
    }

    fn set_timestamp(&mut self, micros: i64) -> Result<()> {
        // SAFETY: as in `set_consistency`.
        check("timestamp", unsafe { sys::cass_statement_set_timestamp(self.as_ptr(), micros) })
    }

    fn set_tracing(&mut self, on: bool) -> Result<()> {
        // SAFETY: as in `set_consistency`.
        check("tracing", unsafe { sys::cass_statement_set_tracing(self.as_ptr(), on.into()) })
    }

    fn set_retry(&mut self, policy: cluster::RetryPolicy) -> Result<()> {
        let set = plug::optional!(sys::cass_statement_set_retry_policy)?;
        let policy = RetryPolicy::new(policy)?;
        // SAFETY: as in `set_consistency`; C takes its own reference to the policy.
        check("retry", unsafe { set(self.as_ptr(), policy.as_ptr()) })
    }

    fn set_profile(&mut self, name: &str) -> Result<()> {
        let set = plug::optional!(sys::cass_statement_set_execution_profile_n)?;
        let (text, length) = (name.as_ptr().cast(), name.len());
        // SAFETY: as in `set_consistency`; C copies the text.
        check("profile", unsafe { set(self.as_ptr(), text, length) })
    }

    fn set_host(&mut self, host: SocketAddr) -> Result<()> {
        let set = plug::optional!(sys::cass_statement_set_host_inet)?;
        let inet = inet_to_c(host.ip());
        // SAFETY: as in `set_consistency`; C copies the address.
        let code = unsafe { set(self.as_ptr(), &raw const inet, host.port().into()) };
        check("host", code)
    }

    fn set_payload(&mut self, payload: &Payload) -> Result<()> {
        let set = plug::optional!(sys::cass_statement_set_custom_payload)?;
        // SAFETY: as in `set_consistency`; a live payload that nobody changes any more.
        check("custom_payload", unsafe { set(self.as_ptr(), payload.as_ptr()) })
    }
}

impl Configure for Batch {
    fn set_consistency(&mut self, level: u16) -> Result<()> {
        // SAFETY: a live batch, and `&mut` says that nobody else writes to it.
        let code = unsafe { sys::cass_batch_set_consistency(self.as_ptr(), level.into()) };
        check("consistency", code)
    }

    fn set_serial_consistency(&mut self, level: u16) -> Result<()> {
        // SAFETY: as in `set_consistency`.
        let code = unsafe { sys::cass_batch_set_serial_consistency(self.as_ptr(), level.into()) };
        check("serial_consistency", code)
    }

    fn set_timeout(&mut self, timeout: Duration) -> Result<()> {
        let millis = millis(timeout).into();
        // SAFETY: as in `set_consistency`.
        check("timeout", unsafe { sys::cass_batch_set_request_timeout(self.as_ptr(), millis) })
    }

    fn set_idempotent(&mut self, yes: bool) -> Result<()> {
        // SAFETY: as in `set_consistency`.
        let code = unsafe { sys::cass_batch_set_is_idempotent(self.as_ptr(), yes.into()) };
        check("idempotent", code)
    }

    fn set_timestamp(&mut self, micros: i64) -> Result<()> {
        // SAFETY: as in `set_consistency`.
        check("timestamp", unsafe { sys::cass_batch_set_timestamp(self.as_ptr(), micros) })
    }

    fn set_tracing(&mut self, on: bool) -> Result<()> {
        // SAFETY: as in `set_consistency`.
        check("tracing", unsafe { sys::cass_batch_set_tracing(self.as_ptr(), on.into()) })
    }

    fn set_retry(&mut self, policy: cluster::RetryPolicy) -> Result<()> {
        let set = plug::optional!(sys::cass_batch_set_retry_policy)?;
        let policy = RetryPolicy::new(policy)?;
        // SAFETY: as in `set_consistency`; C takes its own reference to the policy.
        check("retry", unsafe { set(self.as_ptr(), policy.as_ptr()) })
    }

    fn set_profile(&mut self, name: &str) -> Result<()> {
        let set = plug::optional!(sys::cass_batch_set_execution_profile_n)?;
        let (text, length) = (name.as_ptr().cast(), name.len());
        // SAFETY: as in `set_consistency`; C copies the text.
        check("profile", unsafe { set(self.as_ptr(), text, length) })
    }

    fn set_host(&mut self, _: SocketAddr) -> Result<()> {
        let text = "C pins no batch to a host: a profile that allows one host alone does";
        Err(Error::new(ErrorKind::Batch, text))
    }

    fn set_payload(&mut self, payload: &Payload) -> Result<()> {
        let set = plug::optional!(sys::cass_batch_set_custom_payload)?;
        // SAFETY: as in `set_consistency`; a live payload that nobody changes any more.
        check("custom_payload", unsafe { set(self.as_ptr(), payload.as_ptr()) })
    }
}
