//! What is run: the cells, each a work under some settings, with the clients that are compared in it.
//!
//! A run takes half a second or so on two cores; the clients of one cell all do the same number of
//! requests.

use std::fmt;

use super::Form;
use crate::client::Client;
use crate::work::{STREAM_ROWS, Text, Work};

#[derive(Debug, Clone)]
pub struct Cell {
    pub server: &'static str,
    pub work: Work,
    pub in_flight: u32,
    /// Rows of a stream; seconds of an open loop.
    pub requests: u64,
    pub page_size: Option<u32>,
    pub prefetch: Option<u32>,
    /// Open loop: percent of the best throughput.
    pub share: Option<u32>,
    pub clients: Vec<Client>,
    /// Counts allocations and system calls too.
    pub counted: bool,
}

const LEVELS: [u32; 6] = [1, 16, 64, 256, 1024, 4096];

/// Those that the short form compares, and most cells of the whole one.
const CHIEF: [Client; 6] = [
    Client::C,
    Client::DriverThreads,
    Client::TokioMt,
    Client::CassandraCpp,
    Client::Scylla,
    Client::CdrsTokio,
];

/// How many pages ahead a stream is read, and by whom: ours as they are told, the C client asks before it
/// reads or after, scylla is one ahead, the others none.
const PREFETCH: [(u32, &[Client]); 3] = [
    (
        0,
        &[
            Client::C,
            Client::DriverThreads,
            Client::TokioMt,
            Client::CassandraCpp,
            Client::CdrsTokio,
        ],
    ),
    (1, &[Client::C, Client::DriverThreads, Client::TokioMt, Client::Scylla]),
    (4, &[Client::DriverThreads, Client::TokioMt]),
];

/// In the order in which they are run.
pub fn cells(form: Form, server: &'static str) -> Vec<Cell> {
    match form {
        Form::Short => short(server),
        Form::Whole => whole(server),
    }
}

fn short(server: &'static str) -> Vec<Cell> {
    let select = |in_flight, clients: &[Client]| {
        Cell::requests(server, Work::Select(Text::Short), in_flight, clients).counted()
    };
    if server == "stub" {
        vec![
            select(1, &Client::ALL),
            select(64, &Client::ALL),
            select(1024, &CHIEF),
            select(4096, &CHIEF[..3]),
            Cell::stream(server, Work::Stream, 5000, 1, PREFETCH[1].1).counted(),
            Cell::requests(server, Work::Connect, 1, &CHIEF),
        ]
    } else {
        vec![
            select(1, &CHIEF),
            select(64, &CHIEF),
            select(256, &CHIEF),
            Cell::stream(server, Work::Stream, 5000, 1, PREFETCH[1].1),
            Cell::open(server, 50),
        ]
    }
}

fn whole(server: &'static str) -> Vec<Cell> {
    let mut cells = Vec::new();
    for in_flight in LEVELS {
        let work = Work::Select(Text::Short);
        cells.push(Cell::requests(server, work, in_flight, &Client::ALL).counted());
    }
    for in_flight in [1, 64, 1024] {
        let work = Work::Insert(Text::Short);
        cells.push(Cell::requests(server, work, in_flight, &Client::ALL).counted());
    }
    for text in [Text::Kilo, Text::HundredKilo] {
        for work in [Work::Select(text), Work::Insert(text)] {
            cells.push(Cell::requests(server, work, 64, &CHIEF));
        }
    }
    cells.push(Cell::requests(server, Work::FanOut, 64, &CHIEF));
    for page_size in [1, 100, 5000] {
        for (prefetch, clients) in PREFETCH {
            let cell = Cell::stream(server, Work::Stream, page_size, prefetch, clients);
            cells.push(if page_size == 5000 { cell.counted() } else { cell });
        }
    }
    let ours = &[Client::DriverThreads, Client::TokioMt];
    cells.push(Cell::stream(server, Work::StreamBorrowed, 5000, 1, ours).counted());
    cells.push(Cell::requests(server, Work::Connect, 1, &CHIEF));
    cells.push(Cell::requests(server, Work::Prepare, 1, &CHIEF));
    cells.extend([25, 50, 75].map(|share| Cell::open(server, share)));
    cells
}

impl Cell {
    pub fn requests(server: &'static str, work: Work, in_flight: u32, clients: &[Client]) -> Self {
        Self {
            server,
            work,
            in_flight,
            requests: requests(server == "stub", work, in_flight),
            page_size: None,
            prefetch: None,
            share: None,
            clients: clients.to_vec(),
            counted: false,
        }
    }

    fn stream(
        server: &'static str,
        work: Work,
        page_size: u32,
        prefetch: u32,
        clients: &[Client],
    ) -> Self {
        // What Cassandra takes for a million rows is too long for every cell.
        let rows = match (server, page_size, prefetch) {
            ("stub", 1, _) => 10_000,
            (_, 1, _) => 1_000,
            ("stub", ..) | (_, 5000, 1) => STREAM_ROWS,
            (_, 5000, _) => STREAM_ROWS / 5,
            _ => STREAM_ROWS / 20,
        };
        Self {
            requests: rows,
            page_size: Some(page_size),
            prefetch: Some(prefetch),
            ..Self::requests(server, work, 1, clients)
        }
    }

    /// The closed loops of selects of the same server come before it.
    fn open(server: &'static str, share: u32) -> Self {
        Self {
            requests: if server == "stub" { 1 } else { 2 },
            share: Some(share),
            ..Self::requests(server, Work::OpenSelect, 1, &Client::OPEN)
        }
    }

    fn counted(self) -> Self {
        Self { counted: true, ..self }
    }

    /// Whether it says how much a client can do at most.
    pub fn is_select(&self) -> bool {
        self.work == Work::Select(Text::Short)
    }
}

/// How many requests take half a second or so, by what one took.
const fn requests(stub: bool, work: Work, in_flight: u32) -> u64 {
    let many = match work {
        Work::Connect if stub => return 50,
        Work::Connect => return 10,
        Work::Prepare if stub => return 5_000,
        Work::Prepare => return 200,
        Work::Select(Text::HundredKilo) | Work::Insert(Text::HundredKilo) => {
            if stub {
                4_000
            } else {
                1_000
            }
        }
        _ if in_flight == 1 => return if stub { 15_000 } else { 3_000 },
        _ if stub && in_flight == 16 => 100_000,
        _ if stub => 200_000,
        _ => 20_000,
    };
    // Each task makes several.
    let least = 10 * in_flight as u64;
    if many < least { least } else { many }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.server, self.work)?;
        match (self.page_size, self.prefetch, self.share) {
            (Some(size), Some(prefetch), _) => write!(f, " page {size} prefetch {prefetch}"),
            (_, _, Some(share)) => write!(f, " at {share} %"),
            _ => write!(f, " in flight {}", self.in_flight),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_open_loop_has_a_closed_one_before_it() {
        for form in [Form::Short, Form::Whole] {
            for server in ["stub", "cassandra"] {
                let cells = cells(form, server);
                let closed = cells.iter().position(Cell::is_select).unwrap();
                let open = cells.iter().position(|cell| cell.share.is_some());
                assert!(open.is_none_or(|open| closed < open));
                let can = &cells[closed].clients;
                assert!(Client::OPEN.iter().all(|client| can.contains(client)));
            }
        }
    }

    #[test]
    fn no_two_cells_are_the_same() {
        for server in ["stub", "cassandra"] {
            let mut names: Vec<_> =
                cells(Form::Whole, server).iter().map(Cell::to_string).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    }
}
