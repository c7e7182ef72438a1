//! `ToRow`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::input::Struct;

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let of = Struct::of(input, "ToRow")?;
    let (cql, ident) = (of.cql(), &input.ident);
    let (mut counts, mut puts) = (Vec::new(), Vec::new());
    for field in of.read_fields() {
        let (ty, name, member) = (field.ty, &field.name, &field.member);
        if field.attributes.flatten {
            let flat = quote!(<#ty as #cql::derive::FlatToRow>);
            counts.push(quote!(#flat::FIELDS));
            puts.push(quote!(#flat::bind(&self.#member, to, by_name)?;));
        } else {
            let value = field.value(&cql);
            counts.push(quote!(1));
            puts.push(quote!(#cql::derive::put(to, #name, #value, by_name)?;));
        }
    }
    let start = match of.is_ordered() {
        true => quote! {
            to.expect(<Self as #cql::derive::FlatToRow>::FIELDS)?;
            let by_name = false;
        },
        false => quote!(let by_name = true;),
    };
    let mut bounded = of.bounded(&quote!(#cql::ToValue), &quote!(#cql::derive::FlatToRow));
    let bounds = bounded.make_where_clause();
    // What is skipped, or bound by a function, must be able to go to another thread all the same.
    let (_, type_generics, _) = input.generics.split_for_impl();
    if input.generics.type_params().next().is_some() {
        let sent: syn::WherePredicate =
            syn::parse_quote!(Self: ::core::marker::Send + ::core::marker::Sync);
        bounds.predicates.push(sent);
    }
    let (impl_generics, _, bounds) = bounded.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #cql::derive::FlatToRow for #ident #type_generics #bounds {
            const FIELDS: usize = 0 #(+ #counts)*;

            fn bind(
                &self,
                to: &mut #cql::RowBinder<'_>,
                by_name: bool,
            ) -> #cql::derive::Result<()> {
                #(#puts)*
                ::core::result::Result::Ok(())
            }
        }

        #[automatically_derived]
        impl #impl_generics #cql::ToRow for #ident #type_generics #bounds {
            fn bind(&self, to: &mut #cql::RowBinder<'_>) -> #cql::derive::Result<()> {
                #start
                <Self as #cql::derive::FlatToRow>::bind(self, to, by_name)
            }

            fn is_empty(&self) -> bool {
                <Self as #cql::derive::FlatToRow>::FIELDS == 0
            }
        }
    })
}
