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

const SELECT: &str = "SELECT id, v FROM lab.kv WHERE id = ?";
const SELECT_1K: &str = "SELECT id, v FROM lab.kv_1k WHERE id = ?";
const SELECT_100K: &str = "SELECT id, v FROM lab.kv_100k WHERE id = ?";
const INSERT: &str = "INSERT INTO lab.kv (id, v) VALUES (?, ?)";

/// How long each measurement takes.
const TIME: Duration = Duration::from_millis(1000);

fn main() -> io::Result<()> {
    println!(
        "{:>12} {:>9} {:>12} {:>12} {:>9}",
        "work", "in flight", "requests/s", "CPU ns each", "CPU"
    );
    for (name, text) in [
        ("select", SELECT),
        ("insert", INSERT),
        ("select-1k", SELECT_1K),
        ("select-100k", SELECT_100K),
    ] {
        for in_flight in [1, 16, 64, 1024, 4096] {
            if name == "select-100k" && in_flight > 16 {
                continue;
            }
            let server = Server::bind(&Options::default())?;
            let (address, stop) = (server.address(), server.stop());
            let thread = std::thread::spawn(move || -> io::Result<(Totals, Duration)> {
                let before = thread_time();
                let totals = server.run()?;
                Ok((totals, thread_time() - before))
            });
            let start = Instant::now();
            blast(address, text, in_flight)?;
            let wall = start.elapsed();
            stop.stop();
            let (totals, cpu) = thread.join().expect("the server does not panic")?;
            println!(
                "{name:>12} {in_flight:>9} {:>12.0} {:>12.0} {:>8.0}%",
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
fn blast(address: SocketAddr, text: &str, in_flight: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut statement = Vec::new();
    write::int(&mut statement, text.len() as i32);
    statement.extend_from_slice(text.as_bytes());
    stream.write_all(&request(0, opcode::PREPARE, &statement))?;
    let mut answer = Vec::new();
    read_frame(&mut stream, &mut answer)?;
    // After the header and the kind of the result comes the id.
    let id = answer[HEADER + 6..HEADER + 22].to_vec();

    let batch: Vec<u8> = (0..in_flight)
        .flat_map(|number| request(number, opcode::EXECUTE, &execute(&id, number, text == INSERT)))
        .collect();
    stream.write_all(&request(0, opcode::EXECUTE, &execute(&id, 0, text == INSERT)))?;
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

fn execute(id: &[u8], key: u16, is_insert: bool) -> Vec<u8> {
    let mut body = Vec::new();
    write::short_bytes(&mut body, id);
    // LOCAL_ONE; values, and no metadata in the answer.
    body.extend_from_slice(&[0, 0x0A, 0x03]);
    write::short(&mut body, if is_insert { 2 } else { 1 });
    write::bytes(&mut body, Some(&i64::from(key).to_be_bytes()));
    if is_insert {
        write::bytes(&mut body, Some(b"0123456789abcdef"));
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
