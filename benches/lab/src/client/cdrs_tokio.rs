//! cdrs-tokio.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use cdrs_tokio::cluster::session::{Session, SessionBuilder, TcpSessionBuilder};
use cdrs_tokio::cluster::{NodeAddress, NodeTcpConfigBuilder, TcpConnectionManager};
use cdrs_tokio::consistency::Consistency;
use cdrs_tokio::load_balancing::RoundRobinLoadBalancingStrategy;
use cdrs_tokio::query::{PreparedQuery, QueryFlags, QueryValues};
use cdrs_tokio::query_values;
use cdrs_tokio::statement::StatementParamsBuilder;
use cdrs_tokio::transport::TransportTcp;
use cdrs_tokio::types::ByIndex;
use cdrs_tokio::types::rows::Row;

use super::{Database, Paging};
use crate::Result;
use crate::work::Sum;

type Inner = Session<
    TransportTcp,
    TcpConnectionManager,
    RoundRobinLoadBalancingStrategy<TransportTcp, TcpConnectionManager>,
>;

#[derive(Clone)]
pub struct CdrsTokio(Arc<Inner>);

impl CdrsTokio {
    async fn execute(&self, statement: &PreparedQuery, values: QueryValues) -> Result<Vec<Row>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
        let parameters = StatementParamsBuilder::new()
            .with_consistency(Consistency::LocalOne)
            // The timestamp alone would not be sent.
            .with_flags(QueryFlags::VALUE | QueryFlags::WITH_DEFAULT_TIMESTAMP)
            .with_values(values)
            .with_timestamp(i64::try_from(now)?)
            .build();
        let answer = self.0.exec_with_params(statement, &parameters).await?;
        Ok(answer.response_body()?.into_rows().unwrap_or_default())
    }
}

impl Database for CdrsTokio {
    type Prepared = Arc<PreparedQuery>;

    async fn connect(address: SocketAddr) -> Result<Self> {
        let config = NodeTcpConfigBuilder::new()
            .with_contact_point(NodeAddress::Direct(address))
            .build()
            .await?;
        // One connection to a node is the default.
        let session =
            TcpSessionBuilder::new(RoundRobinLoadBalancingStrategy::new(), config).build().await?;
        Ok(Self(Arc::new(session)))
    }

    async fn prepare(&self, cql: &str) -> Result<Self::Prepared> {
        Ok(Arc::new(self.0.prepare(cql).await?))
    }

    async fn select(&self, statement: &Self::Prepared, id: i64) -> Result<(i64, String)> {
        let rows = self.execute(statement, query_values!(id)).await?;
        let row = rows.first().ok_or("no row came")?;
        Ok((row.r_by_index(0)?, row.r_by_index(1)?))
    }

    async fn insert(&self, statement: &Self::Prepared, id: i64, text: &str) -> Result<()> {
        self.execute(statement, query_values!(id, text)).await?;
        Ok(())
    }

    /// Page after page: its pager asks for the next page when it is told to.
    async fn stream(&self, statement: &Self::Prepared, paging: Paging) -> Result<Sum> {
        let mut sum = Sum::default();
        let mut pager = self.0.paged(i32::try_from(paging.page_size)?);
        let mut pages = pager.exec(statement);
        loop {
            for row in pages.next().await? {
                let text: String = row.r_by_index(1)?;
                let number: f64 = row.r_by_index(2)?;
                sum.stream_row(row.r_by_index(0)?, &text, number);
            }
            if !pages.has_more() || sum.rows >= paging.rows {
                return Ok(sum);
            }
        }
    }

    /// There is no close: it ends when it is dropped.
    async fn close(self) -> Result<()> {
        Ok(())
    }
}
