//! Why a value could not be bound or read, and where.
//!
//! An error is made where the mistake is seen, with what is known there (the two types), and
//! completed on its way out: the row or the binder adds the column, the page adds the row number.
//! Nothing of this costs anything while all goes well.

use std::any::type_name;
use std::fmt;

use super::{Column, CqlType};
use crate::error::{Error, ErrorKind};

/// Why a value could not be bound or read: which column or marker, which row, which types, and
/// what to do about it.
///
/// It is the field of [`ErrorKind::Bind`] and [`ErrorKind::Decode`]. Its `Display` is what follows
/// "cannot bind" or "cannot read" in the message of the [`Error`](crate::Error). It never shows the
/// value itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueError {
    way: Way,
    column: Option<Box<str>>,
    /// From the column to the value inside of it: `[3].street`.
    path: String,
    index: Option<usize>,
    row: Option<usize>,
    cql_type: Option<CqlType>,
    rust_type: Option<&'static str>,
    problem: ValueProblem,
}

/// What is wrong with a value.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum ValueProblem {
    /// The Rust type and the CQL type do not fit together.
    WrongType,
    /// The value is NULL and the Rust type has no place for that.
    UnexpectedNull,
    /// The cell has a length that its type cannot have.
    BadLength {
        /// Bytes that the type has.
        expected: usize,
        /// Bytes that came.
        got: usize,
    },
    /// The cell is empty, which is neither NULL nor a value of the Rust type.
    Empty,
    /// The bytes are not a value of the CQL type.
    Damaged,
    /// The value is too large or too small for the type that it should become.
    OutOfRange,
    /// The CQL type counts in larger steps than this value does.
    Inexact,
    /// The value is longer than the protocol can say, or the whole statement is with it.
    TooLong,
    /// NULL inside of a list, set, map or vector, which have no place for it.
    NullInside,
    /// No value inside of another: only a whole marker can be left unset.
    UnsetInside,
    /// An empty value of this type cannot be bound here.
    EmptyMarker,
    /// A tuple or a vector has another number of elements.
    Elements {
        /// Elements of the CQL type.
        expected: usize,
        /// Elements of the Rust value, or of the cell.
        got: usize,
    },
    /// The loaded C driver lacks the function that binds such a value.
    Unsupported {
        /// The function.
        function: &'static str,
    },
    /// Text that is not UTF-8.
    NotUtf8,
    /// Text for an `ascii` marker that has other characters.
    NotAscii,
    /// A UUID for a `timeuuid` marker that is not of version 1.
    NotTimeUuid,
    /// The number of values is not the number of markers, or the number of columns is not the
    /// number of fields.
    Count {
        /// Markers of the statement, or fields of the Rust type.
        expected: usize,
        /// Values that were given, or columns of the result.
        got: usize,
    },
    /// There is no column or marker of this name, or at this place.
    NoSuchColumn {
        /// The names that there are.
        known: Vec<String>,
    },
    /// The UDT has no field of this name.
    NoSuchField {
        /// The fields that there are.
        known: Vec<String>,
    },
    /// Values are bound by name, and none has the name of this marker.
    NotBound,
    /// Two columns have this name, or two values were bound to this marker.
    Duplicate,
    /// The C driver refused the value, with its code for the reason.
    Driver(u32),
    /// What an implementation outside this crate reports.
    Custom(String),
}

/// The direction: the words differ, and so do the types that fit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Bind,
    Read,
}

impl ValueError {
    /// The name of the column or marker.
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// Where inside of the column the value stands: `[3].street` for a field of the fourth element
    /// of a list; empty for the column itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The place of the column or marker, counted from zero.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The row of the page, counted from zero.
    pub fn row(&self) -> Option<usize> {
        self.row
    }

    /// The type of the column or marker, or of the value inside of it.
    pub fn cql_type(&self) -> Option<&CqlType> {
        self.cql_type.as_ref()
    }

    /// The Rust type that was bound or asked for, as [`std::any::type_name`] writes it. For messages:
    /// its form is not stable.
    pub fn rust_type(&self) -> Option<&'static str> {
        self.rust_type
    }

    /// What is wrong.
    pub fn problem(&self) -> &ValueProblem {
        &self.problem
    }

    pub(crate) fn bind(problem: ValueProblem) -> Self {
        Self::new(Way::Bind, problem)
    }

    pub(crate) fn read(problem: ValueProblem) -> Self {
        Self::new(Way::Read, problem)
    }

    fn new(way: Way, problem: ValueProblem) -> Self {
        let (column, index, row, cql_type, rust_type) = (None, None, None, None, None);
        Self { way, column, path: String::new(), index, row, cql_type, rust_type, problem }
    }

    pub(crate) fn of_types<T: ?Sized>(mut self, cql_type: &CqlType) -> Self {
        self.cql_type = Some(cql_type.clone());
        self.rust_type = Some(type_name::<T>());
        self
    }

    /// The type that the program asked for, where the error was made by one that it goes by way of.
    fn set_rust_type<T: ?Sized>(&mut self) {
        self.rust_type = Some(type_name::<T>());
    }

    pub(crate) fn named(mut self, column: &str) -> Self {
        self.column = Some(column.into());
        self
    }

    pub(crate) fn at(mut self, index: usize) -> Self {
        self.index = Some(index);
        self
    }

    /// Adds a step on the way out: the value of which this one is a part.
    pub(crate) fn set_inside(&mut self, step: fmt::Arguments<'_>) {
        self.path.insert_str(0, &step.to_string());
    }

    /// Adds the column or marker, where it is not known yet: the innermost place wins.
    pub(crate) fn set_column(&mut self, column: &Column, index: usize) {
        if self.column.is_none() && self.index.is_none() {
            self.column = Some(column.name().into());
            self.index = Some(index);
        }
        if self.cql_type.is_none() {
            self.cql_type = Some(column.cql_type().clone());
        }
    }

    /// Adds the row of the page, counted from zero, where it is not known yet.
    pub(crate) fn set_row(&mut self, row: usize) {
        self.row.get_or_insert(row);
    }

    /// Makes it the error of a request.
    pub(crate) fn into_error(self) -> Error {
        let kind = match self.way {
            Way::Bind => ErrorKind::Bind(self),
            Way::Read => ErrorKind::Decode(self),
        };
        Error::new(kind, "")
    }
}

/// For implementations of [`FromValue`](super::FromValue), [`FromRow`](super::FromRow) and
/// [`ToValue`](super::ToValue) outside this crate. The column and the row are added to each of these
/// as the error passes outwards.
impl Error {
    /// `T` cannot be read from a column of this type: what
    /// [`FromValue::check`](super::FromValue::check) returns.
    #[cold]
    #[inline(never)]
    pub fn decode_wrong_type<T: ?Sized>(cql_type: &CqlType) -> Self {
        ValueError::read(ValueProblem::WrongType).of_types::<T>(cql_type).into_error()
    }

    /// The cell is NULL and `T` has no place for that.
    #[cold]
    #[inline(never)]
    pub fn decode_null<T: ?Sized>(cql_type: &CqlType) -> Self {
        ValueError::read(ValueProblem::UnexpectedNull).of_types::<T>(cql_type).into_error()
    }

    /// A value cannot be read for a reason of its type's own, which `reason` says.
    #[cold]
    pub fn decode_custom(reason: impl Into<String>) -> Self {
        ValueError::read(ValueProblem::Custom(reason.into())).into_error()
    }

    /// A value cannot be bound for a reason of its type's own, which `reason` says.
    #[cold]
    pub fn bind_custom(reason: impl Into<String>) -> Self {
        ValueError::bind(ValueProblem::Custom(reason.into())).into_error()
    }
}

/// A problem with one cell that is read as `T`.
#[cold]
#[inline(never)]
pub(super) fn unreadable<T: ?Sized>(cql_type: &CqlType, problem: ValueProblem) -> Error {
    ValueError::read(problem).of_types::<T>(cql_type).into_error()
}

/// A problem with a `T` that is bound to one marker.
#[cold]
pub(super) fn unbindable<T: ?Sized>(cql_type: &CqlType, problem: ValueProblem) -> Error {
    ValueError::bind(problem).of_types::<T>(cql_type).into_error()
}

/// A `T` was asked for where the error is of the type that it goes by way of.
#[cold]
pub(super) fn asked_as<T: ?Sized>(error: Error) -> Error {
    error.map_value(ValueError::set_rust_type::<T>)
}

impl std::error::Error for ValueError {}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.problem, self.way) {
            (ValueProblem::Count { expected, got }, Way::Bind) => {
                write!(f, "{} to {}", counted(*got, "value"), counted(*expected, "marker"))
            }
            (ValueProblem::Count { expected, got }, Way::Read) => write!(
                f,
                "{} into {}: select as many columns as there are fields, or read into a struct or \
                 a `Row`",
                counted(*got, "column"),
                counted(*expected, "field")
            ),
            (problem, way) => {
                self.place(f, way)?;
                f.write_str(": ")?;
                self.advice(f, problem, way)
            }
        }
    }
}

impl ValueError {
    /// What is bound or read, and where: "column `age` (int) in row 3 as String".
    fn place(&self, f: &mut fmt::Formatter<'_>, way: Way) -> fmt::Result {
        match (way, self.rust_type) {
            (Way::Bind, Some(rust_type)) => write!(f, "{} to marker", Short(rust_type))?,
            (Way::Bind, None) => f.write_str("to marker")?,
            (Way::Read, _) => f.write_str("column")?,
        }
        match (&self.column, self.index) {
            (Some(name), _) => write!(f, " `{name}{}`", self.path)?,
            (None, Some(index)) => write!(f, " {index}{}", self.path)?,
            (None, None) if self.path.is_empty() => {}
            (None, None) => write!(f, " {}", self.path)?,
        }
        if let Some(cql_type) = &self.cql_type {
            write!(f, " ({cql_type})")?;
        }
        if let Some(row) = self.row {
            write!(f, " in row {row}")?;
        }
        match (way, self.rust_type) {
            (Way::Read, Some(rust_type)) => write!(f, " as {}", Short(rust_type)),
            _ => Ok(()),
        }
    }

    /// What is wrong, and the way out.
    fn advice(&self, f: &mut fmt::Formatter<'_>, problem: &ValueProblem, way: Way) -> fmt::Result {
        match problem {
            ValueProblem::WrongType => self.types_that_fit(f, way),
            ValueProblem::UnexpectedNull => match self.rust_type {
                Some(rust_type) => write!(f, "it is NULL; read it as Option<{}>", Short(rust_type)),
                None => f.write_str("it is NULL; read it as an Option"),
            },
            ValueProblem::BadLength { expected, got } => {
                write!(f, "{expected} bytes expected, {got} found")
            }
            ValueProblem::Empty => match self.rust_type {
                Some(rust_type) => {
                    write!(f, "it is empty; read it as MaybeEmpty<{}>", Short(rust_type))
                }
                None => f.write_str("it is empty; read it as a MaybeEmpty"),
            },
            ValueProblem::Damaged => f.write_str("the bytes are not a value of this type"),
            ValueProblem::OutOfRange => f.write_str("the value is out of range"),
            ValueProblem::Inexact => f.write_str(
                "the value is finer than the type, and nothing is rounded in silence; round it \
                 first",
            ),
            ValueProblem::TooLong => {
                f.write_str("the value is longer than 2 GiB, or all values together are")
            }
            ValueProblem::NullInside => {
                f.write_str("NULL cannot stand inside of a collection; leave the element out")
            }
            ValueProblem::UnsetInside => f.write_str(
                "only a whole marker can be left unset; bind NULL, or leave the element out",
            ),
            ValueProblem::EmptyMarker => f.write_str(
                "an empty value of this type cannot be bound here; write it in the CQL, as \
                 blobAsInt(0x) does for an int",
            ),
            ValueProblem::Elements { expected, got } => {
                write!(f, "{} expected, {got} found", counted(*expected, "element"))
            }
            ValueProblem::Unsupported { function } => {
                write!(f, "the loaded C driver has no `{function}`; load another driver")
            }
            ValueProblem::NotUtf8 => f.write_str("the text is not UTF-8"),
            ValueProblem::NotAscii => f.write_str("the text is not ASCII; declare it as text"),
            ValueProblem::NotTimeUuid => {
                f.write_str("the UUID is not of version 1; make it so, or use now() in CQL")
            }
            ValueProblem::NoSuchColumn { known } => {
                f.write_str(match way {
                    Way::Bind => "the statement has no such marker",
                    Way::Read => "the result has no such column",
                })?;
                listed(f, known)
            }
            ValueProblem::NoSuchField { known } => {
                f.write_str("the type has no such field")?;
                listed(f, known)
            }
            ValueProblem::NotBound => {
                f.write_str("no value has this name; bind `Unset` to leave the column as it is")
            }
            ValueProblem::Duplicate if way == Way::Bind => f.write_str("it is bound twice"),
            ValueProblem::Duplicate => {
                f.write_str("two columns have this name; rename one with AS, or read by position")
            }
            ValueProblem::Driver(code) => write!(f, "the C driver refused it (0x{code:08x})"),
            ValueProblem::Custom(reason) => f.write_str(reason),
            // Written by `fmt` as a whole sentence.
            ValueProblem::Count { .. } => f.write_str("the numbers differ"),
        }
    }

    fn types_that_fit(&self, f: &mut fmt::Formatter<'_>, way: Way) -> fmt::Result {
        let Some(cql_type) = &self.cql_type else {
            return f.write_str("the types do not fit");
        };
        match (fitting(cql_type, way), way) {
            (None, Way::Read) => f.write_str("no Rust type for it in this version; cast it in CQL"),
            (None, Way::Bind) => {
                f.write_str("no Rust type for it in this version; write a literal in the CQL")
            }
            (Some(fitting), Way::Read) => write!(f, "read it as {fitting}, or cast it in CQL"),
            (Some(fitting), Way::Bind) => write!(f, "bind {fitting}"),
        }
    }
}

fn listed(f: &mut fmt::Formatter<'_>, known: &[String]) -> fmt::Result {
    for (at, name) in known.iter().enumerate() {
        write!(f, "{}`{name}`", if at == 0 { "; it has " } else { ", " })?;
    }
    Ok(())
}

/// The Rust types for a CQL type, the natural one first; none where there is none.
fn fitting(cql_type: &CqlType, way: Way) -> Option<std::borrow::Cow<'static, str>> {
    use CqlType::*;
    Some(match (cql_type, way) {
        (Ascii | Text, _) => "String or &str".into(),
        (Blob | Custom(_), _) | (Unknown(_), Way::Read) => "Vec<u8> or &[u8]".into(),
        (Unknown(_), Way::Bind) => return None,
        (Boolean, _) => "bool".into(),
        (Counter, Way::Read) => "Counter or i64".into(),
        (Counter, Way::Bind) => "Counter or an integer".into(),
        (Date, _) => "Date".into(),
        (Decimal, _) => "Decimal".into(),
        (Double, Way::Read) => "f64".into(),
        (Double, Way::Bind) => "f64 or f32".into(),
        (Duration, _) => "CqlDuration".into(),
        (Float, Way::Read) => "f32 or f64".into(),
        (Float, Way::Bind) => "f32".into(),
        (Inet, _) => "IpAddr, Ipv4Addr or Ipv6Addr".into(),
        (BigInt, Way::Read) => "i64".into(),
        (BigInt, Way::Bind) => "i64 or a narrower integer".into(),
        (Int, Way::Read) => "i32 or i64".into(),
        (Int, Way::Bind) => "i32, i16 or i8".into(),
        (SmallInt, Way::Read) => "i16, i32 or i64".into(),
        (SmallInt, Way::Bind) => "i16 or i8".into(),
        (TinyInt, Way::Read) => "i8 or a wider integer".into(),
        (TinyInt, Way::Bind) => "i8".into(),
        (Time, _) => "Time".into(),
        (Timestamp, _) => "Timestamp or SystemTime".into(),
        (Uuid, _) => "Uuid".into(),
        (TimeUuid, _) => "TimeUuid or Uuid".into(),
        (VarInt, Way::Read) => "VarInt".into(),
        (VarInt, Way::Bind) => "VarInt or an integer".into(),
        (List(item), _) => format!("Vec<{}>", natural(item)).into(),
        // Floats have no hash and no order.
        (Set(item), _) if matches!(**item, Float | Double) => {
            format!("Vec<{}>", natural(item)).into()
        }
        (Set(item), _) => format!("HashSet<{0}> or Vec<{0}>", natural(item)).into(),
        (Map(key, value), _) => format!("HashMap<{}, {}>", natural(key), natural(value)).into(),
        (Tuple(..), _) => natural(cql_type).into(),
        (Vector(item, dimension), _) => {
            format!("[{0}; {dimension}] or Vec<{0}>", natural(item)).into()
        }
        (Udt { .. }, Way::Read) => "a struct that derives FromValue".into(),
        (Udt { .. }, Way::Bind) => "a struct that derives ToValue".into(),
    })
}

/// The Rust type that a CQL type is nearest to.
fn natural(cql_type: &CqlType) -> String {
    use CqlType::*;
    match cql_type {
        Ascii | Text => "String".into(),
        BigInt => "i64".into(),
        Blob | Custom(_) | Unknown(_) => "Vec<u8>".into(),
        Boolean => "bool".into(),
        Counter => "Counter".into(),
        Date => "Date".into(),
        Decimal => "Decimal".into(),
        Double => "f64".into(),
        Duration => "CqlDuration".into(),
        Float => "f32".into(),
        Inet => "IpAddr".into(),
        Int => "i32".into(),
        SmallInt => "i16".into(),
        Time => "Time".into(),
        Timestamp => "Timestamp".into(),
        TimeUuid => "TimeUuid".into(),
        TinyInt => "i8".into(),
        Uuid => "Uuid".into(),
        VarInt => "VarInt".into(),
        List(item) => format!("Vec<{}>", natural(item)),
        Set(item) => format!("HashSet<{}>", natural(item)),
        Map(key, value) => format!("HashMap<{}, {}>", natural(key), natural(value)),
        Vector(item, dimension) => format!("[{}; {dimension}]", natural(item)),
        Tuple(items) => {
            let items: Vec<_> = items.iter().map(natural).collect();
            format!("({}{})", items.join(", "), if items.len() == 1 { "," } else { "" })
        }
        // A struct of the program's own.
        Udt { name, .. } => name.clone(),
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A type's name without the paths: `Option<String>` and not `core::option::Option<…>`.
struct Short(&'static str);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let mut rest = self.0;
        while !rest.is_empty() {
            let path = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
            let (name, after) = rest.split_at(path);
            f.write_str(name.rsplit("::").next().unwrap_or(name))?;
            let other = after.find(is_path).unwrap_or(after.len());
            f.write_str(&after[..other])?;
            rest = &after[other..];
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(error: Error, column: &Column, row: usize) -> String {
        let complete = |value: &mut ValueError| {
            value.set_column(column, 2);
            value.set_row(row);
        };
        error.map_value(complete).to_string()
    }

    #[test]
    fn reading_names_place_types_and_way_out() {
        let age = Column::new("age", CqlType::Int);
        assert_eq!(
            column(Error::decode_wrong_type::<String>(&CqlType::Int), &age, 3),
            "cannot read column `age` (int) in row 3 as String: \
             read it as i32 or i64, or cast it in CQL"
        );
        assert_eq!(
            column(Error::decode_null::<i32>(&CqlType::Int), &age, 0),
            "cannot read column `age` (int) in row 0 as i32: it is NULL; read it as Option<i32>"
        );
        let bad = ValueProblem::BadLength { expected: 4, got: 3 };
        assert_eq!(
            unreadable::<i32>(&CqlType::Int, bad).to_string(),
            "cannot read column (int) as i32: 4 bytes expected, 3 found"
        );
    }

    #[test]
    fn binding_names_place_types_and_way_out() {
        let age = Column::new("age", CqlType::Int);
        let wrong = unbindable::<i64>(&CqlType::Int, ValueProblem::WrongType);
        assert_eq!(
            wrong.map_value(|v| v.set_column(&age, 0)).to_string(),
            "cannot bind i64 to marker `age` (int): bind i32, i16 or i8"
        );
        let count = ValueError::bind(ValueProblem::Count { expected: 1, got: 2 });
        assert_eq!(count.into_error().to_string(), "cannot bind 2 values to 1 marker");
        let known = vec!["id".to_owned(), "name".to_owned()];
        let unknown = ValueError::bind(ValueProblem::NoSuchColumn { known }).named("nme");
        assert_eq!(
            unknown.into_error().to_string(),
            "cannot bind to marker `nme`: the statement has no such marker; it has `id`, `name`"
        );
    }

    #[test]
    fn the_innermost_place_wins() {
        let field = Column::new("zip", CqlType::Int);
        let udt = Column::new("home", CqlType::Blob);
        let error = Error::decode_custom("no").map_value(|v| v.set_column(&field, 1));
        let error = error.map_value(|v| v.set_column(&udt, 7));
        let ErrorKind::Decode(value) = error.kind() else { panic!("{error:?}") };
        assert_eq!((value.column(), value.index()), (Some("zip"), Some(1)));
        assert_eq!(value.cql_type(), Some(&CqlType::Int));
    }

    #[test]
    fn type_names_lose_their_paths() {
        let short = |name| Short(name).to_string();
        assert_eq!(short(type_name::<Option<String>>()), "Option<String>");
        assert_eq!(short(type_name::<&[u8]>()), "&[u8]");
        assert_eq!(
            short(type_name::<(i32, Vec<Option<ValueError>>)>()),
            "(i32, Vec<Option<ValueError>>)"
        );
        assert_eq!(short("dyn shop::Trait + core::marker::Send"), "dyn Trait + Send");
        assert_eq!(short(""), "");
    }

    #[test]
    fn nested_types_have_nested_ways_out() {
        let text = || Box::new(CqlType::Text);
        let pair = CqlType::Tuple(vec![CqlType::Int, CqlType::Set(text())]);
        let map = CqlType::Map(text(), Box::new(CqlType::List(Box::new(pair))));
        let error = Error::decode_wrong_type::<i64>(&map).to_string();
        assert!(
            error.ends_with(
                "read it as HashMap<String, Vec<(i32, HashSet<String>)>>, or cast it in CQL"
            ),
            "{error}"
        );
        let unknown = unbindable::<i64>(&CqlType::Unknown(9), ValueProblem::WrongType).to_string();
        assert!(
            unknown.ends_with("no Rust type for it in this version; write a literal in the CQL")
        );
    }

    #[test]
    fn the_way_to_a_part_is_told() {
        let home = Column::new("home", CqlType::List(Box::new(CqlType::Blob)));
        let error = Error::decode_null::<i32>(&CqlType::Int)
            .map_value(|v| v.set_inside(format_args!(".zip")))
            .map_value(|v| v.set_inside(format_args!("[{}]", 3)));
        assert_eq!(
            column(error, &home, 0),
            "cannot read column `home[3].zip` (int) in row 0 as i32: \
             it is NULL; read it as Option<i32>"
        );
    }
}
