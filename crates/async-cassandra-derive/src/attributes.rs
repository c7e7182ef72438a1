//! `#[cassandra(…)]`, on types, fields and variants.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, ExprPath, Ident, LitStr, Path, Result};

use crate::rename::Case;

/// On a type.
#[derive(Default)]
pub struct OfType {
    pub rename_all: Option<Case>,
    pub by_order: bool,
    /// Where the crate is, if not at `::async_cassandra`.
    pub krate: Option<Path>,
    /// The integer that an enum's variants are kept as.
    pub repr: Option<Ident>,
}

/// On a field.
#[derive(Default)]
pub struct OfField {
    pub rename: Option<LitStr>,
    pub default: Option<Default>,
    pub skip: bool,
    pub flatten: bool,
    pub with: Option<ExprPath>,
}

/// What a field without a value gets.
pub enum Default {
    /// The type's own.
    Own,
    /// What this function returns.
    Of(ExprPath),
}

const INTEGERS: [&str; 4] = ["i8", "i16", "i32", "i64"];

impl OfType {
    pub fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        each(attributes, |meta| {
            match name(&meta).as_str() {
                "rename_all" => found.rename_all = Some(Case::parse(&meta.value()?.parse()?)?),
                "by_order" => found.by_order = true,
                "crate" => found.krate = Some(meta.value()?.parse::<LitStr>()?.parse()?),
                "repr" => found.repr = Some(integer(&meta.value()?.parse()?)?),
                other => {
                    return Err(meta.error(format!(
                        "unknown attribute `{other}`; a type takes `rename_all`, `by_order`, \
                         `crate` and, if it is an enum, `repr`"
                    )));
                }
            }
            Ok(())
        })?;
        Ok(found)
    }
}

impl OfField {
    pub fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        each(attributes, |meta| {
            match name(&meta).as_str() {
                "rename" => found.rename = Some(meta.value()?.parse()?),
                "skip" => found.skip = true,
                "flatten" => found.flatten = true,
                "with" => found.with = Some(meta.value()?.parse::<LitStr>()?.parse()?),
                "default" if meta.input.peek(syn::Token![=]) => {
                    found.default = Some(Default::Of(meta.value()?.parse::<LitStr>()?.parse()?));
                }
                "default" => found.default = Some(Default::Own),
                other => {
                    return Err(meta.error(format!(
                        "unknown attribute `{other}`; a field takes `rename`, `default`, `skip`, \
                         `flatten` and `with`"
                    )));
                }
            }
            let others = found.rename.is_some() || found.default.is_some() || found.with.is_some();
            if (found.skip || found.flatten) && (others || found.skip && found.flatten) {
                return Err(meta.error("`skip` and `flatten` stand alone"));
            }
            Ok(())
        })?;
        Ok(found)
    }
}

fn each(
    attributes: &[Attribute],
    mut meta: impl FnMut(ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    let own = attributes.iter().filter(|attribute| attribute.path().is_ident("cassandra"));
    for attribute in own {
        attribute.parse_nested_meta(&mut meta)?;
    }
    Ok(())
}

fn name(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map_or(String::new(), Ident::to_string)
}

fn integer(text: &LitStr) -> Result<Ident> {
    match INTEGERS.contains(&text.value().as_str()) {
        true => text.parse(),
        false => Err(Error::new_spanned(text, "it is one of `i8`, `i16`, `i32`, `i64`")),
    }
}
