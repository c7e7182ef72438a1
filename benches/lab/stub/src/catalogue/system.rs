//! `system.local` and `system.peers`: one node, alone, which owns every token.
//!
//! It says that it is of 3.11, the last series whose newest protocol is version 4, so that no client asks
//! for what came later (virtual tables, `peers_v2`): each connects with the fewest requests.

use std::net::{IpAddr, SocketAddr};

use super::{Content, Table};
use crate::codec::types::{Cell, Type, int, text, texts};

const RELEASE: &str = "3.11.19";
const HOST_ID: [u8; 16] = *b"\x5b\x6e\x63\x2a\x1f\x04\x4c\x8d\x9b\x17\x0c\x2d\x61\x7a\x10\x01";
const SCHEMA_VERSION: [u8; 16] =
    *b"\x8d\x0a\x7f\x3e\x52\x11\x3c\x6b\xa4\x39\x77\x1c\x05\x2e\x10\x02";

/// The tables of a node at `address`.
pub fn tables(address: SocketAddr) -> Vec<Table> {
    let (mut columns, mut row) = (Vec::new(), Vec::new());
    for (name, kind, cell) in local(address) {
        columns.push((name, kind));
        row.push(cell);
    }
    let local =
        Table { keyspace: "system", name: "local", columns, content: Content::Rows(vec![row]) };
    let peers = Table {
        keyspace: "system",
        name: "peers",
        columns: vec![
            ("peer", Type::Inet),
            ("data_center", Type::Text),
            ("host_id", Type::Uuid),
            ("preferred_ip", Type::Inet),
            ("rack", Type::Text),
            ("release_version", Type::Text),
            ("rpc_address", Type::Inet),
            ("schema_version", Type::Uuid),
            ("tokens", Type::Set(&Type::Text)),
        ],
        content: Content::Rows(vec![]),
    };
    vec![local, peers]
}

fn local(address: SocketAddr) -> Vec<(&'static str, Type, Cell)> {
    let here = match address.ip() {
        IpAddr::V4(ip) => Some(ip.octets().to_vec()),
        IpAddr::V6(ip) => Some(ip.octets().to_vec()),
    };
    vec![
        ("key", Type::Text, text("local")),
        ("bootstrapped", Type::Text, text("COMPLETED")),
        ("broadcast_address", Type::Inet, here.clone()),
        ("cluster_name", Type::Text, text("lab")),
        ("cql_version", Type::Text, text("3.4.4")),
        ("data_center", Type::Text, text("datacenter1")),
        ("gossip_generation", Type::Int, int(1)),
        ("host_id", Type::Uuid, Some(HOST_ID.to_vec())),
        ("listen_address", Type::Inet, here.clone()),
        ("native_protocol_version", Type::Text, text("4")),
        ("partitioner", Type::Text, text("org.apache.cassandra.dht.Murmur3Partitioner")),
        ("rack", Type::Text, text("rack1")),
        ("release_version", Type::Text, text(RELEASE)),
        ("rpc_address", Type::Inet, here),
        ("schema_version", Type::Uuid, Some(SCHEMA_VERSION.to_vec())),
        ("thrift_version", Type::Text, text("20.1.0")),
        ("tokens", Type::Set(&Type::Text), texts(&["0"])),
    ]
}
