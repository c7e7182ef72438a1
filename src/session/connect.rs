//! The future of a connect.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::diagnosis::Diagnosis;
use super::{Defaults, Session};
use crate::cluster::{Profiles, Settings};
use crate::driver::{self, Connecting, Pending, WakeQueue};
use crate::error::{Error, ErrorKind, Result};
use crate::rt::AnyRuntime;

/// The future of [`SessionBuilder::connect`](crate::SessionBuilder::connect).
///
/// # Cancel safety
/// Nothing happens before the first poll. Dropped after it, the C driver finishes connecting by
/// itself, and the session is closed and freed in the background: nothing leaks, nothing blocks.
#[must_use = "futures do nothing unless polled"]
pub struct Connect(State);

enum State {
    Start(Box<Start>),
    Sent(Box<Sent>),
    Done,
}

struct Start {
    settings: Result<Settings>,
    runtime: AnyRuntime,
    /// Whether wakes are gathered for the runtime.
    gathers: bool,
    defaults: Defaults,
}

struct Sent {
    pending: Pending<driver::Session, Connecting>,
    diagnosis: Diagnosis,
    runtime: AnyRuntime,
    defaults: Defaults,
    profiles: Profiles,
    keyspace: Option<Box<str>>,
}

impl Connect {
    pub(crate) fn new(
        settings: Result<Settings>,
        runtime: AnyRuntime,
        gathers: bool,
        defaults: Defaults,
    ) -> Self {
        Self(State::Start(Box::new(Start { settings, runtime, gathers, defaults })))
    }
}

impl Start {
    fn send(self) -> Result<Sent> {
        let settings = self.settings?;
        driver::ready()?;
        let diagnosis = Diagnosis::new(&settings);
        let queue = self.gathers.then(|| gather(&self.runtime)).transpose()?;
        let pending = driver::Session::connect(&settings, queue)?;
        let (runtime, defaults) = (self.runtime, self.defaults);
        let profiles = Profiles::new(&settings);
        let keyspace = settings.contact.keyspace.as_deref().map(Box::from);
        Ok(Sent { pending, diagnosis, runtime, defaults, profiles, keyspace })
    }
}

/// A queue for the session's wakes, with its other end on the runtime.
fn gather(runtime: &AnyRuntime) -> Result<WakeQueue> {
    let (queue, drainer) = driver::wake_queue();
    runtime.spawn(Box::pin(drainer)).map_err(|no_tasks| {
        let text =
            "give one that does to `runtime(..)`: rt::Tokio, rt::AsyncStd, rt::Smol, or your own";
        Error::new(ErrorKind::Setting { name: "completion_queue" }, text).with_source(no_tasks)
    })?;
    Ok(queue)
}

impl Future for Connect {
    type Output = Result<Session>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Start(_) = self.0 {
            let State::Start(start) = std::mem::replace(&mut self.0, State::Done) else {
                unreachable!("the state was just looked at")
            };
            self.0 = State::Sent(Box::new(start.send()?));
        }
        let State::Sent(sent) = &mut self.0 else {
            panic!("a connect was polled after it was done")
        };
        let outcome = ready!(Pin::new(&mut sent.pending).poll(cx));
        let outcome = match outcome {
            Ok(driver) => {
                let (runtime, profiles) = (sent.runtime.clone(), sent.profiles.clone());
                let keyspace = sent.keyspace.take();
                Ok(Session::new(driver, runtime, sent.defaults, profiles, keyspace))
            }
            Err(error) => Err(sent.profiles.explain_connect(sent.diagnosis.explain(error))),
        };
        self.0 = State::Done;
        Poll::Ready(outcome)
    }
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect").finish_non_exhaustive()
    }
}
