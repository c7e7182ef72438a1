//! The works, each the same for every Rust client and every executor. The raw C client does the
//! same in C.

mod connect;
mod fan_out;
mod open;
mod prepare;
mod requests;
mod stream;

use std::fmt;
use std::hint::black_box;
use std::str::FromStr;

use crate::{Error, Result};

pub use connect::connect;
pub use fan_out::fan_out;
pub use open::open;
pub use prepare::{prepare, texts};
pub use requests::requests;
pub use stream::stream;

/// One of so many requests of a task is timed: two clock reads cost 5 % of the cheapest request.
pub const SAMPLED: u32 = 16;

/// What streams read, and how much there is.
const STREAM: &str = "SELECT id, a, b FROM lab.big";
pub const STREAM_ROWS: u64 = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Select(Text),
    Insert(Text),
    FanOut,
    Stream,
    StreamBorrowed,
    Connect,
    Prepare,
    OpenSelect,
}

/// The length of the text in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    Short,
    Kilo,
    HundredKilo,
}

impl Text {
    pub const ALL: [Self; 3] = [Self::Short, Self::Kilo, Self::HundredKilo];

    pub const fn len(self) -> usize {
        match self {
            Self::Short => 16,
            Self::Kilo => 1024,
            Self::HundredKilo => 100 * 1024,
        }
    }

    /// A table each.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Short => "lab.kv",
            Self::Kilo => "lab.kv_1k",
            Self::HundredKilo => "lab.kv_100k",
        }
    }

    pub fn select(self) -> String {
        format!("SELECT id, v FROM {} WHERE id = ?", self.table())
    }

    pub fn insert(self) -> String {
        format!("INSERT INTO {} (id, v) VALUES (?, ?)", self.table())
    }

    /// The rows that are read.
    pub const fn rows(self) -> Rows {
        let count = match self {
            Self::Short => 10_000,
            Self::Kilo => 1_000,
            Self::HundredKilo => 50,
        };
        Rows { first: 0, count }
    }

    /// The rows that are written: others, so that no run changes what is read.
    pub const fn written(self) -> Rows {
        Rows { first: 10_000_000, count: self.rows().count }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Rows {
    pub first: i64,
    pub count: i64,
}

impl Rows {
    /// The row that the request with this number is for.
    pub const fn of(self, number: u64) -> i64 {
        self.first + (number % self.count as u64) as i64
    }
}

/// What came back, added up: every client must come to the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Sum {
    pub rows: u64,
    pub ids: i64,
    pub bytes: u64,
}

impl Sum {
    /// Adds a row. What was decoded must be there: a compiler that sees the whole program would leave out a
    /// text of which only the length is used.
    pub fn row(&mut self, id: i64, text: &str) {
        self.rows += 1;
        self.ids += id;
        self.bytes += black_box(text).len() as u64;
    }

    /// Adds a row of a stream.
    pub fn stream_row(&mut self, id: i64, text: &str, number: f64) {
        black_box(number);
        self.row(id, text);
    }

    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.ids += other.ids;
        self.bytes += other.bytes;
    }
}

/// What a work gives back.
#[derive(Debug, Default)]
pub struct Done {
    pub sum: Sum,
    /// Nanoseconds, of those that were timed.
    pub latencies: Vec<u64>,
    /// The size of one task's future, which is most of what the work itself has in memory.
    pub task_bytes: Option<usize>,
}

impl Done {
    /// One of many that ran side by side.
    pub fn add(&mut self, other: Self) {
        self.sum.add(other.sum);
        self.latencies.extend(other.latencies);
        self.task_bytes = self.task_bytes.max(other.task_bytes);
    }
}

const NAMES: [(Work, &str); 12] = [
    (Work::Select(Text::Short), "select"),
    (Work::Insert(Text::Short), "insert"),
    (Work::Select(Text::Kilo), "select-1k"),
    (Work::Insert(Text::Kilo), "insert-1k"),
    (Work::Select(Text::HundredKilo), "select-100k"),
    (Work::Insert(Text::HundredKilo), "insert-100k"),
    (Work::FanOut, "fan-out"),
    (Work::Stream, "stream"),
    (Work::StreamBorrowed, "stream-borrowed"),
    (Work::Connect, "connect"),
    (Work::Prepare, "prepare"),
    (Work::OpenSelect, "open-select"),
];

impl Work {
    /// The statement that it executes.
    pub fn statement(self) -> String {
        match self {
            Self::Insert(text) => text.insert(),
            Self::Stream | Self::StreamBorrowed => STREAM.into(),
            _ => self.text().select(),
        }
    }

    pub const fn text(self) -> Text {
        match self {
            Self::Select(text) | Self::Insert(text) => text,
            _ => Text::Short,
        }
    }

    pub const fn is_stream(self) -> bool {
        matches!(self, Self::Stream | Self::StreamBorrowed)
    }

    /// How many requests a run makes that was not told.
    pub const fn requests(self, in_flight: u32) -> u64 {
        match self {
            Self::Stream | Self::StreamBorrowed => STREAM_ROWS,
            Self::Connect => 20,
            Self::Prepare => 1_000,
            _ if in_flight == 1 => 10_000,
            _ => 200_000,
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name) = NAMES.iter().find(|(work, _)| work == self).expect("each has a name");
        f.write_str(name)
    }
}

impl FromStr for Work {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = NAMES.iter().find(|(_, other)| *other == name);
        Ok(found.ok_or_else(|| format!("there is no work {name}"))?.0)
    }
}
