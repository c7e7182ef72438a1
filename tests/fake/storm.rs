//! Everything dropped: in any order, on any thread, at any moment, a million times.

use std::any::Any;
use std::sync::Arc;
use std::sync::mpsc;
use std::task::{Context, Wake, Waker};

use async_cassandra::{Execute, PageStream, Prepared, RowStream, Session};
use futures::{FutureExt, StreamExt, future};

use crate::cell::{self, Cell, Held};
use crate::harness::until;
use crate::wakers::Count;

/// Numbers that look random and are the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

/// What a program may hold of a session, requests on their way included.
async fn holdings(cell: Cell) -> Vec<Box<dyn Any + Send>> {
    let session = cell.builder().max_in_flight(3).connect().await.unwrap();
    let prepared = session.prepare("ROWS 3 4").await.unwrap();
    let bound = prepared.bind(()).into_owned();
    let by_value = prepared.bind(()).into_owned();
    let page = by_value.await.unwrap();
    let mut rows: RowStream<(i32, String)> = prepared.bind(()).prefetch(2).stream().await.unwrap();
    let row = rows.next().await.unwrap().unwrap();
    let mut pages: PageStream = prepared.bind(()).prefetch(1).pages().await.unwrap();
    let first = pages.next().await.unwrap().unwrap();
    let clone = prepared.clone();
    vec![
        Box::new(session),
        Box::new(prepared),
        Box::new(clone),
        Box::new(bound),
        Box::new(page),
        Box::new(rows),
        Box::new(row),
        Box::new(pages),
        Box::new(first),
    ]
}

pub fn any_order(cell: Cell) {
    let mut numbers = Numbers(1);
    for _ in 0..60 {
        let mut all = cell.run(holdings(cell));
        let prepared = all.iter().find_map(|thing| thing.downcast_ref::<Prepared>()).unwrap();
        let mut requests: Vec<Execute<'static>> =
            (0..5).map(|_| prepared.bind(()).into_owned().execute()).collect();
        let held = (numbers.below(2) == 0).then(Held::new);
        for request in &mut requests {
            let _ = request.poll_unpin(&mut Context::from_waker(Waker::noop()));
        }
        all.extend(requests.into_iter().map(|request| Box::new(request) as Box<dyn Any + Send>));
        let (there, elsewhere) = mpsc::channel::<Box<dyn Any + Send>>();
        let thread = std::thread::spawn(move || elsewhere.into_iter().for_each(drop));
        while !all.is_empty() {
            let thing = all.swap_remove(numbers.below(all.len()));
            match numbers.below(2) {
                0 => drop(thing),
                _ => there.send(thing).unwrap(),
            }
        }
        drop(held);
        drop(there);
        thread.join().unwrap();
    }
}

/// The last handle lies in a waker, and that in a slot: it is dropped where C calls back.
pub fn last_handle_in_a_waker(cell: Cell) {
    struct Holds(#[expect(dead_code, reason = "held")] Session);
    impl Wake for Holds {
        fn wake(self: Arc<Self>) {}
    }
    for dropped_in_flight in [true, false] {
        let (session, prepared) = cell.run(async move {
            let session = cell.connect().await;
            let prepared = session.prepare("ROWS 3 1").await.unwrap();
            (session, prepared)
        });
        let held = Held::new();
        let waker = Waker::from(Arc::new(Holds(session)));
        let mut request = prepared.bind(()).into_owned().execute();
        let polled = request.poll_unpin(&mut Context::from_waker(&waker));
        drop((waker, prepared));
        let request = (!dropped_in_flight).then_some(request);
        drop(held);
        if let (Some(request), true) = (request, polled.is_pending()) {
            assert_eq!(cell.run(request).unwrap().len(), 3);
        }
        until("the session is gone", || cell::sessions() == 0);
    }
}

/// Connected, and nobody has looked; or dropped somewhere on the way there.
pub fn connects_dropped_at_any_moment(cell: Cell) {
    let mut connect = cell.run(future::lazy(move |_| cell.builder().connect()));
    let woken = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&woken));
    if connect.poll_unpin(&mut Context::from_waker(&waker)).is_pending() {
        until("it is connected", || woken.get() == 1);
    }
    drop(connect);
    until("the session is gone", || cell::sessions() == 0);
    for round in 0..100 {
        let mut connect = cell.run(future::lazy(move |_| cell.builder().connect()));
        let _ = connect.poll_unpin(&mut Context::from_waker(Waker::noop()));
        for _ in 0..round * 40 {
            std::hint::spin_loop();
        }
        drop(connect);
    }
    until("all sessions are gone", || cell::sessions() == 0);
}

/// How many requests `storm` drops under a personality.
const MILLION: usize = 1_000_000;

/// Requests dropped at random points, by two threads, without end: nothing of them stays.
pub fn million(cell: Cell) {
    let session = cell.run(async move {
        let builder = cell.builder().max_in_flight(64);
        builder.connect().await.unwrap()
    });
    let here = session.clone();
    let prepared = cell.run(async move { here.prepare("ROWS 2 3").await.unwrap() });
    // What grows to its size once, the C library's freed memory that is kept poisoned included.
    let drop_some = |number: usize| {
        std::thread::scope(|scope| {
            for seed in 0..2 {
                let (session, prepared) = (&session, &prepared);
                scope.spawn(move || storm(session, prepared, number / 2, seed));
            }
        });
        until("all have left", || (session.in_flight(), session.waiting()) == (0, 0));
        assert_eq!(cell::detached(), 0);
    };
    drop_some(MILLION / 10);
    let before = resident();
    drop_some(MILLION);
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 << 20, "{grown} bytes more after a million requests");
    let last = cell.run(async move { prepared.bind(()).stream::<(i32, String)>().await.unwrap() });
    assert_eq!(cell.run(last.count()), 6);
}

/// Keeps a few requests, each polled as often as it happens, and drops them one by one.
fn storm(session: &Session, prepared: &Prepared, number: usize, seed: u64) {
    let mut numbers = Numbers(seed);
    let mut kept: Vec<Execute<'_>> = Vec::new();
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..number {
        let mut request = match numbers.below(16) {
            0 => session.query("OK", ()).execute(),
            1 => session.query("ECHO int", (1,)).execute(),
            2 => session.query("ERROR 0x1100 late", ()).execute(),
            _ => prepared.bind(()).execute(),
        };
        let mut done = false;
        for _ in 0..numbers.below(3) {
            done = done || request.poll_unpin(&mut cx).is_ready();
        }
        if !done {
            kept.push(request);
        }
        while kept.len() > 100 {
            drop(kept.swap_remove(numbers.below(kept.len())));
        }
    }
}

/// Bytes of memory that the process has.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}
