//! Answers that are held back for a time. All are held equally long, so a queue is in the order of time;
//! what one read brought is one entry.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use crate::out::Out;

/// The queue, and the timer of its head.
#[derive(Debug)]
pub struct Held {
    delay: Duration,
    timer: OwnedFd,
    queue: VecDeque<(Instant, u64, Out)>,
}

impl Held {
    /// Holds each answer for `delay`.
    pub fn new(delay: Duration) -> io::Result<Held> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        Ok(Held { delay, timer, queue: VecDeque::new() })
    }

    /// Takes an answer for a connection. Costs a system call where none is held.
    pub fn push(&mut self, connection: u64, out: Out) -> io::Result<()> {
        let now = Instant::now();
        self.queue.push_back((now + self.delay, connection, out));
        if self.queue.len() == 1 { self.set(now) } else { Ok(()) }
    }

    /// The next answer whose time has come. When there is none, the timer is set for the head.
    pub fn pop(&mut self) -> io::Result<Option<(u64, Out)>> {
        let now = Instant::now();
        match self.queue.pop_front_if(|(due, ..)| *due <= now) {
            Some((_, connection, out)) => Ok(Some((connection, out))),
            None => self.set(now).map(|()| None),
        }
    }

    /// Sets the timer for the head of the queue, which also makes it unreadable until then; with an empty
    /// queue it is switched off.
    fn set(&mut self, now: Instant) -> io::Result<()> {
        let left = match self.queue.front() {
            // Nothing would switch the timer off.
            Some((due, ..)) => due.saturating_duration_since(now).max(Duration::from_nanos(1)),
            None => Duration::ZERO,
        };
        let once = Itimerspec {
            it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: Timespec {
                tv_sec: left.as_secs() as i64,
                tv_nsec: left.subsec_nanos().into(),
            },
        };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
        Ok(())
    }
}

impl AsFd for Held {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timer.as_fd()
    }
}
