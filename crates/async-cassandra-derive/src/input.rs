//! The declaration that a derive stands on.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Data, DeriveInput, Error, Fields, GenericParam, Generics, Ident, Lifetime, LifetimeParam,
    Member, Path, Result, Type, parse_quote,
};

use crate::attributes::{OfField, OfType};

/// A struct.
pub struct Struct<'i> {
    pub input: &'i DeriveInput,
    pub attributes: OfType,
    pub fields: Vec<Field<'i>>,
    pub shape: Shape,
}

/// How the fields of a struct are written.
#[derive(Clone, Copy, PartialEq)]
pub enum Shape {
    Named,
    /// `struct Id(i64)`.
    Newtype,
    /// `struct Point(f64, f64)`.
    Tuple,
}

/// A field of a struct.
pub struct Field<'i> {
    pub member: Member,
    pub ty: &'i Type,
    /// In CQL.
    pub name: String,
    pub attributes: OfField,
}

/// The crate's name for the lifetime of a page: none that a program is likely to have.
pub fn page() -> Lifetime {
    Lifetime::new("'__r", Span::call_site())
}

impl<'i> Struct<'i> {
    pub fn of(input: &'i DeriveInput, derive: &str) -> Result<Self> {
        let attributes = OfType::parse(&input.attrs)?;
        let Data::Struct(data) = &input.data else {
            let message = format!("`{derive}` needs a struct");
            return Err(Error::new_spanned(&input.ident, message));
        };
        if let Some(repr) = &attributes.repr {
            return Err(Error::new_spanned(repr, "`repr` is for enums"));
        }
        let shape = match &data.fields {
            Fields::Named(_) => Shape::Named,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Shape::Newtype,
            Fields::Unnamed(_) => Shape::Tuple,
            Fields::Unit => {
                let message = format!("`{derive}` needs a struct with fields");
                return Err(Error::new_spanned(&input.ident, message));
            }
        };
        let members = data.fields.members();
        let fields = data.fields.iter().zip(members).map(|(field, member)| {
            let own = OfField::parse(&field.attrs)?;
            let name = match (&own.rename, &member, attributes.rename_all) {
                (Some(name), ..) => name.value(),
                (None, Member::Named(ident), Some(case)) => case.apply(&ident.unraw().to_string()),
                (None, Member::Named(ident), None) => ident.unraw().to_string(),
                (None, Member::Unnamed(index), _) => index.index.to_string(),
            };
            Ok(Field { member, ty: &field.ty, name, attributes: own })
        });
        let fields: Vec<_> = fields.collect::<Result<_>>()?;
        let this = Self { input, attributes, fields, shape };
        this.check()?;
        Ok(this)
    }

    fn check(&self) -> Result<()> {
        let mut seen = HashSet::new();
        for field in self.read_fields().filter(|field| !field.attributes.flatten) {
            if !seen.insert(&field.name) {
                let message = format!("two fields have the name `{}` in CQL", field.name);
                return Err(Error::new_spanned(&field.member, message));
            }
        }
        Ok(())
    }

    /// Those that have something to do with the database.
    pub fn read_fields(&self) -> impl Iterator<Item = &Field<'i>> {
        self.fields.iter().filter(|field| !field.attributes.skip)
    }

    /// Whether fields go by their place.
    pub fn is_ordered(&self) -> bool {
        self.attributes.by_order || self.shape != Shape::Named
    }

    pub fn cql(&self) -> TokenStream {
        cql(self.attributes.krate.as_ref())
    }

    /// The struct's own type parameters that a field's type names.
    fn uses_parameter(&self, ty: &Type) -> bool {
        self.input.generics.type_params().any(|parameter| names(ty, &parameter.ident))
    }

    /// Generics with a bound for each type parameter of a field that is read or bound as a value,
    /// and for the type of each that is flattened and has one.
    pub fn bounded(&self, value: &TokenStream, flat: &TokenStream) -> Generics {
        let mut generics = self.input.generics.clone();
        let parameters: Vec<_> =
            self.input.generics.type_params().map(|parameter| parameter.ident.clone()).collect();
        let bounds = generics.make_where_clause();
        for parameter in parameters {
            let is_value = |field: &&Field<'_>| {
                !field.attributes.flatten
                    && field.attributes.with.is_none()
                    && names(field.ty, &parameter)
            };
            if self.read_fields().any(|field| is_value(&field)) {
                bounds.predicates.push(parse_quote!(#parameter: #value));
            }
        }
        for field in self.read_fields().filter(|field| field.attributes.flatten) {
            let ty = field.ty;
            if self.uses_parameter(ty) {
                bounds.predicates.push(parse_quote!(#ty: #flat));
            }
        }
        generics
    }

    /// Whether there is a flattened type that only a type parameter names.
    pub fn flattens_parameter(&self) -> bool {
        self.read_fields().any(|field| field.attributes.flatten && self.uses_parameter(field.ty))
    }

    /// The struct's value, each of its fields in the variable of [`Field::variable`].
    pub fn build(&self) -> TokenStream {
        let members = self.fields.iter().map(|field| &field.member);
        let variables = self.fields.iter().map(Field::variable);
        quote!(Self { #(#members: #variables),* })
    }
}

impl Field<'_> {
    pub fn variable(&self) -> Ident {
        match &self.member {
            Member::Named(ident) => format_ident!("__{}", ident.unraw()),
            Member::Unnamed(index) => format_ident!("__{}", index.index),
        }
    }

    /// The function that checks the field's type.
    pub fn check(&self, cql: &TokenStream) -> TokenStream {
        let ty = self.ty;
        match &self.attributes.with {
            Some(with) => quote!(#with::check),
            None => quote_spanned_type(ty, quote!(<#ty as #cql::FromValue<'__r>>::check)),
        }
    }

    /// The function that reads the field.
    pub fn read(&self, cql: &TokenStream) -> TokenStream {
        let ty = self.ty;
        match &self.attributes.with {
            Some(with) => quote!(#with::from_value),
            None => quote_spanned_type(ty, quote!(<#ty as #cql::FromValue<'__r>>::from_value)),
        }
    }

    /// The value that is bound, by reference.
    pub fn value(&self, cql: &TokenStream) -> TokenStream {
        let member = &self.member;
        match &self.attributes.with {
            // A closure, so that a function that takes `&str` does for a `String`.
            Some(with) => {
                quote!(&#cql::derive::With(&self.#member, |value, to| #with::bind(value, to)))
            }
            None => quote_spanned_type(self.ty, quote!(&self.#member)),
        }
    }

    pub fn default(&self) -> Option<TokenStream> {
        match self.attributes.default.as_ref()? {
            crate::attributes::Default::Own => Some(quote!(::core::default::Default::default)),
            crate::attributes::Default::Of(function) => Some(quote!(#function)),
        }
    }
}

/// Errors point at the field's type.
fn quote_spanned_type(ty: &Type, tokens: TokenStream) -> TokenStream {
    let span = ty.span();
    tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(span.resolved_at(token.span()));
            token
        })
        .collect()
}

/// Where the items of the crate are.
pub fn cql(krate: Option<&Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::cql),
        None => quote!(::async_cassandra::cql),
    }
}

/// Adds the lifetime of the page, which outlives the type's own.
pub fn with_page(mut generics: Generics) -> Generics {
    let mut page = LifetimeParam::new(page());
    page.bounds = generics.lifetimes().map(|lifetime| lifetime.lifetime.clone()).collect();
    generics.params.insert(0, GenericParam::Lifetime(page));
    generics
}

/// Whether the type names this parameter.
fn names(ty: &Type, parameter: &Ident) -> bool {
    fn within(tokens: TokenStream, parameter: &Ident) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == *parameter,
            TokenTree::Group(group) => within(group.stream(), parameter),
            _ => false,
        })
    }
    within(ty.to_token_stream(), parameter)
}
