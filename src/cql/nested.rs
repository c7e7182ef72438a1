//! Values that are made of others, on their way out.
//!
//! They are encoded into one buffer, whatever their depth: each value is its length in four bytes
//! and its bytes, as the protocol has it. A marker's own value is then taken apart once more, into
//! the calls that C has for it.

use std::fmt;

use super::target::Native;
use super::value_binder::To;
use super::value_error::{ValueError, ValueProblem, unbindable};
use super::{CqlType, ToValue, ValueBinder, vint};
use crate::error::{Error, Result};

/// A place inside of another value.
pub(super) struct Place<'b> {
    pub(super) out: &'b mut Vec<u8>,
    pub(super) takes: Takes,
}

/// What a place takes beside values; each takes what those before it do.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(super) enum Takes {
    Nothing,
    Empty,
    Null,
}

impl ValueBinder<'_> {
    /// A list, set or vector, for a value of the Rust type `T`.
    pub(super) fn list_of<T: ?Sized, I>(self, items: I) -> Result<()>
    where
        I: IntoIterator,
        I::Item: ToValue,
    {
        let whole = self.cql_type;
        // Cassandra 5.0 takes an empty number in such a list for NULL, and stumbles over it.
        let takes = match (whole, &self.to) {
            (CqlType::List(_), To::Marker(..)) => Takes::Nothing,
            _ => Takes::Empty,
        };
        match whole {
            CqlType::List(t) | CqlType::Set(t) => self.nested::<T>(|out| {
                let start = out.len();
                out.extend_from_slice(&[0; 4]);
                let mut count = 0;
                for (at, item) in items.into_iter().enumerate() {
                    element(out, t, &item, takes, format_args!("[{at}]"))?;
                    count += 1;
                }
                write_length::<T>(out, start, count, t)
            }),
            CqlType::Vector(t, dimension) => self.nested::<T>(|out| {
                let mut count = 0;
                for (at, item) in items.into_iter().enumerate() {
                    if at < *dimension {
                        vector_element(out, t, &item, at)?;
                    }
                    count += 1;
                }
                expect::<T>(whole, *dimension, count)
            }),
            _ => Err(self.wrong_type::<T>()),
        }
    }

    /// A map, for a value of the Rust type `T`.
    pub(super) fn map_of<T, K, V>(self, pairs: impl IntoIterator<Item = (K, V)>) -> Result<()>
    where
        T: ?Sized,
        K: ToValue,
        V: ToValue,
    {
        let CqlType::Map(key_type, value_type) = self.cql_type else {
            return Err(self.wrong_type::<T>());
        };
        self.nested::<T>(|out| {
            let start = out.len();
            out.extend_from_slice(&[0; 4]);
            let mut count = 0;
            for (at, (key, value)) in pairs.into_iter().enumerate() {
                element(out, key_type, &key, Takes::Empty, format_args!("[key {at}]"))?;
                element(out, value_type, &value, Takes::Empty, format_args!("[value {at}]"))?;
                count += 1;
            }
            write_length::<T>(out, start, count, key_type)
        })
    }

    /// A tuple, for a value of the Rust type `T`.
    pub(super) fn tuple_of<T: ?Sized>(self, items: &[&dyn ToValue]) -> Result<()> {
        let CqlType::Tuple(types) = self.cql_type else {
            return Err(self.wrong_type::<T>());
        };
        expect::<T>(self.cql_type, types.len(), items.len())?;
        self.nested::<T>(|out| {
            for (at, (t, item)) in types.iter().zip(items).enumerate() {
                element(out, t, *item, Takes::Null, format_args!(".{at}"))?;
            }
            Ok(())
        })
    }

    /// A UDT, for a value of the Rust type `T`.
    pub(super) fn udt_of<T: ?Sized>(self, fields: &[(&str, &dyn ToValue)]) -> Result<()> {
        let CqlType::Udt { fields: types, .. } = self.cql_type else {
            return Err(self.wrong_type::<T>());
        };
        for (at, (name, _)) in fields.iter().enumerate() {
            if !types.iter().any(|(field, _)| field == name) {
                let known = types.iter().map(|(field, _)| field.clone()).collect();
                return Err(in_field::<T>(
                    self.cql_type,
                    name,
                    ValueProblem::NoSuchField { known },
                ));
            }
            if fields[..at].iter().any(|(other, _)| other == name) {
                return Err(in_field::<T>(self.cql_type, name, ValueProblem::Duplicate));
            }
        }
        self.nested::<T>(|out| {
            for (at, (name, t)) in types.iter().enumerate() {
                // Mostly they stand in the same order.
                let same_place = fields.get(at).filter(|(field, _)| field == name);
                match same_place.or_else(|| fields.iter().find(|(field, _)| field == name)) {
                    Some((_, value)) => {
                        element(out, t, *value, Takes::Null, format_args!(".{name}"))?
                    }
                    None => Native::Null.write(out),
                }
            }
            Ok(())
        })
    }

    /// Gives what `write` appends, in one piece.
    fn nested<T: ?Sized>(self, write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
        match self.to {
            To::Inside(Place { out, .. }) => {
                let start = out.len();
                out.extend_from_slice(&[0; 4]);
                write(out)?;
                let length = out.len() - start - 4;
                write_length::<T>(out, start, length, self.cql_type)
            }
            To::Marker(..) => {
                let mut out = Vec::new();
                write(&mut out)?;
                if i32::try_from(out.len()).is_err() {
                    return Err(unbindable::<T>(self.cql_type, ValueProblem::TooLong));
                }
                let is_vector = matches!(self.cql_type, CqlType::Vector(..));
                self.put::<T>(if is_vector { Native::Bytes(&out) } else { Native::Nested(&out) })
            }
        }
    }
}

/// Appends one value with its length.
fn element<T: ToValue + ?Sized>(
    out: &mut Vec<u8>,
    t: &CqlType,
    value: &T,
    takes: Takes,
    step: fmt::Arguments<'_>,
) -> Result<()> {
    let start = out.len();
    let to = To::Inside(Place { out: &mut *out, takes });
    let bound = value.bind(ValueBinder { to, cql_type: t });
    let bound = bound.and_then(|()| match out.len() > start {
        true => Ok(()),
        false => Err(unbindable::<T>(t, ValueProblem::UnsetInside)),
    });
    bound.map_err(|error| inside(error, step))
}

/// Appends one value as vectors have them: without a length where all have the same.
fn vector_element<T: ToValue>(out: &mut Vec<u8>, t: &CqlType, value: &T, at: usize) -> Result<()> {
    let start = out.len();
    element(out, t, value, Takes::Nothing, format_args!("[{at}]"))?;
    let body = start + 4;
    let length = out.len() - body;
    match t.fixed_length() {
        Some(expected) if expected == length => {
            out.copy_within(body.., start);
            out.truncate(start + length);
            Ok(())
        }
        Some(expected) => {
            let problem = ValueProblem::BadLength { expected, got: length };
            Err(inside(unbindable::<T>(t, problem), format_args!("[{at}]")))
        }
        None => {
            let mut head = Vec::with_capacity(9);
            vint::write(&mut head, length as u64);
            out.splice(start..body, head);
            Ok(())
        }
    }
}

/// Writes a length or a count where room was left for it.
fn write_length<T: ?Sized>(out: &mut [u8], start: usize, length: usize, t: &CqlType) -> Result<()> {
    let length = i32::try_from(length).map_err(|_| unbindable::<T>(t, ValueProblem::TooLong))?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn expect<T: ?Sized>(t: &CqlType, expected: usize, got: usize) -> Result<()> {
    match expected == got {
        true => Ok(()),
        false => Err(unbindable::<T>(t, ValueProblem::Elements { expected, got })),
    }
}

/// Adds the way from the whole to its part.
#[cold]
pub(super) fn inside(error: Error, step: fmt::Arguments<'_>) -> Error {
    error.map_value(|value| value.set_inside(step))
}

#[cold]
fn in_field<T: ?Sized>(t: &CqlType, name: &str, problem: ValueProblem) -> Error {
    let mut error = ValueError::bind(problem).of_types::<T>(t);
    error.set_inside(format_args!(".{name}"));
    error.into_error()
}
