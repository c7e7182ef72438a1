//! A subscriber of `tracing` that keeps what it hears.

use std::cell::RefCell;
use std::collections::BTreeMap;
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

/// A span, with what was recorded in it.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub level: Option<Level>,
    pub target: String,
    pub fields: BTreeMap<&'static str, String>,
    /// The place in the list of the span around it.
    pub parent: Option<u64>,
    pub closed: bool,
}

impl Seen {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

/// A span's id is its place here, from one on.
static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());

thread_local! {
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// The spans of a target, in the order of their start.
pub fn seen(target: &str) -> Vec<Seen> {
    SEEN.lock().unwrap().iter().filter(|seen| seen.target == target).cloned().collect()
}

fn edit<T>(id: &Id, edit: impl FnOnce(&mut Seen) -> T) -> T {
    edit(&mut SEEN.lock().unwrap()[id.into_u64() as usize - 1])
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

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let metadata = attributes.metadata();
        let mut new = Seen {
            level: Some(*metadata.level()),
            target: metadata.target().to_owned(),
            parent: INSIDE.with_borrow(|inside| inside.last().copied()),
            ..Seen::default()
        };
        attributes.record(&mut new);
        let mut seen = SEEN.lock().unwrap();
        seen.push(new);
        Id::from_u64(seen.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        edit(id, |seen| values.record(seen));
    }

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

    fn enter(&self, id: &Id) {
        INSIDE.with_borrow_mut(|inside| inside.push(id.into_u64()));
    }

    fn exit(&self, _: &Id) {
        INSIDE.with_borrow_mut(|inside| inside.pop());
    }

    fn try_close(&self, id: Id) -> bool {
        edit(&id, |seen| seen.closed = true);
        true
    }
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
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
