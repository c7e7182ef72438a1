//! The servers that the clients work against: each a process of its own, which ends with this one.

mod cassandra;
mod stub;

use std::net::SocketAddr;

use crate::Result;

pub enum Server {
    Stub(stub::Stub),
    Cassandra(Box<cassandra::Node>),
}

impl Server {
    pub fn stub() -> Result<Self> {
        Ok(Self::Stub(stub::Stub::start()?))
    }

    /// Apache Cassandra, with the tables filled.
    pub fn cassandra() -> Result<Self> {
        Ok(Self::Cassandra(Box::new(cassandra::Node::start()?)))
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
