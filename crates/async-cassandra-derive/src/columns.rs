//! `COLUMNS`: what to write behind `SELECT`.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::input::Struct;

/// The constant, for structs whose columns have names.
pub fn expand(of: &Struct<'_>) -> TokenStream {
    if of.fields.iter().any(|field| matches!(field.member, syn::Member::Unnamed(_)))
        || of.flattens_parameter()
    {
        return TokenStream::new();
    }
    let cql = of.cql();
    let parts = of.read_fields().map(|field| {
        let (name, ty) = (&field.name, without_lifetimes(field.ty.to_token_stream()));
        match field.attributes.flatten {
            true => quote!(#cql::derive::Part::Columns(<#ty>::COLUMNS)),
            false => quote!(#cql::derive::Part::Name(#name)),
        }
    });
    let (ident, vis) = (&of.input.ident, &of.input.vis);
    let (impl_generics, type_generics, bounds) = of.input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #type_generics #bounds {
            /// The columns of the fields, as they stand in a `SELECT`.
            #[allow(dead_code)]
            #vis const COLUMNS: &'static str = {
                const PARTS: &[#cql::derive::Part] = &[#(#parts),*];
                const JOINED: [u8; #cql::derive::joined_length(PARTS)] =
                    #cql::derive::joined(PARTS);
                #cql::derive::text_of(&JOINED)
            };
        }
    }
}

/// A constant cannot name the lifetimes of the type around it.
fn without_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut after_quote = false;
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let inner = without_lifetimes(group.stream());
            TokenTree::Group(Group::new(group.delimiter(), inner))
        }
        TokenTree::Punct(punct) => {
            after_quote = punct.as_char() == '\'';
            TokenTree::Punct(punct)
        }
        TokenTree::Ident(ident) if std::mem::take(&mut after_quote) => {
            TokenTree::Ident(proc_macro2::Ident::new("static", ident.span()))
        }
        other => other,
    });
    tokens.collect()
}
