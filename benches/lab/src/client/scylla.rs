//! ScyllaDB's Rust driver.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use futures::StreamExt;
use scylla::client::PoolSize;
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::policies::timestamp_generator::MonotonicTimestampGenerator;
use scylla::statement::Consistency;
use scylla::statement::prepared::PreparedStatement;

use super::{Database, Paging};
use crate::Result;
use crate::work::Sum;

#[derive(Clone)]
pub struct Scylla(Arc<Session>);

impl Database for Scylla {
    type Prepared = Arc<PreparedStatement>;

    async fn connect(address: SocketAddr) -> Result<Self> {
        let profile = ExecutionProfile::builder().consistency(Consistency::LocalOne).build();
        let session = SessionBuilder::new()
            .known_node_addr(address)
            .pool_size(PoolSize::PerHost(NonZeroUsize::MIN))
            .default_execution_profile_handle(profile.into_handle())
            .timestamp_generator(Arc::new(MonotonicTimestampGenerator::new()))
            .build()
            .await?;
        Ok(Self(Arc::new(session)))
    }

    async fn prepare(&self, cql: &str) -> Result<Self::Prepared> {
        let mut statement = self.0.prepare(cql).await?;
        // As the C driver does: the columns do not come with each answer.
        statement.set_use_cached_result_metadata(true);
        Ok(Arc::new(statement))
    }

    async fn select(&self, statement: &Self::Prepared, id: i64) -> Result<(i64, String)> {
        let answer = self.0.execute_unpaged(statement, (id,)).await?;
        Ok(answer.into_rows_result()?.single_row()?)
    }

    async fn insert(&self, statement: &Self::Prepared, id: i64, text: &str) -> Result<()> {
        self.0.execute_unpaged(statement, (id, text)).await?;
        Ok(())
    }

    /// A task of its own asks for pages, one ahead of the one that is read.
    async fn stream(&self, statement: &Self::Prepared, paging: Paging) -> Result<Sum> {
        let mut statement = PreparedStatement::clone(statement);
        statement.set_page_size(i32::try_from(paging.page_size)?);
        let mut rows = self.0.execute_iter(statement, ()).await?.rows_stream()?;
        let mut sum = Sum::default();
        while let Some(row) = rows.next().await {
            let (id, text, number): (i64, String, f64) = row?;
            sum.stream_row(id, &text, number);
            if sum.rows == paging.rows {
                break;
            }
        }
        Ok(sum)
    }

    /// There is no close: it ends when it is dropped.
    async fn close(self) -> Result<()> {
        Ok(())
    }
}
