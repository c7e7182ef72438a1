//! One value that waits to be given: for a marker, or for a place inside of another value. The type
//! check, then the typed C call; inside of another value the bytes are appended to its buffer.

use std::fmt::{self, Debug};
use std::net::IpAddr;

use super::nested::{Place, Takes};
use super::target::{Native, Target};
use super::time_uuid::is_time_based;
use super::value_error::{ValueProblem, unbindable};
use super::{CqlDuration, CqlType, Date, Decimal, Time, Timestamp, ToValue, Uuid, VarInt};
use crate::driver::Refusal;
use crate::error::{Error, Result};

/// One marker of a statement, or one place inside of a collection, tuple or UDT, to be given its
/// value by exactly one of the methods.
///
/// Each method checks that its Rust type fits the [`cql_type`](Self::cql_type) and refuses it if
/// not: the server would misread the bytes. Integers and floats widen where nothing is lost. The
/// value is copied before the method returns.
///
/// # Errors
/// Every method fails with [`ErrorKind::Bind`](crate::ErrorKind::Bind) when the value does not fit,
/// or when the C driver refuses it.
#[must_use = "a marker that is given no value stays unset"]
pub struct ValueBinder<'b> {
    pub(super) to: To<'b>,
    pub(super) cql_type: &'b CqlType,
}

/// Where a value goes.
pub(super) enum To<'b> {
    /// With its place, and how many bytes the whole statement may still get.
    Marker(&'b mut dyn Target, usize, &'b mut usize),
    Inside(Place<'b>),
}

impl<'b> ValueBinder<'b> {
    pub(super) fn new(
        target: &'b mut dyn Target,
        index: usize,
        room: &'b mut usize,
        cql_type: &'b CqlType,
    ) -> Self {
        Self { to: To::Marker(target, index, room), cql_type }
    }

    /// The type of the marker or place.
    pub fn cql_type(&self) -> &'b CqlType {
        self.cql_type
    }

    /// The error for a `T` that does not fit the type.
    #[cold]
    pub fn wrong_type<T: ?Sized>(&self) -> Error {
        unbindable::<T>(self.cql_type(), ValueProblem::WrongType)
    }

    /// `boolean`.
    pub fn bool(self, v: bool) -> Result<()> {
        match self.cql_type() {
            CqlType::Boolean => self.put::<bool>(Native::Bool(v)),
            _ => Err(self.wrong_type::<bool>()),
        }
    }

    /// `tinyint`, and all wider integers, `varint` included.
    pub fn i8(self, v: i8) -> Result<()> {
        match self.cql_type() {
            CqlType::TinyInt => self.put::<i8>(Native::I8(v)),
            CqlType::SmallInt => self.put::<i8>(Native::I16(v.into())),
            CqlType::Int => self.put::<i8>(Native::I32(v.into())),
            CqlType::BigInt | CqlType::Counter => self.put::<i8>(Native::I64(v.into())),
            CqlType::VarInt => self.varint_of::<i8>(&v.into()),
            _ => Err(self.wrong_type::<i8>()),
        }
    }

    /// `smallint`, `int`, `bigint`, `counter`, `varint`.
    pub fn i16(self, v: i16) -> Result<()> {
        match self.cql_type() {
            CqlType::SmallInt => self.put::<i16>(Native::I16(v)),
            CqlType::Int => self.put::<i16>(Native::I32(v.into())),
            CqlType::BigInt | CqlType::Counter => self.put::<i16>(Native::I64(v.into())),
            CqlType::VarInt => self.varint_of::<i16>(&v.into()),
            _ => Err(self.wrong_type::<i16>()),
        }
    }

    /// `int`, `bigint`, `counter`, `varint`.
    pub fn i32(self, v: i32) -> Result<()> {
        match self.cql_type() {
            CqlType::Int => self.put::<i32>(Native::I32(v)),
            CqlType::BigInt | CqlType::Counter => self.put::<i32>(Native::I64(v.into())),
            CqlType::VarInt => self.varint_of::<i32>(&v.into()),
            _ => Err(self.wrong_type::<i32>()),
        }
    }

    /// `bigint`, `counter`, `varint`.
    pub fn i64(self, v: i64) -> Result<()> {
        match self.cql_type() {
            CqlType::BigInt | CqlType::Counter => self.put::<i64>(Native::I64(v)),
            CqlType::VarInt => self.varint_of::<i64>(&v.into()),
            _ => Err(self.wrong_type::<i64>()),
        }
    }

    /// `counter` only: how much to add.
    pub fn counter(self, v: i64) -> Result<()> {
        match self.cql_type() {
            CqlType::Counter => self.put::<super::Counter>(Native::I64(v)),
            _ => Err(self.wrong_type::<super::Counter>()),
        }
    }

    /// `float`, `double`.
    pub fn f32(self, v: f32) -> Result<()> {
        match self.cql_type() {
            CqlType::Float => self.put::<f32>(Native::F32(v)),
            CqlType::Double => self.put::<f32>(Native::F64(v.into())),
            _ => Err(self.wrong_type::<f32>()),
        }
    }

    /// `double`.
    pub fn f64(self, v: f64) -> Result<()> {
        match self.cql_type() {
            CqlType::Double => self.put::<f64>(Native::F64(v)),
            _ => Err(self.wrong_type::<f64>()),
        }
    }

    /// `text`, and `ascii` if every character is.
    pub fn str(self, v: &str) -> Result<()> {
        match self.cql_type() {
            CqlType::Text => self.put::<str>(Native::Text(v)),
            CqlType::Ascii if v.is_ascii() => self.put::<str>(Native::Text(v)),
            CqlType::Ascii => Err(unbindable::<str>(self.cql_type(), ValueProblem::NotAscii)),
            _ => Err(self.wrong_type::<str>()),
        }
    }

    /// `blob`, and custom types as the server encodes them, which nothing here checks.
    pub fn bytes(self, v: &[u8]) -> Result<()> {
        match self.cql_type() {
            CqlType::Blob | CqlType::Custom(_) => self.put::<[u8]>(Native::Bytes(v)),
            _ => Err(self.wrong_type::<[u8]>()),
        }
    }

    /// `uuid`, and `timeuuid` if it is of version 1.
    pub fn uuid(self, v: Uuid) -> Result<()> {
        match self.cql_type() {
            CqlType::TimeUuid if !is_time_based(&v) => {
                Err(unbindable::<Uuid>(self.cql_type(), ValueProblem::NotTimeUuid))
            }
            CqlType::Uuid | CqlType::TimeUuid => self.put::<Uuid>(Native::Uuid(*v.as_bytes())),
            _ => Err(self.wrong_type::<Uuid>()),
        }
    }

    /// `timestamp`.
    pub fn timestamp(self, v: Timestamp) -> Result<()> {
        match self.cql_type() {
            CqlType::Timestamp => self.put::<Timestamp>(Native::I64(v.as_millis())),
            _ => Err(self.wrong_type::<Timestamp>()),
        }
    }

    /// `inet`.
    pub fn inet(self, v: IpAddr) -> Result<()> {
        match self.cql_type() {
            CqlType::Inet => self.put::<IpAddr>(Native::Inet(v)),
            _ => Err(self.wrong_type::<IpAddr>()),
        }
    }

    /// `date`.
    pub fn date(self, v: Date) -> Result<()> {
        match self.cql_type() {
            CqlType::Date => self.put::<Date>(Native::U32(v.to_wire())),
            _ => Err(self.wrong_type::<Date>()),
        }
    }

    /// `time`.
    pub fn time(self, v: Time) -> Result<()> {
        match self.cql_type() {
            CqlType::Time => self.put::<Time>(Native::I64(v.as_nanos())),
            _ => Err(self.wrong_type::<Time>()),
        }
    }

    /// `duration`.
    pub fn duration(self, v: CqlDuration) -> Result<()> {
        match self.cql_type() {
            CqlType::Duration => self.put::<CqlDuration>(Native::Duration(v)),
            _ => Err(self.wrong_type::<CqlDuration>()),
        }
    }

    /// `varint`.
    pub fn varint(self, v: &VarInt) -> Result<()> {
        self.varint_of::<VarInt>(v)
    }

    fn varint_of<T>(self, v: &VarInt) -> Result<()> {
        match self.cql_type() {
            CqlType::VarInt => self.put::<T>(Native::Bytes(v.as_be_bytes())),
            _ => Err(self.wrong_type::<T>()),
        }
    }

    /// `decimal`.
    pub fn decimal(self, v: &Decimal) -> Result<()> {
        match self.cql_type() {
            CqlType::Decimal => {
                self.put::<Decimal>(Native::Decimal(v.unscaled().as_be_bytes(), v.scale()))
            }
            _ => Err(self.wrong_type::<Decimal>()),
        }
    }

    /// `list` and `set` in this order, and `vector` if the number of elements is its dimension.
    /// Elements cannot be NULL.
    pub fn list<I>(self, items: I) -> Result<()>
    where
        I: IntoIterator,
        I::Item: ToValue,
    {
        self.list_of::<[I::Item], I>(items)
    }

    /// `map`. Neither keys nor values can be NULL.
    pub fn map<K: ToValue, V: ToValue>(
        self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<()> {
        self.map_of::<[(K, V)], K, V>(pairs)
    }

    /// `tuple` with exactly these elements.
    pub fn tuple(self, items: &[&dyn ToValue]) -> Result<()> {
        self.tuple_of::<[&dyn ToValue]>(items)
    }

    /// A UDT: fields by name, in any order; those of the type that are left out are NULL.
    pub fn udt(self, fields: &[(&str, &dyn ToValue)]) -> Result<()> {
        self.udt_of::<[(&str, &dyn ToValue)]>(fields)
    }

    /// NULL, of any type but inside of a list, set, map or vector. On a write it deletes the column
    /// and leaves a tombstone.
    pub fn null(self) -> Result<()> {
        match &self.to {
            To::Inside(place) if place.takes != Takes::Null => {
                Err(unbindable::<super::Null>(self.cql_type(), ValueProblem::NullInside))
            }
            _ => self.put::<super::Null>(Native::Null),
        }
    }

    /// An empty value, of zero bytes, which Cassandra keeps apart from NULL and allows for most
    /// scalar types. It can be bound to text, blob and custom types and to a varint marker, and
    /// inside of others to any scalar type that has it. It cannot be bound to other markers and to
    /// the fields of a UDT that has a marker of its own, for which the C driver has no call; nor to
    /// the elements of such a list, which Cassandra 5.0 would take for NULL, and of a vector.
    pub fn empty(self) -> Result<()> {
        match (self.cql_type(), &self.to) {
            (
                CqlType::List(_)
                | CqlType::Set(_)
                | CqlType::Map(..)
                | CqlType::Udt { .. }
                | CqlType::Tuple(_)
                | CqlType::Vector(..)
                | CqlType::Counter
                | CqlType::Duration
                | CqlType::TinyInt
                | CqlType::SmallInt
                | CqlType::Date
                | CqlType::Time,
                _,
            ) => Err(self.wrong_type::<super::Empty>()),
            (CqlType::Text | CqlType::Ascii, _) => self.put::<super::Empty>(Native::Text("")),
            (CqlType::Blob | CqlType::Custom(_) | CqlType::Unknown(_), _)
            | (CqlType::VarInt, To::Marker(..)) => self.put::<super::Empty>(Native::Bytes(&[])),
            (_, To::Inside(place)) if place.takes >= Takes::Empty => {
                self.put::<super::Empty>(Native::Bytes(&[]))
            }
            _ => Err(unbindable::<super::Empty>(self.cql_type(), ValueProblem::EmptyMarker)),
        }
    }

    /// No value: a write leaves the column as it is. It needs protocol version 4, which is the
    /// default; with version 3 the statement fails when it is executed. Inside of a collection,
    /// tuple or UDT it is an error.
    pub fn unset(self) -> Result<()> {
        // C leaves out what was not bound; whoever holds the place finds it empty.
        Ok(())
    }

    pub(super) fn put<T: ?Sized>(self, value: Native<'_>) -> Result<()> {
        let cql_type = self.cql_type;
        let length = value.length();
        if i32::try_from(length).is_err() {
            return Err(unbindable::<T>(cql_type, ValueProblem::TooLong));
        }
        match self.to {
            To::Marker(target, index, room) => {
                match room.checked_sub(length) {
                    Some(left) => *room = left,
                    None => return Err(unbindable::<T>(cql_type, ValueProblem::TooLong)),
                }
                let put = target.put(index, cql_type, value);
                put.map_err(|refusal| refused::<T>(cql_type, refusal))
            }
            To::Inside(place) => {
                value.write(place.out);
                Ok(())
            }
        }
    }
}

#[cold]
fn refused<T: ?Sized>(cql_type: &CqlType, refusal: Refusal) -> Error {
    unbindable::<T>(
        cql_type,
        match refusal {
            Refusal::Code(code) => ValueProblem::Driver(code),
            Refusal::Empty => ValueProblem::EmptyMarker,
            Refusal::Lacks(lacking) => ValueProblem::Unsupported { function: lacking.function },
        },
    )
}

impl Debug for ValueBinder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            To::Marker(_, index, _) => write!(f, "ValueBinder({index}: {})", self.cql_type),
            To::Inside(_) => write!(f, "ValueBinder({})", self.cql_type),
        }
    }
}
