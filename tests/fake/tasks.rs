//! Tasks on the driver's own threads: where they are polled, and what they cannot break.
//!
//! Orders of completion that answer on an I/O thread, with the future set, have tasks polled there.

use std::cell::Cell as Local;
use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};

use async_cassandra::rt::{self, DriverThreads, Task, Threads};
use async_cassandra::{ErrorKind, Session};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::join_all;

use crate::cell::{self, Cell, Held, each, under};
use crate::harness::alone::alone;
use crate::harness::recorder::{Recorder, heard};
use crate::harness::{across, until};
use crate::wakers::Count;

/// Polls in one frame, as the documentation of `DriverThreads` has it.
const BUDGET: usize = 64;

/// Answers without waiting in one poll, as it has it too.
const ANSWERS: usize = 128;

fn connected(cell: Cell) -> Session {
    cell.run(cell.connect())
}

fn wait<T>(task: Task<T>) -> T {
    pollster::block_on(task)
}

/// A thread that a task was polled on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Io,
    Helper,
    Other,
}

impl On {
    fn here() -> Self {
        thread_local! {
            static HERE: On = match std::fs::read_to_string("/proc/thread-self/comm").unwrap().trim() {
                "fake-io" => On::Io,
                "cass-tasks" => On::Helper,
                _ => On::Other,
            };
        }
        HERE.with(|here| *here)
    }

    /// Where a task is polled that an answer woke.
    fn answer(cell: Cell) -> Self {
        match cell.personality {
            "inline" | "unset" => Self::Helper,
            _ => Self::Io,
        }
    }
}

/// The polls of a task that are over.
#[derive(Clone, Default)]
struct Polls(Arc<Mutex<Vec<On>>>);

thread_local! {
    /// Whether a task is being polled here.
    static POLLING: Local<bool> = const { Local::new(false) };
}

impl Polls {
    /// A future whose polls are written down. None may come inside another.
    fn of<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let polls = self.0.clone();
        let mut future = Box::pin(future);
        poll_fn(move |cx| {
            assert!(!POLLING.replace(true), "polled inside another poll");
            // Also when it panics: other tests share the helper.
            let _over = defer(|| POLLING.set(false));
            let polled = future.as_mut().poll(cx);
            polls.lock().unwrap().push(On::here());
            polled
        })
    }

    fn all(&self) -> Vec<On> {
        self.0.lock().unwrap().clone()
    }

    fn number(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn on(&self, thread: On) -> usize {
        self.all().iter().filter(|on| **on == thread).count()
    }
}

/// Calls a function when what it returns is dropped.
fn defer(call: fn()) -> impl Drop {
    struct Deferred(fn());
    impl Drop for Deferred {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    Deferred(call)
}

/// Pending once, with the wake inside the poll.
fn yielded() -> impl Future<Output = ()> {
    let mut over = false;
    poll_fn(move |cx| {
        if std::mem::replace(&mut over, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

/// One hop for a chain of requests: to the helper's first poll.
#[test]
fn polled_where_they_are_answered() {
    each(|cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let own = session.clone();
        let held = Held::new();
        let task = session.driver_threads().spawn(polls.of(async move {
            for _ in 0..10 {
                assert_eq!(own.query("ROWS 3 1", ()).await.unwrap().len(), 3);
            }
        }));
        until("it was polled", || polls.number() == 1);
        drop(held);
        wait(task);
        let all = polls.all();
        assert_eq!(all[0], On::Helper);
        let here = On::answer(cell);
        assert!(all[1..].iter().all(|on| *on == here), "{}: {all:?}", cell.personality);
        if cell.personality == "late" {
            assert_eq!(all.len(), 11, "each answer is one poll: {all:?}");
        }
    });
}

#[test]
fn streams_where_their_pages_arrive() {
    each(|cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let own = session.clone();
        let held = Held::new();
        let task = session.driver_threads().spawn(polls.of(async move {
            let mut pages = own.query("ROWS 3 10", ()).prefetch(0).pages().await.unwrap();
            let mut rows = 0;
            while let Some(page) = pages.try_next().await.unwrap() {
                rows += page.len();
            }
            assert_eq!(rows, 30);
        }));
        until("it was polled", || polls.number() == 1);
        drop(held);
        wait(task);
        let all = polls.all();
        let here = On::answer(cell);
        assert!(all[1..].iter().all(|on| *on == here), "{}: {all:?}", cell.personality);
    });
}

#[test]
fn several_io_threads() {
    under("threads", |cell| {
        let session = connected(cell);
        let io_threads = Arc::new(Mutex::new(BTreeSet::new()));
        while io_threads.lock().unwrap().len() < 2 {
            let tasks: Vec<_> = (0..64)
                .map(|_| {
                    let (own, io_threads) = (session.clone(), Arc::clone(&io_threads));
                    let polls = Polls::default();
                    session.driver_threads().spawn(polls.clone().of(async move {
                        for _ in 0..20 {
                            assert_eq!(own.query("ROWS 3 1", ()).await.unwrap().len(), 3);
                            if On::here() == On::Io {
                                let id = format!("{:?}", std::thread::current().id());
                                io_threads.lock().unwrap().insert(id);
                            }
                        }
                        polls.on(On::Other)
                    }))
                })
                .collect();
            assert!(pollster::block_on(join_all(tasks)).iter().all(|other| *other == 0));
        }
    });
}

#[test]
fn woken_by_another_thread() {
    each(|cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let (send, receive) = oneshot::channel::<i32>();
        let task = session.driver_threads().spawn(polls.of(receive));
        until("it waits", || polls.number() == 1);
        std::thread::spawn(move || send.send(7).unwrap()).join().unwrap();
        assert_eq!(wait(task), Ok(7));
        assert_eq!(polls.all(), [On::Helper; 2]);
    });
}

/// The two wakes inside one poll are one.
#[test]
fn woken_inside_their_polls() {
    each(|cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let own = session.clone();
        let task = session.driver_threads().spawn(polls.of(async move {
            for _ in 0..1000 {
                yielded().await;
            }
            own.query("OK", ()).await.unwrap();
            for _ in 0..1000 {
                yielded().await;
            }
        }));
        wait(task);
        assert!((2001..=2002).contains(&polls.number()), "{}", polls.number());
    });
}

/// A task that never stops waking itself leaves the driver its thread, and others the helper.
#[test]
fn greedy_by_wakes() {
    each(|cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let [begun, over] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let (own, at_it, told) = (session.clone(), Arc::clone(&begun), Arc::clone(&over));
        let held = Held::new();
        let task = session.driver_threads().spawn(polls.of(async move {
            own.query("OK", ()).await.unwrap();
            at_it.store(true, Ordering::SeqCst);
            while !told.load(Ordering::SeqCst) {
                yielded().await;
            }
        }));
        until("it was polled", || polls.number() > 0);
        drop(held);
        until("it is at it", || begun.load(Ordering::SeqCst));
        let own = session.clone();
        cell.run(async move { own.query("OK", ()).await.unwrap() });
        let own = session.clone();
        let other = async move { own.query("OK", ()).await.unwrap() };
        wait(session.driver_threads().spawn(other));
        over.store(true, Ordering::SeqCst);
        wait(task);
        let on_io = polls.on(On::Io);
        assert!(on_io <= BUDGET, "{on_io} polls after one answer");
        assert_eq!(on_io > 0, On::answer(cell) == On::Io);
    });
}

/// A task whose requests are all answered without waiting leaves others the helper.
#[test]
fn greedy_by_answers() {
    under("inline", |cell| {
        let session = connected(cell);
        let [begun, over] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let (own, at_it, told) = (session.clone(), Arc::clone(&begun), Arc::clone(&over));
        let greedy = session.driver_threads().spawn(async move {
            while !told.load(Ordering::SeqCst) {
                own.query("OK", ()).await.unwrap();
                at_it.store(true, Ordering::SeqCst);
            }
        });
        until("it is at it", || begun.load(Ordering::SeqCst));
        wait(session.driver_threads().spawn(async move { over.store(true, Ordering::SeqCst) }));
        wait(greedy);
    });
}

/// So often others get the helper, as the documentation of `DriverThreads` has it.
#[test]
fn answers_within_one_poll() {
    under("inline", |cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let own = session.clone();
        wait(session.driver_threads().spawn(polls.of(async move {
            for _ in 0..10 * ANSWERS {
                own.query("OK", ()).await.unwrap();
            }
        })));
        assert!((10..=11).contains(&polls.number()), "{} polls", polls.number());
    });
}

/// C calls back inside a poll, on its thread: whom that wakes is polled afterwards.
#[test]
fn answered_inside_a_poll() {
    under("inline", |cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let own = session.clone();
        let waits = session.driver_threads().spawn(polls.of(async move {
            own.query("HELD 7", ()).await.unwrap();
        }));
        until("it is held", || polls.number() == 1);
        let lets_go = Polls::default();
        let task = session.driver_threads().spawn(lets_go.of(async { fake_driver::let_go(7) }));
        assert_eq!(wait(task), 1);
        wait(waits);
        assert_eq!(polls.all(), [On::Helper; 2]);
    });
}

/// C calls back inside a submission of another executor's: no task is polled there.
#[test]
fn answered_inside_a_call() {
    under("inline", |cell| {
        let session =
            cell.run(async move { cell.builder().max_in_flight(1).connect().await.unwrap() });
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::SeqCst) {
                        pollster::block_on(session.query("OK", ()).execute()).unwrap();
                    }
                });
            }
            let polls = Polls::default();
            let tasks = (0..8).map(|_| {
                let own = session.clone();
                session.driver_threads().spawn(polls.of(async move {
                    for _ in 0..1000 {
                        own.query("OK", ()).await.unwrap();
                    }
                }))
            });
            pollster::block_on(join_all(tasks.collect::<Vec<_>>()));
            over.store(true, Ordering::SeqCst);
            assert_eq!(polls.on(On::Helper), polls.number());
        });
    });
}

/// Each task wakes the next: the stack does not grow with their number.
#[test]
fn a_long_chain() {
    const LENGTH: usize = 10_000;
    each(|cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let (mut last, mut tasks) = (None::<oneshot::Sender<()>>, Vec::new());
        for _ in 0..LENGTH {
            let (send, receive) = oneshot::channel();
            let next = last.replace(send);
            tasks.push(session.driver_threads().spawn(polls.of(async move {
                receive.await.unwrap();
                if let Some(next) = next {
                    next.send(()).unwrap();
                }
            })));
        }
        until("all wait", || polls.number() == LENGTH);
        let (own, first) = (session.clone(), last.unwrap());
        let task = session.driver_threads().spawn(async move {
            own.query("OK", ()).await.unwrap();
            first.send(()).unwrap();
        });
        wait(task);
        pollster::block_on(join_all(tasks));
        assert_eq!(polls.number(), 2 * LENGTH);
        assert_eq!(polls.on(On::Other), 0);
    });
}

/// Panics when it is dropped, without a word on stderr.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            resume_unwind(Box::new("a drop that panics"));
        }
    }
}

#[test]
fn panics_are_told_and_end_nothing() {
    each(|cell| {
        let session = connected(cell);
        let threads = session.driver_threads();
        let panics = |message: &'static str| {
            let own = session.clone();
            threads.spawn(async move {
                own.query("OK", ()).await.unwrap();
                resume_unwind(Box::new(message))
            })
        };
        let task: Task<()> = panics("the message");
        let panicked = pollster::block_on(task.caught()).unwrap_err();
        assert_eq!(panicked.message(), Some("the message"));
        assert_eq!(panicked.to_string(), "the task panicked: the message");
        assert_eq!(*panicked.into_payload().downcast::<&str>().unwrap(), "the message");
        let task: Task<()> = panics("the other");
        let payload = catch_unwind(AssertUnwindSafe(|| wait(task))).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "the other");
        // A future that is dropped in flight, one that is over, and an output that nobody takes.
        let held = Held::new();
        let own = session.clone();
        let in_flight = threads.spawn(async move {
            let _bomb = Bomb;
            own.query("HELD 3", ()).await.unwrap();
        });
        drop(in_flight);
        drop(held);
        let own = session.clone();
        let task = threads.spawn(async move {
            let _bomb = Bomb;
            own.query("OK", ()).await.unwrap();
        });
        let panicked = pollster::block_on(task.caught()).unwrap_err();
        assert_eq!(panicked.message(), Some("a drop that panics"));
        let own = session.clone();
        let output = async move { own.query("OK", ()).await.map(|_| Bomb).unwrap() };
        threads.spawn(output).detach();
        let own = session.clone();
        for _ in 0..10 {
            let own = own.clone();
            wait(threads.spawn(async move { own.query("OK", ()).await.unwrap() }));
        }
        fake_driver::let_go(3);
    });
}

#[test]
fn tasks_outlive_their_session() {
    each(|cell| {
        let session = connected(cell);
        let polls = Polls::default();
        let (send, receive) = oneshot::channel::<i32>();
        let answered = Arc::new(AtomicBool::new(false));
        let (own, told) = (session.clone(), Arc::clone(&answered));
        let task = session.driver_threads().spawn(polls.of(async move {
            own.query("OK", ()).await.unwrap();
            drop(own);
            told.store(true, Ordering::SeqCst);
            let received = receive.await;
            yielded().await;
            received
        }));
        let threads = session.driver_threads();
        until("its request is answered", || answered.load(Ordering::SeqCst));
        cell.run(async move { session.close().await.unwrap() });
        until("the session is gone", || cell::sessions() == 0);
        send.send(7).unwrap();
        assert_eq!(wait(task), Ok(7));
        assert_eq!(wait(threads.spawn(async { 8 })), 8);
        assert_eq!(polls.all().last(), Some(&On::Helper));
    });
}

/// By the last handle, with an answer just come and requests still in flight; by a close that is awaited.
#[test]
fn sessions_end_inside_tasks() {
    each(|cell| {
        for in_flight in [0, 20] {
            let session = connected(cell);
            let threads = session.driver_threads();
            let task = threads.spawn(async move {
                session.query("OK", ()).await.unwrap();
                let requests = (0..in_flight).map(|_| session.query("ROWS 3 1", ()).execute());
                let mut requests = join_all(requests);
                let _ = futures::poll!(&mut requests);
                drop(requests);
            });
            wait(task);
            until("the session is gone", || cell::sessions() == 0);
        }
        let session = connected(cell);
        let own = session.clone();
        let task = session.driver_threads().spawn(async move {
            own.query("OK", ()).await.unwrap();
            own.close().await.unwrap();
            let refused = own.query("OK", ()).await.unwrap_err();
            assert_eq!(*refused.kind(), ErrorKind::Closed);
            // One session after the other, all inside.
            let next = cell.connect().await;
            next.query("OK", ()).await.unwrap();
            let last = cell.connect().await;
            drop(next);
            last.query("OK", ()).await.unwrap();
        });
        wait(task);
    });
}

/// True once it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn cancelled_detached_or_done() {
    each(|cell| {
        let session = connected(cell);
        let threads = session.driver_threads();
        let spawn = || {
            let dropped = Arc::new(AtomicBool::new(false));
            let (send, receive) = oneshot::channel::<()>();
            let (own, guard) = (session.clone(), Dropped(Arc::clone(&dropped)));
            let task = threads.spawn(async move {
                own.query("OK", ()).await.unwrap();
                let received = receive.await;
                drop(guard);
                received.unwrap();
                7
            });
            (task, send, dropped)
        };
        let (task, send, dropped) = spawn();
        drop(task);
        until("its future is dropped", || dropped.load(Ordering::SeqCst));
        assert!(send.send(()).is_err());

        let (task, _send, dropped) = spawn();
        assert_eq!(pollster::block_on(task.cancel()), None);
        assert!(dropped.load(Ordering::SeqCst));

        let (task, send, dropped) = spawn();
        task.detach();
        assert!(!dropped.load(Ordering::SeqCst));
        send.send(()).unwrap();
        until("it has run to its end", || dropped.load(Ordering::SeqCst));

        let (task, send, _) = spawn();
        send.send(()).unwrap();
        until("it is done", || task.is_finished());
        assert_eq!(pollster::block_on(task.cancel()), Some(7));
    });
}

/// A thousand requests, and one wake of whoever awaits them.
#[test]
fn one_wake_for_all() {
    each(|cell| {
        let session = connected(cell);
        let own = session.clone();
        let mut task = session.driver_threads().spawn(async move {
            let requests = (0..1000).map(|_| own.query("ROWS 3 1", ()).execute());
            join_all(requests).await.into_iter().map(|page| page.unwrap().len()).sum::<usize>()
        });
        let woken = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut cx = Context::from_waker(&waker);
        let rows = match task.poll_unpin(&mut cx) {
            Poll::Ready(rows) => rows,
            Poll::Pending => {
                until("it is woken", || woken.get() > 0);
                assert_eq!(task.poll_unpin(&mut cx), Poll::Ready(3000));
                assert_eq!(woken.get(), 1);
                3000
            }
        };
        assert_eq!(rows, 3000);
    });
}

#[test]
fn blocking_entries_are_refused_inside() {
    each(|cell| {
        let session = connected(cell);
        let own = session.clone();
        let task = session.driver_threads().spawn(async move {
            let at_first = refused();
            own.query("OK", ()).await.unwrap();
            (at_first, refused())
        });
        for message in <[String; 2]>::from(wait(task)) {
            assert!(message.contains("must not block"), "{message}");
        }
        let threads = DriverThreads::new(Threads).unwrap();
        let panics = || threads.block_on(async { resume_unwind(Box::new("of the future")) });
        let payload = catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "of the future");
        let own = session.clone();
        assert_eq!(
            threads.block_on(async move { own.query("ROWS 3 1", ()).await.unwrap().len() }),
            3
        );
    });
}

fn refused() -> String {
    let threads = DriverThreads::new(Threads).unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| threads.block_on(async {}))).unwrap_err();
    (*panic.downcast::<&str>().unwrap()).to_owned()
}

/// While it lasts, and with the place of the spawn; each place once.
#[test]
#[cfg(debug_assertions)]
fn polls_that_take_long_are_logged() {
    /// How often it was said of this line.
    fn said(line: u32) -> usize {
        let place = format!("{}:{line}:", file!());
        let heard = heard("async_cassandra");
        heard.iter().filter(|h| h.message.contains(&place) && h.message.contains("block")).count()
    }
    alone(
        "tasks::polls_that_take_long_are_logged",
        |_| (),
        || {
            tracing::subscriber::set_global_default(Recorder).unwrap();
            under("late", |cell| {
                let session = connected(cell);
                let mut on_io = 0;
                for time in 0..2 {
                    let own = session.clone();
                    let (send, receive) = mpsc::channel::<()>();
                    let begun = Arc::new(AtomicBool::new(false));
                    let told = Arc::clone(&begun);
                    on_io = line!() + 1;
                    let task = session.driver_threads().spawn(async move {
                        own.query("OK", ()).await.unwrap();
                        told.store(true, Ordering::SeqCst);
                        receive.recv().unwrap();
                    });
                    until("it blocks", || begun.load(Ordering::SeqCst));
                    if time == 0 {
                        until("somebody says so", || said(on_io) == 1);
                    } else {
                        let (send, receive) = mpsc::channel::<()>();
                        let on_helper = line!() + 1;
                        let later = session.driver_threads().spawn(async move { receive.recv() });
                        // It began later, so by then the other one was looked at again.
                        until("that is said of the helper too", || said(on_helper) == 1);
                        send.send(()).unwrap();
                        wait(later).unwrap();
                    }
                    send.send(()).unwrap();
                    wait(task);
                }
                assert_eq!(said(on_io), 1, "a place is named once");
            });
        },
    );
}

/// One allocation a task: what the documentation of `DriverThreads` says of its cost.
#[test]
fn a_task_is_one_allocation() {
    under("late", |cell| {
        let session = connected(cell);
        let threads = session.driver_threads();
        // The queue to the helper grows with the first of them.
        wait(threads.spawn(async {}));
        let mut task = None;
        let allocated =
            allocation_counter::measure(|| task = Some(threads.spawn(async { [7; 100] })));
        assert_eq!(allocated.count_total, 1);
        assert_eq!(wait(task.unwrap()), [7; 100]);
    });
}

/// What tokio gives to its own tasks, on threads of the driver.
#[test]
fn inside_the_context_of_tokio() {
    each(|cell| {
        for multi_thread in [true, false] {
            let tokio = across::tokio_runtime(multi_thread);
            let found = tokio.block_on(async move {
                let here = rt::Tokio::current();
                let session = cell.builder().runtime(here).connect().await.unwrap();
                let polls = Polls::default();
                let own = session.clone();
                let task = session.driver_threads().spawn(polls.of(async move {
                    own.query("OK", ()).await.unwrap();
                    uses_tokio().await;
                    own.query("OK", ()).await.unwrap();
                    uses_tokio().await;
                }));
                task.await;
                assert_eq!(polls.on(On::Other), 0);
                session.close().await.unwrap();
                let found = Arc::new(Count::default());
                let finds = FindsTokio(Arc::clone(&found));
                session.driver_threads().spawn(finds).await;
                found.get()
            });
            assert_eq!(found, 2);
        }
    });
}

async fn uses_tokio() {
    use tokio::net::{TcpListener, TcpStream};

    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let sent = tokio::spawn(async move {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.writable().await.unwrap();
        stream.try_write(&[7]).unwrap()
    });
    let (stream, _) = listener.accept().await.unwrap();
    let mut byte = [0];
    loop {
        stream.readable().await.unwrap();
        // It may have been mistaken.
        match stream.try_read(&mut byte) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            read => break assert_eq!((read.unwrap(), byte), (1, [7])),
        }
    }
    assert_eq!(sent.await.unwrap(), 1);
}

/// Counts where it finds tokio: in its poll, and when it is dropped.
struct FindsTokio(Arc<Count>);

impl FindsTokio {
    fn look(&self) {
        if rt::Tokio::try_current().is_some() {
            self.0.add();
        }
    }
}

impl Future for FindsTokio {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.look();
        Poll::Ready(())
    }
}

impl Drop for FindsTokio {
    fn drop(&mut self) {
        self.look();
    }
}

/// A runtime that happens to be around the spawn is not looked at.
#[test]
fn no_runtime_is_looked_for() {
    each(|cell| {
        let tokio = across::tokio_runtime(true);
        let there = tokio.block_on(async move {
            let session = Session::builder().contact_points([cell.personality]).connect().await;
            let session = session.unwrap();
            let own = session.clone();
            session
                .driver_threads()
                .spawn(async move {
                    let at_first = rt::Tokio::try_current().is_some();
                    own.query("OK", ()).await.unwrap();
                    at_first || rt::Tokio::try_current().is_some()
                })
                .await
        });
        assert!(!there);
    });
}
