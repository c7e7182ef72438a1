//! The C driver: loading it, and owned handles over what it gives.
//!
//! This is the only place that calls C, and together with `callback-bridge` the only one that says
//! `unsafe`. A program never needs it: the first session loads a driver by itself. It is public for
//! those who want to choose the driver ([`load_from`]), to load it early ([`load`]), or to see what
//! was loaded ([`info`]).
//!
//! One file a C object, each with its contract:
//! `cluster` and `profile` settings (what both take, `defaults`, with `retry_policy` and
//! `timestamp_gen`), `session` and its `gate`, `prepared`, `statement` and `batch` (what both
//! take, `configure`), `payload`, `result` and the way through its `cells` (`response` where they
//! lie), `pending` a future on its way, `delivery` how that ends, `pages` those of a stream, `answer` one that is answered, `courier` and `reaper` the two
//! helper threads (each a `worker`), `frame` the tasks on C's threads (`guarded` what they are made
//! of, `watch` whether they block), `failure` C's errors, `log` C's log, `metrics` C's figures.

mod answer;
mod authenticator;
mod batch;
mod cells;
mod cluster;
mod collection;
mod configure;
pub(crate) mod counters;
mod courier;
mod data_type;
mod defaults;
mod delivery;
mod failure;
mod frame;
mod gate;
mod guarded;
pub(crate) mod log;
mod metrics;
mod nested;
mod pages;
mod payload;
mod pending;
mod plug;
mod prepared;
mod profile;
mod reaper;
mod response;
mod result;
mod retry_policy;
mod session;
mod ssl;
mod statement;
mod sync;
mod sys;
mod text;
mod timestamp_gen;
mod units;
mod uuid;
mod wakes;
mod watch;
pub(crate) mod worker;

pub(crate) use answer::Answer;
pub(crate) use batch::Batch;
pub(crate) use cells::{Cells, OwnedCells, RowCells};
pub(crate) use configure::Configure;
pub(crate) use frame::{Handle, must_not_block, spawn as spawn_task, start as start_tasks};
pub(crate) use nested::{Binding, Refusal};
pub(crate) use pages::{Asker, Coming, Landing, Next, Room};
pub(crate) use payload::Payload;
pub(crate) use pending::Pending;
pub use plug::{
    Attempt, Info, LoadError, LoadErrorKind, Source, Unsupported, info, load, load_from,
};
pub(crate) use prepared::Prepared;
pub(crate) use result::{Columns, ResultSet};
pub(crate) use session::{Connecting, Limits, Place, Session, Waiting, in_flight};
pub(crate) use statement::Statement;
pub(crate) use wakes::{WakeQueue, queue as wake_queue};

use crate::error::{Error, ErrorKind, Result};

/// Loads the driver if that has not happened yet, and takes over its log.
pub(crate) fn ready() -> Result<()> {
    let info = plug::load().map_err(|e| Error::new(ErrorKind::NoDriver(e), ""))?;
    log::take_over(info)
}

impl From<Unsupported> for Error {
    fn from(missing: Unsupported) -> Self {
        let kind = ErrorKind::Unsupported { function: missing.function };
        Error::new(kind, "").with_source(missing)
    }
}
