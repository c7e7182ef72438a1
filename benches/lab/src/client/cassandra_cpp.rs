//! cassandra-cpp, over the same C driver as ours.

use std::net::SocketAddr;

use cassandra_cpp::{
    AsRustType, BindRustType, Cluster, LendingIterator, PreparedStatement, Session,
};

use super::{Database, Paging};
use crate::Result;
use crate::work::Sum;

#[derive(Clone)]
pub struct CassandraCpp(Session);

/// Its error may not go to another thread's `Box<dyn Error + Sync>`: only the words go on.
fn words(error: cassandra_cpp::Error) -> crate::Error {
    error.to_string().into()
}

impl Database for CassandraCpp {
    type Prepared = std::sync::Arc<PreparedStatement>;

    async fn connect(address: SocketAddr) -> Result<Self> {
        let mut cluster = Cluster::default();
        cluster.set_contact_points(&address.ip().to_string()).map_err(words)?;
        cluster.set_port(address.port()).map_err(words)?;
        cluster.set_protocol_version(4).map_err(words)?;
        Ok(Self(cluster.connect().await.map_err(words)?))
    }

    async fn prepare(&self, cql: &str) -> Result<Self::Prepared> {
        Ok(self.0.prepare(cql).await.map_err(words)?.into())
    }

    async fn select(&self, statement: &Self::Prepared, id: i64) -> Result<(i64, String)> {
        let mut request = statement.bind();
        request.bind(0, id).map_err(words)?;
        let result = request.execute().await.map_err(words)?;
        let row = result.first_row().ok_or("no row came")?;
        Ok((row.get(0).map_err(words)?, row.get(1).map_err(words)?))
    }

    async fn insert(&self, statement: &Self::Prepared, id: i64, text: &str) -> Result<()> {
        let mut request = statement.bind();
        request.bind(0, id).map_err(words)?;
        request.bind(1, text).map_err(words)?;
        request.execute().await.map_err(words)?;
        Ok(())
    }

    /// Page after page: it has no paging of its own, and a page is read before the next is asked for.
    async fn stream(&self, statement: &Self::Prepared, paging: Paging) -> Result<Sum> {
        let mut sum = Sum::default();
        let mut state: Option<Vec<u8>> = None;
        loop {
            let mut request = statement.bind();
            request.set_paging_size(i32::try_from(paging.page_size)?).map_err(words)?;
            if let Some(state) = &state {
                request.set_paging_state_token(state).map_err(words)?;
            }
            let result = request.execute().await.map_err(words)?;
            let mut rows = result.iter();
            while let Some(row) = rows.next() {
                let id: i64 = row.get(0).map_err(words)?;
                let text: String = row.get(1).map_err(words)?;
                let number: f64 = row.get(2).map_err(words)?;
                sum.stream_row(id, &text, number);
            }
            drop(rows);
            state = result.paging_state_token().map_err(words)?;
            if state.is_none() || sum.rows >= paging.rows {
                return Ok(sum);
            }
        }
    }

    /// There is no close: dropping the session blocks until it is closed.
    async fn close(self) -> Result<()> {
        Ok(())
    }
}
