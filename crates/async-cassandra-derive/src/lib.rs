//! The derives of `async-cassandra`, which re-exports them and documents what they take.
//!
//! Each reads the declaration once (`input`), and writes one or two impls that call functions of
//! `async_cassandra::cql::derive`; all work that can be done in a function is done there.

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod attributes;
mod columns;
mod from_row;
mod from_value;
mod input;
mod rename;
mod to_row;
mod to_value;

/// Reads a struct from a row: see `async_cassandra::cql`.
#[proc_macro_derive(FromRow, attributes(cassandra))]
pub fn from_row(input: TokenStream) -> TokenStream {
    expand(parse_macro_input!(input), from_row::expand)
}

/// Binds a struct to the markers of a statement: see `async_cassandra::cql`.
#[proc_macro_derive(ToRow, attributes(cassandra))]
pub fn to_row(input: TokenStream) -> TokenStream {
    expand(parse_macro_input!(input), to_row::expand)
}

/// Reads a UDT, a newtype, a tuple or an enum from a value: see `async_cassandra::cql`.
#[proc_macro_derive(FromValue, attributes(cassandra))]
pub fn from_value(input: TokenStream) -> TokenStream {
    expand(parse_macro_input!(input), from_value::expand)
}

/// Binds a UDT, a newtype, a tuple or an enum as a value: see `async_cassandra::cql`.
#[proc_macro_derive(ToValue, attributes(cassandra))]
pub fn to_value(input: TokenStream) -> TokenStream {
    expand(parse_macro_input!(input), to_value::expand)
}

fn expand(
    input: DeriveInput,
    with: fn(&DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    with(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
