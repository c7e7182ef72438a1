//! What may travel between threads, and how far.

use async_cassandra::cql::{Column, CqlType, Row, ValueError};
use async_cassandra::rt::{DriverThreads, Panicked, Task};
use async_cassandra::{
    Batch, BatchKind, BorrowedRows, Bound, Close, CloseFuture, Connect, ContactPoint, Coordinator,
    CustomPayload, Error, Execute, IndexedRows, IntoRows, Item, Lwt, Many, Options, Page,
    PageStream, PagingState, Peer, Position, Prepare, PrepareFuture, Prepared, Progress, Query,
    RowStream, Rows, Session, SessionBuilder, Tls, TlsVersion, Trace, TryNext, TryNextRow, Verify,
};

fn everywhere<T: Send + Sync + 'static>() {}
fn shared<T: Send + Sync>() {}
fn travels<T: Send>() {}
fn moves<T: Send + Unpin>() {}

#[test]
fn handles_and_results_are_shared_freely() {
    everywhere::<Session>();
    everywhere::<SessionBuilder>();
    everywhere::<ContactPoint>();
    everywhere::<Tls>();
    everywhere::<TlsVersion>();
    everywhere::<Verify>();
    shared::<Peer<'_>>();
    everywhere::<Prepared>();
    everywhere::<Bound<'static>>();
    everywhere::<Options>();
    everywhere::<Page>();
    everywhere::<PagingState>();
    everywhere::<Position>();
    everywhere::<Progress>();
    everywhere::<BatchKind>();
    everywhere::<Batch<'static>>();
    everywhere::<CustomPayload>();
    everywhere::<Lwt<(i32,)>>();
    everywhere::<Trace>();
    everywhere::<Coordinator>();
    everywhere::<Error>();
    everywhere::<Column>();
    everywhere::<CqlType>();
    everywhere::<ValueError>();
    shared::<Row<'_>>();
    everywhere::<DriverThreads>();
    everywhere::<Task<i32>>();
    everywhere::<Panicked>();
}

#[test]
fn requests_and_streams_travel() {
    /// Not `Send` itself: a row type says nothing about the stream that makes it.
    type Local = (std::rc::Rc<()>,);

    moves::<Execute<'_>>();
    moves::<Connect>();
    moves::<PrepareFuture<'_>>();
    moves::<CloseFuture<'_>>();
    moves::<PageStream>();
    moves::<RowStream<Local>>();
    moves::<TryNext<'_, PageStream>>();
    everywhere::<PageStream>();
    everywhere::<BorrowedRows>();
    moves::<BorrowedRows>();
    moves::<TryNextRow<'_, Local>>();
    moves::<IntoRows<Local>>();
    travels::<IndexedRows<'_, Local>>();
    shared::<IndexedRows<'_, Local>>();
    everywhere::<RowStream<(i32,)>>();
    moves::<Many<'_, std::slice::Iter<'_, (i32, &str)>>>();
    travels::<Query<'_>>();
    travels::<Batch<'_>>();
    travels::<Item<'_>>();
    travels::<Prepare<'_>>();
    travels::<Close<'_>>();
    travels::<Rows<'_, (i32,)>>();
}
