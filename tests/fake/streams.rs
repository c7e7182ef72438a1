//! Pages and streams.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use async_cassandra::{ErrorKind, PagingState};
use futures::{FutureExt, StreamExt};

use crate::cell::{self, Cell, Held};
use crate::harness::until;
use crate::wakers::Count;

pub async fn over_pages(cell: Cell) {
    let session = cell.connect().await;
    for prefetch in [0, 2] {
        let rows = session.query("ROWS 10 7", ()).prefetch(prefetch);
        let mut rows = rows.stream::<(i32, String)>().await.unwrap();
        let mut next = 0;
        while let Some(row) = rows.try_next().await.unwrap() {
            assert_eq!(row, (next, format!("name-{next}")));
            next += 1;
        }
        assert_eq!(next, 70);
        assert!(rows.try_next().await.unwrap().is_none(), "the end stays the end");

        let pages = session.query("ROWS 10 7", ()).prefetch(prefetch).pages().await.unwrap();
        let lengths: Vec<_> = pages.map(|page| page.unwrap().len()).collect().await;
        assert_eq!(lengths, [10; 7]);
    }
    let prepared = session.prepare("ROWS 2 50").await.unwrap();
    let rows = prepared.bind(()).prefetch(3).stream::<(i32, String)>().await.unwrap();
    // The stream keeps the session.
    drop((prepared, session));
    assert_eq!(rows.count().await, 100);
}

/// Empty and yet not the last: each is asked for, which the callbacks tell.
pub fn over_empty_pages(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        for prefetch in [0, 2] {
            let before = fake_driver::callbacks_run();
            let rows = session.query("ROWS 0 3", ()).prefetch(prefetch);
            assert_eq!(rows.stream::<(i32, String)>().await.unwrap().count().await, 0);
            assert_eq!(fake_driver::callbacks_run() - before, 3);
        }
        let mut request = session.query("ROWS 0 2", ());
        let mut pages = 0;
        loop {
            let page = request.await.unwrap();
            assert!(page.is_empty());
            pages += 1;
            match page.next_page() {
                Some(state) => request = session.query("ROWS 0 2", ()).start_at(state),
                None => break,
            }
        }
        assert_eq!(pages, 2);
    });
}

pub async fn paging_states(cell: Cell) {
    let session = cell.connect().await;
    let select = session.prepare("ROWS 4 3").await.unwrap();
    let mut seen = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut request = select.bind(());
        if let Some(token) = &token {
            request = request.start_at(token.parse::<PagingState>().unwrap());
        }
        let page = request.await.unwrap();
        seen.extend(page.rows::<(i32, &str)>().unwrap().map(|row| row.unwrap().0));
        match page.next_page() {
            Some(state) => token = Some(state.to_string()),
            None => break,
        }
    }
    assert_eq!(seen, (0..12).collect::<Vec<_>>());
    // A stream may start in the middle too; a state that is none is the server's to refuse.
    let state = token.unwrap().parse::<PagingState>().unwrap();
    let rest = select.bind(()).start_at(state).stream::<(i32, String)>().await.unwrap();
    assert_eq!(rest.count().await, 4);
    let foreign = PagingState::from_bytes(b"foreign");
    let error = select.bind(()).start_at(foreign).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Protocol);
}

pub async fn failing(cell: Cell) {
    let session = cell.connect().await;
    let at_once = session.query("ERROR 0x1001 busy", ()).stream::<(i32,)>().await;
    assert_eq!(*at_once.unwrap_err().kind(), ErrorKind::Overloaded);
    let unfit = session.query("ROWS 1 1", ()).stream::<(i32, i32)>().await;
    assert!(matches!(unfit.unwrap_err().kind(), ErrorKind::Decode(_)));
    // Closed in the middle: what lies ready is read, then the error, then nothing.
    let mut rows = session.query("ROWS 2 3", ()).stream::<(i32, String)>().await.unwrap();
    assert_eq!(rows.try_next().await.unwrap().unwrap().0, 0);
    session.close().await.unwrap();
    assert_eq!(rows.try_next().await.unwrap().unwrap().0, 1);
    assert_eq!(*rows.try_next().await.unwrap_err().kind(), ErrorKind::Closed);
    assert!(rows.try_next().await.unwrap().is_none());
}

pub fn dropped_in_a_page(cell: Cell) {
    for prefetch in [0, 2] {
        cell.run(async move {
            let session = cell.connect().await;
            let rows = session.query("ROWS 10 7", ()).prefetch(prefetch);
            let mut rows = rows.stream::<(i32, String)>().await.unwrap();
            for _ in 0..13 {
                rows.try_next().await.unwrap().unwrap();
            }
            drop(rows);
            session.query("OK", ()).await.unwrap();
        });
    }
}

pub fn dropped_while_fetching(cell: Cell) {
    let session = cell.run(cell.connect());
    let mut start = Box::pin(session.query("ROWS 10 7", ()).prefetch(2).pages());
    let woken = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut cx = Context::from_waker(&waker);
    // The first page stops at the gate, so that this poll does not find it.
    let mut held = Some(Held::new());
    let mut started = start.poll_unpin(&mut cx);
    if started.is_pending() {
        drop(held.take());
        until("the first page is there", || woken.get() == 1);
        // The I/O thread has nothing to do, so what comes now stops at the gate.
        held = Some(Held::new());
        started = start.poll_unpin(&mut cx);
    }
    let Poll::Ready(pages) = started else { panic!("woken, and no page") };
    let mut pages = pages.unwrap();
    drop(start);
    drop(session);
    let Poll::Ready(Some(Ok(first))) = pages.poll_next_unpin(&mut cx) else {
        panic!("the first page lies ready")
    };
    drop(pages);
    assert_eq!(first.len(), 10);
    assert_eq!(cell::detached(), u64::from(!cell.is_inline()));
    drop(held);
}
