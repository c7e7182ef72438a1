//! `inet`: an address of 4 or 16 bytes. No allocation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::value_error::{ValueProblem, unreadable};
use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell};
use crate::error::{Error, Result};

fn check<T>(t: &CqlType) -> Result<()> {
    match t {
        CqlType::Inet => Ok(()),
        _ => Err(Error::decode_wrong_type::<T>(t)),
    }
}

impl<'r> FromValue<'r> for IpAddr {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        check::<Self>(t)?;
        let bytes = cell::some::<Self>(t, cell)?;
        if let Ok(four) = <[u8; 4]>::try_from(bytes) {
            return Ok(Self::from(four));
        }
        match <[u8; 16]>::try_from(bytes) {
            Ok(sixteen) => Ok(Self::from(sixteen)),
            Err(_) => {
                let problem = ValueProblem::BadLength { expected: 16, got: bytes.len() };
                Err(unreadable::<Self>(t, problem))
            }
        }
    }
}

/// An IPv6 address is an error of its length, 16 bytes and not 4.
impl<'r> FromValue<'r> for Ipv4Addr {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        check::<Self>(t)?;
        cell::fixed::<Self, 4>(t, cell).map(Self::from)
    }
}

/// An IPv4 address is an error of its length, 4 bytes and not 16: it is not mapped.
impl<'r> FromValue<'r> for Ipv6Addr {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        check::<Self>(t)?;
        cell::fixed::<Self, 16>(t, cell).map(Self::from)
    }
}

impl FromValueOwned for IpAddr {}
impl FromValueOwned for Ipv4Addr {}
impl FromValueOwned for Ipv6Addr {}

/// An IPv6 address that was mapped from an IPv4 one (`::ffff:1.2.3.4`) stays what it is in a column of
/// its own; inside of a list, Cassandra makes the IPv4 address of it.
impl ToValue for IpAddr {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.inet(*self)
    }
}

impl ToValue for Ipv4Addr {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.inet((*self).into())
    }
}

impl ToValue for Ipv6Addr {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.inet((*self).into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn reads_both_families() {
        let (four, six) = ([127, 0, 0, 1], Ipv6Addr::LOCALHOST.octets());
        let t = CqlType::Inet;
        assert_eq!(IpAddr::from_value(&t, Some(&four)).unwrap(), Ipv4Addr::LOCALHOST);
        assert_eq!(IpAddr::from_value(&t, Some(&six)).unwrap(), Ipv6Addr::LOCALHOST);
        assert_eq!(Ipv4Addr::from_value(&t, Some(&four)).unwrap(), Ipv4Addr::LOCALHOST);
        assert_eq!(Ipv6Addr::from_value(&t, Some(&six)).unwrap(), Ipv6Addr::LOCALHOST);
        assert!(Ipv4Addr::from_value(&t, Some(&six)).is_err());
        assert!(Ipv6Addr::from_value(&t, Some(&four)).is_err());
        for length in [0, 3, 5, 15, 17] {
            assert!(IpAddr::from_value(&t, Some(&vec![0; length])).is_err());
        }
        let empty = IpAddr::from_value(&t, Some(&[])).unwrap_err().to_string();
        assert!(empty.ends_with("it is empty; read it as MaybeEmpty<IpAddr>"), "{empty}");
        assert!(IpAddr::check(&CqlType::Text).is_err());
    }

    #[test]
    fn binds_both_families() {
        assert_eq!(bound(&Ipv4Addr::LOCALHOST, CqlType::Inet).unwrap(), "Inet(127.0.0.1)");
        assert_eq!(bound(&Ipv6Addr::LOCALHOST, CqlType::Inet).unwrap(), "Inet(::1)");
        assert_eq!(bound(&IpAddr::from([10, 0, 0, 1]), CqlType::Inet).unwrap(), "Inet(10.0.0.1)");
        assert!(bound(&Ipv4Addr::LOCALHOST, CqlType::Text).is_err());
    }
}
