//! Maps. NULL reads as an empty one, as it does for lists.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use super::nested::inside;
use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell};
use crate::error::{Error, Result};

/// The types of keys and values.
pub(super) fn types<T: ?Sized>(t: &CqlType) -> Result<(&CqlType, &CqlType)> {
    match t {
        CqlType::Map(key, value) => Ok((key, value)),
        _ => Err(Error::decode_wrong_type::<T>(t)),
    }
}

fn check<'r, T: ?Sized, K: FromValue<'r>, V: FromValue<'r>>(t: &CqlType) -> Result<()> {
    let (key, value) = types::<T>(t)?;
    K::check(key).map_err(|error| inside(error, format_args!("[key]")))?;
    V::check(value).map_err(|error| inside(error, format_args!("[value]")))
}

/// Reads all pairs, each into `push`; `T` is for errors.
pub(super) fn each<'r, T: ?Sized, K: FromValue<'r>, V: FromValue<'r>>(
    t: &CqlType,
    cell: Option<&'r [u8]>,
    mut push: impl FnMut(K, V),
) -> Result<()> {
    let (key_type, value_type) = types::<T>(t)?;
    let Some(mut rest) = cell else { return Ok(()) };
    let damaged = || cell::damaged::<T>(t);
    for at in 0..cell::take_count(&mut rest, 8).ok_or_else(damaged)? {
        let key = cell::take(&mut rest).ok_or_else(damaged)?;
        let value = cell::take(&mut rest).ok_or_else(damaged)?;
        let key = K::from_value(key_type, key)
            .map_err(|error| inside(error, format_args!("[key {at}]")))?;
        let value = V::from_value(value_type, value)
            .map_err(|error| inside(error, format_args!("[value {at}]")))?;
        push(key, value);
    }
    match rest {
        [] => Ok(()),
        _ => Err(damaged()),
    }
}

/// From `map`; one that is NULL is empty.
impl<'r, K, V, S> FromValue<'r> for HashMap<K, V, S>
where
    K: FromValue<'r> + Eq + Hash,
    V: FromValue<'r>,
    S: BuildHasher + Default,
{
    fn check(t: &CqlType) -> Result<()> {
        check::<Self, K, V>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let mut map = Self::default();
        each::<Self, K, V>(t, cell, |key, value| _ = map.insert(key, value))?;
        Ok(map)
    }
}

/// From `map`; one that is NULL is empty.
impl<'r, K: FromValue<'r> + Ord, V: FromValue<'r>> FromValue<'r> for BTreeMap<K, V> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self, K, V>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let mut map = Self::new();
        each::<Self, K, V>(t, cell, |key, value| _ = map.insert(key, value))?;
        Ok(map)
    }
}

impl<K, V, S> FromValueOwned for HashMap<K, V, S>
where
    K: FromValueOwned + Eq + Hash,
    V: FromValueOwned,
    S: BuildHasher + Default,
{
}
impl<K: FromValueOwned + Ord, V: FromValueOwned> FromValueOwned for BTreeMap<K, V> {}

/// To `map`.
impl<K: ToValue, V: ToValue, S: Send + Sync> ToValue for HashMap<K, V, S> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.map_of::<Self, _, _>(self)
    }
}

/// To `map`.
impl<K: ToValue, V: ToValue> ToValue for BTreeMap<K, V> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.map_of::<Self, _, _>(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    const ONE: &[u8] = &[0, 0, 0, 1, 0, 0, 0, 1, 97, 0, 0, 0, 4, 0, 0, 0, 7];

    #[test]
    fn maps_both_ways() {
        let t = CqlType::Map(Box::new(CqlType::Text), Box::new(CqlType::Int));
        let hash = HashMap::<&str, i64>::from_value(&t, Some(ONE)).unwrap();
        assert_eq!(hash, HashMap::from([("a", 7)]));
        let tree = BTreeMap::<String, i32>::from_value(&t, Some(ONE)).unwrap();
        assert_eq!(bound(&tree, t.clone()).unwrap(), format!("Nested({ONE:?})"));
        let map = HashMap::from([("a", 7)]);
        assert_eq!(bound(&map, t.clone()).unwrap(), format!("Nested({ONE:?})"));
        assert!(HashMap::<String, i32>::from_value(&t, None).unwrap().is_empty());
        for length in 0..ONE.len() {
            assert!(BTreeMap::<String, i32>::from_value(&t, Some(&ONE[..length])).is_err());
        }
        let message = |error: Error| error.to_string();
        assert!(
            message(bound(&HashMap::from([("a", "b")]), t.clone()).unwrap_err())
                .starts_with("cannot bind str to marker `v[value 0]` (int): ")
        );
        assert!(
            message(bound(&HashMap::from([("a", None::<i32>)]), t.clone()).unwrap_err())
                .contains("NULL cannot stand inside")
        );
        assert!(
            message(BTreeMap::<i32, i32>::check(&t).unwrap_err()).contains("[key] (text) as i32")
        );
        assert!(HashMap::<String, i32>::check(&CqlType::Text).is_err());
        assert!(bound(&map, CqlType::Text).is_err());
    }
}
