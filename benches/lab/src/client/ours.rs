//! This crate's client.

use std::marker::PhantomData;
use std::net::SocketAddr;

use async_cassandra::{Prepared, Session};

use super::{Database, Paging};
use crate::Result;
use crate::executor::Executor;
use crate::work::Sum;

/// A session for the tasks of one executor, with a completion queue or without.
pub struct Ours<E, const QUEUE: bool = false> {
    session: Session,
    executor: PhantomData<fn() -> E>,
}

impl<E, const QUEUE: bool> Clone for Ours<E, QUEUE> {
    fn clone(&self) -> Self {
        Self { session: self.session.clone(), executor: PhantomData }
    }
}

impl<E: Executor, const QUEUE: bool> Database for Ours<E, QUEUE> {
    type Prepared = Prepared;

    async fn connect(address: SocketAddr) -> Result<Self> {
        let session = Session::builder()
            .contact_points([address.ip().to_string()])
            .port(address.port())
            .runtime(E::runtime())
            .completion_queue(QUEUE)
            .connect()
            .await?;
        Ok(Self { session, executor: PhantomData })
    }

    async fn prepare(&self, cql: &str) -> Result<Prepared> {
        Ok(self.session.prepare(cql).await?)
    }

    async fn select(&self, statement: &Prepared, id: i64) -> Result<(i64, String)> {
        let page = statement.bind((id,)).await?;
        let row = page.rows()?.next().ok_or("no row came")?;
        Ok(row?)
    }

    async fn insert(&self, statement: &Prepared, id: i64, text: &str) -> Result<()> {
        statement.bind((id, text)).await?;
        Ok(())
    }

    async fn stream(&self, statement: &Prepared, paging: Paging) -> Result<Sum> {
        let request =
            statement.bind(()).page_size(paging.page_size).prefetch(paging.prefetch as usize);
        let mut sum = Sum::default();
        if paging.borrowed {
            let mut pages = request.pages().await?;
            while let Some(page) = pages.try_next().await? {
                for row in page.rows::<(i64, &str, f64)>()? {
                    let (id, text, number) = row?;
                    sum.stream_row(id, text, number);
                }
                if sum.rows >= paging.rows {
                    break;
                }
            }
        } else {
            let mut rows = request.stream::<(i64, String, f64)>().await?;
            while let Some((id, text, number)) = rows.try_next().await? {
                sum.stream_row(id, &text, number);
                if sum.rows == paging.rows {
                    break;
                }
            }
        }
        Ok(sum)
    }

    async fn close(self) -> Result<()> {
        Ok(self.session.close().await?)
    }
}
