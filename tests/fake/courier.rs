//! Which callbacks go over the courier: of each personality, whatever the runtime.

use async_cassandra::observe;

use crate::cell::Cell;

const REQUESTS: u64 = 10;

/// How many callbacks the courier got since `before`.
fn grown(before: &mut u64) -> u64 {
    let now = observe::counters().courier;
    now - std::mem::replace(before, now)
}

fn counts(cell: Cell) {
    let each = u64::from(cell.personality == "unset");
    let mut before = observe::counters().courier;
    let session = cell.run(cell.connect());
    assert_eq!(grown(&mut before), 1, "the connect");
    let session = cell.run(async move {
        for _ in 0..REQUESTS {
            session.query("ROWS 3 1", ()).await.unwrap();
        }
        session
    });
    assert_eq!(grown(&mut before), each * REQUESTS, "{REQUESTS} requests");
    let session = cell.run(async move {
        session.prepare("OK").await.unwrap();
        session
    });
    assert_eq!(grown(&mut before), each, "a prepare");
    cell.run(async move { session.close().await.unwrap() });
    assert_eq!(grown(&mut before), 1, "the close");
}

#[test]
fn inline() {
    Cell::new("inline", "futures_executor").alone(counts);
}

#[test]
fn late() {
    Cell::new("late", "futures_executor").alone(counts);
}

#[test]
fn unset() {
    Cell::new("unset", "futures_executor").alone(counts);
}

#[test]
fn locked() {
    Cell::new("locked", "futures_executor").alone(counts);
}
