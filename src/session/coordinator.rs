//! The node that answered a request.

use std::net::IpAddr;

use super::Session;
use crate::cql::{Row, Uuid};
use crate::error::Result;
use crate::result::Page;
use crate::statement::Bound;

/// The node that answered a request. Made by [`Session::coordinator`].
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coordinator {
    /// The node's own id, which stays when its address changes.
    pub host_id: Uuid,
    /// The address that it tells clients to use.
    pub address: IpAddr,
    /// Its port for clients. Known since Cassandra 4.0.
    pub port: Option<u16>,
    /// Its data centre.
    pub data_center: String,
    /// Its rack.
    pub rack: String,
}

impl Session {
    /// Says which node answered a request, by asking that node: one more request.
    ///
    /// The C driver knows which node it was, and sends other requests there, but it shows its
    /// address to nobody. `None` when it does not know.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let page = session.query("SELECT name FROM users WHERE id = 1", ()).await?;
    /// if let Some(node) = session.coordinator(&page).await? {
    ///     println!("answered by {} in rack {}", node.address, node.rack);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported): the loaded driver cannot tell.
    /// [`ErrorKind::NoHosts`](crate::ErrorKind::NoHosts): the node is no longer there.
    pub async fn coordinator(&self, page: &Page) -> Result<Option<Coordinator>> {
        let local = Bound::text(self, "SELECT * FROM system.local WHERE key = 'local'");
        let Some(pinned) = local.pinned(page.answer())? else { return Ok(None) };
        let page = pinned.idempotent(true).await?;
        page.rows::<Row>()?.next().map(|row| read(&row?)).transpose()
    }
}

fn read(row: &Row<'_>) -> Result<Coordinator> {
    let port = match row.columns().iter().any(|column| column.name() == "rpc_port") {
        true => row.get::<Option<i32>>("rpc_port")?.and_then(|port| u16::try_from(port).ok()),
        false => None,
    };
    Ok(Coordinator {
        host_id: row.get("host_id")?,
        address: row.get("rpc_address")?,
        port,
        data_center: row.get("data_center")?,
        rack: row.get("rack")?,
    })
}
