//! A web service that gives a table out page by page: the client brings the paging state back.
//!
//! ```text
//! cargo run --example paging_state_over_http            # asks itself for all pages, and ends
//! cargo run --example paging_state_over_http -- serve   # http://127.0.0.1:8080/names?page=…
//! ```
//!
//! The service keeps nothing between two requests: any instance may answer the next one. HTTP is
//! std only here, one connection a request; a real service has a framework for that, and signs what
//! it gives out: the server trusts a paging state, and a client could send one of another table.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use async_cassandra::{ErrorKind, PagingState, Prepared, Session};
use embedded_cassandra::Cassandra;
use futures::executor::block_on;

const NAMES: u32 = 120;
const PAGE: u32 = 25;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let serve = std::env::args().nth(1).is_some_and(|word| word == "serve");
    println!("starting a Cassandra; the first time it is downloaded");
    let node = Cassandra::start()?;
    let session = block_on(connect(&node))?;
    let select = block_on(async {
        session.prepare("SELECT name FROM shop.names WHERE part = 0").idempotent(true).await
    })?;

    let listener = TcpListener::bind(("127.0.0.1", if serve { 8080 } else { 0 }))?;
    let address = listener.local_addr()?;
    println!("http://{address}/names");
    if serve {
        return answer_all(&listener, &select);
    }
    std::thread::spawn(move || answer_all(&listener, &select));
    read_all(address)?;
    block_on(async { session.close().await })?;
    Ok(())
}

/// One page of names, and what to ask for next.
fn names(select: &Prepared, page: Option<&str>) -> async_cassandra::Result<String> {
    let mut request = select.bind(()).page_size(PAGE);
    if let Some(text) = page {
        // Damaged: an error here, before anything is sent.
        request = request.start_at(text.parse::<PagingState>()?);
    }
    let page = block_on(request.execute())?;
    let mut body = String::new();
    for row in page.rows::<(&str,)>()? {
        body.push_str(row?.0);
        body.push('\n');
    }
    if let Some(next) = page.next_page() {
        // Letters, digits, `-` and `_`: it needs no escaping in a URL.
        body.push_str(&format!("next: /names?page={next}\n"));
    }
    Ok(body)
}

fn answer_all(listener: &TcpListener, select: &Prepared) -> Outcome<()> {
    for connection in listener.incoming() {
        // A client that goes away is no reason to end.
        if let Err(error) = answer(connection?, select) {
            eprintln!("{error}");
        }
    }
    Ok(())
}

fn answer(mut connection: TcpStream, select: &Prepared) -> Outcome<()> {
    // The whole head, up to an empty line: a connection that is closed with words unread is reset.
    let head = BufReader::new(&connection).take(8192).lines();
    let head = head.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty()));
    let head = head.collect::<Result<Vec<_>, _>>()?;
    let line = head.first().ok_or("nothing was asked")?;
    let target = line.split(' ').nth(1).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let page = query.split('&').find_map(|part| part.strip_prefix("page="));
    let (status, body) = match path {
        "/names" => match names(select, page) {
            Ok(body) => ("200 OK", body),
            Err(error) => (status_of(&error), format!("{}\n", error.message())),
        },
        _ => ("404 Not Found", String::new()),
    };
    let length = body.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    connection.write_all(body.as_bytes())?;
    Ok(())
}

/// Whose fault it was: a state that is damaged, or that the server does not know, is the client's.
fn status_of(error: &async_cassandra::Error) -> &'static str {
    match error.kind() {
        ErrorKind::PagingState | ErrorKind::Protocol | ErrorKind::Invalid => "400 Bad Request",
        _ if error.is_retryable() => "503 Service Unavailable",
        _ => "500 Internal Server Error",
    }
}

/// The client: follows `next` to the end, and then tries what clients try.
fn read_all(service: SocketAddr) -> Outcome<()> {
    let (mut read, mut pages) = (0, 0);
    let mut target = Some("/names".to_owned());
    let mut last_target = String::new();
    while let Some(asked) = target {
        let (status, body) = get(service, &asked)?;
        if status != 200 {
            return Err(format!("{status} for {asked}: {body}").into());
        }
        target = body.lines().find_map(|line| line.strip_prefix("next: ")).map(str::to_owned);
        let names = body.lines().filter(|line| line.starts_with("name")).count();
        println!("page {pages}: {names} names");
        pages += 1;
        read += names;
        last_target = asked;
    }
    if read != NAMES as usize {
        return Err(format!("{read} of {NAMES} names").into());
    }
    for damaged in [&last_target[..last_target.len() - 3], "/names?page=AAAA", "/names?page="] {
        let (status, body) = get(service, damaged)?;
        println!("{status} for {damaged}: {}", body.trim());
        if status != 400 {
            return Err(format!("a damaged state was not refused: {status}").into());
        }
    }
    println!("read {read} names on {pages} pages; the service kept nothing in between");
    Ok(())
}

fn get(service: SocketAddr, target: &str) -> Outcome<(u16, String)> {
    let mut connection = TcpStream::connect(service)?;
    write!(connection, "GET {target} HTTP/1.1\r\nHost: {service}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
    Ok((status, body.to_owned()))
}

async fn connect(node: &Cassandra) -> async_cassandra::Result<Session> {
    let session = Session::builder().contact_points([node.address()]).connect().await?;
    for statement in [
        "CREATE KEYSPACE shop WITH replication = \
         {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "CREATE TABLE shop.names (part int, name text, PRIMARY KEY (part, name))",
    ] {
        session.query(statement, ()).await?;
    }
    for number in 0..NAMES {
        let insert = "INSERT INTO shop.names (part, name) VALUES (0, ?)";
        session.query(insert, (format!("name {number:03}"),)).await?;
    }
    Ok(session)
}
