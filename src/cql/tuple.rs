//! Tuples of 1 to 16 values as rows, both ways, by position. A macro, since no function can
//! implement a trait for tuples of every length.

use super::{
    Column, ColumnMap, FromRow, FromRowOwned, FromValue, FromValueOwned, RawRow, RowBinder, ToRow,
    ToValue,
};
use crate::error::Result;

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
    use super::super::CqlType;
    use super::super::recorder::{bound_row, markers};
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
