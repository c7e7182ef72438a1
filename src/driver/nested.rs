//! Collections, tuples and user-defined types of a statement that is being bound.
//!
//! They come here as the protocol has them inside of others, checked and encoded by `cql`, and are
//! taken apart once. C takes the elements of a collection and of a tuple as bytes when the object
//! has no types, so those cost one call an element, whatever is inside. A user-defined type
//! always has its types in C: each of its fields goes through the call of its own type.
//!
//! C copies everything before a call returns; a statement holds a reference of its own to what is
//! bound to it, so the objects here are freed at once.

use std::net::IpAddr;
use std::ptr::NonNull;

use super::plug::{self, Unsupported};
use super::prepared::Prepared;
use super::statement::{Statement, inet_to_c};
use super::{sys, uuid};
use crate::cql::{CqlDuration, CqlType};

const LIST: u32 = 0x20;
const MAP: u32 = 0x21;
const SET: u32 = 0x22;

/// C's code for a value that it does not take for this type.
const INVALID_VALUE_TYPE: sys::Code = 0x0100_000D;

/// Why a value was not bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Refusal {
    /// C's own code.
    Code(sys::Code),
    /// The loaded driver has no call for it.
    Lacks(Unsupported),
    /// The value is empty, and C has no call for that.
    Empty,
}

impl From<Unsupported> for Refusal {
    fn from(lacking: Unsupported) -> Self {
        Self::Lacks(lacking)
    }
}

/// What a bind returned.
pub(super) fn check(code: sys::Code) -> Result<(), Refusal> {
    if code == sys::OK { Ok(()) } else { Err(Refusal::Code(code)) }
}

/// A statement that is being bound, and what it was prepared from, which knows its types.
pub(crate) struct Binding<'b> {
    pub(crate) statement: &'b mut Statement,
    pub(crate) prepared: &'b Prepared,
}

impl Binding<'_> {
    /// A list, set, map, tuple or UDT of type `t`, as the protocol has it inside of others.
    pub(crate) fn bind_nested(
        &mut self,
        index: usize,
        t: &CqlType,
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        let statement = self.statement.as_ptr();
        match t {
            CqlType::List(_) | CqlType::Set(_) | CqlType::Map(..) => {
                let bind = plug::optional!(sys::cass_statement_bind_collection)?;
                let collection = Collection::new(t, bytes)?;
                // SAFETY: `&mut` on the owner of a live statement; C takes a reference of its own.
                check(unsafe { bind(statement, index, collection.0.as_ptr()) })
            }
            CqlType::Tuple(_) => {
                let bind = plug::optional!(sys::cass_statement_bind_tuple)?;
                let tuple = Tuple::new(bytes)?;
                // SAFETY: as above; C copies the tuple.
                check(unsafe { bind(statement, index, tuple.0.as_ptr()) })
            }
            CqlType::Udt { fields, .. } => {
                let bind = plug::optional!(sys::cass_statement_bind_user_type)?;
                // SAFETY: the type lives as long as the prepared statement, which is borrowed here.
                let udt = unsafe { UserType::new(self.prepared.data_type(index), fields, bytes)? };
                // SAFETY: as above; C copies the value.
                check(unsafe { bind(statement, index, udt.0.as_ptr()) })
            }
            _ => Err(Refusal::Code(INVALID_VALUE_TYPE)),
        }
    }
}

/// Takes a length of four bytes and so many bytes from the front; `None` inside is NULL. What is
/// cut off counts as an invalid value: nothing that `cql` makes is.
fn take<'v>(rest: &mut &'v [u8]) -> Result<Option<&'v [u8]>, Refusal> {
    let damaged = Refusal::Code(INVALID_VALUE_TYPE);
    let (length, after) = rest.split_first_chunk::<4>().ok_or(damaged)?;
    let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
        *rest = after;
        return Ok(None);
    };
    let (value, after) = after.split_at_checked(length).ok_or(damaged)?;
    *rest = after;
    Ok(Some(value))
}

/// An owned `CassCollection` without types.
struct Collection(NonNull<sys::CassCollection>);

impl Drop for Collection {
    fn drop(&mut self) {
        // SAFETY: our reference, given up here.
        unsafe { sys::cass_collection_free(self.0.as_ptr()) }
    }
}

impl Collection {
    fn new(t: &CqlType, bytes: &[u8]) -> Result<Self, Refusal> {
        let new = plug::optional!(sys::cass_collection_new)?;
        let append = plug::optional!(sys::cass_collection_append_bytes)?;
        plug::optional!(sys::cass_collection_free)?;
        let (count, mut rest) =
            bytes.split_first_chunk::<4>().ok_or(Refusal::Code(INVALID_VALUE_TYPE))?;
        let kind = match t {
            CqlType::List(_) => LIST,
            CqlType::Set(_) => SET,
            _ => MAP,
        };
        // SAFETY: the kind is one that C knows; the count only sizes its first allocation.
        let raw = unsafe { new(kind, u32::from_be_bytes(*count).min(1 << 16) as usize) };
        let collection = Self(NonNull::new(raw).expect("the C driver could not allocate"));
        while !rest.is_empty() {
            let element = take(&mut rest)?.ok_or(Refusal::Code(INVALID_VALUE_TYPE))?;
            // SAFETY: ours; C copies `len` bytes before it returns.
            check(unsafe { append(collection.0.as_ptr(), element.as_ptr(), element.len()) })?;
        }
        Ok(collection)
    }
}

/// An owned `CassTuple` without types.
struct Tuple(NonNull<sys::CassTuple>);

impl Drop for Tuple {
    fn drop(&mut self) {
        // SAFETY: ours, given up here.
        unsafe { sys::cass_tuple_free(self.0.as_ptr()) }
    }
}

impl Tuple {
    fn new(bytes: &[u8]) -> Result<Self, Refusal> {
        let set_null = plug::optional!(sys::cass_tuple_set_null)?;
        let set_bytes = plug::optional!(sys::cass_tuple_set_bytes)?;
        plug::optional!(sys::cass_tuple_new)?;
        plug::optional!(sys::cass_tuple_free)?;
        let mut elements = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            elements.push(take(&mut rest)?);
        }
        // SAFETY: makes an object with so many places.
        let raw = unsafe { sys::cass_tuple_new(elements.len()) };
        let tuple = Self(NonNull::new(raw).expect("the C driver could not allocate"));
        for (index, element) in elements.into_iter().enumerate() {
            // SAFETY: ours. C writes beyond its places for an index that equals their number; this
            // one is below it, since the tuple was made for all elements. Bytes are copied.
            check(unsafe {
                match element {
                    Some(v) => set_bytes(tuple.0.as_ptr(), index, v.as_ptr(), v.len()),
                    None => set_null(tuple.0.as_ptr(), index),
                }
            })?;
        }
        Ok(tuple)
    }
}

/// An owned `CassUserType`.
struct UserType(NonNull<sys::CassUserType>);

impl Drop for UserType {
    fn drop(&mut self) {
        // SAFETY: ours, given up here.
        unsafe { sys::cass_user_type_free(self.0.as_ptr()) }
    }
}

impl UserType {
    /// # Safety
    /// `raw` is live, and the type that `fields` was read from.
    unsafe fn new(
        raw: *const sys::CassDataType,
        fields: &[(String, CqlType)],
        bytes: &[u8],
    ) -> Result<Self, Refusal> {
        let new = plug::optional!(sys::cass_user_type_new_from_data_type)?;
        plug::optional!(sys::cass_user_type_free)?;
        // SAFETY: live, says the caller; the object takes a reference of its own to it.
        let udt = NonNull::new(unsafe { new(raw) }).ok_or(Refusal::Code(INVALID_VALUE_TYPE))?;
        let udt = Self(udt);
        let mut rest = bytes;
        for (index, (_, t)) in fields.iter().enumerate() {
            // SAFETY: the fields are those of the type, in its order.
            unsafe { udt.set(index, t, take(&mut rest)?, raw)? };
        }
        Ok(udt)
    }

    /// # Safety
    /// `raw` is live, and the type of this value; `t` is the type of its field `index`.
    unsafe fn set(
        &self,
        index: usize,
        t: &CqlType,
        value: Option<&[u8]>,
        raw: *const sys::CassDataType,
    ) -> Result<(), Refusal> {
        let udt = self.0.as_ptr();
        let Some(v) = value else {
            let set = plug::optional!(sys::cass_user_type_set_null)?;
            // SAFETY: ours; C checks the index.
            return check(unsafe { set(udt, index) });
        };
        /// The number in all of the bytes.
        macro_rules! number {
            ($T:ty) => {
                <$T>::from_be_bytes(fixed(v)?)
            };
        }
        /// Sets the field through the typed call.
        macro_rules! set {
            ($function:path, $($v:expr),+) => {{
                let set = plug::optional!($function)?;
                // SAFETY: ours; C checks index and type, and copies what it is given.
                check(unsafe { set(udt, index, $($v),+) })
            }};
        }
        match t {
            CqlType::Text | CqlType::Ascii => {
                set!(sys::cass_user_type_set_string_n, v.as_ptr().cast(), v.len())
            }
            CqlType::Blob
            | CqlType::VarInt
            | CqlType::Custom(_)
            | CqlType::Vector(..)
            | CqlType::Unknown(_) => set!(sys::cass_user_type_set_bytes, v.as_ptr(), v.len()),
            CqlType::List(_) | CqlType::Set(_) | CqlType::Map(..) => {
                let v = Collection::new(t, v)?;
                set!(sys::cass_user_type_set_collection, v.0.as_ptr())
            }
            CqlType::Tuple(_) => {
                let v = Tuple::new(v)?;
                set!(sys::cass_user_type_set_tuple, v.0.as_ptr())
            }
            CqlType::Udt { fields, .. } => {
                // SAFETY: the type of a field lives as long as the whole, which lives, says the
                // caller.
                let v = unsafe {
                    UserType::new(sys::cass_data_type_sub_data_type(raw, index), fields, v)?
                };
                set!(sys::cass_user_type_set_user_type, v.0.as_ptr())
            }
            CqlType::Boolean => set!(sys::cass_user_type_set_bool, u32::from(number!(u8))),
            CqlType::TinyInt => set!(sys::cass_user_type_set_int8, number!(i8)),
            CqlType::SmallInt => set!(sys::cass_user_type_set_int16, number!(i16)),
            CqlType::Int => set!(sys::cass_user_type_set_int32, number!(i32)),
            CqlType::BigInt | CqlType::Counter | CqlType::Timestamp | CqlType::Time => {
                set!(sys::cass_user_type_set_int64, number!(i64))
            }
            CqlType::Date => set!(sys::cass_user_type_set_uint32, number!(u32)),
            CqlType::Float => set!(sys::cass_user_type_set_float, number!(f32)),
            CqlType::Double => set!(sys::cass_user_type_set_double, number!(f64)),
            CqlType::Uuid | CqlType::TimeUuid => {
                set!(sys::cass_user_type_set_uuid, uuid::to_c(fixed(v)?))
            }
            CqlType::Inet => {
                let address = match <[u8; 4]>::try_from(v) {
                    Ok(four) => IpAddr::from(four),
                    Err(_) => IpAddr::from(fixed::<16>(v)?),
                };
                set!(sys::cass_user_type_set_inet, inet_to_c(address))
            }
            CqlType::Decimal => {
                if v.is_empty() {
                    return Err(Refusal::Empty);
                }
                let (scale, v) =
                    v.split_first_chunk::<4>().ok_or(Refusal::Code(INVALID_VALUE_TYPE))?;
                let scale = i32::from_be_bytes(*scale);
                set!(sys::cass_user_type_set_decimal, v.as_ptr(), v.len(), scale)
            }
            CqlType::Duration => {
                let v = CqlDuration::read(v).ok_or(Refusal::Code(INVALID_VALUE_TYPE))?;
                set!(sys::cass_user_type_set_duration, v.months(), v.days(), v.nanos())
            }
        }
    }
}

/// Exactly so many bytes.
fn fixed<const N: usize>(v: &[u8]) -> Result<[u8; N], Refusal> {
    v.try_into().map_err(|_| match v {
        [] => Refusal::Empty,
        _ => Refusal::Code(INVALID_VALUE_TYPE),
    })
}
