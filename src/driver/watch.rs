//! Finds tasks that block a thread which is not theirs. Debug builds only.
//!
//! The timer thread looks, so a poll that never returns is told of as well. A place in the program is
//! named once.
//!
//! Cost: an allocation and an entry in the timer's map a poll.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use super::frame::Origin;
use crate::observe;
use crate::rt::{Runtime, Threads, ThreadsSleep};

/// A poll should not take a thousandth of this.
const LONG: Duration = Duration::from_millis(100);

/// Places that were named.
static NAMED: Mutex<BTreeSet<Origin>> = Mutex::new(BTreeSet::new());

/// Watches over a poll until what is returned is dropped.
pub(super) fn over(origin: &Origin) -> ThreadsSleep {
    let waker = Waker::from(Arc::new(Late(origin)));
    let mut sleep = Threads.sleep(LONG);
    // Without a timer thread nobody looks.
    let _ = Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker));
    sleep
}

struct Late(Origin);

impl Wake for Late {
    fn wake(self: Arc<Self>) {
        let origin = self.0;
        if NAMED.lock().unwrap_or_else(PoisonError::into_inner).insert(origin) {
            observe::log::warn(format_args!(
                "a task spawned at {origin} has held up a thread of the C driver, or the one that \
                 helps out, for {LONG:?} in one poll: tasks there must not block; spawn what does \
                 elsewhere, and await it"
            ));
        }
    }
}
