//! Bytes that travel beside a request or an answer.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::driver::Payload;
use crate::error::{Error, ErrorKind, Result};

/// Named bytes beside a request or its answer, for servers with a query handler of their own, which
/// may read and send them. A stock Cassandra or ScyllaDB ignores what it gets and sends none.
///
/// A value that is not changed once it is made: cloned at the price of a reference count, shared by
/// as many requests as like, and made for C once.
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// use async_cassandra::CustomPayload;
///
/// let tenant = CustomPayload::from([("tenant", "blue")]);
/// let page = session.query("SELECT id FROM users", ()).custom_payload(&tenant).await?;
/// if let Some(quota) = page.custom_payload()?.get("quota") {
///     println!("{quota:?}");
/// }
/// # Ok(()) }
/// ```
///
/// Protocol version 3 has none. The C drivers of the C++ family have it, cpp-rs-driver has not.
#[derive(Clone, Default)]
pub struct CustomPayload(Arc<Inner>);

#[derive(Default)]
struct Inner {
    items: BTreeMap<Box<str>, Box<[u8]>>,
    /// Made at the first request: only then is a driver known to be loaded.
    c: OnceLock<Payload>,
}

impl CustomPayload {
    /// The bytes of this name.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.items.get(name).map(|value| &**value)
    }

    /// Names and bytes, in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.0.items.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.0.items.len()
    }

    /// Whether it has no item.
    pub fn is_empty(&self) -> bool {
        self.0.items.is_empty()
    }

    /// The payload in C's hands, made once.
    pub(crate) fn to_c(&self) -> Result<&Payload> {
        if let Some(made) = self.0.c.get() {
            return Ok(made);
        }
        self.check()?;
        let made = Payload::new(self.iter())?;
        Ok(self.0.c.get_or_init(|| made))
    }

    /// C writes the lengths of names, and the number of items, in two bytes without looking.
    fn check(&self) -> Result<()> {
        let longest = self.0.items.keys().map(|name| name.len()).max().unwrap_or_default();
        let most = usize::from(u16::MAX);
        if longest > most || self.len() > most {
            let text = "the protocol has room for 65,535 items, and names of as many bytes";
            return Err(Error::new(ErrorKind::Setting { name: "custom_payload" }, text));
        }
        Ok(())
    }
}

impl<N: Into<String>, V: Into<Vec<u8>>> FromIterator<(N, V)> for CustomPayload {
    /// Of two items with one name the later stays.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(items: I) -> Self {
        let boxed = |(name, value): (N, V)| (name.into().into(), value.into().into());
        let items = items.into_iter().map(boxed).collect();
        Self(Arc::new(Inner { items, c: OnceLock::new() }))
    }
}

impl<N: Into<String>, V: Into<Vec<u8>>, const LENGTH: usize> From<[(N, V); LENGTH]>
    for CustomPayload
{
    fn from(items: [(N, V); LENGTH]) -> Self {
        items.into_iter().collect()
    }
}

impl PartialEq for CustomPayload {
    fn eq(&self, other: &Self) -> bool {
        self.0.items == other.0.items
    }
}

impl Eq for CustomPayload {}

/// Shows names and lengths; the bytes may be anybody's secret.
impl fmt::Debug for CustomPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.iter() {
            map.entry(&name, &format_args!("{} bytes", value.len()));
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_a_name_stays_and_no_value_is_shown() {
        let payload = CustomPayload::from([("b", "first"), ("a", "secret"), ("b", "second")]);
        assert_eq!(payload.get("b"), Some(&b"second"[..]));
        assert_eq!(payload.get("c"), None);
        assert_eq!(payload.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(format!("{payload:?}"), r#"{"a": 6 bytes, "b": 6 bytes}"#);
        assert_eq!(payload, [("a", "secret"), ("b", "second")].into());
        assert!(CustomPayload::default().is_empty());
    }

    #[test]
    fn names_that_c_would_cut_are_refused() {
        let long = CustomPayload::from([("n".repeat(65_536), "")]);
        let error = long.to_c().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Setting { name: "custom_payload" });
        let many: CustomPayload = (0..65_536).map(|n| (n.to_string(), "")).collect();
        assert!(many.to_c().is_err());
    }
}
