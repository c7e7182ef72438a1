//! What one unit of an operation costs.

use std::path::Path;

use crate::callgrind::{self, Count};
use crate::operations::Operation;
use crate::run::{MEASURED, measured};

/// Calls before the count begins: locks are made and symbols are found by then.
const WARM_UP: u64 = 10;

/// Calls of the shorter of two runs. What they differ by has no start and no end in it.
const FEWER: u64 = 10;

/// Of one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    pub instructions: f64,
    pub allocations: f64,
    pub bytes: f64,
}

/// Measures an operation: twice under callgrind, and here.
pub fn figures(operation: &Operation, folder: &Path) -> Result<Figures, String> {
    let [fewer, more] = counts(operation, folder)?;
    let units = (operation.calls * operation.units) as f64;
    let allocations = allocations(operation);
    Ok(Figures {
        instructions: (more.ours - fewer.ours) as f64 / units,
        allocations: allocations.count_total as f64 / units,
        bytes: allocations.bytes_total as f64 / units,
    })
}

/// The functions that a unit spends its instructions in, the most expensive first.
pub fn by_function(operation: &Operation, folder: &Path) -> Result<Vec<(f64, String)>, String> {
    let [fewer, more] = counts(operation, folder)?;
    let units = (operation.calls * operation.units) as f64;
    let less = |name: &String| fewer.by_function.get(name).copied().unwrap_or(0);
    let mut functions: Vec<_> = more
        .by_function
        .into_iter()
        .map(|(name, count)| (count.saturating_sub(less(&name)) as f64 / units, name))
        .collect();
    functions.sort_by(|one, other| other.0.total_cmp(&one.0));
    Ok(functions)
}

fn counts(operation: &Operation, folder: &Path) -> Result<[Count; 2], String> {
    let count = |times: u64| {
        let out = folder.join(format!("{}-{times}", operation.name));
        callgrind::count(MEASURED, &["run", operation.name, &times.to_string()], &out)
    };
    // Both processors, where there are two.
    std::thread::scope(|scope| {
        let more = scope.spawn(|| count(FEWER + operation.calls));
        let fewer = count(FEWER)?;
        Ok([fewer, more.join().expect("it does not panic")?])
    })
}

fn allocations(operation: &Operation) -> allocation_counter::AllocationInfo {
    let mut call = (operation.start)();
    measured(&mut call, WARM_UP);
    allocation_counter::measure(|| measured(&mut call, operation.calls))
}

/// What callgrind watches: so many calls after the first few.
pub fn run(operation: &Operation, times: u64) {
    let mut call = (operation.start)();
    for _ in 0..WARM_UP {
        call();
    }
    measured(&mut call, times);
}
