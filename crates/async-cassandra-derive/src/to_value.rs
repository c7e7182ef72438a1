//! `ToValue`: the inverse of `FromValue`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, Ident, Result};

use crate::attributes::{OfField, OfType};
use crate::from_value::{refuse_attributes, refuse_row_attributes};
use crate::input::{Shape, Struct, cql};

/// An enum without fields.
pub struct Enum<'i> {
    pub cql: TokenStream,
    pub repr: Option<Ident>,
    /// Each variant with its name in CQL.
    pub variants: Vec<(&'i Ident, String)>,
}

impl<'i> Enum<'i> {
    pub fn of(input: &'i DeriveInput, derive: &str) -> Result<Self> {
        let attributes = OfType::parse(&input.attrs)?;
        let Data::Enum(data) = &input.data else {
            return Err(Error::new_spanned(&input.ident, "an enum was expected"));
        };
        if data.variants.is_empty() {
            return Err(Error::new_spanned(&input.ident, "an enum without variants has no values"));
        }
        if attributes.by_order {
            return Err(Error::new_spanned(&input.ident, "`by_order` is for structs"));
        }
        let variants = data.variants.iter().map(|variant| {
            if !matches!(variant.fields, Fields::Unit) {
                let message = format!("`{derive}` needs variants without fields");
                return Err(Error::new_spanned(variant, message));
            }
            let own = OfField::parse(&variant.attrs)?;
            if own.default.is_some() || own.skip || own.flatten || own.with.is_some() {
                return Err(Error::new_spanned(variant, "a variant takes `rename` only"));
            }
            let ident = variant.ident.unraw().to_string();
            let name = match (own.rename, attributes.rename_all) {
                (Some(name), _) => name.value(),
                (None, Some(case)) => case.apply(&ident),
                (None, None) => ident,
            };
            Ok((&variant.ident, name))
        });
        let variants: Vec<_> = variants.collect::<Result<_>>()?;
        for (at, (variant, name)) in variants.iter().enumerate() {
            if variants[..at].iter().any(|(_, other)| other == name) {
                let message = format!("two variants have the name `{name}` in CQL");
                return Err(Error::new_spanned(variant, message));
            }
        }
        Ok(Self { cql: cql(attributes.krate.as_ref()), repr: attributes.repr, variants })
    }

    /// Stops the build where `as` would cut a discriminant.
    pub fn assertions(&self, ident: &Ident) -> TokenStream {
        let Some(repr) = &self.repr else { return TokenStream::new() };
        let assertions = self.variants.iter().map(|(variant, _)| {
            let message = format!("the discriminant of `{ident}::{variant}` does not fit {repr}");
            quote_spanned! {variant.span()=>
                const _: () = ::core::assert!(
                    #ident::#variant as #repr as i128 == #ident::#variant as i128,
                    #message
                );
            }
        });
        assertions.collect()
    }
}

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    if let Data::Enum(_) = input.data {
        return of_enum(input);
    }
    let of = Struct::of(input, "ToValue")?;
    refuse_row_attributes(&of)?;
    let (cql, ident) = (of.cql(), &input.ident);
    let bind = match of.shape {
        Shape::Named => {
            let fields = of.read_fields().map(|field| {
                let (name, value) = (&field.name, field.value(&cql));
                quote!((#name, #value as &dyn #cql::ToValue))
            });
            quote!(#cql::derive::bind_udt::<Self>(to, &[#(#fields),*]))
        }
        Shape::Newtype => {
            let value = of.fields[0].value(&cql);
            quote!(#cql::ToValue::bind(#value, to))
        }
        Shape::Tuple => {
            refuse_attributes(&of)?;
            let members = of.fields.iter().map(|field| &field.member);
            quote!(#cql::ToValue::bind(&(#(&self.#members,)*), to))
        }
    };
    let bound = quote!(#cql::ToValue);
    let mut bounded = of.bounded(&bound, &bound);
    if input.generics.type_params().next().is_some() {
        let sent: syn::WherePredicate =
            syn::parse_quote!(Self: ::core::marker::Send + ::core::marker::Sync);
        bounded.make_where_clause().predicates.push(sent);
    }
    let (_, type_generics, _) = input.generics.split_for_impl();
    let (impl_generics, _, bounds) = bounded.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #cql::ToValue for #ident #type_generics #bounds {
            fn bind(&self, to: #cql::ValueBinder<'_>) -> #cql::derive::Result<()> {
                #bind
            }
        }
    })
}

fn of_enum(input: &DeriveInput) -> Result<TokenStream> {
    let of = Enum::of(input, "ToValue")?;
    let (cql, ident) = (&of.cql, &input.ident);
    let arms = of.variants.iter().map(|(variant, name)| match &of.repr {
        Some(repr) => quote!(Self::#variant => to.#repr(Self::#variant as #repr),),
        None => quote!(Self::#variant => to.str(#name),),
    });
    let assertions = of.assertions(ident);
    Ok(quote! {
        #assertions

        #[automatically_derived]
        impl #cql::ToValue for #ident {
            fn bind(&self, to: #cql::ValueBinder<'_>) -> #cql::derive::Result<()> {
                match self {
                    #(#arms)*
                }
            }
        }
    })
}
