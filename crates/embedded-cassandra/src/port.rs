//! Free ports, claimed until the node ends, and for clusters free addresses: every node of a
//! cluster has an address of its own and the same ports as the others, for drivers learn their
//! addresses from Cassandra but not their ports.
//!
//! A claim is an abstract Unix socket named after address and port: the kernel gives it to one
//! process only and takes it back when that process ends, so two programs that use this crate
//! never choose the same port, not even between the choice and the moment the node listens. Against
//! other programs it helps to stay below the range from which the system takes the ports of
//! outgoing connections; what is left of the race shows as a failed bind, and the start is retried.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixListener};

use crate::error::{Error, Result};
use crate::random;

const TRIES: u32 = 500;
const RANGE: Range<u16> = 10_000..32_768;

/// A port that no other node of this crate will use as long as this value lives.
pub(crate) struct Port {
    pub(crate) number: u16,
    _claim: UnixListener,
}

/// The ports that drivers and nodes expect where they are told nothing.
const NATIVE: u16 = 9042;
const STORAGE: u16 = 7000;
/// How many blocks are tried with these ports before others are: a program that listens on all
/// addresses takes a port of every block.
const USUAL_TRIES: u32 = 5;
const BLOCK_TRIES: u32 = 20;

/// Addresses in a row for the nodes of one cluster, and their ports.
pub(crate) struct Block {
    first: Ipv4Addr,
    native: u16,
    storage: u16,
    /// A whole `127.x.y.0/24` that is this cluster's alone, unless the user named the address.
    _claim: Option<UnixListener>,
}

impl Block {
    /// A block with free ports for `nodes` nodes: at `first` if that is given, else where nobody
    /// else is.
    pub(crate) fn find(
        first: Option<Ipv4Addr>,
        native: Option<u16>,
        nodes: usize,
    ) -> Result<(Self, Vec<[Port; 2]>)> {
        if let Some(first) = first {
            let native = native.unwrap_or(NATIVE);
            let block = Self { first, native, storage: STORAGE, _claim: None };
            let ports = block.claim_first(nodes)?;
            return Ok((block, ports));
        }
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = Self::random(native, attempt > USUAL_TRIES)
                .and_then(|block| block.claim_first(nodes).map(|ports| (block, ports)));
            match outcome {
                Err(Error::PortTaken { .. }) if attempt < BLOCK_TRIES => {}
                outcome => return outcome,
            }
        }
    }

    fn random(native: Option<u16>, unusual: bool) -> Result<Self> {
        let [.., x, y] = random::number().to_be_bytes();
        // 127.0 is where everybody else is.
        let net = Ipv4Addr::new(127, x.max(1), y, 0);
        let claim = claim_name(&format!("{net}"));
        let claim =
            claim.ok_or(Error::PortTaken { address: SocketAddr::new(net.into(), NATIVE) })?;
        let first = Ipv4Addr::new(127, x.max(1), y, 1);
        let free = || claim_any(first).map(|port| port.number);
        let (usual, storage) = if unusual { (free()?, free()?) } else { (NATIVE, STORAGE) };
        Ok(Self { first, native: native.unwrap_or(usual), storage, _claim: Some(claim) })
    }

    fn claim_first(&self, nodes: usize) -> Result<Vec<[Port; 2]>> {
        (0..nodes).map(|index| self.claim(index)).collect()
    }

    /// The ports for clients and for other nodes, of the node number `index`.
    pub(crate) fn claim(&self, index: usize) -> Result<[Port; 2]> {
        let address = self.address(index)?;
        Ok([claim(address, self.native)?, claim(address, self.storage)?])
    }

    /// The address of the node number `index`.
    pub(crate) fn address(&self, index: usize) -> Result<Ipv4Addr> {
        let [a, b, c, first] = self.first.octets();
        match u8::try_from(usize::from(first) + index) {
            Ok(last) if last < u8::MAX => Ok(Ipv4Addr::new(a, b, c, last)),
            _ => {
                let reason = format!("{} has no room for {} nodes after it", self.first, index + 1);
                Err(Error::setting("address", reason))
            }
        }
    }
}

/// Claims `number` on `address`.
pub(crate) fn claim(address: Ipv4Addr, number: u16) -> Result<Port> {
    let taken = || Error::PortTaken { address: SocketAddr::new(address.into(), number) };
    let claim = claim_name(&format!("{address}:{number}")).ok_or_else(taken)?;
    // Whether anybody else listens there now; this listener is closed again at once.
    TcpListener::bind((address, number)).map_err(|_| taken())?;
    Ok(Port { number, _claim: claim })
}

fn claim_name(name: &str) -> Option<UnixListener> {
    let name = UnixAddress::from_abstract_name(format!("embedded-cassandra/{name}")).ok()?;
    UnixListener::bind_addr(&name).ok()
}

/// Claims some free port on `address`.
pub(crate) fn claim_any(address: Ipv4Addr) -> Result<Port> {
    let range = range();
    let mut last = Error::PortTaken { address: SocketAddr::new(address.into(), range.start) };
    for _ in 0..TRIES {
        let offset = random::number() % range.len() as u64;
        match claim(address, range.start + offset as u16) {
            Ok(port) => return Ok(port),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn range() -> Range<u16> {
    let lowest_outgoing = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse::<u16>().ok());
    match lowest_outgoing {
        Some(end) if end > RANGE.start + 1000 => RANGE.start..end.min(RANGE.end),
        _ => RANGE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_until_it_is_dropped() {
        let port = claim_any(Ipv4Addr::LOCALHOST).unwrap();
        assert!(matches!(
            claim(Ipv4Addr::LOCALHOST, port.number),
            Err(Error::PortTaken { address }) if address.port() == port.number
        ));
        let number = port.number;
        drop(port);
        claim(Ipv4Addr::LOCALHOST, number).unwrap();
    }

    #[test]
    fn two_blocks_are_apart() {
        let [one, two] = [(); 2].map(|()| Block::find(None, None, 3).unwrap());
        for (block, _) in [&one, &two] {
            assert_ne!(block.first.octets()[..3], [127, 0, 0]);
        }
        assert_ne!(one.0.first, two.0.first);
        assert_eq!(one.1.len(), 3);
    }

    #[test]
    fn a_named_block_that_is_taken_is_not_replaced() {
        let first = Ipv4Addr::new(127, 0, 77, 1);
        let port = claim_any(first).unwrap();
        let taken = Block::find(Some(first), Some(port.number), 1);
        assert!(matches!(taken, Err(Error::PortTaken { .. })));
        drop(port);
        assert!(Block::find(Some(Ipv4Addr::new(127, 0, 77, 253)), None, 3).is_err());
    }
}
