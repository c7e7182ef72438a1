//! An executor without threads of its own: whoever wakes the task polls it, inside the wake.
//!
//! So the task runs on the C driver's threads, in the middle of what they were doing. A library
//! that holds a lock while it wakes deadlocks here.

use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use super::Boxed;

struct Task {
    state: Mutex<State>,
    done: Condvar,
}

enum State {
    Idle(Boxed),
    Polling { woken: bool },
    Done { panicked: bool },
}

impl Task {
    fn run(self: &Arc<Self>) {
        loop {
            let mut future = {
                let mut state = self.state.lock().unwrap();
                match std::mem::replace(&mut *state, State::Polling { woken: false }) {
                    State::Idle(future) => future,
                    State::Polling { .. } => {
                        *state = State::Polling { woken: true };
                        return;
                    }
                    done => {
                        *state = done;
                        return;
                    }
                }
            };
            let waker = Waker::from(Arc::clone(self));
            let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                future.as_mut().poll(&mut Context::from_waker(&waker))
            }));
            let mut state = self.state.lock().unwrap();
            if matches!(polled, Ok(Poll::Pending)) {
                let woken = matches!(*state, State::Polling { woken: true });
                *state = State::Idle(future);
                if woken {
                    continue;
                }
            } else {
                *state = State::Done { panicked: polled.is_err() };
                self.done.notify_all();
                drop(state);
                // The future may own sessions: dropped without the lock.
                drop(future);
            }
            return;
        }
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.run();
    }
}

pub fn block_on(future: Boxed) {
    let task = Arc::new(Task { state: Mutex::new(State::Idle(future)), done: Condvar::new() });
    task.run();
    let state = task.state.lock().unwrap();
    let state = task.done.wait_while(state, |s| !matches!(s, State::Done { .. })).unwrap();
    assert!(!matches!(*state, State::Done { panicked: true }), "the task panicked; see above");
}
