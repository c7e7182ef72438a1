//! Which nodes of a cluster see which others up, from what they log.
//!
//! No table tells it in every version. Each node's failure detector logs a line when it changes its
//! mind about another node, and those lines are read as they come.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the nodes of one cluster see. A node that stands alone has one too, and it stays empty.
#[derive(Default)]
pub(crate) struct View {
    watched: Mutex<Vec<Watched>>,
}

/// The log of one node, as far as it has been read.
struct Watched {
    address: Ipv4Addr,
    log: PathBuf,
    read: u64,
    /// The nodes that it sees up.
    up: HashSet<Ipv4Addr>,
}

impl View {
    /// Follows one more node's log, from its beginning.
    pub(crate) fn watch(&self, address: Ipv4Addr, log: PathBuf) {
        self.lock().push(Watched { address, log, read: 0, up: HashSet::new() });
    }

    /// A node has left for good.
    pub(crate) fn unwatch(&self, address: Ipv4Addr) {
        self.lock().retain(|node| node.address != address);
    }

    /// The node at `address`, which does not run, is about to be started: what was logged about it,
    /// and by it, holds no more.
    pub(crate) fn forget(&self, address: Ipv4Addr) {
        for node in self.lock().iter_mut() {
            node.catch_up();
            node.up.remove(&address);
            if node.address == address {
                node.up.clear();
            }
        }
    }

    /// A pair of `nodes` of which the first does not see the second up.
    pub(crate) fn unseen(&self, nodes: &[Ipv4Addr]) -> Option<(Ipv4Addr, Ipv4Addr)> {
        self.find(nodes, |node| {
            let fellow = |other: &&Ipv4Addr| **other != node.address;
            nodes.iter().filter(fellow).find(|other| !node.up.contains(other)).copied()
        })
    }

    /// One of `nodes` that still sees the node at `address` up.
    pub(crate) fn seen_by(&self, nodes: &[Ipv4Addr], address: Ipv4Addr) -> Option<Ipv4Addr> {
        let others: Vec<Ipv4Addr> = nodes.iter().copied().filter(|node| *node != address).collect();
        self.find(&others, |node| node.up.contains(&address).then_some(address)).map(|(by, _)| by)
    }

    /// The first of `nodes` for which there is an answer, with it.
    fn find(
        &self,
        nodes: &[Ipv4Addr],
        answer: impl Fn(&Watched) -> Option<Ipv4Addr>,
    ) -> Option<(Ipv4Addr, Ipv4Addr)> {
        let mut watched = self.lock();
        let mut those = watched.iter_mut().filter(|node| nodes.contains(&node.address));
        those.find_map(|node| {
            node.catch_up();
            answer(node).map(|other| (node.address, other))
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    /// Reads the whole lines that have come since the last time. A log that cannot be read has
    /// none.
    fn catch_up(&mut self) {
        let mut bytes = Vec::new();
        let read = File::open(&self.log).and_then(|mut log| {
            log.seek(SeekFrom::Start(self.read))?;
            log.read_to_end(&mut bytes)
        });
        let Some(end) = read.ok().and_then(|_| bytes.iter().rposition(|&byte| byte == b'\n'))
        else {
            return;
        };
        self.read += end as u64 + 1;
        for line in String::from_utf8_lossy(&bytes[..end]).lines() {
            match opinion(line) {
                Some((address, true)) => self.up.insert(address),
                Some((address, false)) => self.up.remove(&address),
                None => continue,
            };
        }
    }
}

/// What a line says about a node, if it is one of those: `… InetAddress /127.0.0.2:7000 is now UP`.
fn opinion(line: &str) -> Option<(Ipv4Addr, bool)> {
    let (_, said) = line.split_once("InetAddress ")?;
    let (node, state) = said.split_once(" is now ")?;
    let address = node.rsplit('/').next()?.split(':').next()?.parse().ok()?;
    match state.trim_end() {
        "UP" => Some((address, true)),
        "DOWN" => Some((address, false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;

    const A: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
    const B: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

    #[test]
    fn the_last_word_counts_and_half_a_line_is_none() {
        let name = format!("embedded-cassandra-view-{:016x}", crate::random::number());
        let path = std::env::temp_dir().join(name);
        let mut log = File::create(&path).unwrap();
        let view = View::default();
        view.watch(A, path.clone());
        assert_eq!(view.unseen(&[A, B]), Some((A, B)));
        let up = "INFO  [GossipStage:1] Gossiper.java:1372 - InetAddress /127.0.0.2:7000 is now UP";
        write!(log, "{up}").unwrap();
        assert_eq!(view.unseen(&[A, B]), Some((A, B)));
        writeln!(log).unwrap();
        assert_eq!(view.unseen(&[A, B]), None);
        assert_eq!(view.seen_by(&[A, B], B), Some(A));
        writeln!(log, "{}", up.replace("UP", "DOWN")).unwrap();
        assert_eq!(view.unseen(&[A, B]), Some((A, B)));
        assert_eq!(view.seen_by(&[A, B], B), None);
        writeln!(log, "{up}").unwrap();
        view.forget(B);
        assert_eq!(view.unseen(&[A, B]), Some((A, B)), "the line was about the one before");
        fs::remove_file(path).unwrap();
    }
}
