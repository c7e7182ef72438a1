//! Requests at a fixed rate, however long their answers take. Each is timed from the moment when it was
//! due, not from when it was sent, so a client that falls behind cannot hide it.
//!
//! One thread keeps the time and spawns a task for each request, as a server does for what comes in.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use futures::channel::oneshot;

use super::{Done, Sum, Text};
use crate::Result;
use crate::client::Database;
use crate::executor::Spawn;
use crate::job::Job;

pub fn open<D: Database, E: Spawn>(
    executor: &E,
    database: &D,
    statement: &D::Prepared,
    job: &Job,
) -> Result<Done> {
    let (last, all_answered) = oneshot::channel();
    let count = job.requests;
    let shared = Arc::new(Shared {
        database: database.clone(),
        statement: statement.clone(),
        latencies: (0..count).map(|_| AtomicU64::new(0)).collect(),
        rows: [const { AtomicU64::new(0) }; 3],
        left: AtomicU64::new(count),
        last: Mutex::new(Some(last)),
        error: Mutex::new(None),
    });
    let interval = Duration::from_nanos(1_000_000_000 / job.rate);
    let pace = {
        let (executor, shared) = (executor.clone(), shared.clone());
        thread::spawn(move || {
            sleep_to_the_point();
            let mut due = Instant::now();
            for number in 0..count {
                let now = Instant::now();
                if now < due {
                    thread::sleep(due - now);
                }
                executor.spawn(request(shared.clone(), number, due));
                due += interval;
            }
        })
    };
    executor.one(async move { all_answered.await.ok() });
    pace.join().map_err(|_| "the thread that keeps the time has panicked")?;
    if let Some(error) = locked(&shared.error).take() {
        return Err(error);
    }
    let [rows, ids, bytes] = [0, 1, 2].map(|at| shared.rows[at].load(Ordering::Relaxed));
    let latencies = shared.latencies.iter().map(|time| time.load(Ordering::Relaxed)).collect();
    let sum = Sum { rows, ids: ids as i64, bytes };
    Ok(Done { sum, latencies, ..Done::default() })
}

struct Shared<D: Database> {
    database: D,
    statement: D::Prepared,
    /// Of each request, by its number.
    latencies: Vec<AtomicU64>,
    /// Rows, ids and bytes.
    rows: [AtomicU64; 3],
    left: AtomicU64,
    /// For the answer after which none is left.
    last: Mutex<Option<oneshot::Sender<()>>>,
    error: Mutex<Option<crate::Error>>,
}

async fn request<D: Database>(shared: Arc<Shared<D>>, number: u64, due: Instant) {
    let row = Text::Short.rows().of(number);
    match shared.database.select(&shared.statement, row).await {
        Ok((id, text)) => {
            let took = due.elapsed().as_nanos() as u64;
            shared.latencies[number as usize].store(took, Ordering::Relaxed);
            let length = black_box(&text).len() as u64;
            for (at, more) in [1, id as u64, length].into_iter().enumerate() {
                shared.rows[at].fetch_add(more, Ordering::Relaxed);
            }
        }
        Err(error) => *locked(&shared.error) = Some(error),
    }
    // ORDERING: whoever counts the last one sees what all others have written.
    if shared.left.fetch_sub(1, Ordering::AcqRel) == 1 {
        let last = locked(&shared.last).take();
        // The receiver is there until this comes.
        let _ = last.expect("there is one last answer").send(());
    }
}

/// For this thread: by default the kernel adds some 50 µs to a sleep.
fn sleep_to_the_point() {
    // SAFETY: it takes a number, and changes nothing but this thread's timers.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1) };
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
