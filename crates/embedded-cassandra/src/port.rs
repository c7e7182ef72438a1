//! Free ports, claimed until the node ends.
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

/// Claims `number` on `address`.
pub(crate) fn claim(address: Ipv4Addr, number: u16) -> Result<Port> {
    let taken = || Error::PortTaken { address: SocketAddr::new(address.into(), number) };
    let name = format!("embedded-cassandra/{address}:{number}");
    let claim = UnixAddress::from_abstract_name(name)
        .and_then(|name| UnixListener::bind_addr(&name))
        .map_err(|_| taken())?;
    // Whether anybody else listens there now; this listener is closed again at once.
    TcpListener::bind((address, number)).map_err(|_| taken())?;
    Ok(Port { number, _claim: claim })
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
}
