//! One prepare for many callers.
//!
//! # Contract
//! - One is on the wire, however many wait. Any of them drives it: whoever is polled takes the turn,
//!   starts the prepare if nobody has, and looks for its answer. Each may be dropped at any point.
//! - All of them are woken when C answers, and when somebody left a turn that another wanted, so that
//!   nobody depends on another being polled again.
//! - What comes, an error too, reaches all of them. An error is told to nobody else.
//! - No lock is held while C, a waker or anything else of others is called.
//!
//! # Cost
//! For prepares alone: two locks that are held for a push or a swap, one of them by the callback's
//! wake; all callers are polled when one would do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use callback_bridge::contain;

use super::prepare::Preparing;
use super::{Patience, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::statement::PreparedCore;

type Outcome = Result<Arc<PreparedCore>>;

/// A prepare that callers share. Dropped with the last of them: what is in line gives up its turn, what
/// was sent is detached. The bell does not keep it: C's slot has that.
pub(super) struct Joint {
    cql: Arc<str>,
    state: Mutex<State>,
    bell: Arc<Bell>,
    keys: AtomicUsize,
}

struct State {
    stage: Stage,
    /// Somebody came while another had the turn.
    wanted: bool,
    /// Whether C had it when the last turn ended.
    sent: bool,
}

enum Stage {
    /// Not started.
    Idle,
    /// Somebody polls it.
    Taken,
    Coming(Box<Preparing>),
    Over(Outcome),
}

/// What a caller that is polled gets.
enum Turn {
    Over(Outcome),
    Another,
    Mine(Option<Box<Preparing>>),
}

impl Joint {
    pub(super) fn new(cql: Arc<str>) -> Self {
        let state = State { stage: Stage::Idle, wanted: false, sent: false };
        Self { cql, state: Mutex::new(state), bell: Arc::default(), keys: AtomicUsize::new(0) }
    }

    pub(super) fn cql(&self) -> &Arc<str> {
        &self.cql
    }

    /// Whether C has it.
    pub(super) fn is_sent(&self) -> bool {
        self.state().sent
    }

    /// What tells a caller from the others.
    pub(super) fn key(&self) -> usize {
        // ORDERING: a number that nobody else gets.
        self.keys.fetch_add(1, Ordering::Relaxed)
    }

    /// Polls for the caller with this key.
    pub(super) fn poll(
        &self,
        key: usize,
        cx: &mut Context<'_>,
        session: &Session,
        patience: Patience,
    ) -> Poll<Outcome> {
        // Before the turn is looked at: whoever has it rings after that.
        self.bell.register(key, cx.waker());
        let preparing = match self.take() {
            Turn::Over(outcome) => return Poll::Ready(outcome),
            Turn::Another => return Poll::Pending,
            Turn::Mine(preparing) => preparing,
        };
        let mut turn = InTurn { joint: self, session, key, end: None };
        let mut preparing = match preparing {
            Some(preparing) if patience == Patience::Refuse && !preparing.is_sent() => {
                turn.end = Some(Stage::Coming(preparing));
                return Poll::Ready(Err(session.busy().in_statement(&self.cql)));
            }
            Some(preparing) => preparing,
            None => match Preparing::of_cache(session, &self.cql, patience) {
                Ok(preparing) => Box::new(preparing),
                // Others may have more patience.
                Err(error) if *error.kind() == ErrorKind::Busy => {
                    turn.end = Some(Stage::Idle);
                    return Poll::Ready(Err(error));
                }
                Err(error) => return Poll::Ready(turn.finish(Err(error))),
            },
        };
        let waker = Waker::from(Arc::clone(&self.bell));
        match preparing.poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => Poll::Ready(turn.finish(outcome)),
            Poll::Pending => {
                turn.end = Some(Stage::Coming(preparing));
                Poll::Pending
            }
        }
    }

    /// A caller is gone.
    pub(super) fn forget(&self, key: usize) {
        self.bell.forget(key);
    }

    fn take(&self) -> Turn {
        let mut state = self.state();
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Over(outcome) => {
                state.stage = Stage::Over(outcome.clone());
                Turn::Over(outcome)
            }
            Stage::Taken => {
                state.wanted = true;
                Turn::Another
            }
            Stage::Idle => Turn::Mine(None),
            Stage::Coming(preparing) => Turn::Mine(Some(preparing)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of one caller. Ends with what it leaves; with nothing, as after a panic, all callers get
/// an error.
struct InTurn<'t> {
    joint: &'t Joint,
    session: &'t Session,
    key: usize,
    end: Option<Stage>,
}

impl InTurn<'_> {
    fn finish(mut self, outcome: Outcome) -> Outcome {
        self.end = Some(Stage::Over(outcome.clone()));
        outcome
    }
}

impl Drop for InTurn<'_> {
    fn drop(&mut self) {
        let end = self.end.take().unwrap_or_else(|| {
            let text = "another caller panicked while it prepared the statement";
            Stage::Over(Err(Error::new(ErrorKind::Driver, text).in_statement(&self.joint.cql)))
        });
        let over = match &end {
            Stage::Over(outcome) => {
                self.session.settle(self.joint, outcome.as_ref().ok());
                true
            }
            _ => false,
        };
        let ring = {
            let mut state = self.joint.state();
            state.sent = matches!(&end, Stage::Coming(preparing) if preparing.is_sent());
            state.stage = end;
            std::mem::take(&mut state.wanted) || over
        };
        if ring {
            self.joint.bell.ring_others(self.key);
        }
    }
}

/// Wakes all callers.
#[derive(Default)]
struct Bell(Mutex<Vec<(usize, Waker)>>);

impl Bell {
    fn register(&self, key: usize, waker: &Waker) {
        // Cloned and dropped outside the lock: both are foreign code.
        let mut waker = Some(waker.clone());
        let mut waiting = self.waiting();
        match waiting.iter_mut().find(|(of, _)| *of == key) {
            Some((_, old)) => {
                if let Some(new) = waker.take() {
                    waker = Some(std::mem::replace(old, new));
                }
            }
            None => waiting.extend(waker.take().map(|waker| (key, waker))),
        }
        drop(waiting);
        drop(waker);
    }

    fn forget(&self, key: usize) {
        let mut waiting = self.waiting();
        let at = waiting.iter().position(|(of, _)| *of == key);
        let gone = at.map(|at| waiting.swap_remove(at));
        drop(waiting);
        drop(gone);
    }

    fn ring_others(&self, key: usize) {
        let mut waiting = self.waiting();
        let own = waiting.iter().position(|(of, _)| *of == key);
        let own = own.map(|at| waiting.swap_remove(at));
        let others = std::mem::replace(&mut *waiting, own.into_iter().collect());
        drop(waiting);
        wake(others);
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(usize, Waker)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let all = std::mem::take(&mut *self.waiting());
        wake(all);
    }
}

/// Each, whatever another's waker does.
fn wake(waiting: Vec<(usize, Waker)>) {
    for (_, waker) in waiting {
        contain(|| waker.wake());
    }
}
