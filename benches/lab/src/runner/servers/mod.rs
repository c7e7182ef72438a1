//! The servers that the clients work against: each a process of its own, which ends with this one.

mod cassandra;
mod stub;

use std::net::SocketAddr;

use super::matrix::Cell;
use crate::Result;
use crate::client::Client;
use crate::work::{Text, Work};

pub use cassandra::VERSION as CASSANDRA;

pub enum Server {
    Stub(stub::Stub),
    /// With the tables filled.
    Cassandra(Box<cassandra::Node>),
}

impl Server {
    pub fn start(name: &str) -> Result<Self> {
        match name {
            "stub" => Ok(Self::Stub(stub::Stub::start()?)),
            "cassandra" => Ok(Self::Cassandra(Box::new(cassandra::Node::start()?))),
            _ => Err(format!("there is no server {name}").into()),
        }
    }

    /// What is run before anything counts. Java compiles what it runs often, and the first ten thousands
    /// of requests cost it, and so its clients, several times what the later ones do.
    pub fn warm_up(&self) -> Vec<Cell> {
        match self {
            Self::Stub(_) => Vec::new(),
            Self::Cassandra(_) => {
                [Work::Select(Text::Short), Work::Insert(Text::Short), Work::Stream]
                    .map(|work| {
                        let mut cell =
                            Cell::requests("cassandra", work, 256, &[Client::DriverThreads]);
                        cell.requests = if work == Work::Stream { 1_000_000 } else { 200_000 };
                        cell
                    })
                    .into()
            }
        }
    }

    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Stub(stub) => stub.address(),
            Self::Cassandra(node) => node.address(),
        }
    }

    /// What it is called in the records.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Stub(_) => "stub",
            Self::Cassandra(_) => "cassandra",
        }
    }
}
