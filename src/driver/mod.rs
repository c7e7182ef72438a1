//! C.
pub(crate) mod statement;
pub(crate) mod sys;
pub(crate) mod cluster {
    pub(crate) fn millis(t: std::time::Duration) -> u32 { t.as_millis() as u32 }
}
pub(crate) use statement::Statement;
#[derive(Debug)] #[allow(missing_docs)] pub struct LoadError;
