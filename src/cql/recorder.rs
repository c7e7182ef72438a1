//! For tests: takes bound values in place of a C statement, and shows what C would have been given.

use super::target::{Native, Target};
use super::{Column, CqlType, RowBinder, ToRow, ToValue};
use crate::driver::Refusal;
use crate::error::Result;

#[derive(Default)]
pub(super) struct Recorder {
    calls: Vec<String>,
    /// Refuse every value, with this code.
    refuse: Option<u32>,
}

impl Target for Recorder {
    fn put(&mut self, index: usize, _: &CqlType, value: Native<'_>) -> Result<(), Refusal> {
        self.calls.push(format!("{index} {value:?}"));
        self.refuse.map_or(Ok(()), |code| Err(Refusal::Code(code)))
    }
}

impl Recorder {
    pub(super) fn refusing(code: u32) -> Self {
        Self { calls: Vec::new(), refuse: Some(code) }
    }

    /// Marker and C call, in the order of the calls.
    pub(super) fn shown(&self) -> &[String] {
        &self.calls
    }
}

pub(super) fn markers<const N: usize>(markers: [(&str, CqlType); N]) -> Vec<Column> {
    markers.into_iter().map(|(name, cql_type)| Column::new(name, cql_type)).collect()
}

/// Binds a whole row and shows the calls.
pub(super) fn bound_row(row: &(impl ToRow + ?Sized), markers: &[Column]) -> Result<Vec<String>> {
    let mut target = Recorder::default();
    let mut binder = RowBinder::on(&mut target, markers);
    row.bind(&mut binder)?;
    binder.finish()?;
    Ok(target.calls)
}

/// Binds one value to a marker of type `t` and shows the call; empty when it was left unset.
pub(super) fn bound(value: &(impl ToValue + ?Sized), t: CqlType) -> Result<String> {
    let calls = bound_row(&(value,), &markers([("v", t)]))?;
    Ok(calls.first().map_or(String::new(), |call| call.trim_start_matches("0 ").to_owned()))
}
