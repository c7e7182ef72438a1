//! What the code that the derives write calls. No part of the API: it changes with the derives.
//!
//! The plan of a row is made once a page. A UDT, whose value comes without its type's plan, finds
//! its fields by their place first, and by name where that is another; it allocates nothing.

use super::column_map::{Plan, no_such_column};
use super::cql_type::is_plain;
use super::from_row::in_column;
use super::nested::inside;
use super::value_error::{ValueError, ValueProblem, unreadable};
use super::{CqlType, FromValue, RawRow, RowBinder, ToValue, ValueBinder, cell};
use crate::error::Error;

/// A struct whose fields can be spread among those of another row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into a row",
    label = "no struct that derives `FromRow`",
    note = "derive `FromRow` for `{Self}`; implementing it by hand is not enough"
)]
pub trait FlatRow<'r>: Sized {
    /// The number of columns.
    const FIELDS: usize;
    /// Adds its columns to the plan.
    fn plan(plan: &mut Plan<'_>) -> Result<()>;
    /// Reads its fields, the first of which is `first` in the plan.
    fn read(row: &RawRow<'_, 'r>, first: usize) -> Result<Self>;
}

/// A struct whose values can be spread among those of another row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into a row",
    label = "no struct that derives `ToRow`",
    note = "derive `ToRow` for `{Self}`; implementing it by hand is not enough"
)]
pub trait FlatToRow {
    /// The number of values.
    const FIELDS: usize;
    /// Binds each value, by name or as the next one.
    fn bind(&self, to: &mut RowBinder<'_>, by_name: bool) -> Result<()>;
}

/// Reads a cell.
pub type Read<'r, T> = fn(&CqlType, Option<&'r [u8]>) -> Result<T>;

/// Reads a field that must have a column.
#[inline]
pub fn read<'r, T>(row: &RawRow<'_, 'r>, field: usize, read: Read<'r, T>) -> Result<T> {
    match row.place(field) {
        Some((index, column, cell)) => {
            read(column.cql_type(), cell).map_err(|error| in_column(error, column, index))
        }
        None => Err(no_such_column(row.columns()).at(field).into_error()),
    }
}

/// Reads a field that has a value of its own where there is no column, or NULL.
pub fn read_or<'r, T>(
    row: &RawRow<'_, 'r>,
    field: usize,
    read: Read<'r, T>,
    default: impl FnOnce() -> T,
) -> Result<T> {
    match row.place(field) {
        Some((index, column, cell @ Some(_))) => {
            read(column.cql_type(), cell).map_err(|error| in_column(error, column, index))
        }
        _ => Ok(default()),
    }
}

/// Binds one value of a row.
pub fn put<T: ToValue + ?Sized>(
    to: &mut RowBinder<'_>,
    name: &str,
    value: &T,
    by_name: bool,
) -> Result<()> {
    if by_name { to.named(name, value) } else { to.next(value) }
}

/// A value that is bound by a function of the program's own.
pub struct With<'v, T: ?Sized>(pub &'v T, pub fn(&T, ValueBinder<'_>) -> Result<()>);

impl<T: Send + Sync + ?Sized> ToValue for With<'_, T> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        (self.1)(self.0, to)
    }
}

/// The fields of a UDT, for a check.
pub struct UdtTypes<'t>(&'t CqlType, &'t [(String, CqlType)]);

impl<'t> UdtTypes<'t> {
    /// `T` is the Rust type.
    pub fn of<T>(t: &'t CqlType) -> Result<Self> {
        match t {
            CqlType::Udt { fields, .. } => Ok(Self(t, fields)),
            _ => Err(Error::decode_wrong_type::<T>(t)),
        }
    }

    /// Whether this field can be read.
    pub fn named<T>(
        &self,
        name: &str,
        optional: bool,
        check: fn(&CqlType) -> Result<()>,
    ) -> Result<()> {
        match self.1.iter().find(|(field, _)| field == name) {
            Some((_, t)) => check(t).map_err(|error| inside(error, format_args!(".{name}"))),
            None if optional => Ok(()),
            None => {
                let known = self.1.iter().map(|(field, _)| field.clone()).collect();
                let problem = ValueProblem::NoSuchField { known };
                let mut error = ValueError::read(problem).of_types::<T>(self.0);
                error.set_inside(format_args!(".{name}"));
                Err(error.into_error())
            }
        }
    }
}

/// A field as it came: its type and its bytes.
type Field<'t, 'r> = (&'t CqlType, Option<&'r [u8]>);

/// The fields of a UDT that a struct asks for, in its order.
pub struct Udt<'t, 'r, const N: usize> {
    fields: [Option<Field<'t, 'r>>; N],
    names: [&'static str; N],
}

impl<'t, 'r, const N: usize> Udt<'t, 'r, N> {
    /// `T` is the Rust type.
    pub fn new<T>(
        t: &'t CqlType,
        cell: Option<&'r [u8]>,
        names: [&'static str; N],
    ) -> Result<Self> {
        let types = UdtTypes::of::<T>(t)?.1;
        let mut rest = cell::bytes::<T>(t, cell)?;
        let mut fields = [None; N];
        for (at, (name, field)) in types.iter().enumerate() {
            let value = cell::take_or_null(&mut rest)
                .ok_or_else(|| unreadable::<T>(t, ValueProblem::Damaged))?;
            let place = match names.get(at) {
                Some(same) if same == name => Some(at),
                _ => names.iter().position(|wanted| wanted == name),
            };
            if let Some(place) = place {
                fields[place] = Some((field, value));
            }
        }
        // What follows belongs to fields that the type has got since.
        Ok(Self { fields, names })
    }

    /// Reads a field that the type must have.
    pub fn read<T, U>(&self, at: usize, read: Read<'r, U>) -> Result<U> {
        let name = self.names[at];
        match self.fields[at] {
            Some((t, value)) => {
                read(t, value).map_err(|error| inside(error, format_args!(".{name}")))
            }
            None => {
                let mut error = ValueError::read(ValueProblem::NoSuchField { known: Vec::new() });
                error.set_inside(format_args!(".{name}"));
                Err(error.into_error())
            }
        }
    }

    /// Reads a field that has a value of its own where the type lacks it, or where it is NULL.
    pub fn read_or<U>(
        &self,
        at: usize,
        read: Read<'r, U>,
        default: impl FnOnce() -> U,
    ) -> Result<U> {
        match self.fields[at] {
            Some((t, value @ Some(_))) => {
                let name = self.names[at];
                read(t, value).map_err(|error| inside(error, format_args!(".{name}")))
            }
            _ => Ok(default()),
        }
    }
}

/// Binds a UDT, for a value of the Rust type `T`.
pub fn bind_udt<T: ?Sized>(to: ValueBinder<'_>, fields: &[(&str, &dyn ToValue)]) -> Result<()> {
    to.udt_of::<T>(fields)
}

/// The check of an enum `T` whose variants have names.
pub fn check_text<T>(t: &CqlType) -> Result<()> {
    match t {
        CqlType::Text | CqlType::Ascii => Ok(()),
        _ => Err(Error::decode_wrong_type::<T>(t)),
    }
}

/// The name of a variant of the enum `T`.
pub fn text<'r, T>(t: &CqlType, cell: Option<&'r [u8]>) -> Result<&'r str> {
    check_text::<T>(t)?;
    cell::bytes::<T>(t, cell)?;
    <&str>::from_value(t, cell)
}

/// The value is not one of the enum `T`. It is not shown: it may be anybody's.
#[cold]
pub fn no_variant<T>(t: &CqlType, known: &str) -> Error {
    unreadable::<T>(t, ValueProblem::Custom(format!("the value is none of {known}")))
}

/// Columns of a row, or of one that is flattened into it.
#[derive(Clone, Copy)]
pub enum Part {
    /// The name of one.
    Name(&'static str),
    /// Several, as [`joined`] has made them.
    Columns(&'static str),
}

/// The length of what [`joined`] makes.
pub const fn joined_length(parts: &[Part]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < parts.len() {
        let (text, quoted) = part(parts[at]);
        if length > 0 && !text.is_empty() {
            length += 2;
        }
        let mut byte = 0;
        while byte < text.len() {
            length += if quoted && text[byte] == b'"' { 2 } else { 1 };
            byte += 1;
        }
        length += if quoted { 2 } else { 0 };
        at += 1;
    }
    length
}

/// The columns as CQL lists them: separated by commas, in quotes where needed.
pub const fn joined<const N: usize>(parts: &[Part]) -> [u8; N] {
    let mut joined = [0; N];
    let (mut end, mut at) = (0, 0);
    while at < parts.len() {
        let (text, quoted) = part(parts[at]);
        if end > 0 && !text.is_empty() {
            joined[end] = b',';
            joined[end + 1] = b' ';
            end += 2;
        }
        if quoted {
            joined[end] = b'"';
            end += 1;
        }
        let mut byte = 0;
        while byte < text.len() {
            if quoted && text[byte] == b'"' {
                joined[end] = b'"';
                end += 1;
            }
            joined[end] = text[byte];
            end += 1;
            byte += 1;
        }
        if quoted {
            joined[end] = b'"';
            end += 1;
        }
        at += 1;
    }
    joined
}

/// The text, and whether it needs quotes.
const fn part(part: Part) -> (&'static [u8], bool) {
    match part {
        Part::Name(name) => (name.as_bytes(), !is_plain(name)),
        Part::Columns(columns) => (columns.as_bytes(), false),
    }
}

/// What [`joined`] made, as text.
pub const fn text_of(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("names are UTF-8, and so is what they are joined with"),
    }
}

pub use super::column_map::Plan as RowPlan;
pub use crate::error::Result;
