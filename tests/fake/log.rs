//! The log under loggers of every kind. The fake driver logs each connect and each close.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_cassandra::Session;
use async_cassandra::observe::{Level, counters, driver_log};
use futures::executor::block_on;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::harness::alone::alone;
use crate::harness::recorder::{Heard, Recorder, heard, keep, this_thread};
use crate::harness::until;

const DRIVER: &str = "async_cassandra::driver";

fn load(level: Level) {
    async_cassandra::driver::load_from(fake_driver::path()).unwrap();
    driver_log(level).unwrap();
}

fn connect() -> Session {
    block_on(Session::builder().contact_points(["locked"]).connect()).unwrap()
}

/// Two lines.
fn connect_and_close() {
    let session = connect();
    block_on(session.close().into_future()).unwrap();
}

/// Hands events on to a function.
struct With(fn(&Event<'_>));

impl Subscriber for With {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        self.0(event);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn listen(subscriber: impl Subscriber + Send + Sync) {
    tracing::subscriber::set_global_default(subscriber).unwrap();
}

/// Nobody waits for it, what is too much is dropped, and it is told so.
#[test]
fn a_logger_that_hangs() {
    static STUCK: AtomicBool = AtomicBool::new(true);
    alone(
        "log::a_logger_that_hangs",
        |_| {},
        || {
            load(Level::Info);
            listen(With(|event| {
                until("it goes on", || !STUCK.load(Ordering::SeqCst));
                Recorder.event(event);
            }));
            for _ in 0..700 {
                connect_and_close();
            }
            let dropped = counters().log_dropped;
            // One line says what was loaded, one is in the logger's hands.
            assert!((1400 - 1024 - 2..1400 - 1024 + 2).contains(&dropped), "{dropped}");
            STUCK.store(false, Ordering::SeqCst);
            let told = format!("{dropped} log lines were dropped");
            until("it is told what it missed", || {
                heard("async_cassandra").iter().any(|line| line.message.starts_with(&told))
            });
            until("it has heard the rest", || heard(DRIVER).len() as u64 == 1400 - dropped);
            connect_and_close();
            until("and all that comes later", || heard(DRIVER).len() as u64 == 1402 - dropped);
            assert_eq!(counters().log_dropped, dropped);
        },
    );
}

/// A page that looks like the whole result, and is not: said once for each text.
#[test]
fn pages_with_more_to_come() {
    alone(
        "log::pages_with_more_to_come",
        |_| {},
        || {
            load(Level::Warn);
            listen(Recorder);
            let session = connect();
            let page = |cql| block_on(session.query(cql, ()).execute()).unwrap();
            // The last page, one whose rest was asked for, and those of streams.
            drop(page("ROWS 3 1"));
            drop(page("OK"));
            assert!(page("ROWS 3 2").next_page().is_some());
            let mut pages = block_on(session.query("ROWS 3 2", ()).prefetch(1).pages()).unwrap();
            drop(block_on(pages.try_next()).unwrap());
            drop(pages);
            let rows = block_on(session.query("ROWS 3 2", ()).all::<(i32, String)>()).unwrap();
            assert_eq!(rows.len(), 6);

            for _ in 0..3 {
                let page = page("ROWS 3 4");
                let text = format!("{page:?}");
                assert!(text.contains("PagingState"), "{text}");
                assert_eq!(page.rows::<(i32, &str)>().unwrap().count(), 3);
            }
            assert_eq!(page("ROWS 2 4").into_rows::<(i32, String)>().unwrap().count(), 2);
            let about = |text: &str| {
                let said = heard("async_cassandra").into_iter();
                said.filter(|line| line.message.contains(text)).collect::<Vec<_>>()
            };
            // The last of them, in the order in which they were said.
            until("it is heard", || !about("`ROWS 2 4`").is_empty());
            assert_eq!((about("`ROWS 3 4`").len(), about("next_page()").len()), (1, 2));
            assert_eq!(about("`ROWS 3 4`")[0].level, tracing::Level::WARN);
        },
    );
}

/// It may use the session whose line it hears, and wait for it.
#[test]
fn a_logger_that_calls_back() {
    static SESSION: OnceLock<Session> = OnceLock::new();
    static ANSWERED: AtomicUsize = AtomicUsize::new(0);
    alone(
        "log::a_logger_that_calls_back",
        |_| {},
        || {
            load(Level::Debug);
            listen(With(|_| {
                // Each answer is a line of its own.
                if let Some(session) =
                    SESSION.get().filter(|_| ANSWERED.load(Ordering::SeqCst) < 10)
                {
                    block_on(session.query("OK", ()).execute()).unwrap();
                    ANSWERED.fetch_add(1, Ordering::SeqCst);
                }
            }));
            let session = SESSION.get_or_init(connect);
            block_on(session.query("OK", ()).execute()).unwrap();
            until("lines were answered", || ANSWERED.load(Ordering::SeqCst) == 10);
        },
    );
}

#[test]
fn a_logger_that_panics() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    alone(
        "log::a_logger_that_panics",
        |_| {},
        || {
            load(Level::Info);
            listen(With(|_| {
                CALLS.fetch_add(1, Ordering::SeqCst);
                std::panic::resume_unwind(Box::new("a logger that panics"));
            }));
            for _ in 0..5 {
                connect_and_close();
            }
            until("it is called again and again", || CALLS.load(Ordering::SeqCst) >= 10);
        },
    );
}

/// A logger of `log`, under a target of its own.
struct Plain;

const PLAIN: &str = "by log";

impl log::Log for Plain {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        assert_eq!(record.target(), record.file().map_or("async_cassandra", |_| DRIVER));
        keep(Heard {
            level: record.level().as_str().parse().unwrap(),
            target: PLAIN.to_owned(),
            message: record.args().to_string(),
            file: record.file().map(str::to_owned),
            line: record.line().map(u64::from),
            thread: this_thread(),
        });
    }

    fn flush(&self) {}
}

#[test]
fn log_hears_what_tracing_does_not() {
    alone(
        "log::log_hears_what_tracing_does_not",
        |_| {},
        || {
            load(Level::Info);
            log::set_logger(&Plain).unwrap();
            log::set_max_level(log::LevelFilter::Info);
            connect_and_close();
            until("what was loaded and two lines are heard", || heard(PLAIN).len() == 3);
            let line = &heard(PLAIN)[1];
            assert_eq!(
                (line.level, line.message.as_str()),
                (tracing::Level::INFO, "session connected")
            );
            assert_eq!((line.file.as_deref(), line.line), (Some("fake"), Some(1)));
            assert_eq!(line.thread.as_deref(), Some("cass-log"));
            log::set_max_level(log::LevelFilter::Warn);
            connect_and_close();
            // From here on `tracing` has them.
            listen(Recorder);
            log::set_max_level(log::LevelFilter::Trace);
            connect_and_close();
            until("two more are heard", || heard(DRIVER).len() >= 2);
            assert_eq!(heard(PLAIN).len(), 3);
        },
    );
}
