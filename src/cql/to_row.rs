//! Binding a row: tuples (in `tuple`), lists whose length is known at run time, and maps by name.

use std::collections::{BTreeMap, HashMap};

use super::{RowBinder, ToValue};
use crate::error::Result;

/// The values of a statement's markers.
///
/// - a tuple of up to 16 values, by position: `(id, "Ann")`; one value is `(id,)`;
/// - `()`: a statement without markers;
/// - an array, slice or `Vec` of values, by position, with `Vec<Box<dyn ToValue>>` for values of
///   several types that are known at run time only;
/// - a `HashMap` or `BTreeMap` from marker names to values;
/// - a reference to any of these, or a `Box`.
///
/// Implement it for a struct by naming its markers:
///
/// ```
/// use async_cassandra::Result;
/// use async_cassandra::cql::{RowBinder, ToRow, Uuid};
///
/// struct NewUser<'a> { id: Uuid, name: &'a str }
///
/// impl ToRow for NewUser<'_> {
///     fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
///         to.named("id", &self.id)?;
///         to.named("name", self.name)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of values",
    label = "not a row",
    note = "values are given as a tuple: `(id, name)`; a single one as `(id,)`, none as `()`; a \
            struct derives `ToRow`"
)]
pub trait ToRow: Send + Sync {
    /// Binds every value. That each marker has got one is checked afterwards.
    ///
    /// # Errors
    /// A value does not fit its marker, or there is no marker for it.
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()>;

    /// Whether there is nothing to bind. Such a statement is sent as text, without being prepared.
    fn is_empty(&self) -> bool {
        false
    }
}

/// Nothing to bind.
impl ToRow for () {
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
        to.expect(0)
    }

    fn is_empty(&self) -> bool {
        true
    }
}

impl<T: ToRow + ?Sized> ToRow for &T {
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
        (**self).bind(to)
    }

    fn is_empty(&self) -> bool {
        (**self).is_empty()
    }
}

impl<T: ToRow + ?Sized> ToRow for Box<T> {
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
        (**self).bind(to)
    }

    fn is_empty(&self) -> bool {
        (**self).is_empty()
    }
}

/// One value for each marker, by position.
impl<T: ToValue> ToRow for [T] {
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
        to.expect(self.len())?;
        self.iter().try_for_each(|value| to.next(value))
    }

    fn is_empty(&self) -> bool {
        <[T]>::is_empty(self)
    }
}

/// One value for each marker, by position.
impl<T: ToValue> ToRow for Vec<T> {
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
        <[T] as ToRow>::bind(self, to)
    }

    fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

/// One value for each marker, by position.
impl<T: ToValue, const N: usize> ToRow for [T; N] {
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
        <[T] as ToRow>::bind(self, to)
    }

    fn is_empty(&self) -> bool {
        N == 0
    }
}

/// By marker name: each marker needs a value, each value a marker.
impl<K, T, S> ToRow for HashMap<K, T, S>
where
    K: AsRef<str> + Send + Sync,
    T: ToValue,
    S: Send + Sync,
{
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
        self.iter().try_for_each(|(name, value)| to.named(name.as_ref(), value))
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// By marker name: each marker needs a value, each value a marker.
impl<K: AsRef<str> + Send + Sync, T: ToValue> ToRow for BTreeMap<K, T> {
    fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
        self.iter().try_for_each(|(name, value)| to.named(name.as_ref(), value))
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::{bound_row, markers};
    use super::super::{Column, CqlType, Null, Unset};
    use super::*;

    fn two() -> Vec<Column> {
        markers([("id", CqlType::Int), ("name", CqlType::Text)])
    }

    #[test]
    fn lists_of_values_of_several_types() {
        let mut values: Vec<Box<dyn ToValue>> = vec![Box::new(1)];
        assert!(
            bound_row(&values, &two()).unwrap_err().to_string().contains("1 value to 2 markers")
        );
        values.push(Box::new("Ann".to_owned()));
        let expected = ["0 I32(1)", "1 Text(\"Ann\")"];
        assert_eq!(bound_row(&values, &two()).unwrap(), expected);
        assert_eq!(bound_row(values.as_slice(), &two()).unwrap(), expected);
        let borrowed: [&dyn ToValue; 2] = [&1, &"Ann"];
        assert_eq!(bound_row(&&borrowed, &two()).unwrap(), expected);
        let boxed: Box<dyn ToRow> = Box::new(borrowed);
        assert_eq!(bound_row(&boxed, &two()).unwrap(), expected);
    }

    #[test]
    fn maps_by_name() {
        let map = BTreeMap::from([("name", &Null as &dyn ToValue), ("id", &7)]);
        assert_eq!(bound_row(&map, &two()).unwrap(), ["0 I32(7)", "1 Null"]);
        let map = HashMap::from([("id".to_owned(), 7)]);
        let error = bound_row(&map, &two()).unwrap_err().to_string();
        assert!(error.contains("`name` (text): no value has this name"), "{error}");
        let map = HashMap::<_, Box<dyn ToValue>>::from([
            ("id", Box::new(7) as _),
            ("name", Box::new(Unset) as _),
        ]);
        assert_eq!(bound_row(&map, &two()).unwrap(), ["0 I32(7)"]);
    }

    #[test]
    fn empty_is_what_binds_nothing() {
        assert!(ToRow::is_empty(&()) && ToRow::is_empty(&&()) && ToRow::is_empty(&Box::new(())));
        assert!(ToRow::is_empty(&Vec::<i32>::new()) && ToRow::is_empty(&[0i32; 0]));
        assert!(ToRow::is_empty(&HashMap::<&str, i32>::new()));
        assert!(ToRow::is_empty(&BTreeMap::<&str, i32>::new()));
        assert!(!ToRow::is_empty(&(1,)) && !ToRow::is_empty(&vec![1]) && !ToRow::is_empty(&[1]));
        assert!(bound_row(&(), &two()).is_err());
        assert!(bound_row(&(), &[]).unwrap().is_empty());
    }
}
