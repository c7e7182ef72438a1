//! Lists, sets and vectors.
//!
//! One allocation for the collection itself, beside those of its elements. `check` has looked at
//! the types once a page; an element costs its length and its own decoding. What is reserved before
//! elements are read never exceeds what the cell's bytes can hold.
//!
//! Cassandra keeps no difference between an empty list, set or map and none at all, unless it is
//! frozen or inside of another value: so NULL reads as an empty one. An `Option` tells them apart.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash};

use super::nested::inside;
use super::value_error::{ValueProblem, unreadable};
use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell, vint};
use crate::error::{Error, Result};

/// The elements of a cell, one after the other.
pub(super) struct Elements<'t, 'r> {
    rest: &'r [u8],
    left: usize,
    form: Form,
    /// Of each element.
    pub(super) t: &'t CqlType,
}

/// How elements are told from each other.
enum Form {
    /// By a length of four bytes, below zero for NULL.
    Length,
    /// All are as long.
    Fixed(usize),
    /// By a length of one to nine bytes.
    Vint,
}

impl<'t, 'r> Elements<'t, 'r> {
    /// The elements of a list, set or vector, to be read as a `T`.
    pub(super) fn of<T: ?Sized>(t: &'t CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        match t {
            CqlType::List(item) | CqlType::Set(item) => {
                let Some(mut rest) = cell else {
                    return Ok(Self { rest: &[], left: 0, form: Form::Length, t: item });
                };
                let left = cell::take_count(&mut rest, 4).ok_or_else(|| cell::damaged::<T>(t))?;
                Ok(Self { rest, left, form: Form::Length, t: item })
            }
            CqlType::Vector(item, dimension) => {
                let rest = cell::bytes::<T>(t, cell)?;
                let (form, is_whole) = match item.fixed_length() {
                    Some(length) => {
                        (Form::Fixed(length), dimension.checked_mul(length) == Some(rest.len()))
                    }
                    None => (Form::Vint, true),
                };
                // Each element has a byte at least; what has none could be any number of them.
                match is_whole && *dimension <= rest.len() {
                    true => Ok(Self { rest, left: *dimension, form, t: item }),
                    false => Err(cell::damaged::<T>(t)),
                }
            }
            _ => Err(Error::decode_wrong_type::<T>(t)),
        }
    }

    /// The type of the elements of a list, set or vector.
    pub(super) fn check<T: ?Sized>(t: &CqlType) -> Result<&CqlType> {
        match t {
            CqlType::List(item) | CqlType::Set(item) | CqlType::Vector(item, _) => Ok(item),
            _ => Err(Error::decode_wrong_type::<T>(t)),
        }
    }

    /// How many elements are left: no more than there are bytes.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// The next element; damage is `None` inside.
    fn next(&mut self) -> Option<Option<Option<&'r [u8]>>> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(match self.form {
            Form::Length => cell::take(&mut self.rest),
            Form::Fixed(length) => self.split(length),
            Form::Vint => {
                let length = vint::read(&mut self.rest);
                length.and_then(|length| self.split(length.try_into().ok()?))
            }
        })
    }

    fn split(&mut self, length: usize) -> Option<Option<&'r [u8]>> {
        let (element, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(Some(element))
    }

    /// Reads all elements, each into `push`; `whole` and `T` are for errors.
    pub(super) fn each<T: ?Sized, E: FromValue<'r>>(
        mut self,
        whole: &CqlType,
        mut push: impl FnMut(E),
    ) -> Result<()> {
        let mut at = 0;
        while let Some(element) = self.next() {
            let element = element.ok_or_else(|| cell::damaged::<T>(whole))?;
            push(
                E::from_value(self.t, element)
                    .map_err(|error| inside(error, format_args!("[{at}]")))?,
            );
            at += 1;
        }
        match self.rest {
            [] => Ok(()),
            _ => Err(cell::damaged::<T>(whole)),
        }
    }
}

fn check<'r, T: ?Sized, E: FromValue<'r>>(t: &CqlType) -> Result<()> {
    let item = Elements::check::<T>(t)?;
    E::check(item).map_err(|error| inside(error, format_args!("[]")))
}

/// From `list`, `set` and `vector`; a list or set that is NULL is empty.
impl<'r, T: FromValue<'r>> FromValue<'r> for Vec<T> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self, T>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let elements = Elements::of::<Self>(t, cell)?;
        // In memory an element may be much larger than in the cell.
        let fits = cell.map_or(0, <[u8]>::len) / size_of::<T>().max(1);
        let mut values = Self::with_capacity(elements.left().min(fits.max(4)));
        elements.each::<Self, T>(t, |value| values.push(value))?;
        Ok(values)
    }
}

/// From `list`, `set` and `vector`; a list or set that is NULL is empty.
impl<'r, T: FromValue<'r>> FromValue<'r> for Box<[T]> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self, T>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Vec::from_value(t, cell).map(Vec::into_boxed_slice)
    }
}

/// From a `vector` of this dimension.
impl<'r, T: FromValue<'r>, const N: usize> FromValue<'r> for [T; N] {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::Vector(_, dimension) if *dimension == N => check::<Self, T>(t),
            CqlType::Vector(_, dimension) => {
                let problem = ValueProblem::Elements { expected: N, got: *dimension };
                Err(unreadable::<Self>(t, problem))
            }
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let CqlType::Vector(..) = t else {
            return Err(Error::decode_wrong_type::<Self>(t));
        };
        let values = Vec::from_value(t, cell)?;
        let got = values.len();
        values
            .try_into()
            .map_err(|_| unreadable::<Self>(t, ValueProblem::Elements { expected: N, got }))
    }
}

/// From `set` and `list`, where doubled elements become one; NULL is empty.
impl<'r, T: FromValue<'r> + Eq + Hash, S: BuildHasher + Default> FromValue<'r> for HashSet<T, S> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self, T>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let mut values = Self::default();
        let push = |value| _ = values.insert(value);
        Elements::of::<Self>(t, cell)?.each::<Self, T>(t, push)?;
        Ok(values)
    }
}

/// From `set` and `list`, where doubled elements become one; NULL is empty.
impl<'r, T: FromValue<'r> + Ord> FromValue<'r> for BTreeSet<T> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self, T>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let mut values = Self::new();
        let push = |value| _ = values.insert(value);
        Elements::of::<Self>(t, cell)?.each::<Self, T>(t, push)?;
        Ok(values)
    }
}

impl<T: FromValueOwned> FromValueOwned for Vec<T> {}
impl<T: FromValueOwned> FromValueOwned for Box<[T]> {}
impl<T: FromValueOwned, const N: usize> FromValueOwned for [T; N] {}
impl<T: FromValueOwned + Eq + Hash, S: BuildHasher + Default> FromValueOwned for HashSet<T, S> {}
impl<T: FromValueOwned + Ord> FromValueOwned for BTreeSet<T> {}

/// To `list`, `set` and `vector`.
impl<T: ToValue> ToValue for [T] {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.list_of::<Self, _>(self)
    }
}

/// To `list`, `set` and `vector`.
impl<T: ToValue> ToValue for Vec<T> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.list_of::<Self, _>(self)
    }
}

/// To `list`, `set` and `vector`.
impl<T: ToValue, const N: usize> ToValue for [T; N] {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.list_of::<Self, _>(self)
    }
}

/// To `set` and `list`.
///
/// The server sorts a set that is a column's own value. Inside of another value it keeps the order
/// in which the elements came, which differs from one `HashSet` to the next: two that are equal are
/// then two keys. A [`BTreeSet`] always has the same.
impl<T: ToValue, S: Send + Sync> ToValue for HashSet<T, S> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.list_of::<Self, _>(self)
    }
}

/// To `set` and `list`.
impl<T: ToValue> ToValue for BTreeSet<T> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.list_of::<Self, _>(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::super::{Null, Unset};
    use super::*;

    fn list(t: CqlType) -> CqlType {
        CqlType::List(Box::new(t))
    }

    fn vector(t: CqlType, dimension: usize) -> CqlType {
        CqlType::Vector(Box::new(t), dimension)
    }

    const TWO: &[u8] = &[0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, 5];

    #[test]
    fn lists_and_sets_both_ways() {
        for t in [list(CqlType::Int), CqlType::Set(Box::new(CqlType::Int))] {
            assert_eq!(Vec::<i64>::from_value(&t, Some(TWO)).unwrap(), [7, 5]);
            assert_eq!(*Box::<[i32]>::from_value(&t, Some(TWO)).unwrap(), [7, 5]);
            assert_eq!(HashSet::<i32>::from_value(&t, Some(TWO)).unwrap(), HashSet::from([7, 5]));
            assert_eq!(BTreeSet::<i32>::from_value(&t, Some(TWO)).unwrap(), BTreeSet::from([7, 5]));
            let expected = format!("Nested({TWO:?})");
            assert_eq!(bound(&[7, 5], t.clone()).unwrap(), expected);
            assert_eq!(bound(&vec![7, 5], t.clone()).unwrap(), expected);
            assert_eq!(bound(&[7, 5][..], t.clone()).unwrap(), expected);
            assert_eq!(bound(&Box::<[i32]>::from([7, 5]), t.clone()).unwrap(), expected);
            assert_eq!(bound(&[Some(7), Some(5)], t.clone()).unwrap(), expected);
            assert!(bound(&HashSet::from([7]), t.clone()).is_ok());
            assert!(bound(&BTreeSet::from([7]), t.clone()).is_ok());
            assert_eq!(Vec::<i32>::from_value(&t, None).unwrap(), [0; 0]);
            assert_eq!(Option::<Vec<i32>>::from_value(&t, None).unwrap(), None);
            assert_eq!(Vec::<i32>::from_value(&t, Some(&[0; 4])).unwrap(), [0; 0]);
            assert!(<[i32; 2]>::check(&t).is_err());
        }
        let nested = list(list(CqlType::Int));
        let value = vec![vec![7, 5], vec![]];
        let bytes = [&[0, 0, 0, 2, 0, 0, 0, 20], TWO, &[0, 0, 0, 4, 0, 0, 0, 0]].concat();
        assert_eq!(bound(&value, nested.clone()).unwrap(), format!("Nested({bytes:?})"));
        assert_eq!(Vec::<Vec<i32>>::from_value(&nested, Some(&bytes)).unwrap(), value);
        let texts = [0, 0, 0, 1, 0, 0, 0, 1, 97];
        assert_eq!(Vec::<&str>::from_value(&list(CqlType::Text), Some(&texts)).unwrap(), ["a"]);
    }

    #[test]
    fn null_and_unset_have_no_place_inside() {
        let null = [0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF];
        let t = list(CqlType::Int);
        assert_eq!(Vec::<Option<i32>>::from_value(&t, Some(&null)).unwrap(), [None]);
        let error = Vec::<i32>::from_value(&t, Some(&null)).unwrap_err().to_string();
        assert!(error.ends_with("[0] (int) as i32: it is NULL; read it as Option<i32>"), "{error}");
        for value in [&[None::<i32>] as &dyn ToValue, &[Null]] {
            let error = bound(&value, t.clone()).unwrap_err().to_string();
            assert!(error.contains("marker `v[0]` (int): NULL cannot stand inside"), "{error}");
        }
        let error = bound(&[Unset], t).unwrap_err().to_string();
        assert!(error.contains("only a whole marker"), "{error}");
    }

    #[test]
    fn damage_is_an_error() {
        let t = list(CqlType::Int);
        for length in 0..TWO.len() {
            assert!(Vec::<i32>::from_value(&t, Some(&TWO[..length])).is_err(), "{length}");
        }
        assert!(Vec::<i32>::from_value(&t, Some(&[TWO, &[0]].concat())).is_err());
        for count in [[0x7F, 0xFF, 0xFF, 0xFF], [0xFF; 4]] {
            let cell = [&count[..], &TWO[4..]].concat();
            assert!(Vec::<i32>::from_value(&t, Some(&cell)).is_err());
        }
    }

    #[test]
    fn vectors_of_fixed_and_of_variable_elements() {
        let t = vector(CqlType::SmallInt, 2);
        let bytes = [2, 0, 7, 2, 0, 5];
        assert_eq!(<[i16; 2]>::from_value(&t, Some(&bytes)).unwrap(), [7, 5]);
        assert_eq!(bound(&[7_i16, 5], t.clone()).unwrap(), format!("Bytes({bytes:?})"));
        let long = "x".repeat(300);
        let t = vector(CqlType::Text, 1);
        let bytes = [&[0x81, 0x2C], long.as_bytes()].concat();
        assert_eq!(<[&str; 1]>::from_value(&t, Some(&bytes)).unwrap(), [&long[..]]);
        assert_eq!(bound(&[&long], t).unwrap(), format!("Bytes({bytes:?})"));

        let t = vector(CqlType::Int, 2);
        let bytes = [0, 0, 0, 7, 0, 0, 0, 5];
        assert_eq!(<[i32; 2]>::from_value(&t, Some(&bytes)).unwrap(), [7, 5]);
        assert_eq!(Vec::<i64>::from_value(&t, Some(&bytes)).unwrap(), [7, 5]);
        assert_eq!(bound(&vec![7, 5], t.clone()).unwrap(), format!("Bytes({bytes:?})"));
        assert!(<[i32; 2]>::from_value(&t, None).is_err(), "a vector that is NULL is not empty");
        for length in [0, 1, 7] {
            assert!(Vec::<i32>::from_value(&t, Some(&bytes[..length])).is_err());
        }
        assert!(Vec::<i32>::from_value(&t, Some(&[0; 9])).is_err());
        for value in [&[7][..], &[7, 5, 3]] {
            let error = bound(value, t.clone()).unwrap_err().to_string();
            assert!(error.contains("2 elements expected"), "{error}");
        }
        let error = <[i32; 3]>::check(&t).unwrap_err().to_string();
        assert!(error.ends_with("3 elements expected, 2 found"), "{error}");
        assert_eq!(
            bound(&[[7, 5]], list(t)).unwrap(),
            "Nested([0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0, 5])"
        );
    }
}
