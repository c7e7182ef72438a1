//! How far a stream has come.

use crate::statement::PagingState;

/// How much a stream has given out so far.
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// let mut users = session.query("SELECT id, name FROM users", ()).stream::<(i64, String)>().await?;
/// while let Some(_user) = users.try_next().await? {
///     let so_far = users.progress();
///     println!("{} rows of {} pages", so_far.rows, so_far.pages);
/// }
/// # Ok(()) }
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Pages that were begun, empty ones included.
    pub pages: u64,
    /// Rows that were given out; of a [`PageStream`](crate::PageStream), those of its pages.
    pub rows: u64,
    /// Bytes of these rows' values, as the server sent them. `None` for a
    /// [`PageStream`](crate::PageStream), which does not look into its pages.
    pub bytes: Option<u64>,
}

/// Where a stream has come to, for another stream to go on from, in this process or in another.
///
/// It counts whole pages, since the server knows no other: rows of a page that was read in part
/// come again. So it moves on when the last row of a page is given out.
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session, stored: Option<String>) -> async_cassandra::Result<()> {
/// use async_cassandra::Position;
///
/// let mut request = session.query("SELECT id, name FROM users", ()).page_size(500);
/// if let Some(stored) = stored {
///     request = request.start_at(stored.parse()?);
/// }
/// let mut users = request.stream::<(i64, String)>().await?;
/// while let Some(_user) = users.try_next().await? {
///     match users.position() {
///         Position::At(state) => println!("store {state}"),
///         Position::Start => {}
///         Position::End => println!("done: store nothing"),
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// Nothing was given out yet, or not a whole page, of a result that was read from its start.
    Start,
    /// Everything before this was given out: see [`start_at`](crate::Query::start_at).
    At(PagingState),
    /// Everything was given out.
    End,
}

impl Position {
    /// Before anything is given out.
    pub(super) fn first(start: Option<PagingState>) -> Self {
        start.map_or(Self::Start, Self::At)
    }

    /// After a page that says this of the next one.
    pub(super) fn after(next: Option<PagingState>) -> Self {
        next.map_or(Self::End, Self::At)
    }
}
