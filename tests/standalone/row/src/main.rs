//! Loads the C driver and says which. With an argument, `HOST:PORT`: connects there and reads a row. With `leave` as
//! the second one: ends while requests are under way and the session is open.

use async_cassandra::Session;
use std::error::Error;
use std::task::{Context, Waker};

const QUERY: &str = "SELECT release_version FROM system.local";

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", async_cassandra::driver::load()?);
    let mut arguments = std::env::args().skip(1);
    let Some(contact_point) = arguments.next() else {
        return Ok(());
    };
    let (host, port) = contact_point.split_once(':').ok_or("HOST:PORT is wanted")?;
    let connect = Session::builder().contact_points([host]).port(port.parse()?).connect();
    let session = pollster::block_on(connect)?;
    let page = pollster::block_on(session.query(QUERY, ()).into_future())?;
    for row in page.rows::<(String,)>()? {
        println!("row: {}", row?.0);
    }
    if arguments.next().as_deref() == Some("leave") {
        leave(&session);
    } else {
        pollster::block_on(session.close())?;
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
