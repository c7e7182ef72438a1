//! Where to knock first.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// A host to ask first: a name or an address, with or without a port.
///
/// From text: `10.0.0.1`, `10.0.0.1:9042`, `db.example`, `db.example:9042`, `::1`, `[::1]:9042`.
/// Text that is none of these is told by `connect`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContactPoint(Parsed);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Parsed {
    Host { name: String, port: Option<u16> },
    Wrong(String),
}

impl ContactPoint {
    /// Host and port, or what is wrong with the text.
    pub(super) fn parts(&self) -> Result<(&str, Option<u16>), String> {
        match &self.0 {
            Parsed::Host { name, port } => Ok((name, *port)),
            Parsed::Wrong(text) => Err(format!(
                "`{text}` is no contact point: write a host name or an address, with `:port` if \
                 need be"
            )),
        }
    }
}

fn parse(text: &str) -> Option<(String, Option<u16>)> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some((address.ip().to_string(), Some(address.port())));
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some((address.to_string(), None));
    }
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, Some(port.parse().ok()?)),
        None => (text, None),
    };
    let fits = |c: char| c.is_alphanumeric() || "-._".contains(c);
    (!name.is_empty() && name.chars().all(fits)).then(|| (name.to_owned(), port))
}

impl From<&str> for ContactPoint {
    fn from(text: &str) -> Self {
        Self(match parse(text) {
            Some((name, port)) => Parsed::Host { name, port },
            None => Parsed::Wrong(text.to_owned()),
        })
    }
}

impl From<String> for ContactPoint {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for ContactPoint {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<SocketAddr> for ContactPoint {
    fn from(address: SocketAddr) -> Self {
        Self(Parsed::Host { name: address.ip().to_string(), port: Some(address.port()) })
    }
}

impl From<IpAddr> for ContactPoint {
    fn from(address: IpAddr) -> Self {
        Self(Parsed::Host { name: address.to_string(), port: None })
    }
}

impl fmt::Display for ContactPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Parsed::Wrong(text) => f.write_str(text),
            Parsed::Host { name, port: None } => f.write_str(name),
            Parsed::Host { name, port: Some(port) } if name.contains(':') => {
                write!(f, "[{name}]:{port}")
            }
            Parsed::Host { name, port: Some(port) } => write!(f, "{name}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_text() {
        let parts = |text: &str| ContactPoint::from(text).parts().map(|(n, p)| (n.to_owned(), p));
        assert_eq!(parts("10.0.0.1"), Ok(("10.0.0.1".into(), None)));
        assert_eq!(parts("10.0.0.1:9042"), Ok(("10.0.0.1".into(), Some(9042))));
        assert_eq!(parts("db-1.example:19042"), Ok(("db-1.example".into(), Some(19042))));
        assert_eq!(parts("::1"), Ok(("::1".into(), None)));
        assert_eq!(parts("[::1]:9042"), Ok(("::1".into(), Some(9042))));
        for wrong in ["", "a,b", "a b", ":9042", "a:99999", "a:b:c", "http://a"] {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
    }
}
