//! What fails or ends takes nothing with it.

use std::future::IntoFuture;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use async_cassandra::{PagingState, Session};
use futures::{FutureExt, StreamExt, future};

use crate::cell::{Cell, Held};

async fn works(session: &Session) {
    assert!(!session.is_closed());
    assert_eq!(session.query("ROWS 3 2", ()).await.unwrap().len(), 3);
    let rows = session.query("ROWS 3 2", ()).stream::<(i32, String)>().await.unwrap();
    assert_eq!(rows.count().await, 6);
}

/// A waker that ends as badly as it can.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        std::panic::resume_unwind(Box::new("a waker that panics"));
    }
}

/// Requests, pages, streams and connects that fail, each in its way.
async fn failures(cell: Cell, session: &Session) {
    for code in ["0x1001", "0x1100", "0x2200", "0x0000", "0x01000007", "0x0100000A", "0x0100000E"] {
        let cql = format!("ERROR {code} as asked");
        session.query(&cql, ()).await.unwrap_err();
        session.query(&cql, ()).stream::<(i32,)>().await.unwrap_err();
        session.query(&cql, ()).pages().await.unwrap_err();
        works(session).await;
    }
    session.query("nonsense", ()).await.unwrap_err();
    session.prepare("nonsense").await.unwrap_err();
    session.query("ECHO int", ("one",)).await.unwrap_err();
    session.query("ECHO int", (1, 2)).await.unwrap_err();
    works(session).await;

    let page = session.query("ROWS 3 2", ()).await.unwrap();
    page.rows::<(i32, i32)>().unwrap_err();
    let foreign = || PagingState::from_bytes(b"foreign");
    session.query("ROWS 3 2", ()).start_at(foreign()).await.unwrap_err();
    session.query("ROWS 3 2", ()).start_at(foreign()).pages().await.unwrap_err();
    session.query("ROWS 3 2", ()).stream::<(i32, i32)>().await.unwrap_err();
    let mut half = session.query("ROWS 3 2", ()).stream::<(i32, String)>().await.unwrap();
    half.try_next().await.unwrap().unwrap();
    drop((page, half));
    works(session).await;

    let waker = Waker::from(Arc::new(Panics));
    let mut request = session.query("ROWS 3 2", ()).execute();
    let _ = request.poll_unpin(&mut Context::from_waker(&waker));
    drop(request);
    works(session).await;

    for point in ["refused", "badauth", "nowhere"] {
        cell.builder().contact_points([point]).connect().await.unwrap_err();
    }
    cell.builder().keyspace("missing").connect().await.unwrap_err();
    let _ = futures::poll!(cell.builder().connect());
    works(session).await;
}

pub async fn failures_close_nothing(cell: Cell) {
    let (session, other) = (cell.connect().await, cell.connect().await);
    failures(cell, &session).await;
    works(&other).await;
    session.close().await.unwrap();
    works(&other).await;
    other.close().await.unwrap();
}

/// Sessions that end in every way, beside one that has requests in flight.
pub fn sessions_end_alone(cell: Cell) {
    cell.run(async move {
        let stays = cell.connect().await;
        let (closed, dropped, left) =
            (cell.connect().await, cell.connect().await, cell.connect().await);
        let kept = dropped.prepare("ROWS 3 2").await.unwrap();

        let held = Held::new();
        let requests = (0..20).map(|_| stays.query("ROWS 3 2", ()).execute());
        let mut requests = future::join_all(requests);
        let early = futures::poll!(&mut requests);
        assert_eq!(early.is_ready(), cell.is_inline());

        let mut close = closed.close().into_future();
        let over = futures::poll!(&mut close);
        drop((dropped, kept));
        let _ = futures::poll!(left.close().into_future());
        drop(left);
        drop(held);
        if over.is_pending() {
            close.await.unwrap();
        }

        works(&stays).await;
        if early.is_pending() {
            for page in requests.await {
                assert_eq!(page.unwrap().len(), 3);
            }
        }
        works(&stays).await;
        assert!(closed.is_closed());
    });
}
