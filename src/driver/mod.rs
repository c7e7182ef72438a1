//! The C driver.

pub(crate) mod plug;

pub use plug::{
    Attempt, Info, LoadError, LoadErrorKind, Source, Unsupported, info, load, load_from,
};
