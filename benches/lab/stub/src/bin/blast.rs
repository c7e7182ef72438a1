//! What a request costs the stub: raw frames over one connection, so many in flight, and the CPU time of the
//! server's thread.
//!
//! ```text
//! cargo run --release --manifest-path benches/lab/stub/Cargo.toml --bin blast
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use lab_stub::codec::frame::{HEADER, Header, opcode};
use lab_stub::codec::write;
use lab_stub::options::Options;
use lab_stub::server::{Server, Totals};
use rustix::time::{ClockId, clock_gettime};

/// What is executed.
struct Work {
    name: &'static str,
    text: &'static str,
    /// The text of an insert, bytes.
    inserted: Option<usize>,
    page_size: Option<i32>,
    /// How many are in flight at most.
    most: u16,
}

const SELECT: Work = Work {
    name: "select",
    text: "SELECT id, v FROM lab.kv WHERE id = ?",
    inserted: None,
    page_size: None,
    most: 4096,
};

const INSERT: Work = Work {
    name: "insert",
    text: "INSERT INTO lab.kv (id, v) VALUES (?, ?)",
    inserted: Some(16),
    ..SELECT
};

const WORKS: [Work; 6] = [
    SELECT,
    INSERT,
    Work { name: "select-1k", text: "SELECT id, v FROM lab.kv_1k WHERE id = ?", ..SELECT },
    Work {
        name: "select-100k",
        text: "SELECT id, v FROM lab.kv_100k WHERE id = ?",
        most: 16,
        ..SELECT
    },
    Work { name: "insert-100k", inserted: Some(100 << 10), most: 16, ..INSERT },
    Work {
        name: "page-5000",
        text: "SELECT id, a, b FROM lab.big",
        page_size: Some(5000),
        most: 1,
        ..SELECT
    },
];

/// How long each measurement takes.
const TIME: Duration = Duration::from_millis(1000);

fn main() -> io::Result<()> {
    println!(
        "{:>12} {:>9} {:>12} {:>12} {:>9}",
        "work", "in flight", "requests/s", "CPU ns each", "CPU"
    );
    for work in &WORKS {
        for in_flight in [1, 16, 64, 1024, 4096].into_iter().filter(|n| *n <= work.most) {
            let server = Server::bind(&Options::default())?;
            let (address, stop) = (server.address(), server.stop());
            let thread = std::thread::spawn(move || -> io::Result<(Totals, Duration)> {
                let before = thread_time();
                let totals = server.run()?;
                Ok((totals, thread_time() - before))
            });
            let start = Instant::now();
            blast(address, work, in_flight)?;
            let wall = start.elapsed();
            stop.stop();
            let (totals, cpu) = thread.join().expect("the server does not panic")?;
            println!(
                "{:>12} {in_flight:>9} {:>12.0} {:>12.0} {:>8.0}%",
                work.name,
                totals.requests as f64 / wall.as_secs_f64(),
                cpu.as_nanos() as f64 / totals.requests as f64,
                cpu.as_secs_f64() / wall.as_secs_f64() * 100.0
            );
        }
    }
    Ok(())
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// How many bytes of answers are waited for at a time.
const MOST_UNREAD: usize = 1 << 20;

/// Executes a statement for [`TIME`], with a batch of so many requests in flight.
fn blast(address: SocketAddr, work: &Work, in_flight: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut statement = Vec::new();
    write::int(&mut statement, work.text.len() as i32);
    statement.extend_from_slice(work.text.as_bytes());
    stream.write_all(&request(0, opcode::PREPARE, &statement))?;
    let mut answer = Vec::new();
    read_frame(&mut stream, &mut answer)?;
    // After the header and the kind of the result comes the id.
    let id = answer[HEADER + 6..HEADER + 22].to_vec();

    let batch: Vec<u8> = (0..in_flight)
        .flat_map(|number| request(number, opcode::EXECUTE, &execute(&id, number, work)))
        .collect();
    stream.write_all(&request(0, opcode::EXECUTE, &execute(&id, 0, work)))?;
    read_frame(&mut stream, &mut answer)?;
    let mut answers = vec![0; answer.len() * usize::from(in_flight)];
    let part = usize::from(in_flight).min(MOST_UNREAD / answer.len()).max(1);
    let (part, part_of_answers) =
        (batch.len() / usize::from(in_flight) * part, answer.len() * part);
    let start = Instant::now();
    while start.elapsed() < TIME {
        // By parts, so that the answers that nobody reads yet fit into the sockets' buffers: a server that
        // cannot write does not read.
        for (requests, answers) in batch.chunks(part).zip(answers.chunks_mut(part_of_answers)) {
            stream.write_all(requests)?;
            stream.read_exact(answers)?;
        }
    }
    Ok(())
}

fn request(number: u16, opcode: u8, body: &[u8]) -> Vec<u8> {
    let [s0, s1] = number.to_be_bytes();
    let mut frame = vec![4, 0, s0, s1, opcode];
    write::int(&mut frame, body.len() as i32);
    frame.extend_from_slice(body);
    frame
}

fn execute(id: &[u8], key: u16, work: &Work) -> Vec<u8> {
    let mut body = Vec::new();
    write::short_bytes(&mut body, id);
    // LOCAL_ONE; then what comes, and that the answer is to have no metadata.
    if let Some(page_size) = work.page_size {
        body.extend_from_slice(&[0, 0x0A, 0x06]);
        write::int(&mut body, page_size);
        return body;
    }
    body.extend_from_slice(&[0, 0x0A, 0x03]);
    write::short(&mut body, if work.inserted.is_some() { 2 } else { 1 });
    write::bytes(&mut body, Some(&i64::from(key).to_be_bytes()));
    if let Some(size) = work.inserted {
        write::bytes(&mut body, Some(&vec![b'x'; size]));
    }
    body
}

/// Reads one frame, with its header.
fn read_frame(stream: &mut TcpStream, frame: &mut Vec<u8>) -> io::Result<()> {
    frame.resize(HEADER, 0);
    stream.read_exact(frame)?;
    let length = Header::read(frame).map_or(0, |header| header.length);
    frame.resize(HEADER + length, 0);
    stream.read_exact(&mut frame[HEADER..])
}
