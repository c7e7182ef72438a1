//! A subscriber of `tracing` that keeps what it hears.

use std::fmt::{Debug, Write};
use std::sync::Mutex;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// An event, or a line of `log`.
#[derive(Debug, Clone)]
pub struct Heard {
    pub level: Level,
    pub target: String,
    pub message: String,
    pub file: Option<String>,
    pub line: Option<u64>,
    /// The thread that the logger was called on.
    pub thread: Option<String>,
}

static HEARD: Mutex<Vec<Heard>> = Mutex::new(Vec::new());

/// Hears everything.
pub struct Recorder;

/// What was heard so far, from a target.
pub fn heard(target: &str) -> Vec<Heard> {
    HEARD.lock().unwrap().iter().filter(|heard| heard.target == target).cloned().collect()
}

/// Keeps a line.
pub fn keep(heard: Heard) {
    HEARD.lock().unwrap().push(heard);
}

pub fn this_thread() -> Option<String> {
    std::thread::current().name().map(str::to_owned)
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut heard = Heard {
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            message: String::new(),
            file: None,
            line: None,
            thread: this_thread(),
        };
        event.record(&mut Fields(&mut heard));
        keep(heard);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields<'a>(&'a mut Heard);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            write!(self.0.message, "{value:?}").unwrap();
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "file" {
            self.0.file = Some(value.to_owned());
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "line" {
            self.0.line = Some(value);
        }
    }
}
