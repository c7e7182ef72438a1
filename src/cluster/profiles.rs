//! What a session remembers of its settings while it runs.
//!
//! Cost: a look-up by name for requests that have a profile, none for others.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::{LoadBalancing, RequestDefaults, Settings, SpeculativeExecution};
use crate::error::{Error, ErrorKind, Result};

/// C's own request timeout.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(12);

/// What requests fall back to, by profile.
#[derive(Debug, Clone)]
pub(crate) struct Profiles {
    session: Fallback,
    by_name: HashMap<Box<str>, Fallback>,
}

/// What a request of one profile falls back to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fallback {
    /// How long C waits for it.
    pub(crate) timeout: Duration,
    /// Whether C sends it to several hosts, if it is idempotent. Its answer may then be lost in C,
    /// so that it needs a deadline of our own.
    pub(crate) speculates: bool,
    /// What limits its hosts, in words; may be empty.
    limits: Box<str>,
}

impl Fallback {
    /// `own` first, then `session`, then C's default.
    fn new(own: &RequestDefaults, session: &RequestDefaults) -> Self {
        let limits = own.load_balancing.as_ref().or(session.load_balancing.as_ref());
        Self {
            timeout: own.timeout.or(session.timeout).unwrap_or(REQUEST_TIMEOUT),
            speculates: own
                .speculative
                .or(session.speculative)
                .as_ref()
                .and_then(SpeculativeExecution::plan)
                .is_some(),
            limits: limits.map(LoadBalancing::limits).unwrap_or_default().into(),
        }
    }
}

impl Profiles {
    pub(crate) fn new(settings: &Settings) -> Self {
        let session = &settings.requests;
        let named = settings
            .profiles
            .iter()
            .map(|profile| (profile.name().into(), Fallback::new(profile.requests(), session)));
        Self { session: Fallback::new(session, session), by_name: named.collect() }
    }

    /// What a request falls back to that names this profile, or none.
    pub(crate) fn get(&self, name: Option<&str>) -> Result<&Fallback> {
        let Some(name) = name else { return Ok(&self.session) };
        self.by_name.get(name).ok_or_else(|| {
            let mut known: Vec<_> = self.by_name.keys().map(|name| format!("`{name}`")).collect();
            known.sort();
            let known = match known.len() {
                0 => "none was given to the builder's `profile(..)`".to_owned(),
                _ => format!("the session knows {}", known.join(", ")),
            };
            Error::new(ErrorKind::UnknownProfile { name: name.to_owned() }, known)
        })
    }

    /// Says which hosts a connect could have used, when it found none.
    pub(crate) fn explain_connect(&self, error: Error) -> Error {
        because(error, &self.session.limits)
    }

    /// Says which hosts a request could have gone to, when it found none.
    pub(crate) fn explain(
        &self,
        error: Error,
        profile: Option<&str>,
        host: Option<SocketAddr>,
    ) -> Error {
        match (host, self.get(profile)) {
            (Some(host), _) => because(error, &format!("this request asks for {host} alone")),
            (None, Ok(fallback)) => because(error, &fallback.limits),
            (None, Err(_)) => error,
        }
    }
}

/// C does not say why it had no host to ask.
fn because(error: Error, why: &str) -> Error {
    if *error.kind() != ErrorKind::NoHosts || why.is_empty() {
        return error;
    }
    let text = format!("{} ({why})", error.message());
    error.with_message(text)
}

#[cfg(test)]
mod tests {
    use super::super::Profile;
    use super::*;

    #[test]
    fn a_profile_falls_back_to_the_session() {
        let second = Duration::from_secs(1);
        let mut settings = Settings::default();
        settings.requests.speculative = Some(SpeculativeExecution::constant(second, 1));
        settings.requests.load_balancing = Some(LoadBalancing::dc_aware("dc1"));
        settings.profiles = vec![
            Profile::new("same"),
            Profile::new("own").timeout(second).speculative(SpeculativeExecution::off()),
        ];
        let profiles = Profiles::new(&settings);
        let session = profiles.get(None).unwrap();
        assert_eq!((session.timeout, session.speculates), (REQUEST_TIMEOUT, true));
        let none = || Error::new(ErrorKind::NoHosts, "none left");
        let text = |host| profiles.explain(none(), Some("same"), host).message().to_owned();
        assert_eq!(text(None), "none left (data centre `dc1` only)");
        let text = text(Some(([10, 0, 0, 1], 9042).into()));
        assert_eq!(text, "none left (this request asks for 10.0.0.1:9042 alone)");
        assert_eq!(profiles.get(Some("same")).unwrap(), session);
        let own = profiles.get(Some("own")).unwrap();
        assert_eq!((own.timeout, own.speculates), (second, false));
    }

    #[test]
    fn an_unknown_one_is_told_with_those_that_are_known() {
        let settings = Settings {
            profiles: vec![Profile::new("b"), Profile::new("a")],
            ..Settings::default()
        };
        let error = Profiles::new(&settings).get(Some("c")).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::UnknownProfile { name: "c".to_owned() });
        assert_eq!(error.to_string(), "no execution profile `c`: the session knows `a`, `b`");
        let error = Profiles::new(&Settings::default()).get(Some("c")).unwrap_err();
        assert!(error.message().contains("profile(..)"), "{error}");
    }
}
