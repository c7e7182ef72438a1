//! The markers of one statement, to be given a row of values.
//!
//! Keeps which markers have their value in one word (beyond 64 markers, in a vector), so that a
//! missing, a surplus and a twice bound value are told apart. By position costs nothing beside
//! that; by name compares the name with each marker's.

use super::target::Target;
use super::value_error::{ValueError, ValueProblem};
use super::{Column, ToValue, ValueBinder};
use crate::driver::Binding;
use crate::error::{Error, Result};

/// The markers of a statement, while a [`ToRow`](super::ToRow) gives them their values: one after
/// the other with [`next`](Self::next), or by [place](Self::at), or by [name](Self::named).
///
/// When the row has been bound, every marker must have its value; [`Unset`](super::Unset) counts as
/// one.
pub struct RowBinder<'b> {
    target: &'b mut dyn Target,
    markers: &'b [Column],
    /// The marker that `next` is for.
    next: usize,
    bound: Places,
    by_name: bool,
    /// How many bytes are left of [`ROOM`].
    room: usize,
}

/// How long all values of a statement may be together. C counts the bytes of a request in 31 bits,
/// headers, names and payload included, and one that is longer would never be answered.
const ROOM: usize = i32::MAX as usize - (16 << 20);

impl<'b> RowBinder<'b> {
    pub(crate) fn new(binding: &'b mut Binding<'_>, markers: &'b [Column]) -> Self {
        Self::on(binding, markers)
    }

    pub(super) fn on(target: &'b mut dyn Target, markers: &'b [Column]) -> Self {
        Self { target, markers, next: 0, bound: Places::default(), by_name: false, room: ROOM }
    }

    /// The statement's markers, in their order.
    pub fn markers(&self) -> &'b [Column] {
        self.markers
    }

    /// Announces how many values will follow, so that a wrong number is an error that names both,
    /// and nothing is bound before.
    ///
    /// # Errors
    /// `values` is not the number of markers.
    pub fn expect(&self, values: usize) -> Result<()> {
        if values == self.markers.len() { Ok(()) } else { Err(self.miscounted(values)) }
    }

    /// Binds the next marker.
    ///
    /// # Errors
    /// The value does not fit the marker, or no marker is left.
    pub fn next<T: ToValue + ?Sized>(&mut self, value: &T) -> Result<()> {
        let index = self.next;
        if index >= self.markers.len() {
            return Err(self.miscounted(index + 1));
        }
        self.next += 1;
        self.put(index, value)
    }

    /// Binds the marker at `index`, counted from zero.
    ///
    /// # Errors
    /// The value does not fit the marker, there is no such marker, or it has a value already.
    pub fn at<T: ToValue + ?Sized>(&mut self, index: usize, value: &T) -> Result<()> {
        if index >= self.markers.len() {
            return Err(self.unknown().at(index).into_error());
        }
        self.put(index, value)
    }

    /// Binds every marker called `name`: one name may stand in several places of a statement.
    ///
    /// The name is compared as it is: without quotes, and in lower case unless it was quoted in the
    /// CQL.
    ///
    /// # Errors
    /// The value does not fit a marker, there is no such marker, or it has a value already.
    pub fn named<T: ToValue + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        self.by_name = true;
        let markers = self.markers;
        let mut found = false;
        for (index, _) in markers.iter().enumerate().filter(|(_, m)| m.name() == name) {
            found = true;
            self.put(index, value)?;
        }
        if found { Ok(()) } else { Err(self.unknown().named(name).into_error()) }
    }

    /// How many bytes all values have together, once every marker has its own.
    pub(crate) fn finish(self) -> Result<usize> {
        let count = self.bound.count();
        if count == self.markers.len() {
            return Ok(ROOM - self.room);
        }
        let free = (0..self.markers.len()).find(|index| !self.bound.has(*index));
        match free {
            Some(index) if self.by_name => Err(self.misplaced(index, ValueProblem::NotBound)),
            _ => Err(self.miscounted(count)),
        }
    }

    fn put<T: ToValue + ?Sized>(&mut self, index: usize, value: &T) -> Result<()> {
        let marker = &self.markers[index];
        if !self.bound.insert(index) {
            return Err(self.misplaced(index, ValueProblem::Duplicate));
        }
        value
            .bind(ValueBinder::new(self.target, index, &mut self.room, marker.cql_type()))
            .map_err(|error| error.map_value(|value| value.set_column(marker, index)))
    }

    #[cold]
    fn miscounted(&self, values: usize) -> Error {
        let (expected, got) = (self.markers.len(), values);
        ValueError::bind(ValueProblem::Count { expected, got }).into_error()
    }

    #[cold]
    fn misplaced(&self, index: usize, problem: ValueProblem) -> Error {
        let mut error = ValueError::bind(problem);
        error.set_column(&self.markers[index], index);
        error.into_error()
    }

    #[cold]
    fn unknown(&self) -> ValueError {
        let known = self.markers.iter().map(|marker| marker.name().to_owned()).collect();
        ValueError::bind(ValueProblem::NoSuchColumn { known })
    }
}

impl std::fmt::Debug for RowBinder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowBinder").field("markers", &self.markers).finish_non_exhaustive()
    }
}

/// A set of small numbers; below 64 it costs a word and no allocation.
#[derive(Default)]
struct Places {
    low: u64,
    high: Vec<u64>,
}

impl Places {
    /// False if it was in the set already.
    fn insert(&mut self, place: usize) -> bool {
        let bit = 1 << (place % 64);
        let word = match place / 64 {
            0 => &mut self.low,
            above => {
                if self.high.len() < above {
                    self.high.resize(above, 0);
                }
                &mut self.high[above - 1]
            }
        };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    fn has(&self, place: usize) -> bool {
        let word = match place / 64 {
            0 => self.low,
            above => self.high.get(above - 1).copied().unwrap_or(0),
        };
        word & (1 << (place % 64)) != 0
    }

    fn count(&self) -> usize {
        let ones = |word: &u64| word.count_ones() as usize;
        ones(&self.low) + self.high.iter().map(ones).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::{Recorder, markers};
    use super::super::target::Native;
    use super::super::{CqlType, Unset};
    use super::*;
    use crate::driver::Refusal;
    use crate::error::ErrorKind;

    fn problem(error: Error) -> ValueProblem {
        let ErrorKind::Bind(value) = error.kind() else { panic!("{error:?}") };
        value.problem().clone()
    }

    #[test]
    fn no_request_becomes_too_long_to_be_sent() {
        struct Anywhere;

        impl Target for Anywhere {
            fn put(&mut self, _: usize, _: &CqlType, _: Native<'_>) -> Result<(), Refusal> {
                Ok(())
            }
        }

        // Nobody looks at them, so they take no memory.
        let (longest, half) = (vec![0_u8; i32::MAX as usize + 1], vec![0_u8; 1 << 30]);
        let markers = markers([("a", CqlType::Blob), ("b", CqlType::Blob), ("c", CqlType::Text)]);
        let mut target = Anywhere;
        let mut binder = RowBinder::on(&mut target, &markers);
        assert_eq!(binder.at(0, &longest).map_err(problem), Err(ValueProblem::TooLong));
        binder.at(1, &half).unwrap();
        binder.at(2, "text").unwrap();
        let mut binder = RowBinder::on(&mut target, &markers);
        binder.at(0, &half).unwrap();
        let error = binder.at(1, &half).unwrap_err().to_string();
        assert!(error.contains("marker `b` (blob)") && error.contains("2 GiB"), "{error}");
    }

    #[test]
    fn too_many_and_too_few_are_counted() {
        let markers = markers([("a", CqlType::Int), ("b", CqlType::Int)]);
        let mut target = Recorder::default();
        let mut binder = RowBinder::on(&mut target, &markers);
        assert_eq!(binder.markers().len(), 2);
        binder.next(&1).unwrap();
        assert_eq!(
            binder.next(&2).and_then(|()| binder.next(&3)).map_err(problem),
            Err(ValueProblem::Count { expected: 2, got: 3 })
        );
        let mut binder = RowBinder::on(&mut target, &markers);
        binder.next(&1).unwrap();
        assert_eq!(
            problem(binder.finish().unwrap_err()),
            ValueProblem::Count { expected: 2, got: 1 }
        );
        let binder = RowBinder::on(&mut target, &markers);
        assert!(binder.expect(2).is_ok() && binder.expect(1).is_err() && binder.expect(3).is_err());
    }

    #[test]
    fn a_name_binds_all_of_its_markers() {
        let markers = markers([("a", CqlType::Int), ("b", CqlType::Int), ("a", CqlType::BigInt)]);
        let mut target = Recorder::default();
        let mut binder = RowBinder::on(&mut target, &markers);
        binder.named("a", &7).unwrap();
        binder.named("b", &Unset).unwrap();
        binder.finish().unwrap();
        assert_eq!(target.shown(), ["0 I32(7)", "2 I64(7)"]);
    }

    #[test]
    fn names_that_are_missing_unknown_or_doubled_are_errors() {
        let markers = markers([("a", CqlType::Int), ("b", CqlType::Int)]);
        let mut target = Recorder::default();
        let mut binder = RowBinder::on(&mut target, &markers);
        binder.named("a", &7).unwrap();
        let known = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(
            problem(binder.named("A", &7).unwrap_err()),
            ValueProblem::NoSuchColumn { known }
        );
        assert_eq!(problem(binder.named("a", &7).unwrap_err()), ValueProblem::Duplicate);
        assert_eq!(problem(binder.at(0, &7).unwrap_err()), ValueProblem::Duplicate);
        let error = binder.finish().unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot bind to marker `b` (int): no value has this name; \
             bind `Unset` to leave the column as it is"
        );
    }

    #[test]
    fn an_error_names_the_marker() {
        let markers = markers([("a", CqlType::Int), ("b", CqlType::Text)]);
        let mut target = Recorder::default();
        let mut binder = RowBinder::on(&mut target, &markers);
        let error = binder.at(1, &7).unwrap_err();
        assert_eq!(error.to_string(), "cannot bind i32 to marker `b` (text): bind String or &str");
        let error = binder.at(2, &7).unwrap_err();
        assert!(error.to_string().starts_with("cannot bind to marker 2: "), "{error}");
    }

    #[test]
    fn the_drivers_refusal_keeps_its_code() {
        let markers = markers([("a", CqlType::Int)]);
        let mut target = Recorder::refusing(0x0100_000B);
        let error = RowBinder::on(&mut target, &markers).next(&7).unwrap_err();
        assert_eq!(problem(error.clone()), ValueProblem::Driver(0x0100_000B));
        assert!(error.to_string().ends_with("the C driver refused it (0x0100000b)"), "{error}");
    }

    #[test]
    fn more_than_64_markers() {
        let markers: Vec<_> =
            (0..200).map(|i| Column::new(format!("c{i}"), CqlType::Int)).collect();
        let mut target = Recorder::default();
        let mut binder = RowBinder::on(&mut target, &markers);
        for index in (0..200).rev().filter(|index| *index != 130) {
            binder.at(index, &1).unwrap();
        }
        assert_eq!(problem(binder.at(199, &1).unwrap_err()), ValueProblem::Duplicate);
        assert!(!binder.bound.has(130));
        binder.at(130, &1).unwrap();
        binder.finish().unwrap();
    }
}
