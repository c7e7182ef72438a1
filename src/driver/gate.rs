//! The gate of a session: who is inside, and who starts the close.
//!
//! A request that C takes in after its session closed is lost, and its future would hang. A close
//! that C begins while requests lie in its queue crashes some drivers: when such a request fails on
//! the spot, for want of a connection, the close ends in the middle of the event loop's own work,
//! which then goes on with what was torn down. So the close of a C session starts when the last
//! request has been delivered, and not before.
//!
//! # The word
//! `requests << 1 | CLOSED`
//!
//! | from | who, event | to | duty |
//! |---|---|---|---|
//! | open, n requests | a request enters | open, n + 1 | submit; leave once delivered |
//! | CLOSED, n requests | a request enters | the same | refuse |
//! | open, n + 1 requests | a request leaves | open, n | none |
//! | CLOSED, n + 2 requests | a request leaves | CLOSED, n + 1 | none |
//! | CLOSED, 1 request | the last leaves | CLOSED, 0 | start the close |
//! | open, 0 requests | close | CLOSED, 0 | start the close |
//! | open, n + 1 requests | close | CLOSED, n + 1 | none |
//! | CLOSED, n requests | close | the same | none |
//!
//! Behind a closed gate the count only falls, so one event, and only one, leads to CLOSED with
//! nobody inside: whoever causes it starts the close, and nobody waits.
//!
//! Cost: two read-modify-writes on the session's word a request.

use std::sync::atomic::{AtomicUsize, Ordering};

const CLOSED: usize = 1;
const REQUEST: usize = 2;

/// The word of a gate; the owner does what its methods say.
#[derive(Default)]
pub(super) struct Gate(AtomicUsize);

/// What the caller owes after an event.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// Nothing.
    None,
    /// To start the close: the gate is closed, nobody is inside, nobody will be.
    StartClose,
}

impl Gate {
    /// Lets a request in, or refuses it for good.
    #[must_use]
    pub(super) fn enter(&self) -> bool {
        // ORDERING: what is read here is confirmed by the exchange.
        let mut word = self.0.load(Ordering::Relaxed);
        while word & CLOSED == 0 {
            // ORDERING: Relaxed: entering publishes nothing; leaving does, and its release sequence
            // is not broken by read-modify-writes in between.
            let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
            match self.0.compare_exchange_weak(word, word + REQUEST, success, failure) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Counts a request out that was let in.
    pub(super) fn leave(&self) -> Duty {
        // ORDERING: AcqRel: releases what the request did to whoever starts the close; as the one
        // who starts it, acquires what all others did.
        match self.0.fetch_sub(REQUEST, Ordering::AcqRel) == REQUEST | CLOSED {
            true => Duty::StartClose,
            false => Duty::None,
        }
    }

    /// Lets nobody in any more. More than once is fine.
    pub(super) fn close(&self) -> Duty {
        // ORDERING: AcqRel as in `leave`.
        match self.0.fetch_or(CLOSED, Ordering::AcqRel) == 0 {
            true => Duty::StartClose,
            false => Duty::None,
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        // ORDERING: a hint, out of date when it returns.
        self.0.load(Ordering::Relaxed) & CLOSED != 0
    }

    /// Requests inside.
    pub(super) fn inside(&self) -> usize {
        // ORDERING: a statistic.
        self.0.load(Ordering::Relaxed) / REQUEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_to_leave_a_closed_gate_starts_the_close() {
        let gate = Gate::default();
        assert!(gate.enter());
        assert!(gate.enter());
        assert_eq!(gate.close(), Duty::None);
        assert!(!gate.enter(), "closed");
        assert_eq!(gate.close(), Duty::None);
        assert_eq!(gate.leave(), Duty::None);
        assert_eq!(gate.inside(), 1);
        assert_eq!(gate.leave(), Duty::StartClose);
        assert_eq!(gate.close(), Duty::None, "only once");
    }

    #[test]
    fn an_empty_gate_is_closed_by_its_closer() {
        let gate = Gate::default();
        assert!(gate.enter());
        assert_eq!(gate.leave(), Duty::None);
        assert_eq!(gate.close(), Duty::StartClose);
        assert!(gate.is_closed());
    }

    #[test]
    fn one_of_many_threads_starts_the_close() {
        for _ in 0..200 {
            let gate = Gate::default();
            let duties = std::sync::Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        while gate.enter() {
                            let duty = gate.leave();
                            duties.lock().unwrap().push(duty);
                        }
                    });
                }
                let duty = gate.close();
                duties.lock().unwrap().push(duty);
            });
            let started = duties.into_inner().unwrap();
            assert_eq!(started.iter().filter(|duty| **duty == Duty::StartClose).count(), 1);
        }
    }
}
