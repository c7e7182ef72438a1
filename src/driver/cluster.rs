//! A C cluster: all settings of a connect, which copies them.
//!
//! Everything that C refuses, or has no function for, is told at once.

use std::ffi::c_int;
use std::ptr::NonNull;

use super::defaults::{Refusals, Set, Target};
use super::profile::Profile;
use super::retry_policy::RetryPolicy;
use super::timestamp_gen::TimestampGen;
use super::units::{micros, millis, seconds};
use super::{failure, plug, sys, uuid};
use crate::cluster::{
    self, Connections, Contact, Filter, Identity, LatencyAware, Mistakes, Reconnection, Schedule,
    Settings, Throughput, Timestamps, Upkeep,
};
use crate::error::{Error, ErrorKind, Result};

/// An owned `CassCluster`.
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
        let mut mistakes = Mistakes::default();
        let mut refusals = Refusals::of_session(&mut mistakes);
        cluster.contact(&settings.contact, &mut refusals);
        if let Some((user, password)) = &settings.credentials {
            cluster.credentials(user, password);
        }
        if let Some(login) = &settings.login {
            refusals.failed("authenticator", cluster.apply_login(login));
        }
        if let Some(tls) = &settings.tls {
            refusals.failed("tls", cluster.apply_tls(tls));
        }
        cluster.connections(&settings.connections, &mut refusals);
        cluster.liveness(&settings.connections, &mut refusals);
        cluster.throughput(&settings.throughput, &mut refusals);
        cluster.upkeep(&settings.upkeep, &mut refusals);
        cluster.identity(&settings.identity, &mut refusals);
        if let Some(policy) = settings.reconnection {
            refusals.told("reconnection", cluster.reconnection(policy));
        }
        if let Some(by) = settings.timestamps {
            refusals.told("timestamps", cluster.timestamps(by));
        }
        refusals.apply(&settings.requests, &cluster);
        for profile in &settings.profiles {
            cluster.profile(profile, &mut mistakes);
        }
        mistakes.or(cluster)
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CassCluster {
        self.0.as_ptr()
    }

    fn contact(&self, of: &Contact, refusals: &mut Refusals<'_>) {
        let (c, hosts) = (self.as_ptr(), of.hosts.join(","));
        // SAFETY: a live cluster that only this thread knows; C copies every text.
        unsafe {
            let (text, length) = (hosts.as_ptr().cast(), hosts.len());
            let code = sys::cass_cluster_set_contact_points_n(c, text, length);
            refusals.told("contact_points", Ok(code));
            if let Some(port) = of.port {
                refusals.told("port", Ok(sys::cass_cluster_set_port(c, port.into())));
            }
            if let Some(yes) = of.shuffled {
                let set = plug::optional!(sys::cass_cluster_set_use_randomized_contact_points);
                refusals.told("shuffle_contact_points", set.map(|set| set(c, yes.into())));
            }
        }
    }

    fn credentials(&self, user: &str, password: &str) {
        let (name, length) = (user.as_ptr().cast(), user.len());
        // SAFETY: as in `contact`.
        unsafe {
            sys::cass_cluster_set_credentials_n(
                self.as_ptr(),
                name,
                length,
                password.as_ptr().cast(),
                password.len(),
            );
        }
    }

    fn connections(&self, of: &Connections, refusals: &mut Refusals<'_>) {
        let c = self.as_ptr();
        // SAFETY: as in `contact`.
        unsafe {
            let version = c_int::from(of.protocol_version());
            let code = sys::cass_cluster_set_protocol_version(c, version);
            refusals.told("protocol_version", Ok(code));
            if let Some(threads) = of.io_threads {
                let code = sys::cass_cluster_set_num_threads_io(c, threads);
                refusals.told("io_threads", Ok(code));
            }
            if let Some(n) = of.per_host {
                let code = sys::cass_cluster_set_core_connections_per_host(c, n);
                refusals.told("connections_per_host", Ok(code));
            }
            if let Some(address) = of.local_address {
                let text = address.to_string();
                let set = plug::optional!(sys::cass_cluster_set_local_address_n);
                let set = set.map(|set| set(c, text.as_ptr().cast(), text.len()));
                refusals.told("local_address", set);
            }
            if let Some(ports) = &of.local_ports {
                let (from, before) = (c_int::from(*ports.start()), c_int::from(*ports.end()) + 1);
                let set = plug::optional!(sys::cass_cluster_set_local_port_range);
                refusals.told("local_ports", set.map(|set| set(c, from, before)));
            }
            if let Some(yes) = of.no_compact {
                let set = plug::optional!(sys::cass_cluster_set_no_compact);
                refusals.told("no_compact", set.map(|set| set(c, yes.into())));
            }
        }
    }

    fn liveness(&self, of: &Connections, refusals: &mut Refusals<'_>) {
        let c = self.as_ptr();
        // SAFETY: as in `contact`.
        unsafe {
            if let Some(timeout) = of.connect_timeout {
                sys::cass_cluster_set_connect_timeout(c, millis(timeout));
            }
            if let Some(timeout) = of.resolve_timeout {
                let set = plug::optional!(sys::cass_cluster_set_resolve_timeout);
                refusals.told("resolve_timeout", done(set.map(|set| set(c, millis(timeout)))));
            }
            // Zero is off for these three.
            if let Some(interval) = of.heartbeat_interval {
                let interval = interval.map_or(0, seconds);
                let set = plug::optional!(sys::cass_cluster_set_connection_heartbeat_interval);
                refusals.told("heartbeat_interval", done(set.map(|set| set(c, interval))));
            }
            if let Some(timeout) = of.idle_timeout {
                let timeout = timeout.map_or(0, seconds);
                let set = plug::optional!(sys::cass_cluster_set_connection_idle_timeout);
                refusals.told("idle_timeout", done(set.map(|set| set(c, timeout))));
            }
            if let Some(after) = of.keepalive {
                let (on, after) = (after.is_some().into(), after.map_or(0, seconds));
                let set = plug::optional!(sys::cass_cluster_set_tcp_keepalive);
                refusals.told("tcp_keepalive", done(set.map(|set| set(c, on, after))));
            }
            if let Some(yes) = of.nodelay {
                let set = plug::optional!(sys::cass_cluster_set_tcp_nodelay);
                refusals.told("tcp_nodelay", done(set.map(|set| set(c, yes.into()))));
            }
        }
    }

    fn throughput(&self, of: &Throughput, refusals: &mut Refusals<'_>) {
        let c = self.as_ptr();
        // SAFETY: as in `contact`.
        unsafe {
            if let Some(size) = of.queue_size {
                let set = plug::optional!(sys::cass_cluster_set_queue_size_io);
                refusals.told("queue_size", set.map(|set| set(c, size)));
            }
            if let Some(coalesce) = of.coalesce {
                let set = plug::optional!(sys::cass_cluster_set_coalesce_delay);
                refusals.told("coalesce", set.map(|set| set(c, micros(coalesce.delay()))));
            }
            if let Some(percent) = of.new_request_ratio {
                let set = plug::optional!(sys::cass_cluster_set_new_request_ratio);
                refusals.told("new_request_ratio", set.map(|set| set(c, percent.into())));
            }
            if let Some(buffers) = of.reusable_writes {
                let set = plug::optional!(sys::cass_cluster_set_max_reusable_write_objects);
                refusals.told("reusable_writes", set.map(|set| set(c, buffers)));
            }
        }
    }

    fn upkeep(&self, of: &Upkeep, refusals: &mut Refusals<'_>) {
        let c = self.as_ptr();
        // SAFETY: as in `contact`.
        unsafe {
            if let Some(yes) = of.schema_metadata {
                let set = plug::optional!(sys::cass_cluster_set_use_schema);
                refusals.told("schema_metadata", done(set.map(|set| set(c, yes.into()))));
            }
            if let Some(most) = of.schema_agreement_wait {
                let set = plug::optional!(sys::cass_cluster_set_max_schema_wait_time);
                refusals.told("schema_agreement_wait", done(set.map(|set| set(c, millis(most)))));
            }
            if let Some(yes) = of.prepare_on_all_hosts {
                let set = plug::optional!(sys::cass_cluster_set_prepare_on_all_hosts);
                refusals.told("prepare_on_all_hosts", set.map(|set| set(c, yes.into())));
            }
            // Never: the C++ driver tells its session that a host was taught, also when that session
            // was closed meanwhile and is just being freed, and then ends the program.
            if let Ok(set) = plug::optional!(sys::cass_cluster_set_prepare_on_up_or_add_host) {
                refusals.told("prepare_on_up_or_add_host", Ok(set(c, false.into())));
            }
            if let Some(most) = of.tracing_wait {
                let set = plug::optional!(sys::cass_cluster_set_tracing_max_wait_time);
                refusals.told("tracing_wait", done(set.map(|set| set(c, millis(most)))));
            }
            if let Some(pause) = of.tracing_retry {
                let set = plug::optional!(sys::cass_cluster_set_tracing_retry_wait_time);
                refusals.told("tracing_retry", done(set.map(|set| set(c, millis(pause)))));
            }
            if let Some(level) = of.tracing_consistency {
                let level = level.to_code().into();
                let set = plug::optional!(sys::cass_cluster_set_tracing_consistency);
                refusals.told("tracing_consistency", done(set.map(|set| set(c, level))));
            }
            if let Some(interval) = of.histogram_refresh {
                let set = plug::optional!(sys::cass_cluster_set_histogram_refresh_interval);
                refusals.told("histogram_refresh", set.map(|set| set(c, millis(interval))));
            }
        }
    }

    fn identity(&self, of: &Identity, refusals: &mut Refusals<'_>) {
        let c = self.as_ptr();
        // SAFETY: as in `contact`.
        unsafe {
            if let Some(name) = &of.application_name {
                let set = plug::optional!(sys::cass_cluster_set_application_name_n);
                let set = set.map(|set| set(c, name.as_ptr().cast(), name.len()));
                refusals.told("application_name", done(set));
            }
            if let Some(version) = &of.application_version {
                let set = plug::optional!(sys::cass_cluster_set_application_version_n);
                let set = set.map(|set| set(c, version.as_ptr().cast(), version.len()));
                refusals.told("application_version", done(set));
            }
            if let Some(id) = of.client_id {
                let set = plug::optional!(sys::cass_cluster_set_client_id);
                refusals.told("client_id", done(set.map(|set| set(c, uuid::to_c(id.into())))));
            }
        }
    }

    fn reconnection(&self, policy: Reconnection) -> Set {
        match policy.schedule() {
            Schedule::Constant(delay) => {
                let set = plug::optional!(sys::cass_cluster_set_constant_reconnect)?;
                // SAFETY: as in `contact`.
                unsafe { set(self.as_ptr(), millis(delay).into()) };
                Ok(sys::OK)
            }
            Schedule::Exponential { base, max } => {
                let set = plug::optional!(sys::cass_cluster_set_exponential_reconnect)?;
                // SAFETY: as in `contact`.
                Ok(unsafe { set(self.as_ptr(), millis(base).into(), millis(max).into()) })
            }
        }
    }

    fn timestamps(&self, by: Timestamps) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_timestamp_gen)?;
        let generator = TimestampGen::new(by)?;
        // SAFETY: as in `contact`; C takes its own reference to the generator.
        unsafe { set(self.as_ptr(), generator.as_ptr()) };
        Ok(sys::OK)
    }

    fn profile(&self, profile: &cluster::Profile, mistakes: &mut Mistakes) {
        let name = profile.name();
        let made = match Profile::new() {
            Ok(made) => made,
            Err(missing) => {
                return Refusals::of_session(mistakes).told("profile", Err(missing));
            }
        };
        let mut refusals = Refusals::of_profile(mistakes, name);
        refusals.apply(profile.requests(), &made);
        let set = plug::optional!(sys::cass_cluster_set_execution_profile_n).map(|set| {
            let (text, length) = (name.as_ptr().cast(), name.len());
            // SAFETY: as in `contact`; C copies the profile.
            unsafe { set(self.as_ptr(), text, length, made.as_ptr()) }
        });
        refusals.told("name", set);
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

/// For the setters that return nothing.
fn done(set: Result<(), plug::Unsupported>) -> Set {
    set.map(|()| sys::OK)
}

impl Target for Cluster {
    fn consistency(&self, level: u32) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_consistency)?;
        // SAFETY: as in `contact`.
        Ok(unsafe { set(self.as_ptr(), level) })
    }

    fn serial_consistency(&self, level: u32) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_serial_consistency)?;
        // SAFETY: as in `contact`.
        Ok(unsafe { set(self.as_ptr(), level) })
    }

    fn request_timeout(&self, millis: u32) -> Set {
        // SAFETY: as in `contact`.
        unsafe { sys::cass_cluster_set_request_timeout(self.as_ptr(), millis) };
        Ok(sys::OK)
    }

    fn round_robin(&self) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_load_balance_round_robin)?;
        // SAFETY: as in `contact`.
        unsafe { set(self.as_ptr()) };
        Ok(sys::OK)
    }

    fn dc_aware(&self, datacenter: &str) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_load_balance_dc_aware_n)?;
        let (name, length) = (datacenter.as_ptr().cast(), datacenter.len());
        // SAFETY: as in `contact`.
        Ok(unsafe { set(self.as_ptr(), name, length, 0, 0) })
    }

    fn rack_aware(&self, datacenter: &str, rack: &str) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_load_balance_rack_aware_n)?;
        let (name, length) = (datacenter.as_ptr().cast(), datacenter.len());
        // SAFETY: as in `contact`.
        Ok(unsafe { set(self.as_ptr(), name, length, rack.as_ptr().cast(), rack.len()) })
    }

    fn token_aware(&self, yes: bool) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_token_aware_routing)?;
        // SAFETY: as in `contact`.
        unsafe { set(self.as_ptr(), yes.into()) };
        Ok(sys::OK)
    }

    fn shuffle_replicas(&self, yes: bool) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_token_aware_routing_shuffle_replicas)?;
        // SAFETY: as in `contact`.
        unsafe { set(self.as_ptr(), yes.into()) };
        Ok(sys::OK)
    }

    fn latency_aware(&self, yes: bool) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_latency_aware_routing)?;
        // SAFETY: as in `contact`.
        unsafe { set(self.as_ptr(), yes.into()) };
        Ok(sys::OK)
    }

    fn latency_settings(&self, of: &LatencyAware) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_latency_aware_routing_settings)?;
        let (scale, retry) = (millis(of.scale), millis(of.retry_period));
        let (times, rate, least) =
            (of.exclusion_threshold, millis(of.update_rate), of.min_measured);
        // SAFETY: as in `contact`.
        unsafe { set(self.as_ptr(), times, scale.into(), retry.into(), rate.into(), least) };
        Ok(sys::OK)
    }

    fn filter(&self, filter: Filter, list: &str) -> Set {
        let (c, text, length) = (self.as_ptr(), list.as_ptr().cast(), list.len());
        // SAFETY: as in `contact`.
        unsafe {
            match filter {
                Filter::AllowHosts => {
                    plug::optional!(sys::cass_cluster_set_whitelist_filtering_n)?(c, text, length);
                }
                Filter::DenyHosts => {
                    plug::optional!(sys::cass_cluster_set_blacklist_filtering_n)?(c, text, length);
                }
                Filter::AllowDatacenters => {
                    let set = plug::optional!(sys::cass_cluster_set_whitelist_dc_filtering_n)?;
                    set(c, text, length);
                }
                Filter::DenyDatacenters => {
                    let set = plug::optional!(sys::cass_cluster_set_blacklist_dc_filtering_n)?;
                    set(c, text, length);
                }
            }
        }
        Ok(sys::OK)
    }

    fn retry(&self, policy: &RetryPolicy) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_retry_policy)?;
        // SAFETY: as in `contact`; C takes its own reference to the policy.
        unsafe { set(self.as_ptr(), policy.as_ptr()) };
        Ok(sys::OK)
    }

    fn speculate(&self, delay_millis: i64, max: i32) -> Set {
        let set = plug::optional!(sys::cass_cluster_set_constant_speculative_execution_policy)?;
        // SAFETY: as in `contact`.
        Ok(unsafe { set(self.as_ptr(), delay_millis, max) })
    }

    /// C's default, so that a driver without the function does without.
    fn speculate_never(&self) -> Set {
        Ok(sys::OK)
    }
}
