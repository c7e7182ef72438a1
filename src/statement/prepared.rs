//! A statement that the server has parsed, ready for values.

use std::fmt;
use std::sync::Arc;

use super::{Bound, KnownColumns, Many, Options, Ref, text};
use crate::cql::{Column, ToRow};
use crate::driver::{self, Statement};
use crate::session::Session;

/// A prepared statement: parsed once by the server, executed many times with other values.
///
/// Cheap to clone, shared between threads. It keeps its session alive. Options set on
/// [`prepare`](Session::prepare) are defaults of each request made from it.
///
/// # When the server forgets
/// A node that was restarted, or whose table was dropped and created again, no longer knows the
/// statement. The driver prepares it again there, and executes it, all within the request. Where that
/// gives another statement, the request fails with
/// [`ErrorKind::Unprepared`](crate::ErrorKind::Unprepared): prepare it again yourself.
///
/// # Name the columns
/// On protocol version 4 an answer comes without its columns: the driver knows them from when the
/// statement was prepared. A `SELECT *`, prepared before a column was added or dropped, would then read
/// one column's bytes as another's, without an error. So its executions send the text with the values,
/// and each answer says which columns it has: always right, and dearer. The server parses the text
/// each time, and the request goes to any node in place of a replica, since C cannot tell which that
/// would be. Name the columns, and neither is so.
///
/// The types of columns that are named change in one way only: the table is dropped and made anew with
/// others. (Servers refuse to add a dropped column again with a type that does not fit the old.) Cells
/// are then read as what they were, if their bytes fit that: prepare the statement again when that was
/// done. (What [`query`](Session::query) keeps is prepared
/// again by itself where its own session did it. That another client did, no driver tells.)
#[derive(Clone)]
pub struct Prepared {
    pub(crate) core: Arc<PreparedCore>,
    pub(crate) session: Session,
}

/// What a prepared statement is without its session. The session's cache holds this, so that the
/// two do not keep each other alive.
pub(crate) struct PreparedCore {
    pub(crate) raw: driver::Prepared,
    pub(crate) cql: Arc<str>,
    pub(crate) options: Options,
    /// Of its results.
    pub(crate) columns: KnownColumns,
    /// Whether others are to be prepared anew after it: see [`text`].
    pub(super) alters: bool,
    /// Each execution sends the text: see [`text`].
    as_text: bool,
}

impl PreparedCore {
    pub(crate) fn new(raw: driver::Prepared, cql: Arc<str>, options: Options) -> Self {
        let (as_text, alters) = (text::selects_all(&cql), text::alters(&cql));
        Self { raw, cql, options, columns: KnownColumns::default(), alters, as_text }
    }

    /// A statement with every marker unset.
    pub(super) fn statement(&self) -> Statement {
        match self.as_text {
            true => Statement::text(&self.cql, self.raw.markers().len()),
            false => self.raw.bind(),
        }
    }
}

impl Prepared {
    /// Binds values, in the order of the markers (a tuple, a slice) or by their names (a map).
    ///
    /// A value that does not fit its marker is an error at the await, before anything is sent.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let insert = session.prepare("INSERT INTO users (id, name) VALUES (?, ?)").await?;
    /// insert.bind((1, "Ann")).await?;
    /// # Ok(()) }
    /// ```
    pub fn bind(&self, values: impl ToRow) -> Bound<'_> {
        Bound::bind(Ref::Borrowed(self), &values)
    }

    /// Executes it for each of many rows of values, so many at a time, and gives their number.
    ///
    /// The rows may be borrowed; each is bound when its turn comes. Answers are not looked at: it is
    /// for writes. They come in any order, so rows of one key may be written in any order too.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let users = [(1, "Ann"), (2, "Bo")];
    /// let insert = session.prepare("INSERT INTO users (id, name) VALUES (?, ?)").await?;
    /// let written: u64 = insert.execute_many(&users).concurrency(256).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The first one, that of a row that does not bind included. No row is begun after it; those in
    /// flight are waited for.
    pub fn execute_many<I>(&self, rows: I) -> Many<'_, I::IntoIter>
    where
        I: IntoIterator<Item: ToRow>,
    {
        Many::new(self, rows.into_iter())
    }

    /// The statement's text.
    pub fn cql(&self) -> &str {
        &self.core.cql
    }

    /// Names and types of the markers, in order.
    pub fn markers(&self) -> &[Column] {
        self.core.raw.markers()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("cql", &self.cql()).finish_non_exhaustive()
    }
}
