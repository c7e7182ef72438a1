//! Which column each field of a row type is read from.
//!
//! Made once a page. The identity, which tuples need and most structs turn out to be, does not
//! allocate; another order costs one small allocation.

use super::value_error::{ValueError, ValueProblem};
use super::{Column, CqlType, FromValue};
use crate::error::{Error, Result};

/// For each field of a [`FromRow`](super::FromRow) type, the column of the result that it is read
/// from: the plan that [`FromRow::plan`](super::FromRow::plan) makes once a page.
///
/// Make it by place or by name, then check the type of each field:
///
/// ```
/// use async_cassandra::Result;
/// use async_cassandra::cql::{Column, ColumnMap, FromRow, FromRowOwned, RawRow};
///
/// struct User { name: String, age: Option<i32> }
///
/// impl<'r> FromRow<'r> for User {
///     fn plan(columns: &[Column]) -> Result<ColumnMap> {
///         let map = ColumnMap::by_name(columns, &["name", "age"])?;
///         map.check::<String>(columns, 0)?;
///         map.check::<Option<i32>>(columns, 1)?;
///         Ok(map)
///     }
///
///     fn from_row(row: RawRow<'_, 'r>) -> Result<Self> {
///         Ok(Self { name: row.get(0)?, age: row.get(1)? })
///     }
/// }
/// impl FromRowOwned for User {}
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMap(Columns);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Columns {
    /// Field n is column n, for so many fields.
    InOrder(usize),
    /// The column of each field.
    Of(Box<[usize]>),
}

/// In place of the column of a field that does without.
const MISSING: usize = usize::MAX;

/// A map in the making: field by field, with its check.
#[derive(Debug)]
pub struct Plan<'c> {
    columns: &'c [Column],
    by_name: bool,
    fields: usize,
    /// Empty as long as field n is column n.
    places: Vec<usize>,
}

impl<'c> Plan<'c> {
    /// Fields are found by their names.
    pub fn by_name(columns: &'c [Column]) -> Self {
        Self { columns, by_name: true, fields: 0, places: Vec::new() }
    }

    /// Field n is column n, and there are exactly `fields` of them.
    ///
    /// # Errors
    /// The number of columns is another.
    pub fn by_order(columns: &'c [Column], fields: usize) -> Result<Self> {
        ColumnMap::positional(columns, fields)?;
        Ok(Self { columns, by_name: false, fields: 0, places: Vec::new() })
    }

    /// Adds the next field.
    ///
    /// # Errors
    /// It has no column and is not `optional`, or more than one, or its type does not fit.
    pub fn field(
        &mut self,
        name: &str,
        optional: bool,
        check: fn(&CqlType) -> Result<()>,
    ) -> Result<()> {
        let is_there = || self.columns.iter().any(|column| column.name() == name);
        let place = match self.by_name {
            true if optional && !is_there() => MISSING,
            true => find(self.columns, name)?,
            false => self.fields,
        };
        if let Some(column) = self.columns.get(place) {
            check(column.cql_type())
                .map_err(|error| error.map_value(|value| value.set_column(column, place)))?;
        }
        if self.places.is_empty() && place != self.fields {
            self.places = (0..self.fields).collect();
            self.places.push(place);
        } else if !self.places.is_empty() {
            self.places.push(place);
        }
        self.fields += 1;
        Ok(())
    }

    /// The map of all fields.
    pub fn finish(self) -> ColumnMap {
        ColumnMap(match self.places.is_empty() {
            true => Columns::InOrder(self.fields),
            false => Columns::Of(self.places.into()),
        })
    }
}

impl ColumnMap {
    /// Field n is column n, and there are exactly `fields` columns.
    ///
    /// # Errors
    /// The number of columns is another.
    pub fn positional(columns: &[Column], fields: usize) -> Result<Self> {
        let (expected, got) = (fields, columns.len());
        if expected == got {
            Ok(Self(Columns::InOrder(fields)))
        } else {
            Err(ValueError::read(ValueProblem::Count { expected, got }).into_error())
        }
    }

    /// Each field is read from the column with its name; other columns are ignored. Names are
    /// compared as they are: without quotes, and in lower case unless quoted in the CQL.
    ///
    /// # Errors
    /// A field has no column, or more than one.
    pub fn by_name(columns: &[Column], fields: &[&str]) -> Result<Self> {
        let is_in_order = fields.len() <= columns.len()
            && fields.iter().zip(columns).all(|(field, column)| *field == column.name());
        // Only with all columns taken can no second one have a field's name.
        if is_in_order && fields.len() == columns.len() {
            let unique = (1..fields.len()).all(|at| !fields[..at].contains(&fields[at]));
            if unique {
                return Ok(Self(Columns::InOrder(fields.len())));
            }
        }
        let places: Result<Box<[usize]>> =
            fields.iter().map(|field| find(columns, field)).collect();
        Ok(Self(Columns::Of(places?)))
    }

    /// Every column, whatever their number: for rows whose columns are known at run time only.
    pub fn all(columns: &[Column]) -> Self {
        Self(Columns::InOrder(columns.len()))
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        match &self.0 {
            Columns::InOrder(fields) => *fields,
            Columns::Of(places) => places.len(),
        }
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The column of a field, both counted from zero; none if there is no such field, or if it does
    /// without a column.
    #[inline]
    pub fn column(&self, field: usize) -> Option<usize> {
        match &self.0 {
            Columns::InOrder(fields) => (field < *fields).then_some(field),
            Columns::Of(places) => places.get(field).copied().filter(|place| *place != MISSING),
        }
    }

    /// Whether `T` can be read from the column of this field: to be asked for every field, with the
    /// columns that the map was made from.
    ///
    /// # Errors
    /// The types do not fit, or there is no such field. The error names the column.
    pub fn check<'r, T: FromValue<'r>>(&self, columns: &[Column], field: usize) -> Result<()> {
        let place = self.column(field).and_then(|at| Some((at, columns.get(at)?)));
        let Some((index, column)) = place else {
            return Err(no_such_column(columns).at(field).into_error());
        };
        T::check(column.cql_type())
            .map_err(|error| error.map_value(|value| value.set_column(column, index)))
    }
}

/// The one column with this name.
pub(super) fn find(columns: &[Column], name: &str) -> Result<usize> {
    let mut found = columns.iter().enumerate().filter(|(_, column)| column.name() == name);
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Ok(index),
        (Some((index, column)), Some(_)) => Err(ambiguous(column, index)),
        (None, _) => Err(no_such_column(columns).named(name).into_error()),
    }
}

#[cold]
fn ambiguous(column: &Column, index: usize) -> Error {
    let mut error = ValueError::read(ValueProblem::Duplicate);
    error.set_column(column, index);
    error.into_error()
}

#[cold]
pub(super) fn no_such_column(columns: &[Column]) -> ValueError {
    let known = columns.iter().map(|column| column.name().to_owned()).collect();
    ValueError::read(ValueProblem::NoSuchColumn { known })
}

#[cfg(test)]
mod tests {
    use super::super::recorder::markers;
    use super::*;

    fn columns() -> Vec<Column> {
        markers([("id", CqlType::Uuid), ("name", CqlType::Text), ("age", CqlType::Int)])
    }

    #[test]
    fn in_order_is_the_identity() {
        let map = ColumnMap::by_name(&columns(), &["id", "name", "age"]).unwrap();
        assert_eq!(map, ColumnMap::positional(&columns(), 3).unwrap());
        assert_eq!(map, ColumnMap::all(&columns()));
        assert_eq!((map.column(2), map.column(3)), (Some(2), None));
        assert!(!map.is_empty());
    }

    #[test]
    fn names_find_their_column_in_any_order() {
        let map = ColumnMap::by_name(&columns(), &["age", "id"]).unwrap();
        assert_eq!((map.column(0), map.column(1), map.column(2)), (Some(2), Some(0), None));
        let map = ColumnMap::by_name(&columns(), &["id", "name"]).unwrap();
        assert_eq!(map.len(), 2, "further columns are ignored");
    }

    #[test]
    fn mistakes_are_named() {
        let message = |result: Result<ColumnMap>| result.unwrap_err().to_string();
        assert_eq!(
            message(ColumnMap::by_name(&columns(), &["id", "nme"])),
            "cannot read column `nme`: the result has no such column; it has `id`, `name`, `age`"
        );
        assert_eq!(
            message(ColumnMap::positional(&columns(), 1)),
            "cannot read 3 columns into 1 field: \
             select as many columns as there are fields, or read into a struct or a `Row`"
        );
        let twice = markers([("a", CqlType::Int), ("a", CqlType::Int)]);
        for fields in [&["a"][..], &["a", "a"]] {
            assert!(
                message(ColumnMap::by_name(&twice, fields)).contains("two columns have this name")
            );
        }
    }

    #[test]
    fn a_plan_is_the_identity_until_it_is_not() {
        let columns = columns();
        let check: fn(&CqlType) -> Result<()> = |_| Ok(());
        let plan = |fields: &[&str]| {
            let mut plan = Plan::by_name(&columns);
            fields.iter().try_for_each(|name| plan.field(name, *name == "none", check))?;
            Ok::<_, Error>(plan.finish())
        };
        assert_eq!(plan(&["id", "name"]).unwrap(), ColumnMap(Columns::InOrder(2)));
        assert_eq!(plan(&["id", "age"]).unwrap(), ColumnMap(Columns::Of([0, 2].into())));
        let partly = plan(&["none", "name", "age"]).unwrap();
        assert_eq!((partly.len(), partly.column(0), partly.column(1)), (3, None, Some(1)));
        assert!(plan(&["nome"]).is_err());
        assert!(Plan::by_order(&columns, 2).is_err());
        let mut ordered = Plan::by_order(&columns, 3).unwrap();
        ordered.field("anything", false, check).unwrap();
        let error = ordered.field("b", false, i32::check).unwrap_err().to_string();
        assert!(error.contains("column `name` (text) as i32"), "{error}");
    }

    #[test]
    fn check_names_the_column() {
        let map = ColumnMap::by_name(&columns(), &["age"]).unwrap();
        assert!(map.check::<i64>(&columns(), 0).is_ok());
        let error = map.check::<String>(&columns(), 0).unwrap_err().to_string();
        assert!(error.starts_with("cannot read column `age` (int) as String: "), "{error}");
        assert!(map.check::<i64>(&columns(), 1).is_err(), "no such field");
        assert!(map.check::<i64>(&[], 0).is_err(), "not the columns it was made from");
    }
}
