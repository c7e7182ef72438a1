//! Bytes as they come: in pieces, too many at once, and read by nobody for a while.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use lab_stub::options::Options;
use lab_stub::server::{Server, Totals};

const OPTIONS: [u8; 9] = [4, 0, 0, 5, 0x05, 0, 0, 0, 0];

/// Has a client talk to a server; returns what the server did.
fn with_server(options: &Options, client: impl FnOnce(TcpStream)) -> Totals {
    let server = Server::bind(options).unwrap();
    let (address, stop) = (server.address(), server.stop());
    let running = thread::spawn(move || server.run().unwrap());
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    // What does not come fails, and does not hang.
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
    client(stream);
    stop.stop();
    running.join().unwrap()
}

fn query(number: u16, text: &str) -> Vec<u8> {
    let [s0, s1] = number.to_be_bytes();
    let mut frame = vec![4, 0, s0, s1, 0x07];
    frame.extend_from_slice(&(text.len() as u32 + 7).to_be_bytes());
    frame.extend_from_slice(&(text.len() as u32).to_be_bytes());
    frame.extend_from_slice(text.as_bytes());
    frame.extend_from_slice(&[0, 1, 0]);
    frame
}

/// Reads an answer: its stream, and its body.
fn answer(mut stream: &TcpStream) -> (u16, Vec<u8>) {
    let mut header = [0; 9];
    stream.read_exact(&mut header).unwrap();
    let mut body = vec![0; u32::from_be_bytes(header[5..].try_into().unwrap()) as usize];
    stream.read_exact(&mut body).unwrap();
    (u16::from_be_bytes([header[2], header[3]]), body)
}

#[test]
fn requests_may_come_in_pieces() {
    let totals = with_server(&Options::default(), |mut stream| {
        for _ in 0..3 {
            for byte in OPTIONS {
                stream.write_all(&[byte]).unwrap();
            }
            assert_eq!(answer(&stream).0, 5);
        }
    });
    assert_eq!((totals.requests, totals.bytes_in), (3, 27));
}

#[test]
fn a_request_may_be_longer_than_what_is_read_at_once() {
    let totals = with_server(&Options::default(), |mut stream| {
        for size in [100_000, 262_144 - 60, 1_000_000, 3_000_000] {
            let text = format!("INSERT INTO lab.kv (id, v) VALUES (1, '{}')", "x".repeat(size));
            stream.write_all(&query(size as u16, &text)).unwrap();
            stream.write_all(&OPTIONS).unwrap();
            assert_eq!(answer(&stream), (size as u16, vec![0, 0, 0, 1]));
            assert_eq!(answer(&stream).0, 5);
        }
    });
    assert_eq!(totals.requests, 8);
}

#[test]
fn answers_that_nobody_reads_wait_in_order() {
    const REQUESTS: u16 = 1000;
    for delay in ["0", "100"] {
        let options = Options::parse(["--delay-us".into(), delay.into()]).unwrap();
        let totals = with_server(&options, |stream| {
            let mut writer = stream.try_clone().unwrap();
            let written = thread::spawn(move || {
                for number in 0..REQUESTS {
                    let text = format!("SELECT id, v FROM lab.kv_100k WHERE id = {number}");
                    writer.write_all(&query(number, &text)).unwrap();
                }
            });
            for number in 0..REQUESTS {
                let (found, body) = answer(&stream);
                assert_eq!(found, number);
                let text = body.len() - (100 << 10);
                assert_eq!(body[text - 12..text - 4], u64::from(number).to_be_bytes());
                assert!(body[text..].starts_with(b"0123456789abcdef0123"));
            }
            written.join().unwrap();
        });
        assert_eq!(totals.requests, REQUESTS.into());
        assert!(totals.bytes_out > u64::from(REQUESTS) * (100 << 10));
    }
}
