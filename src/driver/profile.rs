//! A C execution profile: defaults of requests, which a cluster copies.

use std::ptr::NonNull;

use super::defaults::{Set, Target};
use super::plug::Unsupported;
use super::retry_policy::RetryPolicy;
use super::units::millis;
use super::{plug, sys};
use crate::cluster::{Filter, LatencyAware};

/// An owned `CassExecProfile`.
pub(super) struct Profile(NonNull<sys::CassExecProfile>);

impl Drop for Profile {
    fn drop(&mut self) {
        // SAFETY: ours, given up here; a cluster made a copy. A driver that makes profiles frees
        // them: the function was checked with the one that made it.
        unsafe { sys::cass_execution_profile_free(self.0.as_ptr()) }
    }
}

impl Profile {
    pub(super) fn new() -> Result<Self, Unsupported> {
        plug::optional!(sys::cass_execution_profile_free)?;
        // SAFETY: no arguments.
        let raw = unsafe { plug::optional!(sys::cass_execution_profile_new)?() };
        Ok(Self(NonNull::new(raw).expect("the C driver could not allocate a profile")))
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CassExecProfile {
        self.0.as_ptr()
    }
}

impl Target for Profile {
    fn consistency(&self, level: u32) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_consistency)?;
        // SAFETY: a live profile that only this thread knows.
        Ok(unsafe { set(self.as_ptr(), level) })
    }

    fn serial_consistency(&self, level: u32) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_serial_consistency)?;
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr(), level) })
    }

    fn request_timeout(&self, millis: u32) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_request_timeout)?;
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr(), millis.into()) })
    }

    fn round_robin(&self) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_load_balance_round_robin)?;
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr()) })
    }

    fn dc_aware(&self, datacenter: &str) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_load_balance_dc_aware_n)?;
        let (name, length) = (datacenter.as_ptr().cast(), datacenter.len());
        // SAFETY: as in `consistency`; C copies the text.
        Ok(unsafe { set(self.as_ptr(), name, length, 0, 0) })
    }

    fn rack_aware(&self, datacenter: &str, rack: &str) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_load_balance_rack_aware_n)?;
        let (name, length) = (datacenter.as_ptr().cast(), datacenter.len());
        // SAFETY: as in `consistency`; C copies the texts.
        Ok(unsafe { set(self.as_ptr(), name, length, rack.as_ptr().cast(), rack.len()) })
    }

    fn token_aware(&self, yes: bool) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_token_aware_routing)?;
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr(), yes.into()) })
    }

    fn shuffle_replicas(&self, yes: bool) -> Set {
        let set =
            plug::optional!(sys::cass_execution_profile_set_token_aware_routing_shuffle_replicas)?;
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr(), yes.into()) })
    }

    fn latency_aware(&self, yes: bool) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_latency_aware_routing)?;
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr(), yes.into()) })
    }

    fn latency_settings(&self, of: &LatencyAware) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_latency_aware_routing_settings)?;
        let (scale, retry) = (millis(of.scale), millis(of.retry_period));
        let (times, rate, least) =
            (of.exclusion_threshold, millis(of.update_rate), of.min_measured);
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr(), times, scale.into(), retry.into(), rate.into(), least) })
    }

    fn filter(&self, filter: Filter, list: &str) -> Set {
        let (text, length) = (list.as_ptr().cast(), list.len());
        // SAFETY: as in `consistency`; C copies the text.
        Ok(unsafe {
            match filter {
                Filter::AllowHosts => {
                    let set =
                        plug::optional!(sys::cass_execution_profile_set_whitelist_filtering_n)?;
                    set(self.as_ptr(), text, length)
                }
                Filter::DenyHosts => {
                    let set =
                        plug::optional!(sys::cass_execution_profile_set_blacklist_filtering_n)?;
                    set(self.as_ptr(), text, length)
                }
                Filter::AllowDatacenters => {
                    let set =
                        plug::optional!(sys::cass_execution_profile_set_whitelist_dc_filtering_n)?;
                    set(self.as_ptr(), text, length)
                }
                Filter::DenyDatacenters => {
                    let set =
                        plug::optional!(sys::cass_execution_profile_set_blacklist_dc_filtering_n)?;
                    set(self.as_ptr(), text, length)
                }
            }
        })
    }

    fn retry(&self, policy: &RetryPolicy) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_retry_policy)?;
        // SAFETY: as in `consistency`; C takes its own reference to the policy.
        Ok(unsafe { set(self.as_ptr(), policy.as_ptr()) })
    }

    fn speculate(&self, delay_millis: i64, max: i32) -> Set {
        let set =
            plug::optional!(sys::cass_execution_profile_set_constant_speculative_execution_policy)?;
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr(), delay_millis, max) })
    }

    fn speculate_never(&self) -> Set {
        let set = plug::optional!(sys::cass_execution_profile_set_no_speculative_execution_policy)?;
        // SAFETY: as in `consistency`.
        Ok(unsafe { set(self.as_ptr()) })
    }
}
