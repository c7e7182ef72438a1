//! Loads the C driver and says which. With an argument, `HOST:PORT`: connects there and reads a
//! row. With `leave` as the second one: ends while requests are under way and the session is open.

use async_cassandra::Session;
use std::error::Error;
use std::process::ExitCode;
use std::task::{Context, Waker};

const QUERY: &str = "SELECT release_version FROM system.local";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    println!("{}", async_cassandra::driver::load()?);
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.first() {
        Some(contact_point) => pollster::block_on(read(contact_point, arguments.len() > 1)),
        None => Ok(()),
    }
}

async fn read(contact_point: &str, and_leave: bool) -> Result<(), Box<dyn Error>> {
    let (host, port) = contact_point.split_once(':').ok_or("HOST:PORT is wanted")?;
    let session = Session::builder().contact_points([host]).port(port.parse()?).connect().await?;
    let page = session.query(QUERY, ()).await?;
    for row in page.rows::<(String,)>()? {
        println!("row: {}", row?.0);
    }
    if and_leave {
        leave(&session);
    } else {
        session.close().await?;
    }
    Ok(())
}

/// Starts requests and leaves them to the end of the process.
fn leave(session: &Session) {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        let mut request = Box::pin(session.query(QUERY, ()).into_future());
        let _ = request.as_mut().poll(&mut context);
    }
}
