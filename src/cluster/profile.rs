//! Named sets of defaults for requests.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{
    LoadBalancing, Mistakes, RequestDefaults, RetryPolicy, SessionBuilder, SpeculativeExecution,
};
use crate::statement::{Consistency, SerialConsistency};

/// An execution profile: defaults for a kind of request, under a name.
///
/// A session knows the profiles that its builder was [given](SessionBuilder::profile); a request
/// [names](crate::Options::profile) one. What a profile does not set is as the session's builder set
/// it; what a request sets wins over both. A [`load_balancing`](Self::load_balancing) is taken as a
/// whole: hosts that the session denies are not denied to a profile with one of its own.
///
/// ```no_run
/// # async fn f() -> async_cassandra::Result<()> {
/// use async_cassandra::{Consistency, LoadBalancing, Profile, Session};
/// use std::time::Duration;
///
/// let reports = Profile::new("reports")
///     .consistency(Consistency::One)
///     .timeout(Duration::from_secs(60))
///     .load_balancing(LoadBalancing::dc_aware("analytics"));
///
/// let session = Session::builder()
///     .contact_points(["10.0.0.1"])
///     .local_datacenter("dc1")
///     .profile(&reports)
///     .connect()
///     .await?;
///
/// session.query("SELECT * FROM sales", ()).profile(&reports).await?;
/// session.query("SELECT * FROM sales", ()).profile("reports").await?;
/// # Ok(()) }
/// ```
///
/// Drivers: all. C's own profiles forget the session's consistency; this crate hands it on.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a profile does nothing before a builder takes it"]
pub struct Profile {
    name: Arc<str>,
    pub(super) requests: RequestDefaults,
}

impl Profile {
    /// A profile that sets nothing yet.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), requests: RequestDefaults::default() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many replicas must answer.
    pub fn consistency(mut self, level: Consistency) -> Self {
        self.requests.consistency = Some(level);
        self
    }

    /// The consistency of the Paxos phase of lightweight transactions.
    pub fn serial_consistency(mut self, level: SerialConsistency) -> Self {
        self.requests.serial_consistency = Some(level);
        self
    }

    /// How long the C driver waits for a request, retries included, in whole milliseconds, rounded
    /// up.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.requests.timeout = Some(timeout);
        self
    }

    /// Which hosts requests go to, in which order.
    pub fn load_balancing(mut self, policy: LoadBalancing) -> Self {
        self.requests.load_balancing = Some(policy);
        self
    }

    /// What C tries again by itself.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.requests.retry = Some(policy);
        self
    }

    /// Whether idempotent requests that take long are sent to further hosts too.
    pub fn speculative(mut self, policy: SpeculativeExecution) -> Self {
        self.requests.speculative = Some(policy);
        self
    }

    pub(crate) fn requests(&self) -> &RequestDefaults {
        &self.requests
    }

    /// Fills in what C would not take from the session by itself.
    pub(super) fn inherit(&mut self, session: &RequestDefaults) {
        self.requests.consistency = self.requests.consistency.or(session.consistency);
        if let Some(policy) = &mut self.requests.load_balancing {
            policy.base_or(session.load_balancing.as_ref().and_then(LoadBalancing::base));
        }
    }

    /// Checks what is left after [`inherit`](Self::inherit).
    pub(super) fn check(&self, wrong: &mut Mistakes) {
        let name = &self.name;
        if name.is_empty() {
            wrong.add("profile", "the name is empty");
        }
        self.requests.check(|what, text| {
            let what = if what == "request_timeout" { "timeout" } else { what };
            wrong.add("profile", format!("`{name}`: {what}: {text}"));
        });
        if self.requests.load_balancing.as_ref().is_some_and(|policy| policy.base().is_none()) {
            wrong.add(
                "profile",
                format!(
                    "`{name}`: load_balancing: neither it nor the session says which data centre, \
                     and C guesses one for the session only: write `LoadBalancing::dc_aware(..)` \
                     or `.local_datacenter(..)`"
                ),
            );
        }
    }
}

/// The name of a [`Profile`], from the profile itself or from text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProfileName(Arc<str>);

impl ProfileName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Profile> for ProfileName {
    fn from(profile: &Profile) -> Self {
        Self(Arc::clone(&profile.name))
    }
}

impl From<&str> for ProfileName {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl From<String> for ProfileName {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl fmt::Debug for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl SessionBuilder {
    /// Makes a profile known to the session, under its name. What it does not set is as set here, by
    /// whatever was called before or after. Default: none.
    pub fn profile(mut self, profile: &Profile) -> Self {
        self.settings.profiles.push(profile.clone());
        self
    }

    /// Hands the session's settings on to its profiles, and checks these.
    pub(super) fn settle_profiles(&mut self, wrong: &mut Mistakes) {
        let settings = &mut self.settings;
        for at in 0..settings.profiles.len() {
            let (before, profile) = settings.profiles.split_at_mut(at);
            let profile = &mut profile[0];
            profile.inherit(&settings.requests);
            profile.check(wrong);
            if before.iter().any(|other| other.name == profile.name) {
                wrong.add("profile", format!("two are called `{}`", profile.name));
            }
        }
    }
}
