//! The clients that are compared: their names, their order in tables, which are ours.

/// The raw C callbacks: the limit that everything built on the C driver is held against.
pub const C: &str = "c";

/// Ours, on each runtime.
pub const OURS: [&str; 6] =
    ["driver-threads", "tokio-mt", "tokio-ct", "async-std", "smol", "threads"];

/// Ours with a completion queue, which only some of the work is done with.
pub const QUEUES: [&str; 2] = ["tokio-mt-queue", "tokio-ct-queue"];

/// The other Rust clients.
pub const PEERS: [&str; 3] = ["cassandra-cpp", "scylla", "cdrs-tokio"];

/// Every client that does all of the work, in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static str> {
    std::iter::once(C).chain(OURS).chain(PEERS)
}

/// Where a client stands in a table. Those that are not known come last, by name.
pub fn rank(name: &str) -> (usize, &str) {
    let mut known = std::iter::once(C).chain(OURS).chain(QUEUES).chain(PEERS);
    (known.position(|known| known == name).unwrap_or(usize::MAX), name)
}

/// Where a server stands: the stub first.
pub fn server_rank(name: &str) -> (usize, &str) {
    let known = ["stub", "cassandra"];
    (known.iter().position(|known| *known == name).unwrap_or(known.len()), name)
}

/// How a server is called in a sentence.
pub fn server_name(name: &str) -> &str {
    match name {
        "stub" => "the stub server",
        "cassandra" => "Cassandra",
        other => other,
    }
}
