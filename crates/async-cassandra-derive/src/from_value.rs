//! `FromValue`: structs with named fields are UDTs, with one unnamed field newtypes, with several
//! tuples; enums are text or integers.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Result};

use crate::input::{Shape, Struct, with_page};
use crate::to_value::Enum;

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    if let Data::Enum(_) = input.data {
        return of_enum(input);
    }
    let of = Struct::of(input, "FromValue")?;
    let cql = of.cql();
    refuse_row_attributes(&of)?;
    let (check, read) = match of.shape {
        Shape::Named => udt(&of),
        Shape::Newtype => newtype(&of),
        Shape::Tuple => tuple(&of)?,
    };
    let ident = &input.ident;
    let generics =
        with_page(of.bounded(&quote!(#cql::FromValue<'__r>), &quote!(#cql::FromValue<'__r>)));
    let (_, type_generics, _) = input.generics.split_for_impl();
    let (impl_generics, _, bounds) = generics.split_for_impl();
    let owned = match input.generics.lifetimes().next() {
        Some(_) => TokenStream::new(),
        None => {
            let bound = quote!(#cql::FromValueOwned);
            let bounded = of.bounded(&bound, &bound);
            let (impl_generics, type_generics, bounds) = bounded.split_for_impl();
            quote! {
                #[automatically_derived]
                impl #impl_generics #cql::FromValueOwned for #ident #type_generics #bounds {}
            }
        }
    };
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #cql::FromValue<'__r> for #ident #type_generics #bounds {
            fn check(t: &#cql::CqlType) -> #cql::derive::Result<()> {
                #check
            }

            #[inline]
            fn from_value(
                t: &#cql::CqlType,
                cell: ::core::option::Option<&'__r [u8]>,
            ) -> #cql::derive::Result<Self> {
                #read
            }
        }

        #owned
    })
}

/// A UDT's fields have no others spread among them.
pub fn refuse_row_attributes(of: &Struct<'_>) -> Result<()> {
    match of.fields.iter().find(|field| field.attributes.flatten) {
        Some(field) => {
            Err(Error::new_spanned(&field.member, "`flatten` is for rows; a UDT keeps its fields"))
        }
        None if of.attributes.by_order && of.shape == Shape::Named => Err(Error::new_spanned(
            &of.input.ident,
            "`by_order` is for rows; the fields of a UDT go by name",
        )),
        None => Ok(()),
    }
}

fn udt(of: &Struct<'_>) -> (TokenStream, TokenStream) {
    let cql = of.cql();
    let (mut names, mut checks, mut reads) = (Vec::new(), Vec::new(), Vec::new());
    for field in &of.fields {
        let (variable, ty, name) = (field.variable(), field.ty, &field.name);
        if field.attributes.skip {
            reads.push(quote!(let #variable = ::core::default::Default::default();));
            continue;
        }
        let (check, read, at) = (field.check(&cql), field.read(&cql), names.len());
        let optional = field.default().is_some();
        checks.push(quote!(types.named::<Self>(#name, #optional, #check)?;));
        let read = match field.default() {
            Some(default) => quote!(udt.read_or(#at, #read, #default)?),
            None => quote!(udt.read::<Self, _>(#at, #read)?),
        };
        reads.push(quote!(let #variable: #ty = #read;));
        names.push(name);
    }
    let build = of.build();
    let check = quote! {
        let types = #cql::derive::UdtTypes::of::<Self>(t)?;
        #(#checks)*
        ::core::result::Result::Ok(())
    };
    let read = quote! {
        let udt = #cql::derive::Udt::new::<Self>(t, cell, [#(#names),*])?;
        #(#reads)*
        ::core::result::Result::Ok(#build)
    };
    (check, read)
}

fn newtype(of: &Struct<'_>) -> (TokenStream, TokenStream) {
    let (cql, field) = (of.cql(), &of.fields[0]);
    let (check, read) = (field.check(&cql), field.read(&cql));
    (quote!(#check(t)), quote!(#read(t, cell).map(Self)))
}

fn tuple(of: &Struct<'_>) -> Result<(TokenStream, TokenStream)> {
    refuse_attributes(of)?;
    let cql = of.cql();
    let types = of.fields.iter().map(|field| field.ty);
    let tuple = quote!(<(#(#types,)*) as #cql::FromValue<'__r>>);
    let variables: Vec<_> = of.fields.iter().map(|field| field.variable()).collect();
    let build = of.build();
    let read = quote! {
        let (#(#variables,)*) = #tuple::from_value(t, cell)?;
        ::core::result::Result::Ok(#build)
    };
    Ok((quote!(#tuple::check(t)), read))
}

/// A tuple's elements are all there, each as its own type.
pub fn refuse_attributes(of: &Struct<'_>) -> Result<()> {
    let has_one = |field: &&crate::input::Field<'_>| {
        let own = &field.attributes;
        own.rename.is_some() || own.default.is_some() || own.skip || own.with.is_some()
    };
    match of.fields.iter().find(has_one) {
        Some(field) => {
            Err(Error::new_spanned(field.ty, "the elements of a tuple take no attributes"))
        }
        None => Ok(()),
    }
}

fn of_enum(input: &DeriveInput) -> Result<TokenStream> {
    let of = Enum::of(input, "FromValue")?;
    let (cql, ident) = (&of.cql, &input.ident);
    let known: Vec<_> = of.variants.iter().map(|(_, name)| format!("`{name}`")).collect();
    let (check, read) = match &of.repr {
        Some(repr) => {
            let variants = of.variants.iter().map(|(variant, _)| variant);
            let known = format!("the discriminants of {ident}");
            let read = quote! {
                let value = <#repr as #cql::FromValue<'__r>>::from_value(t, cell)?;
                #(if value == Self::#variants as #repr {
                    return ::core::result::Result::Ok(Self::#variants);
                })*
                ::core::result::Result::Err(#cql::derive::no_variant::<Self>(t, #known))
            };
            (quote!(<#repr as #cql::FromValue<'__r>>::check(t)), read)
        }
        None => {
            let known = known.join(", ");
            let arms = of.variants.iter().map(
                |(variant, name)| quote!(#name => ::core::result::Result::Ok(Self::#variant),),
            );
            let read = quote! {
                match #cql::derive::text::<Self>(t, cell)? {
                    #(#arms)*
                    _ => ::core::result::Result::Err(#cql::derive::no_variant::<Self>(t, #known)),
                }
            };
            (quote!(#cql::derive::check_text::<Self>(t)), read)
        }
    };
    let assertions = of.assertions(ident);
    Ok(quote! {
        #assertions

        #[automatically_derived]
        impl<'__r> #cql::FromValue<'__r> for #ident {
            fn check(t: &#cql::CqlType) -> #cql::derive::Result<()> {
                #check
            }

            fn from_value(
                t: &#cql::CqlType,
                cell: ::core::option::Option<&'__r [u8]>,
            ) -> #cql::derive::Result<Self> {
                #read
            }
        }

        #[automatically_derived]
        impl #cql::FromValueOwned for #ident {}
    })
}
