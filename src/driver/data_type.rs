//! From C's data types to [`CqlType`].

use std::ffi::c_char;

use super::sys;
use super::text::{self, lent};
use crate::cql::CqlType;

/// How deep a type is followed: a type nested deeper than any server allows is damage.
const MAX_DEPTH: usize = 64;

const CUSTOM: u32 = 0x0000;
const LIST: u32 = 0x0020;
const MAP: u32 = 0x0021;
const SET: u32 = 0x0022;
const UDT: u32 = 0x0030;
const TUPLE: u32 = 0x0031;

/// # Safety
/// `raw` is live or NULL.
pub(super) unsafe fn read(raw: *const sys::CassDataType) -> CqlType {
    // SAFETY: the contract is the caller's.
    unsafe { read_to(raw, MAX_DEPTH) }
}

/// # Safety
/// As [`read`].
unsafe fn read_to(raw: *const sys::CassDataType, depth: usize) -> CqlType {
    if raw.is_null() || depth == 0 {
        return CqlType::Unknown(u32::MAX);
    }
    // SAFETY: live, says the caller; parts live as long as the whole.
    unsafe {
        let code = sys::cass_data_type_type(raw);
        let sub = |index| read_to(sys::cass_data_type_sub_data_type(raw, index), depth - 1);
        match code {
            LIST => CqlType::List(Box::new(sub(0))),
            SET => CqlType::Set(Box::new(sub(0))),
            MAP => CqlType::Map(Box::new(sub(0)), Box::new(sub(1))),
            TUPLE => {
                CqlType::Tuple((0..sys::cass_data_type_sub_type_count(raw)).map(sub).collect())
            }
            UDT => CqlType::Udt {
                keyspace: owned(|s, l| sys::cass_data_type_keyspace(raw, s, l)),
                name: owned(|s, l| sys::cass_data_type_type_name(raw, s, l)),
                fields: (0..sys::cass_data_type_sub_type_count(raw))
                    .map(|i| {
                        (owned(|s, l| sys::cass_data_type_sub_type_name(raw, i, s, l)), sub(i))
                    })
                    .collect(),
            },
            CUSTOM => CqlType::of_class(&owned(|s, l| sys::cass_data_type_class_name(raw, s, l))),
            scalar => CqlType::scalar(scalar).unwrap_or(CqlType::Unknown(scalar)),
        }
    }
}

/// C's number for a type.
///
/// # Safety
/// `raw` is live or NULL.
pub(super) unsafe fn code(raw: *const sys::CassDataType) -> u32 {
    if raw.is_null() {
        return u32::MAX;
    }
    // SAFETY: live, says the caller.
    unsafe { sys::cass_data_type_type(raw) }
}

/// Whether it is `known`, which [`read`] made of a type with that [`code`].
///
/// # Safety
/// `raw` is live or NULL.
pub(super) unsafe fn is(known: &CqlType, known_code: u32, raw: *const sys::CassDataType) -> bool {
    // SAFETY: live or NULL, says the caller.
    let code = unsafe { code(raw) };
    let is_all = !matches!(code, CUSTOM | LIST | MAP | SET | TUPLE | UDT);
    // SAFETY: as above; a code that is no scalar is that of a type.
    code == known_code && (is_all || unsafe { is_part(known, raw) })
}

/// Whether it is `known`, as [`read`] would have it.
///
/// # Safety
/// `raw` is live or NULL.
unsafe fn is_part(known: &CqlType, raw: *const sys::CassDataType) -> bool {
    if raw.is_null() {
        return *known == CqlType::Unknown(u32::MAX);
    }
    // SAFETY: live, says the caller; parts live as long as the whole.
    unsafe {
        let sub = |index| sys::cass_data_type_sub_data_type(raw, index);
        let subs = || sys::cass_data_type_sub_type_count(raw);
        match (sys::cass_data_type_type(raw), known) {
            (LIST, CqlType::List(item)) | (SET, CqlType::Set(item)) => is_part(item, sub(0)),
            (MAP, CqlType::Map(key, value)) => is_part(key, sub(0)) && is_part(value, sub(1)),
            (TUPLE, CqlType::Tuple(items)) => {
                items.len() == subs()
                    && items.iter().enumerate().all(|(i, item)| is_part(item, sub(i)))
            }
            (UDT, CqlType::Udt { keyspace, name, fields }) => {
                fields.len() == subs()
                    && text::is(keyspace, |s, l| sys::cass_data_type_keyspace(raw, s, l))
                    && text::is(name, |s, l| sys::cass_data_type_type_name(raw, s, l))
                    && fields.iter().enumerate().all(|(i, (name, field))| {
                        text::is(name, |s, l| sys::cass_data_type_sub_type_name(raw, i, s, l))
                            && is_part(field, sub(i))
                    })
            }
            (LIST | SET | MAP | TUPLE | UDT, _) => false,
            (CUSTOM, known) => *known == read(raw),
            (scalar, known) => known.is_scalar(scalar),
        }
    }
}

/// # Safety
/// As [`lent`].
unsafe fn owned(get: impl FnOnce(*mut *const c_char, *mut usize) -> sys::Code) -> String {
    // SAFETY: the contract is the caller's. An unnamed part has an empty name.
    unsafe { lent(get) }.unwrap_or_default()
}
