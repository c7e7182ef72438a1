//! All rows of a table, page after page, in one task.

use super::{Done, Work};
use crate::Result;
use crate::client::{Database, Paging};
use crate::executor::Executor;
use crate::job::Job;

pub fn stream<D: Database, E: Executor>(
    executor: &E,
    database: &D,
    statement: &D::Prepared,
    job: &Job,
) -> Result<Done> {
    let (database, statement) = (database.clone(), statement.clone());
    let paging = Paging {
        page_size: job.page_size,
        prefetch: job.prefetch,
        borrowed: job.work == Work::StreamBorrowed,
        rows: job.requests,
    };
    executor.one(async move {
        let sum = database.stream(&statement, paging).await?;
        Ok(Done { sum, ..Done::default() })
    })
}
