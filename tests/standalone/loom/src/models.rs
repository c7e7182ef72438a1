//! The models, by name.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use callback_bridge::Completion;
use loom::sync::mpsc;
use loom::thread;

use crate::session::{Future as CFuture, Inside, Parcel, Session, deliver, give_up, turn};

pub struct Model {
    pub name: &'static str,
    /// Preemptions of a run at most: what takes seconds.
    pub preemptions: usize,
    run: fn(),
}

const fn model(name: &'static str, preemptions: usize, run: fn()) -> Model {
    Model { name, preemptions, run }
}

pub const ALL: [Model; 10] = [
    model("enter-leave-close", 5, enter_leave_close),
    model("last-leave-and-two-closes", 3, last_leave_and_two_closes),
    model("last-leave-without-a-handle", 4, last_leave_without_a_handle),
    model("handed-over", 2, handed_over),
    model("handed-over-or-closed", 3, handed_over_or_closed),
    model("given-up-or-handed-over", 3, given_up_or_handed_over),
    model("detached-or-delivered", 5, detached_or_delivered),
    model("awaited", 5, awaited),
    model("delivered-to-the-line", 3, delivered_to_the_line),
    model("courier-and-reaper", 5, courier_and_reaper),
];

impl Model {
    /// Runs it in every order with so many preemptions, and says how many those were.
    pub fn check(&self, preemptions: usize) -> usize {
        let runs = Arc::new(AtomicUsize::new(0));
        let (count, run) = (Arc::clone(&runs), self.run);
        let mut loom = loom::model::Builder::new();
        loom.preemption_bound = Some(preemptions);
        loom.check(move || {
            count.fetch_add(1, Ordering::Relaxed);
            run();
        });
        runs.load(Ordering::Relaxed)
    }
}

/// A thread that has a handle.
fn with<T: 'static>(
    session: &Session,
    run: impl FnOnce(Session) -> T + 'static,
) -> thread::JoinHandle<T> {
    let session = session.clone();
    thread::spawn(move || run(session))
}

fn polled_once(completion: &mut Completion<usize, Inside>) {
    let _ = Pin::new(completion).poll(&mut Context::from_waker(Waker::noop()));
}

/// Two threads that come and go, and a close.
fn enter_leave_close() {
    let session = Session::new(2);
    let threads = [0, 1].map(|number| {
        with(&session, move |session| {
            if let Some(place) = session.enter() {
                place.work(number);
            }
        })
    });
    session.close();
    for thread in threads {
        thread.join().unwrap();
    }
    session.has_ended();
}

/// Two requests inside, whose last starts the close, and two who close.
fn last_leave_and_two_closes() {
    let session = Session::new(2);
    let threads = [0, 1].map(|number| {
        let place = session.enter().unwrap();
        thread::spawn(move || place.work(number))
    });
    let closer = with(&session, |session| session.close());
    session.close();
    for thread in threads {
        thread.join().unwrap();
    }
    closer.join().unwrap();
    session.has_ended();
}

/// Two requests outlive the last handle: what they leave is gone when the last has left.
fn last_leave_without_a_handle() {
    let session = Session::new(2);
    let threads = [0, 1].map(|number| {
        let place = session.enter().unwrap();
        thread::spawn(move || place.work(number))
    });
    let rest = session.close_and_drop();
    for thread in threads {
        thread.join().unwrap();
    }
    rest.has_ended();
}

/// One place for three: nobody waits for ever.
fn handed_over() {
    let session = Session::new(1);
    let first = session.enter().unwrap();
    let threads = [0, 1].map(|number| {
        with(&session, move |session| {
            let place = session.place().expect("open");
            place.work(number);
            assert_eq!(place.requests_inside(), 1);
        })
    });
    drop(first);
    for thread in threads {
        thread.join().unwrap();
    }
    session.is_idle();
}

/// A place goes to the one in line, or a close sends that one away.
fn handed_over_or_closed() {
    let session = Session::new(1);
    let first = session.enter().unwrap();
    let leaver = thread::spawn(move || first.work(0));
    let waiter = with(&session, |session| {
        if let Some(place) = session.place() {
            place.work(1);
        }
    });
    session.close();
    leaver.join().unwrap();
    waiter.join().unwrap();
    session.has_ended();
}

/// The first in line gives up while its turn comes; the second gets the place in any case.
fn given_up_or_handed_over() {
    let session = Session::new(1);
    let first = session.enter().unwrap();
    let Err(Some(mut gone)) = session.wait() else { panic!("not in line") };
    let Err(Some(stays)) = session.wait() else { panic!("not in line") };
    // Polled once, so that there is a waker to be given back.
    let polled = Pin::new(&mut gone).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    let leaver = thread::spawn(move || drop(first));
    let giver = with(&session, |session| session.give_up(gone));
    drop(turn(stays).expect("open"));
    leaver.join().unwrap();
    giver.join().unwrap();
    session.is_idle();
}

/// The future is dropped while its outcome is delivered, and the last handle too: what they share is
/// freed by one of them, and the close starts behind the delivery.
fn detached_or_delivered() {
    let session = Session::new(2);
    let (half, mut completion, future) = session.send();
    let c = Arc::clone(&future);
    let io = thread::spawn(move || deliver(half, 0, &c));
    let closer = thread::spawn(move || session.close_and_drop());
    polled_once(&mut completion);
    give_up(completion, &future);
    io.join().unwrap();
    closer.join().unwrap().has_ended();
    future.was_freed();
}

/// The outcome is awaited, by a task that then closes the session: the delivery may still have to
/// leave.
fn awaited() {
    let session = Session::new(1);
    let (half, completion, future) = session.send();
    let c = Arc::clone(&future);
    let io = thread::spawn(move || deliver(half, 0, &c));
    let task = with(&session, {
        let future = Arc::clone(&future);
        move |session| awaits(completion, &future, session)
    });
    io.join().unwrap();
    task.join().unwrap();
    session.has_ended();
    future.was_freed();
}

fn awaits(mut completion: Completion<usize, Inside>, future: &CFuture, session: Session) {
    let outcome = loom::future::block_on(&mut completion);
    assert_eq!(outcome.unwrap(), 7);
    give_up(completion, future);
    session.close();
}

/// The delivery of a request, dropped or not, gives its place to the next in line, or the close has
/// sent that one away.
fn delivered_to_the_line() {
    let session = Session::new(1);
    let (half, completion, future) = session.send();
    let c = Arc::clone(&future);
    let io = thread::spawn(move || deliver(half, 0, &c));
    let next = with(&session, |session| {
        if let Some(place) = session.place() {
            place.work(1);
        }
    });
    give_up(completion, &future);
    session.close();
    io.join().unwrap();
    next.join().unwrap();
    session.has_ended();
    future.was_freed();
}

/// The callback hands its future to the courier; the session is closed and the request's future
/// dropped meanwhile. The courier closes behind the delivery, and the reaper comes last.
fn courier_and_reaper() {
    let (courier, parcels) = mpsc::channel();
    let (closing, closes) = mpsc::channel();
    let (reaper, corpses) = mpsc::channel();
    let session = Session::with_courier(1, courier.clone());
    let (half, completion, future) = session.send();
    let c = Arc::clone(&future);
    let io = thread::spawn(move || {
        courier.send(Parcel::Set(half, 0, c)).unwrap();
        courier.send(Parcel::Closed(closes.recv().unwrap())).unwrap();
    });
    let carries = thread::spawn(move || {
        loop {
            match parcels.recv().unwrap() {
                Parcel::Set(half, number, future) => deliver(half, number, &future),
                Parcel::Close(shared) => {
                    shared.touch_all();
                    closing.send(shared).unwrap();
                }
                Parcel::Closed(shared) => {
                    reaper.send(Arc::clone(&shared)).unwrap();
                    return shared.is_closed();
                }
            }
        }
    });
    let reaps = thread::spawn(move || {
        let shared = corpses.recv().unwrap();
        // The free touches what requests did, as the close does.
        shared.touch_all();
    });
    session.close();
    give_up(completion, &future);
    io.join().unwrap();
    carries.join().unwrap();
    reaps.join().unwrap();
    session.has_ended();
    future.was_freed();
}
