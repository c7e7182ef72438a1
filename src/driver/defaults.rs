//! What a cluster and an execution profile are told alike, and what C answers.

use super::cluster::check;
use super::plug::Unsupported;
use super::retry_policy::RetryPolicy;
use super::sys;
use super::units::millis;
use crate::cluster::{Base, Filter, LatencyAware, LoadBalancing, Mistakes, RequestDefaults};
use crate::error::{Error, ErrorKind, Result};

/// What a setter returned, or that the driver has none.
pub(super) type Set = std::result::Result<sys::Code, Unsupported>;

/// A cluster or an execution profile: C has two functions for each of these.
pub(super) trait Target {
    fn consistency(&self, level: u32) -> Set;
    fn serial_consistency(&self, level: u32) -> Set;
    fn request_timeout(&self, millis: u32) -> Set;
    fn round_robin(&self) -> Set;
    fn dc_aware(&self, datacenter: &str) -> Set;
    fn rack_aware(&self, datacenter: &str, rack: &str) -> Set;
    fn token_aware(&self, yes: bool) -> Set;
    fn shuffle_replicas(&self, yes: bool) -> Set;
    fn latency_aware(&self, yes: bool) -> Set;
    fn latency_settings(&self, settings: &LatencyAware) -> Set;
    fn filter(&self, filter: Filter, list: &str) -> Set;
    fn retry(&self, policy: &RetryPolicy) -> Set;
    fn speculate(&self, delay_millis: i64, max: i32) -> Set;
    fn speculate_never(&self) -> Set;
}

/// Collects what C refuses, by the names of the builder's methods.
pub(super) struct Refusals<'m> {
    mistakes: &'m mut Mistakes,
    profile: Option<&'m str>,
}

impl<'m> Refusals<'m> {
    pub(super) fn of_session(mistakes: &'m mut Mistakes) -> Self {
        Self { mistakes, profile: None }
    }

    pub(super) fn of_profile(mistakes: &'m mut Mistakes, name: &'m str) -> Self {
        Self { mistakes, profile: Some(name) }
    }

    /// Notes what went wrong, if anything did.
    pub(super) fn told(&mut self, setting: &'static str, set: Set) {
        let name = if self.profile.is_some() { "profile" } else { setting };
        self.failed(setting, set.map_err(Error::from).and_then(|code| check(name, code)));
    }

    /// The same for an error.
    pub(super) fn failed(&mut self, setting: &'static str, done: Result<()>) {
        let Err(cause) = done else { return };
        let text = match (cause.kind(), cause.message()) {
            (ErrorKind::Unsupported { function }, "") => format!("it needs `{function}`"),
            (_, message) => message.to_owned(),
        };
        match self.profile {
            None => self.mistakes.add_caused(setting, text, cause),
            Some(name) => {
                self.mistakes.add_caused("profile", format!("`{name}`: {setting}: {text}"), cause);
            }
        }
    }

    /// Writes what is set to `target`.
    pub(super) fn apply(&mut self, defaults: &RequestDefaults, target: &impl Target) {
        if let Some(level) = defaults.consistency {
            self.told("consistency", target.consistency(level.to_code().into()));
        }
        if let Some(level) = defaults.serial_consistency {
            let set = target.serial_consistency(level.to_code().into());
            self.told("serial_consistency", set);
        }
        if let Some(timeout) = defaults.timeout {
            self.told("request_timeout", target.request_timeout(millis(timeout)));
        }
        if let Some(policy) = &defaults.load_balancing {
            self.balance(policy, target);
        }
        if let Some(policy) = defaults.retry {
            self.told("retry", RetryPolicy::new(policy).and_then(|policy| target.retry(&policy)));
        }
        match defaults.speculative.map(|policy| policy.plan()) {
            None => {}
            Some(None) => self.told("speculative", target.speculate_never()),
            Some(Some(plan)) => {
                let most = i32::try_from(plan.max).unwrap_or(i32::MAX);
                self.told("speculative", target.speculate(millis(plan.delay).into(), most));
            }
        }
    }

    fn balance(&mut self, policy: &LoadBalancing, target: &impl Target) {
        let mut told = |set| self.told("load_balancing", set);
        match policy.base() {
            // C's own for a session: a profile that names none was refused before.
            None => {}
            Some(Base::RoundRobin) => told(target.round_robin()),
            Some(Base::Datacenter(name)) => told(target.dc_aware(name)),
            Some(Base::Rack { datacenter, rack }) => told(target.rack_aware(datacenter, rack)),
        }
        if let Some(yes) = policy.is_token_aware() {
            told(target.token_aware(yes));
        }
        if let Some(yes) = policy.shuffles_replicas() {
            told(target.shuffle_replicas(yes));
        }
        if let Some(settings) = policy.latency_settings() {
            told(target.latency_settings(settings));
            told(target.latency_aware(true));
        }
        for (filter, list) in policy.filters() {
            told(target.filter(filter, &list));
        }
    }
}
