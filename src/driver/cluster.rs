//! Settings of a connect, on their way to C.

use std::ffi::c_int;
use std::ptr::NonNull;
use std::time::Duration;

use super::{Limits, failure, plug, sys};
use crate::cluster::{Login, Tls};
use crate::error::{Error, ErrorKind, Result};

/// What C is told before a connect. `None` leaves C's default.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    /// Host names and addresses, without ports.
    pub(crate) hosts: Vec<String>,
    pub(crate) port: Option<u16>,
    pub(crate) keyspace: Option<String>,
    pub(crate) protocol_version: u8,
    pub(crate) io_threads: Option<u32>,
    pub(crate) connections_per_host: Option<u32>,
    pub(crate) queue_size: Option<u32>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) request_timeout: Option<Duration>,
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) limits: Limits,
    pub(crate) login: Option<Login>,
    pub(crate) tls: Option<Tls>,
}

/// Whole milliseconds for C, rounded up: a short time must not become zero, which means "none".
pub(crate) fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

/// An owned `CassCluster`. Connecting copies it.
pub(super) struct Cluster(NonNull<sys::CassCluster>);

impl Drop for Cluster {
    fn drop(&mut self) {
        // SAFETY: ours, given up here; a connect made a copy.
        unsafe { sys::cass_cluster_free(self.0.as_ptr()) }
    }
}

impl Cluster {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        // SAFETY: no arguments.
        let raw = unsafe { sys::cass_cluster_new() };
        let cluster = Self(NonNull::new(raw).expect("the C driver could not allocate a cluster"));
        cluster.apply_contact(settings)?;
        cluster.apply_limits(settings)?;
        settings.login.as_ref().map_or(Ok(()), |login| cluster.apply_login(login))?;
        settings.tls.as_ref().map_or(Ok(()), |tls| cluster.apply_tls(tls))?;
        Ok(cluster)
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CassCluster {
        self.0.as_ptr()
    }

    fn apply_contact(&self, settings: &Settings) -> Result<()> {
        let hosts = settings.hosts.join(",");
        let c = self.as_ptr();
        // SAFETY: a live cluster that only this thread knows; C copies every text.
        unsafe {
            let (text, length) = (hosts.as_ptr().cast(), hosts.len());
            check("contact_points", sys::cass_cluster_set_contact_points_n(c, text, length))?;
            if let Some(port) = settings.port {
                check("port", sys::cass_cluster_set_port(c, port.into()))?;
            }
            let version = c_int::from(settings.protocol_version);
            check("protocol_version", sys::cass_cluster_set_protocol_version(c, version))?;
            if let Some((user, password)) = &settings.credentials {
                sys::cass_cluster_set_credentials_n(
                    c,
                    user.as_ptr().cast(),
                    user.len(),
                    password.as_ptr().cast(),
                    password.len(),
                );
            }
        }
        Ok(())
    }

    fn apply_limits(&self, settings: &Settings) -> Result<()> {
        let c = self.as_ptr();
        // SAFETY: as in `apply_contact`.
        unsafe {
            if let Some(threads) = settings.io_threads {
                check("io_threads", sys::cass_cluster_set_num_threads_io(c, threads))?;
            }
            if let Some(n) = settings.connections_per_host {
                let code = sys::cass_cluster_set_core_connections_per_host(c, n);
                check("connections_per_host", code)?;
            }
            if let Some(size) = settings.queue_size {
                let set = plug::optional!(sys::cass_cluster_set_queue_size_io)?;
                check("queue_size", set(c, size))?;
            }
            if let Some(timeout) = settings.connect_timeout {
                sys::cass_cluster_set_connect_timeout(c, millis(timeout));
            }
            if let Some(timeout) = settings.request_timeout {
                sys::cass_cluster_set_request_timeout(c, millis(timeout));
            }
        }
        Ok(())
    }

    /// Starts the connect; the future is the caller's.
    pub(super) fn connect(
        &self,
        session: NonNull<sys::CassSession>,
        keyspace: Option<&str>,
    ) -> *mut sys::CassFuture {
        // SAFETY: a fresh session, a live cluster; C copies both the settings and the name.
        unsafe {
            match keyspace {
                None => sys::cass_session_connect(session.as_ptr(), self.as_ptr()),
                Some(name) => sys::cass_session_connect_keyspace_n(
                    session.as_ptr(),
                    self.as_ptr(),
                    name.as_ptr().cast(),
                    name.len(),
                ),
            }
        }
    }
}

/// What C says to a setting, of a session or of a request.
pub(super) fn check(setting: &'static str, code: sys::Code) -> Result<()> {
    match code {
        sys::OK => Ok(()),
        code => Err(Error::new(
            ErrorKind::Setting { name: setting },
            format!("the C driver refuses it: {}", failure::describe(code)),
        )
        .with_code(code)),
    }
}
