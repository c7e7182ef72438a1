//! Tuples of 1 to 16 values, both ways, by position: as rows, and as values of type `tuple`. A
//! macro, since no function can implement a trait for tuples of every length.

use super::nested::inside;
use super::value_error::{ValueProblem, unreadable};
use super::{
    Column, ColumnMap, CqlType, FromRow, FromRowOwned, FromValue, FromValueOwned, RawRow,
    RowBinder, ToRow, ToValue, ValueBinder, cell,
};
use crate::error::{Error, Result};

/// The types of a tuple of so many elements.
fn types<T>(t: &CqlType, expected: usize) -> Result<&[CqlType]> {
    match t {
        CqlType::Tuple(types) if types.len() == expected => Ok(types),
        CqlType::Tuple(types) => {
            let problem = ValueProblem::Elements { expected, got: types.len() };
            Err(unreadable::<T>(t, problem))
        }
        _ => Err(Error::decode_wrong_type::<T>(t)),
    }
}

/// Takes an element from the front; those that are left out at the end are NULL.
fn next<'r, W, T: FromValue<'r>>(
    rest: &mut &'r [u8],
    whole: &CqlType,
    t: &CqlType,
    at: usize,
) -> Result<T> {
    let element = cell::take_or_null(rest).ok_or_else(|| cell::damaged::<W>(whole))?;
    T::from_value(t, element).map_err(|error| inside(error, format_args!(".{at}")))
}

macro_rules! tuple {
    ($length:literal: $($T:ident $at:tt)*) => {
        impl<'r, $($T: FromValue<'r>),*> FromRow<'r> for ($($T,)*) {
            fn plan(columns: &[Column]) -> Result<ColumnMap> {
                let map = ColumnMap::positional(columns, $length)?;
                $(map.check::<$T>(columns, $at)?;)*
                Ok(map)
            }

            #[inline]
            fn from_row(row: RawRow<'_, 'r>) -> Result<Self> {
                Ok(($(row.get::<$T>($at)?,)*))
            }
        }

        impl<$($T: FromValueOwned),*> FromRowOwned for ($($T,)*) {}

        impl<$($T: ToValue),*> ToRow for ($($T,)*) {
            fn bind(&self, to: &mut RowBinder<'_>) -> Result<()> {
                to.expect($length)?;
                $(to.next(&self.$at)?;)*
                Ok(())
            }
        }

        impl<'r, $($T: FromValue<'r>),*> FromValue<'r> for ($($T,)*) {
            fn check(t: &CqlType) -> Result<()> {
                let types = types::<Self>(t, $length)?;
                $($T::check(&types[$at])
                    .map_err(|error| inside(error, format_args!(".{}", $at)))?;)*
                Ok(())
            }

            fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
                let types = types::<Self>(t, $length)?;
                let mut rest = cell::bytes::<Self>(t, cell)?;
                let value = ($(next::<Self, $T>(&mut rest, t, &types[$at], $at)?,)*);
                match rest {
                    [] => Ok(value),
                    _ => Err(cell::damaged::<Self>(t)),
                }
            }
        }

        impl<$($T: FromValueOwned),*> FromValueOwned for ($($T,)*) {}

        impl<$($T: ToValue),*> ToValue for ($($T,)*) {
            fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
                to.tuple_of::<Self>(&[$(&self.$at),*])
            }
        }
    };
}

tuple!(1: A 0);
tuple!(2: A 0 B 1);
tuple!(3: A 0 B 1 C 2);
tuple!(4: A 0 B 1 C 2 D 3);
tuple!(5: A 0 B 1 C 2 D 3 E 4);
tuple!(6: A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(7: A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuple!(9: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuple!(10: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuple!(11: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuple!(12: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);
tuple!(13: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12);
tuple!(14: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13);
tuple!(15: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14);
tuple!(16: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15);

#[cfg(test)]
mod tests {
    use super::super::Unset;
    use super::super::recorder::{bound, bound_row, markers};
    use super::*;

    #[test]
    fn reads_in_order_and_borrows() {
        let columns = markers([("name", CqlType::Text), ("age", CqlType::Int)]);
        type User<'a> = (&'a str, Option<i64>);
        let map = User::plan(&columns).unwrap();
        let age = 41_i32.to_be_bytes();
        let name = {
            // The row's own buffer may go; what it refers to stays.
            let cells = [Some(&b"Ann"[..]), Some(&age)];
            let (name, age) = User::from_row(RawRow::new(&cells, &columns, &map)).unwrap();
            assert_eq!(age, Some(41));
            name
        };
        assert_eq!(name, "Ann");
    }

    #[test]
    fn refuses_other_columns_before_any_row() {
        let columns = markers([("name", CqlType::Text), ("age", CqlType::Int)]);
        let refused = |result: Result<ColumnMap>| result.unwrap_err().to_string();
        assert!(refused(<(String,)>::plan(&columns)).contains("2 columns into 1 field:"));
        assert!(refused(<(String, String)>::plan(&columns)).contains("`age` (int) as String"));
        assert!(refused(<(String, i16)>::plan(&columns)).contains("read it as i32 or i64"));
    }

    #[test]
    fn tuple_columns_both_ways() {
        let t = CqlType::Tuple(vec![CqlType::Int, CqlType::Text]);
        assert_eq!(
            bound(&(7, "a"), t.clone()).unwrap(),
            "Nested([0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 1, 97])"
        );
        let bytes = [0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 1, 97];
        let read = |length: usize| <(i64, Option<&str>)>::from_value(&t, Some(&bytes[..length]));
        assert_eq!(read(13).unwrap(), (7, Some("a")));
        assert_eq!(read(8).unwrap(), (7, None), "what is left out at the end is NULL");
        for length in [0, 1, 7, 9, 12] {
            assert!(read(length).is_err(), "{length}");
        }
        assert!(<(i64, Option<&str>)>::from_value(&t, Some(&[&bytes[..], &[0]].concat())).is_err());
        assert_eq!(
            bound(&(7, None::<&str>), t.clone()).unwrap(),
            "Nested([0, 0, 0, 4, 0, 0, 0, 7, 255, 255, 255, 255])"
        );
        let message = |error: Error| error.to_string();
        assert_eq!(
            message(bound(&(7, 8), t.clone()).unwrap_err()),
            "cannot bind i32 to marker `v.1` (text): bind String or &str"
        );
        assert!(
            message(bound(&(7,), t.clone()).unwrap_err()).ends_with("2 elements expected, 1 found")
        );
        assert!(
            message(bound(&(7, Unset), t.clone()).unwrap_err())
                .contains("`v.1` (text): only a whole marker")
        );
        assert!(message(<(i32,)>::check(&t).unwrap_err()).ends_with("1 element expected, 2 found"));
        assert!(
            message(<(i32, i32)>::check(&t).unwrap_err())
                .starts_with("cannot read column .1 (text) as i32")
        );
        assert!(bound(&(7,), CqlType::Int).is_err());
    }

    #[test]
    fn a_row_shorter_than_its_columns_is_an_error() {
        let columns = markers([("a", CqlType::Int), ("b", CqlType::Int)]);
        let map = <(i32, i32)>::plan(&columns).unwrap();
        let one = 1_i32.to_be_bytes();
        assert!(<(i32, i32)>::from_row(RawRow::new(&[Some(&one)], &columns, &map)).is_err());
    }

    #[test]
    fn binds_sixteen_in_order() {
        let columns: Vec<_> = (0..16).map(|i| Column::new(format!("c{i}"), CqlType::Int)).collect();
        let row = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let expected: Vec<_> = (0..16).map(|i| format!("{i} I32({i})")).collect();
        assert_eq!(bound_row(&row, &columns).unwrap(), expected);
        assert!(bound_row(&(1, 2), &columns).is_err());

        let cells: Vec<_> = (0..16_i32).map(i32::to_be_bytes).collect();
        let cells: Vec<_> = cells.iter().map(|cell| Some(&cell[..])).collect();
        type Sixteen =
            (i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32);
        let map = Sixteen::plan(&columns).unwrap();
        let read = Sixteen::from_row(RawRow::new(&cells, &columns, &map)).unwrap();
        assert_eq!(bound_row(&read, &columns).unwrap(), expected);
    }
}
