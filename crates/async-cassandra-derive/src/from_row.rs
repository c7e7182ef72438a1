//! `FromRow`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::input::{Struct, with_page};

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let of = Struct::of(input, "FromRow")?;
    let cql = of.cql();
    let ident = &input.ident;
    let build = of.build();

    let (mut counts, mut plans, mut reads) = (Vec::new(), Vec::new(), Vec::new());
    for field in &of.fields {
        let (variable, ty, name) = (field.variable(), field.ty, &field.name);
        if field.attributes.skip {
            reads.push(quote!(let #variable = ::core::default::Default::default();));
            continue;
        }
        if field.attributes.flatten {
            let flat = quote!(<#ty as #cql::derive::FlatRow<'__r>>);
            counts.push(quote!(#flat::FIELDS));
            plans.push(quote!(#flat::plan(plan)?;));
            reads.push(quote! {
                let #variable = #flat::read(row, at)?;
                at += #flat::FIELDS;
            });
            continue;
        }
        let (check, read) = (field.check(&cql), field.read(&cql));
        let optional = field.default().is_some();
        counts.push(quote!(1));
        plans.push(quote!(plan.field(#name, #optional, #check)?;));
        let read = match field.default() {
            Some(default) => quote!(#cql::derive::read_or(row, at, #read, #default)?),
            None => quote!(#cql::derive::read(row, at, #read)?),
        };
        reads.push(quote! {
            let #variable: #ty = #read;
            at += 1;
        });
    }
    let plan = match of.is_ordered() {
        true => quote! {
            #cql::derive::RowPlan::by_order(
                columns,
                <Self as #cql::derive::FlatRow<'__r>>::FIELDS,
            )?
        },
        false => quote!(#cql::derive::RowPlan::by_name(columns)),
    };

    let bounded = of.bounded(&quote!(#cql::FromValue<'__r>), &quote!(#cql::derive::FlatRow<'__r>));
    let generics = with_page(bounded);
    let (_, type_generics, _) = input.generics.split_for_impl();
    let (impl_generics, _, bounds) = generics.split_for_impl();
    let owned = owned(&of);
    let columns = crate::columns::expand(&of);
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #cql::derive::FlatRow<'__r> for #ident #type_generics #bounds {
            const FIELDS: usize = 0 #(+ #counts)*;

            fn plan(plan: &mut #cql::derive::RowPlan<'_>) -> #cql::derive::Result<()> {
                #(#plans)*
                ::core::result::Result::Ok(())
            }

            #[inline]
            #[allow(unused_assignments, unused_mut)]
            fn read(
                row: &#cql::RawRow<'_, '__r>,
                first: usize,
            ) -> #cql::derive::Result<Self> {
                let mut at = first;
                #(#reads)*
                ::core::result::Result::Ok(#build)
            }
        }

        #[automatically_derived]
        impl #impl_generics #cql::FromRow<'__r> for #ident #type_generics #bounds {
            fn plan(columns: &[#cql::Column]) -> #cql::derive::Result<#cql::ColumnMap> {
                let mut plan = #plan;
                <Self as #cql::derive::FlatRow<'__r>>::plan(&mut plan)?;
                ::core::result::Result::Ok(plan.finish())
            }

            #[inline]
            fn from_row(row: #cql::RawRow<'_, '__r>) -> #cql::derive::Result<Self> {
                <Self as #cql::derive::FlatRow<'__r>>::read(&row, 0)
            }
        }

        #owned
        #columns
    })
}

/// For a type without lifetimes.
fn owned(of: &Struct<'_>) -> TokenStream {
    if of.input.generics.lifetimes().next().is_some() {
        return TokenStream::new();
    }
    let (cql, ident) = (of.cql(), &of.input.ident);
    let flat = quote!(#cql::FromRowOwned + for<'__r> #cql::derive::FlatRow<'__r>);
    let bounded = of.bounded(&quote!(#cql::FromValueOwned), &flat);
    let (impl_generics, type_generics, bounds) = bounded.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #cql::FromRowOwned for #ident #type_generics #bounds {}
    }
}
